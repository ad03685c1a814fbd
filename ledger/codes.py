"""Reason codes: why available credit moves, on whose side, and how sure an answer may be without the lender.

Source: domain.md section 7.
"""

from typing import Final, Literal, TypeAlias, get_args

ReasonCode: TypeAlias = Literal[
    "S00", "S01", "S02", "S03", "S04", "S05", "S06", "S07", "S08", "S09",
    "P01", "P02", "P03", "P04", "P05", "P06", "P07", "P08", "P09", "P10", "P11", "P12",
    "U01", "U02", "U03", "U04", "U05", "U06", "U07", "U08", "U09", "U11", "U12", "U13", "U14",
    "R01", "R02", "R04", "X00", "X01",
]  # fmt: skip
Grade: TypeAlias = Literal["E0", "E1", "E2", "E3", "E4"]
Side: TypeAlias = Literal["system", "platform", "user", "regulation", "unknown"]

REASON_CODES: Final[tuple[ReasonCode, ...]] = get_args(ReasonCode)

_SIDES: Final[dict[str, Side]] = {
    "S": "system", "P": "platform", "U": "user", "R": "regulation", "X": "unknown"
}  # fmt: skip


def side(code: ReasonCode) -> Side:
    """Whose side a cause lies on."""
    return _SIDES[code[0]]
