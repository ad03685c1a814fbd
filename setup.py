"""How the wheel is built: as it stands, or with some rooms as machine code where HEADROOM_COMPILE=1 asks.

Those rooms hold functions, plain classes and named tuples; mypyc would lose the options of a msgspec record, so records
stay in rooms of their own. Python and mypyc read the same text: there is one fold, whole without a compiler.
Source: ops/decisions/0013-the-fold-can-be-compiled.md.
"""

import os
from typing import Final

from setuptools import Extension, setup

COMPILED: Final = {
    "ledger": (
        "billing", "book", "calendar", "charge", "checkpoints", "debt", "dues", "interest", "limits", "line", "loan",
        "money", "movements", "note", "notes", "orders", "reassigned", "repayment", "resting", "rewinding", "taken",
        "timeline",
    ),
    "projections": (
        "debt", "digest", "diversification", "early_repayment", "findings", "judgement", "liquidity", "outlook",
        "stored_check", "stress",
    ),
    "projections/explanation": ("dossier",),
    "projections/indicators": ("basis", "behaviour", "burden", "credit", "cushion", "evidence", "measure"),
    "projections/readmodels": ("household", "rows", "series", "verdicts", "wire"),
}  # fmt: skip


def rooms() -> list[str]:
    """The files that are compiled."""
    return [f"{house}/{room}.py" for house, names in COMPILED.items() for room in names]


def extensions() -> list[Extension]:
    """What is compiled, if it was asked for."""
    if os.environ.get("HEADROOM_COMPILE") != "1":
        return []
    from mypyc.build import mypycify  # noqa: PLC0415  # of the development tools, and needed only here

    return mypycify(rooms(), opt_level="3", debug_level="0")


if __name__ == "__main__":
    setup(ext_modules=extensions())
