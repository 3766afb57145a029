"""docs/ledger.md: the parts of it that are made from what runs.

Shape: `<!-- chart -->`, `<!-- table -->` and `<!-- example: NAME -->` each begin a made part, which
`<!-- end -->` ends; render(page) is the page with every part made anew. The test compares;
`python -m tests.unit.domain.accounting.ledger_page` writes.
"""

import re
from pathlib import Path

from domain.accounting.posting import lines
from domain.accounting.trial import standing
from tests.unit.domain.accounting import handbook
from tests.unit.domain.accounting.balancing import balance
from tests.unit.domain.accounting.examples import EXAMPLES
from tests.unit.domain.memory_book import MemoryBook

PAGE = Path(__file__).parents[4] / "docs" / "ledger.md"
PART = re.compile(r"<!-- ([a-z: ]+) -->\n.*?\n<!-- end -->", re.DOTALL)


def render(page: str) -> str:
    return PART.sub(lambda found: f"<!-- {found[1]} -->\n\n{part(found[1])}\n\n<!-- end -->", page)


def names(page: str) -> list[str]:
    return [found[1] for found in PART.finditer(page)]


def part(name: str) -> str:
    match name.split(": "):
        case ["chart"]:
            return handbook.chart()
        case ["table"]:
            return handbook.table()
        case _:
            books = EXAMPLES[name.removeprefix("example: ")]()
            return "\n\n".join(posted(book, titled=len(books) > 1) for book in books)


def posted(book: MemoryBook, *, titled: bool) -> str:
    """What the events of a book posted, and which accounts are not at zero after that."""
    made = [(type(event).__name__, line) for event in book.events for line in lines(event, "main")]
    rows = [
        f"| {name} | `{line.debit_account}` | `{line.credit_account}` | {yuan(line.amount_minor)} |"
        for name, line in made
    ]
    left = standing(balance(line for _, line in made))
    balances = [f"| `{account}` | {yuan(minor)} |" for (account, _), minor in sorted(left.items())]
    title = [f"In the book {book.name}:", ""] if titled else []
    head = ["| event | debit | credit | amount |", "| --- | --- | --- | ---: |"]
    after = ["", "| balance after that | debit less credit |", "| --- | ---: |"]
    return "\n".join([*title, *head, *rows, *after, *balances])


def yuan(minor: int) -> str:
    sign = "-" if minor < 0 else ""
    return f"{sign}{abs(minor) // 100}.{abs(minor) % 100:02}"


if __name__ == "__main__":
    PAGE.write_text(render(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
