"""Receivers that misbehave: a web server and a mail server whose every answer a test decides."""

import json
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any

import msgspec
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

WEBHOOK_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


class Got(msgspec.Struct, frozen=True):
    """One request a receiver got."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


Behaviour = Callable[["Handler"], None]


class Receiver:
    """A web server: takes its behaviours one by one, and then keeps to the last."""

    def __init__(self, server: "Server") -> None:
        self._server = server
        self.address = f"http://127.0.0.1:{server.server_port}"

    @property
    def got(self) -> list[Got]:
        return self._server.got

    def behaves(self, *behaviours: Behaviour) -> None:
        self._server.behaviours = list(behaviours)

    @property
    def webhook(self) -> str:
        """Its address as a channel for Standard Webhooks."""
        return f"{self.address}/hook?token=s3cr3t-in-the-address#{WEBHOOK_SECRET}"


class Server(ThreadingHTTPServer):
    """The server, with what it got and how it is to behave."""

    daemon_threads = True
    block_on_close = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.got: list[Got] = []
        self.behaviours: list[Behaviour] = [answers(200)]
        self.closing = Event()


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    server: Server

    def do_POST(self) -> None:
        size = int(self.headers.get("Content-Length", 0))
        body = self.rfile.read(size)
        if len(body) < size:  # whoever sent it died in the middle
            return
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.got.append(Got(self.path, headers, body))
        behaviours = self.server.behaviours
        (behaviours.pop(0) if len(behaviours) > 1 else behaviours[0])(self)

    do_GET = do_POST  # noqa: N815  # the name the server calls

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # the library's own name
        """Say nothing."""

    def says(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in ({"Content-Length": str(len(body))} | headers).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


def answers(status: int, body: Any = None, **headers: str) -> Behaviour:
    """Answer with a status and a JSON body."""
    content = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
    return lambda handler: handler.says(status, content, {n.replace("_", "-"): v for n, v in headers.items()})


def is_silent(handler: Handler) -> None:
    """Take the request and say nothing."""
    handler.server.closing.wait(60)


def drips_headers(handler: Handler) -> None:
    """Begin an answer and never come to its end, a letter at a time."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Long: ")
    while not handler.server.closing.wait(0.05):
        try:
            handler.wfile.write(b"a")
        except OSError:
            return


def drips_body(handler: Handler) -> None:
    """Answer, and let the body come a letter at a time."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    while not handler.server.closing.wait(0.05):
        try:
            handler.wfile.write(b" ")
        except OSError:
            return


def hangs_up(handler: Handler) -> None:
    """Take the request and close the connection."""
    handler.close_connection = True


def floods(handler: Handler) -> None:
    """Answer with more than anybody wants to read."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n" + b'{"errcode": 0, "x": "')
    for _ in range(2000):
        try:
            handler.wfile.write(b"x" * 65536)
        except OSError:
            return


@contextmanager
def web_server(context: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    """A running web server, one that encrypts if it is given how."""
    server = Server()
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield Receiver(server)
    finally:
        server.closing.set()
        server.shutdown()
        server.server_close()
        thread.join()


class Letters:
    """What a mail server does with letters: what it says at a recipient and at the end of the data, one by one."""

    def __init__(self) -> None:
        self.got: list[bytes] = []
        self.at_recipient: list[str] = []
        self.at_end: list[str] = []
        self.hangs_up_after_data = False

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, to: str, options: Any) -> str:
        said = self.at_recipient.pop(0) if self.at_recipient else "250 OK"
        if said.startswith("250"):
            envelope.rcpt_tos.append(to)
        return said

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        assert isinstance(envelope.content, bytes)
        self.got.append(envelope.content)
        if self.hangs_up_after_data:
            self.hangs_up_after_data = False
            assert server.transport is not None
            server.transport.close()
        return self.at_end.pop(0) if self.at_end else "250 taken"


class MailServer(msgspec.Struct):
    """A running mail server."""

    letters: Letters
    port: int

    @property
    def address(self) -> str:
        return f"smtp://127.0.0.1:{self.port}/?from=headroom@example.org&to=lin@example.com&tls=none"


@contextmanager
def mail_server(**options: Any) -> Iterator[MailServer]:
    """A running mail server."""
    letters = Letters()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(letters, hostname="127.0.0.1", port=port, **options)
    controller.start()
    try:
        yield MailServer(letters, port)
    finally:
        controller.stop()


def waited(until: Callable[[], bool], *, seconds: float = 10.0) -> bool:
    """Wait until something has come true."""
    deadline = time.monotonic() + seconds
    while not until():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True
