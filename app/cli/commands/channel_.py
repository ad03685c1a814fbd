"""`headroom channel`: where a household is told."""

from typing import Final

import click

from app import delivering
from app.cli.desk import Desk
from app.cli.options import Misused, Unusable
from app.cli.program import command
from app.cli.views.post import channels, tried
from ledger.store.reader import Connection
from scheduler.channels.address import LONGEST_ADDRESS, Unaddressable

ACTIONS: Final = ("add", "remove", "test")


@command("channel")
@click.argument("household", metavar="HOUSEHOLD")
@click.argument("action", metavar="[add|remove|test]", required=False)
@click.argument("what", metavar="[ADDRESS|NAME]", required=False)
@click.option("--name", metavar="NAME")
@click.option("--kinds", metavar="K,K")
@click.pass_obj
def run(
    desk: Desk, household: str, *, action: str | None, what: str | None, name: str | None, kinds: str | None
) -> int:
    """Show a household's channels, or set, remove or try one."""
    if action is not None and action not in ACTIONS:
        raise Misused("channel.no_such_action", found=action, known=", ".join(ACTIONS))
    if action is not None and what is None:
        raise Misused("channel.what_missing", action=action)
    with desk.reading() as connection:
        match action, what:
            case "add", str():
                _add(desk, connection, household, what, name=name, kinds=_kinds(kinds))
            case "remove", str():
                desk.answer(delivering.remove_channel(connection, household, what, now=desk.world.now()), channels)
            case "test", str():
                return _try(desk, connection, household, what)
            case _:
                desk.answer(delivering.channels(connection, household), channels)
    return 0


def _add(
    desk: Desk, connection: Connection, household: str, what: str, *, name: str | None, kinds: tuple[str, ...]
) -> None:
    """Set a channel; `-` reads its address from standard input, so that no key stands on the command line."""
    text = desk.world.stdin.read(LONGEST_ADDRESS + 1).decode(errors="replace").strip() if what == "-" else what
    try:
        found = delivering.add_channel(connection, household, text, name=name, kinds=kinds, now=desk.world.now())
    except Unaddressable as refused:
        raise Unusable(f"channel.refused.{refused.code}", **refused.fields) from None
    desk.answer(found, channels)


def _try(desk: Desk, connection: Connection, household: str, name: str) -> int:
    found = delivering.try_channel(
        connection,
        household,
        name,
        language=desk.options.language,
        now=desk.world.now(),
        terminal=desk.world.stderr,
    )
    desk.answer(found, tried)
    return 0 if found.sent else 1


def _kinds(text: str | None) -> tuple[str, ...]:
    kinds = tuple(text.split(",")) if text else ()
    unknown = [kind for kind in kinds if kind not in delivering.KINDS]
    if unknown:
        raise Misused("channel.no_such_kind", found=", ".join(unknown), known=", ".join(delivering.KINDS))
    return kinds
