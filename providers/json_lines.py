"""The lines of a JSON answer: one element, or all elements of a list, with the count beside it.

Shape: read_elements(source, path=…, take=…) is a reading; `take` makes a line of an element and
the controls that the element prints about itself. An empty path means the document itself.
Lines: `line_number` is the ordinal of the element, from 1.
Errors: the first fault of an element refuses the file; `no_lines` for an empty list.
"""

from collections.abc import Callable

from providers.json_document import Document, read_document
from providers.json_element import BEFORE, Element, Faults, root_of
from providers.reader import Reading
from providers.settlement_file import Control, Ending, FileRefused, SettlementLine
from providers.source import Source

COUNT = "count"
Taken = tuple[SettlementLine, tuple[Control, ...]]
Take = Callable[[Element, Document], Taken]


def read_elements(source: Source, *, path: tuple[str, ...], take: Take) -> Reading:
    """Yield a line for every element; end with the count and the elements' own controls."""
    document = read_document(source)
    if isinstance(document, FileRefused):
        return document
    faults = Faults()
    root = root_of(document, faults)
    elements = _elements(root, path)
    controls = [_count(root, len(elements))] if path else []
    booked_last = BEFORE
    for number, element in enumerate(elements, 1):
        element.number = number
        line, its_controls = take(element, document)
        if faults.first is not None:
            return faults.first
        controls += its_controls
        booked_last = max(booked_last, line.booked_at)
        yield line
    if faults.first is not None:
        return faults.first
    if not elements:
        return FileRefused("no_lines", "the list is empty: it does not say whose it is", 1)
    return Ending("", booked_last.date(), tuple(controls))


def _elements(root: Element, path: tuple[str, ...]) -> list[Element]:
    if not path:
        return [root]
    *outer, name = path
    for each in outer:
        root = root.element(each)
    return root.elements(name)


def _count(root: Element, found: int) -> Control:
    """How many elements the answer says there are; `number` 1, for it stands before them."""
    printed = root.integer(COUNT)
    return Control(COUNT, str(printed), str(found), printed == found, 1)
