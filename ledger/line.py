"""One credit line inside the fold: limit, drawn, held, and the steps by which its headroom moved.

Source: domain.md section 2 (symbols and restoration rules) and section 3 (steps, inferred changes).
"""

from collections import deque
from collections.abc import Iterable
from typing import Any, Final

from ledger import events
from ledger.calendar import When
from ledger.hold import Freed, Hold
from ledger.loan import Loans, LoanTerms
from ledger.terms import Footing
from ledger.timeline import Entry
from ledger.traces import (
    Conflict,
    Flip,
    Inference,
    Levels,
    LimitChange,
    Opening,
    Posting,
    Residual,
    Status,
    Step,
    StepKind,
    Temporary,
    named,
)

NOTED: Final = (
    "awaited", "changes", "conflicts", "flips", "inferences", "marks", "observations", "openings", "payments",
    "pending", "postings", "residuals", "sent_as", "steps",
)  # fmt: skip
"""What a line holds lists of; what was noted in them stays as it is, and only the lists grow or shrink."""
_PLAIN: Final = (
    "_root", "closed", "drawn_known", "expired", "frozen", "held", "inference", "limit_seen", "limit_seen_before",
    "marks_after", "marks_day", "peers", "permanent", "reversed_today", "temporaries",
)  # fmt: skip
"""What a line holds that is replaced as a whole."""


