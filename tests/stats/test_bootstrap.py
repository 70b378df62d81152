"""Bootstrap intervals against arch, scipy and closed forms."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
import pytest
import scipy.stats
from arch.bootstrap import StationaryBootstrap, optimal_block_length
from hypothesis import given
from hypothesis import strategies as st

from generator.stats import replications, resampling
from generator.stats.bootstrap import (
    ESTIMATES,
    Estimator,
    bootstrap_correlation,
    bootstrap_statistics,
    optimal_block_size,
    product_block_size,
)
from generator.stats.correlation import fisher_interval, partial_corr, partial_from_matrix, zou_interval
from generator.stats.replications import moment_replications
from generator.stats.resampling import Blocks, block_indices, block_weights, stationary_blocks
from generator.stats.simulation import common_garch_pairs

if TYPE_CHECKING:
    from collections.abc import Callable

SCIPY: dict[Estimator, Callable[[np.ndarray, np.ndarray], float]] = {
    "pearson": lambda x, y: float(scipy.stats.pearsonr(x, y).statistic),
    "spearman": lambda x, y: float(scipy.stats.spearmanr(x, y).statistic),
    "kendall": lambda x, y: float(scipy.stats.kendalltau(x, y).statistic),
}
BOTH = pytest.mark.parametrize("ties", [False, True], ids=["distinct", "ties"])
EACH = pytest.mark.parametrize("estimator", ["pearson", "spearman", "kendall"])


def _pair(nobs: int, seed: int = 3, *, ties: bool = False) -> tuple[np.ndarray, np.ndarray]:
    pairs = common_garch_pairs(nobs, 1, rng=np.random.default_rng(seed))[:, :, 0]
    pairs = np.round(pairs * 2) if ties else pairs
    return np.ascontiguousarray(pairs[:, 0]), np.ascontiguousarray(pairs[:, 1])


def _as_blocks(rows: np.ndarray) -> Blocks:
    """Return row numbers (n, reps) as blocks of one observation each."""
    return Blocks(
        starts=rows.astype(np.int64),
        lengths=np.ones_like(rows, dtype=np.int32),
        pool_obs=len(rows),
        sample_obs=len(rows),
    )


def _feed(monkeypatch: pytest.MonkeyPatch, blocks: Blocks) -> None:
    """Let every kernel work on these resamples: ranks take them whole, moments block by block."""
    monkeypatch.setattr(resampling, "CHUNK_VALUES", 1 << 40)
    monkeypatch.setattr(replications, "DRAWN", 1 << 40)
    monkeypatch.setattr(replications, "stationary_blocks", lambda *_, **__: blocks)
    monkeypatch.setattr(replications, "draw_blocks", lambda *_: (blocks.starts, blocks.lengths))


@EACH
@BOTH
def test_equals_arch_on_the_same_indices(
    estimator: Estimator,
    *,
    ties: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Fed arch's own resamples, every draw and the percentile interval are arch's (to rounding)."""
    x, y = _pair(120, ties=ties)
    theirs = StationaryBootstrap(6, x, y, seed=np.random.default_rng(1))
    rows = []
    for _ in theirs.bootstrap(300):
        rows.append(np.asarray(theirs.index).copy())  # noqa: PERF401 - the generator moves `index` along
    _feed(monkeypatch, _as_blocks(np.array(rows).T))
    ours = bootstrap_correlation(x, y, estimator=estimator, reps=300, rng=np.random.default_rng(0), block_size=6.0)
    again = StationaryBootstrap(6, x, y, seed=np.random.default_rng(1))
    lower, upper = again.conf_int(
        lambda a, b: np.array([SCIPY[estimator](a, b)]), reps=300, method="percentile"
    ).ravel()
    assert ours.value == pytest.approx(SCIPY[estimator](x, y), abs=1e-12)
    assert (ours.lower, ours.upper) == pytest.approx((lower, upper), abs=1e-12)


