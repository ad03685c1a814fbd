"""What an evidence pack says, in order, before it is laid out as a page or a sheet."""

from typing import Any

import msgspec

from app.cli.evidence.picture import Bar, bars
from app.cli.figures import moment, opening
from app.cli.texts import Texts
from app.cli.views.explain import grades, grouped, letter_of, uses
from app.cli.views.lists import told


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """A sentence. Shape: `cited`, the facts it stands on, as they stand behind it."""

    text: str
    cited: str = ""


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """A part of the answer under its title."""

    title: str
    rows: tuple[Said, ...]


class FactRow(msgspec.Struct, frozen=True, kw_only=True):
    """A fact with both its times, in words."""

    id: str
    effective: str
    recorded: str
    told: str


class HashRow(msgspec.Struct, frozen=True, kw_only=True):
    """A disclosed fact's hash."""

    id: str
    hash: str


class Contents(msgspec.Struct, frozen=True, kw_only=True):
    """A pack in words."""

    language: str
    title: str
    between: str
    household: str
    verdict_text: str
    verdict: str
    grade: str
    bridge_title: str
    bars: tuple[Bar, ...]
    inferred: str
    grouped: str
    parts: tuple[Part, ...]
    next_steps: Part
    letter_title: str
    letter: str
    facts_title: str
    fact_columns: tuple[str, ...]
    facts: tuple[FactRow, ...]
    proof_title: str
    proof: tuple[str, ...]
    hashes: tuple[HashRow, ...]
    footer: str


def contents(texts: Texts, pack: dict[str, Any]) -> Contents:
    """A pack, in the contract's JSON shape, in the words of a language."""
    say, answer, drawn = texts.say, pack["answer"], bars(texts, pack["answer"]["bridge"])
    household = say("explain.household", household=answer["household"])
    known = say("position.known", at=moment(answer["known_at"]), version=answer["version"])
    return Contents(
        language=texts.language,
        title=say("explain.title", line=answer["line"]),
        between=say("explain.between", since=opening(answer["since"]), until=moment(answer["until"])),
        household=household,
        verdict_text=answer["verdict"]["text"],
        verdict=say("explain.code", code=answer["verdict"]["code"], side=say(f"side.{answer['verdict']['side']}")),
        grade=grades(texts, answer["verdict"]),
        bridge_title=say("explain.bridge"),
        bars=tuple(drawn),
        inferred=say("bridge.inferred") if any(bar.colour == "inferred" for bar in drawn) else "",
        grouped=grouped(texts, pack["answer"]["bridge"]),
        parts=_parts(texts, answer),
        next_steps=Part(
            title=say("explain.next_steps"), rows=tuple(Said(text=one["text"]) for one in answer["next_steps"])
        ),
        letter_title=say("explain.letter"),
        letter=letter_of(answer, texts.language) or "",
        facts_title=say("evidence.facts"),
        fact_columns=tuple(say(f"history.{name}") for name in ("id", "effective", "recorded", "fact")),
        facts=tuple(_fact(texts, one) for one in pack["facts"]),
        proof_title=say("evidence.proof"),
        proof=_proof(texts, pack),
        hashes=_hashes(pack),
        footer=" · ".join(
            (
                known,
                say("explain.ruleset", ruleset=answer["ruleset"]),
                say("explain.digest", digest=answer["digest"]),
                say("evidence.made", at=moment(pack["made_at"])),
            )
        ),
    )


def _parts(texts: Texts, answer: dict[str, Any]) -> tuple[Part, ...]:
    parts = [
        Part(title=texts.say(f"explain.{name}"), rows=tuple(_said(texts, one) for one in answer[name]))
        for name in ("said", "causes", "excluded", "counterfactuals", "documents")
        if answer.get(name)
    ]
    used = tuple(Said(text=one) for one in uses(texts, answer["repayments"]))
    return (Part(title=texts.say("explain.repayments"), rows=used), *parts) if used else tuple(parts)


def _said(texts: Texts, one: dict[str, Any]) -> Said:
    grade = f" {one['grade']}" if "grade" in one else ""
    coded = f"{one['code']}{grade}  " if "code" in one and "facts" in one else ""
    return Said(text=f"{coded}{one['text']}", cited=texts.cited(one.get("facts", ())))


def _fact(texts: Texts, one: dict[str, Any]) -> FactRow:
    return FactRow(
        id=one["id"],
        effective=moment(one["effective_at"]),
        recorded=moment(one["recorded_at"]),
        told=told(texts, one),
    )


def _hashes(pack: dict[str, Any]) -> tuple[HashRow, ...]:
    household = pack["answer"]["household"]
    disclosed = (one for one in pack["chain"]["links"] if one["payload"] is not None)
    return tuple(HashRow(id=f"{household}:{one['version']}", hash=one["hash"]) for one in disclosed)


def _proof(texts: Texts, pack: dict[str, Any]) -> tuple[str, ...]:
    say, links = texts.say, pack["chain"]["links"]
    disclosed = sum(one["payload"] is not None for one in links)
    stated = say("evidence.whole" if disclosed == len(links) else "evidence.partly", facts=len(links), shown=disclosed)
    return stated, say("evidence.head", head=links[-1]["hash"]), say("evidence.how")
