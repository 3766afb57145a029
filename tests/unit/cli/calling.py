"""Calling `tally` in this process, as its users do.

Shape: tally("status", "--json", env=…) -> Result with exit_code, stdout, stderr.
"""

from collections.abc import Mapping

from typer.testing import CliRunner, Result

from cli.main import app
from infra.called import CALLED_AS

ADDRESSES = ("TALLY_KAFKA", "TALLY_POSTGRES", "TALLY_REGISTRY", "TALLY_DATA", CALLED_AS)


def tally(
    *words: str, env: Mapping[str, str | None] | None = None, stdin: bytes | None = None
) -> Result:
    """Without whatever addresses the environment of the tests names."""
    clean: dict[str, str | None] = dict.fromkeys(ADDRESSES)
    return CliRunner().invoke(app, words, env=clean | dict(env or {}), input=stdin)
