"""Correlations against scipy, pandas, R, and closed forms."""

from __future__ import annotations

import csv
import math
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from generator.stats.correlation import (
    corr,
    ewma_corr,
    fisher_interval,
    forbes_rigobon,
    kendall_tau,
    partial_corr,
    partial_from_matrix,
    rank_corr,
    rolling_adjusted_corr,
    rolling_corr,
    zou_interval,
)

if TYPE_CHECKING:
    from collections.abc import Callable

REFERENCE = Path(__file__).parents[1] / "reference"
R_VALUES = {
    row["name"]: float(row["value"]) for row in csv.DictReader((REFERENCE / "reference.csv").read_text().splitlines())
}
R_PAIRS = pd.read_csv(REFERENCE / "pairs.csv")
PLAIN: list[Callable[[np.ndarray, np.ndarray], float]] = [corr, rank_corr, kendall_tau]
SERIES = arrays(
    np.float64, st.just(12), elements=st.floats(-1e3, 1e3, allow_subnormal=False).map(lambda v: round(v, 3))
)


def _columns(*names: str) -> list[np.ndarray]:
    return [R_PAIRS[name].to_numpy() for name in names]


def test_estimates_equal_r() -> None:
    """Pearson, Spearman and Kendall equal R's cor, with and without ties; 15 digits were kept."""
    x, y = _columns("x", "y")
    tied_x, tied_y = _columns("tied_x", "tied_y")
    ours = [corr(x, y), rank_corr(x, y), kendall_tau(x, y), rank_corr(tied_x, tied_y), kendall_tau(tied_x, tied_y)]
    theirs = [R_VALUES[name] for name in ("pearson", "spearman", "kendall", "spearman_ties", "kendall_ties")]
    assert ours == pytest.approx(theirs, abs=1e-12)


def test_fisher_interval_equals_r() -> None:
    """R's cor.test gives the same interval."""
    lower, upper = fisher_interval(R_VALUES["pearson"], len(R_PAIRS))
    assert (float(lower), float(upper)) == pytest.approx(
        (R_VALUES["fisher_lower"], R_VALUES["fisher_upper"]), abs=1e-12
    )


def test_fisher_interval_takes_arrays_and_edges() -> None:
    """It broadcasts; it is NaN without a degree of freedom; a perfect correlation has no width."""
    lower, upper = fisher_interval([0.5, np.nan, 0.2, 1.0], [30, 30, 3, 30])
    assert np.isnan(lower).tolist() == [False, True, True, False]
    assert np.isnan(upper).tolist() == [False, True, True, False]
    assert (lower[3], upper[3]) == (1.0, 1.0)
    assert float(fisher_interval(0.5, 31, controls=1)[0]) == float(lower[0])
    scipy_interval = scipy.stats.pearsonr(*_columns("x", "y")).confidence_interval(0.9)
    ours = fisher_interval(R_VALUES["pearson"], 300, level=0.9)
    assert [float(end) for end in ours] == pytest.approx(list(scipy_interval), abs=1e-12)


@pytest.mark.parametrize("function", PLAIN)
@given(x=SERIES, y=SERIES, order=st.permutations(range(12)), scale=st.integers(1, 50))
def test_symmetric_bounded_and_blind_to_order_and_scale(
    function: Callable[[np.ndarray, np.ndarray], float], x: np.ndarray, y: np.ndarray, order: list[int], scale: int
) -> None:
    """Exchange, a permutation of the rows and a positive scale change nothing; a constant series gives NaN."""
    value = function(x, y)
    if np.ptp(x) == 0 or np.ptp(y) == 0:
        assert math.isnan(value)
        return
    assert -1.0 <= value <= 1.0
    assert function(y, x) == pytest.approx(value, abs=1e-9)
    assert function(x[order], y[order]) == pytest.approx(value, abs=1e-9)
    assert function(scale * x, y) == pytest.approx(value, abs=1e-9)
    assert function(-x, y) == pytest.approx(-value, abs=1e-9)
    assert function(x, x) == pytest.approx(1.0, abs=1e-12)


