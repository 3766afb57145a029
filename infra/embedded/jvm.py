"""How our two Java programs are run, and the archive that lets them start in half the time.

A Java that has loaded a program once can write down what it loaded; later starts map that file
instead of reading, checking and linking some 10,000 classes again (2.0 -> 1.1 s for Kafka, 2.2 ->
1.2 s for the registry). The first start on a machine records and, once it answers, is stopped to
write the file and started again: infra/embedded/servers.py. Java checks by itself that a file fits
the Java and the jars at hand, and goes on without it where it does not.

Shape: `Runtime.command(heap_mib, temporary)` is the command line up to the program's own arguments.
An empty archive says: cannot be made here, do not try again.
Source: JEP 350 (dynamic archives, from Java 13), JEP 514 (ahead-of-time cache, Java 25).
"""

import hashlib
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from infra.embedded.java import Java

AHEAD_OF_TIME_SINCE = 25
ARCHIVES_MAX = 8  # Two for each Java, 60 MB each; every new environment brings a Java of its own.


@dataclass(frozen=True, slots=True)
class Archive:
    path: Path
    ahead_of_time: bool

    @property
    def unfinished(self) -> Path:
        return self.path.with_suffix(f".{os.getpid()}")

    def options(self) -> tuple[str, ...]:
        """Use it if it is there, record it if it is not."""
        if self.path.exists():
            if self.path.stat().st_size == 0:
                return ()
            os.utime(self.path)  # Used today: not the one to give way.
            if self.ahead_of_time:  # Java 25 warns of parts it found no use for.
                return (f"-XX:AOTCache={self.path}", "-Xlog:aot*=error")
            return (f"-XX:SharedArchiveFile={self.path}",)
        record = "AOTCacheOutput" if self.ahead_of_time else "ArchiveClassesAtExit"
        return (f"-XX:{record}={self.unfinished}",)

    def settle(self, *, whole: bool) -> bool:
        """After the recording program has ended, by itself or not; whether there is one now."""
        if not whole:
            self.unfinished.unlink(missing_ok=True)
            return False
        if not self.unfinished.exists():
            self.path.touch()
            return False
        self.unfinished.replace(self.path)
        archives = sorted(self.path.parent.iterdir(), key=lambda one: one.stat().st_mtime_ns)
        for old in archives[:-ARCHIVES_MAX]:
            old.unlink(missing_ok=True)
        return True


@dataclass(frozen=True, slots=True)
class Runtime:
    """`program`: the options that say where the classes are, `-jar X` or `-cp X`."""

    java: Java
    program: tuple[str, ...]
    archive: Archive

    def command(self, heap_mib: int, temporary: Path, *options: str) -> tuple[str, ...]:
        return (
            str(self.java.executable),
            f"-Xmx{heap_mib}m",
            "-XX:+UseSerialGC",  # The least memory and threads; its pauses are short at this size.
            f"-Djava.io.tmpdir={temporary}",
            "-Dfile.encoding=UTF-8",
            "-Duser.timezone=UTC",
            *self.archive.options(),
            *options,
            *self.program,
        )


def runtime(java: Java, program: tuple[str, str], cache: Path) -> Runtime:
    """Its archive is that of this Java and these classes."""
    stat = java.executable.stat()
    key = f"{java.executable} {stat.st_size} {stat.st_mtime_ns} {program[1]}"
    name = hashlib.sha256(key.encode()).hexdigest()[:16]
    (cache / "archives").mkdir(parents=True, exist_ok=True)
    archive = Archive(cache / "archives" / name, java.major >= AHEAD_OF_TIME_SINCE)
    return Runtime(java, program, archive)


def fresh(folder: Path) -> None:
    """An empty folder: what a killed Java left in its temporary one is of no use to the next."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)


def environment() -> dict[str, str]:
    """Nothing else: JAVA_TOOL_OPTIONS and the like of ours must not change the servers."""
    return {"LC_ALL": "C.UTF-8", "PATH": os.defpath}  # Paths need not be ASCII.
