"""Every format we read, and the two passes over a file: prove it whole, then give its lines.

Units: minor units; totals fit a signed 64-bit integer.
Shape: prove(path) -> FileProof | FileRefused; lines(path, proof) -> iterator of SettlementLine.
Errors: a file that does not count is a FileRefused, a value, whatever its bytes. lines() raises
FileChangedError at the end if the bytes are no longer those that were proven.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from providers.adyen.settlement import FORMAT as ADYEN
from providers.alipay.settlement import FORMAT as ALIPAY
from providers.amazon.settlement import FORMAT as AMAZON
from providers.bai2.settlement import FORMAT as BAI2
from providers.camt.settlement import FORMAT as CAMT
from providers.mollie.settlement import FORMAT as MOLLIE
from providers.mt940.settlement import FORMAT as MT940
from providers.nacha.settlement import FORMAT as NACHA
from providers.ofx.settlement import FORMAT as OFX
from providers.payoneer.settlement import FORMAT as PAYONEER
from providers.paypal.settlement import FORMAT as PAYPAL
from providers.razorpay.settlement import FORMAT as RAZORPAY
from providers.reader import Format, Run, Variant
from providers.settlement_file import (
    UNKNOWN,
    Ending,
    FileChangedError,
    FileProof,
    FileRefused,
    SettlementLine,
    batch_id_of,
)
from providers.source import HEAD_BYTES, Source, open_source, plain_head
from providers.strangers import what_it_is
from providers.stripe.settlement import FORMAT as STRIPE
from providers.tally import Tally
from providers.trustly.settlement import FORMAT as TRUSTLY
from providers.wechat.settlement import FORMAT as WECHAT

FORMATS: dict[str, Format] = {
    each.name: each
    for each in (
        WECHAT,
        NACHA,
        MT940,
        ALIPAY,
        ADYEN,
        CAMT,
        AMAZON,
        BAI2,
        MOLLIE,
        RAZORPAY,
        TRUSTLY,
        PAYONEER,
        STRIPE,
        PAYPAL,
        OFX,
    )
}
TOTAL_MAX = 2**63 - 1  # What a bigint column holds.


def recognise(head: bytes) -> tuple[Format, Variant] | None:
    """Tell format and variant by the first bytes of a file, packed or plain."""
    plain = plain_head(head)
    for each in FORMATS.values():
        variant = each.variant_of(plain)
        if variant is not None:
            return each, variant
    return None


def prove(path: Path, *, format_name: str | None = None) -> FileProof | FileRefused:
    """Read a file whole, once. It counts whole, or it is refused with the reason."""
    chosen = _choose(path, format_name)
    if isinstance(chosen, FileRefused):
        return chosen
    outcome = _prove(path, chosen)
    if format_name is not None and isinstance(outcome, FileRefused):
        return _doubted(outcome, path, chosen[0])
    return outcome


def _prove(path: Path, chosen: tuple[Format, Variant]) -> FileProof | FileRefused:
    with open_source(path) as source:
        run, tally = Run(chosen[1].read(source, "")), Tally()
        refused = tally.add_all(run)
        unread = source.read()  # Nothing; it also finds damage behind the last line.
        refused = refused or source.fault
        if refused is not None:
            return refused
        if not isinstance(run.outcome, Ending):
            assert run.outcome is not None, "a reading was not taken to its end"
            return run.outcome
        assert not unread, "a reader left bytes unread"
        return _judged(_proof(chosen, source, tally, run.outcome))


def lines(path: Path, proof: FileProof) -> Iterator[SettlementLine]:
    """Give the lines of a proven file, each with its batch id. Memory stays flat.

    Raises FileChangedError after the last line when the file is no longer the one proven: take
    the lines in one transaction, or do not seal their batch before the iteration is over.
    """
    variants = {each.name: each for each in FORMATS[proof.format].variants}
    with open_source(path) as source:
        run = Run(variants[proof.variant].read(source, proof.batch_id))
        yield from run
        if source.fault is not None or source.sha256 != proof.sha256:
            raise FileChangedError(f"{path.name} is no longer the file that was proven")
        assert isinstance(run.outcome, Ending), "the same bytes were read in two ways"


def _choose(path: Path, format_name: str | None) -> tuple[Format, Variant] | FileRefused:
    if format_name is not None and format_name not in FORMATS:
        known = ", ".join(FORMATS)
        return FileRefused("format_unknown", f"no format of this name; known: {known}")
    head = _head(path)
    plain = plain_head(head)
    if format_name is not None:
        named = FORMATS[format_name]
        return named, named.variant_of(plain) or named.variants[0]
    found = recognise(head)
    if found is not None:
        return found
    seen = next((what for each in FORMATS.values() if (what := each.resembles(plain))), "")
    what = f"this is {seen}" if seen else _stranger(head)
    return FileRefused("format_not_recognised", what or "no format recognises this content")


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(HEAD_BYTES)


def _name_of(head: bytes) -> str:
    found = recognise(head)
    return found[0].name if found is not None else ""


def _stranger(head: bytes) -> str:
    """What a file is that is not recognised; empty if nothing tells."""
    plain = plain_head(head)
    if head and not plain:
        return "what gzip has packed is empty, or damaged from its start"
    return what_it_is(plain, _name_of)


def _doubted(refused: FileRefused, path: Path, named: Format) -> FileRefused:
    """Add what the content looks like, if that is not the format that a person named."""
    head = _head(path)
    if named.variant_of(plain_head(head)) is not None:
        return refused
    name = _name_of(head)
    what = f"its content looks like {name}" if name else _stranger(head)
    return replace(refused, message=f"{refused.message}; {what}") if what else refused


def _proof(
    chosen: tuple[Format, Variant], source: Source, tally: Tally, ending: Ending
) -> FileProof:
    read_as, variant = chosen
    digest = source.sha256
    day = ending.business_day
    return FileProof(
        format=read_as.name,
        variant=variant.name,
        provider=read_as.provider,
        batch_id=batch_id_of(read_as.provider, day, account=ending.merchant_account, sha256=digest),
        merchant_account=ending.merchant_account,
        business_day=day,
        lines=tally.lines,
        currencies=tally.totals(),
        kinds=dict(sorted(tally.kinds.items())),
        controls=ending.controls,
        unknown=tuple(sorted(kind for kind in tally.kinds if kind.startswith(UNKNOWN))),
        sha256=digest,
        accounts=tally.totals_by_account(),
        moved=tally.moved(day),
    )


def _judged(proof: FileProof) -> FileProof | FileRefused:
    everything = [proof.currencies, *(each.currencies for each in proof.accounts.values())]
    for code, sums in (pair for currencies in everything for pair in currencies.items()):
        if max(abs(sums.gross_minor), abs(sums.fee_minor), abs(sums.net_minor)) > TOTAL_MAX:
            return FileRefused("total_too_large", f"the total in {code} is beyond 64 bits")
    failed = [control for control in proof.controls if not control.holds]
    if not failed:
        return proof
    first = failed[0]
    message = (
        f"{len(failed)} of {len(proof.controls)} controls do not hold; {first.name}, line"
        f" {first.line_number}: printed {first.printed}, the lines come to {first.computed}"
    )
    return FileRefused(
        code="control_failed",
        message=message,
        line_number=first.line_number,
        field=first.name,
        printed=first.printed,
        expected=first.computed,
        proof=proof,
    )
