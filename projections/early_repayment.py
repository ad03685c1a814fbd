"""How much debt can be repaid early without using up the reserve, should the lender not restore the line.

Repaying a revocable line turns own money into credit that the lender may withdraw; so the amount is computed as if
nothing came back, and shown beside what it is if it does.
Source: domain.md section 5, "safe early repayment".
"""

from collections.abc import Iterable
from typing import final

from ledger.line import Line
from ledger.money import Quotient, round_half_up
from projections.indicators.basis import Basis, limit_missing
from projections.indicators.measure import quotient


@final
class SafeRepayment:
    """What may be repaid early, and how long the reserve lasts afterwards.

    Shape: all null where `missing` says what is unknown; the months are null when nothing flows out.
    Units: minor units; `restorable` is what of the amount could be drawn again.
    """

    __slots__ = ("amount", "missing", "months_if_not_restored", "months_if_restored", "restorable")

    def __init__(
        self,
        amount: int | None = None,
        restorable: int | None = None,
        months_if_not_restored: Quotient | None = None,
        months_if_restored: Quotient | None = None,
        *,
        missing: tuple[str, ...] = (),
    ) -> None:
        self.amount = amount
        self.restorable = restorable
        self.months_if_not_restored = months_if_not_restored
        self.months_if_restored = months_if_restored
        self.missing = missing


def safe_repayment(basis: Basis) -> SafeRepayment:
    """clamp(reserve - target months x monthly outflow, 0, debt), with no restoration."""
    outflow = basis.reserve.monthly_outflow
    absent = (*basis.essentials_missing, *basis.reserve_missing)
    if outflow is None or absent:
        return SafeRepayment(missing=absent)
    reserve, target = basis.reserve.total, basis.rules.safe_early_repayment.target_months
    spare = round_half_up(reserve * outflow.denominator - target * outflow.numerator, outflow.denominator)
    amount = min(max(spare, 0), basis.owed.total)
    restorable = _restorable(basis.lines, amount)
    if not outflow:
        return SafeRepayment(amount, restorable)
    left = reserve - amount
    return SafeRepayment(amount, restorable, quotient(left, outflow), quotient(left + restorable, outflow))


def _restorable(lines: Iterable[Line], amount: int) -> int:
    """What of an amount could be drawn again if the lenders let it; it goes first where least is drawn over a limit.

    Shape: what is drawn over a limit comes back to nobody; lines that share one are over it together.
    """
    pools: dict[str, tuple[int, int]] = {}
    for line in lines:
        if line.usable and line.terms.revolving and line.terms.restoration != "never":
            _, drawn = pools.get(line.root.name, (0, 0))
            pools[line.root.name] = 0 if limit_missing(line) else line.over_limit, drawn + max(0, line.drawn)
    restored = 0
    for over, drawn in sorted(pools.values()):
        repaid = min(amount, drawn)
        amount -= repaid
        restored += max(0, repaid - over)
    return restored
