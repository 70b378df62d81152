"""A loopback world: the hosts of all sources behind one TLS server and one CONNECT proxy, with data from arrays.

Nothing of the project or of its clients is patched: a child process finds the proxy and the certificate authority in
its environment. A host that is not served is refused and stays in the log, so nothing can reach the network unseen.
"""

from __future__ import annotations

import contextlib
import re
import socket
import ssl
import struct
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import parse_qs, unquote, urlsplit

import trustme

from tests.loopback import replies

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.loopback.replies import World

HOSTS = (
    "query1.finance.yahoo.com",
    "query2.finance.yahoo.com",
    "fc.yahoo.com",
    "guce.yahoo.com",
    "consent.yahoo.com",
    "finance.yahoo.com",
    "fred.stlouisfed.org",
    "home.treasury.gov",
    "markets.newyorkfed.org",
)
CONTENT_TYPES = {
    "fred.stlouisfed.org": "application/csv",
    "home.treasury.gov": "text/csv",
    "markets.newyorkfed.org": "application/json",
}
UNSET = ("NO_PROXY", "no_proxy", "ALL_PROXY", "all_proxy", "https_proxy", "http_proxy", "HTTP_PROXY")
_BACKLOG = 64
_TUNNEL_BYTES = 65_536


@dataclass(slots=True)
class Reply:
    """What the server is about to send; a fault may change any of it.

    Parameters
    ----------
    manner : {"whole", "cut", "reset", "hang", "trickle", "unsized"}
        How it is sent; "cut" promises the whole body and sends half, "unsized" does not say how long it is.
    """

    status: int = 200
    content_type: str = "text/plain"
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    manner: str = "whole"


@dataclass(slots=True)
class Fault:
    """Change the first `times` replies to requests whose ``host/path?query`` matches `where`."""

    where: str
    change: Callable[[Reply], None]
    times: int = 1_000_000


def status(code: int, body: bytes = b"", content_type: str = "text/html") -> Callable[[Reply], None]:
    """Answer with this status."""

    def change(reply: Reply) -> None:
        reply.status, reply.body, reply.content_type = code, body, content_type

    return change


def body(new: bytes | Callable[[bytes], bytes], content_type: str = "") -> Callable[[Reply], None]:
    """Answer 200 with another body, or with the right one changed."""

    def change(reply: Reply) -> None:
        reply.body = new(reply.body) if callable(new) else new
        reply.content_type = content_type or reply.content_type

    return change


def manner(name: str) -> Callable[[Reply], None]:
    """Send the right answer in a wrong manner."""

    def change(reply: Reply) -> None:
        reply.manner = name

    return change


