"""Answers worked out once: a check asks a line the same about the same day many times over.

What the answers are of tells when something changed. Then it begins a new collection and leaves the old one to those
that were forked off before and still are as they were.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, Final, Protocol, TypeAlias, TypeVar, cast

Asked: TypeAlias = tuple[Any, ...]
"""What was asked: the name of the question, and what it was asked for."""
_UNASKED: Final = object()


class Answering(Protocol):
    """What answers questions. Shape: `changes` grows with whatever may change an answer; `answers_of` is its number
    when `answers` began.
    """

    answers: dict[Asked, Any]
    answers_of: int
    changes: int


_Question = TypeVar("_Question", bound=Callable[..., Any])


def asked_once(question: _Question) -> _Question:
    """A question that is worked out again only after something changed. Shape: what it is asked for, it is by place."""
    name = question.__name__

    @wraps(question)
    def answered(self: Answering, *asked: int) -> Any:
        if self.answers_of != self.changes:
            self.answers, self.answers_of = {}, self.changes
        key = (name, *asked)
        found = self.answers.get(key, _UNASKED)
        if found is _UNASKED:
            found = self.answers[key] = question(self, *asked)
        return found

    return cast("_Question", answered)
