"""Large money files: proving them and giving their lines, beside a bare csv.reader over each.

Shape: `--format` names formats of benchmarks.synthetic, all of them unless told. Each pass runs in
a process of its own, so that its largest memory is its own.
Prints JSON, by format; lines of the proof a second, megabytes.
"""

import argparse
import csv
import resource
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.synthetic import WRITERS
from benchmarks.system import report, said
from providers import formats
from providers.settlement_file import FileProof


def write(path: Path, rows: int, *, name: str = "wechat") -> int:
    """Make the file."""
    with path.open("wb") as out:
        WRITERS[name](out, rows)
    return rows


def bare(path: Path, rows: int) -> int:
    """What Python's own parser needs to give the cells, and nothing more, whatever the format."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        found = sum(1 for _ in csv.reader(file))
    assert found > rows, "no format has fewer lines of text than of money"
    return rows


def prove(path: Path, rows: int) -> int:
    """Every line parsed and checked, totals compared, the hash taken."""
    proof = _proven(path)
    assert proof.lines == rows, "a line was lost"
    return proof.lines


def lines(path: Path, rows: int) -> int:
    """The second pass: each line as it is published."""
    found = sum(1 for _ in formats.lines(path, _proven(path)))
    assert found == rows, "a line was lost"
    return found


PASSES: Mapping[str, Callable[[Path, int], int]] = {
    "csv_reader": bare,
    "prove": prove,
    "prove_and_lines": lines,
}


def measured(name: str, path: Path, rows: int) -> dict[str, float]:
    """One pass, in this process."""
    began_s, cpu_s = time.perf_counter(), time.process_time()
    count = PASSES[name](path, rows)
    duration_s, cpu_s = time.perf_counter() - began_s, time.process_time() - cpu_s
    return {
        "duration_s": round(duration_s, 3),
        "cpu_s": round(cpu_s, 3),
        "rows_per_s": round(count / duration_s),
        "rows_per_cpu_s": round(count / cpu_s),  # What a core of its own would do.
        "memory_mb_max": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3, 1),
    }


def _proven(path: Path) -> FileProof:
    proof = formats.prove(path)
    assert isinstance(proof, FileProof), proof
    return proof


def all_passes(name: str, rows: int) -> dict[str, object]:
    """Write a file of this format and measure every pass over it."""
    found: dict[str, dict[str, float]] = {}
    with TemporaryDirectory(prefix="tally-benchmark-") as folder:
        path = Path(folder) / name
        write(path, rows, name=name)
        size_bytes = path.stat().st_size
        for each in PASSES:
            context = get_context("spawn")
            with ProcessPoolExecutor(1, mp_context=context) as pool:
                found[each] = pool.submit(measured, each, path, rows).result()
            said(f"{name} {each}", f"{found[each]['rows_per_s']:,} rows/s")
    # The second pass alone: what both take, less the first.
    alone_s = found["prove_and_lines"]["duration_s"] - found["prove"]["duration_s"]
    return {
        "rows": rows,
        "size_mb": round(size_bytes / 1e6, 1),
        "lines_rows_per_s": round(rows / alone_s) if alone_s > 0 else None,
        "prove_to_csv_reader": round(
            found["prove"]["duration_s"] / found["csv_reader"]["duration_s"], 2
        ),
        "passes": found,
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--format", action="append", choices=list(WRITERS), dest="formats")
    arguments = parser.parse_args()
    rows: int = arguments.rows
    names: list[str] = arguments.formats or list(WRITERS)
    report("formats", {name: all_passes(name, rows) for name in names})


if __name__ == "__main__":
    main()
