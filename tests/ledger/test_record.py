"""The ledger records what happened; it refuses only what cannot be a fact."""

import json
from typing import Any

import pytest

from ledger import events
from ledger.calendar import parse_when
from ledger.errors import Refused
from ledger.history import Line, Reader
from ledger.record import admit
from ledger.register import Register

NOW = parse_when("2026-03-10T12:00:00+08:00")
OPENED = {"type": "LineOpened", "line": "jiebei", "lender": "ant", "product": "consumer_loan"}
SHARING = {**OPENED, "line": "huabei", "shared_with": "jiebei"}
LATER = {"effective_at": "2026-03-01"}
CLOSING_CIRCLE = {"type": "LineTermsChanged", "line": "jiebei", "shared_with": "huabei"}
THIRD = {**OPENED, "line": "visa", "shared_with": "huabei"}
AROUND = {"type": "LineTermsChanged", "line": "huabei", "shared_with": "visa"}
TEMPORARY = {"type": "TemporaryLimitGranted", "line": "jiebei", "amount": "5", "until": "2026-02-01"}
BILL = {"type": "PaymentDue", "line": "jiebei", "amount": "5", "due_on": "2026-04-01", "minimum": "6"}
DREW = {"type": "DrawnDown", "line": "jiebei", "amount": "300.00", "loan": "l1"}
POSTED = {"type": "RepaymentPosted", "line": "jiebei", "amount": "100.00", "payment": "p1"}
VISA = {**OPENED, "line": "visa"}
SENT = {**POSTED, "type": "RepaymentSent"}
REFUND = {"type": "DrawReversed", "amount": "1"}
MOVED_TO_VISA = {"type": "Corrected", "fact": "h1:4", "replacement": {**DREW, **LATER, "line": "visa"}}
OPENED_AGAIN = {"type": "Corrected", "fact": "h1:1", "replacement": {**OPENED, **LATER}}
RENAMED = {"type": "Corrected", "fact": "h1:2", "replacement": {**OPENED, **LATER, "line": "jb"}}
JB = {**OPENED, **LATER, "line": "jb"}
ON_JB = {**DREW, "line": "jb"}
VOIDED_2, VOIDED_3, VOIDED_5 = ({"type": "Voided", "fact": f"h1:{version}"} for version in (2, 3, 5))
DREW_ELSEWHERE = {"type": "Corrected", "fact": "h1:2", "replacement": {**DREW, **LATER, "line": "visa"}}


def righted(version: int, right: dict[str, Any]) -> dict[str, Any]:
    return {"type": "Corrected", "fact": f"h1:{version}", "replacement": {**LATER, **right}}


