"""Every relation says what it holds, and the classes of rows are the tables."""

from collections import Counter

import pytest

from projections.charges import Collections
from projections.models import MODELS, REBUILT, all_models, by_name, event_models, feed_of
from projections.orders import Orders
from projections.payments import Payments
from projections.positions import RELATIONS
from projections.relations import Relations
from projections.rows import Rows
from projections.settlement import Settlement
from projections.wallets import PROFILE_ROWS

ROWS = [
    PROFILE_ROWS,
    *(each for model in (Orders, Payments, Collections, Settlement) for each in model.rows),
]
ALL = [RELATIONS, *(model.relations for model in MODELS)]


def table_of(rows: Rows[tuple[object, ...]]) -> str:
    return rows.table.name


@pytest.mark.parametrize("rows", ROWS, ids=table_of)
def test_the_fields_of_a_row_are_its_columns(rows: Rows[tuple[object, ...]]) -> None:
    """In the same order; only a number that the table itself gives is no field."""
    columns = [each.name for each in rows.table.columns if "IDENTITY" not in each.type]
    assert list(rows.row.__annotations__) == columns


@pytest.mark.parametrize("relations", ALL)
def test_everything_says_what_it_holds(relations: Relations) -> None:
    comments = [each.comment for each in (*relations.tables, *relations.functions)]
    comments += [column.comment for table in relations.tables for column in table.columns]
    comments += [
        text for view in relations.views for text in (view.comment, *view.columns.values())
    ]
    assert all(text.endswith((".", ")")) and len(text) > 10 for text in comments)


@pytest.mark.parametrize("model", MODELS)
def test_people_see_of_every_row_which_book_it_is_of(model: type) -> None:
    """And after which event it stands so; dead letters are no events."""
    relations: Relations = getattr(model, "relations")  # noqa: B009
    for table in relations.tables:
        if not relations.views or table.name in relations.compared:
            names = {column.name for column in table.columns}
            assert {"book", "book_sequence"} <= names or table.name == "dead_letters"
    for view in relations.views:
        assert {"book", "book_sequence"} <= view.columns.keys()


def test_no_two_relations_have_one_name() -> None:
    names = Counter(
        each.name
        for relations in ALL
        for each in (*relations.tables, *relations.views, *relations.functions)
    )
    assert [name for name, count in names.items() if count > 1] == []


def test_what_is_compared_is_there() -> None:
    for relations in ALL:
        there = {each.name for each in (*relations.tables, *relations.views)}
        assert set(relations.compared) <= there


def test_models_are_found_by_name() -> None:
    assert {model.name for model in all_models()} == {*REBUILT, "dead_letters"}
    assert {feed_of(model.name) for model in event_models()} == {"events"}
    assert feed_of("commands") == "answers"
    assert by_name("ledger") is not by_name("ledger")
    assert by_name("nothing") is None
