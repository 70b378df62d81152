"""The simulated paths: a pure function of the model, the seed and the calendars.

Only raw 64-bit integers are taken from NumPy (Philox, whose stream NumPy keeps for good), one stream per name, so that
nothing depends on the order of drawing, on NumPy's own distributions or on which other series exist. They become
uniforms and, by the inverse distribution functions of scipy.special, shocks.
"""

from __future__ import annotations

import functools
import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from generator.fomc import load_meetings
from generator.panel import BP_PER_PERCENT, bond_sessions, nyse_closes, nyse_sessions
from generator.sources import sample_model as model

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from generator.sources.sample_model import Asset

HOURS = 24
_UNIFORM_BITS = 52  # then the middle of every cell is a float64, and never 0 or 1
_UNIT_BP = 25.0
_PERCENT = 100.0


@dataclass(frozen=True, slots=True, kw_only=True)
class AssetPath:
    """One price on every calendar day of the sample, taken apart; zeros where the asset does not trade.

    Parameters
    ----------
    scales : ndarray of shape (n_days, n_factors)
        Standard deviation of each part of the day's shock: volatility times loading, with the sign of the loading.
    shocks : ndarray of shape (n_days, n_factors)
        The parts themselves.
    drift, response : ndarray of shape (n_days,)
        The day's drift, and its response to the 2-year yield, fractions.
    variance : ndarray of shape (n_days + 1,)
        h, the multiple of the long-run variance, on each day and the day after the last.
    """

    scales: NDArray[np.float64]
    shocks: NDArray[np.float64]
    drift: NDArray[np.float64]
    response: NDArray[np.float64]
    variance: NDArray[np.float64]

    @property
    def log_returns(self) -> NDArray[np.float64]:
        """Log return of each day; 0 up to the first trading day."""
        returns: NDArray[np.float64] = self.shocks.sum(axis=1) + self.drift + self.response
        return returns

    @property
    def log_prices(self) -> NDArray[np.float64]:
        """Log price at the end of each day, relative to the first."""
        return np.cumsum(self.log_returns)


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """The calendars and the curve that all assets share.

    Parameters
    ----------
    days : DatetimeIndex of shape (n_days,)
        Every calendar day from `START` to `END`.
    is_session, is_bond_day, is_fomc : ndarray of bool, shape (n_days,)
        NYSE sessions; days the bond market trades; scheduled statement days.
    rates_pct : dict of ndarray of shape (n_days,)
        Published rates, percent, the last value carried over days without one.
    dgs2_change_bp : ndarray of shape (n_days,)
        On sessions, the change of the published 2-year yield since the session before, else 0.
    shared : ndarray of shape (n_days, SHARED_FACTORS)
        The draws of the factors that assets share.
    """

    seed: int
    days: pd.DatetimeIndex
    is_session: NDArray[np.bool_]
    is_bond_day: NDArray[np.bool_]
    is_fomc: NDArray[np.bool_]
    rates_pct: dict[str, NDArray[np.float64]]
    dgs2_change_bp: NDArray[np.float64]
    shared: NDArray[np.float64]


@functools.cache
def the_world() -> World:
    """Return the world of the one fixed path."""
    return simulate_world()


@functools.lru_cache(maxsize=32)
def the_path(series_id: str, asset: Asset) -> AssetPath:
    """Return the one fixed path of an asset."""
    return simulate_asset(the_world(), series_id, asset)


def simulate_world(seed: int = model.SEED) -> World:
    """Return the calendars and the simulated curve."""
    days = pd.date_range(model.START, model.END, freq="D", unit="ns")
    is_session, is_bond_day = np.asarray(days.isin(nyse_sessions())), np.asarray(days.isin(bond_sessions()))
    scheduled = pd.DatetimeIndex([pd.Timestamp(m.date) for m in load_meetings() if m.kind == "scheduled"])
    is_fomc = np.asarray(days.isin(scheduled))
    rates_pct = _simulate_rates(seed, days, is_bond_day, is_fomc)
    change_bp = np.zeros(len(days))
    sessions = np.flatnonzero(is_session)
    change_bp[sessions[1:]] = np.diff(rates_pct["dgs2"][sessions]) * BP_PER_PERCENT
    return World(
        seed=seed,
        days=days,
        is_session=is_session,
        is_bond_day=is_bond_day,
        is_fomc=is_fomc,
        rates_pct=rates_pct,
        dgs2_change_bp=change_bp,
        shared=_shared_draws(seed, is_session),
    )


