"""Times of the world: instants and bare dates, and where a day begins in a household's zone."""

from calendar import monthrange
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from datetime import time as wall_time
from functools import cache, lru_cache
from typing import Final, TypeAlias
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

When: TypeAlias = int | str
"""An effective time: microseconds since 1970-01-01 UTC for an instant, "YYYY-MM-DD" for a bare date."""

SECOND: Final = 1_000_000
DAY: Final = 86_400 * SECOND
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_ORDINAL: Final = date(1970, 1, 1).toordinal()
_LAST_ORDINAL: Final = date.max.toordinal()
_FIRST_YEAR: Final = "1583"
_NOWHERE: Final = "which no calendar or clock shows"


def microseconds(moment: datetime) -> int:
    """An aware datetime as microseconds since the epoch, exactly."""
    if not moment.microsecond:
        return int(moment.timestamp()) * SECOND  # whole seconds are exact in a float
    passed = moment - _EPOCH
    return (passed.days * 86_400 + passed.seconds) * SECOND + passed.microseconds


def moment(instant: int) -> datetime:
    """Microseconds since the epoch as an aware datetime in UTC."""
    return _EPOCH + timedelta(microseconds=instant)


EARLIEST: Final = microseconds(datetime(int(_FIRST_YEAR), 1, 1, tzinfo=UTC)) - DAY
"""No instant that can be written lies before: that year begins in some zone."""
LATEST: Final = microseconds(datetime.max.replace(tzinfo=UTC))


def parse_when(text: str) -> When:
    """Read an RFC 3339 instant with an offset, or a bare date.

    Raises: ValueError when it is neither, or an instant has no offset.
    """
    if len(text) == 10:
        if text[4] != "-" or text[7] != "-":
            raise ValueError("not written YYYY-MM-DD")
        try:
            date.fromisoformat(text)
        except ValueError:
            raise ValueError(_NOWHERE) from None
        if text < _FIRST_YEAR:
            raise ValueError("before 1583, the first whole year of this calendar")
        return text
    if len(text) == 25:
        day, minute, second = _days.get(text[:11] + text[19:]), _MINUTES.get(text[11:16]), _SECONDS.get(text[16:19])
        if day is not None and minute is not None and second is not None:
            return day + minute + second
    if len(text) < 16 or text[4] != "-" or text[7] != "-" or text[10] not in "Tt ":
        raise ValueError("neither an instant nor a date")
    try:
        read = datetime.fromisoformat(text.upper())
    except ValueError:
        raise ValueError(_NOWHERE) from None
    if read.tzinfo is None:
        raise ValueError("an instant needs an offset, such as +08:00")
    if text < _FIRST_YEAR:
        raise ValueError("before 1583, the first whole year of this calendar")
    instant = microseconds(read)
    if len(text) == 25 and text[19] in "+-" and not read.microsecond:
        _remember(text, instant)
    return instant


def parse_all(texts: Sequence[str]) -> list[When]:
    """The same of many texts at once. Raises: ValueError for the first that cannot be read."""
    days, minutes, seconds = _days, _MINUTES, _SECONDS
    try:
        return [days[text[:11] + text[19:]] + minutes[text[11:16]] + seconds[text[16:19]] for text in texts]
    except KeyError:
        return [parse_when(text) for text in texts]


_MINUTES: Final = {f"{minute // 60:02}:{minute % 60:02}": minute * 60 * SECOND for minute in range(1440)}
_SECONDS: Final = {f":{second:02}": second * SECOND for second in range(60)}
_days: dict[str, int] = {}
"""When days began of which an instant was read, by the text of the day and the offset: long files repeat them."""


def _remember(text: str, instant: int) -> None:
    if len(_days) > 20_000:
        _days.clear()
    _days[text[:11] + text[19:]] = instant - _MINUTES[text[11:16]] - _SECONDS[text[16:19]]


