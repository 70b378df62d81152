"""The one HTTP client of the rate sources: bounded in time and bytes, faithful to its host, honest about itself."""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from typing import IO, TYPE_CHECKING, Any

from generator import __version__
from generator.errors import SourceError
from generator.sources import CHANGED_FORMAT, DOWN, NETWORK, NOT_FOUND, RATE_LIMITED, REFUSED

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

USER_AGENT = f"tandem/{__version__} (static report; one request per series and run)"
TIMEOUT_SECONDS = 12.0
MAX_BYTES = 20_000_000
_CHUNK = 65_536
_TOO_MANY = 429
_SERVER_ERROR = 500
_MISSING = frozenset({404, 410})
_MAX_REDIRECTS = 3


class _SameHost(urllib.request.HTTPRedirectHandler):
    """Follow a redirect only to the same host over https."""

    max_redirections = _MAX_REDIRECTS

    def redirect_request(  # noqa: PLR0917 - the signature of the base class
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: http.client.HTTPMessage,
        newurl: str,
    ) -> urllib.request.Request | None:
        target = urllib.parse.urlsplit(newurl)
        if target.scheme != "https" or target.hostname != urllib.parse.urlsplit(req.full_url).hostname:
            fp.close()
            raise SourceError(REFUSED, f"redirected to another host ({target.hostname or 'none'})")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


class Client:
    """Gets replies over https, each address at most once per run.

    Parameters
    ----------
    heard : callable
        Called with the host as soon as it has answered anything, whatever it was.
    timeout_seconds : float
        Limit for one request as a whole, from connecting to the last byte.
    scratch : str
        Folder for whatever a source's own client keeps on disk during the run.
    """

    def __init__(
        self,
        heard: Callable[[str], None] = lambda _host: None,
        timeout_seconds: float = TIMEOUT_SECONDS,
        scratch: str = "",
    ) -> None:
        self.heard = heard
        self.timeout_seconds = timeout_seconds
        self.scratch = scratch
        self.sessions: dict[str, Any] = {}
        self._opener = urllib.request.build_opener(_SameHost())
        self._replies: dict[str, bytes] = {}
        self._lock = threading.Lock()

    def get(self, url: str, content_types: Collection[str]) -> bytes:
        """Return the body of a 200 reply of one of `content_types`, or raise SourceError."""
        with self._lock:
            if url in self._replies:
                return self._replies[url]
        body = self._get(url, content_types)
        with self._lock:
            self._replies[url] = body
        return body

    def _get(self, url: str, content_types: Collection[str]) -> bytes:
        host = urllib.parse.urlsplit(url).hostname or ""
        request = urllib.request.Request(  # noqa: S310 - addresses are the modules' own constants, https only
            url,
            headers={
                "User-Agent": USER_AGENT,
                "Accept": ", ".join(sorted(content_types)),
                "Accept-Encoding": "identity",
            },
        )
        until = time.monotonic() + self.timeout_seconds
        try:
            with self._opener.open(request, timeout=self.timeout_seconds) as reply:
                self.heard(host)
                kind = reply.headers.get_content_type()
                if kind not in content_types:
                    raise SourceError(
                        CHANGED_FORMAT, f"{host} answered {kind}, not {' or '.join(sorted(content_types))}"
                    )
                if reply.headers.get("Content-Encoding", "identity") != "identity":
                    raise SourceError(CHANGED_FORMAT, f"{host} answered with an encoding that was not asked for")
                return _read(reply, host, until)
        except urllib.error.HTTPError as error:
            self.heard(host)
            error.close()
            raise SourceError(cause_of_status(error.code), f"{host} answered {error.code}") from error
        except http.client.IncompleteRead as error:
            raise SourceError(NETWORK, f"{host}: the reply broke off") from error
        except (TimeoutError, urllib.error.URLError, OSError, http.client.HTTPException) as error:
            raise SourceError(NETWORK, f"{host}: {reason(error)}") from error


def _read(reply: http.client.HTTPResponse, host: str, until: float) -> bytes:
    """Return the whole body, bounded in bytes and in time (a reply that trickles is no reply)."""
    parts: list[bytes] = []
    size = 0
    while True:
        part = reply.read1(_CHUNK)
        if not part:
            break
        parts.append(part)
        size += len(part)
        if size > MAX_BYTES:
            raise SourceError(CHANGED_FORMAT, f"{host} answered more than {MAX_BYTES:,} bytes")
        if time.monotonic() > until:
            raise SourceError(NETWORK, f"{host}: the reply took too long")
    expected = reply.headers.get("Content-Length", "")
    if expected.isdigit() and int(expected) != size:
        raise SourceError(NETWORK, f"{host}: the reply broke off after {size:,} of {int(expected):,} bytes")
    if not expected.isdigit() and reply.headers.get("Transfer-Encoding", "").lower() != "chunked":
        raise SourceError(CHANGED_FORMAT, f"{host}: the reply does not say how long it is, so it may be cut off")
    return b"".join(parts)


def cause_of_status(status: int) -> str:
    """Return the cause that an HTTP status other than 200 stands for."""
    if status == _TOO_MANY:
        return RATE_LIMITED
    if status in _MISSING:
        return NOT_FOUND
    return DOWN if status >= _SERVER_ERROR else REFUSED


def reason(error: BaseException) -> str:
    """Return a few plain words for a failure of the connection."""
    inner = error.reason if isinstance(error, urllib.error.URLError) else error
    if isinstance(inner, TimeoutError):
        return "no answer in time"
    if isinstance(inner, socket.gaierror):
        return "the name cannot be resolved"
    if isinstance(inner, ssl.SSLCertVerificationError):
        return "the certificate cannot be verified"
    if isinstance(inner, ConnectionRefusedError):
        return "the connection was refused"
    if isinstance(inner, ConnectionError | http.client.HTTPException | ssl.SSLError):
        return "the connection broke"
    return "no connection"
