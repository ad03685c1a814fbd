"""What debt asks of income: debt service, debt against a year's income, what is left, interest, its yearly rate.

Source: domain.md section 6. Oracle O12.
"""

from collections.abc import Iterable

from ledger.calendar import add_months
from ledger.interest import annualise
from ledger.line import Line
from ledger.money import Quotient
from projections.debt import due_within_a_month
from projections.indicators.basis import Basis
from projections.indicators.measure import Measure, missing, ratio


def debt_service_ratio(basis: Basis) -> Measure:
    """What falls due within a month against a month's income."""
    if basis.income is None:
        return missing(basis.income_missing)
    inputs = {"debt_service": basis.money(basis.service), "income": basis.money(basis.income)}
    return ratio(basis.service, basis.income, inputs=inputs, topics=("income", *basis.owing))


def unsecured_debt_service_ratio(basis: Basis) -> Measure:
    """The part of the debt service ratio that lines without security make."""
    if basis.income is None:
        return missing(basis.income_missing)
    service = unsecured_service(basis)
    inputs = {"debt_service": basis.money(service), "income": basis.money(basis.income)}
    return ratio(service, basis.income, inputs=inputs)


def unsecured_service(basis: Basis) -> int:
    """What falls due within a month on lines without security. Units: minor units."""
    return due_within_a_month([line for line in basis.lines if not line.terms.secured], day=basis.day)


def debt_to_income(basis: Basis) -> Measure:
    """Debt against a year's income."""
    if basis.income is None:
        return missing(basis.income_missing)
    annual = Quotient(12 * basis.income.numerator, basis.income.denominator)
    inputs = {"debt": basis.money(basis.owed.total), "annual_income": basis.money(annual)}
    return ratio(basis.owed.total, annual, inputs=inputs, topics=("income", *basis.owing))


def financial_margin(basis: Basis) -> Measure:
    """What a month's income leaves after debt service and essentials. Units: minor units."""
    if basis.income is None or basis.essentials is None:
        return missing((*basis.income_missing, *basis.essentials_missing))
    return Measure(
        basis.income - basis.essentials - Quotient(basis.service),
        {
            "income": basis.money(basis.income),
            "debt_service": basis.money(basis.service),
            "essentials": basis.money(basis.essentials),
        },
        ("income", "essentials", *basis.owing),
    )


def interest_burden(basis: Basis) -> Measure:
    """The interest in what falls due within a month, against a month's income."""
    # A full balance owes interest once the lender charges it, so its rate is not needed here.
    by_rate = [line for line in basis.lines if line.terms.limit_basis != "full_balance"]
    absent = (*basis.income_missing, *rates_missing(by_rate, basis.day))
    if basis.income is None or absent:
        return missing(absent)
    interest = sum([_interest_due(line, basis.day) for line in basis.lines])
    inputs = {"interest": basis.money(interest), "income": basis.money(basis.income)}
    return ratio(interest, basis.income, inputs=inputs, topics=("income", *basis.owing))


def weighted_apr(basis: Basis) -> Measure:
    """The yearly rate of what is owed, nominal, 365 times the daily rate, weighted by principal."""
    absent = rates_missing(basis.lines, basis.day)
    if absent:
        return missing(absent)
    loans = [loan for line in basis.lines for loan in line.loans.rated(basis.day)]
    principal = sum([loan.principal for loan in loans])
    yearly = annualise(sum([loan.principal * loan.daily_rate for loan in loans]), "x365")
    return ratio(yearly, principal, inputs={"principal": basis.money(principal)}, topics=basis.owing)


def rates_missing(lines: Iterable[Line], day: int) -> tuple[str, ...]:
    """The lines that owe principal at a rate nobody recorded."""
    return tuple([f"daily_rate:{line.name}" for line in lines if _rate_missing(line, day)])


def _rate_missing(line: Line, day: int) -> bool:
    return any(loan.principal and not loan.known for loan in line.loans.rated(day))


def _interest_due(line: Line, day: int) -> int:
    until = add_months(day, 1)
    dated = sum([payment.interest for payment in line.loans.ahead(day) if payment.due_on <= until])
    return dated + line.loans.month_interest(day, until)
