"""What banks print outside of SWIFT's rules: line ends, envelopes, words that look like fields."""

from providers.settlement_file import FileProof
from tests.unit.providers.conftest import Prove, Read
from tests.unit.providers.mt940.test_grammar import statement


def test_fields_that_nobody_knows_may_come_twice(prove_bytes: Prove) -> None:
    assert isinstance(prove_bytes(statement(":99X:1", ":61:260102C0,NTRFX", ":99X:2")), FileProof)


def test_lines_are_counted_whatever_ends_them(read_bytes: Read) -> None:
    for end in (b"\n", b"\r", b"\r\r\n"):
        content = statement(":61:260102C1,NTRFX", ":61:260102D1,NTRFX").replace(b"\n", end)
        assert [line.line_number for line in read_bytes(content)] == [5, 6]


def test_words_that_look_like_a_tag_are_words(read_bytes: Read) -> None:
    full = ":86:177?00GUT?20KREF+2026-01-02T00".ljust(65, "x")
    for rest in (":58:23:09 A", ":20:15:33 A", ":13:00 A", ":12:STYLE"):
        content = statement(":61:260102C1,NTRFX", full, rest, ":61:260102D1,NTRFX", ":86:B")
        lines = read_bytes(content)
        assert [line.text for line in lines] == [full[4:] + rest, "B"]
        assert lines[0].raw.endswith(rest)


def test_a_movement_may_follow_a_full_line(read_bytes: Read) -> None:
    full = ":86:".ljust(65, "x")
    for day in ("260102", "000102", "200102"):
        moved = f":61:{day}C1,NTRFX"
        content = statement(moved, full, moved, full, closing="C260102EUR2,")
        assert [line.net_minor for line in read_bytes(content)] == [100, 100]


def test_words_that_are_not_of_swift(read_bytes: Read) -> None:
    moved = (":61:260102C1,NTRFX", ":NS:01RENT", "02MAY", ":61:260102D1,NTRFX", ":NS:01BACK")
    content = statement(*moved).replace(b":60F:", b":NS:22HOUSE LTD\n23GIRO\n:60F:")
    assert [line.text for line in read_bytes(content)] == ["01RENT\n02MAY", "01BACK"]


def test_line_ends_and_envelopes_of_some_ways(read_bytes: Read) -> None:
    plain = statement(":61:260102C1,NTRFX", ":86:ONE@@TWO", ":61:260102D1,NTRFX", ":86:END")
    plain = plain.removesuffix(b"-\n")
    ways = (
        plain.replace(b"\n", b"\r\r\n"), plain.replace(b"\n", b"\r"),
        b"@@" + plain.replace(b"\n", b"@@") + b"-",
        plain + b"-+@446@\n", b"\xe44:\n" + plain + b"-\xe5\n",
        "ä4:\n".encode() + plain + "-å\n".encode(),
    )  # fmt: skip
    one = [(line.text, line.raw) for line in read_bytes(plain)]
    for way in ways:
        found = [(line.text, line.raw) for line in read_bytes(way)]
        assert found == one or way[:2] == b"@@"
        assert [text for text, _ in found][1] == "END"
