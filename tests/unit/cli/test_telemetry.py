"""Logs: JSON on stderr, passwords masked, a wait is told to whoever shows it."""

import json
import logging
from collections.abc import Generator

import psycopg
import pytest
import structlog

from infra import telemetry
from infra.telemetry import masked


@pytest.fixture(autouse=True)
def _restored() -> Generator[None]:
    yield
    structlog.reset_defaults()
    logging.basicConfig(handlers=[], force=True)


def logged(capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    out, err = capsys.readouterr()
    assert out == ""
    return json.loads(err)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("postgresql://tally:se-cret@h:1/db", "postgresql://tally:***@h:1/db"),
        ("http://user:p%40ss@registry/apis", "http://user:***@registry/apis"),
        ("host=h password=secret dbname=d", "host=h password=*** dbname=d"),
        ("host=h password='a b\\' c' dbname=d", "host=h password=*** dbname=d"),
        ("nothing to hide: a@b", "nothing to hide: a@b"),
    ],
)
def test_passwords_are_masked(text: str, shown: str) -> None:
    assert masked(text) == shown


def test_a_line_is_json_with_what_is_bound(capsys: pytest.CaptureFixture[str]) -> None:
    telemetry.configure(as_json=True)
    with telemetry.bound(book="main", correlation_id="c1"):
        structlog.get_logger().info("written", events=3, dsn="postgresql://a:b@c/d")
    line = logged(capsys)
    assert line.pop("timestamp")
    assert line == {
        "event": "written",
        "level": "info",
        "book": "main",
        "correlation_id": "c1",
        "events": 3,
        "dsn": "postgresql://a:***@c/d",
    }


def test_a_traceback_is_masked_too(capsys: pytest.CaptureFixture[str]) -> None:
    telemetry.configure(as_json=True)
    error = psycopg.OperationalError("cannot reach postgresql://a:secret@b/c")
    structlog.get_logger().error("fault", exc_info=error)
    line = logged(capsys)
    assert "secret" not in str(line)
    assert "OperationalError" in str(line["exception"])


def test_a_wait_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    told: list[tuple[str, float]] = []
    telemetry.configure(as_json=True, on_waiting=lambda why, pause_s: told.append((why, pause_s)))
    log = structlog.get_logger()
    log.warning("waiting", outage="no postgresql://a:b@c/d", pause_s=2.0)
    assert told == [("no postgresql://a:***@c/d", 2.0)]
    assert logged(capsys)["level"] == "warning"


def test_libraries_log_as_we_do(capsys: pytest.CaptureFixture[str]) -> None:
    telemetry.configure(as_json=True)
    logging.getLogger("some.library").warning("lost %s", "postgresql://a:b@c/d")
    line = logged(capsys)
    assert (line["event"], line["level"]) == ("lost postgresql://a:***@c/d", "warning")
