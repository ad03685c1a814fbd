"""Access to the book's database: who connects how, after making sure that it has the schema the program needs.

Commands connect as the service, which can append facts and change none; the migrator owns the schema. The embedded
server has a login for each; on a server of the caller's own, its one login takes the roles on.
"""

from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Final, LiteralString, Self, cast

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from app.database.cluster import read_passwords
from app.database.connecting import Connection, connect, undecided
from app.database.embedded import Joined, join
from app.database.errors import DatabaseUnreachable
from app.database.home import DATABASE, MIGRATOR, SERVICE, SUPERUSER
from app.database.migration import (
    database_revision,
    known_revisions,
    migrate,
    program_revision,
    schema_lock,
    stamp,
)
from app.settings import Settings

OLDEST_MAJOR: Final = 15
REJOINS: Final = 3
ROLES: Final = Path(__file__).parent / "roles.sql"
READY: Final[LiteralString] = """
SELECT current_setting('server_version_num')::integer, current_user::text, current_database()::text,
       coalesce((SELECT bool_or(pg_has_role(r.oid, 'MEMBER')) FROM pg_roles AS r WHERE r.rolname = %(service)s), false),
       coalesce((SELECT bool_or(pg_has_role(r.oid, 'MEMBER') AND has_database_privilege(r.oid, d.oid, 'CREATE'))
                 FROM pg_roles AS r, pg_database AS d
                 WHERE r.rolname = %(migrator)s AND d.datname = current_database()), false)
"""

READS: Final[LiteralString] = """
SELECT bool_or(pg_has_role(oid, 'MEMBER')) FROM pg_roles
WHERE rolname IN ('headroom_reader', 'headroom_household_reader')
"""


class Access:
    """How to connect to one book. Close it when done: the embedded server stops after its last user.

    Shape: `service`, `migrator` and `superuser` are libpq connection strings; the last two are None where the
    login may not take the role. `server` names the server for people, without secrets.
    """

    def __init__(
        self, *, service: str, migrator: str | None, superuser: str | None, server: str, joined: Joined | None = None
    ) -> None:
        self.service = service
        self.migrator = migrator
        self.superuser = superuser
        self.server = server
        self.joined = joined

    @property
    def embedded(self) -> bool:
        """Whether the server is the program's own."""
        return self.joined is not None

    def connect(self) -> Connection:
        """A connection as the service, in autocommit mode."""
        return connect(self.service, server=self.server)

    def close(self) -> None:
        """Leave the server."""
        if self.joined:
            self.joined.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_access(settings: Settings, *, now: int) -> Access:
    """Reach the book's database and bring it to the program's schema.

    Units: `now` in microseconds since the epoch; it names the backup made before a change of the schema.
    Raises: DatabaseUnreachable.
    """
    return _opened(settings, lambda access: prepare_schema(access, now=now))


def reach(settings: Settings) -> Access:
    """Reach the database with its roles in place, whatever its schema. Raises: DatabaseUnreachable."""
    return _opened(settings, lambda _: None)


def _opened(settings: Settings, prepare: Callable[[Access], None]) -> Access:
    """Reach the database and prepare it. An embedded server whose keeper was killed meanwhile is joined anew."""
    left = REJOINS
    while True:
        access = _own_server(settings.database_url) if settings.database_url else _joined(join(settings.home))
        try:
            if access.joined:
                _make_ready(access.joined, access)
            prepare(access)
        except (DatabaseUnreachable, psycopg.OperationalError):
            left_alone = access.joined is not None and not access.joined.alive
            access.close()
            if not (left_alone and left):
                raise
            left -= 1
        except BaseException:
            access.close()
            raise
        else:
            return access


def _joined(joined: Joined) -> Access:
    return Access(
        service=undecided(joined.conninfo(SERVICE)),
        migrator=undecided(joined.conninfo(MIGRATOR)),
        superuser=undecided(joined.conninfo(SUPERUSER)),
        server=f"{joined.home.root} (embedded)",
        joined=joined,
    )


def _make_ready(joined: Joined, access: Access) -> None:
    try:
        connect(access.service, server=access.server).close()
    except DatabaseUnreachable:
        _establish(joined, server=access.server)


def _establish(joined: Joined, *, server: str) -> None:
    """Make the database and the roles' logins where they are not there yet: the first start, or one cut short."""
    passwords = read_passwords(joined.home)
    with connect(undecided(joined.conninfo(SUPERUSER, database="postgres")), server=server) as connection:
        connection.execute("SELECT pg_advisory_lock(1214603621, 2)")
        if not connection.execute("SELECT FROM pg_database WHERE datname = %s", (DATABASE,)).rowcount:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))
        with connect(undecided(joined.conninfo(SUPERUSER)), server=server) as inside, inside.transaction():
            inside.execute(ROLES.read_text(encoding="utf-8"))
            for role in (MIGRATOR, SERVICE):
                secret = inside.pgconn.encrypt_password(passwords[role].encode(), role.encode(), b"scram-sha-256")
                inside.execute(sql.SQL("ALTER ROLE {} LOGIN PASSWORD {}").format(sql.Identifier(role), secret.decode()))


