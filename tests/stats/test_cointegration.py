"""Unit-root and cointegration tests against R (urca, tseries), which shares no code with statsmodels."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from generator.stats.cointegration import adf, engle_granger, johansen, kpss

REFERENCE = Path(__file__).parents[1] / "reference"
R_VALUES = {
    row["name"]: float(row["value"]) for row in csv.DictReader((REFERENCE / "reference.csv").read_text().splitlines())
}


@pytest.fixture
def series() -> dict[str, np.ndarray]:
    """Return the inputs R saw: white noise, two walks, and a walk tied to the first."""
    table = pd.read_csv(REFERENCE / "pairs.csv")
    return {str(name): table[name].to_numpy() for name in table}


def test_adf_equals_urca(series: dict[str, np.ndarray]) -> None:
    """At the lag AIC chose, R's ur.df(type = "drift") has the same statistic; a walk keeps its unit root."""
    test = adf(series["walk_a"])
    assert test.stat == pytest.approx(R_VALUES[f"adf_walk_a_{test.lags}"], abs=1e-8)
    assert (test.null, test.bound) == ("unit root", "exact")
    assert test.pvalue > 0.05
    assert test.stat > test.critical_5pct
    assert test.nobs == 300 - 1 - test.lags
    assert adf(series["x"]).pvalue < 0.001


@pytest.mark.parametrize("name", ["walk_a", "x"])
def test_kpss_equals_urca(name: str, series: dict[str, np.ndarray]) -> None:
    """At the bandwidth chosen, R's ur.kpss(type = "mu") has the same statistic."""
    test = kpss(series[name])
    assert test.stat == pytest.approx(R_VALUES[f"kpss_{name}_{test.lags}"], abs=1e-8)
    assert test.nobs == 300


def test_kpss_says_when_its_pvalue_is_a_bound(series: dict[str, np.ndarray]) -> None:
    """The table ends at 0.01 and 0.10: beyond it the p-value is a bound, and no warning escapes."""
    walk, noise = kpss(series["walk_a"]), kpss(series["x"])
    assert (walk.pvalue, walk.bound) == (0.01, "at most")
    assert (noise.pvalue, noise.bound) == (0.10, "at least")
    assert R_VALUES["kpss_pvalue_x"] == 0.10
    edge = np.linspace(0, 0.42, 300) + np.random.default_rng(1).standard_normal(300)
    between = kpss(edge)
    assert between.bound == "exact"
    assert 0.01 < between.pvalue < 0.10


def test_engle_granger_equals_urca(series: dict[str, np.ndarray]) -> None:
    """The statistic is R's ur.df(type = "none") on the residuals at one of its lags; a tied walk is found."""
    tied = engle_granger(series["tied"], series["walk_a"])
    distances = [abs(tied.stat - R_VALUES[f"engle_granger_{k}"]) for k in range(17)]
    assert min(distances) < 1e-8
    assert tied.slope == pytest.approx(R_VALUES["engle_granger_slope"], abs=1e-10)
    assert tied.pvalue < 0.01
    assert tied.stat < tied.critical_5pct
    assert engle_granger(series["walk_b"], series["walk_a"]).pvalue > 0.05


def test_johansen_equals_urca(series: dict[str, np.ndarray]) -> None:
    """Trace and maximum-eigenvalue statistics are those of ca.jo(K = 2, spec = "transitory"); the rank follows."""
    tied = johansen(series["walk_a"], series["tied"])
    assert tied.trace == pytest.approx((R_VALUES["johansen_trace_0"], R_VALUES["johansen_trace_1"]), abs=1e-8)
    assert tied.max_eigen == pytest.approx((R_VALUES["johansen_eigen_0"], R_VALUES["johansen_eigen_1"]), abs=1e-8)
    assert tied.rank == 1
    assert johansen(series["walk_a"], series["walk_b"]).rank == 0
    assert johansen(series["x"], series["y"]).rank == 2
