"""The worked cases of the specification, to the fen. Oracles O9a, O9c, O9c_shapley, O14."""

from tests.build import drew, granted, lowered, opened_line, repaid, saw
from tests.explanation.asking import causes, told, verdict, why
from tests.ledger.oracles import oracle
from tests.spec import given, yuan

BOOK = (opened_line(), granted(50000), drew(30000, "2026-02-01"))


def test_repaid_and_cut_in_between() -> None:
    history = given(
        *BOOK,
        saw("2026-03-01T09:00:00+08:00", limit=50000),
        repaid(30000, "2026-03-05"),
        saw("2026-03-06T08:00:00+08:00", limit=12000),
    )

    answer = told(why(history, "2026-03-01", "2026-03-07"))

    assert (answer["verdict"]["code"], answer["verdict"]["grade"], answer["verdict"]["why_grade"]) == (
        "P01",
        "E3",
        "E0",
    )
    assert [one["code"] for one in answer["causes"]] == ["X00"]
    assert answer["order_undetermined"] is True
    assert "etween 2026-03-01 09:00 and 2026-03-06 08:00" in answer["verdict"]["text"]
    assert "because" not in answer["verdict"]["text"]
    assert answer["bridge"]["steps"] == (
        {"kind": "principal_repaid", "amount": "30000.00", "facts": ("h1:6",)},
        {"kind": "inferred_limit", "amount": "-38000.00", "facts": ("h1:7",)},
    )
    assert answer["bridge"]["residual"] == "-38000.00"


def test_books_that_predict_more_than_is_seen_infer_a_decrease_and_leave_drawn_alone() -> None:
    history = given(opened_line(), granted(50000), saw("2026-03-06T08:00:00+08:00", available=12000))

    answer = why(history, "2026-03-06", "2026-03-06")

    assert (answer.bridge.residual, answer.bridge.closing.drawn) == ("-38000.00", "0.00")
    assert (answer.bridge.closing.limit, verdict(answer)) == ("12000.00", ("P01", "E3", "E0"))


def test_then_and_now() -> None:
    history = given(opened_line(), granted(50000)).later_learned("2026-03-05", lowered(12000, "2026-03-01"))

    then = why(history, "2026-03-01", "2026-03-03", known="2026-03-03")
    now = why(history, "2026-03-01", "2026-03-03", known="2026-03-06")

    assert (then.bridge.closing.available, verdict(then)[0]) == ("50000.00", "S00")
    assert (now.bridge.closing.available, verdict(now)[0]) == ("12000.00", "P01")


def test_repaid_then_lowered() -> None:
    paid = repaid("30148.00", "2026-03-05", allocation={"principal": "30000", "interest": "148"})
    history = given(*BOOK, paid, lowered(12000, "2026-03-06"))

    available = [why(history, "2026-03-05", day).bridge.closing.available for day in ("2026-03-05", "2026-03-06")]

    assert why(history, "2026-03-05", "2026-03-06").bridge.opening.available == "20000.00"
    assert available == ["50000.00", "12000.00"]


def test_a_cut_below_the_debt_and_a_repayment_share_the_change_exactly() -> None:
    for first, then in ((lowered(8000, "2026-03-01"), repaid(30000, "2026-03-02")),
                        (repaid(30000, "2026-03-01"), lowered(8000, "2026-03-02"))):  # fmt: skip
        answer = why(given(*BOOK, first, then), "2026-03-01", "2026-03-02")

        assert answer.shares is not None
        assert {one.kind: one.amount for one in answer.shares.shares} == {
            "limit": "-31000.00",
            "principal_repaid": "19000.00",
        }


def test_the_shares_are_those_of_the_oracle() -> None:
    expected = oracle("O9c_shapley")
    answer = why(given(*BOOK, lowered(8000, "2026-03-01"), repaid(30000, "2026-03-02")), "2026-03-01", "2026-03-02")

    assert answer.shares is not None
    assert [one.amount for one in answer.shares.shares] == [f"{expected[name]}.00" for name in ("limit", "repay")]


def test_the_order_of_a_cut_and_a_repayment_shows_only_on_the_way() -> None:
    cut_first = given(*BOOK, lowered(8000, "2026-03-01"), repaid(30000, "2026-03-02"))
    repaid_first = given(*BOOK, repaid(30000, "2026-03-01"), lowered(8000, "2026-03-02"))

    on_the_way = [yuan(history.as_of("2026-03-01").line().available) for history in (cut_first, repaid_first)]

    assert on_the_way == ["0.00", "50000.00"]
    assert why(cut_first, "2026-03-01", "2026-03-02").bridge.closing.available == "8000.00"
    assert why(repaid_first, "2026-03-01", "2026-03-02").bridge.closing.available == "8000.00"


def test_without_the_cut_the_counterfactual_is_what_the_books_predicted() -> None:
    history = given(*BOOK, repaid(30000, "2026-03-05T10:00:00+08:00"), lowered(12000, "2026-03-05T12:00:00+08:00"))

    answer = why(history, "2026-03-05", "2026-03-05")

    assert [(one.without, one.available) for one in answer.counterfactuals] == [
        ("h1:6", "50000.00"),
        ("h1:5", "0.00"),
        ("h1:5", "12000.00"),
    ]
    assert "just after fact 6" in answer.counterfactuals[-1].text


def test_three_facts_are_supposed_away_those_of_the_verdict_first_and_then_the_largest() -> None:
    history = given(
        *BOOK, drew(10, "2026-03-01"), drew(30, "2026-03-02"), drew(20, "2026-03-03"), lowered(45000, "2026-03-04")
    )

    answer = why(history, "2026-03-01", "2026-03-04")

    assert [one.without for one in answer.counterfactuals] == ["h1:8", "h1:6", "h1:7"]


def test_pending_until_the_day_the_rule_says() -> None:
    line = opened_line(restoration="t_plus_n", restoration_days=3)
    history = given(line, granted(50000), drew(30000, "2026-02-01"), repaid(30000, "2026-03-05T09:00:00+08:00"))

    answer = why(history, "2026-03-05", "2026-03-05")

    assert verdict(answer) == ("S02", "E3", None)
    assert [(one.code, one.by) for one in answer.next_steps] == [("wait", "2026-03-08T09:00:00+08:00")]
    assert causes(answer) == {"S09": "E3"}
