"""The rate beta: how a return goes with a change in yield, over a sample and in rolling windows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from generator.stats.least_squares import (
    FloatArray,
    LinearFit,
    fit,
    newey_west_lag,
    t_critical,
    t_pvalue,
    with_constant,
)

__all__ = ["PERCENT", "UNIT_BP", "RateBeta", "newey_west_lag", "rate_beta", "rolling_rate_beta", "slope"]

UNIT_BP = 25.0
PERCENT = 100.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RateBeta:
    """Slope of a return on a yield change, in % per +25 bp; negative = the asset falls when yields rise.

    Parameters
    ----------
    value, std_err, lower, upper : float
        % per +25 bp.
    level : float
        Coverage of the t interval.
    nobs, lag : int
        Sessions; Newey-West lags.
    pvalue : float
        Two-sided, of no slope.
    r_squared : float
        Share of the variance of the return that goes with the yield change.
    """

    value: float
    std_err: float
    lower: float
    upper: float
    level: float
    nobs: int
    lag: int
    pvalue: float
    r_squared: float


def slope(fitted: LinearFit, index: int, *, level: float = 0.95) -> RateBeta:
    """Return one coefficient of a fit in % per +25 bp as a `RateBeta` with its t interval."""
    value = float(fitted.params[index])
    std_err = float(fitted.std_errs[index])
    half = t_critical(fitted.dof, level) * std_err
    return RateBeta(
        value=value,
        std_err=std_err,
        lower=value - half,
        upper=value + half,
        level=level,
        nobs=fitted.nobs,
        lag=fitted.lag,
        pvalue=t_pvalue(value / std_err, fitted.dof) if std_err > 0.0 else float(value == 0.0),
        r_squared=fitted.r_squared,
    )


def rate_beta(
    returns: FloatArray, rate_change_bp: FloatArray, *, level: float = 0.95, lag: int | None = None
) -> RateBeta:
    """Return the slope of a return on a yield change, in % per +25 bp, with Newey-West errors.

    Parameters
    ----------
    returns : ndarray of shape (n_sessions,)
        Log returns, as fractions.
    rate_change_bp : ndarray of shape (n_sessions,)
        Change in the yield over the same pairs of sessions, basis points.
    level : float
        Coverage of the t interval (n - 2 degrees of freedom).
    lag : int, optional
        Newey-West lags; by default `newey_west_lag`.
    """
    fitted = fit(returns * PERCENT, with_constant(rate_change_bp / UNIT_BP), lag=lag)
    return slope(fitted, 1, level=level)


def rolling_rate_beta(
    returns: FloatArray,
    rate_change_bp: FloatArray,
    window_obs: int,
    level: float = 0.95,
    *,
    cov_type: Literal["HAC", "nonrobust"] = "HAC",
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return the rate beta of every window of `window_obs` sessions with its pointwise interval, in % per +25 bp.

    The value for t uses the sessions t - window_obs + 1 to t, equals `rate_beta` of that window, and is NaN before the
    first full window and where the yield did not move.

    Parameters
    ----------
    returns, rate_change_bp : ndarray of shape (n_sessions,)
        As in `rate_beta`.
    window_obs : int
        Sessions in a window.
    level : float
        Coverage of each interval on its own; the band is pointwise, not simultaneous.
    cov_type : {"HAC", "nonrobust"}
        Newey-West with the lag of the window's length, or the classical errors of equal variance.

    Returns
    -------
    beta, lower, upper : ndarray of shape (n_sessions,)

    Notes
    -----
    With demeaned data the score of the slope in a window is c'f_t, where f_t = (xy, x^2, x, y, 1) does not depend on
    the window and c does not depend on t. So every sum over a window, lagged products of scores included, is a
    difference of two cumulative sums: no loop over windows.
    """
    nobs = len(returns)
    beta, lower, upper = (np.full(nobs, np.nan) for _ in range(3))
    if window_obs <= 2:  # noqa: PLR2004 - two coefficients leave no degree of freedom
        raise ValueError(f"window_obs = {window_obs}: needs at least 3 sessions")
    if nobs < window_obs:
        return beta, lower, upper
    if not (np.isfinite(returns).all() and np.isfinite(rate_change_bp).all()):
        raise ValueError("returns and rate_change_bp must be finite; select the sessions before differencing")
    x = (rate_change_bp - rate_change_bp.mean()) / UNIT_BP
    y = (returns - returns.mean()) * PERCENT
    features = np.stack([x * y, x * x, x, y, np.ones(nobs)])
    sum_xy, sum_xx, sum_x, sum_y, _ = _window_sums(features, window_obs)
    mean_x = sum_x / window_obs
    spread = sum_xx - sum_x * mean_x
    spread = np.where(spread > 1e-12 * sum_xx, spread, np.nan)
    value = (sum_xy - mean_x * sum_y) / spread
    intercept = (sum_y - value * sum_x) / window_obs
    dof = window_obs - 2
    if cov_type == "nonrobust":
        sum_yy = _window_sums((y * y)[None, :], window_obs)[0]
        squares = sum_yy - sum_y * sum_y / window_obs - value * value * spread
        std_err = np.sqrt(np.maximum(squares, 0.0) / dof / spread)
    else:
        weights = np.stack([np.ones_like(value), -value, mean_x * value - intercept, -mean_x, mean_x * intercept])
        std_err = np.sqrt(np.maximum(_rolling_meat(features, weights, window_obs), 0.0)) / spread
    half = t_critical(dof, level) * std_err
    filled = slice(window_obs - 1, None)
    beta[filled], lower[filled], upper[filled] = value, value - half, value + half
    return beta, lower, upper


def _window_sums(rows: FloatArray, window_obs: int) -> FloatArray:
    """Return the sums of each row over every window, shape (n_rows, n_observations - window_obs + 1)."""
    total = np.zeros((len(rows), rows.shape[1] + 1))
    np.cumsum(rows, axis=1, out=total[:, 1:])
    return total[:, window_obs:] - total[:, :-window_obs]


def _rolling_meat(features: FloatArray, weights: FloatArray, window_obs: int) -> FloatArray:
    """Return, for every window, the Bartlett sum of lagged products of the scores c'f_t.

    Parameters
    ----------
    features : ndarray of shape (n_features, n_observations)
        f_t.
    weights : ndarray of shape (n_features, n_windows)
        c.
    window_obs : int

    Notes
    -----
    Sums f_t (f_t + 2 sum_k w_k f_{t-k})' over each window, then takes off the few pairs that reach back before its
    start.
    """
    n_features, nobs = features.shape
    n_windows = weights.shape[1]
    lag = newey_west_lag(window_obs)
    bartlett = 1.0 - np.arange(lag + 1) / (lag + 1.0)
    padded = np.concatenate([np.zeros((n_features, lag)), features], axis=1)
    led = features.copy()
    for k in range(1, lag + 1):
        led += 2.0 * bartlett[k] * padded[:, lag - k : lag - k + nobs]
    total = np.zeros(n_windows)
    for i in range(n_features):
        products = features[i] * led[i:]
        products[1:] += led[i] * features[i + 1 :]
        total += weights[i] * np.einsum("ij,ij->j", weights[i:], _window_sums(products, window_obs))
    scores = [
        np.einsum("ij,ij->j", weights, padded[:, start : start + n_windows])
        for start in range(min(2 * lag, window_obs))
    ]
    for late in range(lag, len(scores)):
        for early in range(late - lag, lag):
            total -= 2.0 * bartlett[late - early] * scores[late] * scores[early]
    return total
