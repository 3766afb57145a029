"""Where a running `tally up` has its servers: DIR/tally.json, for the other commands.

Shape: publish(settings), withdraw(data); complete(settings) fills in what nobody has said, from
a `tally up` that runs on the same folder.
Rules: readable by its owner alone, for it holds the passwords of PostgreSQL and Kafka; of a process
that is gone it means nothing. A Kafka that was said comes without the passwords of another.
Errors: Outage(retry=False) names what is missing and how to give it.
"""

import json
import os
from pathlib import Path
from typing import Any

from commands.outage import Outage
from infra.called import hint
from infra.settings import Settings

OWNER_FILE = "lock"  # As infra/embedded/data.py writes it.
FILE = "tally.json"
# What must be the same for everybody who works on the same books.
SERVERS = ("kafka", "kafka_options", "postgres", "registry")
SHARED = (*SERVERS, "topic_prefix", "partitions", "replicas")
OPTIONS = {"kafka": "--kafka", "postgres": "--postgres", "registry": "--registry"}


def publish(settings: Settings) -> None:
    """Say where everything is. Whole or not at all."""
    said = {name: getattr(settings, name) for name in SHARED} | {"pid": os.getpid()}
    path = settings.data / FILE
    unfinished = path.with_suffix(".new")
    unfinished.touch(mode=0o600)
    unfinished.write_text(json.dumps(said, indent=1) + "\n", encoding="utf-8")
    unfinished.replace(path)


def withdraw(data: Path) -> None:
    (data / FILE).unlink(missing_ok=True)


def complete(settings: Settings, *needed: str) -> Settings:
    """The settings with what a running `tally up` knows. Errors: Outage(retry=False)."""
    found = _published(settings.data)
    unsaid = {name: found[name] for name in SHARED if name in found and not _said(settings, name)}
    if _said(settings, "kafka"):
        unsaid.pop("kafka_options", None)
    whole = settings.model_copy(update=unsaid)
    missing = [name for name in needed if not getattr(whole, name)]
    if missing:
        options = ", ".join(OPTIONS[name] for name in missing)
        if (owner := _starting(settings.data)) is not None:
            said = f"`tally up` (process {owner}) is still starting under {settings.data}"
            raise Outage(f"{said}: call again when it says that everything runs", retry=False)
        raise Outage(
            f"nothing runs under {settings.data}: start it with"
            f" `{hint('up', data=settings.data)}`, or say where to find"
            f" {' and '.join(missing)} ({options}, TALLY_… or tally.toml)",
            retry=False,
        )
    return whole


def _starting(data: Path) -> int | None:
    """Who has taken the folder and has not said yet where its servers are."""
    try:
        owner = int((data / OWNER_FILE).read_text(encoding="ascii"))
        os.kill(owner, 0)
    except (OSError, ValueError):  # Nobody's yet, or of a process that is gone or not ours.
        return None
    return owner


def _said(settings: Settings, name: str) -> bool:
    """By option, environment or file; an empty address says nothing."""
    return name in settings.model_fields_set and getattr(settings, name) != ""


def _published(data: Path) -> dict[str, Any]:
    path = data / FILE
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        os.kill(said["pid"], 0)
    except (FileNotFoundError, ProcessLookupError):
        return {}
    except PermissionError:
        return {}  # Somebody else's: neither the file nor the process is ours to use.
    return said
