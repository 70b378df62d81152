"""Whether one asset moves before the other."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from generator.stats.correlation import normal_quantile
from generator.stats.replications import standardised

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class CrossCorrelation:
    """Correlations of two series at leads and lags.

    Parameters
    ----------
    lags : ndarray of int64, shape (2 max_lag + 1,)
        -max_lag … max_lag; positive k pairs x(t) with y(t + k): x leads.
    values : ndarray of float64, same shape
        Cross-correlation at each lag.
    bands : ndarray of float64, same shape
        Half-width of the pointwise Bartlett band around zero.
    level : float
        Coverage of each band.
    nobs : int
        Observations.
    """

    lags: NDArray[np.int64] = field(repr=False, compare=False)
    values: NDArray[np.float64] = field(repr=False, compare=False)
    bands: NDArray[np.float64] = field(repr=False, compare=False)
    level: float
    nobs: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GrangerTest:
    """Whether the past of one series helps to forecast the other beyond its own past.

    Parameters
    ----------
    stat : float
        Wald statistic that all coefficients of the cause's lags are zero.
    pvalue : float
        From the chi-squared distribution with `lags` degrees of freedom.
    lags : int
        Lags of each series in the regression.
    bandwidth : int
        Lags of the Newey-West covariance.
    nobs : int
        Rows of the regression.
    """

    stat: float
    pvalue: float
    lags: int
    bandwidth: int
    nobs: int


def cross_corr(
    x: NDArray[np.float64], y: NDArray[np.float64], *, max_lag: int = 10, level: float = 0.95
) -> CrossCorrelation:
    """Return the cross-correlations at -max_lag … max_lag with Bartlett bands.

    c(k) = sum over t of z_x(t) z_y(t + k) / n. If the two series are unrelated, the variance of c(k) is
    sum over j of r_x(j) r_y(j) / (n - abs(k)) (Bartlett), the autocorrelations taken to `max_lag`; it is never taken to
    be below 1 / (n - abs(k)), its value for white noise.

    Parameters
    ----------
    x, y : ndarray of shape (n,)
        Paired returns, finite, neither constant.
    max_lag : int
        Sessions, below n.
    level : float
        Coverage of each band, pointwise.

    Returns
    -------
    CrossCorrelation
        See there.

    References
    ----------
    Bartlett, M. S. (1955). *An Introduction to Stochastic Processes*. Cambridge University Press.
    """
    nobs = x.size
    z_x, z_y = standardised(x), standardised(y)
    forward = [float(z_x[: nobs - k] @ z_y[k:]) / nobs for k in range(max_lag + 1)]
    backward = [float(z_x[k:] @ z_y[: nobs - k]) / nobs for k in range(1, max_lag + 1)]
    own = [float(z_x[: nobs - k] @ z_x[k:]) * float(z_y[: nobs - k] @ z_y[k:]) / nobs**2 for k in range(1, max_lag + 1)]
    lags = np.arange(-max_lag, max_lag + 1)
    bands = normal_quantile(level) * np.sqrt(max(1.0, 1.0 + 2.0 * sum(own)) / (nobs - np.abs(lags)))
    return CrossCorrelation(
        lags=lags,
        values=np.array([*reversed(backward), *forward]),
        bands=bands,
        level=level,
        nobs=nobs,
    )


def granger(cause: NDArray[np.float64], effect: NDArray[np.float64], *, lags: int = 5) -> GrangerTest:
    """Return the Granger test that the past of `cause` does not help to forecast `effect`.

    OLS of effect(t) on a constant and `lags` lags of both; Newey-West covariance with floor(4 (n / 100)^(2/9)) lags and
    no small-sample factor, because return variances cluster.

    Parameters
    ----------
    cause, effect : ndarray of shape (n,)
        Paired returns, finite.
    lags : int
        Lags of each series; five sessions are a week.

    Returns
    -------
    GrangerTest
        See there.

    References
    ----------
    Granger, C. W. J. (1969). Investigating causal relations by econometric models and cross-spectral methods.
    *Econometrica* 37(3), 424-438. doi:10.2307/1912791
    """
    from statsmodels.regression.linear_model import OLS  # noqa: PLC0415 - statsmodels takes a second to import

    nobs = effect.size - lags
    past = [series[lags - k : effect.size - k] for series in (effect, cause) for k in range(1, lags + 1)]
    design = np.column_stack([np.ones(nobs), *past])
    bandwidth = math.floor(4 * (nobs / 100) ** (2 / 9))
    fit = OLS(effect[lags:], design).fit(cov_type="HAC", cov_kwds={"maxlags": bandwidth})
    zero = np.eye(design.shape[1])[1 + lags :]
    test = fit.wald_test(zero, use_f=False, scalar=True)
    return GrangerTest(stat=float(test.statistic), pvalue=float(test.pvalue), lags=lags, bandwidth=bandwidth, nobs=nobs)
