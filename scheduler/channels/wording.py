"""What the post says of itself, from the texts, in a household's language."""

import tomllib
from functools import cache
from html import escape
from pathlib import Path
from typing import Any, Literal

from scheduler.message import Message

Language = Literal["en", "zh"]


@cache
def texts() -> dict[str, dict[str, Any]]:
    """Every sentence of the post."""
    return tomllib.loads((Path(__file__).parent / "texts.toml").read_text(encoding="utf-8"))


def outcome_text(code: str, detail: str, *, language: Language) -> str:
    """What an outcome means."""
    return str(texts()["outcome"][code][language]).format(detail=detail)


def trial(*, household: str, name: str, language: Language, now: int) -> Message:
    """A message that tries a channel."""
    return _message(
        "trial", household=household, dedup_key=f"trial:{name}:{now}", language=language, now=now, name=name
    )


def failing(*, household: str, name: str, address: str, reason: str, language: Language, since: int) -> Message:
    """A message that one channel does not work, for the others."""
    told = {"name": name, "address": address, "reason": reason}
    key = failing_key(name, since)
    return _message("failing", household=household, dedup_key=key, language=language, now=since, **told)


def failing_key(name: str, since: object) -> str:
    """What keeps a household from being told twice that a channel does not work; without an instant, how it begins."""
    return f"channel_failing:{name}:{since}"


def _message(kind: str, *, household: str, dedup_key: str, language: Language, now: int, **fields: str) -> Message:
    given = texts()[kind][language]
    text = given["text"].format(household=household, **fields)
    return Message(
        household=household,
        dedup_key=dedup_key,
        kind=f"channel_{kind}",
        language=language,
        subject=given["subject"].format(household=household, **fields),
        text=text,
        html=f"<p>{escape(text)}</p>",
        facts=(),
        not_before=now,
        created_at=now,
    )
