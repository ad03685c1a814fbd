"""The verdict on each limit change that stands, as `explain` gives it for the change, worked out once and kept.

A verdict looks at facts up to the end of the change's window, and at what lender and platform said at any time; so a
fact that took effect later leaves it as it is, and what a household draws and repays every day costs nothing here.
Source: domain.md section 7; ops/decisions/0042.
"""

from bisect import bisect_right
from collections.abc import Iterable
from typing import Final, NamedTuple

from ledger.codes import Grade, ReasonCode
from ledger.events import LenderStated, PlatformNoticed, Recorded
from ledger.timeline import Timeline
from ledger.traces import LimitChange
from projections.explanation.case import open_case
from projections.explanation.dossier import Dossier
from projections.explanation.rules import CURRENT, rules
from projections.explanation.verdict import decide
from projections.explanation.window import Window, around

_SAID: Final = frozenset({LenderStated, PlatformNoticed})


class Verdict(NamedTuple):
    """What a change was, and how sure that is."""

    code: ReasonCode
    grade: Grade


class Place(NamedTuple):
    """A change and the line it is told of."""

    line: str
    change: LimitChange


class Verdicts:
    """The verdicts on a household's changes. Shape: `places` are the changes that stand."""

    __slots__ = ("_ends_at", "_known", "_windows")

    def __init__(self) -> None:
        self._windows: dict[Place, Window] = {}
        self._known: dict[Place, Verdict] = {}
        self._ends_at = 0

    def __getitem__(self, place: Place) -> Verdict:
        return self._known[place]

    def stand(self, places: Iterable[Place], timeline: Timeline) -> None:
        """Take note of which changes stand now."""
        before = self._windows
        self._windows = {place: before.get(place) or around(timeline.zone, place.change) for place in places}
        self._known = {place: known for place, known in self._known.items() if place in self._windows}
        self._ends_at = max((window.until for window in self._windows.values()), default=0)

    def learn(self, learned: Iterable[Recorded], *, since: int | None) -> bool:
        """Forget the verdicts that new facts can turn; whether there are such changes.

        Shape: `since` is when the first of them took effect; None when they change how others stand.
        """
        if since is None or any(type(one.fact) in _SAID for one in learned):
            self._known.clear()
            return bool(self._windows)
        if since > self._ends_at:
            return False
        self._known = {place: known for place, known in self._known.items() if self._windows[place].until < since}
        return True

    def settle(self, timeline: Timeline, *, household: str) -> None:
        """Work out the verdicts that are not known."""
        open_ones = [place for place in self._windows if place not in self._known]
        if not open_ones:
            return
        dossier = Dossier(_looked_at(timeline, until=max(self._windows[place].until for place in open_ones)))
        for place in open_ones:
            since, until = self._windows[place]
            case = open_case(
                dossier, household=household, line=place.line, since=since, until=until, rules=rules(CURRENT)
            )  # fmt: skip
            finding = decide(case).finding
            self._known[place] = Verdict(finding.code, finding.grade)


def _looked_at(timeline: Timeline, *, until: int) -> Timeline:
    """The facts that verdicts on changes look at, if the last window ends then."""
    end = bisect_right(timeline.entries, until, key=lambda entry: entry.at)
    later = [entry for entry in timeline.entries[end:] if type(entry.fact) in _SAID]
    return timeline.only([*timeline.entries[:end], *later])
