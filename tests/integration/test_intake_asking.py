"""Asking: one answer to each command, in order, also when the writer is killed between."""

from pathlib import Path

from consumers.asking import Ask
from domain.wallet import CreditWallet, OpenWallet
from schemas.meta import CommandMeta
from tests.integration.programs import running
from tests.integration.servers import Addresses


def test_answers_come_once_to_each_command_through_a_kill(
    servers: Addresses, tmp_path: Path
) -> None:
    with running(servers, tmp_path) as system, system.asker() as asker:
        opened = OpenWallet("a", "owner", "buyer", "EUR")
        assert asker.ask(Ask("main", CommandMeta("shop", "open"), opened)).status == "accepted"
        system.kill("writer")
        system.start("writer")
        asks = [
            Ask("main", CommandMeta("shop", f"c{n}"), CreditWallet("a", f"m{n}", 1, "EUR", "bank"))
            for n in range(3_000)
        ]
        answers = list(asker.ask_all(asks))
        assert [each.idempotency_key for each in answers] == [f"c{n}" for n in range(3_000)]
        assert {(each.status, each.replayed) for each in answers} == {("accepted", False)}
        again = asker.ask(asks[0])
        assert (again.replayed, again.first_sequence) == (True, answers[0].first_sequence)