class Line:
    """The state of one line. Units: minor units; `permanent` is None while no limit is known."""

    __slots__ = (
        "_root", "awaited", "changes", "closed", "conflicts", "drawn_known", "expired", "flips", "frozen", "held",
        "holds", "inference", "inferences", "limit_seen", "limit_seen_before", "loans", "marks", "marks_after",
        "marks_day", "name", "observations", "openings", "payments", "peers", "pending", "permanent", "postings",
        "residuals", "reversed_today", "sent_as", "steps", "temporaries", "terms",
    )  # fmt: skip

    def __init__(self, name: str, terms: events.LineOpened, loans: Loans | None = None) -> None:
        self.name = name
        self.terms = terms
        self.loans = Loans(Footing(loan_terms(terms))) if loans is None else loans
        self.permanent: int | None = None
        self.temporaries: list[Temporary] = []
        self.holds: deque[Hold] = deque()
        self.held = 0
        self.frozen = False
        self.closed = False
        self.expired = False
        self._root: Line | None = None
        self.peers: tuple[Line, ...] = ()
        self.steps: list[Step] = []
        self.flips: list[Flip] = []
        self.changes: list[LimitChange] = []
        self.residuals: list[Residual] = []
        self.conflicts: list[Conflict] = []
        self.observations: list[Entry] = []
        self.openings: dict[int, Opening] = {}
        self.inference: Inference | None = None
        self.inferences: list[Inference] = []
        self.limit_seen: When | None = None
        self.limit_seen_before: When | None = None
        self.drawn_known = False
        self.postings: dict[int, Posting] = {}
        self.payments: dict[str, tuple[int, ...]] = {}
        self.sent_as: dict[int, str] = {}
        self.awaited: dict[int, Entry] = {}
        self.reversed_today: tuple[Entry, ...] = ()
        self.pending: dict[int, Entry] = {}
        self.marks: list[int] = []
        self.marks_day = self.marks_after = 0

    def fork(self) -> "Line":
        """The same line, to go another way from here; its root and peers are still those of this one."""
        other = Line(self.name, self.terms, self.loans.fork())
        for name in _PLAIN:
            setattr(other, name, getattr(self, name))
        for name in NOTED:
            setattr(other, name, getattr(self, name).copy())
        other.holds = deque([held.copy() for held in self.holds])
        return other

    # Questions

    @property
    def root(self) -> "Line":
        """The line whose limit this one has: itself, unless it shares one."""
        return self if self._root is None else self._root

    @root.setter
    def root(self, root: "Line") -> None:
        self._root = None if root is self else root  # a line that held itself would outlive its book

    @property
    def status(self) -> Status:
        """Closed goes before expired, expired before frozen."""
        if self.closed:
            return "closed"
        if self.expired:
            return "expired"
        return "frozen" if self.frozen else "open"

    @property
    def usable(self) -> bool:
        """g: false while the line is frozen, closed or expired."""
        return not (self.frozen or self.closed or self.expired)

    @property
    def own_permanent(self) -> int:
        """The permanent limit in force on this line itself."""
        return 0 if self.closed or self.expired else self.permanent or 0

    @property
    def own_temporary(self) -> int:
        """The temporary limits in force on this line itself."""
        if self.closed or self.expired or not self.temporaries:
            return 0
        return sum(one.amount for one in self.temporaries)

    @property
    def permanent_limit(self) -> int:
        """The permanent limit in force; the pool root's for a line that shares one."""
        return self.root.own_permanent

    @property
    def temporary_limit(self) -> int:
        """The temporary limits in force; the pool root's for a line that shares one."""
        return self.root.own_temporary

    @property
    def limit(self) -> int:
        """L: permanent and temporary limit in force."""
        return self.permanent_limit + self.temporary_limit

    @property
    def drawn(self) -> int:
        """D: outstanding principal, or the full balance (negative: a credit balance)."""
        return self.loans.drawn

    @property
    def shared_used(self) -> int:
        """S: drawn and held of the other members of the pool."""
        return sum(peer.drawn + peer.held for peer in self.peers) if self.peers else 0

    @property
    def headroom(self) -> int:
        """X = L - D - H - S, signed."""
        return self.limit - self.drawn - self.held - self.shared_used

    @property
    def available(self) -> int:
        """A: what can be borrowed."""
        return max(0, self.headroom) if self.usable else 0

    @property
    def over_limit(self) -> int:
        """O: how far the line is used beyond its limit."""
        return max(0, -self.headroom)

    @property
    def blocked(self) -> int:
        """B: headroom that cannot be used while the line is frozen, closed or expired."""
        return 0 if self.usable else max(0, self.headroom)

    def levels(self) -> Levels:
        """All levels in one look; each is what the property of its name says."""
        root, drawn, held = self.root, self.loans.drawn, self.held
        permanent = root.own_permanent
        temporary = root.own_temporary if root.temporaries else 0
        shared = self.shared_used if self.peers else 0
        headroom = permanent + temporary - drawn - held - shared
        free, over = (headroom, 0) if headroom > 0 else (0, -headroom)
        available, blocked = (free, 0) if self.usable else (0, free)
        return named(Levels, (permanent, temporary, drawn, held, shared, headroom, available, over, blocked))

    def hold_of(self, payment: int) -> Hold | None:
        """What the rule of the line still holds of a repayment."""
        return next((held for held in self.holds if held.version == payment and not held.inferred), None)

    # Moves

    def turn(self, at: int, kind: Any, facts: tuple[int, ...], *, was_usable: bool) -> None:
        """Note that the line became usable or stopped being so."""
        if self.usable != was_usable:
            self.flips.append(Flip(at, len(self.steps), self.usable, kind, facts))

    def move(self, at: int, kind: StepKind, amount: int, facts: tuple[int, ...]) -> None:
        """Note a move of this line's own drawn or held amount; members of its pool feel it as shared use."""
        if amount:
            self.steps.append(Step(at, kind, amount, facts))
            for peer in self.peers:
                peer.steps.append(Step(at, "shared", amount, facts))

    def move_limit(self, at: int, kind: StepKind, amount: int, facts: tuple[int, ...]) -> None:
        """Note a move of this line's own limit, which is the limit of all that share it."""
        if amount and self.root is self:
            self.steps.append(Step(at, kind, amount, facts))
            for peer in self.peers:
                peer.steps.append(Step(at, kind, amount, facts))

    @property
    def limits(self) -> dict[str, Any]:
        """What decides the limit, as `set_limits` takes it."""
        return {
            "permanent": self.permanent, "temporaries": self.temporaries, "closed": self.closed, "expired": self.expired
        }  # fmt: skip

    def set_limits(self, at: int, facts: tuple[int, ...], *, kind: StepKind | None = None, **state: Any) -> None:
        """Change what decides the limit (permanent, temporaries, closed, expired) and note the moves that follow."""
        permanent, temporary = self.own_permanent, self.own_temporary
        for name, value in state.items():
            setattr(self, name, value)
        moved, moved_temporary = self.own_permanent - permanent, self.own_temporary - temporary
        if kind == "closed":
            self.move_limit(at, "closed", moved + moved_temporary, facts)
            return
        self.move_limit(at, kind or "limit", moved, facts)
        self.move_limit(at, kind or "temporary_limit", moved_temporary, facts)

    def hold(
        self, at: int, amount: int, *, version: int, inferred: bool = False, until_settled: bool = False
    ) -> Hold:  # fmt: skip
        """Hold repaid principal back from availability."""
        held = Hold(amount, version, inferred, until_settled)
        self.holds.append(held)
        self.held += amount
        self.move(at, "inferred_hold" if inferred else "held", -amount, (version,))
        return held

    def hold_again(self, at: int, freed: Freed, *, version: int) -> None:
        """Hold again what a fact had let go, because that turned out not to have happened."""
        own = (one for one in self.holds if (one.version, one.inferred) == (freed.version, freed.inferred))
        held = next(own, None)
        if held is None:
            held = Hold(0, freed.version, freed.inferred, freed.until_settled)
            self.holds.append(held)
        held.amount += freed.amount
        self.held += freed.amount
        self.move(at, freed.kind, -freed.amount, (version,) if freed.version == version else (freed.version, version))

    def release(self, at: int, held: Hold, amount: int, *, kind: StepKind, facts: tuple[int, ...]) -> int:
        """Let go of a hold, wholly or in part; returns what was let go."""
        freed = min(amount, held.amount)
        held.amount -= freed
        self.held -= freed
        if not held.amount and held in self.holds:
            self.holds.remove(held)
        self.move(at, kind, freed, facts)
        return freed

    def release_oldest(self, at: int, amount: int, *, kind: StepKind, facts: tuple[int, ...]) -> int:
        """Let go of the oldest holds first; returns what could not be let go because no more was held."""
        left = amount
        while left and self.holds:
            held = self.holds[0]
            cited = (held.version, *facts) if held.version not in facts else facts
            left -= self.release(at, held, left, kind=kind, facts=cited)
        return left

    def settle(self, at: int, version: int) -> tuple[Freed, ...]:
        """When nothing is drawn any more, let go of what was held until then; returns what of which hold.

        Source: domain.md section 2: on a line that restores on full settlement all holds fall.
        """
        if self.drawn > 0:
            return ()
        every = self.terms.restoration == "on_full_settlement"
        freed: list[Freed] = []
        for held in [held for held in self.holds if every or held.until_settled]:
            freed.append(Freed(held.version, held.inferred, held.until_settled, held.amount, "restored"))
            cited = (version,) if held.version == version else (held.version, version)
            self.release(at, held, held.amount, kind="restored", facts=cited)
        return tuple(freed)


def loan_terms(terms: events.LineOpened) -> LoanTerms:
    """The part of a line's terms that interest, penalty and allocation are computed by."""
    return LoanTerms(
        daily_rate=terms.daily_rate,
        day_count=terms.day_count,
        grace_days=terms.grace_days,
        penalty_multiplier=terms.penalty_multiplier,
        allocation_order=terms.allocation_order,
        limit_basis=terms.limit_basis,
    )


def offered(available: Iterable[tuple[str, int]]) -> int:
    """What pools offer together. Shape: the pool's root, and what is available on one of its lines, for each line."""
    pools: dict[str, int] = {}
    for pool, amount in available:
        if amount > pools.get(pool, 0):
            pools[pool] = amount
    return sum(pools.values())
