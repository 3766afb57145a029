"""A release whose WalletOpened is of the second edition, and what the release before it wrote.

Shape: `with of_wallet_opened(folder):` this process has a folder of schemas with an edition before
that of today, in which two texts lie the other way round: read by the wrong edition, nothing
fails, and the owner is a `buyer`.
"""

import json
import shutil
from collections.abc import Generator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

import fastavro

from domain.wallet import WalletOpened
from schemas import codec, editions, files

OPENED = "tally.wallet.v1.WalletOpened"
SECOND = OPENED + "#2"
CACHES = (  # What a new process has anew.
    *(files.texts, files.editions, editions.name_of),
    *(codec.ours, codec.writer_of, codec.reading_of),
)


@contextmanager
def of_wallet_opened(folder: Path) -> Generator[None]:
    real = files.FOLDER
    shutil.copytree(real, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    path = folder / files.EARLIER / "1" / files.path_of(OPENED)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(_first_schema()), encoding="utf-8")
    files.FOLDER = folder
    _forget()
    try:
        yield
    finally:
        files.FOLDER = real
        _forget()


def by_the_first(event: WalletOpened) -> bytes:
    """The bytes that the release before has written."""
    stream = BytesIO()
    record = {name: getattr(event, name) for name in event.__match_args__}
    fastavro.schemaless_writer(stream, fastavro.parse_schema(_first_schema()), record)
    return stream.getvalue()


def _first_schema() -> dict[str, object]:
    schema = json.loads((Path(codec.__file__).parent / files.path_of(OPENED)).read_text("utf-8"))
    fields = schema["fields"]
    names = [each["name"] for each in fields]
    owner, kind = names.index("owner_id"), names.index("type")
    fields[owner], fields[kind] = fields[kind], fields[owner]
    return schema


def _forget() -> None:
    for each in CACHES:
        each.cache_clear()
