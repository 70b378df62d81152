"""Correlations of many bootstrap resamples at once, without forming the resamples.

Second moments need a few sums per block, read off running sums at its two ends. Ranks need only how often each pair was
drawn: midranks are running sums of those weights, and Kendall's sign sum is a quadratic form in them. Each replication
equals what the library gives on the resampled rows, ties included.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import numpy as np

from generator.stats.resampling import Blocks, block_weights, chunked, stationary_blocks

if TYPE_CHECKING:
    from numpy.typing import NDArray

SMALLEST_VARIANCE = 1e-10
"""Below this share of the sample's variance a resample counts as constant: its correlation does not exist."""
BLOCK_VALUES = 64
"""Values held per block while second moments are summed; it sets the size of a chunk of replications."""
PACK = 4
"""Columns gathered together: 32 bytes, the widest element that NumPy's `take` copies in one step."""


def standardised(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return (x - mean) / standard deviation (divisor n); a constant series is an error."""
    if not np.ptp(x) > 0:
        raise ValueError("a constant series has no correlation")
    centred: NDArray[np.float64] = x - x.mean()
    return centred / float(np.sqrt(np.mean(centred * centred)))


def moment_replications(
    columns: NDArray[np.float64], reps: int, *, block_size: float, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Return the covariance matrix (divisor n) of each resample of standardised columns (n, k), shape (reps, k, k)."""
    nobs, width = columns.shape
    upper, lower = np.triu_indices(width)
    tables = _running_sums(np.concatenate([columns, columns[:, upper] * columns[:, lower]], axis=1))
    sums = np.concatenate(
        [
            _block_sums(tables, stationary_blocks(nobs, count, block_size=block_size, rng=rng))
            for count in chunked(reps, BLOCK_VALUES * (int(nobs / block_size) + 1))
        ]
    )
    sums /= nobs
    means, products = sums[:, :width], sums[:, width:]
    out = np.empty((reps, width, width))
    out[:, upper, lower] = products - means[:, upper] * means[:, lower]
    out[:, lower, upper] = out[:, upper, lower]
    return out


def _running_sums(values: NDArray[np.float64]) -> list[NDArray[np.float64]]:
    """Return tables of running sums over two turns of the circle, each of shape (2n + 1, up to `PACK` columns)."""
    nobs, width = values.shape
    running = np.zeros((2 * nobs + 1, width))
    np.cumsum(np.concatenate([values, values]), axis=0, out=running[1:])
    return [np.ascontiguousarray(running[:, first : first + PACK]) for first in range(0, width, PACK)]


def _block_sums(tables: list[NDArray[np.float64]], blocks: Blocks) -> NDArray[np.float64]:
    """Return the sum of each column over the rows of each resample, shape (reps, columns)."""
    after = blocks.starts + blocks.lengths
    parts = []
    for running in tables:
        sums = running.take(after, axis=0, mode="clip")
        sums -= running.take(blocks.starts, axis=0, mode="clip")
        parts.append(sums.sum(axis=0))
    return np.concatenate(parts, axis=1)


def correlations(covariances: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the correlation matrices of stacked covariance matrices, NaN where a variance is all but zero."""
    variances = np.einsum("...ii->...i", covariances)
    deviations = np.sqrt(np.where(variances > SMALLEST_VARIANCE, variances, np.nan))
    ratio = covariances / (deviations[..., :, None] * deviations[..., None, :])
    return np.asarray(np.clip(ratio, -1.0, 1.0))


def pearson_replications(
    x: NDArray[np.float64], y: NDArray[np.float64], reps: int, *, block_size: float, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Return Pearson's correlation of each resample, shape (reps,)."""
    pair = np.column_stack([standardised(x), standardised(y)])
    return correlations(moment_replications(pair, reps, block_size=block_size, rng=rng))[:, 0, 1]


def spearman_replications(
    x: NDArray[np.float64], y: NDArray[np.float64], reps: int, *, block_size: float, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Return Spearman's correlation of each resample, re-ranked with ties at their mean rank, shape (reps,).

    Weights are counts, so twice the centred midranks are whole numbers and every sum below is exact.
    """
    order_x, groups_x = _tie_groups(x)
    order_y, groups_y = _tie_groups(y)
    place_y = np.empty_like(order_y)
    place_y[order_y] = np.arange(y.size)
    to_x_order = place_y[order_x]
    cube = float(x.size) ** 3 - x.size
    out = []
    for count in chunked(reps, x.size * 4):
        weights = block_weights(stationary_blocks(x.size, count, block_size=block_size, rng=rng))
        in_x_order = weights[order_x]
        ranks_x, ties_x = _weighted_ranks(in_x_order, groups_x)
        ranks_y, ties_y = _weighted_ranks(weights[order_y], groups_y)
        product = ranks_y[to_x_order]
        product *= ranks_x
        product *= in_x_order
        out.append(_bounded_ratio(3.0 * product.sum(axis=0), (cube - ties_x) * (cube - ties_y)))
    return np.concatenate(out)


def kendall_replications(
    x: NDArray[np.float64], y: NDArray[np.float64], reps: int, *, block_size: float, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Return Kendall's tau-b of each resample, shape (reps,).

    Concordant minus discordant pairs of a resample with counts w is w'Aw / 2, A = sign(dx) sign(dy). A is symmetric, so
    only its lower block triangle is multiplied; its entries are -1, 0, 1 and the sums below 2^24, so single precision
    is exact.
    """
    nobs = x.size
    signs = (np.sign(x[:, None] - x) * np.sign(y[:, None] - y)).astype(np.float32)
    edges = np.linspace(0, nobs, min(8, nobs) + 1).astype(int)
    ties = [_tie_groups(x), _tie_groups(y)]
    out = []
    for count in chunked(reps, nobs):
        weights = block_weights(stationary_blocks(nobs, count, block_size=block_size, rng=rng))
        single = weights.astype(np.float32)
        concordance = np.zeros(count)
        for low, high in itertools.pairwise(edges):
            partial = signs[low:high, low:high] @ single[low:high]
            partial *= 0.5
            if low:
                partial += signs[low:high, :low] @ single[:low]
            partial *= single[low:high]
            concordance += partial.sum(axis=0, dtype=np.float64)
        free_x, free_y = (_untied_pairs(weights, order, groups) for order, groups in ties)
        out.append(_bounded_ratio(concordance, free_x * free_y))
    return np.concatenate(out)


def _bounded_ratio(top: NDArray[np.float64], square: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return top / sqrt(square) within [-1, 1], NaN where `square` is zero: a resample of equal values."""
    ratio = np.divide(top, np.sqrt(square), out=np.full(top.shape, np.nan), where=square > 0)
    return np.asarray(np.clip(ratio, -1.0, 1.0))


def _weighted_ranks(
    weights: NDArray[np.int32], groups: NDArray[np.int64] | None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return twice the centred midrank of every observation, and the sum of t^3 - t over the tied groups.

    Parameters
    ----------
    weights : ndarray of shape (n, reps)
        Counts, rows in the order of the values.
    groups : ndarray of shape (n,) or None
        Number of the group of equal values each row belongs to, None when all values differ.

    Returns
    -------
    ranks : ndarray of shape (n, reps)
    ties : ndarray of shape (reps,)
    """
    sizes = _group_sizes(weights, groups)
    ends = np.cumsum(sizes, axis=0, dtype=np.int32)
    ranks = (2 * ends - sizes - ends[-1]).astype(np.float64)
    exact = sizes.astype(np.float64)
    ties = (exact * exact * exact).sum(axis=0) - exact.sum(axis=0)
    return (ranks if groups is None else ranks[groups]), ties


def _untied_pairs(
    weights: NDArray[np.int32], order: NDArray[np.int64], groups: NDArray[np.int64] | None
) -> NDArray[np.float64]:
    """Return the number of pairs with different values in each resample, shape (reps,)."""
    sizes = _group_sizes(weights if groups is None else weights[order], groups).astype(np.float64)
    total = sizes.sum(axis=0)
    return np.asarray(total * (total - 1) - (sizes * (sizes - 1)).sum(axis=0)) / 2


def _group_sizes(weights: NDArray[np.int32], groups: NDArray[np.int64] | None) -> NDArray[np.int32]:
    """Return the weight of each group of equal values, shape (groups, reps)."""
    if groups is None:
        return weights
    return np.add.reduceat(weights, np.flatnonzero(np.diff(groups, prepend=-1)), axis=0)


def _tie_groups(x: NDArray[np.float64]) -> tuple[NDArray[np.int64], NDArray[np.int64] | None]:
    """Return the order of `x` and the number of the group of equal values of each place in it, None when all differ."""
    order = np.argsort(x, kind="stable")
    steps = np.diff(x[order]) > 0
    return order, None if steps.all() else np.concatenate([[0], np.cumsum(steps)])
