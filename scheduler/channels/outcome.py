"""What became of one attempt to send."""

from typing import Final, Literal

import msgspec


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """How an attempt ended: sent, to be tried again later, or never to succeed as it is.

    Shape: `code` is a name under `outcome` in the texts; `detail` is a number the receiver gave, the kind of an
    error or the name of a setting, and never the receiver's own words: those may repeat a token.
    Units: `after_seconds` is how long the receiver asked us to wait.
    """

    state: Literal["sent", "later", "never"]
    code: str
    detail: str = ""
    after_seconds: int | None = None


SENT: Final = Outcome(state="sent", code="taken")


def later(code: str, detail: object = "", *, after_seconds: int | None = None) -> Outcome:
    """Not sent, as far as can be told; worth another attempt."""
    return Outcome(state="later", code=code, detail=str(detail), after_seconds=after_seconds)


def never(code: str, detail: object = "") -> Outcome:
    """Not sent, and another attempt would end the same."""
    return Outcome(state="never", code=code, detail=str(detail))
