"""The CSV inside a Trustly answer: found, and cut into the lines of the report.

Shape: read_answer(source) -> Answer | FileRefused; lines_of(answer) gives the lines in batches.
Line breaks: an escaped one, a raw one, or an escaped one with a raw one behind it each end a line
once. Blanks behind a raw one are how the answer was laid out, and no part of the report. Raw line
breaks are no JSON; they are taken in this one string only, everything else is read strictly.
Errors: FileRefused of providers.json_document; `element_wrong` where the string is not there.
Source: docs/formats/trustly.md.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from providers.json_document import Document, Members, Span, decoded, read_document
from providers.settlement_file import FileRefused, shown
from providers.source import LINE_CHARACTERS_MAX, Source

REPORT = "view_automatic_settlement_details"
METHOD = "ViewAutomaticSettlementDetailsCSV"
PATH = ("result", "data", REPORT)
BATCH_LINES = 1_024
_LINE = re.compile(r"(?:[^\\\r\n]++|\\[^nr])*+")
_BREAK = re.compile(r"(?:\\r\\n|\\[nr])?+(?:\r\n|[\r\n])[ \t]*+|\\r\\n|\\[nr]")


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer, whole and closed, and where its report lies."""

    document: Document
    report: Span


@dataclass(slots=True)
class Lines:
    """The lines of a report; `fault` is set where they end before it does."""

    answer: Answer
    fault: FileRefused | None = None

    def batches(self) -> Iterator[list[str]]:
        """Many lines at a time, without their ends."""
        text, (at, end) = self.answer.document.text, self.answer.report
        batch: list[str] = []
        number = 0
        while at < end:
            found = _LINE.match(text, at, end)
            assert found is not None, "no character is a match too"
            number += 1
            line = decoded(found.group())
            if line is None or len(line) > LINE_CHARACTERS_MAX or "\0" in line:
                self.fault = _unreadable(number, found.group())
                return
            batch.append(line)
            if len(batch) == BATCH_LINES:
                yield batch
                batch = []
            gap = _BREAK.match(text, found.end(), end)
            at = end if gap is None else gap.end()
        yield batch


def read_answer(source: Source) -> Answer | FileRefused:
    """Read a source to its end as an answer with a report in it."""
    document = read_document(source, spans=(REPORT,))
    if isinstance(document, FileRefused):
        return document
    value = document.root
    for name in PATH:
        value = value.by_name.get(name) if isinstance(value, Members) else None
    if not isinstance(value, Span):
        field = ".".join(PATH)
        message = f"the answer has no report under {field}"
        return FileRefused("element_wrong", message, 1, field, "", "a string")
    return Answer(document, value)


def _unreadable(number: int, text: str) -> FileRefused:
    limit = LINE_CHARACTERS_MAX
    if len(text) > limit:
        message = f"line {number} has more than {limit} characters"
        return FileRefused("line_too_long", message, number)
    printed = shown(text)
    message = f"line {number}: printed {printed!r}, expected whole characters"
    return FileRefused("json_wrong", message, number, "", printed, "whole characters")
