"""A plan in the shape in which every door gives it: decimal strings, dates, codes. Source: docs/planning.md."""

from typing import Literal, TypeAlias

import msgspec

from projections.planning.course import Strategy
from projections.planning.floors import FloorKind

Status: TypeAlias = Literal["planned", "infeasible", "nothing_owed"]
WarningCode: TypeAlias = Literal[
    "revocable_repaid", "rate_unknown", "bills_unknown", "floor_unknown", "floor_today", "floor_possible",
    "floor_unfrozen", "interest_expected", "not_settled",
]  # fmt: skip


class FloorAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The floor the plan keeps. Shape: null where it is unknown; `missing` says why."""

    kind: FloorKind
    amount: str | None
    months: str | None
    missing: tuple[str, ...]


class DebtAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """One debt of the plan: what becomes of it.

    Shape: `loan` is null where the line is paid as a whole; `early_from` and `early_until` are the first and last
    month with payments that were not due yet, `settled_in` the month in which it ends, null where there is none.
    """

    line: str
    loan: str | None
    lender: str
    daily_rate: str
    rate_known: bool
    annual_rate_x365: str
    revocable: bool
    principal: str
    paid: str
    interest: str
    early: str
    early_from: int | None
    early_until: int | None
    settled_in: int | None


class PaymentAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """One payment: when, on what, how much, and of it interest and charges, principal, and what was not due yet."""

    month: int
    on: str
    line: str
    loan: str | None
    amount: str
    interest: str
    principal: str
    early: str


class MonthAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """One month. Shape: `since` and `until` are its first and last day; reserves are null where they are not known."""

    month: int
    since: str
    until: str
    minimum: str
    paid: str
    principal_left: str
    reserve: str | None
    reserve_if_frozen: str | None
    settled: tuple[str, ...]


class StrategyAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What one way of paying comes to, over the same months, minimums and budget.

    Shape: `months_to_zero` is null where something is still owed at the end; `over_budget` are months whose minimums
    exceed the budget, `below_floor` those that end below the floor with every revocable line frozen.
    """

    strategy: Strategy
    interest: str
    paid: str
    owed_at_end: str
    months_to_zero: int | None
    lowest_reserve: str | None
    lowest_reserve_if_frozen: str | None
    holds: bool
    over_budget: tuple[int, ...]
    below_floor: tuple[int, ...]


class WarningAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Something a plan has to say about itself: a code, the lines it is about, an amount."""

    code: WarningCode
    names: tuple[str, ...] = ()
    amount: str | None = None


class UnmetAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A payment that is due, and what of it cannot be met."""

    line: str
    loan: str | None
    on: str
    amount: str
    unmet: str


class ShortAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A month in which the budget does not meet the minimums, and by how much."""

    month: int
    since: str
    until: str
    short: str
    dues: tuple[UnmetAnswer, ...]


class InfeasibleAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Why there is no plan. Shape: without a `smallest_budget` no budget helps, and `highest_floor` can be kept.

    `empty_in` and `empty_on` are the first month that ends with a reserve below zero when only what is due is paid, and
    its last day; null where none does.
    """

    short: tuple[ShortAnswer, ...]
    smallest_budget: str | None
    highest_floor: str | None
    empty_in: int | None
    empty_on: str | None


class Verified(msgspec.Struct, frozen=True, kw_only=True):
    """That the ledger, given the plan's payments as facts, accrues the plan's interest: how many facts, what interest.

    Shape: `proposed` is the interest the programme counted on, rounded for the eye; null where it found nothing and a
    usual way of paying was taken.
    """

    facts: int
    interest: str
    proposed: str | None


class OptimalityAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """How far the plan can be from the cheapest.

    Shape: no plan comes to less interest than `least`, and this one comes to `gap` more, `gap_share` of its own;
    `proven` says that the gap is rounding alone. `among` says of which plans: of `all`, or of those that keep the
    interest of a loan due in one sum paid once its principal is begun. Null where the programme found nothing.
    """

    proven: bool
    among: Literal["all", "interest_kept_paid"]
    least: str | None
    gap: str | None
    gap_share: str | None


class PlanAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A repayment plan. Shape: `saves` is what it saves in interest against paying only what is due."""

    household: str
    at: str
    known_at: str
    version: int
    ruleset: str
    currency: str
    budget: str
    floor: FloorAnswer
    status: Status
    horizon_months: int
    principal: str
    charges_owed: str
    saves: str | None
    dearest_first: bool
    debts: tuple[DebtAnswer, ...]
    payments: tuple[PaymentAnswer, ...]
    months: tuple[MonthAnswer, ...]
    comparison: tuple[StrategyAnswer, ...]
    warnings: tuple[WarningAnswer, ...]
    infeasible: InfeasibleAnswer | None
    verified: Verified | None
    optimality: OptimalityAnswer | None
    digest: str
