"""Each channel against a real receiver: what is sent, and that nothing but a clear yes counts as sent."""

import base64
import email
import email.policy
import hashlib
import hmac
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from scheduler.channels.address import Unaddressable, read_address
from scheduler.channels.carrying import carry
from scheduler.channels.outcome import Outcome
from scheduler.channels.parcel import Parcel
from scheduler.channels.posting import retry_after
from tests.scheduler.post import NOW, message
from tests.scheduler.receivers import (
    WEBHOOK_SECRET,
    Behaviour,
    MailServer,
    Receiver,
    answers,
    drips_body,
    floods,
    hangs_up,
    is_silent,
    mail_server,
    web_server,
)

ID = "0123456789abcdef01234567"
ZH = message(
    language="zh", subject="还款额占收入的 57%", text="下月应还 8,067.04。\n收入 14,000.00。", html="<p>下月应还</p>"
)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with web_server() as receiver:
        yield receiver


@pytest.fixture
def mail() -> Iterator[MailServer]:
    with mail_server() as server:
        yield server


def sent(address: str, *, told: Any = None, now: int = NOW, seconds: float = 2.0) -> Outcome:
    parcel = Parcel(id=ID, address=read_address(address), message=told or message(), now=now, seconds=seconds)
    return carry(parcel)


def how(outcome: Outcome) -> tuple[str, str, str]:
    return outcome.state, outcome.code, outcome.detail


def test_a_webhook_is_signed_so_that_the_librarys_own_check_accepts_it(receiver: Receiver) -> None:
    now = int(time.time()) * 1_000_000
    assert sent(receiver.webhook, told=ZH, now=now).state == "sent"
    (got,) = receiver.got
    Webhook(WEBHOOK_SECRET).verify(got.body, got.headers)
    assert got.headers["webhook-id"] == ID
    assert got.json["data"]["text"] == ZH.text
    assert got.json["data"]["facts"] == ["lin:35", "lin:36"]
    with pytest.raises(WebhookVerificationError):
        Webhook(WEBHOOK_SECRET).verify(got.body + b" ", got.headers)


def test_a_webhook_is_signed_for_the_same_instant_wherever_the_process_runs(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "Asia/Shanghai")
    time.tzset()
    try:
        now = int(time.time()) * 1_000_000
        assert sent(receiver.webhook, now=now).state == "sent"
        Webhook(WEBHOOK_SECRET).verify(receiver.got[0].body, receiver.got[0].headers)
    finally:
        monkeypatch.undo()
        time.tzset()


@pytest.mark.parametrize(
    ("behaviour", "expected"),
    [
        (answers(200), ("sent", "taken", "")),
        (answers(204), ("sent", "taken", "")),
        (answers(302, Location="http://127.0.0.1:9/"), ("later", "moved", "302")),
        (answers(400), ("never", "answered", "400")),
        (answers(401), ("never", "answered", "401")),
        (answers(408), ("later", "answered", "408")),
        (answers(410), ("never", "gone", "410")),
        (answers(425), ("later", "answered", "425")),
        (answers(429), ("later", "answered", "429")),
        (answers(500), ("later", "answered", "500")),
        (answers(503), ("later", "answered", "503")),
        (hangs_up, ("later", "cut", "")),
        (is_silent, ("later", "silent", "")),
    ],
)
def test_a_webhook_counts_as_sent_only_when_its_receiver_says_so(
    receiver: Receiver, behaviour: Behaviour, expected: tuple[str, str, str]
) -> None:
    receiver.behaves(behaviour)
    assert how(sent(receiver.webhook, seconds=0.3)) == expected
    assert len(receiver.got) == 1


def test_a_redirect_is_never_followed(receiver: Receiver) -> None:
    with web_server() as other:
        for status in (301, 302, 303, 307, 308):
            receiver.behaves(answers(status, Location=other.webhook))
            assert sent(receiver.webhook).code == "moved"
        assert other.got == []


def test_a_receiver_that_asks_to_wait_is_believed(receiver: Receiver) -> None:
    receiver.behaves(answers(429, Retry_After="77"))
    assert sent(receiver.webhook).after_seconds == 77
    later = datetime.fromtimestamp(NOW / 1_000_000, tz=UTC) + timedelta(minutes=5)
    receiver.behaves(answers(503, Retry_After=format_datetime(later, usegmt=True)))
    assert sent(receiver.webhook).after_seconds == 301


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("", None), ("soon", None), ("-5", None), ("0", 0), ("120", 120), ("999999999999999999", 86400)],
)
def test_how_long_to_wait_is_a_number_or_a_date(text: str, seconds: int | None) -> None:
    assert retry_after(text, now=NOW) == seconds


