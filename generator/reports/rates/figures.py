"""Pictures of the rate sensitivities."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from generator.charts.distribution import intervals
from generator.charts.encode import Column
from generator.charts.figure import Figure
from generator.charts.layers import Axis, Events, Line
from generator.charts.theme import PALETTE, series_ink
from generator.charts.time import time_lines
from generator.estimates import BETA_UNIT
from generator.findings import Estimate
from generator.formatting import amount, interval, plain, shown
from generator.report import ends
from generator.reports.rates.betas import HEADLINE, WINDOW, YIELDS, assets

if TYPE_CHECKING:
    from generator.findings import Numbers
    from generator.report import Context

PER = "0.25 points"


def betas_figure(context: Context, numbers: Numbers) -> Figure | None:
    """Return the slopes of the three assets on every yield over the whole sample, with their intervals."""
    rows = []
    for role, series in assets(context).items():
        for name in YIELDS:
            number = numbers[f"rates.beta.{name}.{role}.all"]
            if isinstance(number, Estimate):
                lower, upper = ends(number)
                label = f"{series.short}, {context.config.series[name].short}"
                rows.append((label, series.short, number.value, lower, upper, number.nobs))
    headline = [numbers[f"rates.beta.{HEADLINE}.{role}.all"] for role in ("a", "b")]
    if not rows or not all(isinstance(number, Estimate) for number in headline):
        return None
    frame = pd.DataFrame(rows, columns=["label", "asset", "beta", "lower", "upper", "n"])
    a, b = (plain(shown(number)) for number in headline)
    words = "; ".join(
        f"{label} yield {plain(amount(beta, BETA_UNIT))} ({plain(amount(lower, BETA_UNIT))} to "
        f"{plain(amount(upper, BETA_UNIT))})"
        for label, _, beta, lower, upper, _ in rows
    )
    return Figure(
        id="rate-betas",
        title=f"A rise of {PER} in the 2-year yield went with {a} in {context.a.short} and {b} in {context.b.short}",
        subtitle=f"Average move on a day on which a yield rose {PER}, %, since {context.start}",
        alt=f"Dots with {context.level_words} intervals, one row per asset and yield, per 25 basis points: {words}.",
        caption=f"Lines are {context.level_words} intervals with Newey-West errors. A line across zero means that this "
        "sample does not show a reaction.",
        source=context.source_line,
        spec=intervals(
            frame,
            data="rate-betas",
            label="label",
            value="beta",
            lower="lower",
            upper="upper",
            axis=Axis(title="% per +25 bp", format="+.0f"),
            reference=0.0,
            group="asset",
            inks={series.short: series_ink(series.colour, i) for i, series in enumerate(assets(context).values())},
        ),
        data={"rate-betas": frame},
        columns={
            "label": Column(label="Asset and yield"),
            "asset": Column(label="Asset"),
            "beta": Column(label="Move", unit=" %", signed=True),
            "lower": Column(label="Lower", unit=" %", signed=True),
            "upper": Column(label="Upper", unit=" %", signed=True),
            "n": Column(label="n", decimals=0),
        },
    )


def share_figure(context: Context, numbers: Numbers) -> Figure | None:
    """Return the shares of the covariance that the 2-year yield and the market carry."""
    rates, market = numbers["rates.share.rates.all"], numbers["rates.share.market.all"]
    if not isinstance(rates, Estimate) or not isinstance(market, Estimate):
        return None
    rows = [
        (label, 100 * number.value, *(100 * end for end in ends(number)))
        for label, number in ((context.config.series[HEADLINE].label, rates), (context.market.label, market))
    ]
    frame = pd.DataFrame(rows, columns=["factor", "share", "lower", "upper"])
    a, b = context.a.label, context.b.label
    carried = [f"{plain(shown(n))} ({plain(interval(n))})" for n in (rates, market)]
    return Figure(
        id="share-of-the-link",
        title=f"The 2-year yield carries {plain(shown(rates))} of the link, the market {plain(shown(market))}",
        subtitle=f"Share of the covariance of {a} and the {b} that runs through each, %, since {context.start}",
        alt=f"Two dots with {context.level_words} intervals. Of the covariance of daily returns of {a} and the {b} "
        f"{carried[0]} runs through the 2-year yield and {carried[1]} through {context.market.label}.",
        caption="The two shares are computed one at a time and need not add up: yields and the market move together. "
        "A share below zero means that the factor works against the rest of the link.",
        source=context.source_line,
        spec=intervals(
            frame,
            data="link-shares",
            label="factor",
            value="share",
            lower="lower",
            upper="upper",
            axis=Axis(title="% of the covariance", format=".0f", include=(0.0, 100.0)),
            reference=0.0,
            ink=PALETTE[3],
        ),
        data={"link-shares": frame},
        columns={
            "factor": Column(label="Through"),
            "share": Column(label="Share", unit=" %", decimals=1),
            "lower": Column(label="Lower", unit=" %", decimals=1),
            "upper": Column(label="Upper", unit=" %", decimals=1),
        },
    )


def rolling_figure(context: Context, frame: pd.DataFrame) -> Figure | None:
    """Return both slopes on the 2-year yield over time."""
    if frame.empty or not np.isfinite(frame["beta_a"].iloc[-1]):
        return None
    frame = frame[["date", "beta_a", "lower_a", "upper_a", "beta_b", "lower_b", "upper_b"]]
    first, a, b = frame["date"].iloc[0].date(), context.a, context.b
    end_a, end_b = (plain(amount(float(frame[c].iloc[-1]), BETA_UNIT)) for c in ("beta_a", "beta_b"))
    low, high = (plain(amount(float(end), BETA_UNIT)) for end in (frame["beta_a"].min(), frame["beta_a"].max()))
    return Figure(
        id="rolling-beta",
        title=f"{a.short}'s reaction has ranged from {low} to {high}; over the last year it is {end_a}",
        subtitle=f"Average move on a day on which the 2-year yield rose {PER}, %, last {WINDOW} sessions",
        alt=f"Line chart from {first} to {context.as_of}: the rate beta of {a.label} lies between {low} and {high} and "
        f"ends at {end_a}, that of the {b.label} ends at {end_b}, all per 25 basis points.",
        caption=f"Bands are pointwise {context.level_words} intervals with Newey-West errors.",
        source=context.source_line,
        spec=time_lines(
            frame,
            data="betas",
            lines=[
                Line(column="beta_a", label=a.short, ink=series_ink(a.colour, 0), lower="lower_a", upper="upper_a"),
                Line(column="beta_b", label=b.short, ink=series_ink(b.colour, 1), lower="lower_b", upper="upper_b"),
            ],
            axis=Axis(title="% per +25 bp", format="+.0f", include=(0.0,)),
            reference=0.0,
            events=Events(claim=context.claim_mark, decisions="decisions"),
        ),
        data={"betas": frame, "decisions": context.decisions(first)},
        columns={
            "date": Column(label="Date"),
            **{
                f"{part}_{role}": Column(label=f"{series.short}{tail}", unit=" %", signed=True)
                for role, series in (("a", a), ("b", b))
                for part, tail in (("beta", ""), ("lower", ", lower"), ("upper", ", upper"))
            },
            "decision": Column(label="Decision"),
        },
    )
