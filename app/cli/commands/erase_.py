"""`headroom erase`: take personal texts out of the book for good."""

import re
from typing import Final

import click

from app.cli.desk import Desk
from app.cli.options import Misused
from app.cli.program import command
from app.cli.views.state import erased
from ledger.store.erasure import erase, rewrite

_FACT: Final = re.compile(r"([^:]+):([0-9]{1,9})")


@command("erase")
@click.argument("fact", metavar="FACT")
@click.option("--all", "whole", is_flag=True)
@click.pass_obj
def run(desk: Desk, fact: str, *, whole: bool) -> None:
    """Erase the texts of one fact, or with --all those of a household."""
    named = _FACT.fullmatch(fact)
    if (named is None) is not whole:
        raise Misused("usage.fact_or_all", found=fact)
    household, version = (named[1], int(named[2])) if named else (fact, None)
    with desk.book() as book:
        with book.reading() as connection:
            found = erase(connection, household, version=version)
        owner = book.access.migrator if found else None
        if owner is not None:
            rewrite(owner)
    desk.answer({"erased": found, "rewritten": owner is not None}, erased)
