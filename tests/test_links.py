"""Every address on the built site leads somewhere, and no page asks another host for anything."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urljoin, urlsplit

import pytest
from lxml import etree  # type: ignore[import-untyped]  # ships no types

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# Any origin does: links are relative, and what is not below it is another host.
ORIGIN = "https://site.invalid/deep/er/"
# The address in mkdocs.yml stands in for the published one while there is none.
LOCAL = "http://127.0.0.1:8000/"
ASKED_FOR = {"src", "srcset", "poster", "data", "action", "formaction", "background"}
LINKS = {"href", "cite", "longdesc", "data-base", "data-embed"} | ASKED_FOR


def addresses(tree: Any) -> Iterator[tuple[str, str, str]]:
    """Yield element, attribute and value of everything on a page that is an address."""
    for element in tree.iter(etree.Element):
        for name, value in element.attrib.items():
            if name == "srcset":
                for part in value.split(","):
                    yield element.tag, name, part.split()[0]
            elif name in LINKS and not (name == "data" and element.tag != "object"):
                yield element.tag, name, value


def file_at(site: Path, address: str) -> Path:
    """Return the file a static host serves for an address below the origin."""
    place = unquote(urlsplit(address).path).removeprefix("/deep/er/")
    path = site / place
    return path / "index.html" if not place or place.endswith("/") else path


def is_named(tree: Any, fragment: str) -> bool:
    """Return whether a page has the anchor."""
    return any(element.get("id") == fragment or element.get("name") == fragment for element in tree.iter(etree.Element))


def test_every_link_leads_to_a_file_and_an_anchor(built_site: Path, built_pages: dict[str, Any]) -> None:
    """Pages, pictures, scripts, styles, data files and anchors: each one exists, from wherever it is named."""
    broken = []
    seen = 0
    for page, tree in built_pages.items():
        # The page for what is not found is shown at any depth: its addresses are absolute.
        base = LOCAL if page == "404.html" else ORIGIN
        for tag, name, value in addresses(tree):
            target = urljoin(base + page, value)
            if not target.startswith(base) or (name == "data-embed" and not value):
                continue
            seen += 1
            place, _, fragment = target.partition("#")
            path = file_at(built_site, place.replace(base, ORIGIN))
            if name == "data-base":
                path = path.parent
            if not path.exists():
                broken.append(f"{page}: <{tag} {name}={value!r}>: no file")
            elif fragment and path.suffix == ".html":
                own = path.relative_to(built_site).as_posix().removesuffix("index.html")
                if not is_named(built_pages[own], unquote(fragment)):
                    broken.append(f"{page}: <{tag} {name}={value!r}>: no anchor")
    assert broken == []
    assert seen > 1000


def test_no_page_asks_another_host(built_pages: dict[str, Any]) -> None:
    """Scripts, styles, fonts, pictures and frames are the site's own; other hosts are only ever linked to."""
    outside = []
    for page, tree in built_pages.items():
        base = LOCAL if page == "404.html" else ORIGIN
        for tag, name, value in addresses(tree):
            if name in ASKED_FOR or (tag == "link" and name == "href"):
                target = urljoin(base + page, value)
                if not target.startswith((base, "data:")):
                    outside.append(f"{page}: <{tag} {name}={value!r}>")
    assert outside == []


def test_links_to_other_hosts_are_plain_and_safe(built_pages: dict[str, Any]) -> None:
    """Only https (or mail) leads away, except to sources that offer http alone; no script stands in an address."""
    schemes = {
        urlsplit(urljoin(ORIGIN + page, value)).scheme
        for page, tree in built_pages.items()
        for _tag, _name, value in addresses(tree)
    }
    assert schemes <= {"https", "http", "mailto", "data"}


def test_links_are_relative(built_pages: dict[str, Any]) -> None:
    """The site works below any path and in a frozen copy: no link begins at the root of a host."""
    rooted = [
        f"{page}: {value}"
        for page, tree in built_pages.items()
        if page != "404.html"
        for _tag, _name, value in addresses(tree)
        if value.startswith(("/", LOCAL))
    ]
    assert rooted == []


