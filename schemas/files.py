"""The .avsc files of this folder: the contract as others read it.

Shape: one file a record, `<folder>/<Name>.v<N>.avsc` for `tally.<folder>.v<N>.<Name>`, each
complete in itself. `earlier/<edition>/<folder>/…` keeps the editions of a record before that one,
1, 2, 3, …, so that what was stored by them is read for ever (schemas/editions.py).
Errors: a name without a file is a KeyError.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

FOLDER = Path(__file__).parent
EARLIER = "earlier"


def path_of(full_name: str) -> Path:
    """Where in the folder a record's file lies."""
    _, folder, version, name = full_name.split(".")
    return Path(folder, f"{name}.{version}.avsc")


def name_of(path: Path) -> str:
    """The full name of the record in a file of the folder."""
    name, version, _ = path.name.split(".")
    return f"tally.{path.parent.name}.{version}.{name}"


@cache
def texts() -> Mapping[str, str]:
    """The text of every file, by the full name of its record, without the end of its last line.

    So do stock clients register it; a registry may know another text as another schema.
    """
    paths = sorted(FOLDER.glob("*/*.avsc"))
    found = {name_of(path): path.read_text(encoding="utf-8").strip() for path in paths}
    return MappingProxyType(found)


@cache
def editions(full_name: str) -> tuple[str, ...]:
    """What a record's schema was, the first edition first, and what it is, last."""
    found: list[str] = []
    while (path := FOLDER / EARLIER / str(len(found) + 1) / path_of(full_name)).exists():
        found.append(path.read_text(encoding="utf-8").strip())
    return (*found, texts()[full_name])
