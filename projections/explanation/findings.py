"""What was found: a code with its grade, the facts it stands on, and the figures its sentence needs."""

import msgspec

from ledger.codes import Grade, ReasonCode
from projections.explanation.figures import Figure


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """A code that fits, and how surely.

    Shape: `say` names the sentence among those of the code and grade, where there are several; `at` is the instant
    by which findings are ordered.
    """

    code: ReasonCode
    grade: Grade
    facts: tuple[int, ...]
    at: int
    say: str = ""
    figures: dict[str, Figure] = msgspec.field(default_factory=dict)


class Exclusion(msgspec.Struct, frozen=True, kw_only=True):
    """A code that the evidence rules out, and by which facts."""

    code: ReasonCode
    facts: tuple[int, ...]
    say: str = ""
    figures: dict[str, Figure] = msgspec.field(default_factory=dict)
