"""Where commands find the servers: option, environment, tally.toml, a running `tally up`."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
import typer

from cli.calls import Call
from commands.outage import Outage
from consumers.supervisor.child import environment
from infra import addresses
from infra.called import CALLED_AS, hint
from infra.embedded import data
from infra.settings import Settings
from tests.unit.cli.calling import ADDRESSES, tally

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


OPTIONS = {"security.protocol": "SASL_SSL", "sasl.username": "us", "sasl.password": "secret"}


def test_how_kafka_lets_us_in_comes_with_its_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TALLY_KAFKA_OPTIONS", json.dumps(OPTIONS))
    published(tmp_path)
    monkeypatch.delenv("TALLY_KAFKA_OPTIONS")
    address = found(tmp_path).kafka_address
    assert address.words() == OPTIONS | {"bootstrap.servers": "up:1"}
    assert found(tmp_path, kafka="option:1").kafka_options == {}, "another Kafka is not told"


def test_options_of_kafka_are_a_table_of_the_file(tmp_path: Path) -> None:
    lines = "".join(f'"{name}" = "{value}"\n' for name, value in OPTIONS.items())
    (tmp_path / "tally.toml").write_text(f"[kafka_options]\n{lines}", encoding="utf-8")
    settings = found(tmp_path, kafka="k:1", postgres="p", registry="http://r")
    assert settings.kafka_options == OPTIONS
    assert "secret" not in f"{settings} {settings!r} {settings.kafka_address!r}"


def test_every_program_gets_the_options(tmp_path: Path) -> None:
    settings = Settings.model_validate({"data": tmp_path, "kafka_options": OPTIONS})
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment(settings).items():
            patch.setenv(name, value)
        assert Settings.model_validate({}).kafka_options == OPTIONS


def test_what_our_guarantees_rest_on_is_no_option(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = {"enable.idempotence": "secret", "acks": "0"}
    monkeypatch.setenv("TALLY_KAFKA_OPTIONS", json.dumps(wrong))
    with pytest.raises(typer.Exit):
        found(tmp_path)
    said = capsys.readouterr().err
    assert "['acks', 'enable.idempotence']" in said
    assert "secret" not in said


def test_options_that_are_no_json_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TALLY_KAFKA_OPTIONS", "sasl.password=secret")
    with pytest.raises(typer.Exit):
        found(tmp_path)
    said = capsys.readouterr().err
    assert "kafka_options" in said
    assert "secret" not in said


def test_what_a_dead_up_has_said_counts_no_more(tmp_path: Path) -> None:
    published(tmp_path)
    path = tmp_path / addresses.FILE
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
    path.write_text(json.dumps(PUBLISHED | {"pid": process.pid}), encoding="utf-8")
    with pytest.raises(Outage, match=r"nothing runs under .* kafka and postgres and registry"):
        found(tmp_path)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("data = \n", "tally: tally.toml: Invalid value (at line 1, column 8)\n"),
        ('dta = "x"\n', "tally: tally.toml: no setting dta\n"),
        ("batch = 0\n", "tally: setting batch: Input should be greater than or equal to 1\n"),
    ],
)
def test_a_file_that_cannot_be_is_one_line_and_2(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, said: str
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    (tmp_path / "tally.toml").write_text(text, encoding="utf-8")
    for words in (["status"], ["demo"]):
        called = tally(*words)
        assert called.exit_code == 2, called.output
        assert called.stderr.startswith(said)
        assert len(called.stderr.splitlines()) == 1
    assert [each.name for each in tmp_path.iterdir()] == ["tally.toml"]


def test_a_file_that_is_no_text_is_one_line_and_2(tmp_path: Path) -> None:
    (tmp_path / "tally.toml").write_bytes(b"\xff\xfe")
    called = tally("status")
    assert called.exit_code == 2
    assert called.stderr.startswith("tally: tally.toml: 'utf-8' codec can't decode")


def test_an_up_that_is_starting_is_not_nothing(tmp_path: Path) -> None:
    held = data.take(tmp_path)
    try:
        with pytest.raises(Outage, match=rf"\(process {os.getpid()}\) is still starting under"):
            found(tmp_path)
    finally:
        held.release()
    with pytest.raises(Outage, match="nothing runs under"):
        found(tmp_path)


def test_hints_can_be_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "b c"
    monkeypatch.setenv(CALLED_AS, "./tally")
    with pytest.raises(Outage) as outage:
        found(folder)
    assert f"start it with `./tally up --data '{folder}'`," in str(outage.value)
    assert hint("status", data=Path(".tally")) == "./tally status"
    monkeypatch.delenv(CALLED_AS)
    assert hint("publish", "FILE.jsonl") == "tally publish FILE.jsonl"


def test_what_was_withdrawn_counts_no_more(tmp_path: Path) -> None:
    published(tmp_path)
    addresses.withdraw(tmp_path)
    with pytest.raises(Outage) as outage:
        found(tmp_path, kafka="option:1", registry="http://option")
    assert "--postgres" in str(outage.value)
    assert "--kafka" not in str(outage.value)
