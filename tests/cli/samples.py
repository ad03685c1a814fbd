"""Answers in the shapes of the contract, written by hand, to look at pages without a book behind them."""

from decimal import Decimal
from typing import Any


def line(name: str, limit: str, drawn: str, available: str, utilisation: str | None, **changed: Any) -> dict[str, Any]:
    """One line of a position; whatever is out of the ordinary is given by name."""
    plain: dict[str, Any] = {
        "line": name, "lender": name, "lender_group": "ant", "product": "consumer_loan", "status": "open",
        "limit": limit, "permanent_limit": limit, "temporary_limit": "0.00", "drawn": drawn, "held": "0.00",
        "held_inferred": "0.00",
        "headroom": available, "available": available, "over_limit": "0.00", "blocked": "0.00",
        "limit_known": True, "utilisation": utilisation, "accrued_interest": "0.00", "days_past_due": 0,
        "shared_used": "0.00",
        "total_debt": "0.00", "due_30_days": "0.00", "due_12_months": "0.00", "all_in_cost": None, "loans": [],
    }  # fmt: skip
    return plain | changed


def position() -> dict[str, Any]:
    """A position with one line of every colour."""
    dimension = {"hhi": "0.5000", "effective": "2.0000", "score": "66.67"}
    return {
        "household": "lin", "at": "2026-06-30", "known_at": "2026-07-01T09:00:00.000000+08:00", "version": 39,
        "currency": "CNY",
        "lines": [
            line("jiebei", "12000.00", "0.00", "12000.00", "0.0000"),
            line("card", "30000.00", "31250.00", "0.00", "1.0417", over_limit="1250.00", days_past_due=3,
                 all_in_cost={"nominal_x12": "0.1825", "effective": "0.1986", "since": "2025-09-01",
                              "facts": ["lin:12", "lin:20"]}),
            line("huabei", "0.00", "32.00", "0.00", None, over_limit="32.00", limit_known=False),
            line("old-line", "8000.00", "2000.00", "0.00", "0.2500", status="frozen", blocked="6000.00"),
            line("credit", "20000.00", "5000.00", "0.00", "0.2500", held="15000.00", held_inferred="12000.00"),
        ],
        "debt": {"principal": "33250.00", "accrued_interest": "12.34", "overdue": "648.00", "total": "33262.34",
                 "due_30_days": "4000.00", "due_12_months": "12000.00"},
        "reserves": {"t1": "19315.72", "t2a": "27075.74", "t2b": "0.00", "total": "46391.46",
                     "contingent": "12000.00", "monthly_outflow": "15200.00", "months": "3.0521",
                     "immediate_months": "1.2708", "accounts": [{"account": "salary", "balance": "19315.72"}]},
        "diversification": {"score": "40.00", "uncapped": "54.20", "dimensions": {
            "lender": dimension, "product": dimension, "maturity": dimension, "revocability": dimension},
            "largest_share": "0.7600", "caps": [{"code": "largest_lender_over_75", "limit": 40, "bit": True}],
            "all_debt_score": "40.00", "ruleset": "2026.1"},
        "residuals": [{"line": "jiebei", "kind": "unexplained", "amount": "-120.00", "facts": ["lin:31"]}],
        "open_conflicts": [{"line": "card", "quantity": "limit", "values": [
            {"value": "30000.00", "source": "user", "fact": "lin:7"},
            {"value": "28000.00", "source": "lender", "fact": "lin:8"}]}],
    }  # fmt: skip


