"""A crowd of wallets that pay one another, so that a person sees the system at work.

Shape: opening() makes and funds the wallets, transfers() moves money between them, in an order
that a seed decides. Some wallets run dry: those transfers are refused, as they would be.
Units: integer minor units of CURRENCY.
"""

from collections.abc import Iterator
from random import Random

from cli.demo.business import Step
from domain.transfer import TransferFunds
from domain.wallet import CreditWallet, OpenWallet

CURRENCY = "CNY"
FUNDS_MINOR = 20_000
AMOUNT_MINOR_MAX = 500


class Crowd:
    """So many wallets, so many transfers."""

    def __init__(self, *, wallets: int, transfers: int, seed: int) -> None:
        assert wallets > 1, "a transfer needs two wallets"
        self._wallets = wallets
        self._transfers = transfers
        self._seed = seed

    def opening(self) -> Iterator[Step]:
        """Open each wallet and put money in."""
        for number in range(self._wallets):
            wallet = f"wallet-{number:05d}"
            opened = OpenWallet(wallet, f"person-{number:05d}", "buyer", CURRENCY)
            yield Step("open-" + wallet, opened)
            movement = "deposit-" + wallet
            credited = CreditWallet(wallet, movement, FUNDS_MINOR, CURRENCY, "bank")
            yield Step(movement, credited)

    def transfers(self) -> Iterator[Step]:
        """Move money about."""
        chance = Random(self._seed)  # noqa: S311 - a choice that can be repeated, no secret.
        for number in range(self._transfers):
            source = chance.randrange(self._wallets)
            destination = (source + 1 + chance.randrange(self._wallets - 1)) % self._wallets
            transfer = f"transfer-{number:07d}"
            yield Step(
                transfer,
                TransferFunds(
                    transfer,
                    f"wallet-{source:05d}",
                    f"wallet-{destination:05d}",
                    chance.randint(1, AMOUNT_MINOR_MAX),
                    CURRENCY,
                ),
            )
