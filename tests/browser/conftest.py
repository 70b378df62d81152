"""A real Chromium on the built site, served from loopback, with everything it complains about written down."""

from __future__ import annotations

import gzip
import os
import re
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

import pytest
from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, BrowserContext, Page, Request

# The address in mkdocs.yml; Chromium is told to find it at the port of the test's server.
ORIGIN = "http://127.0.0.1:8000"
CHROMIUM = (os.environ.get("CHROMIUM"), "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".xml": "application/xml",
    ".csv": "text/csv; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".png": "image/png",
    ".woff2": "font/woff2",
}
COMPRESSED = {".html", ".css", ".js", ".json", ".svg", ".xml", ".csv", ".txt"}
FEATURED = "reports/eth-russell-2000/"
WATCH_POLICY = """
window.violations = [];
document.addEventListener('securitypolicyviolation', (event) => {
  window.violations.push(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`);
});
"""


@dataclass(frozen=True, kw_only=True)
class Site:
    """The served site.

    Parameters
    ----------
    folder : Path
        Its files.
    port : int
        Where it is served.
    sent : list of (str, int)
        Path and compressed bytes of every reply since it was last cleared.
    """

    folder: Path
    port: int
    sent: list[tuple[str, int]] = field(default_factory=list)

    def pages(self) -> list[str]:
        """Return the address of every page, relative to the origin."""
        found = [p.relative_to(self.folder).as_posix() for p in self.folder.rglob("*.html")]
        return sorted(re.sub(r"(^|/)index\.html$", r"\1", path) for path in found)

    def pages_with_figures(self) -> list[str]:
        """Return the pages of the featured pair, and the site's own, that show a chart."""
        wanted = [p for p in self.pages() if not p.endswith(".html") and (p.count("/") < 2 or p.startswith(FEATURED))]
        return [p for p in wanted if "tandem-figure" in (self.folder / p / "index.html").read_text(encoding="utf-8")]


@dataclass(frozen=True, kw_only=True)
class Visit:
    """A page in a browser, and what happened in it.

    Parameters
    ----------
    complaints : list of str
        Console errors and warnings, uncaught errors, failed requests.
    asked : list of str
        Every address requested.
    """

    page: Page
    complaints: list[str]
    asked: list[str]

    def open(self, address: str) -> None:
        """Open an address of the site and wait until it is quiet."""
        self.page.goto(f"{ORIGIN}/{address}")
        self.page.wait_for_load_state("networkidle")

    def check(self) -> None:
        """Fail if the browser complained, a policy was violated, or another host was asked."""
        assert self.complaints == []
        assert self.page.evaluate("window.violations") == []
        assert [address for address in self.asked if not address.startswith((f"{ORIGIN}/", "data:", "blob:"))] == []


def _handler(folder: Path, sent: list[tuple[str, int]]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            """Serve a file, compressed where a host would."""
            place = unquote(urlsplit(self.path).path).lstrip("/")
            path = (folder / place).resolve()
            if path.is_dir():
                path /= "index.html"
            known = path.is_file() and path.is_relative_to(folder.resolve())
            if not known:
                path = folder / "404.html"
            body = path.read_bytes()
            self.send_response(200 if known else 404)
            self.send_header("Content-Type", TYPES.get(path.suffix, "application/octet-stream"))
            if path.suffix in COMPRESSED:
                body = gzip.compress(body, 9, mtime=0)
                self.send_header("Content-Encoding", "gzip")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
            sent.append((place, len(body)))

        def log_message(self, *arguments: Any) -> None:
            """Say nothing."""

        def handle(self) -> None:
            """Serve a connection; a browser that hangs up is no fault."""
            with suppress(ConnectionError):
                super().handle()

    return Handler


@pytest.fixture(scope="session")
def site(built_site: Path) -> Iterator[Site]:
    """Serve the built site on a free port of loopback."""
    sent: list[tuple[str, int]] = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(built_site, sent))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Site(folder=built_site, port=server.server_address[1], sent=sent)
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="session")
def browser(site: Site) -> Iterator[Browser]:
    """Return one Chromium for all tests; without one they are skipped, in CI they fail."""
    executable = next((path for path in CHROMIUM if path and Path(path).is_file()), None)
    if executable is None:
        message = "no Chromium found; CHROMIUM=PATH says where it is"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    rule = f"--host-resolver-rules=MAP 127.0.0.1:8000 127.0.0.1:{site.port}"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=executable, headless=True, args=[*FLAGS, rule])
        yield chromium
        chromium.close()


def _unless_left(request: Request, complaints: list[str]) -> None:
    """Write down a failed request, unless the page that asked was left in the meantime."""
    if request.failure != "net::ERR_ABORTED":
        complaints.append(f"failed: {request.url} {request.failure}")


@pytest.fixture
def visit(browser: Browser, site: Site) -> Iterator[Callable[..., Visit]]:
    """Return what opens a fresh browser window: ``visit(width=390, scheme="dark", …)``."""
    contexts: list[BrowserContext] = []

    def start(*, width: int = 1280, scheme: str = "light", **options: Any) -> Visit:
        height = 844 if width < 600 else 900
        context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme=scheme,  # type: ignore[arg-type] # "light" or "dark" by the tests
            **options,
        )
        context.add_init_script(WATCH_POLICY)
        contexts.append(context)
        page = context.new_page()
        complaints: list[str] = []
        asked: list[str] = []
        page.on(
            "console", lambda m: complaints.append(f"{m.type}: {m.text}") if m.type in {"error", "warning"} else None
        )
        page.on("pageerror", lambda error: complaints.append(f"uncaught: {error}"))
        page.on("requestfailed", lambda request: _unless_left(request, complaints))
        page.on("request", lambda request: asked.append(request.url))
        site.sent.clear()
        return Visit(page=page, complaints=complaints, asked=asked)

    yield start
    for context in contexts:
        context.close()
