"""One example of every kind of fact, with every field given: what must load for ever."""

from datetime import date

from ledger import events
from ledger.events import AnyFact
from ledger.vocabulary import DEFAULT_ALLOCATION_ORDER

AT = 1_772_330_400_000_000  # 2026-03-01T10:00:00+08:00

_OPENED = events.LineOpened(
    effective="2026-01-01", key="open-jiebei", source="lender", line="jiebei", lender="chongqing-ant",
    product="consumer_loan", lender_group="ant", revolving=False, revocable=False, secured=True,
    limit_basis="full_balance", restoration="t_plus_n", restoration_days=3, daily_rate=400_000_000,
    day_count="30e_360", grace_days=3, penalty_multiplier=1_300_000_000_000,
    allocation_order=tuple(reversed(DEFAULT_ALLOCATION_ORDER)), shared_with="huabei", max_loans=5,
    valid_until="2027-01-01", lender_class="micro_loan", currency="CNY",
)  # fmt: skip
_DREW = events.DrawnDown(
    effective=AT, line="jiebei", amount=3_000_000, loan="loan-1", daily_rate=400_000_000, method="equal_instalment",
    periods=12, first_due_on=date(2026, 4, 1), due_on=date(2027, 3, 1), period_basis="equal", purpose="business",
)  # fmt: skip

EXAMPLES: tuple[AnyFact, ...] = (
    events.HouseholdOpened(effective="2026-01-01", timezone="Europe/Berlin", currency="EUR", name="A name"),
    _OPENED,
    events.LineTermsChanged(
        effective=AT, line="jiebei", lender="mybank", product="bank_loan", lender_group="ant", revolving=True,
        revocable=True, secured=False, limit_basis="principal_only", restoration="never", restoration_days=2,
        daily_rate=300_000_000, day_count="act_360", grace_days=1, penalty_multiplier=1_500_000_000_000,
        allocation_order=DEFAULT_ALLOCATION_ORDER, shared_with="huabei", max_loans=3, valid_until=AT + 1,
        lender_class="bank", currency="CNY",
    ),
    events.LimitGranted(effective=AT, line="jiebei", limit=5_000_000),
    events.LimitRaised(effective=AT, line="jiebei", limit=6_000_000, reason_code="P12", text="Well done"),
    events.LimitLowered(effective=AT, line="jiebei", limit=1_200_000, reason_code="P02", text="综合评估"),
    events.TemporaryLimitGranted(effective=AT, line="jiebei", amount=500_000, until="2026-03-31"),
    events.LineFrozen(effective=AT, line="jiebei", reason_code="U01", text="Frozen"),
    events.LineThawed(effective=AT, line="jiebei", reason_code="P12", text="Thawed"),
    events.LineClosed(effective=AT, line="jiebei", reason_code="P11", text="Closed"),
    events.LimitReductionRequested(effective=AT, line="jiebei", limit=1_000_000),
    events.LimitObserved(effective=AT, line="jiebei", limit=0, available=2_000_000, drawn=-100),
    _DREW,
    events.DrawReversed(effective=AT, line="jiebei", amount=100, loan="loan-1", fact=13),
    events.RepaymentSent(effective=AT, line="jiebei", amount=100, payment="p1"),
    events.RepaymentPosted(
        effective=AT, line="jiebei", amount=100, loan="loan-1", payment="p1",
        allocation=events.Allocation(fee=1, penalty=2, interest=3, principal=94),
    ),
    events.RepaymentReversed(effective=AT, line="jiebei", payment="p1", fact=16),
    events.AvailabilityRestored(effective=AT, line="jiebei", amount=94),
    events.InterestCharged(effective=AT, line="jiebei", amount=3, loan="loan-1"),
    events.FeeCharged(effective=AT, line="jiebei", amount=1, loan="loan-1"),
    events.PenaltyCharged(effective=AT, line="jiebei", amount=2, loan="loan-1"),
    events.PaymentDue(effective=AT, line="jiebei", amount=1_000, due_on=date(2026, 4, 9), minimum=100),
    events.LenderStated(
        effective=AT, lender="ant", line="jiebei", reason_code="P02", text="Policy", kind="policy_tightening"
    ),
    events.PlatformNoticed(effective=AT, lender="ant", line="jiebei", reason_code="S06", text="Down", kind="outage"),
    events.ScoreObserved(effective=AT, scheme="zhima", score=702),
    events.InquiryMade(effective=AT, lender="ping-an"),
    events.ReserveOpened(
        effective=AT, account="yuebao", kind="mmf", fund="tianhong", pledged=True, name="Yu'e Bao"
    ),
    events.ReserveObserved(effective=AT, account="yuebao", balance=-5),
    events.ReserveMoved(effective=AT, account="yuebao", amount=-100),
    events.IncomeDeclared(effective=AT, monthly=1_500_000),
    events.EssentialsDeclared(effective=AT, monthly=600_000),
    events.IncomeReceived(effective=AT, amount=1_500_000),
    events.ExpensePaid(effective=AT, amount=4_974, essential=False),
    events.Corrected(effective=AT, fact=13, replacement=_DREW),
    events.Voided(effective=AT, fact=34, text="Never happened", note="a note", document="a document"),
)  # fmt: skip
