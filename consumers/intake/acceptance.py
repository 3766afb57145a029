"""What a person may add to a file: that its failed controls are accepted, and whose it is.

Shape: taken(answer of the formats, Acceptance) -> Taken | FileRefused.
Rules: a reason helps nothing but controls; without need it is not kept. An account is said only
for a file that names none. A slash in an account becomes a hyphen: it parts the names of things.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from providers.settlement_file import FileProof, FileRefused, SettlementLine

CONTROL_FAILED = "control_failed"


@dataclass(frozen=True, slots=True)
class Acceptance:
    """What was said beside the file; empty: nothing."""

    because: str = ""
    account: str = ""


@dataclass(frozen=True, slots=True)
class Taken:
    """A file that goes into a book. `because`: why, though its controls do not hold."""

    proof: FileProof
    because: str


def taken(answer: FileProof | FileRefused, said: Acceptance) -> Taken | FileRefused:
    """Take a file that counts, or that a person answers for."""
    because = ""
    if isinstance(answer, FileRefused):
        if answer.code != CONTROL_FAILED or answer.proof is None or not said.because:
            return answer
        answer, because = answer.proof, said.because
    account = _plain(answer.merchant_account) or said.account
    if not account:
        message = "the file does not say whose it is: name the account with --account"
        return FileRefused("account_unknown", message)
    if said.account and said.account != account:
        message = f"the file is of account {account}, not of {said.account}"
        return FileRefused("account_contradicted", message)
    return Taken(_of(answer, account), because)


def rising(lines: Iterable[SettlementLine]) -> Iterator[SettlementLine]:
    """Number lines so that each has its own: several may stand on one line of a file."""
    last = 0
    for line in lines:
        number = line.line_number
        yield line if number > last else replace(line, line_number=last + 1)
        last = max(number, last + 1)


def _plain(account: str) -> str:
    return account.replace("/", "-")


def _of(proof: FileProof, account: str) -> FileProof:
    if account == proof.merchant_account:
        return proof
    start = f"{proof.provider}-{proof.merchant_account}-"
    batch_id = f"{proof.provider}-{account}-{proof.batch_id.removeprefix(start)}"
    return replace(proof, merchant_account=account, batch_id=batch_id)
