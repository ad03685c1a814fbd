"""The program's own log: one wide line per unit of work, at the edges, and nothing unless it is asked for.

Shape: JSON lines on standard error with a constant snake_case name, ids, counts, `duration_ms` and the outcome. Never
amounts, never texts or names of people.
"""

from collections.abc import Mapping
from typing import Protocol, TextIO, TypeAlias

Value: TypeAlias = str | int | bool | None


class Log(Protocol):
    """Where lines go."""

    def __call__(self, name: str, facts: Mapping[str, Value]) -> None:
        """Write one line."""
        ...


def silence(name: str, facts: Mapping[str, Value]) -> None:
    """The log of a program that nobody asked to log."""


def open_log(stream: TextIO, *, wanted: bool) -> Log:
    """A log that writes to a stream, or none at all."""
    if not wanted:
        return silence
    import structlog  # noqa: PLC0415  # a fifth of a short command's time, and most commands log nothing

    logger = structlog.wrap_logger(
        structlog.PrintLogger(stream),
        processors=[
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
    )

    def write(name: str, facts: Mapping[str, Value]) -> None:
        logger.info(name, **facts)

    return write