def _own_server(url: str) -> Access:
    given = {**_understood(url), "client_encoding": "utf8"}
    server = _named(given)
    with connect(make_conninfo(**given), server=server) as connection:
        version, user, database, may_serve, may_migrate = _standing(connection)
        if version // 10_000 < OLDEST_MAJOR:
            raise DatabaseUnreachable("server_too_old", server=server, found=version // 10_000, needed=OLDEST_MAJOR)
        if not may_serve and connection.execute(READS).fetchone() == (True,):
            raise DatabaseUnreachable("reads_only", server=server, user=user)
        if not (may_serve and may_migrate):
            problem = _take_roles(connection, user)
            version, user, database, may_serve, may_migrate = _standing(connection)
            if not may_serve:
                told = {"server": server, "user": user, "script": ROLES, "database": database}
                if problem is None:
                    raise DatabaseUnreachable("no_member", **told)
                raise DatabaseUnreachable("roles_missing", problem=problem, **told)
        superuser = connection.info.parameter_status("is_superuser") == "on"
    return Access(
        service=_as_role(given, SERVICE),
        migrator=_as_role(given, MIGRATOR) if may_migrate else None,
        superuser=make_conninfo(**given) if superuser else None,
        server=server,
    )


def _understood(url: str) -> dict[str, Any]:
    try:
        return conninfo_to_dict(url)
    except UnicodeEncodeError:
        raise DatabaseUnreachable("bad_url") from None
    except psycopg.ProgrammingError as error:
        message = str(error)
        if "://" in message or "password" in message:  # it may quote a password
            raise DatabaseUnreachable("bad_url") from None
        raise DatabaseUnreachable("bad_url_part", problem=f"{message.strip()}.") from None


def _named(given: dict[str, Any]) -> str:
    place = given.get("host") or given.get("hostaddr") or "the local socket"
    port = f":{given['port']}" if given.get("port") else ""
    return f"{place}{port}/{given.get('dbname') or given.get('user') or ''}"


def _standing(connection: Connection) -> tuple[int, str, str, bool, bool]:
    found = connection.execute(READY, {"service": SERVICE, "migrator": MIGRATOR}).fetchone()
    assert found is not None
    return cast("tuple[int, str, str, bool, bool]", found)


def _take_roles(connection: Connection, user: str) -> str | None:
    """Try to make the roles and take them on; otherwise what PostgreSQL says stood in the way, if it says anything."""
    try:
        with connection.transaction():
            connection.execute("SELECT set_config('headroom.login', %s, true)", (user,))
            connection.execute(ROLES.read_text(encoding="utf-8"))
    except psycopg.Error as error:
        return error.diag.message_primary or type(error).__name__
    return None


def _as_role(given: dict[str, Any], role: str) -> str:
    options = f"{given.get('options') or ''} -c role={role}".strip()
    return make_conninfo(**{**given, "options": options, "application_name": "headroom"})


def prepare_schema(access: Access, *, now: int) -> None:
    """Bring the schema to what the program needs, one process at a time, the embedded book after a backup.

    Raises: DatabaseUnreachable when the schema is newer than the program, or may not be changed.
    """
    with access.connect() as connection:
        found = database_revision(connection)
    if found == program_revision():
        return
    _refuse_newer(access, found)
    if access.migrator is None:
        raise _may_not_change(access, found)
    with schema_lock(access.migrator) as connection:
        found = database_revision(connection)
        _refuse_newer(access, found)
        if found == program_revision():
            return
        if found is not None and access.joined:
            from app.database.backup import write_backup  # noqa: PLC0415  # 20 ms of archives, wanted only here

            name = f"schema-{found}-{stamp(now)}.headroom"
            write_backup(connection, access.joined.home.backups / name, now=now)
        _renew_roles(access)
        migrate(access.migrator)


def _may_not_change(access: Access, found: str | None) -> DatabaseUnreachable:
    with access.connect() as connection:
        user, database = connection.info.user, connection.info.dbname
    if found is None:
        return DatabaseUnreachable("schema_missing", server=access.server, user=user, script=ROLES, database=database)
    needed = program_revision()
    return DatabaseUnreachable("schema_behind", server=access.server, found=found, needed=needed, user=user)


def _renew_roles(access: Access) -> None:
    """Make the roles that a newer schema gives rights to; where we may not, the schema's step says who should."""
    if access.superuser is not None:
        with connect(access.superuser, server=access.server) as connection:
            connection.execute(ROLES.read_text(encoding="utf-8"))


def _refuse_newer(access: Access, found: str | None) -> None:
    if found is not None and found not in known_revisions():
        raise DatabaseUnreachable("schema_newer", server=access.server, found=found, needed=program_revision())
