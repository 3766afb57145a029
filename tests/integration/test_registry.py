"""Our schemas at the real registry: ids that last, changes that are refused, others' versions."""

import json
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from commands.outage import Outage
from domain.wallet import WalletFrozen
from infra.registry.client import COMPATIBILITY, Registry, Rejected
from infra.registry.ids import SchemaIds, register_all
from schemas import codec, files
from schemas.malformed import Malformed
from tests.integration.conftest import StartServers
from tests.integration.servers import Addresses

FROZEN = "tally.wallet.v1.WalletFrozen"
AT_ONCE = 4  # Our four programs, on a registry that is new.


@pytest.fixture
def registry(servers: Addresses) -> Generator[Registry]:
    with Registry(servers.registry_url) as registry:
        yield registry


def text(name: str, *kinds: object, default: object = None) -> str:
    """A record `test.<name>` with a field of each kind; the last may have a default."""
    fields = [{"name": f"f{n}", "type": kind} for n, kind in enumerate(kinds)]
    if default is not None:
        fields[-1]["default"] = default
    return json.dumps({"type": "record", "name": name, "namespace": "test", "fields": fields})


def test_all_are_registered_once(registry: Registry) -> None:
    ids = register_all(registry)
    assert set(ids) == set(files.texts())
    assert len(set(ids.values())) == len(ids)
    assert register_all(registry) == ids
    for full_name, schema_id in ids.items():
        assert registry.schema_by_id(schema_id) == files.texts()[full_name]
        assert registry.compatibility(full_name) == COMPATIBILITY


def test_programs_that_register_for_the_first_time_at_once_agree(
    servers: Addresses, book_name: str
) -> None:
    names = [f"{book_name}x{number}" for number in range(20)]
    schemas = {f"test.{name}": text(name, "string") for name in names}
    together = Barrier(AT_ONCE)

    def program(_: int) -> dict[str, int]:
        with Registry(servers.registry_url) as registry:
            together.wait()
            return register_all(registry, schemas)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        first, *others = pool.map(program, range(AT_ONCE))
    assert others == [first] * len(others)
    with Registry(servers.registry_url) as registry:
        assert register_all(registry, schemas) == first
        assert {registry.compatibility(name) for name in schemas} == {COMPATIBILITY}


def test_a_schema_is_found_by_its_id(registry: Registry) -> None:
    ids = register_all(registry)
    known = SchemaIds(registry)
    for full_name, schema_id in ids.items():
        assert known.of(schema_id) == (full_name, None)


def test_the_same_text_has_the_same_id_under_another_subject(
    registry: Registry, book_name: str
) -> None:
    schema_id = registry.register(subject=f"test.{book_name}", text=files.texts()[FROZEN])
    assert schema_id == register_all(registry)[FROZEN]


def test_nothing_is_found_where_nothing_is(registry: Registry, book_name: str) -> None:
    subject = f"test.{book_name}"
    assert registry.id_of(subject=subject, text=files.texts()[FROZEN]) is None
    assert registry.compatibility(subject) is None
    assert registry.schema_by_id(2_000_000_000) is None
    assert SchemaIds(registry).of(2_000_000_000) is None


def test_an_incompatible_change_is_refused(registry: Registry, book_name: str) -> None:
    subject = f"test.{book_name}"
    registry.set_compatibility(subject)
    first = registry.register(subject=subject, text=text(book_name, "string"))
    second = registry.register(subject=subject, text=text(book_name, "string", "long", default=0))
    assert isinstance(first, int)
    assert isinstance(second, int)
    assert first != second
    refused = {
        "a field without default": text(book_name, "string", "long"),
        "a field taken away": text(book_name, "boolean"),
        "another type": text(book_name, "long"),
        "fits the first, not the second": text(book_name, "string", "string", default=""),
    }
    for why, schema in refused.items():
        assert isinstance(registry.register(subject=subject, text=schema), Rejected), why
    assert registry.id_of(subject=subject, text=refused["another type"]) is None


def test_a_release_that_does_not_fit_says_so(registry: Registry, book_name: str) -> None:
    name = f"test.{book_name}"
    register_all(registry, {name: text(book_name, "string")})
    with pytest.raises(Outage, match=f"refuses the schema of {name}") as caught:
        register_all(registry, {name: text(book_name, "long")})
    assert not caught.value.retry


def test_the_rule_is_set_where_somebody_else_was_first(registry: Registry, book_name: str) -> None:
    name, schema = f"test.{book_name}", text(book_name, "string")
    schema_id = registry.register(subject=name, text=schema)
    assert registry.compatibility(name) != COMPATIBILITY
    assert register_all(registry, {name: schema}) == {name: schema_id}
    assert registry.compatibility(name) == COMPATIBILITY


def test_text_that_is_no_schema_is_refused(registry: Registry, book_name: str) -> None:
    refused = registry.register(subject=f"test.{book_name}", text="nonsense")
    assert isinstance(refused, Rejected)
    assert refused.detail


def test_a_newer_version_of_ours_is_read(registry: Registry, book_name: str) -> None:
    """Under a subject of its own, so that others still find ours as the latest."""
    newer = json.loads(files.texts()[FROZEN])
    newer["fields"].append({"name": "until_us", "type": "long", "default": 0})
    schema_id = registry.register(subject=f"test.{book_name}", text=json.dumps(newer))
    assert isinstance(schema_id, int)
    known = SchemaIds(registry).of(schema_id)
    assert known is not None
    assert known.full_name == FROZEN
    event = codec.decode_event(FROZEN, b"\2w\2r\x0e", known.written)
    assert event == WalletFrozen("w", "r")


def test_a_schema_that_nobody_should_write_by_is_not_accepted(
    registry: Registry, book_name: str
) -> None:
    itself = ["null", f"test.{book_name}"]
    schema_id = registry.register(subject=f"test.{book_name}", text=text(book_name, itself))
    assert isinstance(schema_id, int)
    known = SchemaIds(registry)
    for _ in range(2):
        with pytest.raises(Malformed) as caught:
            known.of(schema_id)
        assert caught.value.code == "schema_not_accepted"


def test_ids_survive_a_restart(own_servers: StartServers) -> None:
    servers = own_servers("postgres", "registry")
    with Registry(servers.registry_url) as registry:
        ids = register_all(registry)
        servers.registry.kill()
        with pytest.raises(Outage, match="does not answer") as caught:
            registry.schema_by_id(ids[FROZEN])
        assert caught.value.retry
        servers.registry.start()
        assert registry.schema_by_id(ids[FROZEN]) == files.texts()[FROZEN]
        known = SchemaIds(registry)
        assert {known.of(each) for each in ids.values()} == {(name, None) for name in ids}
        assert register_all(registry) == ids
        refused = registry.register(subject=FROZEN, text=text("WalletFrozen", "long"))
        assert isinstance(refused, Rejected)
