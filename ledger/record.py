"""What may be recorded: guards in a fixed order, each a rule of its own.

The ledger records what happened, it does not approve it: only what cannot be a fact is refused. A guard needs to
know which names and versions the household's facts hold (the register), never the folded state.
Source: domain.md section 1, "The ledger records what happened".
"""

from collections.abc import Iterable
from typing import Any, Final

import msgspec

from ledger import events
from ledger.calendar import DAY, SECOND, When, Zone, zone
from ledger.errors import Refused
from ledger.events import FACT_TYPES, AnyFact, Fact
from ledger.money import MINOR_DIGITS, amount_text
from ledger.register import Register
from ledger.vocabulary import UNEXPLAINED

REFERRING: Final = frozenset(kind for kind in FACT_TYPES.values() if "fact" in kind.__struct_fields__)
"""The kinds of fact that may refer to another."""
CLOCK_SLACK: Final = DAY
"""How far ahead of the store's clock an effective time may lie."""


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """A fact somebody wants recorded, whose reference to another fact is still as written.

    Shape: `refers` is "<household>:<version>" or "key:<key>"; the fact's own reference is 0 until resolved.
    `inner_refers` is the reference of a correction's replacement.
    """

    fact: AnyFact
    refers: str | None = None
    inner_refers: str | None = None


def admit(register: Register, draft: Draft, *, household: str, now: int) -> AnyFact:
    """The fact as it may be stored, its reference resolved.

    Units: `now` in microseconds since the epoch.
    Raises: Refused with the first guard that says no.
    """
    fact = resolve(register, draft, household=household)
    guard(register, fact, household=household, now=now)
    return fact


def guard(register: Register, fact: AnyFact, *, household: str, now: int) -> None:
    """Let a fact pass whose reference is resolved. Raises: Refused with the first guard that says no."""
    local = zone(register.timezone)
    _guard_time(fact, local=local, now=now)
    _guard_content(register, fact, household=household, local=local)
    if isinstance(fact, events.Corrected):
        current = register.without(fact.fact)
        _guard_time(fact.replacement, local=local, now=now)
        _guard_content(current, fact.replacement, household=household, local=local)


def asked(kind: type[Fact]) -> tuple[str, ...] | None:
    """What the guard of a kind of fact asks for beyond time and line: it lets a fact pass that tells none of these
    fields. None where it asks of every fact.
    """
    return _ASKED.get(kind) if kind in _GUARDS else ()


def all_pass(register: Register, *, lines: Iterable[str], latest: Iterable[When], now: int) -> bool:
    """Whether facts of which a guard asks no more are let pass: about these lines, the latest effective at one of these
    times.
    """
    local = zone(register.timezone)
    return all(map(register.lines.__contains__, lines)) and all(_is_told_in_time(when, local, now) for when in latest)


def implied_opening(first: Fact) -> events.HouseholdOpened:
    """The opening of a household nobody opened: effective with its first fact, with default zone and currency."""
    return events.HouseholdOpened(effective=first.effective, source=first.source)


def resolve(register: Register, draft: Draft, *, household: str) -> AnyFact:
    """The fact of a draft, with the versions its references stand for. Raises: Refused when there is none."""
    fact = draft.fact
    if isinstance(fact, events.Corrected):
        replacement = _referring(register, fact.replacement, draft.inner_refers, household=household)
        if replacement is not fact.replacement:
            fact = msgspec.structs.replace(fact, replacement=replacement)
    resolved: AnyFact = _referring(register, fact, draft.refers, household=household)
    return resolved


def _referring(register: Register, fact: Any, refers: str | None, *, household: str) -> Any:
    """A fact with the version that its reference stands for; one that was told as a number must be there as well."""
    if type(fact) not in REFERRING:
        return fact
    if refers is not None:
        return msgspec.structs.replace(fact, fact=_version(register, refers, household=household))
    if fact.fact is not None:
        _version(register, f"{household}:{fact.fact}", household=household)
    return fact


def _version(register: Register, refers: str, *, household: str) -> int:
    owner, _, rest = refers.partition(":")
    if owner == "key":
        version = register.version_of_key(rest)
    else:
        version = int(rest) if owner == household and rest.isdecimal() else 0
    if not 1 <= version <= register.version:
        raise Refused("unknown_fact", field="fact", found=refers, household=household, version=register.version)
    return version


