"""Commands for operations on real servers: status, proof, files, rebuilding."""

import io
import json
import re
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from cli.publishing.lines import Good, read
from cli.publishing.sending import Sender
from commands.outage import Outage
from infra.heartbeat import Heartbeat
from infra.stopping import Stop
from tests.integration.cli.calls import Call, day, parsed
from tests.integration.programs import System
from tests.integration.servers import Addresses
from tests.unit.cli.calling import tally

ROOT = Path(__file__).parents[3]
BILL = ROOT / "providers" / "wechat" / "samples" / "bill.ALL.csv"
UNIT = ROOT / "tests" / "unit" / "providers" / "samples"
NAMELESS = UNIT / "amazon" / "xieyi138-star_amazon-settlement-parser__settlement-sample.txt"
UNBALANCED = UNIT / "nacha" / "moov-io_ach__20110805A.ach"


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
    assert book["standing"]["recorded_at"].endswith("Z")
    models = {each["model"] for each in book["standing"]["models"]}
    assert {"wallets", "ledger", "commands"} <= models
    assert played in call("status", "--interval", "0").stdout


def test_status_names_the_server_that_is_down(call: Call, played: str) -> None:
    shown = call("status", "--json", "--interval", "0", "--registry", "http://127.0.0.1:1")
    assert shown.exit_code == 1
    standing = json.loads(shown.stdout)
    down = [each["name"] for each in standing["servers"] if not each["answers"]]
    assert down == ["registry"]
    said = "whoever starts, or meets a new schema, waits for registry: "
    assert any(each.startswith(said) for each in standing["waits"])
    assert played in [each["standing"]["book"] for each in standing["books"]]


def test_status_works_without_postgresql(call: Call) -> None:
    words = ("status", "--json", "--postgres", "postgresql://tally:secret@127.0.0.1:1/tally")
    shown = call(*words)
    assert shown.exit_code == 1
    assert "secret" not in shown.output
    standing = json.loads(shown.stdout)
    assert standing["books"] is None
    assert standing["dead_letters"] is None, "only PostgreSQL knows which are settled"
    assert standing["dead_letters_ever"] is not None
    shown = call("status", *words[2:])
    assert "Dead letters: unknown how many wait, " in shown.stdout


def test_a_wait_that_may_be_over_says_so(call: Call, system: System) -> None:
    with Heartbeat(system.settings.data, "intake", Stop()) as beat:
        beat.waiting("Kafka: Connection refused", 5.0)
        said = (
            "intake waits (every server answers now: if it was one, 20 s at most):"
            " Kafka: Connection refused"
        )
        system.until(
            lambda: said in parsed(call("status", "--json", "--interval", "0"))["waits"] or None,
            "the wait",
        )


def test_kafka_that_falls_silent_ends_publishing(system: System) -> None:
    settings = system.settings.model_copy(update={"kafka": "127.0.0.1:1"})
    sender = Sender(settings, 1.0)
    for good in read(io.BytesIO(day("main"))):
        assert isinstance(good, Good)
        sender.send(good)
    with pytest.raises(Outage, match="no acknowledgement for 1 s; 0 commands acknowledged"):
        sender.finish()


def test_the_dsn_is_for_any_tool(call: Call, system: System) -> None:
    assert call("dsn").stdout == system.settings.postgres + "\n"


@pytest.mark.usefixtures("played")
def test_the_reader_reads_and_changes_nothing(call: Call) -> None:
    dsn = call("dsn", "--reader").stdout.strip()
    assert call("dsn", "--reader").stdout.strip() == dsn
    with psycopg.connect(dsn, autocommit=True) as connection:
        assert connection.execute("SELECT current_user").fetchone() == ("tally_reader",)
        assert connection.execute("SELECT count(*) > 0 FROM read.wallets").fetchone() == (True,)
        for statement in ("DELETE FROM read.position", "SELECT secret FROM book_main.secrets"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement.encode())


def test_a_service_keeps_the_password_out_of_arguments(
    call: Call, system: System, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "db.conf").write_text(call("dsn", "--service").stdout, encoding="utf-8")
    monkeypatch.setenv("PGSERVICEFILE", str(tmp_path / "db.conf"))
    with psycopg.connect("service=tally") as connection:
        database = conninfo_to_dict(system.settings.postgres)["dbname"]
        assert connection.info.dbname == database


def test_init_twice_does_no_harm(call: Call) -> None:
    assert parsed(call("init", "--json")) == parsed(call("init", "--json"))


@pytest.mark.usefixtures("played")
def test_everything_is_proven(call: Call) -> None:
    report = parsed(call("verify", "--json"))
    assert report["holds"]
    assert report["events"] >= 5
    assert "trial_balance_zero" in [each["name"] for each in report["invariants"]]
    assert "holds" in call("verify").stdout


