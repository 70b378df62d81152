"""Since a date: joint outcomes, their base rate under overlap, and drifting apart."""

from __future__ import annotations

import math

import numpy as np
import pytest
import scipy.stats

from generator.stats.since import (
    SIGN_OVERLAP,
    drift_apart,
    drift_apart_bootstrap,
    joint_up,
    joint_up_base_rate,
    joint_up_windows,
)

MEAN, VOLATILITY, CORR = np.array([0.0004, 0.0003]), np.array([0.045, 0.015]), 0.4


def simulated_prices(nobs: int, rng: np.random.Generator) -> np.ndarray:
    """Return closes of two assets whose daily returns are normal, shape (nobs + 1, 2)."""
    shocks = rng.standard_normal((nobs, 2)) @ np.linalg.cholesky([[1, CORR], [CORR, 1]]).T
    return np.exp(np.concatenate([np.zeros((1, 2)), np.cumsum(MEAN + VOLATILITY * shocks, axis=0)]))


def test_joint_up_reads_base_and_horizon_alone() -> None:
    """Both above the first close at the horizon is up; equal is not; a horizon ahead is unknown."""
    a, b = np.array([100.0, 90.0, 101.0, 50.0]), np.array([10.0, 20.0, 10.5, 10.0])
    assert joint_up(a, b, 2) is True
    assert joint_up(a, b, 1) is False
    assert joint_up(b, b, 3) is False
    assert joint_up(a, b, 4) is None


def test_joint_up_uses_nothing_after_the_horizon() -> None:
    """Cutting or changing what comes after the horizon changes nothing."""
    prices = simulated_prices(60, np.random.default_rng(1))
    changed = prices.copy()
    changed[22:] *= 0.01
    for horizon in (1, 5, 21):
        whole = joint_up(prices[:, 0], prices[:, 1], horizon)
        assert joint_up(changed[:, 0], changed[:, 1], horizon) is whole
        assert joint_up(prices[: horizon + 1, 0], prices[: horizon + 1, 1], horizon) is whole


def test_windows_are_counted_one_by_one() -> None:
    """Overlapping windows agree with a loop, and the base rate is their mean."""
    prices = simulated_prices(200, np.random.default_rng(2))
    outcome = joint_up_windows(prices[:, 0], prices[:, 1], 21)
    expected = [bool((prices[t + 21] > prices[t]).all()) for t in range(180)]
    assert outcome.tolist() == expected
    base = joint_up_base_rate(prices[:, 0], prices[:, 1], 21)
    assert base is not None
    assert base.value == pytest.approx(np.mean(expected))
    assert (base.nobs, base.level) == (180, 0.95)
    assert base.lower <= base.value <= base.upper


def test_base_rate_knows_overlapping_windows_are_few() -> None:
    """Seven years hold about ten independent years' worth of 252-session windows at most, not 1,700."""
    prices = simulated_prices(1950, np.random.default_rng(3))
    base = joint_up_base_rate(prices[:, 0], prices[:, 1], 252)
    assert base is not None
    assert base.nobs == 1699
    assert base.effective_nobs <= 1950 / (252 * SIGN_OVERLAP)
    assert base.upper - base.lower > 0.3


def test_base_rate_of_a_certain_outcome_has_width() -> None:
    """Prices that always rise give a share of one with a lower end below one; too short a history gives nothing."""
    steady = np.exp(0.001 * np.arange(500.0))
    base = joint_up_base_rate(steady, steady, 21)
    assert base is not None
    assert (base.value, base.upper) == (1.0, 1.0)
    assert base.lower < 0.9
    assert joint_up_base_rate(steady[:42], steady[:42], 21) is None
    with pytest.raises(ValueError, match="horizon = 0"):
        joint_up_windows(steady, steady, 0)


def test_sign_overlap_is_the_sum_of_the_arcsine_autocorrelations() -> None:
    """2 - 4 / pi is the sum over lags of (2 / pi) asin(1 - |k| / h) over h, for long windows."""
    h = 20_000
    lags = np.arange(-h + 1, h)
    assert np.sum(2 / math.pi * np.arcsin(1 - np.abs(lags) / h)) / h == pytest.approx(SIGN_OVERLAP, abs=1e-4)


