"""Nothing is said to a receiver that does not prove who it is, least of all a password, and why is told."""

import os
import signal
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Thread
from typing import Any, Final

import msgspec
import pytest
from aiosmtpd.smtp import AuthResult, LoginPassword

from scheduler import addressbook
from scheduler.channels.address import read_address
from scheduler.channels.carrying import carry
from scheduler.channels.outcome import Outcome
from scheduler.channels.parcel import Parcel
from scheduler.channels.wording import outcome_text
from scheduler.couriers import Courier
from scheduler.outbox import put
from tests.postgres import Database
from tests.readmodels.books import service
from tests.scheduler.certificates import FAULTS, HOST, Authority
from tests.scheduler.post import NOW, message
from tests.scheduler.receivers import Letters, mail_server, web_server
from tests.scheduler.test_serve import PATIENCE_SECONDS, awaited, count, now, serving

SECRET: Final = "s3cr3t-of-the-mailbox"
SCHEMES: Final = ("smtp", "smtps")
NAMED: Final = {"smtp": "SSL_CERT_FILE", "smtps": "SSL_CERT_FILE", "https": "REQUESTS_CA_BUNDLE"}


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Authority:
    """The only authority that this process and those it starts know."""
    found = Authority(tmp_path)
    for setting in NAMED.values():
        monkeypatch.setenv(setting, str(found.file))
    return found


class Mailbox(msgspec.Struct):
    """A mail server that encrypts: what it took, and who tried to log in."""

    letters: Letters
    logins: list[Any]
    address: str


@contextmanager
def mailbox(scheme: str, certificate: ssl.SSLContext) -> Iterator[Mailbox]:
    """A mail server that takes letters of whoever knows the password, by STARTTLS or encrypted from the start."""
    logins: list[Any] = []

    def log_in(*given: Any) -> AuthResult:
        asked = given[-1]
        assert isinstance(asked, LoginPassword)
        logins.append(asked)
        return AuthResult(success=asked.password == SECRET.encode(), handled=False)

    options = {"tls_context": certificate} if scheme == "smtp" else {"ssl_context": certificate}
    with mail_server(authenticator=log_in, auth_require_tls=scheme == "smtp", **options) as server:
        yield Mailbox(server.letters, logins, at(server.port, scheme))


def at(port: int, scheme: str = "smtp") -> str:
    """The address of a mail server here, for somebody with a password."""
    return f"{scheme}://lin:{SECRET}@{HOST}:{port}/?from=headroom@example.org&to=lin@example.com"


def parcel(address: str) -> Parcel:
    return Parcel(id="0" * 24, address=read_address(address), message=message(), now=NOW, seconds=5.0)


def how(outcome: Outcome) -> tuple[str, str, str]:
    return outcome.state, outcome.code, outcome.detail


def expected(fault: str, scheme: str) -> tuple[str, str, str]:
    return "later", fault, NAMED[scheme] if fault == "unknown_authority" else ""


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_mail_server_with_the_right_certificate_gets_password_and_letter(authority: Authority, scheme: str) -> None:
    with mailbox(scheme, authority.certificate()) as server:
        assert how(carry(parcel(server.address))) == ("sent", "taken", "")
        assert [asked.password for asked in server.logins] == [SECRET.encode()]
        assert len(server.letters.got) == 1


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_wrong_password_over_a_trusted_connection_is_a_clear_no(authority: Authority, scheme: str) -> None:
    with mailbox(scheme, authority.certificate()) as server:
        assert how(carry(parcel(server.address.replace(SECRET, "guessed")))) == ("never", "answered", "535")
        assert server.letters.got == []


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_mail_server_that_does_not_prove_who_it_is_gets_nothing(
    authority: Authority, scheme: str, fault: str
) -> None:
    with mailbox(scheme, authority.certificate(fault)) as server:
        assert how(carry(parcel(server.address))) == expected(fault, scheme)
        assert (server.logins, server.letters.got) == ([], [])


