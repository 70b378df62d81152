"""Least squares with robust errors, and the rate beta: how a return goes with a change in yield.

All kernels work on finite NumPy arrays; a missing value is an error here, because which sessions enter is decided once,
before differencing, by the caller. `statsmodels` is the oracle of the tests and is not needed to compute.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]

UNIT_BP = 25.0
PERCENT = 100.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LinearFit:
    """Ordinary least squares with a robust covariance.

    Parameters
    ----------
    params : ndarray of shape (n_regressors,)
    cov : ndarray of shape (n_regressors, n_regressors)
        Robust covariance of `params`.
    residuals : ndarray of shape (n_observations,)
    r_squared : float
        Centred.
    lag : int
        Newey-West lags; 0 where the covariance is not HAC.
    """

    params: FloatArray
    cov: FloatArray
    residuals: FloatArray
    r_squared: float
    lag: int

    @property
    def nobs(self) -> int:
        """Observations."""
        return self.residuals.size

    @property
    def dof(self) -> int:
        """Observations minus regressors: the degrees of freedom of t intervals."""
        return self.residuals.size - self.params.size

    @property
    def std_errs(self) -> FloatArray:
        """Robust standard errors, in the order of `params`."""
        return np.sqrt(np.diag(self.cov))


@dataclass(frozen=True, slots=True, kw_only=True)
class WaldTest:
    """A Wald test of linear restrictions, as an F statistic."""

    stat: float
    df_num: int
    df_denom: int
    pvalue: float


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


def newey_west_lag(nobs: int) -> int:
    """Return the number of Newey-West lags for `nobs` observations, floor(4 (n / 100)^(2/9)).

    References
    ----------
    Newey, W. K. and West, K. D. (1994), Review of Economic Studies 61(4), 631-653, doi 10.2307/2297912.
    """
    if nobs < 1:
        raise ValueError(f"nobs = {nobs}: needs at least one observation")
    return int(np.floor(4.0 * (nobs / 100.0) ** (2.0 / 9.0)))


def t_critical(dof: int, level: float) -> float:
    """Return the two-sided critical value of Student's t with `dof` degrees of freedom at coverage `level`."""
    from scipy.special import stdtrit  # noqa: PLC0415 - SciPy only where a quantile is needed

    if not 0.0 < level < 1.0:
        raise ValueError(f"level = {level}: must lie between 0 and 1")
    return float(stdtrit(dof, 0.5 + level / 2.0))


def t_pvalue(stat: float, dof: int) -> float:
    """Return the two-sided p value of a t statistic."""
    from scipy.special import stdtr  # noqa: PLC0415 - SciPy only where a quantile is needed

    return float(2.0 * stdtr(dof, -abs(stat)))


def with_constant(*columns: FloatArray) -> FloatArray:
    """Return a design of shape (n_observations, 1 + n_columns) whose first column is 1."""
    return np.column_stack([np.ones(len(columns[0])), *columns])


def hac_meat(scores: FloatArray, lag: int) -> FloatArray:
    """Return the Bartlett-weighted sum of autocovariances of the scores, S = G_0 + sum_k w_k (G_k + G_k').

    Parameters
    ----------
    scores : ndarray of shape (n_observations, n_regressors)
        x_t e_t, in time order.
    lag : int
        Highest autocovariance; w_k = 1 - k / (lag + 1). 0 gives White's HC0.

    References
    ----------
    Newey, W. K. and West, K. D. (1987), Econometrica 55(3), 703-708, doi 10.2307/1913610.
    """
    total = scores.T @ scores
    for k in range(1, min(lag, len(scores) - 1) + 1):
        cross = scores[k:].T @ scores[:-k]
        total += (1.0 - k / (lag + 1.0)) * (cross + cross.T)
    return total


