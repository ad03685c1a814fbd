"""How a household wishes to be told, and by which rules it is judged: a row of its own, else what is usual."""

from typing import Any, Final, LiteralString

import msgspec

from ledger.store.reader import Connection
from projections.ruleset import CURRENT, Ruleset, chosen, overridden, ruleset
from scheduler.wording import Language


class Wishes(msgspec.Struct, frozen=True, kw_only=True):
    """How a household wishes to be told.

    Shape: `quiet` is None for a household that may always be disturbed.
    Units: `quiet` from and until in minutes of the local day; `due_days` before a payment is due.
    """

    language: Language = "en"
    quiet: tuple[int, int] | None = (22 * 60, 7 * 60)
    due_days: tuple[int, ...] = (3,)
    ruleset: str = CURRENT


USUAL: Final = Wishes()
OWN: Final = "+"
"""What the name of a household's own rules has in it."""
READ: Final[LiteralString] = """
SELECT household, language, quiet_from, quiet_until, due_days, ruleset
FROM clock.setting WHERE household = ANY(%s)
"""
WRITE: Final[LiteralString] = """
INSERT INTO clock.setting (household, language, quiet_from, quiet_until, due_days, ruleset, updated_at)
VALUES (%(household)s, %(language)s, %(quiet_from)s, %(quiet_until)s, %(due_days)s, %(ruleset)s, %(now)s)
ON CONFLICT (household) DO UPDATE SET language = excluded.language, quiet_from = excluded.quiet_from,
    quiet_until = excluded.quiet_until, due_days = excluded.due_days, ruleset = excluded.ruleset,
    updated_at = excluded.updated_at
"""
RULESET: Final[LiteralString] = "SELECT based_on, overrides FROM clock.ruleset WHERE household = %s AND name = %s"
LAY: Final[LiteralString] = """
INSERT INTO clock.ruleset (household, name, based_on, overrides, since) VALUES (%s, %s, %s, %s, %s)
ON CONFLICT (household, name) DO NOTHING
"""


def wishes(connection: Connection, households: list[str]) -> dict[str, Wishes]:
    """What some households wish; those that said nothing are left out."""
    return {
        household: Wishes(
            language=language,
            quiet=None if begins is None else (begins, ends),
            due_days=tuple(due_days),
            ruleset=rules,
        )
        for household, language, begins, ends, due_days, rules in connection.execute(READ, (households,))
    }


def wish(connection: Connection, household: str, wanted: Wishes, *, now: int) -> None:
    """Keep what a household wishes."""
    begins, ends = wanted.quiet or (None, None)
    told = {"household": household, "language": wanted.language, "quiet_from": begins, "quiet_until": ends}
    days = list(wanted.due_days)
    connection.execute(WRITE, {**told, "due_days": days, "ruleset": wanted.ruleset, "now": now})


def lay_down(connection: Connection, household: str, based_on: str, overrides: dict[str, Any], *, now: int) -> str:
    """Keep a household's own numbers for good; the name of the rules they make. Raises: NotFound, ValueError."""
    name = chosen(based_on, overrides).name
    if overrides:
        connection.execute(LAY, (household, name, based_on, msgspec.json.encode(overrides).decode(), now))
    return name


def rules_of(connection: Connection, household: str, name: str) -> Ruleset:
    """The rules of a name: a version, or one with the household's own numbers over it. Raises: NotFound."""
    found = connection.execute(RULESET, (household, name)).fetchone() if OWN in name else None
    return ruleset(name) if found is None else overridden(found[0], found[1])
