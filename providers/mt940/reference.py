"""Our reference inside `:86:`, where `:61:` has none: what SEPA calls end-to-end.

Shape: reference_in(text, said) -> the reference, or nothing. `said` is what `:61:` has in place
of one, often the name of the kind of reference that the text has.
Layouts: German, `EREF+` in the sub-fields 20 to 29 and 60 to 63, which cut words anywhere; Dutch,
`/EREF/…/` up to the next name between slashes. A mandate is no reference: many payments have it.
Source: docs/formats/mt940.md.
"""

import re

from providers.mt940.grammar import NO_REFERENCE

KINDS = ("EREF", "KREF", "PREF")  # End to end, of the customer, of the customer's order as a whole.
SEPA_CHARACTERS_MAX = 35
_MARK = re.compile(
    r"[0-9]{3}([^0-9A-Za-z\s])"
)  # A code of the transaction, then what parts fields.
_SAID = re.compile(r"(?:2[0-9]|6[0-3])")
_NAMES = "EREF|KREF|PREF|MREF|CRED|DEBT|COAM|OAMT|SVWZ|ABWA|ABWE|PURP|RREF|MTLG|IBAN|BIC"
_GERMAN = {kind: re.compile(rf"{kind}\+(.*?)(?=(?:{_NAMES})[+:]|$)") for kind in KINDS}
_DUTCH = {kind: re.compile(rf"/{kind}/(.*?)(?=/[A-Z]{{2,4}}/|$)") for kind in KINDS}


def reference_in(text: str, *, said: str) -> str:
    """The first kind of reference there is; the kind that `:61:` names goes first."""
    if "REF" not in text:  # Most lines of banks without SEPA.
        return ""
    flat = text.replace("\n", "")
    german = _words_of(flat)
    first = said[:4]
    for kind in sorted(KINDS, key=first.__ne__):
        found = _DUTCH[kind].search(flat) or _GERMAN[kind].search(german)
        reference = found[1].strip(" /") if found is not None else ""
        known = reference not in NO_REFERENCE and reference.isprintable()
        if known and len(reference) <= SEPA_CHARACTERS_MAX:
            return reference
    return ""


def _words_of(text: str) -> str:
    """What the sub-fields for words say, put together again; the text itself if it has none."""
    mark = _MARK.match(text)
    if mark is None:
        return text
    parts = text.split(mark[1])[1:]
    return "".join(part[2:] for part in parts if _SAID.match(part))
