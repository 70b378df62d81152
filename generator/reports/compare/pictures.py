"""The pictures of the page that compares pairs."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from generator.charts.axes import Axis
from generator.charts.distribution import bars, intervals
from generator.charts.encode import Column
from generator.charts.figure import Figure
from generator.charts.points import heatmap
from generator.charts.theme import PALETTE
from generator.findings import Estimate
from generator.formatting import correlation, interval, plain, shown
from generator.reports.compare.links import MARKET, SPANS, WINDOW, controls
from generator.reports.compare.matrix import cell_id, years

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from generator.findings import Number
    from generator.report import Context
    from generator.reports.compare.matrix import Assets

NUMBERS = {
    "value": Column(label="Correlation"),
    "lower": Column(label="Lower"),
    "upper": Column(label="Upper"),
    "nobs": Column(label="n", decimals=0),
}


def figures(context: Context, numbers: Mapping[str, Number], assets: Assets) -> tuple[Figure, ...]:
    """Return those pictures for which there are numbers."""
    return (*_left(context, numbers), *_matrix(context, numbers, assets), *_yearly(context, numbers))


def _left(context: Context, numbers: Mapping[str, Number]) -> tuple[Figure, ...]:
    """Return plain and partial correlations as one picture: small caps, or just stocks."""
    rows = []
    for span in SPANS:
        words = f"last {span}" if span == WINDOW else f"since {context.start.year}"
        held = [("Nothing", f"partial.{MARKET}.{span}.plain")]
        held += [(control.label, f"partial.{control.key}.{span}") for control in controls(context)]
        for label, number_id in held:
            number = numbers[number_id]
            if isinstance(number, Estimate):
                rows.append((f"{label}, {words}", number.value, number.lower, number.upper, number.nobs, words))
    if not rows:
        return ()
    frame = pd.DataFrame(rows, columns=["label", "value", "lower", "upper", "nobs", "span"])
    spec = intervals(
        frame,
        data="left",
        label="label",
        value="value",
        lower="lower",
        upper="upper",
        axis=Axis(title="Correlation", format=".1f", include=(0.0,)),
        reference=0.0,
        group="span",
        inks=dict(zip(dict.fromkeys(frame["span"]), PALETTE, strict=False)),
    )
    before, after = numbers[f"partial.{MARKET}.{WINDOW}.plain"], numbers[f"partial.{MARKET}.{WINDOW}"]
    title, alt = "What is left of the link with something else held fixed", ""
    if isinstance(before, Estimate) and isinstance(after, Estimate):
        title = (
            f"With the {context.market.label} held fixed, {plain(shown(before))} becomes {plain(shown(after))} "
            f"over {after.nobs} sessions"
        )
        alt = f" Without the market the interval is {plain(interval(after))}."
    return (
        Figure(
            id="small-caps-or-stocks",
            title=title,
            subtitle=f"Correlation of {context.a.label} and the {context.b.label} with this held fixed; "
            f"{context.level_words} intervals",
            alt=f"Plain and partial correlations over {len(frame)} cases, from "
            f"{plain(correlation(float(frame['value'].min())))} to {plain(correlation(float(frame['value'].max())))}."
            f"{alt}",
            caption="Nothing held fixed is the plain correlation on the sample of the market control. If the link were "
            "one of these two assets alone, holding the rest of the market fixed would not move it.",
            source=context.source_line,
            spec=spec,
            data={"left": frame},
            columns={"label": Column(label="Held fixed"), "span": Column(label="Window"), **NUMBERS},
        ),
    )


def _matrix(context: Context, numbers: Mapping[str, Number], assets: Assets) -> tuple[Figure, ...]:
    """Return the correlation matrix as coloured cells."""
    # A fund on an index of the matrix would fill two rows with the same numbers; the table below holds it.
    shown_ids = [assets.ids[i] for i in dict.fromkeys(itertools.chain(*assets.ranked))]
    names = _short(context, shown_ids)
    rows: list[tuple[str, str, float, float | None, float | None]] = []
    for one, other in itertools.product(shown_ids, repeat=2):
        if one == other:
            rows.append((names[one], names[other], 1.0, np.nan, np.nan))
            continue
        number = numbers[cell_id(one, other)]
        if not isinstance(number, Estimate):
            return ()
        rows.append((names[one], names[other], number.value, number.lower, number.upper))
    if not rows:
        return ()
    frame = pd.DataFrame(rows, columns=["row", "column", "value", "lower", "upper"])
    spec = heatmap(frame, data="matrix", row="row", column="column", value="value", order=list(names.values()))
    spec["usermeta"]["tandem"]["readout"]["fields"] = ["row", "column", "value", "lower", "upper"]
    rank, pairs = numbers[f"matrix.rank.{WINDOW}"], numbers[f"matrix.pairs.{WINDOW}"]
    own = numbers[cell_id(*assets.ids[:2])]
    title = f"{plain(shown(own))}: number {plain(shown(rank))} of {plain(shown(pairs))} pairs by size"
    order = list(names.values())
    above = frame["row"].map(order.index) < frame["column"].map(order.index)
    return (
        Figure(
            id="matrix",
            title=title,
            subtitle=f"Correlation of daily returns, last {WINDOW} sessions with a price of all {len(assets.ids)}",
            alt=f"Matrix of the correlations of {len(order)} assets: {', '.join(names.values())}. "
            f"{context.a.label} and the {context.b.label} stand at {plain(shown(own))}.",
            caption="One sample for all cells, so that they can be compared. Funds on an index that stands here itself "
            "are left out of the picture and of the ranking; the table below holds them.",
            source=context.source_line,
            spec=spec,
            data={"matrix": frame},
            table=frame[above].reset_index(drop=True),
            columns={"row": Column(label="Asset"), "column": Column(label="With"), **NUMBERS},
        ),
    )


def _short(context: Context, ids: Sequence[str]) -> dict[str, str]:
    """Return a short name of each asset; one that two share is followed by the series' id."""
    short = {key: context.config.series[key].short for key in ids}
    shared = [name for name in short.values() if list(short.values()).count(name) > 1]
    return {key: f"{name} ({key})" if name in shared else name for key, name in short.items()}


