"""Lists that are cut: never without a word.

Shape: note_cut(shown, total) says on stderr what a list has left out, for people and programs
alike; up_to(limit) is a LIMIT of SQL, of which none is all.
"""

from cli.calls import complain


def up_to(limit: int) -> int | None:
    """What SQL calls a limit of 0."""
    return limit or None


def note_cut(shown: int, *, total: int) -> None:
    """Nothing, where all are shown."""
    if shown < total:
        complain(f"{shown:,} of {total:,} shown; --limit 0 for all")