def _guard_time(fact: Fact, *, local: Zone, now: int) -> None:
    effective = fact.effective
    if _is_told_in_time(effective, local, now):
        return
    found, told = local.text(effective), local.text(now - now % SECOND)
    raise Refused("in_the_future", field="effective_at", found=found, now=told)


def _is_told_in_time(effective: When, local: Zone, now: int) -> bool:
    return (effective if type(effective) is int else local.at(effective)) <= now + CLOCK_SLACK


def _guard_content(register: Register, fact: Any, *, household: str, local: Zone) -> None:
    kind = type(fact)
    if kind in ON_LINE:
        _known_line(register, fact.line, field="line", household=household)
    guard = _GUARDS.get(kind)
    if guard is not None:
        guard(register, fact, household=household, local=local)


def _known_line(register: Register, line: str, *, field: str, household: str) -> None:
    if line not in register.lines:
        known = ", ".join(sorted(register.lines)) or "-"
        raise Refused("unknown_line", field=field, found=line, household=household, known=known)


def _same_currency(register: Register, currency: str | None) -> None:
    if currency is not None and register.version and currency != register.currency:
        raise Refused("other_currency", field="currency", found=currency, expected=register.currency)


def _ends_after(start: When, end: When | None, *, field: str, local: Zone) -> None:
    if end is not None and local.first_invalid(end) <= local.at(start):
        raise Refused("ends_before_it_starts", field=field, found=local.text(end), start=local.text(start))


def _household(register: Register, fact: events.HouseholdOpened, *, household: str, local: Zone) -> None:
    del household, local
    if fact.currency not in MINOR_DIGITS:
        raise Refused("bad_currency", field="currency", found=fact.currency, known=", ".join(MINOR_DIGITS))
    _same_currency(register, fact.currency)
    try:
        zone(fact.timezone)
    except ValueError:
        raise Refused("bad_zone", field="timezone", found=fact.timezone) from None


def _line_opened(register: Register, fact: events.LineOpened, *, household: str, local: Zone) -> None:
    if fact.line in register.lines:
        told = f"{household}:{register.lines[fact.line]}"
        raise Refused("line_opened_twice", field="line", found=fact.line, fact=told)
    _terms(register, fact, household=household, local=local)


def _terms(
    register: Register, fact: events.LineOpened | events.LineTermsChanged, *, household: str, local: Zone
) -> None:
    _same_currency(register, fact.currency)
    _ends_after(fact.effective, fact.valid_until, field="valid_until", local=local)
    if fact.shared_with is None:
        return
    if fact.shared_with != fact.line:
        _known_line(register, fact.shared_with, field="shared_with", household=household)
    first, *others = register.pool_path(fact.shared_with)
    if fact.line in others or (first == fact.line and not others):
        raise Refused("shared_in_a_circle", field="shared_with", line=fact.line, found=fact.shared_with)


def _temporary(register: Register, fact: events.TemporaryLimitGranted, *, household: str, local: Zone) -> None:
    del register, household
    _ends_after(fact.effective, fact.until, field="until", local=local)


def _observed(register: Register, fact: events.LimitObserved, *, household: str, local: Zone) -> None:
    del register, household, local
    if fact.limit is None and fact.available is None and fact.drawn is None:
        raise Refused("nothing_observed", field="limit")


def _draw(register: Register, fact: events.DrawnDown, *, household: str, local: Zone) -> None:
    del register, household
    if fact.first_due_on is None and fact.due_on is None:
        return
    drawn_on = local.day_of(fact.effective)
    for field, end in (("first_due_on", fact.first_due_on), ("due_on", fact.due_on)):
        if end is not None and end.toordinal() <= drawn_on:
            raise Refused("ends_before_it_starts", field=field, found=end, start=local.text(fact.effective))
    if fact.first_due_on is not None and fact.due_on is not None and fact.due_on < fact.first_due_on:
        raise Refused("ends_before_it_starts", field="due_on", found=fact.due_on, start=fact.first_due_on)


def _known_loan(register: Register, line: str, loan: str | None) -> None:
    if loan is not None and loan != UNEXPLAINED and not register.has_loan(line, loan):
        raise Refused("unknown_loan", field="loan", line=line, found=loan)


def _refers_to(register: Register, version: int | None, *kinds: type[Fact], household: str) -> None:
    if version is None:
        return
    kind = register.kind(version)
    if kind not in kinds:
        expected = " / ".join(kind.__name__ for kind in kinds)
        raise Refused("wrong_fact", field="fact", found=f"{household}:{version}", kind=kind.__name__, expected=expected)


