"""requirements.lock: complete, hashed, and silent about where it was made."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
ENTRIES = re.split(r"^(?=[a-z])", LOCK, flags=re.MULTILINE)[1:]
PINNED = re.compile(r"([a-z0-9-]+)==[^\s;]+( ; [^\\]+)?( \\\n    --hash=sha256:[0-9a-f]{64})+\n")


def name(requirement: str) -> str:
    return re.split(r"[^A-Za-z0-9-]", requirement, maxsplit=1)[0]


def test_every_entry_is_pinned_and_hashed() -> None:
    assert [entry for entry in ENTRIES if not PINNED.match(entry)] == []
    assert len(ENTRIES) > len(PROJECT["project"]["dependencies"])


def test_it_names_every_requirement_and_the_build_system() -> None:
    asked = [*PROJECT["project"]["dependencies"], *PROJECT["dependency-groups"]["dev"]]
    asked += PROJECT["build-system"]["requires"]
    assert {name(each) for each in asked} - {name(entry) for entry in ENTRIES} == set()


def test_it_names_no_place() -> None:
    assert re.findall(r"index-url|find-links|trusted-host|://|file:| @ ", LOCK) == []
