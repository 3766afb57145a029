"""The commands on real servers with the real programs: what a new user types, and what comes."""

import json
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from infra.kafka import clients
from tests.integration import programs
from tests.integration.programs import System
from tests.integration.servers import Addresses
from tests.unit.cli.calling import tally

ROOT = Path(__file__).parents[2]
BILL = ROOT / "providers" / "wechat" / "samples" / "bill.ALL.csv"
OPEN = {"owner_id": "o", "type": "buyer", "currency": "EUR"}
Call = Callable[..., Result]


@pytest.fixture(scope="module")
def system(servers: Addresses, tmp_path_factory: pytest.TempPathFactory) -> Generator[System]:
    """Writer, relay and projector on a database and topics of this file's own."""
    folder = tmp_path_factory.mktemp("cli")
    with programs.running(servers, folder, programs=("writer", "relay", "projector")) as system:
        yield system


@pytest.fixture(scope="module")
def call(system: System) -> Call:
    """`tally …` as somebody with these addresses in the environment would."""
    env = {
        f"TALLY_{name.upper()}": str(value)
        for name, value in system.settings.model_dump(exclude={"log_json"}).items()
    }

    def run(*words: str, stdin: bytes | None = None) -> Result:
        return tally(*words, env=env, stdin=stdin)

    return run


def command(kind: str, key: str, *, book: str, **data: object) -> dict[str, object]:
    return {"type": kind, "book": book, "client": "cli", "idempotency_key": key, "data": data}


def day(book: str) -> bytes:
    """Two wallets, money in one, a transfer that goes and one that cannot."""
    money = {"currency": "EUR", "source_wallet_id": "alice", "destination_wallet_id": "bob"}
    commands = [
        command("OpenWallet", "o1", book=book, wallet_id="alice", **OPEN),
        command("OpenWallet", "o2", book=book, wallet_id="bob", **OPEN),
        command(
            "CreditWallet",
            "c1",
            book=book,
            wallet_id="alice",
            movement_id="m1",
            amount_minor=1_000,
            currency="EUR",
            source="bank",
        ),
        command("TransferFunds", "t1", book=book, transfer_id="t1", amount_minor=300, **money),
        command("TransferFunds", "t2", book=book, transfer_id="t2", amount_minor=9_999, **money),
        command("TransferFunds", "t1", book=book, transfer_id="t1", amount_minor=300, **money),
    ]
    return b"".join(json.dumps(each).encode() + b"\n" for each in commands)


@pytest.fixture(scope="module")
def played(system: System, call: Call) -> str:
    """A book after that day, its read models caught up."""
    assert call("book", "create", "played").exit_code == 0
    published = call("publish", "-", "--wait", stdin=day("played"))
    assert published.exit_code == 1, published.output  # One command is refused.
    for model in ("wallets", "ledger"):
        system.caught_up(model, book="played")
    return "played"


def parsed(result: Result) -> Any:  # noqa: ANN401 - a JSON document.
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_every_answer_is_told_with_its_line(call: Call, book_name: str) -> None:
    assert call("book", "create", book_name).exit_code == 0
    published = call("publish", "-", "--wait", "--json", stdin=day(book_name))
    answers = {each["line"]: each for each in map(json.loads, published.stdout.splitlines())}
    assert sorted(answers) == [1, 2, 3, 4, 5, 6]
    said = [(answers[n]["status"], answers[n]["code"], answers[n]["replayed"]) for n in (4, 5, 6)]
    assert said[:2] == [("accepted", "", False), ("refused", "insufficient_funds", False)]
    assert said[2] == ("accepted", "", True)
    assert (answers[4]["first_sequence"], answers[4]["last_sequence"]) == (4, 5)
    assert published.exit_code == 1
    assert "5 accepted, 1 refused" in published.stderr


def test_people_are_told_in_words(call: Call, played: str) -> None:
    again = call("publish", "-", "--wait", stdin=day(played))
    lines = again.stdout.splitlines()
    assert f"line 4: accepted, events 4 to 5 of {played} (replayed)" in lines
    assert any(each.startswith("line 5: refused, insufficient_funds: ") for each in lines)


