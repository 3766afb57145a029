"""The drop folder: DATA/inbox/<book>/, where whoever fetches money files puts them.

Shape: Inbox(folder): prepare(book), waiting(book) -> files in the order of their names,
done(path), refused(path, reason). A file that is done moves to done/ beside it, one that is
refused to refused/ with NAME.reason.json; nothing is ever written over or deleted.
Rules: a file appears whole, by a rename: written first under a name that begins with a dot or ends
in .part, in the same folder, which we leave alone. Subfolders are not looked into. A file whose
name is not plain (`is_plain`) is put aside under its name `as_shown`.
Errors: OSError.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count
from pathlib import Path

DONE, REFUSED = "done", "refused"
WRITING = ".part"
REASON = ".reason.json"
NAME_BYTES_MAX = 200  # File systems take 255: room for a number and for REASON.


def is_plain(name: str) -> bool:
    """Whether a name can be kept, told and written as it is."""
    return name.isprintable() and len(name.encode()) <= NAME_BYTES_MAX


def as_shown(name: str) -> str:
    """A name that is plain: what is not printable as an escape, cut where it is too long."""
    escaped = "".join(each if each.isprintable() else ascii(each)[1:-1] for each in name)
    return escaped.encode()[:NAME_BYTES_MAX].decode(errors="ignore")


@dataclass(frozen=True, slots=True)
class Inbox:
    """The folders of all books."""

    folder: Path

    def prepare(self, book: str) -> None:
        """So that people find where to put files."""
        for name in (DONE, REFUSED):
            (self.folder / book / name).mkdir(parents=True, exist_ok=True)

    def waiting(self, book: str) -> list[Path]:
        found = (self.folder / book).iterdir()
        return sorted(each for each in found if _is_whole(each) and each.is_file())

    def done(self, path: Path) -> Path:
        """Where it lies now."""
        return _moved(path, folder=path.parent / DONE)

    def refused(self, path: Path, reason: Mapping[str, object]) -> Path:
        """Where it lies now; the reason is there before it is."""
        name = as_shown(path.name)
        place = _free(path.parent / REFUSED, name)
        text = json.dumps({"file": name, **reason}, ensure_ascii=False, indent=2)
        place.with_name(place.name + REASON).write_text(text + "\n", encoding="utf-8")
        return path.rename(place)


def _is_whole(path: Path) -> bool:
    return not path.name.startswith(".") and path.suffix != WRITING


def _moved(path: Path, *, folder: Path) -> Path:
    return path.rename(_free(folder, path.name))


def _free(folder: Path, name: str) -> Path:
    """A name that nothing has: bills of every day may be called the same."""
    for number in count(1):
        place = folder / (name if number == 1 else f"{name}.{number}")
        if not place.exists() and not place.with_name(place.name + REASON).exists():
            return place
    raise AssertionError("numbers do not end")
