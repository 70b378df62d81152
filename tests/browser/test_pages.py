"""Every page of the built site in a real browser: clean, complete, within its budget, with and without JavaScript."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page, Route

    from .conftest import Site, Visit

pytestmark = [pytest.mark.browser, pytest.mark.network]

MOST_BYTES = 150_000
SHIFT = (
    "window.shift = 0; new PerformanceObserver((list) => { for (const e of list.getEntries())"
    " if (!e.hadRecentInput) window.shift += e.value; }).observe({type: 'layout-shift', buffered: true});"
)
MOST_DATA_BYTES = 60_000


def test_every_page_is_clean_at_360(site: Site, visit: Callable[..., Visit]) -> None:
    """No page logs, breaks its policy, asks another host or scrolls sideways; one heading, named pictures."""
    here = visit(width=360)
    wrong = {}
    for address in site.pages():
        here.page.goto(f"http://127.0.0.1:8000/{address}", wait_until="load")
        found = here.page.evaluate(
            """() => ({
                violations: window.violations,
                wide: document.documentElement.scrollWidth - window.innerWidth,
                headings: document.querySelectorAll("h1").length,
                silent: [...document.images].filter((image) => !image.alt).map((image) => image.src),
                policy: document.querySelectorAll("meta[http-equiv=Content-Security-Policy]").length,
                languages: document.documentElement.lang,
            })"""
        )
        expected = {"violations": [], "wide": 0, "headings": 1, "silent": [], "policy": 1, "languages": "en"}
        if found != expected:
            wrong[address] = {key: found[key] for key in found if found[key] != expected[key]}
    assert wrong == {}
    here.check()


def test_what_a_page_sends_before_a_touch(site: Site, visit: Callable[..., Visit]) -> None:
    """Scrolled to its end, a page sends at most 150 kB compressed: no runtime, no chart data, no search index."""
    for address in ["", *site.pages_with_figures()]:
        here = visit(width=390)
        here.open(address)
        for y in range(0, here.page.evaluate("document.documentElement.scrollHeight"), 600):
            here.page.evaluate(f"scrollTo(0, {y})")
            here.page.wait_for_timeout(40)
        here.page.wait_for_load_state("networkidle")
        paths = [path for path, _ in site.sent]
        assert not [p for p in paths if p.startswith("assets/vendor/") or p.endswith((".json", "tandem-chart.js"))]
        assert not [p for p in paths if "/workers/" in p]
        assert sum(size for _, size in site.sent) <= MOST_BYTES, site.sent


def test_chart_data_of_a_page_stay_in_their_budget(site: Site) -> None:
    """The datasets of one page take at most 60 kB compressed."""
    import gzip  # noqa: PLC0415 - only this test weighs files

    heavy = {}
    for folder in {path.parent for path in site.folder.glob("assets/charts/**/*.json")}:
        data = [p for p in folder.glob("*.json") if not p.name.endswith((".wide.json", ".narrow.json"))]
        size = sum(len(gzip.compress(path.read_bytes(), 9)) for path in data)
        if size > MOST_DATA_BYTES:
            heavy[folder.relative_to(site.folder).as_posix()] = size
    assert heavy == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_both_schemes_show_their_own_picture(site: Site, visit: Callable[..., Visit], scheme: str) -> None:
    """Each figure shows one picture, that of the reader's scheme, and it is loaded."""
    here = visit(scheme=scheme)
    for address in site.pages_with_figures():
        here.open(address)
        for stage in here.page.locator(".tandem-stage").all():
            stage.scroll_into_view_if_needed()
            image = stage.locator(f".tandem-picture--{scheme} img")
            here.page.wait_for_function(
                "(image) => image.complete && image.naturalWidth > 0", arg=image.element_handle()
            )
            assert f".{scheme}.svg" in image.evaluate("(image) => image.currentSrc")
            other = "dark" if scheme == "light" else "light"
            assert not stage.locator(f".tandem-picture--{other} img").is_visible()
    here.check()


def test_reserved_height_keeps_pages_still(site: Site, visit: Callable[..., Visit]) -> None:
    """Nothing moves while a page loads: cumulative layout shift stays below 0.01."""
    for address in site.pages_with_figures():
        here = visit(width=390)
        here.page.add_init_script(SHIFT)
        here.open(address)
        for y in range(0, here.page.evaluate("document.documentElement.scrollHeight"), 600):
            here.page.evaluate(f"scrollTo(0, {y})")
            here.page.wait_for_timeout(40)
        assert here.page.evaluate("window.shift") < 0.01, address


def _later(page: Page, seconds: float, route: Route) -> None:
    page.wait_for_timeout(1000 * seconds)
    route.continue_()