class Zone:
    """A time zone that answers quickly which local day an instant falls on."""

    __slots__ = ("_info", "_offsets", "_starts", "name")

    def __init__(self, name: str) -> None:
        self.name = name
        self._info = ZoneInfo(name)
        self._offsets: dict[int, int | None] = {}
        """By day in UTC; None for a day on which the clock is set."""
        self._starts: dict[str, int] = {}
        """When bare dates begin: many facts share one."""

    def offset(self, instant: int) -> int:
        """The zone's offset from UTC at an instant, in microseconds."""
        day = instant // DAY
        if day not in self._offsets:
            if len(self._offsets) > 20_000:
                self._offsets.clear()
            first, last = self._offset(day * DAY), self._offset((day + 1) * DAY - 1)
            self._offsets[day] = first if first == last else None
        known = self._offsets[day]
        return self._offset(instant) if known is None else known

    def day(self, instant: int) -> int:
        """The local day of an instant, as a proleptic Gregorian ordinal."""
        offset = self._offsets.get(instant // DAY)
        return (instant + (self.offset(instant) if offset is None else offset)) // DAY + _EPOCH_ORDINAL

    def _offset(self, instant: int) -> int:
        try:
            passed = moment(instant).astimezone(self._info).utcoffset() or timedelta()
        except OverflowError:  # the calendar's first and last day, here or in UTC
            return 0
        return (passed.days * 86_400 + passed.seconds) * SECOND

    def start(self, ordinal: int) -> int:
        """The instant at which a local day begins; a day beyond the calendar's last begins when that one ends."""
        last = min(ordinal, _LAST_ORDINAL)
        local = datetime.combine(date.fromordinal(last), datetime.min.time(), tzinfo=self._info)
        passed = local.utcoffset() or timedelta()
        return (ordinal - _EPOCH_ORDINAL) * DAY - (passed.days * 86_400 + passed.seconds) * SECOND

    def moment_of(self, ordinal: int, minute: int) -> int:
        """The instant at which clocks show a minute of a local day; the first of two, where they show it twice.

        Shape: where they step over that minute, or over that day, the instant that is as far from the step.
        """
        hour, rest = divmod(minute, 60)
        local = datetime.combine(date.fromordinal(ordinal), wall_time(hour, rest), tzinfo=self._info)
        return microseconds(local.astimezone(UTC))

    def shown(self, text: str) -> int:
        """The instant at which clocks show a time that is written as an instant is, but without an offset.

        Shape: of two such instants the first; of a time that clocks step over, the instant that is as far after it.
        Raises: ValueError when it is written otherwise.
        """
        parse_when(f"{text}Z")
        return microseconds(datetime.fromisoformat(text.upper()).replace(tzinfo=self._info).astimezone(UTC))

    def at(self, when: When) -> int:
        """The instant at which an effective time sorts: a bare date at the start of its day."""
        if not isinstance(when, str):
            return when
        known = self._starts.get(when)
        if known is None:
            if len(self._starts) > 20_000:
                self._starts.clear()
            known = self._starts[when] = self.start(date.fromisoformat(when).toordinal())
        return known

    def last_moment(self, when: When) -> int:
        """The instant up to which a question "as of" this time looks: a bare date counts whole."""
        if isinstance(when, str):
            return self.start(date.fromisoformat(when).toordinal() + 1) - 1
        return when

    def first_invalid(self, until: When) -> int:
        """The first instant at which something valid "until" this time is no longer valid.

        Source: domain.md section 1: a bare date is the last valid day, an instant the first invalid moment.
        """
        if isinstance(until, str):
            return self.start(date.fromisoformat(until).toordinal() + 1)
        return until

    def day_of(self, when: When) -> int:
        """The local day of an effective time, as an ordinal."""
        return date.fromisoformat(when).toordinal() if isinstance(when, str) else self.day(when)

    def later(self, when: When, days: int) -> int:
        """The instant `days` calendar days later at the same local time; a bare date gives the start of that day."""
        if isinstance(when, str):
            return self.start(date.fromisoformat(when).toordinal() + days)
        passed, instant = self.offset(when), when + days * DAY
        if self.offset(instant) == self.offset(instant - DAY) == passed:  # clocks were not set just before
            return instant
        local = moment(when).astimezone(self._info).replace(tzinfo=None) + timedelta(days=days)
        return microseconds(local.replace(tzinfo=self._info).astimezone(UTC))

    def text(self, when: When, *, microsecond: bool = False) -> str:
        """An effective or recorded time as the contract prints it, in this zone."""
        if isinstance(when, str):
            return when
        try:
            local = moment(when).astimezone(self._info)
        except OverflowError:  # the calendar's last day in UTC is beyond it here
            local = moment(when)
        return local.isoformat(timespec="microseconds" if microsecond or local.microsecond else "seconds")


@cache
def zone(name: str) -> Zone:
    """The zone of an IANA name.

    Raises: ValueError when no such zone is known.
    """
    try:
        return Zone(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as unknown:
        raise ValueError(f"no time zone is called {name!r}") from unknown


@lru_cache(maxsize=4_096)
def add_months(ordinal: int, months: int) -> int:
    """The same day of the month some months later, or that month's last day where it has no such day.

    Past the end of the calendar it is the last day there is.
    """
    start = date.fromordinal(ordinal)
    index = start.year * 12 + start.month - 1 + months
    year, month = divmod(index, 12)
    if year > date.max.year:
        return _LAST_ORDINAL
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1])).toordinal()


def month_of(ordinal: int) -> int:
    """The month of a day, counted as year * 12 + month - 1."""
    on = date.fromordinal(ordinal)
    return on.year * 12 + on.month - 1
