"""What the rules of the settlement details report come to: a batch nets to zero, record by record.

Units: integer minor units of the net currency.
Shape: Batches.add for every record; `checked` counts those that print gross and net in one
currency, Batches.breaks_rule takes those of them that contradict themselves; controls() at the end.
One batch has one payout a net currency, and its number is the account's.
Errors: FileRefused `too_many_parts`.
Source: docs/formats/adyen.md.
"""

from providers.amounts import exponent_of, printed
from providers.settlement_file import Control, FileRefused

NETS_TO_ZERO = "batch_nets_to_zero"
GROSS_MINUS_FEE = "gross_minus_fee"
BATCHES_MAX = 4_096  # A report is one batch; a company has hundreds of accounts, with currencies.

Key = tuple[str, str, str]  # Account, batch, net currency.


class Batches:
    """Running sums by account, batch and net currency; flat in memory."""

    __slots__ = ("_broken", "_first_broken", "_sums", "checked")

    def __init__(self) -> None:
        """Begin at nothing."""
        self._sums: dict[Key, list[int]] = {}  # Net, and the line that was last added.
        self._broken = self._first_broken = self.checked = 0

    def add(self, key: Key, net: int, *, number: int) -> FileRefused | None:
        """Add a record; a refusal if there are too many batches to remember."""
        sums = self._sums.get(key)
        if sums is not None:
            sums[0] += net
            sums[1] = number
            return None
        if len(self._sums) == BATCHES_MAX:
            message = f"line {number}: more than {BATCHES_MAX} batches and currencies in one file"
            return FileRefused("too_many_parts", message, number)
        self._sums[key] = [net, number]
        return None

    def breaks_rule(self, number: int) -> None:
        """Take note of a record whose printed gross less its fees is not its net."""
        self._broken += 1
        self._first_broken = self._first_broken or number

    def controls(self) -> tuple[Control, ...]:
        """Every batch and currency, and the rule of the records, if there were such."""
        several = len(self._sums) > 1
        accounts = len({account for account, _, _ in self._sums}) > 1
        found: list[Control] = []
        for (account, batch, currency), (net, number) in self._sums.items():
            decimals = exponent_of(currency) or 0
            part = f"{account}/{batch}" if accounts else batch
            name = f"{NETS_TO_ZERO} {part} {currency}" if several else NETS_TO_ZERO
            zero = printed(0, decimals=decimals)
            found.append(Control(name, zero, printed(net, decimals=decimals), not net, number))
        if self.checked:
            texts = str(self.checked), str(self.checked - self._broken)
            first = self._first_broken or 1
            found.append(Control(GROSS_MINUS_FEE, *texts, not self._broken, first))
        return tuple(found)
