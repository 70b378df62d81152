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

import itertools
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
    if pool_obs < 1:
        raise ValueError(f"pool_obs = {pool_obs}: there is nothing to draw from")
    sample = pool_obs if sample_obs is None else sample_obs
    restart = restart_chance(block_size)
    expected = 1 + (sample - 1) * restart
    spread = 3 * math.sqrt(expected * (1 - restart))
    starts, lengths = draw_blocks(min(sample, math.ceil(expected + spread)), reps, pool_obs, restart, rng)
    ends = add_up_rows(lengths)
    while ends[-1].min() < sample:  # a rare run of short blocks: add rows until every resample is full
        more_starts, more_lengths = draw_blocks(math.ceil(spread) + 1, reps, pool_obs, restart, rng)
        more_lengths[0] += ends[-1]
        starts = np.concatenate([starts, more_starts])
        ends = np.concatenate([ends, add_up_rows(more_lengths)])
    np.minimum(ends, sample, out=ends)
    lengths = ends.copy()
    lengths[1:] -= ends[:-1]
    return Blocks(starts=starts, lengths=lengths, pool_obs=pool_obs, sample_obs=sample)


def restart_chance(block_size: float) -> float:
    """Return the chance that a block ends after an observation, from the mean block length."""
    if not block_size >= 1:
        raise ValueError(f"block_size = {block_size}: the mean block length must be at least 1")
    return 1.0 / min(block_size, LONGEST_BLOCK)


def draw_blocks(
    rows: int, reps: int, pool_obs: int, restart: float, rng: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Return starts and geometric lengths of `rows` blocks for each of `reps` resamples, shape (rows, reps).

    Both come from one random word per block. The upper half gives the start (its chances differ by less than
    pool_obs / 2^32), the lower half U the length 1 + floor(ln U / ln(1 - p)): in double precision, as processors differ
    in the last bit of a logarithm, and single precision would round some lengths otherwise on another machine. Without
    lengths, each half gives a start.

    Parameters
    ----------
    restart : float
        Chance p that a block ends after an observation, in (0, 1].
    """
    if restart >= 1:
        halves = _random_words((rows * reps + 1) // 2, rng)[: rows * reps].reshape(rows, reps)
        return _starts(halves, pool_obs), np.ones((rows, reps), dtype=np.int32)
    both = _random_words(rows * reps, rng).reshape(rows, reps, 2)
    lengths = both[:, :, 0].astype(np.float64)
    lengths += 0.5  # U is never zero
    lengths *= 2.0**-32
    np.log(lengths, out=lengths)
    lengths *= 1.0 / math.log1p(-restart)
    whole = lengths.astype(np.int32)
    whole += 1
    return _starts(both[:, :, 1], pool_obs), whole


def _random_words(count: int, rng: np.random.Generator) -> NDArray[np.uint32]:
    """Return twice `count` random words of 32 bits, the same on every machine."""
    words = rng.integers(0, 2**64 - 1, size=count, dtype=np.uint64, endpoint=True)
    return words.astype("<u8", copy=False).view("<u4")


def _starts(words: NDArray[np.uint32], pool_obs: int) -> NDArray[np.int64]:
    """Return each word / 2^32 * pool_obs, rounded down."""
    starts = words.astype(np.int64)
    starts *= pool_obs
    starts >>= 32
    return starts


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
    column = np.arange(reps)
    ends = blocks.starts + blocks.lengths
    wrapped = ends >= nobs
    ends -= np.where(wrapped, nobs, 0)
    size = nobs * reps
    change = np.bincount((blocks.starts * reps + column).ravel(), minlength=size)
    change -= np.bincount((ends * reps + column).ravel(), minlength=size)
    weights = change.reshape(nobs, reps).astype(np.int32)
    weights[0] += wrapped.sum(axis=0, dtype=np.int32)
    return add_up_rows(weights)


def add_up_rows(values: NDArray[np.int32]) -> NDArray[np.int32]:
    """Add to each row all rows before it, in place, and return the array: several times as fast as a cumulative sum."""
    for before, row in itertools.pairwise(values):
        np.add(row, before, out=row)
    return values
