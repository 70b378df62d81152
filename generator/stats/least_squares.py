"""Least squares with robust errors: HAC for series in time order, HC3 for separate events, Wald tests.

All kernels work on finite NumPy arrays; a missing value is an error here, because which sessions enter is decided once,
before differencing, by the caller. `statsmodels` is the oracle of the tests and is not needed to compute.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]


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
