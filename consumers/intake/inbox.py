"""The drop folder: DATA/inbox/<book>/, where whoever fetches money files puts them.

Shape: Inbox(folder): prepare(book), look(book) -> Seen, done(path), refused(path, reason). A file
that is done moves to done/ beside it, one that is refused to refused/ with NAME.reason.json;
nothing is ever written over or deleted. `bookless(books)` are folders that hold files, of no book.
Told(): which of such things are news.
Rules: a file appears whole, by a rename: written first under a name that begins with a dot or ends
in .part, in the same folder, which we leave alone. Only regular files are taken: a symbolic link is
never followed, for it may lead to what is not meant for the books; folders are not looked into. A
file whose name is not plain (`is_plain`) is put aside under its name `as_shown`.
Errors: OSError.
"""

import json
import stat
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

INBOX = "inbox"  # In the folder of the data.
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
class Seen:
    """What lies in the folder of a book, both in the order of their names."""

    waiting: list[Path]
    passed_over: list[Path]  # No regular files: links, pipes, folders that are none of ours.


@dataclass(slots=True)
class Told:
    """What was told of and is still there: told once, and anew if it comes back."""

    known: frozenset[Path] = field(default_factory=frozenset[Path])

    def news(self, found: Iterable[Path]) -> list[Path]:
        """Those of them that were not there when we looked last."""
        now = frozenset(found)
        before, self.known = self.known, now
        return sorted(now - before)


@dataclass(frozen=True, slots=True)
class Inbox:
    """The folders of all books."""

    folder: Path

    def prepare(self, book: str) -> None:
        """So that people find where to put files."""
        for name in (DONE, REFUSED):
            (self.folder / book / name).mkdir(parents=True, exist_ok=True)

    def look(self, book: str) -> Seen:
        """What is there now."""
        folder = self.folder / book
        found = sorted(each for each in folder.iterdir() if _is_whole(each))
        ours = (folder / DONE, folder / REFUSED)
        others = [each for each in found if each not in ours and not _is_regular(each)]
        return Seen([each for each in found if _is_regular(each)], others)

    def bookless(self, books: Collection[str]) -> list[Path]:
        """Folders of no book in which somebody has put something."""
        if not self.folder.is_dir():
            return []
        others = (each for each in self.folder.iterdir() if each.name not in books)
        folders = (each for each in others if _is_whole(each) and each.is_dir())
        return sorted(each for each in folders if _holds_files(each))

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


def _is_regular(path: Path) -> bool:
    """Of itself, not of what it leads to; what has gone meanwhile is not."""
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except FileNotFoundError:
        return False


def _holds_files(folder: Path) -> bool:
    """Whether somebody waits for them; what we may not look into is none of ours."""
    try:
        return any(_is_whole(each) and _is_regular(each) for each in folder.iterdir())
    except (PermissionError, FileNotFoundError):
        return False


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