@pytest.mark.parametrize("window_obs", [5, 21, 63, 126, 252])
def test_rolling_equals_pandas(window_obs: int) -> None:
    """The running sums agree with pandas to 1e-10 on returns of any scale, the empty start included."""
    rng = np.random.default_rng(2)
    x = 0.03 * rng.standard_t(4, 2000) + 5.0
    y = 1e-4 * rng.standard_t(4, 2000) + 0.2 * x
    expected = pd.Series(x).rolling(window_obs).corr(pd.Series(y)).to_numpy()
    ours = rolling_corr(x, y, window_obs)
    np.testing.assert_allclose(ours, expected, rtol=0, atol=1e-10)
    assert np.isnan(ours[: window_obs - 1]).all()
    assert ours[-1] == pytest.approx(corr(x[-window_obs:], y[-window_obs:]), abs=1e-10)


def test_rolling_survives_constant_and_missing_stretches() -> None:
    """NaN exactly where a window is constant or holds a gap; full accuracy again once a wild value is out of it."""
    rng = np.random.default_rng(3)
    x, y = rng.standard_normal((2, 300))
    x[100:130] = 0.25
    y[200] = np.nan
    y[220] = 1e6
    ours = rolling_corr(x, y, 20)
    expected = np.array([corr(x[k - 19 : k + 1], y[k - 19 : k + 1]) if k >= 19 else np.nan for k in range(300)])
    expected[200:220] = np.nan
    constant = [k for k in range(19, 300) if np.ptp(x[k - 19 : k + 1]) == 0]
    assert constant == list(range(119, 130))
    np.testing.assert_allclose(ours, expected, rtol=0, atol=1e-6)  # inside, it costs six of the digits
    np.testing.assert_allclose(ours[240:], expected[240:], rtol=0, atol=1e-10)


def test_rolling_needs_a_window() -> None:
    """Shorter series give NaN throughout; a window of one is refused; an empty known set is NaN."""
    assert np.isnan(rolling_corr(np.arange(5.0), np.arange(5.0), 9)).all()
    assert np.isnan(rolling_corr(np.full(5, np.nan), np.arange(5.0), 3)).all()
    with pytest.raises(ValueError, match="window_obs = 1"):
        rolling_corr(np.arange(5.0), np.arange(5.0), 1)


@given(extra=st.integers(1, 30), seed=st.integers(0, 100))
def test_rolling_and_ewma_look_only_back(extra: int, seed: int) -> None:
    """Rows added at the end change no earlier value by more than rounding."""
    x, y = np.random.default_rng(seed).standard_normal((2, 120))
    short_x, short_y = x[:-extra], y[:-extra]
    np.testing.assert_allclose(rolling_corr(x, y, 21)[:-extra], rolling_corr(short_x, short_y, 21), rtol=0, atol=1e-12)
    ewma = ewma_corr(x, y, start_obs=30)
    np.testing.assert_allclose(ewma[:-extra], ewma_corr(short_x, short_y, start_obs=30), rtol=0, atol=1e-15)


def test_ewma_closed_form() -> None:
    """Toy series: start from the mean of three products, then two steps of the recursion done by hand."""
    x, y = np.array([1.0, -1.0, 2.0, 1.0, 3.0]), np.array([1.0, 1.0, 1.0, -1.0, 1.0])
    lam = 0.5
    xy, xx, yy = 2 / 3, 2.0, 1.0
    expected = [xy / math.sqrt(xx * yy)]
    for a, b in ((1.0, -1.0), (3.0, 1.0)):
        xy, xx, yy = lam * xy + lam * a * b, lam * xx + lam * a * a, lam * yy + lam * b * b
        expected.append(xy / math.sqrt(xx * yy))
    ours = ewma_corr(x, y, lam=lam, start_obs=3)
    assert np.isnan(ours[:2]).all()
    assert ours[2:].tolist() == pytest.approx(expected, abs=1e-15)


def test_ewma_defaults_and_edges() -> None:
    """Lambda is 0.94 from the 63rd observation; short series and flat ones have no value."""
    x, y = np.random.default_rng(0).standard_normal((2, 100))
    ours = ewma_corr(x, y)
    weights = 0.06 * 0.94 ** np.arange(37)[::-1]

    def moment(product: np.ndarray) -> float:
        return float(0.94**37 * product[:63].mean() + weights @ product[63:])

    assert np.flatnonzero(np.isfinite(ours))[0] == 62
    assert ours[-1] == pytest.approx(moment(x * y) / math.sqrt(moment(x * x) * moment(y * y)), abs=1e-14)
    assert np.isnan(ewma_corr(x[:62], y[:62])).all()
    assert np.isnan(ewma_corr(np.zeros(70), y[:70])).all()


