"""A way to prove bytes as a file, fast enough for tens of thousands of cases."""

from collections.abc import Callable
from pathlib import Path

import pytest

from providers.formats import lines, prove
from providers.settlement_file import FileProof, FileRefused, SettlementLine

Prove = Callable[[bytes], FileProof | FileRefused]
Read = Callable[[bytes], tuple[SettlementLine, ...]]


@pytest.fixture(scope="session")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One file, written over by every case."""
    return tmp_path_factory.mktemp("settlement") / "file"


@pytest.fixture(scope="session")
def prove_bytes(file: Path) -> Prove:
    def prove_them(content: bytes) -> FileProof | FileRefused:
        file.write_bytes(content)
        return prove(file)

    return prove_them


@pytest.fixture(scope="session")
def read_bytes(file: Path) -> Read:
    """Prove, then give the lines; the bytes must be those of a good file."""

    def read_them(content: bytes) -> tuple[SettlementLine, ...]:
        file.write_bytes(content)
        proof = prove(file)
        assert isinstance(proof, FileProof), proof
        return tuple(lines(file, proof))

    return read_them