def explanation() -> dict[str, Any]:
    """The bridge of the family in the demo."""
    opening = {"limit": "50000.00", "drawn": "30000.00", "held": "0.00", "headroom": "20000.00",
               "available": "20000.00", "over_limit": "0.00", "blocked": "0.00",
               "limit_known": True}  # fmt: skip
    closing = opening | {"limit": "12000.00", "drawn": "0.00", "headroom": "12000.00", "available": "12000.00"}
    return {
        "household": "lin", "line": "jiebei", "since": "2026-06-08T20:15:00+08:00",
        "until": "2026-06-11T21:40:00+08:00", "known_at": "2026-07-01T09:00:00.000000+08:00", "version": 39,
        "ruleset": "2026.1",
        "bridge": {"opening": opening, "steps": [
            {"kind": "principal_repaid", "amount": "30000.00", "facts": ["lin:30"]},
            {"kind": "inferred_limit", "amount": "-38000.00", "facts": ["lin:31"]}],
            "reconciling": [], "closing": closing, "residual": "-38000.00"},
        "repayments": [],
        "verdict": {"code": "P01", "side": "platform", "grade": "E3", "why_grade": "E0",
                    "text": "The limit fell from 50,000.00 to 12,000.00. The reason is not known."},
        "causes": [{"code": "X00", "side": "unknown", "grade": "E0", "text": "not known", "facts": []}],
        "excluded": [{"code": "S02", "text": "no restoration is pending", "facts": ["lin:31"]}],
        "order_undetermined": True,
        "counterfactuals": [{"without": "lin:31", "available": "50000.00", "text": "Without it: 50,000.00."}],
        "documents": [{"code": "notice", "text": "the lender's notice"}],
        "next_steps": [{"code": "ask", "by": None, "text": "Ask the lender.", "letter": None}], "shares": None,
        "digest": "0" * 64,
    }  # fmt: skip


def empty_position() -> dict[str, Any]:
    """A household of which nothing but its name is known."""
    zero = "0.00"
    return position() | {
        "version": 1, "lines": [], "residuals": [], "open_conflicts": [],
        "debt": dict.fromkeys(position()["debt"], zero),
        "reserves": {"t1": zero, "t2a": zero, "t2b": zero, "total": zero, "contingent": zero,
                     "monthly_outflow": None, "months": None, "immediate_months": None, "accounts": []},
        "diversification": {"score": None, "uncapped": None, "dimensions": {}, "largest_share": None, "caps": [],
                            "all_debt_score": None, "ruleset": "2026.1"},
    }  # fmt: skip


def clamped_explanation() -> dict[str, Any]:
    """A limit cut below the debt, then a repayment that does not yet bring anything back."""
    answer = explanation()
    answer["bridge"]["steps"] = [
        {"kind": "limit", "amount": "-42000.00", "facts": ["lin:30"]},
        {"kind": "principal_repaid", "amount": "10000.00", "facts": ["lin:31"]},
    ]
    answer["bridge"]["closing"] |= {"limit": "8000.00", "drawn": "20000.00", "headroom": "-12000.00",
                                    "available": "0.00", "over_limit": "12000.00"}  # fmt: skip
    answer["bridge"]["reconciling"] = [{"kind": "over_limit", "amount": "12000.00"}]
    answer["bridge"]["residual"] = "0.00"
    answer["order_undetermined"] = False
    answer["shares"] = {"text": "A way to share the change out, not a cause.", "shares": [
        {"kind": "limit", "amount": "-26000.00", "facts": ["lin:30"]},
        {"kind": "blocked", "amount": "6000.00", "facts": ["lin:31"]}]}  # fmt: skip
    answer["next_steps"][0] |= {"by": "2026-06-30", "letter": {"en": "Dear lender,\nwhy?", "zh": "您好：\n为什么？"}}
    return answer


def changes() -> list[dict[str, Any]]:
    """A stated grant, an inferred fall inside an interval, and a freeze without amounts."""

    def change(number: int, kind: str, since: str, until: str, limits: tuple[str | None, str | None]) -> dict[str, Any]:
        return {"id": f"lin:{number}", "line": "jiebei", "kind": kind, "from": limits[0], "to": limits[1],
                "since": since, "until": until, "recorded_at": "2026-07-01T09:00:00.000000+08:00",
                "facts": [f"lin:{number}"]}  # fmt: skip

    return [
        change(3, "granted", "2025-09-01", "2025-09-01", ("0.00", "50000.00")),
        change(31, "inferred", "2026-06-08T20:15:00+08:00", "2026-06-11T21:40:00+08:00", ("50000.00", "12000.00")),
        change(33, "frozen", "2026-06-20", "2026-06-20", ("12000.00", "12000.00")),
    ]


