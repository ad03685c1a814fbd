"""The questions people ask, in their own words, and what the answer must say first. Source: domain.md section 7."""

from tests.build import closed, drew, froze, granted, lowered, opened_line, repaid, saw, sent, thawed
from tests.explanation.asking import excluded, verdict, why
from tests.spec import given

OPENED = (opened_line(at="2025-01-01"), granted(50000, "2025-01-01"), drew(30000, "2026-02-01"))
TODAY = "2026-03-05"
MORNING, EVENING = f"{TODAY}T09:20:00+08:00", f"{TODAY}T21:40:00+08:00"


def test_我今天还了借呗_怎么就没有额度了_是不是还没有更新() -> None:
    seen = saw(EVENING, limit=12000, available=12000, drawn=0)
    history = given(*OPENED, saw("2026-03-01T20:00:00+08:00", limit=50000), repaid(30000, MORNING), seen)

    answer = why(history, TODAY, TODAY, language="zh")

    assert verdict(answer) == ("P01", "E3", "E0")
    assert "额度由 50,000 元变为 12,000 元" in answer.verdict.text
    assert "不清楚" in answer.verdict.text
    assert "因为" not in answer.verdict.text
    assert {"S01", "S02"} <= excluded(answer).keys()
    assert [step.code for step in answer.next_steps] == ["ask_lender", "credit_report", "object"]


def test_还没有更新_when_the_payment_is_still_on_its_way() -> None:
    answer = why(given(*OPENED, sent(30000, MORNING, payment="p1")), TODAY, TODAY, language="zh")

    assert verdict(answer) == ("S01", "E3", None)
    assert "还没有入账" in answer.verdict.text


def test_还完后怎么不恢复额度() -> None:
    rule = opened_line(at="2025-01-01", restoration="t_plus_n", restoration_days=1)
    history = given(rule, granted(50000, "2025-01-01"), drew(30000, "2026-02-01"), repaid(30000, MORNING))

    answer = why(history, TODAY, TODAY, language="zh")

    assert verdict(answer) == ("S02", "E3", None)
    assert "要到 2026年3月6日 09:20 才恢复" in answer.verdict.text
    assert [(step.code, step.by) for step in answer.next_steps] == [("wait", "2026-03-06T09:20:00+08:00")]


def test_没有逾期也没有不良记录_还了钱不能借了() -> None:
    history = given(*OPENED, froze("2026-03-04"), repaid(30000, MORNING))

    answer = why(history, TODAY, TODAY, language="zh")

    assert verdict(answer) == ("P10", "E3", "E0")
    assert "被冻结" in answer.verdict.text
    assert [one.code for one in answer.causes] == ["X00"]


def test_原来额度是五万_我还了三万_怎么变成一万二() -> None:
    history = given(*OPENED, repaid(30000, MORNING), lowered(12000, EVENING))

    answer = why(history, TODAY, TODAY, language="zh")

    assert verdict(answer) == ("P01", "E3", "E0")
    assert "由 50,000 元降到 12,000 元" in answer.verdict.text
    assert [(step.kind, step.amount) for step in answer.bridge.steps] == [
        ("principal_repaid", "30000.00"),
        ("limit", "-38000.00"),
    ]


def test_额度一阵子开一阵子关() -> None:
    flicker = (froze("2026-02-10"), thawed("2026-02-14"), froze("2026-02-20"), thawed("2026-02-25"), froze(TODAY))

    answer = why(given(*OPENED, *flicker), "2026-02-05", TODAY, language="zh")

    assert verdict(answer)[:2] == ("P10", "E3")
    assert answer.bridge.closing.blocked == "20000.00"


def test_为什么关闭了() -> None:
    answer = why(given(*OPENED, closed(MORNING)), TODAY, TODAY, language="zh")

    assert verdict(answer) == ("P11", "E3", "E0")
    assert "被关闭" in answer.verdict.text
    assert answer.next_steps[0].letter is not None
    assert "第二十四条" in answer.next_steps[0].letter.zh
