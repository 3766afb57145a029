"""Which batches a file is, and what a person may add: whose it is, and why it counts all the same.

Shape: taken(answer of the formats, Acceptance) -> the batches, each a Taken, or FileRefused.
Rules: a reason helps nothing but controls; without need it is not kept. A file whose lines name
several accounts is a batch of each. To say an account takes that one of them, or says whose a file
is that names none. A slash in an account becomes a hyphen: it parts the names of things.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from providers.settlement_file import (
    AccountTotals,
    FileProof,
    FileRefused,
    SettlementLine,
    batch_id_of,
)

CONTROL_FAILED = "control_failed"
LINES_READ_MAX = 50_000_000  # A file is read once for each account: some minutes.
NAMES_MAX = 5  # Accounts that a refusal names.


@dataclass(frozen=True, slots=True)
class Acceptance:
    """What was said beside the file; empty: nothing."""

    because: str = ""
    account: str = ""
    again: bool = False  # Although these very bytes are in as a file of another account.
    batch_id: str = ""  # Of an import that is gone on with: nothing else may come of the file.


@dataclass(frozen=True, slots=True)
class Taken:
    """What goes into a book as one batch. `because`: why, though the file's controls do not hold.

    `account`: whose lines of the file it has, as the file spells it; empty: all of them.
    """

    proof: FileProof
    because: str
    account: str = ""

    @property
    def accounts(self) -> list[str]:
        """Its own; of a part of a file, all that the file names."""
        others = self.proof.accounts if self.account else ()
        return [self.proof.merchant_account, *map(_plain, others)]

    def lines(self, lines: Iterable[SettlementLine]) -> Iterator[SettlementLine]:
        """Those of the file's lines that are its own, and have moved money."""
        ours = (each for each in lines if not self.account or each.account == self.account)
        return (each for each in ours if not each.pending)


def taken(answer: FileProof | FileRefused, said: Acceptance) -> tuple[Taken, ...] | FileRefused:
    """Take a file that counts, or that a person answers for."""
    because = ""
    if isinstance(answer, FileRefused):
        if answer.code != CONTROL_FAILED or answer.proof is None or not said.because:
            return answer
        answer, because = answer.proof, said.because
    named = _accounts(answer)
    if said.account and named and said.account not in named:
        names = ", ".join([*named][:NAMES_MAX])
        message = f"the file is of account {names}, not of {said.account}"
        return FileRefused("account_contradicted", message)
    if not (named or said.account):
        message = "the file does not say whose it is: name the account with --account"
        return FileRefused("account_unknown", message)
    if answer.merchant_account or not named:
        whole = _only(answer, answer.moved) if answer.moved else answer
        found = (Taken(_of(whole, said.account or next(iter(named))), because),)
    else:
        chosen = (said.account,) if said.account else tuple(named)
        found = tuple(_part(answer, each, because=because, account=named[each]) for each in chosen)
    if len(found) * answer.lines > LINES_READ_MAX:
        message = f"{len(found)} accounts in a file so large: ask the bank for a file of each"
        return FileRefused("too_many_accounts", message)
    if said.batch_id and [each.proof.batch_id for each in found] != [said.batch_id]:
        message = f"this release makes another batch of it than {said.batch_id}, as which it began"
        return FileRefused("batch_differs", message)
    return found


def rising(lines: Iterable[SettlementLine]) -> Iterator[SettlementLine]:
    """Number lines so that each has its own: several may stand on one line of a file."""
    last = 0
    for line in lines:
        number = line.line_number
        yield line if number > last else replace(line, line_number=last + 1)
        last = max(number, last + 1)


def _plain(account: str) -> str:
    return account.replace("/", "-")


def _accounts(proof: FileProof) -> dict[str, str]:
    """The accounts of the file by our names of them; none where it, or a line, is nobody's.

    Two that our spelling makes one are not taken apart: whose a line is would be a guess.
    """
    if proof.merchant_account:
        return {_plain(proof.merchant_account): proof.merchant_account}
    found = {_plain(account): account for account in proof.accounts}
    named = sum(each.lines for each in proof.accounts.values())
    every_line = named == (proof.moved or proof).lines
    return found if every_line and len(found) == len(proof.accounts) else {}


def _part(proof: FileProof, name: str, *, because: str, account: str) -> Taken:
    part = _only(proof, proof.accounts[account])
    return Taken(_of(part, name), because, account)


def _only(proof: FileProof, totals: AccountTotals) -> FileProof:
    day, lines, currencies = totals.business_day, totals.lines, totals.currencies
    return replace(proof, business_day=day, lines=lines, currencies=currencies)


def _of(proof: FileProof, account: str) -> FileProof:
    batch_id = batch_id_of(proof.provider, proof.business_day, account=account, sha256=proof.sha256)
    return replace(proof, merchant_account=account, batch_id=batch_id)
