"""Bootstrap intervals for correlations, and for anything made of second moments."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import numpy as np

from generator.stats.correlation import corr, kendall_tau, rank_corr
from generator.stats.resampling import Blocks, block_weights, chunked, stationary_blocks

if TYPE_CHECKING:
    from numpy.typing import NDArray

Estimator = Literal["pearson", "spearman", "kendall"]
Statistic = Callable[["NDArray[np.float64]"], "NDArray[np.float64]"]

ESTIMATORS: dict[str, Callable[[NDArray[np.float64], NDArray[np.float64]], float]] = {
    "pearson": corr,
    "spearman": rank_corr,
    "kendall": kendall_tau,
}
SMALLEST_VARIANCE = 1e-10
"""Below this share of the sample's variance a resample counts as constant: its correlation does not exist."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """A point estimate with its bootstrap interval.

    Parameters
    ----------
    value : float
        Estimate on the sample itself.
    lower, upper : float
        Ends of the interval.
    level : float
        Coverage the interval claims.
    nobs : int
        Observations.
    reps : int
        Replications used; those on which the statistic does not exist are left out.
    block_size : float
        Mean block length in observations.
    draws : ndarray of float64, shape (reps,)
        The statistic on each resample.
    """

    value: float
    lower: float
    upper: float
    level: float
    nobs: int
    reps: int
    block_size: float
    draws: NDArray[np.float64] = field(repr=False, compare=False)


def optimal_block_size(x: NDArray[np.float64]) -> float:
    """Return the mean block length of the stationary bootstrap that suits `x`, at least 1.

    Automatic choice of Politis & White (2004), corrected by Patton, Politis & White (2009), as computed by
    `arch.bootstrap.optimal_block_length`. A constant series has no autocorrelation: the answer is 1.

    Parameters
    ----------
    x : ndarray of shape (n,)
        Series, finite.

    Returns
    -------
    float
        Observations.

    References
    ----------
    Politis & White (2004), doi:10.1081/ETC-120028836; Patton, Politis & White (2009), doi:10.1080/07474930802459016.
    """
    from arch.bootstrap import optimal_block_length  # noqa: PLC0415 - arch takes more than a second to import

    if np.ptp(x) == 0:
        return 1.0
    return max(1.0, float(optimal_block_length(x)["stationary"].iloc[0]))


def product_block_size(x: NDArray[np.float64], y: NDArray[np.float64]) -> float:
    """Return the block length for a correlation: that of the product of the two standardised series (METHODS 2)."""
    return optimal_block_size(_standardised(x) * _standardised(y))


def bootstrap_correlation(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    *,
    estimator: Estimator = "pearson",
    reps: int = 9999,
    rng: np.random.Generator,
    level: float = 0.95,
    block_size: float | None = None,
) -> Interval:
    """Return a correlation with its stationary-bootstrap percentile interval.

    Pairs are resampled together. Pearson needs five sums per resample, read off running sums at the ends of each block;
    Spearman and Kendall need only how often each pair was drawn, because midranks and sign sums follow from the weights.
    All three are exactly what the library would give on the resampled rows, ties included.

    Parameters
    ----------
    x, y : ndarray of shape (n,)
        Paired observations, finite.
    estimator : {"pearson", "spearman", "kendall"}
        Kendall is tau-b.
    reps : int
        Replications.
    rng : numpy.random.Generator
        Source of randomness.
    level : float
        Coverage.
    block_size : float, optional
        Mean block length; by default that of the product of the standardised series, at least 1.

    Returns
    -------
    Interval
        Correlation, in [-1, 1].
    """
    _check_pair(x, y)
    size = product_block_size(x, y) if block_size is None else block_size
    draw = {"pearson": _pearson_draws, "spearman": _spearman_draws, "kendall": _kendall_draws}[estimator]
    draws = draw(x, y, reps, size, rng)
    return _interval(ESTIMATORS[estimator](x, y), draws, level=level, nobs=x.size, block_size=size)


def bootstrap_statistics(
    columns: NDArray[np.float64],
    statistic: Statistic,
    *,
    reps: int = 9999,
    rng: np.random.Generator,
    level: float = 0.95,
    block_size: float | None = None,
    moments: Literal["correlation", "covariance"] = "correlation",
) -> Interval:
    """Return a statistic of the correlation (or covariance) matrix with its joint stationary-bootstrap interval.

    All columns are resampled together, so a difference or a partial correlation keeps the dependence of its parts.

    Parameters
    ----------
    columns : ndarray of shape (n, k)
        Observations, finite.
    statistic : callable
        Takes stacked matrices (m, k, k), returns (m,).
    reps, rng, level
        As in `bootstrap_correlation`.
    block_size : float, optional
        By default that of the product of the first two standardised columns.
    moments : {"correlation", "covariance"}
        What `statistic` receives; covariances have divisor n.

    Returns
    -------
    Interval
        In the unit of `statistic`.
    """
    size = product_block_size(columns[:, 0], columns[:, 1]) if block_size is None else block_size
    nobs = columns.shape[0]
    scale = columns.std(axis=0)
    standardised = (columns - columns.mean(axis=0)) / scale
    parts = []
    for count in chunked(reps, _blocks_expected(nobs, size) * 8):
        blocks = stationary_blocks(nobs, count, block_size=size, rng=rng)
        parts.append(_as_moments(block_covariances(standardised, blocks), scale, moments))
    sample = _as_moments((standardised.T @ standardised / nobs)[None], scale, moments)
    draws = statistic(np.concatenate(parts))
    return _interval(float(statistic(sample)[0]), draws, level=level, nobs=nobs, block_size=size)


def block_covariances(columns: NDArray[np.float64], blocks: Blocks) -> NDArray[np.float64]:
    """Return the covariance matrices (divisor n) of each resample, shape (reps, k, k), from running sums."""
    nobs, width = columns.shape
    first = blocks.starts
    after = first + blocks.lengths

    def total(values: NDArray[np.float64]) -> NDArray[np.float64]:
        running = np.concatenate([[0.0], np.cumsum(np.concatenate([values, values]))])
        sums: NDArray[np.float64] = (running.take(after, mode="clip") - running.take(first, mode="clip")).sum(axis=0)
        return sums / blocks.sample_obs

    del nobs
    means = [total(columns[:, i]) for i in range(width)]
    out = np.empty((first.shape[1], width, width))
    for i in range(width):
        for j in range(i + 1):
            out[:, i, j] = out[:, j, i] = total(columns[:, i] * columns[:, j]) - means[i] * means[j]
    return out


def _as_moments(covariances: NDArray[np.float64], scale: NDArray[np.float64], moments: str) -> NDArray[np.float64]:
    """Return correlation matrices, or covariances back in the columns' own units."""
    if moments == "covariance":
        return covariances * np.outer(scale, scale)
    variances = np.einsum("...ii->...i", covariances)
    deviations = np.sqrt(np.where(variances > SMALLEST_VARIANCE, variances, np.nan))
    out: NDArray[np.float64] = np.clip(covariances / (deviations[..., :, None] * deviations[..., None, :]), -1.0, 1.0)
    return out


