"""`headroom plan`."""

from fractions import Fraction

import click
import msgspec

from app import planning
from app.cli import asking, rules
from app.cli.desk import Desk
from app.cli.options import Misused, Unusable
from app.cli.program import command
from app.cli.views.plan import missing, plan
from app.listing import timeline
from ledger.money import RATE_DIGITS, RATE_UNIT, scaled
from projections.planning.floors import FloorUnknown, Request
from projections.planning.plan import LONGEST
from projections.planning.shape import PlanAnswer


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """The words of the command line."""

    household: str
    budget: str
    floor: str | None
    floor_amount: str | None
    months: str | None
    at: str | None
    known_at: str | None
    ruleset: str | None


@command("plan")
@click.argument("household", metavar="HOUSEHOLD")
@click.option("--budget", required=True, metavar="AMOUNT")
@click.option("--floor", metavar="MONTHS")
@click.option("--floor-amount", metavar="AMOUNT")
@click.option("--months", metavar="N")
@click.option("--at", metavar="T")
@asking.known_at_option()
@click.option("--ruleset", metavar="R")
@click.pass_obj
def run(desk: Desk, /, **words: str | None) -> None:
    """Show which debt gets how much in which month, beside the usual ways of paying."""
    asked = msgspec.convert(words, Asked)
    if asked.floor is not None and asked.floor_amount is not None:
        raise Misused("usage.one_floor")
    desk.answer(_found(desk, asked), plan)


def _found(desk: Desk, asked: Asked) -> PlanAnswer:
    time = asking.times(desk, asked.household)
    at, known_at = time("--at", asked.at), time("--known-at", asked.known_at)
    chosen = rules.chosen(asked.ruleset)
    with desk.reading() as connection:
        currency = timeline(connection, asked.household).currency
        request = Request(
            budget=asking.amount("--budget", asked.budget, currency),
            floor_months=_months(asked.floor),
            floor_amount=None
            if asked.floor_amount is None
            else asking.amount("--floor-amount", asked.floor_amount, currency),
            count=None
            if asked.months is None
            else asking.count("--months", asked.months, usual=LONGEST, least=1, most=LONGEST),
        )
        try:
            return planning.plan(
                connection, asked.household, request, rules=chosen, now=desk.world.now(), at=at, known_at=known_at
            )
        except FloorUnknown as unknown:
            raise Unusable(
                "plan.floor_unknown", missing=desk.texts.say("plan.and").join(missing(desk.texts, unknown.missing))
            ) from None


def _months(text: str | None) -> Fraction | None:
    if text is None:
        return None
    try:
        months = Fraction(scaled(text, RATE_DIGITS), RATE_UNIT)
    except ValueError:
        raise Misused("usage.not_months", option="--floor", found=text) from None
    if months < 0:
        raise Misused("usage.not_months", option="--floor", found=text)
    return months
