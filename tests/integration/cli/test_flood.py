"""A flood of records by schemas that nobody has, and the good commands among them."""

import json
from typing import Any

from domain.wallet import CreditWallet, OpenWallet
from infra.kafka import clients
from infra.registry.client import Registry
from infra.registry.ids import MISSES_MAX
from schemas import codec, files
from schemas.framing import frame
from schemas.meta import CommandMeta
from schemas.names import Command
from tests.integration.cli.calls import Call, parsed
from tests.integration.programs import System

NOBODY_S = 2_000_000_000
OPEN, CREDIT = "tally.wallet.v1.OpenWallet", "tally.wallet.v1.CreditWallet"


def by_their_own_text(system: System) -> int:
    """A client's schema: our fields, and no documentation."""
    schema: dict[str, Any] = json.loads(files.texts()[CREDIT])
    del schema["doc"]
    with Registry(system.settings.registry) as registry:
        subject = f"{CREDIT}-{system.settings.topic_prefix}"
        schema_id = registry.register(subject=subject, text=json.dumps(schema))
    assert isinstance(schema_id, int)
    return schema_id


def framed(schema_id: int, key: str, command: Command) -> bytes:
    return frame(schema_id, codec.encode_command(CommandMeta("shop", key), command))


def flood(system: System, book_name: str) -> None:
    """Garbage first, then two commands: by our schema, and by one that nobody has met here."""
    ours = system.surroundings.ids[OPEN]
    credit = CreditWallet("w", "m1", 500, "EUR", "bank")
    values = [
        *(frame(NOBODY_S + number, b"garbage") for number in range(MISSES_MAX)),
        framed(ours, "open", OpenWallet("w", "o", "buyer", "EUR")),
        framed(by_their_own_text(system), "credit", credit),
    ]
    producer = clients.producer(system.settings.kafka_address)
    for value in values:
        producer.produce(system.surroundings.topics.commands, value, book_name.encode())
    assert producer.flush(30.0) == 0


def waiting(call: Call, book_name: str) -> dict[str, str]:
    found = parsed(call("dead-letters", "list", "--json", "--book", book_name))
    return {each["dead_letter_id"]: each["reason"] for each in found}


def test_a_flood_harms_no_command_and_is_not_redriven(
    call: Call, system: System, book_name: str
) -> None:
    assert call("book", "create", book_name).exit_code == 0
    flood(system, book_name)
    letters = system.until(
        lambda: found if len(found := waiting(call, book_name)) > MISSES_MAX else None, "letters"
    )
    assert sorted(letters.values()) == ["schema_not_asked"] + ["unknown_schema"] * MISSES_MAX
    system.caught_up("wallets", book=book_name)
    assert parsed(call("wallet", "w", "--book", book_name, "--json"))["status"] == "open"

    def redriven() -> bool | None:
        """Until the writer asks for what it does not know again."""
        result = call("dead-letters", "redrive", "--all")
        assert result.exit_code == 1
        assert result.stderr.count("it would come back") == MISSES_MAX
        assert result.stderr.count("whoever sent it sends it again") == MISSES_MAX
        assert f"{MISSES_MAX} letters left" in result.stderr
        balances = parsed(call("wallet", "w", "--book", book_name, "--json"))
        return balances["balance_minor"] == 500 or None

    system.until(redriven, "the credit")
    assert waiting(call, book_name).items() <= letters.items()
    assert set(waiting(call, book_name).values()) == {"unknown_schema"}
