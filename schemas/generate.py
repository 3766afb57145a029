"""Writes the .avsc files and docs/reference/schemas.md out of the classes; run in a checkout.

Shape: `python -m schemas.generate [FOLDER=MODULE:CLASS ...]` writes every command and event, and
those classes of packages that this one does not import: `answer=commands.answer:CommandAnswered`
and `dead_letter=commands.dead_letter:DeadLetter`.
Before the shape of a released record changes (a field with a default comes, nothing else may), copy
its file to earlier/1/<folder>/, or to the first number that it is not in yet: what was stored until
then is read by the copy, and what is stored from then on is of the next edition.
A test compares files and classes, so that they cannot drift.
"""

import json
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from pkgutil import resolve_name

from schemas import files, names, reference, shape

REFERENCE = Path("docs", "reference", "schemas.md")


def text(schema: shape.Schema) -> str:
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def schema_of(full_name: str, cls: type) -> shape.Schema:
    namespace = full_name.rpartition(".")[0]
    if full_name in names.COMMANDS:
        return shape.command_record(cls, namespace)
    return shape.record(cls, namespace)


def schemas(others: Mapping[str, type]) -> dict[str, shape.Schema]:
    """The schema of every command and event, and of the others, by full name."""
    return {name: schema_of(name, cls) for name, cls in {**names.TYPES, **others}.items()}


def named(arguments: Iterable[str]) -> dict[str, type]:
    """The classes that `FOLDER=MODULE:CLASS` name, by the full name of their record."""
    found: dict[str, type] = {}
    for argument in arguments:
        folder, _, where = argument.partition("=")
        cls = resolve_name(where)
        found[f"tally.{folder}.v1.{cls.__name__}"] = cls
    return found


def main(arguments: Iterable[str]) -> None:
    for full_name, schema in schemas(named(arguments)).items():
        path = files.FOLDER / files.path_of(full_name)
        path.parent.mkdir(exist_ok=True)
        path.write_text(text(schema), encoding="utf-8")
    files.texts.cache_clear()
    everything = [json.loads(each) for each in files.texts().values()]
    page = files.FOLDER.parent / REFERENCE
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(reference.page(everything), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
