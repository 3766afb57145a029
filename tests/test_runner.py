"""The script `tally`: makes .venv once, completely or not at all, and keeps stdout for the command.

Shape: a copy of the script runs in a small checkout of its own. `uv`, which it would download
with, is a program of twenty lines here that notes what it was asked; the script's own work
(finding Python, lock, stamp, start) is real.
"""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

import tallystick

ROOT = Path(__file__).parents[1]
UV = """#!/bin/sh
# Arguments: `venv … FOLDER`, or `pip install … --python FOLDER/bin/python …`.
echo "$1" >>"$NOTES"
[ "$1" != "${UV_FAILS:-}" ] || exit 9
if [ "$1" = venv ]; then
    for folder; do :; done
    rm -rf "$folder"
    mkdir -p "$folder/bin"
    ln -s "$(command -v python3)" "$folder/bin/python"
else
    bin=$(dirname "$5")
    printf '#!/bin/sh\\necho ran "$@"\\n' >"$bin/tally"
    chmod +x "$bin/tally"
fi
"""


class Checkout:
    """A folder with a space in its name, and the environment to call its script in."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "two words"
        self.notes = folder / "notes"
        tools = folder / "tools"
        for made in (self.root / "tallystick", tools):
            made.mkdir(parents=True)
        for name in ("tally", "requirements.lock", "pyproject.toml", "tallystick/__init__.py"):
            shutil.copy(ROOT / name, self.root / name)
        (tools / "uv").write_text(UV)
        (tools / "uv").chmod(0o755)
        self.environment = os.environ | {
            "PATH": f"{tools}:{os.environ['PATH']}",
            "NOTES": str(self.notes),
        }

    def start(self, *, script: Path | None = None, **more: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [script or self.root / "tally", "status", "--json"],
            cwd=self.root.parent,
            env=self.environment | more,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def asked(self) -> list[str]:
        """What was asked of uv since the last time."""
        words = self.notes.read_text().split() if self.notes.exists() else []
        self.notes.unlink(missing_ok=True)
        return words


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path)


def finish(process: subprocess.Popen[str]) -> tuple[int, str]:
    out, _ = process.communicate()
    return process.returncode, out


def test_the_command_knows_by_what_name_it_was_called(checkout: Checkout) -> None:
    finish(checkout.start())
    (checkout.root / ".venv/bin/tally").write_text('#!/bin/sh\necho "$TALLY_CALLED_AS"\n')
    assert finish(checkout.start()) == (0, f"{checkout.root}/tally\n")


MADE = ["venv", "pip", "pip"]
RAN = (0, "ran status --json\n")


def test_makes_it_once_and_says_nothing_on_stdout(checkout: Checkout) -> None:
    assert [finish(checkout.start()) for _ in range(2)] == [RAN, RAN]
    assert checkout.asked() == MADE


def test_first_calls_at_once_make_one(checkout: Checkout) -> None:
    processes = [checkout.start() for _ in range(4)]
    assert [finish(process) for process in processes] == [RAN] * 4
    assert checkout.asked() == MADE


@pytest.mark.parametrize("step", ["venv", "pip"])
def test_what_failed_half_way_is_made_afresh(checkout: Checkout, step: str) -> None:
    assert finish(checkout.start(UV_FAILS=step)) == (9, "")
    checkout.asked()
    assert finish(checkout.start()) == RAN
    assert checkout.asked() == MADE


@pytest.mark.parametrize("name", ["requirements.lock", "pyproject.toml", "tallystick/__init__.py"])
def test_a_change_brings_it_up_to_date(checkout: Checkout, name: str) -> None:
    finish(checkout.start())
    checkout.asked()
    with (checkout.root / name).open("a") as file:
        file.write("# changed\n")
    assert finish(checkout.start()) == RAN
    assert checkout.asked() == ["pip", "pip"]


def test_a_moved_checkout_gets_a_new_one(checkout: Checkout) -> None:
    finish(checkout.start())
    checkout.asked()
    checkout.root = checkout.root.rename(checkout.root.with_name("elsewhere"))
    assert finish(checkout.start()) == RAN
    assert checkout.asked() == MADE


def test_a_vanished_python_gets_a_new_one(checkout: Checkout) -> None:
    finish(checkout.start())
    checkout.asked()
    (checkout.root / ".venv/bin/python").unlink()
    assert finish(checkout.start()) == RAN
    assert checkout.asked() == MADE


def test_runs_through_a_link_to_a_link(checkout: Checkout) -> None:
    folder = checkout.root.parent / "links"
    folder.mkdir()
    (folder / "first").symlink_to("../two words/tally")
    (folder / "tally").symlink_to("first")
    assert finish(checkout.start(script=folder / "tally")) == RAN


def test_without_a_python_it_says_what_to_do(checkout: Checkout) -> None:
    tools = checkout.root.parent / "few tools"
    tools.mkdir()
    for name in ("sh", "cat", "cksum", "dirname", "readlink"):
        (tools / name).symlink_to(shutil.which(name) or name)
    process = checkout.start(PATH=str(tools))
    out, err = process.communicate()
    assert (process.returncode, out) == (1, "")
    assert "needs Python 3.11 or newer" in err


def test_the_real_one_runs_the_real_program() -> None:
    done = subprocess.run([ROOT / "tally", "version"], check=True, capture_output=True, text=True)
    assert done.stdout == f"{tallystick.__version__}\n"
