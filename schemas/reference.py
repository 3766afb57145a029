"""The page docs/reference/schemas.md, made of the .avsc files: every record, field by field.

Shape: page(schemas) -> Markdown.
"""

from collections.abc import Iterable, Sequence
from itertools import groupby

from schemas.shape import Schema

Type = str | Schema  # A plain type's name, or a schema in it.

HEAD = """\
# Records on the wire

Made from the files in `schemas/` by `python -m schemas.generate`; do not edit it by hand.
How to publish and read them: [publishing.md](../publishing.md).

Amounts (`*_minor`) are integers of minor units, times (`*_us`) microseconds since 1970 in UTC,
days (`*_on`, `business_day`) text as YYYY-MM-DD. A record with a field `meta` is a command.
"""


def page(schemas: Iterable[Schema]) -> str:
    by_name = sorted(schemas, key=lambda schema: (schema["namespace"], schema["name"]))
    parts = [HEAD]
    for namespace, group in groupby(by_name, key=lambda schema: schema["namespace"]):
        records = list(group)
        commands = [each for each in records if _is_command(each)]
        others = [each for each in records if not _is_command(each)]
        parts.append(f"## {namespace}\n")
        parts.extend(_part("Commands", commands) if commands and others else ())
        parts.extend(_part("Events", others) if commands and others else map(_record, records))
    return "\n".join(parts)


def _part(title: str, records: Sequence[Schema]) -> list[str]:
    return [f"### {title}\n", *map(_record, records)]


def _is_command(schema: Schema) -> bool:
    return schema["fields"][0]["name"] == "meta"


def _record(schema: Schema) -> str:
    lines = [f"#### {schema['name']}\n", schema["doc"], "", "| field | type | default |"]
    lines += ["| --- | --- | --- |", *_rows(schema["fields"], ""), ""]
    return "\n".join(lines)


def _rows(fields: Sequence[Schema], inside: str) -> Iterable[str]:
    for field in fields:
        name = f"{inside}{field['name']}"
        default = f"`{_literal(field['default'])}`" if "default" in field else ""
        yield f"| `{name}` | {_type(field['type'])} | {default} |"
        nested = _nested(field["type"])
        if nested is not None:
            yield from _rows(nested["fields"], f"{name}.")


def _literal(default: object) -> str:
    match default:
        case bool():
            return str(default).lower()
        case str():
            return f'"{default}"'
        case _:
            return str(default)


def _nested(kind: Type) -> Schema | None:
    if isinstance(kind, str):
        return None
    return _nested(kind["items"]) if kind["type"] == "array" else kind if "fields" in kind else None


def _type(kind: Type) -> str:
    if isinstance(kind, str):
        return kind
    if kind["type"] == "array":
        return f"array of {_type(kind['items'])}"
    if "fields" in kind:
        return f"`{kind['namespace']}.{kind['name']}`"
    return f"{kind['type']} ({kind['logicalType']})"
