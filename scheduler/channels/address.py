"""Where a channel leads: an address as it was pasted, read, refused with a reason, and shown without its secrets."""

import base64
import binascii
import ipaddress
from typing import Final
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

import msgspec

OFFICIAL: Final = {
    "oapi.dingtalk.com": "dingtalk",
    "qyapi.weixin.qq.com": "wecom",
    "open.feishu.cn": "feishu",
    "open.larksuite.com": "lark",
    "sctapi.ftqq.com": "serverchan",
    "api2.pushdeer.com": "pushdeer",
    "api.day.app": "bark",
}
"""Hosts whose addresses say by themselves how they are spoken to."""
OFFICIAL_SUFFIX: Final = (".push.ft07.com", "serverchan")
POSTED: Final = ("webhook", *dict.fromkeys(OFFICIAL.values()))
"""Channels that are an HTTPS address; `KIND+https://...` names the kind where the host does not."""
BETTER_HERE: Final = {
    "dingtalk": "dingtalk", "wecombot": "wecom", "wecom": "wecom", "feishu": "feishu", "lark": "lark",
    "schan": "serverchan", "pushdeer": "pushdeer", "pushdeers": "pushdeer", "bark": "bark", "barks": "bark",
    "mailto": "mail", "mailtos": "mail",
}  # fmt: skip
"""Apprise's names for what has a channel of its own here: Apprise takes HTTP 200 for success."""
LOCAL: Final = frozenset({"dbus", "qt", "kde", "glib", "gnome", "macosx", "windows", "syslog"})
"""Apprise's names for desktops and logs of this machine: they count as sent though nobody may ever look."""
SHORTEST_SECRET_BYTES: Final = 24
LONGEST_ADDRESS: Final = 2000
LEFT_OUT: Final = " "
"""Stands where an address had its keys. No address that was pasted holds one, so it can be told from a whole one."""


class Unaddressable(Exception):
    """An address that cannot be used. `code` names the reason under `channel.refused` in the texts."""

    def __init__(self, code: str, **fields: str) -> None:
        super().__init__(code)
        self.code = code
        self.fields = fields


class Address(msgspec.Struct, frozen=True, kw_only=True):
    """Where a channel leads. Shape: `url` without the fragment, which is `secret`: the key that signs."""

    kind: str
    url: str
    secret: str = ""

    @property
    def parts(self) -> SplitResult:
        """The address taken apart."""
        return urlsplit(self.url)

    @property
    def whole(self) -> bool:
        """Whether its keys are there, or it needs none."""
        return LEFT_OUT not in self.url


def read_address(text: str) -> Address:
    """Understand an address as it was pasted. Raises: Unaddressable."""
    if not text or len(text) > LONGEST_ADDRESS or any(ord(letter) <= 32 or ord(letter) == 127 for letter in text):
        raise Unaddressable("not_an_address")
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise Unaddressable("not_an_address") from None
    if parts.scheme == "terminal":
        return Address(kind="terminal", url="terminal:")
    if port == 0 or not parts.netloc:
        raise Unaddressable("not_an_address")
    if parts.scheme in ("smtp", "smtps"):
        return _mail(parts)
    named, plus, scheme = parts.scheme.rpartition("+")
    if scheme in ("http", "https") and (named in POSTED if plus else True):
        return _posted(parts._replace(scheme=scheme), named)
    return _other(parts)


def _posted(parts: SplitResult, named: str) -> Address:
    host = parts.hostname or ""
    if not host:
        raise Unaddressable("not_an_address")
    by_host = OFFICIAL_SUFFIX[1] if host.endswith(OFFICIAL_SUFFIX[0]) else OFFICIAL.get(host, "webhook")
    kind = named or by_host
    if parts.scheme == "http" and not loopback(host):
        raise Unaddressable("not_encrypted")
    if kind == "webhook" and not _signs(parts.fragment):
        raise Unaddressable("webhook_secret", shortest=str(SHORTEST_SECRET_BYTES))
    if kind != "webhook" and len(parts.path.strip("/") + parts.query) == 0:
        raise Unaddressable("token_missing", kind=kind)
    return Address(kind=kind, url=parts._replace(fragment="").geturl(), secret=unquote(parts.fragment))


def _signs(secret: str) -> bool:
    encoded = unquote(secret).removeprefix("whsec_")
    try:
        return len(base64.b64decode(encoded + "=" * (-len(encoded) % 4), validate=True)) >= SHORTEST_SECRET_BYTES
    except (binascii.Error, ValueError):
        return False


def _mail(parts: SplitResult) -> Address:
    options = parse_qs(parts.query)
    unknown = sorted(set(options) - {"from", "to", "tls"})
    if unknown:
        raise Unaddressable("mail_option", found=", ".join(unknown))
    for name in ("from", "to"):
        if len(options.get(name, [])) != 1 or not _mailbox(options[name][0]):
            raise Unaddressable("mail_party", name=name)
    plain = options.get("tls", ["yes"]) == ["none"]
    if options.get("tls", ["none"]) != ["none"] or (plain and parts.scheme == "smtps"):
        raise Unaddressable("mail_tls")
    if plain and not loopback(parts.hostname or ""):
        raise Unaddressable("not_encrypted")
    return Address(kind="mail", url=parts._replace(fragment="").geturl())


def _mailbox(text: str) -> bool:
    name, at, domain = text.rpartition("@")
    return bool(name and at and domain) and not any(letter in text for letter in " ,;<>\"'\r\n\t")


def _other(parts: SplitResult) -> Address:
    if parts.scheme in BETTER_HERE:
        raise Unaddressable("better_here", scheme=parts.scheme, kind=BETTER_HERE[parts.scheme])
    if parts.scheme in LOCAL:
        raise Unaddressable("local_only", scheme=parts.scheme)
    return Address(kind="apprise", url=parts.geturl())


def loopback(host: str) -> bool:
    """Whether a host is this machine itself, so that nothing travels."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def without_keys(address: Address) -> Address:
    """An address as it may leave the house: whole if nothing in it can be a key, else with what can be left out.

    Whatever names the one who logs in to a mail server is taken for a key: with some services it is one.
    """
    parts = address.parts
    if address.kind == "terminal" or (address.kind == "mail" and "@" not in parts.netloc):
        return address
    host = parts.netloc.rpartition("@")[2]
    if address.kind == "mail":
        kept = parts._replace(netloc=f"{LEFT_OUT}@{host}", path="/").geturl()
    elif address.kind in POSTED:
        kept = f"{parts.scheme}://{host}/{LEFT_OUT}"
    else:
        kept = f"{parts.scheme}://{LEFT_OUT}"
    return Address(kind=address.kind, url=kept)


def masked(address: Address) -> str:
    """An address as it may be shown: the service and the host, none of its keys."""
    parts = address.parts
    if address.kind == "terminal":
        return "terminal:"
    if address.kind == "mail":
        name, _, domain = parse_qs(parts.query)["to"][0].rpartition("@")
        return f"{parts.scheme}://{parts.hostname} {name[:1]}…@{domain}"
    if address.kind in POSTED:
        return f"{address.kind}+{parts.scheme}://{parts.hostname}/…"
    return f"{parts.scheme}://…"
