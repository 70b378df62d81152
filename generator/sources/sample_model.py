"""The truth behind the simulated sample: every constant of the model, and nothing estimated from any market.

Shocks. The shock of asset i on day d is ``sigma_i(d) * sum_k load_ik(d) * z_k(d)`` with independent factors z_k of
mean 0 and variance 1 and squared loadings that add up to 1 on a session. The volatility is GARCH(1,1) in the asset's
own shock: ``sigma^2(d) = volatility^2 * h(d)``, ``h(d + 1) = 1 - a - b + h(d) * (a e(d)^2 + b)``, e the standardised
shock. So the correlation of two shocks on a session is the sum of the products of their loadings: a smooth path that
the volatility does not touch (`true_correlation`).

Hours. A 24/7 asset's bar ends some hours after the NYSE close. `AFTER_CLOSE_SHARE` of the market factor of a session
falls into those hours of the evening *before* it: equities show it a session later than 24/7 assets do.

Rates. Returns respond to the published change of the 2-year yield, with one slope on scheduled FOMC statement days and
another one on all others. The yields do not respond to prices, nor to decisions: only the variance of the 2-year yield
is larger on statement days (the scheduled ones of `generator/fomc.csv`, whose later outcomes change only the target
range, the funds rate and the 3-month yield).

Levels. Each asset has its own drift, drawn anew every half-year, independent of all others. No price reacts to the
level of another, so no pair is cointegrated.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

SEED = 20160102
"""Of the one fixed path; not the seed of `report.toml`, which belongs to the estimates.

The first from 20160101 upwards with which no shipped pair looks cointegrated by chance (Engle-Granger, log prices from
2018 to the end, either order, 5 %): the sample is there to show price levels without a link. Nothing else decided.
"""
START = date(2016, 1, 1)
END = date(2027, 12, 31)
FIRST_PRICE = 100.0
"""Every price starts here, so that nobody takes it for a market's; only VIX has a level with a meaning."""
PRICE_DECIMALS = 4
RATE_DECIMALS = 2
"""As yields are published. Rounding also keeps the last bits, in which mathematical libraries differ, out."""
HOURLY_DAYS = 730

FACTORS = (
    "market.day",  # shared: the session's news up to the close
    "market.evening",  # the part of the same session's news that came in the evening before it
    "market.after",  # what 24/7 assets show this evening and equities in the next session (its market.evening)
    "small_caps",
    "crypto.day",
    "crypto.after",
    "own.day",
    "own.after",
)
SHARED_FACTORS = 6
"""The first six are shared between assets; the own factors are not."""