def test_partial_equals_r_and_the_regression_of_residuals() -> None:
    """psych::partial.r, and the correlation of what is left after regressing both on the controls."""
    x, y, market, rates = _columns("x", "y", "market", "rates")
    one, two = np.column_stack([x, y, market]), np.column_stack([x, y, market, rates])
    assert partial_corr(one) == pytest.approx(R_VALUES["partial_market"], abs=1e-12)
    assert partial_corr(two) == pytest.approx(R_VALUES["partial_market_rates"], abs=1e-12)
    design = np.column_stack([np.ones(300), market, rates])
    left = [series - design @ np.linalg.lstsq(design, series, rcond=None)[0] for series in (x, y)]
    assert partial_corr(two) == pytest.approx(corr(*left), abs=1e-12)
    assert partial_corr(np.column_stack([x, y])) == pytest.approx(corr(x, y), abs=1e-12)


def test_partial_is_nan_where_it_does_not_exist() -> None:
    """A constant column, a control that repeats an asset, or a NaN matrix give NaN, not a crash."""
    x, y = _columns("x", "y")
    assert math.isnan(partial_corr(np.column_stack([x, y, np.ones(300)])))
    assert math.isnan(partial_corr(np.column_stack([x, y, x])))
    stacked = np.stack([np.full((3, 3), np.nan), np.eye(3)])
    assert np.isnan(partial_from_matrix(stacked)).tolist() == [True, False]


@given(order=st.permutations([2, 3]), seed=st.integers(0, 500))
def test_partial_is_blind_to_the_order_of_controls(order: list[int], seed: int) -> None:
    """Controls may come in any order, assets may change places, rows may be shuffled."""
    columns = np.random.default_rng(seed).standard_normal((40, 4)) + np.random.default_rng(seed).standard_normal(
        (40, 1)
    )
    value = partial_corr(columns)
    assert partial_corr(columns[:, [0, 1, *order]]) == pytest.approx(value, abs=1e-10)
    assert partial_corr(columns[:, [1, 0, 2, 3]]) == pytest.approx(value, abs=1e-10)
    assert partial_corr(columns[::-1]) == pytest.approx(value, abs=1e-10)


def test_zou_interval_is_the_published_one() -> None:
    """Zou (2007), example of overlapping correlations: 0.396 against 0.179, 0.088, n = 66 gives (-0.093, 0.517)."""
    lower, upper = zou_interval(0.396, 0.179, 0.088, 66)
    assert (round(lower, 3), round(upper, 3)) == (-0.093, 0.517)


def test_zou_interval_mirrors() -> None:
    """Exchanging the two correlations mirrors the interval, and dependence narrows it."""
    lower, upper = zou_interval(0.5, 0.3, 0.6, 100)
    assert zou_interval(0.3, 0.5, 0.6, 100) == pytest.approx((-upper, -lower), abs=1e-12)
    loose = zou_interval(0.5, 0.3, 0.1, 100)
    assert upper - lower < loose[1] - loose[0]


def test_forbes_rigobon_undoes_what_volatility_does() -> None:
    """For y = b x + e with constant b, a fourfold variance of x raises the raw correlation; the corrected one stays."""
    rng = np.random.default_rng(1)
    calm = rng.standard_normal(400_000)
    noise = rng.standard_normal(400_000)
    before = corr(calm, 0.5 * calm + noise)
    during = corr(2 * calm, 0.5 * 2 * calm + noise)
    assert during > before + 0.2
    assert float(forbes_rigobon(during, 4.0)) == pytest.approx(before, abs=0.005)
    assert float(forbes_rigobon(0.4, 1.0)) == 0.4
    assert float(forbes_rigobon(1.0, 9.0)) == 1.0


def test_rolling_adjusted_is_the_formula_window_by_window() -> None:
    """Each place equals forbes_rigobon of that window's correlation and variance ratio."""
    x, y = np.random.default_rng(4).standard_normal((2, 200)) * np.linspace(1, 3, 200)
    ours = rolling_adjusted_corr(x, y, 50)
    expected = [
        float(forbes_rigobon(corr(x[k - 49 : k + 1], y[k - 49 : k + 1]), y[k - 49 : k + 1].var() / y.var()))
        for k in range(49, 200)
    ]
    np.testing.assert_allclose(ours[49:], expected, rtol=0, atol=1e-10)
    assert np.isnan(ours[:49]).all()
    assert np.isnan(rolling_adjusted_corr(x[:10], y[:10], 50)).all()
