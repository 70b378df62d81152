"""What the two assets have done since the claim was made."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from generator.charts.encode import Column
from generator.charts.figure import Figure
from generator.charts.layers import NO_CHANGE, Axis, Events, Line
from generator.charts.theme import series_ink
from generator.charts.time import time_lines
from generator.estimates import closes_since_claim, interval_estimate, moves_since_claim, span_of
from generator.findings import Estimate, Number, Numbers, Unavailable
from generator.formatting import correlation, interval, plain, shown, signed_percent
from generator.panel import as_date
from generator.report import Context, Report, TableRow, ends, sentence
from generator.reports.since_the_claim.decided import Decided, counted, decided
from generator.stats.bootstrap import bootstrap_correlation
from generator.stats.correlation import fisher_interval, rolling_corr
from generator.stats.since import drift_apart, drift_apart_bootstrap, joint_up, joint_up_base_rate

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from generator.config import Series
    from generator.panel import Sample

HORIZONS = (21, 63, 126, 252)
DRIFT_IDS = (
    "since.correlation_before",
    "since.volatility_before.a",
    "since.volatility_before.b",
    "since.gap",
    "since.gap_sd",
    "since.gap_chance",
    "since.gap_chance_bootstrap",
)
YEAR = 252
ROLLING = 63
FEWEST = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What the page says.

    Parameters
    ----------
    decided : tuple of Decided
        Every scheduled or unscheduled decision after the claim, in order; without a recorded outcome it says so.
    rebased : DataFrame
        Columns: date, a, b; 100 at the close of the claim date.
    day_before : str
        The same returns counted from the session before, beside the headline.
    rolling : DataFrame
        Columns: date, corr, lower, upper; 63 sessions, from the claim date on.
    steady : bool
        The correlation held while the destinations differ: the page explains how that goes together.
    """

    numbers: Numbers
    answer: str
    claim_date: date
    decided: tuple[Decided, ...]
    table: tuple[TableRow, ...]
    rebased: pd.DataFrame
    rolling: pd.DataFrame
    steady: bool
    day_before: str
    sessions: int


def analyse(context: Context) -> Findings:
    """Return what happened after the claim date, and how often the same happens anyway."""
    claim = context.config.run.claim_date
    pair = context.pair
    lacking = context.lacking(pair.a, pair.b)
    ids = [
        "since.a.return",
        "since.b.return",
        "since.correlation",
        *(f"since.joint_up.{h}" for h in HORIZONS),
        *DRIFT_IDS,
    ]
    base_ids = [f"since.joint_up_base.{h}" for h in HORIZONS]
    numbers: dict[str, Number] = {}
    if lacking:
        numbers.update(dict.fromkeys([*ids, *base_ids], lacking))
        return _findings(context, numbers)
    sample = context.sample_ab()
    levels = sample.levels
    before = levels.loc[: pd.Timestamp(min(claim, context.as_of))]
    for horizon in HORIZONS:
        numbers[f"since.joint_up_base.{horizon}"] = _base_rate(before, horizon, context.level)
    after = closes_since_claim(context, levels)
    if isinstance(after, Unavailable):
        numbers.update(dict.fromkeys(ids, after))
        return _findings(context, numbers)
    numbers |= moves_since_claim(context, after)
    numbers["since.correlation"] = _correlation(context, sample, claim)
    for horizon in HORIZONS:
        numbers[f"since.joint_up.{horizon}"] = _joint_up(after, horizon)
    numbers |= _drift(context, sample, after)
    earlier = levels.loc[: pd.Timestamp(claim)].iloc[:-1]
    from_before = after.iloc[-1] / earlier.iloc[-1] - 1 if len(earlier) else None
    rebased = pd.DataFrame(
        {
            "date": after.index,
            "a": 100 * after[pair.a].to_numpy() / after[pair.a].iloc[0],
            "b": 100 * after[pair.b].to_numpy() / after[pair.b].iloc[0],
        }
    )
    text = "not available: no session before it"
    if from_before is not None:
        moves = (f"{s.label} {plain(signed_percent(float(from_before[i])))}" for s, i in _assets(context))
        text = f"{', '.join(moves)} (from {earlier.index[-1].date()})"
    return _findings(context, numbers, rebased, text, _rolling(context, sample, claim))


def _assets(context: Context) -> tuple[tuple[Series, str], ...]:
    return ((context.a, context.pair.a), (context.b, context.pair.b))


def _rolling(context: Context, sample: Sample, first: date) -> pd.DataFrame:
    """Return the short rolling correlation from the claim on, with its band."""
    returns = sample.changes.to_numpy()
    values = rolling_corr(returns[:, 0], returns[:, 1], ROLLING)
    lower, upper = fisher_interval(values, ROLLING, context.level)
    frame = pd.DataFrame({"date": sample.changes.index, "corr": values, "lower": lower, "upper": upper})
    return frame.loc[frame["date"] >= pd.Timestamp(first)].dropna().reset_index(drop=True)


