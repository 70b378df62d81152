"""The correlation of price levels, and what two unrelated assets would show."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from generator.stats.bootstrap import optimal_block_size
from generator.stats.correlation import corr

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelNull:
    """Level correlations of unrelated assets, beside the one observed.

    Parameters
    ----------
    observed : float
        Correlation of the two price levels.
    share : float
        (k + 1) / (reps + 1), k = shuffles whose correlation is at least as large in absolute value.
    reps : int
        Shuffles.
    nobs : int
        Returns in the window (prices: one more).
    draws : ndarray of float64, shape (reps,)
        Level correlation of each shuffle.
    block_size_a, block_size_b : float
        Mean block lengths, in sessions.
    """

    observed: float
    share: float
    reps: int
    nobs: int
    draws: NDArray[np.float64] = field(repr=False, compare=False)
    block_size_a: float
    block_size_b: float


def level_corr(price_a: NDArray[np.float64], price_b: NDArray[np.float64]) -> float:
    """Return Pearson's correlation of two price levels on their common sessions, NaN when a price is constant.

    A window of `n` sessions holds n prices and the n - 1 returns between them.
    """
    return corr(price_a, price_b)


def level_null(
    returns_a: NDArray[np.float64],
    returns_b: NDArray[np.float64],
    *,
    nobs: int,
    observed: float,
    reps: int = 9999,
    rng: np.random.Generator,
) -> LevelNull:
    """Return how often prices rebuilt from independent shuffles correlate at least as much as observed.

    Each asset's returns are resampled on their own (stationary bootstrap, block length of Politis & White per asset, at
    least 1), which keeps drift and volatility of the pool and breaks the link. Prices are the start value and
    exp(cumulative sum): nobs + 1 of them.

    Parameters
    ----------
    returns_a, returns_b : ndarray of shape (pool,)
        Log returns to draw from: those inside the window, or the whole history up to the date. Lengths may differ.
    nobs : int
        Returns in the window the observed correlation belongs to (its prices minus one).
    observed : float
        Level correlation in that window.
    reps : int
        Shuffles.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    LevelNull
        See there.
    """
    size_a, size_b = optimal_block_size(returns_a), optimal_block_size(returns_b)
    draws = np.concatenate(
        [
            _column_corr(
                _shuffled_prices(returns_a, nobs, min(1000, reps - done), size_a, rng),
                _shuffled_prices(returns_b, nobs, min(1000, reps - done), size_b, rng),
            )
            for done in range(0, reps, 1000)
        ]
    )
    at_least = int((np.abs(draws) >= abs(observed)).sum())
    return LevelNull(
        observed=observed,
        share=(at_least + 1) / (reps + 1),
        reps=reps,
        nobs=nobs,
        draws=draws,
        block_size_a=size_a,
        block_size_b=size_b,
    )


def _shuffled_prices(
    returns: NDArray[np.float64], nobs: int, reps: int, block_size: float, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Return prices rebuilt from stationary-bootstrap resamples, shape (nobs + 1, reps), each starting at 1."""
    pool = returns.size
    fresh = rng.integers(0, pool, size=(nobs, reps))
    jump = rng.random((nobs, reps)) * block_size < 1.0
    rows = np.empty((nobs, reps), dtype=np.int64)
    rows[0] = fresh[0]
    for t in range(1, nobs):
        follow = rows[t - 1] + 1
        follow[follow == pool] = 0
        rows[t] = np.where(jump[t], fresh[t], follow)
    prices = np.ones((nobs + 1, reps))
    np.exp(np.cumsum(returns[rows], axis=0), out=prices[1:])
    return prices


def _column_corr(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the correlation of each column of `a` with that of `b`, zero where one is constant, shape (reps,)."""
    a = a - a.mean(axis=0)
    b = b - b.mean(axis=0)
    top = np.einsum("ij,ij->j", a, b)
    scale = np.sqrt(np.einsum("ij,ij->j", a, a) * np.einsum("ij,ij->j", b, b))
    return np.asarray(np.divide(top, scale, out=np.zeros_like(top), where=scale > 0))
