"""docs/publishing.md says what the code does: names, bounds and words."""

import re
from dataclasses import fields
from pathlib import Path

from commands import checks
from commands.catalogue import CLIENT_COMMANDS
from consumers.writer.decoding import MALFORMED_HEADERS
from domain.money import AMOUNT_MAX
from infra.kafka.topics import Topics
from infra.registry.ids import SCHEMA_NOT_ASKED, UNKNOWN_SCHEMA
from schemas import codec, malformed, writers
from schemas.meta import CommandMeta
from schemas.names import FULL_NAMES

PAGE = (Path(__file__).parents[3] / "docs" / "publishing.md").read_text(encoding="utf-8")


def section(title: str) -> str:
    return PAGE.split(f"## {title}\n", 1)[1].split("\n## ", 1)[0]


def rows(title: str) -> list[list[str]]:
    """The rows of the tables in a section, as the words in backticks of each cell."""
    lines = [line for line in section(title).splitlines() if line.startswith("| `")]
    return [
        [" ".join(re.findall(r"`([^`]+)`", cell)) for cell in line.split("|")] for line in lines
    ]


def test_the_commands_of_clients_are_all_there() -> None:
    said = {
        f"{aggregate}.{name}"
        for _, aggregate, names, _ in rows("Commands of clients")
        for name in names.split()
    }
    assert said == {FULL_NAMES[cls] for cls in CLIENT_COMMANDS}


def test_the_fields_of_meta_are_all_there() -> None:
    assert [row[1] for row in rows("A command")] == [field.name for field in fields(CommandMeta)]


def test_the_reasons_are_all_there() -> None:
    codes = {
        malformed.MALFORMED,
        malformed.TOO_LARGE,
        malformed.UNKNOWN_TYPE,
        malformed.NOT_FRAMED,
        writers.NOT_ACCEPTED,
        UNKNOWN_SCHEMA,
        SCHEMA_NOT_ASKED,
        MALFORMED_HEADERS,
    }
    assert {row[1] for row in rows("What happens with garbage")} == codes


def test_the_topics_are_all_there() -> None:
    assert all(f"`{name}`" in PAGE for name in Topics().retention())


def test_the_bounds_are_those_of_the_code() -> None:
    text = section("A command")
    assert f"at most {codec.COMMAND_BYTES_MAX // 1024} KiB" in text
    assert AMOUNT_MAX == 10**15
    assert "10^15" in text
    assert f"at most {checks.TEXT_CHARS_MAX} characters" in text
    assert (checks.DAYS_BACK_MAX, checks.DAYS_AHEAD_MAX) == (3_653, 366)
    assert "ten years ago to a year ahead" in text
    for length, fits in ((64, True), (65, False)):
        assert (checks.ID.fullmatch("a" * length) is not None) is fits
    for length, fits in ((128, True), (129, False), (0, False)):
        assert (checks.KEY.fullmatch("!" * length) is not None) is fits
