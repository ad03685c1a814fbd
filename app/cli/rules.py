"""The ruleset a person names on the command line: a version, or a file of their own."""

from collections.abc import Iterator
from contextlib import contextmanager

from app.cli.options import Unusable
from app.rules import chosen_rules
from projections.ruleset import Ruleset


def chosen(wanted: str | None) -> Ruleset | None:
    """The rules of a version or of a file; None where none is named: those the household wishes to be judged by.

    Raises: NotFound; Unusable when the file is missing, cannot be read, or holds no rules.
    """
    if wanted is None:
        return None
    with usable(wanted):
        return chosen_rules(wanted)


@contextmanager
def usable(wanted: str) -> Iterator[None]:
    """Say of rules that cannot be used why. Raises: Unusable."""
    try:
        yield
    except FileNotFoundError:
        raise Unusable("file.missing", path=wanted) from None
    except OSError as problem:
        raise Unusable("file.unreadable", path=wanted, problem=str(problem.strerror)) from None
    except ValueError as problem:
        raise Unusable("check.bad_ruleset", path=wanted, problem=str(problem)) from None
