"""What is left of the link once something else is held fixed, and whether another link is closer."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from generator.estimates import interval_estimate, too_few
from generator.findings import Estimate, Number, Unavailable
from generator.stats.correlation import partial_from_matrix, zou_interval
from generator.stats.joint_bootstrap import joint_intervals
from generator.stats.replications import correlations

if TYPE_CHECKING:
    from collections.abc import Sequence

    from generator.panel import Sample
    from generator.report import Context
    from generator.stats.bootstrap import Statistic
    from generator.stats.least_squares import FloatArray

WINDOW = 252
SPANS: tuple[int | str, ...] = (WINDOW, "all")
FEWEST_MORE = 10
"""A partial correlation needs at least so many observations more than series."""
MARKET, MARKET_AND_RATES = "market", "market_and_rates"
METHOD = "partial"


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """What is held fixed.

    Parameters
    ----------
    key : str
        Part of the ids.
    label : str
        As it stands in a sentence.
    series : tuple of str
        The series held fixed.
    rival : str
        The other link the pair is compared with, in words; empty where there is none.
    shared : int
        Which of the two assets both links share: 0 for A, 1 for B.
    """

    key: str
    label: str
    series: tuple[str, ...]
    rival: str = ""
    shared: int = 0


def controls(context: Context) -> tuple[Control, ...]:
    """Return the market, the market with the yield, and the configured series that are not in the pair."""
    config, pair = context.config, context.pair
    rate = config.run.market_control_yield
    a, b = context.a.label, context.b.label
    market = Control(
        key=MARKET, label=context.market.label, series=(pair.market,), rival=f"{a} and the {context.market.label}"
    )
    both = Control(
        key=MARKET_AND_RATES,
        label=f"{context.market.label} and {config.series[rate].label}",
        series=(pair.market, rate),
    )
    found = [market, both]
    for name in config.compare.controls:
        if name in {pair.a, pair.b, pair.market}:
            continue
        series = config.series[name]
        # A coin takes the place of the coin, an index that of the index.
        shared = 1 if series.calendar == context.a.calendar and series.calendar != context.b.calendar else 0
        rival = f"{series.label} and the {b}" if shared else f"{a} and the {series.label}"
        found.append(Control(key=name, label=series.label, series=(name,), rival=rival, shared=shared))
    return tuple(found)


def link_numbers(context: Context) -> dict[str, Number]:
    """Return, for each control and span, plain and partial correlation, the drop, and the difference of two links.

    Each control has its own sample: the sessions on which A, B and all that is held fixed have values. Plain and
    partial correlation, their drop and the difference come from the same resamples of it; controls whose samples are
    the same sessions share them.
    """
    numbers: dict[str, Number] = {}
    groups: list[tuple[Sample, list[Control]]] = []
    for control in controls(context):
        series = (context.pair.a, context.pair.b, *control.series)
        lacking = context.lacking(*series)
        if lacking:
            numbers |= {number_id: lacking for span in SPANS for number_id in _ids(control, span).values()}
            continue
        sample = context.panel.sample(series, context.start)
        for i, (shared, members) in enumerate(groups):
            both = context.panel.sample(tuple(dict.fromkeys((*shared.changes, *series))), context.start)
            if both.changes.index.equals(shared.changes.index) and both.changes.index.equals(sample.changes.index):
                groups[i] = (both, [*members, control])
                break
        else:
            groups.append((sample, [control]))
    for sample, members in groups:
        for span in SPANS:
            numbers |= _of_span(context, sample, members, span)
    return numbers


def _of_span(context: Context, sample: Sample, members: Sequence[Control], span: int | str) -> dict[str, Number]:
    """Return the numbers of controls that share a sample, or why there are too few observations."""
    needed = span if isinstance(span, int) else sample.changes.shape[1] + FEWEST_MORE
    lacking = too_few(sample.nobs, needed)
    cut = sample.tail(span) if isinstance(span, int) else sample
    if lacking or cut is None:
        why = lacking or Unavailable(reason=f"not enough data (n = {sample.nobs})")
        return {number_id: why for control in members for number_id in _ids(control, span).values()}
    numbers: dict[str, Number] = {}
    moving = [c for c in members if np.ptp(_columns(context, cut, c), axis=0).all()]
    why = Unavailable(reason=f"a series does not change in this window (n = {cut.nobs})")
    numbers |= {number_id: why for c in members if c not in moving for number_id in _ids(c, span).values()}
    return numbers | _computed(context, cut, moving, span) if moving else numbers


def _columns(context: Context, sample: Sample, control: Control) -> FloatArray:
    """Return the changes of A, B and what is held fixed."""
    wanted = [context.pair.a, context.pair.b, *control.series]
    return np.asarray(sample.changes[wanted].to_numpy(dtype=np.float64))


def _ids(control: Control, span: int | str) -> dict[str, str]:
    """Return the ids of one control and span by what they are."""
    stem = f"{control.key}.{span}"
    found = {"plain": f"partial.{stem}.plain", "partial": f"partial.{stem}", "drop": f"partial.{stem}.drop"}
    if control.rival:
        found |= {"difference": f"difference.{stem}", "zou": f"difference.{stem}.zou"}
    return found


def _computed(context: Context, sample: Sample, members: Sequence[Control], span: int | str) -> dict[str, Number]:
    """Return the numbers of these controls from one set of resamples, and Zou's intervals from the estimates."""
    pair = context.pair
    series = list(dict.fromkeys((pair.a, pair.b, *itertools.chain(*(control.series for control in members)))))
    statistics: dict[str, Statistic] = {}
    for control in members:
        places = [series.index(name) for name in (pair.a, pair.b, *control.series)]
        ids = _ids(control, span)
        statistics |= {ids[name]: _of_columns(places, s) for name, s in _statistics(control).items() if name in ids}
    found = joint_intervals(
        sample.changes[series].to_numpy(dtype=np.float64),
        statistics,
        rng=context.rng(f"partial.{members[0].key}.{span}"),
        reps=context.reps,
        level=context.level,
    )
    singular = Unavailable(reason="two of the series move as one, so neither can be held fixed")
    numbers: dict[str, Number] = {
        number_id: interval_estimate(found[number_id], sample, method=METHOD, unit="correlation")
        if number_id in found
        else singular
        for number_id in statistics
    }
    for control in members:
        if control.rival:
            columns = _columns(context, sample, control)
            numbers[_ids(control, span)["zou"]] = _zou(context, columns, control, sample)
    return numbers


