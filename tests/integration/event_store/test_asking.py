"""Row 8: what fails before anything of its batch is decided costs itself and nothing else."""

from commands.incoming import Origin
from domain.settlement import FileLine, ReportSettlementLines
from tests.integration.event_store.given import Shelf, opened, proven, transfers

ACCEPTED, FAILED = ("accepted", ""), ("internal_error", "internal_error")


def test_a_command_that_fails_as_it_says_what_it_reads_costs_itself(shelf: Shelf) -> None:
    """The reference of a line is named by its kind, and no kind of a correct peer has a slash."""
    desk = shelf.desk()
    line = FileLine(1, "a/b", "r", "", 1, 0, 1, "CNY")
    lines = ReportSettlementLines("batch", "wechat", "m", "2026-01-01", (line,))
    bad = shelf.incoming("bad", lines, origin=Origin.INTERNAL)
    desk.handle([*opened(shelf, "a", "b"), bad, *transfers(shelf, [1])])
    assert shelf.told() == [*[ACCEPTED] * 4, FAILED, ACCEPTED]
    (letter,) = shelf.dead_letters()
    assert bad.record is not None
    assert (letter.reason, letter.value) == ("internal_error", bad.record.value)
    assert "only a reference may have a slash" in letter.detail
    assert "AssertionError" in letter.traceback
    assert desk.positions == (5, 1)
    proven(shelf)
    desk.close()
