"""Every command: its help has an example, a wrong call is 2, nothing running is 1 and one line."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

from cli import reference
from cli.main import app
from infra.kafka.address import checked_bootstrap
from tallystick.__main__ import INTERRUPTED, main
from tests.unit.cli.calling import tally

BILL = reference.PAGE.parents[2] / "providers" / "wechat" / "samples" / "bill.ALL.csv"
LINE = b"""{"type": "OpenWallet", "book": "main", "client": "shop", "idempotency_key": "k",
"data": {"wallet_id": "a", "owner_id": "a", "type": "buyer", "currency": "EUR"}}""".replace(
    b"\n", b" "
)
NEEDS_SERVERS = [
    ["publish", "-"],
    ["events"],
    ["wallet", "alice"],
    ["ledger"],
    ["breaks"],
    ["settlement", "show"],
    ["dead-letters", "list"],
    ["dead-letters", "show", "x"],
    ["dead-letters", "redrive", "x"],
    ["dead-letters", "dismiss", "x", "--reason", "a stray test"],
    ["verify"],
    ["rebuild", "ledger"],
    ["book", "list"],
    ["book", "create", "shop"],
    ["init"],
    ["dsn"],
    ["addresses"],
    ["status"],
    ["run", "writer"],
]
WRONG = [
    ["nothing"],
    ["run"],
    ["run", "nothing"],
    ["publish"],
    ["publish", "no-such-file.jsonl"],
    ["wallet"],
    ["wallet", "alice", "--limit", "0"],
    ["events", "--from", "yesterday"],
    ["events", "--type", "NoSuchEvent"],
    ["breaks", "--status", "lost"],
    ["breaks", "--kind", "lost"],
    ["breaks", "--limit", "-1"],
    ["rebuild"],
    ["rebuild", "no_such_model"],
    ["dead-letters", "redrive"],
    ["dead-letters", "redrive", "x", "--all"],
    ["settlement", "parse", "no-such-file.csv"],
    ["settlement", "parse", str(BILL), "--format", "nope"],
    ["demo", "--keep", str(BILL)],
    ["demo", "--keep", str(BILL.parent)],
    ["status", "--interval", "-1"],
    ["status", "--program", "nothing"],
    ["status", "--registry", "nonsense"],
    ["status", "--kafka", "nonsense"],
    ["status", "--kafka", "host:1,other"],
    ["publish", "-", "--kafka", "host:port"],
    ["dead-letters", "dismiss", "x"],
    ["dead-letters", "dismiss", "--reason", "a stray test"],
    ["dead-letters", "dismiss", "x", "--reason", " "],
]


def commands(one: typer.Typer, words: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for each in one.registered_commands:
        assert each.callback is not None
        yield (*words, each.name or each.callback.__name__)
    for group in one.registered_groups:
        assert group.typer_instance is not None
        yield from commands(group.typer_instance, (*words, group.name or ""))


@pytest.mark.parametrize("words", sorted(commands(app)), ids=" ".join)
def test_help_has_an_example(words: tuple[str, ...]) -> None:
    if words == ("test",):
        return  # Hands every option on to pytest.
    shown = tally(*words, "--help")
    assert shown.exit_code == 0
    assert "Example: " in shown.stdout


@pytest.mark.parametrize("words", WRONG, ids=" ".join)
def test_a_wrong_call_is_2(words: list[str], tmp_path: Path) -> None:
    addresses = {
        "TALLY_POSTGRES": "host=nowhere",
        "TALLY_KAFKA": "x:1",
        "TALLY_REGISTRY": "http://x",
    }
    called = tally(*words, env={"TALLY_DATA": str(tmp_path), **addresses})
    assert called.exit_code == 2, called.output
    assert called.stdout == ""


@pytest.mark.parametrize("words", NEEDS_SERVERS, ids=" ".join)
def test_nothing_running_is_1_and_says_what_to_do(words: list[str], tmp_path: Path) -> None:
    called = tally(*words, "--data", str(tmp_path))
    assert called.exit_code == 1
    assert called.stdout == ""
    (said,) = called.stderr.splitlines()
    assert said.startswith(f"tally: nothing runs under {tmp_path}: start it with `tally up")


def test_the_version_is_an_option_too() -> None:
    asked = tally("--version")
    assert asked.exit_code == 0
    assert asked.stdout == tally("version").stdout
    said = json.loads(tally("version", "--json").stdout)
    assert said == {"version": asked.stdout.strip()}


@pytest.mark.parametrize("words", [[], ["status"], ["settlement"], ["settlement", "parse"]])
def test_a_flag_is_not_shown_as_if_a_value_had_to_follow(words: list[str]) -> None:
    shown = tally(*words, "--help", env={"COLUMNS": "200"}).stdout
    assert "--help" in shown
    assert "bool" not in shown


def test_the_addresses_are_lines_for_a_shell() -> None:
    """Under other names than our settings, which the next `tally up` would take as given."""
    env = {"TALLY_KAFKA": "a:1,b:2", "TALLY_REGISTRY": "http://c/it's", "TALLY_TOPIC_PREFIX": "t"}
    printed = tally("addresses", env=env).stdout
    asked = ["sh", "-c", f'{printed}printf "%s\n" "$KAFKA" "$REGISTRY" "$TOPIC_PREFIX"']
    said = subprocess.run(asked, capture_output=True, check=True, text=True).stdout
    assert said.splitlines() == ["a:1,b:2", "http://c/it's", "t"]
    whole = json.loads(tally("addresses", "--json", env=env).stdout)
    assert whole == {"kafka": "a:1,b:2", "registry": "http://c/it's", "topic_prefix": "t"}


def test_an_interruption_wherever_it_falls_is_130(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("cli.main.app", interrupted)
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == INTERRUPTED


def test_a_setting_that_cannot_be_is_named() -> None:
    called = tally("status", env={"TALLY_PARTITIONS": "many"})
    assert called.exit_code == 2
    assert called.stderr.startswith("tally: setting partitions: Input should be a valid integer")


@pytest.mark.parametrize(
    "address", ["", "a:1", "a.b-c:9092,d:9093", "10.0.0.1:9092, e:1", "[::1]:9092", "SSL://f:9093"]
)
def test_an_address_of_kafka_is_taken(address: str) -> None:
    assert checked_bootstrap(address) == address


DOWN = {"TALLY_KAFKA": "127.0.0.1:1", "TALLY_REGISTRY": "http://127.0.0.1:1"}


@pytest.mark.parametrize(
    "words",
    [
        ["publish", "-", "--timeout", "0.2"],
        ["publish", "-", "--wait", "--timeout", "0.2"],
        ["settlement", "import", str(BILL), "--timeout", "0.2"],
    ],
    ids=" ".join,
)
def test_kafka_that_is_down_is_one_line_for_people(words: list[str]) -> None:
    called = tally(*words, env=DOWN | {"TALLY_POSTGRES": "host=nowhere"}, stdin=LINE)
    assert (called.exit_code, called.stdout) == (1, "")
    (said,) = called.stderr.splitlines()
    assert said.startswith("tally: Kafka at 127.0.0.1:1 does not answer: ")
    assert "KafkaError" not in said


def test_a_bad_file_is_refused_before_anybody_is_asked(tmp_path: Path) -> None:
    cut = tmp_path / "cut.csv"
    cut.write_bytes(BILL.read_bytes()[:-400])
    called = tally("settlement", "import", str(cut), env=DOWN | {"TALLY_POSTGRES": "host=nowhere"})
    assert (called.exit_code, called.stdout) == (1, "")
    assert called.stderr.startswith(f"tally: {cut}")
    assert "Kafka" not in called.stderr


def test_a_registry_that_is_down_is_one_line_for_people() -> None:
    called = tally("status", "--json", "--interval", "0", env=DOWN)
    assert called.exit_code == 1
    assert called.stderr == "", "no line of a library about its retries"


def test_a_program_that_is_not_alive_is_1(tmp_path: Path) -> None:
    called = tally("status", "--program", "writer", "--data", str(tmp_path))
    assert called.exit_code == 1
    assert called.stderr == f"tally: writer is not alive under {tmp_path}\n"


def test_the_reference_is_that_of_the_commands() -> None:
    written = reference.PAGE.read_text(encoding="utf-8")
    assert written == reference.page(app), "run: python -m cli.reference"


def test_a_folder_that_cannot_be_is_an_error_without_traceback(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    called = tally("up", "--data", str(tmp_path / "file" / "data"))
    assert called.exit_code == 1
    assert called.stderr == f"tally: {tmp_path / 'file' / 'data'}: Not a directory\n"


def test_servers_that_are_given_are_named_and_by_what(tmp_path: Path) -> None:
    """A variable left over in a terminal is found at once, not guessed at."""
    (tmp_path / "file").write_text("", encoding="utf-8")
    env = {"TALLY_KAFKA": "127.0.0.1:1", "TALLY_POSTGRES": "host=nowhere password=secret"}
    words = ("up", "--data", str(tmp_path / "file" / "data"), "--registry", "http://127.0.0.1:1")
    said = tally(*words, env=env).stderr.splitlines()
    assert said[:3] == [
        "kafka: given by TALLY_KAFKA (127.0.0.1:1), not started here",
        "postgres: given by TALLY_POSTGRES (host=nowhere password=***), not started here",
        "registry: given by --registry (http://127.0.0.1:1), not started here",
    ]
