"""Logs of every program: one line an event on stderr, JSON in production, coloured at a terminal.

Shape: configure(as_json=…, on_waiting=…) once a process; `bound(book=…, correlation_id=…)` for
all lines of a block. A line named `waiting` with `outage` and `pause_s` is also told to
`on_waiting`, so that what a program logs is what `tally status` shows.
Rules: the password of a DSN or URL is masked wherever it stands; payloads, names of people and
local variables of a traceback are never logged.
"""

import io
import logging
import re
import sys
from collections.abc import Callable, MutableMapping
from contextlib import AbstractContextManager
from typing import Any, TextIO, cast

import structlog
from structlog.typing import Processor

WAITING = "waiting"
SECRET = re.compile(r"(://[^:/@\s]+:)[^@/\s]+(?=@)|(\bpassword=)('(?:[^'\\]|\\.)*'|\S+)")
Line = MutableMapping[str, Any]
OnWaiting = Callable[[str, float], None]  # Why, and the seconds until it is tried again.


class _Stderr(io.TextIOBase):
    """Whatever stderr is when a line is written."""

    def write(self, text: str) -> int:
        return sys.stderr.write(text)

    def flush(self) -> None:
        sys.stderr.flush()


STDERR = cast("TextIO", _Stderr())


def configure(
    *,
    as_json: bool | None = None,
    on_waiting: OnWaiting | None = None,
    level: int = logging.INFO,
) -> None:
    """Set up structlog and the standard library's logging. None: JSON unless at a terminal."""
    as_json = not sys.stderr.isatty() if as_json is None else as_json
    common: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    if on_waiting is not None:
        common.append(_telling(on_waiting))
    structlog.configure(
        processors=[*common, *_ending(as_json=as_json)],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(STDERR),
        cache_logger_on_first_use=False,  # Who logs seldom may be configured again.
    )
    _lead_standard_logging_here(common, as_json=as_json)


def bound(**facts: str) -> AbstractContextManager[None]:
    """These facts, such as `book` and `correlation_id`, on every line of a block."""
    return structlog.contextvars.bound_contextvars(**facts)


def masked(text: str) -> str:
    """The text without passwords: `postgresql://tally:***@host/tally`."""
    return SECRET.sub(lambda found: f"{found[1] or found[2]}***", text)


def _telling(on_waiting: OnWaiting) -> Processor:
    def tell(_logger: object, _method: str, line: Line) -> Line:
        if line["event"] == WAITING:
            why = masked(str(line.get("outage", "")))
            on_waiting(why, float(line.get("pause_s", 0.0)))
        return line

    return tell


def _mask(_logger: object, _method: str, line: Line) -> Line:
    for key, value in line.items():
        if isinstance(value, str):
            line[key] = masked(value)
    return line


def _ending(*, as_json: bool) -> list[Processor]:
    """A traceback becomes text before it is masked; what comes last writes the line."""
    if as_json:
        renderer: Processor = structlog.processors.JSONRenderer(ensure_ascii=False)
    else:
        plain = structlog.dev.plain_traceback
        renderer = structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=plain
        )
    return [structlog.processors.format_exc_info, _mask, renderer]


def _lead_standard_logging_here(common: list[Processor], *, as_json: bool) -> None:
    """Libraries log warnings through the standard library; they look like ours."""
    handler = logging.StreamHandler(STDERR)
    remove = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=common, processors=[remove, *_ending(as_json=as_json)]
        )
    )
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
