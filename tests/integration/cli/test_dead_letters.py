"""Dead letters on real servers: redriven as they came, or settled for good by a person."""

from typing import Any

from commands.outward import VALUE_BYTES_MAX
from infra.kafka import clients
from tests.integration.cli.calls import Call, parsed
from tests.integration.programs import System

HEADERS: list[tuple[str, str | bytes | None]] = [("trace", b"\x01"), ("from", b"shop")]


def publish_raw(system: System, value: bytes, key: bytes) -> None:
    producer = clients.producer(system.settings.kafka_address)
    producer.produce(system.surroundings.topics.commands, value, key, headers=HEADERS)
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
    waits = parsed(call("status", "--json", "--interval", "0"))["waits"]
    assert any("for a person: tally dead-letters list" in each for each in waits)
    dead_letter_id = one["dead_letter_id"]
    whole = parsed(call("dead-letters", "show", dead_letter_id, "--json"))
    assert bytes.fromhex(whole["value_hex"]) == b"garbage"
    assert whole["headers"] == [
        {"name": "trace", "value_hex": "01"},
        {"name": "from", "value_hex": "73686f70", "value_text": "shop"},
    ]
    assert (whole["key_text"], whole["value_text"]) == (book_name, "garbage")
    shown = call("dead-letters", "show", dead_letter_id).stdout
    assert "trace: 01, from: shop" in shown

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
    assert settled[dead_letter_id]["redriven_to"] == again
    twice = call("dead-letters", "redrive", dead_letter_id, "no-such-letter")
    assert twice.exit_code == 1
    assert twice.stdout == ""
    assert "was redriven at" in twice.stderr
    assert "no-such-letter: there is no such dead letter" in twice.stderr


def test_garbage_is_settled_for_good(call: Call, system: System, book_name: str) -> None:
    assert call("book", "create", book_name).exit_code == 0
    publish_raw(system, b"garbage", book_name.encode())
    one = system.until(
        lambda: next(iter(letters(call, "--book", book_name)), None), "a dead letter"
    )
    words = ("dead-letters", "dismiss", one["dead_letter_id"], "--reason", "a stray test")
    done = parsed(call(*words, "--by", "ada", "--json"))
    assert done == {
        "dead_letter_id": one["dead_letter_id"],
        "settled_as": "dismissed",
        "by": "ada",
    }
    assert letters(call, "--book", book_name) == []
    (kept,) = letters(call, "--book", book_name, "--all")
    said = (kept["settled_as"], kept["settled_by"], kept["settled_because"])
    assert said == ("dismissed", "ada", "a stray test")
    assert kept["settled_at"] > kept["recorded_at"]
    whole = parsed(call("dead-letters", "show", one["dead_letter_id"], "--json"))
    assert bytes.fromhex(whole["value_hex"]) == b"garbage"
    assert whole["value_text"] == "garbage"
    for again in (words, ("dead-letters", "redrive", one["dead_letter_id"])):
        refused = call(*again)
        assert (refused.exit_code, refused.stdout) == (1, "")
        assert "was dismissed at" in refused.stderr


def test_what_was_cut_is_not_redriven(call: Call, system: System, book_name: str) -> None:
    assert call("book", "create", book_name).exit_code == 0
    publish_raw(system, bytes(VALUE_BYTES_MAX + 1), book_name.encode())
    one = system.until(
        lambda: next(iter(letters(call, "--book", book_name)), None), "a dead letter"
    )
    refused = call("dead-letters", "redrive", one["dead_letter_id"])
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert "what is kept of it was cut" in refused.stderr
    assert f"offset {one['topic_offset']}" in refused.stderr
    assert [each["settled_as"] for each in letters(call, "--book", book_name)] == [""]
    shown = call("dead-letters", "show", one["dead_letter_id"])
    assert len(shown.stdout) < 40_000, "a person reads how it begins"
    assert f"({2 * VALUE_BYTES_MAX:,} characters; --json has them all)" in shown.stdout
    whole = parsed(call("dead-letters", "show", one["dead_letter_id"], "--json"))
    assert len(bytes.fromhex(whole["value_hex"])) == VALUE_BYTES_MAX
