"""The interval of a DCC model's last correlation: its width is that of a refit, and it is absent at the edge."""

from __future__ import annotations

import numpy as np
import pytest

from generator.stats.correlation import ewma_corr, ewma_interval, fisher_interval
from generator.stats.dcc import correlation_path, dcc_correlations, dcc_parameters, uncentred_corr
from generator.stats.dcc_interval import dcc_interval
from generator.stats.simulation import dcc_pairs


def _residuals(nobs: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    z, _ = dcc_pairs(nobs, a=0.05, b=0.90, long_run=0.4, rng=np.random.default_rng(seed))
    return z[:, 0].copy(), z[:, 1].copy()


def test_width_is_that_of_refits_on_new_samples() -> None:
    """The error it claims is the spread of the correlation that refits on new samples give for the same days."""
    z_x, z_y = _residuals(2000, 1)
    a, b = dcc_parameters(z_x, z_y)
    ends = dcc_interval(z_x, z_y, a, b)
    assert ends is not None
    refits = []
    for seed in range(60):
        other = _residuals(2000, 100 + seed)
        path = correlation_path(z_x, z_y, *dcc_parameters(*other), uncentred_corr(*other))
        refits.append(np.arctanh(path[-1]))
    claimed = (np.arctanh(ends[1]) - np.arctanh(ends[0])) / (2 * 1.96)
    assert claimed == pytest.approx(np.std(refits), rel=0.4)


def test_it_holds_the_estimate_and_narrows_with_the_sample() -> None:
    """The estimate lies inside, and four times the days give about half the width, in the middle of nine samples."""
    middle = []
    for nobs in (1500, 6000):
        widths = []
        for seed in range(9):
            z_x, z_y = _residuals(nobs, seed)
            a, b = dcc_parameters(z_x, z_y)
            ends = dcc_interval(z_x, z_y, a, b)
            assert ends is not None
            assert -1 < ends[0] < dcc_correlations(z_x, z_y, a, b)[-1] < ends[1] < 1
            widths.append(ends[1] - ends[0])
        middle.append(np.median(widths))
    assert 1.4 < middle[0] / middle[1] < 2.8


def test_level_and_order_of_the_pair() -> None:
    """A higher level is wider; the order of the two series does not matter."""
    z_x, z_y = _residuals(1500, 3)
    a, b = dcc_parameters(z_x, z_y)
    narrow, wide = (dcc_interval(z_x, z_y, a, b, level=level) for level in (0.8, 0.95))
    assert narrow is not None
    assert wide is not None
    assert wide[0] < narrow[0] < narrow[1] < wide[1]
    assert dcc_interval(z_y, z_x, a, b) == pytest.approx(wide, abs=1e-9)


@pytest.mark.parametrize(("a", "b"), [(0.0, 0.5), (0.05, 0.0), (0.001, 0.998)])
def test_no_interval_at_the_edge(a: float, b: float) -> None:
    """Where a parameter lies on its edge nothing is claimed."""
    assert dcc_interval(*_residuals(600, 4), a, b) is None


def test_weighted_interval_is_fishers_for_what_the_weights_are_worth() -> None:
    """With lambda 0.94 the weights are worth 32.3 returns; one more as the mean is known. The sum of squares agrees."""
    weights = 0.06 * 0.94 ** np.arange(2000)
    assert 1 / np.sum(weights**2) == pytest.approx(1.94 / 0.06)
    lower, upper = fisher_interval(0.5, 1.94 / 0.06 + 1)
    assert ewma_interval(0.5) == pytest.approx((float(lower), float(upper)))


def test_weighted_interval_covers_where_nothing_changes() -> None:
    """On independent normal pairs the 95 % interval holds the truth 92 to 97 % of 1,000 times."""
    rng = np.random.default_rng(5)
    shocks = rng.standard_normal((252, 2, 1000))
    shocks[:, 1] = 0.5 * shocks[:, 0] + np.sqrt(0.75) * shocks[:, 1]
    ends = [ewma_interval(float(ewma_corr(shocks[:, 0, k], shocks[:, 1, k])[-1])) for k in range(1000)]
    assert 0.92 <= np.mean([lower <= 0.5 <= upper for lower, upper in ends]) <= 0.97
