"""Ways to decide what is paid beyond the minimums: nothing, the dearest debt first, the smallest first, to targets."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from projections.planning.course import Ask, Chooser
from projections.planning.debts import Debt

SETTLE_BELOW: Final = 100
"""A debt that would be left with less than this many minor units is paid to the end."""


def minimum(_: Ask) -> dict[Debt, int]:
    """Nothing beyond what is due."""
    return {}


def avalanche(ask: Ask) -> dict[Debt, int]:
    """The dearest debt first, by daily rate; of equals the smaller one."""
    return _fill(ask, ask.beyond, by=lambda debt: (-debt.rate, ask.beyond[debt], debt.name))


def snowball(ask: Ask) -> dict[Debt, int]:
    """The smallest debt first; of equals the dearer one."""
    return _fill(ask, ask.beyond, by=lambda debt: (ask.beyond[debt], -debt.rate, debt.name))


def soonest(ask: Ask) -> dict[Debt, int]:
    """What is due in one sum first, by its day; then the dearest debt."""
    return _fill(ask, ask.beyond, by=lambda debt: (debt.ends_on is None, debt.ends_on, -debt.rate, debt.name))


def toward(targets: Mapping[tuple[str, int], int]) -> Chooser:
    """Down to what each debt should owe after each month: by name of the debt and number of the month.

    A target is a balance, not a payment, so what was rounded away in one month is made up for in the next.
    """

    def choose(ask: Ask) -> dict[Debt, int]:
        wanted = {debt: left - _target(targets, debt, ask.month.number) for debt, left in ask.beyond.items()}
        return _fill(ask, wanted, by=lambda debt: (-debt.rate, debt.name))

    return choose


def _target(targets: Mapping[tuple[str, int], int], debt: Debt, month: int) -> int:
    target = targets.get((debt.name, month), 0)
    return target if target >= SETTLE_BELOW else 0


def _fill(ask: Ask, wanted: Mapping[Debt, int], *, by: Callable[[Debt], Any]) -> dict[Debt, int]:
    """Give each debt what is wanted of it, in an order, as far as budget and floor go.

    Paying a debt that a freeze would call leaves a floor that holds after one where it is: the money is owed within the
    month either way.
    """
    free, room = ask.free, ask.room
    extra: dict[Debt, int] = {}
    for debt in _ordered(wanted, by):
        part = min(free, wanted[debt])
        if room is not None and not (debt.callable and ask.if_frozen):
            part = min(part, room)
            room -= max(0, part)
        if part > 0:
            extra[debt] = part
            free -= part
    return extra


def _ordered(wanted: Iterable[Debt], by: Callable[[Debt], Any]) -> list[Debt]:
    return sorted(wanted, key=by)
