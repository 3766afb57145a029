"""Commands on real servers with the real programs: publishing, and reading what came of it."""

import json

import psycopg
import pytest

from tests.integration.cli.calls import Call, day, parsed
from tests.integration.databases import database
from tests.integration.servers import Addresses


def test_every_answer_is_told_with_its_line(call: Call, book_name: str) -> None:
    assert call("book", "create", book_name).exit_code == 0
    published = call("publish", "-", "--wait", "--json", stdin=day(book_name))
    answers = {each["line"]: each for each in map(json.loads, published.stdout.splitlines())}
    assert sorted(answers) == [1, 2, 3, 4, 5, 6]
    said = [(answers[n]["status"], answers[n]["code"], answers[n]["replayed"]) for n in (4, 5, 6)]
    assert said[:2] == [("accepted", "", False), ("refused", "insufficient_funds", False)]
    assert said[2] == ("accepted", "", True)
    assert answers[4]["answered_at"].endswith("Z")
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
    assert published.stdout.splitlines() == [
        f"line 2: accepted, event 1 of {book_name}",
        "1 command published: 1 accepted",
    ]
    said = "tally: line 1: expected one JSON object, found none (Expecting value: "
    assert published.stderr.startswith(said)
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
    books = {each["book"]: each for each in parsed(call("book", "list", "--json"))}
    assert {"main", book_name} <= books.keys()
    assert books["main"]["created_at"] <= books[book_name]["created_at"]
    assert books["main"]["created_at"].endswith("Z")


def test_no_more_books_are_made_than_postgresql_has_room_for(
    call: Call, servers: Addresses
) -> None:
    with database(servers.postgres_dsn) as dsn:
        words = ("--postgres", dsn)
        assert call("book", "create", "first", *words).exit_code == 0
        with psycopg.connect(dsn, autocommit=True) as connection:
            room = connection.execute(
                "SELECT (current_setting('max_connections')::int - 20) / 2"
            ).fetchone()
            assert room is not None
            connection.execute(
                "INSERT INTO tally.books (name, schema_name) SELECT 'b' || n, 'book_b' || n"
                " FROM generate_series(2, %s - 1) AS n",
                room,
            )
        assert call("book", "create", "last", *words).exit_code == 0
        refused = call("book", "create", "one-more", *words)
        assert (refused.exit_code, refused.stdout) == (1, "")
        assert f"which is {room[0]} books, and there are {room[0]}: raise" in refused.stderr
        again = call("book", "create", "last", *words)
        assert again.exit_code == 1
        assert "the book last exists already" in again.stderr


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
    shown = call(*words).stdout
    assert "liability:wallet:alice: -7.00 EUR" in shown
    credited = next(each for each in shown.splitlines() if "external:bank" in each)
    cells = [cell.strip() for cell in credited.split("│")]
    assert cells[4:7] == ["", "10.00 EUR", "-10.00 EUR"], "debit, credit, balance: one sign"
    assert call("ledger", "--book", played, "--account", "no:such").exit_code == 1