def households() -> list[dict[str, Any]]:
    """Two households."""
    return [
        {"household": "lin", "facts": 39, "first": "2025-09-01", "last": "2026-06-30"},
        {"household": "wang-and-daughters", "facts": 12034, "first": "2019-01-01", "last": "2026-06-30"},
    ]


def share(loan: str | None, **parts: str) -> dict[str, Any]:
    """What one loan got of a repayment."""
    return {"loan": loan, "fee": "0.00", "penalty": "0.00", "interest": "0.00", "principal": "0.00"} | parts


def used(*shares: dict[str, Any], **more: Any) -> dict[str, Any]:
    """How a repayment was used, by its shares; whatever is out of the ordinary is given by name."""
    sums = {name: f"{sum(Decimal(one[name]) for one in shares):.2f}" for name in share(None) if name != "loan"}
    rest = {"derived": True, "overpaid": "0.00", "credit_balance": "0.00", "bills": [], "reversed_by": None}
    return sums | rest | {"loans": shares} | more


def history() -> dict[str, Any]:
    """Facts of several kinds, some corrected and one voided, and repayments that were used in every way."""

    def fact(number: int, kind: str, at: str, **told: Any) -> dict[str, Any]:
        return {"id": f"lin:{number}", "type": kind, "effective_at": at,
                "recorded_at": f"2026-07-01T09:00:00.0000{number:02d}+08:00", "key": None,
                "source": {"kind": "user"}} | told  # fmt: skip

    return {"household": "lin", "version": 11, "facts": [
        fact(1, "HouseholdOpened", "2025-09-01", timezone="Asia/Shanghai", currency="CNY", name="林家"),
        fact(2, "LineOpened", "2025-09-01", line="jiebei", lender="jiebei", lender_group="ant",
             product="consumer_loan", daily_rate="0.0004"),
        fact(3, "LimitGranted", "2025-09-01", line="jiebei", limit="50000.00", corrected_by="lin:5"),
        fact(4, "RepaymentPosted", "2026-06-11T09:20:00+08:00", line="jiebei", amount="30384.00", loan="a-1",
             allocation={"interest": "384.00", "principal": "30000.00"}, voided_by="lin:6"),
        fact(5, "Corrected", "2026-06-12", fact="lin:3", replacement={
            "type": "LimitGranted", "effective_at": "2025-09-01", "limit": "48000.00",
        }),
        fact(6, "Voided", "2026-06-12", fact="lin:4", text="typed in twice"),
        fact(7, "RepaymentPosted", "2026-06-13", line="jiebei", amount="1200.00", allocated=used(
            share("a-1", fee="12.00", interest="29.00", principal="1000.00"), share("#3", interest="13.50"),
            overpaid="145.50", bills=[{"fact": "lin:2", "due_on": "2026-06-20", "amount": "600.00"}],
            reversed_by="lin:8",
        )),
        fact(8, "RepaymentReversed", "2026-06-14", line="jiebei", fact="lin:7"),
        fact(9, "RepaymentPosted", "2026-06-15", line="jiebei", amount="384.00", loan="a-1",
             allocation={"fee": "0.00", "penalty": "0.00", "interest": "384.00", "principal": "0.00"},
             allocated=used(share("a-1", interest="384.00"), derived=False)),
        fact(10, "RepaymentPosted", "2026-06-16", line="card", amount="100.00", corrected_by="lin:11"),
        fact(11, "Corrected", "2026-06-17", fact="lin:10", replacement={
            "type": "RepaymentPosted", "effective_at": "2026-06-16", "line": "card", "amount": "110.00",
            "allocation": {"fee": "10.00", "principal": "100.00"},
        }, allocated=used(share("c", principal="80.00"), share(None, fee="10.00"), derived=False,
                          credit_balance="20.00")),
    ]}  # fmt: skip
