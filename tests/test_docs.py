"""The pages: links lead somewhere, commands exist, examples are what the contract accepts."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from cli.main import app
from schemas.from_json import Line, command_from_json

ROOT = Path(__file__).parents[1]
PAGES = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"\]\((?!https?:|#|mailto:)([^)#\s]+)(?:#[^)]*)?\)")
CALL = re.compile(
    r"(?:\./tally|`tally|^    tally) ((?:[a-z][a-z-]*)(?: [a-z][a-z-]*)?)", re.MULTILINE
)


def label(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("page", PAGES, ids=label)
def test_links_lead_somewhere(page: Path) -> None:
    targets = LINK.findall(page.read_text(encoding="utf-8"))
    missing = [each for each in targets if not (page.parent / each).exists()]
    assert missing == []


@pytest.mark.parametrize("page", PAGES, ids=label)
def test_commands_that_are_named_exist(page: Path) -> None:
    known = get_command(app)
    unknown: list[str] = []
    for words in CALL.findall(page.read_text(encoding="utf-8")):
        first, *rest = words.split()
        command = getattr(known, "commands", {}).get(first)
        inner = getattr(command, "commands", None)
        if command is None or (inner is not None and rest and rest[0] not in inner):
            unknown.append(words)
    assert unknown == []


def first_file() -> list[dict[str, Any]]:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines() if line.startswith('{"type"')]


def test_the_first_file_of_the_readme_is_accepted() -> None:
    assert len(first_file()) == 4
    for line in first_file():
        assert isinstance(command_from_json(line), Line)


FIRST = {
    "python": (r'^BOOK, CLIENT, KEY = "main", "shop", "([^"]+)"$', r'"wallet_id": "([^"]+)"'),
    "java": (r'\.set\("idempotency_key", "([^"]+)"\)', r'\.set\("wallet_id", "([^"]+)"\)'),
    "go": (r'^\tbook, client, key += "main", "shop", "([^"]+)"$', r'\bWalletID: "([^"]+)"'),
}


def test_each_first_program_opens_a_wallet_of_its_own_under_a_key_of_its_own() -> None:
    """Whoever has published the file of the README goes on with the programs of the next page."""
    page = (ROOT / "docs" / "publishing.md").read_text(encoding="utf-8")
    keys = [each["idempotency_key"] for each in first_file()]
    wallets = [each["data"].get("wallet_id") for each in first_file()[:2]]
    for language, (key, wallet) in FIRST.items():
        (block,) = re.findall(rf"^```{language}\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)
        keys += re.findall(key, block, re.MULTILINE)
        wallets += re.findall(wallet, block)
    assert len(keys) == len(set(keys)) == len(first_file()) + len(FIRST)
    assert len(wallets) == len(set(wallets)) == 2 + len(FIRST)
