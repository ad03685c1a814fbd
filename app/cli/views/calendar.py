"""A household's diary as an iCalendar file.

The same history gives the same bytes: each event keeps its UID, its SEQUENCE is the history's version, its DTSTAMP the
moment at which that version was recorded. Days are days of the household's zone, so events last all day.
Source: RFC 5545; RFC 7986.
"""

from datetime import date, timedelta
from typing import Final

from icalendar import Alarm, Calendar, Event

from app.cli.figures import money
from app.cli.texts import Texts
from app.diary import DiaryAnswer, DiaryDayAnswer
from ledger.calendar import moment

_MORNING: Final = timedelta(hours=9)


def calendar(texts: Texts, answer: DiaryAnswer, *, remind_days: int) -> bytes:
    """The bytes of the calendar file."""
    made = Calendar()
    made.add("prodid", "-//Headroom//Diary//EN")
    made.add("version", "2.0")
    made.add("calscale", "GREGORIAN")
    made.add("method", "PUBLISH")
    made.add("x-wr-calname", texts.say("calendar.title", household=answer.household))
    made.add("x-wr-timezone", answer.timezone)
    for day in answer.days:
        made.add_component(_event(texts, answer, day, remind_days=remind_days))
    written: bytes = made.to_ical()
    return written


def _event(texts: Texts, answer: DiaryAnswer, day: DiaryDayAnswer, *, remind_days: int) -> Event:
    on, learned = date.fromisoformat(day.on), moment(answer.learned_at).replace(microsecond=0)
    summary = texts.say(f"calendar.{day.kind}.summary", amount=_money(day.amount, answer), line=day.line)
    made = Event()
    made.add("uid", day.uid)
    made.add("dtstamp", learned)
    made.add("last-modified", learned)
    made.add("sequence", answer.version)
    made.add("dtstart", on)
    made.add("dtend", on + timedelta(days=1))
    made.add("summary", summary)
    made.add("description", _about(texts, answer, day))
    made.add("transp", "TRANSPARENT")
    made.add("class", "PRIVATE")
    made.add_component(_alarm(summary, remind_days))
    return made


def _about(texts: Texts, answer: DiaryAnswer, day: DiaryDayAnswer) -> str:
    about = [texts.say(f"calendar.{day.kind}.about", on=day.on, amount=_money(day.amount, answer), line=day.line)]
    if day.minimum is not None:
        about.append(texts.say("calendar.minimum", minimum=_money(day.minimum, answer)))
    if day.loans:
        about.append(texts.say("calendar.loans", loans=", ".join(day.loans)))
    return "\n".join([*about, texts.say("calendar.known", version=answer.version)])


def _money(amount: str, answer: DiaryAnswer) -> str:
    return f"{money(amount)} {answer.currency}"


def _alarm(summary: str, remind_days: int) -> Alarm:
    made = Alarm()
    made.add("action", "DISPLAY")
    made.add("description", summary)
    made.add("trigger", _MORNING - timedelta(days=remind_days))
    return made
