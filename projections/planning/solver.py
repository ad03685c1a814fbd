"""Linear and mixed-integer programmes, written as sums of columns and handed to HiGHS.

The one room with binary fractions: what goes in is exact, what comes out is a proposal that the ledger verifies.
One thread, a fixed seed, a limit by nodes and none by the clock: the same programme gives the same answer.
"""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any, Final

import highspy
import numpy

from ledger.money import round_fraction

_OPTIONS: Final[dict[str, Any]] = {
    "threads": 1, "parallel": "off", "random_seed": 1, "mip_rel_gap": 0, "mip_abs_gap": 1 / 200,
    "mip_max_nodes": 100,
}  # fmt: skip


class _Silent(highspy.Highs):
    """The solver, told to be silent before it greets: standard output belongs to the answer."""

    def enableCallbacks(self) -> None:  # noqa: N802 - the library's own name
        """Begin work, silently."""
        self.setOptionValue("output_flag", "off")
        super().enableCallbacks()  # type: ignore[no-untyped-call]  # the library gives it no type


class Sum:
    """A linear expression: exact amounts of columns, and a constant."""

    __slots__ = ("constant", "terms")

    def __init__(self, constant: Fraction | int = 0, terms: Mapping[int, Fraction] | None = None) -> None:
        self.constant = Fraction(constant)
        self.terms = dict(terms or {})

    def plus(self, other: "Sum", *, times: Fraction | int = 1) -> "Sum":
        """This expression and a multiple of another."""
        made = Sum(self.constant + other.constant * times, self.terms)
        for column, amount in other.terms.items():
            made.terms[column] = made.terms.get(column, Fraction(0)) + amount * times
        return made

    def minus(self, other: "Sum") -> "Sum":
        """This expression without another."""
        return self.plus(other, times=-1)

    def scaled(self, by: Fraction | int) -> "Sum":
        """A multiple of this expression."""
        return Sum().plus(self, times=by)

    def at(self, values: list[Fraction]) -> Fraction:
        """What it comes to for values of the columns."""
        return self.constant + sum((amount * values[column] for column, amount in self.terms.items()), Fraction(0))


class Programme:
    """A programme being written. Units: the solver sees multiples of `unit` minor units, numbers of middling size."""

    def __init__(self, *, unit: int) -> None:
        self._unit = unit
        self._solver = _Silent()  # type: ignore[no-untyped-call]  # the library gives it no type
        self._columns = 0
        self._choices: list[int] = []
        for name, value in _OPTIONS.items():
            self._solver.setOptionValue(name, value)

    def amount(self, *, most: int | None = None) -> Sum:
        """A column from nothing up to `most` minor units."""
        top = self._solver.getInfinity() if most is None else most / self._unit
        return self._column(top)

    def signed(self) -> Sum:
        """A column without bounds."""
        made = self._column(self._solver.getInfinity())
        self._solver.changeColBounds(self._columns - 1, -self._solver.getInfinity(), self._solver.getInfinity())
        return made

    def choice(self) -> Sum:
        """A column that is 0 or 1."""
        made = self._column(1)
        self._solver.changeColIntegrality(self._columns - 1, highspy.HighsVarType.kInteger)
        self._choices.append(self._columns - 1)
        return Sum(0, {column: amount / self._unit for column, amount in made.terms.items()})

    def _column(self, most: Any) -> Sum:
        self._solver.addVar(0, most)
        self._columns += 1
        return Sum(0, {self._columns - 1: Fraction(self._unit)})

    def at_most(self, expression: Sum, bound: Fraction | int = 0) -> None:
        """Let an expression be no more than a bound."""
        self._row(expression, low=None, high=Fraction(bound))

    def at_least(self, expression: Sum, bound: Fraction | int = 0) -> None:
        """Let an expression be no less than a bound."""
        self._row(expression, low=Fraction(bound), high=None)

    def equal(self, expression: Sum, bound: Fraction | int = 0) -> None:
        """Let an expression be equal to a bound."""
        self._row(expression, low=Fraction(bound), high=Fraction(bound))

    def _row(self, expression: Sum, *, low: Fraction | None, high: Fraction | None) -> None:
        endless = self._solver.getInfinity()
        below = -endless if low is None else _near((low - expression.constant) / self._unit)
        above = endless if high is None else _near((high - expression.constant) / self._unit)
        columns = numpy.array(list(expression.terms), dtype=numpy.int32)
        amounts = numpy.array([_near(amount / self._unit) for amount in expression.terms.values()])
        self._solver.addRow(below, above, len(columns), columns, amounts)

    def least(self, goal: Sum) -> list[Fraction] | None:
        """The values of the columns that make an expression least; None when nothing satisfies every row.

        Shape: where choices are too many to try them all, the best that was found.
        """
        for column in range(self._columns):
            self._solver.changeColCost(column, _near(goal.terms.get(column, Fraction(0)) / self._unit))
        self._solver.run()
        found = self._solver.getInfo().primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
        if not found and self._solver.getModelStatus() != highspy.HighsModelStatus.kModelEmpty:
            return None
        return [Fraction(value) for value in self._solver.getSolution().col_value]

    def settle(self, values: list[Fraction]) -> None:
        """Let every choice be what it was, so that what is asked next is asked of a linear programme."""
        for column in self._choices:
            chosen = round_fraction(values[column])
            self._solver.changeColIntegrality(column, highspy.HighsVarType.kContinuous)
            self._solver.changeColBounds(column, chosen, chosen)


def _near(exact: Fraction) -> Any:
    """The solver's number nearest to an exact one."""
    return exact.numerator / exact.denominator
