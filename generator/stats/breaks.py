"""When a correlation changed, and how surely the date is known."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from generator.stats.bootstrap import product_block_size
from generator.stats.constancy import ConstancyTest, constancy_test, running_deviation
from generator.stats.correlation import corr
from generator.stats.resampling import block_indices, stationary_blocks

if TYPE_CHECKING:
    from numpy.typing import NDArray

LARGEST_ROUNDS = 20
"""Rounds of placing breaks again; two sets of places can alternate for ever."""
STEPS = 60
"""Places tried for the end of an interval, over the whole segment."""
SMALLEST_SEGMENT = 63
"""Observations a segment needs before it is tested: a quarter of sessions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Break:
    """One change of the correlation, with an interval for its place.

    Parameters
    ----------
    index, lower, upper : int
        Last observation before the change, and the ends of its interval.
    level : float
        Coverage the interval claims.
    stat, pvalue : float
        Of the test that found it, on its segment.
    corr_before, corr_after : float
        Correlation in the segments on either side.
    """

    index: int
    lower: int
    upper: int
    level: float
    stat: float
    pvalue: float
    corr_before: float
    corr_after: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Breaks:
    """All changes found, and how often was looked.

    Parameters
    ----------
    breaks : tuple of Break
        In order of time.
    looks : int
        Tests run on the way.
    alpha : float
        Level of the whole procedure.
    """

    breaks: tuple[Break, ...]
    looks: int
    alpha: float


def correlation_breaks(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    *,
    rng: np.random.Generator,
    alpha: float = 0.05,
    reps: int = 199,
    level: float = 0.95,
) -> Breaks:
    """Return the changes of a correlation, found by testing, splitting at the maximum, and testing again.

    After k breaks the next test is held to 1 - (1 - alpha)^(1 / (k + 1)), so that the whole search keeps its level;
    then each break is placed again between its neighbours and kept only if the test there still rejects. Segments
    shorter than 63 observations are not tested.

    Parameters
    ----------
    x, y : ndarray of shape (n,)
        Paired observations, finite.
    rng : numpy.random.Generator
        For the intervals.
    alpha : float
        Level of the search.
    reps : int
        Samples behind each step of an interval.
    level : float
        Coverage of each interval.

    Returns
    -------
    Breaks
        See there.

    References
    ----------
    Galeano, P. & Wied, D. (2014). Multiple break detection in the correlation structure of random variables.
    *Computational Statistics & Data Analysis* 76, 262-282. doi:10.1016/j.csda.2013.02.031
    """
    cuts, split_looks = _split(x, y, alpha)
    tests, refine_looks = _refined(x, y, cuts, _bar(alpha, max(0, len(cuts) - 1)))
    found = []
    for start, cut, end in _segments(sorted(tests), x.size):
        lower, upper = break_interval(x[start:end], y[start:end], cut - start, rng=rng, reps=reps, level=level)
        found.append(
            Break(
                index=cut,
                lower=start + lower,
                upper=start + upper,
                level=level,
                stat=tests[cut].stat,
                pvalue=tests[cut].pvalue,
                corr_before=corr(x[start : cut + 1], y[start : cut + 1]),
                corr_after=corr(x[cut + 1 : end], y[cut + 1 : end]),
            )
        )
    return Breaks(breaks=tuple(found), looks=split_looks + refine_looks, alpha=alpha)


