"""Pages with one chart alone, made of the figures in finished pages."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from lxml import html  # type: ignore[import-untyped]  # ships no types

from generator.embeds import write_embeds
from generator.errors import BuildError
from generator.render import environment

TEMPLATES = Path(__file__).parents[1] / "templates"
PROVENANCE = {
    "next_update": datetime(2026, 9, 22, 6, tzinfo=UTC),
    "simulated": False,
    "degraded": (),
    "site_url": "",
}


def figure(*, base: str, embed: str, frozen_embed: str = "", title: str = "A finding") -> str:
    """Return a figure as the component writes it, with what matters here."""
    return (
        f'<figure class="tandem-figure" id="rolling" data-search-exclude data-figure="rolling" data-base="{base}" '
        f'data-embed="{embed}" data-frozen-embed="{frozen_embed}" data-frozen="" data-latest="" data-title="{title}" '
        f'data-dated="2026-09-18">'
        f'<picture><source srcset="{base}n.svg"><img src="{base}w.svg" alt="Alt"></picture>'
        f'<ul class="tandem-actions"><li><a href="#rolling">Link</a></li></ul></figure>'
    )


def page(site: Path, address: str, body: str) -> None:
    """Write one page of a finished site."""
    path = site / address / "index.html"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"<html><body>{body}</body></html>", encoding="utf-8")


def write(site: Path, **changes: Any) -> int:
    """Write the pages of all figures."""
    return write_embeds(site, environment(TEMPLATES), "Tandem", {**PROVENANCE, **changes})


def test_links_follow_the_figure(tmp_path: Path) -> None:
    """Pictures, data and the way back to the report are found from the new place; the row of actions stays behind."""
    page(
        tmp_path,
        "reports/a-b/correlation",
        figure(base="../../../assets/charts/", embed="../../../charts/a-b-rolling/"),
    )
    assert write(tmp_path) == 1
    tree = html.parse(tmp_path / "charts/a-b-rolling/index.html").getroot()
    assert tree.xpath("//img/@src") == ["../../assets/charts/w.svg"]
    assert tree.xpath("//source/@srcset") == ["../../assets/charts/n.svg"]
    assert tree.xpath("//figure/@data-base") == ["../../assets/charts/"]
    assert tree.xpath("//a/@href") == ["../../reports/a-b/correlation/#rolling"]
    assert tree.xpath("//script/@src") == ["../../assets/tandem-embed.js", "../../assets/tandem.js"]
    assert [h.text for h in tree.xpath("//h1")] == ["A finding"]
    assert tree.xpath("//p/@data-next-update") == ["2026-09-22T06:00:00+00:00"]


def test_the_page_a_figure_belongs_to_is_named(tmp_path: Path) -> None:
    """A figure that the overview shows too leads to the page that explains it, and has one page of its own."""
    page(tmp_path, "reports/a-b", figure(base="../../assets/charts/", embed="../../charts/a-b-rolling/"))
    page(tmp_path, "reports/a-b/levels", figure(base="../../../assets/charts/", embed="../../../charts/a-b-rolling/"))
    assert write(tmp_path) == 1
    tree = html.parse(tmp_path / "charts/a-b-rolling/index.html").getroot()
    assert tree.xpath("//a/@href") == ["../../reports/a-b/levels/#rolling"]


def test_an_edition_has_frozen_ones(tmp_path: Path) -> None:
    """The chart of an edition stands below it, says its date, and expects no update."""
    body = figure(base="rolling/", embed="../../../charts/a-b-rolling/", frozen_embed="rolling/")
    page(tmp_path, "editions/2026-01-30/a-b", body)
    assert write(tmp_path) == 1
    tree = html.parse(tmp_path / "editions/2026-01-30/a-b/rolling/index.html").getroot()
    assert tree.xpath("//img/@src") == ["w.svg"] or tree.xpath("//img/@src") == ["./w.svg"]
    assert tree.xpath("//p/@data-next-update") == []
    assert "Frozen, data through 2026-09-18" in " ".join(tree.text_content().split())
    assert not (tmp_path / "charts").exists()


def test_hostile_titles_are_text(tmp_path: Path) -> None:
    """What a title holds is shown and nothing of it is markup."""
    title = "&lt;script&gt;alert(1)&lt;/script&gt;&quot; &amp; {{ 7 * 7 }}"
    page(tmp_path, "reports/a-b/x", figure(base="../../../c/", embed="../../../charts/a-b-rolling/", title=title))
    write(tmp_path)
    tree = html.parse(tmp_path / "charts/a-b-rolling/index.html").getroot()
    assert tree.xpath("string(//h1)") == '<script>alert(1)</script>" & {{ 7 * 7 }}'
    assert len(tree.xpath("//script")) == 2


def test_two_pairs_share_no_address(tmp_path: Path) -> None:
    """Pairs whose names run together are refused by name, before one shows the other's chart."""
    for pair in ("a", "a-b"):
        page(tmp_path, f"reports/{pair}/x", figure(base="../../../c/", embed="../../../charts/a-b-rolling/"))
    with pytest.raises(BuildError, match="two charts would have this address; rename the pair"):
        write(tmp_path)


def test_a_published_site_names_the_report_as_canonical(tmp_path: Path) -> None:
    """A frame is no page of its own for a search engine."""
    page(tmp_path, "reports/a-b/x", figure(base="../../../c/", embed="../../../charts/a-b-rolling/"))
    write(tmp_path, site_url="https://example.org/tandem/", as_of=date(2026, 9, 18))
    tree = html.parse(tmp_path / "charts/a-b-rolling/index.html").getroot()
    assert tree.xpath("//link[@rel='canonical']/@href") == ["https://example.org/tandem/reports/a-b/x/"]
