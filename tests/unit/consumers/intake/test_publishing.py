"""How far a file is: all up to a line, whatever the order in which answers come."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from commands.answer import CommandAnswered
from consumers.intake.publishing import REFUSED_MAX, Tally
from providers.settlement_file import NO_RESIDUE, SettlementLine

PARTS = range(2, 14)  # By their first line; each has two, and the next begins behind it.
STEP = 3  # A line of the file between two parts is no line of money.


def line(number: int) -> SettlementLine:
    booked_at = datetime(2026, 3, 31, tzinfo=UTC)
    return SettlementLine(
        "wechat", "b", number, "charge", "o", "t", "charge/o/t", 1, 0, 1, "CNY", booked_at, "",
        NO_RESIDUE,
    )  # fmt: skip


def first(part: int) -> int:
    return STEP * part


def answer(
    part: int, *, status: str = "accepted", replayed: bool = False, events: int = 4
) -> CommandAnswered:
    return CommandAnswered(
        book="main",
        answer_sequence=part,
        command_id="",
        client="intake",
        idempotency_key=f"wechat-1-2026-03-31-abc/{first(part)}-{first(part) + 1}",
        command_type="tally.settlement.v1.ReportSettlementLines",
        status=status,
        code="" if status == "accepted" else "batch_sealed",
        detail="",
        replayed=replayed,
        first_sequence=10 if events else 0,
        last_sequence=10 + events - 1 if events else 0,
        correlation_id="",
        answered_at_us=0,
    )


def asked(parts: range) -> Tally:
    tally = Tally(last_line=0)
    for part in parts:
        tally.asked([line(first(part)), line(first(part) + 1)])
    return tally


@given(st.permutations(PARTS), st.integers(0, len(PARTS)))
def test_all_up_to_the_last_line_are_in(order: list[int], heard: int) -> None:
    tally = asked(PARTS)
    known = set(order[:heard])
    for part in order[:heard]:
        tally.heard(answer(part))
    missing = [part for part in PARTS if part not in known]
    last = min(missing) - 1 if missing else PARTS[-1]
    assert tally.last_line == (first(last) + 1 if last in PARTS else 0)
    assert (tally.fresh, tally.answered) == (2 * heard, 2 * heard)


def test_refused_lines_hold_back_what_comes_after_them() -> None:
    tally = asked(PARTS)
    for part in PARTS:
        tally.heard(answer(part, status="refused" if part == 5 else "accepted"))
    counts = (tally.last_line, tally.refused, tally.fresh)
    assert counts == (first(4) + 1, 2, 2 * (len(PARTS) - 1))
    (refusal,) = tally.refusals
    assert refusal == (first(5), first(5) + 1, "refused", "batch_sealed", "")


def test_an_internal_error_is_as_bad_as_a_refusal() -> None:
    tally = asked(PARTS)
    tally.heard(answer(PARTS[0], status="internal_error"))
    assert (tally.last_line, tally.refused) == (0, 2)


def test_repeats_are_told_apart_from_what_is_new() -> None:
    tally = asked(PARTS)
    tally.heard(answer(2, replayed=True))
    tally.heard(answer(3, events=0))
    tally.heard(answer(4))
    assert (tally.repeated, tally.fresh, tally.last_line) == (4, 2, first(4) + 1)


def test_refusals_beyond_a_page_are_counted_only() -> None:
    many = range(2, 2 + 3 * REFUSED_MAX)
    tally = asked(many)
    for part in many:
        tally.heard(answer(part, status="refused"))
    assert (tally.refused, len(tally.refusals)) == (2 * len(many), REFUSED_MAX)
