"""Pairs of returns whose true correlation is known, to measure what the methods on real returns are worth."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

BURN_IN = 500
"""Steps thrown away at the start, so that the variance has forgotten where it began."""


def common_garch_pairs(
    nobs: int,
    runs: int,
    *,
    rho: float | NDArray[np.float64] = 0.5,
    alpha: float = 0.05,
    beta: float = 0.90,
    freedom: float | None = None,
    rng: np.random.Generator,
) -> NDArray[np.float64]:
    """Return pairs with one common GARCH(1,1) variance and a known correlation, shape (nobs, 2, runs).

    e(t) = s(t) u(t); u has unit variances and correlation rho; s2(t + 1) = 1 - alpha - beta + alpha e1(t)^2 + beta
    s2(t). The variance multiplies both series, so at every date the correlation is exactly rho.

    Parameters
    ----------
    nobs, runs : int
        Observations and independent samples.
    rho : float or ndarray of shape (nobs,)
        Correlation, constant or by date.
    alpha, beta : float
        GARCH parameters, alpha + beta < 1.
    freedom : float, optional
        Degrees of freedom of a bivariate Student t for u; normal unless given.
    rng : numpy.random.Generator
        Source of randomness.
    """
    path = np.broadcast_to(np.asarray(rho, dtype=np.float64), (nobs,))
    path = np.concatenate([np.full(BURN_IN, path[0]), path])
    shocks = rng.standard_normal((BURN_IN + nobs, 2, runs))
    shocks[:, 1] = path[:, None] * shocks[:, 0] + np.sqrt(1 - path[:, None] ** 2) * shocks[:, 1]
    if freedom is not None:
        mixing = rng.chisquare(freedom, (BURN_IN + nobs, 1, runs)) / (freedom - 2)
        shocks /= np.sqrt(mixing)
    variance = np.ones(runs)
    for step in shocks:
        step *= np.sqrt(variance)  # noqa: PLW2901 - the rows are turned into returns in place
        variance = 1 - alpha - beta + alpha * step[0] ** 2 + beta * variance
    return shocks[BURN_IN:]


def dcc_pairs(
    nobs: int, *, a: float, b: float, long_run: float, rng: np.random.Generator
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return standardised residuals of a DCC(1,1) and their conditional correlations.

    Parameters
    ----------
    nobs : int
        Observations.
    a, b, long_run : float
        Parameters of Engle's recursion; a + b < 1.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    residuals : ndarray of shape (nobs, 2)
        Normal, unit variances.
    correlations : ndarray of shape (nobs,)
        Given the past.
    """
    target = np.array([1.0, 1.0, long_run])
    state = target.copy()
    residuals, correlations = np.empty((BURN_IN + nobs, 2)), np.empty(BURN_IN + nobs)
    for t, (first, second) in enumerate(rng.standard_normal((BURN_IN + nobs, 2))):
        rho = state[2] / np.sqrt(state[0] * state[1])
        z = np.array([first, rho * first + np.sqrt(1 - rho * rho) * second])
        residuals[t], correlations[t] = z, rho
        state = (1 - a - b) * target + a * np.array([z[0] ** 2, z[1] ** 2, z[0] * z[1]]) + b * state
    return residuals[BURN_IN:], correlations[BURN_IN:]


def garch_returns(residuals: NDArray[np.float64], *, omega: float, alpha: float, beta: float) -> NDArray[np.float64]:
    """Return the GARCH(1,1) series driven by standardised residuals, shape (n,), started at its long-run variance."""
    out = np.empty(residuals.size)
    variance = omega / (1 - alpha - beta)
    for t, shock in enumerate(residuals):
        out[t] = np.sqrt(variance) * shock
        variance = omega + alpha * out[t] ** 2 + beta * variance
    return out
