"""Correlations by window, estimator and frequency, and under both alignments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from generator.estimates import estimate, interval_estimate, span_of, still, too_few
from generator.findings import Number, Unavailable
from generator.report import Context, TableRow
from generator.stats.bootstrap import Estimator, bootstrap_statistics

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from generator.panel import Frequency, Sample

ESTIMATORS: tuple[Estimator, ...] = ("pearson", "spearman", "kendall")
LONGER_STEPS: dict[Literal["weekly", "monthly"], tuple[int | str, ...]] = {
    "weekly": (52, 104, "all"),
    "monthly": (36, "all"),
}
SYNCHRONOUS = (63, 252)
ALL = "all"
ALIGNMENT_METHOD = "alignment"
ROUND_THE_CLOCK = "24/7"


def window_numbers(context: Context, estimators: Sequence[Estimator] = ESTIMATORS) -> dict[str, Number]:
    """Return ``correlation.{pearson,spearman,kendall}.daily.{windows,all}`` and the weekly and monthly ones.

    Parameters
    ----------
    estimators : sequence of {"pearson", "spearman", "kendall"}
        Of the daily ones; the others are Pearson's.
    """
    found: dict[str, Number] = {}
    for estimator in estimators:
        for span in _spans(context):
            found[f"correlation.{estimator}.daily.{span}"] = _number(context, "daily", span, estimator=estimator)
    for frequency, spans in LONGER_STEPS.items():
        for span in spans:
            found[f"correlation.pearson.{frequency}.{span}"] = _number(context, frequency, span)
    return found


def _spans(context: Context) -> tuple[int | str, ...]:
    return (*context.config.run.windows, ALL)


def window_rows(context: Context) -> tuple[TableRow, ...]:
    """Return one row per window of the daily table: the three estimators beside each other."""
    return tuple(
        TableRow(
            label=f"all since {context.start}" if span == ALL else f"{span}",
            ids=tuple(f"correlation.{estimator}.daily.{span}" for estimator in ESTIMATORS),
        )
        for span in _spans(context)
    )


def step_rows(context: Context) -> tuple[TableRow, ...]:
    """Return one row per window of the weekly and monthly returns."""
    words = {"weekly": "weeks", "monthly": "months"}
    return tuple(
        TableRow(
            label=f"{frequency}, "
            + (f"all since {context.start}" if span == ALL else f"last {span} {words[frequency]}"),
            ids=(f"correlation.pearson.{frequency}.{span}",),
        )
        for frequency, spans in LONGER_STEPS.items()
        for span in spans
    )


def _number(context: Context, frequency: Frequency, span: int | str, *, estimator: Estimator = "pearson") -> Number:
    lacking = context.lacking(context.pair.a, context.pair.b)
    if lacking:
        return lacking
    sample = context.panel.sample((context.pair.a, context.pair.b), context.start, frequency=frequency)
    nobs = sample.nobs if span == ALL else int(span)
    return estimate(
        context,
        sample.changes,
        nobs,
        estimator=estimator,
        number_id=f"correlation.{estimator}.{frequency}.{span}",
    )


def synchronous_sample(context: Context) -> Sample | Unavailable:
    """Return the sample in which every price is taken at New York's close, or why there is none."""
    ids = (context.pair.a, context.pair.b)
    if lacking := context.lacking(*ids):
        return lacking
    moved = [s for s in ids if context.config.series[s].calendar == ROUND_THE_CLOCK]
    if not moved:
        return Unavailable(reason="neither of the two trades around the clock, so there is one alignment only")
    if not context.panel.has_synchronous(ids):
        labels = " and ".join(context.config.series[s].label for s in moved)
        return Unavailable(reason=f"this source has no hourly prices of {labels}")
    return context.panel.sample(ids, context.start, synchronous=True)


def synchronous_numbers(context: Context) -> dict[str, Number]:
    """Return ``correlation.pearson.synchronous.{63,252}`` and, on the very same sessions, both alignments compared.

    ``alignment.utc_close.*`` is the correlation under the daily bars on those sessions, ``alignment.difference.*`` how
    much larger the synchronous one is, with the interval of a joint bootstrap.
    """
    sample = synchronous_sample(context)
    if isinstance(sample, Unavailable):
        ids = ("correlation.pearson.synchronous", "alignment.utc_close", "alignment.difference")
        return {f"{stem}.{span}": sample for stem in ids for span in SYNCHRONOUS}
    found: dict[str, Number] = {}
    for span in SYNCHRONOUS:
        number_id = f"correlation.pearson.synchronous.{span}"
        found[number_id] = estimate(context, sample.changes, span, number_id=number_id)
    daily = context.sample_ab().changes
    common = sample.changes.index.intersection(daily.index)
    for span in SYNCHRONOUS:
        days = common[-span:]
        found[f"alignment.utc_close.{span}"] = estimate(
            context, daily.loc[common], span, number_id=f"alignment.utc_close.{span}"
        )
        found[f"alignment.difference.{span}"] = _difference(context, sample.changes.loc[days], daily.loc[days], span)
    return found


def _difference(context: Context, moved: pd.DataFrame, daily: pd.DataFrame, span: int) -> Number:
    if short := too_few(len(moved), span):
        return short
    columns = np.hstack([moved.to_numpy(dtype=np.float64), daily.to_numpy(dtype=np.float64)])
    if still(*columns.T):
        return Unavailable(reason=f"a series does not change in this window (n = {span})")
    result = bootstrap_statistics(
        columns,
        lambda matrices: matrices[:, 0, 1] - matrices[:, 2, 3],
        reps=context.reps,
        rng=context.rng(f"alignment.difference.{span}"),
        level=context.level,
    )
    return interval_estimate(result, span_of(moved), method=ALIGNMENT_METHOD, unit="correlation")


def alignment_rows() -> tuple[TableRow, ...]:
    """Return one row per window: daily bars, New York's close, and the difference."""
    stems = ("alignment.utc_close", "correlation.pearson.synchronous", "alignment.difference")
    return tuple(TableRow(label=f"{span}", ids=tuple(f"{stem}.{span}" for stem in stems)) for span in SYNCHRONOUS)
