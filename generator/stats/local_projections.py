"""Local projections: how the price response to a surprise unfolds over the sessions after it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from generator.stats.event_study import IntArray, event_responses
from generator.stats.least_squares import FloatArray, fit, with_constant
from generator.stats.regression import PERCENT, UNIT_BP, slope

if TYPE_CHECKING:
    import numpy.typing as npt

LONGEST_HORIZON = 20
SMALLEST_SAMPLE = 10


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LocalProjections:
    """Cumulative response by horizon, % per -25 bp: a surprise cut.

    Parameters
    ----------
    horizon : ndarray of int, shape (n_horizons,)
        Sessions after the event; 0 is the event's own close.
    value, lower, upper : ndarray of shape (n_horizons,)
        Pointwise t intervals from HAC errors; NaN where fewer than 10 events have the horizon behind them.
    nobs : ndarray of int, shape (n_horizons,)
        Events.
    level : float
    """

    horizon: IntArray
    value: FloatArray
    lower: FloatArray
    upper: FloatArray
    nobs: npt.NDArray[np.int64]
    level: float


def local_projections(
    log_price: FloatArray,
    positions: IntArray,
    surprise_bp: FloatArray,
    *,
    longest: int = LONGEST_HORIZON,
    level: float = 0.95,
) -> LocalProjections:
    """Return the response of a price 0 to `longest` sessions after a surprise of -25 bp.

    One regression per horizon h over the events in order, ln P(e + h) - ln P(e - 1) on the surprise, Newey-West errors
    with the lag rule of the number of events. At h = 0 the estimate is that of `event_beta` with its sign turned.

    Parameters
    ----------
    log_price : ndarray of shape (n_sessions,)
    positions : ndarray of int, shape (n_events,)
        In time order, as from `event_positions`.
    surprise_bp : ndarray of shape (n_events,)
        NaN leaves the event out.
    longest : int
        Sessions.
    level : float

    References
    ----------
    Jorda, O. (2005), American Economic Review 95(1), 161-182, doi 10.1257/0002828053828518.
    """
    value, lower, upper = (np.full(longest + 1, np.nan) for _ in range(3))
    nobs = np.zeros(longest + 1, dtype=np.int64)
    for h in range(longest + 1):
        response = event_responses(log_price, positions, (0, h))
        usable = np.isfinite(response) & np.isfinite(surprise_bp)
        nobs[h] = np.count_nonzero(usable)
        if nobs[h] < SMALLEST_SAMPLE or not np.ptp(surprise_bp[usable]):
            continue
        fitted = fit(response[usable] * PERCENT, with_constant(-surprise_bp[usable] / UNIT_BP))
        beta = slope(fitted, 1, level=level)
        value[h], lower[h], upper[h] = beta.value, beta.lower, beta.upper
    return LocalProjections(
        horizon=np.arange(longest + 1), value=value, lower=lower, upper=upper, nobs=nobs, level=level
    )