def record(*facts: dict[str, Any]) -> Register:
    """Admit facts one after the other into a household that is opened first. Raises: Refused."""
    register = Register()
    register.learn(1, events.HouseholdOpened(effective="2026-01-01"))
    raw = [json.dumps({"household": "h1", "effective_at": "2026-03-01", **fact}).encode() for fact in facts]
    for line in Reader().lines(raw):
        assert isinstance(line, Line), line
        assert isinstance(NOW, int)
        register.learn(register.version + 1, admit(register, line.draft, household="h1", now=NOW))
    return register


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ([DREW], "unknown_line"),
        ([OPENED, OPENED], "line_opened_twice"),
        ([{**OPENED, "currency": "USD"}], "other_currency"),
        ([{"type": "HouseholdOpened", "currency": "USD"}], "other_currency"),
        ([{**OPENED, "shared_with": "jiebei"}], "shared_in_a_circle"),
        ([OPENED, SHARING, CLOSING_CIRCLE], "shared_in_a_circle"),
        ([OPENED, SHARING, THIRD, AROUND], "shared_in_a_circle"),
        ([{**OPENED, "valid_until": "2026-02-28"}], "ends_before_it_starts"),
        ([{**OPENED, "shared_with": "visa"}], "unknown_line"),
        ([OPENED, TEMPORARY], "ends_before_it_starts"),
        ([OPENED, {"type": "LimitObserved", "line": "jiebei"}], "nothing_observed"),
        ([OPENED, {**DREW, "due_on": "2026-03-01"}], "ends_before_it_starts"),
        ([OPENED, {**DREW, "first_due_on": "2026-05-01", "due_on": "2026-04-30"}], "ends_before_it_starts"),
        ([OPENED, righted(2, {**OPENED, "effective_at": "2026-03-12"})], "in_the_future"),
        ([OPENED, {**POSTED, "loan": "l9"}], "unknown_loan"),
        ([OPENED, {**POSTED, "allocation": {"fee": "1", "principal": "98.99"}}], "allocation_does_not_sum"),
        ([OPENED, {"type": "RepaymentReversed", "line": "jiebei"}], "nothing_named"),
        ([OPENED, {"type": "RepaymentReversed", "line": "jiebei", "payment": "p9"}], "unknown_payment"),
        ([OPENED, {"type": "RepaymentReversed", "line": "jiebei", "fact": "h1:2"}], "wrong_fact"),
        ([OPENED, VISA, POSTED, {"type": "RepaymentReversed", "line": "visa", "fact": "h1:4"}], "fact_of_another_line"),
        ([OPENED, VISA, SENT, {"type": "RepaymentReversed", "line": "visa", "fact": "h1:4"}], "fact_of_another_line"),
        ([OPENED, VISA, POSTED, {"type": "RepaymentReversed", "line": "visa", "payment": "p1"}], "unknown_payment"),
        ([OPENED, VISA, DREW, {**REFUND, "line": "visa", "fact": "h1:4"}], "fact_of_another_line"),
        ([OPENED, VISA, DREW, MOVED_TO_VISA, {**REFUND, "line": "jiebei", "fact": "h1:4"}], "fact_of_another_line"),
        ([OPENED, {"type": "DrawReversed", "line": "jiebei", "amount": "1", "fact": "h1:9"}], "unknown_fact"),
        ([OPENED, {"type": "DrawReversed", "line": "jiebei", "amount": "1", "fact": "h2:1"}], "unknown_fact"),
        ([{"type": "Voided", "fact": "key:nothing"}], "unknown_fact"),
        ([{"type": "Voided", "fact": "h1:2"}], "unknown_fact"),
        ([OPENED, BILL], "minimum_above_amount"),
        ([{"type": "ReserveMoved", "account": "cash", "amount": "5"}], "unknown_account"),
        ([{"type": "ReserveOpened", "account": "cash", "kind": "cash"}] * 2, "account_opened_twice"),
        ([{"type": "LenderStated", "lender": "ant", "line": "jiebei"}], "unknown_line"),
        ([{**OPENED, "effective_at": "2199-01-01"}], "in_the_future"),
        ([{**OPENED, "effective_at": "2026-03-11T12:00:01+08:00"}], "in_the_future"),
        ([OPENED, OPENED_AGAIN], "line_opened_twice"),
        ([OPENED, DREW_ELSEWHERE], "unknown_line"),
        ([OPENED, VOIDED_2, {**OPENED_AGAIN, "fact": "h1:3"}], "line_opened_twice"),
        ([{"type": "HouseholdOpened", "timezone": "Mars/Olympus"}], "bad_zone"),
    ],
)  # fmt: skip
def test_what_cannot_be_a_fact_is_refused(facts: list[dict[str, Any]], code: str) -> None:
    with pytest.raises(Refused) as refusal:
        record(*facts)
    assert refusal.value.code == code


def test_a_fact_from_the_future_is_refused_by_the_clock_of_its_household() -> None:
    with pytest.raises(Refused, match=r"2026-03-12 lies in the future \(now is 2026-03-10T12:00:00\+08:00\)"):
        record({**OPENED, "effective_at": "2026-03-12"})


@pytest.mark.parametrize(
    "facts",
    [
        [OPENED, {**DREW, "effective_at": "2026-02-01"}],
        [OPENED, {**DREW, "effective_at": "2026-03-11T12:00:00+08:00"}],
        [OPENED, DREW, {"type": "LimitLowered", "line": "jiebei", "limit": "0"}],
        [OPENED, DREW, {**POSTED, "amount": "99999.00", "loan": "l1"}],
        [OPENED, POSTED, {"type": "RepaymentReversed", "line": "jiebei", "payment": "p1"}],
        [OPENED, DREW, {"type": "RepaymentReversed", "line": "jiebei", "fact": "h1:3"}][:2],
        [{**OPENED, "key": "k"}, {"type": "Voided", "fact": "key:k"}, OPENED],
        [OPENED, RENAMED, OPENED],
        [OPENED, {"type": "Voided", "fact": "h1:2"}, {"type": "Voided", "fact": "h1:3"}, DREW],
        [OPENED, VISA, DREW, MOVED_TO_VISA, {**REFUND, "line": "visa", "fact": "h1:4"}],
        [OPENED, VISA, DREW, MOVED_TO_VISA, VOIDED_5, {**REFUND, "line": "jiebei", "fact": "h1:4"}],
        [OPENED, *[{"type": "Corrected", "fact": f"h1:{at}", "replacement": {**OPENED, **LATER}} for at in (2, 3, 4)]],
        [OPENED, RENAMED, VOIDED_3, {"type": "Corrected", "fact": "h1:3", "replacement": {**OPENED, **LATER}}, DREW],
        [OPENED, VOIDED_2, {"type": "Corrected", "fact": "h1:3", "replacement": JB}, DREW, ON_JB],
        [OPENED, {**POSTED, "loan": "unexplained"}],
        [OPENED, {**DREW, "method": "equal_instalment"}],
        [OPENED, {**DREW, "first_due_on": "2026-05-01", "due_on": "2026-05-01"}],
        [OPENED, {**BILL, "amount": "0", "minimum": "0"}],
        [OPENED, {"type": "LimitObserved", "line": "jiebei", "drawn": "-5.00"}],
    ],
)  # fmt: skip
def test_what_happened_is_recorded_even_when_it_surprises(facts: list[dict[str, Any]]) -> None:
    assert record(*facts).version == 1 + len(facts)


