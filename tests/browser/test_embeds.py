"""A chart alone in a frame of another site: it says how high it is, it is light, and it can be cited."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from datetime import date
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest

from generator.citation import Work, bibtex, csl_json, full, inline

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Locator

    from .conftest import Site, Visit

pytestmark = [pytest.mark.browser, pytest.mark.network]

CORRELATION = "reports/eth-russell-2000/correlation/"
ROLLING = "rolling-correlation"
EMBED = f"charts/eth-russell-2000-{ROLLING}/"
MOST_BYTES = 60_000


@contextmanager
def outside(body: str) -> Iterator[str]:
    """Serve one page from another port of loopback, and return its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            """Send the page."""
            text = f'<!doctype html><html lang="en"><title>Outside</title><body>{body}'.encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *arguments: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/"
    server.shutdown()
    server.server_close()
    thread.join()


def panel_text(figure: Locator, form: str = "") -> str:
    """Return what the open panel of a figure offers, in the form of that name."""
    if form:
        figure.locator(".tandem-forms button", has_text=form).click()
    return figure.locator(".tandem-panel textarea").input_value()


def test_a_page_elsewhere_gets_the_height(visit: Callable[..., Visit]) -> None:
    """The code from the chart's bar, pasted into a page of another origin, shows the chart at its full height."""
    here = visit()
    here.open(CORRELATION)
    figure = here.page.locator(f"#{ROLLING}")
    figure.locator("[data-range='1y']").click()
    figure.locator("[data-action=embed]").click()
    code = panel_text(figure)
    assert f"http://127.0.0.1:8000/{EMBED}?{ROLLING}.range=1y" in code
    here.check()
    with outside(code) as address:
        other = visit(width=700)
        other.page.goto(address)
        frame = other.page.frame_locator("iframe")
        frame.locator(".tandem-live[data-ready]").wait_for()
        other.page.wait_for_function(
            "() => { const f = document.querySelector('iframe'); return f.height && f.height !== f.dataset.first &&"
            " f.clientHeight === Number(f.height); }"
        )
        inside = frame.locator(".tandem-embed").evaluate("(e) => Math.ceil(e.getBoundingClientRect().height)")
        given = int(other.page.locator("iframe").get_attribute("height") or 0)
        assert given == inside
        other.page.set_viewport_size({"width": 360, "height": 800})
        other.page.wait_for_function(f"Number(document.querySelector('iframe').height) !== {given}")
        scroll = frame.locator("html").evaluate("(e) => e.scrollHeight - e.clientHeight")
        assert scroll <= 0
        assert frame.locator("html").evaluate("(e) => e.scrollWidth - e.clientWidth") <= 0
        assert other.complaints == []


def test_frames_take_no_height_from_strangers(visit: Callable[..., Visit]) -> None:
    """The code listens to its own frame: another frame that says a height changes nothing but itself."""
    here = visit()
    here.open(CORRELATION)
    figure = here.page.locator(f"#{ROLLING}")
    figure.locator("[data-action=embed]").click()
    stranger = "<script>parent.postMessage({tandem: {height: 7}}, '*')</script>"
    code = f'{panel_text(figure)}<iframe id="stranger" srcdoc="{escape(stranger)}"></iframe>'
    with outside(code) as address:
        other = visit()
        other.page.goto(address)
        other.page.wait_for_function("document.getElementById('stranger').height === '7'")
        assert other.page.locator("iframe").first.get_attribute("height") != "7"


def test_an_embed_is_light_and_shows_one_picture(site: Site, visit: Callable[..., Visit]) -> None:
    """Without a touch a framed chart sends at most 60 kB compressed, no theme, no runtime, no data."""
    pages = [page for page in site.pages() if page.startswith("charts/eth-russell-2000-")]
    assert len(pages) > 10
    for address in pages:
        here = visit(width=700)
        here.open(address)
        assert sum(size for _, size in site.sent) <= MOST_BYTES, site.sent
        assert not [p for p, _ in site.sent if p.startswith(("assets/vendor/", "assets/javascripts/", "search/"))]
        assert here.page.locator(".tandem-picture img:visible").count() == 1
        here.check()


@pytest.mark.parametrize(("scheme", "query", "shown"), [("light", "?theme=dark", "dark"), ("dark", "", "dark")])
def test_an_embed_follows_scheme_or_address(visit: Callable[..., Visit], scheme: str, query: str, shown: str) -> None:
    """A frame has the reader's scheme, unless its address names one."""
    here = visit(scheme=scheme)
    here.open(EMBED + query)
    assert here.page.locator(f".tandem-picture--{shown} img").is_visible()
    here.check()


