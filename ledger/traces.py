"""What a line notes on its way through its facts: steps of its headroom, changes of its limit, what nothing explains.

Source: domain.md section 3 (steps, inferred changes). What was noted stays as it is.
"""

from typing import Any, Final, Literal, NamedTuple, TypeAlias

import msgspec

from ledger.calendar import When
from ledger.hold import Freed
from ledger.timeline import Entry

StepKind: TypeAlias = Literal[
    "limit", "temporary_limit", "draw", "principal_repaid", "held", "restored", "charged", "shared", "closed",
    "inferred_limit", "inferred_hold", "unexplained", "other",
]  # fmt: skip
Status: TypeAlias = Literal["open", "frozen", "closed", "expired"]
ChangeKind: TypeAlias = Literal[
    "granted", "raised", "lowered", "temporary_granted", "temporary_expired", "frozen", "thawed", "closed",
    "expired", "inferred",
]  # fmt: skip

named: Final = tuple.__new__
"""Makes a named tuple of a tuple without a look at its length: for those that are made with every fact."""
INFERRED: Final = frozenset({"inferred_limit", "inferred_hold", "unexplained"})
"""The kinds of step no recorded fact explains; their sum is a bridge's residual."""


class Step(msgspec.Struct, frozen=True, gc=False):
    """One move of headroom. Units: `at` in microseconds since the epoch, `amount` in minor units of headroom."""

    at: int
    kind: StepKind
    amount: int
    facts: tuple[int, ...]


class Flip(NamedTuple):
    """The line became usable, or stopped being so, after the first `after_steps` steps of its headroom."""

    at: int
    after_steps: int
    usable: bool
    kind: Literal["frozen", "thawed", "closed", "reopened", "expired", "extended"]
    facts: tuple[int, ...]


class Temporary(NamedTuple):
    """A temporary limit inside its validity. Units: `until_at` is its first invalid instant."""

    amount: int
    until_at: int
    version: int


class Posting(msgspec.Struct, frozen=True, gc=False):
    """A posted repayment as far as the line must remember it. Units: minor units; `day` an ordinal."""

    version: int
    day: int
    principal: int
    limit_taken: int = 0
    reversed_by: int | None = None


class Inference(msgspec.Struct, kw_only=True):
    """What one observation added to the state because the books did not predict it.

    Units: minor units: `limit` of L, `drawn` of D, `held` of H, `taken` what L of a one-off loan lost with D.
    `repaid` are the payments a hold is explained by.
    Shape: `permanent` is what the permanent limit was taken for; `freed` are holds that were let go;
    `member_before` is whether a line that shares a limit was closed and had expired, if it was seen open.
    """

    entry: Entry
    limit: int = 0
    drawn: int = 0
    held: int = 0
    taken: int = 0
    permanent: int | None = None
    freed: tuple[Freed, ...] = ()
    thawed: bool = False
    member_before: tuple[bool, bool] | None = None
    ambiguous: bool = False
    limits_before: dict[str, Any] = msgspec.field(default_factory=dict)
    change: "LimitChange | None" = None
    residual: "Residual | None" = None
    repaid: tuple[int, ...] = ()


class Opening(msgspec.Struct, frozen=True, kw_only=True):
    """What one observation gave as opening values. Units: minor units; `limit_by` is the quantity that told it."""

    limit_by: Literal["limit", "available"] | None = None
    drawn: int | None = None


class Conflict(msgspec.Struct, frozen=True, kw_only=True):
    """Observations of different sources that contradict each other about one quantity at the same time."""

    quantity: Literal["limit", "drawn", "available"]
    at: int
    entries: tuple[Entry, ...]


class LimitChange(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A change of a line's limit or of its usability, stated by a fact or inferred from an observation.

    Shape: `since` and `until` are the interval in which it happened, equal for a dated fact. `replaced_by` names
    the stated fact that later explained an inferred change.
    Units: minor units; `at` in microseconds since the epoch.
    """

    kind: ChangeKind
    version: int
    at: int
    limit_before: int
    limit_after: int
    available_before: int
    available_after: int
    since: When
    until: When
    recorded_at: int
    facts: tuple[int, ...]
    ambiguous: bool = False
    replaced_by: int | None = None


class Residual(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What the books cannot explain. Units: minor units, signed for `unexplained`."""

    kind: Literal["unexplained", "overpaid", "restored_excess"]
    amount: int
    facts: tuple[int, ...]


class Levels(NamedTuple):
    """The levels of a line at one instant, as its properties of the same names tell them. Units: minor units."""

    permanent_limit: int
    temporary_limit: int
    drawn: int
    held: int
    shared_used: int
    headroom: int
    available: int
    over_limit: int
    blocked: int
