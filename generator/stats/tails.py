"""How two assets move together when both move far: exceedance correlations and joint crashes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from generator.stats.bootstrap import product_block_size
from generator.stats.correlation import corr
from generator.stats.replications import standardised
from generator.stats.resampling import block_weights, chunked, stationary_blocks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

SMALLEST_PAIRS = 3
"""Two points always correlate at plus or minus one."""
ROUNDING = 1e-12
SMALLEST_TAIL = 15
"""Pairs an exceedance correlation needs; fewer give NaN."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exceedance:
    """The correlation of the pairs in which both series exceed a threshold.

    Parameters
    ----------
    threshold : float
        In standard deviations from the mean; negative: both below it; zero or positive: both above it.
    value, lower, upper : float
        Correlation of those pairs and its bootstrap interval; NaN with fewer than 15 pairs.
    normal : float
        What a bivariate normal with the sample's correlation would give.
    level : float
        Coverage the interval claims.
    nobs : int
        Pairs beyond the threshold.
    """

    threshold: float
    value: float
    lower: float
    upper: float
    normal: float
    level: float
    nobs: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CoCrash:
    """How often both series are in their own tail on the same day.

    Parameters
    ----------
    quantile : float
        The tail: below this quantile, or above it when it is over one half.
    count : int
        Days with both in the tail.
    nobs : int
        Days.
    share, lower, upper : float
        count / nobs, and its bootstrap interval.
    independent : float
        Share under independence: the product of the two tail shares.
    normal : float
        Share under a bivariate normal with the sample's correlation.
    given : float
        Share of the days in x's tail on which y is in its tail too.
    level : float
        Coverage the interval claims.
    """

    quantile: float
    count: int
    nobs: int
    share: float
    lower: float
    upper: float
    independent: float
    normal: float
    given: float
    level: float


def exceedance_correlations(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    thresholds: Sequence[float],
    *,
    rng: np.random.Generator,
    reps: int = 9999,
    level: float = 0.95,
) -> tuple[Exceedance, ...]:
    """Return the exceedance correlation at each threshold, with its interval and its value under normality.

    Both series are standardised by the sample's mean and deviation; the thresholds then stay where they are in the
    resamples (stationary bootstrap, pairs, block length of the product of the standardised series).

    Parameters
    ----------
    x, y : ndarray of shape (n,)
        Paired returns, finite.
    thresholds : sequence of float
        In standard deviations.
    rng : numpy.random.Generator
        Source of randomness.
    reps : int
        Replications.
    level : float
        Coverage.

    Returns
    -------
    tuple of Exceedance
        In the order of `thresholds`.

    References
    ----------
    Longin, F. & Solnik, B. (2001). Extreme correlation of international equity markets. *Journal of Finance* 56(2),
    649-676. doi:10.1111/0022-1082.00340

    Ang, A. & Chen, J. (2002). Asymmetric correlations of equity portfolios. *Journal of Financial Economics* 63(3),
    443-494. doi:10.1016/S0304-405X(02)00068-5
    """
    z_x, z_y = standardised(x), standardised(y)
    rho = float(z_x @ z_y) / x.size
    inside = np.stack([_beyond(z_x, threshold) & _beyond(z_y, threshold) for threshold in thresholds])
    parts = np.stack([inside, inside * z_x, inside * z_y, inside * z_x**2, inside * z_y**2, inside * z_x * z_y], axis=1)
    sums = _weighted_sums(parts.reshape(-1, x.size), product_block_size(x, y), reps, rng)
    count, s_x, s_y, s_xx, s_yy, s_xy = np.moveaxis(sums.reshape(len(thresholds), 6, reps), 1, 0)
    square = (count * s_xx - s_x**2) * (count * s_yy - s_y**2)
    exists = (count >= SMALLEST_PAIRS) & (square > ROUNDING)
    draws = np.full(count.shape, np.nan)
    draws[exists] = (count * s_xy - s_x * s_y)[exists] / np.sqrt(square[exists])
    results = []
    for threshold, mask, row in zip(thresholds, inside, draws, strict=True):
        enough = int(mask.sum()) >= SMALLEST_TAIL
        lower, upper = np.nanquantile(row, [(1 - level) / 2, (1 + level) / 2]) if enough else (np.nan, np.nan)
        results.append(
            Exceedance(
                threshold=threshold,
                value=corr(z_x[mask], z_y[mask]) if enough else float("nan"),
                lower=float(lower),
                upper=float(upper),
                normal=normal_exceedance_corr(rho, threshold),
                level=level,
                nobs=int(mask.sum()),
            )
        )
    return tuple(results)