def test_publishing_without_waiting_says_how_many(call: Call, played: str) -> None:
    assert parsed(call("publish", "-", "--json", stdin=day(played))) == {
        "published": 6,
        "bad_lines": 0,
    }


def test_good_lines_go_out_if_that_is_wanted(call: Call, book_name: str) -> None:
    assert call("book", "create", book_name).exit_code == 0
    stdin = b"nonsense\n" + day(book_name).splitlines(keepends=True)[0]
    published = call("publish", "-", "--wait", "--skip-bad", stdin=stdin)
    assert published.stdout == f"line 2: accepted, events 1 to 1 of {book_name}\n"
    assert published.exit_code == 1


def test_a_book_that_is_not_there_is_a_refusal(call: Call) -> None:
    published = call("publish", "-", "--wait", stdin=day("nowhere").splitlines()[0])
    assert published.stdout.startswith("line 1: refused, book_unknown: ")
    assert published.exit_code == 1


def test_books_are_made_once(call: Call, book_name: str) -> None:
    assert call("book", "create", book_name).exit_code == 0
    again = call("book", "create", book_name)
    assert (again.exit_code, again.stderr) == (1, f"tally: the book {book_name} exists already\n")
    assert call("book", "create", "Not A Name").exit_code == 2
    books = [each["book"] for each in parsed(call("book", "list", "--json"))]
    assert {"main", book_name} <= set(books)


def test_events_are_shown_as_they_happened(call: Call, played: str) -> None:
    shown = call("events", "--book", played, "--json")
    events = [json.loads(each) for each in shown.stdout.splitlines()]
    assert [each["book_sequence"] for each in events] == [1, 2, 3, 4, 5]
    assert [each["type"] for each in events][2:] == [
        "FundsCredited",
        "FundsDebited",
        "FundsCredited",
    ]
    debit = events[3]
    assert (debit["aggregate"], debit["aggregate_id"], debit["version"]) == ("wallet", "alice", 3)
    assert debit["data"]["amount_minor"] == 300
    assert len(bytes.fromhex(debit["chain"])) == 32


@pytest.mark.parametrize(
    ("words", "sequences"),
    [
        (["--aggregate", "bob"], [2, 5]),
        (["--type", "FundsCredited"], [3, 5]),
        (["--type", "tally.wallet.v1.WalletOpened", "--aggregate", "alice"], [1]),
        (["--from", "2", "--to", "4"], [2, 3, 4]),
        (["--limit", "2"], [4, 5]),
        (["--from", "1", "--limit", "2"], [1, 2]),
        (["--limit", "0"], [1, 2, 3, 4, 5]),
        (["--to", "2020-01-01"], []),
        (["--from", "2020-01-01", "--to", "2100-01-01"], [1, 2, 3, 4, 5]),
        (["--from", "2100-01-01"], []),
    ],
)
def test_events_are_found(call: Call, played: str, words: list[str], sequences: list[int]) -> None:
    shown = call("events", "--book", played, "--json", *words)
    found = [json.loads(each)["book_sequence"] for each in shown.stdout.splitlines()]
    assert found == sequences


def test_events_are_found_by_the_very_moment(call: Call, played: str) -> None:
    shown = call("events", "--book", played, "--json", "--from", "3", "--limit", "1")
    at = json.loads(shown.stdout)["recorded_at"]
    exactly = call("events", "--book", played, "--json", "--from", at, "--to", at)
    found = [json.loads(each) for each in exactly.stdout.splitlines()]
    assert 3 in [each["book_sequence"] for each in found]
    assert {each["recorded_at"] for each in found} == {at}


def test_a_wallet_is_shown_with_what_moved(call: Call, played: str) -> None:
    wallet = parsed(call("wallet", "alice", "--book", played, "--json"))
    assert (wallet["balance_minor"], wallet["available_minor"]) == (700, 700)
    moved = [(each["transaction_type"], each["amount_minor"]) for each in wallet["transactions"]]
    assert moved == [("transfer_out", 300), ("deposit", 1_000)]
    shown = call("wallet", "alice", "--book", played, "--limit", "1")
    assert "7.00 EUR" in shown.stdout
    assert "deposit" not in shown.stdout
    nobody = call("wallet", "nobody", "--book", played)
    assert nobody.exit_code == 1
    assert nobody.stderr == f"tally: there is no wallet nobody in the book {played}\n"


