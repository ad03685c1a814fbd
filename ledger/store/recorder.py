"""The library's recorder over our own tables, and the factory that makes it from a connection string.

Streams of the library may have UUIDs for ids and may start at any version; they share table, order and hash chain
with households, which are written through `ledger.store.application`.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from time import sleep
from typing import Any, Final, LiteralString
from uuid import UUID

import psycopg
from eventsourcing.persistence import (
    AggregateRecorder,
    ApplicationRecorder,
    InfrastructureFactory,
    IntegrityError,
    Notification,
    OperationalError,
    ProcessRecorder,
    StoredEvent,
    Subscription,
    TrackingRecorder,
)
from psycopg_pool import ConnectionPool

from ledger.calendar import SECOND
from ledger.store.chain import key_in
from ledger.store.journal import Appended, Connection, Entry, Extension, Head, append, heads
from ledger.store.mapper import FACT_TOPIC

_UUID: Final = "urn:uuid:"
_POLL_SECONDS: Final = 0.05

EVENTS: Final[LiteralString] = """
SELECT household, version, topic, payload FROM headroom.event
WHERE household = %(stream)s AND version > %(after)s AND version <= %(until)s ORDER BY version {order} LIMIT %(limit)s
"""
EVENTS_UP: Final[LiteralString] = EVENTS.replace("{order}", "ASC")
EVENTS_DOWN: Final[LiteralString] = EVENTS.replace("{order}", "DESC")
NOTIFICATIONS: Final[LiteralString] = """
SELECT position, household, version, topic, payload FROM headroom.event
WHERE position >= %(start)s AND position <= %(stop)s
  AND (%(topics)s::text[] IS NULL OR topic = ANY(%(topics)s))
  AND txid < pg_snapshot_xmin(pg_current_snapshot())
ORDER BY position LIMIT %(limit)s
"""
LATEST: Final[LiteralString] = """
SELECT position FROM headroom.event WHERE txid < pg_snapshot_xmin(pg_current_snapshot())
ORDER BY position DESC LIMIT 1
"""
CLOCK: Final[LiteralString] = "SELECT (extract(epoch FROM clock_timestamp()) * %s)::bigint"
_LOWEST: Final = -(1 << 31)
_HIGHEST: Final = (1 << 31) - 1
_FAR: Final = (1 << 63) - 1


class BookRecorder(ApplicationRecorder):
    """Stores and reads the library's events in the book's own table."""

    def __init__(self, pool: ConnectionPool[Connection]) -> None:
        self.pool = pool

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        """A connection in autocommit mode; its errors become the library's."""
        try:
            with self.pool.connection() as connection:
                yield connection
        except psycopg.IntegrityError as taken:
            raise IntegrityError(str(taken)) from taken
        except psycopg.OperationalError as lost:
            raise OperationalError(str(lost)) from lost

    def insert_events(self, stored_events: Sequence[StoredEvent], **_: Any) -> Sequence[int] | None:
        """Store events at versions that nobody has taken, all or none; their positions.

        Raises: IntegrityError when a version is taken.
        """
        if not stored_events:
            return []
        with self.connection() as connection:
            while True:
                extensions, order = _extensions(connection, stored_events)
                appended: Appended = append(connection.cursor(), extensions, whole=True)
                if appended.first_position is not None:
                    return [appended.first_position + place for place in order]

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> Sequence[StoredEvent]:
        """Events of one stream, by version."""
        wanted = {
            "stream": _stream(originator_id),
            "after": _LOWEST if gt is None else gt,
            "until": _HIGHEST if lte is None else lte,
            "limit": limit,
        }
        with self.connection() as connection, connection.cursor(binary=True) as cursor:
            rows = cursor.execute(EVENTS_DOWN if desc else EVENTS_UP, wanted, prepare=True)
            return [
                StoredEvent(_originator(stream), version, topic or FACT_TOPIC, bytes(payload))
                for stream, version, topic, payload in rows
            ]

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> Sequence[Notification]:
        """Events of all streams by position; those that might still be overtaken wait."""
        wanted = {
            "start": 0 if start is None else start if inclusive_of_start else start + 1,
            "stop": _FAR if stop is None else stop,
            "topics": ["" if topic == FACT_TOPIC else topic for topic in topics] or None,
            "limit": limit,
        }
        with self.connection() as connection, connection.cursor(binary=True) as cursor:
            rows = cursor.execute(NOTIFICATIONS, wanted, prepare=True)
            return [
                Notification(_originator(stream), version, topic or FACT_TOPIC, bytes(payload), position)
                for position, stream, version, topic, payload in rows
            ]

    def max_notification_id(self) -> int | None:
        """The highest position a reader may rely on, or None in an empty book."""
        with self.connection() as connection:
            found = connection.execute(LATEST).fetchone()
        return None if found is None else int(found[0])

    def subscribe(self, gt: int | None = None, topics: Sequence[str] = ()) -> "Polling":
        """Events past a position, and then those to come."""
        return Polling(self, gt=gt, topics=topics)


