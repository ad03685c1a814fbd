"""Linear and mixed-integer programmes, written as sums of columns and handed to HiGHS.

The one room with binary fractions: what goes in is exact, what comes out is a proposal that the ledger verifies.
One thread, a fixed seed, a limit by nodes and none by the clock: the same programme gives the same answer.
Choices are first decided without the solver's own searches for good solutions, which cost more than they find where
there is a guess to begin with; only what is not decided so is searched that way, and from the best that was found.
"""

import math
from collections.abc import Mapping
from fractions import Fraction
from typing import Any, Final

import highspy
import numpy

_OPTIONS: Final[dict[str, Any]] = {
    "threads": 1, "parallel": "off", "random_seed": 1, "mip_rel_gap": 0, "mip_abs_gap": 1 / 200,
    "mip_heuristic_effort": 0,
}  # fmt: skip
_SEARCHES: Final = ("mip_heuristic_run_rens", "mip_heuristic_run_rins", "mip_heuristic_run_root_reduced_cost")
_NODES: Final = 300
_NODES_OF_A_SEARCH: Final = 100


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
        self._bound: Fraction | None = None
        self._closed = False
        self._goal: Sum | None = None
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

    def least(self, goal: Sum, *, guess: Mapping[int, int] | None = None) -> list[Fraction] | None:
        """The values of the columns that make an expression least; None when nothing satisfies every row.

        Shape: `guess` are values of choices to begin with, forgotten where no solution has them; where choices are too
        many to try them all, the best that was found, and `bound` tells how far it can be off.
        """
        self._aim(goal)
        self._bound, self._closed = None, False
        if guess:
            self._begin(guess)
        self._run(searching=False, nodes=_NODES)
        if self._stopped():
            if self._found():
                self._solver.setSolution(self._solver.getSolution())
            self._run(searching=True, nodes=_NODES_OF_A_SEARCH if self._found() else None)
        if not self._found():
            return None
        values = [Fraction(value) for value in self._solver.getSolution().col_value]
        self._closed = not self._stopped()
        reached = goal.at(values)
        self._bound = reached if self._bound is None else min(reached, goal.constant + self._bound)
        return values

    def settled(self, goal: Sum, chosen: Mapping[int, int]) -> Fraction | None:
        """The least of an expression with every choice as given, as near as the solver tells; None where it has none.

        Shape: the choices are linear from then on; asked again and again, each answer begins from the one before.
        """
        self.settle(chosen)
        self._aim(goal)
        self._solver.run()
        return goal.constant + Fraction(self._solver.getObjectiveValue()) * self._unit if self._found() else None

    def _aim(self, goal: Sum) -> None:
        if goal is not self._goal:
            for column in range(self._columns):
                self._solver.changeColCost(column, _near(goal.terms.get(column, Fraction(0)) / self._unit))
            self._goal = goal

    @property
    def bound(self) -> tuple[Fraction | None, bool]:
        """What the last goal cannot be less than, and whether it was decided that what was found is the least."""
        return self._bound, self._closed

    def _begin(self, guess: Mapping[int, int]) -> None:
        columns = numpy.array(list(guess), dtype=numpy.int32)
        amounts = numpy.array(list(guess.values()), dtype=numpy.float64)
        self._solver.setSolution(len(columns), columns, amounts)

    def _run(self, *, searching: bool, nodes: int | None) -> None:
        """Let the solver work, up to a number of nodes, None for until something is found or nothing can be."""
        for name in _SEARCHES:
            self._solver.setOptionValue(name, searching)
        self._solver.setOptionValue("mip_max_nodes", highspy.kHighsIInf if nodes is None else nodes)
        self._solver.setOptionValue("mip_max_improving_sols", 1 if nodes is None else highspy.kHighsIInf)
        self._solver.run()
        if self._choices:
            bound = self._solver.getInfo().mip_dual_bound
            if math.isfinite(bound):
                below = Fraction(bound) * self._unit
                self._bound = below if self._bound is None else max(self._bound, below)

    def _stopped(self) -> bool:
        return bool(self._solver.getModelStatus() == highspy.HighsModelStatus.kSolutionLimit)

    def _found(self) -> bool:
        found = self._solver.getInfo().primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
        return bool(found or self._solver.getModelStatus() == highspy.HighsModelStatus.kModelEmpty)

    def settle(self, chosen: Mapping[int, int]) -> None:
        """Let every choice be as given, so that what is asked next is asked of a linear programme."""
        for column, value in chosen.items():
            self._solver.changeColIntegrality(column, highspy.HighsVarType.kContinuous)
            self._solver.changeColBounds(column, value, value)
        self._choices = [column for column in self._choices if column not in chosen]


def _near(exact: Fraction) -> Any:
    """The solver's number nearest to an exact one."""
    return exact.numerator / exact.denominator
