"""One HTTP POST, bounded: no redirect is followed, certificates are checked, little of the answer is read."""

import ssl
import time
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Any, Final

import msgspec
import requests
import urllib3

from scheduler.channels.outcome import Outcome, later, never
from scheduler.channels.trust import untrusted

LARGEST_BODY: Final = 64 * 1024
CONNECT_SECONDS: Final = 10.0
LONGEST_WAIT: Final = 24 * 3600
"""However long a receiver asks us to wait, it is tried once a day."""
TRY_AGAIN: Final = frozenset({408, 425, 429})
AUTHORITIES: Final = "REQUESTS_CA_BUNDLE"
"""What names the authorities of the library that posts."""


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """What came back. Shape: `body` is what was read of it, at most 64 KB; empty when it broke off."""

    status: int
    body: bytes
    retry_after: int | None

    @property
    def fields(self) -> dict[str, Any]:
        """The body as a JSON object; empty when it is none."""
        try:
            found = msgspec.json.decode(self.body)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return {}
        return found if isinstance(found, dict) else {}


def post(url: str, body: bytes, *, headers: dict[str, str], now: int, seconds: float) -> Reply | Outcome:
    """Post to an address; what came back, or why nothing did.

    Shape: proxies and certificate authorities are those of the environment, credentials of a netrc file are not.
    """
    deadline = time.monotonic() + seconds
    sent = {"User-Agent": "headroom", "Content-Type": "application/json; charset=utf-8"} | headers
    try:
        with requests.Session() as session:
            session.auth = _unchanged
            with session.post(
                url,
                data=body,
                headers=sent,
                timeout=(min(CONNECT_SECONDS, seconds), seconds),
                allow_redirects=False,
                stream=True,
            ) as response:
                after = retry_after(response.headers.get("Retry-After", ""), now=now)
                return Reply(status=response.status_code, body=_body(response, deadline), retry_after=after)
    except requests.RequestException as error:
        return _failure(error)


def _unchanged(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Stands where requests would otherwise look for a password in a netrc file."""
    return request


def _body(response: requests.Response, deadline: float) -> bytes:
    """As much of the body as is worth reading. A status stands, whatever becomes of the body."""
    read = bytearray()
    try:
        while piece := response.raw.read1(1024, decode_content=True):  # what is there, not a full piece: it may drip
            read += piece
            if len(read) > LARGEST_BODY or time.monotonic() > deadline:
                return b""
    except (requests.RequestException, urllib3.exceptions.HTTPError):
        return b""
    return bytes(read)


def _failure(error: requests.RequestException) -> Outcome:
    if isinstance(error, requests.exceptions.SSLError):
        return untrusted(_refusal(error), authorities=AUTHORITIES)
    if isinstance(error, requests.Timeout):
        return later("silent")
    if isinstance(error, requests.ConnectionError):
        reason = getattr(error.args[0] if error.args else None, "reason", None)
        unreached = isinstance(reason, urllib3.exceptions.NewConnectionError | urllib3.exceptions.ProxyError)
        return later("unreachable" if unreached else "cut")
    return later("failed", type(error).__name__)


def _refusal(error: requests.exceptions.SSLError) -> ssl.SSLError | None:
    """What encryption itself said, at the bottom of what the libraries made of it."""
    given: Any = error
    while given is not None and not isinstance(given, ssl.SSLError):
        given = getattr(given, "reason", None) or (given.args[0] if getattr(given, "args", ()) else None)
    return given


def retry_after(text: str, *, now: int) -> int | None:
    """How many seconds a receiver asks us to wait, written as a number or as a date. Source: RFC 9110, 10.2.3."""
    if text.strip().isdecimal():
        return min(int(text.strip()[:9]), LONGEST_WAIT)
    try:
        when = parsedate_to_datetime(text)
    except ValueError:
        return None
    at = when if when.tzinfo else when.replace(tzinfo=UTC)
    return max(0, min(int(at.timestamp() - now / 1_000_000) + 1, LONGEST_WAIT))


def by_status(reply: Reply) -> Outcome | None:
    """What the status alone says; None when it says that the request was taken."""
    status = reply.status
    if 200 <= status < 300:
        return None
    if 300 <= status < 400:
        return later("moved", status)
    if status == 410:
        return never("gone", status)
    if 400 <= status < 500 and status not in TRY_AGAIN:
        return never("answered", status)
    return later("answered", status, after_seconds=reply.retry_after)
