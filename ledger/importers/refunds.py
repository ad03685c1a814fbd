"""Refunds make the expense they belong to smaller: as corrections, since no fact can be a negative expense.

A refund is applied once, under its own key; partial refunds add up, whichever statements they come from. The expense
keeps its id and its date, so essentials of that month become what was really spent.
"""

from collections.abc import Iterable

import msgspec

from ledger.events import Corrected, ExpensePaid, Fact, Recorded, Voided
from ledger.importers.statement import Refund, RowNote, Statement
from ledger.record import Draft


class Netted(msgspec.Struct, frozen=True, kw_only=True):
    """Corrections to record after a statement's facts, and the refunds whose expense was not found."""

    drafts: tuple[Draft, ...] = ()
    unmatched: tuple[RowNote, ...] = ()


def net_of_refunds(statement: Statement, recorded: Iterable[Recorded]) -> Netted:
    """What a statement's refunds take off expenses, given the household's facts so far and the statement's own."""
    expenses, keys = _expenses(recorded)
    for fact in statement.facts:
        if isinstance(fact, ExpensePaid) and fact.key is not None and fact.key not in keys:
            expenses[fact.key] = fact
    drafts: list[Draft] = []
    unmatched: list[RowNote] = []
    for refund in sorted(statement.refunds, key=lambda refund: (refund.effective, refund.key)):
        if f"{refund.key}:net" in keys:
            continue
        expense_key = _expense_key(refund, expenses)
        if expense_key is None:
            unmatched.append(RowNote(line=refund.line, reason_code="expense_not_found"))
            continue
        expense = expenses.pop(expense_key)
        rest = expense.amount - refund.amount
        if rest:
            expenses[expense_key] = msgspec.structs.replace(expense, amount=rest)
        drafts.append(_draft(refund, expense_key, expense, rest=rest))
    return Netted(drafts=tuple(drafts), unmatched=tuple(unmatched))


def _expenses(recorded: Iterable[Recorded]) -> tuple[dict[str, ExpensePaid], set[str]]:
    """The expenses as the book has them now, by the key they were recorded under, and every key in use."""
    originals: dict[int, ExpensePaid] = {}
    current: dict[int, ExpensePaid | None] = {}
    before: dict[int, tuple[int, ExpensePaid | None]] = {}
    keys: set[str] = set()
    for entry in recorded:
        fact = entry.fact
        if fact.key is not None:
            keys.add(fact.key)
        if isinstance(fact, ExpensePaid):
            originals[entry.version] = current[entry.version] = fact
        elif isinstance(fact, Voided) and fact.fact in before:
            target, restored = before[fact.fact]
            current[target] = restored
        elif isinstance(fact, Corrected | Voided) and fact.fact in current:
            before[entry.version] = (fact.fact, current[fact.fact])
            current[fact.fact] = _replacement(fact)
    now = ((originals[version].key, expense) for version, expense in current.items())
    return {key: expense for key, expense in now if key is not None and expense is not None}, keys


def _replacement(fact: Fact) -> ExpensePaid | None:
    replaced = fact.replacement if isinstance(fact, Corrected) else None
    return replaced if isinstance(replaced, ExpensePaid) else None


def _expense_key(refund: Refund, expenses: dict[str, ExpensePaid]) -> str | None:
    """The expense a refund belongs to, if just one can be it and it was large enough."""
    if refund.expense_key is not None:
        known = [refund.expense_key] if refund.expense_key in expenses else []
    else:
        start = f"alipay:{refund.order}:spend:"
        known = [key for key in expenses if key.startswith(start)]
    fitting = [key for key in known if expenses[key].amount >= refund.amount]
    return fitting[0] if len(fitting) == 1 else None


def _draft(refund: Refund, expense_key: str, expense: ExpensePaid, *, rest: int) -> Draft:
    key, at, refers = f"{refund.key}:net", refund.effective, f"key:{expense_key}"
    if not rest:
        voided = Voided(effective=at, key=key, source="statement", fact=0)
        return Draft(fact=voided, refers=refers)
    # The expense's own texts may be known only as digests by now: a replacement goes without them.
    net = ExpensePaid(effective=expense.effective, source=expense.source, amount=rest, essential=expense.essential)
    corrected = Corrected(effective=at, key=key, source="statement", fact=0, replacement=net)
    return Draft(fact=corrected, refers=refers)