def test_styles_ask_for_files_that_exist(built_site: Path) -> None:
    """Fonts and pictures named in style sheets are there, and are the site's own."""
    seen = 0
    for path in built_site.rglob("*.css"):
        for value in re.findall(r"url\(\s*['\"]?([^'\")]+)['\"]?\s*\)", path.read_text(encoding="utf-8")):
            if value.startswith(("data:", "#")):
                continue
            seen += 1
            assert not urlsplit(value).scheme, f"{path.name}: {value}"
            assert (path.parent / urlsplit(value).path).is_file(), f"{path.name}: {value}"
        assert "@import" not in path.read_text(encoding="utf-8")
    assert seen >= 0


def test_every_figure_has_its_files(built_site: Path, built_pages: dict[str, Any]) -> None:
    """Two layouts, two schemes, data and downloads: everything a figure names, now or on the first touch, is there."""
    figures = [(page, figure) for page, tree in built_pages.items() for figure in tree.xpath("//figure[@data-figure]")]
    assert len(figures) > 10
    for page, figure in figures:
        folder = file_at(built_site, urljoin(ORIGIN + page, figure.get("data-base"))).parent
        name = figure.get("data-figure")
        for layout in ("wide", "narrow"):
            spec = json.loads(
                (folder / f"{name}.{layout}.json").read_text(encoding="utf-8"), parse_constant=pytest.fail
            )
            for data in set(re.findall(r'"data":\{"name":"([^"]+)"\}', json.dumps(spec, separators=(",", ":")))):
                marks = spec["usermeta"]["tandem"].get("marks", {})
                assert data in marks or (folder / f"{data}.json").is_file(), f"{page}: {name} draws {data}"
            for scheme in ("light", "dark"):
                picture = folder / f"{name}.{layout}.{scheme}.svg"
                root = etree.fromstring(picture.read_bytes())
                assert root.tag == "{http://www.w3.org/2000/svg}svg"
                assert b"var(--" not in picture.read_bytes(), "a picture cannot see the colours of the page"


def test_every_file_of_a_chart_is_named(built_site: Path, built_pages: dict[str, Any]) -> None:
    """Nothing is left over from another build: each folder of charts belongs to a figure on some page."""
    used = set()
    for page, tree in built_pages.items():
        for figure in tree.xpath("//figure[@data-figure]"):
            folder = file_at(built_site, urljoin(ORIGIN + page, figure.get("data-base"))).parent
            used.add((folder, figure.get("data-figure")))
    charts = built_site / "assets" / "charts"
    pictures = {(path.parent, path.name.partition(".")[0]) for path in charts.rglob("*.svg")}
    assert pictures <= used


def test_published_numbers_link_to_where_they_stand(built_site: Path, built_pages: dict[str, Any]) -> None:
    """The `link` of every number in a findings file is an anchor on a page, and the page shows the number there."""
    seen = 0
    missing = []
    for path in sorted((built_site / "data").glob("*/findings.json")):
        for number_id, number in json.loads(path.read_text(encoding="utf-8"))["numbers"].items():
            if "unavailable" in number or not number["link"]:
                continue
            seen += 1
            place, _, fragment = number["link"].partition("#")
            tree = built_pages.get(place.removeprefix("/"))
            if tree is None or not is_named(tree, fragment):
                missing.append(f"{path.parent.name}: {number_id} at {number['link']}")
    assert missing == []
    assert seen > 100


def test_the_sitemap_and_the_search_know_only_pages_that_exist(built_site: Path, built_pages: dict[str, Any]) -> None:
    """Machines are sent nowhere either."""
    locations = re.findall(r"<loc>([^<]+)</loc>", (built_site / "sitemap.xml").read_text(encoding="utf-8"))
    assert {location.removeprefix(LOCAL) for location in locations} <= set(built_pages)
    index = json.loads((built_site / "search" / "search_index.json").read_text(encoding="utf-8"))
    assert index["docs"]
    for entry in index["docs"]:
        place, _, fragment = entry["location"].partition("#")
        assert place in built_pages
        assert not fragment or is_named(built_pages[place], fragment), entry["location"]
