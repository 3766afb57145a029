"""A registry that answers late, oddly or not at all: asked again only where that may help.

The answers come from a small HTTP server, because a real registry cannot be told to fail.
"""

import json
import threading
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from commands.outage import Outage
from consumers.surroundings import Surroundings
from infra.registry import client
from infra.registry.client import ATTEMPTS, Registry
from infra.registry.ids import MISSES_MAX, UNKNOWN_FOR_S, SchemaIds, register_all
from infra.settings import Settings
from schemas import editions, files
from tests.integration.servers import Addresses

Answer = tuple[int, Mapping[str, object] | str]
FOUND: Answer = (200, {"schema": "text"})
UNKNOWN: Answer = (404, {"error_code": 40403, "message": "not found"})
DOWN: Answer = (503, {"message": "later"})
HANG_UP: Answer = (0, "")


@dataclass
class Stand:
    """What is answered next, the last again and again; and what was asked."""

    url: str
    answers: list[Answer]
    asked: list[tuple[str, str | None]] = field(default_factory=list[tuple[str, str | None]])
    connections: set[int] = field(default_factory=set[int])


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    stand: Stand

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self._answer()

    def do_PUT(self) -> None:
        self.do_POST()

    def _answer(self) -> None:
        stand = self.stand
        stand.asked.append((self.path, self.headers["Authorization"]))
        stand.connections.add(self.client_address[1])
        status, body = stand.answers[0] if len(stand.answers) == 1 else stand.answers.pop(0)
        if (status, body) == HANG_UP:
            self.close_connection = True
            return
        data = (body if isinstance(body, str) else json.dumps(body)).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there.
        del format, args


@contextmanager
def answering(*answers: Answer) -> Generator[Stand]:
    handler = type("StandHandler", (Handler,), {})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    stand = Stand(f"http://127.0.0.1:{server.server_port}", list(answers))
    handler.stand = stand
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield stand
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(client, "PAUSE_FIRST_S", 0.01)
    monkeypatch.setattr(client, "PAUSE_MAX_S", 0.02)
    return iter(())


@pytest.mark.parametrize("trouble", [DOWN, (500, "oops"), (429, {}), (408, {}), HANG_UP])
def test_trouble_that_passes_is_not_seen(trouble: Answer) -> None:
    with answering(*[trouble] * (ATTEMPTS - 1), FOUND) as stand, Registry(stand.url) as registry:
        assert registry.schema_by_id(1) == "text"
        assert [path for path, _ in stand.asked] == ["/schemas/ids/1"] * ATTEMPTS


@pytest.mark.parametrize("trouble", [DOWN, (500, "oops"), (429, {}), HANG_UP])
def test_trouble_that_stays_is_an_outage_to_wait_for(trouble: Answer) -> None:
    with answering(trouble) as stand, Registry(stand.url) as registry:
        with pytest.raises(Outage) as caught:
            registry.schema_by_id(1)
        assert caught.value.retry
        assert len(stand.asked) == ATTEMPTS


@pytest.mark.parametrize(
    "answer",
    [
        (404, "<html>nothing here</html>"),
        (404, {"message": "no such page"}),
        (200, "<html>hello</html>"),
        (200, "[]"),
        (200, {}),
        (200, {"schema": 7}),
        (302, "elsewhere"),
        (401, {"message": "who are you"}),
        (403, {"message": "no"}),
    ],
)
def test_what_is_no_registry_is_not_asked_again(answer: Answer) -> None:
    with answering(answer) as stand, Registry(stand.url) as registry:
        with pytest.raises(Outage) as caught:
            registry.schema_by_id(1)
        assert not caught.value.retry
        assert len(stand.asked) == 1


def test_a_rule_that_somebody_else_sets_at_the_same_moment_is_set_again() -> None:
    exists: Answer = (409, {"error_code": 0, "message": "A rule already exists."})
    with answering(exists, (200, {"compatibility": "x"})) as stand, Registry(stand.url) as registry:
        registry.set_compatibility("a.B")
        assert [path for path, _ in stand.asked] == ["/config/a.B"] * 2


def test_a_registry_that_will_not_have_the_rule_says_so() -> None:
    invalid: Answer = (422, {"error_code": 42203, "message": "no such level"})
    with answering(invalid) as stand, Registry(stand.url) as registry:
        with pytest.raises(Outage, match=r"refuses the rule .* of a\.B: no such level") as caught:
            registry.set_compatibility("a.B")
        assert not caught.value.retry
        assert len(stand.asked) == ATTEMPTS