class Loopback:
    """The server and its proxy; a context manager.

    Parameters
    ----------
    world : World
        The numbers served.
    folder : Path
        Where the certificate authority's public certificate is written.
    """

    def __init__(self, world: World, folder: Path) -> None:
        self.world = world
        self.faults: list[Fault] = []
        self.requests: list[str] = []
        self.connected: list[str] = []
        self.stopping = threading.Event()
        self._lock = threading.Lock()
        authority = trustme.CA()
        self._ca = folder / "loopback-ca.pem"
        authority.cert_pem.write_to_path(str(self._ca))
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._tls.set_alpn_protocols(["http/1.1"])
        authority.issue_cert(*HOSTS).configure_cert(self._tls)
        self._server = _Server(self)
        self._proxy = socket.create_server(("127.0.0.1", 0), backlog=_BACKLOG)

    @property
    def environment(self) -> dict[str, str]:
        """What a child process needs in its environment."""
        proxy = f"http://127.0.0.1:{self._proxy.getsockname()[1]}"
        ca = str(self._ca)
        return {"HTTPS_PROXY": proxy, "SSL_CERT_FILE": ca, "CURL_CA_BUNDLE": ca, "REQUESTS_CA_BUNDLE": ca}

    @property
    def hosts(self) -> set[str]:
        """Every host that was asked for, served or not."""
        return set(self.connected)

    def asked(self, pattern: str) -> list[str]:
        """Return the requests whose ``host/path?query`` matches."""
        return [line for line in self.requests if re.search(pattern, line)]

    def fail(self, where: str, change: Callable[[Reply], None], times: int = 1_000_000) -> None:
        """Add a fault."""
        self.faults.append(Fault(where, change, times))

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *exc: object) -> None:
        self.stopping.set()
        self._proxy.close()
        self._server.shutdown()
        self._server.server_close()

    def reply_to(self, host: str, target: str) -> Reply:
        """Return the answer to a request, faults applied."""
        line = f"{host}{unquote(target)}"
        reply = route(self.world, host, target)
        with self._lock:
            self.requests.append(line)
            for fault in self.faults:
                if fault.times > 0 and re.search(fault.where, line):
                    fault.times -= 1
                    fault.change(reply)
        return reply

    def _accept(self) -> None:
        while not self.stopping.is_set():
            try:
                client, _ = self._proxy.accept()
            except OSError:
                return
            threading.Thread(target=self._tunnel, args=(client,), daemon=True).start()

    def _tunnel(self, client: socket.socket) -> None:
        """Answer one CONNECT, then carry bytes both ways."""
        with client:
            head = b""
            while b"\r\n\r\n" not in head:
                part = client.recv(_TUNNEL_BYTES)
                if not part:
                    return
                head += part
            match = re.match(rb"CONNECT ([^: ]+):443 ", head)
            host = match[1].decode() if match else head.split(b"\r\n")[0].decode("latin-1")
            with self._lock:
                self.connected.append(host)
            if host not in HOSTS:
                client.sendall(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
                return
            with socket.create_connection(self._server.server_address[:2]) as server:
                client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
                back = threading.Thread(target=_carry, args=(server, client), daemon=True)
                back.start()
                _carry(client, server)
                back.join()


def _carry(source: socket.socket, target: socket.socket) -> None:
    """Carry bytes one way; an end on one side is an end on the other, a reset on one side breaks both."""
    try:
        while part := source.recv(_TUNNEL_BYTES):
            target.sendall(part)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        for end in (source, target):
            with contextlib.suppress(OSError):
                end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                end.shutdown(socket.SHUT_RDWR)


class _Server(ThreadingHTTPServer):
    """TLS is spoken in the thread of each connection, so a silent client holds up nobody."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, loopback: Loopback) -> None:
        self.loopback = loopback
        super().__init__(("127.0.0.1", 0), _Handler)

    def finish_request(self, request: Any, client_address: Any) -> None:
        try:
            with self.loopback._tls.wrap_socket(request, server_side=True) as secure:
                super().finish_request(secure, client_address)
        except OSError:
            return

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: broken connections are the point."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name in the base class
        """Say nothing."""

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", "0")))
        self._answer()

    def _answer(self) -> None:
        loopback = self.server.loopback
        reply = loopback.reply_to(self.headers.get("Host", "").split(":")[0], self.path)
        if reply.manner == "hang":
            loopback.stopping.wait(120)
            return
        if reply.manner == "reset":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.close_connection = True
            return
        self.send_response(reply.status)
        self.send_header("Content-Type", reply.content_type)
        if reply.manner == "unsized":
            self.close_connection = True
        else:
            self.send_header("Content-Length", str(len(reply.body)))
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.end_headers()
        if reply.manner == "cut":
            self.wfile.write(reply.body[: len(reply.body) // 2])
            self.wfile.flush()
            self.close_connection = True
        elif reply.manner == "trickle":
            for i in range(len(reply.body)):
                if loopback.stopping.is_set():
                    break
                self.wfile.write(reply.body[i : i + 1])
                self.wfile.flush()
                time.sleep(0.2)
        else:
            self.wfile.write(reply.body)


def route(world: World, host: str, target: str) -> Reply:
    """Return the healthy answer to a request."""
    url = urlsplit(target)
    query = {key: values[-1] for key, values in parse_qs(url.query, keep_blank_values=True).items()}
    if host.endswith("yahoo.com"):
        return _yahoo(world, host, url.path, query)
    text: bytes | None = None
    if host == "fred.stlouisfed.org" and url.path == "/graph/fredgraph.csv":
        text = replies.fred(world, query)
    elif host == "home.treasury.gov" and "/daily-treasury-rates.csv/" in url.path:
        text = replies.treasury(world, int(url.path.split("/")[-2]))
    elif host == "markets.newyorkfed.org" and url.path == "/api/rates/unsecured/effr/search.json":
        text = replies.nyfed(world, query)
    if text is None:
        return Reply(404, "text/html", b"<html>not found</html>")
    return Reply(200, CONTENT_TYPES[host], text)


def _yahoo(world: World, host: str, path: str, query: dict[str, str]) -> Reply:
    if host == "fc.yahoo.com":
        cookie = "A3=d=loopback; Domain=.yahoo.com; Path=/; Expires=Fri, 01 Jan 2038 00:00:00 GMT; Secure"
        return Reply(404, headers={"Set-Cookie": cookie})
    if path == "/v1/test/getcrumb":
        return Reply(body=b"crumb")
    if path.startswith("/v8/finance/chart/"):
        code, text = replies.chart(world, unquote(path.rsplit("/", 1)[1]), query)
        return Reply(code, "application/json", text)
    return Reply(404, "application/json", b"{}")


def counted(lines: list[str]) -> Counter[str]:
    """Return how often each host was asked."""
    return Counter(line.split("/", 1)[0] for line in lines)
