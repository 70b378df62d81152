"""Foreign text in every field of the configuration is literal text on the finished site, in every file of it."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from lxml import etree, html  # type: ignore[import-untyped]  # ships no types

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from subprocess import CompletedProcess

ATTACK = "</script><script>alert(1)</script>"
IMAGE = '<img src=x onerror="alert(2)">'
LINK = "[x](javascript:alert(3)) a | b {: onclick=alert(4) } {{7*7}} {% x %}"
TITLE = "</title><script>alert(5)</script> *a* `b` _c_ # d"
QUOTE = "\" onmouseover=\"alert(6)' onmouseover='alert(7) & &lt; \\"
SUBTITLE = "1. <b>%s</b> ${x} $$x$$ !!! note"
# What stands in the shipped file, and what takes its place.
PLACES = {
    'label = "Ether"': f"label = '''{ATTACK}'''",
    'short = "ETH"': f"short = '''{IMAGE}'''",
    'label = "Russell 2000"': f"label = '''{LINK}'''",
    'short = "RUT"': f"short = '''{QUOTE[:30]}'''",
    'label = "S&P 500"': f"label = '''{SUBTITLE}'''",
    'title = "Ether and the Russell 2000"': f"title = '''{TITLE}'''",
    'label = "The claim"': f"label = '''{ATTACK}'''",
    'speaker = "Crypto Valley Journal, reporting on Milk Road"': f"speaker = '''{IMAGE}'''",
    'title = "Ether is almost perfectly correlated with the Russell 2000"': f"title = '''{TITLE}'''",
    'label = "Crypto Valley Journal, briefing"': f"label = '''{QUOTE}'''",
    'description = "Do Ether and small caps move': f"description = '''{ATTACK} {QUOTE[:40]}''' # ",
    'unit = "index points"': f"unit = '''{IMAGE}'''",
}


@pytest.fixture(scope="module")
def hostile_site(
    tmp_path_factory: pytest.TempPathFactory,
    tandem: Callable[..., CompletedProcess[str]],
    light_project: Callable[[Path], Path],
) -> Path:
    """Return the site built by the real command line from a configuration full of attacks."""
    project = light_project(tmp_path_factory.mktemp("hostile") / "project")
    text = (project / "report.toml").read_text(encoding="utf-8")
    for old, new in PLACES.items():
        assert old in text
        text = text.replace(old, new, 1)
    (project / "report.toml").write_text(text, encoding="utf-8")
    finished = tandem(project, "build", "--data", "sample", "--as-of", "2026-09-18", "--no-editions")
    assert finished.returncode == 0, finished.stderr
    assert finished.stdout.count("\n") == 4
    return project / "site"


@pytest.fixture(scope="module")
def hostile_pages(hostile_site: Path) -> dict[str, Any]:
    """Return the parsed pages."""
    return {
        path.relative_to(hostile_site).as_posix(): html.document_fromstring(path.read_bytes())
        for path in hostile_site.rglob("*.html")
    }


def test_no_attack_became_an_element(hostile_pages: dict[str, Any]) -> None:
    """No script, picture, handler or address of ours came from the configuration."""
    for page, tree in hostile_pages.items():
        for script in tree.xpath("//script"):
            assert "alert(" not in (script.text or "") or script.get("type") == "application/ld+json", page
        for element in tree.iter(etree.Element):
            assert not any(name.startswith("on") for name in element.attrib), (page, element.tag)
            assert not (element.get("href") or "").startswith("javascript:"), page
            assert element.get("src") != "x", page
        assert not tree.xpath("//b[contains(., '%s')]"), page


def test_text_is_shown_as_it_was_written(hostile_pages: dict[str, Any]) -> None:
    """Heading, title of the window, table, alt text and description hold the very characters."""
    page = hostile_pages["reports/eth-russell-2000/correlation/index.html"]
    shown = " ".join(page.xpath("string(//article)").split())
    for text in (ATTACK, LINK):
        assert " ".join(text.split()) in shown
    heading = "".join(page.xpath("//h1[1]//text()[not(ancestor::a[contains(@class, 'headerlink')])]"))
    assert heading.strip() == f"Correlation: {TITLE}"
    assert page.xpath("string(//head/title)").strip().startswith(f"Correlation: {TITLE}")
    assert any(ATTACK in alt for tree in hostile_pages.values() for alt in tree.xpath("//img/@alt"))
    assert ATTACK in page.xpath("string(//meta[@name='description']/@content)")
    rates = " ".join(hostile_pages["reports/eth-russell-2000/rates/index.html"].xpath("string(//article)").split())
    assert SUBTITLE in rates


def test_nothing_computed_came_out_of_a_label(hostile_site: Path) -> None:
    """Seven times seven is nowhere: no layer took a label for its own language."""
    for path in hostile_site.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert "a | b {: onclick=alert(4) } 49" not in text
        assert "{{7*7}}" not in text or "&#123;&#123;7&#42;7" in text or "<title>" in text


def test_pictures_hold_text_and_no_script(hostile_site: Path) -> None:
    """Every SVG is well-formed, with the labels as text, and without scripts, links or handlers."""
    labels = 0
    for path in hostile_site.rglob("*.svg"):
        if "assets/charts" not in path.as_posix() and "badges" not in path.as_posix():
            continue
        root = etree.fromstring(path.read_bytes())
        for element in root.iter(etree.Element):
            assert etree.QName(element).localname not in {"script", "image", "a", "foreignObject"}, path.name
            assert not any(name.startswith("on") or name.endswith("href") for name in element.attrib), path.name
        labels += ATTACK in "".join(root.itertext())
    assert labels > 0


def test_data_files_hold_text(hostile_site: Path) -> None:
    """JSON is strict, and what pages embed of it cannot end a script; the search index is escaped."""
    for path in hostile_site.rglob("*.json"):
        json.loads(path.read_text(encoding="utf-8"), parse_constant=pytest.fail)
    for path in (hostile_site / "data").rglob("*.json"):
        assert "<" not in path.read_text(encoding="utf-8"), path.name
    index = json.loads((hostile_site / "search" / "search_index.json").read_text(encoding="utf-8"))
    for entry in index["docs"]:
        for field in ("title", "text"):
            tree = html.fragment_fromstring(entry[field], create_parent="div")
            assert not tree.xpath(".//script|.//img|.//@onerror|.//@onclick|.//@onmouseover"), entry["location"]


def test_a_claim_is_quoted_and_not_run(hostile_pages: dict[str, Any]) -> None:
    """The page of a claim shows its title, speaker and source as text, and its JSON-LD says the same."""
    (page,) = [tree for name, tree in hostile_pages.items() if re.fullmatch(r"claims/[^/]+/index\.html", name)]
    shown = " ".join(page.xpath("string(//article)").split())
    assert IMAGE in shown
    assert QUOTE in shown
    heading = "".join(page.xpath("//h1[1]//text()[not(ancestor::a[contains(@class, 'headerlink')])]"))
    assert heading.strip() == TITLE
    for script in page.xpath("//script[@type='application/ld+json']"):
        assert "<" not in script.text
        json.loads(script.text)
