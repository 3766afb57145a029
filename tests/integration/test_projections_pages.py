"""docs/read-models.md and docs/querying.md say what a database says."""

from collections.abc import Generator
from pathlib import Path

import psycopg
import pytest

from tests.integration.read_pages import PAGES, fill, questions, render
from tests.integration.read_side import clean, database, prepared
from tests.integration.servers import Addresses


@pytest.fixture(scope="module")
def reads(servers: Addresses) -> Generator[psycopg.Connection]:
    with database(servers.postgres_dsn) as dsn, prepared(clean(dsn)) as connection:
        fill(connection)
        yield connection


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_what_is_made_is_as_it_would_be_made_now(path: Path, reads: psycopg.Connection) -> None:
    page = path.read_text(encoding="utf-8")
    assert render(page, reads) == page


def test_every_block_of_sql_has_its_answer() -> None:
    for path in PAGES:
        page = path.read_text(encoding="utf-8")
        assert len(questions(page)) == page.count("```sql")
    assert len(questions(PAGES[1].read_text(encoding="utf-8"))) > 15
