"""Money files damaged at random, and what must hold of every answer; also a program of its own.

Shape: `case(number, samples)` is a damaged file, the same for the same number; `wrong(case, …)`
says what does not hold of our answer to it, or nothing.
`python -m tests.unit.providers.fuzzing --cases 200000` runs many and prints JSON; exit 1 if any
answer was wrong, with the numbers of the first of them. With --cuts the cases are every sample cut
at every byte, some 500,000 in all.
What must hold: an answer is a proof or a refusal with words, in bounded time; lines come to the
totals; of a file that was cut, the lines are the first ones of the whole file.
"""

import argparse
import gzip
import json
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from types import FrameType
from typing import NamedTuple

from providers.formats import lines, prove
from providers.settlement_file import FileProof, FileRefused, SettlementLine

SAMPLES = Path(__file__).parent / "samples"
PATIENCE_S = 20  # The largest sample is proven in a hundredth of it.
SHOWN_MAX = 20
CUT = "cut"

Damage = Callable[[bytes, Random], bytes]


class Case(NamedTuple):
    """One damaged file."""

    number: int
    sample: Path
    damage: str
    content: bytes


class Whole(NamedTuple):
    """What a sample says while it is whole."""

    format: str
    lines: Sequence[SettlementLine]


def samples() -> list[Path]:
    """Every money file of third parties."""
    return sorted(path for path in SAMPLES.glob("*/*") if path.is_file())


def _cut(content: bytes, chance: Random) -> bytes:
    return content[: chance.randrange(len(content))]


def _bytes_changed(content: bytes, chance: Random) -> bytes:
    changed = bytearray(content)
    for _ in range(chance.randint(1, 8)):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def _digit_changed(content: bytes, chance: Random) -> bytes:
    places = [at for at, byte in enumerate(content) if 0x30 <= byte <= 0x39]
    if not places:
        return content
    at = chance.choice(places)
    return content[:at] + b"%d" % chance.randrange(10) + content[at + 1 :]


def _sign_changed(content: bytes, chance: Random) -> bytes:
    old, new = chance.choice([(b"-", b""), (b"-", b"+"), (b",", b",-"), (b"C", b"D"), (b"D", b"C")])
    count = content.count(old)
    if not count:
        return content
    parts = content.split(old, chance.randint(1, count))
    return old.join(parts[:-1]) + new + parts[-1]


def _line_doubled(content: bytes, chance: Random) -> bytes:
    texts = content.splitlines(keepends=True)
    at = chance.randrange(len(texts))
    return b"".join([*texts[:at], texts[at], *texts[at:]])


def _line_lost(content: bytes, chance: Random) -> bytes:
    texts = content.splitlines(keepends=True)
    at = chance.randrange(len(texts))
    return b"".join([*texts[:at], *texts[at + 1 :]])


def _lines_swapped(content: bytes, chance: Random) -> bytes:
    texts = content.splitlines(keepends=True)
    one, other = chance.randrange(len(texts)), chance.randrange(len(texts))
    texts[one], texts[other] = texts[other], texts[one]
    return b"".join(texts)


def _columns_swapped(content: bytes, chance: Random) -> bytes:
    mark = chance.choice([b",", b"\t", b",`"])
    rows = [line.split(mark) for line in content.split(b"\n")]
    width = max(len(row) for row in rows)
    one, other = chance.randrange(width), chance.randrange(width)
    for row in rows:
        if len(row) == width:
            row[one], row[other] = row[other], row[one]
    return b"\n".join(mark.join(row) for row in rows)


def _column_lost(content: bytes, chance: Random) -> bytes:
    mark = chance.choice([b",", b"\t", b",`"])
    rows = [line.split(mark) for line in content.split(b"\n")]
    width = max(len(row) for row in rows)
    at = chance.randrange(width)
    return b"\n".join(mark.join(row[:at] + row[at + 1 :]) for row in rows)


def _spliced(content: bytes, chance: Random) -> bytes:
    other = chance.choice(samples()).read_bytes()
    return content[: chance.randrange(len(content))] + other[chance.randrange(len(other)) :]


def _garbage_behind(content: bytes, chance: Random) -> bytes:
    head = content[: chance.randrange(min(len(content), 2_000))]
    return head + chance.randbytes(chance.randint(0, 400))


def _packed_and_changed(content: bytes, chance: Random) -> bytes:
    return _bytes_changed(gzip.compress(content, 1), chance)


DAMAGES: dict[str, Damage] = {
    CUT: _cut,
    "bytes_changed": _bytes_changed,
    "digit_changed": _digit_changed,
    "sign_changed": _sign_changed,
    "line_doubled": _line_doubled,
    "line_lost": _line_lost,
    "lines_swapped": _lines_swapped,
    "columns_swapped": _columns_swapped,
    "column_lost": _column_lost,
    "spliced": _spliced,
    "garbage_behind": _garbage_behind,
    "packed_and_changed": _packed_and_changed,
}