def test_a_date_to_wait_for_may_be_past_or_in_another_zone() -> None:
    at = datetime.fromtimestamp(NOW / 1_000_000, tz=timezone(timedelta(hours=8)))
    assert retry_after(format_datetime(at - timedelta(hours=1)), now=NOW) == 0
    assert retry_after(format_datetime(at + timedelta(hours=1)), now=NOW) == 3601


def test_nobody_reachable_is_no_success() -> None:
    with web_server() as gone:
        address = gone.webhook
    assert how(sent(address)) == ("later", "unreachable", "")
    assert how(sent(address.replace("http://127.0.0.1", "https://no-such-host.invalid"))) == (
        "later",
        "unreachable",
        "",
    )


def test_an_answer_that_is_not_encrypted_is_not_trusted(receiver: Receiver) -> None:
    assert how(sent(receiver.webhook.replace("http:", "https:"))) == ("later", "untrusted", "")


ROBOTS = ("dingtalk", "wecom", "feishu", "lark", "serverchan", "pushdeer", "bark")
TAKEN = {
    "dingtalk": {"errcode": 0, "errmsg": "ok"},
    "wecom": {"errcode": 0, "errmsg": "ok"},
    "feishu": {"code": 0, "msg": "success", "data": {}},
    "lark": {"StatusCode": 0, "StatusMessage": "success"},
    "serverchan": {"code": 0, "message": "", "data": {"pushid": "1", "error": "SUCCESS", "errno": 0}},
    "pushdeer": {"code": 0, "content": {"result": ['{"counts":1,"logs":[],"success":"ok"}']}},
    "bark": {"code": 200, "message": "success", "timestamp": 1},
}


def robot(receiver: Receiver, kind: str, *, secret: str = "") -> str:
    path = "/push/key-of-the-device" if kind == "bark" else "/send?token=s3cr3t"
    return f"{kind}+{receiver.address}{path}{secret and '#' + secret}"


@pytest.mark.parametrize("kind", ROBOTS)
def test_a_service_that_took_the_message_is_believed(receiver: Receiver, kind: str) -> None:
    receiver.behaves(answers(200, TAKEN[kind]))
    assert how(sent(robot(receiver, kind), told=ZH)) == ("sent", "taken", "")
    body = receiver.got[0].body.decode()
    shown = parse_qs(body)["desp"][0] if kind == "pushdeer" else body
    assert "8,067.04" in shown


@pytest.mark.parametrize("kind", ROBOTS)
@pytest.mark.parametrize(
    "behaviour",
    [answers(200), answers(200, b"<html>ok</html>"), answers(200, []), answers(200, {"ok": True}), floods, drips_body],
    ids=["nothing", "a page", "a list", "another answer", "a flood", "a drip"],
)
def test_an_answer_that_says_nothing_is_no_success(receiver: Receiver, kind: str, behaviour: Behaviour) -> None:
    receiver.behaves(behaviour)
    assert sent(robot(receiver, kind), seconds=0.5).state == "later"


@pytest.mark.parametrize("kind", ROBOTS)
def test_a_yes_in_the_answer_of_a_service_does_not_outweigh_its_status(receiver: Receiver, kind: str) -> None:
    with web_server() as other:
        for status, state in ((302, "later"), (410, "never"), (429, "later"), (500, "later")):
            receiver.behaves(answers(status, TAKEN[kind], Location=other.webhook, Retry_After="77"))
            found = sent(robot(receiver, kind))
            assert found.state == state
            assert found.after_seconds == (77 if status in (429, 500) else None)
        assert other.got == []
    receiver.behaves(is_silent)
    assert how(sent(robot(receiver, kind), seconds=0.3)) == ("later", "silent", "")


@pytest.mark.parametrize("answer", [{"errcode": 130101}, {"errcode": 777}])
def test_a_service_that_is_busy_is_given_the_time_it_asks_for(receiver: Receiver, answer: dict[str, int]) -> None:
    receiver.behaves(answers(200, answer, Retry_After="77"))
    assert sent(robot(receiver, "dingtalk")).after_seconds == 77


