"""Several bootstrap intervals from one set of resamples."""

from __future__ import annotations

import numpy as np
import pytest

from generator.stats.bootstrap import bootstrap_statistics
from generator.stats.joint_bootstrap import joint_intervals
from generator.stats.rate_share import covariance_share, partial_correlations
from generator.stats.replications import correlations

NOBS = 400


def columns(seed: int = 1) -> np.ndarray:
    """Return two returns and a factor that both follow, in different units."""
    rng = np.random.default_rng(seed)
    factor = rng.standard_normal(NOBS)
    return np.column_stack([0.02 * (factor + rng.standard_normal((2, NOBS))[i]) for i in range(2)] + [5.0 * factor])


def share(covariances: np.ndarray) -> np.ndarray:
    """Return the share of the covariance that the third column carries."""
    return covariance_share(covariances)


def partial(covariances: np.ndarray) -> np.ndarray:
    """Return the correlation of the first two columns given the third."""
    return partial_correlations(correlations(covariances))


@pytest.mark.parametrize("block_size", [1.0, 7.5, None])
def test_one_statistic_is_what_the_single_bootstrap_gives(block_size: float | None) -> None:
    """With the same stream a covariance share, and a partial correlation, equal those of `bootstrap_statistics`."""
    data = columns()
    both = {"share": share, "partial": partial}
    joint = joint_intervals(data, both, rng=np.random.default_rng(5), reps=499, block_size=block_size)
    for name, statistic, moments in (("share", share, "covariance"), ("partial", partial, "correlation")):
        single = bootstrap_statistics(
            data, statistic, rng=np.random.default_rng(5), reps=499, block_size=block_size, moments=moments
        )
        assert joint[name].value == pytest.approx(single.value, abs=1e-12)
        np.testing.assert_allclose(joint[name].draws, single.draws, atol=1e-10)
        assert (joint[name].lower, joint[name].upper) == pytest.approx((single.lower, single.upper), abs=1e-10)
        assert (joint[name].nobs, joint[name].block_size) == (single.nobs, single.block_size)


def test_statistics_share_their_resamples() -> None:
    """A statistic and its negative have mirrored draws: they come from the same resamples."""
    found = joint_intervals(
        columns(), {"up": share, "down": lambda c: -share(c)}, rng=np.random.default_rng(2), reps=199, block_size=3
    )
    np.testing.assert_array_equal(found["up"].draws, -found["down"].draws)


def test_a_statistic_without_a_value_is_left_out() -> None:
    """What does not exist on the sample has no interval; the others keep theirs."""
    nothing = joint_intervals(
        columns(),
        {"none": lambda c: np.full(len(c), np.nan), "share": share},
        rng=np.random.default_rng(3),
        reps=99,
        block_size=2,
    )
    assert set(nothing) == {"share"}


def test_missing_values_are_refused() -> None:
    """Which sessions enter is decided before: a missing value is an error."""
    data = columns()
    data[3, 1] = np.nan
    with pytest.raises(ValueError, match="finite"):
        joint_intervals(data, {"share": share}, rng=np.random.default_rng(1), reps=9)