def _drift(context: Context, sample: Sample, after: pd.DataFrame) -> dict[str, Number]:
    """Return how far the two drifted apart, and how often two such assets do so by chance.

    Correlation and volatility are those of the year before the claim: nothing later enters the yardstick.
    """
    before = sample.changes.loc[: pd.Timestamp(after.index[0])].tail(YEAR)
    if len(before) < YEAR:
        reason = Unavailable(reason=f"not enough sessions before the claim (n = {len(before)}, needs {YEAR})")
        return dict.fromkeys(DRIFT_IDS, reason)
    if not np.ptp(before.to_numpy(), axis=0).all():
        return dict.fromkeys(DRIFT_IDS, Unavailable(reason=f"a price did not change before the claim (n = {YEAR})"))
    a, b = before.to_numpy().T
    paths = np.log(after.to_numpy(dtype=float))
    gap = float((paths[-1, 0] - paths[0, 0]) - (paths[-1, 1] - paths[0, 1]))
    horizon = len(after) - 1
    corr_before = bootstrap_correlation(a, b, reps=context.reps, rng=context.rng(DRIFT_IDS[0]), level=context.level)
    vol_a, vol_b = float(a.std(ddof=1)), float(b.std(ddof=1))
    normal = drift_apart(vol_a, vol_b, corr_before.value, horizon, gap)
    drawn = drift_apart_bootstrap(before.to_numpy(), horizon, gap, rng=context.rng(DRIFT_IDS[-1]), reps=context.reps)

    def number(value: float, unit: str, nobs: int, method: str = "since-the-claim") -> Estimate:
        return Estimate(
            value=value,
            nobs=nobs,
            unit=unit,
            method=method,
            first=as_date(before.index[0]),
            last=as_date(after.index[-1]) if nobs == horizon else as_date(before.index[-1]),
        )

    return {
        "since.correlation_before": Estimate(
            value=corr_before.value,
            lower=corr_before.lower,
            upper=corr_before.upper,
            level=corr_before.level,
            nobs=corr_before.nobs,
            unit="correlation",
            method="correlation",
            first=as_date(before.index[0]),
            last=as_date(before.index[-1]),
        ),
        "since.volatility_before.a": number(vol_a * math.sqrt(YEAR), "volatility", len(before)),
        "since.volatility_before.b": number(vol_b * math.sqrt(YEAR), "volatility", len(before)),
        "since.gap": number(math.expm1(gap), "fraction", horizon),
        "since.gap_sd": number(normal.gap_sd, "volatility", len(before)),
        "since.gap_chance": number(normal.chance, "share", len(before)),
        "since.gap_chance_bootstrap": number(drawn.chance, "share", len(before)),
    }


def _steady(numbers: dict[str, Number]) -> bool:
    """Return whether the link held while the paths parted: then the page explains how the two go together."""
    now, before = numbers["since.correlation"], numbers["since.correlation_before"]
    a, b = numbers["since.a.return"], numbers["since.b.return"]
    if not (isinstance(now, Estimate) and isinstance(before, Estimate)):
        return False
    if not (isinstance(a, Estimate) and isinstance(b, Estimate)):
        return False
    lower, upper = ends(before)
    return lower <= now.value <= upper and (a.value > 0) != (b.value > 0)


def _findings(
    context: Context,
    numbers: dict[str, Number],
    rebased: pd.DataFrame | None = None,
    day_before: str = "",
    rolling: pd.DataFrame | None = None,
) -> Findings:
    return Findings(
        steady=rebased is not None and _steady(numbers),
        rolling=pd.DataFrame() if rolling is None else rolling,
        numbers=Numbers(numbers),
        answer=_answer(context, numbers),
        claim_date=context.config.run.claim_date,
        decided=decided(context, rebased),
        table=tuple(TableRow(label=f"{h}", ids=(f"since.joint_up.{h}", f"since.joint_up_base.{h}")) for h in HORIZONS),
        rebased=pd.DataFrame() if rebased is None else rebased,
        day_before=day_before or "not available",
        sessions=0 if rebased is None else len(rebased) - 1,
    )


def _answer(context: Context, numbers: dict[str, Number]) -> str:
    """Return what both did since the claim, how closely they moved on the way, and what the Fed did."""

    def words(a: Estimate) -> str:
        b = numbers["since.b.return"]
        text = f"From {a.first} to {a.last} {context.a.label} moved {plain(shown(a))} and the {context.b.label} "
        text += f"{plain(shown(b))}"
        corr = numbers["since.correlation"]
        if isinstance(corr, Estimate):
            text += f"; their daily returns correlated {plain(shown(corr))} ({plain(interval(corr))})"
        return text + "." + counted(context)

    return sentence(numbers["since.a.return"], words, "What happened since the claim is not available")


def _base_rate(before: pd.DataFrame, horizon: int, level: float) -> Number:
    base = joint_up_base_rate(before.iloc[:, 0].to_numpy(), before.iloc[:, 1].to_numpy(), horizon, level=level)
    if base is None:
        return Unavailable(reason=f"not enough sessions before the claim (n = {len(before)}, needs {2 * horizon})")
    return interval_estimate(base, span_of(before), method="since-the-claim", unit="share")


