"""Where households are told, and what became of each message, for any door."""

from collections.abc import Sequence
from importlib import import_module
from typing import Final, TextIO, get_args

import msgspec

from app.listing import timeline
from ledger.calendar import Zone
from ledger.errors import NotFound
from ledger.store.reader import Connection
from scheduler import addressbook, letters
from scheduler.channels.address import Unaddressable, read_address
from scheduler.channels.parcel import Parcel
from scheduler.channels.wording import outcome_text, trial
from scheduler.couriers import Courier
from scheduler.letters import Fate
from scheduler.notices import Kind
from scheduler.wording import Language

KINDS: Final[tuple[str, ...]] = get_args(Kind)
TRIAL_SECONDS: Final = 30.0
LISTED: Final = 50


class ChannelAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A channel of a household.

    Shape: `address` shows none of its keys; `kinds` is empty where it brings all. Without `whole` its keys were left
    out of the backup the book comes from, and it waits for its address.
    """

    name: str
    kind: str
    address: str
    kinds: tuple[str, ...]
    added_at: str
    failing_since: str | None
    whole: bool


class ChannelsAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The channels of a household, and what was just done about one of them."""

    household: str
    channels: tuple[ChannelAnswer, ...]
    added: str | None = None
    removed: str | None = None


class TrialAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a message that tried a channel."""

    household: str
    name: str
    sent: bool
    outcome: str
    detail: str
    text: str


class LetterAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """One message on its way through one channel. Shape: `state`: waiting, unaddressed, dropped, due, sent or dead."""

    id: str
    household: str
    kind: str
    subject: str
    channel: str
    address: str
    state: str
    attempts: int
    created_at: str
    due_at: str | None
    ended_at: str | None
    outcome: str
    detail: str


def channels(connection: Connection, household: str) -> ChannelsAnswer:
    """The channels of a household. Raises: NotFound."""
    return _answer(connection, household, timeline(connection, household).zone)


def add_channel(
    connection: Connection, household: str, address: str, *, name: str | None, kinds: Sequence[str], now: int
) -> ChannelsAnswer:
    """Set a channel of a household. Raises: Unaddressable, NotFound."""
    zone = timeline(connection, household).zone
    read = read_address(address)
    if read.kind == "apprise" and not import_module("scheduler.channels.others").understood(read.url):
        raise Unaddressable("not_known", scheme=read.parts.scheme)
    chosen = name or addressbook.free_name(connection, household, read.kind)
    if not addressbook.add(connection, household, read, name=chosen, kinds=kinds, now=now):
        raise Unaddressable("name_taken", name=chosen)
    return msgspec.structs.replace(_answer(connection, household, zone), added=chosen)


def remove_channel(connection: Connection, household: str, name: str, *, now: int) -> ChannelsAnswer:
    """Forget a channel and its address. Raises: NotFound."""
    zone = timeline(connection, household).zone
    if not addressbook.remove(connection, household, name, now=now):
        raise _unknown(connection, household, name)
    return msgspec.structs.replace(_answer(connection, household, zone), removed=name)


def try_channel(
    connection: Connection, household: str, name: str, *, language: Language, now: int, terminal: TextIO
) -> TrialAnswer:
    """Send a message through a channel now, once, and say what became of it. Raises: NotFound."""
    address = addressbook.address_of(connection, household, name)
    if address is None:
        raise _unknown(connection, household, name)
    message = trial(household=household, name=name, language=language, now=now)
    with Courier(terminal=terminal) as courier:
        parcel = Parcel(id=f"trial-{now}", address=address, message=message, now=now, seconds=TRIAL_SECONDS)
        outcome = courier(parcel)
    return TrialAnswer(
        household=household,
        name=name,
        sent=outcome.state == "sent",
        outcome=outcome.code,
        detail=outcome.detail,
        text=outcome_text(outcome.code, outcome.detail, language=language),
    )


def outbox(connection: Connection, household: str | None, *, dead: bool, zone: Zone) -> tuple[LetterAnswer, ...]:
    """What became of the latest messages, those of one household or of all. Raises: NotFound."""
    if household is not None:
        zone = timeline(connection, household).zone
    found = letters.letters(connection, household=household, dead=dead, most=LISTED)
    return tuple(_letter(one, zone) for one in found)


def bring_back(connection: Connection, letter: str, *, now: int) -> Fate:
    """Let a dead letter be tried again."""
    return letters.bring_back(connection, letter, now=now)


def drop(connection: Connection, household: str | None, *, now: int) -> int:
    """Send nothing of what waits; how many messages that are. Raises: NotFound."""
    if household is not None:
        timeline(connection, household)
    return letters.drop(connection, household=household, now=now)


def _answer(connection: Connection, household: str, zone: Zone) -> ChannelsAnswer:
    found = addressbook.channels(connection, household)
    return ChannelsAnswer(
        household=household,
        channels=tuple(
            ChannelAnswer(
                name=one.name,
                kind=one.kind,
                address=one.address,
                kinds=one.kinds,
                added_at=zone.text(one.added_at),
                failing_since=None if one.failing_since is None else zone.text(one.failing_since),
                whole=one.whole,
            )
            for one in found
        ),
    )


def _letter(one: letters.Letter, zone: Zone) -> LetterAnswer:
    def told(at: int | None) -> str | None:
        return None if at is None else zone.text(at)

    return LetterAnswer(
        id=one.id,
        household=one.household,
        kind=one.kind,
        subject=one.subject,
        channel=one.channel,
        address=one.address,
        state=one.state,
        attempts=one.attempts,
        created_at=zone.text(one.created_at),
        due_at=told(one.due_at),
        ended_at=told(one.ended_at),
        outcome=one.outcome,
        detail=one.detail,
    )


def _unknown(connection: Connection, household: str, name: str) -> NotFound:
    known = tuple(one.name for one in addressbook.channels(connection, household))
    return NotFound("channel", name, known=known)
