"""Words for the size of a correlation."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.claims import strength_of_interval, strength_word

ORDER = ["close to none", "weak", "moderate", "strong", "near-perfect"]


@pytest.mark.parametrize(
    ("corr", "word"),
    [
        (1.0, "near-perfect"),
        (0.9, "near-perfect"),
        (math.nextafter(0.9, 0), "strong"),
        (0.7, "strong"),
        (math.nextafter(0.7, 0), "moderate"),
        (0.4, "moderate"),
        (math.nextafter(0.4, 0), "weak"),
        (0.2, "weak"),
        (math.nextafter(0.2, 0), "close to none"),
        (0.0, "close to none"),
    ],
)
def test_every_line_of_the_scale(corr: float, word: str) -> None:
    """Each word begins exactly at its line, on either side of zero."""
    assert strength_word(corr) == word
    assert strength_word(-corr) == word


@given(a=st.floats(-1, 1), b=st.floats(-1, 1))
def test_a_larger_correlation_never_gets_a_weaker_word(a: float, b: float) -> None:
    """The words are ordered as the sizes are."""
    small, large = sorted((a, b), key=abs)
    assert ORDER.index(strength_word(small)) <= ORDER.index(strength_word(large))


@pytest.mark.parametrize("corr", [1.0000001, -2.0, math.nan])
def test_what_is_no_correlation_is_refused(corr: float) -> None:
    """A value outside -1 to 1, or none at all, is a fault of the caller."""
    with pytest.raises(ValueError, match="between -1 and 1"):
        strength_word(corr)


@pytest.mark.parametrize(
    ("lower", "upper", "words"),
    [
        (0.92, 0.97, "near-perfect"),
        (0.35, 0.59, "weak to moderate"),
        (0.1, 0.5, "none to moderate"),
        (-0.1, 0.5, "none to moderate"),
        (-0.1, 0.1, "close to none"),
        (0.0, 0.0, "close to none"),
        (-0.3, 0.5, "anything from weak negative to moderate positive"),
        (-0.5, 0.1, "none to moderate negative"),
        (-0.8, -0.5, "moderate to strong negative"),
        (-0.95, -0.92, "near-perfect negative"),
    ],
)
def test_words_of_an_interval(lower: float, upper: float, words: str) -> None:
    """An interval gets every word it allows, and its sign where it is negative."""
    assert strength_of_interval(lower, upper) == words


def test_an_interval_upside_down_is_refused() -> None:
    """Lower above upper is a fault of the caller."""
    with pytest.raises(ValueError, match="is above"):
        strength_of_interval(0.5, 0.4)
