"""Times of the statistics kernels at the sizes of the featured pair.

Run with ``pytest tests/benchmarks -n0 --benchmark-only``; `test_kernel_benchmarks` sets them beside the libraries.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pytest

from generator.stats.bootstrap import Estimator, bootstrap_correlation, bootstrap_statistics
from generator.stats.breaks import correlation_breaks
from generator.stats.constancy import constancy_test
from generator.stats.correlation import partial_from_matrix, rolling_corr
from generator.stats.dcc import dcc_fit
from generator.stats.levels import level_null
from generator.stats.simulation import common_garch_pairs
from generator.stats.specifications import (
    OUTLIER_RULES,
    SCALES,
    PairColumns,
    SpecificationGrid,
    specification_curve,
)
from generator.stats.tails import co_crash, exceedance_correlations

if TYPE_CHECKING:
    from pytest_benchmark.fixture import BenchmarkFixture

NOBS = 2150
BLOCK_SIZES = {21: 1.0, 63: 1.69, 126: 3.20, 252: 2.67, NOBS: 19.8}
"""Windows in sessions, with the mean block lengths of the featured pair on the claim date."""
WINDOWS = tuple(BLOCK_SIZES)
REPS = 9999


@pytest.fixture(scope="module")
def pair() -> tuple[np.ndarray, np.ndarray]:
    """Return eight and a half years of sessions."""
    pairs = 0.02 * common_garch_pairs(NOBS, 1, freedom=5.0, rng=np.random.default_rng(1))[:, :, 0]
    return np.ascontiguousarray(pairs[:, 0]), np.ascontiguousarray(pairs[:, 1])


@pytest.mark.parametrize("estimator", ["pearson", "spearman", "kendall"])
def test_all_windows(benchmark: BenchmarkFixture, pair: tuple[np.ndarray, np.ndarray], estimator: Estimator) -> None:
    """One estimator, five windows, 9,999 replications each: a third of the headline table of a pair."""
    x, y = pair

    def table() -> list[float]:
        return [
            bootstrap_correlation(
                x[-n:], y[-n:], estimator=estimator, reps=REPS, rng=np.random.default_rng(0), block_size=size
            ).lower
            for n, size in BLOCK_SIZES.items()
        ]

    assert len(benchmark.pedantic(table, rounds=3)) == 5


def test_partial_bootstrap(benchmark: BenchmarkFixture, pair: tuple[np.ndarray, np.ndarray]) -> None:
    """Partial correlation with two controls, whole sample, 9,999 joint replications."""
    columns = np.column_stack([*pair, np.random.default_rng(2).standard_normal((NOBS, 2))])
    result = benchmark.pedantic(
        lambda: bootstrap_statistics(
            columns, partial_from_matrix, reps=REPS, rng=np.random.default_rng(0), block_size=19.8
        ),
        rounds=3,
    )
    assert result.reps == REPS


def test_level_null(benchmark: BenchmarkFixture, pair: tuple[np.ndarray, np.ndarray]) -> None:
    """Null of the levels, 252 sessions, 9,999 shuffles."""
    result = benchmark.pedantic(
        lambda: level_null(*pair, nobs=251, observed=0.9, reps=REPS, rng=np.random.default_rng(0)), rounds=3
    )
    assert result.reps == REPS


def test_rolling(benchmark: BenchmarkFixture, pair: tuple[np.ndarray, np.ndarray]) -> None:
    """Rolling correlation, four windows."""
    assert len(benchmark(lambda: [rolling_corr(*pair, n) for n in WINDOWS[:-1]])) == 4


def test_dcc(benchmark: BenchmarkFixture, pair: tuple[np.ndarray, np.ndarray]) -> None:
    """DCC with both margins."""
    assert benchmark.pedantic(lambda: dcc_fit(*pair), rounds=3, warmup_rounds=1).nobs == NOBS


def test_breaks(benchmark: BenchmarkFixture, pair: tuple[np.ndarray, np.ndarray]) -> None:
    """Search for breaks, intervals included."""
    x, y = pair
    mixed = np.where(np.arange(NOBS) < 900, x, y + 0.3 * x)
    result = benchmark.pedantic(lambda: correlation_breaks(mixed, y, rng=np.random.default_rng(0)), rounds=2)
    assert result.breaks
    assert constancy_test(mixed, y).pvalue < 0.05


def test_tails(benchmark: BenchmarkFixture, pair: tuple[np.ndarray, np.ndarray]) -> None:
    """Nine exceedance correlations and two co-crash frequencies, 9,999 replications."""
    thresholds = [-2.0, -1.5, -1.0, -0.5, 0.0, 0.5, 1.0, 1.5, 2.0]

    def page() -> float:
        rng = np.random.default_rng(0)
        exceedance_correlations(*pair, thresholds, rng=rng, reps=REPS)
        return co_crash(*pair, rng=rng, reps=REPS).share + co_crash(*pair, quantile=0.95, rng=rng, reps=REPS).share

    assert benchmark.pedantic(page, rounds=2) > 0


def test_specifications(benchmark: BenchmarkFixture) -> None:
    """More than a thousand specifications."""
    years = tuple(date(year, 1, 1) for year in range(2018, 2026))
    data = {}
    for seed, (proxy, (frequency, step)) in enumerate(
        (proxy, item) for proxy in ("rut", "iwm") for item in {"daily": 1, "weekly": 5, "monthly": 21}.items()
    ):
        nobs = NOBS // step
        returns = 0.02 * common_garch_pairs(nobs, 1, freedom=4.0, rng=np.random.default_rng(seed))[:, :, 0]
        dates = np.busday_offset(np.full(nobs, "2018-01-02", dtype="datetime64[D]"), step * np.arange(nobs))
        prices = np.exp(np.cumsum(returns, axis=0))
        data[proxy, "utc_close", frequency] = PairColumns(dates=dates, returns=returns, prices=prices)
    grid = SpecificationGrid(
        estimators=("pearson", "spearman", "kendall"),
        proxies=("rut", "iwm"),
        alignments=("utc_close",),
        windows={
            "daily": (21, 42, 63, 90, 126, 189, 252, 378, 504, 756),
            "weekly": (26, 52, 104, 156),
            "monthly": (24, 36, 60),
        },
        starts={"daily": years, "weekly": years[:7], "monthly": years[:5]},
        outliers=tuple(OUTLIER_RULES)[:4],
        scales=tuple(SCALES),
    )
    curve = benchmark.pedantic(lambda: specification_curve(data, grid), rounds=3, warmup_rounds=1)
    assert len(curve.table) > 1000
