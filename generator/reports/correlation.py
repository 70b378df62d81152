"""How closely two assets move together, in which window and by which estimator."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from generator.charts.encode import Column
from generator.charts.figure import Figure
from generator.charts.layers import Axis, Events, Line
from generator.charts.theme import series_ink
from generator.charts.time import time_lines
from generator.claims.strength import strength_of_interval
from generator.findings import Estimate, Number, Numbers, Unavailable
from generator.formatting import correlation, interval, plain, shown
from generator.report import Context, Report, TableRow, ends, sentence
from generator.stats.bootstrap import Estimator, bootstrap_correlation
from generator.stats.correlation import fisher_interval, rolling_corr

if TYPE_CHECKING:
    from collections.abc import Sequence

ESTIMATORS: tuple[Estimator, ...] = ("pearson", "spearman", "kendall")


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What the page says.

    Parameters
    ----------
    answer : str
        The first sentence of the page.
    rolling : DataFrame
        Column date, and for every window w the columns r_w, lower_w, upper_w.
    dropped : int
        Returns left out because they cross an unexpected gap.
    """

    numbers: Numbers
    answer: str
    table: tuple[TableRow, ...]
    rolling: pd.DataFrame
    dropped: int


def analyse(context: Context) -> Findings:
    """Return correlations in every window by three estimators, and the rolling correlation with its band."""
    pair = context.pair
    lacking = context.lacking(pair.a, pair.b)
    windows = context.config.run.windows
    spans: list[int | str] = [*windows, "all"]
    if lacking:
        numbers: dict[str, Number] = {
            f"correlation.{estimator}.daily.{span}": lacking for estimator in ESTIMATORS for span in spans
        }
        return _findings(context, numbers, pd.DataFrame(), 0)
    sample = context.sample_ab()
    returns = sample.changes.to_numpy()
    numbers = {}
    for estimator in ESTIMATORS:
        for span in spans:
            number_id = f"correlation.{estimator}.daily.{span}"
            nobs = sample.nobs if span == "all" else int(span)
            numbers[number_id] = _estimate(context, sample.changes, nobs, estimator=estimator, number_id=number_id)
    return _findings(context, numbers, _rolling(sample.changes, returns, windows, context.level), sample.dropped)


def _findings(context: Context, numbers: dict[str, Number], rolling: pd.DataFrame, dropped: int) -> Findings:
    windows = context.config.run.windows
    rows = [TableRow(label=f"{w}", ids=_ids(w)) for w in windows]
    rows.append(TableRow(label=f"all since {context.start}", ids=_ids("all")))
    return Findings(
        numbers=Numbers(numbers), answer=_answer(context, numbers), table=tuple(rows), rolling=rolling, dropped=dropped
    )


def _ids(span: int | str) -> tuple[str, ...]:
    return tuple(f"correlation.{estimator}.daily.{span}" for estimator in ESTIMATORS)


def _answer(context: Context, numbers: dict[str, Number]) -> str:
    """Return what was found: the longest window, the shortest that carries information, and the whole sample."""
    long, short = context.config.run.windows[-1], context.config.run.windows[1]
    a, b = context.a.label, context.b.label

    def words(number: Estimate) -> str:
        text = (
            f"Over the last {number.nobs} sessions the daily returns of {a} and the {b} correlated "
            f"{plain(shown(number))} ({context.level_words} interval {plain(interval(number))}): "
            f"{strength_of_interval(*ends(number))}."
        )
        recent = numbers[f"correlation.pearson.daily.{short}"]
        if isinstance(recent, Estimate):
            text += f" Over the last {short} sessions it was {plain(shown(recent))} ({plain(interval(recent))})."
        return text

    return sentence(numbers[f"correlation.pearson.daily.{long}"], words, "The correlation is not available")


