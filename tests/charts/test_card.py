"""The picture beside a link: well-formed, whatever the words; small; the same each time."""

from __future__ import annotations

import struct

from lxml import etree  # type: ignore[import-untyped]  # ships no types

from generator.charts.card import Card, card_png, card_svg

HOSTILE = '<script>alert("x")</script> & ]]> {{ 7 * 7 }}'


def texts(card: Card) -> list[str]:
    """Return the lines of text in the picture."""
    tree = etree.fromstring(card_svg(card).encode())
    return [element.text or "" for element in tree.iter("{http://www.w3.org/2000/svg}text")]


def test_words_are_words() -> None:
    """Hostile text stands in the picture as text, in every place."""
    card = Card(
        title=HOSTILE,
        foot=HOSTILE,
        above=HOSTILE,
        verdict=HOSTILE,
        number=HOSTILE,
        label="",
        warning=HOSTILE,
        between=HOSTILE,
    )
    tree = etree.fromstring(card_svg(card).encode())
    assert not list(tree.iter("{http://www.w3.org/2000/svg}script"))
    assert texts(card).count(HOSTILE) >= 5


def test_a_long_title_is_cut() -> None:
    """At most three lines, and the last says that there is more."""
    shown = [line for line in texts(Card(title="word " * 80, foot="Tandem")) if line.startswith("word")]
    assert len(shown) == 3
    assert shown[-1].endswith(" …")


def test_the_file_is_small_and_stable() -> None:
    """800 by 420 px, at most 40 kB, and the same bytes twice."""
    card = Card(
        title="Ether is almost perfectly correlated with the Russell 2000",
        foot="Tandem · data through 2026-09-18",
        above="Claimed by somebody, 2025-10-07",
        verdict="Contradicted",
        colour="#b3262e",
        number="0.28",
        label="Correlation of daily returns over 126 sessions",
        between="0.11 to 0.46",
    )
    picture = card_png(card)
    assert struct.unpack(">II", picture[16:24]) == (800, 420)
    assert len(picture) <= 40_000
    assert picture == card_png(card)
