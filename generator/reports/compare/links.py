"""What is left of the link once something else is held fixed, and whether another link is closer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from generator.estimates import interval_estimate, too_few
from generator.findings import Estimate, Number, Unavailable
from generator.stats.correlation import partial_from_matrix, zou_interval
from generator.stats.joint_bootstrap import joint_intervals
from generator.stats.replications import correlations

if TYPE_CHECKING:
    from generator.panel import Sample
    from generator.report import Context
    from generator.stats.bootstrap import Statistic
    from generator.stats.least_squares import FloatArray

WINDOW = 252
SPANS: tuple[int | str, ...] = (WINDOW, "all")
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
    partial correlation, their drop and the difference come from the same resamples of it.
    """
    numbers: dict[str, Number] = {}
    for control in controls(context):
        series = (context.pair.a, context.pair.b, *control.series)
        lacking = context.lacking(*series)
        sample = None if lacking else context.panel.sample(series, context.start)
        for span in SPANS:
            ids = _ids(control, span)
            cut = _cut(sample, span)
            if sample is None or cut is None:
                nobs = 0 if sample is None else sample.nobs
                needed = WINDOW if span == WINDOW else len(series) + 10
                numbers |= dict.fromkeys(
                    ids.values(),
                    lacking or too_few(nobs, needed) or Unavailable(reason=f"not enough data (n = {nobs})"),
                )
            else:
                numbers |= _computed(context, cut, control, ids)
    return numbers


def _cut(sample: Sample | None, span: int | str) -> Sample | None:
    if sample is None:
        return None
    if isinstance(span, int):
        return sample.tail(span)
    return sample if sample.nobs >= sample.changes.shape[1] + 10 else None


def _ids(control: Control, span: int | str) -> dict[str, str]:
    """Return the ids of one control and span by what they are."""
    stem = f"{control.key}.{span}"
    found = {"plain": f"partial.{stem}.plain", "partial": f"partial.{stem}", "drop": f"partial.{stem}.drop"}
    if control.rival:
        found |= {"difference": f"difference.{stem}", "zou": f"difference.{stem}.zou"}
    return found


def _computed(context: Context, sample: Sample, control: Control, ids: dict[str, str]) -> dict[str, Number]:
    """Return these numbers from one set of resamples, and Zou's interval from the estimates."""
    columns = sample.changes.to_numpy(dtype=np.float64)
    if not np.ptp(columns, axis=0).all():
        why = Unavailable(reason=f"a series does not change in this window (n = {sample.nobs})")
        return dict.fromkeys(ids.values(), why)
    found = joint_intervals(
        columns,
        {name: statistic for name, statistic in _statistics(control).items() if name in ids},
        rng=context.rng(ids["partial"]),
        reps=context.reps,
        level=context.level,
    )
    singular = Unavailable(reason="two of the series move as one, so neither can be held fixed")
    numbers: dict[str, Number] = {
        ids[name]: interval_estimate(found[name], sample, method=METHOD, unit="correlation")
        if name in found
        else singular
        for name in ids
        if name != "zou"
    }
    if "zou" in ids:
        numbers[ids["zou"]] = _zou(context, columns, control, sample)
    return numbers


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
