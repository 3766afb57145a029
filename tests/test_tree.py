"""The shape of the tree: sizes, docstrings, packaging list, no borrowed top-level name.

Source: the house style, CONTRIBUTING.md; what ruff can keep (line length, number of parameters)
is kept there.
"""

import ast
import sys
import tomllib
from collections import Counter
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
OUTSIDE = {"tests", "benchmarks"}  # In the checkout only, never in the wheel.
PACKAGES = {path.parent.name for path in ROOT.glob("*/__init__.py")} - OUTSIDE
MODULES = sorted(path for name in PACKAGES | OUTSIDE for path in (ROOT / name).rglob("*.py"))
LINES_MODULE_MAX, LINES_FUNCTION_MAX = 300, 40
# Two of these in a row are mistaken for each other and nobody notices.
PLAIN = {"int", "str", "bytes", "bool", "Decimal", "date", "datetime", "Path"}
# The domain is handed time, chance and words; it never fetches them itself.
WORLD = "asyncio io logging os pathlib random secrets socket sqlite3 subprocess sys threading time"
PURE = (set(sys.stdlib_module_names) | {"domain"}) - set(WORLD.split())

Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions(tree: ast.Module) -> list[Function]:
    return [node for node in ast.walk(tree) if isinstance(node, Function)]


def alike(function: Function) -> set[str]:
    """Plain types that more than one positional parameter has."""
    arguments = [*function.args.posonlyargs, *function.args.args]
    types = Counter(ast.unparse(each.annotation) for each in arguments if each.annotation)
    return {name for name, count in types.items() if count > 1 and name in PLAIN}


def imported(tree: ast.Module) -> set[str]:
    """Top-level names of what a module imports, wherever in it."""
    plain = [alias.name for n in ast.walk(tree) if isinstance(n, ast.Import) for alias in n.names]
    named = [n.module or "" for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) if not n.level]
    return {name.partition(".")[0] for name in (*plain, *named)}


def label(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", MODULES, ids=label)
def test_fits_on_a_page(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= LINES_MODULE_MAX
    for node in functions(ast.parse(text)):
        assert (node.end_lineno or 0) - node.lineno < LINES_FUNCTION_MAX, node.name


@pytest.mark.parametrize("path", MODULES, ids=label)
def test_says_what_it_is(path: Path) -> None:
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    assert docstring, "every module has a docstring"


@pytest.mark.parametrize("path", [path for path in MODULES if "tests" not in path.parts], ids=label)
def test_parameters_of_one_plain_type_go_by_keyword(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert {node.name: alike(node) for node in functions(tree) if alike(node)} == {}


@pytest.mark.parametrize("path", sorted((ROOT / "domain").rglob("*.py")), ids=label)
def test_the_domain_touches_nothing_but_itself(path: Path) -> None:
    assert imported(ast.parse(path.read_text(encoding="utf-8"))) - PURE == set()


def test_the_wheel_lists_every_package() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wheel = project["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert set(wheel["only-include"]) == PACKAGES
    assert wheel["sources"] == {p: f"tallystick/_app/{p}" for p in PACKAGES - {"tallystick"}}


def test_every_checker_looks_at_every_package() -> None:
    tool = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
    assert set(tool["importlinter"]["root_packages"]) == PACKAGES
    layers = " | ".join(tool["importlinter"]["contracts"][0]["layers"])
    assert set(layers.split(" | ")) == PACKAGES
    assert set(tool["basedpyright"]["include"]) == PACKAGES | OUTSIDE


def test_nobody_else_ships_our_names() -> None:
    shipped = packages_distributions()
    assert {name for name in PACKAGES if set(shipped.get(name, ())) - {"tallystick"}} == set()
    assert set(sys.stdlib_module_names) & PACKAGES == set()
