"""Paths around events: base, offsets, average and band, truncation."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.stats

from generator.stats.event_paths import average_path, event_paths


def test_paths_are_relative_to_the_close_before() -> None:
    """With ln P(t) = t^2 an event at 5 has (5 + k)^2 - 16 at offset k, and zero at offset -1."""
    paths = event_paths(np.arange(20.0) ** 2, np.array([5]), first=-3, last=4)
    assert paths[0].tolist() == [(5 + k) ** 2 - 16 for k in range(-3, 5)]
    assert paths[0, 2] == 0.0


def test_sessions_still_ahead_or_missing_are_missing() -> None:
    """An event near the end has its past and no future; one outside the sample has nothing; a gap stays a gap."""
    log_price = np.arange(20.0)
    log_price[17] = np.nan
    paths = event_paths(log_price, np.array([18, -1, 15]), first=-2, last=3)
    assert np.isnan(paths[0]).all()
    assert np.isnan(paths[1]).all()
    np.testing.assert_array_equal(paths[2], [-1, 0, 1, 2, np.nan, 4])
    cut = event_paths(np.arange(17.0), np.array([15]), first=-2, last=3)
    np.testing.assert_array_equal(cut[0], [-1, 0, 1, 2, np.nan, np.nan])


def test_average_and_band_are_those_of_a_t_test() -> None:
    """Mean and ends equal scipy's one-sample interval at every offset; the base has no spread."""
    rng = np.random.default_rng(1)
    log_price = np.cumsum(0.01 * rng.standard_normal(900))
    paths = event_paths(log_price, np.arange(1, 31) * 28)
    result = average_path(paths, level=0.9)
    assert result.offset.tolist() == list(range(-5, 21))
    at = result.offset.tolist().index(7)
    expected = scipy.stats.ttest_1samp(paths[:, at], 0.0).confidence_interval(0.9)
    assert (result.lower[at], result.upper[at]) == pytest.approx((expected.low, expected.high), rel=1e-9)
    base = result.offset.tolist().index(-1)
    assert (result.lower[base], result.upper[base]) == (0.0, 0.0)
    assert result.nobs.tolist() == [30] * 26


def test_one_event_has_no_band() -> None:
    """A single event is no average; offsets that fewer than two events reached stay empty."""
    paths = np.array([[0.0, 0.1, np.nan], [0.0, 0.3, 0.2]])
    result = average_path(paths, first=-1)
    assert result.nobs.tolist() == [2, 2, 1]
    assert result.value[1] == pytest.approx(0.2)
    assert np.isnan(result.value[2])
    assert np.isnan(result.upper[2])
