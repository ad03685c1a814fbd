"""`headroom explain`."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import click
import msgspec

from app.cli import asking
from app.cli.desk import Desk
from app.cli.evidence.made import evidence_form, made
from app.cli.files import write_whole
from app.cli.options import Misused, Unusable
from app.cli.program import command
from app.cli.views.comparison import comparison
from app.cli.views.explain import explain, letter_alone
from app.evidence import gather
from app.explaining import Asked, compared, explained
from app.listing import history
from ledger.calendar import When
from projections.explanation.shape import Explanation


@command("explain")
@click.argument("household", metavar="HOUSEHOLD")
@click.option("--line", metavar="L", required=True)
@click.option("--change", metavar="ID")
@click.option("--since", metavar="T")
@click.option("--until", metavar="T")
@asking.known_at_option()
@asking.known_at_option("--then")
@click.option("--letter", is_flag=True)
@click.option("--evidence", metavar="FILE")
@click.option("--whole", is_flag=True)
@click.option("--texts", is_flag=True)
@click.pass_obj
def run(
    desk: Desk,
    /,
    household: str,
    *,
    then: str | None,
    letter: bool,
    evidence: str | None,
    whole: bool,
    texts: bool,
    line: str,
    **window: str | None,
) -> None:
    """Show why a line's available credit moved, over a change or a window."""
    form = evidence_form(evidence, disclosing=whole or texts)
    if letter and (then is not None or evidence is not None):
        raise Misused("usage.letter_alone")
    time = asking.times(desk, household)
    asked = _asked(time, household, line, **window)
    if then is not None:
        _compare(desk, household, asked, then=time("--then", then), evidence=evidence)
        return
    language, now = desk.options.language, desk.world.now()
    with desk.reading() as connection:
        answered = partial(explained, connection, household, asked, now=now, language=language)
        found = answered()
        if evidence is not None:
            disclosed = found if texts else answered(revealed=False)
            pack = gather(connection, disclosed, language=language, now=now, whole=whole, texts=texts)
            write_whole(Path(evidence), made(form, desk.texts, pack))
            desk.note(desk.texts.say("evidence.written", path=evidence))
    if letter:
        _write_letter(desk, found)
    else:
        desk.answer(found, explain)


def _asked(
    time: Callable[[str, str | None], When | None],
    household: str,
    line: str,
    *,
    change: str | None,
    since: str | None,
    until: str | None,
    known_at: str | None,
) -> Asked:
    """Which change or window is meant, if one is named. Raises: Misused for both, or half a window."""
    if (since is None) != (until is None) or (change is not None and since is not None):
        raise Misused("usage.window", household=household, line=line)
    return Asked(
        line=line,
        change=change,
        since=time("--since", since),
        until=time("--until", until),
        known_at=time("--known-at", known_at),
    )


def _write_letter(desk: Desk, found: Explanation) -> None:
    """Write the letter as it can be sent, in the language asked for; to a program, in both. Raises: Unusable."""
    ready = next((step.letter for step in found.next_steps if step.letter is not None), None)
    if ready is None:
        raise Unusable("explain.no_letter")
    desk.answer(ready, letter_alone)


def _compare(desk: Desk, household: str, asked: Asked, *, then: When | None, evidence: str | None) -> None:
    """Show the answer as known then beside the one now. Raises: Misused."""
    assert then is not None
    if evidence is not None:
        raise Misused("usage.evidence_then")
    with desk.reading() as connection:
        found = compared(connection, household, asked, then=then, now=desk.world.now(), language=desk.options.language)
        facts = history(connection, household)["facts"]
    later = set(found.later)
    told = {one["id"]: one for one in facts if one["id"] in later}
    desk.answer(found if desk.options.json else {**msgspec.structs.asdict(found), "told": told}, comparison)
