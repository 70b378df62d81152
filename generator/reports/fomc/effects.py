"""Whether a Fed day is different: abnormal returns of all, dovish and hawkish meetings, and the variance."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from generator.findings import Estimate, Number, Unavailable
from generator.formatting import pvalue
from generator.reports.fomc.bench import stocks_of
from generator.reports.fomc.responses import series_of
from generator.reports.fomc.study import FEWEST, METHOD, ROLES, YIELD, Around, Span, around
from generator.stats.event_study import abnormal_returns
from generator.stats.event_tests import brown_forsythe, corrado_rank, standardised_cross_sectional
from generator.stats.least_squares import t_critical
from generator.stats.variance_ratio import variance_ratio

if TYPE_CHECKING:
    from collections.abc import Sequence

    from generator.fomc import Meeting
    from generator.report import Context
    from generator.reports.fomc.study import Measures
    from generator.stats.event_study import Model
    from generator.stats.least_squares import FloatArray

KINDS = {"all": "all meetings", "dovish": "the yield fell", "hawkish": "the yield rose"}
MODELS: dict[str, Model] = {"mean": "mean", "market": "market_adjusted"}
DRIFT_GONE = date(2016, 1, 1)
"""From here on others found no drift of stocks before decisions any more."""
MODEL_WORDS = {"mean": "its own mean", "market": "the market"}


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectRow:
    """One row: which asset and meetings, against what, the number, and two tests as text."""

    asset: str
    kind: str
    against: str
    number_id: str
    standardised: str
    ranks: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SpreadRow:
    """One row: a series, the ratio of variances, and the test that it is one."""

    label: str
    number_id: str
    test: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Effects:
    """What the page says of Fed days against other days.

    Parameters
    ----------
    pvalues : tuple of float
        Of every test of both tables.
    """

    numbers: dict[str, Number]
    rows: tuple[EffectRow, ...]
    spreads: tuple[SpreadRow, ...]
    pvalues: tuple[float, ...]


def effects(context: Context, events: tuple[Meeting, ...], found: Measures) -> Effects:
    """Return mean abnormal returns with their tests, and ratios of variances."""
    prices = around(context, tuple(series_of(context).values()), events)
    numbers: dict[str, Number] = {}
    rows: list[EffectRow] = []
    tests: list[float] = []
    for role, series in (("a", context.a), ("b", context.b)):
        for kind, meetings in KINDS.items():
            for model in MODELS:
                number_id = f"fomc.abnormal.{kind}.{model}.{role}"
                number, standardised, ranks = (
                    (prices, None, None)
                    if isinstance(prices, Unavailable)
                    else _abnormal(context, prices, _signs(prices, found)[kind], model=model, role=role)
                )
                numbers[number_id] = number
                tests += [p for p in (standardised, ranks) if p is not None]
                rows.append(
                    EffectRow(
                        asset=series.label,
                        kind=meetings,
                        against=MODEL_WORDS[model],
                        number_id=number_id,
                        standardised="no test" if standardised is None else pvalue(standardised),
                        ranks="no test" if ranks is None else pvalue(ranks),
                    )
                )
    stocks = stocks_of(context)
    mean = {
        "fomc.bench.fed_day.all": _mean(context, stocks, events),
        "fomc.bench.fed_day.from_2016": _mean(context, stocks, [m for m in events if m.date >= DRIFT_GONE]),
    }
    ratios, spreads, spread_tests = _spreads(context, events)
    return Effects(numbers=numbers | mean | ratios, rows=tuple(rows), spreads=spreads, pvalues=(*tests, *spread_tests))


def _abnormal(
    context: Context, prices: Around, wanted: np.ndarray, *, model: str, role: str
) -> tuple[Number, float | None, float | None]:
    """Return the mean abnormal return of the day of the wanted events with the p-values of both tests."""
    chosen = np.flatnonzero(wanted & (prices.positions >= 0))
    moves = prices.changes()
    abnormal = abnormal_returns(
        moves[:, ROLES.index(role)],
        prices.positions[chosen],
        model=MODELS[model],
        market_returns=moves[:, ROLES.index("m")],
    )
    count = len(abnormal.cumulative)
    if count < FEWEST:
        return Unavailable(reason=f"not enough meetings (n = {count}, needs {FEWEST})"), None, None
    if not (abnormal.std_err > 0).all():
        return Unavailable(reason="the prices stood still before some meetings"), None, None
    used = chosen[abnormal.kept]
    span = Span(first=prices.events[used[0]].date, last=prices.events[used[-1]].date)
    standardised, ranks = standardised_cross_sectional(abnormal), corrado_rank(abnormal)
    number = _mean_estimate(context, abnormal.cumulative, span, standardised.pvalue)
    return number, standardised.pvalue, ranks.pvalue


def _signs(prices: Around, found: Measures) -> dict[str, np.ndarray]:
    """Return which events belong to each kind."""
    every = np.ones(len(prices.events), dtype=bool)
    return {"all": every, "dovish": found.two_year < 0, "hawkish": found.two_year > 0}


def _mean_estimate(context: Context, returns: FloatArray, span: Span, p: float | None) -> Estimate:
    """Return the mean of returns over events in %, with its t interval across events."""
    percent = 100.0 * returns
    half = t_critical(len(percent) - 1, context.level) * float(percent.std(ddof=1)) / math.sqrt(len(percent))
    value = float(percent.mean())
    return Estimate(
        value=value,
        lower=value - half,
        upper=value + half,
        level=context.level,
        nobs=len(percent),
        unit="percent",
        method=METHOD,
        first=span.first,
        last=span.last,
        pvalue=p,
    )


def _mean(context: Context, name: str, events: Sequence[Meeting]) -> Number:
    """Return the mean return of a statement day over the asset's own history."""
    own = around(context, (name,), tuple(events))
    if isinstance(own, Unavailable):
        return own
    moves = own.responses()[:, 0]
    used = np.isfinite(moves)
    return _mean_estimate(context, moves[used], own.span(np.asarray(used)), None)


