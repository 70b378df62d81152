"""Dates of changes in a correlation, and their intervals."""

from __future__ import annotations

import numpy as np
import pytest

from generator.stats.breaks import break_interval, correlation_breaks
from generator.stats.constancy import constancy_test
from generator.stats.simulation import common_garch_pairs


def _pair(levels: list[float], length: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    pairs = common_garch_pairs(length * len(levels), 1, rho=np.repeat(levels, length), rng=np.random.default_rng(seed))
    return np.ascontiguousarray(pairs[:, 0, 0]), np.ascontiguousarray(pairs[:, 1, 0])


def test_two_changes_are_found_in_order() -> None:
    """0, 0.8, 0 over 400 sessions each: two breaks, near 399 and 799, inside their intervals, with the right levels."""
    x, y = _pair([0.0, 0.8, 0.0], 400, 1)
    result = correlation_breaks(x, y, rng=np.random.default_rng(0))
    assert len(result.breaks) == 2
    for found, true in zip(result.breaks, (399, 799), strict=True):
        assert abs(found.index - true) <= 40
        assert found.lower <= found.index <= found.upper
        assert found.lower <= true <= found.upper
        assert found.pvalue < 0.05
    assert [round(b.corr_before, 1) for b in result.breaks] == [0.0, 0.8]
    assert [round(b.corr_after, 1) for b in result.breaks] == [0.8, 0.0]
    assert result.looks >= 5


def test_no_change_no_break_and_the_looks_are_counted() -> None:
    """A constant correlation that the first test accepts has no break, and that was one look."""
    x, y = _pair([0.5], 500, 2)
    assert constancy_test(x, y).pvalue > 0.05
    result = correlation_breaks(x, y, rng=np.random.default_rng(0))
    assert (result.breaks, result.looks) == ((), 1)


def test_search_keeps_its_level() -> None:
    """Over 300 samples of 750 without a change, any break is reported in at most 8 % (5 % and three errors)."""
    pairs = common_garch_pairs(750, 300, rng=np.random.default_rng(4))
    found = [
        bool(
            correlation_breaks(
                pairs[:, 0, k].copy(), pairs[:, 1, k].copy(), rng=np.random.default_rng(k), reps=19
            ).breaks
        )
        for k in range(300)
    ]
    assert np.mean(found) <= 0.088


def test_short_samples_are_not_searched() -> None:
    """Under 63 observations nothing is tested."""
    x, y = _pair([0.0, 0.9], 30, 3)
    result = correlation_breaks(x, y, rng=np.random.default_rng(0))
    assert (result.breaks, result.looks) == ((), 0)


def test_interval_is_wider_for_a_smaller_change() -> None:
    """A change of 0.9 is dated more closely than one of 0.4; both intervals stay inside the sample."""
    widths = []
    for after in (0.9, 0.4):
        x, y = _pair([0.0, after], 300, 5)
        lower, upper = break_interval(x, y, 299, rng=np.random.default_rng(0))
        assert 0 <= lower <= upper <= 598
        widths.append(upper - lower)
    assert widths[0] < widths[1]


def test_same_seed_same_breaks() -> None:
    """One generator, one answer; the input stays as it was."""
    x, y = _pair([0.0, 0.8], 200, 6)
    kept = x.copy()
    first, second = (correlation_breaks(x, y, rng=np.random.default_rng(1), reps=99) for _ in range(2))
    assert first == second
    assert len(first.breaks) == 1
    assert (x == kept).all()


@pytest.mark.slow
@pytest.mark.parametrize(("nobs", "place", "before", "after"), [(500, 249, 0.2, 0.7), (800, 199, 0.1, 0.6)])
def test_interval_covers_the_break(nobs: int, place: int, before: float, after: float) -> None:
    """In the middle or at a quarter, the 95 % interval holds the place in at least 90 % of samples that reject."""
    rho = np.where(np.arange(nobs) <= place, before, after)
    pairs = common_garch_pairs(nobs, 300, rho=rho, rng=np.random.default_rng(7))
    hits = []
    for k in range(300):
        x, y = pairs[:, 0, k].copy(), pairs[:, 1, k].copy()
        test = constancy_test(x, y)
        if test.pvalue < 0.05:
            lower, upper = break_interval(x, y, test.index, rng=np.random.default_rng(k))
            hits.append(lower <= place <= upper)
    assert len(hits) > 250
    assert np.mean(hits) >= 0.90
