"""The stationary bootstrap's blocks have the distribution they claim, and their three views agree."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st

from generator.stats.resampling import Blocks, block_indices, block_weights, chunked, stationary_blocks


@given(
    pool_obs=st.integers(1, 60), block_size=st.floats(1.0, 40.0), seed=st.integers(0, 2**32 - 1), reps=st.integers(1, 8)
)
def test_blocks_fill_each_resample_exactly(pool_obs: int, block_size: float, seed: int, reps: int) -> None:
    """Lengths are never negative and add up to the sample; starts lie in the series; weights count the row numbers."""
    blocks = stationary_blocks(pool_obs, reps, block_size=block_size, rng=np.random.default_rng(seed))
    assert (blocks.lengths >= 0).all()
    assert (blocks.lengths.sum(axis=0) == pool_obs).all()
    assert ((blocks.starts >= 0) & (blocks.starts < pool_obs)).all()
    rows = block_indices(blocks)
    assert rows.shape == (pool_obs, reps)
    counted = np.stack([np.bincount(column, minlength=pool_obs) for column in rows.T], axis=1)
    assert (block_weights(blocks) == counted).all()


def test_rows_follow_each_other_round_the_circle() -> None:
    """A block of four from the third of five rows runs 2, 3, 4, 0; the next starts anew."""
    blocks = Blocks(starts=np.array([[2], [1]]), lengths=np.array([[4], [1]], dtype=np.int32), pool_obs=5, sample_obs=5)
    assert block_indices(blocks)[:, 0].tolist() == [2, 3, 4, 0, 1]
    assert block_weights(blocks)[:, 0].tolist() == [1, 1, 1, 1, 1]


def test_jumps_and_starts_have_their_distribution() -> None:
    """The number of blocks is 1 + Binomial(n - 1, 1/L), starts are uniform, and complete blocks are geometric."""
    nobs, reps, size = 40, 20_000, 5.0
    blocks = stationary_blocks(nobs, reps, block_size=size, rng=np.random.default_rng(11))
    used = blocks.lengths > 0
    jumps = np.bincount(used.sum(axis=0) - 1, minlength=nobs)
    expected = scipy.stats.binom(nobs - 1, 1 / size).pmf(np.arange(nobs)) * reps
    common = expected > 5
    tail = [jumps[~common].sum(), expected[~common].sum()]
    observed, wanted = [*jumps[common], tail[0]], [*expected[common], tail[1]]
    assert scipy.stats.chisquare(observed, np.array(wanted) * sum(observed) / sum(wanted)).pvalue > 0.001
    assert scipy.stats.chisquare(np.bincount(blocks.starts[used], minlength=nobs)).pvalue > 0.001
    first = np.bincount(np.minimum(blocks.lengths[0], 11), minlength=12)[1:]
    chances = scipy.stats.geom(1 / size)
    wanted_first = np.array([*chances.pmf(np.arange(1, 11)), chances.sf(10)]) * reps
    assert scipy.stats.chisquare(first, wanted_first).pvalue > 0.001


def test_blocks_of_mean_length_one_are_single_draws() -> None:
    """With block size 1 every block has one observation: the ordinary bootstrap."""
    blocks = stationary_blocks(30, 50, block_size=1.0, rng=np.random.default_rng(0))
    assert (blocks.lengths == 1).all()
    rows = block_indices(blocks)
    assert (block_weights(blocks) == np.stack([np.bincount(c, minlength=30) for c in rows.T], axis=1)).all()


def test_sample_may_be_shorter_than_the_pool() -> None:
    """A window can be drawn from the whole history."""
    blocks = stationary_blocks(500, 10, block_size=3.0, rng=np.random.default_rng(0), sample_obs=20)
    assert block_indices(blocks).shape == (20, 10)
    assert block_weights(blocks).sum(axis=0).tolist() == [20] * 10


def test_impossible_requests_are_refused() -> None:
    """A block shorter than one, an empty series, and weights of a block longer than its series are errors."""
    rng = np.random.default_rng(0)
    with pytest.raises(ValueError, match=r"block_size = 0\.5: the mean block length must be at least 1"):
        stationary_blocks(10, 1, block_size=0.5, rng=rng)
    with pytest.raises(ValueError, match="block_size = nan"):
        stationary_blocks(10, 1, block_size=float("nan"), rng=rng)
    with pytest.raises(ValueError, match="nothing to draw from"):
        stationary_blocks(0, 1, block_size=1.0, rng=rng)
    long = stationary_blocks(3, 1, block_size=1e9, rng=rng, sample_obs=50)
    with pytest.raises(ValueError, match="longer than the series"):
        block_weights(long)


def test_chunks_add_up() -> None:
    """Chunks cover all replications, and keep sixteen side by side even when one alone is over the limit."""
    assert sum(chunked(9999, 1000)) == 9999
    assert list(chunked(40, 1 << 40)) == [16, 16, 8]
