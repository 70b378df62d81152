"""Why prices look tied: the correlation of price levels beside what unrelated prices give."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from generator.estimates import level_estimate, too_few
from generator.findings import Estimate, Number, Numbers, Unavailable
from generator.formatting import plain, shown
from generator.report import Context, Report, sentence
from generator.reports.levels.audit import JoinRow, audit
from generator.reports.levels.figures import answers_figure, joins_figure, levels_figure, null_figure
from generator.reports.levels.trends import Reading, TrendRow, Trends, spans, trends
from generator.stats.correlation import rolling_corr
from generator.stats.levels import LevelNull, level_null

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from generator.charts.figure import Figure
    from generator.panel import Sample

SHORTEST_WINDOW = 63
KINDS = ("pearson", "null_share", "null_share_history")


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What the page says.

    Parameters
    ----------
    readings : tuple of Reading
        What each test on the prices asks and answers, for a layman.
    many, no_joins : str
        What to think of those tests side by side; why there are no joins to compare.
    sample : Sample or None
        The longest window: its prices and returns.
    nulls : mapping of window to (LevelNull, LevelNull)
        Shuffles drawn from inside the window, and from the whole history.
    rolling : DataFrame
        Columns date, prices, returns: both correlations over the longest window.
    """

    numbers: Numbers
    answer: str
    table: tuple[LevelRow, ...]
    readings: tuple[Reading, ...]
    trends: tuple[TrendRow, ...]
    trend_columns: tuple[str, ...]
    many: str
    joins: tuple[JoinRow, ...]
    no_joins: str
    sample: Sample | None
    nulls: Mapping[int, tuple[LevelNull, LevelNull]]
    rolling: pd.DataFrame


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelRow:
    """One window: the ids of the correlation of returns, published elsewhere, of prices, and of both nulls."""

    label: str
    returns: str
    price: str
    nulls: tuple[str, ...]


def analyse(context: Context) -> Findings:
    """Return level correlations with the share of unrelated shuffles that do as well, trend tests and the joins."""
    windows = tuple(w for w in context.config.run.windows if w >= SHORTEST_WINDOW)
    lacking = context.lacking(context.pair.a, context.pair.b)
    sample: Sample | Unavailable = lacking or context.sample_ab()
    numbers: dict[str, Number] = {}
    nulls: dict[int, tuple[LevelNull, LevelNull]] = {}
    for window in windows:
        numbers |= _window(context, sample, window, nulls)
    tests, joins = trends(context, sample), audit(context, sample)
    numbers |= tests.numbers | joins.numbers
    return Findings(
        numbers=Numbers(numbers),
        answer=_answer(context, numbers, windows[-1], tests),
        table=tuple(
            LevelRow(
                label=f"{w}",
                returns=f"correlation.pearson.daily.{w}",
                price=f"levels.pearson.{w}",
                nulls=tuple(f"levels.{kind}.{w}" for kind in KINDS[1:]),
            )
            for w in windows
        ),
        readings=tests.readings,
        trends=tests.rows,
        trend_columns=tuple(
            f"since {context.start}" if span == "all" else f"last {span} sessions" for span in spans(context)
        ),
        many=tests.many,
        joins=joins.rows,
        no_joins=joins.reason,
        sample=sample.tail(windows[-1]) if windows[-1] in nulls and not isinstance(sample, Unavailable) else None,
        nulls=nulls,
        rolling=_rolling(sample, windows[-1]),
    )


def _window(
    context: Context,
    sample: Sample | Unavailable,
    window: int,
    nulls: dict[int, tuple[LevelNull, LevelNull]],
) -> dict[str, Number]:
    """Return the numbers of one window, and add its shuffles to `nulls`."""
    ids = [f"levels.{kind}.{window}" for kind in KINDS]
    inside = sample if isinstance(sample, Unavailable) else sample.tail(window)
    if inside is None and not isinstance(sample, Unavailable):
        inside = too_few(sample.nobs, window)
    if inside is None or isinstance(inside, Unavailable) or isinstance(sample, Unavailable):
        return dict.fromkeys(ids, inside if isinstance(inside, Unavailable) else Unavailable(reason="not enough data"))
    observed = level_estimate(inside)
    if isinstance(observed, Unavailable):
        return dict.fromkeys(ids, observed)
    within = _null(context, inside.changes.iloc[1:], window, observed.value, ids[1])
    history = _null(context, sample.changes, window, observed.value, ids[2])
    nulls[window] = (within, history)
    return dict(
        zip(
            ids,
            (
                observed,
                _share(inside, within.share, window),
                _share(sample, history.share, sample.nobs),
            ),
            strict=True,
        )
    )


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


def _share(sample: Sample, value: float, nobs: int) -> Estimate:
    return Estimate(value=value, nobs=nobs, unit="share", method="levels", first=sample.first, last=sample.last)


def _rolling(sample: Sample | Unavailable, window_obs: int) -> pd.DataFrame:
    """Return both correlations over the last `window_obs` prices and returns of every session."""
    if isinstance(sample, Unavailable) or sample.nobs < window_obs:
        return pd.DataFrame()
    lines = {}
    for name, frame in (("prices", sample.levels), ("returns", sample.changes)):
        x, y = frame.to_numpy(dtype=np.float64).T
        lines[name] = pd.Series(rolling_corr(x, y, window_obs), index=frame.index)
    both = pd.DataFrame(lines).dropna()
    return both.rename_axis("date").reset_index()


def _answer(context: Context, numbers: Mapping[str, Number], window: int, tests: Trends) -> str:
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
        return f"{text}. {tests.shared}".strip()

    return sentence(numbers[f"levels.pearson.{window}"], words, "The correlation of prices is not available")


def figures(context: Context, findings: Findings) -> Sequence[Figure]:
    """Return prices against returns, both answers over time, the nulls, and the five joins."""
    sample = findings.sample
    if sample is None:
        return ()
    window = sample.nobs
    made = [
        levels_figure(context, findings.numbers, sample),
        answers_figure(context, findings.rolling, window),
        null_figure(context, *findings.nulls[window], window),
        joins_figure(context, findings.numbers, findings.joins),
    ]
    return tuple(figure for figure in made if figure is not None)


REPORT = Report(
    slug="levels",
    title="Prices against returns",
    question="Why do the two price lines look tied together, and is that evidence?",
    analyse=analyse,
    figures=figures,
)
