"""What the pages of the built site hold: one heading each, strict data, real numbers, literal text."""

from __future__ import annotations

import itertools
import json
import re
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from generator.findings import anchor
from generator.formatting import amount, plain

if TYPE_CHECKING:
    from pathlib import Path

WRITTEN_BY_HAND = ("methods/", "decisions/", "about/")
PLACEHOLDERS = {"nan", "NaN", "inf", "-inf", "−inf", "None", "NaT", "undefined", "Undefined"}


def content(tree: Any) -> Any:
    """Return the part of a page that is not the theme's."""
    return tree.xpath("//article | //main")[0] if tree.xpath("//article | //main") else tree.xpath("//body")[0]


def visible(element: Any) -> str:
    """Return the text a reader sees, without scripts, styles and code."""
    parts = element.xpath(".//text()[not(ancestor::script or ancestor::style or ancestor::code or ancestor::pre)]")
    return " ".join(" ".join(parts).split())


def findings(site: Path, slug: str = "eth-russell-2000") -> dict[str, Any]:
    """Return the findings file of a pair."""
    body: dict[str, Any] = json.loads((site / "data" / slug / "findings.json").read_text(encoding="utf-8"))
    return body


def test_the_pages_of_the_design_are_there(built_pages: dict[str, Any]) -> None:
    """Home, the pages of each pair, data, methods, decisions, about, and the page for what is not found."""
    parts = ("", "correlation/", "levels/", "rates/", "fomc/", "since-the-claim/")
    pairs = ("eth-russell-2000", "btc-nasdaq-100", "eth-sp-500")
    wanted = {"", "reports/", "data/", "methods/", "decisions/", "about/", "404.html"}
    wanted |= {f"reports/{pair}/{part}" for pair in pairs for part in parts}
    assert wanted <= set(built_pages)


def test_every_page_has_one_heading_and_a_title_of_its_own(built_pages: dict[str, Any]) -> None:
    """One h1, in words; the title in the browser's tab names the page."""
    titles: Counter[str] = Counter()
    for page, tree in built_pages.items():
        headings = [visible(h) for h in tree.xpath("//h1")]
        assert len(headings) == 1, page
        assert headings[0].removesuffix(" #"), page
        titles[tree.xpath("string(//head/title)").strip()] += 1
    assert [title for title, count in titles.items() if count > 1 or not title] == []


def test_ids_are_unique_on_every_page(built_pages: dict[str, Any]) -> None:
    """An anchor names one place."""
    twice = {
        page: [i for i, count in Counter(tree.xpath("//@id")).items() if count > 1]
        for page, tree in built_pages.items()
    }
    assert {page: ids for page, ids in twice.items() if ids} == {}


def test_no_page_shows_a_placeholder(built_pages: dict[str, Any]) -> None:
    """No "nan", "None" or leftover of a template where a reader looks, nor in alt texts and descriptions."""
    for page, tree in built_pages.items():
        if page.startswith(WRITTEN_BY_HAND) and page != "methods/sample/":
            continue
        attributes = " ".join(tree.xpath("//@alt | //@aria-label | //@title | //meta[@name='description']/@content"))
        # "None of 3 279 reaches 0.9" is a sentence.
        text = re.sub(r"\bNone of (?=\d)", "", f"{visible(content(tree))} {attributes}")
        words = set(re.findall(r"[\w−-]+", text))
        assert not words & PLACEHOLDERS, page
        assert "{{" not in visible(content(tree)), page
        assert "{%" not in visible(content(tree)), page


def test_no_character_is_escaped_twice(built_pages: dict[str, Any]) -> None:
    """A reader never sees the code of a character."""
    for page, tree in built_pages.items():
        assert not re.search(r"&(#\d+|amp|lt|gt|nbsp);", content(tree).text_content()), page


def test_every_page_says_how_old_its_data_is_and_that_it_is_simulated(built_pages: dict[str, Any]) -> None:
    """The banner of the sample and the last date stand on every page."""
    for page, tree in built_pages.items():
        assert "Simulated sample data, not market data" in visible(tree.xpath("//body")[0]), page
        assert tree.xpath("//time[@datetime='2026-09-18']"), page


def test_every_report_names_hash_version_command_and_files(built_site: Path, built_pages: dict[str, Any]) -> None:
    """The page can be checked and rebuilt from what stands on it."""
    body = findings(built_site)
    for page, tree in built_pages.items():
        if not re.fullmatch(r"reports/[a-z0-9-]+/([a-z-]+/)?", page):
            continue
        text = " ".join(content(tree).text_content().split())
        assert body["data_sha256"] in text, page
        assert body["code_version"] in text, page
        assert "python -m generator build --data sample --as-of 2026-09-18" in text, page
        pair, part = page.split("/")[1:3]
        links = set(tree.xpath("//@href"))
        assert any(link.endswith(f"data/{pair}/{part or 'overview'}.json") for link in links), page
        assert any(link.endswith(f"data/{pair}/findings.json") for link in links), page


