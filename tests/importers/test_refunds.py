"""A refund makes its expense smaller, once, whichever statements the two stand in."""

from datetime import UTC, datetime

from ledger.calendar import microseconds
from ledger.events import Corrected, ExpensePaid, Recorded, Voided
from ledger.importers.refunds import Netted, net_of_refunds
from ledger.importers.statement import Statement
from ledger.money import amount_text
from ledger.record import Draft, admit
from ledger.register import Register
from tests.importers.statements import cells, mobile, read

UNCOUNTED = "不计收支"
NOW = microseconds(datetime(2024, 6, 1, tzinfo=UTC))


def refund(number: int, amount: str, *, what: str = "退款-牛肉面") -> list[str]:
    return cells(
        order=f"2024050622001_{number}",
        category="退款",
        what=what,
        way=UNCOUNTED,
        status="退款成功",
        amount=amount,
        at=f"2024-05-{10 + number} 08:00:00",
    )


def recorded(statement: Statement, netted: Netted, *, before: list[Recorded] | None = None) -> list[Recorded]:
    """The book after a statement and its corrections were admitted, facts whose keys are known left out."""
    book, register = list(before or []), Register()
    for entry in book:
        register.learn(entry.version, entry.fact)
    for draft in (*(Draft(fact=fact) for fact in statement.facts), *netted.drafts):
        if not register.version_of_key(str(draft.fact.key)):
            fact = admit(register, draft, household="h1", now=NOW)
            book.append(Recorded(version=len(book) + 1, recorded_at=NOW, fact=fact))
            register.learn(len(book), fact)
    return book


def first_expense(book: list[Recorded]) -> ExpensePaid:
    return next(entry.fact for entry in book if isinstance(entry.fact, ExpensePaid))


def spent(book: list[Recorded]) -> list[str]:
    """The expenses that remain, corrections applied."""
    current: dict[int, ExpensePaid | None] = {}
    for entry in book:
        match entry.fact:
            case ExpensePaid() as fact:
                current[entry.version] = fact
            case Corrected(fact=target, replacement=ExpensePaid() as net):
                current[target] = net
            case Voided(fact=target):
                current[target] = None
    return [amount_text(fact.amount, "CNY") for fact in current.values() if fact is not None]


def imported(*rows: list[str], before: list[Recorded] | None = None) -> tuple[list[Recorded], Netted]:
    statement = read(mobile(*rows), known_lines=["huabei"] if before else [])
    assert not statement.complaints
    netted = net_of_refunds(statement, before or [])
    return recorded(statement, netted, before=before), netted


def test_a_partial_refund_leaves_the_net_expense_in_its_own_month() -> None:
    book, netted = imported(cells(), refund(1, "5.00"))
    assert spent(book) == ["15.00"]
    (draft,) = netted.drafts
    assert isinstance(draft.fact, Corrected)
    assert draft.fact.replacement.effective == first_expense(book).effective


def test_a_full_refund_leaves_no_expense() -> None:
    book, netted = imported(cells(status="交易关闭"), refund(1, "20.00"))
    assert spent(book) == []
    assert isinstance(netted.drafts[0].fact, Voided)


def test_partial_refunds_add_up_to_the_whole() -> None:
    assert spent(imported(cells(), refund(1, "5.00"), refund(2, "3.00"))[0]) == ["12.00"]
    assert spent(imported(cells(), refund(1, "5.00"), refund(2, "15.00"))[0]) == []


def test_refunds_of_later_statements_find_the_expense_of_an_earlier_one() -> None:
    book, _ = imported(cells())
    book, _ = imported(refund(2, "3.00"), before=book)
    book, _ = imported(refund(1, "5.00"), before=book)
    assert spent(book) == ["12.00"]


def test_importing_a_refund_again_changes_nothing() -> None:
    book, _ = imported(cells(), refund(1, "5.00"))
    again, netted = imported(cells(), refund(1, "5.00"), before=book)
    assert netted.drafts == ()
    assert again == book


def test_importing_a_full_refund_again_does_not_bring_the_expense_back() -> None:
    book, _ = imported(cells(), refund(1, "20.00"))
    again, netted = imported(cells(), refund(1, "20.00"), before=book)
    assert (again, netted.drafts) == (book, ())


def test_an_expense_of_two_that_share_an_order_is_told_by_its_goods() -> None:
    book, _ = imported(cells(), cells(what="凉菜", amount="30.00"), refund(1, "5.00", what="退款-凉菜"))
    assert sorted(spent(book)) == ["20.00", "25.00"]


def test_a_refund_that_could_belong_to_several_expenses_is_reported_and_changes_none() -> None:
    book, _ = imported(cells(), cells(what="凉菜", amount="30.00"))
    after, netted = imported(refund(1, "5.00", what="退款"), before=book)
    assert [note.reason_code for note in netted.unmatched] == ["expense_not_found"]
    assert sorted(spent(after)) == ["20.00", "30.00"]


def test_a_refund_larger_than_the_expense_changes_none() -> None:
    book, netted = imported(cells(), refund(1, "25.00"))
    assert spent(book) == ["20.00"]
    assert netted.drafts == ()
    assert len(netted.unmatched) == 1


def test_a_correction_of_the_expense_by_hand_is_what_a_refund_is_taken_from() -> None:
    book, _ = imported(cells())
    version = next(entry.version for entry in book if isinstance(entry.fact, ExpensePaid))
    smaller = ExpensePaid(effective=first_expense(book).effective, amount=1800)
    book.append(
        Recorded(version=len(book) + 1, recorded_at=99, fact=Corrected(effective=0, fact=version, replacement=smaller))
    )
    assert spent(imported(refund(1, "5.00"), before=book)[0]) == ["13.00"]


def test_a_voided_correction_by_hand_restores_what_a_refund_is_taken_from() -> None:
    book, _ = imported(cells())
    version = next(entry.version for entry in book if isinstance(entry.fact, ExpensePaid))
    book.append(Recorded(version=len(book) + 1, recorded_at=98, fact=Voided(effective=0, fact=version)))
    book.append(Recorded(version=len(book) + 1, recorded_at=99, fact=Voided(effective=0, fact=len(book))))
    _, netted = imported(refund(1, "5.00"), before=book)
    (draft,) = netted.drafts
    assert isinstance(draft.fact, Corrected)
    assert isinstance(draft.fact.replacement, ExpensePaid)
    assert draft.fact.replacement.amount == 1500
