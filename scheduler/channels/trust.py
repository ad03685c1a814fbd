"""Why an encrypted connection was not trusted, as far as that tells what would mend it."""

import ssl
from typing import Final

from scheduler.channels.outcome import Outcome, later

REASONS: Final = {
    9: "not_yet_valid",
    10: "expired",
    2: "unknown_authority", 18: "unknown_authority", 19: "unknown_authority",
    20: "unknown_authority", 21: "unknown_authority",
    62: "wrong_host", 64: "wrong_host",
}  # fmt: skip
"""What a certificate was refused for. Source: OpenSSL, X509_STORE_CTX_get_error(3)."""


def untrusted(error: ssl.SSLError | None, *, authorities: str) -> Outcome:
    """Nothing was sent, for the receiver did not prove who it is; it may, once somebody has mended that.

    Shape: `authorities` names the setting of the environment from which the authorities that count are read.
    """
    found = error.verify_code if isinstance(error, ssl.SSLCertVerificationError) else None
    code = REASONS.get(found or 0, "untrusted")
    return later(code, authorities if code == "unknown_authority" else "")
