"""`tally verify`: proves all books, from the log outwards.

Shape: run(surroundings, progress) -> Report. Writes nothing; the system may run meanwhile, each
book is proven up to the end of its log as it was found.
Errors: Outage. Read models that lag are waited for, BEHIND_S_MAX at most.
"""

import time
from threading import Event

import psycopg

from consumers.surroundings import Surroundings
from consumers.verify.accounts_pass import due_pairs, pass_over_accounts
from consumers.verify.bus_pass import pass_over_bus
from consumers.verify.log_pass import Folded, Pass, heads
from consumers.verify.read_pass import behind, pass_over_answers, pass_over_reads
from consumers.verify.report import Findings, Progress, Report
from infra.event_store import directory
from infra.garbage import seldom_collected
from projections.models import event_models

BEHIND_S_MAX = 30.0
LOOK_S = 0.05
GARBAGE_EVERY = 50_000  # Objects.


def run(surroundings: Surroundings, progress: Progress | None = None) -> Report:
    """Recompute everything and compare."""
    findings = Findings()
    with seldom_collected(GARBAGE_EVERY):
        _prove(surroundings, progress or _silently, findings)
    return findings.report()


def _prove(surroundings: Surroundings, say: Progress, findings: Findings) -> None:
    books = directory.list_books(surroundings.settings.postgres)
    with psycopg.connect(surroundings.settings.postgres, autocommit=True) as connection:
        passes = [Pass(connection, head, findings) for head in heads(connection, books)]
        for each in passes:
            say(f"book {each.folded.book}: log and ledger")
            pass_over_accounts(each.to_head(), findings)
        due_pairs([each.folded for each in passes], findings)
        for each in passes:
            say(f"book {each.folded.book}: read models")
            if _caught_up(connection, each.folded, findings):
                pass_over_reads(connection, each, findings)
                pass_over_answers(connection, each.head, findings)
    say("events on Kafka")
    pass_over_bus(surroundings, books, findings)


def _silently(_what: str) -> None:
    """Nobody wants to know."""


def _caught_up(connection: psycopg.Connection, folded: Folded, findings: Findings) -> bool:
    """Wait until the models hold what was proven; where they do not, say so."""
    models: list[str] = [model.name for model in event_models()]
    until_s = time.monotonic() + BEHIND_S_MAX
    while found := behind(connection, folded, models):
        if time.monotonic() > until_s:
            for model, sequence in found:
                findings.compare(
                    "read_models_caught_up",
                    f"{folded.book} {model}",
                    found=sequence,
                    expected=folded.sequence,
                )
            return False
        Event().wait(LOOK_S)
    return True
