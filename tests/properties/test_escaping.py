"""Foreign text put anywhere on a page is exactly that text for the reader, and no element of its own."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path
from typing import Any

import markdown  # type: ignore[import-untyped]  # ships no types
import pytest
import yaml  # type: ignore[import-untyped]  # ships no types
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from lxml import html  # type: ignore[import-untyped]  # ships no types

from generator.formatting import escape_text
from generator.render import front_matter

MKDOCS = (Path(__file__).parents[2] / "mkdocs.yml").read_text(encoding="utf-8")
# Characters with a meaning somewhere in Markdown, HTML or its attributes, close together.
MEANINGFUL = "\\`*_{}[]()<>#+-!|&:~^=$'\"/.;,@%?0123456789abX \t\n"
TEXTS = st.one_of(st.text(st.sampled_from(MEANINGFUL), max_size=16), st.text(max_size=24))
HOSTILE = [
    "</script><script>alert(1)</script>",
    '<img src=x onerror="alert(1)">',
    "[x](javascript:alert(1))",
    "![x](https://example.org/x.png)",
    "<https://example.org>",
    "a | b",
    "{: onclick=alert(1) }",
    "{{7*7}} {% raw %}",
    "</title>",
    "\n\n# heading\n",
    "!!! note",
    "[TOC]",
    "[^1]: note",
    "*[HTML]: abbreviation",
    "&lt;b&gt; &#60; &amp;",
    "    code",
    "```\ncode",
    "$$x$$",
    "--- a ---",
    "Term\n:   definition",
    "1986\\. A great year",
    '" onmouseover="alert(1)',
    "' onmouseover='alert(1)",
]


def extensions() -> tuple[list[str], dict[str, Any]]:
    """Return the Markdown extensions the site is built with: those of mkdocs.yml and those MkDocs adds."""
    listed = re.search(r"^markdown_extensions:\n((?:[ #].*\n|\n)*)", MKDOCS, flags=re.MULTILINE)
    entries = yaml.safe_load(listed[1]) if listed else []
    names, options = ["toc", "tables", "fenced_code"], {}
    for entry in entries:
        name, settings_of = next(iter(entry.items())) if isinstance(entry, dict) else (entry, None)
        names.append(name)
        if settings_of:
            options[name] = settings_of
    return list(dict.fromkeys(names)), options


NAMES, OPTIONS = extensions()


def rendered(source: str) -> Any:
    """Return the tree of the HTML made of some Markdown, without the links the theme adds to headings."""
    body = markdown.Markdown(extensions=NAMES, extension_configs=OPTIONS).convert(source)
    tree = html.fragment_fromstring(body, create_parent="div")
    for link in tree.xpath('//a[@class="headerlink"]'):
        link.getparent().remove(link)
    return tree


def folded(text: str) -> str:
    """Return what a browser shows of a text: white space in a row is one blank, the unprintable is replaced."""
    once = re.sub(r"\s+", " ", text)
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in once).strip()


def shape(tree: Any) -> list[tuple[str, tuple[str, ...]]]:
    """Return the elements of a tree in order, each with the names of its attributes other than ids of headings."""
    return [(e.tag, tuple(sorted(k for k in e.attrib if k != "id"))) for e in tree.iter()]


def test_the_extensions_are_those_of_the_site() -> None:
    """The property below is about the site's own Markdown; an extension this file does not know would weaken it."""
    assert {"toc", "tables", "fenced_code"} <= set(NAMES)
    assert {"attr_list", "md_in_html"}.isdisjoint(NAMES), "these turn foreign text into attributes; see decision 0010"


PLACES = {
    "paragraph": "{}",
    "after words": "words {}",
    "heading": "# {}",
    "list item": "- {}",
    "numbered item": "1. {}",
    "table cell": "| a |\n| --- |\n| {} |",
    "paragraph of HTML": '<p class="answer">{}</p>',
    "cell of HTML": '<table>\n<tr><th scope="row">{}</th></tr>\n</table>',
    "code of HTML": "Hash <code>{}</code>",
}


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
@settings(max_examples=120)
@given(text=TEXTS)
def test_the_reader_sees_the_text_and_nothing_else(place: str, text: str) -> None:
    """The text content is the text, and the elements are those of the same page with an innocent word."""
    assume(folded(text))
    tree = rendered(place.format(escape_text(text)))
    innocent = rendered(place.format("QQ"))
    assert shape(tree) == shape(innocent)
    assert folded(tree.text_content()) == folded(innocent.text_content().replace("QQ", text))


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
@pytest.mark.parametrize("text", HOSTILE)
def test_known_attacks_stay_text(place: str, text: str) -> None:
    """The texts of SURVIVE 33 and their relatives, in every place."""
    tree = rendered(place.format(escape_text(text)))
    assert shape(tree) == shape(rendered(place.format("x")))
    assert folded(text) in folded(tree.text_content())


@settings(max_examples=200)
@given(text=TEXTS)
def test_an_attribute_holds_the_text(text: str) -> None:
    """Alt texts and titles are foreign text too; no quote ends the attribute."""
    tree = rendered(f'<p><img alt="{escape_text(text)}"></p>')
    (image,) = tree.xpath("//img")
    assert list(image.attrib) == ["alt"]
    assert folded(image.get("alt")) == folded(text)
    assert [e.tag for e in tree.iter()] == ["div", "p", "img"]


@settings(max_examples=200)
@given(
    title=st.text(st.characters(exclude_categories=["C", "Z"]) | st.just(" "), max_size=40),
    description=st.sampled_from(HOSTILE).map(lambda text: " ".join(text.split())),
)
def test_the_head_of_a_page_is_the_same_text_in_yaml(title: str, description: str) -> None:
    """What the configuration lets through as a label comes out of the front matter unchanged; the title is HTML."""
    assume(title.isprintable())
    head = front_matter(title, description)
    assert head.startswith("---\n")
    assert head.endswith("\n---\n")
    assert head.count("\n") == 4
    found = yaml.safe_load(head.removeprefix("---\n").removesuffix("---\n"))
    assert found["description"] == description
    assert unescape(found["title"]) == title
    assert "<" not in found["title"]
