"""How much of the link between two assets goes through a factor: covariance share, and the drop of the correlation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from generator.stats.bootstrap import Interval, bootstrap_statistics

if TYPE_CHECKING:
    from generator.stats.least_squares import FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrelationDrop:
    """A correlation, what is left of it given controls, and the difference.

    Parameters
    ----------
    plain, partial : float
        Correlation; partial correlation given the controls, on the same sessions.
    drop : Interval
        plain minus partial, with its joint bootstrap interval; positive if the controls explain part of the link.
    """

    plain: float
    partial: float
    drop: Interval


def covariance_share(covariances: FloatArray) -> FloatArray:
    """Return the share of the covariance of two returns that one factor carries, beta_1 beta_2 var(f) / cov(r_1, r_2).

    Parameters
    ----------
    covariances : ndarray of shape (..., 3, 3)
        Of r_1, r_2 and the factor.

    Returns
    -------
    ndarray of shape (...), NaN where the covariance or the factor's variance is zero; not confined to 0..1
    """
    through = covariances[..., 0, 2] * covariances[..., 1, 2]
    base = covariances[..., 0, 1] * covariances[..., 2, 2]
    return np.divide(through, base, out=np.full_like(through, np.nan), where=base != 0.0)


def covariance_share_interval(
    returns_1: FloatArray,
    returns_2: FloatArray,
    factor: FloatArray,
    *,
    rng: np.random.Generator,
    reps: int = 9999,
    level: float = 0.95,
    block_size: float | None = None,
) -> Interval:
    """Return the covariance share of one factor with its stationary-bootstrap percentile interval.

    Parameters
    ----------
    returns_1, returns_2 : ndarray of shape (n_sessions,)
        Log returns.
    factor : ndarray of shape (n_sessions,)
        Yield change or market return; its unit does not matter.
    rng : numpy.random.Generator
    reps : int
    level : float
    block_size : float, optional
        Mean block length; by default that of the product of the two standardised returns.
    """
    columns = np.column_stack([returns_1, returns_2, factor])
    return bootstrap_statistics(
        columns, covariance_share, reps=reps, rng=rng, level=level, block_size=block_size, moments="covariance"
    )


def partial_correlations(correlations: FloatArray) -> FloatArray:
    """Return the correlation of the first two variables given all others, shape (...), from the inverse matrix.

    Parameters
    ----------
    correlations : ndarray of shape (..., k, k)
        Of the two variables and k - 2 controls.
    """
    precision = np.linalg.inv(correlations)
    total: FloatArray = -precision[..., 0, 1] / np.sqrt(precision[..., 0, 0] * precision[..., 1, 1])
    return total


def correlation_drop(
    returns_1: FloatArray,
    returns_2: FloatArray,
    controls: FloatArray,
    *,
    rng: np.random.Generator,
    reps: int = 9999,
    level: float = 0.95,
    block_size: float | None = None,
) -> CorrelationDrop:
    """Return how far the correlation of two returns falls once controls are partialled out, on the same sessions.

    Parameters
    ----------
    returns_1, returns_2 : ndarray of shape (n_sessions,)
        Log returns.
    controls : ndarray of shape (n_sessions, n_controls)
        Yield changes, market returns.
    rng : numpy.random.Generator
    reps : int
    level : float
    block_size : float, optional
        Mean block length; by default that of the product of the two standardised returns.
    """
    columns = np.column_stack([returns_1, returns_2, controls])

    def drop(correlations: FloatArray) -> FloatArray:
        out: FloatArray = correlations[..., 0, 1] - partial_correlations(correlations)
        return out

    interval = bootstrap_statistics(
        columns, drop, reps=reps, rng=rng, level=level, block_size=block_size, moments="correlation"
    )
    sample = np.asarray(np.corrcoef(columns, rowvar=False))
    return CorrelationDrop(plain=float(sample[0, 1]), partial=float(partial_correlations(sample)), drop=interval)
