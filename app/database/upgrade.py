"""Moving the embedded data folder to the next PostgreSQL major."""

import shutil

from app.database.cluster import keep_folder, last_line, make_folder, secret_file, socket_folder, start_server
from app.database.errors import DatabaseUnreachable
from app.database.home import SUPERUSER, Home
from app.database.programs import Programs


def upgrade_data_folder(home: Home, *, older: Programs, newer: Programs) -> None:
    """Copy the older major's data folder into a new one of the newer major.

    The old folder is only read (pg_upgrade's copy mode), so it is the backup: it stays where it is until somebody
    removes it. The new one gets its name last, so that a crash on the way leaves the old one in force.

    Raises: DatabaseUnreachable; the old folder is unchanged.
    """
    _end_cleanly(home, older)
    unfinished = make_folder(home, newer)
    socket = socket_folder(home, newer.user)
    content = home.passwords.read_text(encoding="ascii")
    with secret_file(home.data / "upgrade.secret", content, user=newer.user) as passwords:
        answer = newer.run(
            "pg_upgrade", "--old-bindir", str(older.folder), "--new-bindir", str(newer.folder),
            "--old-datadir", str(home.folder(older.major)), "--new-datadir", str(unfinished),
            "--username", SUPERUSER, "--socketdir", str(socket), "--copy",
            cwd=unfinished, environment={"PGPASSFILE": str(passwords)},
        )  # fmt: skip
    shutil.rmtree(socket, ignore_errors=True)
    said = (answer.stdout + answer.stderr).strip()
    if answer.returncode != 0:
        with home.log.open("a", encoding="utf-8") as log:
            log.write(said + "\n")
        raise DatabaseUnreachable(
            "upgrade_failed", folder=home.folder(older.major), major=newer.major, problem=last_line(said), log=home.log
        )
    (unfinished / "delete_old_cluster.sh").unlink(missing_ok=True)
    keep_folder(unfinished)


def _end_cleanly(home: Home, older: Programs) -> None:
    """Let the old server recover from a crash, which pg_upgrade refuses to do."""
    socket = socket_folder(home, older.user)
    start_server(home, older, socket=socket).stop()
    shutil.rmtree(socket, ignore_errors=True)
