"""Settlement: the files of providers, compared with our events one by one.

Two aggregates. A settlement batch is one file: it arrives line by line and is sealed when count
and totals are the printed ones. A settlement reference is one thing at a provider, a charge or a
refund: what our books expect of it and what the files say meet there, and where they disagree a
break opens. Shape of both: reads, decide, evolve, react, begins; see decide.py.
"""

from domain.settlement.commands import (
    BatchCommand,
    CheckSettlement,
    Command,
    CurrencyTotal,
    ExpectSettlement,
    FileLine,
    ImportSettlementFile,
    ReferenceCommand,
    ReportSettlementLines,
    ResolveBreak,
    SealBatch,
)
from domain.settlement.decide import begins, decide, reads
from domain.settlement.events import (
    BatchEvent,
    BatchSealed,
    BreakOpened,
    BreakResolved,
    Event,
    ReferenceEvent,
    SettlementExpected,
    SettlementFileImported,
    SettlementLineReported,
    SettlementMatched,
)
from domain.settlement.evolve import evolve
from domain.settlement.naming import EXPECTED_KINDS, break_id, settlement_id, settlement_of
from domain.settlement.react import react
from domain.settlement.state import (
    STATES,
    ArrivingBatch,
    Awaited,
    Batch,
    BatchFile,
    Break,
    Expectation,
    Reference,
    SealedBatch,
    Settled,
    State,
    Unexpected,
    WrittenOff,
)

__all__ = [
    "EXPECTED_KINDS",
    "STATES",
    "ArrivingBatch",
    "Awaited",
    "Batch",
    "BatchCommand",
    "BatchEvent",
    "BatchFile",
    "BatchSealed",
    "Break",
    "BreakOpened",
    "BreakResolved",
    "CheckSettlement",
    "Command",
    "CurrencyTotal",
    "Event",
    "ExpectSettlement",
    "Expectation",
    "FileLine",
    "ImportSettlementFile",
    "Reference",
    "ReferenceCommand",
    "ReferenceEvent",
    "ReportSettlementLines",
    "ResolveBreak",
    "SealBatch",
    "SealedBatch",
    "Settled",
    "SettlementExpected",
    "SettlementFileImported",
    "SettlementLineReported",
    "SettlementMatched",
    "State",
    "Unexpected",
    "WrittenOff",
    "begins",
    "break_id",
    "decide",
    "evolve",
    "react",
    "reads",
    "settlement_id",
    "settlement_of",
]
