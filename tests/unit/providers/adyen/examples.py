"""A record of every type that was seen, by hand, and what each is worth: one batch."""

from providers.adyen.synthetic import BLANK

BASE = BLANK._replace(
    company="Co", account="Shop", created="2026-03-30 10:00:00", zone="CET", batch="380",
    booked="2026-03-31 09:30:00", booked_zone="CEST", gross_currency="EUR", currency="EUR",
    rate="1",
)  # fmt: skip
SALE = BASE._replace(
    psp="88A", merchant_reference="order-1", type="Settled", modification="87A",
    gross_credit="26.2", net_credit="25.5", commission="0.7",
)  # fmt: skip
# A refund of 40 for 0.2; a chargeback of 3.35 whose fee of 10.65 is in the net; a refund of 55 that
# gives 5 of commission back; a sale of 0.05 that costs 0.12; yen settled in euros.
REFUND = BASE._replace(
    psp="88B", merchant_reference="order-2", our_modification="refund-2", type="refunded",
    modification="87B", gross_debit="40", net_debit="40.2", commission="0.2",
)  # fmt: skip
CHARGEBACK = BASE._replace(
    psp="88C", merchant_reference="order-3", type="Chargeback", modification="87C",
    gross_debit="3.35", net_debit="14", markup="10.65",
)  # fmt: skip
GIVEN_BACK = BASE._replace(
    psp="88D", merchant_reference="order-4", type="Refunded", modification="87D",
    gross_debit="55", net_debit="50", commission="-5",
)  # fmt: skip
TINY = BASE._replace(
    psp="88E", merchant_reference="order-5", type="Settled", modification="87E",
    gross_credit="0.05", net_debit="0.07", markup="0.1", scheme_fees="0.01", interchange="0.01",
)  # fmt: skip
YEN = BASE._replace(
    psp="88F", merchant_reference="order-6", type="Settled", modification="87F",
    gross_currency="JPY", gross_credit="3158", rate="0.0061", net_credit="19", markup="0.26",
)  # fmt: skip
BARE = BASE._replace(gross_currency="", rate="")
FEE = BARE._replace(type="Fee", modification="Transaction Fees March", net_debit="1.1")
INVOICE = BARE._replace(type="InvoiceDeduction", modification="Invoice 4711", net_debit="10")
MISC = BARE._replace(type="MiscCosts", net_credit="0.1")
RESERVE = BARE._replace(type="DepositCorrection", net_debit="5")
CARRIED = BARE._replace(type="Balancetransfer", modification="from batch 379", net_credit="100")
REVERSED = BASE._replace(
    psp="88C", merchant_reference="order-3", type="ChargebackReversed", modification="87C",
    gross_credit="3.35", net_credit="3.35",
)  # fmt: skip
COST = BASE._replace(psp="88G", type="PaymentCost", modification="87G", net_credit="1.75")
PAYOUT = BARE._replace(
    type="MerchantPayout", modification="TX635094301XT batch 380, Shop", gross_currency="EUR",
    net_debit="29.33",
)  # fmt: skip
ALL = (
    SALE, REFUND, CHARGEBACK, GIVEN_BACK, TINY, YEN, FEE, INVOICE, MISC, RESERVE, CARRIED,
    REVERSED, COST, PAYOUT,
)  # fmt: skip
FIGURES = [
    ("charge", 2620, 70, 2550), ("refund", -4000, 20, -4020), ("chargeback", -335, 1065, -1400),
    ("refund", -5500, -500, -5000), ("charge", 5, 12, -7), ("charge", 1926, 26, 1900),
    ("fee", 0, 110, -110), ("fee", 0, 1000, -1000), ("fee", 0, -10, 10),
    ("reserve", -500, 0, -500), ("transfer", 10000, 0, 10000),
    ("chargeback_reversal", 335, 0, 335), ("fee", 0, -175, 175),
    ("payout", -2933, 0, -2933),
]  # fmt: skip
