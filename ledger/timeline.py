"""A household's facts as known at a moment, corrected and in the order in which they took effect.

Source: domain.md section 1, steps 1 to 4.
"""

from bisect import bisect, insort
from collections.abc import Iterable
from typing import Any, Final, NamedTuple

from ledger import events
from ledger.calendar import Zone, zone
from ledger.events import AnyFact, Plain, Recorded
from ledger.reassigned import Reassigned

_NO_ZONE: Final = "Asia/Shanghai"
_ABOUT_FACTS: Final = frozenset({events.Corrected, events.Voided})
_OPENINGS: Final = frozenset(kind for kind in events.FACT_TYPES.values() if kind.rank == events.OPENING)
_NOTHING_REASSIGNED: Final = Reassigned()


class Standing(NamedTuple):
    """Recorded facts, the fact that stands for each, and the version which that one came with.

    What is in them stays an object: compiled, each number would be taken out and put back for its place.
    """

    recorded: list[Any]
    facts: list[Any]
    sources: list[Any]


class Entry(NamedTuple):
    """A fact in its place.

    Shape: `at` is the instant it sorts at, `day` its local day as an ordinal, `bare` whether the order inside that
    day is unknown; `version` is the original's where the fact is a replacement, `source_version` the correction's.
    """

    at: int
    rank: int
    version: int
    day: int
    bare: bool
    recorded_at: int
    fact: Any
    source_version: int


def _at(entry: Entry) -> int:
    return entry.at


class Timeline:
    """The facts that stand, in order of effect, with the zone, currency and openings they are read by."""

    __slots__ = (
        "corrected_by", "currency", "entries", "known_at", "learned_at", "openings", "reassigned", "version",
        "voided_by", "zone",
    )  # fmt: skip

    def __init__(self, recorded: Iterable[Recorded], *, known_at: int | None = None) -> None:
        known = list(recorded) if known_at is None else [one for one in recorded if one.recorded_at <= known_at]
        self.known_at = known_at
        self.version = known[-1].version if known else 0
        self.learned_at = known[-1].recorded_at if known else 0
        standing = self._standing(known)
        openings = [fact for fact in standing.facts if type(fact) in _OPENINGS]
        opened = [fact for fact in openings if type(fact) is events.HouseholdOpened]
        self.zone: Zone = zone(opened[-1].timezone if opened else _NO_ZONE)
        self.currency: str = opened[-1].currency if opened else "CNY"
        self.openings: dict[str, Any] = {}
        for fact in openings:
            self._open(fact)
        self.entries = self._placed(standing)
        self.entries.sort()

    def until(self, at: int) -> list[Entry]:
        """The facts that have taken effect by an instant, in order of effect."""
        return self.entries[: bisect(self.entries, at, key=_at)]

    def only(self, entries: list[Entry]) -> "Timeline":
        """The same household with other facts, in order of effect, and the same openings."""
        other = Timeline(())
        other.known_at, other.version, other.learned_at = self.known_at, self.version, self.learned_at
        other.corrected_by, other.voided_by = self.corrected_by, self.voided_by
        other.reassigned = self.reassigned
        other.zone, other.currency, other.openings = self.zone, self.currency, self.openings
        other.entries = entries
        return other

    def extend(self, learned: Iterable[Recorded]) -> int | None:
        """Take in facts recorded after all others; the number of the first entry that is new, in order of effect.

        Shape: None when a fact changes how others stand or are read, so that all must be read anew; so must a book
        that met a line or an account before the opening that is among them.
        """
        first = len(self.entries)
        for one in learned:
            fact: Any = one.fact
            if type(fact) in _ABOUT_FACTS or type(fact) is events.HouseholdOpened:
                return None
            self._open(fact)
            if self.reassigned:
                fact = self.reassigned.followed(fact, version=one.version)
            entry = self._entry(one, fact, one.version)
            first = min(first, bisect(self.entries, entry))
            insort(self.entries, entry)
            self.version, self.learned_at = one.version, one.recorded_at
        return first

    def supposing(self, facts: Iterable[Plain], *, until: int) -> "Timeline":
        """The same history up to an instant, and facts that nobody recorded, under versions after its own."""
        entries = [entry for entry in self.entries if entry.at <= until]
        entries += [self.supposed(fact, number=number) for number, fact in enumerate(facts, start=1)]
        entries.sort()
        return self.only(entries)

    def supposed(self, fact: Plain, *, number: int) -> Entry:
        """The place of a fact that nobody recorded. Units: `number` counts such facts from 1."""
        version = self.version + number
        return self._entry(
            Recorded(version=version, recorded_at=self.zone.at(fact.effective), fact=fact), fact, version
        )

    def _open(self, fact: Any) -> None:
        kind = type(fact)
        if kind is events.LineOpened:
            self.openings.setdefault(fact.line, fact)
        elif kind is events.ReserveOpened:
            self.openings.setdefault("account:" + fact.account, fact)

    def _entry(self, one: Recorded, fact: Any, source_version: int) -> Entry:
        return self._placed(Standing([one], [fact], [source_version]))[0]

    def _placed(self, standing: Standing) -> list[Entry]:
        """The place of each. A household's facts are placed in one go, with nothing called that can be done here."""
        zone, new = self.zone, tuple.__new__
        known, facts, sources = standing
        at: Any
        return [
            new(Entry, (
                (at := effective if type(effective := fact.effective) is int else zone.at(effective)),
                fact.rank, one.version, zone.day(at), type(effective) is str, one.recorded_at, fact, source,
            ))
            for one, fact, source in zip(known, facts, sources)  # noqa: B905  # plain, it is walked without tuples
        ]  # fmt: skip

    def _standing(self, known: list[Recorded]) -> Standing:
        about_facts = [one for one in known if type(one.fact) in _ABOUT_FACTS]
        verdicts = verdicts_of(about_facts) if about_facts else {}
        self.voided_by = {target: by for target, (by, fact) in verdicts.items() if fact is None}
        self.corrected_by = {target: by for target, (by, fact) in verdicts.items() if fact is not None}
        self.reassigned = Reassigned(known, verdicts) if verdicts else _NOTHING_REASSIGNED
        if not about_facts:
            return Standing(known, [one.fact for one in known], [one.version for one in known])
        standing: list[tuple[Recorded, Any, int]] = []
        for one in known:
            verdict = verdicts.get(one.version)
            if verdict is not None and verdict[1] is not None:
                if type(one.fact) is not events.Corrected:  # which speaks through the fact that it names
                    standing.append((one, verdict[1], verdict[0]))
            elif verdict is None and type(one.fact) not in _ABOUT_FACTS:
                standing.append((one, one.fact, one.version))
        followed = self.reassigned.followed if self.reassigned else None
        return Standing(
            [one for one, _, _ in standing],
            [followed(fact, version=one.version) if followed else fact for one, fact, _ in standing],
            [source for _, _, source in standing],
        )


def verdicts_of(about_facts: list[Recorded]) -> dict[int, tuple[int, AnyFact | None]]:
    """What became of each fact that a correction or a voiding names: by which version, and its replacement if any.

    The latest that names a fact wins. A correction or voiding that was itself voided has no say; a correction that
    was corrected speaks with its replacement.
    """
    verdicts: dict[int, tuple[int, AnyFact | None]] = {}
    for one in reversed(about_facts):
        said: Any = one.fact
        replacement: AnyFact | None = said.replacement if isinstance(said, events.Corrected) else None
        own = verdicts.get(one.version)
        if own is not None:
            if own[1] is None or replacement is None:
                continue
            replacement = own[1]
        verdicts.setdefault(said.fact, (one.version, replacement))
    return verdicts
