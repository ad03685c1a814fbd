"""The feed: every fact and every derived change in one order, from any point of history, with nothing missing.

A limit change comes right after what caused it; a light that changed, where the check that saw it has its place, which
is after every fact that it read. The feed goes as far as the live generation has followed the log, so that a cause is
never told without its effect. Personal texts are not in it.
Source: CloudEvents 1.0.2 (core attributes, JSON event format).
"""

import base64
import binascii
from collections.abc import Iterable, Iterator
from typing import Any, Final, LiteralString, NamedTuple

import msgspec

from ledger.calendar import moment, zone
from ledger.errors import Refused
from ledger.events import type_name
from ledger.register import without_texts
from ledger.store import reader
from ledger.writing import Writer
from projections.readmodels import log
from projections.readmodels.log import Connection

PAGE: Final = 1_000
FACT: Final = "headroom.fact."
DERIVED: Final = "headroom.derived."
_FORM: Final = "1"
_LIMIT: Final = 1 << 63

READ: Final[LiteralString] = """
WITH live AS (SELECT slot, position FROM readmodel.generation WHERE state = 'live')
SELECT told.position, told.ordinal, told.household, told.version, told.at, told.payload, told.type, told.data,
       coalesce(n.timezone, 'Asia/Shanghai'), coalesce(n.currency, 'CNY')
FROM (
    (SELECT position, 0 AS ordinal, household, version, recorded_at AS at, payload, NULL AS type, NULL::jsonb AS data
     FROM headroom.event
     WHERE position > %(position)s AND position <= (SELECT position FROM live) AND topic = ''
     ORDER BY position LIMIT %(limit)s)
    UNION ALL
    (SELECT position, ordinal, household, NULL, at, NULL, type, data FROM readmodel.derived_change
     WHERE position >= %(position)s AND (position, ordinal) > (%(position)s, %(ordinal)s)
       AND position <= (SELECT position FROM live) AND slot = (SELECT slot FROM live)
     ORDER BY position, ordinal LIMIT %(limit)s)
    UNION ALL
    (SELECT position, ordinal, household, NULL, checked_at, NULL, 'light_changed', data FROM headroom.light_change
     WHERE position >= %(position)s AND (position, ordinal) > (%(position)s, %(ordinal)s)
       AND position <= (SELECT position FROM live)
     ORDER BY position, ordinal LIMIT %(limit)s)
) AS told
LEFT JOIN readmodel.household_now AS n ON n.household = told.household AND n.slot = (SELECT slot FROM live)
ORDER BY told.position, told.ordinal LIMIT %(limit)s
"""


class Cursor(NamedTuple):
    """A place in the feed. Shape: to callers only its text is known; more than one machine will need more numbers."""

    position: int = 0
    ordinal: int = 0

    def __str__(self) -> str:
        told = f"{_FORM}.{self.position}.{self.ordinal}".encode()
        return base64.urlsafe_b64encode(told).decode().rstrip("=")


BEGINNING: Final = Cursor()


def cursor(text: str) -> Cursor:
    """The cursor that a text stands for. Raises: Refused when this feed never gave it."""
    try:
        told = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True).decode("ascii")
        form, position, ordinal = told.split(".")
        found = Cursor(int(position), int(ordinal))
    except (ValueError, binascii.Error):
        raise Refused("bad_cursor", field="after", found=text) from None
    if form != _FORM or str(found) != text or not 0 <= found.position < _LIMIT or not 0 <= found.ordinal < 1 << 31:
        raise Refused("bad_cursor", field="after", found=text)
    return found


class Event(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One entry of the feed as a CloudEvent. Shape: `cursor`, an extension attribute, is where to go on from."""

    specversion: str
    id: str
    source: str
    type: str
    subject: str | None = None
    time: str
    datacontenttype: str
    cursor: str
    data: dict[str, Any]


def page(connection: Connection, after: Cursor = BEGINNING, *, limit: int = PAGE) -> list[Event]:
    """The next entries after a place, at most `limit`."""
    parameters = {"position": after.position, "ordinal": after.ordinal, "limit": limit}
    with connection.cursor(binary=True) as reading:
        return [_event(row) for row in reading.execute(READ, parameters, prepare=True)]


def entries(connection: Connection, after: Cursor = BEGINNING) -> Iterator[Event]:
    """Every entry after a place, up to where the feed ends now. Raises: Refused when it never came that far."""
    if after.position > log.end(connection):
        raise Refused("cursor_ahead", field="after", found=str(after))
    while found := page(connection, after):
        yield from found
        after = cursor(found[-1].cursor)


def tail(connection: Connection, after: Cursor, *, pauses: Iterable[None]) -> Iterator[Event]:
    """Every entry after a place and then those to come. `pauses` waits each time it is asked, and ends the tail."""
    for _ in pauses:
        for event in entries(connection, after):
            after = cursor(event.cursor)
            yield event


def _event(row: tuple[Any, ...]) -> Event:
    position, ordinal, household, version, at, payload, kind, data, timezone, currency = row
    if kind is None:
        fact = without_texts(reader.fact_in(household, version, payload))
        kind = FACT + type_name(fact)
        own_id = f"{household}:{version}"
        written = Writer(household, zone=zone(timezone), currency=currency).shown(fact)  # type: ignore[arg-type]  # a fact without texts is still that fact
        data = {"id": own_id, **written}
    else:
        kind = DERIVED + kind
        own_id = f"{household}:{position}.{ordinal}"
    return Event(
        specversion="1.0",
        id=own_id,
        source=f"urn:headroom:{household}",
        type=kind,
        subject=data.get("line") or data.get("account") or data.get("indicator"),
        time=moment(at).isoformat(timespec="microseconds").replace("+00:00", "Z"),
        datacontenttype="application/json",
        cursor=str(Cursor(position, ordinal)),
        data=data,
    )
