"""Why prices look tied: the correlation of price levels beside what unrelated prices give."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from generator.charts.distribution import histogram_with_mark
from generator.charts.encode import Column
from generator.charts.figure import Figure
from generator.charts.layers import Axis, Line
from generator.charts.theme import series_ink
from generator.charts.time import levels_against_returns
from generator.findings import Estimate, Number, Numbers, Unavailable
from generator.formatting import correlation, plain, share, shown
from generator.report import Context, Report, TableRow, sentence
from generator.stats.levels import LevelNull, level_corr, level_null

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from generator.panel import Sample

SHORTEST_WINDOW = 63


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What the page says.

    Parameters
    ----------
    sample : Sample or None
        The longest window: its prices and returns.
    nulls : mapping of window to LevelNull
        Shuffles drawn from inside the window.
    """

    numbers: Numbers
    answer: str
    table: tuple[TableRow, ...]
    sample: Sample | None
    nulls: Mapping[int, LevelNull]


def analyse(context: Context) -> Findings:
    """Return level correlations with the share of unrelated shuffles that do as well."""
    pair = context.pair
    windows = tuple(w for w in context.config.run.windows if w >= SHORTEST_WINDOW)
    lacking = context.lacking(pair.a, pair.b)
    if lacking:
        numbers: dict[str, Number] = {
            f"levels.{kind}.{window}": lacking
            for kind in ("pearson", "null_share", "null_share_history")
            for window in windows
        }
        return _findings(context, numbers, None, {}, windows)
    sample = context.sample_ab()
    numbers = {}
    nulls = {}
    for window in windows:
        inside = sample.tail(window)
        if inside is None or not np.ptp(inside.levels.to_numpy(), axis=0).all():
            reason = Unavailable(
                reason=f"not enough data (n = {sample.nobs}, needs {window})"
                if inside is None
                else f"a price does not change in this window (n = {window})"
            )
            numbers.update({f"levels.{k}.{window}": reason for k in ("pearson", "null_share", "null_share_history")})
            continue
        observed = level_corr(*inside.levels.to_numpy().T)
        within = _null(context, inside.changes.iloc[1:], window, observed, f"levels.null_share.{window}")
        history = _null(context, sample.changes, window, observed, f"levels.null_share_history.{window}")
        nulls[window] = within
        numbers[f"levels.pearson.{window}"] = _estimate(inside, observed, "correlation", window)
        numbers[f"levels.null_share.{window}"] = _estimate(inside, within.share, "share", window)
        numbers[f"levels.null_share_history.{window}"] = _estimate(sample, history.share, "share", sample.nobs)
    return _findings(context, numbers, sample.tail(windows[-1]) if windows[-1] in nulls else None, nulls, windows)


def _findings(
    context: Context,
    numbers: dict[str, Number],
    sample: Sample | None,
    nulls: Mapping[int, LevelNull],
    windows: tuple[int, ...],
) -> Findings:
    rows = tuple(
        TableRow(label=f"{w}", ids=tuple(f"levels.{k}.{w}" for k in ("pearson", "null_share", "null_share_history")))
        for w in windows
    )
    return Findings(
        numbers=Numbers(numbers),
        answer=_answer(context, numbers, windows[-1]),
        table=rows,
        sample=sample,
        nulls=nulls,
    )


def _answer(context: Context, numbers: dict[str, Number], window: int) -> str:
    """Return the level correlation, the return correlation of the same window, and what chance alone gives."""

    def words(number: Estimate) -> str:
        text = (
            f"Over the last {window} sessions the prices of {context.a.label} and the {context.b.label} correlated "
            f"{plain(shown(number))}"
        )
        returns = context.numbers[f"correlation.pearson.daily.{window}"]
        if isinstance(returns, Estimate):
            text += f", their daily returns {plain(shown(returns))}"
        null = numbers[f"levels.null_share.{window}"]
        if isinstance(null, Estimate):
            text += f". Of unrelated prices with the same trends, {plain(shown(null))} correlate at least as strongly"
        return text + "."

    return sentence(numbers[f"levels.pearson.{window}"], words, "The correlation of prices is not available")


def _null(context: Context, changes: pd.DataFrame, window: int, observed: float, number_id: str) -> LevelNull:
    """Return the shuffle null: a window of n prices is rebuilt from n - 1 returns."""
    return level_null(
        changes.iloc[:, 0].to_numpy(),
        changes.iloc[:, 1].to_numpy(),
        nobs=window - 1,
        observed=observed,
        reps=context.reps,
        rng=context.rng(number_id),
    )


def _estimate(sample: Sample, value: float, unit: str, nobs: int) -> Estimate:
    # No interval: the shuffles are the uncertainty of a level correlation, and the share is their answer.
    return Estimate(value=value, nobs=nobs, unit=unit, method="levels", first=sample.first, last=sample.last)


def figures(context: Context, findings: Findings) -> Sequence[Figure]:
    """Return prices against returns, and the null distribution with the observed value marked."""
    if findings.sample is None:
        return ()
    return (levels_figure(context, findings), null_figure(context, findings))


def levels_figure(context: Context, findings: Findings) -> Figure:
    """Return the two answers on one screen: rebased prices, and the daily returns behind them."""
    sample = findings.sample
    assert sample is not None  # noqa: S101 - figures() has checked it
    window = sample.nobs
    price, returns = (
        findings.numbers[f"levels.pearson.{window}"],
        context.numbers[f"correlation.pearson.daily.{window}"],
    )
    price_text, return_text = plain(shown(price)), plain(shown(returns))
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
    slope = float(spread[0, 1] / spread[0, 0])
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


def null_figure(context: Context, findings: Findings) -> Figure:
    """Return the distribution of level correlations among unrelated shuffles, with the observed one marked."""
    sample = findings.sample
    assert sample is not None  # noqa: S101 - figures() has checked it
    window = sample.nobs
    null = findings.nulls[window]
    counts, edges = np.histogram(null.draws, bins=np.linspace(-1, 1, 41))
    frame = pd.DataFrame({"low": edges[:-1], "high": edges[1:], "share": 100 * counts / null.reps})
    observed, part = plain(correlation(null.observed)), plain(share(null.share))
    return Figure(
        id="level-null",
        title=f"{part} of unrelated prices correlate as strongly as these",
        subtitle=f"Correlation of prices over {window} sessions, {null.reps:,} shuffles of each asset on its own",
        alt=f"Histogram of the price correlations of {null.reps} pairs of unrelated shuffles, from -1 to 1. The "
        f"observed correlation, {observed}, is marked; {part} of the shuffles are at least as far from zero.",
        caption="Unrelated prices often correlate strongly, one way or the other: both trend.",
        source=context.source_line,
        spec=histogram_with_mark(
            frame,
            data="null",
            left="low",
            right="high",
            count="share",
            axis=Axis(title="Correlation of prices", format=".1f", domain=(-1.0, 1.0)),
            count_axis=Axis(title="% of shuffles", format=".0f", include=(0.0,)),
            observed=null.observed,
            observed_label=f"observed {observed}",
        ),
        data={"null": frame},
        columns={
            "low": Column(label="From"),
            "high": Column(label="To"),
            "share": Column(label="Share of shuffles", unit=" %"),
        },
    )


REPORT = Report(
    slug="levels",
    title="Prices against returns",
    question="Why do the two price lines look tied together, and is that evidence?",
    analyse=analyse,
    figures=figures,
)
