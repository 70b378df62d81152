"""Several statistics of the second moments of the same columns from one set of resamples."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from generator.stats.bootstrap import Interval, product_block_size
from generator.stats.replications import moment_replications, standardised

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from generator.stats.bootstrap import Statistic


def joint_intervals(
    columns: NDArray[np.float64],
    statistics: Mapping[str, Statistic],
    *,
    rng: np.random.Generator,
    reps: int = 9999,
    level: float = 0.95,
    block_size: float | None = None,
) -> dict[str, Interval]:
    """Return each statistic with its stationary-bootstrap percentile interval, all from the same resamples.

    Drawing the resamples is nearly all of the work; one statistic alone gives what `bootstrap_statistics` gives.

    Parameters
    ----------
    columns : ndarray of shape (n, k)
        Observations, finite, no column constant.
    statistics : mapping of str to callable
        Each takes stacked covariance matrices (m, k, k) in the columns' own units (divisor n) and returns (m,), NaN
        where it does not exist.
    rng : numpy.random.Generator
        Source of randomness.
    reps : int
        Replications.
    level : float
        Coverage.
    block_size : float, optional
        Mean block length in observations; by default that of the product of the first two standardised columns.

    Returns
    -------
    dict of str to Interval
        A statistic that does not exist on the sample itself is left out.

    References
    ----------
    Politis, D. N. & Romano, J. P. (1994). The stationary bootstrap. *JASA* 89(428), 1303-1313.
    doi:10.1080/01621459.1994.10476870
    """
    if not np.isfinite(columns).all():
        raise ValueError("columns must be finite; select the common sessions first")
    size = product_block_size(columns[:, 0], columns[:, 1]) if block_size is None else block_size
    nobs = len(columns)
    scaled = np.column_stack([standardised(column) for column in columns.T])
    units = np.outer(columns.std(axis=0), columns.std(axis=0))
    sample = (scaled.T @ scaled / nobs)[None] * units
    resampled = moment_replications(scaled, reps, block_size=size, rng=rng) * units
    found = {}
    for name, statistic in statistics.items():
        value = float(statistic(sample)[0])
        draws = statistic(resampled)
        usable = draws[np.isfinite(draws)]
        if not np.isfinite(value) or not usable.size:
            continue
        lower, upper = np.quantile(usable, [(1 - level) / 2, (1 + level) / 2])
        found[name] = Interval(
            value=value,
            lower=float(lower),
            upper=float(upper),
            level=level,
            nobs=nobs,
            reps=int(usable.size),
            block_size=size,
            draws=usable,
        )
    return found
