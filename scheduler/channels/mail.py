"""E-mail by SMTP: text and page, to one mailbox a channel, encrypted unless the address says otherwise."""

import smtplib
import ssl
from contextlib import suppress
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP as MAIL_POLICY
from typing import Final
from urllib.parse import parse_qs, unquote

from scheduler.channels.outcome import SENT, Outcome, later, never
from scheduler.channels.parcel import Parcel
from scheduler.channels.trust import untrusted

PORTS: Final = {"smtp": 587, "smtps": 465}
AUTHORITIES: Final = "SSL_CERT_FILE"
"""What names the authorities of Python's own encryption."""


class NotEncrypted(OSError):
    """A server does not offer to encrypt."""


def carry(parcel: Parcel) -> Outcome:
    """Hand a letter to the mail server. What it says after the letter's end decides; not what comes after that."""
    server = None
    try:
        server = _connected(parcel)
        server.send_message(letter(parcel))
    except OSError as error:  # every error of smtplib and ssl is one
        return _failure(error)
    finally:
        if server is not None:
            with suppress(OSError):
                server.quit()
    return SENT


def _connected(parcel: Parcel) -> smtplib.SMTP:
    parts = parcel.address.parts
    host, port = parts.hostname or "", parts.port or PORTS[parts.scheme]
    plain = "tls" in parse_qs(parts.query)
    if parts.scheme == "smtps":
        context = ssl.create_default_context()
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=parcel.seconds, context=context)
    else:
        server = smtplib.SMTP(host, port, timeout=parcel.seconds)
        if not plain:
            _encrypt(server)
    if parts.username:
        server.login(unquote(parts.username), unquote(parts.password or ""))
    return server


def _encrypt(server: smtplib.SMTP) -> None:
    """Encrypt before anything is said. Raises: NotEncrypted, OSError."""
    try:
        server.starttls(context=ssl.create_default_context())
    except smtplib.SMTPNotSupportedError as error:
        raise NotEncrypted from error


def letter(parcel: Parcel) -> EmailMessage:
    """The letter; its Message-ID is the same for every attempt."""
    options = parse_qs(parcel.address.parts.query)
    sender = options["from"][0]
    found = EmailMessage(policy=MAIL_POLICY)
    found["From"] = sender
    found["To"] = options["to"][0]
    found["Subject"] = " ".join(parcel.message.subject.split())
    found["Date"] = datetime.fromtimestamp(parcel.message.created_at // 1_000_000, tz=UTC)
    found["Message-ID"] = f"<{parcel.id}@{sender.rpartition('@')[2]}>"
    found["Auto-Submitted"] = "auto-generated"
    found["Content-Language"] = parcel.message.language
    found.set_content(parcel.message.text, cte="base64")
    found.add_alternative(parcel.message.html, subtype="html", cte="base64")
    return found


def _failure(error: OSError) -> Outcome:
    match error:
        case smtplib.SMTPRecipientsRefused(recipients=refused):
            return _answered(min(code for code, _ in refused.values()))
        case smtplib.SMTPResponseException(smtp_code=code):
            return _answered(int(code))
        case NotEncrypted():
            return never("no_starttls")
        case smtplib.SMTPNotSupportedError():
            return never("not_supported")
        case smtplib.SMTPServerDisconnected() | ConnectionResetError() | BrokenPipeError():
            return later("cut")
        case ssl.SSLError():
            return untrusted(error, authorities=AUTHORITIES)
        case TimeoutError():
            return later("silent")
        case _:
            return later("unreachable")


def _answered(code: int) -> Outcome:
    return never("answered", code) if 500 <= code < 600 else later("answered", code)
