"""One object of a JSON document, asked for its members by name.

Shape: an Element gives texts, integers, amounts, times and further elements. It never raises: what
is not there or not right is kept in `faults`, which a reader looks at once a line is made, and a
neutral value stands in.
Lines: a line's number is the ordinal of its element, from 1: an answer of an API is one physical
line. A fault names it, and the path of the member.
Errors: FileRefused `element_wrong`, `amount_wrong`, `currency_unknown`, `time_wrong`, `key_wrong`.
"""

import re
from datetime import UTC, datetime

from providers.amounts import exponent_of, scale
from providers.json_document import Document, Members, Number, Value
from providers.settlement_file import FileRefused, shown
from providers.times import FIRST_YEAR, LAST_YEAR

BEFORE = datetime(FIRST_YEAR, 1, 1, tzinfo=UTC)
INTEGER_MAX = 10**15  # As domain.money.AMOUNT_MAX; a second of an epoch is far below.
KEY_CHARACTERS_MAX = 128  # Documented keys have up to 40.
_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,15})")
_TIME = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,9})?"
    r"(Z|[+-][0-9]{2}(?::?[0-9]{2})?)"
)


class Faults:
    """The first thing that is wrong with the elements of a document."""

    def __init__(self) -> None:
        """Nothing yet."""
        self.first: FileRefused | None = None

    def add(self, refused: FileRefused) -> None:
        self.first = self.first or refused


class Element:
    """One object. `number` is the ordinal of the line that it belongs to."""

    def __init__(
        self, members: Members, *, number: int, faults: Faults, path: tuple[str, ...] = ()
    ) -> None:
        """Take an object that was read."""
        self.number = number
        self.faults = faults
        self.path = path
        self._members = members

    def wrong(self, name: str, *, code: str, expected: str) -> None:
        """Keep that a member is not what it should be."""
        field = shown(".".join((*self.path, name)))
        printed = _print(self._members.by_name.get(name))
        message = f"line {self.number}, {field}: printed {printed!r}, expected {expected}"
        self.faults.add(FileRefused(code, message, self.number, field, printed, expected))

    def has(self, name: str) -> bool:
        """Whether a member is there and not null."""
        return self._members.by_name.get(name) is not None

    def names(self) -> list[str]:
        return list(self._members.by_name)

    def text(self, name: str, *, optional: bool = False) -> str:
        """A string; empty where it may be missing and is."""
        value = self._members.by_name.get(name)
        if isinstance(value, str):
            return value
        if not (optional and value is None):
            self.wrong(name, code="element_wrong", expected="a string")
        return ""

    def key(self, name: str, *, optional: bool = False) -> str:
        """A string that names something: short and printable."""
        text = self.text(name, optional=optional)
        if len(text) > KEY_CHARACTERS_MAX or not text.isprintable() or not (text or optional):
            expected = f"a printable key of at most {KEY_CHARACTERS_MAX} characters"
            self.wrong(name, code="key_wrong", expected=expected)
            return ""
        return text

    def integer(self, name: str, *, code: str = "element_wrong") -> int:
        """A whole number, printed without point and exponent."""
        value = self._members.by_name.get(name)
        if isinstance(value, Number) and _INTEGER.fullmatch(value.text):
            number = int(value.text)
            if abs(number) <= INTEGER_MAX:
                return number
        self.wrong(name, code=code, expected=f"a whole number up to {INTEGER_MAX}")
        return 0

    def scaled(self, name: str, *, decimals: int) -> int:
        """An amount in a string: its value times 10^decimals."""
        value = scale(self.text(name), decimals)
        if value is None or abs(value) > INTEGER_MAX * 10**decimals // 100:
            self.wrong(name, code="amount_wrong", expected=f"at most {decimals} decimals")
            return 0
        return value

    def currency(self, name: str) -> str:
        """A currency with digits; a neutral one where it is not one."""
        code = self.text(name)
        if exponent_of(code) is not None:
            return code
        self.wrong(name, code="currency_unknown", expected="a currency of ISO 4217")
        return "EUR"

    def time(self, name: str) -> tuple[datetime, str]:
        """A moment of ISO 8601 with its offset, and the offset as printed."""
        text = self.text(name)
        found = _TIME.fullmatch(text)
        try:
            at = datetime.fromisoformat(text) if found is not None else None
        except ValueError:
            at = None
        if at is None or found is None or not FIRST_YEAR <= at.year < LAST_YEAR:
            self.wrong(name, code="time_wrong", expected="a time of ISO 8601 with its offset")
            return BEFORE, ""
        return at, found.group(1)

    def element(self, name: str) -> "Element":
        """An object within; an empty one stands in."""
        value = self._members.by_name.get(name)
        if not isinstance(value, Members):
            self.wrong(name, code="element_wrong", expected="an object")
            value = Members({}, 0, 0)
        return self.of(value, name)

    def elements(self, name: str) -> list["Element"]:
        """The objects of a list."""
        value = self._members.by_name.get(name)
        items: list[Value] = value if isinstance(value, list) else []
        objects = [each for each in items if isinstance(each, Members)]
        if not isinstance(value, list) or len(objects) != len(items):
            self.wrong(name, code="element_wrong", expected="a list of objects")
        return [self.of(each, f"{name}[{at}]") for at, each in enumerate(objects)]

    def of(self, members: Members, name: str) -> "Element":
        """An object further down, of the same line."""
        return Element(members, number=self.number, faults=self.faults, path=(*self.path, name))

    def raw(self, document: Document) -> str:
        """Its own text as it stands in the document."""
        return document.text[self._members.start : self._members.end]


def root_of(document: Document, faults: Faults) -> Element:
    """The object that a document is; an empty one stands in."""
    root = document.root
    if not isinstance(root, Members):
        faults.add(FileRefused("element_wrong", "the document is no object", 1))
        root = Members({}, 0, 0)
    return Element(root, number=1, faults=faults)


def _print(value: Value) -> str:
    """What stands there, in a few words."""
    if isinstance(value, str):
        return shown(value)
    if isinstance(value, Number):
        return shown(value.text)
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    return "a list" if isinstance(value, list) else "an object"