def _yearly(context: Context, numbers: Mapping[str, Number]) -> tuple[Figure, ...]:
    """Return the correlation of every calendar year."""
    rows = []
    for year in years(context):
        number = numbers.get(f"yearly.correlation.{year}")
        if isinstance(number, Estimate):
            rank = numbers[f"yearly.rank.{year}"]
            place = rank.value if isinstance(rank, Estimate) else np.nan
            rows.append((f"{year}", number.value, number.lower, number.upper, number.nobs, place))
    if not rows:
        return ()
    frame = pd.DataFrame(rows, columns=["year", "value", "lower", "upper", "nobs", "rank"])
    spec = bars(
        frame,
        data="years",
        label="year",
        value="value",
        lower="lower",
        upper="upper",
        axis=Axis(title="Correlation", format=".1f", include=(0.0,)),
    )
    order = np.argsort(frame["value"].to_numpy())
    (low, least), (high, most) = ((frame["year"].iloc[i], float(frame["value"].iloc[i])) for i in order[[0, -1]])
    said = f"highest in {high} at {plain(correlation(most))}, lowest in {low} at {plain(correlation(least))}"
    return (
        Figure(
            id="yearly-correlation",
            title=f"By year: {said}",
            subtitle=f"Correlation of daily returns of {context.a.label} and the {context.b.label} in each year",
            alt=f"Bars for {len(frame)} calendar years, {said}.",
            caption=f"Lines are {context.level_words} block bootstrap intervals; the last year ends {context.as_of}.",
            source=context.source_line,
            spec=spec,
            data={"years": frame},
            columns={
                "year": Column(label="Year"),
                **NUMBERS,
                "rank": Column(label="Rank among all pairs", decimals=0),
            },
        ),
    )