@pytest.mark.parametrize(
    ("kind", "status", "answer", "expected"),
    [
        ("dingtalk", 200, {"errcode": 310000, "errmsg": "sign not match"}, ("never", "said", "310000")),
        ("dingtalk", 200, {"errcode": 300005, "errmsg": "token is not exist"}, ("never", "said", "300005")),
        ("dingtalk", 200, {"errcode": 130101, "errmsg": "send too fast"}, ("later", "said", "130101")),
        ("dingtalk", 200, {"errcode": -1, "errmsg": "系统繁忙"}, ("later", "said", "-1")),
        ("wecom", 200, {"errcode": 93000, "errmsg": "invalid webhook url"}, ("never", "said", "93000")),
        ("wecom", 200, {"errcode": 45009, "errmsg": "api freq out of limit"}, ("later", "said", "45009")),
        ("wecom", 200, {"errcode": 777, "errmsg": "never heard of"}, ("later", "said", "777")),
        ("feishu", 200, {"code": 19021, "msg": "sign match fail"}, ("never", "said", "19021")),
        ("feishu", 400, {"code": 19001, "msg": "incoming webhook access token invalid"}, ("never", "said", "19001")),
        ("lark", 200, {"code": 11232, "msg": "frequency limited"}, ("later", "said", "11232")),
        ("lark", 429, {"code": 11232, "msg": "frequency limited"}, ("later", "said", "11232")),
        ("serverchan", 400, {"code": 40001, "message": "[AUTH]错误的Key"}, ("never", "said", "40001")),
        ("serverchan", 400, {"code": 40001, "message": "超过当天的发送次数限制[10]"}, ("later", "said", "40001")),
        ("pushdeer", 200, {"code": 0, "content": {"result": []}}, ("never", "nobody", "")),
        ("pushdeer", 200, {"code": 80403, "error": "no"}, ("never", "said", "80403")),
        ("bark", 400, {"code": 400, "message": "failed to get device token"}, ("never", "said", "400")),
        ("bark", 500, {"code": 500, "message": "push failed"}, ("later", "said", "500")),
        ("bark", 200, {"code": 400, "message": "failed to get device token"}, ("never", "said", "400")),
        ("dingtalk", 500, {"errcode": 0}, ("later", "answered", "500")),
        ("wecom", 404, None, ("never", "answered", "404")),
    ],
)
def test_what_a_service_answers_decides_not_its_status(
    receiver: Receiver, kind: str, status: int, answer: Any, expected: tuple[str, str, str]
) -> None:
    receiver.behaves(answers(status, answer))
    assert how(sent(robot(receiver, kind))) == expected


