"""The true moments and the model's promises, checked on many other paths of the same model."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from scipy.stats import binom
from statsmodels.tsa.stattools import coint

from generator.sources import sample_model
from generator.sources.sample_paths import AssetPath, World, simulate_asset, simulate_world
from generator.sources.sample_truth import Window, beta, correlation, moments, partial_correlation, synchronous

SEEDS = range(1, 81)
IDS = ("eth_usd", "rut", "spx")
AFTER = [sample_model.FACTORS.index(f) for f in ("market.after", "crypto.after", "own.after")]

Draw = tuple[World, list[AssetPath]]


@pytest.fixture(scope="module")
def paths() -> list[Draw]:
    """Return Ether, the Russell 2000 and the S&P 500 on many paths, none of them the sample's."""
    assert sample_model.SEED not in SEEDS
    drawn = []
    for seed in SEEDS:
        world = simulate_world(seed)
        drawn.append((world, [simulate_asset(world, s, sample_model.ASSETS[s]) for s in IDS]))
    return drawn


def unbiased(estimates: list[float], truths: list[float]) -> bool:
    """Return whether the mean error over all paths is within four of its standard errors of zero."""
    errors = np.array(estimates) - np.array(truths)
    return bool(abs(errors.mean()) < 4 * errors.std(ddof=1) / np.sqrt(errors.size))


def difference(matrix: np.ndarray) -> float:
    """Return corr(A, B) - corr(A, M)."""
    return correlation(matrix) - correlation(matrix, 0, 2)


def window_of(world: World, span: str, *, with_yield: bool = False) -> Window:
    """Return a quarter of 2022-23, the last year, or everything from 2018."""
    ends = np.flatnonzero(world.is_session & world.is_bond_day if with_yield else world.is_session)
    return Window(ends={"63": ends[-1300:-1236], "252": ends[-253:], "all": ends[503:]}[span])


@pytest.mark.parametrize("span", ["63", "252", "all"])
@pytest.mark.parametrize("number", ["correlation", "partial", "difference"])
def test_moments_are_those_of_the_returns(paths: list[Draw], span: str, number: str) -> None:
    """Over many paths the sample moments of the returns scatter about the stated truth of each path."""
    compute = {"correlation": correlation, "partial": partial_correlation, "difference": difference}[number]
    estimates, truths = [], []
    for world, three in paths:
        window = window_of(world, span)
        estimates.append(compute(np.cov([window.totals(p.log_returns) for p in three])))
        truths.append(compute(moments(three, window)))
    assert unbiased(estimates, truths)


@pytest.mark.parametrize("span", ["252", "all"])
def test_rate_truth_is_that_of_the_returns(paths: list[Draw], span: str) -> None:
    """So do the betas of all three, and the partial correlation given market and yield."""
    betas: list[tuple[list[float], list[float]]] = [([], []) for _ in IDS]
    partials: tuple[list[float], list[float]] = [], []
    for world, three in paths:
        window = window_of(world, span, with_yield=True)
        change_bp = window.totals(world.dgs2_change_bp)
        returns = [window.totals(p.log_returns) for p in three]
        for place, (estimates, truths) in enumerate(betas):
            estimates.append(beta(returns[place], change_bp))
            truths.append(beta(window.totals(three[place].response), change_bp))
        partials[0].append(partial_correlation(np.cov([*returns, change_bp])))
        partials[1].append(partial_correlation(moments(three, window, change_bp)))
    assert all(unbiased(*each) for each in betas)
    assert unbiased(*partials)


@pytest.mark.parametrize("span", ["252", "all"])
def test_synchronous_truth_is_that_of_the_returns_by_close(paths: list[Draw], span: str) -> None:
    """Moving what comes after the close to the next session gives the stated, higher correlation."""
    estimates, truths, utc_close = [], [], []
    for world, three in paths:
        window = window_of(world, span)
        late = three[0].shocks[:, AFTER].sum(axis=1)
        by_close = window.totals(three[0].log_returns) - np.diff(late[window.ends])
        estimates.append(float(np.corrcoef(by_close, window.totals(three[1].log_returns))[0, 1]))
        truths.append(correlation(moments([synchronous(p, world.is_session) for p in three[:2]], window)))
        utc_close.append(correlation(moments(three[:2], window)))
    assert unbiased(estimates, truths)
    assert not unbiased(estimates, utc_close)


@pytest.mark.parametrize("day", [date(2018, 6, 29), date(2020, 3, 2), date(2023, 6, 30), date(2027, 6, 30)])
def test_correlation_path_is_that_of_the_shocks(paths: list[Draw], day: date) -> None:
    """On 41 sessions about a date, shocks divided by their volatility have the documented correlation."""
    products, squares = [], []
    for world, (eth, rut, _) in paths:
        middle = int(world.days.get_loc(np.datetime64(day, "ns")))  # type: ignore[arg-type] # one place: days are unique
        near = np.flatnonzero(world.is_session[middle - 30 : middle + 31]) + middle - 30
        one, other = (p.shocks[near].sum(axis=1) / np.sqrt((p.scales[near] ** 2).sum(axis=1)) for p in (eth, rut))
        products.append(float((one * other).mean()))
        squares.append(float((one**2).mean() + (other**2).mean()) / 2)
    assert unbiased(squares, [1.0] * len(squares))
    true = sample_model.true_correlation(day)
    average = np.array(products)
    assert abs(average.mean() - true) < 4 * average.std(ddof=1) / np.sqrt(average.size)


def test_levels_have_no_link_on_any_path(paths: list[Draw]) -> None:
    """Engle-Granger at 5 % calls Ether and the Russell 2000 cointegrated on about 5 % of the paths."""
    rejections = 0
    for world, (eth, rut, _) in paths:
        ends = np.flatnonzero(world.is_session)[503:]
        rejections += coint(eth.log_prices[ends], rut.log_prices[ends], maxlag=1, autolag=None)[1] < 0.05
    low, high = (binom.ppf(q, len(paths), 0.05) for q in (0.0005, 0.9995))
    assert low <= rejections <= high


def test_shocks_come_in_clusters(paths: list[Draw]) -> None:
    """Squared shocks of neighbouring days go together, as GARCH makes them; the long-run variance is the stated one."""
    links, ratios = [], []
    for world, (_, rut, _) in paths:
        shock = rut.shocks.sum(axis=1)[world.is_session][1:]
        links.append(float(np.corrcoef(shock[1:] ** 2, shock[:-1] ** 2)[0, 1]))
        ratios.append(float((shock**2).mean() / sample_model.ASSETS["rut"].volatility ** 2))
    assert np.mean(links) > 4 * np.std(links) / np.sqrt(len(links)) + 0.05
    assert unbiased(ratios, [1.0] * len(ratios))