def _pearson_draws(
    x: NDArray[np.float64], y: NDArray[np.float64], reps: int, block_size: float, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Return Pearson's correlation of each resample, shape (reps,)."""
    pair = np.column_stack([_standardised(x), _standardised(y)])
    out = []
    for count in chunked(reps, _blocks_expected(x.size, block_size) * 8):
        covariances = block_covariances(pair, stationary_blocks(x.size, count, block_size=block_size, rng=rng))
        out.append(_as_moments(covariances, np.ones(2), "correlation")[:, 0, 1])
    return np.concatenate(out)


def _spearman_draws(
    x: NDArray[np.float64], y: NDArray[np.float64], reps: int, block_size: float, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Return Spearman's correlation of each resample, re-ranked with ties at their mean rank, shape (reps,).

    Weights are counts, so twice the centred midranks are whole numbers and every sum below is exact.
    """
    out = []
    order_x, groups_x = _tie_groups(x)
    order_y, groups_y = _tie_groups(y)
    back_y = np.empty_like(order_y)
    back_y[order_y] = np.arange(y.size)
    to_x_order = back_y[order_x]
    cube = float(x.size) ** 3 - x.size
    for count in chunked(reps, x.size * 4):
        weights = block_weights(stationary_blocks(x.size, count, block_size=block_size, rng=rng))
        in_x_order = weights[order_x]
        ranks_x, ties_x = _weighted_ranks(in_x_order, groups_x)
        ranks_y, ties_y = _weighted_ranks(weights[order_y], groups_y)
        product = ranks_y[to_x_order]
        product *= ranks_x
        product *= in_x_order
        with np.errstate(invalid="ignore", divide="ignore"):
            out.append(3.0 * product.sum(axis=0) / np.sqrt((cube - ties_x) * (cube - ties_y)))
    return np.clip(np.concatenate(out), -1.0, 1.0)


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
    sizes = weights if groups is None else np.add.reduceat(weights, np.flatnonzero(np.diff(groups, prepend=-1)), axis=0)
    ends = np.cumsum(sizes, axis=0, dtype=np.int32)
    ranks = (2 * ends - sizes - ends[-1]).astype(np.float64)
    exact = sizes.astype(np.float64)
    ties = (exact * exact * exact).sum(axis=0) - exact.sum(axis=0)
    return (ranks if groups is None else ranks[groups]), ties


def _kendall_draws(
    x: NDArray[np.float64], y: NDArray[np.float64], reps: int, block_size: float, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Return Kendall's tau-b of each resample, shape (reps,).

    Concordant minus discordant pairs of a resample with counts w is w'Aw / 2 with A = sign(dx) sign(dy). A is symmetric,
    so only its lower block triangle is multiplied; the entries are -1, 0, 1 and the sums below 2^24, so single precision
    is exact.
    """
    nobs = x.size
    signs = (np.sign(x[:, None] - x) * np.sign(y[:, None] - y)).astype(np.float32)
    edges = np.linspace(0, nobs, min(8, nobs) + 1).astype(int)
    _, groups_x = _tie_groups(x)
    _, groups_y = _tie_groups(y)
    order_x, order_y = np.argsort(x, kind="stable"), np.argsort(y, kind="stable")
    out = []
    for count in chunked(reps, nobs):
        weights = block_weights(stationary_blocks(nobs, count, block_size=block_size, rng=rng))
        single = weights.astype(np.float32)
        concordance = np.zeros(count)
        for low, high in zip(edges[:-1], edges[1:], strict=True):
            partial = signs[low:high, low:high] @ single[low:high]
            partial *= 0.5
            if low:
                partial += signs[low:high, :low] @ single[:low]
            partial *= single[low:high]
            concordance += partial.sum(axis=0, dtype=np.float64)
        pairs = nobs * (nobs - 1) / 2
        free_x = pairs - _tied_pairs(weights[order_x] if groups_x is not None else weights, groups_x)
        free_y = pairs - _tied_pairs(weights[order_y] if groups_y is not None else weights, groups_y)
        with np.errstate(invalid="ignore", divide="ignore"):
            out.append(concordance / np.sqrt(free_x * free_y))
    return np.clip(np.concatenate(out), -1.0, 1.0)


def _tied_pairs(weights: NDArray[np.int32], groups: NDArray[np.int64] | None) -> NDArray[np.float64]:
    """Return the number of pairs with equal values in each resample, shape (reps,)."""
    sizes = weights if groups is None else np.add.reduceat(weights, np.flatnonzero(np.diff(groups, prepend=-1)), axis=0)
    exact = sizes.astype(np.float64)
    tied: NDArray[np.float64] = (exact * (exact - 1)).sum(axis=0) / 2
    return tied


def _tie_groups(x: NDArray[np.float64]) -> tuple[NDArray[np.int64], NDArray[np.int64] | None]:
    """Return the order of `x` and the number of the group of equal values of each place in it, None when all differ."""
    order = np.argsort(x, kind="stable")
    steps = np.diff(x[order]) > 0
    return order, None if steps.all() else np.concatenate([[0], np.cumsum(steps)])


def _interval(value: float, draws: NDArray[np.float64], *, level: float, nobs: int, block_size: float) -> Interval:
    """Return the percentile interval of the draws that exist."""
    usable = draws[np.isfinite(draws)]
    if not usable.size:
        raise ValueError("the statistic exists on no resample; is a column constant?")
    lower, upper = np.quantile(usable, [(1 - level) / 2, (1 + level) / 2])
    return Interval(
        value=value,
        lower=float(lower),
        upper=float(upper),
        level=level,
        nobs=nobs,
        reps=int(usable.size),
        block_size=block_size,
        draws=usable,
    )


def _blocks_expected(nobs: int, block_size: float) -> int:
    return int(nobs / block_size) + 1


def _standardised(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return (x - mean) / standard deviation (divisor n)."""
    deviation = float(x.std())
    if not deviation > 0:
        raise ValueError("a constant series has no correlation")
    return (x - x.mean()) / deviation


def _check_pair(x: NDArray[np.float64], y: NDArray[np.float64]) -> None:
    if x.ndim != 1 or x.shape != y.shape:
        raise ValueError(f"x and y must be one-dimensional and of equal length, got {x.shape} and {y.shape}")
    if x.size < 3:  # noqa: PLR2004 - two points always correlate at plus or minus one
        raise ValueError(f"nobs = {x.size}: a correlation needs at least 3 observations")
    if not (np.isfinite(x).all() and np.isfinite(y).all()):
        raise ValueError("x and y must be finite; select the common sessions first")
