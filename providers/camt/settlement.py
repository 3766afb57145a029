"""Reader of camt.052 (report), camt.053 (statement) and camt.054 (notification), versions 2 to 14.

Units: amounts are printed in major units, unsigned, with up to five decimals; lines carry integer
minor units, rounded once a line, the residue kept; balances are compared as exact decimals.
Signs: CdtDbtInd; a reversal is not turned again. gross = net = the signed movement.
Lines: one for each entry (`Ntry`), pending ones too: `code` says so, and no balance counts them.
line_number is the line where the entry begins; `raw` is the entry as serialised, bounded.
Time: a day without zone is midnight UTC, the zone left empty.
Errors: the first thing that is not exactly understood refuses the file, by line and element.
Source: docs/formats/camt.md.
"""

from collections.abc import Callable
from functools import partial

from providers.camt.document import Document
from providers.camt.message import Message
from providers.camt.names import KINDS, Kind, recogniser, resembles
from providers.camt.statement import CLOSING_CONTROL, OPENING_CONTROL
from providers.camt.summary import CONTROLS
from providers.reader import Format, Reading, Variant
from providers.settlement_file import FileRefused
from providers.source import Source

PROVIDER = "camt"


def read(source: Source, batch_id: str, *, kind: Kind) -> Reading:
    """Yield every entry as a line; end with the controls of every statement."""
    document = Document(source)
    message = Message(kind, batch_id)
    for element in document.ends():
        refused = message.place(element)
        if isinstance(refused, FileRefused):
            return refused
        if refused:
            continue  # An element of another namespace.
        if element.tag == message.entry_name:
            line = message.entry(element)
            if isinstance(line, FileRefused):
                return line
            yield line
        else:
            refusal = message.end()
            if refusal is not None:
                return refusal
        document.forget(element)
    return document.fault or message.ending()


def _reader(kind: str) -> Callable[[Source, str], Reading]:
    return partial(read, kind=KINDS[kind])


FORMAT = Format(
    name=PROVIDER,
    provider=PROVIDER,
    about="ISO 20022 cash management, versions 2 to 14",
    variants=(
        Variant(
            "camt.053",
            "statement of an account",
            (CLOSING_CONTROL, OPENING_CONTROL, *CONTROLS),
            recogniser("053"),
            _reader("053"),
        ),
        Variant("camt.052", "intraday report", CONTROLS, recogniser("052"), _reader("052")),
        Variant("camt.054", "notification", CONTROLS, recogniser("054"), _reader("054")),
    ),
    resembles=resembles,
)