@EACH
@BOTH
@pytest.mark.parametrize("block_size", [1.0, 4.5])
def test_each_draw_equals_scipy_on_the_resampled_rows(
    estimator: Estimator,
    *,
    ties: bool,
    block_size: float,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The kernels never form a resample, yet give what scipy gives on it, ties included."""
    x, y = _pair(63, ties=ties)
    blocks = stationary_blocks(63, 60, block_size=block_size, rng=np.random.default_rng(9))
    _feed(monkeypatch, blocks)
    draws = replications_of(estimator)(x, y, 60, block_size=block_size, rng=np.random.default_rng(9))
    expected = [SCIPY[estimator](x[rows], y[rows]) for rows in block_indices(blocks).T]
    np.testing.assert_allclose(draws, expected, rtol=0, atol=1e-12)


def replications_of(estimator: Estimator) -> Callable[..., np.ndarray]:
    """Return the kernel of an estimator."""
    return {
        "pearson": replications.pearson_replications,
        "spearman": replications.spearman_replications,
        "kendall": replications.kendall_replications,
    }[estimator]


@pytest.mark.parametrize("block_size", [1, 2, 8])
def test_draws_have_the_distribution_of_arch(block_size: int) -> None:
    """With their own random numbers, our draws and arch's pass a two-sample Kolmogorov-Smirnov test."""
    x, y = _pair(252)
    ours = bootstrap_correlation(x, y, reps=3000, rng=np.random.default_rng(2), block_size=float(block_size))
    theirs = StationaryBootstrap(block_size, x, y, seed=4).apply(lambda a, b: np.corrcoef(a, b)[0, 1], 3000).ravel()
    assert scipy.stats.ks_2samp(ours.draws, theirs).pvalue > 0.01


@EACH
def test_point_estimates_equal_scipy(estimator: Estimator) -> None:
    """The value beside the interval is scipy's."""
    for ties in (False, True):
        x, y = _pair(200, ties=ties)
        assert ESTIMATES[estimator](x, y) == pytest.approx(SCIPY[estimator](x, y), abs=1e-12)


def test_agrees_with_fisher_on_independent_normal_pairs() -> None:
    """On i.i.d. data both ends are within 0.02 of Fisher's, a third of a standard error at n = 1,000."""
    rng = np.random.default_rng(5)
    x = rng.standard_normal(1000)
    y = 0.5 * x + rng.standard_normal(1000)
    ours = bootstrap_correlation(x, y, rng=rng, block_size=1.0)
    lower, upper = fisher_interval(ours.value, 1000)
    assert (ours.lower, ours.upper) == pytest.approx((float(lower), float(upper)), abs=0.02)


def test_block_size_is_arch_and_at_least_one() -> None:
    """Politis & White of the product of standardised returns, as arch computes it, raised to 1; constant series: 1."""
    x, y = _pair(400)
    product = (x - x.mean()) / x.std() * (y - y.mean()) / y.std()
    walk = np.cumsum(x)
    assert optimal_block_size(walk) == optimal_block_length(walk)["stationary"].iloc[0] > 1
    assert product_block_size(x, y) == pytest.approx(max(1.0, optimal_block_length(product)["stationary"].iloc[0]))
    alternating = np.tile([1.0, -1.0], 100) + 0.001 * np.random.default_rng(0).standard_normal(200)
    assert optimal_block_size(np.random.default_rng(8).standard_normal(30)) >= 1.0
    assert optimal_block_size(alternating) >= 1.0
    assert optimal_block_size(np.ones(50)) == 1.0


@pytest.mark.parametrize("block_size", [1.0, 1.4, 6.0, 1000.0])
def test_sums_block_by_block_are_those_of_whole_resamples(block_size: float) -> None:
    """Sums of one-hot columns are weights: whole numbers, distributed as those of whole resamples."""
    nobs, reps = 40, 20_000
    draws = moment_replications(np.eye(nobs), reps, block_size=block_size, rng=np.random.default_rng(1))
    # The covariance of one-hot columns holds w_i / n - (w_i / n)^2 on its diagonal and -w_i w_j / n^2 beside it.
    shares = (1 - np.sqrt(1 - 4 * np.clip(draws[:, [0], [0]], 0, 0.25))) / 2
    products = -(nobs**2) * draws[:, [0, 0], [1, 20]]
    blocks = stationary_blocks(nobs, reps, block_size=block_size, rng=np.random.default_rng(2))
    weights = block_weights(blocks)
    assert np.round(products) == pytest.approx(products, abs=1e-9)
    for ours, theirs in (
        (np.round(nobs * shares[:, 0]), np.minimum(weights[0], nobs - weights[0])),
        (np.round(products[:, 0]), weights[0] * weights[1]),
        (np.round(products[:, 1]), weights[0] * weights[20]),
    ):
        values = np.unique([ours, theirs])
        counts = np.array([[np.count_nonzero(sample == value) for value in values] for sample in (ours, theirs)])
        common = counts.sum(axis=0) > 20
        table = np.column_stack([counts[:, common], counts[:, ~common].sum(axis=1) + 1])
        assert scipy.stats.chi2_contingency(table).pvalue > 0.001


def test_joint_bootstrap_of_a_correlation_is_the_plain_one() -> None:
    """Same generator, same block length: the matrix form gives the same draws for its first pair."""
    x, y = _pair(252)
    plain = bootstrap_correlation(x, y, reps=500, rng=np.random.default_rng(1))
    joint = bootstrap_statistics(
        np.column_stack([x, y]), lambda matrices: matrices[:, 0, 1], reps=500, rng=np.random.default_rng(1)
    )
    np.testing.assert_allclose(joint.draws, plain.draws, rtol=0, atol=1e-12)
    assert joint.value == pytest.approx(plain.value, abs=1e-12)


def _moments(columns: np.ndarray, moments: str) -> np.ndarray:
    return np.asarray(np.corrcoef(columns.T) if moments == "correlation" else np.cov(columns.T, ddof=0))


@pytest.mark.parametrize("moments", ["correlation", "covariance"])
def test_joint_moments_equal_numpy_on_the_rows(
    moments: Literal["correlation", "covariance"], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every matrix handed to the statistic is numpy's on the resampled rows, in the columns' own units."""
    blocks = stationary_blocks(80, 40, block_size=3.0, rng=np.random.default_rng(6))
    _feed(monkeypatch, blocks)
    columns = np.random.default_rng(3).standard_normal((80, 4)) @ np.diag([1.0, 100.0, 0.01, 3.0]) + 7.0
    seen = []

    def statistic(matrices: np.ndarray) -> np.ndarray:
        seen.append(matrices)
        return matrices[:, 0, 1]

    bootstrap_statistics(columns, statistic, reps=40, rng=np.random.default_rng(6), block_size=3.0, moments=moments)
    expected = np.stack([_moments(columns[rows], moments) for rows in block_indices(blocks).T])
    np.testing.assert_allclose(seen[0], _moments(columns, moments)[None], rtol=1e-10)
    np.testing.assert_allclose(seen[1], expected, rtol=1e-9, atol=1e-12)


def test_joint_bootstrap_of_a_difference_agrees_with_zou() -> None:
    """On normal data the interval of r_ab - r_ac is within 0.02 of Zou's, about a third of a standard error."""
    rng = np.random.default_rng(12)
    common = rng.standard_normal(1500)
    columns = common[:, None] + rng.standard_normal((1500, 3)) * [1.0, 0.7, 1.2]
    ours = bootstrap_statistics(columns, lambda m: m[:, 0, 1] - m[:, 0, 2], rng=rng, block_size=1.0)
    r = np.asarray(np.corrcoef(columns.T))
    assert (ours.lower, ours.upper) == pytest.approx(zou_interval(r[0, 1], r[0, 2], r[1, 2], 1500), abs=0.02)


def test_joint_bootstrap_of_a_partial_correlation_agrees_with_fisher() -> None:
    """On normal data the interval of a partial correlation is within 0.02 of Fisher's with one control."""
    rng = np.random.default_rng(13)
    market = rng.standard_normal(1500)
    columns = np.column_stack([market + rng.standard_normal(1500), market + rng.standard_normal(1500), market])
    ours = bootstrap_statistics(columns, partial_from_matrix, rng=rng, block_size=1.0)
    lower, upper = fisher_interval(partial_corr(columns), 1500, controls=1)
    assert ours.value == pytest.approx(partial_corr(columns), abs=1e-12)
    assert (ours.lower, ours.upper) == pytest.approx((float(lower), float(upper)), abs=0.02)


def test_same_generator_same_interval() -> None:
    """One seed gives one answer, whatever ran before it."""
    x, y = _pair(126)
    first, second = (bootstrap_correlation(x, y, rng=np.random.default_rng(7), reps=999) for _ in range(2))
    assert first == second
    assert (first.draws == second.draws).all()


@EACH
@given(shift=st.floats(-100, 100), scale=st.floats(0.01, 100), flip=st.booleans(), seed=st.integers(0, 1000))
def test_invariances(estimator: Estimator, *, shift: float, scale: float, flip: bool, seed: int) -> None:
    """Exchanging the series changes nothing, nor do shift and scale; a minus sign mirrors the interval."""
    x, y = _pair(40, seed)

    def interval(a: np.ndarray, b: np.ndarray) -> np.ndarray:
        result = bootstrap_correlation(a, b, estimator=estimator, reps=99, rng=np.random.default_rng(0), block_size=2.0)
        assert -1 <= result.lower <= result.upper <= 1
        return np.array([result.lower, result.value, result.upper])

    plain = interval(x, y)
    np.testing.assert_allclose(interval(y, x), plain, rtol=0, atol=1e-12)
    sign = -1.0 if flip else 1.0
    moved = interval(sign * scale * np.round(x, 6) + shift, y)
    still = interval(np.round(x, 6), y)
    np.testing.assert_allclose(moved, -still[::-1] if flip else still, rtol=0, atol=1e-9)


@EACH
def test_degenerate_resamples_are_left_out(estimator: Estimator) -> None:
    """A resample of equal values has no correlation; it is dropped and the number of replications says so."""
    x, y = np.array([1.0, 0, 0, 0, 0]), np.array([1.0, 0, 0, 2, 0])
    result = bootstrap_correlation(x, y, estimator=estimator, reps=400, rng=np.random.default_rng(0), block_size=1.0)
    assert 200 < result.reps < 400
    assert result.draws.shape == (result.reps,)
    assert np.isfinite(result.draws).all()


def test_impossible_input_is_refused() -> None:
    """Constant, short, unequal and unfinished series are errors that say so."""
    rng = np.random.default_rng(0)
    x = rng.standard_normal(10)
    with pytest.raises(ValueError, match="a constant series has no correlation"):
        bootstrap_correlation(x, np.ones(10), rng=rng)
    with pytest.raises(ValueError, match="nobs = 2: a correlation needs at least 3"):
        bootstrap_correlation(x[:2], x[:2], rng=rng)
    with pytest.raises(ValueError, match="of equal length"):
        bootstrap_correlation(x, x[:5], rng=rng)
    with pytest.raises(ValueError, match="series 1: not finite"):
        bootstrap_correlation(x, np.where(x > 1, np.nan, x) * np.inf, rng=rng)
    with pytest.raises(ValueError, match="exists on no resample"):
        bootstrap_statistics(np.column_stack([x, x**2]), lambda m: np.full(len(m), np.nan), rng=rng, reps=20)


def test_inputs_are_left_alone() -> None:
    """No function changes the arrays it is given."""
    x, y = _pair(60)
    before = x.copy(), y.copy()
    for estimator in SCIPY:
        bootstrap_correlation(x, y, estimator=estimator, reps=20, rng=np.random.default_rng(0))
    assert (x == before[0]).all()
    assert (y == before[1]).all()


def test_import_is_light() -> None:
    """The module needs NumPy alone when it is imported; the heavy libraries come with the first call."""
    source = (Path(__file__).parents[2] / "generator/stats/bootstrap.py").read_text(encoding="utf-8")
    head = source.split("class Interval", 1)[0]
    assert "arch" not in head
    assert "scipy" not in head
