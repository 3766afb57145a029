"""A generated bill, imported through everything: proven, published, matched, sealed.

Shape: with `--expected` the book expects every line of the bill (each matches); without, it knows
none (each opens a break, the dearer case). The clock runs over import_file, from opening the file
to its last answer and the look at what is absent. Prints JSON.
"""

import argparse
import logging
import resource
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg

from benchmarks.formats import write
from benchmarks.pipeline import PROGRAMS
from benchmarks.system import Usage, programs, report, said, system
from consumers.asking import Ask, Asker
from consumers.intake.importing import import_file
from consumers.intake.reporting import ImportReport
from consumers.surroundings import FIRST_BOOK, Surroundings
from domain.settlement import ExpectSettlement, settlement_id
from infra import telemetry
from providers import formats
from providers.settlement_file import FileProof
from schemas.meta import CommandMeta

PROMISED_DAYS = 3
OPEN = "SELECT count(*) FROM read.breaks WHERE book = %s AND status = 'open'"


def expectations(path: Path) -> Iterator[Ask]:
    """What our events would have let the book expect of this very bill."""
    proof = formats.prove(path)
    assert isinstance(proof, FileProof), proof
    for line in formats.lines(path, proof):
        name = settlement_id(
            provider=proof.provider,
            merchant_account=proof.merchant_account,
            kind=line.kind,
            reference=line.reference,
        )
        command = ExpectSettlement(
            name,
            proof.provider,
            proof.merchant_account,
            line.kind,
            line.reference,
            line.gross_minor,
            line.currency,
            line.booked_at.date().isoformat(),
            PROMISED_DAYS,
        )
        meta = CommandMeta("bench", f"expect/{line.kind}/{line.reference}")
        yield Ask(FIRST_BOOK, meta, command, internal=True)


def expect(surroundings: Surroundings, path: Path) -> int:
    """Have the book expect all of the bill; how many things."""
    with Asker(surroundings) as asker:
        answers = Counter(each.status for each in asker.ask_all(expectations(path)))
    assert set(answers) == {"accepted"}, answers
    return answers.total()


def open_breaks(dsn: str) -> int:
    """The look at what is absent has waited for the read models, so they hold all lines."""
    with psycopg.connect(dsn) as connection:
        row = connection.execute(OPEN, (FIRST_BOOK,)).fetchone()
        assert row is not None, "a count is a row"
        return row[0]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=100_000)
    parser.add_argument("--expected", action="store_true", help="the book expects every line")
    asked = parser.parse_args()
    telemetry.configure(level=logging.WARNING)  # To stderr: stdout is for the document.
    with TemporaryDirectory(prefix="tally-benchmark-") as folder, system() as up:
        surroundings = Surroundings.reach(up.settings)
        path = Path(folder) / "bill.csv"
        write(path, asked.lines)
        with programs(up, PROGRAMS):
            expected = expect(surroundings, path) if asked.expected else 0
            said("bill", f"{asked.lines} lines, {expected} expected")
            usage = Usage(up)
            began_s, cpu_s = time.monotonic(), time.process_time()
            done = import_file(surroundings, path, book=FIRST_BOOK)
            duration_s, cpu_s = time.monotonic() - began_s, time.process_time() - cpu_s
            used = usage.end(asked.lines)
            breaks = open_breaks(up.settings.postgres)
    assert isinstance(done, ImportReport), done
    assert (done.outcome, done.fresh) == ("imported", asked.lines), done
    assert breaks == asked.lines - expected, "a line was matched that was not expected, or not"
    report(
        "settlement",
        {
            "lines": asked.lines,
            "expected": expected,
            "breaks": breaks,
            "duration_s": round(duration_s, 2),
            "lines_per_s": round(asked.lines / duration_s),
            "intake_cpu_us_per_line": round(cpu_s / asked.lines * 1e6, 1),
            "intake_memory_mb_max": round(
                resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3, 1
            ),
            "processes": used,
        },
    )


if __name__ == "__main__":
    main()
