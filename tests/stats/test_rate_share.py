"""Covariance share and the drop of the correlation: closed forms, a known factor model, coverage."""

from __future__ import annotations

import numpy as np
import pytest

from generator.stats.rate_share import (
    correlation_drop,
    covariance_share,
    covariance_share_interval,
    partial_correlations,
)
from generator.stats.regression import rate_beta

TRUE_SHARE = 0.3
LOADINGS = np.array([[1.0, np.sqrt(0.7 / 0.3)], [1.0, np.sqrt(0.7 / 0.3)]])
"""Two returns on two independent unit factors: the first carries 1 / (1 + 0.7 / 0.3) = 0.3 of their covariance."""


def _returns(nobs: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    factors = rng.standard_normal((nobs, 2))
    return factors @ LOADINGS.T + 1.5 * rng.standard_normal((nobs, 2)), factors


def test_share_is_product_of_betas_times_variance_over_covariance() -> None:
    """The share equals beta_1 beta_2 var(f) / cov(r_1, r_2) with the betas estimated on their own."""
    returns, factors = _returns(300, np.random.default_rng(1))
    rate = factors[:, 0]
    slopes = [rate_beta(returns[:, i], rate).value / (100 * 25) for i in (0, 1)]
    expected = slopes[0] * slopes[1] * rate.var() / np.cov(returns.T, ddof=0)[0, 1]
    matrix = np.cov(np.column_stack([returns, rate]).T, ddof=0)
    assert covariance_share(matrix) == pytest.approx(expected, rel=1e-9)


def test_share_does_not_depend_on_units() -> None:
    """Percent or fraction, basis points or percent: the share is the same."""
    returns, factors = _returns(200, np.random.default_rng(2))
    rng = np.random.default_rng(3)
    plain = covariance_share_interval(returns[:, 0], returns[:, 1], factors[:, 0], rng=rng, reps=50)
    scaled = covariance_share_interval(
        returns[:, 0] / 100, returns[:, 1] / 7, factors[:, 0] * 25, rng=np.random.default_rng(3), reps=50
    )
    assert scaled.value == pytest.approx(plain.value, rel=1e-9)
    assert scaled.upper == pytest.approx(plain.upper, rel=1e-8)


def test_known_share_lies_in_the_interval() -> None:
    """In a factor model with a share of 0.3 the estimate is near it and the interval holds it."""
    returns, factors = _returns(4000, np.random.default_rng(4))
    interval = covariance_share_interval(
        returns[:, 0], returns[:, 1], factors[:, 0], rng=np.random.default_rng(5), reps=999
    )
    assert interval.lower < TRUE_SHARE < interval.upper
    assert interval.upper - interval.lower < 0.1


def test_share_without_covariance_is_missing() -> None:
    """Where the returns have no covariance, or the factor never moves, there is no share."""
    assert np.isnan(covariance_share(np.diag([1.0, 1.0, 1.0])))
    assert np.isnan(covariance_share(np.array([[1.0, 0.5, 0.0], [0.5, 1.0, 0.0], [0.0, 0.0, 0.0]])))


def test_partial_correlation_equals_that_of_residuals() -> None:
    """The inverse-matrix partial correlation is the correlation of the residuals on the controls."""
    rng = np.random.default_rng(6)
    columns = rng.standard_normal((200, 4)) @ rng.standard_normal((4, 4))
    controls = np.column_stack([np.ones(200), columns[:, 2:]])
    residuals = columns[:, :2] - controls @ np.linalg.lstsq(controls, columns[:, :2], rcond=None)[0]
    expected = np.corrcoef(residuals.T)[0, 1]
    assert partial_correlations(np.corrcoef(columns.T)) == pytest.approx(expected, rel=1e-10)


def test_drop_is_plain_minus_partial_on_the_same_rows() -> None:
    """The three numbers agree with one another, and in the factor model the drop is clearly positive."""
    returns, factors = _returns(2000, np.random.default_rng(7))
    result = correlation_drop(returns[:, 0], returns[:, 1], factors[:, :1], rng=np.random.default_rng(8), reps=499)
    assert result.drop.value == pytest.approx(result.plain - result.partial, rel=1e-12)
    assert result.plain == pytest.approx(np.corrcoef(returns.T)[0, 1], rel=1e-12)
    assert result.drop.lower > 0
    nothing = correlation_drop(
        returns[:, 0], returns[:, 1], np.random.default_rng(9).standard_normal((2000, 1)),
        rng=np.random.default_rng(8), reps=499,
    )  # fmt: skip
    assert abs(nothing.drop.value) < 0.005


@pytest.mark.slow
def test_intervals_cover() -> None:
    """On the factor model with 800 sessions both 95 % intervals cover 92 to 97 % of the time."""
    variance = 1 / 0.3 + 1.5**2
    plain, partial = (1 / 0.3) / variance, (0.7 / 0.3) / (variance - 1)
    rng = np.random.default_rng(10)
    trials = 600
    hits = np.zeros(2)
    for _ in range(trials):
        returns, factors = _returns(800, rng)
        share = covariance_share_interval(returns[:, 0], returns[:, 1], factors[:, 0], rng=rng, reps=499, block_size=3)
        drop = correlation_drop(returns[:, 0], returns[:, 1], factors[:, :1], rng=rng, reps=499, block_size=3).drop
        hits += [share.lower <= TRUE_SHARE <= share.upper, drop.lower <= plain - partial <= drop.upper]
    assert (hits / trials >= 0.92).all()
    assert (hits / trials <= 0.97).all()