def normal_exceedance_corr(rho: float, threshold: float) -> float:
    """Return the correlation of a standard bivariate normal given that both lie beyond a threshold.

    Moments of the truncated distribution in closed form; a negative threshold means both below, which by symmetry
    equals both above its absolute value.

    Parameters
    ----------
    rho : float
        Correlation of the untruncated pair, -1 < rho < 1.
    threshold : float
        In standard deviations.

    References
    ----------
    Rosenbaum, S. (1961). Moments of a truncated bivariate normal distribution. *Journal of the Royal Statistical
    Society B* 23(2), 405-408. doi:10.1111/j.2517-6161.1961.tb00422.x
    """
    from scipy.special import ndtr  # noqa: PLC0415 - kept out of the import of this module

    h = abs(threshold)
    mass = normal_joint_tail(rho, h)
    free = math.sqrt(1 - rho * rho)
    density = math.exp(-h * h / 2) / math.sqrt(2 * math.pi)
    beyond = float(ndtr(-h * (1 - rho) / free))
    edge = free / (2 * math.pi) * math.exp(-h * h / (1 + rho))
    first = (1 + rho) * density * beyond / mass
    second = 1 + ((1 + rho * rho) * h * density * beyond + rho * edge) / mass
    cross = rho + (2 * rho * h * density * beyond + edge) / mass
    return (cross - first**2) / (second - first**2)


def normal_joint_tail(rho: float, threshold: float) -> float:
    """Return P(X > h, Y > h) of a standard bivariate normal, by Owen's T function."""
    from scipy.special import ndtr, owens_t  # noqa: PLC0415 - kept out of the import of this module

    return float(ndtr(-threshold) - 2 * owens_t(threshold, math.sqrt((1 - rho) / (1 + rho))))


def co_crash(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    *,
    quantile: float = 0.05,
    rng: np.random.Generator,
    reps: int = 9999,
    level: float = 0.95,
) -> CoCrash:
    """Return how often both series lie beyond their own quantile on the same day, and what chance would give.

    The tail days are those of the sample and stay fixed in the resamples (stationary bootstrap; block length of the
    product of the standardised series), so the interval is about how often such days coincide.

    Parameters
    ----------
    x, y : ndarray of shape (n,)
        Paired returns, finite.
    quantile : float
        Below one half: days strictly below the quantile; above: days strictly above it.
    rng : numpy.random.Generator
        Source of randomness.
    reps : int
        Replications.
    level : float
        Coverage.

    Returns
    -------
    CoCrash
        See there.
    """
    from scipy.special import ndtri  # noqa: PLC0415 - kept out of the import of this module

    tail_x, tail_y = _tail(x, quantile), _tail(y, quantile)
    both = tail_x & tail_y
    draws = _weighted_sums(both[None].astype(np.float64), product_block_size(x, y), reps, rng)[0] / x.size
    lower, upper = np.quantile(draws, [(1 - level) / 2, (1 + level) / 2])
    return CoCrash(
        quantile=quantile,
        count=int(both.sum()),
        nobs=x.size,
        share=float(both.mean()),
        lower=float(lower),
        upper=float(upper),
        independent=float(tail_x.mean() * tail_y.mean()),
        normal=normal_joint_tail(corr(x, y), float(-ndtri(min(quantile, 1 - quantile)))),
        given=float(both.sum() / tail_x.sum()) if tail_x.any() else float("nan"),
        level=level,
    )


def _beyond(z: NDArray[np.float64], threshold: float) -> NDArray[np.bool_]:
    return z < threshold if threshold < 0 else z > threshold


def _tail(x: NDArray[np.float64], quantile: float) -> NDArray[np.bool_]:
    edge = np.quantile(x, quantile)
    return np.asarray(x < edge if quantile < 0.5 else x > edge)  # noqa: PLR2004 - which half


def _weighted_sums(
    values: NDArray[np.float64], block_size: float, reps: int, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Return the sum of each row of `values` (k, n) over the pairs of each resample, shape (k, reps)."""
    nobs = values.shape[1]
    return np.concatenate(
        [
            values @ block_weights(stationary_blocks(nobs, count, block_size=block_size, rng=rng)).astype(np.float64)
            for count in chunked(reps, nobs)
        ],
        axis=1,
    )
