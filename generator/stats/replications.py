"""Correlations of many bootstrap resamples at once, without forming the resamples.

Second moments need a few sums per block, read off running sums at its two ends. Ranks need only how often each pair was
drawn: midranks are running sums of those weights, and Kendall's sign sum is a quadratic form in them. Each replication
equals what the library gives on the resampled rows, ties included.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import numpy as np

from generator.stats.resampling import (
    add_up_rows,
    block_weights,
    chunked,
    draw_blocks,
    restart_chance,
    stationary_blocks,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

SMALLEST_VARIANCE = 1e-10
"""Below this share of the sample's variance a resample counts as constant: its correlation does not exist."""
TOGETHER = 10_000
"""Replications whose second moments are summed side by side. Fixed: the order of the random draws depends on it."""
DRAWN = 1 << 15
"""Blocks drawn in one go: fits the processor's cache. Fixed for the same reason."""
FEWEST_FULL = 1 / 8
"""Resamples that are full are set aside when they are so large a share of those that are not yet."""
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
    values = np.concatenate([columns, columns[:, upper] * columns[:, lower]], axis=1)
    counts = [min(TOGETHER, reps - done) for done in range(0, reps, TOGETHER)]
    sums = np.concatenate([_resampled_sums(values, count, block_size=block_size, rng=rng) for count in counts])
    sums /= nobs
    means, products = sums[:, :width], sums[:, width:]
    out = np.empty((reps, width, width))
    out[:, upper, lower] = products - means[:, upper] * means[:, lower]
    out[:, lower, upper] = out[:, upper, lower]
    return out


def _resampled_sums(
    values: NDArray[np.float64], reps: int, *, block_size: float, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Return the sum of each column over the rows of each resample, shape (reps, columns).

    One block of every resample is added at a time: a block's sum is the difference of two running sums, and all that
    a step touches fits the processor's cache.
    """
    nobs, width = values.shape
    restart = restart_chance(block_size)
    rows = max(1, DRAWN // reps)
    if restart >= 1:
        return _single_draw_sums(values, reps, rows, rng)
    tables = _packed(_running_sums(values))
    sums = [np.zeros((reps, table.shape[1])) for table in tables]
    ends = np.zeros(reps, dtype=np.int32)
    unfilled = np.arange(reps)
    out = np.empty((reps, width))
    while unfilled.size:
        for starts, lengths in zip(*draw_blocks(rows, unfilled.size, nobs, restart, rng), strict=True):
            reached = np.minimum(ends + lengths, nobs)  # the last block is cut where the resample is full
            after = starts - ends
            after += reached
            ends = reached
            for total, table in zip(sums, tables, strict=True):
                np.add(total, table.take(after, axis=0, mode="clip"), out=total)
                np.subtract(total, table.take(starts, axis=0, mode="clip"), out=total)
        full = ends == nobs
        if full.mean() >= FEWEST_FULL:
            out[unfilled[full]] = np.concatenate([total[full] for total in sums], axis=1)
            unfilled, ends, sums = unfilled[~full], ends[~full], [total[~full] for total in sums]
    return out


def _single_draw_sums(
    values: NDArray[np.float64], reps: int, rows: int, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Return the same for blocks of one observation."""
    tables = _packed(values)
    sums = [np.zeros((reps, table.shape[1])) for table in tables]
    nobs = len(values)
    for done in range(0, nobs, rows):
        for starts in draw_blocks(min(rows, nobs - done), reps, nobs, 1.0, rng)[0]:
            for total, table in zip(sums, tables, strict=True):
                np.add(total, table.take(starts, axis=0, mode="clip"), out=total)
    return np.concatenate(sums, axis=1)


def _running_sums(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the running sums of each column over two turns of the circle, from zero, shape (2n + 1, columns)."""
    running = np.zeros((2 * len(values) + 1, values.shape[1]))
    np.cumsum(np.concatenate([values, values]), axis=0, out=running[1:])
    return running


def _packed(table: NDArray[np.float64]) -> list[NDArray[np.float64]]:
    """Return the columns in groups of up to `PACK`, each contiguous."""
    return [np.ascontiguousarray(table[:, first : first + PACK]) for first in range(0, table.shape[1], PACK)]


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
    for count in chunked(reps, x.size * 2):
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
    ends = add_up_rows(sizes.copy())
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