def case(number: int, among: Sequence[Path]) -> Case:
    """Make a case by its number."""
    chance = Random(number)
    sample = among[number % len(among)]
    damage = chance.choice(list(DAMAGES))
    return Case(number, sample, damage, DAMAGES[damage](_plain(sample), chance))


def cut_case(number: int, among: Sequence[Path]) -> Case | None:
    """The samples one after another, each cut at every byte; None: there are no more."""
    length = number
    for sample in among:
        content = _plain(sample)
        if length < len(content):
            return Case(number, sample, CUT, content[:length])
        length -= len(content)
    return None


@cache
def _plain(sample: Path) -> bytes:
    content = sample.read_bytes()
    return gzip.decompress(content) if sample.suffix == ".gz" else content


def whole(sample: Path) -> Whole:
    """Read a sample as it is; where its controls do not hold, all the same."""
    proof = proof_of(prove(sample))
    return Whole("", ()) if proof is None else Whole(proof.format, tuple(lines(sample, proof)))


def proof_of(answer: FileProof | FileRefused) -> FileProof | None:
    """The proof that a person would see, holding or not."""
    return answer if isinstance(answer, FileProof) else answer.proof


def wrong(each: Case, of: Whole, file: Path) -> str:
    """Say what does not hold of the answer to a case; empty if all does."""
    file.write_bytes(each.content)
    answer = prove(file)
    if isinstance(answer, FileRefused) and not (answer.code and answer.message.isprintable()):
        return f"a refusal without plain words: {answer!r:.300}"
    proof = proof_of(answer)
    if proof is None:
        return ""
    found = list(lines(file, proof))
    wholly = each.damage == CUT and proof.format == of.format
    return _inexact(found, proof) or (_not_the_first(found, of.lines) if wholly else "")


def _inexact(found: Sequence[SettlementLine], proof: FileProof) -> str:
    net: Counter[str] = Counter()
    for one in found:
        net[one.currency] += one.net_minor
        if not (one.reference and one.line_identity):
            return "a line without a name"
        if one.gross_minor - one.fee_minor != one.net_minor:
            return "gross less fee is not net"
    if len(found) != proof.lines:
        return "the lines are not those that were counted"
    totals = {code: sums.net_minor for code, sums in proof.currencies.items()}
    return "" if totals == dict(net) else "the lines do not come to the totals"


def _not_the_first(found: Sequence[SettlementLine], of: Sequence[SettlementLine]) -> str:
    for one, expected in zip(found, of, strict=False):
        if _money(one) != _money(expected):
            return f"a cut file gives another line: {_money(one)} for {_money(expected)}"
    return "a cut file gives more lines" if len(found) > len(of) else ""


def _money(line: SettlementLine) -> tuple[object, ...]:
    return (
        line.line_number, line.kind, line.reference, line.line_identity, line.gross_minor,
        line.fee_minor, line.currency, line.booked_at,
    )  # fmt: skip


def run(numbers: range, *, cuts: bool) -> dict[str, object]:
    """Run cases by their numbers, and count what became of them."""
    among = samples()
    known = {path: whole(path) for path in among}
    count = right = 0
    faults: list[dict[str, object]] = []
    with TemporaryDirectory(prefix="tally-fuzz-") as folder:
        file = Path(folder) / "file"
        for number in numbers:
            each = cut_case(number, among) if cuts else case(number, among)
            if each is None:
                break
            count += 1
            said = _guarded(each, known[each.sample], file)
            right += not said
            if said and len(faults) < SHOWN_MAX:
                sample = str(each.sample.relative_to(SAMPLES))
                faults.append(
                    {"case": number, "sample": sample, "damage": each.damage, "what": said}
                )
    return {"cases": count, "first": numbers.start, "right": right, "faults": faults}


def _guarded(each: Case, of: Whole, file: Path) -> str:
    signal.signal(signal.SIGALRM, _too_slow)
    signal.alarm(PATIENCE_S)
    try:
        return wrong(each, of, file)
    except Exception as error:  # noqa: BLE001 - what is raised at all is the fault looked for.
        return f"{type(error).__name__}: {error}"
    finally:
        signal.alarm(0)


def _too_slow(_signal: int, _frame: FrameType | None) -> None:
    raise TimeoutError(f"no answer in {PATIENCE_S} s")


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--first", type=int, default=0, help="the number of the first case")
    parser.add_argument("--cuts", action="store_true", help="every sample cut at every byte")
    asked = parser.parse_args()
    began_s = time.monotonic()
    found = run(range(asked.first, asked.first + asked.cases), cuts=asked.cuts)
    found["duration_s"] = round(time.monotonic() - began_s, 1)
    json.dump(found, sys.stdout, indent=2)
    sys.stdout.write("\n")
    sys.exit(1 if found["faults"] else 0)


if __name__ == "__main__":
    main()
