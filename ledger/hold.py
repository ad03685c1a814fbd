"""Principal repaid but not yet restored: what is held, and what of it was let go. Source: domain.md section 2."""

from copy import copy
from typing import Literal, NamedTuple

import msgspec


class Hold(msgspec.Struct, eq=False, gc=False):
    """Principal repaid but not yet restored. `version` is the payment's, or the observation's it was inferred from.

    Shape: `until_settled` holds fall when nothing is drawn any more, whatever rule the line has by then.
    """

    amount: int
    version: int
    inferred: bool
    until_settled: bool

    def copy(self) -> "Hold":
        """The same hold, for a line that goes another way."""
        return copy(self)


class Freed(NamedTuple):
    """What of a hold one fact let go. Units: minor units; `version` is the hold's."""

    version: int
    inferred: bool
    until_settled: bool
    amount: int
    kind: Literal["restored", "inferred_hold"]
