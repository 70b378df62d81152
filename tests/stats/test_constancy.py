"""The fluctuation test of a constant correlation: its formula, its limit, and what it is blind to."""

from __future__ import annotations

import csv
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import kolmogorov

from generator.stats.constancy import constancy_test
from generator.stats.simulation import common_garch_pairs

REFERENCE = Path(__file__).parents[1] / "reference"
R_VALUES = {
    row["name"]: float(row["value"]) for row in csv.DictReader((REFERENCE / "reference.csv").read_text().splitlines())
}


def _pair(nobs: int, seed: int = 1, after: float = 0.5) -> tuple[np.ndarray, np.ndarray]:
    rho = np.where(np.arange(nobs) < nobs // 2, 0.5, after)
    pairs = common_garch_pairs(nobs, 1, rho=rho, rng=np.random.default_rng(seed))[:, :, 0]
    return np.ascontiguousarray(pairs[:, 0]), np.ascontiguousarray(pairs[:, 1])


def _as_published(x: np.ndarray, y: np.ndarray) -> float:
    """Return the statistic of Wied, Kraemer & Dehling step by step: five moments, two Jacobians, one kernel."""
    n = len(x)
    moments = np.column_stack([x**2, y**2, x, y, x * y])
    centred = moments - moments.mean(axis=0)
    bandwidth = int(math.log(n))
    long_run = np.zeros((5, 5))
    for t in range(n):
        for u in range(n):
            weight = 1 - abs(t - u) / bandwidth
            if weight > 0:
                long_run += weight * np.outer(centred[t], centred[u]) / n
    mean_x, mean_y = x.mean(), y.mean()
    to_covariances = np.array([[1, 0, -2 * mean_x, 0, 0], [0, 1, 0, -2 * mean_y, 0], [0, 0, -mean_y, -mean_x, 1]])
    var_x, var_y = x.var(), y.var()
    cov = float(np.mean(x * y) - mean_x * mean_y)
    to_correlation = np.array(
        [-cov / (2 * var_x**1.5 * var_y**0.5), -cov / (2 * var_x**0.5 * var_y**1.5), 1 / np.sqrt(var_x * var_y)]
    )
    gradient = to_correlation @ to_covariances
    scale = math.sqrt(gradient @ long_run @ gradient)
    final = float(np.corrcoef(x, y)[0, 1])
    running = [float(np.corrcoef(x[:j], y[:j])[0, 1]) for j in range(2, n + 1)]
    return max(j / math.sqrt(n) * abs(r - final) for j, r in enumerate(running, start=2)) / scale


def test_equals_the_published_formula() -> None:
    """The short form (long-run variance of the influence function) is the paper's product of matrices."""
    x, y = _pair(150)
    test = constancy_test(x, y)
    assert test.stat == pytest.approx(_as_published(x, y), rel=1e-10)
    assert test.bandwidth == 5
    assert test.pvalue == kolmogorov(test.stat)
    assert test.stat == abs(test.fluctuation[test.index]) == np.abs(test.fluctuation).max()
    assert test.fluctuation[-1] == 0.0


def test_limit_distribution_equals_r() -> None:
    """The p-value for the maximum of a Brownian bridge is the one strucchange gives (its OLS-CUSUM test)."""
    assert float(kolmogorov(R_VALUES["cusum_stat"])) == pytest.approx(R_VALUES["cusum_pvalue"], abs=1e-9)


def test_a_clear_change_is_found_at_its_place() -> None:
    """From 0.5 to -0.5 in the middle of 1,000: rejected beyond doubt, maximum within 20 observations."""
    test = constancy_test(*_pair(1000, after=-0.5))
    assert test.pvalue < 1e-6
    assert abs(test.index - 499) <= 20


@given(seed=st.integers(0, 200), scale=st.floats(0.01, 100), shift=st.floats(-10, 10))
def test_exchange_scale_and_shift_change_nothing(seed: int, scale: float, shift: float) -> None:
    """The statistic is about correlation alone."""
    x, y = _pair(120, seed)
    plain = constancy_test(x, y)
    assert constancy_test(y, x).stat == pytest.approx(plain.stat, rel=1e-9)
    moved = constancy_test(scale * x + shift, y)
    assert moved.stat == pytest.approx(plain.stat, rel=1e-6)
    assert moved.index == plain.index


def test_constant_start_and_constant_series() -> None:
    """A series that does not move at first is no obstacle; one that never moves is an error."""
    x, y = _pair(200)
    x[:30] = x[0]
    assert 0 <= constancy_test(x, y).pvalue <= 1
    with pytest.raises(ValueError, match="a constant series has no correlation"):
        constancy_test(np.ones(100), y[:100])


@pytest.mark.parametrize("nobs", [252, 500])
def test_size_is_close_to_five_percent(nobs: int) -> None:
    """Without a change the test rejects 3 to 7 % of 2,000 samples with a common GARCH variance."""
    pairs = common_garch_pairs(nobs, 2000, rng=np.random.default_rng(nobs))
    rejected = np.mean(
        [constancy_test(pairs[:, 0, k].copy(), pairs[:, 1, k].copy()).pvalue < 0.05 for k in range(2000)]
    )
    assert 0.03 <= rejected <= 0.07


def test_power_grows_with_the_sample() -> None:
    """A fall from 0.5 to 0.1 is found in more samples of 500 than of 252, and in most of them."""
    found = []
    for nobs in (252, 500):
        rho = np.where(np.arange(nobs) < nobs // 2, 0.5, 0.1)
        pairs = common_garch_pairs(nobs, 300, rho=rho, rng=np.random.default_rng(3))
        found.append(
            np.mean([constancy_test(pairs[:, 0, k].copy(), pairs[:, 1, k].copy()).pvalue < 0.05 for k in range(300)])
        )
    assert found[1] > found[0] > 0.3
    assert found[1] > 0.8
