"""How the demo goes, on stderr: bars for a person at a terminal, a line a step elsewhere.

Shape: `with Shown() as shown:` then shown.step(part, what) and shown.count(what, done, total=…).
"""

import sys
from types import TracebackType
from typing import Self

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn
from rich.progress import TimeElapsedColumn as Elapsed

Part = str  # Who speaks: postgres, demo, verify.


class Shown:
    """Progress; at a terminal it disappears when the results come."""

    def __init__(self) -> None:
        self._live = sys.stderr.isatty()
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            Elapsed(),
            console=Console(stderr=True),
            transient=True,
            disable=not self._live,
        )
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._progress.stop()

    def step(self, part: Part, what: str) -> None:
        """Something happened."""
        if self._live:
            self._progress.console.print(f"[dim]{part}: {what}[/dim]", highlight=False)
        else:
            typer.echo(f"{part}: {what}", err=True)

    def count(self, what: str, done: int, *, total: int) -> None:
        """So far of so many."""
        task = self._tasks.get(what)
        if task is None:
            task = self._tasks[what] = self._progress.add_task(what, total=total)
        self._progress.update(task, completed=done)
        if not self._live and done == total:
            typer.echo(f"demo: {what}: {total:,}", err=True)
