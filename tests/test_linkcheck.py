"""The check of the finished pages: what leads nowhere is named, and the site is not published."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from generator.errors import BuildError
from generator.linkcheck import check_links, read_pages

if TYPE_CHECKING:
    from pathlib import Path

PUBLISHED = "https://a.invalid/deep/"


def make(site: Path, pages: dict[str, str]) -> Path:
    """Write a site of these files."""
    for name, text in pages.items():
        path = site / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return site


GOOD = {
    "index.html": '<h1 id="top">A</h1><a href="b/#here">b</a><a href="#top">top</a><link rel="canonical" '
    f'href="{PUBLISHED}"><a href="https://elsewhere.invalid/x">x</a><a href="mailto:a@b.invalid">m</a>',
    "b/index.html": '<h2 id="here">B</h2><a href="..">a</a><img srcset="../p.svg 1x, ../p.svg 2x" src="../p.svg?v=1">'
    '<figure id="f" data-figure="f" data-base="../assets/charts/" data-embed="">f</figure>'
    '<span class="number" id="n">1</span><p id="p">p</p>',
    "404.html": '<a href="/deep/b/">b</a>',
    "p.svg": "<svg/>",
    "assets/charts/x.json": "{}",
}


def test_a_whole_site_passes(tmp_path: Path) -> None:
    """Relative and absolute links, queries, sets of pictures and folders of charts are all found; others are left."""
    site = make(tmp_path, GOOD)
    assert check_links(site, read_pages(site), site_url=PUBLISHED) == 8


@pytest.mark.parametrize(
    ("link", "said"),
    [
        ('<a href="c/">c</a>', "'c/' leads nowhere"),
        ('<a href="b/#gone">b</a>', "no such anchor"),
        ('<a href="#gone">b</a>', "no such anchor"),
        ('<img src="q.svg">', "'q.svg' leads nowhere"),
        ('<img srcset="p.svg 1x, q.svg 2x">', "'q.svg' leads nowhere"),
        ('<a href="../b/">b</a>', "leads nowhere"),
        ('<a href="/b/">b</a>', "leads nowhere"),
        ('<a href="b">b</a>', "leads nowhere"),
        (f'<a href="{PUBLISHED}c/">c</a>', "leads nowhere"),
        ('<figure id="f" data-figure="f" data-base="assets/none/">f</figure>', "leads nowhere"),
    ],
)
def test_a_link_that_leads_nowhere_is_named(tmp_path: Path, link: str, said: str) -> None:
    """One line names the page, the attribute and the value."""
    site = make(tmp_path, {**GOOD, "index.html": GOOD["index.html"] + link})
    with pytest.raises(BuildError, match=r"1 broken links: /: ") as stopped:
        check_links(site, read_pages(site), site_url=PUBLISHED)
    assert said in str(stopped.value)
    assert "\n" not in str(stopped.value)


def test_pages_that_have_moved_keep_no_anchors_and_others_can_be_left_out(tmp_path: Path) -> None:
    """A link to an anchor of a redirect is followed; a part of the site may be left unchecked."""
    link = '<a href="b/#gone">b</a>'
    site = make(tmp_path, {**GOOD, "index.html": GOOD["index.html"] + link, "editions/x/index.html": '<a href="no/">'})
    with pytest.raises(BuildError, match="2 broken links"):
        check_links(site, read_pages(site), site_url=PUBLISHED)
    assert check_links(site, read_pages(site), site_url=PUBLISHED, moved={"b/"}, leave=("editions/",)) == 9


def test_only_what_is_offered_for_linking_is_kept(tmp_path: Path) -> None:
    """Headings, rows, numbers and figures; not every id of the page."""
    pages = read_pages(make(tmp_path, GOOD))
    assert pages["b/"].kept == {"here", "f", "n"}
    assert "p" in pages["b/"].ids
