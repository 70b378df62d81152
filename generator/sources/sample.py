"""The embedded sample: simulated data on the real calendars, and what the estimates made from it should find.

The model is `generator.sources.sample_model`, its paths `generator.sources.sample_paths`.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from generator.errors import DataError
from generator.panel import Observed
from generator.sources import sample_model as model
from generator.sources.sample_model import true_correlation
from generator.sources.sample_paths import (
    draws,
    hourly_log_prices,
    pulled_walk,
    the_path,
    the_world,
)
from generator.sources.sample_truth import Truth, truth_numbers, truths

if TYPE_CHECKING:
    from datetime import date

    from numpy.typing import NDArray

    from generator.config import Config, Series
    from generator.sources.sample_paths import World

__all__ = ["Truth", "load", "true_correlation", "truth_numbers", "truths"]

TERMS = "simulated; free to use"
DAILY_RATES = ("dff", "target_lower", "target_upper")
_TRADING_DAYS = 252


def load(config: Config, as_of: date) -> dict[str, Observed]:
    """Return the simulated series of the configuration, up to and including `as_of`.

    There is one path: neither the configuration nor `as_of` changes a value. A price or yield that the model does not
    know moves on its own. A target range, or hourly bars, of something unknown are left out.

    Parameters
    ----------
    config : Config
        Says which series are wanted.
    as_of : date
        Last date, from 2016-01-01 to 2027-12-31.

    Raises
    ------
    DataError
        If `as_of` lies outside the sample.
    """
    if not model.START <= as_of <= model.END:
        verb = f"ends on {model.END}" if as_of > model.END else f"starts on {model.START}"
        raise DataError(f"as_of {as_of}: the simulated sample {verb}; give another --as-of, or build from real data")
    current = the_world()
    observed = {}
    for series_id, series in config.series.items():
        values = _values(current, series_id, series, as_of)
        if values is not None and not values.empty:
            observed[series_id] = Observed(
                series_id=series_id,
                values=values,
                source="sample",
                symbol=series_id,
                retrieved_at="",
                sha256=_sha256(values),
                terms=TERMS,
            )
    return observed


def _values(current: World, series_id: str, series: Series, as_of: date) -> pd.Series[float] | None:
    """Return the values of one series up to `as_of`, None where the model has nothing to say."""
    if series_id.endswith(model.HOURLY_SUFFIX) and series.frequency == "hourly":
        return _hourly(current, series_id.removesuffix(model.HOURLY_SUFFIX), series, as_of)
    if series_id in current.rates_pct:
        always = series_id in DAILY_RATES
        mask = np.ones(len(current.days), dtype=bool) if always else current.is_bond_day
        return _cut(current, current.rates_pct[series_id], mask, as_of)
    if series_id in model.DERIVED:
        return _cut(current, _derived(current, series_id), current.is_session, as_of)
    if series.frequency == "hourly" or series.kind == "target_range":
        return None
    if series.kind == "rate_pct":
        return _cut(current, _unrelated_rate(current, series_id), current.is_bond_day, as_of)
    asset = model.ASSETS.get(series_id) or model.unrelated(series.calendar)
    mask = np.ones(len(current.days), dtype=bool) if asset.around_the_clock else current.is_session
    return _cut(current, _prices(the_path(series_id, asset).log_prices), mask, as_of)


def _prices(log_prices: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.round(model.FIRST_PRICE * np.exp(log_prices), model.PRICE_DECIMALS)


def _cut(current: World, values: NDArray[np.float64], mask: NDArray[np.bool_], as_of: date) -> pd.Series[float]:
    """Return the values on the days of `mask` up to `as_of`."""
    chosen = mask & np.asarray(current.days <= pd.Timestamp(as_of))
    return pd.Series(values[chosen], index=current.days[chosen], dtype=np.float64)


def _hourly(current: World, base_id: str, series: Series, as_of: date) -> pd.Series[float] | None:
    """Return the hourly closes of the last `HOURLY_DAYS` days, labelled by the start of the bar (UTC)."""
    asset = model.ASSETS.get(base_id) or model.unrelated(series.calendar)
    if not asset.around_the_clock:
        return None
    last = (as_of - model.START).days
    first = max(last - model.HOURLY_DAYS + 1, 0)
    log_prices = hourly_log_prices(current, base_id, the_path(base_id, asset), first, last)
    starts = pd.date_range(current.days[first], periods=log_prices.size, freq="h", unit="ns")
    return pd.Series(_prices(log_prices.ravel()), index=pd.DatetimeIndex(starts.to_numpy()), dtype=np.float64)


def _derived(current: World, series_id: str) -> NDArray[np.float64]:
    """Return a series made from others, on the grid of days; only its values on sessions count."""
    count, sessions = len(current.days), current.is_session
    noise = np.where(sessions, draws(current.seed, f"{series_id}/noise", count), 0.0)
    noise[: int(np.argmax(sessions)) + 1] = 0.0  # the path starts on the first session
    if series_id == "iwm":  # a fund on the index: its noise stays in the day
        return _prices(the_path("rut", model.ASSETS["rut"]).log_prices + model.IWM_NOISE * noise)
    if series_id == "ijr":
        return _prices(the_path("rut", model.ASSETS["rut"]).log_prices + model.IJR_NOISE * np.cumsum(noise))
    if series_id == "tlt":
        dgs10 = current.rates_pct["dgs10"]
        return _prices(-model.TLT_DURATION / 100.0 * (dgs10 - dgs10[0]) + model.TLT_NOISE * np.cumsum(noise))
    market = model.ASSETS["spx"]
    parts = the_path("spx", market)
    shock = parts.shocks.sum(axis=1) / (market.volatility * np.sqrt(parts.variance[:-1]))
    pushed = (model.VIX_RESPONSE * shock + model.VIX_NOISE * noise)[sessions]
    gap = np.zeros(count)
    gap[sessions] = pulled_walk(pushed, 0.0, 1.0 - model.VIX_MEMORY)
    expected = market.volatility * np.sqrt(parts.variance[1:] * _TRADING_DAYS)
    return np.round(100.0 * expected * np.exp(gap), model.RATE_DECIMALS)


def _unrelated_rate(current: World, series_id: str) -> NDArray[np.float64]:
    rates = model.RATES
    shocks = rates.dgs2_deviation * draws(current.seed, f"{series_id}/level", len(current.days))
    return np.round(pulled_walk(shocks, rates.dgs2_mean, rates.pull), model.RATE_DECIMALS)


def _sha256(values: pd.Series[float]) -> str:
    """Return the hash of the dates (nanoseconds) and values, as little-endian bytes."""
    dates = values.index.to_numpy(dtype="datetime64[ns]").astype("<i8")
    return hashlib.sha256(dates.tobytes() + values.to_numpy(dtype="<f8").tobytes()).hexdigest()