def _correlation(context: Context, sample: Sample, claim: date) -> Number:
    changes = sample.changes.loc[sample.changes.index > pd.Timestamp(claim)]
    if len(changes) < FEWEST:
        return Unavailable(reason=f"not enough data (n = {len(changes)}, needs {FEWEST})")
    if not np.ptp(changes.to_numpy(), axis=0).all():
        return Unavailable(reason=f"a price has not changed since the claim (n = {len(changes)})")
    result = bootstrap_correlation(
        *changes.to_numpy().T,
        reps=context.reps,
        rng=context.rng("since.correlation"),
        level=context.level,
    )
    return interval_estimate(result, span_of(changes), method="correlation", unit="correlation")


def _joint_up(after: pd.DataFrame, horizon: int) -> Number:
    outcome = joint_up(after.iloc[:, 0].to_numpy(), after.iloc[:, 1].to_numpy(), horizon)
    if outcome is None:
        return Unavailable(reason=f"{horizon} sessions after the claim are not reached yet (n = {len(after) - 1})")
    return Estimate(
        value=float(outcome),
        nobs=horizon,
        unit="yes or no",
        method="since-the-claim",
        first=after.index[0].date(),
        last=after.index[horizon].date(),
    )


def figures(context: Context, findings: Findings) -> Sequence[Figure]:
    """Return the rebased paths with the decisions marked."""
    frame = findings.rebased
    if len(frame) < 2:  # noqa: PLR2004 - a line needs two points
        return ()
    a, b = context.a, context.b
    moves = {role: plain(shown(findings.numbers[f"since.{role}.return"])) for role in ("a", "b")}
    first = findings.claim_date
    return (
        Figure(
            id="since-the-claim",
            title=f"Since the claim: {a.short} {moves['a']}, {b.short} {moves['b']}",
            subtitle=f"Prices, close of {first} = 100",
            alt=f"Line chart of both prices from {first}, both 100 that day, to {context.as_of}: {a.label} ends at "
            f"{frame['a'].iloc[-1]:.0f}, the {b.label} at {frame['b'].iloc[-1]:.0f}.",
            caption="Marks on the axis are decisions of the Federal Reserve.",
            source=context.source_line,
            spec=time_lines(
                frame,
                data="rebased",
                lines=[
                    Line(column="a", label=a.short, ink=series_ink(a.colour, 0)),
                    Line(column="b", label=b.short, ink=series_ink(b.colour, 1)),
                ],
                axis=Axis(title=f"{first} = 100", format=".0f"),
                reference=100.0,
                events=Events(decisions="decisions", holds=True),
            ),
            data={"rebased": frame, "decisions": _marked(context, first)},
            columns={
                "date": Column(label="Date"),
                "a": Column(label=a.short, decimals=1),
                "b": Column(label=b.short, decimals=1),
                "decision": Column(label="Decision"),
            },
        ),
        *_rolling_figure(context, findings),
    )


def _marked(context: Context, first: date) -> pd.DataFrame:
    """Return every decision since `first` for the axis, those that changed nothing too."""
    return context.decisions(first).replace({"decision": {"hold": NO_CHANGE}})


def _rolling_figure(context: Context, findings: Findings) -> tuple[Figure, ...]:
    frame = findings.rolling
    if len(frame) < 2:  # noqa: PLR2004 - a line needs two points
        return ()
    start, end = (plain(correlation(float(frame["corr"].iloc[i]))) for i in (0, -1))
    first = as_date(frame["date"].iloc[0])
    return (
        Figure(
            id="correlation-since-the-claim",
            title=f"Over {ROLLING} sessions the correlation went from {start} to {end}",
            subtitle=f"Correlation of daily log returns, {ROLLING} sessions up to each day",
            alt=f"Line chart from {first} to {context.as_of}: the {ROLLING}-session correlation of daily returns "
            f"starts at {start} and ends at {end}.",
            caption=f"The band is the pointwise {context.level_words} Fisher band.",
            source=context.source_line,
            spec=time_lines(
                frame,
                data="rolling",
                lines=[
                    Line(
                        column="corr",
                        label=f"{ROLLING} sessions",
                        ink=series_ink(context.a.colour, 0),
                        lower="lower",
                        upper="upper",
                    )
                ],
                axis=Axis(title="Correlation of daily returns", domain=(-0.4, 1.0)),
                reference=0.0,
                events=Events(decisions="decisions", holds=True),
            ),
            data={"rolling": frame, "decisions": _marked(context, first)},
            columns={
                "date": Column(label="Date"),
                "corr": Column(label=f"{ROLLING} sessions"),
                "lower": Column(label="Lower"),
                "upper": Column(label="Upper"),
                "decision": Column(label="Decision"),
            },
        ),
    )


REPORT = Report(
    slug="since-the-claim",
    title="Since the claim",
    question="What have the two done since the claim was made?",
    analyse=analyse,
    figures=figures,
)
