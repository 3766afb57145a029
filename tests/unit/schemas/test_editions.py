"""The name of a stored record says by which edition of its schema it is read."""

import json
from collections.abc import Generator
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import fastavro
import pytest
from fastavro.utils import generate_one

from domain.settlement import ImportSettlementFile, SettlementFileImported
from domain.wallet import OpenWallet, WalletOpened
from schemas import codec, editions, files
from schemas.malformed import UNKNOWN_TYPE, Malformed
from schemas.meta import CommandMeta
from schemas.names import FULL_NAMES
from tests.unit.schemas.two_editions import OPENED, SECOND, by_the_first, of_wallet_opened

EVENT = WalletOpened("w", "anna", "buyer", "EUR", 0)
ANSWER = "tally.answer.v1.CommandAnswered"


@pytest.fixture
def second(tmp_path: Path) -> Generator[None]:
    with of_wallet_opened(tmp_path / "schemas"):
        yield


def test_of_a_first_edition_the_name_is_the_full_name() -> None:
    first = {name for name in files.texts() if len(files.editions(name)) == 1}
    assert {name: editions.name_of(name) for name in first} == {name: name for name in first}
    assert {editions.parted(name) for name in first} == {(name, 1) for name in first}


@pytest.mark.usefixtures("second")
def test_a_later_edition_is_a_number_behind_it() -> None:
    assert editions.name_of(OPENED) == SECOND
    assert (editions.parted(OPENED), editions.parted(SECOND)) == ((OPENED, 1), (OPENED, 2))
    assert editions.earlier()[OPENED] == editions.text_of(OPENED)
    assert editions.text_of(SECOND) == files.texts()[OPENED] != editions.text_of(OPENED)
    opening = FULL_NAMES[OpenWallet]
    assert editions.name_of(opening) == opening, "each record counts its own"


@pytest.mark.usefixtures("second")
def test_each_is_read_by_the_edition_that_wrote_it() -> None:
    first, today = by_the_first(EVENT), codec.encode_event(EVENT)
    assert first != today
    assert codec.decode_stored_event(OPENED, first) == EVENT
    assert codec.decode_stored_event(SECOND, today) == EVENT
    misread = codec.decode_stored_event(OPENED, today)
    assert misread == replace(EVENT, owner_id="buyer", type="anna"), "bare Avro says nothing"


def test_a_stored_command_is_read_by_its_edition_too() -> None:
    command = OpenWallet("w", "anna", "buyer", "EUR")
    payload = codec.encode_command(CommandMeta("shop", "k"), command)
    assert codec.decode_stored_command(FULL_NAMES[OpenWallet], payload)[1] == command


def test_what_earlier_editions_wrote_is_read_today() -> None:
    """Of each that there is: a field that came since has its default."""
    imported = FULL_NAMES[SettlementFileImported]
    assert {imported, FULL_NAMES[ImportSettlementFile]} <= editions.earlier().keys()
    for name, text in editions.earlier().items():
        schema = fastavro.parse_schema(json.loads(text))
        record, stream = generate_one(schema), BytesIO()
        assert isinstance(record, dict)
        fastavro.schemaless_writer(stream, schema, record)
        if "meta" in record:
            read = codec.decode_stored_command(name, stream.getvalue())[1]
        else:
            read = codec.decode_stored_event(name, stream.getvalue())
        assert isinstance(read, ImportSettlementFile | SettlementFileImported)
        assert (read.batch_id, read.lines) == (record["batch_id"], record["lines"])
        assert read.accepted_because == ""


@pytest.mark.parametrize("name", [f"{OPENED}#3", "tally.wallet.v1.Later#2", "tally.wallet.v1.No"])
@pytest.mark.usefixtures("second")
def test_what_a_later_release_wrote_is_not_guessed_at(name: str) -> None:
    with pytest.raises(Malformed) as found:
        codec.decode_stored_event(name, b"")
    assert found.value.code == UNKNOWN_TYPE


@pytest.mark.parametrize("name", ["", "garbage", "tally.wallet.v1.No", f"{OPENED}#2"])
def test_a_name_of_nothing_has_no_schema(name: str) -> None:
    with pytest.raises(Malformed):
        editions.text_of(name)


@pytest.mark.parametrize("tail", ["#", "#0", "#1", "#02", "#x", "#2#2", "#\u0662"])
@pytest.mark.usefixtures("second")
def test_an_edition_has_one_name(tail: str) -> None:
    with pytest.raises(Malformed):
        editions.parted(OPENED + tail)


def test_an_answer_has_one_edition_for_it_is_stored_without_a_name() -> None:
    """Before a second one comes, saved answers and marks need a column for it."""
    assert len(files.editions(ANSWER)) == 1
