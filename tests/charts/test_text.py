"""Room for text is reckoned before anything is drawn."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.charts.text import WIDEST, text_width, wrap


def test_width_of_known_letters() -> None:
    """Digits of Helvetica are 0.556 em wide, so that columns of them line up; an M is 0.833 em. The widest has more."""
    assert text_width("0123456789", 10) == pytest.approx(55.6 * WIDEST)
    assert text_width("M", 1000) == pytest.approx(833 * WIDEST)
    assert text_width("M", 10, bold=True) > text_width("M", 10)


@given(st.text(st.characters(codec="utf-8"), max_size=200), st.integers(20, 400))
def test_wrapping_loses_no_word_and_fits(text: str, width: int) -> None:
    """All words come out in order; a line is too long only when it is a single word, or a number with its unit."""
    lines = wrap(text, 12, width)
    assert " ".join(lines).split() == text.split()
    assert all(
        text_width(line, 12) <= width or len(re.sub(r"(?<=\d) (?=%|bp\b)", "", line).split()) == 1 for line in lines
    )


def test_a_unit_stays_with_its_number() -> None:
    """No line begins with the percent sign or the basis points of a number on the line before; other words wrap."""
    assert wrap("RUT +16.4 % and ETH", 10, text_width("RUT +16.4", 10)) == ["RUT", "+16.4 %", "and ETH"]
    assert wrap("a cut of 25 bp", 10, text_width("a cut of 25", 10)) == ["a cut of", "25 bp"]
    assert wrap("plain % words", 10, text_width("plain", 10)) == ["plain", "%", "words"]
