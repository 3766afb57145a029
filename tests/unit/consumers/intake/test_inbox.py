"""The inbox: what is whole waits in order, and nothing is ever written over."""

import json
import os
from pathlib import Path

import pytest

from consumers.intake.inbox import NAME_BYTES_MAX, Inbox, Told, as_shown, is_plain


@pytest.fixture
def inbox(tmp_path: Path) -> Inbox:
    inbox = Inbox(tmp_path / "inbox")
    inbox.prepare("main")
    return inbox


def put(inbox: Inbox, name: str, text: str = "") -> Path:
    path = inbox.folder / "main" / name
    path.write_text(text, encoding="utf-8")
    return path


def test_whole_files_wait_in_the_order_of_their_names(inbox: Inbox) -> None:
    for name in ("2.csv", "1.csv.gz", "3.csv.part", ".1.csv", "10.csv"):
        put(inbox, name)
    assert [path.name for path in inbox.look("main").waiting] == ["1.csv.gz", "10.csv", "2.csv"]


def test_what_was_put_aside_does_not_wait(inbox: Inbox) -> None:
    inbox.done(put(inbox, "a.csv"))
    inbox.refused(put(inbox, "b.csv"), {"code": "no_lines"})
    assert inbox.look("main").waiting == []


def test_files_of_one_name_lie_beside_each_other(inbox: Inbox) -> None:
    places = [inbox.done(put(inbox, "bill.csv", text)) for text in ("one", "two", "three")]
    assert [place.name for place in places] == ["bill.csv", "bill.csv.2", "bill.csv.3"]
    assert [place.read_text(encoding="utf-8") for place in places] == ["one", "two", "three"]


def test_a_refused_file_lies_beside_its_reason(inbox: Inbox) -> None:
    for code in ("no_lines", "totals_missing"):
        place = inbox.refused(put(inbox, "bill.csv", code), {"code": code, "line_number": 3})
        reason = json.loads(Path(f"{place}.reason.json").read_text(encoding="utf-8"))
        assert reason == {"file": "bill.csv", "code": code, "line_number": 3}
        assert place.read_text(encoding="utf-8") == code
    assert (inbox.folder / "main" / "refused" / "bill.csv.2.reason.json").exists()


@pytest.mark.parametrize("name", [b"bill-\xff.csv", b"b" * 251 + b".csv", b"a\nb\x1b[31m.csv"])
def test_a_name_that_is_not_plain_is_put_aside_under_one_that_is(inbox: Inbox, name: bytes) -> None:
    path = put(inbox, os.fsdecode(name), "a bill")
    assert not is_plain(path.name)
    place = inbox.refused(path, {"code": "file_name_not_plain"})
    assert is_plain(place.name)
    reason = json.loads(Path(f"{place}.reason.json").read_text(encoding="utf-8"))
    assert reason == {"file": place.name, "code": "file_name_not_plain"}
    assert place.read_text(encoding="utf-8") == "a bill"
    assert inbox.look("main").waiting == []


@pytest.mark.parametrize("name", ["bill.csv", "3月 账单.csv", "b" * NAME_BYTES_MAX])
def test_a_plain_name_is_shown_as_it_is(name: str) -> None:
    assert is_plain(name)
    assert as_shown(name) == name


def test_a_reason_that_was_left_alone_is_kept(inbox: Inbox) -> None:
    """As a kill between the two leaves it: the next run gives the file another name."""
    left = inbox.folder / "main" / "refused" / "bill.csv.reason.json"
    left.write_text("{}", encoding="utf-8")
    place = inbox.refused(put(inbox, "bill.csv"), {"code": "no_lines"})
    assert place.name == "bill.csv.2"
    assert left.read_text(encoding="utf-8") == "{}"


def test_only_regular_files_are_taken_and_nothing_is_followed(inbox: Inbox) -> None:
    folder = inbox.folder / "main"
    real = put(inbox, "real.csv", "a bill")
    (folder / "link.csv").symlink_to(real)
    (folder / "nowhere.csv").symlink_to(folder / "nothing")
    (folder / "folder").mkdir()
    os.mkfifo(folder / "pipe")
    os.mkfifo(folder / ".hidden")
    seen = inbox.look("main")
    assert seen.waiting == [real]
    assert [each.name for each in seen.passed_over] == ["folder", "link.csv", "nowhere.csv", "pipe"]


def test_a_folder_of_no_book_is_found_where_it_holds_files(inbox: Inbox) -> None:
    assert inbox.bookless(["main"]) == []
    inbox.prepare("gone")  # A book that was: its own folders are no files.
    (inbox.folder / "typo").mkdir()
    assert inbox.bookless(["main"]) == []
    file = inbox.folder / "typo" / "bill.csv"
    file.write_text("a bill", encoding="utf-8")
    assert inbox.bookless(["main"]) == [inbox.folder / "typo"]
    assert inbox.bookless(["main", "typo"]) == []
    assert file.exists()
    assert Inbox(inbox.folder / "nothing").bookless([]) == []


def test_what_stays_is_told_once_and_anew_when_it_comes_back() -> None:
    told, a, b = Told(), Path("a"), Path("b")
    assert told.news([b, a]) == [a, b]
    assert told.news([a, b]) == []
    assert told.news([b]) == []
    assert told.news([a, b]) == [a]
