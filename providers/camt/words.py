"""What an entry says in words: where a bank names the payout or the payment.

Shape: words_of(tags, parts, details) -> at most TEXT_CHARACTERS_MAX characters: remittance and keys
of the details in their order, charges, then what the bank adds.
"""

from collections.abc import Iterator

from providers.camt.document import Element
from providers.camt.parts import Tags, reference, text_of
from providers.settlement_file import TEXT_CHARACTERS_MAX


def words_of(tags: Tags, parts: dict[str, Element], details: list[Element]) -> str:
    """All words, parted by ` | `."""
    said: list[str] = []
    length = 0
    for word in _words(tags, parts, details):
        if word and (not said or word != said[-1]):
            said.append(word)
            length += len(word) + 3
            if length > TEXT_CHARACTERS_MAX:
                break
    return " | ".join(said)[:TEXT_CHARACTERS_MAX]


def _words(tags: Tags, entry: dict[str, Element], details: list[Element]) -> Iterator[str]:
    many = len(details) > 1
    for detail in details:
        parts = tags.parts(detail).first
        if many and "Refs" in parts:
            yield reference(tags.parts(parts["Refs"]).first.get("EndToEndId"))
        if "RmtInf" in parts:
            for element in parts["RmtInf"].iter(*tags.remittance):
                yield text_of(element)
        yield _charges(tags, parts.get("Chrgs"))
        yield text_of(parts.get("AddtlTxInf"))
    yield _charges(tags, entry.get("Chrgs"))
    yield text_of(entry.get("AddtlNtryInf"))


def _charges(tags: Tags, element: Element | None) -> str:
    """`Chrgs 1.24 CHF`: recorded, never computed with."""
    if element is None:
        return ""
    for path in ("TtlChrgsAndTaxAmt", "Amt", "Rcrd/Amt"):
        found = element.find(tags.path(path))
        if found is not None:
            return f"Chrgs {text_of(found)} {found.get('Ccy', '')}"
    return ""
