"""Live charts in a real browser: they appear on touch, keep their state in the address, and go when the page goes."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from generator.charts.encode import decoded

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Locator

    from .conftest import Site, Visit

pytestmark = [pytest.mark.browser, pytest.mark.network]

CORRELATION = "reports/eth-russell-2000/correlation/"
RATES = "reports/eth-russell-2000/rates/"
SPECIFICATIONS = "reports/eth-russell-2000/specifications/"
ROLLING = "rolling-correlation"
OUTSIDE = """() => {
  const picture = document.querySelector("svg").getBoundingClientRect();
  return [...document.querySelectorAll("svg text")].filter((text) => {
    const box = text.getBoundingClientRect();
    return box.width && (box.right > picture.right + 1 || box.left < picture.left - 1);
  }).map((text) => text.textContent);
}"""


def awake(stage: Locator) -> None:
    """Wait until a stage holds a drawn live chart.

    No handle of an element is kept: it would keep the element, and the chart in it, when the page is left.
    """
    stage.locator(".tandem-live[data-ready] .tandem-plot svg path").first.wait_for(state="attached", timeout=20_000)


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_every_figure_comes_alive(site: Site, visit: Callable[..., Visit], width: int, scheme: str) -> None:
    """Each figure turns live at the first touch, keeps its height and its name, and stays inside its column."""
    here = visit(width=width, scheme=scheme, has_touch=width < 600)
    for address in site.pages_with_figures():
        here.open(address)
        for stage in here.page.locator(".tandem-stage").all():
            stage.scroll_into_view_if_needed()
            here.page.wait_for_function(
                "(s) => [...s.querySelectorAll('img')].some((i) => i.naturalWidth)", arg=stage.element_handle()
            )
            before = stage.bounding_box()
            alt = stage.locator("img").first.get_attribute("alt")
            stage.tap() if width < 600 else stage.hover()
            awake(stage)
            after = stage.bounding_box()
            assert before is not None
            assert after is not None
            assert after["height"] == pytest.approx(before["height"], abs=2), address
            svg = stage.locator(".tandem-plot > svg, .tandem-plot svg").first
            assert svg.get_attribute("role") == "img"
            assert svg.get_attribute("aria-label") == alt
            assert stage.evaluate("(s) => s.scrollWidth <= s.clientWidth")
            assert stage.locator(".tandem-picture img:visible").count() == 0
    here.check()


def test_runtime_is_loaded_once_and_only_on_touch(visit: Callable[..., Visit]) -> None:
    """The bundle is asked for at the first touch, and never again."""
    here = visit()
    here.open("reports/eth-russell-2000/levels/")
    assert not [a for a in here.asked if "/vendor/" in a]
    for stage in here.page.locator(".tandem-stage").all():
        stage.hover()
        awake(stage)
    assert len([a for a in here.asked if a.endswith("/assets/vendor/vega.js")]) == 1


def test_scheme_switch_recolours_without_drawing(visit: Callable[..., Visit]) -> None:
    """Light to dark changes the colours of the very same line; the chart is not drawn again."""
    here = visit()
    here.open(CORRELATION)
    stage = here.page.locator(".tandem-stage").first
    stage.hover()
    awake(stage)
    line = stage.locator(".mark-line path").last.element_handle()
    assert line is not None
    light = line.evaluate("(path) => getComputedStyle(path).stroke")
    here.page.locator("label[for=__palette_1]").click()
    assert here.page.evaluate("document.body.dataset.mdColorScheme") == "slate"
    dark = line.evaluate("(path) => getComputedStyle(path).stroke")
    assert line.evaluate("(path) => path.isConnected")
    assert light != dark
    assert not [colour for colour in (light, dark) if "none" in colour]


def test_state_lives_in_the_address(visit: Callable[..., Visit]) -> None:
    """A chosen range, a hidden series and the table are in the address; the address alone brings them back."""
    here = visit()
    here.open(CORRELATION)
    figure = here.page.locator(f"#{ROLLING}")
    figure.locator("[data-range='1y']").click()
    awake(figure.locator(".tandem-stage"))
    assert f"{ROLLING}.range=1y" in here.page.url
    figure.locator("[data-series]").last.click()
    here.page.wait_for_function("document.querySelectorAll('[data-series][aria-pressed=false]').length === 1")
    address = here.page.url.removeprefix("http://127.0.0.1:8000/")
    assert f"{ROLLING}.hide=" in address
    shown = axis_labels(figure)
    again = visit()
    again.open(address)
    other = again.page.locator(f"#{ROLLING}")
    awake(other.locator(".tandem-stage"))
    assert other.locator("[data-range='1y']").get_attribute("aria-pressed") == "true"
    assert other.locator("[data-series][aria-pressed=false]").count() == 1
    assert axis_labels(other) == shown
    again.check()


def axis_labels(figure: Locator) -> list[str]:
    """Return the letters on the axes of a live chart."""
    return figure.locator(".tandem-plot .role-axis-label text").all_text_contents()


def test_back_undoes_a_choice(visit: Callable[..., Visit]) -> None:
    """The back button returns to the view before, without loading the page again."""
    here = visit()
    here.open(CORRELATION)
    here.page.evaluate("window.mark = 1")
    figure = here.page.locator(f"#{ROLLING}")
    figure.locator("[data-range='3m']").click()
    figure.locator("[data-range='1y']").click()
    here.page.go_back()
    here.page.wait_for_function("location.search.includes('range=3m')")
    assert figure.locator("[data-range='3m']").get_attribute("aria-pressed") == "true"
    here.page.go_back()
    here.page.wait_for_function("!location.search")
    assert figure.locator("[data-range='all']").get_attribute("aria-pressed") == "true"
    assert here.page.evaluate("window.mark") == 1
    here.check()


def test_range_narrows_time_and_values(visit: Callable[..., Visit]) -> None:
    """A shorter range ends where the data end and begins later; the readout stays inside it."""
    here = visit()
    here.open(f"{RATES}?rolling-beta.range=1y")
    stage = here.page.locator("#rolling-beta .tandem-stage")
    awake(stage)
    stage.focus()
    here.page.keyboard.press("Home")
    first = stage.locator(".tandem-readout strong").inner_text()
    here.page.keyboard.press("End")
    last = stage.locator(".tandem-readout strong").inner_text()
    assert (first, last) == ("18 Sept 2025", "18 Sept 2026")


def test_everything_by_keyboard(visit: Callable[..., Visit]) -> None:
    """Focus draws the chart, arrows read it out aloud, Escape ends that; tabs follow the arrows too."""
    here = visit()
    here.open(CORRELATION)
    figure = here.page.locator(f"#{ROLLING}")
    stage = figure.locator(".tandem-stage")
    stage.focus()
    awake(stage)
    here.page.keyboard.press("End")
    here.page.keyboard.press("ArrowLeft")
    spoken = stage.locator("[aria-live=polite]").inner_text()
    assert re.fullmatch(r"17 Sept 2026(, [^,]+ −?\d\.\d\d( \(.*?\))?){2,}", spoken), spoken
    assert stage.locator(".tandem-readout").is_visible()
    here.page.keyboard.press("Escape")
    assert stage.locator(".tandem-readout").is_hidden()
    figure.locator("[data-view=chart]").focus()
    here.page.keyboard.press("ArrowRight")
    assert figure.locator("tbody tr").first.is_visible()
    assert stage.is_hidden()
    assert here.page.evaluate("document.activeElement.dataset.view") == "table"
    here.check()


@pytest.mark.parametrize("zone", ["America/Los_Angeles", "Asia/Tokyo"])
def test_dates_are_the_same_everywhere(visit: Callable[..., Visit], zone: str) -> None:
    """Readers west and east of Greenwich see the same dates."""
    here = visit(timezone_id=zone)
    here.open(f"{CORRELATION}?{ROLLING}.range=3m")
    stage = here.page.locator(f"#{ROLLING} .tandem-stage")
    awake(stage)
    stage.focus()
    here.page.keyboard.press("End")
    assert stage.locator(".tandem-readout strong").inner_text() == "18 Sept 2026"
    assert axis_labels(here.page.locator(f"#{ROLLING}"))[:3] == ["21 Jun", "28 Jun", "5 Jul"]


def test_browser_decodes_what_was_written(site: Site, visit: Callable[..., Visit]) -> None:
    """The script's decoder gives the rows that Python's gives, for every dataset of the featured pair."""
    here = visit()
    here.open("")
    folder = site.folder / "assets" / "charts" / "eth-russell-2000"
    files = [p for p in folder.rglob("*.json") if not p.name.endswith((".wide.json", ".narrow.json"))]
    assert files
    for path in files:
        address = f"/{path.relative_to(site.folder).as_posix()}"
        got: list[dict[str, Any]] = here.page.evaluate(
            """async (address) => {
                const { decode } = await import("/assets/tandem-chart.js");
                return decode(await (await fetch(address)).json());
            }""",
            address,
        )
        expected = decoded(json.loads(path.read_text(encoding="utf-8")))
        assert len(got) == len(expected)
        for mine, theirs in zip(expected, got, strict=True):
            assert (
                mine == pytest.approx(theirs)
                if all(v is not None for v in mine.values())
                else mine.keys() == theirs.keys()
            )


def first_figure(site: Site, page: str) -> str:
    """Return the id of the first figure of a page of the featured pair."""
    text = (site.folder / "reports" / "eth-russell-2000" / page / "index.html").read_text(encoding="utf-8")
    found = re.search(r'data-figure="([a-z0-9-]+)"', text)
    assert found is not None
    return found[1]


def test_instant_navigation_keeps_charts_and_bounds_views(site: Site, visit: Callable[..., Visit]) -> None:
    """Twenty times to and fro in one document: every chart comes alive, none is left behind, the heap stays flat."""
    here = visit()
    here.open(CORRELATION)
    here.page.evaluate("window.mark = 1")
    session = here.page.context.new_cdp_session(here.page)
    heaps = []
    for turn in range(20):
        target = ("rates", "correlation")[turn % 2]
        here.page.locator(f'.read-on a[href$="/{target}/"]').click()
        here.page.locator(f"#{first_figure(site, target)}").wait_for(state="attached")
        here.page.wait_for_function("[...tandem.figures.keys()].every((element) => element.isConnected)")
        stage = here.page.locator(".tandem-stage").first
        stage.scroll_into_view_if_needed()
        stage.hover()
        awake(stage)
        assert here.page.evaluate("tandem.figures.size") == here.page.locator(".tandem-figure").count()
        assert here.page.evaluate("tandem.liveOnes.length") == 1
        here.page.mouse.move(0, 0)
        session.send("HeapProfiler.collectGarbage")
        heaps.append(here.page.evaluate("performance.memory.usedJSHeapSize"))
    assert here.page.evaluate("window.mark") == 1, "a page was loaded in full: site_url and address differ"
    assert sum(heaps[-4:]) < 1.25 * sum(heaps[4:8]), heaps
    here.check()


def test_link_and_citation_can_be_copied(visit: Callable[..., Visit]) -> None:
    """Link gives the address of the view shown, Cite a sentence with title, source and address."""
    here = visit()
    here.open(CORRELATION)
    figure = here.page.locator(f"#{ROLLING}")
    figure.locator("[data-range='1y']").click()
    figure.locator("[data-action=link]").click()
    text = figure.locator(".tandem-panel textarea").input_value()
    assert text == f"http://127.0.0.1:8000/{CORRELATION}?{ROLLING}.range=1y#{ROLLING}"
    figure.locator("[data-action=cite]").click()
    figure.locator(".tandem-forms button", has_text="In full").click()
    cited = figure.locator(".tandem-panel textarea").input_value()
    assert text in cited
    assert "through 2026-09-18" in cited
    here.page.keyboard.press("Escape")
    assert figure.locator(".tandem-panel").count() == 0
    here.check()


def test_a_lost_bundle_leaves_the_picture(visit: Callable[..., Visit]) -> None:
    """If the runtime cannot be loaded, the still picture stays and the next touch tries again."""
    here = visit()
    here.page.route("**/assets/vendor/vega.js", lambda route: route.abort())
    here.open(CORRELATION)
    stage = here.page.locator(".tandem-stage").first
    stage.hover()
    here.page.wait_for_function(
        "() => performance.getEntriesByType('resource').some((e) => e.name.endsWith('vega.js'))"
    )
    here.page.wait_for_timeout(300)
    assert stage.locator(".tandem-picture--light img").is_visible()
    assert any("stays static" in complaint for complaint in here.complaints)


CURVE = "specification-curve"


def said(here: Visit) -> str:
    """Return what the page says about the part of the curve that is chosen."""
    words: str = here.page.locator(".part-of-curve output").inner_text()
    return words


def test_a_part_of_the_curve_by_mouse_by_keyboard_and_by_address(visit: Callable[..., Visit]) -> None:
    """Dragging chooses a part, says its ends and choices and goes to the address; arrows move it; back undoes it."""
    here = visit()
    here.open(SPECIFICATIONS)
    stage = here.page.locator(f"#{CURVE} .tandem-stage")
    stage.scroll_into_view_if_needed()
    stage.hover()
    awake(stage)
    assert said(here).startswith("The whole curve: ")
    box = stage.locator(".tandem-plot").bounding_box()
    assert box is not None
    height = box["y"] + 80
    here.page.mouse.move(box["x"] + 0.6 * box["width"], height)
    here.page.mouse.down()
    here.page.mouse.move(box["x"] + 0.8 * box["width"], height, steps=4)
    here.page.mouse.up()
    here.page.wait_for_function(f"location.search.includes('{CURVE}.part=')")
    found = re.search(rf"{CURVE}\.part=(\d+)-(\d+)", here.page.url)
    assert found is not None
    first, last = map(int, found.groups())
    assert last - first == pytest.approx(25, abs=8)
    assert said(here).startswith(f"From {first} to {last}\u00a0% of the order: ")
    assert stage.locator(".tandem-veil").count() == 2
    here.page.locator(".part-of-curve [name=from]").focus()
    here.page.keyboard.press("ArrowLeft")
    here.page.wait_for_function(f"location.search.includes('{CURVE}.part={first - 1}-{last}')")
    assert said(here).startswith(f"From {first - 1} to {last}")
    here.page.go_back()
    here.page.wait_for_function(f"location.search.includes('{CURVE}.part={first}-{last}')")
    assert here.page.locator(".part-of-curve [name=from]").input_value() == str(first)
    here.page.get_by_role("button", name="Whole curve").click()
    here.page.wait_for_function("!location.search")
    assert stage.locator(".tandem-veil").count() == 0
    here.check()


def test_an_address_opens_a_part_of_another_kind(visit: Callable[..., Visit]) -> None:
    """Part and case together come from the address; nonsense there shows the whole curve."""
    here = visit(width=390, scheme="dark")
    here.open(f"{SPECIFICATIONS}?{CURVE}.part=0-10&{CURVE}.case=levels_all")
    stage = here.page.locator(f"#{CURVE} .tandem-stage")
    awake(stage)
    here.page.wait_for_function(
        "document.querySelector('.part-of-curve output').textContent.startsWith('From 0 to 10')"
    )
    assert here.page.locator("input[name=kind]:checked").get_attribute("value") == "levels"
    assert stage.locator(".tandem-veil").count() == 1
    here.open(f"{SPECIFICATIONS}?{CURVE}.part=90-10")
    awake(stage)
    here.page.wait_for_function("document.querySelector('.part-of-curve output').textContent.startsWith('The whole')")
    here.check()


@pytest.mark.parametrize(
    ("wanted", "day"),
    [("", "2025-10-07"), ("2025-10-03", "2025-09-30"), ("1999-01-01", "2025-09-30"), ("x", "2025-10-07")],
)
def test_a_figure_of_many_days_shows_one(visit: Callable[..., Visit], wanted: str, day: str) -> None:
    """Of the days held, the last one on or before the day asked for; nonsense shows the newest, too early the first."""
    here = visit()
    here.open("")
    told: dict[str, Any] = here.page.evaluate(
        """async (wanted) => {
            const { LiveChart } = await import("/assets/tandem-chart.js");
            const [first, second] = ["2025-09-30", "2025-10-07"].map((text) => Date.parse(text));
            const rows = {
              paths: [{ as_of: first, implied: 4.1 }, { as_of: second, implied: 4.0 }],
              odds: [
                { as_of: first, meeting: second, change: null, low: null, low_chance: null },
                { as_of: second, meeting: Date.parse("2025-10-29"), change: -24.25, low: -25, low_chance: 97 },
                { as_of: second, meeting: Date.parse("2025-12-10"), change: 0, low: 0, low_chance: 100 },
              ],
            };
            const number = (unit, decimals) => ({ kind: "number", unit, decimals, signed: unit === " bp" });
            const columns = { odds: { change: number(" bp", 1), low: number(" bp", 0), low_chance: number(" %", 0) } };
            const pick = { data: "paths", field: "as_of", table: "odds", step: 25, title: "Priced on {day}" };
            const meta = { pick, title: "newest" };
            const shown = {};
            const figure = { showDay: (day, days, cells) => Object.assign(shown, { day, days, cells }) };
            LiveChart.prototype.pick.call({ figure }, rows, columns, meta, { day: wanted });
            return { ...shown, title: meta.title, implied: rows.paths.map((row) => row.implied) };
        }""",
        wanted,
    )
    newest = day == "2025-10-07"
    assert told["day"] == day
    assert told["days"] == ["2025-09-30", "2025-10-07"]
    assert told["implied"] == [4.0 if newest else 4.1]
    assert told["title"] == ("newest" if newest else "Priced on 30 Sept 2025")
    assert told["cells"] == (
        [
            ["2025-10-29", "−24.3 bp", "−25 bp: 97 %", "0 bp: 3 %"],
            ["2025-12-10", "0.0 bp", "0 bp: 100 %", "none"],
        ]
        if newest
        else [["2025-10-07", "not known", "none", "none"]]
    )
    here.check()


def test_no_text_leaves_its_picture(site: Site, visit: Callable[..., Visit]) -> None:
    """With the widest font that may stand in, titles, labels and marks stay inside every picture, wide and narrow."""
    here = visit(width=800)
    pictures = sorted((site.folder / "assets" / "charts").rglob("*.light.svg"))
    assert len(pictures) > 100
    outside = {}
    for picture in pictures:
        here.page.set_content(picture.read_text(encoding="utf-8"))
        if found := here.page.evaluate(OUTSIDE):
            outside[picture.name] = found
    assert outside == {}
