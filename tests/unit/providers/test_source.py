"""Bytes to lines: any cut, any line end, packed or plain, and every limit."""

import gzip
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers import source as module
from providers.source import GZIP_MAGIC, Source, open_source, plain_head


class Drip(BytesIO):
    """A stream that gives a few bytes at a time, as a pipe may."""

    def __init__(self, content: bytes, most: int) -> None:
        super().__init__(content)
        self._most = most

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(min(size or 0, self._most))


def all_lines(content: bytes, most: int = 1 << 20) -> tuple[list[str], Source]:
    source = Source(Drip(content, most))
    return [line for batch in source.batches() for line in batch], source


LINES = st.lists(st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\n\r\0")))


@given(LINES, st.sampled_from(["\n", "\r\n"]), st.sampled_from(["", "\ufeff"]), st.integers(1, 9))
def test_lines_come_out_as_they_went_in(lines: list[str], end: str, bom: str, most: int) -> None:
    content = (bom + "".join(line + end for line in lines)).encode()
    found, source = all_lines(content, most)
    expected = [*lines]
    if expected and not bom:
        expected[0] = expected[0].removeprefix("\ufeff")
    if not lines and bom:
        expected = [""]
    assert found == expected
    assert source.fault is None
    assert source.sha256 == sha256(content).hexdigest()


@pytest.mark.parametrize("content", [b"a\nb", b"a\r\nb\r", b"a\nb\r\n", b"a\nb\n"])
def test_the_last_line_needs_no_end(content: bytes) -> None:
    assert all_lines(content)[0] == ["a", "b"]


def test_a_carriage_return_inside_a_line_stays() -> None:
    assert all_lines(b"a\rb\n")[0] == ["a\rb"]


def test_other_encodings_are_read() -> None:
    source = Source(BytesIO("交易\n结束".encode("gb18030")))
    assert list(source.batches("gb18030")) == [["交易"], ["结束"]]


@pytest.mark.parametrize(
    ("content", "code", "number"),
    [(b"a\nb\nc\xff\n", "encoding_wrong", 3), (b"a\nb\0\n", "zero_byte", 2),
     (b"a\n\xe4\xba", "encoding_wrong", 2)],
)  # fmt: skip
def test_bad_bytes_are_a_fault_with_their_line(content: bytes, code: str, number: int) -> None:
    for most in (1, 2, 1 << 20):
        found, source = all_lines(content, most)
        assert source.fault is not None
        assert (source.fault.code, source.fault.line_number) == (code, number)
        assert found == ["a", "b", "c"][: len(found)]


@pytest.mark.parametrize("ended", [b"", b"\nz\n"])
def test_an_endless_line_is_a_fault(ended: bytes) -> None:
    content = b"a\n" + b"x" * (5 * module.LINE_CHARACTERS_MAX) + ended
    _, source = all_lines(content)
    assert source.fault is not None
    assert (source.fault.code, source.fault.line_number) == ("line_too_long", 2)
    fits, at_limit = all_lines(b"x" * module.LINE_CHARACTERS_MAX)
    assert at_limit.fault is None
    assert len(fits) == 1


def test_limits_of_lines_and_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LINES_MAX", 3)
    assert all_lines(b"1\n2\n3\n")[1].fault is None
    _, many = all_lines(b"1\n2\n3\n4\n")
    assert many.fault is not None
    assert many.fault.code == "too_many_lines"
    monkeypatch.setattr(module, "FILE_BYTES_MAX", 100)
    _, large = all_lines(b"x" * 101)
    assert large.fault is not None
    assert large.fault.code == "file_too_large"


def test_a_gzip_bomb_ends_at_the_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "FILE_BYTES_MAX", 1 << 20)
    path = tmp_path / "bomb"
    path.write_bytes(gzip.compress(b"\n" * (1 << 24)))
    with open_source(path) as source:
        read = sum(len(batch) for batch in source.batches())
    assert source.fault is not None
    assert source.fault.code == "file_too_large"
    assert read <= 1 << 20


def test_gzip_is_undone_and_the_hash_is_of_the_content(tmp_path: Path) -> None:
    content = b"a\nb\n" * 1000
    path = tmp_path / "packed.csv"
    path.write_bytes(gzip.compress(content))
    with open_source(path) as source:
        assert sum(len(batch) for batch in source.batches()) == 2000
        assert source.sha256 == sha256(content).hexdigest()


def test_every_cut_of_a_gzip_file_is_a_fault(tmp_path: Path) -> None:
    packed = gzip.compress(b"line\n" * 50)
    path = tmp_path / "cut"
    for length in range(len(GZIP_MAGIC), len(packed)):
        path.write_bytes(packed[:length])
        with open_source(path) as source:
            list(source.batches())
        assert source.fault is not None, length
        assert source.fault.code == "gzip_damaged"
    path.write_bytes(packed + b"more")
    with open_source(path) as source:
        list(source.batches())
    assert source.fault is not None


@given(st.binary(max_size=200))
def test_a_head_is_unpacked_as_far_as_it_goes(content: bytes) -> None:
    if not content.startswith(GZIP_MAGIC):
        assert plain_head(content) == content
    assert plain_head(gzip.compress(content)) == content
    assert isinstance(plain_head(GZIP_MAGIC + content), bytes)
