"""Lists that are cut say so, whatever they are printed as; breaks are found by what they are of."""

import re
from pathlib import Path
from typing import Any

import pytest

from cli.breaks import kinds
from tests.integration.cli.calls import Call, parsed
from tests.integration.cli.test_dead_letters import publish_raw
from tests.integration.programs import System

ROOT = Path(__file__).parents[3]
BILL = ROOT / "providers" / "wechat" / "samples" / "bill.ALL.csv"
SAMPLES = ROOT / "tests" / "unit" / "providers" / "samples"
(FEES,) = (SAMPLES / "amazon").glob("*.txt")
PAGE = (ROOT / "docs" / "formats" / "README.md").read_text(encoding="utf-8")
ALL = 45
CUT = "tally: 10 of 45 shown; --limit 0 for all\n"


@pytest.fixture(scope="module")
def bill(call: Call, system: System) -> dict[str, Any]:
    """A bill of which we know nothing, in a book of its own: a break a line."""
    assert call("book", "create", "billed").exit_code == 0
    parsed(call("settlement", "import", str(BILL), "--book", "billed", "--json"))
    system.caught_up("settlement", book="billed")
    (file,) = parsed(call("settlement", "show", "--book", "billed", "--json"))
    return file


@pytest.fixture(scope="module")
def fees(call: Call, system: System) -> str:
    """A file in which fees are lines of their own."""
    assert call("book", "create", "fees").exit_code == 0
    words = ("settlement", "import", str(FEES), "--book", "fees", "--account", "shop")
    report = parsed(call(*words, "--json"))
    system.caught_up("settlement", book="fees")
    return str(report["proof"]["batch_id"])


@pytest.mark.parametrize("words", [["breaks", "--book", "billed"], ["settlement", "show"]])
def test_a_list_of_breaks_that_is_cut_says_so(
    call: Call, bill: dict[str, Any], words: list[str]
) -> None:
    words = words if words[0] == "breaks" else [*words, bill["batch_id"]]
    for limit, said, count in (("10", CUT, 10), ("0", "", ALL), (str(ALL), "", ALL)):
        people = call(*words, "--limit", limit)
        assert (people.exit_code, people.stderr) == (0, said)
        assert people.stdout.count("#") == count
        assert "By kind, all of them" in people.stdout
        programs = call(*words, "--limit", limit, "--json")
        assert (programs.exit_code, programs.stderr) == (0, said)
        found = parsed(programs)
        assert len(found if words[0] == "breaks" else found["breaks"]) == count


def test_every_member_of_a_file_shown_is_named(call: Call, bill: dict[str, Any]) -> None:
    whole = parsed(call("settlement", "show", bill["batch_id"], "--json"))
    named = set(re.findall(r"`([a-z_0-9]+)`", PAGE.partition("`tally settlement show")[2]))
    assert set(whole) | set(whole["currencies"][0]) <= named


@pytest.mark.usefixtures("bill", "fees")
def test_a_list_of_files_that_is_cut_says_so(call: Call) -> None:
    files = parsed(call("settlement", "show", "--json"))
    cut = call("settlement", "show", "--limit", "1", "--json")
    assert cut.stderr == f"tally: 1 of {len(files)} shown; --limit 0 for all\n"
    assert parsed(cut) == files[:1]
    assert call("settlement", "show", "--limit", "0").stderr == ""


def test_breaks_are_found_by_kind_account_and_file(call: Call, bill: dict[str, Any]) -> None:
    (kind,) = {each["kind"] for each in parsed(call("breaks", "--book", "billed", "--json"))}
    for words in (
        ("--kind", kind),
        ("--account", bill["merchant_account"]),
        ("--file", bill["batch_id"]),
    ):
        found = parsed(call("breaks", *words, "--json"))
        assert [each["book"] for each in found if each["kind"] == kind].count("billed") == ALL
    for other in set(kinds()) - {kind}:
        assert parsed(call("breaks", "--book", "billed", "--kind", other, "--json")) == []


@pytest.mark.usefixtures("bill")
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--file", "nope"], "tally: no file nope was imported\n"),
        (["--account", "nope"], "tally: no file of the account nope was imported\n"),
    ],
)
def test_a_name_that_is_not_there_is_no_good_news(call: Call, words: list[str], said: str) -> None:
    asked = call("breaks", *words, "--json")
    assert (asked.exit_code, asked.stdout, asked.stderr) == (1, "", said)


def test_a_line_that_is_all_fee_is_shown_with_what_it_costs(call: Call, fees: str) -> None:
    lines = call("settlement", "parse", str(FEES), "--lines", "--json").stdout.splitlines()
    assert len(lines) > 1
    for shown in (
        parsed(call("breaks", "--file", fees, "--json")),
        parsed(call("settlement", "show", fees, "--json"))["breaks"],
    ):
        costs = [each for each in shown if not each["amount_minor"]]
        assert costs
        assert all(each["net_minor"] for each in costs)
    assert "-19.50 USD" in call("breaks", "--file", fees).stdout


def test_a_list_of_dead_letters_that_is_cut_says_so(call: Call, system: System) -> None:
    for _ in range(2):
        publish_raw(system, b"garbage", b"main")
    words = ("dead-letters", "list", "--json")
    system.until(lambda: len(parsed(call(*words))) == 2 or None, "two dead letters")
    for limit, said, count in (("1", "tally: 1 of 2 shown; --limit 0 for all\n", 1), ("0", "", 2)):
        cut = call(*words, "--limit", limit)
        assert cut.stderr == said
        assert len(parsed(cut)) == count


def test_a_list_of_events_that_is_cut_before_its_end_says_so(call: Call, played: str) -> None:
    words = ("events", "--book", played, "--json")
    for more, said, count in (
        (("--from", "2", "--limit", "3"), "tally: 3 shown, there are more; --limit 0 for all\n", 3),
        (("--from", "3", "--limit", "3"), "", 3),
        (("--from", "2", "--limit", "0"), "", 4),
        (("--limit", "3"), "", 3),  # The last three.
    ):
        cut = call(*words, *more)
        assert (cut.exit_code, cut.stderr) == (0, said)
        assert len(cut.stdout.splitlines()) == count
