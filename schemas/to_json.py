"""Events and commands as JSON, for people and tools that read what the CLI prints.

Shape: event_to_json(event) -> a dict of its fields that the json module takes as it is.
"""

import dataclasses
from typing import cast

from schemas.names import Command, Event


def event_to_json(event: Event | Command) -> dict[str, object]:
    """The fields by name, in order; a tuple becomes a list, a nested record a dict."""
    return {field.name: _plain(getattr(event, field.name)) for field in dataclasses.fields(event)}


def _plain(value: object) -> object:
    if isinstance(value, tuple):
        return [_plain(each) for each in cast("tuple[object, ...]", value)]
    return event_to_json(cast("Event", value)) if dataclasses.is_dataclass(value) else value
