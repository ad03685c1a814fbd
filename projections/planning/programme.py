"""The programme of a plan: which balance each debt should be left with each month so that interest is least.

Minimize the interest of all months, subject to: every instalment, bill, due date and month of interest is paid; the
payments of a month are within the budget; the reserve ends every month above its floor, also with every revocable
line frozen. Among equals, what is owed is paid down soonest.
A debt that takes interest before principal but does not ask for it every month needs a choice: the month in which its
principal is begun.
Source: docs/planning.md.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Final, NamedTuple

import msgspec

from ledger.money import round_fraction
from projections.planning.choices import Begun, InterestFirst, MostPaid
from projections.planning.debts import Month
from projections.planning.purse import Purse
from projections.planning.solver import Programme, Sum
from projections.planning.tracks import Track

_HAIR: Final = Fraction(1, 10**4)
"""Minor units of interest that the second step may give up for paying down sooner: less than can be rounded."""


_STEPS: Final = (8, 4, 2, 1)
"""Months by which a beginning is moved, as long as that is any better."""
_GAIN: Final = Fraction(1, 10)
"""Minor units that a move has to bring."""

_LATER: Final = Fraction(20, 21)
"""What a month's shortfall counts beside the month's before: less by more than lenders take a month."""


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be solved. Units: minor units.

    Shape: `cleared` was overdue and is paid first of all, `burden` is the part of it that is not principal; `bills`
    are (line, month, amount) that payments of the line up to that month must come to.
    """

    tracks: tuple[Track, ...]
    months: tuple[Month, ...]
    cleared: int
    burden: int
    bills: tuple[tuple[str, int, int], ...]
    purse: Purse | None
    unit: int


class Proposal(msgspec.Struct, frozen=True, kw_only=True):
    """What the solver proposes: what each debt should owe after each month, and the interest it counts on.

    Shape: `begun` are the months in which the principal of debts with a choice is begun; no proposal could come to
    less interest than `bound`, and `proven` says that this one comes to no more.
    """

    targets: dict[tuple[str, int], int]
    begun: dict[str, int]
    interest: Fraction
    bound: Fraction | None
    proven: bool


class _Leg(NamedTuple):
    """A debt at one of its events, as expressions."""

    track: Track
    month: int
    left: Sum
    unpaid: Sum
    paid: Sum
    interest: Sum


class _Model(NamedTuple):
    programme: Programme
    legs: tuple[_Leg, ...]
    choices: dict[str, list[Begun]]


def propose(problem: Problem, *, budget: int, guess: Mapping[str, int], settled: bool = False) -> Proposal | None:
    """The cheapest way inside a budget; None when there is none.

    Shape: `guess` is a month for some debts in which their principal may be begun; the solver starts from it, and
    stays with it where it is `settled`.
    """
    model = _model(problem, budget=Sum(budget), floor=_floor(problem), most_paid=_most_paid(problem, budget))
    interest = _interest(problem, model)
    if settled:
        model.programme.settle(_choices(model, guess))
    cheapest = model.programme.least(interest, guess={} if settled else _choices(model, guess))
    bound, proven = model.programme.bound
    if cheapest is None:
        return None
    begun = _begun(model, cheapest)
    model.programme.settle(_choices(model, begun))
    model.programme.at_most(interest, interest.at(cheapest) + _HAIR)
    values = model.programme.least(_owed(model)) or cheapest
    targets = {
        (leg.track.debt.name, leg.month): round_fraction(leg.left.plus(leg.unpaid).at(values)) for leg in model.legs
    }
    return Proposal(targets=targets, begun=begun, interest=interest.at(cheapest), bound=bound, proven=proven)


def _choices(model: _Model, begun: Mapping[str, int]) -> dict[int, int]:
    """The choices that begin debts in given months; one that is not given is not begun before its last day."""
    return {
        column: int(one.month >= begun.get(name, one.month + 1))
        for name, choices in model.choices.items()
        for one in choices
        for column in one.begun.terms
    }


def _begun(model: _Model, values: list[Fraction]) -> dict[str, int]:
    found = {
        name: [one.month for one in choices if round_fraction(one.begun.at(values))]
        for name, choices in model.choices.items()
    }
    return {name: first[0] for name, first in found.items() if first}


