"""When the principal of a debt that takes all its interest first is begun, as rows of a programme.

Until its interest is paid, no principal can be; once its principal is begun, its interest is kept paid. So there is one
choice: the month in which it begins. Before it the principal stands whole; by the end of a month no more of it can be
gone than what could be paid since. Said month by month, the latter is what makes the programme quick: without it the
solver pays a little interest and a little principal at a time, and needs several times the trials to see it may not.
Source: docs/planning.md.
"""

from collections.abc import Callable
from typing import NamedTuple, TypeAlias

from projections.planning.solver import Programme, Sum

MostPaid: TypeAlias = Callable[[int, int], int]
"""What can be paid at most from a month to another, both counted in. Units: minor units."""


class Begun(NamedTuple):
    """Whether principal of a debt has been paid by a month: an expression of 0 or 1."""

    month: int
    begun: Sum


class InterestFirst:
    """The rows of one such debt, month after month. Units: minor units."""

    def __init__(self, programme: Programme, principal: int, most_paid: MostPaid | None) -> None:
        self._programme = programme
        self._principal = principal
        self._most_paid = most_paid
        self.choices: list[Begun] = []

    def month(self, number: int, principal: tuple[Sum, Sum], owed: Sum, *, most_unpaid: int) -> Sum:
        """The interest that stays unpaid in a month. Units: `most_unpaid` is all that can have accrued."""
        programme, (before, left) = self._programme, principal
        unpaid, begun = programme.amount(), programme.choice()
        programme.at_most(left.minus(before))
        programme.at_most(unpaid.minus(owed))
        programme.at_most(unpaid.plus(begun.scaled(most_unpaid)), most_unpaid)
        if self.choices:
            programme.at_least(begun.minus(self.choices[-1].begun))
        self.choices.append(Begun(number, begun))
        programme.at_least(left.plus(begun.scaled(self._principal)).minus(self._least_left(number)), self._principal)
        return unpaid

    def _least_left(self, number: int) -> Sum:
        """What is left in a month at least, by the month in which it was begun."""
        least, before = Sum(), Sum()
        for month, begun in self.choices:
            paid = self._principal if self._most_paid is None else self._most_paid(month, number)
            if paid < self._principal:
                least = least.plus(begun.minus(before), times=self._principal - paid)
            before = begun
        return least
