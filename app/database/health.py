"""What is installed, running, behind or wrong about the database, as facts; the words are the door's.

Shape: a finding is `ok` or names its remedy by a code. Texts for both stand with the other sentences of the door.
"""

import shutil
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final, LiteralString

import msgspec
import psycopg

from app.database.access import OLDEST_MAJOR, Access, reach
from app.database.connecting import connect
from app.database.errors import DatabaseUnreachable
from app.database.keeper import majors
from app.database.migration import database_revision, known_revisions, program_revision
from app.database.programs import MAJOR
from app.settings import Settings
from ledger.calendar import SECOND, moment
from scheduler.leader import LASTS_SECONDS

LEAST_FREE_BYTES: Final = 1 << 30
LONGEST_SECONDS: Final = 60
"""How long a writing transaction may run before it is named: readers that follow the log wait for it."""

SERVER: Final[LiteralString] = """
SELECT current_setting('server_version'),
       current_setting('fsync') = 'on' AND current_setting('full_page_writes') = 'on',
       pg_database_size(current_database()),
       (SELECT coalesce(sum(checksum_failures), 0)::bigint FROM pg_stat_database),
       current_setting('data_checksums') = 'on'
"""
HORIZON: Final[LiteralString] = """
SELECT pid::text, coalesce(nullif(application_name, ''), usename::text, '?'),
       extract(epoch FROM clock_timestamp() - xact_start)::bigint
FROM pg_stat_activity WHERE backend_xid IS NOT NULL AND pid <> pg_backend_pid()
UNION ALL
SELECT 'prepared ' || gid, owner::text, extract(epoch FROM clock_timestamp() - prepared)::bigint FROM pg_prepared_xacts
ORDER BY 3 DESC NULLS LAST LIMIT 1
"""
GUARD: Final[LiteralString] = """
SELECT has_table_privilege('headroom.event', 'UPDATE') OR has_table_privilege('headroom.event', 'DELETE')
    OR has_table_privilege('headroom.event', 'TRUNCATE')
"""

BEHIND: Final[LiteralString] = """
SELECT count(*) FROM headroom.event WHERE position > (SELECT position FROM readmodel.generation WHERE state = 'live')
"""
ASIDE: Final[LiteralString] = """
SELECT household, quarantine, count(*) OVER () FROM readmodel.household_now
WHERE quarantine IS NOT NULL AND slot = (SELECT slot FROM readmodel.generation WHERE state = 'live')
ORDER BY household LIMIT %s
"""
NAMED: Final = 20
"""Households that are named one by one."""