def test_dingtalk_gets_the_time_signed_with_the_secret(receiver: Receiver) -> None:
    receiver.behaves(answers(200, TAKEN["dingtalk"]))
    sent(robot(receiver, "dingtalk", secret="SECabc"))
    given = parse_qs(urlsplit(receiver.got[0].path).query)
    expected = hmac.new(b"SECabc", f"{NOW // 1000}\nSECabc".encode(), hashlib.sha256).digest()
    assert given == {
        "token": ["s3cr3t"],
        "timestamp": [str(NOW // 1000)],
        "sign": [base64.b64encode(expected).decode()],
    }
    assert receiver.got[0].json["msgUuid"] == ID


def test_feishu_gets_an_empty_text_signed_with_time_and_secret(receiver: Receiver) -> None:
    receiver.behaves(answers(200, TAKEN["feishu"]))
    sent(robot(receiver, "feishu", secret="abc"))
    expected = hmac.new(f"{NOW // 1_000_000}\nabc".encode(), b"", hashlib.sha256).digest()
    assert receiver.got[0].json["sign"] == base64.b64encode(expected).decode()
    assert receiver.got[0].json["timestamp"] == str(NOW // 1_000_000)


def test_bark_gets_an_id_so_that_a_repetition_replaces_the_first(receiver: Receiver) -> None:
    receiver.behaves(answers(200, TAKEN["bark"]))
    sent(robot(receiver, "bark"))
    assert receiver.got[0].path == "/push/push"
    assert (receiver.got[0].json["device_key"], receiver.got[0].json["id"]) == ("key-of-the-device", ID)


def test_a_long_text_is_cut_at_a_whole_character(receiver: Receiver) -> None:
    receiver.behaves(answers(200, TAKEN["wecom"]))
    sent(robot(receiver, "wecom"), told=message(text="额" * 5000))
    content = receiver.got[0].json["text"]["content"]
    assert 2040 < len(content.encode()) <= 2048
    assert content.endswith("额…")


def test_everything_else_goes_through_apprise_whose_refusal_is_believed(receiver: Receiver) -> None:
    host = receiver.address.removeprefix("http://")
    assert how(sent(f"json://{host}/notify")) == ("sent", "taken", "")
    assert receiver.got[0].json["message"] == message().text
    receiver.behaves(answers(500))
    assert how(sent(f"json://{host}/notify")) == ("later", "not_taken", "")
    with web_server() as other:
        for status in (301, 302, 303, 307, 308):
            receiver.behaves(answers(status, Location=other.webhook))
            assert how(sent(f"json://{host}/notify?redirect=yes")) == ("later", "not_taken", "")
        assert other.got == []
    receiver.behaves(is_silent)
    assert how(sent(f"json://{host}/notify", seconds=0.3)) == ("later", "silent", "")
    assert how(sent("nosuchservice://token")) == ("later", "not_supported", "")


def test_a_letter_has_text_and_page_and_an_id_that_stays(mail: MailServer) -> None:
    assert how(sent(mail.address, told=ZH)) == ("sent", "taken", "")
    assert how(sent(mail.address, told=ZH, now=NOW + 3_600_000_000)) == ("sent", "taken", "")
    first, second = (email.message_from_bytes(raw, policy=email.policy.default) for raw in mail.letters.got)
    assert isinstance(first, EmailMessage)
    assert first["Message-ID"] == second["Message-ID"] == f"<{ID}@example.org>"
    assert first["Subject"] == ZH.subject
    text, page = first.get_body(("plain",)), first.get_body(("html",))
    assert text is not None
    assert page is not None
    assert text.get_content().splitlines() == ZH.text.splitlines()
    assert page.get_content().strip() == ZH.html
    assert mail.letters.got[0].isascii()


def test_a_subject_cannot_smuggle_a_header_in(mail: MailServer) -> None:
    assert sent(mail.address, told=message(subject="One\r\nBcc: eve@example.com")).state == "sent"
    letter = email.message_from_bytes(mail.letters.got[0], policy=email.policy.default)
    assert letter["Bcc"] is None
    assert letter["Subject"] == "One Bcc: eve@example.com"


@pytest.mark.parametrize(
    ("at_recipient", "at_end", "expected"),
    [
        ("451 4.7.1 greylisted, try again", "", ("later", "answered", "451")),
        ("550 5.1.1 no such mailbox", "", ("never", "answered", "550")),
        ("", "452 4.3.1 no space", ("later", "answered", "452")),
        ("", "554 5.7.1 looks like spam", ("never", "answered", "554")),
        ("421 closing", "", ("later", "answered", "421")),
    ],
)
def test_a_mail_servers_no_is_told_from_its_not_now(
    mail: MailServer, at_recipient: str, at_end: str, expected: tuple[str, str, str]
) -> None:
    mail.letters.at_recipient = [at_recipient] if at_recipient else []
    mail.letters.at_end = [at_end] if at_end else []
    assert how(sent(mail.address)) == expected
    assert how(sent(mail.address)) == ("sent", "taken", "")


def test_a_connection_lost_after_the_letter_is_no_success(mail: MailServer) -> None:
    mail.letters.hangs_up_after_data = True
    assert how(sent(mail.address)) == ("later", "cut", "")


def test_a_letter_is_not_sent_in_the_clear_unless_the_address_says_so(mail: MailServer) -> None:
    assert how(sent(mail.address.removesuffix("&tls=none"))) == ("never", "no_starttls", "")
    assert mail.letters.got == []


def test_no_mail_server_is_no_success(mail: MailServer) -> None:
    with mail_server() as gone:
        address = gone.address
    assert how(sent(address)) == ("later", "unreachable", "")


@pytest.mark.parametrize("login", ["", "me:pw@"])
def test_mail_goes_in_the_clear_to_this_machine_alone(login: str) -> None:
    plain = "/?from=a@example.org&to=b@example.org&tls=none"
    assert read_address(f"smtp://{login}127.0.0.1:25{plain}").kind == "mail"
    with pytest.raises(Unaddressable) as told:
        read_address(f"smtp://{login}mail.example.org{plain}")
    assert told.value.code == "not_encrypted"