def fit(
    response: FloatArray, design: FloatArray, *, cov_type: Literal["HAC", "HC3"] = "HAC", lag: int | None = None
) -> LinearFit:
    """Return least squares of `response` on `design` with HAC or HC3 covariance.

    Parameters
    ----------
    response : ndarray of shape (n_observations,)
    design : ndarray of shape (n_observations, n_regressors)
        With its own constant, see `with_constant`.
    cov_type : {"HAC", "HC3"}
        Newey-West (1987) without small-sample factor, for time series in order; HC3 for separate events.
    lag : int, optional
        Newey-West lags; by default `newey_west_lag`.

    References
    ----------
    MacKinnon, J. G. and White, H. (1985), Journal of Econometrics 29(3), 305-325, doi 10.1016/0304-4076(85)90158-7.
    """
    nobs, n_regressors = design.shape
    if response.shape != (nobs,):
        raise ValueError(f"response has shape {response.shape}, design {design.shape}: the rows must match")
    if nobs <= n_regressors:
        raise ValueError(f"{nobs} observations are too few for {n_regressors} regressors")
    if not (np.isfinite(response).all() and np.isfinite(design).all()):
        raise ValueError("response and design must be finite; select the sessions before differencing")
    if np.linalg.matrix_rank(design) < n_regressors:
        raise ValueError("the regressors are collinear: one is constant or a combination of others")
    bread = np.linalg.inv(design.T @ design)
    params = bread @ (design.T @ response)
    residuals = response - design @ params
    lags = 0
    if cov_type == "HAC":
        lags = newey_west_lag(nobs) if lag is None else lag
        meat = hac_meat(design * residuals[:, None], lags)
    else:
        leverage = np.einsum("ij,jk,ik->i", design, bread, design)
        scaled = design * (residuals / (1.0 - leverage))[:, None]
        meat = scaled.T @ scaled
    centred = response - response.mean()
    total = float(centred @ centred)
    return LinearFit(
        params=params,
        cov=bread @ meat @ bread,
        residuals=residuals,
        r_squared=1.0 - float(residuals @ residuals) / total if total > 0.0 else 0.0,
        lag=lags,
    )


def wald_test(params: FloatArray, cov: FloatArray, restrictions: FloatArray, dof: int) -> WaldTest:
    """Return the F form of the Wald test of R b = 0.

    Parameters
    ----------
    params : ndarray of shape (n_regressors,)
    cov : ndarray of shape (n_regressors, n_regressors)
    restrictions : ndarray of shape (n_restrictions, n_regressors)
    dof : int
        Denominator degrees of freedom.
    """
    from scipy.special import fdtrc  # noqa: PLC0415 - SciPy only where a quantile is needed

    gap = restrictions @ params
    df_num = len(restrictions)
    stat = float(gap @ np.linalg.solve(restrictions @ cov @ restrictions.T, gap)) / df_num
    return WaldTest(stat=stat, df_num=df_num, df_denom=dof, pvalue=float(fdtrc(df_num, dof, stat)))


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
    With demeaned data the score of the slope in a window is c'f_t, where f_t = (xy, x^2, x, y, 1) does not depend on the
    window and c does not depend on t. So every sum over a window, lagged products of scores included, is a difference of
    two cumulative sums: no loop over windows.
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
    features : ndarray of shape (5, n_observations)
    weights : ndarray of shape (5, n_windows)
    window_obs : int
    """
    nobs = features.shape[1]
    n_windows = weights.shape[1]
    lag = newey_west_lag(window_obs)
    first, second = np.triu_indices(len(features))
    mixed = first != second
    moments = np.zeros((first.size, n_windows))
    for k in range(lag + 1):
        late, early = features[:, k:], features[:, : nobs - k]
        products = late[first] * early[second]
        products[mixed] += late[second[mixed]] * early[first[mixed]]
        bartlett = 1.0 if k == 0 else 2.0 * (1.0 - k / (lag + 1.0))
        moments += bartlett * _window_sums(products, window_obs - k)[:, :n_windows]
    total: FloatArray = np.sum(moments * weights[first] * weights[second], axis=0)
    return total
