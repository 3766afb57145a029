"""The command line `tally`: one typer application, one command a function.

Shape: app() parses `sys.argv`, runs the command and exits: 0 done, 1 refused or broken, 2 usage.
"""

from importlib import metadata
from typing import Annotated

import typer

from cli import addresses, books, breaks, ledger, log, programs, proof
from cli.application import Application
from cli.calls import AsJson
from cli.dead_letters import dead_letters
from cli.demo.run import demo
from cli.dsn import dsn
from cli.printing import document
from cli.publish import publish
from cli.settlement import settlement
from cli.status import status
from cli.suite import run_suite
from cli.wallets import wallet

app = Application(
    name="tally",
    help="An event-sourced payments core: commands in, balanced books out.",
    pretty_exceptions_enable=False,  # A fault of ours is shown as Python shows it.
)
app.command()(demo)
app.command()(programs.up)
app.command()(programs.run)
app.command()(books.init)
app.command()(publish)
app.command()(status)
app.command()(log.events)
app.command()(wallet)
app.command()(ledger.ledger)
app.command()(breaks.breaks)
app.add_typer(settlement, name="settlement")
app.add_typer(dead_letters, name="dead-letters")
app.command()(proof.verify)
app.command()(proof.rebuild)
app.add_typer(books.book, name="book")
app.command()(dsn)
app.command()(addresses.addresses)


def _version(wanted: bool) -> None:
    if wanted:
        version()
        raise typer.Exit


@app.callback()
def everything(
    *,
    wanted: Annotated[
        bool,
        typer.Option(
            "--version", callback=_version, is_eager=True, help="Print the version and exit."
        ),
    ] = False,
) -> None:
    del wanted  # Its callback has done it.


@app.command()
def version(*, json: AsJson = False) -> None:
    """Print the version. Example: tally version --json."""
    said = metadata.version("tallystick")
    document({"version": said}) if json else typer.echo(said)


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def test(context: typer.Context) -> None:
    """Run the project's tests with pytest. Example: tally test tests/unit -k wallet."""
    run_suite(context.args)
