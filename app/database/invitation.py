"""What the keeper of the embedded server says to the commands that want to join it."""

import msgspec


class Running(msgspec.Struct, frozen=True, kw_only=True):
    """How to join a running server: what the keeper writes into its lock file once the server is ready."""

    keeper: int
    postmaster: int
    socket: str


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What the keeper tells the command that started it; an empty code when all is well."""

    code: str = ""
    details: dict[str, str] = msgspec.field(default_factory=dict)