def _spreads(
    context: Context, events: tuple[Meeting, ...]
) -> tuple[dict[str, Number], tuple[SpreadRow, ...], list[float]]:
    """Return the variance on event days over that on all other days of the same span, for prices and the yield."""
    numbers: dict[str, Number] = {}
    rows: list[SpreadRow] = []
    tests: list[float] = []
    for role, name in (*series_of(context).items(), (YIELD, YIELD)):
        number_id = f"fomc.variance_ratio.{role}"
        label = context.config.series[name].label if name in context.config.series else name
        own = around(context, (name,), events)
        if isinstance(own, Unavailable):
            numbers[number_id] = own
            rows.append(SpreadRow(label=label, number_id=number_id, test="no test"))
            continue
        inside, outside = _event_and_other(own)
        if np.nanvar(inside) == 0 or np.nanvar(outside) == 0:
            numbers[number_id] = Unavailable(reason=f"{label} did not move")
            rows.append(SpreadRow(label=label, number_id=number_id, test="no test"))
            continue
        ratio, test = variance_ratio(inside, outside, level=context.level), brown_forsythe(inside, outside)
        span = own.span(np.asarray(np.isfinite(own.responses()[:, 0])))
        numbers[number_id] = Estimate(
            value=ratio.value,
            lower=ratio.lower,
            upper=ratio.upper,
            level=ratio.level,
            nobs=ratio.n_first,
            unit="ratio",
            method=METHOD,
            first=span.first,
            last=span.last,
            pvalue=test.pvalue,
        )
        tests.append(test.pvalue)
        rows.append(SpreadRow(label=label, number_id=number_id, test=pvalue(test.pvalue)))
    return numbers, tuple(rows), tests


def _event_and_other(own: Around) -> tuple[FloatArray, FloatArray]:
    """Return the changes on event days and on all other days from the first event on."""
    inside = own.responses()[:, 0]
    moves = own.changes()[:, 0]
    held = own.positions[own.positions >= 0]
    moves[held] = np.nan
    return inside, moves[held[0] :]