CLOCK: Final[LiteralString] = """
SELECT l.epoch, l.holder, l.swept_at, l.sweep_ms, clock.now() BETWEEN l.renewed_at AND l.renewed_at + %(lasts)s,
       count(a.*) FILTER (WHERE a.next_at < clock.now() - %(wait)s), count(a.*) FILTER (WHERE a.failures > 0),
       min(a.household) FILTER (WHERE a.failures > 0)
FROM clock.leader AS l LEFT JOIN clock.agenda AS a ON true
WHERE l.name = 'scheduler' GROUP BY l.name
"""
POST: Final[LiteralString] = """
SELECT (SELECT count(*) FROM clock.outbox WHERE state = 'waiting')
       + (SELECT count(*) FROM clock.delivery WHERE state = 'due'),
       (SELECT count(*) FROM clock.outbox AS o WHERE state = 'waiting'
        AND NOT EXISTS (SELECT FROM clock.channel AS c WHERE c.household = o.household)),
       (SELECT count(*) FROM clock.channel WHERE failing_since IS NOT NULL),
       (SELECT min(household) FROM clock.channel WHERE failing_since IS NOT NULL)
"""
LONGEST_WAIT: Final = 3_600_000_000
"""How long what is due may wait before it is named. Units: microseconds."""
Connection = psycopg.Connection[Any]


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One thing looked at. `remedy` is empty when all is well; `details` fill the texts of both codes."""

    code: str
    ok: bool
    details: dict[str, str] = msgspec.field(default_factory=dict)
    remedy: str = ""


def examine(settings: Settings) -> list[Finding]:
    """Everything about the database worth knowing, the program first. Changes nothing but may start the server."""
    findings = [_program()]
    if settings.database_url is None:
        findings += _disk(settings.home)
    try:
        with reach(settings) as access, connect(access.service, server=access.server) as connection:
            findings += _reached(access, connection)
    except DatabaseUnreachable as problem:
        findings.append(Finding(code=problem.code, ok=False, details=problem.details, remedy=problem.code))
    return findings


def _reached(access: Access, connection: Connection) -> list[Finding]:
    found = database_revision(connection)
    return [
        *_server(access, connection),
        *_keeper(access),
        _schema(found),
        *([_guard(connection)] if found else []),
        *([*_read_tables(connection), _clock(connection), _post(connection)] if found == program_revision() else []),
        _horizon(access),
    ]


def _read_tables(connection: Connection) -> list[Finding]:
    """How far the read tables follow the log, and each household that is set aside because it cannot be folded."""
    behind = connection.execute(BEHIND).fetchone()
    assert behind is not None
    aside = connection.execute(ASIDE, (NAMED,)).fetchall()
    count = str(aside[0][2] if aside else 0)
    details = {"behind": str(behind[0]), "aside": count, "named": str(len(aside))}
    told = [
        Finding(
            code="set_aside",
            ok=False,
            details={"household": household, "reason": reason},
            remedy="verify_household",
        )
        for household, reason, _ in aside
    ]
    return [Finding(code="read_tables", ok=not aside, details=details, remedy="see_set_aside" if aside else ""), *told]


def _clock(connection: Connection) -> Finding:
    """Who runs the clock, when it last looked, and what waits for it."""
    row = connection.execute(CLOCK, {"lasts": LASTS_SECONDS * SECOND, "wait": LONGEST_WAIT}).fetchone()
    assert row is not None
    epoch, holder, swept_at, sweep_ms, held, waiting, failed, first_failed = row
    details = {
        "leader": holder, "swept": f"{moment(swept_at):%Y-%m-%d %H:%M} UTC" if swept_at else "-",
        "ms": str(sweep_ms), "waiting": str(waiting),
        "failed": str(failed), "household": first_failed or "",
        "state": "never" if not epoch else "running" if held else "stopped",
    }  # fmt: skip
    if failed:
        return Finding(code="clock", ok=False, details=details, remedy="look_at_schedule")
    return Finding(code="clock", ok=not waiting, details=details, remedy="serve" if waiting else "")


def _post(connection: Connection) -> Finding:
    """What waits to be sent, how much of it for a first channel, and which channels fail."""
    row = connection.execute(POST).fetchone()
    assert row is not None
    waiting, unaddressed, failing, household = row
    details = {
        "waiting": str(waiting), "unaddressed": str(unaddressed), "failing": str(failing),
        "household": household or "",
    }  # fmt: skip
    return Finding(code="post", ok=not failing, details=details, remedy="mend_channel" if failing else "")


def _program() -> Finding:
    try:
        installed = version("headroom")
    except PackageNotFoundError:
        installed = "-"
    python = ".".join(map(str, sys.version_info[:3]))
    return Finding(
        code="program", ok=True, details={"version": installed, "python": python, "schema": program_revision()}
    )


def _disk(home: Path) -> list[Finding]:
    place = next(folder for folder in (home, *home.parents) if folder.exists())
    usage = shutil.disk_usage(place)
    enough = usage.free >= LEAST_FREE_BYTES
    details = {"home": str(home), "free_mb": str(usage.free >> 20), "needed_mb": str(LEAST_FREE_BYTES >> 20)}
    return [Finding(code="disk", ok=enough, details=details, remedy="" if enough else "free_space")]


def _server(access: Access, connection: Connection) -> list[Finding]:
    row = connection.execute(SERVER).fetchone()
    assert row is not None
    release, durable, size, failures, checked = row
    details = {
        "server": access.server, "version": release, "needed": str(OLDEST_MAJOR), "book_mb": str(size >> 20),
        "kind": "embedded" if access.embedded else "own",
    }  # fmt: skip
    return [
        Finding(code="server", ok=True, details=details),
        Finding(code="durable", ok=durable, remedy="" if durable else "turn_on_fsync"),
        Finding(
            code="checksums",
            ok=failures == 0,
            details={"failures": str(failures), "on": "yes" if checked else "no"},
            remedy="" if failures == 0 else "restore_backup",
        ),
    ]


def _keeper(access: Access) -> list[Finding]:
    if access.joined is None:
        return []
    running, home = access.joined.running, access.joined.home
    details = {"keeper": str(running.keeper), "postmaster": str(running.postmaster), "log": str(home.log)}
    older = [str(home.folder(major)) for major in majors(home) if major < MAJOR]
    kept = [Finding(code="older_data", ok=True, details={"folders": ", ".join(older)})] if older else []
    return [Finding(code="keeper", ok=True, details=details), *kept]


def _schema(found: str | None) -> Finding:
    needed = program_revision()
    details = {"found": found or "-", "needed": needed}
    if found == needed:
        return Finding(code="schema", ok=True, details=details)
    newer = found is not None and found not in known_revisions()
    return Finding(code="schema", ok=False, details=details, remedy="upgrade_program" if newer else "run_a_command")


def _guard(connection: Connection) -> Finding:
    row = connection.execute(GUARD).fetchone()
    assert row is not None
    return Finding(code="append_only", ok=not row[0], remedy="revoke_changes" if row[0] else "")


def _horizon(access: Access) -> Finding:
    """Who holds readers back. Only a superuser sees other logins' transactions; `seen` says how far we looked."""
    seen = "all" if access.superuser else "own"
    with connect(access.superuser or access.service, server=access.server) as connection:
        row = connection.execute(HORIZON).fetchone()
    if row is None:
        return Finding(code="horizon", ok=True, details={"seen": seen})
    pid, holder, seconds = row
    details = {"seen": seen, "pid": pid, "holder": holder, "seconds": str(seconds or 0)}
    held = (seconds or 0) > LONGEST_SECONDS
    return Finding(code="horizon", ok=not held, details=details, remedy="end_transaction" if held else "")
