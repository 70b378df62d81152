"""Shares against statsmodels, their limits, and coverage by enumeration."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from generator.stats.proportions import proportion_difference, wilson_interval


@pytest.mark.parametrize(("successes", "nobs"), [(0, 5), (5, 5), (1, 3), (62, 84), (1455, 2538)])
def test_wilson_equals_statsmodels(successes: int, nobs: int) -> None:
    """Ends of the interval are those of statsmodels."""
    ours = wilson_interval(successes, nobs, 0.9)
    lower, upper = proportion_confint(successes, nobs, alpha=0.1, method="wilson")
    assert (ours.lower, ours.upper) == pytest.approx((lower, upper), abs=1e-12)
    assert (ours.value, ours.nobs, ours.level) == (successes / nobs, nobs, 0.9)


@pytest.mark.parametrize("counts", [(62, 84, 1455, 2538), (0, 10, 0, 20), (5, 5, 1, 3), (3, 9, 9, 9)])
def test_newcombe_equals_statsmodels(counts: tuple[int, int, int, int]) -> None:
    """The interval of the difference is Newcombe's method 10 as in statsmodels."""
    ours = proportion_difference(*counts)
    lower, upper = confint_proportions_2indep(*counts, compare="diff", method="newcomb")
    assert (ours.lower, ours.upper) == pytest.approx((lower, upper), abs=1e-9)


def test_newcombe_published_example() -> None:
    """56/70 against 48/80: 0.2000, interval 0.0524 to 0.3339 (Newcombe 1998, Table II, method 10)."""
    ours = proportion_difference(56, 70, 48, 80)
    assert (ours.value, ours.lower, ours.upper) == pytest.approx((0.2, 0.0524, 0.3339), abs=5e-5)


@given(nobs=st.integers(1, 400), data=st.data())
def test_wilson_holds_its_share_and_mirrors(nobs: int, data: st.DataObject) -> None:
    """The share lies in its interval, the interval in 0..1, and failures have the mirrored interval."""
    successes = data.draw(st.integers(0, nobs))
    ours, mirrored = wilson_interval(successes, nobs), wilson_interval(nobs - successes, nobs)
    assert 0 <= ours.lower <= ours.value <= ours.upper <= 1
    assert ours.lower == pytest.approx(1 - mirrored.upper, abs=1e-12)


@pytest.mark.parametrize("share", [0.3, 0.5, 0.57, 0.8])
def test_wilson_covers(share: float) -> None:
    """Exact coverage at n = 84, summed over the binomial, is between 93 and 97 %."""
    hits = [wilson_interval(k, 84) for k in range(85)]
    inside = np.array([p.lower <= share <= p.upper for p in hits])
    coverage = scipy.stats.binom.pmf(np.arange(85), 84, share) @ inside
    assert 0.93 <= coverage <= 0.97


def test_impossible_counts_are_refused() -> None:
    """No trials, or more successes than trials, raise a sentence."""
    with pytest.raises(ValueError, match="at least one trial"):
        wilson_interval(0, 0)
    with pytest.raises(ValueError, match="between 0 and nobs = 3"):
        wilson_interval(4, 3)
