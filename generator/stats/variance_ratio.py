"""The ratio of two variances with an interval that allows for heavy tails."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from generator.stats.least_squares import FloatArray

SMALLEST_SAMPLE = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class VarianceRatio:
    """Variance of the first sample over that of the second.

    Parameters
    ----------
    value, lower, upper : float
    level : float
        Coverage.
    n_first, n_second : int
    """

    value: float
    lower: float
    upper: float
    level: float
    n_first: int
    n_second: int


def variance_ratio(first: FloatArray, second: FloatArray, *, level: float = 0.95) -> VarianceRatio:
    """Return the ratio of the variances of two independent samples, NaN left out, with a large-sample interval.

    A sample variance has variance sigma^4 (kappa - (n - 3) / (n - 1)) / n, kappa the fourth standardised moment; the
    interval is normal on the logarithm. For normal data kappa is 3; heavier tails make it wider.

    Parameters
    ----------
    first, second : ndarray of shape (n_first,) and (n_second,)
        At least four values each, not all equal.
    level : float

    References
    ----------
    Shoemaker, L. H. (2003), Fixing the F test for equal variances, The American Statistician 57(2), 105-114.
    """
    from scipy.special import ndtri  # noqa: PLC0415 - SciPy only where a quantile is needed

    spreads, errors, counts = [], [], []
    for values in (first, second):
        known = values[np.isfinite(values)]
        if known.size < SMALLEST_SAMPLE:
            raise ValueError(f"n = {known.size}: a variance with its interval needs at least {SMALLEST_SAMPLE}")
        around = known - known.mean()
        square = float(np.mean(around**2))
        if square == 0.0:
            raise ValueError("all values are equal: there is no variance to compare")
        kurtosis = float(np.mean(around**4)) / square**2
        spreads.append(float(known.var(ddof=1)))
        errors.append((kurtosis - (known.size - 3) / (known.size - 1)) / known.size)
        counts.append(int(known.size))
    value = spreads[0] / spreads[1]
    half = float(ndtri(0.5 + level / 2.0)) * math.sqrt(sum(errors))
    return VarianceRatio(
        value=value,
        lower=value * math.exp(-half),
        upper=value * math.exp(half),
        level=level,
        n_first=counts[0],
        n_second=counts[1],
    )
