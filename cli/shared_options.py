"""Options that several commands have, with one meaning."""

from typing import Annotated

import typer

LIMIT_MAX = 100_000

Book = Annotated[str, typer.Option(metavar="NAME", help="The book.")]
AnyBook = Annotated[str | None, typer.Option(metavar="NAME", help="One book. (all)")]
Limit = Annotated[int, typer.Option(metavar="N", min=1, max=LIMIT_MAX, help="At most so many.")]
LimitOrAll = Annotated[int, typer.Option(metavar="N", min=0, help="At most so many; 0: all.")]