def break_interval(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    index: int,
    *,
    rng: np.random.Generator,
    reps: int = 199,
    level: float = 0.95,
) -> tuple[int, int]:
    """Return the grid-bootstrap interval of a break's place within a sample that holds one break.

    Step by step away from the estimate, each place is tried as the true one: samples with the break there are drawn
    (stationary bootstrap within each of the two estimated regimes), the place is estimated on each, and the walk stops
    where the estimate at hand would be too far off to one side. Trying true places, instead of adding errors to the
    estimate, is what makes the interval hold when the break is not in the middle and its estimate is drawn there. The
    ends are exact to a step of n / 60.

    Parameters
    ----------
    x, y : ndarray of shape (n,)
        The segment around the break.
    index : int
        Last observation before the break, 2 <= index <= n - 4.
    rng : numpy.random.Generator
        Source of randomness.
    reps : int
        Samples for each place tried.
    level : float
        Coverage.

    Returns
    -------
    lower, upper : int
        Within [0, n - 2].

    References
    ----------
    Hansen, B. E. (1999). The grid bootstrap and the autoregressive model. *Review of Economics and Statistics* 81(4),
    594-607. doi:10.1162/003465399558463
    """
    before, after = (x[: index + 1], y[: index + 1]), (x[index + 1 :], y[index + 1 :])
    size_before, size_after = product_block_size(*before), product_block_size(*after)

    def drawn(pool: int, count: int, size: float) -> NDArray[np.int64]:
        return block_indices(stationary_blocks(pool, reps, block_size=size, rng=rng, sample_obs=count))

    def too_far(place: int) -> bool:
        early = drawn(index + 1, place + 1, size_before)
        late = drawn(x.size - index - 1, x.size - place - 1, size_after) + index + 1
        rows = np.concatenate([early, late])
        estimates = np.abs(running_deviation(x[rows], y[rows])).argmax(axis=0)
        reached = estimates >= index if place < index else estimates <= index
        return float(reached.mean()) <= (1 - level) / 2

    step = max(1, x.size // STEPS)
    lower = upper = index
    while lower > 0:
        lower = max(0, lower - step)
        if too_far(lower):
            break
    while upper < x.size - 2:
        upper = min(x.size - 2, upper + step)
        if too_far(upper):
            break
    return lower, upper


def _split(x: NDArray[np.float64], y: NDArray[np.float64], alpha: float) -> tuple[list[int], int]:
    """Return the places found by binary segmentation, in order, and the number of tests run."""
    cuts: list[int] = []
    results: dict[tuple[int, int], ConstancyTest] = {}
    while True:
        edges = [0, *(cut + 1 for cut in cuts), x.size]
        open_segments = [(low, high) for low, high in itertools.pairwise(edges) if high - low >= SMALLEST_SEGMENT]
        for low, high in open_segments:
            if (low, high) not in results:
                results[low, high] = constancy_test(x[low:high], y[low:high])
        hits = [key for key in open_segments if results[key].pvalue < _bar(alpha, len(cuts))]
        if not hits:
            return cuts, len(results)
        best = min(hits, key=lambda key: (results[key].pvalue, -results[key].stat))
        cuts = sorted([*cuts, best[0] + results[best].index])


def _refined(
    x: NDArray[np.float64], y: NDArray[np.float64], cuts: list[int], bar: float
) -> tuple[dict[int, ConstancyTest], int]:
    """Return the breaks placed again between their neighbours, those that still reject, and the number of tests run."""
    tests: dict[int, ConstancyTest] = {}
    looks = 0
    for _ in range(LARGEST_ROUNDS):
        tests = {}
        for start, _cut, end in _segments(cuts, x.size):
            test = constancy_test(x[start:end], y[start:end])
            looks += 1
            if test.pvalue < bar:
                tests[start + test.index] = test
        if sorted(tests) == cuts:
            break
        cuts = sorted(tests)
    return tests, looks


def _segments(cuts: list[int], nobs: int) -> list[tuple[int, int, int]]:
    """Return for each break the start of the segment before it, itself, and the end of the segment after it."""
    edges = [0, *(cut + 1 for cut in cuts), nobs]
    return [(edges[place], cut, edges[place + 2]) for place, cut in enumerate(cuts)]


def _bar(alpha: float, found: int) -> float:
    """Return the level of one test once `found` breaks are known."""
    return float(1.0 - (1.0 - alpha) ** (1.0 / (found + 1)))