AFTER_CLOSE_SHARE = 0.15
WEEKEND_VARIANCE = 0.5
"""Variance of a 24/7 asset on a day without a session, as a multiple of a session day's."""
CRYPTO_SHARE = 0.72
"""Share of the crypto factor in what a crypto asset does not share with equities."""
CRYPTO_DEGREES_OF_FREEDOM = 6.0
"""Of the Student t of the crypto factor and of crypto's own factors; all other factors are normal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """One simulated price.

    Parameters
    ----------
    volatility : float
        Root of the long-run variance of a session's shock, fraction.
    around_the_clock : bool
        Whether it trades 24/7, else on NYSE sessions.
    rate_beta, rate_beta_fomc : float
        Response to the published change of the 2-year yield, % per +25 bp: on scheduled statement days the second.
    market, small_caps : float
        Loadings of the standardised shock; for a 24/7 asset `market` multiplies `market_link`.
    crypto : float
        Share of the crypto factor in the variance left over (24/7 assets).
    drift, drift_spread : float
        Mean and standard deviation of the half-year's drift, per trading day, fraction.
    arch, garch : float
        a and b of the volatility.
    degrees_of_freedom : float
        Of the own factors; 0 for normal.
    """

    volatility: float
    around_the_clock: bool = False
    rate_beta: float = 0.0
    rate_beta_fomc: float = 0.0
    market: float = 0.0
    small_caps: float = 0.0
    crypto: float = 0.0
    drift: float = 0.0003
    drift_spread: float = 0.0004
    arch: float = 0.06
    garch: float = 0.92
    degrees_of_freedom: float = 0.0


_CRYPTO = Asset(
    volatility=0.042,
    around_the_clock=True,
    rate_beta=-1.5,
    rate_beta_fomc=-3.0,
    market=1.0,
    small_caps=0.15,
    crypto=CRYPTO_SHARE,
    drift=0.0003,
    drift_spread=0.0012,
    arch=0.08,
    garch=0.90,
    degrees_of_freedom=CRYPTO_DEGREES_OF_FREEDOM,
)

ASSETS: Mapping[str, Asset] = {
    "eth_usd": _CRYPTO,
    # Bitcoin has no link to equities but the market's and the rates'.
    "btc_usd": Asset(
        volatility=0.033,
        around_the_clock=True,
        rate_beta=-1.2,
        rate_beta_fomc=-2.5,
        market=0.95,
        crypto=CRYPTO_SHARE,
        drift=0.0003,
        drift_spread=0.0010,
        arch=0.08,
        garch=0.90,
        degrees_of_freedom=CRYPTO_DEGREES_OF_FREEDOM,
    ),
    "rut": Asset(volatility=0.0145, rate_beta=-0.8, rate_beta_fomc=-1.6, market=0.87, small_caps=0.40),
    "spx": Asset(volatility=0.0110, rate_beta=-0.5, rate_beta_fomc=-1.0, market=1.0),
    "ndx": Asset(volatility=0.0140, rate_beta=-0.7, rate_beta_fomc=-1.3, market=0.93),
    "gld": Asset(volatility=0.0095, rate_beta=-0.6, rate_beta_fomc=-1.0),
    "dxy": Asset(volatility=0.0040, rate_beta=0.25, rate_beta_fomc=0.5, market=-0.15, drift=0.0, drift_spread=0.00005),
}

HOURLY_SUFFIX = "_hourly"
DERIVED = ("iwm", "ijr", "tlt", "vix")
"""Made from other series below, and without a known truth of their own."""

_UNRELATED_24_7 = Asset(volatility=0.04, around_the_clock=True, drift_spread=0.001)
_UNRELATED = Asset(volatility=0.012)

IWM_NOISE = 0.0003  # of the fund's price about its index; it does not accumulate
IJR_NOISE = 0.0025  # per session, accumulates: a sister index, not a fund on the same one
TLT_DURATION = 16.0  # % per percentage point of the 10-year yield
TLT_NOISE = 0.001
VIX_MEMORY, VIX_RESPONSE, VIX_NOISE = (
    0.9,
    -0.035,
    0.02,
)  # of log(VIX / model volatility); response to the market's shock


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """The simulated curve, percent; standard deviations per bond-market day in percentage points.

    The 2-year yield, the slope to 10 years and the break-even inflation pull back to their means at the speed `pull`;
    the 3-month yield stands at the middle of the target range, which follows the recorded decisions.
    """

    dgs2_mean: float = 2.5
    dgs2_deviation: float = 0.045
    fomc_variance: float = 5.0  # multiple on scheduled statement days
    slope_mean: float = 0.6
    slope_deviation: float = 0.028
    breakeven_mean: float = 2.2
    breakeven_deviation: float = 0.02
    pull: float = 0.003
    arch: float = 0.06
    garch: float = 0.92
    bill_deviation: float = 0.02
    funds_above_lower: float = 0.08
    funds_deviation: float = 0.01


RATES = Rates()

# (middle of the step, scale of the logistic in days: 80 % of the step takes 4.4 of them, change of the loading)
_LINK_START = 0.10
_LINK_CHANGES = (
    (date(2020, 3, 1), 60.0, 0.45),
    (date(2022, 12, 1), 90.0, -0.25),
    (date(2024, 7, 1), 90.0, 0.30),
)


def unrelated(calendar: str) -> Asset:
    """Return the model of a price that the configuration adds: it moves on its own, with no link to anything."""
    return _UNRELATED_24_7 if calendar in {"24/7", "daily"} else _UNRELATED


def market_link(days: pd.DatetimeIndex) -> NDArray[np.float64]:
    """Return the loading of a 24/7 asset's shock on the equity market: a sum of logistic steps.

    About 0.10 before 2020, 0.55 in 2021, 0.33 in mid-2023, 0.60 from 2026.

    Parameters
    ----------
    days : DatetimeIndex of shape (n_days,)

    Returns
    -------
    ndarray of shape (n_days,)
    """
    link = np.full(len(days), _LINK_START)
    for middle, scale_days, change in _LINK_CHANGES:
        elapsed_days = np.asarray((days - pd.Timestamp(middle)) / pd.Timedelta(days=1), dtype=np.float64)
        link += change / (1.0 + np.exp(-elapsed_days / scale_days))
    return link


def loadings(asset: Asset, days: pd.DatetimeIndex, is_session: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return the loadings of an asset's standardised shock on `FACTORS`.

    Squares add up to 1 on sessions; on other days to `WEEKEND_VARIANCE` for 24/7 assets and to 0 for others.

    Parameters
    ----------
    asset : Asset
    days : DatetimeIndex of shape (n_days,)
    is_session : ndarray of bool, shape (n_days,)
        Whether the NYSE is open.

    Returns
    -------
    ndarray of shape (n_days, n_factors)
    """
    before, after = 1.0 - AFTER_CLOSE_SHARE, AFTER_CLOSE_SHARE
    market = asset.market * market_link(days) if asset.around_the_clock else np.full(len(days), asset.market)
    rest = np.maximum(1.0 - market**2 - asset.small_caps**2, 0.0)  # 1 - 1^2 may be a hair below 0
    squares = np.zeros((len(days), len(FACTORS)))
    if asset.around_the_clock:
        quiet = np.where(is_session, before, WEEKEND_VARIANCE)
        left = np.where(is_session, rest, 1.0)
        squares[:, 0] = market**2 * before * is_session
        squares[:, 2] = market**2 * after * is_session
        squares[:, 3] = asset.small_caps**2 * is_session
        squares[:, 4] = left * asset.crypto * quiet
        squares[:, 5] = left * asset.crypto * after * is_session
        squares[:, 6] = left * (1.0 - asset.crypto) * quiet
        squares[:, 7] = left * (1.0 - asset.crypto) * after * is_session
    else:
        squares[:, 0] = market**2 * before * is_session
        squares[:, 1] = market**2 * after * is_session
        squares[:, 3] = asset.small_caps**2 * is_session
        squares[:, 6] = rest * is_session
    signs = np.ones(len(FACTORS))
    signs[:3] = np.sign(asset.market) or 1.0
    result: NDArray[np.float64] = np.sqrt(squares) * signs
    return result


def true_correlation(day: date, a: str = "eth_usd", b: str = "rut") -> float:
    """Return the correlation of the shocks of two assets on a session, `utc_close` alignment.

    The estimates have a slightly different truth, because they add the days between two sessions, the response to
    rates and the drift: `generator.sources.sample.truth_numbers` combines all of these.

    Parameters
    ----------
    day : date
        The path depends on the date alone.
    a, b : str
        Two of `ASSETS`.
    """
    index = pd.DatetimeIndex([pd.Timestamp(day)])
    open_ = np.ones(1, dtype=bool)
    one, other = (loadings(ASSETS[s], index, open_)[0, :SHARED_FACTORS] for s in (a, b))
    return float(one @ other)
