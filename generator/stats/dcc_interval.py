"""How sure the correlation of a DCC(1,1) model is on one day, given its estimated parameters."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from generator.stats.dcc import correlation_path, log_density, uncentred_corr
from generator.stats.least_squares import hac_meat, newey_west_lag

if TYPE_CHECKING:
    from numpy.typing import NDArray

SMALLEST_WEIGHT = 0.002
"""With less weight on the last shock its decay is not identified, and no expansion around it holds."""
STEP = 1e-4


def dcc_interval(
    z_x: NDArray[np.float64], z_y: NDArray[np.float64], a: float, b: float, *, level: float = 0.95
) -> tuple[float, float] | None:
    """Return the interval of the correlation that the model gives for the day after the last one.

    Delta method on Fisher's scale. (a, b) maximise the likelihood and the long-run correlation is a moment; the
    influence of each day on all three together carries over to the correlation. Its Newey-West variance spans the
    memory of the correlation, with the critical value that belongs to so many lags. The standardised residuals are
    taken as given: the error of the volatilities before them is left out, and simulation says what that costs.

    Parameters
    ----------
    z_x, z_y : ndarray of shape (n,)
        Standardised residuals.
    a, b : float
        Estimated parameters.
    level : float
        Coverage claimed.

    Returns
    -------
    (float, float) or None
        None where the estimate lies so near the edge a = 0, b = 0 or a + b = 1 that its error has no known shape, or
        where the likelihood is not curved there.

    References
    ----------
    Newey, W. K. & McFadden, D. (1994). Large sample estimation and hypothesis testing. *Handbook of Econometrics* 4,
    2111-2245, section 6: two-step estimators. doi:10.1016/S1573-4412(05)80005-4

    Kiefer, N. M. & Vogelsang, T. J. (2005). A new asymptotic theory for heteroskedasticity-autocorrelation robust
    tests. *Econometric Theory* 21(6), 1130-1164. doi:10.1017/S0266466605050565
    """
    from scipy.special import ndtri  # noqa: PLC0415 - SciPy only where a quantile is needed

    if min(a, b, 1.0 - a - b) < SMALLEST_WEIGHT:
        return None
    nobs = z_x.size
    long_run = uncentred_corr(z_x, z_y)
    point = np.array([a, b, long_run])

    def at(change: NDArray[np.float64]) -> tuple[NDArray[np.float64], float]:
        path = correlation_path(z_x, z_y, *(point + change))
        return log_density(z_x, z_y, path[:-1]), float(np.arctanh(path[-1]))

    steps = STEP * np.eye(3)
    ahead, behind = [at(step) for step in steps], [at(-step) for step in steps]
    slopes = np.array([(up[1] - down[1]) / (2 * STEP) for up, down in zip(ahead, behind, strict=True)])
    scores = np.column_stack([(up[0] - down[0]) / (2 * STEP) for up, down in zip(ahead[:2], behind[:2], strict=True)])
    curvature = np.array([[_second(at, steps[i], steps[j]) for j in range(3)] for i in range(2)])
    hessian, cross = curvature[:, :2], curvature[:, 2]
    if np.linalg.eigvalsh(hessian).max() >= 0:
        return None
    moment = _moment(z_x, z_y, long_run)
    influence = -np.linalg.solve(hessian, (scores + np.outer(moment, cross)).T).T @ slopes[:2] + slopes[2] * moment
    lags = _lags(nobs, a + b)
    variance = float(hac_meat(influence[:, None], lags)[0, 0]) / nobs**2
    half = float(ndtri((1 + level) / 2)) * _widened(lags / nobs) * np.sqrt(variance)
    centre = at(np.zeros(3))[1]
    return float(np.tanh(centre - half)), float(np.tanh(centre + half))


def _second(at: object, first: NDArray[np.float64], second: NDArray[np.float64]) -> float:
    """Return a mean second derivative of the log density by central differences."""
    if not callable(at):
        raise TypeError("at: not a function")
    total = sum(
        sign * float(np.mean(at(first * i + second * j)[0]))
        for i, j, sign in ((1, 1, 1), (1, -1, -1), (-1, 1, -1), (-1, -1, 1))
    )
    return total / (4 * STEP * STEP)


def _moment(z_x: NDArray[np.float64], z_y: NDArray[np.float64], long_run: float) -> NDArray[np.float64]:
    """Return each day's influence on the uncentred correlation, shape (n,)."""
    u, v = z_x / np.sqrt(np.mean(z_x * z_x)), z_y / np.sqrt(np.mean(z_y * z_y))
    return np.asarray(u * v - long_run * (u * u + v * v) / 2)


def _lags(nobs: int, persistence: float) -> int:
    """Return the Newey-West lags: at least the usual ones, and enough to see a shock to the correlation out."""
    return max(newey_west_lag(nobs), min(math.ceil(3.0 / (1.0 - persistence)), nobs // 8))


def _widened(share: float) -> float:
    """Return how much wider than the normal a Newey-West interval must be whose lags are this share of the sample.

    Kiefer & Vogelsang's critical value for the Bartlett kernel at 95 %, over 1.96.
    """
    return 1.0 + (2.9694 * share + 0.4160 * share**2 - 0.5324 * share**3) / 1.96
