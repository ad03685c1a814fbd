"""A wire between a client and the database that can be cut just before an answer arrives."""

import select
import shutil
import socket
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from tests.postgres import PORT

SOCKET = f".s.PGSQL.{PORT}"


class Wire:
    """Carries connections to a server's socket. Once told, it loses the answer to what holds some words."""

    def __init__(self, server: Path) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="hr-wire-", dir="/tmp"))
        self.cuts = 0
        self._words: bytes | None = None
        self._server = server
        self._listening = socket.socket(socket.AF_UNIX)
        self._listening.bind(str(self.folder / SOCKET))
        self._listening.listen()
        threading.Thread(target=self._accept, daemon=True).start()

    def lose_the_answer_to(self, words: bytes) -> None:
        """Cut the connection that asks this next, once the server has answered."""
        self._words = words

    def close(self) -> None:
        """Take the wire away."""
        self._listening.close()
        shutil.rmtree(self.folder)

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                server = socket.socket(socket.AF_UNIX)
                server.connect(str(self._server / SOCKET))
                threading.Thread(target=self._carry, args=(client, server), daemon=True).start()

    def _carry(self, client: socket.socket, server: socket.socket) -> None:
        ends, lost = {client: server, server: client}, False
        with client, server, suppress(OSError):
            while True:
                for end in select.select(list(ends), [], [])[0]:
                    said = end.recv(1 << 16)
                    if not said:
                        return
                    if end is server and lost:
                        self.cuts += 1
                        return
                    if end is client and self._words is not None and self._words in said:
                        self._words, lost = None, True
                    ends[end].sendall(said)


@contextmanager
def wired(conninfo: str) -> Iterator[tuple[Wire, str]]:
    """A wire to a database, and how to connect through it."""
    wire = Wire(Path(str(conninfo_to_dict(conninfo)["host"])))
    try:
        yield wire, make_conninfo(conninfo, host=str(wire.folder))
    finally:
        wire.close()
