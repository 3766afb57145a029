"""`tally publish`: commands from a file, as any upstream service would send them."""

import sys
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer

from cli.calls import BROKEN, INTERRUPTED, Call, complain, misused, refuse, with_call
from cli.printing import counted, document, line, said, say

if TYPE_CHECKING:
    from cli.publishing.spool import Spool
    from commands.answer import CommandAnswered

STDIN = "-"
ACCEPTED = "accepted"
AGAIN = "What was published is done all the same; publish the file again: nothing is done twice"

File = Annotated[str, typer.Argument(metavar="FILE.jsonl", help="One command a line; -: stdin.")]
Wait = Annotated[bool, typer.Option("--wait", help="Print the answer to each command.")]
SkipBad = Annotated[bool, typer.Option("--skip-bad", help="Publish the good lines all the same.")]
Timeout = Annotated[
    float,
    typer.Option(metavar="SECONDS", min=0.1, help="Patience with Kafka, and between two answers."),
]


@with_call
def publish(
    call: Call, file: File, wait: Wait = False, skip_bad: SkipBad = False, timeout: Timeout = 60.0
) -> None:
    """Publish the commands of a file; if a line is bad, none of them.

    A line: {"type": "OpenWallet", "book": "main", "client": "shop", "idempotency_key": "k1",
    "data": {"wallet_id": "alice", "owner_id": "alice", "type": "buyer", "currency": "EUR"}}

    Exits with 1 if a line is bad, or, with --wait, if a command is refused.

    Example: tally publish day.jsonl --wait
    """
    from cli.publishing.delivery import ask_all, publish_all
    from cli.publishing.spool import Spool

    settings = call.settings("kafka", "registry")
    with Spool() as spool:
        bad = _read(file, spool)
        if bad and not skip_bad:
            lines = counted(bad, "bad line")
            raise refuse(f"{lines}: nothing was published (--skip-bad publishes the others)")
        seen = Counter[str]()
        try:
            if wait:
                for number, answer in ask_all(settings, spool, timeout):
                    seen[answer.status] += 1
                    _show(number, answer, as_json=call.json)
            else:
                publish_all(settings, spool, timeout)
        except KeyboardInterrupt:
            complain(f"interrupted after {counted(seen.total(), 'answer')}. {AGAIN}")
            raise typer.Exit(INTERRUPTED) from None
    _summarise(Outcome(spool.count, bad, seen), call, waited=wait)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a file. `seen`: how many answers of each status."""

    published: int
    bad: int
    seen: Counter[str]

    @property
    def is_done(self) -> bool:
        return not self.bad and set(self.seen) <= {ACCEPTED}


def _read(file: str, spool: "Spool") -> int:
    """Spool what is good and name what is bad; how many lines were bad."""
    from cli.publishing.lines import Bad, read

    bad = 0
    with ExitStack() as stack:
        for each in read(_opened(file, stack)):
            if isinstance(each, Bad):
                bad += 1
                for problem in each.problems:
                    complain(f"line {each.number}: {problem.removeprefix('line: ')}")
            else:
                spool.put(each)
    return bad


def _opened(file: str, stack: ExitStack) -> BinaryIO:
    if file == STDIN:
        return sys.stdin.buffer
    try:
        return stack.enter_context(Path(file).open("rb"))
    except OSError as error:
        raise misused(f"{file}: {error.strerror}") from error


def _show(number: int, answer: "CommandAnswered", *, as_json: bool) -> None:
    if as_json:
        line({"line": number} | said(answer))
        return
    told = f"line {number}: {answer.status}"
    first, last = answer.first_sequence, answer.last_sequence
    if first:
        told += f", event{f's {first} to' if last > first else ''} {last} of {answer.book}"
    if answer.code:
        told += f", {answer.code}: {answer.detail}" if answer.detail else f", {answer.code}"
    say(told + (" (replayed)" if answer.replayed else ""))


def _summarise(outcome: Outcome, call: Call, *, waited: bool) -> None:
    if waited:
        counts = ", ".join(f"{count} {status}" for status, count in sorted(outcome.seen.items()))
        published = f"{counted(outcome.published, 'command')} published"
        told = f"{published}: {counts or 'nothing to answer'}"
        complain(told) if call.json else say(told)  # A stream of JSON is answers alone.
    elif call.json:
        document({"published": outcome.published, "bad_lines": outcome.bad})
    else:
        say(f"{counted(outcome.published, 'command')} published")
    if not outcome.is_done:
        raise typer.Exit(BROKEN)
