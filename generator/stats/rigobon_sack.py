"""Rigobon & Sack's estimator: the response to policy news, identified by its larger variance on event days."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np

from generator.stats.regression import PERCENT, UNIT_BP

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    import numpy.typing as npt

    from generator.stats.event_study import IntArray
    from generator.stats.least_squares import FloatArray

CONTROL_LAGS_DAYS = (7, 14)
SMALLEST_SAMPLE = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class RigobonSack:
    """Response to a policy shock, % per +25 bp.

    Parameters
    ----------
    value, std_err : float
        Instrumental-variable estimate with its heteroskedasticity-robust standard error.
    lower, upper : float or None
        Anderson-Rubin interval, right also when identification is weak; None where it is not a bounded interval: the
        variance on event days is then not clearly larger, and the data do not identify the response.
    level : float
    variance_ratio : float
        Variance of the yield change on event days over that on control days.
    n_events, n_controls : int
    """

    value: float
    std_err: float
    lower: float | None
    upper: float | None
    level: float
    variance_ratio: float
    n_events: int
    n_controls: int


def control_dates(event_dates: Sequence[date], every_event: Collection[date]) -> tuple[date, ...]:
    """Return the same weekday one and two weeks before each event, none of them an event day, in order, each once.

    Parameters
    ----------
    event_dates : sequence of date
        Events studied.
    every_event : collection of date
        All policy days, unscheduled ones too.
    """
    excluded = {*every_event, *event_dates}
    chosen = {day - timedelta(days=back) for day in event_dates for back in CONTROL_LAGS_DAYS}
    return tuple(sorted(chosen - excluded))


def control_positions(
    sessions: npt.NDArray[np.datetime64], event_dates: Sequence[date], every_event: Collection[date]
) -> IntArray:
    """Return the index in `sessions` of each control day; one that is no session is left out, never moved.

    Parameters
    ----------
    sessions : ndarray of datetime64[D], shape (n_sessions,)
        Sessions of the sample, increasing.
    event_dates, every_event
        As in `control_dates`.
    """
    wanted = np.array(control_dates(event_dates, every_event), dtype="datetime64[D]")
    return np.flatnonzero(np.isin(sessions, wanted))


def rigobon_sack(
    event_returns: FloatArray,
    event_rate_bp: FloatArray,
    control_returns: FloatArray,
    control_rate_bp: FloatArray,
    *,
    level: float = 0.95,
) -> RigobonSack:
    """Return the response identified by heteroskedasticity, [cov_E - cov_C] / [var_E - var_C], in its IV form.

    Assumes that on event days only the variance of the policy shock is larger, all else being as on control days.
    The instrument is the demeaned yield change over the number of days, with the sign turned on control days; the
    errors allow for a different variance on every day and a different mean product on the two kinds of day.

    Parameters
    ----------
    event_returns, event_rate_bp : ndarray of shape (n_events,)
        Log returns (fractions) and yield changes (bp) on event days.
    control_returns, control_rate_bp : ndarray of shape (n_controls,)
        The same on control days; rows with NaN are left out.
    level : float

    References
    ----------
    Rigobon, R. and Sack, B. (2004), Journal of Monetary Economics 51(8), 1553-1575, doi 10.1016/j.jmoneco.2004.02.004;
    Anderson, T. W. and Rubin, H. (1949), Annals of Mathematical Statistics 20(1), 46-63.
    """
    from scipy.special import ndtri  # noqa: PLC0415 - SciPy only where a quantile is needed

    y_event, x_event = _centred(event_returns, event_rate_bp)
    y_control, x_control = _centred(control_returns, control_rate_bp)
    n_events, n_controls = x_event.size, x_control.size
    if min(n_events, n_controls) < SMALLEST_SAMPLE:
        raise ValueError(f"{n_events} event and {n_controls} control days: needs at least {SMALLEST_SAMPLE} of each")
    # Products of the instrument (yield change over n - 1, sign turned on control days) with yield change and return.
    zx_days, zx = _scores(x_event * x_event, x_control * x_control)
    zy_days, zy = _scores(x_event * y_event, x_control * y_control)
    value = zy / zx
    residual = zy_days - value * zx_days
    std_err = math.sqrt(float(residual @ residual)) / abs(zx)
    # Anderson-Rubin: all b with (zy - b zx)^2 <= c * var(zy - b zx), a quadratic a b^2 - 2 h b + k <= 0.
    critical = float(ndtri(0.5 + level / 2.0)) ** 2
    a = zx * zx - critical * float(zx_days @ zx_days)
    h = zy * zx - critical * float(zx_days @ zy_days)
    k = zy * zy - critical * float(zy_days @ zy_days)
    root = h * h - a * k
    bounded = a > 0.0 and root >= 0.0
    half = math.sqrt(root) / a if bounded else 0.0
    return RigobonSack(
        value=value,
        std_err=std_err,
        lower=h / a - half if bounded else None,
        upper=h / a + half if bounded else None,
        level=level,
        variance_ratio=float(x_event.var(ddof=1) / x_control.var(ddof=1)),
        n_events=n_events,
        n_controls=n_controls,
    )


def _scores(event: FloatArray, control: FloatArray) -> tuple[FloatArray, float]:
    """Return each day's part of a difference of two means, about its own kind of day, and the difference.

    The sum of squares of the parts is the variance of the difference; days of one kind share a mean that is no noise.
    """
    weights = 1.0 / (event.size - 1), -1.0 / (control.size - 1)
    parts = np.concatenate([weights[0] * (event - event.mean()), weights[1] * (control - control.mean())])
    return parts, float(weights[0] * event.sum() + weights[1] * control.sum())


def _centred(returns: FloatArray, rate_bp: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return returns in % and yield changes in units of 25 bp, demeaned, complete rows only."""
    usable = np.isfinite(returns) & np.isfinite(rate_bp)
    y, x = returns[usable] * PERCENT, rate_bp[usable] / UNIT_BP
    return y - y.mean(), x - x.mean()
