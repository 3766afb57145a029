"""Every code that refuses a file stands in the page that explains them, and no other does."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "docs" / "formats" / "README.md"
CODE = re.compile(r'(?:FileRefused\(\s*|_stop\(\s*|yield |code=)"([a-z]+(?:_[a-z0-9]+)+)"')


def test_the_page_has_every_code() -> None:
    modules = (ROOT / "providers").rglob("*.py")
    used = {code for module in modules for code in CODE.findall(module.read_text(encoding="utf-8"))}
    used |= {"key_wrong"}  # Also the answer when nothing else is wrong with a row.
    table = PAGE.read_text(encoding="utf-8").partition("## What refuses a file")[2]
    table = table.partition("## Adding a format")[0]
    rows = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    assert {code for row in rows for code in re.findall(r"`(\w+)`", row)} == used