def test_what_a_fact_was_corrected_to_is_what_it_is_taken_for() -> None:
    posted = {"type": "Corrected", "fact": "h1:3", "replacement": {**POSTED, **LATER}}
    reversed_by_fact = {"type": "RepaymentReversed", "line": "jiebei", "fact": "h1:3"}
    assert record(OPENED, DREW, posted, reversed_by_fact).version == 5
    with pytest.raises(Refused, match="DrawnDown"):
        record(OPENED, DREW, posted, {"type": "Voided", "fact": "h1:4"}, reversed_by_fact)


def test_a_corrected_correction_is_taken_for_what_it_was_corrected_to() -> None:
    links = [{"type": "Corrected", "fact": "h1:2", "replacement": {**OPENED, **LATER, "line": "one"}}]
    links += [{"type": "Corrected", "fact": "h1:3", "replacement": {**OPENED, **LATER, "line": "two"}}]
    assert set(record(OPENED, *links).lines) == {"two"}
    assert set(record(OPENED, *links, {"type": "Voided", "fact": "h1:4"}).lines) == {"one"}
    assert set(record(OPENED, *links, {"type": "Voided", "fact": "h1:3"}).lines) == {"jiebei"}
    assert set(record(OPENED, *links[:1], {"type": "Voided", "fact": "h1:3"}).lines) == {"jiebei"}


def test_a_voided_opening_no_longer_opens_its_line() -> None:
    with pytest.raises(Refused, match="no line 'jiebei'"):
        record(OPENED, {"type": "Voided", "fact": "h1:2"}, DREW)


HUABEI = {**OPENED, "line": "huabei"}
JOINS = {"type": "LineTermsChanged", "line": "huabei", "shared_with": "jiebei"}
LEAVES = {**JOINS, "shared_with": "huabei"}


def undone(version: int) -> dict[str, Any]:
    return {"type": "Voided", "fact": f"h1:{version}"}


@pytest.mark.parametrize(
    "facts",
    [
        [OPENED, SHARING, righted(3, HUABEI)],
        [OPENED, SHARING, undone(3), HUABEI],
        [OPENED, HUABEI, JOINS, undone(4)],
        [OPENED, HUABEI, JOINS, righted(4, {"type": "LineFrozen", "line": "huabei"})],
        [OPENED, HUABEI, JOINS, LEAVES],
        [OPENED, HUABEI, JOINS, LEAVES, righted(5, {**LEAVES, "grace_days": 3})],
        [OPENED, HUABEI, righted(3, SHARING), undone(4)],
        [OPENED, HUABEI, JOINS, undone(4), undone(5), undone(4)],
    ],
)
def test_a_line_that_shares_no_limit_any_more_may_lend_its_own(facts: list[dict[str, Any]]) -> None:
    assert record(*facts, CLOSING_CIRCLE).pool_path("jiebei")[-1] == "huabei"


@pytest.mark.parametrize(
    "facts",
    [
        [OPENED, HUABEI, righted(3, SHARING)],
        [OPENED, SHARING, righted(3, HUABEI), undone(4)],
        [OPENED, HUABEI, JOINS, undone(4), undone(5)],
        [OPENED, HUABEI, JOINS, LEAVES, undone(5)],
        [OPENED, HUABEI, JOINS, undone(4), righted(5, {"type": "LineFrozen", "line": "huabei"})],
        [OPENED, HUABEI, JOINS, righted(4, {**JOINS, "grace_days": 3})],
    ],
)
def test_a_line_that_shares_a_limit_by_what_stands_now_lends_none_to_it(facts: list[dict[str, Any]]) -> None:
    with pytest.raises(Refused) as refusal:
        record(*facts, CLOSING_CIRCLE)
    assert refusal.value.code == "shared_in_a_circle"


def test_a_circle_may_be_righted_by_a_correction_of_the_terms_that_would_close_it() -> None:
    turned = {"type": "LineTermsChanged", "line": "jiebei", "shared_with": "huabei"}
    assert record(OPENED, HUABEI, JOINS, righted(4, turned)).pool_path("jiebei")[-1] == "huabei"
