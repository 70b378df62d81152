"""The specification curve: one correlation for every defensible way to measure it."""

from __future__ import annotations

import hashlib
import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from generator.stats.correlation import corr, fisher_interval, kendall_tau, normal_quantile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import date

    from numpy.typing import NDArray

Kind = Literal["returns", "levels"]

COLUMNS = (
    "kind",
    "estimator",
    "frequency",
    "window_obs",
    "start",
    "proxy",
    "alignment",
    "treatment",
    "value",
    "lower",
    "upper",
    "nobs",
    "first",
    "last",
)
SMALLEST_SAMPLE = 12
"""Fewer observations than a year of months are not a specification anybody would defend."""
LATEST_START_DAYS = 35
"""A monthly sample from the first of a month has its first return a month later; later still, it starts elsewhere."""
MAD_TO_DEVIATION = 1.4826
"""Median absolute deviation of a normal, inverted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PairColumns:
    """The two assets of a pair, aligned, at one frequency, with one proxy and one alignment.

    Parameters
    ----------
    dates : ndarray of datetime64[D], shape (n,)
        Increasing; the later session of each return.
    returns : ndarray of float64, shape (n, 2)
        Log returns that end on those dates, finite.
    prices : ndarray of float64, shape (n, 2)
        Prices on those dates, positive.
    """

    dates: NDArray[np.datetime64]
    returns: NDArray[np.float64]
    prices: NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecificationGrid:
    """The choices; every combination is a specification.

    Parameters
    ----------
    estimators : tuple of str
        Among ``pearson``, ``spearman``, ``kendall``.
    proxies, alignments : tuple of str
        Names used as keys of the data.
    windows : mapping of str to tuple of int
        For each frequency, the numbers of latest observations.
    starts : mapping of str to tuple of date
        For each frequency, the first dates of samples that run to the end.
    outliers : tuple of str
        For returns, among `OUTLIER_RULES`; the plainest first.
    scales : tuple of str
        For levels, among `SCALES`; the plainest first.
    """

    estimators: tuple[str, ...]
    proxies: tuple[str, ...]
    alignments: tuple[str, ...]
    windows: Mapping[str, tuple[int, ...]]
    starts: Mapping[str, tuple[date, ...]]
    outliers: tuple[str, ...]
    scales: tuple[str, ...]

    def samples(self) -> Iterator[tuple[str, int | None, date | None]]:
        """Yield (frequency, window_obs, start): a window, or a start, never both, as one would undo the other."""
        for frequency, windows in self.windows.items():
            yield from ((frequency, window, None) for window in windows)
        for frequency, starts in self.starts.items():
            yield from ((frequency, None, start) for start in starts)


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecificationCurve:
    """The estimates, and what became of the specifications that have none.

    Parameters
    ----------
    table : DataFrame
        One row per specification, columns `COLUMNS`, sorted by kind (returns first) and value. `window_obs` is 0 and
        `start` empty where not used; `lower` and `upper` are NaN for levels, to which no textbook interval applies.
    planned : int
        Specifications in the grid.
    absent : int
        Those whose source lacks a part.
    short : int
        Those with too few observations, or a constant series.
    duplicate : int
        Those that use the same numbers as one before them: a rule that caught nothing, ranks of logarithms.
    """

    table: pd.DataFrame
    planned: int
    absent: int
    short: int
    duplicate: int


def specification_curve(
    data: Mapping[tuple[str, str, str], PairColumns], grid: SpecificationGrid
) -> SpecificationCurve:
    """Return the correlation under every specification of the grid.

    Intervals are Fisher's z with the variance of each estimator: 1/(n - 3) for Pearson, (1 + r^2/2)/(n - 3) for
    Spearman (Bonett & Wright 2000), 0.437/(n - 4) for Kendall (Fieller, Hartley & Pearson 1957). They take the pairs as
    independent, so they are meant for comparing specifications, not for judging one.

    Parameters
    ----------
    data : mapping of (proxy, alignment, frequency) to PairColumns
        What the sources give; a missing key is an absent part.
    grid : SpecificationGrid
        The choices.

    Returns
    -------
    SpecificationCurve
        See there.

    References
    ----------
    Simonsohn, U., Simmons, J. P. & Nelson, L. D. (2020). Specification curve analysis. *Nature Human Behaviour* 4,
    1208-1214. doi:10.1038/s41562-020-0912-z

    Bonett, D. G. & Wright, T. A. (2000). Sample size requirements for estimating Pearson, Kendall and Spearman
    correlations. *Psychometrika* 65(1), 23-28. doi:10.1007/BF02294183
    """
    rows: list[tuple[object, ...]] = []
    seen: set[tuple[str, str, str, str, bytes]] = set()
    absent = short = duplicate = 0
    treatments: list[tuple[Kind, str]] = [("returns", rule) for rule in grid.outliers]
    treatments += [("levels", scale) for scale in grid.scales]
    per_sample = len(grid.estimators) * len(treatments)
    places = list(itertools.product(grid.samples(), grid.proxies, grid.alignments))
    for (frequency, window_obs, start), proxy, alignment in places:
        columns = data.get((proxy, alignment, frequency))
        if columns is None:
            absent += per_sample
            continue
        cut = _cut(columns, window_obs, start)
        if cut is None:
            short += per_sample
            continue
        for kind, treatment in treatments:
            pair = OUTLIER_RULES[treatment](cut.returns) if kind == "returns" else SCALES[treatment](cut.prices)
            if pair.shape[0] < SMALLEST_SAMPLE or not (np.ptp(pair, axis=0) > 0).all():
                short += len(grid.estimators)
                continue
            ranks = _ranks(pair)
            for estimator in grid.estimators:
                used = pair if estimator == "pearson" else ranks
                key = (kind, estimator, proxy, alignment, hashlib.sha256(used.tobytes()).digest())
                if key in seen:
                    duplicate += 1
                    continue
                seen.add(key)
                value = kendall_tau(used[:, 0], used[:, 1]) if estimator == "kendall" else corr(used[:, 0], used[:, 1])
                choices = (kind, estimator, frequency, window_obs or 0, "" if start is None else start.isoformat())
                result = (value, np.nan, np.nan, pair.shape[0], cut.dates[0], cut.dates[-1])
                rows.append((*choices, proxy, alignment, treatment, *result))
    table = _with_intervals(pd.DataFrame(rows, columns=list(COLUMNS)))
    order = np.lexsort([np.arange(len(table)), table["value"].to_numpy(), (table["kind"] == "levels").to_numpy()])
    return SpecificationCurve(
        table=table.iloc[order].reset_index(drop=True),
        planned=len(places) * per_sample,
        absent=absent,
        short=short,
        duplicate=duplicate,
    )


def share_above(values: NDArray[np.float64], threshold: float) -> float:
    """Return the share of values at or above a threshold, NaN when there are none."""
    return float((values >= threshold).mean()) if values.size else float("nan")


def _cut(columns: PairColumns, window_obs: int | None, start: date | None) -> PairColumns | None:
    """Return the last `window_obs` rows, or the rows from `start`; None when the data does not reach back that far."""
    nobs = columns.dates.size
    if window_obs is not None:
        first = nobs - window_obs
    else:
        wanted = np.datetime64(start, "D")
        if nobs and columns.dates[0] > wanted + np.timedelta64(LATEST_START_DAYS, "D"):
            return None
        first = int(np.searchsorted(columns.dates, wanted))
    if first < 0 or nobs - first < SMALLEST_SAMPLE:
        return None
    return PairColumns(dates=columns.dates[first:], returns=columns.returns[first:], prices=columns.prices[first:])


def _ranks(pair: NDArray[np.float64]) -> NDArray[np.float64]:
    from scipy.stats import rankdata  # noqa: PLC0415 - scipy.stats takes most of a second to import

    return np.asarray(rankdata(pair, axis=0), dtype=np.float64)


def _with_intervals(table: pd.DataFrame) -> pd.DataFrame:
    """Return the table with Fisher's 95 % interval of every specification on returns."""
    value, nobs = table["value"].to_numpy(), table["nobs"].to_numpy()
    on_returns = (table["kind"] == "returns").to_numpy()
    quantile = normal_quantile(0.95)
    spreads = {
        "spearman": np.sqrt((1 + value**2 / 2) / (nobs - 3)),
        "kendall": np.sqrt(0.437 / (nobs - 4)),
    }
    lower, upper = fisher_interval(value, nobs)
    for estimator, spread in spreads.items():
        chosen = (table["estimator"] == estimator).to_numpy()
        centre = np.arctanh(np.clip(value, -1 + 1e-15, 1 - 1e-15))
        lower = np.where(chosen, np.tanh(centre - quantile * spread), lower)
        upper = np.where(chosen, np.tanh(centre + quantile * spread), upper)
    return table.assign(lower=np.where(on_returns, lower, np.nan), upper=np.where(on_returns, upper, np.nan))


