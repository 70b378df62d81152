"""The pair among all pairs of assets: correlation matrix, rank, and both from year to year."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

import numpy as np

from generator.estimates import interval_estimate
from generator.findings import Estimate, Number, Unavailable
from generator.stats.bootstrap import bootstrap_correlation, product_block_size
from generator.stats.replications import correlations, moment_replications, standardised

if TYPE_CHECKING:
    from generator.panel import Sample
    from generator.report import Context
    from generator.stats.bootstrap import Interval
    from generator.stats.least_squares import FloatArray

WINDOW = 252
MOST_ASSETS = 14
FEWEST_OBS = 21
RANK_REPS = 999
"""Resamples behind the interval of a year's rank: whole numbers need no more."""
LATE_START_DAYS = 10
METHOD = "correlation"
# A rank is a whole number: the quantile is one of the ranks drawn.
WHOLE_PLACES: Final = "inverted_cdf"


@dataclass(frozen=True, slots=True, kw_only=True)
class Assets:
    """The assets of the matrix.

    Parameters
    ----------
    ids : tuple of str
        Series, the pair first, the market third.
    ranked : tuple of (int, int)
        Places of the pairs that are ranked: funds on an index that is there already are left out.
    left_out : tuple of (label, reason)
        Configured daily prices that are not in the matrix.
    """

    ids: tuple[str, ...]
    ranked: tuple[tuple[int, int], ...]
    left_out: tuple[tuple[str, str], ...]


def assets(context: Context) -> Assets:
    """Return which configured daily prices reach from the start of the sample to its end."""
    config, pair, panel = context.config, context.pair, context.panel
    prices = [key for key, series in config.series.items() if series.kind == "price" and series.frequency == "daily"]
    first = dict.fromkeys((pair.a, pair.b, pair.market, *config.compare.controls))
    order = [*first, *(key for key in prices if key not in first)]
    kept: list[str] = []
    left_out: list[tuple[str, str]] = []
    end = context.sample_ab().last if context.sample_ab().nobs else context.as_of
    for key in order:
        label = config.series[key].label
        if key not in panel:
            left_out.append((label, "this source has no data"))
        elif panel.last_date(key) < end:
            left_out.append((label, f"ends {panel.last_date(key)}"))
        elif (begins := panel.values(key).index[0].date()) > context.start + timedelta(days=LATE_START_DAYS):
            left_out.append((label, f"begins {begins}"))
        elif len(kept) == MOST_ASSETS:
            left_out.append((label, f"the matrix holds {MOST_ASSETS} assets"))
        elif np.ptp(panel.values(key).to_numpy()[-FEWEST_OBS:]) == 0:
            left_out.append((label, "does not move"))
        else:
            kept.append(key)
    # The matrix stands in the order of the configuration, after the pair itself.
    ids = tuple(kept[:2]) + tuple(key for key in prices if key in kept[2:])
    copies = set() if config.specifications is None else set(itertools.chain(*config.specifications.proxies.values()))
    copies -= {pair.a, pair.b}
    unique = [i for i, key in enumerate(ids) if key not in copies]
    return Assets(ids=ids, ranked=tuple(itertools.combinations(unique, 2)), left_out=tuple(left_out))


def cell_id(one: str, other: str) -> str:
    """Return the id of one cell, the same whichever asset comes first."""
    return f"matrix.{'.'.join(sorted((one, other)))}.{WINDOW}"


def matrix_numbers(context: Context, chosen: Assets) -> dict[str, Number]:
    """Return every cell with its interval and p-value, and the rank of the pair, all from the same resamples."""
    cells = {
        (i, j): cell_id(chosen.ids[i], chosen.ids[j]) for i, j in itertools.combinations(range(len(chosen.ids)), 2)
    }
    ranks = (f"matrix.rank.{WINDOW}", f"matrix.pairs.{WINDOW}")
    sample = None if not _holds_pair(context, chosen) else context.panel.sample(chosen.ids, context.start).tail(WINDOW)
    if sample is None:
        why = Unavailable(reason=f"fewer than {WINDOW} sessions on which all assets have a price")
        return dict.fromkeys((*cells.values(), *ranks), why)
    columns = sample.changes.to_numpy(dtype=np.float64)
    if not np.ptp(columns, axis=0).all():
        return dict.fromkeys((*cells.values(), *ranks), Unavailable(reason="a series does not change in this window"))
    size = product_block_size(columns[:, 0], columns[:, 1])
    value, draws = _resampled(columns, context.reps, size, context.rng(f"matrix.{WINDOW}"))
    numbers: dict[str, Number] = {}
    for (i, j), number_id in cells.items():
        estimate = _estimate(float(value[i, j]), draws[:, i, j], sample, context.level)
        numbers[number_id] = replace(estimate, pvalue=_pvalue(float(value[i, j]), draws[:, i, j]))
    numbers[ranks[0]] = _rank(value, draws, chosen, sample, context.level)
    numbers[ranks[1]] = Estimate(
        value=float(len(chosen.ranked)),
        nobs=sample.nobs,
        unit="count",
        method=METHOD,
        first=sample.first,
        last=sample.last,
    )
    return numbers


