"""The .avsc files are the classes: names, order, types and defaults; none missing, none more.

Whoever changes a class runs `python -m schemas.generate` with the arguments of schemas/generate.py;
what may change without breaking others is in docs/publishing.md.
"""

import json
from pathlib import Path

import fastavro
import pytest

from schemas import files, generate, names, reference, shape
from schemas.from_json import SHORT_NAMES
from tests.unit.schemas.strategies import OTHERS, RECORDS

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("full_name", RECORDS)
def test_a_file_is_its_class(full_name: str) -> None:
    file = files.FOLDER / files.path_of(full_name)
    expected = generate.text(generate.schema_of(full_name, RECORDS[full_name]))
    assert file.read_text(encoding="utf-8") == expected


def test_there_is_no_file_without_a_class() -> None:
    assert set(files.texts()) == set(RECORDS)


def test_the_reference_shows_every_file() -> None:
    page = (ROOT / generate.REFERENCE).read_text(encoding="utf-8")
    assert page == reference.page([json.loads(text) for text in files.texts().values()])
    assert all(f"#### {name.rpartition('.')[2]}\n" in page for name in RECORDS)


@pytest.mark.parametrize("full_name", RECORDS)
def test_a_file_stands_alone(full_name: str) -> None:
    parsed = fastavro.parse_schema(json.loads(files.texts()[full_name]))
    assert isinstance(parsed, dict)
    assert parsed["name"] == full_name


@pytest.mark.parametrize("full_name", names.COMMANDS)
def test_a_command_begins_with_its_meta(full_name: str) -> None:
    meta, *fields = json.loads(files.texts()[full_name])["fields"]
    assert meta["type"]["namespace"] + "." + meta["type"]["name"] == "tally.v1.CommandMeta"
    said = [(field["name"], field.get("default")) for field in meta["type"]["fields"]]
    assert said[:2] == [("client", None), ("idempotency_key", None)]
    assert [default for _, default in said[2:]] == [""] * 4
    assert [field["name"] for field in fields] == list(shape.types_of(names.COMMANDS[full_name]))


def test_a_default_travels_with_its_field() -> None:
    fields = json.loads(files.texts()["tally.wallet.v1.OpenWallet"])["fields"]
    expected = {"name": "overdraft_limit_minor", "type": "long", "default": 0}
    assert fields[-1] == expected


def test_a_time_says_what_it_is() -> None:
    fields = json.loads(files.texts()["tally.wallet.v1.FundsHeld"])["fields"]
    kinds = {field["name"]: field["type"] for field in fields}
    assert kinds["expires_at_us"] == {"type": "long", "logicalType": "timestamp-micros"}
    assert [kind for kind in kinds.values() if kind == "long"] == ["long"] * 3


def test_the_partition_is_kafkas_int() -> None:
    fields = json.loads(files.texts()["tally.dead_letter.v1.DeadLetter"])["fields"]
    kinds = {field["name"]: field["type"] for field in fields}
    assert (kinds["partition"], kinds["offset"], kinds["value"]) == ("int", "long", "bytes")


def test_a_class_of_another_type_has_no_shape() -> None:
    class Odd:
        ratio: float

    with pytest.raises(AssertionError, match="only a dataclass"):
        shape.record(Odd, "tally.odd.v1")


def test_the_arguments_name_the_other_classes() -> None:
    arguments = [
        "answer=commands.answer:CommandAnswered",
        "dead_letter=commands.dead_letter:DeadLetter",
    ]
    assert generate.named(arguments) == OTHERS


def test_a_command_has_one_short_name() -> None:
    assert len(SHORT_NAMES) == len(names.COMMANDS)


def test_a_class_has_one_kind() -> None:
    assert set(names.COMMANDS) & set(names.EVENTS) == set()
    assert len(names.FULL_NAMES) == len(names.TYPES)
    assert all(names.FULL_NAMES[cls] == name for name, cls in names.TYPES.items())