def _winsorised(share: float) -> Callable[[NDArray[np.float64]], NDArray[np.float64]]:
    """Return the rule that pulls each series in to its own quantiles `share` and 1 - `share`."""

    def rule(pair: NDArray[np.float64]) -> NDArray[np.float64]:
        low, high = np.quantile(pair, [share, 1 - share], axis=0)
        return np.asarray(np.clip(pair, low, high))

    return rule


def _without_far(times: float) -> Callable[[NDArray[np.float64]], NDArray[np.float64]]:
    """Return the rule that drops pairs in which either return is `times` robust deviations from its median."""

    def rule(pair: NDArray[np.float64]) -> NDArray[np.float64]:
        centre = np.median(pair, axis=0)
        spread = MAD_TO_DEVIATION * np.median(np.abs(pair - centre), axis=0)
        return pair[(np.abs(pair - centre) <= times * spread).all(axis=1)]

    return rule


OUTLIER_RULES: dict[str, Callable[[NDArray[np.float64]], NDArray[np.float64]]] = {
    "none": lambda pair: pair,
    "winsorised 1 %": _winsorised(0.01),
    "winsorised 5 %": _winsorised(0.05),
    "dropped beyond 5 MAD": _without_far(5.0),
    "dropped beyond 3 MAD": _without_far(3.0),
}
"""What is done about extreme returns, by the name used in the configuration."""

SCALES: dict[str, Callable[[NDArray[np.float64]], NDArray[np.float64]]] = {
    "price": lambda pair: pair,
    "log price": np.log,
}
"""The scale on which price levels are correlated, by the name used in the configuration."""