# On a slow machine the font comes while the first lines are drawn; both delays moved them once.
@pytest.mark.parametrize("seconds", [0.2, 0.4])
def test_a_font_that_comes_late_moves_nothing(site: Site, visit: Callable[..., Visit], seconds: float) -> None:
    """Whatever fonts a machine has, text stays where it was first drawn."""
    for address in ("", site.pages_with_figures()[-1]):
        here = visit(width=390)
        here.page.context.new_cdp_session(here.page).send("Emulation.setCPUThrottlingRate", {"rate": 4})
        here.page.route("**/*.woff2", partial(_later, here.page, seconds))
        here.page.add_init_script(SHIFT)
        here.open(address)
        here.page.wait_for_timeout(800)
        assert here.page.evaluate("window.shift") < 0.01, address


def _family(here: Visit) -> str:
    here.open("")
    heading = here.page.locator("h1").first
    assert heading.is_visible()
    return str(heading.evaluate("(node) => getComputedStyle(node).fontFamily"))


def test_a_font_in_time_is_used(visit: Callable[..., Visit]) -> None:
    """A reader soon sees the site's own font; a busy machine may take more than one page to have it in time."""
    here = visit()
    assert any(_family(here).startswith('"Tandem Serif",') for _ in range(10))
    here.check()


def test_a_font_that_never_comes_hides_nothing(visit: Callable[..., Visit]) -> None:
    """Without the font the page shows in the one that stands in."""
    here = visit()
    here.page.route("**/*.woff2", lambda route: route.abort())
    assert _family(here).startswith('"Tandem Serif Fallback",')


def test_without_javascript_everything_is_there(site: Site, visit: Callable[..., Visit]) -> None:
    """With JavaScript off a reader sees every picture, opens every table, and sees no dead button."""
    here = visit(java_script_enabled=False)
    for address in site.pages_with_figures():
        here.page.goto(f"http://127.0.0.1:8000/{address}")
        for figure in here.page.locator(".tandem-figure").all():
            figure.scroll_into_view_if_needed()
            assert figure.locator("img:visible").count() == 1
            assert figure.locator(".tandem-bar").is_hidden()
            figure.locator("summary").click()
            assert figure.locator("tbody tr").first.is_visible()
            assert figure.locator("a[download]").count() == 3
    assert here.complaints == []


def test_downloads_exist(site: Site, visit: Callable[..., Visit]) -> None:
    """Each CSV, PNG and SVG beside a figure is a file of the site."""
    here = visit()
    for address in site.pages_with_figures():
        here.open(address)
        for link in here.page.locator("a[download]").all():
            target = str(link.evaluate("(a) => a.href")).removeprefix("http://127.0.0.1:8000/")
            assert (site.folder / target).stat().st_size > 100


def test_print_shows_the_still_picture_alone(site: Site, visit: Callable[..., Visit]) -> None:
    """On paper there are light pictures and words, no header, button or search, whatever the screen showed."""
    here = visit(scheme="dark")
    here.open(site.pages_with_figures()[0])
    stage = here.page.locator(".tandem-stage").first
    stage.focus()
    here.page.wait_for_selector(".tandem-stage.is-live")
    here.page.emulate_media(media="print")
    assert stage.locator(".tandem-picture--light img").is_visible()
    assert stage.locator(".tandem-live").is_hidden()
    for selector in (".md-header", ".tandem-bar", ".tandem-actions", ".md-tabs", ".md-footer"):
        assert here.page.locator(selector).first.is_hidden(), selector
    assert len(here.page.pdf()) > 10_000


@pytest.mark.parametrize("address", ["reports/eth-russell-2000/fomc/", "claims/near-perfect-correlation/"])
def test_a_printed_page_is_whole_and_clean(visit: Callable[..., Visit], address: str) -> None:
    """A page printed as it was opened, without a scroll, has every picture and nothing that one could press."""
    here = visit(scheme="dark")
    here.open(address)
    assert here.page.pdf(format="A4").startswith(b"%PDF")
    here.page.emulate_media(media="print")
    here.page.wait_for_function(
        "() => [...document.querySelectorAll('.tandem-picture--light img')]"
        ".every((image) => image.complete && image.naturalWidth > 0)"
    )
    figures = here.page.locator(".tandem-figure").all()
    for figure in figures:
        assert figure.locator(".tandem-picture--light img").is_visible()
        assert figure.locator("img:visible").count() == 1
    assert (len(figures) > 0) == address.startswith("reports/")
    pressed = "button, input, select, textarea, [data-action], .copy-link, .number__how, .headerlink, summary"
    visible = here.page.locator(f"article :is({pressed})").evaluate_all(
        "(all) => all.filter((e) => e.checkVisibility() && !e.closest('thead') && !e.matches('.tandem-more > summary'))"
        ".map((e) => e.outerHTML.slice(0, 80))"
    )
    assert visible == []
    assert here.page.locator(".tandem-status").is_visible()
    assert here.page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
    here.check()


