"""Whether a correlation was constant."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from generator.stats.replications import standardised

if TYPE_CHECKING:
    from numpy.typing import NDArray

ROUNDING = 1e-12
"""A variance below this share of the final one is rounding."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConstancyTest:
    """Fluctuation test of a constant correlation.

    Parameters
    ----------
    stat : float
        Largest scaled deviation of the running correlation from the final one.
    pvalue : float
        From the Kolmogorov distribution, the limit under a constant correlation.
    index : int
        Place of the maximum: the last observation before the change, if there is one.
    nobs : int
        Observations.
    bandwidth : int
        Of the Bartlett kernel in the variance.
    fluctuation : ndarray of float64, shape (n,)
        The scaled deviation after each observation; its largest absolute value is `stat`.
    """

    stat: float
    pvalue: float
    index: int
    nobs: int
    bandwidth: int
    fluctuation: NDArray[np.float64] = field(repr=False, compare=False)


def constancy_test(x: NDArray[np.float64], y: NDArray[np.float64]) -> ConstancyTest:
    """Return the fluctuation test of Wied, Kraemer & Dehling for a constant correlation.

    stat = max over j of j / sqrt(n) abs(r_j - r_n) / s, r_j the correlation of the first j pairs, s^2 the long-run
    variance (Bartlett kernel, bandwidth floor(ln n)) of z_x z_y - r_n (z_x^2 + z_y^2) / 2, which is the delta method
    applied to the five moments. Means and variances are assumed constant in the long run; conditional
    heteroskedasticity is allowed.

    Parameters
    ----------
    x, y : ndarray of shape (n,)
        Paired observations, finite, neither constant.

    Returns
    -------
    ConstancyTest
        See there.

    References
    ----------
    Wied, D., Kraemer, W. & Dehling, H. (2012). Testing for a change in correlation at an unknown point in time using an
    extended functional delta method. *Econometric Theory* 28(3), 570-589. doi:10.1017/S0266466611000661
    """
    from scipy.special import kolmogorov  # noqa: PLC0415 - kept out of the import of this module

    z_x, z_y = standardised(x), standardised(y)
    deviation = running_deviation(z_x[:, None], z_y[:, None])[:, 0]
    final = float(z_x @ z_y) / x.size
    influence = z_x * z_y - final * (z_x * z_x + z_y * z_y) / 2
    bandwidth = int(math.log(x.size))
    path = deviation / math.sqrt(_long_run_variance(influence, bandwidth))
    index = int(np.abs(path).argmax())
    stat = float(abs(path[index]))
    return ConstancyTest(
        stat=stat,
        pvalue=float(kolmogorov(stat)),
        index=index,
        nobs=x.size,
        bandwidth=bandwidth,
        fluctuation=path,
    )


def running_deviation(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return j / sqrt(n) (r_j - r_n) for each column, shape (n, columns); zero at j = 1, where r_j does not exist."""
    nobs = x.shape[0]
    count = np.arange(1.0, nobs + 1)[:, None]
    mean_x, mean_y = np.cumsum(x, axis=0) / count, np.cumsum(y, axis=0) / count
    var_x = np.cumsum(x * x, axis=0) / count - mean_x**2
    var_y = np.cumsum(y * y, axis=0) / count - mean_y**2
    covariance = np.cumsum(x * y, axis=0) / count - mean_x * mean_y
    moving = (var_x > ROUNDING * var_x[-1]) & (var_y > ROUNDING * var_y[-1])
    scale = np.sqrt(np.where(moving, var_x * var_y, 1.0))
    running = np.where(moving, np.clip(covariance / scale, -1.0, 1.0), 0.0)
    deviation = count / math.sqrt(nobs) * (running - running[-1])
    deviation[0] = 0.0
    return np.asarray(deviation)


def _long_run_variance(x: NDArray[np.float64], bandwidth: int) -> float:
    """Return the Bartlett long-run variance of a series with mean zero: weights 1 - k / bandwidth at lag k."""
    covariances = [float(x[: x.size - k] @ x[k:]) / x.size for k in range(bandwidth)]
    return covariances[0] + 2.0 * sum((1.0 - k / bandwidth) * covariances[k] for k in range(1, bandwidth))
