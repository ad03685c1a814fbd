"""Answers that are lists: the households, a household's facts, and how its limits changed."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Final

from app.cli.desk import Answer
from app.cli.figures import is_zero, moment, money
from app.cli.paper import Cell, Column, Ink, Paper, Style
from app.cli.texts import Texts
from ledger.store.personal import TEXT_FIELDS, is_sealed

_BECAME: Final = ("corrected_by", "replaced_by", "voided_by")
_ENVELOPE: Final = frozenset(
    {"id", "type", "effective_at", "recorded_at", "key", "source", "note", "allocated", *_BECAME}
)
_PARTS: Final = ("fee", "penalty", "interest", "principal")
_LEFT: Final = ("overpaid", "credit_balance")
_AMOUNTS: Final = frozenset(
    {
        "amount",
        "limit",
        "available",
        "drawn",
        "balance",
        "monthly",
        "minimum",
        "fee",
        "penalty",
        "interest",
        "principal",
    }
)
_JOINED: Final = "\u00a0"
"""A space at which no line is broken."""
_SUBJECTS: Final = ("line", "account")
"""What a fact is about; told first, and by its id alone."""
_DOWN: Final = frozenset({"lowered", "frozen", "closed", "expired", "temporary_expired"})


def households(paper: Paper, texts: Texts, answer: Answer) -> None:
    """Write the households in the book."""
    say = texts.say
    if not answer:
        paper.paragraph(say("households.none"))
        return
    columns = [Column(say("households.household"), fold=True), Column(say("households.facts"), right=True),
               Column(say("households.first")), Column(say("households.last"))]  # fmt: skip
    paper.table(columns, [
        [one["household"], f"{one['facts']:,}", moment(one["first"]), moment(one["last"])] for one in answer
    ], indent=0)  # fmt: skip


def history(paper: Paper, texts: Texts, answer: Answer) -> None:
    """Write a household's facts with both their times."""
    say = texts.say
    paper.line(Ink(answer["household"], "bold"), f"  {texts.count('history.facts', len(answer['facts']))}")
    columns = [Column(say("history.id"), right=True), Column(say("history.effective")), Column(say("history.recorded")),
               Column(say("history.fact"), fold=True)]  # fmt: skip
    paper.table(columns, [
        [one["id"].rpartition(":")[2], moment(one["effective_at"]), Ink(moment(one["recorded_at"]), "dim"),
         Ink(told(texts, one), "dim" if one.get("voided_by") or one.get("replaced_by") else "plain")]
        for one in answer["facts"]
    ], indent=0)  # fmt: skip


def told(texts: Texts, fact: dict[str, Any]) -> str:
    """A fact in one phrase: its kind, then its fields, then how it was used if it is a repayment."""
    named = texts.known(f"fact.{fact['type']}", fact["type"])
    fact = _with_use(fact)
    fields = [(name, value) for name, value in fact.items() if name not in _ENVELOPE and value is not None]
    fields.sort(key=lambda field: field[0] not in _SUBJECTS)
    shown = [_field(texts, name, value) for name, value in fields]
    used = [how_used(texts, fact["allocated"])] if fact.get("allocated") else []
    noted = [texts.say("history.noted", note=_word(texts, "note", fact["note"]))] if fact.get("note") else []
    became = [texts.say(f"history.{name}", fact=fact[name]) for name in _BECAME if fact.get(name)]
    return " · ".join([named, *shown, *used, *noted, *became])


def _with_use(fact: dict[str, Any]) -> dict[str, Any]:
    """A fact without a stated allocation that its use says again; a correction's use is told of its replacement."""
    used = fact.get("allocated")
    if used and "replacement" in fact:
        return fact | {"allocated": None, "replacement": fact["replacement"] | {"allocated": used}}
    stated = fact.get("allocation")
    if used and stated and all(Decimal(stated.get(name, 0)) == Decimal(used[name]) for name in _PARTS):
        return fact | {"allocation": None}
    return fact


def _field(texts: Texts, name: str, value: Any) -> str:
    if isinstance(value, dict):
        if "type" in value:
            since = texts.say("history.since", at=moment(value["effective_at"]))
            return f"{texts.say(f'field.{name}')} {told(texts, value)} · {since}"
        shown = _fields(texts, value.items())
    elif isinstance(value, bool):
        shown = texts.say("word.yes" if value else "word.no")
    elif isinstance(value, list):
        shown = texts.say("word.and").join(_word(texts, name, one) for one in value)
    else:
        shown = money(value) if name in _AMOUNTS else _word(texts, name, value)
    return shown if name in _SUBJECTS else f"{texts.known(f'field.{name}', name)} {shown}"


def _word(texts: Texts, name: str, value: Any) -> str:
    """A value as it is said, where it is one of the words of its field, or a personal text that was erased."""
    if name in TEXT_FIELDS and is_sealed(str(value)):
        return texts.say("history.erased")
    return texts.known(f"choice.{name}.{value}", str(value))


def _fields(texts: Texts, fields: Iterable[tuple[str, Any]]) -> str:
    """Fields one after the other, but for amounts of nothing."""
    return texts.say("word.and").join(_field(texts, name, value) for name, value in fields if not is_zero(value))


def how_used(texts: Texts, used: Answer) -> str:
    """How a repayment was used, and whether the lender stated it or it was derived."""
    say = texts.say
    uses = []
    for share in used["loans"]:
        parts = _fields(texts, ((name, share[name]) for name in _PARTS))
        uses.append(say("allocated.on" if share["loan"] else "allocated.on_none", parts=parts, loan=share["loan"]))
    uses += [say(f"allocated.{left}", amount=money(used[left])) for left in _LEFT if not is_zero(used[left])]
    uses += [say("allocated.bill", amount=money(bill["amount"]), due_on=bill["due_on"]) for bill in used["bills"]]
    told = say("allocated.derived" if used["derived"] else "allocated.stated", uses=say("allocated.next").join(uses))
    return told if used["reversed_by"] is None else f"{told} · {say('allocated.reversed', fact=used['reversed_by'])}"


def changes(paper: Paper, texts: Texts, answer: Answer) -> None:
    """Write every limit change, stated or inferred."""
    say = texts.say
    if not answer:
        paper.paragraph(say("changes.none"))
        return
    columns = [
        Column(say("changes.id"), fold=True),
        Column(say("changes.when"), fold=True),
        Column(say("changes.line")),
        Column(say("changes.kind")),
        Column(say("changes.from"), right=True),
        Column(say("changes.to"), right=True),
    ]
    paper.table(columns, [_change(texts, one) for one in answer], indent=0)


def _change(texts: Texts, one: Answer) -> list[Cell]:
    when = moment(one["until"])
    if one["since"] != one["until"]:
        since, until = (text.replace(" ", _JOINED) for text in (moment(one["since"]), when))
        when = texts.say("changes.between", since=since, until=until)
    fell = one["kind"] in _DOWN or (one["kind"] == "inferred" and _falls(one))
    style: Style = "red" if fell else "green"
    kind = Ink(texts.say(f"change.{one['kind']}"), style)
    return [one["id"], when, one["line"], kind, money(one["from"]), money(one["to"])]


def _falls(one: Answer) -> bool:
    return one["from"] is not None and one["to"] is not None and float(one["to"]) < float(one["from"])
