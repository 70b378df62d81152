"""What the two assets have done since the claim was made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from generator.charts.encode import Column
from generator.charts.figure import Figure
from generator.charts.layers import Axis, Events, Line
from generator.charts.theme import series_ink
from generator.charts.time import time_lines
from generator.findings import Estimate, Number, Numbers, Unavailable
from generator.formatting import interval, plain, shown, signed_percent
from generator.report import Context, Report, TableRow, sentence
from generator.stats.bootstrap import bootstrap_correlation
from generator.stats.since import joint_up, joint_up_base_rate

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from generator.config import Series
    from generator.panel import Sample

HORIZONS = (21, 63, 126, 252)
FEWEST = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What the page says.

    Parameters
    ----------
    rebased : DataFrame
        Columns: date, a, b; 100 at the close of the claim date.
    day_before : str
        The same returns counted from the session before, beside the headline.
    """

    numbers: Numbers
    answer: str
    claim_date: date
    table: tuple[TableRow, ...]
    rebased: pd.DataFrame
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
    after = levels.loc[pd.Timestamp(claim) :]
    if len(after) < 2 or after.index[0].date() != claim:  # noqa: PLR2004 - a base and one session after it
        reason = Unavailable(reason=f"no common closes on {claim} and after it are known as of {context.as_of}")
        numbers.update(dict.fromkeys(ids, reason))
        return _findings(context, numbers)
    growth = after.iloc[-1] / after.iloc[0] - 1
    first, last = after.index[0].date(), after.index[-1].date()
    for role, series_id in (("a", pair.a), ("b", pair.b)):
        numbers[f"since.{role}.return"] = Estimate(
            value=float(growth[series_id]),
            nobs=len(after) - 1,
            unit="fraction",
            method="since-the-claim",
            first=first,
            last=last,
        )
    numbers["since.correlation"] = _correlation(context, sample, claim)
    for horizon in HORIZONS:
        numbers[f"since.joint_up.{horizon}"] = _joint_up(after, horizon)
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
    return _findings(context, numbers, rebased, text)


def _assets(context: Context) -> tuple[tuple[Series, str], ...]:
    return ((context.a, context.pair.a), (context.b, context.pair.b))


def _findings(
    context: Context, numbers: dict[str, Number], rebased: pd.DataFrame | None = None, day_before: str = ""
) -> Findings:
    return Findings(
        numbers=Numbers(numbers),
        answer=_answer(context, numbers),
        claim_date=context.config.run.claim_date,
        table=tuple(TableRow(label=f"{h}", ids=(f"since.joint_up.{h}", f"since.joint_up_base.{h}")) for h in HORIZONS),
        rebased=pd.DataFrame() if rebased is None else rebased,
        day_before=day_before or "not available",
        sessions=0 if rebased is None else len(rebased) - 1,
    )


def _answer(context: Context, numbers: dict[str, Number]) -> str:
    """Return what both did since the claim, and how closely they moved on the way."""

    def words(a: Estimate) -> str:
        b = numbers["since.b.return"]
        text = f"From {a.first} to {a.last} {context.a.label} moved {plain(shown(a))} and the {context.b.label} "
        text += f"{plain(shown(b))}"
        corr = numbers["since.correlation"]
        if isinstance(corr, Estimate):
            text += f"; their daily returns correlated {plain(shown(corr))} ({plain(interval(corr))})"
        return text + "."

    return sentence(numbers["since.a.return"], words, "What happened since the claim is not available")


def _base_rate(before: pd.DataFrame, horizon: int, level: float) -> Number:
    base = joint_up_base_rate(before.iloc[:, 0].to_numpy(), before.iloc[:, 1].to_numpy(), horizon, level=level)
    if base is None:
        return Unavailable(reason=f"not enough sessions before the claim (n = {len(before)}, needs {2 * horizon})")
    return Estimate(
        value=base.value,
        lower=base.lower,
        upper=base.upper,
        level=base.level,
        nobs=base.nobs,
        unit="share",
        method="since-the-claim",
        first=before.index[0].date(),
        last=before.index[-1].date(),
    )


def _correlation(context: Context, sample: Sample, claim: date) -> Number:
    changes = sample.changes.loc[sample.changes.index > pd.Timestamp(claim)]
    if len(changes) < FEWEST:
        return Unavailable(reason=f"not enough data (n = {len(changes)}, needs {FEWEST})")
    result = bootstrap_correlation(
        *changes.to_numpy().T,
        reps=context.reps,
        rng=context.rng("since.correlation"),
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
        first=changes.index[0].date(),
        last=changes.index[-1].date(),
    )


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
                events=Events(decisions="decisions"),
            ),
            data={"rebased": frame, "decisions": context.decisions(first)},
            columns={
                "date": Column(label="Date"),
                "a": Column(label=a.short, decimals=1),
                "b": Column(label=b.short, decimals=1),
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
