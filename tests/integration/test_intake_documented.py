"""What docs/reconciliation.md shows is what works: its questions, its command, its codes."""

import gzip
import json
import re
from collections.abc import Generator
from hashlib import sha256

import pytest

from consumers.asking import Ask
from consumers.intake.importing import import_file
from consumers.intake.reporting import ImportReport
from domain.settlement import ResolveBreak, settlement_of
from providers.wechat.bill import BillRow
from providers.wechat.plant import plant
from providers.wechat.synthetic import synthetic_rows
from schemas.from_json import Line, command_from_json
from tests.integration.billed import bill_file, play
from tests.integration.programs import ROOT, System, running
from tests.integration.servers import Addresses

PAGE = (ROOT / "docs" / "reconciliation.md").read_text(encoding="utf-8")
QUESTIONS = re.findall(r"```sql\n(.*?)```", PAGE, re.DOTALL)
CODE = re.compile(r'FileRefused\(\s*"(\w+)"|"code": "(\w+)"')


@pytest.fixture(scope="module")
def rows() -> tuple[BillRow, ...]:
    return tuple(synthetic_rows(40, seed=21))


@pytest.fixture(scope="module")
def system(
    servers: Addresses, tmp_path_factory: pytest.TempPathFactory, rows: tuple[BillRow, ...]
) -> Generator[System]:
    folder = tmp_path_factory.mktemp("documented")
    changed, _ = plant(rows, seed=5)
    with running(servers, folder, programs=("writer", "relay", "projector")) as system:
        play(system, rows, bill_file(folder / "whole.csv", rows))
        bill = bill_file(folder / "bill.csv", changed)
        report = import_file(system.surroundings, bill, book="main")
        assert isinstance(report, ImportReport)
        system.caught_up("settlement")
        yield system


def ask(system: System, question: str) -> list[dict[str, object]]:
    with system.connect() as connection:
        cursor = connection.execute(question.encode())
        names = [column.name for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def question(about: str) -> str:
    (found,) = (each for each in QUESTIONS if about in each)
    return found


def test_every_question_has_an_answer(system: System) -> None:
    assert len(QUESTIONS) == 6
    for each in QUESTIONS:
        assert ask(system, each), each


def test_the_comparison_is_of_the_file(system: System) -> None:
    (compared,) = ask(system, question("settlement_comparison"))
    assert compared["stated_net"] == compared["net"]
    # Forty rows, one taken out, a stranger and a double put in; these two answer nothing of ours,
    # and two others answer at another amount.
    assert (compared["lines"], compared["matched"], compared["in_question"]) == (41, 39, 4)


def test_the_kept_bytes_are_the_file(system: System) -> None:
    parts = [row["bytes"] for row in ask(system, question("file_parts"))]
    plain = gzip.decompress(b"".join(part for part in parts if isinstance(part, bytes)))
    (known,) = ask(system, "SELECT sha256, size FROM tally.files")
    assert (sha256(plain).hexdigest(), len(plain)) == (known["sha256"], known["size"])


def test_the_command_that_resolves_a_break_is_one() -> None:
    (shown,) = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
    line = command_from_json(json.loads(shown))
    assert isinstance(line, Line), line
    assert isinstance(line.command, ResolveBreak)
    assert settlement_of(line.command.break_id) == line.command.settlement_id


def test_the_page_has_every_code_of_intake() -> None:
    modules = [path.read_text("utf-8") for path in (ROOT / "consumers" / "intake").glob("*.py")]
    used = {"".join(found) for text in modules for found in CODE.findall(text)}
    table = PAGE.partition("there is\n")[2].partition("\n\nA **stopped**")[0]
    assert set(re.findall(r"^\| `(\w+)`", table, re.MULTILINE)) == used


def test_a_break_is_resolved_as_the_page_shows(system: System) -> None:
    (shown,) = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
    breaks = ask(system, question("ORDER BY abs(amount)"))
    case = next(each for each in breaks if each["kind"] == "amount_differs")
    example = json.loads(shown)
    example["data"]["break_id"] = case["break_id"]
    example["data"]["settlement_id"] = str(case["break_id"]).rpartition("#")[0]
    line = command_from_json(example)
    assert isinstance(line, Line), line
    with system.asker() as asker:
        answer = asker.ask(Ask(line.book, line.meta, line.command))
    assert (answer.status, answer.code, answer.detail) == ("accepted", "", "")
    system.caught_up("settlement")
    left = {each["break_id"] for each in ask(system, question("ORDER BY abs(amount)"))}
    assert left == {each["break_id"] for each in breaks} - {case["break_id"]}
