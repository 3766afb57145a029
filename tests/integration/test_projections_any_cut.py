"""Any history in any batches, with repeats and programs that come and go, gives the same tables.

Shape: a business told by chance; as it ends, its books are applied in one batch to one schema and
in drawn pieces to another, by programs that remember little, and everything is compared.
"""

from collections.abc import Generator

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import rule, run_state_machine_as_test
from psycopg import sql

from projections.ledger import Ledger
from projections.model import Model
from projections.models import EVENT_MODELS, event_models
from projections.recorded import Recorded
from projections.wallets import Wallets
from tests.integration.read_side import apply, connect, contents, prepared
from tests.unit.domain.accounting.business import Business
from tests.unit.projections.records import record
from tests.unit.projections.story import Story

EXAMPLES = 12  # Each makes two sets of all tables.


def forgetful() -> list[Model]:
    """All models, with hardly any memory of names."""
    others = [model() for model in EVENT_MODELS if model not in {Wallets, Ledger}]
    return [Wallets(names_max=2), Ledger(names_max=4), *others]


def pieces(log: list[Recorded], cuts: list[int], overlaps: list[int]) -> Generator[list[Recorded]]:
    """A log in pieces that reach back over the ones before by as much as is drawn."""
    start = 0
    for place, size in enumerate(cuts):
        if start >= len(log):
            return
        back = min(start, overlaps[place % len(overlaps)])
        yield log[start - back : start + size]
        start += size
    yield log[min(start, len(log)) :]


def assert_any_cut_agrees(
    dsn: str, books: dict[str, list[Recorded]], cuts: list[int], overlaps: list[int]
) -> None:
    with prepared(dsn, "once") as once, prepared(dsn, "cut") as cut:
        models = forgetful()
        for book, log in books.items():
            apply(once, log, book=book, schema="once")
            for place, piece in enumerate(pieces(log, cuts, overlaps)):
                if overlaps[place % len(overlaps)] == 0:
                    models = forgetful()  # Another program takes over.
                apply(cut, piece, models=models, book=book, schema="cut")
        assert contents(cut, "cut") == contents(once, "once")
    with connect(dsn) as connection:
        for schema in ("once", "cut"):
            connection.execute(sql.SQL("DROP SCHEMA {} CASCADE").format(sql.Identifier(schema)))


def test_any_business_in_any_batches(dsn: str) -> None:
    class Applied(Business):
        cuts: tuple[int, ...] = ()
        overlaps: tuple[int, ...] = ()

        @rule(size=st.integers(1, 60), overlap=st.integers(0, 20))
        def cut(self, size: int, overlap: int) -> None:
            self.cuts, self.overlaps = (*self.cuts, size), (*self.overlaps, overlap)

        def teardown(self) -> None:
            books = {"main": record(self.main.events), "asia": record(self.asia.events)}
            cuts, overlaps = list(self.cuts) or [10], list(self.overlaps) or [3]
            assert_any_cut_agrees(dsn, books, cuts, overlaps)

    run_state_machine_as_test(Applied, settings=settings(max_examples=EXAMPLES))


def test_event_by_event_is_as_all_at_once(dsn: str) -> None:
    log = record(Story().events)
    assert_any_cut_agrees(dsn, {"main": log}, [1] * len(log), [2, 0, 1])
    assert len(event_models()) == len(forgetful())
