"""What the estimates made from the simulated sample should find.

Over a window of n changes the second moments of the returns have the expectation

    sum over its days of sigma_i sigma_j sum_k load_ik load_jk, divided by n,
    + the sample covariance of the known part of the returns (drift and response to rates),

given the volatility, the drift and the yields of the one path. The true correlation, partial correlation and difference
are those of this matrix: the average conditional covariance over the root of the average conditional variances, not the
average of the conditional correlations. It falls below `true_correlation` because 24/7 assets also move between
sessions. The true beta weights the two slopes, FOMC days and others, by the squared yield changes, as OLS does.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from generator.sources import sample_model as model
from generator.sources.sample_paths import the_path, the_world

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from numpy.typing import NDArray

    from generator.config import Config, Pair
    from generator.sources.sample_model import Asset
    from generator.sources.sample_paths import AssetPath, World

LONG_WINDOWS = (252, None)  # None: the whole history
SYNCHRONOUS_WINDOWS = (63, 252)
_PERCENT_PER_25_BP = 2500.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """What an estimate from the sample should find.

    Parameters
    ----------
    value : float
        In the unit of the estimate with the same id: correlation, or percent per +25 bp.
    nobs : int
        Changes in the window, as in the estimate.
    first, last : date
        First and last session with a change.
    """

    value: float
    nobs: int
    first: date
    last: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Some changes between sessions.

    Parameters
    ----------
    ends : ndarray of int, shape (n + 1,)
        Places of the sessions among the days of the world; change k runs from ``ends[k]`` to ``ends[k + 1]``.
    """

    ends: NDArray[np.int64]

    @property
    def nobs(self) -> int:
        """Number of changes."""
        return len(self.ends) - 1

    @property
    def days(self) -> slice:
        """The days after the first session up to the last."""
        return slice(int(self.ends[0]) + 1, int(self.ends[-1]) + 1)

    def totals(self, daily: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the sum of a daily amount over each change, shape (n,)."""
        return np.add.reduceat(daily[self.days], self.ends[:-1] - self.ends[0])


def truth_numbers(config: Config, pair: Pair, as_of: date) -> dict[str, float]:
    """Return the true value behind the ids of `truths`."""
    return {number_id: truth.value for number_id, truth in truths(config, pair, as_of).items()}


def truths(config: Config, pair: Pair, as_of: date) -> dict[str, Truth]:
    """Return the truth behind those numbers of a pair that have one; empty for a pair with a derived series (a fund).

    Ids: ``correlation.pearson.daily.{windows,all}``, ``correlation.pearson.synchronous.{63,252}``,
    ``partial.{market,market_and_rates}.{252,all}``, ``difference.market.{252,all}``,
    ``rates.beta.dgs2.{a,b,m}.{252,all}``, ``fomc.beta.dgs2.{a,b,m}``. A window longer than the history is left out.
    """
    ids = (pair.a, pair.b, pair.market)
    assets = [asset for asset in (_asset(config, s) for s in ids) if asset is not None]
    if len(assets) < len(ids):
        return {}
    world = the_world()
    paths = [the_path(s, asset) for s, asset in zip(ids, assets, strict=True)]
    two = _history(world, config, pair, ids[:2], as_of)
    three = _history(world, config, pair, ids, as_of)
    with_yield = _history(world, config, pair, ids, as_of, with_yield=True)
    found: dict[str, Truth] = {}

    def add(number_id: str, window: Window, value: float) -> None:
        first, last = (world.days[window.ends[k]].date() for k in (1, -1))
        found[number_id] = Truth(value=value, nobs=window.nobs, first=first, last=last)

    for span, window in _spans(two, (*config.run.windows, None)):
        add(f"correlation.pearson.daily.{span}", window, correlation(moments(paths[:2], window)))
    if _has_hourly(config, ids[:2], assets[:2]):
        moved = [synchronous(each, world.is_session) for each in paths[:2]]
        for span, window in _spans(two, SYNCHRONOUS_WINDOWS):
            add(f"correlation.pearson.synchronous.{span}", window, correlation(moments(moved, window)))
    for span, window in _spans(three, LONG_WINDOWS):
        matrix = moments(paths, window)
        add(f"partial.market.{span}", window, partial_correlation(matrix))
        add(f"difference.market.{span}", window, correlation(matrix) - correlation(matrix, 0, 2))
    for span, window in _spans(with_yield, LONG_WINDOWS):
        change_bp = window.totals(world.dgs2_change_bp)
        add(f"partial.market_and_rates.{span}", window, partial_correlation(moments(paths, window, change_bp)))
        for role, each in zip("abm", paths, strict=True):
            add(f"rates.beta.dgs2.{role}.{span}", window, beta(window.totals(each.response), change_bp))
            if span == "all":
                add(f"fomc.beta.dgs2.{role}", window, assets["abm".index(role)].rate_beta_fomc)
    return found


def moments(
    paths: Sequence[AssetPath], window: Window, change_bp: NDArray[np.float64] | None = None
) -> NDArray[np.float64]:
    """Return the expected covariance matrix of the returns over a window, given volatility, drift and yields.

    Parameters
    ----------
    paths : sequence of AssetPath
        k assets.
    window : Window
        n changes.
    change_bp : ndarray of shape (n,), optional
        Adds the yield change as a last variable.

    Returns
    -------
    ndarray of shape (k, k) or (k + 1, k + 1)
    """
    known = [window.totals(path.drift + path.response) for path in paths]
    matrix = np.asarray(np.cov(known if change_bp is None else [*known, change_bp]), dtype=np.float64)
    for i, one in enumerate(paths):
        for j, other in enumerate(paths):
            shared = slice(None) if i == j else slice(model.SHARED_FACTORS)
            matrix[i, j] += (one.scales[window.days, shared] * other.scales[window.days, shared]).sum() / window.nobs
    return matrix


def correlation(matrix: NDArray[np.float64], i: int = 0, j: int = 1) -> float:
    """Return the correlation of variables i and j of a covariance matrix."""
    return float(matrix[i, j] / np.sqrt(matrix[i, i] * matrix[j, j]))


def partial_correlation(matrix: NDArray[np.float64]) -> float:
    """Return the correlation of the first two variables of a covariance matrix given all others."""
    return -correlation(np.asarray(np.linalg.inv(matrix), dtype=np.float64))


def beta(response: NDArray[np.float64], change_bp: NDArray[np.float64]) -> float:
    """Return what least squares finds of a response to a yield change, % per +25 bp: its two slopes, weighted."""
    centred = change_bp - change_bp.mean()
    return float(_PERCENT_PER_25_BP * (centred @ response) / (centred @ centred))


def synchronous(path: AssetPath, is_session: NDArray[np.bool_]) -> AssetPath:
    """Return a 24/7 asset's path by session close: what came after a close counts for the next session.

    Equities are not changed. The drift of those hours is left where it was.
    """
    sessions = np.flatnonzero(is_session)
    scales = path.scales.copy()
    for source, goal in (("market.after", "market.evening"), ("crypto.after",) * 2, ("own.after",) * 2):
        column, place = model.FACTORS.index(source), model.FACTORS.index(goal)
        late = scales[sessions[:-1], column].copy()
        scales[:, column] = 0.0
        scales[sessions[1:], place] += late
    return replace(path, scales=scales)


def _asset(config: Config, series_id: str) -> Asset | None:
    """Return the model of a daily price; None for what is no price, or is derived from other series."""
    if series_id in model.ASSETS:
        return model.ASSETS[series_id]
    series = config.series[series_id]
    if series.kind != "price" or series.frequency != "daily" or series_id in model.DERIVED:
        return None
    return model.unrelated(series.calendar)


def _has_hourly(config: Config, ids: Sequence[str], assets: Sequence[Asset]) -> bool:
    around = [s for s, asset in zip(ids, assets, strict=True) if asset.around_the_clock]
    return bool(around) and all(s + model.HOURLY_SUFFIX in config.series for s in around)


def _history(
    world: World, config: Config, pair: Pair, ids: Sequence[str], as_of: date, *, with_yield: bool = False
) -> Window:
    """Return all changes of a sample, as `Panel.sample` chooses them."""
    usable = max(config.series[s].first_usable or model.START for s in ids)
    chosen = world.is_session & (world.days >= pd.Timestamp(usable)) & (world.days <= pd.Timestamp(as_of))
    if with_yield:
        chosen &= world.is_bond_day
    ends = np.flatnonzero(chosen)
    begun = int(np.searchsorted(ends, (config.start(pair) - model.START).days))
    return Window(ends=ends[max(begun - 1, 0) :])


def _spans(history: Window, windows: Sequence[int | None]) -> list[tuple[str, Window]]:
    """Return the last changes for each window that the history fills, with its name; None is the whole history."""
    found = []
    for window_obs in windows:
        count = history.nobs if window_obs is None else window_obs
        if 1 < count <= history.nobs:
            found.append(("all" if window_obs is None else str(window_obs), Window(ends=history.ends[-count - 1 :])))
    return found
