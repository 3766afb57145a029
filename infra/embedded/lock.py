"""Write `jars.lock.toml` anew: run `python -m infra.embedded.lock` after changing `ROOTS`.

Resolves the roots with all they need at run time from Maven Central, downloads every file into a
folder that is thrown away, and writes jgo's lock with the SHA-256 of each. Read the difference
before committing it: from then on these are the files that everybody runs.
Errors: jgo's own, as a traceback; this is for people who develop tallystick.
Source: design, "Embedded default and production".
"""

import sys
import tempfile
from pathlib import Path

from jgo.env import LockFile
from jgo.maven import Dependency, MavenContext

from infra.embedded.jars import LOCK

ROOTS = (
    "org.apache.kafka:kafka_2.13:4.3.1",
    "org.slf4j:slf4j-simple:1.7.36",  # Else Kafka has nowhere to write its log to.
)
REGISTRY = ("io.apicurio", "apicurio-registry-app", "3.0.9")
JAVA_VERSION_MIN = 17


def write_lock(path: Path) -> int:
    """Return how many files it names."""
    with tempfile.TemporaryDirectory() as repository:
        context = MavenContext(repo_cache=Path(repository))
        roots, needed = context.resolver.resolve([context.create_dependency(r) for r in ROOTS])
        group, artifact, version = REGISTRY
        registry = context.project(group, artifact).at_version(version).artifact("all", "tar.gz")
        lock = LockFile.from_resolved_dependencies(
            [
                *roots,
                *(one for one in needed if one.scope in {"compile", "runtime"}),
                Dependency(registry, "runtime"),
            ],
            environment_name="embedded",
            min_java_version=JAVA_VERSION_MIN,
        )
        lock.save(path)
    return len(lock.dependencies)


if __name__ == "__main__":
    sys.stdout.write(f"{LOCK.name}: {write_lock(LOCK)} files\n")
