"""`tally settlement …`: providers' money files, proven, imported and compared."""

from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.application import Application
from cli.calls import (
    BROKEN,
    INTERRUPTED,
    USAGE,
    AsJson,
    Call,
    complain,
    misused,
    refuse,
    with_call,
)
from cli.money_files import NAMES, document_of, kind_of, show_file, show_formats, show_line
from cli.printing import counted, document, line, progress, say
from cli.settlement_files import show
from cli.shared_options import Book
from infra.called import hint

if TYPE_CHECKING:
    from consumers.intake.acceptance import Acceptance
    from consumers.intake.reporting import ImportReport
    from providers.settlement_file import FileRefused

REASON_MAX, ACCOUNT_MAX = 1_000, 128  # Characters: a paragraph, a name.

settlement = Application(help="Providers' settlement files.")
File = Annotated[Path, typer.Argument(metavar="FILE", help="The file, plain or gzip.")]
FormatName = Annotated[
    str | None,
    typer.Option(
        "--format", metavar="NAME", help=f"Its format: {', '.join(NAMES)}. (by its content)"
    ),
]
Lines = Annotated[bool, typer.Option("--lines", help="Print every line too; as JSON, one a line.")]
Account = Annotated[
    str | None, typer.Option(metavar="NAME", help="Whose it is, where the file does not say.")
]
AcceptImbalance = Annotated[
    str | None,
    typer.Option(metavar="REASON", help="Why it counts though its controls fail."),
]
Again = Annotated[
    bool, typer.Option("--again", help="Although it is in as a file of another account.")
]
Timeout = Annotated[
    float, typer.Option(metavar="SECONDS", min=0.1, help="Patience with Kafka and the writer.")
]
AGAIN = (
    "a running intake goes on with it by itself, and so does the same call: nothing is done twice"
)


@settlement.command("import")
@with_call
def import_file(  # noqa: PLR0913 - by name, as on the command line.
    call: Call,
    file: File,
    *,
    book: Book = "main",
    format_name: FormatName = None,
    account: Account = None,
    accept_imbalance: AcceptImbalance = None,
    again: Again = False,
    timeout: Timeout = 60.0,
) -> None:
    """Import a file into a book: proven whole, kept, published line by line, sealed, compared.

    A writer and a relay have to run. Importing a file again changes nothing; one that was cut
    off is gone on with. A file that does not say whose it is needs --account. One whose only fault
    is that its own controls do not hold is taken with --accept-imbalance, and the reason is kept.
    The same bytes are refused under the name of another account, but with --again.

    Example: tally settlement import bill.csv --book main
    """
    from consumers.intake.importing import Importer

    said = replace(_said(account, because=accept_imbalance), again=again)
    _require_good(call, file, format_name, said)  # What is wrong needs no server.
    importer = Importer(
        call.surroundings(timeout),
        lambda done, of: progress("import", f"{done:,} of {counted(of, 'line')}"),
        silence_s_max=timeout,
    )
    try:
        outcome = importer.import_file(file, book=book, format_name=format_name, said=said)
    except KeyboardInterrupt:
        complain(f"interrupted; {AGAIN}")
        raise typer.Exit(INTERRUPTED) from None
    _show_outcome(call, file, outcome)


def _show_outcome(call: Call, file: Path, outcome: "ImportReport | FileRefused") -> None:
    from consumers.intake.reporting import STOPPED_BEFORE_SEAL
    from providers.settlement_file import FileRefused

    if isinstance(outcome, FileRefused):
        raise _refused(call, file, outcome)
    _show_report(call, outcome)
    if outcome.outcome == STOPPED_BEFORE_SEAL:
        raise typer.Exit(BROKEN)


@settlement.command()
@with_call
def parse(call: Call, file: File, format_name: FormatName = None, lines: Lines = False) -> None:
    """Read and prove a file without importing it; needs no server.

    A file that does not count exits with 1. If only its own controls do not hold, all of it is
    printed all the same; in JSON `refused` says why.

    Example: tally settlement parse bill.csv --lines --json
    """
    from providers import formats
    from providers.settlement_file import FileChangedError, FileRefused

    _check_file(file)
    answer = formats.prove(file, format_name=format_name)
    refused = answer if isinstance(answer, FileRefused) else None
    proof = answer.proof if isinstance(answer, FileRefused) else answer
    if call.json:
        (line if lines else document)(document_of(proof, refused))
    elif proof is not None:
        show_file(proof)
    if lines and proof is not None:
        try:
            for each in formats.lines(file, proof):
                show_line(each, as_json=call.json)
        except FileChangedError as error:
            raise refuse(str(error)) from error
    if refused is not None:
        raise _refusal(file, refused)


