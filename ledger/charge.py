"""On which notes of a line a charge falls. Source: domain.md section 4."""

from collections.abc import Sequence
from typing import Literal, TypeAlias

from ledger.money import share_out
from ledger.note import Note

ChargeKind: TypeAlias = Literal["interest", "fee", "penalty"]


def put(kind: ChargeKind, amount: int, note: Note) -> int:
    """Charge a note. Returns by how much what is charged and unpaid on it rose."""
    before = note.posted
    match kind:
        case "interest":
            note.charge_interest(amount)
        case "penalty":
            note.charge_penalty(amount)
        case "fee":
            note.fee += amount
    return note.posted - before


def shared(kind: ChargeKind, amount: int, notes: Sequence[Note]) -> list[tuple[Note, int]]:
    """A charge on no loan, shared by what each note has accrued; by principal where none has. Empty: on no note.

    A penalty falls on what is overdue, a fee on no note.
    """
    if kind == "fee":
        return []
    chosen = [note for note in notes if note.loan and (kind == "interest" or note.dues)]
    weights = [note.counted(penalty=kind == "penalty") for note in chosen]
    if not sum(weights):
        weights = [note.principal for note in chosen]
    total = sum(weights)
    if not total:
        return [(note, amount if note is chosen[0] else 0) for note in chosen]
    return list(zip(chosen, share_out(amount, weights), strict=True))
