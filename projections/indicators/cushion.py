"""How long own money lasts, and what it covers: reserve against outflow, dues and debt.

Source: domain.md section 6. Oracle O13.
"""

from projections.indicators.basis import Basis
from projections.indicators.measure import Measure, missing, ratio


def liquidity_months(basis: Basis) -> Measure:
    """How many months the reserve lasts."""
    return _months(basis, basis.reserve.total, "reserve")


def immediate_months(basis: Basis) -> Measure:
    """How many months the money lasts that can be had at once."""
    return _months(basis, basis.reserve.t1, "immediate")


def _months(basis: Basis, amount: int, name: str) -> Measure:
    outflow = basis.reserve.monthly_outflow
    absent = (*basis.reserve_missing, *basis.essentials_missing)
    if outflow is None or absent:
        return missing(absent)
    inputs = {name: basis.money(amount), "monthly_outflow": basis.money(outflow)}
    return ratio(amount, outflow, inputs=inputs, topics=("reserves", "essentials", *basis.owing))


def maturity_cover(basis: Basis) -> Measure:
    """Money that can be had within days, against what falls due in 30 days."""
    if basis.reserve_missing:
        return missing(basis.reserve_missing)
    liquid, due = basis.reserve.t1 + basis.reserve.t2a, basis.owed.due_30_days
    inputs = {"liquid": basis.money(liquid), "due_30_days": basis.money(due)}
    return ratio(liquid, due, inputs=inputs, topics=("reserves", *basis.owing))


def debt_to_assets(basis: Basis) -> Measure:
    """Debt against all own assets on record, before any haircut, pledged and locked ones included."""
    if basis.assets_missing:
        return missing(basis.assets_missing)
    assets = sum([max(0, account.balance) for account in basis.book.accounts.values()])
    inputs = {"debt": basis.money(basis.owed.total), "assets": basis.money(assets)}
    return ratio(basis.owed.total, assets, inputs=inputs, topics=("reserves", *basis.owing))
