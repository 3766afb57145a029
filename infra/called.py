"""How somebody calls us, so that a hint can be copied as it stands.

Shape: hint("up", data=folder) -> `./tally up --data '/a b'`; without the folder where it is the one
that is meant where they stand.
Source: the script `tally` of a checkout says by what name it was called; installed, it is `tally`.
"""

import os
import shlex
from pathlib import Path

CALLED_AS = "TALLY_CALLED_AS"
HERE = Path(".tally")


def hint(*words: str, data: Path | None = None) -> str:
    """A command line for the same person on the same data."""
    named = () if data is None or data.resolve() == HERE.resolve() else ("--data", str(data))
    return shlex.join([os.environ.get(CALLED_AS) or "tally", *words, *named])
