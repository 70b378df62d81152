"""Pictures of prices beside returns: the two answers over time, the two nulls, and the five joins."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from generator.charts import theme
from generator.charts.chance import histograms_beside
from generator.charts.distribution import intervals
from generator.charts.encode import Column
from generator.charts.figure import Figure
from generator.charts.layers import Axis, Events, Line
from generator.charts.theme import series_ink
from generator.charts.time import levels_against_returns, time_lines
from generator.findings import Estimate
from generator.formatting import correlation, plain, share, shown
from generator.panel import as_date
from generator.report import ends

if TYPE_CHECKING:
    from collections.abc import Mapping

    from generator.findings import Number
    from generator.panel import Sample
    from generator.report import Context
    from generator.reports.levels.audit import JoinRow
    from generator.stats.levels import LevelNull

BIN = 0.05


def levels_figure(context: Context, numbers: Mapping[str, Number], sample: Sample) -> Figure:
    """Return the two answers on one screen: rebased prices, and the daily returns behind them."""
    window = sample.nobs
    price_text = plain(shown(numbers[f"levels.pearson.{window}"]))
    return_text = plain(shown(context.numbers[f"correlation.pearson.daily.{window}"]))
    prices = sample.levels
    rebased = pd.DataFrame(
        {
            "date": prices.index,
            "a": 100 * prices.iloc[:, 0].to_numpy() / prices.iloc[0, 0],
            "b": 100 * prices.iloc[:, 1].to_numpy() / prices.iloc[0, 1],
        }
    )
    moves = pd.DataFrame(
        {
            "date": sample.changes.index,
            "return_a": 100 * sample.changes.iloc[:, 0].to_numpy(),
            "return_b": 100 * sample.changes.iloc[:, 1].to_numpy(),
        }
    )
    spread = np.cov(moves["return_b"], moves["return_a"])
    slope = float(spread[0, 1] / spread[0, 0]) if spread[0, 0] > 0 else 0.0
    a, b = context.a, context.b
    first, last = sample.first, sample.last
    return Figure(
        id="levels-against-returns",
        title=f"Prices correlate {price_text}, daily returns {return_text}",
        subtitle=f"{a.label} and {b.label}, the last {window} sessions",
        alt=f"Two panels, {first} to {last}. Left: prices of {a.label} and the {b.label}, both 100 at the start; they "
        f"correlate {price_text} and end at {rebased['a'].iloc[-1]:.0f} and {rebased['b'].iloc[-1]:.0f}. Right: one "
        f"dot per day, the return of one against the return of the other; they correlate {return_text}.",
        caption="Left, two price lines, rebased to 100. Right, the daily returns behind the same lines, one dot a day.",
        source=context.source_line,
        spec=levels_against_returns(
            rebased,
            moves,
            levels_data="rebased",
            returns_data="moves",
            lines=[
                Line(column="a", label=a.short, ink=series_ink(a.colour, 0)),
                Line(column="b", label=b.short, ink=series_ink(b.colour, 1)),
            ],
            levels_axis=Axis(title="Start = 100", format=".0f"),
            x="return_b",
            y="return_a",
            x_axis=Axis(title=f"{b.short}, % a day", format=".0f"),
            y_axis=Axis(title=f"{a.short}, % a day", format=".0f"),
            slope=slope,
            intercept=float(moves["return_a"].mean() - slope * moves["return_b"].mean()),
            levels_title=f"Prices: {price_text}",
            returns_title=f"Daily returns: {return_text}",
            ink=series_ink(a.colour, 0),
        ),
        data={"rebased": rebased, "moves": moves},
        columns={
            "date": Column(label="Date"),
            "a": Column(label=a.short, decimals=1),
            "b": Column(label=b.short, decimals=1),
            "return_a": Column(label=f"{a.short} return", unit=" %", signed=True),
            "return_b": Column(label=f"{b.short} return", unit=" %", signed=True),
        },
    )


def answers_figure(context: Context, rolling: pd.DataFrame, window_obs: int) -> Figure | None:
    """Return both answers over time: the correlation of prices and of returns, same window, same axis."""
    if rolling.empty:
        return None
    low, high = (plain(correlation(float(end))) for end in (rolling["prices"].min(), rolling["prices"].max()))
    least, most = (plain(correlation(float(end))) for end in (rolling["returns"].min(), rolling["returns"].max()))
    ending = {name: plain(correlation(float(rolling[name].iloc[-1]))) for name in ("prices", "returns")}
    return Figure(
        id="two-answers",
        title=f"Prices answer anything between {low} and {high}, returns between {least} and {most}",
        subtitle=f"Correlation of {context.a.label} and {context.b.label}, last {window_obs} sessions",
        alt=f"Two lines from {as_date(rolling['date'].iloc[0])} to {context.as_of} on one axis from -1 to 1. The "
        f"correlation of prices runs between {low} and {high} and ends at {ending['prices']}; that of daily returns "
        f"between {least} and {most} and ends at {ending['returns']}.",
        caption="The same days, window and axis for both lines. Prices that share nothing but a trend agree for a "
        "while and then part; that alone makes their line swing.",
        source=context.source_line,
        spec=time_lines(
            rolling,
            data="answers",
            lines=[
                Line(column="returns", label="daily returns", ink=theme.PALETTE[0]),
                Line(column="prices", label="prices", ink=theme.PALETTE[1], width=1.5),
            ],
            axis=Axis(title="Correlation", format=".1f", domain=(-1.0, 1.0)),
            reference=0.0,
            events=Events(claim=context.claim_mark),
        ),
        data={"answers": rolling},
        columns={
            "date": Column(label="Date"),
            "prices": Column(label="Prices"),
            "returns": Column(label="Daily returns"),
        },
    )


def null_figure(context: Context, within: LevelNull, history: LevelNull, window: int) -> Figure:
    """Return the correlations of unrelated prices, drawn from the window and from the whole history."""
    edges = bin_ends(abs(within.observed))
    counted = {
        name: 100 * np.histogram(null.draws, bins=edges)[0] / null.reps * BIN / np.diff(edges)
        for name, null in (("window", within), ("history", history))
    }
    observed, parts = plain(correlation(within.observed)), [plain(share(n.share)) for n in (within, history)]
    middle = np.abs(edges[:-1] + edges[1:]) / 2
    strong, weak = "at least as strong", "weaker"
    frame = pd.DataFrame(
        {
            "low": edges[:-1],
            "high": edges[1:],
            **counted,
            "part": np.where(middle > abs(within.observed), strong, weak),
        }
    )
    titles = (f"Trends of this window: {parts[0]}", f"Any trends since {context.start.year}: {parts[1]}")
    return Figure(
        id="level-null",
        title=f"{parts[0]} of unrelated prices with these trends correlate as strongly, {parts[1]} with any trends",
        subtitle=f"Correlation of prices over {window} sessions, {within.reps:,} shuffles of each asset on its own",
        alt=f"Two histograms of the price correlations of {within.reps} pairs of unrelated shuffles, from -1 to 1, "
        f"with the observed correlation, {observed}, marked in both. Drawn from inside the window, {parts[0]} of the "
        f"shuffles are at least as far from zero; drawn from the whole history, {parts[1]}.",
        caption="Blue bars are shuffles at least as far from zero as the real prices, on either side. Unrelated prices "
        "often correlate strongly, one way or the other, because they trend.",
        source=context.source_line,
        spec=histograms_beside(
            frame,
            data="null",
            left="low",
            right="high",
            panels=list(zip(counted, titles, strict=True)),
            axis=Axis(title="Correlation of prices", format=".1f", domain=(-1.0, 1.0)),
            count_axis=Axis(title=f"% of shuffles per {BIN:g}", format=".0f", include=(0.0,)),
            observed=within.observed,
            observed_label=f"observed {observed}",
            group="part",
            inks={strong: theme.PALETTE[0], weak: theme.Ink(light="#b9c0c9", dark="#555d68")},
        ),
        data={"null": frame},
        columns={
            "low": Column(label="From"),
            "high": Column(label="To"),
            "window": Column(label=f"From the window, per {BIN:g}", unit=" %"),
            "history": Column(label=f"From the history, per {BIN:g}", unit=" %"),
            "part": Column(label="Than observed"),
        },
    )


def bin_ends(size: float) -> np.ndarray:
    """Return ends of bins from -1 to 1 of about `BIN` each, two of which are -size and size: no bin is half strong."""
    inner = np.linspace(-size, size, max(1, round(2 * size / BIN)) + 1)
    outer = np.linspace(size, 1, max(1, round((1 - size) / BIN)) + 1)
    return np.unique(np.concatenate([-outer, inner, outer]))


def joins_figure(context: Context, numbers: Mapping[str, Number], rows: tuple[JoinRow, ...]) -> Figure | None:
    """Return the correlation under each of the five joins."""
    found = [(row.label, numbers[row.ids[0]]) for row in rows]
    kept = [(label, number) for label, number in found if isinstance(number, Estimate)]
    if not kept:
        return None
    right, used, other = kept[0][0], "used on this site", "not used"
    frame = pd.DataFrame(
        [
            (label, number.value, *ends(number), number.nobs, used if label == right else other)
            for label, number in kept
        ],
        columns=["join", "corr", "lower", "upper", "n", "kind"],
    )
    low, high = (plain(correlation(float(end))) for end in (frame["corr"].min(), frame["corr"].max()))
    first = kept[0][1]
    return Figure(
        id="five-joins",
        title=f"The same two series give anything from {low} to {high}, depending on how they are joined",
        subtitle=f"Correlation of daily returns, {context.a.label} and {context.b.label}, since {first.first}",
        alt="Dots with intervals, one row per way to join: "
        + "; ".join(f"{label} {plain(shown(number))}" for label, number in kept)
        + ".",
        caption="Lines are 95 % Fisher intervals, as if days were independent; filled days make them too short.",
        source=context.source_line,
        spec=intervals(
            frame,
            data="joins",
            label="join",
            value="corr",
            lower="lower",
            upper="upper",
            axis=Axis(title="Correlation", format=".1f", include=(0.0,)),
            group="kind",
            inks={used: theme.PALETTE[0], other: theme.MUTED},
        ),
        data={"joins": frame},
        columns={
            "join": Column(label="Join"),
            "corr": Column(label="Correlation"),
            "lower": Column(label="Lower"),
            "upper": Column(label="Upper"),
            "n": Column(label="Pairs", decimals=0),
            "kind": Column(label="Use"),
        },
    )