def _estimate(context: Context, changes: pd.DataFrame, nobs: int, *, estimator: Estimator, number_id: str) -> Number:
    if nobs < 10 or len(changes) < nobs:  # noqa: PLR2004 - fewer say nothing about a correlation
        return Unavailable(reason=f"not enough data (n = {len(changes)}, needs {max(nobs, 10)})")
    window = changes.to_numpy()[-nobs:]
    if not np.ptp(window, axis=0).all():
        return Unavailable(reason=f"a series does not change in this window (n = {nobs})")
    result = bootstrap_correlation(
        window[:, 0],
        window[:, 1],
        estimator=estimator,
        reps=context.reps,
        rng=context.rng(number_id),
        level=context.level,
    )
    return Estimate(
        value=result.value,
        lower=result.lower,
        upper=result.upper,
        level=result.level,
        nobs=result.nobs,
        unit="correlation",
        method="correlation",
        first=changes.index[-nobs].date(),
        last=changes.index[-1].date(),
    )


def _rolling(changes: pd.DataFrame, returns: np.ndarray, windows: Sequence[int], level: float) -> pd.DataFrame:
    columns: dict[str, object] = {"date": changes.index}
    for window_obs in windows:
        if len(returns) < window_obs:
            continue
        values = rolling_corr(returns[:, 0], returns[:, 1], window_obs)
        lower, upper = fisher_interval(values, window_obs, level)
        columns |= {f"r_{window_obs}": values, f"lower_{window_obs}": lower, f"upper_{window_obs}": upper}
    return pd.DataFrame(columns)


def figures(context: Context, findings: Findings) -> Sequence[Figure]:
    """Return the rolling correlation in a long and a short window."""
    windows = context.config.run.windows
    long, short = windows[-1], windows[1]
    column = f"r_{long}"
    if column not in findings.rolling or findings.rolling[column].isna().all():
        return ()
    frame = findings.rolling.loc[
        findings.rolling[column].notna(), ["date", column, f"lower_{long}", f"upper_{long}", f"r_{short}"]
    ]
    now, lowest, highest = frame[column].iloc[-1], frame[column].min(), frame[column].max()
    first = frame["date"].iloc[0].date()
    spec = time_lines(
        frame,
        data="rolling",
        lines=[
            Line(
                column=column,
                label=f"{long} sessions",
                ink=series_ink(context.a.colour, 0),
                lower=f"lower_{long}",
                upper=f"upper_{long}",
            ),
            Line(column=f"r_{short}", label=f"{short} sessions", ink=series_ink(context.b.colour, 1), width=1.25),
        ],
        axis=Axis(title="Correlation of daily returns", domain=(-0.6, 1.0)),
        reference=0.0,
        events=Events(claim=context.claim_mark, decisions="decisions"),
    )
    return (
        Figure(
            id="rolling-correlation",
            title=f"The one-year correlation was {plain(correlation(now))} at the end, "
            f"between {plain(correlation(lowest))} and {plain(correlation(highest))} before",
            subtitle=f"Correlation of daily log returns of {context.a.label} and {context.b.label}, rolling windows",
            alt=f"Line chart from {first} to {context.as_of}: the {long}-session correlation of daily returns ends at "
            f"{plain(correlation(now))}; its lowest value was {plain(correlation(lowest))}, its highest "
            f"{plain(correlation(highest))}.",
            caption=f"The band is the pointwise {context.level_words} Fisher band of the {long}-session line. "
            "Marks on the axis are decisions of the Federal Reserve.",
            source=context.source_line,
            spec=spec,
            data={"rolling": frame, "decisions": context.decisions(first)},
            columns={
                "date": Column(label="Date"),
                column: Column(label=f"{long} sessions"),
                f"lower_{long}": Column(label=f"{long} sessions, lower"),
                f"upper_{long}": Column(label=f"{long} sessions, upper"),
                f"r_{short}": Column(label=f"{short} sessions"),
                "decision": Column(label="Decision"),
            },
        ),
    )


REPORT = Report(
    slug="correlation",
    title="Correlation",
    question="How closely do the two move together, in which window, and how sure is that?",
    analyse=analyse,
    figures=figures,
)
