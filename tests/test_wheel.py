"""The wheel: whole, and sufficient where there is no checkout.

Shape: built once from the checkout by the locked hatchling, unpacked, and run from there.
"""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import tallystick

ROOT = Path(__file__).parents[1]
OUTSIDE = {"tests", "benchmarks", "tallystick"}
DRAWER = Path("tallystick/_app")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as pip leaves it: the unpacked wheel."""
    made = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "-d", str(made)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = made.glob("*.whl")
    zipfile.ZipFile(wheel).extractall(made / "site")
    return made / "site"


def run(site: Path, code: str) -> subprocess.CompletedProcess[str]:
    """Runs with the wheel before the checkout, isolated from the caller's environment."""
    code = f"import sys; sys.path.insert(0, {str(site)!r}); {code}"
    command = [sys.executable, "-I", "-c", code]
    return subprocess.run(command, cwd=site, check=False, capture_output=True, text=True)


def files(folder: Path) -> set[str]:
    found = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)) for path in found if "__pycache__" not in path.parts}


def test_holds_every_file_of_every_package(site: Path) -> None:
    packages = {path.parent for path in ROOT.glob("*/__init__.py")}
    for package in sorted(path for path in packages if path.name not in OUTSIDE):
        assert files(site / DRAWER / package.name) == files(package)


def test_imports_from_its_drawer(site: Path) -> None:
    found = run(site, "import tallystick, cli.main; print(cli.main.__file__)")
    assert found.stdout.strip() == str(site / DRAWER / "cli" / "main.py"), found.stderr


def test_runs_tally(site: Path) -> None:
    done = run(
        site, "sys.argv = ['tally', 'version']; from tallystick.__main__ import main; main()"
    )
    assert (done.returncode, done.stdout.strip()) == (0, tallystick.__version__), done.stderr


def test_says_that_it_has_no_tests(site: Path) -> None:
    done = run(site, "sys.argv = ['tally', 'test']; from tallystick.__main__ import main; main()")
    assert done.returncode == 2
    assert "not installed" in done.stderr
