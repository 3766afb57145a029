"""The .avsc files of this folder: the contract as others read it.

Shape: one file a record, `<folder>/<Name>.v<N>.avsc` for `tally.<folder>.v<N>.<Name>`, each
complete in itself. `earlier/<edition>/<folder>/…` keeps what a shape was up to that edition
(SCHEMA_VERSION), so that events stored then are read forever.
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


def earlier_text(full_name: str, edition: int, *, folder: Path = FOLDER) -> str | None:
    """The file that a record of that edition was written by; None: the one that is in force."""
    kept = ((int(path.name), path) for path in (folder / EARLIER).glob("*"))
    for _, path in sorted(one for one in kept if one[0] >= edition):
        file = path / path_of(full_name)
        if file.exists():
            return file.read_text(encoding="utf-8")
    return None