@settlement.command("formats")
def list_formats(*, json: AsJson = False) -> None:
    """List the formats that are read, their layouts, and what in a file of each proves it.

    Example: tally settlement formats
    """
    from providers.formats import FORMATS

    show_formats(FORMATS.values(), as_json=json)


settlement.command()(show)


def _said(account: str | None, *, because: str | None) -> "Acceptance":
    from consumers.intake.acceptance import Acceptance

    if because is not None and not (because.strip() and len(because) <= REASON_MAX):
        raise misused(f"--accept-imbalance: expected a reason of at most {REASON_MAX} characters")
    name = (account or "").strip()
    bad = "/" in name or not name.isprintable() or len(name) > ACCOUNT_MAX
    if bad or (account is not None and not name):
        expected = f"a name of at most {ACCOUNT_MAX} printable characters without a slash"
        raise misused(f"--account: expected {expected}")
    return Acceptance((because or "").strip(), name)


def _require_good(call: Call, file: Path, format_name: str | None, said: "Acceptance") -> None:
    from consumers.intake.acceptance import taken
    from providers import formats
    from providers.settlement_file import FileRefused

    _check_file(file)
    found = taken(formats.prove(file, format_name=format_name), said)
    if isinstance(found, FileRefused):
        raise _refused(call, file, found)


def _check_file(file: Path) -> None:
    """A file is read twice and more, so nothing but a regular one will do; a pipe would hang."""
    try:
        kind = kind_of(file.stat().st_mode)
        if kind:
            raise misused(f"{file}: expected a regular file, found {kind}")
        file.open("rb").close()
    except OSError as error:
        raise misused(f"{file}: {error.strerror}") from error


def _refused(call: Call, file: Path, refused: "FileRefused") -> typer.Exit:
    if call.json:
        document(document_of(refused.proof, refused))
    return _refusal(file, refused)


def _refusal(file: Path, refused: "FileRefused") -> typer.Exit:
    place = f"line {refused.line_number}"
    where = f", {place}" if refused.line_number and place not in refused.message else ""
    status = USAGE if refused.code == "format_unknown" else BROKEN
    return refuse(f"{file}{where}: {refused.code}: {refused.message}", status)


def _compared(matched: int, report: "ImportReport") -> str:
    lines = report.fresh + report.repeated
    found = ", ".join(f"{count:,} {kind}" for kind, count in report.breaks.items())
    return f"{matched:,} of {counted(lines, 'line')} matched; breaks: {found or 'none'}"


def _absent(count: int) -> str:
    if not count:
        return "Nothing of ours is missing in it"
    missing = f"{counted(count, 'thing')} of ours {'is' if count == 1 else 'are'} missing in it"
    return f"{missing}: a break missing_in_file for each"


def _show_report(call: Call, report: "ImportReport") -> None:
    from consumers.intake.reporting import ALREADY_IMPORTED

    if call.json:
        document(asdict(report))
        return
    counts = f"{counted(report.fresh, 'line')} new, {report.repeated:,} there already"
    batches = report.batches or (report.proof.batch_id,)
    say(f"{report.outcome}: {', '.join(batches)} into {report.book}; {counts}")
    if report.accepted_because:
        say(f"its controls do not hold; accepted: {report.accepted_because}")
    if report.refused:
        complain(f"{counted(report.refused, 'line')} refused, so the file is not sealed")
    for each in report.refusals:
        where = f"lines {each.first_line} to {each.last_line}" if each.first_line else "the file"
        complain(f"{where}: {each.status}, {each.code}: {each.detail}")
    if report.matched is not None:
        say(_compared(report.matched, report))
    if report.absent is not None:
        say(_absent(report.absent))
    elif report.outcome != ALREADY_IMPORTED:
        say("What the file should have brought and did not is looked for later, by the intake")
    data = call.own_settings().data
    say("Next:")
    for batch_id in batches:
        say(f"  {hint('settlement', 'show', batch_id, data=data)}")
    say(f"  {hint('breaks', '--book', report.book, data=data)}")
