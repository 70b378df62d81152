"""The specification curve: every row is what it says, and every specification is accounted for."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
import scipy.stats

from generator.stats.simulation import common_garch_pairs
from generator.stats.specifications import (
    COLUMNS,
    OUTLIER_RULES,
    SCALES,
    PairColumns,
    SpecificationGrid,
    share_above,
    specification_curve,
)

if TYPE_CHECKING:
    from collections.abc import Callable

SCIPY: dict[str, Callable[[np.ndarray], float]] = {
    "pearson": lambda pair: scipy.stats.pearsonr(*pair.T).statistic,
    "spearman": lambda pair: scipy.stats.spearmanr(*pair.T).statistic,
    "kendall": lambda pair: scipy.stats.kendalltau(*pair.T).statistic,
}


def _columns(nobs: int, step: int, seed: int) -> PairColumns:
    returns = 0.02 * common_garch_pairs(nobs, 1, freedom=4.0, rng=np.random.default_rng(seed))[:, :, 0]
    dates = np.busday_offset(np.full(nobs, "2018-01-02", dtype="datetime64[D]"), step * np.arange(nobs))
    return PairColumns(dates=dates, returns=returns, prices=100 * np.exp(np.cumsum(returns, axis=0)))


@pytest.fixture(scope="module")
def data() -> dict[tuple[str, str, str], PairColumns]:
    """Return two proxies at two frequencies, one of them with a second alignment."""
    return {
        ("rut", "utc_close", "daily"): _columns(900, 1, 1),
        ("rut", "utc_close", "weekly"): _columns(130, 5, 2),
        ("iwm", "utc_close", "daily"): _columns(900, 1, 3),
        ("iwm", "utc_close", "weekly"): _columns(130, 5, 4),
        ("rut", "synchronous", "daily"): _columns(200, 1, 5),
    }


@pytest.fixture(scope="module")
def grid() -> SpecificationGrid:
    """Return a grid with an absent proxy, a window that is too long, and a start beyond the data."""
    return SpecificationGrid(
        estimators=("pearson", "spearman", "kendall"),
        proxies=("rut", "iwm", "ijr"),
        alignments=("utc_close", "synchronous"),
        windows={"daily": (21, 63, 252, 5000), "weekly": (52,)},
        starts={"daily": (date(2018, 1, 1), date(2019, 1, 1)), "weekly": (date(2018, 1, 1), date(2030, 1, 1))},
        outliers=tuple(OUTLIER_RULES),
        scales=tuple(SCALES),
    )


def test_every_specification_is_accounted_for(
    data: dict[tuple[str, str, str], PairColumns], grid: SpecificationGrid
) -> None:
    """Planned = shown + absent + short + duplicate, and no two rows make the same choices."""
    curve = specification_curve(data, grid)
    assert curve.planned == 9 * 3 * 2 * 3 * (5 + 2)
    assert curve.planned == len(curve.table) + curve.absent + curve.short + curve.duplicate
    assert min(curve.absent, curve.short, curve.duplicate) > 0
    choices = ["kind", "estimator", "frequency", "window_obs", "start", "proxy", "alignment", "treatment"]
    assert not curve.table.duplicated(choices).any()
    assert tuple(curve.table.columns) == COLUMNS
    assert set(curve.table["proxy"]) == {"rut", "iwm"}


def test_values_equal_scipy(data: dict[tuple[str, str, str], PairColumns], grid: SpecificationGrid) -> None:
    """Each value is scipy's on the rows and the treatment its choices name."""
    for row in specification_curve(data, grid).table.to_dict("records"):
        columns = data[row["proxy"], row["alignment"], row["frequency"]]
        first = (
            -row["window_obs"]
            if row["window_obs"]
            else int(np.searchsorted(columns.dates, np.datetime64(row["start"])))
        )
        rule, values = (OUTLIER_RULES, columns.returns) if row["kind"] == "returns" else (SCALES, columns.prices)
        pair = rule[row["treatment"]](values[first:])
        assert row["value"] == pytest.approx(SCIPY[row["estimator"]](pair), abs=1e-12)
        assert row["nobs"] == len(pair)
        used = columns.dates[first:]
        assert (pd.Timestamp(row["first"]), pd.Timestamp(row["last"])) == (
            pd.Timestamp(used[0]),
            pd.Timestamp(used[-1]),
        )


def test_rows_are_sorted_with_returns_and_levels_apart(
    data: dict[tuple[str, str, str], PairColumns], grid: SpecificationGrid
) -> None:
    """Returns come first; values rise within each kind; levels carry no interval, returns always do."""
    table = specification_curve(data, grid).table
    kinds = table["kind"].tolist()
    assert kinds == sorted(kinds, reverse=True)
    for kind in ("returns", "levels"):
        values = table.loc[table["kind"] == kind, "value"].to_numpy()
        assert (np.diff(values) >= 0).all()
    returns, levels = (table[table["kind"] == kind] for kind in ("returns", "levels"))
    assert levels[["lower", "upper"]].isna().all(axis=None)
    assert ((returns["lower"] < returns["value"]) & (returns["value"] < returns["upper"])).all()


