"""`headroom what-if`."""

from collections.abc import Mapping
from typing import Final, get_args

import click

from app import planning
from app.cli import asking, rules
from app.cli.desk import Desk
from app.cli.options import Misused
from app.cli.program import command
from app.cli.views.what_if import what_if
from app.listing import timeline
from projections.what_if import Kind, Supposed

_NEEDED: Final[dict[Kind, tuple[str, ...]]] = {
    "draw": ("line", "amount"), "repay": ("line", "amount"), "freeze": ("line",), "income": ("monthly",)
}  # fmt: skip
_ALLOWED: Final[dict[Kind, tuple[str, ...]]] = {"draw": ("account",), "repay": ("account",), "freeze": (), "income": ()}


@command("what-if")
@click.argument("household", metavar="HOUSEHOLD")
@click.argument("kind", metavar="draw|repay|freeze|income")
@click.argument("values", metavar="NAME=VALUE", nargs=-1)
@click.option("--at", metavar="T")
@asking.known_at_option()
@click.option("--ruleset", metavar="R")
@click.pass_obj
def run(
    desk: Desk,
    *,
    household: str,
    kind: str,
    values: tuple[str, ...],
    at: str | None,
    known_at: str | None,
    ruleset: str | None,
) -> None:
    """Show every indicator before and after something that has not happened; write nothing."""
    wanted = _kind(kind)
    given = _given(wanted, asking.pairs(values))
    time = asking.times(desk, household)
    moment, knowing = time("--at", at), time("--known-at", known_at)
    chosen = rules.chosen(ruleset)
    with desk.reading() as connection:
        supposed = _supposed(wanted, given, timeline(connection, household).currency)
        found = planning.supposing(
            connection, household, supposed, rules=chosen, now=desk.world.now(), at=moment, known_at=knowing
        )
    desk.answer(found, what_if)


def _kind(word: str) -> Kind:
    for kind in get_args(Kind):
        if kind == word:
            found: Kind = kind
            return found
    raise Misused("usage.no_such_supposition", found=word, known=", ".join(get_args(Kind)))


def _given(kind: Kind, given: Mapping[str, str]) -> Mapping[str, str]:
    for name in _NEEDED[kind]:
        if name not in given:
            raise Misused("usage.missing", name=f"{name}=", command="headroom what-if")
    for name in given:
        if name not in _NEEDED[kind] + _ALLOWED[kind]:
            known = ", ".join(f"{one}=" for one in _NEEDED[kind] + _ALLOWED[kind])
            raise Misused("usage.no_such_value", found=name, known=known)
    return given


def _supposed(kind: Kind, given: Mapping[str, str], currency: str) -> Supposed:
    name = "monthly" if kind == "income" else "amount"
    amount = asking.amount(name, given[name], currency) if name in given else None
    if amount == 0 and kind != "income":
        raise Misused("usage.not_an_amount", option=name, found=given[name], currency=currency)
    return Supposed(kind=kind, line=given.get("line"), amount=amount, account=given.get("account"))
