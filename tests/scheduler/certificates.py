"""Certificates for the receivers of tests: from an authority of the test's own, and wrong in every way that matters."""

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import trustme

HOST: Final = "localhost"
FAULTS: Final = ("wrong_host", "unknown_authority", "expired", "not_yet_valid")


class Authority:
    """An authority. Shape: `file` holds its own certificate, as a setting would name it."""

    def __init__(self, folder: Path) -> None:
        self._ca = trustme.CA()
        self.file = folder / "authority.pem"
        self._ca.cert_pem.write_to_path(str(self.file))

    def certificate(self, fault: str = "") -> ssl.SSLContext:
        """How a server encrypts that has a certificate of this authority, or one with a fault."""
        now = datetime.now(tz=UTC)
        match fault:
            case "wrong_host":
                leaf = self._ca.issue_cert("mail.example.org")
            case "unknown_authority":
                leaf = trustme.CA().issue_cert(HOST)
            case "expired":
                leaf = self._ca.issue_cert(HOST, not_before=now - timedelta(days=90), not_after=now - timedelta(days=1))
            case "not_yet_valid":
                leaf = self._ca.issue_cert(HOST, not_before=now + timedelta(days=1))
            case _:
                leaf = self._ca.issue_cert(HOST)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        leaf.configure_cert(context)
        return context
