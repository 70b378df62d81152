"""Addresses once published answer for ever: the ledger, redirects, and anchors that are kept."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from generator import ledger
from generator.config import Redirect
from generator.csp import apply_csp
from generator.errors import BuildError, ConfigError, DataError
from generator.linkcheck import check_links, read_pages
from generator.render import environment

ROOT = Path(__file__).parents[1]
DAY = date(2026, 9, 18)
PAGE = '<html><head><meta name="tandem-csp"></head><body><h1 id="a">A</h1>{}</body></html>'
NAMES = {"site": "Tandem", "site_url": "https://a.invalid/deep/"}


def make(site: Path, *pages: str, body: str = "") -> Path:
    """Write a site of these pages."""
    for page in pages:
        path = site / page / "index.html"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(PAGE.format(body), encoding="utf-8")
    return site


def redirect(old: str, to: str) -> Redirect:
    """Return a redirect as it stands in the configuration."""
    return Redirect.model_validate({"from": old, "to": to})


def write(site: Path, *redirects: Redirect) -> frozenset[str]:
    """Write redirects into a site."""
    return ledger.write_redirects(site, redirects, read_pages(site), environment(ROOT / "templates"), NAMES)


def test_only_new_addresses_are_written_and_nothing_is_changed(tmp_path: Path) -> None:
    """A second build with the same pages adds no file; one more page adds one file that holds it alone."""
    first = ledger.record(tmp_path, {"/", "/b/", "/b/#x"}, DAY)
    assert first is not None
    assert first.parent.name == ledger.FOLDER
    before = first.read_bytes()
    assert ledger.record(tmp_path, {"/", "/b/"}, DAY) is None
    second = ledger.record(tmp_path, {"/", "/c/"}, DAY)
    assert second is not None
    assert second.read_text(encoding="utf-8") == "/c/\n"
    assert first.read_bytes() == before
    assert ledger.read(tmp_path) == {"/", "/b/", "/b/#x", "/c/"}


def test_an_altered_ledger_is_found(tmp_path: Path) -> None:
    """A line less would free an address of its promise."""
    path = ledger.record(tmp_path, {"/", "/b/"}, DAY)
    assert path is not None
    path.write_text("/\n", encoding="utf-8")
    with pytest.raises(DataError, match=path.name):
        ledger.read(tmp_path)


def test_a_page_that_is_gone_is_refused_by_name() -> None:
    """The line says which page, and what to write."""
    with pytest.raises(BuildError, match=r'/b/: was published and is gone; and 1 more.*from = "/b/"'):
        ledger.check({"/", "/b/", "/b/#x", "/c/"}, {"/", "/d/"})
    ledger.check({"/", "/b/"}, {"/", "/b/", "/new/"})


def test_a_redirect_stands_in_for_a_page(tmp_path: Path) -> None:
    """It is a real page with a relative link, a canonical address and the policy, and satisfies the ledger."""
    site = make(tmp_path, "", "reports/new", body='<h2 id="x">x</h2>')
    moved = write(site, redirect("/reports/very/old/", "/reports/new/#x"))
    assert moved == {"reports/very/old/"}
    text = (site / "reports/very/old/index.html").read_text(encoding="utf-8")
    assert "content=\"0; url='../../new/#x'\"" in text
    assert '<a href="../../new/#x">' in text
    assert '<link rel="canonical" href="https://a.invalid/deep/reports/new/#x">' in text
    apply_csp(site)
    pages = read_pages(site)
    ledger.check({"/", "/reports/very/old/"}, ledger.addresses(pages))
    check_links(site, pages, site_url=NAMES["site_url"], moved=moved)


@pytest.mark.parametrize(
    ("old", "to", "said"),
    [
        ("/old/", "/nowhere/", r"redirects\[0\]\.to: /nowhere/"),
        ("/old/", "/b/#nothing", r"redirects\[0\]\.to: /b/#nothing"),
        ("/b/", "/", r"redirects\[0\]\.from: /b/ is a page"),
        ("/b/#a", "/b/#a", r"redirects\[0\]\.from: /b/#a is there"),
        ("/#gone", "/b/#a", "only move on its own page"),
    ],
)
def test_a_redirect_that_cannot_work_is_refused(tmp_path: Path, old: str, to: str, said: str) -> None:
    """The line names the entry."""
    site = make(tmp_path, "", "b")
    with pytest.raises(BuildError, match=said):
        write(site, redirect(old, to))


def test_an_anchor_can_have_two_names(tmp_path: Path) -> None:
    """A renamed heading, and a renamed row: the old name stands inside, where HTML allows it."""
    table = '<h2 class="c" id="new">N</h2><table><tr id="row"><td class="n">1</td></tr></table>'
    site = make(tmp_path, "", body=table)
    assert write(site, redirect("/#old", "/#new"), redirect("/#line", "/#row")) == frozenset()
    html = (site / "index.html").read_text(encoding="utf-8")
    assert '<h2 class="c" id="new"><span id="old"></span>N' in html
    assert '<tr id="row"><td class="n"><span id="line"></span>1' in html


def test_an_anchor_that_has_nothing_to_show_stays(tmp_path: Path) -> None:
    """A row that a day's data cannot fill leaves its address at the head of the page; a moved page keeps none."""
    site = make(tmp_path, "", "b")
    published = {"/b/#gone", "/b/#a", "/moved/#x"}
    pages = read_pages(make(site, "moved"))
    lost = ledger.lost_anchors(published, pages, {"moved/"})
    assert lost == ["/b/#gone"]
    assert ledger.keep_anchors(site, lost) == 1
    assert "gone" in read_pages(site)["b/"].ids


def test_editions_are_recorded_as_pages_alone(tmp_path: Path) -> None:
    """Their anchors are kept by their own manifest, and would make the ledger large."""
    site = make(tmp_path, "", "editions/2025-10-07", body='<h2 id="x">x</h2>')
    assert ledger.addresses(read_pages(site)) == {"/", "/#x", "/editions/2025-10-07/"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('from = "/"\nto = "/about/"', "front page"),
        ('from = "old/"\nto = "/about/"', "must look like"),
        ('from = "/old/../x/"\nto = "/about/"', "must look like"),
        ('from = "/old/"\nto = "https://a.invalid/"', "must look like"),
        ('from = "/old/"\nto = "/old/#x"', "has moved itself"),
        ('from = "/old/"\nto = "/about/"\nwhy = ""', "known: from, to"),
    ],
)
def test_a_redirect_in_the_configuration_is_checked(text: str, said: str) -> None:
    """Only addresses of the site, only to where a page is."""
    from generator.config import parse_config  # noqa: PLC0415 - beside its only use

    whole = (ROOT / "report.toml").read_text(encoding="utf-8") + f"\n[[redirects]]\n{text}\n"
    with pytest.raises(ConfigError, match=said):
        parse_config(whole.encode(), "report.toml")
