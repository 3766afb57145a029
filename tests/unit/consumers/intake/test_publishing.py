"""How far a file is: all up to a line, whatever the order in which answers come."""

from hypothesis import given
from hypothesis import strategies as st

from commands.answer import CommandAnswered
from consumers.intake.publishing import REFUSED_MAX, Tally

LINES = range(2, 14)


def answer(
    number: int, *, status: str = "accepted", replayed: bool = False, events: int = 2
) -> CommandAnswered:
    return CommandAnswered(
        book="main",
        answer_sequence=number,
        command_id="",
        client="intake",
        idempotency_key=f"wechat-1-2026-03-31-abc/{number}",
        command_type="tally.settlement.v1.ReportSettlementLine",
        status=status,
        code="" if status == "accepted" else "batch_sealed",
        detail="",
        replayed=replayed,
        first_sequence=10 if events else 0,
        last_sequence=10 + events - 1 if events else 0,
        correlation_id="",
        answered_at_us=0,
    )


def asked(numbers: range) -> Tally:
    tally = Tally(last_line=0)
    for number in numbers:
        tally.asked(number)
    return tally


@given(st.permutations(LINES), st.integers(0, len(LINES)))
def test_all_up_to_the_last_line_are_in(order: list[int], heard: int) -> None:
    tally = asked(LINES)
    known = set(order[:heard])
    for number in order[:heard]:
        tally.heard(answer(number))
    missing = [number for number in LINES if number not in known]
    last = min(missing) - 1 if missing else LINES[-1]
    assert tally.last_line == (last if last in LINES else 0)
    assert (tally.fresh, tally.answered) == (heard, heard)


def test_a_refused_line_holds_back_what_comes_after_it() -> None:
    tally = asked(LINES)
    for number in LINES:
        tally.heard(answer(number, status="refused" if number == 5 else "accepted"))
    assert (tally.last_line, tally.refused, tally.fresh) == (4, 1, len(LINES) - 1)
    (refusal,) = tally.refusals
    assert (refusal.line_number, refusal.status, refusal.code) == (5, "refused", "batch_sealed")


def test_an_internal_error_is_as_bad_as_a_refusal() -> None:
    tally = asked(LINES)
    tally.heard(answer(LINES[0], status="internal_error"))
    assert (tally.last_line, tally.refused) == (0, 1)


def test_repeats_are_told_apart_from_what_is_new() -> None:
    tally = asked(LINES)
    tally.heard(answer(2, replayed=True))
    tally.heard(answer(3, events=0))
    tally.heard(answer(4))
    assert (tally.repeated, tally.fresh, tally.last_line) == (2, 1, 4)


def test_refusals_beyond_a_page_are_counted_only() -> None:
    many = range(2, 2 + 3 * REFUSED_MAX)
    tally = asked(many)
    for number in many:
        tally.heard(answer(number, status="refused"))
    assert (tally.refused, len(tally.refusals)) == (len(many), REFUSED_MAX)
