"""JSON, strictly: what the standard library reads is read the same; what is no JSON is refused."""

import json
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from providers import json_document
from providers.json_document import (
    DEPTH_MAX,
    Document,
    Members,
    Number,
    Span,
    Value,
    decoded,
    parse,
    read_document,
)
from providers.settlement_file import FileRefused
from providers.source import LINE_CHARACTERS_MAX, open_source

SCALARS = st.none() | st.booleans() | st.integers() | st.text(max_size=20)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4)
    ),
    max_leaves=20,
)


def plain(value: Value) -> object:
    """As the standard library would give it, numbers as decimals."""
    if isinstance(value, Members):
        return {name: plain(each) for name, each in value.by_name.items()}
    if isinstance(value, list):
        return [plain(each) for each in value]
    return Decimal(value.text) if isinstance(value, Number) else value


def no_constant(name: str) -> object:
    raise ValueError(name)


def code_of(text: str) -> str:
    refused = parse(text)
    assert isinstance(refused, FileRefused), text
    assert refused.message.isprintable()
    return refused.code


@given(VALUES, st.booleans())
def test_what_the_standard_library_writes_is_read(value: object, ascii_only: bool) -> None:  # noqa: FBT001 - drawn.
    document = parse(json.dumps(value, ensure_ascii=ascii_only, indent=1))
    assert isinstance(document, Document)
    assert plain(document.root) == json.loads(json.dumps(value), parse_int=Decimal)


@settings(max_examples=500)
@given(st.text('{}[]:,"\\u0041dn -+.eE1tfalsrN\n\t', max_size=30))
def test_what_is_read_is_what_the_standard_library_reads(text: str) -> None:
    document = parse(text)
    if isinstance(document, FileRefused):
        assert document.message.isprintable()
        return
    theirs = json.loads(text, parse_int=Decimal, parse_float=Decimal, parse_constant=no_constant)
    assert plain(document.root) == theirs


@pytest.mark.parametrize(
    ("text", "code"),
    [('{"a": 1, "a": 1}', "json_wrong"), ('{"a": 1, "\\u0061": 2}', "json_wrong"),
     ("NaN", "json_wrong"), ("-Infinity", "json_wrong"), ("01", "json_wrong"),
     ("1.", "json_wrong"), (".5", "json_wrong"), ("+1", "json_wrong"), ("1e", "json_wrong"),
     ("[1,]", "json_wrong"), ('{"a": 1,}', "json_wrong"), ("{a: 1}", "json_wrong"),
     ("{} {}", "json_wrong"), ("'a'", "json_wrong"), ('"a\nb"', "json_wrong"),
     ('"\\x41"', "json_wrong"), ('"\\ud800"', "json_wrong"), ('"a\tb" ', "json_wrong"),
     ("/* */ 1", "json_wrong"), ("9" * 65, "json_wrong"), ("\u00a01", "json_wrong"),
     (f'"{"a" * (LINE_CHARACTERS_MAX + 1)}"', "json_wrong"),
     ("", "file_cut_off"), ('{"a": ', "file_cut_off"), ('"abc', "file_cut_off"),
     ("[" * 10_000, "too_deep"), ('{"a":' * 10_000, "too_deep")],
)  # fmt: skip
def test_what_is_no_json_has_a_name(text: str, code: str) -> None:
    assert code_of(text) == code


def test_values_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_document, "VALUES_MAX", 4)
    assert isinstance(parse("[1, 2, 3]"), Document)
    assert code_of("[1, [2, 3]]") == "too_many_parts"


def test_a_fault_has_its_place() -> None:
    refused = parse('{\n "a": 1,\n "b" 2}')
    assert isinstance(refused, FileRefused)
    assert refused.line_number == 3
    assert refused.message == "line 3, column 6: printed '2}', expected the mark :"


def test_the_deepest_that_is_allowed_is_read() -> None:
    assert isinstance(parse("[" * (DEPTH_MAX + 1) + "]" * (DEPTH_MAX + 1)), Document)


def test_a_long_text_is_kept_as_its_place_and_may_hold_raw_line_breaks() -> None:
    text = '{"report": "a,\\"b\\"\r\n\tc\\n", "other": "x"}'
    document = parse(text, spans=("report",))
    assert isinstance(document, Document)
    assert isinstance(document.root, Members)
    span = document.root.by_name["report"]
    assert isinstance(span, Span)
    assert decoded(text[span.start : span.end]) == 'a,"b"\r\n\tc\n'
    assert code_of(text) == "json_wrong"
    assert code_of('{"report": "a\0b"}') == "json_wrong"


@pytest.mark.parametrize("text", ['a"b', 'a\\"b', "a\\\\", '\\"\\\\"', "\\n", '"\n"'])
def test_escapes_are_undone_as_they_were_made(text: str) -> None:
    assert decoded(json.dumps(text)[1:-1]) == text


def test_half_a_character_is_no_text() -> None:
    assert decoded("\\ud83d\\ude00") == "\U0001f600"
    assert decoded("\\ude00") is None


@pytest.mark.parametrize(
    ("content", "code"),
    [(b'{"a": "\xff"}', "encoding_wrong"), (b"[" + b" " * 99, "file_too_large")],
)
def test_bytes_that_do_not_count(
    file: Path, content: bytes, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(json_document, "DOCUMENT_BYTES_MAX", 64)
    file.write_bytes(content)
    with open_source(file) as source:
        refused = read_document(source)
    assert isinstance(refused, FileRefused)
    assert refused.code == code


def test_a_byte_order_mark_is_passed_over(file: Path) -> None:
    file.write_bytes(b"\xef\xbb\xbf[]")
    with open_source(file) as source:
        assert read_document(source) == Document([], "[]")