def simulate_asset(world: World, series_id: str, asset: Asset) -> AssetPath:
    """Return the path of one asset; it does not depend on which other assets exist."""
    count = len(world.days)
    loadings = model.loadings(asset, world.days, world.is_session)
    z = np.zeros((count, len(model.FACTORS)))
    z[:, : model.SHARED_FACTORS] = world.shared
    for column in range(model.SHARED_FACTORS, len(model.FACTORS)):
        name = f"{series_id}/{model.FACTORS[column]}"
        z[:, column] = draws(world.seed, name, count, degrees_of_freedom=asset.degrees_of_freedom)
    parts = loadings * z
    size = np.sqrt((loadings**2).sum(axis=1))
    active = size > 0
    variance = garch_variance(parts[active].sum(axis=1) / size[active], asset.arch, asset.garch)
    on_days = np.empty(count + 1)
    on_days[:-1] = variance[np.minimum(np.cumsum(active) - active, len(variance) - 1)]
    on_days[-1] = variance[-1]
    sigma = asset.volatility * np.sqrt(on_days[:-1])[:, None]
    # The path starts at its first trading day: what happened on it is in its first price.
    active[: int(np.argmax(active)) + 1] = False
    half_years = np.asarray((world.days.year - model.START.year) * 2 + (world.days.month > 6), dtype=np.int64)  # noqa: PLR2004 - July
    trend = asset.drift + asset.drift_spread * draws(world.seed, f"{series_id}/drift", int(half_years[-1]) + 1)
    slope_pct = np.where(world.is_fomc, asset.rate_beta_fomc, asset.rate_beta)
    return AssetPath(
        scales=np.where(active[:, None], sigma * loadings, 0.0),
        shocks=np.where(active[:, None], sigma * parts, 0.0),
        drift=np.where(active, trend[half_years], 0.0),
        response=np.where(active, slope_pct / _PERCENT * world.dgs2_change_bp / _UNIT_BP, 0.0),
        variance=on_days,
    )


def hourly_log_prices(world: World, series_id: str, path: AssetPath, first: int, last: int) -> NDArray[np.float64]:
    """Return the log price at the end of each hour (UTC) of the days `first` to `last`, shape (n_days, 24).

    On a session the part of the shock before the NYSE close, and the response to rates, is spread over the hours up to
    the close as a Brownian bridge, the rest over the hours after it; other days are one bridge. The last hour of a day
    ends at the daily close. Hours are drawn per calendar day, so a day is the same whatever the window.
    """
    after = [model.FACTORS.index(f) for f in ("market.after", "crypto.after", "own.after")]
    steps = draws(world.seed, f"{series_id}/hours", len(world.days) * HOURS, first * HOURS, (last + 1) * HOURS)
    steps = steps.reshape(-1, HOURS)
    window = slice(first, last + 1)
    closes = np.full(len(world.days), HOURS)
    closes[world.is_session] = _close_hours(world.days[world.is_session])
    close = closes[window, None]
    late = path.shocks[window][:, after].sum(axis=1)[:, None] + path.drift[window, None] * (HOURS - close) / HOURS
    early = path.log_returns[window, None] - late
    variance = (path.scales[window] ** 2).sum(axis=1)[:, None]
    late_variance = (path.scales[window][:, after] ** 2).sum(axis=1)[:, None]
    hour = np.arange(1, HOURS + 1)[None, :]
    walk = np.cumsum(steps, axis=1)
    at_close = np.take_along_axis(walk, close - 1, axis=1)
    share = np.minimum(hour / close, 1.0)
    bridge = np.where(hour <= close, walk - share * at_close, 0.0) * np.sqrt((variance - late_variance) / close)
    left = np.maximum(HOURS - close, 1)
    late_share = np.maximum(hour - close, 0) / left
    late_walk = np.where(hour > close, walk - at_close, 0.0)
    bridge += (late_walk - late_share * late_walk[:, -1:]) * np.sqrt(late_variance / left)
    end = path.log_prices[window, None]
    prices: NDArray[np.float64] = end - path.log_returns[window, None] + share * early + late_share * late + bridge
    prices[:, -1:] = end
    return prices


def garch_variance(shocks: NDArray[np.float64], arch: float, garch: float) -> NDArray[np.float64]:
    """Return h(1), …, h(n + 1) of a GARCH(1,1) with long-run variance 1, started at 1.

    Parameters
    ----------
    shocks : ndarray of shape (n,)
        Standardised.
    """
    constant, value = 1.0 - arch - garch, 1.0
    values = [value]
    for factor in (arch * shocks**2 + garch).tolist():
        value = constant + value * factor
        values.append(value)
    return np.array(values)


