"""Whatever a file says of a line, a person can decide the break that is opened about it."""

from pathlib import Path

import pytest

from commands.checks import check
from consumers.intake.lines import reference_of
from domain.settlement import ResolveBreak, settlement_id
from schemas.meta import CommandMeta
from tests.unit.providers.fuzzing import samples, whole

META = CommandMeta("finance", "k")
ACCOUNT = "a" * 256  # As long as a bank's may be.


@pytest.mark.parametrize("path", samples(), ids=lambda path: path.name)
def test_a_break_of_every_line_can_be_decided(path: Path) -> None:
    for line in whole(path).lines:
        name = settlement_id(
            provider=line.provider,
            merchant_account=ACCOUNT,
            kind=line.kind.replace("/", "-"),
            reference=reference_of(line),
        )
        assert check(META, ResolveBreak(name, f"{name}#1", "writeoff", "why")) is None, name
