"""Resamples of a time series by the stationary bootstrap, as blocks, as row numbers or as weights.

A resample is a list of blocks of consecutive observations, taken from the series laid in a circle. Three views of it
serve three kinds of statistics: **blocks** (start, length) for anything made of sums, **indices** for paths, and
**weights** (how often each observation was drawn) for ranks.

References
----------
Politis, D. N. & Romano, J. P. (1994). The stationary bootstrap. *Journal of the American Statistical Association*
89(428), 1303-1313. doi:10.1080/01621459.1994.10476870
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

CHUNK_VALUES = 1 << 19
"""Values per chunk of replications: fits the processor's cache. Fixed: the order of the random draws depends on it."""
SMALLEST_CHUNK = 16
"""Replications side by side, below which NumPy's inner loops are too short to be fast."""
LONGEST_BLOCK = 1e7
"""Longer mean blocks mean "never jump" for any series here, and would not fit a 32-bit length."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Blocks:
    """The blocks of several resamples.

    Parameters
    ----------
    starts : ndarray of int64, shape (max_blocks, reps)
        First observation of each block, in [0, pool_obs).
    lengths : ndarray of int32, shape (max_blocks, reps)
        Observations in each block; each column sums to `sample_obs`, unused places hold zero.
    pool_obs : int
        Observations of the series drawn from.
    sample_obs : int
        Observations of each resample.
    """

    starts: NDArray[np.int64]
    lengths: NDArray[np.int32]
    pool_obs: int
    sample_obs: int


def stationary_blocks(
    pool_obs: int,
    reps: int,
    *,
    block_size: float,
    rng: np.random.Generator,
    sample_obs: int | None = None,
) -> Blocks:
    """Return the blocks of `reps` stationary-bootstrap resamples.

    Starts are uniform on the circle, lengths geometric with mean `block_size`; the last block is cut where the resample
    is full. This has the distribution of "continue with probability 1 - 1/block_size, else jump".

    Parameters
    ----------
    pool_obs : int
        Observations of the series drawn from.
    reps : int
        Number of resamples.
    block_size : float
        Mean block length in observations, at least 1.
    rng : numpy.random.Generator
        Source of randomness.
    sample_obs : int, optional
        Observations of each resample; `pool_obs` unless given.

    Returns
    -------
    Blocks
        See there.
    """
    if not block_size >= 1:
        raise ValueError(f"block_size = {block_size}: the mean block length must be at least 1")
    if pool_obs < 1:
        raise ValueError(f"pool_obs = {pool_obs}: there is nothing to draw from")
    sample = pool_obs if sample_obs is None else sample_obs
    restart = 1.0 / min(block_size, LONGEST_BLOCK)
    expected = 1 + (sample - 1) * restart
    spread = 3 * math.sqrt(expected * (1 - restart))
    starts, lengths = _draw_blocks(min(sample, math.ceil(expected + spread)), reps, pool_obs, restart, rng)
    ends = np.cumsum(lengths, axis=0, dtype=np.int32)
    while ends[-1].min() < sample:  # a rare run of short blocks: add rows until every resample is full
        more_starts, more_lengths = _draw_blocks(math.ceil(spread) + 1, reps, pool_obs, restart, rng)
        starts = np.concatenate([starts, more_starts])
        ends = np.concatenate([ends, ends[-1] + np.cumsum(more_lengths, axis=0, dtype=np.int32)])
    np.minimum(ends, sample, out=ends)
    lengths = ends.copy()
    lengths[1:] -= ends[:-1]
    return Blocks(starts=starts, lengths=lengths, pool_obs=pool_obs, sample_obs=sample)


def _draw_blocks(
    rows: int, reps: int, pool_obs: int, restart: float, rng: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Return starts and geometric lengths, both from one random word per block.

    The upper half of the word gives the start (its chances differ by less than pool_obs / 2^32), the lower half U the
    length 1 + floor(ln U / ln(1 - p)).
    """
    words = rng.integers(0, 2**64 - 1, size=(rows, reps), dtype=np.uint64, endpoint=True)
    halves = words.astype("<u8", copy=False).view("<u4").reshape(rows, reps, 2)
    starts = halves[:, :, 1].astype(np.int64)
    starts *= pool_obs
    starts >>= 32
    if restart >= 1:
        return starts, np.ones((rows, reps), dtype=np.int32)
    decay = 1.0 / math.log1p(-restart)
    lengths = halves[:, :, 0].astype(np.float64)
    lengths += 0.5  # U = (lower half + 1/2) / 2^32 is never zero
    np.log(lengths, out=lengths)
    lengths *= decay
    lengths += 1.0 - 32 * math.log(2) * decay
    return starts, lengths.astype(np.int32)


def chunked(reps: int, values_per_rep: int) -> Iterator[int]:
    """Yield chunk sizes that add up to `reps`: about `CHUNK_VALUES` values, at least `SMALLEST_CHUNK` replications."""
    size = max(SMALLEST_CHUNK, CHUNK_VALUES // max(1, values_per_rep))
    for done in range(0, reps, size):
        yield min(size, reps - done)


def block_indices(blocks: Blocks) -> NDArray[np.int64]:
    """Return the row numbers of each resample, shape (sample_obs, reps)."""
    columns = [
        (np.repeat(starts - (ends := np.cumsum(lengths)) + lengths, lengths) + np.arange(ends[-1])) % blocks.pool_obs
        for starts, lengths in zip(blocks.starts.T, blocks.lengths.T, strict=True)
    ]
    return np.stack(columns, axis=1)


def block_weights(blocks: Blocks) -> NDArray[np.int32]:
    """Return how often each observation was drawn, shape (pool_obs, reps).

    A block adds one where it starts and takes one away after its end; the running sum of both, counted round the
    circle, is the weight.
    """
    if int(blocks.lengths.max()) > blocks.pool_obs:
        raise ValueError("a block is longer than the series; weights by difference need sample_obs <= pool_obs")
    nobs, reps = blocks.pool_obs, blocks.starts.shape[1]
    if (blocks.lengths == 1).all():  # single draws need counting only
        counts = np.bincount((blocks.starts * reps + np.arange(reps)).ravel(), minlength=nobs * reps)
        return counts.reshape(nobs, reps).astype(np.int32)
    used = blocks.lengths > 0
    column = np.broadcast_to(np.arange(reps), blocks.starts.shape)[used]
    starts, ends = blocks.starts[used], (blocks.starts + blocks.lengths)[used]
    wrapped = ends >= nobs
    ends = np.where(wrapped, ends - nobs, ends)
    size = nobs * reps
    change = np.bincount(starts * reps + column, minlength=size) - np.bincount(ends * reps + column, minlength=size)
    change = change.reshape(nobs, reps).astype(np.int32)
    change[0] += np.bincount(column[wrapped], minlength=reps).astype(np.int32)
    return np.cumsum(change, axis=0, dtype=np.int32)
