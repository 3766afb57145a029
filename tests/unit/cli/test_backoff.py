"""Pauses between tries: they grow, they are bounded, a healthy time begins them anew."""

from hypothesis import given
from hypothesis import strategies as st

from consumers.supervisor.backoff import AWAY_MAX_S, FIRST_S, HEALTHY_S, MAX_S, Backoff


def test_pauses_grow_up_to_their_bound() -> None:
    backoff = Backoff()
    pauses = [backoff.pause_s(ran_s=0.0) for _ in range(9)]
    assert pauses == [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0, 30.0]


def test_a_server_that_is_away_is_looked_for_every_few_seconds() -> None:
    backoff = Backoff(AWAY_MAX_S)
    assert [backoff.pause_s(ran_s=0.0) for _ in range(6)] == [0.5, 1.0, 2.0, 4.0, 5.0, 5.0]


def test_a_healthy_time_begins_them_anew() -> None:
    backoff = Backoff()
    pauses = [backoff.pause_s(ran_s=ran_s) for ran_s in (0.0, 1.0, HEALTHY_S, 0.0)]
    assert pauses == [0.5, 1.0, 0.5, 1.0]


@given(st.lists(st.floats(0.0, 1_000.0)))
def test_no_pause_is_longer_than_the_bound_or_shorter_than_the_first(runs_s: list[float]) -> None:
    backoff = Backoff()
    assert all(FIRST_S <= backoff.pause_s(ran_s=ran_s) <= MAX_S for ran_s in runs_s)