def pulled_walk(shocks: NDArray[np.float64], mean: float, pull: float) -> NDArray[np.float64]:
    """Return x(1), …, x(n) with x(t) = x(t-1) + pull (mean - x(t-1)) + shock(t), x(0) = mean."""
    value = mean
    values = []
    for shock in shocks.tolist():
        value += pull * (mean - value) + shock
        values.append(value)
    return np.array(values)


def draws(
    seed: int, name: str, count: int, first: int = 0, last: int | None = None, *, degrees_of_freedom: float = 0.0
) -> NDArray[np.float64]:
    """Return the draws `first` to `last` of the `count` in a named stream: mean 0, variance 1, normal or Student t."""
    from scipy.special import ndtri, stdtrit  # noqa: PLC0415 - only a build from the sample needs it

    key = int.from_bytes(hashlib.sha256(f"{seed}/{name}".encode()).digest()[:16], "little")
    raw = np.random.Philox(key=key).random_raw(count)[first:last]
    uniform = ((raw >> np.uint64(64 - _UNIFORM_BITS)).astype(np.float64) + 0.5) * 2.0**-_UNIFORM_BITS
    if degrees_of_freedom > 0:
        values = stdtrit(degrees_of_freedom, uniform) * np.sqrt((degrees_of_freedom - 2.0) / degrees_of_freedom)
    else:
        values = ndtri(uniform)
    return np.asarray(values, dtype=np.float64)


def target_range(days: pd.DatetimeIndex) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the target range in force on each day, percent: the recorded decisions, each from the day after.

    After the last recorded decision the range stays as it is; nothing is guessed.
    """
    decided = [(pd.Timestamp(m.date), m.target) for m in load_meetings() if m.target is not None]
    position = pd.DatetimeIndex([day for day, _ in decided]).searchsorted(days, side="left") - 1
    ends = np.array([target for _, target in decided])
    return ends[position, 0], ends[position, 1]


def _shared_draws(seed: int, is_session: NDArray[np.bool_]) -> NDArray[np.float64]:
    count, freedom = len(is_session), model.CRYPTO_DEGREES_OF_FREEDOM
    z = np.zeros((count, model.SHARED_FACTORS))
    for column, name in enumerate(model.FACTORS[: model.SHARED_FACTORS]):
        if name != "market.after":
            student = freedom if name.startswith("crypto") else 0.0
            z[:, column] = draws(seed, name, count, degrees_of_freedom=student)
    sessions = np.flatnonzero(is_session)
    evening, after = model.FACTORS.index("market.evening"), model.FACTORS.index("market.after")
    z[sessions[:-1], after] = z[sessions[1:], evening]
    return z


def _simulate_rates(
    seed: int, days: pd.DatetimeIndex, is_bond_day: NDArray[np.bool_], is_fomc: NDArray[np.bool_]
) -> dict[str, NDArray[np.float64]]:
    rates, count = model.RATES, int(is_bond_day.sum())
    shock = draws(seed, "rates/dgs2", count)
    sigma = np.sqrt(garch_variance(shock, rates.arch, rates.garch)[:-1])
    sigma *= np.where(is_fomc[is_bond_day], np.sqrt(rates.fomc_variance), 1.0)
    dgs2 = pulled_walk(rates.dgs2_deviation * sigma * shock, rates.dgs2_mean, rates.pull)
    slope = pulled_walk(rates.slope_deviation * draws(seed, "rates/slope", count), rates.slope_mean, rates.pull)
    breakeven = pulled_walk(
        rates.breakeven_deviation * draws(seed, "rates/breakeven", count), rates.breakeven_mean, rates.pull
    )
    lower, upper = target_range(days)
    bills = ((lower + upper) / 2)[is_bond_day] + rates.bill_deviation * draws(seed, "rates/bills", count)
    funds = rates.funds_deviation * draws(seed, "rates/funds", count)
    on_bond_days = {"dgs2": dgs2, "dgs10": dgs2 + slope, "dfii10": dgs2 + slope - breakeven, "dgs3mo": bills}
    # The day's place among the bond days so far; the days before the first take its value.
    carried = np.maximum(np.cumsum(is_bond_day) - 1, 0)
    values = {name: each[carried] for name, each in on_bond_days.items()}
    values |= {"dff": lower + rates.funds_above_lower + funds[carried], "target_lower": lower, "target_upper": upper}
    return {name: np.round(each, model.RATE_DECIMALS) for name, each in values.items()}


def _close_hours(sessions: pd.DatetimeIndex) -> NDArray[np.int64]:
    """Return the hour (UTC) at which each session closes; NYSE closes fall on full hours."""
    closes = nyse_closes().reindex(sessions)
    return np.asarray(pd.DatetimeIndex(closes).hour, dtype=np.int64)
