"""What the book holds, as it was recorded: its households, their facts with both times, and the file they came from.

Nothing here folds facts, so that a short command need not load what does. Source: contract.md sections 1 and 4.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any, TypeAlias

import msgspec

from ledger.calendar import When, Zone
from ledger.errors import NotFound
from ledger.events import Corrected, Recorded, Voided, type_name
from ledger.store import reader
from ledger.store.personal import reveal
from ledger.store.reader import Connection
from ledger.timeline import Timeline
from ledger.writing import Writer

Beside: TypeAlias = Callable[[Timeline], Mapping[int, dict[str, Any]]]
"""What is told of facts beside what was recorded: added fields of those that stand, by version."""


class HouseholdAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """One household of the book. Shape: `first` and `last` are the days its facts speak of."""

    household: str
    facts: int
    version: int
    first: date | None
    last: date | None


def households(connection: Connection) -> tuple[HouseholdAnswer, ...]:
    """Every household in the book."""
    return tuple(
        HouseholdAnswer(
            household=one.household, facts=one.facts, version=one.version, first=one.first_on, last=one.last_on
        )
        for one in reader.households(connection)
    )


def timeline(connection: Connection, household: str, *, known_at: When | None = None) -> Timeline:
    """A household's facts as known at a time.

    Raises: NotFound when the book does not hold the household, or knew nothing of it yet.
    """
    recorded = _recorded(connection, household)
    if known_at is None:
        return Timeline(recorded)
    horizon = Timeline(recorded[:1]).zone.last_moment(known_at)
    known = Timeline(recorded, known_at=horizon)
    if known.version == 0:
        raise NotFound("household_then", household)
    return known


def moment(zone: Zone, when: When | None, *, now: int) -> int:
    """The instant an answer is given for: of a bare date its end, and now where no time is named."""
    return now if when is None else zone.last_moment(when)


def horizon(known: Timeline, *, now: int) -> int:
    """The K an answer is given for: what was asked for, else the time of the question.

    A later K than that is the time of the question: what will be known by then, nobody knows, and the answer could not
    be given again. It is never before the last fact was recorded, whatever the clock says now.
    """
    return now if known.known_at is None else min(known.known_at, max(now, known.learned_at))


def _recorded(connection: Connection, household: str) -> list[Recorded]:
    recorded = reader.load(connection, household)
    if not recorded:
        raise reader.unknown(connection, household)
    return recorded


def history(
    connection: Connection,
    household: str,
    *,
    line: str | None = None,
    revealed: bool = True,
    beside: Beside | None = None,
) -> dict[str, Any]:
    """A household's facts in the order they were recorded, with ids and both times.

    Personal texts that are not to be `revealed` are shown by their digests. What is told `beside` a fact that was
    corrected is told of the correction that it stands by. Raises: NotFound.
    """
    recorded = _recorded(connection, household)
    standing = Timeline(recorded)
    if line is not None and line not in standing.openings:
        known = sorted(name for name in standing.openings if not name.startswith("account:"))
        raise NotFound("line", line, known=tuple(known))
    writer = Writer(household, zone=standing.zone, currency=standing.currency)
    texts = reader.texts(connection, household) if revealed else {}
    lines = _lines(recorded, standing)
    added = {_spoken_by(version, standing): fields for version, fields in (beside(standing) if beside else {}).items()}
    facts = [
        _shown(one, household=household, writer=writer, standing=standing, texts=texts.get(one.version, {}))
        | added.get(one.version, {})
        for one in recorded
        if line is None or line in lines[one.version]
    ]
    return {"household": household, "version": standing.version, "facts": facts}


def _lines(recorded: list[Recorded], standing: Timeline) -> dict[int, set[str]]:
    """The lines each fact is about: the one it was recorded for, and the one it stands on now.

    A correction or a voiding is about the lines of the fact it names.
    """
    now = {entry.version: {entry.fact.line} for entry in standing.entries if getattr(entry.fact, "line", None)}
    lines: dict[int, set[str]] = {}
    for one in recorded:
        said = one.fact
        if isinstance(said, Corrected | Voided):
            lines[one.version] = lines.get(said.fact, set())
        else:
            told: str | None = getattr(said, "line", None)
            lines[one.version] = now.get(one.version, set()) | ({told} if told else set())
    return lines


def _spoken_by(version: int, standing: Timeline) -> int:
    """The fact that says how one stands: itself, or the last in its chain of corrections."""
    while version in standing.corrected_by:
        version = standing.corrected_by[version]
    return version


def _shown(
    one: Recorded, *, household: str, writer: Writer, standing: Timeline, texts: dict[str, str]
) -> dict[str, Any]:
    fact = reveal(one.fact, texts)
    zone: Zone = standing.zone
    told = {
        "id": f"{household}:{one.version}",
        "type": type_name(fact),
        "effective_at": zone.text(fact.effective),
        "recorded_at": zone.text(one.recorded_at, microsecond=True),
        "key": fact.key,
        "source": {"kind": fact.source},
    }
    for name, verdicts in (("voided_by", standing.voided_by), ("corrected_by", standing.corrected_by)):
        by = verdicts.get(one.version)
        told[name] = None if by is None else f"{household}:{by}"
    later = standing.corrected_by.get(fact.fact, one.version) if isinstance(fact, Corrected) else one.version
    if later != one.version and told["voided_by"] is None:
        told["replaced_by"] = f"{household}:{later}"
    return told | writer.shown(fact)


def as_it_stands(connection: Connection, household: str, reference: str) -> dict[str, Any]:
    """A fact as a correction of it would write it: the whole of what it says now, texts included, without its key.

    Raises: NotFound when the household has no fact of that id, or under that key.
    """
    recorded = _recorded(connection, household)
    keyed = reference.removeprefix("key:") if reference.startswith("key:") else None
    named = next(
        (one for one in recorded if (one.fact.key == keyed if keyed else f"{household}:{one.version}" == reference)),
        None,
    )
    if named is None:
        raise NotFound("fact", reference)
    standing = Timeline(recorded)
    spoken = recorded[_spoken_by(named.version, standing) - 1]
    fact = reveal(spoken.fact, reader.texts(connection, household).get(spoken.version, {}))
    said = fact.replacement if isinstance(fact, Corrected) else fact
    told = Writer(household, zone=standing.zone, currency=standing.currency).record(said)
    return {name: value for name, value in told.items() if name not in ("household", "key")}


def export(connection: Connection, household: str) -> Iterator[bytes]:
    """The lines of a history file that `record` accepts, in version order. Raises: NotFound."""
    first = next(reader.load_chunks(connection, household), None)
    if first is None:
        raise reader.unknown(connection, household)
    opening = Timeline(first[:1])
    writer = Writer(household, zone=opening.zone, currency=opening.currency)
    texts = reader.texts(connection, household)
    for chunk in reader.load_chunks(connection, household):
        for one in chunk:
            yield writer.line(reveal(one.fact, texts.get(one.version, {})))
