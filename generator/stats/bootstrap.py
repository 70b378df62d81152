"""Bootstrap intervals for correlations, and for anything made of second moments."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import numpy as np

from generator.stats.correlation import corr, kendall_tau, rank_corr
from generator.stats.replications import (
    correlations,
    kendall_replications,
    moment_replications,
    pearson_replications,
    spearman_replications,
    standardised,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

Estimator = Literal["pearson", "spearman", "kendall"]
Statistic = Callable[["NDArray[np.float64]"], "NDArray[np.float64]"]

ESTIMATES = {"pearson": corr, "spearman": rank_corr, "kendall": kendall_tau}
REPLICATIONS = {
    "pearson": pearson_replications,
    "spearman": spearman_replications,
    "kendall": kendall_replications,
}
SMALLEST_SAMPLE = 3
"""Two points always correlate at plus or minus one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """A point estimate with its bootstrap interval.

    Parameters
    ----------
    value : float
        Estimate on the sample itself.
    lower, upper : float
        Ends of the interval.
    level : float
        Coverage the interval claims.
    nobs : int
        Observations.
    reps : int
        Replications used; those on which the statistic does not exist are left out.
    block_size : float
        Mean block length in observations.
    draws : ndarray of float64, shape (reps,)
        The statistic on each resample.
    """

    value: float
    lower: float
    upper: float
    level: float
    nobs: int
    reps: int
    block_size: float
    draws: NDArray[np.float64] = field(repr=False, compare=False)


def optimal_block_size(x: NDArray[np.float64]) -> float:
    """Return the mean block length of the stationary bootstrap that suits `x`, at least 1.

    Automatic choice of Politis & White (2004), corrected by Patton, Politis & White (2009), as computed by
    `arch.bootstrap.optimal_block_length`. A series too short or too constant for it gets 1.

    Parameters
    ----------
    x : ndarray of shape (n,)
        Series, finite.

    Returns
    -------
    float
        Observations.

    References
    ----------
    Politis & White (2004), doi:10.1081/ETC-120028836; Patton, Politis & White (2009), doi:10.1080/07474930802459016.
    """
    from arch.bootstrap import optimal_block_length  # noqa: PLC0415 - arch takes more than a second to import

    if np.ptp(x) == 0:
        return 1.0
    with np.errstate(divide="ignore", invalid="ignore"):  # under about a dozen values arch divides by empty sums
        size = float(optimal_block_length(x)["stationary"].iloc[0])
    return max(1.0, size) if np.isfinite(size) else 1.0


def product_block_size(x: NDArray[np.float64], y: NDArray[np.float64]) -> float:
    """Return the block length for a correlation: that of the product of the two standardised series."""
    return optimal_block_size(standardised(x) * standardised(y))


def bootstrap_correlation(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    *,
    estimator: Estimator = "pearson",
    reps: int = 9999,
    rng: np.random.Generator,
    level: float = 0.95,
    block_size: float | None = None,
) -> Interval:
    """Return a correlation with its stationary-bootstrap percentile interval.

    Pairs are resampled together. A constant series, fewer than 3 pairs or a value that is not finite is a ValueError.

    Parameters
    ----------
    x, y : ndarray of shape (n,)
        Paired observations, finite.
    estimator : {"pearson", "spearman", "kendall"}
        Kendall is tau-b.
    reps : int
        Replications.
    rng : numpy.random.Generator
        Source of randomness.
    level : float
        Coverage.
    block_size : float, optional
        Mean block length; by default that of the product of the standardised series, at least 1, for every estimator.

    Returns
    -------
    Interval
        Correlation, in [-1, 1].

    References
    ----------
    Politis, D. N. & Romano, J. P. (1994). The stationary bootstrap. *JASA* 89(428), 1303-1313.
    doi:10.1080/01621459.1994.10476870
    """
    if x.ndim != 1 or x.shape != y.shape:
        raise ValueError(f"x and y must be one-dimensional and of equal length, got {x.shape} and {y.shape}")
    _check(x, y)
    size = product_block_size(x, y) if block_size is None else block_size
    draws = REPLICATIONS[estimator](x, y, reps, block_size=size, rng=rng)
    return _percentile_interval(ESTIMATES[estimator](x, y), draws, level=level, nobs=x.size, block_size=size)


def bootstrap_statistics(
    columns: NDArray[np.float64],
    statistic: Statistic,
    *,
    reps: int = 9999,
    rng: np.random.Generator,
    level: float = 0.95,
    block_size: float | None = None,
    moments: Literal["correlation", "covariance"] = "correlation",
) -> Interval:
    """Return a statistic of the correlation (or covariance) matrix with its joint stationary-bootstrap interval.

    All columns are resampled together, so a difference or a partial correlation keeps the dependence of its parts.

    Parameters
    ----------
    columns : ndarray of shape (n, k)
        Observations, finite, no column constant.
    statistic : callable
        Takes stacked matrices (m, k, k), returns (m,), NaN where it does not exist.
    reps : int
        Replications.
    rng : numpy.random.Generator
        Source of randomness.
    level : float
        Coverage.
    block_size : float, optional
        By default that of the product of the first two standardised columns.
    moments : {"correlation", "covariance"}
        What `statistic` receives; covariances are in the columns' own units, with divisor n.

    Returns
    -------
    Interval
        In the unit of `statistic`.
    """
    _check(*columns.T)
    size = product_block_size(columns[:, 0], columns[:, 1]) if block_size is None else block_size
    nobs = columns.shape[0]
    scaled = np.column_stack([standardised(column) for column in columns.T])
    sample = (scaled.T @ scaled / nobs)[None]
    resampled = moment_replications(scaled, reps, block_size=size, rng=rng)
    if moments == "covariance":
        units = np.outer(columns.std(axis=0), columns.std(axis=0))
        value, draws = statistic(sample * units), statistic(resampled * units)
    else:
        value, draws = statistic(correlations(sample)), statistic(correlations(resampled))
    return _percentile_interval(float(value[0]), draws, level=level, nobs=nobs, block_size=size)


def _percentile_interval(
    value: float, draws: NDArray[np.float64], *, level: float, nobs: int, block_size: float
) -> Interval:
    """Return the percentile interval of the draws that exist."""
    usable = draws[np.isfinite(draws)]
    if not usable.size:
        raise ValueError("the statistic exists on no resample")
    lower, upper = np.quantile(usable, [(1 - level) / 2, (1 + level) / 2])
    return Interval(
        value=value,
        lower=float(lower),
        upper=float(upper),
        level=level,
        nobs=nobs,
        reps=int(usable.size),
        block_size=block_size,
        draws=usable,
    )


def _check(*series: NDArray[np.float64]) -> None:
    """Refuse what has no correlation to resample."""
    for number, values in enumerate(series):
        if values.size < SMALLEST_SAMPLE:
            raise ValueError(f"nobs = {values.size}: a correlation needs at least {SMALLEST_SAMPLE} observations")
        if not np.isfinite(values).all():
            raise ValueError(f"series {number}: not finite; select the common sessions first")