def test_the_ledger_sums_to_zero(call: Call, played: str) -> None:
    ledger = parsed(call("ledger", "--book", played, "--json"))
    balances = {each["account"]: each["balance_minor"] for each in ledger["trial_balance"]}
    assert balances == {"external:bank": 1_000, "liability:wallet": -1_000}
    assert ledger["sums_minor"] == {"EUR": 0}
    shown = call("ledger", "--book", played)
    assert "EUR sums to 0.00 EUR" in shown.stdout


def test_an_account_is_shown_with_its_postings(call: Call, played: str) -> None:
    words = ("ledger", "--book", played, "--account", "liability:wallet:alice")
    account = parsed(call(*words, "--json"))
    assert [each["balance_minor"] for each in account["balances"]] == [-700]
    assert [each["amount_minor"] for each in account["postings"]] == [300, -1_000]
    assert "liability:wallet:alice: -7.00 EUR" in call(*words).stdout
    assert call("ledger", "--book", played, "--account", "no:such").exit_code == 1


def test_status_knows_every_step(call: Call, played: str) -> None:
    shown = call("status", "--json", "--interval", "0.1")
    standing = parsed(shown)
    assert {each["name"] for each in standing["servers"] if each["answers"]} == {
        "kafka",
        "postgres",
        "registry",
    }
    book = next(each for each in standing["books"] if each["standing"]["book"] == played)
    assert book["standing"]["sequence"] == 5
    assert (book["relay"]["behind"], book["projector"]["behind"]) == (0, 0)
    models = {each["model"] for each in book["standing"]["models"]}
    assert {"wallets", "ledger", "commands"} <= models
    assert played in call("status", "--interval", "0").stdout


def test_status_names_the_server_that_is_down(call: Call, played: str) -> None:
    shown = call("status", "--json", "--interval", "0", "--registry", "http://127.0.0.1:1")
    assert shown.exit_code == 1
    standing = json.loads(shown.stdout)
    down = [each["name"] for each in standing["servers"] if not each["answers"]]
    assert down == ["registry"]
    assert any(each.startswith("everybody waits for registry: ") for each in standing["waits"])
    assert played in [each["standing"]["book"] for each in standing["books"]]


def test_status_works_without_postgresql(call: Call) -> None:
    words = ("status", "--json", "--postgres", "postgresql://tally:secret@127.0.0.1:1/tally")
    shown = call(*words)
    assert shown.exit_code == 1
    assert "secret" not in shown.output
    standing = json.loads(shown.stdout)
    assert standing["books"] is None
    assert standing["dead_letters"] is not None  # Counted on Kafka.


def test_the_dsn_is_for_any_tool(call: Call, system: System) -> None:
    assert call("dsn").stdout == system.settings.postgres + "\n"


def test_init_twice_does_no_harm(call: Call) -> None:
    assert parsed(call("init", "--json")) == parsed(call("init", "--json"))


@pytest.mark.usefixtures("played")
def test_everything_is_proven(call: Call) -> None:
    report = parsed(call("verify", "--json"))
    assert report["holds"]
    assert report["events"] >= 5
    assert "trial_balance_zero" in [each["name"] for each in report["invariants"]]
    assert "holds" in call("verify").stdout


def publish_raw(system: System, value: bytes, key: bytes) -> None:
    producer = clients.producer(system.settings.kafka)
    producer.produce(system.surroundings.topics.commands, value, key, headers=[("trace", b"\x01")])
    assert producer.flush(30.0) == 0


def letters(call: Call, *words: str) -> list[dict[str, Any]]:
    return parsed(call("dead-letters", "list", "--json", *words))


