"""Reader of OFX 1 (SGML) and OFX 2 (XML): statements of bank accounts and credit cards.

Units: amounts are printed in major units, signed; lines carry integer minor units.
Lines: one for each STMTTRN; gross = net = the signed amount. line_number is that of `<STMTTRN>`.
Controls: none. LEDGERBAL is a balance at a moment, and no opening balance is printed, so nothing in
a file proves it complete; what can be seen is that it was cut off, since `</OFX>` is missing.
Errors: the first thing that is not exactly understood refuses the file, by line and tag.
Source: docs/formats/ofx.md.
"""

from providers.ofx.document import Document
from providers.ofx.head import encoding_of, recognises_1, recognises_2, resembles
from providers.ofx.tokens import tokens
from providers.ofx.transaction import PROVIDER
from providers.reader import Format, Reading, Variant
from providers.settlement_file import Ending, FileRefused
from providers.source import Source


def read(source: Source, batch_id: str) -> Reading:
    """Yield every transaction as a line."""
    document: Document | None = None
    for token in tokens(source):
        if isinstance(token, FileRefused):
            return token
        if document is None:  # What stands before the first tag.
            document = Document(batch_id, encoding=encoding_of(token.raw))
            continue
        taken = document.take(token)
        if isinstance(taken, FileRefused):
            return taken
        if taken is not None:
            yield taken
    if document is None or not document.ended:
        return FileRefused("file_cut_off", "the file ends without </OFX>: it is cut off")
    if document.last is None:
        return FileRefused("no_lines", "no transaction, and nothing proves that there is none")
    several = len(document.accounts) > 1
    return Ending("" if several else next(iter(document.accounts)), document.last, ())


FORMAT = Format(
    name=PROVIDER,
    provider=PROVIDER,
    about="Open Financial Exchange, bank and card statements",
    variants=(
        Variant("ofx1", "OFX 1, SGML", (), recognises_1, read),
        Variant("ofx2", "OFX 2, XML", (), recognises_2, read),
    ),
    resembles=resembles,
)