def _of_columns(places: Sequence[int], statistic: Statistic) -> Statistic:
    """Return the statistic of some of the columns alone."""
    rows, across = np.ix_(places, places)
    return lambda covariances: statistic(covariances[:, rows, across])


def _statistics(control: Control) -> dict[str, Statistic]:
    """Return the statistics; each takes stacked covariance matrices of A, B and what is held fixed."""
    kept, other = control.shared, 1 - control.shared

    def plain(covariances: FloatArray) -> FloatArray:
        return correlations(covariances)[..., 0, 1]

    def partial(covariances: FloatArray) -> FloatArray:
        return partial_from_matrix(correlations(covariances))

    def difference(covariances: FloatArray) -> FloatArray:
        matrices = correlations(covariances)
        return np.asarray(matrices[..., kept, other] - matrices[..., kept, 2])

    return {
        "plain": plain,
        "partial": partial,
        "drop": lambda covariances: plain(covariances) - partial(covariances),
        "difference": difference,
    }


def _zou(context: Context, columns: FloatArray, control: Control, sample: Sample) -> Number:
    """Return the difference of the two links with Zou's interval, which takes the observations as independent."""
    matrix = np.atleast_2d(np.corrcoef(columns, rowvar=False))
    kept, other = control.shared, 1 - control.shared
    r_ab, r_ac, r_bc = float(matrix[kept, other]), float(matrix[kept, 2]), float(matrix[other, 2])
    if max(abs(r_ab), abs(r_ac)) >= 1:
        return Unavailable(reason="two of the series move as one")
    lower, upper = zou_interval(r_ab, r_ac, r_bc, len(columns), context.level)
    return Estimate(
        value=r_ab - r_ac,
        lower=lower,
        upper=upper,
        level=context.level,
        nobs=len(columns),
        unit="correlation",
        method=METHOD,
        first=sample.first,
        last=sample.last,
    )
