"""By which rules a household is judged: a version, a file laid over one, or those it wishes."""

import tomllib
from pathlib import Path
from typing import Any

from ledger.store.reader import Connection
from projections.ruleset import CURRENT, Ruleset, chosen
from scheduler import wishes


def chosen_rules(wanted: str) -> Ruleset:
    """The rules of a version, or those of a file.

    Raises: NotFound for an unknown version; ValueError, OSError for a file that cannot be read or lays over nothing.
    """
    return chosen(*own_rules(wanted))


def own_rules(wanted: str) -> tuple[str, dict[str, Any]]:
    """A version of the rules, and what a file lays over it: `based_on` names the version, the rest is laid over.

    Raises: ValueError, OSError for a file that cannot be read.
    """
    if not wanted.endswith(".toml"):
        return wanted, {}
    own = tomllib.loads(Path(wanted).read_text(encoding="utf-8"))
    return str(own.pop("based_on", CURRENT)), own


def usual_rules(connection: Connection, household: str) -> Ruleset:
    """The rules a household wishes to be judged by, the current ones if it wishes none. Raises: NotFound."""
    wished = wishes.wishes(connection, [household]).get(household, wishes.USUAL)
    return wishes.rules_of(connection, household, wished.ruleset)
