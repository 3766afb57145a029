"""The last two lines of a trade bill: its totals, beside what the rows come to.

Units: values times 10^5, so that the fee is exact; printed `45.0` and `45` are the same number.
Source: docs/formats/wechat.md.
"""

from collections.abc import Mapping, Sequence

from providers.amounts import printed, scale
from providers.settlement_file import Control, FileRefused, shown
from providers.wechat.layout import AMOUNTS, CELL_SEPARATOR, COUNT, FEE, TOTALS
from providers.wechat.row import Rows
from providers.wechat.values import FEE_DECIMALS, CurrencySums


def check_totals(
    names: Sequence[str], line: str, number: int, rows: Rows
) -> tuple[Control, ...] | FileRefused:
    """Compare the last line with the rows, number by number."""
    texts = line[1:].split(CELL_SEPARATOR)
    if line[:1] != "`" or len(texts) != len(names):
        message = f"line {number} should have {len(names)} totals"
        return FileRefused("totals_not_understood", message, number, "", shown(line))
    controls: list[Control] = []
    for name, text in zip(names, texts, strict=True):
        value = scale(text, FEE_DECIMALS)
        if value is None:
            message = f"line {number}, {name}: {shown(text)!r} is no number"
            return FileRefused("total_wrong", message, number, name, shown(text))
        field = TOTALS[name]
        scaled, decimals = computed(rows.sums, rows.count, field)
        text_computed = printed(scaled // 10 ** (FEE_DECIMALS - decimals), decimals=decimals)
        label = COUNT if field == COUNT else name
        controls.append(Control(label, text, text_computed, value == scaled, number))
    return tuple(controls)


def computed(sums: Mapping[str, CurrencySums], count: int, field: str) -> tuple[int, int]:
    """What the rows come to, times 10^5, and the decimals that it has."""
    if field == COUNT:
        return count * 10**FEE_DECIMALS, 0
    if field == FEE:
        return sum(each.fee_scaled for each in sums.values()), FEE_DECIMALS
    # A bill of several currencies adds them up as numbers: it prints no currency with a total.
    place = AMOUNTS.index(field)
    scaled = sum(
        each.amounts[place] * 10 ** (FEE_DECIMALS - each.exponent) for each in sums.values()
    )
    return scaled, max((each.exponent for each in sums.values()), default=0)
