"""A household's jobs without a database: a history, and the clock that looks at it from time to time."""

import msgspec

from ledger.calendar import parse_when
from projections.ruleset import Ruleset, ruleset
from scheduler.concerns import Concern
from scheduler.folded import AtRest
from scheduler.household import Household, Run, Standing
from scheduler.jobs import attend
from scheduler.lights import Seen
from scheduler.notices import Notice
from scheduler.results import Result
from scheduler.wishes import USUAL, Wishes
from tests.build import Record
from tests.spec import HOUSEHOLD as NAME
from tests.spec import ZONE, given


def moment(text: str) -> int:
    """An instant in the household's zone, as tests write it."""
    return ZONE.at(parse_when(text if len(text) == 10 else text + "+08:00"))


class Life:
    """A household that the clock met at a time."""

    def __init__(self, *facts: Record, met: str, wishes: Wishes = USUAL) -> None:
        self.history = given(*facts)
        self.wishes = wishes
        self.rules: Ruleset = ruleset()
        self.concerns: dict[str, Concern] = {}
        self.at_rest: AtRest | None = None
        self.told: list[Notice] = []
        self.runs: list[Run] = []
        self.results: list[Result] = []
        self.standing = Standing(
            household=NAME, revision=0, enrolled_at=moment(met), checked_to=0, last_at=0, last_version=0, told_version=0
        )
        self.looks(met)

    def records(self, at: str, *facts: Record) -> None:
        """Record facts at a time."""
        self.history = self.history.later_learned(at if len(at) == 10 else at + "+08:00", *facts)

    def looks(self, at: str) -> list[Notice]:
        """Let the clock do what is due up to a time; what is told by that."""
        household = Household(
            version=self.history.recorded[-1].version,
            facts=lambda: self.history.recorded,
            standing=self.standing,
            wishes=self.wishes,
            rules=self.rules,
            concerns=self.concerns,
            seen=dict[str, Seen](),
            now=moment(at),
            at_rest=self.at_rest,
        )
        done = attend(household)
        self.at_rest = done.resting or self.at_rest
        self.standing = msgspec.structs.replace(done.standing, revision=done.standing.revision + 1)
        self.told += done.notices
        self.runs += done.runs
        self.results += done.results
        return [*done.notices]

    def kinds(self, at: str) -> list[str]:
        """The kinds of what is told by a look."""
        return [one.message.kind for one in self.looks(at)]