def test_intervals_follow_their_formulas(
    data: dict[tuple[str, str, str], PairColumns], grid: SpecificationGrid
) -> None:
    """Fisher for Pearson; Bonett & Wright for Spearman; Fieller, Hartley & Pearson for Kendall."""
    table = specification_curve(data, grid).table
    rows = {row["estimator"]: row for row in table[table["kind"] == "returns"].to_dict("records")}
    variances = {
        "pearson": 1 / (rows["pearson"]["nobs"] - 3),
        "spearman": (1 + rows["spearman"]["value"] ** 2 / 2) / (rows["spearman"]["nobs"] - 3),
        "kendall": 0.437 / (rows["kendall"]["nobs"] - 4),
    }
    for estimator, variance in variances.items():
        row = rows[estimator]
        half = 1.959963984540054 * np.sqrt(variance)
        expected = np.tanh(np.arctanh(row["value"]) + np.array([-half, half]))
        assert [row["lower"], row["upper"]] == pytest.approx(expected.tolist(), abs=1e-12)


def test_a_sample_that_begins_later_than_its_start_is_short(grid: SpecificationGrid) -> None:
    """Rows from 2018 alone are not "since 2017"; they are "since 2018", and not both."""
    early = replace(grid, windows={}, starts={"daily": (date(2017, 6, 1), date(2018, 1, 1))})
    curve = specification_curve({("rut", "utc_close", "daily"): _columns(900, 1, 9)}, early)
    assert set(curve.table["start"]) == {"2018-01-01"}


def test_treatments_do_what_they_say() -> None:
    """Winsorising pulls in to the quantiles and keeps the rows; dropping removes rows far from the median."""
    pair = np.random.default_rng(0).standard_t(3, (2000, 2))
    clipped = OUTLIER_RULES["winsorised 5 %"](pair)
    assert clipped.shape == pair.shape
    np.testing.assert_allclose(clipped.max(axis=0), np.quantile(pair, 0.95, axis=0))
    near = OUTLIER_RULES["dropped beyond 5 MAD"](pair)
    spread = 1.4826 * np.median(np.abs(pair - np.median(pair, axis=0)), axis=0)
    assert 1900 < len(near) < 2000
    assert (np.abs(near - np.median(pair, axis=0)) <= 5 * spread).all()
    assert (OUTLIER_RULES["none"](pair) == pair).all()
    assert SCALES["log price"](np.exp(pair)) == pytest.approx(pair)


def test_rules_that_change_nothing_are_counted_not_shown(data: dict[tuple[str, str, str], PairColumns]) -> None:
    """Ranks of prices and of log prices are the same specification; so is a rule that catches no outlier."""
    calm = data["rut", "utc_close", "daily"]
    even = replace(calm, returns=np.random.default_rng(1).uniform(-1, 1, (900, 2)))
    grid = SpecificationGrid(
        estimators=("pearson", "spearman"),
        proxies=("rut",),
        alignments=("utc_close",),
        windows={"daily": (252,)},
        starts={},
        outliers=("none", "dropped beyond 5 MAD"),
        scales=("price", "log price"),
    )
    curve = specification_curve({("rut", "utc_close", "daily"): even}, grid)
    shown = set(zip(curve.table["estimator"], curve.table["treatment"], strict=True))
    assert shown == {
        ("pearson", "none"),
        ("spearman", "none"),
        ("pearson", "price"),
        ("spearman", "price"),
        ("pearson", "log price"),
    }
    assert (curve.planned, curve.duplicate) == (8, 3)


def test_later_rows_change_nothing_when_cut_and_order_of_keys_is_free(
    data: dict[tuple[str, str, str], PairColumns], grid: SpecificationGrid
) -> None:
    """The curve depends on the rows it is given alone; the order of the data's keys is free; input is left alone."""
    kept = {key: columns.returns.copy() for key, columns in data.items()}
    first = specification_curve(data, grid).table
    second = specification_curve(dict(reversed(data.items())), grid).table
    pd.testing.assert_frame_equal(first, second)
    assert all((data[key].returns == kept[key]).all() for key in data)


def test_constant_prices_are_short_not_wrong(grid: SpecificationGrid) -> None:
    """A series that does not move has no correlation; its specifications are counted with the short ones."""
    columns = _columns(900, 1, 9)
    flat = replace(columns, prices=np.ones((900, 2)))
    curve = specification_curve({("rut", "utc_close", "daily"): flat}, grid)
    assert set(curve.table["kind"]) == {"returns"}
    assert curve.planned == len(curve.table) + curve.absent + curve.short + curve.duplicate


def test_share_above() -> None:
    """At or above the threshold; no values, no share."""
    assert share_above(np.array([0.1, 0.5, 0.9, 0.95]), 0.9) == 0.5
    assert np.isnan(share_above(np.array([]), 0.9))


def test_a_real_grid_has_a_thousand_specifications() -> None:
    """A plausible configuration on full data yields more than 1,000 distinct specifications."""
    frequencies = {"daily": (1950, 1), "weekly": (400, 5), "monthly": (92, 21)}
    data = {
        (proxy, alignment, frequency): _columns(nobs, step, seed)
        for seed, (proxy, alignment, (frequency, (nobs, step))) in enumerate(
            itertools.product(("rut", "iwm"), ("utc_close",), frequencies.items())
        )
    }
    years = tuple(date(year, 1, 1) for year in range(2018, 2026))
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
    curve = specification_curve(data, grid)
    assert curve.planned == 2 * 37 * 3 * 6
    assert len(curve.table) >= 1000