def test_what_somebody_changed_is_named_in_words(call: Call, system: System, played: str) -> None:
    change = "UPDATE read.wallet_profiles SET debt = %s WHERE book = %s AND wallet_id = 'alice'"
    with psycopg.connect(system.settings.postgres, autocommit=True) as connection:
        connection.execute(change, (5, played))
        try:
            proven, rebuilt = call("verify"), call("rebuild", "wallets")
        finally:
            connection.execute(change, (0, played))
    assert proven.exit_code == 1
    assert re.search(r"invariant +┃ verdict +┃ first offenders", proven.stdout)
    assert re.search(r"wallets_equal_streams +│ BROKEN", proven.stdout)
    wallet = "currency EUR, status open, balance 700, reserved 0, debt {}"
    said = f"{played} wallet alice: found {wallet.format(5)}, expected {wallet.format(0)}"
    assert said in proven.stdout
    assert rebuilt.exit_code == 1
    assert "NOT swapped in" in rebuilt.stdout
    assert re.search("wallets: only serves: .*wallet_id alice, .*debt 5", rebuilt.stderr)
    assert re.search("wallets: only built: .*wallet_id alice, .*debt 0", rebuilt.stderr)


@pytest.mark.usefixtures("played")
@pytest.mark.parametrize("words", [["breaks"], ["ledger"], ["dead-letters", "list"]], ids=" ".join)
def test_a_book_that_is_not_there_is_not_a_clean_one(
    call: Call, words: list[str], book_name: str
) -> None:
    asked = call(*words, "--book", book_name)
    assert (asked.exit_code, asked.stdout) == (1, "")
    assert asked.stderr == f"tally: there is no book {book_name}\n"
    assert call("book", "create", book_name).exit_code == 0
    assert call(*words, "--book", book_name).exit_code == 0


def test_a_file_is_proven_without_a_server(tmp_path: Path) -> None:
    proof = parsed(tally("settlement", "parse", str(BILL), "--json"))
    assert (proof["lines"], proof["currencies"]["CNY"]["gross_minor"]) == (45, 33)
    assert all(each["holds"] for each in proof["controls"])
    whole, *lines = tally("settlement", "parse", str(BILL), "--lines", "--json").stdout.splitlines()
    assert json.loads(whole) == proof
    assert len(lines) == 45
    assert sum(json.loads(each)["gross_minor"] for each in lines) == 33
    cut = tmp_path / "cut.csv"
    cut.write_bytes(BILL.read_bytes()[:-400])
    refused = tally("settlement", "parse", str(cut))
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert refused.stderr.startswith(f"tally: {cut}")


def test_an_imbalance_is_accepted_for_a_reason_that_is_shown(
    call: Call, system: System, book_name: str
) -> None:
    assert call("book", "create", book_name).exit_code == 0
    words = ("settlement", "import", str(UNBALANCED), "--book", book_name)
    refused = call(*words, "--json")
    assert refused.exit_code == 1
    assert json.loads(refused.stdout)["refused"]["code"] == "control_failed"
    reason = "the bank has counted a batch twice"
    report = parsed(call(*words, "--accept-imbalance", reason, "--json"))
    assert (report["outcome"], report["fresh"]) == ("imported", 48)
    assert report["accepted_because"] == reason
    assert (report["matched"], sum(report["breaks"].values())) == (0, 48)
    system.caught_up("settlement", book=book_name)
    (file,) = parsed(call("settlement", "show", "--book", book_name, "--json"))
    assert file["accepted_because"] == reason
    assert f"accepted: {reason}" in call("settlement", "show", "--book", book_name).stdout


def test_the_same_bytes_under_another_name_need_somebody_who_insists(
    call: Call, book_name: str
) -> None:
    assert call("book", "create", book_name).exit_code == 0
    words = ("settlement", "import", str(NAMELESS), "--book", book_name, "--account")
    assert "0 of 23 lines matched; breaks: " in call(*words, f"a{book_name}").stdout
    twice = call(*words, f"b{book_name}")
    assert (twice.exit_code, "file_of_another_account" in twice.stderr) == (1, True)
    assert call(*words, f"b{book_name}", "--again").exit_code == 0


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
    told = call("settlement", "import", str(BILL), "--book", book_name).stdout
    assert told.startswith("already_imported: ")
    assert "looked for later" not in told
    assert f"breaks --book {book_name} --data " in told


def test_read_models_are_rebuilt_and_come_out_the_same(call: Call, played: str) -> None:
    before = parsed(call("ledger", "--book", played, "--json"))
    outcomes = parsed(call("rebuild", "--all", "--json"))
    assert all(each["rebuilt"]["swapped"] for each in outcomes)
    assert [each["rebuilt"]["differences"] for each in outcomes] == [[], []]
    assert parsed(call("ledger", "--book", played, "--json")) == before


def test_a_database_that_is_not_prepared_says_what_to_do(call: Call, servers: Addresses) -> None:
    for words in (
        ["wallet", "alice"],
        ["ledger"],
        ["breaks"],
        ["events"],
        ["dead-letters", "list"],
    ):
        asked = call(*words, "--postgres", servers.postgres_dsn)
        assert (asked.exit_code, asked.stdout) == (1, "")
        assert asked.stderr.startswith("tally: this database is not prepared: `tally init` makes")
    listed = call("book", "list", "--json", "--postgres", servers.postgres_dsn)
    assert parsed(listed) == []
