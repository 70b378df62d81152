"""The null of price levels: what it keeps, what it breaks, and how its share is counted."""

from __future__ import annotations

import numpy as np
import pytest

from generator.stats import levels
from generator.stats.bootstrap import optimal_block_size
from generator.stats.levels import level_corr, level_null


def _returns(nobs: int, drift: float = 0.0, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    shocks = np.random.default_rng(seed).standard_normal((2, nobs))
    return 0.02 * shocks[0] + drift, 0.01 * shocks[1] + drift


def test_share_counts_as_declared() -> None:
    """(k + 1) / (N + 1) with k the draws at least as large in absolute value; the draws are correlations."""
    a, b = _returns(125)
    result = level_null(a, b, nobs=125, observed=-0.6, reps=499, rng=np.random.default_rng(1))
    count = int((np.abs(result.draws) >= 0.6).sum())
    assert result.share == (count + 1) / 500
    assert (result.reps, result.nobs, result.observed, result.draws.shape) == (499, 125, -0.6, (499,))
    assert (np.abs(result.draws) <= 1).all()
    assert (result.block_size_a, result.block_size_b) == (optimal_block_size(a), optimal_block_size(b))


def test_share_is_never_zero_and_never_above_one() -> None:
    """No number of shuffles proves impossibility; an observed zero is reached by all."""
    a, b = _returns(60)
    assert level_null(a, b, nobs=60, observed=1.0, reps=99, rng=np.random.default_rng(1)).share == 0.01
    assert level_null(a, b, nobs=60, observed=0.0, reps=99, rng=np.random.default_rng(1)).share == 1.0


def test_shuffled_prices_are_rebuilt_from_runs_of_the_pool() -> None:
    """Prices are nobs + 1 and start at one; each step is in the pool, and steps follow each other in blocks."""
    pool = np.arange(1.0, 41.0) / 100
    prices = levels._shuffled_prices(pool, 200, 300, 8.0, np.random.default_rng(2))
    steps = np.round(np.diff(np.log(prices), axis=0) * 100).astype(int)
    assert prices.shape == (201, 300)
    assert (prices[0] == 1).all()
    assert set(np.unique(steps)) == set(range(1, 41))
    follows = (steps[1:] % 40) == (steps[:-1] + 1) % 40
    # A step goes on with chance 1 - 1/8, or jumps there by luck: 7/8 + 1/8/40; four standard errors of 59,700 steps.
    assert follows.mean() == pytest.approx(7 / 8 + 1 / 320, abs=4 * np.sqrt(7 / 64 / 59_700))


def test_trending_pools_make_levels_correlate() -> None:
    """With drift in both pools unrelated prices correlate highly; without drift the share of 0.9 is far smaller."""
    rng = np.random.default_rng(3)
    trending = level_null(*_returns(126, 0.01), nobs=125, observed=0.9, reps=999, rng=rng)
    flat = level_null(*(r - r.mean() for r in _returns(126)), nobs=125, observed=0.9, reps=999, rng=rng)
    assert trending.share > 0.5
    assert flat.share < 0.1


def test_link_between_the_assets_is_broken() -> None:
    """Fed the same returns twice, the draws are symmetric about zero: nothing of the perfect link is left."""
    a, _ = _returns(250, seed=5)
    centred = a - a.mean()
    draws = level_null(centred, centred, nobs=125, observed=1.0, reps=4999, rng=np.random.default_rng(4)).draws
    assert abs((draws > 0).mean() - 0.5) < 4 * 0.5 / np.sqrt(4999)


def test_pools_may_differ_in_length_and_are_left_alone() -> None:
    """The history of one asset can be longer; no input is changed; one seed gives one answer."""
    a, b = _returns(300)
    kept = a.copy()
    first, second = (
        level_null(a, b[:200], nobs=60, observed=0.5, reps=50, rng=np.random.default_rng(6)) for _ in range(2)
    )
    assert (first.draws == second.draws).all()
    assert (a == kept).all()


def test_level_corr_is_pearson_on_prices() -> None:
    """Level correlation is the plain one, and NaN for a price that does not move."""
    a, b = np.exp(np.cumsum(_returns(50), axis=1))
    assert level_corr(a, b) == pytest.approx(np.corrcoef(a, b)[0, 1], abs=1e-12)
    assert np.isnan(level_corr(a, np.ones(50)))


def test_constant_shuffles_count_as_uncorrelated() -> None:
    """A pool without movement rebuilds a constant price: its correlation counts as zero, not as evidence."""
    a, _ = _returns(50)
    result = level_null(a, np.zeros(50), nobs=40, observed=0.2, reps=99, rng=np.random.default_rng(0))
    assert (result.draws == 0).all()
    assert result.share == 0.01
