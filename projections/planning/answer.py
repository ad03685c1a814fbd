"""A plan, told: from courses in minor units to the shape that every door gives."""

from collections.abc import Iterator, Sequence
from datetime import date
from fractions import Fraction
from itertools import combinations
from typing import NamedTuple

import msgspec

from ledger.events import InterestCharged
from ledger.interest import annualise
from ledger.money import amount_text, rate_text, ratio_or_null, ratio_text, round_fraction
from ledger.timeline import Timeline
from projections.digest import digest
from projections.indicators.basis import Basis
from projections.planning.course import Course, MonthEnd, Payment
from projections.planning.debts import Debt
from projections.planning.feasibility import Infeasible, Short
from projections.planning.floors import Floor, Request, planned
from projections.planning.plan import Plan
from projections.planning.shape import (
    DebtAnswer,
    FloorAnswer,
    InfeasibleAnswer,
    MonthAnswer,
    OptimalityAnswer,
    PaymentAnswer,
    PlanAnswer,
    ShortAnswer,
    Status,
    StrategyAnswer,
    UnmetAnswer,
    Verified,
    WarningAnswer,
)


class _Told(NamedTuple):
    asked: Basis
    plan: Plan
    floor: Floor

    def money(self, amount: int | Fraction) -> str:
        return amount_text(round_fraction(Fraction(amount)), self.asked.book.currency)

    def known(self, amount: Fraction | None) -> str | None:
        return None if amount is None else self.money(amount)


def answer(timeline: Timeline, asked: Basis, request: Request, *, household: str, known_at: int) -> PlanAnswer:
    """The plan of a household as every door gives it. Raises: FloorUnknown."""
    told = _Told(asked, *planned(timeline, asked, request))
    plan, chosen, book = told.plan, told.plan.chosen, asked.book
    debts = tuple(_debt(told, debt) for debt in plan.debts)
    found = PlanAnswer(
        household=household,
        at=book.zone.text(book.at),
        known_at=book.zone.text(known_at, microsecond=True),
        version=book.version,
        ruleset=asked.rules.name,
        currency=book.currency,
        budget=told.money(request.budget),
        floor=_floor(told),
        status=_status(plan),
        horizon_months=len(plan.asked.months),
        principal=told.money(plan.principal),
        charges_owed=told.money(plan.opening),
        saves=_saves(told),
        dearest_first=_dearest_first(debts),
        debts=debts,
        payments=() if chosen is None else tuple(_payment(told, one) for one in chosen.payments),
        months=() if chosen is None else tuple(_month(told, one) for one in chosen.months),
        comparison=tuple(_strategy(told, course) for course in plan.courses),
        warnings=tuple(_warnings(told)),
        infeasible=None if plan.infeasible is None else _infeasible(told, plan.infeasible),
        verified=_verified(told),
        optimality=_optimality(told),
        digest="",
    )
    return msgspec.structs.replace(found, digest=digest(found, household=household))


def _status(plan: Plan) -> Status:
    if plan.infeasible is not None:
        return "infeasible"
    return "planned" if plan.chosen is not None and plan.chosen.payments else "nothing_owed"


def _floor(told: _Told) -> FloorAnswer:
    floor = told.floor
    return FloorAnswer(
        kind=floor.kind,
        amount=None if floor.amount is None else told.money(floor.amount),
        months=ratio_or_null(floor.months),
        missing=floor.missing,
    )


def _saves(told: _Told) -> str | None:
    least = next(course for course in told.plan.courses if course.strategy == "minimum")
    chosen = told.plan.chosen
    return None if chosen is None else told.money(least.interest - chosen.interest)


def _dearest_first(debts: Sequence[DebtAnswer]) -> bool:
    """Whether what is beyond the minimums goes to a debt only when no dearer one is paid early any more."""
    early = [(debt.early_from, debt.early_until, debt.daily_rate) for debt in debts]
    return not any(
        begins is not None and ends is not None and begins < ends and rate != dearer
        for (_, ends, dearer), (begins, _, rate) in combinations(early, 2)
    )


def _debt(told: _Told, debt: Debt) -> DebtAnswer:
    chosen, line = told.plan.chosen, told.asked.book.lines[debt.line]
    payments = [] if chosen is None else [one for one in chosen.payments if (one.line, one.loan) == _of(debt)]
    early = [one.month for one in payments if one.early]
    settled = [] if chosen is None else [end.month.number for end in chosen.months if debt.name in end.settled]
    owing = line.loans.principal if debt.loan is None else _principal(told, debt)
    return DebtAnswer(
        line=debt.line,
        loan=debt.loan,
        lender=line.terms.lender,
        daily_rate=rate_text(debt.rate),
        rate_known=debt.rate_known,
        annual_rate_x365=ratio_text(annualise(debt.rate, "x365")),
        revocable=debt.revocable,
        principal=told.money(owing),
        paid=told.money(sum(one.amount for one in payments)),
        interest=told.money(sum(one.amount - one.principal for one in payments)),
        early=told.money(sum(one.early for one in payments)),
        early_from=min(early, default=None),
        early_until=max(early, default=None),
        settled_in=min(settled, default=None),
    )


def _of(debt: Debt) -> tuple[str, str | None]:
    return debt.line, debt.loan


def _principal(told: _Told, debt: Debt) -> int:
    views = told.asked.book.lines[debt.line].loans.views(told.asked.day)
    return sum(view.principal for view in views if view.loan == debt.loan)


