"""The page docs/reference/cli.md, made of the typer application: every command, option by option.

Shape: page(app) -> Markdown; `python -m cli.reference` writes it; a test compares.
"""

import inspect
from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any, NamedTuple, get_args

import typer
from typer.models import ArgumentInfo, OptionInfo

from cli.calls import COMMON

PAGE = Path(__file__).parents[1] / "docs" / "reference" / "cli.md"
HEAD = """\
# Commands of `tally`

Made of the commands themselves by `python -m cli.reference`; do not edit it by hand. How to run
the programs: [operating.md](../operating.md). In a checkout `tally` is `./tally`; the
[README](../../README.md#try-it) says how to have it by its short name.

These options are understood by every command that has servers to do with. They win over `TALLY_*`
in the environment, that over `tally.toml` where you stand, and that over what a running `tally up`
on the same folder says of itself:

{common}
Exit codes: 0 done, 1 refused or broken (a line on stderr says why), 2 a wrong call; 130 for Ctrl-C,
141 where whoever reads the output has gone before its end (`| head -1`). Data goes to stdout,
everything else to stderr. With `--json` there is one JSON document, or, where much may come, one a
line. What ends before it has found anything (a wrong call, a file that is not there or cannot be
read, nothing that runs) leaves stdout empty; a money file that is refused for what is in it, or for
the name of its format, is a document with `refused`.
"""
EXAMPLE = "Example: "
NAMES: dict[object, str] = {int: "N", float: "N", Path: "PATH", str: "TEXT"}


class Parameter(NamedTuple):
    """An option or argument as the command line shows it."""

    name: str
    shown: str
    help: str
    is_argument: bool


def page(app: typer.Typer) -> str:
    shared = [_parameter(name, *pair) for name, pair in COMMON.items()]
    parts = [HEAD.replace("{common}", _table(shared))]
    parts.extend(_section(name, command) for name, command in sorted(_commands(app, "tally")))
    return "\n".join(parts)


def _commands(app: typer.Typer, name: str) -> Iterator[tuple[str, Callable[..., Any]]]:
    for each in app.registered_commands:
        assert each.callback is not None, "a command without its function"
        word = each.name or each.callback.__name__.replace("_", "-")
        yield f"{name} {word}", each.callback
    for group in app.registered_groups:
        assert group.typer_instance is not None, "a group without commands"
        yield from _commands(group.typer_instance, f"{name} {group.name}")


def _section(name: str, command: Callable[..., Any]) -> str:
    signature = inspect.signature(command, eval_str=True).parameters
    own = [
        _parameter(each, parameter.annotation, parameter.default)
        for each, parameter in signature.items()
        if each not in COMMON and parameter.annotation is not typer.Context
    ]
    arguments = [each.shown for each in own if each.is_argument]
    about, _, example = (inspect.getdoc(command) or "").partition(EXAMPLE)
    parts = [f"## `{' '.join([name, *arguments])}`\n", about.strip() + "\n"]
    if own:
        parts.append(_table(own))
    parts.append(f"```sh\n{example.strip().rstrip('.')}\n```\n")
    return "\n".join(parts)


def _parameter(name: str, annotation: Any, default: object) -> Parameter:  # noqa: ANN401 - whatever a function declares.
    kind, info = get_args(annotation)
    assert isinstance(info, OptionInfo | ArgumentInfo), "an annotation of typer"
    text = info.help or ""
    if default not in (None, False, inspect.Parameter.empty):
        text += f" [{getattr(default, 'value', default)}]"
    value = info.metavar or _kind(kind)
    if isinstance(info, ArgumentInfo):
        return Parameter(name, value, text, is_argument=True)
    said = [each for each in (info.default, *(info.param_decls or ())) if isinstance(each, str)]
    option = said[0] if said else "--" + name.replace("_", "-")
    return Parameter(name, option if kind is bool else f"{option} {value}", text, is_argument=False)


def _kind(kind: Any) -> str:  # noqa: ANN401 - a type, or a union with None.
    kinds = [each for each in (*get_args(kind), kind) if each is not type(None)]
    words = [each.value for one in kinds[:1] if issubclass(one, StrEnum) for each in one]
    return "\\|".join(words) or NAMES.get(kinds[0], "")


def _table(parameters: Sequence[Parameter]) -> str:
    rows = [f"| `{each.shown}` | {each.help} |" for each in parameters]
    return "\n".join(["| | |", "| --- | --- |", *rows, ""])


if __name__ == "__main__":
    from cli.main import app as whole

    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(page(whole), encoding="utf-8")
