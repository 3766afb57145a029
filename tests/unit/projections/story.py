"""A day of a marketplace, told in commands: something happens of every kind that there is.

Shape: Story().events, of the book main; `asia` is the book that it transfers to. The same day every
time, with names and amounts that documents can quote.
Units: integer minor units of CNY.
"""

from domain import collection, order, payment, settlement, transfer, wallet
from domain.decision import Refused
from domain.payment import PaymentItem
from tests.unit.domain.memory_book import Aggregate, MemoryBook

AGGREGATES: tuple[Aggregate, ...] = (wallet, transfer, order, payment, collection, settlement)
DAY, NEXT_DAY = "2026-03-31", "2026-04-01"
MERCHANT = "1921000401"


class Story:
    def __init__(self) -> None:
        self.main = MemoryBook("main", AGGREGATES)
        self.asia = MemoryBook("asia", AGGREGATES)
        self.wallets()
        self.transfers()
        self.payments()
        self.refunds()
        self.settlement()
        self.troubles()

    @property
    def events(self) -> list[object]:
        return self.main.events

    def do(self, *commands: object) -> None:
        for command in commands:
            outcome = self.main.execute(command)
            assert not isinstance(outcome, Refused), outcome

    def told(self, *facts: object) -> None:
        for fact in facts:
            outcome = self.main.execute(fact, follow_on=True)
            assert not isinstance(outcome, Refused), outcome

    def wallets(self) -> None:
        self.do(
            wallet.OpenWallet("alice", "u-1", "buyer", "CNY", 0),
            wallet.OpenWallet("bob", "u-2", "buyer", "CNY", 500),
            wallet.OpenWallet("shop", "s-1", "seller", "CNY", 0),
            wallet.OpenWallet("empty", "u-3", "promotion", "EUR", 0),
            wallet.CreditWallet("alice", "salary", 50_000, "CNY", "bank"),
            wallet.CreditWallet("bob", "gift", 20_000, "CNY", "bank"),
            wallet.DebitWallet("bob", "cash", 5_000, "CNY", "bank"),
            wallet.HoldFunds("alice", "taxi", 2_000, "CNY", self.main.at_us + 10_000_000),
            wallet.CaptureHold("alice", "taxi", "ride-1", 1_200, "CNY", "taxi", False),  # noqa: FBT003
            wallet.ReleaseHold("alice", "taxi", "arrived"),
            wallet.HoldFunds("bob", "hotel", 700, "CNY", self.main.at_us + 5_000_000),
            wallet.FreezeWallet("bob", "lost phone"),
            wallet.UnfreezeWallet("bob", "found phone"),
            wallet.CloseWallet("empty", "never used"),
        )
        self.main.pass_time(self.main.at_us + 6_000_000)  # The hotel's hold expires.

    def transfers(self) -> None:
        assert not isinstance(
            self.asia.execute(wallet.OpenWallet("eva", "u-9", "buyer", "CNY", 0)), Refused
        )
        self.do(
            transfer.TransferFunds("rent", "alice", "bob", 8_000, "CNY"),
            transfer.TransferFunds("abroad", "alice", "eva", 1_500, "CNY", "asia"),
            transfer.TransferFunds("astray", "alice", "nobody", 900, "CNY", "asia"),
        )
        for _ in range(2):
            for here, there in ((self.main, self.asia), (self.asia, self.main)):
                for message in here.outbox:
                    there.deliver(message)
                here.outbox.clear()

    def plan(self, number: int, *, balance: int, channel: int, seller: str = "shop") -> None:
        """An order, and a payment of it under way."""
        items = (
            PaymentItem("bal", "balance", balance, wallet_id="alice"),
            PaymentItem(
                "wx",
                "channel",
                channel,
                provider="wechat",
                merchant_account=MERCHANT,
                reference=f"N{number}",
            ),
        )
        used = tuple(item for item in items if item.amount_minor)
        amount = balance + channel
        self.do(
            order.PlaceOrder(f"o{number}", "u-1", seller, amount, "CNY"),
            payment.CreatePayment(
                f"p{number}", f"o{number}", seller, amount, amount // 20, "CNY", used
            ),
            payment.ConfirmPayment(f"p{number}"),
        )

    def charged(self, number: int, outcome: str, wechat: str = "") -> None:
        code = "" if outcome == "succeeded" else "CODE"
        name = f"p{number}.wx"
        self.told(collection.RecordChargeOutcome(name, outcome, wechat, code, DAY))

    def refunded(self, number: int, refund: str, outcome: str, wechat: str = "") -> None:
        code = "" if outcome == "succeeded" else "CODE"
        name = f"p{number}.wx"
        self.told(collection.RecordRefundOutcome(name, refund, outcome, wechat, code, NEXT_DAY))

    def payments(self) -> None:
        self.plan(1, balance=3_000, channel=7_000)
        self.charged(1, "unknown")
        self.charged(1, "succeeded", "4201")
        self.do(order.DeliverOrder("o1"))
        self.plan(2, balance=2_000, channel=4_000)
        self.charged(2, "refused")
        self.plan(3, balance=500, channel=1_000)
        self.do(payment.CancelPayment("p3", "changed my mind"), order.CancelOrder("o3", "too late"))
        self.charged(3, "succeeded", "4203")  # After the end: given back by itself.
        self.plan(4, balance=0, channel=6_000)
        self.charged(4, "succeeded", "4204")
        self.plan(5, balance=1_000, channel=0)

    def refunds(self) -> None:
        self.do(payment.RefundPayment("p4", "r4", 2_000, "CNY"))  # Before delivery.
        self.refunded(4, "r4", "succeeded", "5004")
        self.do(order.DeliverOrder("o4"), payment.RefundPayment("p1", "r1", 4_000, "CNY"))
        self.refunded(1, "r1", "unknown")
        self.refunded(1, "r1", "succeeded", "5001")
        self.do(wallet.DebitWallet("shop", "payout", 8_000, "CNY", "bank"))
        self.do(payment.RefundPayment("p4", "r5", 4_000, "CNY"))  # The shop has spent it: a debt.
        self.refunded(4, "r5", "refused")
        self.plan(6, balance=0, channel=2_000)
        self.charged(6, "succeeded", "4206")
        self.do(order.DeliverOrder("o6"))  # The shop's share repays a part of the debt.

    def line(self, number: int, reference: str, gross: int, **other: str) -> None:
        """`other`: kind, currency, bill, where they are not charge, CNY, bill-0331."""
        printed = settlement.FileLine(
            number,
            other.get("kind", "charge"),
            reference,
            f"42{number:02}",
            gross,
            6,
            gross - 6,
            other.get("currency", "CNY"),
        )
        bill = other.get("bill", "bill-0331")
        self.told(settlement.ReportSettlementLines(bill, "wechat", MERCHANT, DAY, (printed,)))

    def expect(self, reference: str, amount: int, kind: str = "charge") -> None:
        self.told(
            settlement.ExpectSettlement(
                settlement.settlement_id(
                    provider="wechat", merchant_account=MERCHANT, kind=kind, reference=reference
                ),
                "wechat",
                MERCHANT,
                kind,
                reference,
                amount,
                "CNY",
                DAY,
                3,
            )
        )

    def import_bill(self, name: str, day: str, lines: int, *totals: tuple[str, int, int]) -> None:
        sums = tuple(
            settlement.CurrencyTotal(currency, gross, fee, gross - fee)
            for currency, gross, fee in totals
        )
        self.do(
            settlement.ImportSettlementFile(
                name,
                "wechat",
                MERCHANT,
                "wechat-trade-bill",
                f"{name}.csv",
                f"5ha-{name}",
                day,
                lines,
                sums,
            )
        )

    def settlement(self) -> None:
        self.refunded(3, "late@N3", "succeeded", "5003")
        gross = 7_000 + 5_990 + 7_000 - 2_000 + 123 + 50
        self.import_bill("bill-0331", DAY, 7, ("CNY", gross, 36), ("USD", 2_000, 6))
        self.line(1, "N1", 7_000)
        self.line(2, "N4", 5_990)  # A little less than we charged.
        self.line(3, "N1", 7_000)  # Once more.
        self.line(4, "r4", -2_000, kind="refund")
        self.line(5, "X9", 123)  # Ours comes later, and says another amount.
        self.line(6, "N6", 2_000, currency="USD")
        self.line(7, "Y1", 50)  # Of somebody else.
        self.do(settlement.SealBatch("bill-0331"))
        self.expect("X9", 130)
        self.resolve("charge/N4", 1, "rounding")
        self.resolve("charge/Y1", 1, "writeoff")

    def resolve(self, name: str, number: int, account: str) -> None:
        settlement_id = f"wechat/{MERCHANT}/{name}"
        case = settlement.break_id(settlement_id, number)
        self.do(settlement.ResolveBreak(settlement_id, case, account, "seen to"))

    def troubles(self) -> None:
        self.charged(1, "refused")
        self.refunded(4, "r4", "refused")
        self.main.pass_time(self.main.at_us + 4 * 86_400_000_000)  # What is missing falls due.
        self.resolve("refund/r1", 1, "writeoff")
        self.import_bill("bill-0401", NEXT_DAY, 1, ("CNY", 1_000, 6))
        self.line(1, "N3", 1_000, bill="bill-0401")  # Late, but there.
        self.do(settlement.SealBatch("bill-0401"))
