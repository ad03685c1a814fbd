"""The records of a stored check: what a digest counts of the contract's, in the order that canonical JSON has."""

from typing import Final

import msgspec


class StoredFinding(msgspec.Struct, frozen=True):
    """A finding. Shape: `facts` are versions."""

    code: str
    facts: msgspec.Raw
    light: str
    name: str | None


class StoredIndicator(msgspec.Struct, frozen=True):
    """An indicator."""

    bad: str
    code: str
    critical: str | None
    inputs: dict[str, str]
    light: str
    missing: tuple[str, ...]
    source: str
    subject: str | None
    unit: str
    value: str | None
    warn: str | None


class StoredRepayment(msgspec.Struct, frozen=True):
    """Safe early repayment."""

    amount: str | None
    missing: tuple[str, ...]
    months_if_not_restored: str | None
    months_if_restored: str | None
    restorable: str | None


class StoredOutcome(msgspec.Struct, frozen=True):
    """A scenario."""

    dsr: str | None
    first_month_below_zero: int | None
    margin: str | None
    missing: tuple[str, ...]
    scenario: str
    survival_months: str | None
    uncovered: str | None


class StoredCheck(msgspec.Struct, frozen=True):
    """A check. Shape: nobody asked what moved since an earlier one."""

    at: str
    currency: str
    findings: list[StoredFinding]
    indicators: list[StoredIndicator]
    moved: tuple[()]
    ruleset: str
    safe_early_repayment: StoredRepayment
    since: None
    stress: list[StoredOutcome]
    version: int


_encoder: Final = msgspec.json.Encoder(order="deterministic")
"""It puts the inputs of an indicator in their order by name, and leaves records as they are."""


def versions(facts: tuple[int, ...]) -> msgspec.Raw:
    """Facts by their version, as a list of texts."""
    numbers = _encoder.encode(facts)[1:-1]
    return msgspec.Raw(b'["' + numbers.replace(b",", b'","') + b'"]' if numbers else b"[]")


def written(check: StoredCheck) -> bytes:
    """A check as JSON."""
    return _encoder.encode(check)
