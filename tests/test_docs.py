"""The pages: links lead somewhere, commands exist, examples are what the contract accepts."""

import json
import re
from pathlib import Path

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


def test_the_first_file_of_the_readme_is_accepted() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    lines = [json.loads(line) for line in text.splitlines() if line.startswith('{"type"')]
    assert len(lines) == 4
    for line in lines:
        assert isinstance(command_from_json(line), Line)