def _payment(told: _Told, one: Payment) -> PaymentAnswer:
    return PaymentAnswer(
        month=one.month,
        on=_day(one.on),
        line=one.line,
        loan=one.loan,
        amount=told.money(one.amount),
        interest=told.money(one.amount - one.principal),
        principal=told.money(one.principal),
        early=told.money(one.early),
    )


def _month(told: _Told, end: MonthEnd) -> MonthAnswer:
    return MonthAnswer(
        month=end.month.number,
        since=_day(end.month.first),
        until=_day(end.month.last),
        minimum=told.money(end.minimum),
        paid=told.money(end.paid),
        principal_left=told.money(end.principal),
        reserve=told.known(end.reserve),
        reserve_if_frozen=told.known(end.frozen),
        settled=end.settled,
    )


def _strategy(told: _Told, course: Course) -> StrategyAnswer:
    reserves = [end.reserve for end in course.months if end.reserve is not None]
    frozen = [end.frozen for end in course.months if end.frozen is not None]
    return StrategyAnswer(
        strategy=course.strategy,
        interest=told.money(course.interest),
        paid=told.money(course.paid),
        owed_at_end=told.money(course.owed),
        months_to_zero=course.free_after,
        lowest_reserve=told.known(min(reserves, default=None)),
        lowest_reserve_if_frozen=told.known(min(frozen, default=None)),
        holds=course.holds,
        over_budget=course.broken,
        below_floor=course.low,
    )


def _warnings(told: _Told) -> Iterator[WarningAnswer]:
    plan, chosen, floor = told.plan, told.plan.chosen, told.floor
    if _status(plan) == "nothing_owed":
        return
    if floor.kind == "unknown":
        yield WarningAnswer(code="floor_unknown", names=floor.missing)
    if floor.kind == "today":
        yield WarningAnswer(code="floor_today")
    if floor.kind in ("possible", "unfrozen"):
        yield WarningAnswer(code="floor_possible" if floor.kind == "possible" else "floor_unfrozen")
    unrated = tuple(debt.name for debt in plan.debts if not debt.rate_known)
    if unrated:
        yield WarningAnswer(code="rate_unknown", names=unrated)
    cards = tuple(sorted({debt.line for debt in plan.debts if debt.callable}))
    if cards:
        yield WarningAnswer(code="bills_unknown", names=cards)
    if chosen is None:
        return
    charged = sum(fact.amount for fact in chosen.facts if isinstance(fact, InterestCharged))
    if charged:
        names = tuple(sorted({fact.line for fact in chosen.facts if isinstance(fact, InterestCharged)}))
        yield WarningAnswer(code="interest_expected", names=names, amount=told.money(charged))
    revocable = {debt.line for debt in plan.debts if debt.revocable}
    repaid = sum(one.principal for one in chosen.payments if one.line in revocable)
    if repaid:
        names = tuple(sorted({one.line for one in chosen.payments if one.line in revocable and one.principal}))
        yield WarningAnswer(code="revocable_repaid", names=names, amount=told.money(repaid))
    if chosen.owed:
        yield WarningAnswer(code="not_settled", amount=told.money(chosen.owed))


def _verified(told: _Told) -> Verified | None:
    chosen, proposed = told.plan.chosen, told.plan.proposed
    if chosen is None:
        return None
    return Verified(facts=len(chosen.facts), interest=told.money(chosen.interest), proposed=told.known(proposed))


def _optimality(told: _Told) -> OptimalityAnswer | None:
    plan, chosen, proposal = told.plan, told.plan.chosen, told.plan.proposal
    if chosen is None or not chosen.payments:
        return None
    bound = None if proposal is None else proposal.bound
    least = None if bound is None else bound.numerator // bound.denominator
    gap = None if least is None else max(0, chosen.interest - least)
    return OptimalityAnswer(
        proven=proposal is not None and proposal.proven,
        among="interest_kept_paid" if any(debt.kind == "bullet" for debt in plan.debts) else "all",
        least=None if least is None else told.money(least),
        gap=None if gap is None else told.money(gap),
        gap_share=None if gap is None else ratio_text(Fraction(gap, chosen.interest) if gap else Fraction(0)),
    )


def _infeasible(told: _Told, found: Infeasible) -> InfeasibleAnswer:
    least = next(course for course in told.plan.courses if course.strategy == "minimum")
    empty = next((end.month for end in least.months if end.reserve is not None and end.reserve < 0), None)
    return InfeasibleAnswer(
        short=tuple(_short(told, one) for one in found.short),
        smallest_budget=None if found.smallest is None else told.money(found.smallest),
        highest_floor=None if found.floor is None else told.money(found.floor),
        empty_in=None if empty is None else empty.number,
        empty_on=None if empty is None else _day(empty.last),
    )


def _short(told: _Told, short: Short) -> ShortAnswer:
    dues = (
        UnmetAnswer(
            line=one.line, loan=one.loan, on=_day(one.on), amount=told.money(one.amount), unmet=told.money(one.unmet)
        )
        for one in short.dues
    )
    month = short.month
    return ShortAnswer(
        month=month.number,
        since=_day(month.first),
        until=_day(month.last),
        short=told.money(short.amount),
        dues=tuple(dues),
    )


def _day(ordinal: int) -> str:
    return date.fromordinal(ordinal).isoformat()