def test_a_dead_letter_goes_back_as_it_came(call: Call, system: System, book_name: str) -> None:
    assert call("book", "create", book_name).exit_code == 0
    publish_raw(system, b"garbage", book_name.encode())
    one = system.until(
        lambda: next(iter(letters(call, "--book", book_name)), None), "a dead letter"
    )
    assert one["reason"] == "not_confluent_framed"
    dead_letter_id = one["dead_letter_id"]
    whole = parsed(call("dead-letters", "show", dead_letter_id, "--json"))
    assert bytes.fromhex(whole["value_hex"]) == b"garbage"
    assert whole["headers"] == [{"name": "trace", "value_hex": "01"}]

    redriven = parsed(call("dead-letters", "redrive", dead_letter_id, "--json"))
    assert redriven["topic"] == system.surroundings.topics.commands
    assert redriven["offset"] > one["topic_offset"]
    again = f"{redriven['topic']}-{redriven['partition']}-{redriven['offset']}"
    system.until(
        lambda: again in [each["dead_letter_id"] for each in letters(call)] or None, "its return"
    )
    copy = parsed(call("dead-letters", "show", again, "--json"))
    same = ("key_hex", "value_hex", "headers", "book")
    assert {name: copy[name] for name in same} == {name: whole[name] for name in same}

    assert dead_letter_id not in [each["dead_letter_id"] for each in letters(call)]
    settled = {each["dead_letter_id"]: each for each in letters(call, "--settled")}
    assert settled[dead_letter_id]["settled_as"] == "redriven"
    twice = call("dead-letters", "redrive", dead_letter_id, "no-such-letter")
    assert twice.exit_code == 1
    assert twice.stdout == ""
    assert "was redriven at" in twice.stderr
    assert "no-such-letter: there is no such dead letter" in twice.stderr


def test_a_file_is_proven_without_a_server(tmp_path: Path) -> None:
    proof = parsed(tally("settlement", "parse", str(BILL), "--json"))
    assert (proof["lines"], proof["currencies"]["CNY"]["gross_minor"]) == (45, 33)
    assert all(each["holds"] for each in proof["controls"])
    lines = tally("settlement", "parse", str(BILL), "--lines", "--json").stdout.splitlines()
    assert len(lines) == 45
    assert sum(json.loads(each)["gross_minor"] for each in lines) == 33
    cut = tmp_path / "cut.csv"
    cut.write_bytes(BILL.read_bytes()[:-400])
    refused = tally("settlement", "parse", str(cut))
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert refused.stderr.startswith(f"tally: {cut}")


def test_a_file_is_imported_once_and_its_breaks_are_shown(
    call: Call, system: System, book_name: str
) -> None:
    assert call("book", "create", book_name).exit_code == 0
    report = parsed(call("settlement", "import", str(BILL), "--book", book_name, "--json"))
    assert (report["outcome"], report["fresh"]) == ("imported", 45)
    again = parsed(call("settlement", "import", str(BILL), "--book", book_name, "--json"))
    assert (again["outcome"], again["fresh"]) == ("already_imported", 0)
    system.caught_up("settlement", book=book_name)

    (file,) = parsed(call("settlement", "show", "--book", book_name, "--json"))
    assert (file["status"], file["lines"], file["lines_reported"]) == ("sealed", 45, 45)
    whole = parsed(call("settlement", "show", file["batch_id"], "--json"))
    (totals,) = whole["currencies"]
    assert (totals["gross_minor"], totals["stated_gross_minor"]) == (33, 33)
    breaks = parsed(call("breaks", "--book", book_name, "--json"))
    assert {each["kind"] for each in breaks} == {"missing_in_events"}
    assert len(breaks) == len(whole["breaks"]) == 45
    assert sum(each["amount_minor"] for each in breaks) == totals["net_minor"] + 8
    assert parsed(call("breaks", "--book", book_name, "--status", "resolved", "--json")) == []
    assert "missing_in_events" in call("breaks", "--book", book_name).stdout


def test_read_models_are_rebuilt_and_come_out_the_same(call: Call, played: str) -> None:
    before = parsed(call("ledger", "--book", played, "--json"))
    outcomes = parsed(call("rebuild", "--all", "--json"))
    assert all(each["rebuilt"]["swapped"] for each in outcomes)
    assert [each["rebuilt"]["differences"] for each in outcomes] == [[], []]
    assert parsed(call("ledger", "--book", played, "--json")) == before