def _most_paid(problem: Problem, budget: int) -> MostPaid:
    """What budget and floor let be paid in some months together."""
    purse = problem.purse

    def most(since: int, until: int) -> int:
        inside = budget * (until - since + 1)
        if purse is None or purse.liquid_floor is None:
            return inside
        above = purse.liquid + purse.net * until - purse.liquid_floor
        return min(inside, max(0, -(-above.numerator // above.denominator)))

    return most


class Least(NamedTuple):
    """The least that must be there each month, and the months in which debts with a choice are begun then."""

    budget: Fraction
    begun: dict[str, int]


def smallest_budget(problem: Problem, *, guess: Mapping[str, int]) -> Least | None:
    """The least that must be there each month; None when the floor cannot be held with any.

    Shape: `guess` as in `propose`. What is found near it is enough, so that only less than that is looked for.
    """
    near = _nearby(*_budgeted(problem), guess)
    most = None if near.amount is None else -(-near.amount.numerator // near.amount.denominator) + problem.unit
    model, budget = _budgeted(problem, most=most)
    values = model.programme.least(budget, guess=_choices(model, near.begun))
    return None if values is None else Least(budget.at(values), _begun(model, values))


def _budgeted(problem: Problem, *, most: int | None = None) -> tuple[_Model, Sum]:
    """A model of which the budget is asked, where it can be told no more than so much."""
    programme = Programme(unit=problem.unit)
    budget = programme.amount(most=most)
    most_paid = None if most is None else _most_paid(problem, most)
    return _model(problem, budget=budget, floor=_floor(problem), programme=programme, most_paid=most_paid), budget


class _Nearby(NamedTuple):
    amount: Fraction | None
    begun: dict[str, int]


def _nearby(model: _Model, goal: Sum, begun: Mapping[str, int]) -> _Nearby:
    """What a goal comes to, and the months of beginning, when no debt can be begun a little sooner or later for less.

    Each trial is a linear programme that begins where the one before ended: hundreds take as long as one proof, and
    from what they find the proof is soon done.
    """
    begins = {name: choices for name, choices in model.choices.items() if choices}
    spans = {name: (choices[0].month, choices[-1].month + 1) for name, choices in begins.items()}
    at = {name: min(begun.get(name, never), never) for name, (_, never) in spans.items()}
    best = model.programme.settled(goal, _choices(model, at))
    for step in _STEPS:
        waiting = list(spans)
        while waiting:
            name = waiting.pop(0)
            first, never = spans[name]
            for month in (max(first, at[name] - step), min(never, at[name] + step)):
                found = model.programme.settled(goal, _choices(model, {**at, name: month}))
                if found is not None and (best is None or found < best - _GAIN):
                    best, at = found, {**at, name: month}
                    waiting = [*waiting, *(one for one in spans if one not in waiting)]
                    break
    return _Nearby(best, at)


def highest_floor(problem: Problem) -> Fraction | None:
    """The highest amount below which what is liquid need never fall, whatever the budget."""
    programme = Programme(unit=problem.unit)
    floor = programme.signed()
    model = _model(problem, budget=None, floor=floor, programme=programme)
    values = model.programme.least(floor.scaled(-1))
    return None if values is None else floor.at(values)


def shortfalls(
    problem: Problem, *, budget: int, lacking: Mapping[int, int], guess: Mapping[str, int]
) -> dict[int, Fraction]:
    """By how much a budget is too small, in which months, however it is paid.

    Money that is not there would best be there at once, to save later interest: so a later month counts a twentieth
    less than the one before it, and none is shorter than what it is `lacking` for its minimums with nothing paid early.
    Units: minor units; rounding moves a minimum by less than one whole unit. Shape: `guess` as in `propose`.
    """

    def written() -> tuple[_Model, Sum, dict[int, Sum]]:
        programme, goal = Programme(unit=problem.unit), Sum()
        short = {number: programme.amount(most=amount + problem.unit) for number, amount in lacking.items()}
        for number, amount in short.items():
            goal = goal.plus(amount, times=_LATER**number)
        return _model(problem, budget=Sum(budget), floor=None, programme=programme, short=short), goal, short

    searched, goal, _ = written()
    near = _nearby(searched, goal, guess)
    model, goal, short = written()
    values = model.programme.least(goal, guess=_choices(model, near.begun))
    return {} if values is None else {number: amount.at(values) for number, amount in short.items()}


def _floor(problem: Problem) -> Sum | None:
    floor = None if problem.purse is None else problem.purse.liquid_floor
    return None if floor is None else Sum(floor)


def _model(
    problem: Problem,
    *,
    budget: Sum | None,
    floor: Sum | None,
    programme: Programme | None = None,
    short: Mapping[int, Sum] | None = None,
    most_paid: MostPaid | None = None,
) -> _Model:
    programme = programme or Programme(unit=problem.unit)
    choices = {
        track.debt.name: InterestFirst(programme, track.principal, most_paid)
        for track in problem.tracks
        if track.debt.kind == "bullet"
    }
    legs = tuple(leg for track in problem.tracks for leg in _legs(programme, track, choices.get(track.debt.name)))
    paid = {month.number: Sum(problem.cleared if month.number == 1 else 0) for month in problem.months}
    for leg in legs:
        paid[leg.month] = paid[leg.month].plus(leg.paid)
    for number, amount in paid.items():
        if budget is not None:
            programme.at_most(amount.minus(budget).minus((short or {}).get(number, Sum())))
    _settle_bills(programme, problem, legs)
    if floor is not None:
        for number, amount in _liquid(programme, problem, paid).items():
            programme.at_least(amount.minus(_called(problem, legs, number)).minus(floor))
    return _Model(programme, legs, {name: made.choices for name, made in choices.items()})


def _legs(programme: Programme, track: Track, first: InterestFirst | None) -> list[_Leg]:
    """The run of one debt as rows of the programme; `first` where all interest comes before principal."""
    legs: list[_Leg] = []
    left, unpaid, most_unpaid = Sum(track.principal), Sum(), 0
    for event in track.events:
        before, unpaid_before = left, unpaid
        interest = before.scaled(event.factor).plus(Sum(event.fixed))
        most_unpaid += -(-track.principal * event.factor.numerator // event.factor.denominator) + event.fixed
        left = programme.amount(most=0 if event.keep == 0 else track.principal)
        if event.least or event.fixed:
            programme.at_most(left, track.principal - event.least)
        elif event.keep:
            programme.at_most(left.minus(before.scaled(event.keep)))
        owed, unpaid = unpaid_before.plus(interest), Sum()
        if first is not None and event.keep:
            unpaid = first.month(event.month, (before, left), owed, most_unpaid=most_unpaid)
        legs.append(_Leg(track, event.month, left, unpaid, owed.minus(unpaid).plus(before).minus(left), interest))
    return legs


def _settle_bills(programme: Programme, problem: Problem, legs: Sequence[_Leg]) -> None:
    for line, month, amount in problem.bills:
        paid = Sum()
        for leg in legs:
            if leg.track.debt.line == line and leg.month <= month:
                paid = paid.plus(leg.paid)
        if paid.terms:
            programme.at_least(paid, amount)


def _liquid(programme: Programme, problem: Problem, paid: Mapping[int, Sum]) -> dict[int, Sum]:
    """What is liquid at the end of each month."""
    found: dict[int, Sum] = {}
    if problem.purse is None:
        return found
    before = Sum(problem.purse.liquid)
    for number, amount in paid.items():
        after = programme.signed()
        programme.equal(after.minus(before).plus(amount), problem.purse.net)
        found[number] = before = after
    return found


def _called(problem: Problem, legs: Sequence[_Leg], month: int) -> Sum:
    """What a freeze at the end of a month would make due, where the floor has to hold after one."""
    called = Sum()
    for leg in legs if problem.purse is not None and problem.purse.if_frozen else ():
        if leg.month == month and leg.track.debt.callable:
            called = called.plus(leg.left)
    return called


def _interest(problem: Problem, model: _Model) -> Sum:
    total = Sum(problem.burden + sum(track.rest for track in problem.tracks))
    for leg in model.legs:
        total = total.plus(leg.interest)
    for track in problem.tracks:
        last = next((leg for leg in reversed(model.legs) if leg.track is track), None)
        if last is not None:
            total = total.plus(last.left, times=track.tail)
    return total


def _owed(model: _Model) -> Sum:
    """All balances of all months, the dearest debt's a little heavier, so that ties are broken by a rule."""
    total = Sum()
    for place, leg in enumerate(reversed(model.legs)):
        total = total.plus(leg.left, times=1 + Fraction(place, 10**6))
    return total
