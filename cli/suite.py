"""Runs the project's own tests from a checkout.

Shape: run_suite(pytest arguments) -> pytest's exit code; 2 where there is no checkout.
"""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import typer

ROOT = Path(__file__).parents[1]
USAGE = 2


def run_suite(arguments: Sequence[str]) -> int:
    """Run pytest in a process of its own, so that it starts with nothing imported."""
    if not (ROOT / "tests").is_dir():
        typer.echo("tally test: the tests are not installed; run it from a checkout", err=True)
        return USAGE
    return subprocess.run(
        [sys.executable, "-m", "pytest", *arguments], cwd=ROOT, check=False
    ).returncode