@pytest.mark.parametrize(
    ("asked", "offered"),
    [
        ("reports/eth-russell-2000/corelation/", "/reports/eth-russell-2000/correlation/"),
        ("claims/near-perfect/", "/claims/near-perfect-correlation/"),
        ("zzz/", ""),
    ],
)
def test_a_missing_address_is_answered(visit: Callable[..., Visit], asked: str, offered: str) -> None:
    """The page for what is not found offers the addresses that look like it, or else the sections alone."""
    here = visit()
    here.open(asked)
    found = here.page.locator("[data-suggest] a")
    if offered:
        found.first.wait_for()
        assert offered in [link.get_attribute("href") for link in found.all()]
    else:
        assert found.count() == 0
        assert here.page.locator("[data-suggest]").is_hidden()
    assert here.page.locator("article a[href$='/claims/']").count() >= 1


def test_a_term_leads_to_the_glossary(visit: Callable[..., Visit]) -> None:
    """A technical word says what it means on hover, and a press leads to its entry."""
    here = visit()
    here.open("reports/eth-russell-2000/correlation/")
    term = here.page.locator("a.term").first
    assert len(term.get_attribute("title") or "") > 10
    term.click()
    here.page.wait_for_url("**/methods/glossary/#*")
    here.page.locator("h3:target").wait_for()
    here.check()


def test_search_loads_its_index_when_asked(visit: Callable[..., Visit]) -> None:
    """The index travels when a reader turns to the search, and then finds a page by its words."""
    here = visit()
    here.open("")
    assert not [a for a in here.asked if "search_index" in a]
    here.page.locator(".md-search__input").click()
    here.page.locator(".md-search__input").fill("bootstrap")
    here.page.wait_for_selector(".md-search-result__item", timeout=20_000)
    assert len([a for a in here.asked if "search_index" in a]) == 1
    here.check()


def test_search_waits_for_a_slow_index(visit: Callable[..., Visit]) -> None:
    """A query typed before the index is there is answered when it comes."""
    here = visit()
    here.page.route("**/search_index.json", lambda route: (here.page.wait_for_timeout(1500), route.continue_()))
    here.open("")
    here.page.locator(".md-search__input").click()
    here.page.locator(".md-search__input").fill("correlation")
    here.page.wait_for_selector(".md-search-result__item", timeout=30_000)
    here.check()


def test_search_shortcut_works(visit: Callable[..., Visit]) -> None:
    """The theme's own shortcut opens the search with its index."""
    here = visit()
    here.open("")
    here.page.keyboard.press("/")
    here.page.keyboard.type("correlation")
    here.page.wait_for_selector(".md-search-result__item", timeout=20_000)
    here.check()


@pytest.mark.parametrize(("hours", "overdue"), [(-1, False), (1, True)])
def test_overdue_data_turn_amber(visit: Callable[..., Visit], hours: int, *, overdue: bool) -> None:
    """The browser's clock decides whether the next update is late; a page that is never rebuilt says so itself."""
    here = visit()
    here.open("")
    due = here.page.evaluate("Date.parse(document.querySelector('[data-next-update]').dataset.nextUpdate)")
    here.page.clock.set_fixed_time(due / 1000 + hours * 3600)
    here.open("")
    assert ("overdue since" in here.page.locator(".tandem-status").inner_text()) == overdue
    assert (here.page.locator(".is-overdue").count() == 1) == overdue


def test_sample_says_so_on_every_page(site: Site) -> None:
    """No page of a sample build goes without its banner, and each says how old the data are."""
    for address in site.pages():
        path = site.folder / address
        text = (path / "index.html" if path.is_dir() else path).read_text(encoding="utf-8")
        assert "Simulated sample data, not market data" in text, address
        assert '<time datetime="2026-09-18">' in text, address


def test_tables_sort_and_filter(site: Site, visit: Callable[..., Visit]) -> None:
    """A sortable table sorts by a click on its heading, both ways, and a long one can be filtered."""
    here = visit()
    here.open(f"{site.pages()[[p.endswith('/fomc/') for p in site.pages()].index(True)]}")
    table = here.page.locator("table.sortable").first
    head = table.locator("thead th").first
    head.locator("button").click()
    first = table.locator("tbody tr").first.locator("th, td").first.inner_text()
    assert head.get_attribute("aria-sort") == "ascending"
    head.locator("button").click()
    assert head.get_attribute("aria-sort") == "descending"
    last = table.locator("tbody tr").first.locator("th, td").first.inner_text()
    assert first < last
    before = table.locator("tbody tr:visible").count()
    here.page.locator(".tandem-filter").first.fill("unscheduled")
    assert 0 < table.locator("tbody tr:visible").count() < before
    here.check()