def test_an_authority_is_known_only_where_the_setting_names_it(
    authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    with mailbox("smtps", authority.certificate()) as server:
        monkeypatch.delenv("SSL_CERT_FILE")
        assert how(carry(parcel(server.address))) == expected("unknown_authority", "smtps")
        monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
        assert carry(parcel(server.address)).state == "sent"


def test_the_process_that_sends_knows_the_same_authorities(authority: Authority) -> None:
    with Path(os.devnull).open("w") as nowhere, Courier(terminal=nowhere) as courier:
        with mailbox("smtp", authority.certificate()) as server:
            assert courier(parcel(server.address)).state == "sent"
        with mailbox("smtp", authority.certificate("expired")) as server:
            assert how(courier(parcel(server.address))) == expected("expired", "smtp")


@pytest.mark.parametrize("fault", ["", *FAULTS])
def test_a_webhook_is_posted_only_to_who_proves_to_be_it(authority: Authority, fault: str) -> None:
    with web_server(authority.certificate(fault)) as receiver:
        outcome = carry(parcel(receiver.webhook.replace("http://127.0.0.1", f"https://{HOST}")))
        assert how(outcome) == (expected(fault, "https") if fault else ("sent", "taken", ""))
        assert len(receiver.got) == (0 if fault else 1)


@pytest.mark.parametrize(
    ("code", "english", "chinese"),
    [
        ("expired", "renew", "更新证书"),
        ("not_yet_valid", "clock", "时钟"),
        ("wrong_host", "name that the certificate has", "证书上的主机名"),
        ("unknown_authority", "SSL_CERT_FILE", "SSL_CERT_FILE"),
        ("no_starttls", "smtps://", "smtps://"),
    ],
)
def test_why_nothing_was_sent_is_told_with_the_remedy(code: str, english: str, chinese: str) -> None:
    assert english in outcome_text(code, "SSL_CERT_FILE", language="en")
    assert chinese in outcome_text(code, "SSL_CERT_FILE", language="zh")


class InTheClear(ThreadingTCPServer):
    """A mail server that asks for a password without encryption. Shape: `said` is every line it was sent."""

    daemon_threads = True

    def __init__(self, offers: tuple[str, ...], at_starttls: bytes) -> None:
        super().__init__(("127.0.0.1", 0), Conversation)
        self.offers = offers
        self.at_starttls = at_starttls
        self.said: list[bytes] = []

    @property
    def address(self) -> str:
        return at(self.server_address[1])


class Conversation(StreamRequestHandler):
    """One connection to it."""

    server: InTheClear

    def handle(self) -> None:
        self.wfile.write(b"220 ready\r\n")
        for line in self.rfile:
            self.server.said.append(line.strip())
            self.wfile.write(self._answer(line.split()[0].upper() if line.split() else b""))

    def _answer(self, verb: bytes) -> bytes:
        match verb:
            case b"EHLO":
                lines = ("here", *self.server.offers, "OK")
                last = len(lines) - 1
                return "".join(f"250{' ' if at == last else '-'}{one}\r\n" for at, one in enumerate(lines)).encode()
            case b"STARTTLS":
                return self.server.at_starttls
            case b"AUTH":
                return b"235 welcome\r\n"
            case _:
                return b"250 OK\r\n"


@pytest.mark.parametrize(
    ("offers", "at_starttls", "told", "verbs"),
    [
        (("AUTH PLAIN LOGIN",), b"", ("never", "no_starttls", ""), [b"ehlo"]),
        (("AUTH PLAIN LOGIN", "STARTTLS"), b"454 not now\r\n", ("later", "answered", "454"), [b"ehlo", b"STARTTLS"]),
        (("AUTH PLAIN LOGIN", "STARTTLS"), b"220 go on\r\n250 OK\r\n", ("later", "untrusted", ""), None),
    ],
    ids=["not offered", "refused", "only said"],
)
@pytest.mark.usefixtures("authority")
def test_a_server_that_does_not_encrypt_is_told_neither_password_nor_letter(
    offers: tuple[str, ...], at_starttls: bytes, told: tuple[str, str, str], verbs: list[bytes] | None
) -> None:
    with InTheClear(offers, at_starttls) as server:
        Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        assert how(carry(parcel(server.address))) == told
        server.shutdown()
    assert verbs is None or [line.split()[0] for line in server.said] == verbs
    assert not any(line.upper().startswith((b"AUTH", b"MAIL", b"RCPT", b"DATA")) for line in server.said)


@pytest.mark.parametrize("fault", ["wrong_host", "unknown_authority", "expired", "no_starttls"])
def test_the_log_tells_why_and_holds_no_secret(database: Database, authority: Authority, fault: str) -> None:
    certificate = authority.certificate(fault)
    with mailbox("smtp", certificate) as server, mail_server() as plain, service(database) as connection:
        address = at(plain.port) if fault == "no_starttls" else server.address
        addressbook.add(connection, "lin", read_address(address), name="mail", kinds=(), now=now())
        put(connection, message(not_before=now(), created_at=now()))
        with serving(database) as process:
            awaited(lambda: count(database, "delivery", f"outcome = '{fault}'"))
            process.send_signal(signal.SIGTERM)
            out, said = process.communicate(timeout=PATIENCE_SECONDS)
        assert (server.logins, server.letters.got, plain.letters.got) == ([], [], [])
        kept = connection.execute("SELECT d::text, o::text FROM clock.delivery AS d, clock.outbox AS o").fetchall()
    assert f'"outcome": "{fault}"' in said
    for text in (out, said, str(kept)):
        assert SECRET not in text