def _holds_pair(context: Context, chosen: Assets) -> bool:
    return chosen.ids[:2] == (context.pair.a, context.pair.b)


def _resampled(
    columns: FloatArray, reps: int, block_size: float, rng: np.random.Generator
) -> tuple[FloatArray, FloatArray]:
    """Return the correlation matrix and its stationary-bootstrap replications, shapes (k, k) and (reps, k, k)."""
    scaled = np.column_stack([standardised(column) for column in columns.T])
    value = correlations((scaled.T @ scaled / len(scaled))[None])[0]
    return value, correlations(moment_replications(scaled, reps, block_size=block_size, rng=rng))


def _estimate(value: float, draws: FloatArray, sample: Sample, level: float) -> Estimate:
    usable = draws[np.isfinite(draws)]
    lower, upper = np.quantile(usable, [(1 - level) / 2, (1 + level) / 2])
    return Estimate(
        value=value,
        lower=float(lower),
        upper=float(upper),
        level=level,
        nobs=sample.nobs,
        unit="correlation",
        method=METHOD,
        first=sample.first,
        last=sample.last,
    )


def _pvalue(value: float, draws: FloatArray) -> float:
    """Return the two-sided p-value of no correlation: Fisher's z over its bootstrap standard error."""
    from scipy.special import ndtr  # noqa: PLC0415 - kept out of the import of this module

    spread = float(np.nanstd(np.arctanh(np.clip(draws, -1 + 1e-12, 1 - 1e-12))))
    score = abs(float(np.arctanh(np.clip(value, -1 + 1e-12, 1 - 1e-12)))) / spread if spread > 0 else np.inf
    return float(2 * ndtr(-score))


def _places(matrices: FloatArray, chosen: Assets) -> FloatArray:
    """Return the place of the pair among the ranked pairs by absolute correlation, 1 for the closest, shape (m,)."""
    ones, others = (list(part) for part in zip(*chosen.ranked, strict=True))
    sizes = np.abs(matrices[:, ones, others])
    own = np.abs(matrices[:, 0, 1])
    return np.asarray(1.0 + (sizes > own[:, None]).sum(axis=1), dtype=np.float64)


def _rank(value: FloatArray, draws: FloatArray, chosen: Assets, sample: Sample, level: float) -> Number:
    """Return the place of the pair with the spread of its places over the resamples."""
    place = float(_places(value[None], chosen)[0])
    ends = [(1 - level) / 2, (1 + level) / 2]
    lower, upper = np.quantile(_places(draws, chosen), ends, method=WHOLE_PLACES)
    return Estimate(
        value=place,
        lower=min(float(lower), place),
        upper=max(float(upper), place),
        level=level,
        nobs=sample.nobs,
        unit="count",
        method=METHOD,
        first=sample.first,
        last=sample.last,
    )


def years(context: Context) -> tuple[int, ...]:
    """Return the calendar years of the sample, the one in progress too."""
    return tuple(range(context.start.year, context.as_of.year + 1))


def yearly_numbers(context: Context, chosen: Assets) -> dict[str, Number]:
    """Return the pair's correlation and its rank in every calendar year."""
    numbers: dict[str, Number] = {}
    own = context.sample_ab()
    every = context.panel.sample(chosen.ids, context.start) if _holds_pair(context, chosen) else None
    for year in years(context):
        numbers[f"yearly.correlation.{year}"] = _year(context, own, year)
        rank_id = f"yearly.rank.{year}"
        part = None if every is None else _of_year(every, year)
        if part is None or not np.ptp(part.changes.to_numpy(), axis=0).all():
            numbers[rank_id] = Unavailable(reason=f"fewer than {FEWEST_OBS} sessions with a price of all assets")
            continue
        columns = part.changes.to_numpy(dtype=np.float64)
        size = product_block_size(columns[:, 0], columns[:, 1])
        value, draws = _resampled(columns, min(RANK_REPS, context.reps), size, context.rng(rank_id))
        numbers[rank_id] = _rank(value, draws, chosen, part, context.level)
    return numbers


def _of_year(sample: Sample, year: int) -> Sample | None:
    """Return the changes of one calendar year, or None when there are too few."""
    changes = sample.changes.loc[str(date(year, 1, 1)) : str(date(year, 12, 31))]
    return replace(sample, changes=changes) if len(changes) >= FEWEST_OBS else None


def _year(context: Context, sample: Sample, year: int) -> Number:
    part = _of_year(sample, year)
    if part is None:
        return Unavailable(reason=f"fewer than {FEWEST_OBS} sessions")
    columns = part.changes.to_numpy(dtype=np.float64)
    if not np.ptp(columns, axis=0).all():
        return Unavailable(reason="a series does not change in this year")
    found: Interval = bootstrap_correlation(
        columns[:, 0],
        columns[:, 1],
        reps=context.reps,
        rng=context.rng(f"yearly.correlation.{year}"),
        level=context.level,
    )
    estimate = interval_estimate(found, part, method=METHOD, unit="correlation")
    return replace(estimate, pvalue=_pvalue(found.value, found.draws))
