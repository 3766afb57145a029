"""Commands as people write them: one JSON object a line of `tally publish`.

Shape: {"type": "OpenWallet", "book": "main", "client": "shop", "idempotency_key": "…", "data": {…}}
and, where wanted, the other fields of CommandMeta. command_from_json -> Line, or every Problem.
Strict: no field unknown or missing, an integer is no text, float or bool and has 64 bits. Ids,
currencies and amounts are the write side's to judge.
Errors: values, by the path of the field: `data.amount_minor: expected an integer, found "12"`.
"""

import dataclasses
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from functools import cache
from typing import Annotated, Any, TypeVar, cast

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, create_model
from pydantic_core import ErrorDetails, PydanticCustomError

from schemas.meta import CommandMeta
from schemas.names import COMMANDS, Command
from schemas.shape import item_of, types_of

FOUND_CHARS_MAX = 60
STRICT = ConfigDict(strict=True, extra="forbid")
INTEGER_64 = "an integer of 64 bits"
EXPECTED = {
    "missing": "a value",
    "extra_forbidden": "no such field",
    "int_type": "an integer",
    "less_than_equal": INTEGER_64,
    "greater_than_equal": INTEGER_64,
    "bool_type": "true or false",
    "string_type": "text",
    "string_too_short": "text that is not empty",
    "list_type": "a list",
    "dict_type": "an object",
    "model_type": "an object",
}
Long = Annotated[int, Field(ge=-(2**63), le=2**63 - 1)]
Model = TypeVar("Model", bound=BaseModel)
SHORT_NAMES = {cls.__name__: full_name for full_name, cls in COMMANDS.items()}


def _unicode(text: str) -> str:
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise PydanticCustomError("unicode", "text of valid Unicode")
    return text


def _day(text: str) -> str:
    try:
        if text and date.fromisoformat(text).isoformat() != text:
            raise PydanticCustomError("day", "a day as YYYY-MM-DD")
    except ValueError as error:
        raise PydanticCustomError("day", "a day as YYYY-MM-DD") from error
    return text


Text = Annotated[str, AfterValidator(_unicode)]
Word = Annotated[str, Field(min_length=1), AfterValidator(_unicode)]
PLAIN: Mapping[type, Any] = {str: Text, int: Long, bool: bool}


class Envelope(BaseModel):
    """A line without what is in `data`."""

    model_config = STRICT

    type: Word
    book: Word
    client: Word
    idempotency_key: Word
    data: dict[str, object]
    correlation_id: Text = ""
    actor: Text = ""
    traceparent: Text = ""
    effective_on: Annotated[str, AfterValidator(_day)] = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one field."""

    field: str
    expected: str
    found: str

    def __str__(self) -> str:
        return f"{self.field}: expected {self.expected}, found {self.found}"


@dataclass(frozen=True, slots=True)
class Line:
    """A command for a book. `type_name` is its full name."""

    book: str
    type_name: str
    meta: CommandMeta
    command: Command


def command_from_json(line: object) -> Line | tuple[Problem, ...]:
    """The command that a parsed JSON value says, or all that is wrong with it."""
    if not isinstance(line, Mapping):
        return (Problem("line", "an object", _said(line)),)
    values = cast("Mapping[str, object]", line)
    problems: list[Problem] = []
    envelope = _validated(Envelope, values, problems, "")
    command, type_name = None, full_name(values.get("type"))
    if type_name is None and isinstance(values.get("type"), str):
        problems.append(_unknown_type(cast("str", values["type"])))
    elif type_name is not None and isinstance(values.get("data"), Mapping):
        cls = COMMANDS[type_name]
        found = _validated(_model(cls), values["data"], problems, "data.")
        command = None if found is None else cast("Command", _filled(cls, found))
    if problems or envelope is None or command is None or type_name is None:
        return tuple(problems)
    meta = {field.name: getattr(envelope, field.name) for field in dataclasses.fields(CommandMeta)}
    return Line(envelope.book, type_name, CommandMeta(**meta), command)


def full_name(said: object) -> str | None:
    """Of a command, by that or by its short name; None: there is none."""
    return SHORT_NAMES.get(said, said if said in COMMANDS else None) if type(said) is str else None


def _unknown_type(said: str) -> Problem:
    near = get_close_matches(said, SHORT_NAMES, n=1)
    hint = f" like {near[0]}" if near else ""
    return Problem("type", f"the name of a command{hint}", _said(said))


def _validated(
    model: type[Model], values: object, problems: list[Problem], inside: str
) -> Model | None:
    try:
        return model.model_validate(values)
    except ValidationError as error:
        details = error.errors(include_url=False, include_context=False)
        problems.extend(_problem(each, inside) for each in details)
        return None


def _problem(error: ErrorDetails, inside: str) -> Problem:
    found = "nothing" if error["type"] == "missing" else _said(error["input"])
    expected = EXPECTED.get(error["type"], error["msg"])
    return Problem(inside + _path(error["loc"]), expected, found)


def _path(location: Sequence[str | int]) -> str:
    steps = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in location)
    return "".join(steps).removeprefix(".")


def _said(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    text = text.encode(errors="backslashreplace").decode()
    return text if len(text) <= FOUND_CHARS_MAX else text[:FOUND_CHARS_MAX] + "…"


@cache
def _model(cls: type) -> type[BaseModel]:
    """The same fields as the dataclass, checked strictly."""
    fields: dict[str, Any] = {
        field.name: (_annotation(kind), _default(field))
        for field, kind in zip(dataclasses.fields(cls), types_of(cls).values(), strict=True)
    }
    return create_model(cls.__name__, __config__=STRICT, **fields)


def _annotation(kind: Any) -> Any:  # noqa: ANN401 - a type is whatever an annotation may be.
    if (item := item_of(kind)) is not None:
        return list[_annotation(item)]
    if dataclasses.is_dataclass(kind):
        return _model(cast("type", kind))
    return PLAIN[kind]


def _default(field: dataclasses.Field[Any]) -> Any:  # noqa: ANN401 - a field's default is of its type.
    return ... if field.default is dataclasses.MISSING else field.default


def _filled(cls: type, found: BaseModel) -> object:
    return cls(**{name: _value(kind, getattr(found, name)) for name, kind in types_of(cls).items()})


def _value(kind: Any, value: Any) -> object:  # noqa: ANN401 - an annotation and a value of it.
    if (item := item_of(kind)) is not None:
        return tuple(_value(item, each) for each in value)
    return _filled(cast("type", kind), value) if dataclasses.is_dataclass(kind) else value