def test_an_embed_works_without_javascript(visit: Callable[..., Visit]) -> None:
    """The picture, the table and the link to the report are there."""
    here = visit(java_script_enabled=False)
    here.page.goto(f"http://127.0.0.1:8000/{EMBED}")
    assert here.page.locator(".tandem-picture img:visible").count() == 1
    here.page.locator("summary").click()
    assert here.page.locator("tbody tr").first.is_visible()
    here.page.locator(".tandem-embed__source a").wait_for()
    assert here.complaints == []


def test_embeds_are_in_no_list(site: Site) -> None:
    """Search, sitemap and navigation know the reports and not the frames; the frames ask not to be indexed."""
    index = json.loads((site.folder / "search" / "search_index.json").read_text(encoding="utf-8"))
    assert not [entry for entry in index["docs"] if entry["location"].startswith("charts/")]
    assert "/charts/" not in (site.folder / "sitemap.xml").read_text(encoding="utf-8")
    text = (site.folder / EMBED / "index.html").read_text(encoding="utf-8")
    assert '<meta name="robots" content="noindex">' in text


def test_the_bar_cites_as_the_page_does(visit: Callable[..., Visit]) -> None:
    """Every form of a chart's citation is, letter by letter, what generator/citation.py makes of the same work."""
    here = visit()
    here.open("")
    title = "Money & {markets}: 50 % of $x_1$ #2 ~ \\ ^ „ä“ " + "long " * 12
    for frozen in ("", "https://example.org/e d/2026-09-18/{x}/#rolling"):
        work = Work(
            title=title,
            site="Tan_dem & Co",
            as_of=date(2026, 9, 8),
            latest="https://example.org/x/?a=b#c",
            frozen=frozen,
            version="0.1.0+abc, data 0123456789ab",
        )
        got = here.page.evaluate(
            "(work) => window.tandem.citations(work)",
            {
                "title": work.title,
                "site": work.site,
                "dated": "2026-09-08",
                "latest": work.latest,
                "frozen": work.frozen,
                "version": work.version,
            },
        )
        csl = json.dumps([csl_json(work)], indent=1, ensure_ascii=False)
        assert [text for _, text in got[:3]] == [inline(work), full(work), bibtex(work).strip()]
        assert json.loads(got[3][1]) == json.loads(csl)


def test_cite_offers_every_form(visit: Callable[..., Visit]) -> None:
    """The bar of a chart offers the citation in the text, in full, as BibTeX and as CSL-JSON, of the view shown."""
    here = visit()
    here.open(CORRELATION)
    figure = here.page.locator(f"#{ROLLING}")
    figure.locator("[data-range='1y']").click()
    figure.locator("[data-action=cite]").click()
    assert figure.locator(".tandem-forms button").all_text_contents() == [
        "In the text",
        "In full",
        "BibTeX",
        "CSL-JSON",
    ]
    title = figure.get_attribute("data-title")
    assert f"{title} (simulated sample data). Data through 2026-09-18." in panel_text(figure, "In full")
    assert f"{ROLLING}.range=1y#{ROLLING}" in panel_text(figure, "BibTeX")
    item = json.loads(panel_text(figure, "CSL-JSON"))[0]
    assert item["issued"] == {"date-parts": [[2026, 9, 18]]}
    here.check()


def test_the_bar_offers_the_frozen_chart_first_to_cite_and_second_to_embed(visit: Callable[..., Visit]) -> None:
    """Where there is an edition of the date, its address is the one to cite, and a frame may show it."""
    here = visit()
    here.open(CORRELATION)
    figure = here.page.locator(f"#{ROLLING}")
    figure.evaluate(
        "(f) => Object.assign(f.dataset, {"
        " frozen: '../../../editions/2026-09-18/eth-russell-2000/#rolling-correlation',"
        " frozenEmbed: '../../../editions/2026-09-18/eth-russell-2000/rolling-correlation/' })"
    )
    edition = "http://127.0.0.1:8000/editions/2026-09-18/eth-russell-2000/"
    figure.locator("[data-action=embed]").click()
    names = figure.locator(".tandem-forms button").all_text_contents()
    assert names == ["Follows the newest data", "Frozen at 2026-09-18"]
    assert f'src="{edition}{ROLLING}/"' in panel_text(figure, "Frozen")
    figure.locator("[data-action=cite]").click()
    cited = panel_text(figure, "In full")
    assert cited.index(f"{edition}#{ROLLING}") < cited.index(f"Newest version: http://127.0.0.1:8000/{CORRELATION}")
    assert f"url = {{{edition}#{ROLLING}}}" in panel_text(figure, "BibTeX")
    here.check()