class Polling(Subscription[BookRecorder]):
    """A subscription that asks again and again: nothing can be missed because a wake-up was lost."""

    def __init__(self, recorder: BookRecorder, gt: int | None = None, topics: Sequence[str] = ()) -> None:
        super().__init__(recorder=recorder, gt=gt, topics=topics)
        self._waiting: list[Notification] = []

    def __next__(self) -> Notification:
        """The next event. Raises: StopIteration once the subscription was stopped."""
        while not self._has_been_stopped:
            if not self._waiting:
                found = self._recorder.select_notifications(
                    self._last_notification_id or 0, 500, topics=self._topics, inclusive_of_start=False
                )
                self._waiting = list(reversed(found))
            if self._waiting:
                following = self._waiting.pop()
                self._last_notification_id = following.id
                return following
            sleep(_POLL_SECONDS)
        raise StopIteration


class BookFactory(InfrastructureFactory[TrackingRecorder]):
    """Makes the recorder from the environment of an application: CONNINFO names the database."""

    def __init__(self, env: Any) -> None:
        super().__init__(env)
        conninfo = self.env.get("CONNINFO") or ""
        self._pool: ConnectionPool[Connection] = ConnectionPool(
            conninfo, min_size=0, max_size=8, timeout=10, kwargs={"autocommit": True}, open=True, name="headroom"
        )

    def application_recorder(self) -> BookRecorder:
        """The recorder of events."""
        return BookRecorder(self._pool)

    def aggregate_recorder(self, purpose: str = "events") -> AggregateRecorder:
        """The same recorder; there is no table for snapshots. Raises: NotImplementedError when asked for one."""
        if purpose != "events":
            raise NotImplementedError("the book keeps no snapshots: a household is read whole")
        return self.application_recorder()

    def tracking_recorder(self, tracking_recorder_class: Any = None) -> Any:
        """Raises: NotImplementedError: read tables keep their own cursors."""
        raise NotImplementedError("the book keeps no tracking records")

    def process_recorder(self) -> ProcessRecorder:
        """Raises: NotImplementedError: read tables keep their own cursors."""
        raise NotImplementedError("the book keeps no process records")

    def close(self) -> None:
        """Close every connection."""
        self._pool.close()


def _extensions(connection: Connection, stored_events: Sequence[StoredEvent]) -> tuple[list[Extension], list[int]]:
    """The events by stream, chained to where each stream ends now, and each event's place in that order."""
    streams = [_stream(event.originator_id) for event in stored_events]
    known = heads(connection, streams)
    found = connection.execute(CLOCK, (SECOND,)).fetchone()
    assert found is not None
    extensions = {stream: Extension(stream, known.get(stream, Head())) for stream in dict.fromkeys(streams)}
    places: dict[str, list[int]] = {stream: [] for stream in extensions}
    for place, (stream, event) in enumerate(zip(streams, stored_events, strict=True)):
        extension = extensions[stream]
        recorded_at = max(found[0], extension.head.recorded_at + 1)
        extension.entries.append(_entry(event, recorded_at))
        places[stream].append(place)
    offered = [place for stream in extensions for place in places[stream]]
    order = sorted(range(len(offered)), key=offered.__getitem__)
    return list(extensions.values()), order


def _entry(event: StoredEvent, recorded_at: int) -> Entry:
    topic = "" if event.topic == FACT_TOPIC else event.topic
    key = key_in(event.state, topic=topic)
    return Entry(event.originator_version, recorded_at, key, event.state, topic=topic)


def _stream(originator_id: UUID | str) -> str:
    return f"{_UUID}{originator_id}" if isinstance(originator_id, UUID) else originator_id


def _originator(stream: str) -> UUID | str:
    return UUID(stream.removeprefix(_UUID)) if stream.startswith(_UUID) else stream
