"""Technical words are explained where a page first uses them, and nothing else is touched."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from generator.glossary import MARKED, Term, read_terms, with_terms

if TYPE_CHECKING:
    from collections.abc import Callable

DOCS = Path(__file__).parents[1] / "site_src"
SESSION = Term(name="Session", meaning="A trading day.")
FOMC = Term(name="FOMC", meaning="It sets the range.")
LINK: Callable[[str], str] = lambda address: f"..{address}"  # noqa: E731 - as short as it reads


def test_every_marked_term_is_in_the_glossary() -> None:
    """Each has an entry with a meaning of one plain sentence."""
    terms = read_terms(DOCS)
    assert {term.name for term in terms} == MARKED
    for term in terms:
        assert term.meaning.endswith(".")
        assert not set("[]`*<>") & set(term.meaning), term.meaning


def test_the_first_use_alone_is_marked() -> None:
    """Also in the plural, and each term once on a page."""
    text = "Two sessions later.\n\nA session and the FOMC."
    mark = '<a class="term" href="../methods/glossary/#{}" title="{}">{}</a>'
    assert with_terms(text, (SESSION, FOMC), LINK) == (
        f"Two {mark.format('session', 'A trading day.', 'sessions')} later.\n\n"
        f"A session and the {mark.format('fomc', 'It sets the range.', 'FOMC')}."
    )


def test_only_prose_is_marked() -> None:
    """Headings, HTML blocks, tables, code, links and attributes stay as they are, and so do parts of words."""
    text = (
        "# Session\n\n<p>\nA session\n</p>\n\n| session |\n\n`session` [a session](x.md) <a href='#'>session</a> "
        '<span title="session"> obsession fomc sessional</span>'
    )
    assert with_terms(text, (SESSION, FOMC), LINK) == text


def test_a_meaning_is_text() -> None:
    """What a meaning holds cannot end the attribute."""
    hostile = Term(name="Session", meaning='"><script>alert(1)</script>')
    assert 'title="&quot;&gt;&lt;script&gt;' in with_terms("A session.", (hostile,), LINK)


def test_the_glossary_has_the_anchors(built_pages: dict[str, Any]) -> None:
    """Each mark leads to a heading of the glossary, and pages do hold marks."""
    there = set(built_pages["methods/glossary/"].xpath("//h3/@id"))
    used = {href for tree in built_pages.values() for href in tree.xpath("//a[@class='term']/@href")}
    assert len(used) > 3
    assert {href.partition("#")[2] for href in used} <= there
