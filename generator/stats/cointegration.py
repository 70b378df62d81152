"""Whether prices wander, and whether two wander together: unit-root and cointegration tests.

Thin wrappers of statsmodels that return what a page needs and nothing else.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

Bound = Literal["exact", "at most", "at least"]


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitRootTest:
    """A test on one series.

    Parameters
    ----------
    null : {"unit root", "stationary"}
        What is taken for true unless rejected.
    stat, pvalue : float
        Statistic and its p-value.
    bound : {"exact", "at most", "at least"}
        KPSS p-values come from a table that ends at 0.01 and 0.10; at an end the p-value is a bound.
    lags : int
        Lags used.
    nobs : int
        Observations behind the regression (ADF) or the statistic (KPSS).
    critical_5pct : float
        Critical value at 5 %.
    """

    null: Literal["unit root", "stationary"]
    stat: float
    pvalue: float
    bound: Bound
    lags: int
    nobs: int
    critical_5pct: float


@dataclass(frozen=True, slots=True, kw_only=True)
class EngleGrangerTest:
    """A residual test of cointegration; the null is that the two prices share no trend.

    Parameters
    ----------
    stat, pvalue : float
        ADF statistic of the residual of a on b, and MacKinnon's p-value.
    critical_5pct : float
        Critical value at 5 %.
    slope : float
        Slope of the cointegrating regression of log a on log b.
    nobs : int
        Observations.
    """

    stat: float
    pvalue: float
    critical_5pct: float
    slope: float
    nobs: int


@dataclass(frozen=True, slots=True, kw_only=True)
class JohansenTest:
    """Trace and maximum-eigenvalue tests for the number of shared trends of two prices.

    Parameters
    ----------
    trace, trace_critical_5pct : tuple of float
        For ranks 0 and 1.
    max_eigen, max_eigen_critical_5pct : tuple of float
        For ranks 0 and 1.
    rank : int
        First rank the trace test does not reject at 5 %; 0: no cointegration, 2: both stationary.
    lags : int
        Lagged differences in the system.
    nobs : int
        Observations.
    """

    trace: tuple[float, float]
    trace_critical_5pct: tuple[float, float]
    max_eigen: tuple[float, float]
    max_eigen_critical_5pct: tuple[float, float]
    rank: int
    lags: int
    nobs: int


def adf(x: NDArray[np.float64]) -> UnitRootTest:
    """Return the augmented Dickey-Fuller test with a constant, lags chosen by AIC; the null is a unit root.

    Parameters
    ----------
    x : ndarray of shape (n,)
        Log prices, finite, not constant.

    References
    ----------
    Said, S. E. & Dickey, D. A. (1984). *Biometrika* 71(3), 599-607. doi:10.1093/biomet/71.3.599
    """
    from statsmodels.tsa.stattools import adfuller  # noqa: PLC0415 - statsmodels takes a second to import

    result = adfuller(x, regression="c", autolag="AIC", result_object=True)
    return UnitRootTest(
        null="unit root",
        stat=float(result.statistic),
        pvalue=float(result.pvalue),
        bound="exact",
        lags=int(result.lags),
        nobs=int(result.nobs),
        critical_5pct=float(result.critical_values["5%"]),
    )


def kpss(x: NDArray[np.float64]) -> UnitRootTest:
    """Return the KPSS test around a constant, bandwidth by Hobijn, Franses & Ooms; the null is stationarity.

    Parameters
    ----------
    x : ndarray of shape (n,)
        Log prices, finite, not constant.

    References
    ----------
    Kwiatkowski, D., Phillips, P. C. B., Schmidt, P. & Shin, Y. (1992). *Journal of Econometrics* 54(1-3), 159-178.
    doi:10.1016/0304-4076(92)90104-Y
    """
    from statsmodels.tools.sm_exceptions import InterpolationWarning  # noqa: PLC0415 - see adf
    from statsmodels.tsa.stattools import kpss as statsmodels_kpss  # noqa: PLC0415 - see adf

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", InterpolationWarning)
        result = statsmodels_kpss(x, regression="c", nlags="auto", result_object=True)
    stat, critical = float(result.statistic), float(result.critical_values["5%"])
    outside = any(issubclass(note.category, InterpolationWarning) for note in caught)
    bound: Bound = "exact"
    if outside:
        bound = "at most" if stat > critical else "at least"
    return UnitRootTest(
        null="stationary",
        stat=stat,
        pvalue=float(result.pvalue),
        bound=bound,
        lags=int(result.lags),
        nobs=x.size,
        critical_5pct=critical,
    )


def engle_granger(log_price_a: NDArray[np.float64], log_price_b: NDArray[np.float64]) -> EngleGrangerTest:
    """Return the Engle-Granger test of cointegration of a on b, with a constant, lags by AIC.

    The order matters: a on b and b on a are two tests.

    Parameters
    ----------
    log_price_a, log_price_b : ndarray of shape (n,)
        Log prices on common sessions.

    References
    ----------
    Engle, R. F. & Granger, C. W. J. (1987). *Econometrica* 55(2), 251-276. doi:10.2307/1913236
    """
    from statsmodels.tsa.stattools import coint  # noqa: PLC0415 - see adf

    result = coint(log_price_a, log_price_b, trend="c", autolag="aic")
    deviations = log_price_b - log_price_b.mean()
    return EngleGrangerTest(
        stat=float(result.coint_t),
        pvalue=float(result.pvalue),
        critical_5pct=float(result.critical_values[1]),
        slope=float(deviations @ log_price_a / (deviations @ deviations)),
        nobs=log_price_a.size,
    )


def johansen(log_price_a: NDArray[np.float64], log_price_b: NDArray[np.float64], *, lags: int = 1) -> JohansenTest:
    """Return Johansen's tests for the cointegration rank of two log prices, constant in the system.

    Parameters
    ----------
    log_price_a, log_price_b : ndarray of shape (n,)
        Log prices on common sessions.
    lags : int
        Lagged differences.

    References
    ----------
    Johansen, S. (1991). *Econometrica* 59(6), 1551-1580. doi:10.2307/2938278
    """
    from statsmodels.tsa.vector_ar.vecm import coint_johansen  # noqa: PLC0415 - see adf

    result = coint_johansen(np.column_stack([log_price_a, log_price_b]), det_order=0, k_ar_diff=lags)
    trace, trace_critical = _two(result.trace_stat), _two(result.trace_stat_crit_vals[:, 1])
    held = [stat <= critical for stat, critical in zip(trace, trace_critical, strict=True)]
    return JohansenTest(
        trace=trace,
        trace_critical_5pct=trace_critical,
        max_eigen=_two(result.max_eig_stat),
        max_eigen_critical_5pct=_two(result.max_eig_stat_crit_vals[:, 1]),
        rank=held.index(True) if any(held) else 2,
        lags=lags,
        nobs=log_price_a.size,
    )


def _two(values: NDArray[np.float64]) -> tuple[float, float]:
    return float(values[0]), float(values[1])