@pytest.mark.slow
@pytest.mark.parametrize("horizon", [21, 63, 126, 252])
def test_base_rate_interval_covers(horizon: int) -> None:
    """Over seven years of simulated pairs the 95 % interval covers the true joint-up share 93 to 97 % of the time."""
    spread = VOLATILITY * math.sqrt(horizon)
    cross = CORR * spread[0] * spread[1]
    normal = scipy.stats.multivariate_normal(-MEAN * horizon, [[spread[0] ** 2, cross], [cross, spread[1] ** 2]])
    truth = float(normal.cdf([0.0, 0.0]))
    rng = np.random.default_rng(horizon)
    hits, trials = 0, 1000
    for _ in range(trials):
        prices = simulated_prices(1950, rng)
        base = joint_up_base_rate(prices[:, 0], prices[:, 1], horizon)
        assert base is not None
        hits += base.lower <= truth <= base.upper
    assert 0.93 <= hits / trials <= 0.97


def test_drift_apart_closed_form() -> None:
    """Volatilities 4 % and 1 %, correlation 0.5, 100 sessions: sd sqrt(100 (16 + 1 - 4)) % = 36.06 %, chance normal."""
    result = drift_apart(0.04, 0.01, 0.5, 100, -0.5)
    assert result.gap_sd == pytest.approx(math.sqrt(100 * 13) / 100)
    assert result.chance == pytest.approx(2 * scipy.stats.norm.sf(0.5 / result.gap_sd), rel=1e-12)
    assert result.reps == 0


def test_drift_apart_limits() -> None:
    """Identical assets never part; no gap is always at least reached."""
    assert drift_apart(0.02, 0.02, 1.0, 50, 0.1).chance == 0.0
    assert drift_apart(0.02, 0.02, 1.0, 50, 0.0).chance == 1.0
    assert drift_apart(0.02, 0.01, 0.3, 50, 0.0).chance == 1.0


def test_drift_apart_bootstrap_agrees_with_the_closed_form() -> None:
    """On independent normal sessions the bootstrap's spread and chance are those of the closed form."""
    rng = np.random.default_rng(5)
    returns = 0.002 + rng.standard_normal((3000, 2)) * np.array([0.03, 0.01])
    gap = returns[:, 0] - returns[:, 1]
    closed = drift_apart(returns[:, 0].std(), returns[:, 1].std(), np.corrcoef(returns.T)[0, 1], 100, 0.4)
    drawn = drift_apart_bootstrap(returns, 100, 0.4, rng=np.random.default_rng(6), block_size=1)
    assert closed.gap_sd == pytest.approx(10 * gap.std(), rel=1e-9)
    # Simulation error of a standard deviation over 9,999 paths is 0.7 %; of the chance 0.4 points.
    assert drawn.gap_sd == pytest.approx(closed.gap_sd, rel=0.03)
    assert drawn.chance == pytest.approx(closed.chance, abs=0.02)


def test_drift_apart_bootstrap_keeps_blocks_whole_and_counts_the_observed() -> None:
    """Paths are sums of consecutive sessions that wrap around; the share is (k + 1) / (N + 1)."""
    gap = np.array([1.0, -2.0, 3.0, -2.0])
    returns = np.column_stack([gap, np.zeros(4)])
    result = drift_apart_bootstrap(returns, 6, 100.0, rng=np.random.default_rng(7), reps=99, block_size=4)
    assert result.chance == pytest.approx(1 / 100)
    sums = {round(gap.take(range(s, s + 2), mode="wrap").sum(), 9) for s in range(4)}
    largest = max(abs(s) for s in sums)
    reached = drift_apart_bootstrap(returns, 6, largest, rng=np.random.default_rng(7), reps=999, block_size=4)
    beyond = drift_apart_bootstrap(returns, 6, largest + 0.1, rng=np.random.default_rng(7), reps=999, block_size=4)
    assert reached.chance > 0.1
    assert beyond.chance == pytest.approx(1 / 1000)
