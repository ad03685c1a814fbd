"""How much debt can be repaid early without using up the reserve, should the lender not restore the line.

Repaying a revocable line turns own money into credit that the lender may withdraw; so the amount is computed as if
nothing came back, and shown beside what it is if it does.
Source: domain.md section 5, "safe early repayment".
"""

from collections.abc import Iterable
from fractions import Fraction

import msgspec

from ledger.line import Line
from ledger.money import amount_text, ratio_text, round_fraction
from projections.indicators.basis import Basis, limit_missing


class SafeRepayment(msgspec.Struct, frozen=True, kw_only=True):
    """What may be repaid early, and how long the reserve lasts afterwards.

    Shape: all null where `missing` says what is unknown; the months are null when nothing flows out.
    Units: minor units; `restorable` is what of the amount could be drawn again.
    """

    amount: int | None = None
    restorable: int | None = None
    months_if_not_restored: Fraction | None = None
    months_if_restored: Fraction | None = None
    missing: tuple[str, ...] = ()


def safe_repayment(basis: Basis) -> SafeRepayment:
    """clamp(reserve - target months x monthly outflow, 0, debt), with no restoration."""
    outflow = basis.reserve.monthly_outflow
    absent = (*basis.essentials_missing, *basis.reserve_missing)
    if outflow is None or absent:
        return SafeRepayment(missing=absent)
    reserve = basis.reserve.total
    spare = reserve - basis.rules.safe_early_repayment.target_months * outflow
    amount = round_fraction(min(max(spare, Fraction(0)), Fraction(basis.owed.total)))
    restorable = _restorable(basis.lines, amount)
    return SafeRepayment(
        amount=amount,
        restorable=restorable,
        months_if_not_restored=(reserve - amount) / outflow if outflow else None,
        months_if_restored=(reserve - amount + restorable) / outflow if outflow else None,
    )


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


class SafeRepaymentAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Safe early repayment as the contract shows it. Added: `restorable`, `missing`."""

    amount: str | None
    restorable: str | None
    months_if_not_restored: str | None
    months_if_restored: str | None
    missing: tuple[str, ...]


def answer(found: SafeRepayment, *, currency: str) -> SafeRepaymentAnswer:
    """Safe early repayment in the contract's shape."""
    return SafeRepaymentAnswer(
        amount=None if found.amount is None else amount_text(found.amount, currency),
        restorable=None if found.restorable is None else amount_text(found.restorable, currency),
        months_if_not_restored=_months(found.months_if_not_restored),
        months_if_restored=_months(found.months_if_restored),
        missing=found.missing,
    )


def _months(months: Fraction | None) -> str | None:
    return None if months is None else ratio_text(months)
