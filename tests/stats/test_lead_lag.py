"""Leads and lags against statsmodels, R and simulation."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.tsa.stattools import ccf

from generator.stats.lead_lag import cross_corr, granger

REFERENCE = Path(__file__).parents[1] / "reference"
R_VALUES = {
    row["name"]: float(row["value"]) for row in csv.DictReader((REFERENCE / "reference.csv").read_text().splitlines())
}


def _leader(nobs: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return a series and one that follows it by two sessions."""
    x, noise = np.random.default_rng(seed).standard_normal((2, nobs))
    y = noise.copy()
    y[2:] += 0.5 * x[:-2]
    return x, y


def _autoregressive(nobs: int, runs: int, rng: np.random.Generator) -> np.ndarray:
    out = rng.standard_normal((nobs, runs))
    for t in range(1, nobs):
        out[t] += 0.6 * out[t - 1]
    return out


def test_values_equal_r_and_statsmodels() -> None:
    """R's ccf(y, x) at each lag, and statsmodels' ccf on both sides (divisor n, not adjusted)."""
    pairs = pd.read_csv(REFERENCE / "pairs.csv")
    x, y = pairs["x"].to_numpy(), pairs["y"].to_numpy()
    found = cross_corr(x, y)
    assert found.lags.tolist() == list(range(-10, 11))
    assert found.values.tolist() == pytest.approx([R_VALUES[f"ccf_{k}"] for k in range(-10, 11)], abs=1e-12)
    leads = ccf(y, x, adjusted=False, nlags=11)
    lags = ccf(x, y, adjusted=False, nlags=11)
    np.testing.assert_allclose(found.values[10:], leads, rtol=0, atol=1e-12)
    np.testing.assert_allclose(found.values[:11][::-1], lags, rtol=0, atol=1e-12)


def test_positive_lag_means_that_x_leads() -> None:
    """When y follows x by two sessions the peak stands at +2, and exchanging them mirrors the picture."""
    x, y = _leader(2000, 1)
    found = cross_corr(x, y)
    assert found.lags[np.argmax(found.values)] == 2
    mirrored = cross_corr(y, x)
    np.testing.assert_allclose(found.values, mirrored.values[::-1], rtol=0, atol=1e-12)


def test_band_of_white_noise_is_the_square_root_rule() -> None:
    """For series without memory the half-width is at least 1.96 / sqrt(n - |k|) and hardly more."""
    x, y = np.random.default_rng(2).standard_normal((2, 4000))
    found = cross_corr(x, y)
    rule = 1.959964 / np.sqrt(4000 - np.abs(found.lags))
    assert (found.bands >= rule - 1e-6).all()
    assert (found.bands <= 1.05 * rule).all()


def test_band_holds_for_unrelated_series_with_memory() -> None:
    """Two unrelated AR(0.6) series leave the Bartlett band at 3 to 8 % of lags; the plain rule would be far off."""
    rng = np.random.default_rng(3)
    xs, ys = _autoregressive(800, 300, rng), _autoregressive(800, 300, rng)
    outside, naive = [], []
    for x, y in zip(xs.T, ys.T, strict=True):
        found = cross_corr(np.ascontiguousarray(x), np.ascontiguousarray(y))
        outside.append(np.abs(found.values) > found.bands)
        naive.append(np.abs(found.values) > 1.96 / np.sqrt(800))
    assert 0.03 < np.mean(outside) < 0.08
    assert np.mean(naive) > 0.12


@pytest.mark.parametrize("lags", [1, 5])
def test_granger_equals_statsmodels(lags: int) -> None:
    """Wald test of the cause's lags in OLS with the Newey-West covariance of floor(4 (n / 100)^(2/9)) lags."""
    x, y = _leader(700, 4)
    frame = pd.DataFrame({"x": x, "y": y})
    for k in range(1, lags + 1):
        frame[f"x{k}"], frame[f"y{k}"] = frame["x"].shift(k), frame["y"].shift(k)
    frame = frame.dropna()
    names = [f"{s}{k}" for s in "yx" for k in range(1, lags + 1)]
    fit = sm.OLS(frame["y"], sm.add_constant(frame[names])).fit(cov_type="HAC", cov_kwds={"maxlags": 6})
    theirs = fit.wald_test(", ".join(f"x{k} = 0" for k in range(1, lags + 1)), use_f=False, scalar=True)
    ours = granger(x, y, lags=lags)
    assert (ours.stat, ours.pvalue) == pytest.approx((float(theirs.statistic), float(theirs.pvalue)), rel=1e-9)
    assert (ours.lags, ours.bandwidth, ours.nobs) == (lags, 6, 700 - lags)


def test_granger_finds_the_direction() -> None:
    """The leader helps to forecast the follower; the follower does not help to forecast the leader."""
    x, y = _leader(1500, 5)
    assert granger(x, y).pvalue < 1e-6
    assert granger(y, x).pvalue > 0.01


def test_granger_keeps_its_size() -> None:
    """For unrelated white noise the test rejects 5 % of 400 samples, within four errors."""
    draws = np.random.default_rng(6).standard_normal((400, 2, 500))
    rejected = np.mean([granger(x, y, lags=2).pvalue < 0.05 for x, y in draws])
    assert 0.02 < rejected < 0.10


@given(seed=st.integers(0, 200), scale=st.floats(0.01, 100), shift=st.floats(-5, 5))
def test_scale_and_shift_change_nothing(seed: int, scale: float, shift: float) -> None:
    """Cross-correlations have no unit, lie within [-1, 1], and the input is left alone."""
    x, y = _leader(80, seed)
    kept = y.copy()
    plain, moved = cross_corr(x, y), cross_corr(scale * x + shift, y)
    np.testing.assert_allclose(moved.values, plain.values, rtol=0, atol=1e-8)
    assert (np.abs(plain.values) <= 1).all()
    assert (y == kept).all()
