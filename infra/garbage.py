"""Garbage is looked for seldom while a program works in batches.

Shape: `with seldom_collected(objects):` around the work; afterwards all is as before. `objects`:
made and not freed yet; above those of a batch, none is looked through while it is worked on.
Why: what a batch makes is freed by its reference counts; a pass over all of memory costs more than
it finds, a fifth of the time of `tally verify`. What lives before the work begins is not looked
at meanwhile; cycles are still found, later.
"""

import gc
from collections.abc import Generator
from contextlib import contextmanager

MIDDLE, OLD = 50, 1_000  # Passes over the young before one over the middle, and so on.


@contextmanager
def seldom_collected(objects: int) -> Generator[None]:
    """As long as the work lasts."""
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(objects, MIDDLE, OLD)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
