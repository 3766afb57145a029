"""Where commands find the servers: option, environment, tally.toml, a running `tally up`."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from cli.calls import Call
from commands.outage import Outage
from infra import addresses
from infra.settings import Settings
from tests.unit.cli.calling import ADDRESSES

PUBLISHED = {
    "kafka": "up:1",
    "postgres": "postgresql://tally:secret@up/tally",
    "registry": "http://up",
    "topic_prefix": "own",
    "partitions": 7,
    "replicas": 1,
}


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ADDRESSES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


def published(data: Path) -> Settings:
    settings = Settings.model_validate({"data": data, **PUBLISHED})
    addresses.publish(settings)
    return settings


def found(data: Path, **said: str) -> Settings:
    return Call({"data": data, **said}, json=False).settings("kafka", "postgres", "registry")


def test_a_running_up_is_found_by_its_folder(tmp_path: Path) -> None:
    published(tmp_path)
    settings = found(tmp_path)
    assert {name: getattr(settings, name) for name in PUBLISHED} == PUBLISHED


def test_the_addresses_are_for_the_owner_alone(tmp_path: Path) -> None:
    published(tmp_path)
    assert (tmp_path / addresses.FILE).stat().st_mode & 0o777 == 0o600


def test_what_was_said_wins_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    published(tmp_path)
    (tmp_path / "tally.toml").write_text('kafka = "file:1"\npartitions = 3\n', encoding="utf-8")
    assert (found(tmp_path).kafka, found(tmp_path).partitions) == ("file:1", 3)
    monkeypatch.setenv("TALLY_KAFKA", "environment:1")
    assert found(tmp_path).kafka == "environment:1"
    assert found(tmp_path, kafka="option:1").kafka == "option:1"
    assert found(tmp_path).registry == "http://up"


def test_what_a_dead_up_has_said_counts_no_more(tmp_path: Path) -> None:
    published(tmp_path)
    path = tmp_path / addresses.FILE
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
    path.write_text(json.dumps(PUBLISHED | {"pid": process.pid}), encoding="utf-8")
    with pytest.raises(Outage, match=r"nothing runs under .* kafka and postgres and registry"):
        found(tmp_path)


def test_what_was_withdrawn_counts_no_more(tmp_path: Path) -> None:
    published(tmp_path)
    addresses.withdraw(tmp_path)
    with pytest.raises(Outage) as outage:
        found(tmp_path, kafka="option:1", registry="http://option")
    assert "--postgres" in str(outage.value)
    assert "--kafka" not in str(outage.value)