def test_shown_numbers_are_the_published_ones(built_site: Path, built_pages: dict[str, Any]) -> None:
    """Wherever a page shows a number by its id, value and n are those of the findings file."""
    seen = 0
    for page, tree in built_pages.items():
        slug = page.split("/")[1] if page.startswith("reports/") and page.count("/") > 1 else "eth-russell-2000"
        numbers = findings(built_site, slug)["numbers"]
        for span in tree.xpath("//span[@data-number]"):
            number = numbers[span.get("data-number")]
            assert span.get("id") == anchor(span.get("data-number"))
            text = plain(span.text_content())
            assert text.startswith(plain(amount(number["value"], number["unit"]))), (page, text)
            assert f"n = {plain(amount(number['nobs'], 'count'))})" in text, (page, text)
            seen += 1
    assert seen > 100


def test_the_first_screen_answers_with_three_numbers(built_site: Path, built_pages: dict[str, Any]) -> None:
    """Home gives the question as its heading, one computed sentence, three numbers with intervals, and a picture."""
    home = built_pages[""]
    body = findings(built_site)["numbers"]
    assert visible(home.xpath("//h1")[0]).startswith("Do Ether and small caps move in tandem")
    answer = visible(home.xpath("//p[contains(@class, 'answer')]")[0])
    value = body["correlation.pearson.daily.252"]
    assert f"their returns correlated {plain(amount(value['value'], 'correlation'))}" in answer
    spans = home.xpath("//ul[contains(@class, 'headlines')]//span[@data-number]")
    assert len(spans) == 3
    for span in spans[:1]:
        assert " to " in span.text_content()
    assert home.xpath("//figure[@data-figure]")


def test_all_json_is_strict(built_site: Path) -> None:
    """No file holds NaN or Infinity, which many readers refuse."""
    files = sorted(built_site.rglob("*.json"))
    assert len(files) > 50
    for path in files:
        json.loads(path.read_text(encoding="utf-8"), parse_constant=pytest.fail)


def test_scripts_in_pages_are_data_or_known(built_pages: dict[str, Any]) -> None:
    """JSON-LD parses, and no element carries code in an attribute."""
    for page, tree in built_pages.items():
        for script in tree.xpath("//script[@type='application/ld+json']"):
            assert "@context" in json.loads(script.text), page
        assert not [n for n in tree.xpath("//@*/..") for a in n.attrib if a.lower().startswith("on")], page


def test_pictures_have_words(built_pages: dict[str, Any]) -> None:
    """Every picture of ours has an alt text with a number, a caption, a table and downloads."""
    for page, tree in built_pages.items():
        for image in tree.xpath("//img"):
            assert image.get("alt") is not None, page
        for figure in tree.xpath("//figure[@data-figure]"):
            for image in figure.xpath(".//img"):
                assert re.search(r"\d", image.get("alt")), (page, image.get("alt"))
                assert image.get("width"), page
                assert image.get("height"), page
            assert visible(figure.xpath(".//figcaption")[0]), page
            assert figure.xpath(".//table//th[@scope='col']"), page
            assert figure.xpath(".//a[@download]") or page.startswith("charts/"), page


def test_tables_can_be_read_aloud(built_pages: dict[str, Any]) -> None:
    """Tables of reports have headings, and every row as many cells as there are columns."""
    for page, tree in built_pages.items():
        for table in content(tree).xpath(".//table"):
            # An empty corner is a plain cell: it heads nothing.
            heads = table.xpath(".//thead/tr[last()]/*[self::th or self::td]")
            assert table.xpath(".//thead/tr[last()]/th"), page
            for row in table.xpath(".//tbody/tr"):
                width = sum(int(cell.get("colspan", "1")) for cell in row.xpath("./td|./th"))
                assert width == len(heads), (page, visible(row))


def test_headings_do_not_skip_a_level(built_pages: dict[str, Any]) -> None:
    """The outline of a page is a tree."""
    for page, tree in built_pages.items():
        levels = [int(h.tag[1]) for h in content(tree).xpath(".//h1|.//h2|.//h3|.//h4|.//h5|.//h6")]
        assert all(b - a <= 1 for a, b in itertools.pairwise(levels)), (page, levels)


def test_the_search_index_holds_no_markup_of_ours(built_site: Path) -> None:
    """Found text is text; figures are left out of the index."""
    index = json.loads((built_site / "search" / "search_index.json").read_text(encoding="utf-8"))
    for entry in index["docs"]:
        assert "<script" not in entry["text"], entry["location"]
        assert "data-figure" not in entry["text"], entry["location"]


def test_the_machine_readable_parts_are_parts_of_the_whole(built_site: Path) -> None:
    """Each page's own file holds numbers of the pair's file, and together they hold all that pages publish."""
    for folder in sorted(p for p in (built_site / "data").iterdir() if (p / "findings.json").is_file()):
        whole = json.loads((folder / "findings.json").read_text(encoding="utf-8"))
        together: dict[str, Any] = {}
        for path in folder.glob("*.json"):
            part = json.loads(path.read_text(encoding="utf-8"))
            if path.name == "findings.json" or "numbers" not in part:
                continue
            assert {k: part[k] for k in ("pair", "as_of", "data", "data_sha256", "format_version")} == {
                k: whole[k] for k in ("pair", "as_of", "data", "data_sha256", "format_version")
            }
            for number_id, number in part["numbers"].items():
                assert whole["numbers"][number_id] == number
                assert number_id not in together, "a number belongs to one page"
                together[number_id] = number
        rest = set(whole["numbers"]) - set(together)
        assert all("/reports/" not in whole["numbers"][key].get("link", "") for key in rest)
