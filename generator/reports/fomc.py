"""Every meeting of the Federal Reserve's rate committee: what it decided and how the assets moved that day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from generator.charts.encode import Column
from generator.charts.figure import Figure
from generator.charts.layers import Axis
from generator.charts.points import scatter
from generator.charts.theme import series_ink
from generator.findings import Estimate, Number, Numbers, Unavailable
from generator.fomc import Meeting, consecutive_cuts, longest_cuts_since
from generator.formatting import basis_points, plain, signed_percent
from generator.panel import nyse_sessions
from generator.report import Context, Report

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

UNKNOWN = "not recorded"
NO_VALUE = "no value"
WORDS = {"cut": "a cut", "hike": "a rise", "hold": "a hold"}
FEWEST_DOTS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One meeting as the table shows it; what is not known is said in words."""

    meeting: Meeting
    session: date
    returns: tuple[float | None, ...]
    identity: str
    date: str
    kind: str
    decision: str
    target: str
    yield_change: str
    cells: tuple[str, ...]
    checked: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What the page says; rows are newest first."""

    numbers: Numbers
    answer: str
    rows: tuple[Row, ...]
    upcoming: tuple[str, ...]
    columns: tuple[str, ...]
    series: tuple[str, ...]


def analyse(context: Context) -> Findings:
    """Return every meeting since the first usable day, and the run of consecutive cuts."""
    pair = context.pair
    held = [m for m in context.meetings if m.date <= context.as_of]
    claim = context.config.run.claim_date
    numbers: dict[str, Number] = {
        "spells.current": _count(consecutive_cuts(context.meetings, context.as_of), held, context.as_of),
        "spells.longest_since_claim": Unavailable(reason=f"{context.as_of} is not after the claim date, {claim}")
        if context.as_of <= claim
        else _count(
            longest_cuts_since(context.meetings, claim, context.as_of),
            [m for m in held if m.date > claim],
            context.as_of,
        ),
    }
    series = [s for s in (pair.a, pair.b, pair.market) if s in context.panel]
    changes = {s: context.panel.sample((s,), context.start).changes[s] for s in series}
    yields = context.panel.sample(("dgs2",), context.start).changes["dgs2"] if "dgs2" in context.panel else pd.Series()
    rows = [_row(meeting, changes, yields) for meeting in held if meeting.date >= context.start]
    return Findings(
        numbers=Numbers(numbers),
        answer=_answer(context, rows, numbers),
        rows=tuple(reversed(rows)),
        upcoming=tuple(str(m.date) for m in context.meetings if m.date > context.as_of)[:8],
        columns=tuple(context.config.series[s].short for s in series),
        series=tuple(series),
    )


def _answer(context: Context, rows: Sequence[Row], numbers: dict[str, Number]) -> str:
    """Return the last decision, the moves of that day, and the run of cuts since the claim."""
    decided = [row for row in rows if row.meeting.has_outcome]
    if not decided:
        return f"No decision of the Federal Reserve since {context.start} is known as of {context.as_of}."
    last = decided[-1]
    moves = ", ".join(
        f"{context.config.series[s].label} moved {cell}"
        for s, cell in zip((context.pair.a, context.pair.b), last.cells, strict=False)
    )
    text = f"The last decision, on {last.date}, was {WORDS[_direction(last.meeting)]} ({last.decision})"
    text += f"; that day {moves}." if moves else "."
    run = numbers["spells.longest_since_claim"]
    if isinstance(run, Estimate):
        text += f" The longest run of cuts decided after the claim is {run.value:.0f}."
    return text


def _direction(meeting: Meeting) -> str:
    return "cut" if meeting.is_cut else "hike" if meeting.is_hike else "hold"


def _row(meeting: Meeting, changes: dict[str, pd.Series], yields: pd.Series) -> Row:
    sessions = nyse_sessions()
    position = int(sessions.searchsorted(pd.Timestamp(meeting.date)))
    session = sessions[position]  # a date that is no session belongs to the next one
    returns = tuple(_at(series, session) for series in changes.values())
    change = _at(yields, session)
    target = meeting.target
    return Row(
        meeting=meeting,
        session=session.date(),
        returns=returns,
        identity=f"meeting-{meeting.date.isoformat()}",
        date=meeting.date.isoformat(),
        kind=meeting.kind,
        decision=plain(basis_points(meeting.decision_bp)) if meeting.decision_bp is not None else UNKNOWN,
        target=UNKNOWN if target is None else f"{target[0]:.2f} to {target[1]:.2f}",
        yield_change=plain(basis_points(change)) if change is not None else NO_VALUE,
        cells=tuple(plain(signed_percent(value)) if value is not None else NO_VALUE for value in returns),
        checked={"yes": "checked", "unchecked": "unchecked"}.get(meeting.checked, "no outcome recorded"),
    )


def _at(series: pd.Series, session: pd.Timestamp) -> float | None:
    return float(series.loc[session]) if session in series.index else None


def _count(found: int | Unavailable, held: Sequence[Meeting], as_of: date) -> Number:
    if isinstance(found, Unavailable):
        return found
    return Estimate(
        value=float(found),
        nobs=len(held),
        unit="count",
        method="four-cuts",
        first=held[0].date if held else as_of,
        last=as_of,
    )


def figures(context: Context, findings: Findings) -> Sequence[Figure]:
    """Return the day's moves of both assets, one dot per meeting."""
    points = [
        {"date": pd.Timestamp(row.session), "a": 100 * row.returns[0], "b": 100 * row.returns[1]}
        for row in reversed(findings.rows)
        if findings.series[:2] == (context.pair.a, context.pair.b)
        and row.returns[0] is not None
        and row.returns[1] is not None
    ]
    if len(points) < FEWEST_DOTS:
        return ()
    frame = pd.DataFrame(points)
    same = int((np.sign(frame["a"]) == np.sign(frame["b"])).sum())
    a, b = context.a, context.b
    return (
        Figure(
            id="decision-days",
            title=f"Both moved the same way on {same} of {len(frame)} decision days",
            subtitle=f"Log return on the statement day, {a.label} against {b.label}, %",
            alt=f"Scatter plot of {len(frame)} decision days from {findings.rows[-1].date} to {findings.rows[0].date}: "
            f"the return of {a.label} against that of the {b.label}. On {same} of them both moved the same way.",
            caption="Dots in the upper right and lower left are days on which both moved the same way.",
            source=context.source_line,
            spec=scatter(
                frame,
                data="days",
                x="b",
                y="a",
                x_axis=Axis(title=f"{b.short}, %", format=".0f"),
                y_axis=Axis(title=f"{a.short}, %", format=".0f"),
                ink=series_ink(a.colour, 0),
            ),
            data={"days": frame},
            columns={
                "date": Column(label="Session"),
                "a": Column(label=a.short, unit=" %", signed=True),
                "b": Column(label=b.short, unit=" %", signed=True),
            },
        ),
    )


REPORT = Report(
    slug="fomc",
    title="Fed decisions",
    question="What did the Fed decide, and how did the two move on the day?",
    analyse=analyse,
    figures=figures,
)