def test_a_silent_registry_is_an_outage(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody accepts: the kernel takes the connection, and no answer comes."""
    monkeypatch.setattr(client, "READ_TIMEOUT_S", 0.05)
    with answering(FOUND) as stand:
        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        try:
            with Registry(f"http://127.0.0.1:{server.server_port}") as registry:
                with pytest.raises(Outage, match="does not answer") as caught:
                    registry.schema_by_id(1)
                assert caught.value.retry
        finally:
            server.server_close()
        assert stand.asked == []


def test_a_registry_that_is_not_there_is_met_once() -> None:
    with answering(FOUND) as stand:
        pass
    with Registry(stand.url) as registry, pytest.raises(Outage, match="does not answer") as caught:
        register_all(registry)
    assert caught.value.retry


def test_one_connection_serves_many_questions() -> None:
    with answering(FOUND) as stand, Registry(stand.url) as registry:
        for schema_id in range(10):
            registry.schema_by_id(schema_id)
        assert len(stand.asked) == 10
        assert len(stand.connections) == 1


def test_credentials_are_sent_and_never_said() -> None:
    with answering(FOUND, (401, {"message": "no"})) as stand:
        with Registry(stand.url.replace("//", "//ann:s%40cret@")) as registry:
            registry.schema_by_id(1)
            with pytest.raises(Outage) as caught:
                registry.schema_by_id(2)
        assert stand.asked[0] == ("/schemas/ids/1", "Basic YW5uOnNAY3JldA==")
        assert "cret" not in f"{caught.value} {registry.url}"


def test_an_unknown_id_is_asked_again_after_a_while() -> None:
    now_s = 100.0
    with answering(UNKNOWN) as stand, Registry(stand.url) as registry:
        known = SchemaIds(registry, clock=lambda: now_s)
        assert [known.of(7) for _ in range(3)] == [None] * 3
        assert len(stand.asked) == 1
        now_s += UNKNOWN_FOR_S
        assert known.of(7) is None
        assert len(stand.asked) == 2


def test_a_flood_of_unknown_ids_asks_so_often_and_no_more() -> None:
    now_s = 100.0
    with answering(UNKNOWN) as stand, Registry(stand.url) as registry:
        known = SchemaIds(registry, clock=lambda: now_s)
        assert {known.of(each) for each in range(10 * MISSES_MAX)} == {None}
        assert len(stand.asked) == MISSES_MAX
        assert known.why_unknown(MISSES_MAX - 1).code == "unknown_schema"
        assert known.why_unknown(MISSES_MAX).code == "schema_not_asked"
        now_s += UNKNOWN_FOR_S
        assert known.of(10 * MISSES_MAX) is None
        assert len(stand.asked) == MISSES_MAX + 1


def test_what_is_known_is_told_amid_a_flood() -> None:
    schema = {"type": "record", "name": "a.B", "fields": [{"name": "x", "type": "int"}]}
    found: Answer = (200, {"schema": json.dumps(schema)})
    with answering(found, UNKNOWN) as stand, Registry(stand.url) as registry:
        known = SchemaIds(registry, clock=lambda: 100.0)
        assert known.of(1) == ("a.B", None)
        assert {known.of(each) for each in range(2, 2 * MISSES_MAX)} == {None}
        assert known.of(1) == ("a.B", None)


def test_what_is_ours_is_never_asked_for() -> None:
    """Of all editions, and it is what the registry would have said."""
    texts = {editions.name_of(name): text for name, text in files.texts().items()}
    texts |= editions.earlier()
    ours = {name: number for number, name in enumerate(texts, 1)}
    with answering(UNKNOWN) as stand, Registry(stand.url) as registry:
        known = SchemaIds(registry, ours)
        for number in range(len(ours) + 1, len(ours) + 2 * MISSES_MAX):
            assert known.of(number) is None
        stand.asked.clear()
        found = [known.of(number) for number in ours.values()]
        assert stand.asked == []
    told: list[Answer] = [(200, {"schema": text}) for text in texts.values()]
    with answering(*told) as stand, Registry(stand.url) as registry:
        asked = SchemaIds(registry)
        assert found == [asked.of(number) for number in ours.values()]
        assert len(stand.asked) == len(ours)


def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    schema = {"type": "record", "name": "a.B", "fields": [{"name": "x", "type": "int"}]}
    monkeypatch.setattr("infra.registry.ids.KNOWN_MAX", 3)
    monkeypatch.setattr("infra.registry.ids.UNKNOWN_MAX", 3)
    cases: tuple[tuple[Answer, tuple[str, None] | None], ...] = (
        ((200, {"schema": json.dumps(schema)}), ("a.B", None)),
        (UNKNOWN, None),
    )
    for answer, expected in cases:
        with answering(answer) as stand, Registry(stand.url) as registry:
            known = SchemaIds(registry)
            assert [known.of(each) for each in (1, 2, 3, 4, 2, 3, 4)] == [expected] * 7
            assert len(stand.asked) == 4
            assert known.of(1) == expected
            assert len(stand.asked) == 5


def test_nobody_asks_the_registry_again_and_again_while_postgresql_is_away(
    servers: Addresses, topic_prefix: str
) -> None:
    """Every program looks again every few seconds."""
    with answering(UNKNOWN) as stand:
        settings = Settings(
            kafka=servers.kafka_bootstrap,
            postgres="postgresql://tally@127.0.0.1:1/tally",
            registry=stand.url,
            topic_prefix=topic_prefix,
        )
        with pytest.raises(Outage, match="PostgreSQL") as caught:
            Surroundings.reach(settings)
        assert caught.value.retry
        assert stand.asked == []