def _of_line(register: Register, version: int | None, line: str, *, household: str) -> None:
    if version is not None and not register.on_line(version, line):
        kind = register.kind(version).__name__
        raise Refused("fact_of_another_line", field="fact", found=f"{household}:{version}", kind=kind, line=line)


def _draw_reversed(register: Register, fact: events.DrawReversed, *, household: str, local: Zone) -> None:
    del local
    _known_loan(register, fact.line, fact.loan)
    _refers_to(register, fact.fact, events.DrawnDown, household=household)
    _of_line(register, fact.fact, fact.line, household=household)


def _posted(register: Register, fact: events.RepaymentPosted, *, household: str, local: Zone) -> None:
    del household, local
    _known_loan(register, fact.line, fact.loan)
    stated = fact.allocation
    if stated is None:
        return
    total = stated.fee + stated.penalty + stated.interest + stated.principal
    if total != fact.amount:
        found, expected = (amount_text(value, register.currency) for value in (total, fact.amount))
        raise Refused("allocation_does_not_sum", field="allocation", found=found, expected=expected)


def _reversed(register: Register, fact: events.RepaymentReversed, *, household: str, local: Zone) -> None:
    del local
    if fact.payment is None and fact.fact is None:
        raise Refused("nothing_named", field="payment", type="RepaymentReversed")
    if fact.payment is not None and not register.has_payment(fact.line, fact.payment):
        raise Refused("unknown_payment", field="payment", line=fact.line, found=fact.payment)
    _refers_to(register, fact.fact, events.RepaymentPosted, events.RepaymentSent, household=household)
    _of_line(register, fact.fact, fact.line, household=household)


def _charged(register: Register, fact: Any, *, household: str, local: Zone) -> None:
    del household, local
    _known_loan(register, fact.line, fact.loan)


def _due(register: Register, fact: events.PaymentDue, *, household: str, local: Zone) -> None:
    del household, local
    if fact.minimum is not None and fact.minimum > fact.amount:
        found, expected = (amount_text(value, register.currency) for value in (fact.minimum, fact.amount))
        raise Refused("minimum_above_amount", field="minimum", found=found, expected=expected)


def _stated(register: Register, fact: Any, *, household: str, local: Zone) -> None:
    del local
    if fact.line is not None:
        _known_line(register, fact.line, field="line", household=household)


def _account_opened(register: Register, fact: events.ReserveOpened, *, household: str, local: Zone) -> None:
    del local
    if fact.account in register.accounts:
        told = f"{household}:{register.accounts[fact.account]}"
        raise Refused("account_opened_twice", field="account", found=fact.account, fact=told)


def _known_account(register: Register, fact: Any, *, household: str, local: Zone) -> None:
    del local
    if fact.account not in register.accounts:
        known = ", ".join(sorted(register.accounts)) or "-"
        raise Refused("unknown_account", field="account", found=fact.account, household=household, known=known)


ON_LINE: Final = frozenset(
    kind for kind in FACT_TYPES.values() if issubclass(kind, events.LineFact) and kind is not events.LineOpened
)
"""The kinds of fact that are about a line which must be known."""
_ASKED: Final[dict[type[Fact], tuple[str, ...]]] = {
    events.DrawnDown: ("first_due_on", "due_on"),
    events.DrawReversed: ("loan", "fact"),
    events.RepaymentPosted: ("loan", "allocation"),
    events.InterestCharged: ("loan",),
    events.FeeCharged: ("loan",),
    events.PenaltyCharged: ("loan",),
    events.PaymentDue: ("minimum",),
    events.LenderStated: ("line",),
    events.PlatformNoticed: ("line",),
}
"""The fields a guard below asks for, where it does not ask of every fact."""
_GUARDS: Final[dict[type[Fact], Any]] = {
    events.HouseholdOpened: _household,
    events.LineOpened: _line_opened,
    events.LineTermsChanged: _terms,
    events.TemporaryLimitGranted: _temporary,
    events.LimitObserved: _observed,
    events.DrawnDown: _draw,
    events.DrawReversed: _draw_reversed,
    events.RepaymentPosted: _posted,
    events.RepaymentReversed: _reversed,
    events.InterestCharged: _charged,
    events.FeeCharged: _charged,
    events.PenaltyCharged: _charged,
    events.PaymentDue: _due,
    events.LenderStated: _stated,
    events.PlatformNoticed: _stated,
    events.ReserveOpened: _account_opened,
    events.ReserveObserved: _known_account,
    events.ReserveMoved: _known_account,
}
