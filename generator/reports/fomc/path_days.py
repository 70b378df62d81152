"""The implied path and the odds of each meeting on any day a reader picks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from generator.charts.encode import Column
from generator.charts.figure import Figure
from generator.charts.layers import Axis, Line
from generator.charts.theme import PALETTE, TEXT
from generator.charts.time import time_lines
from generator.expectations import Futures
from generator.formatting import basis_points, percent, plain, signed
from generator.panel import as_date
from generator.reports.fomc.expected import STEP_BP, path_on
from generator.stats.expected_path import MeetingOdds

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping, Sequence
    from datetime import date

    from generator.report import Context
    from generator.stats.expected_path import NoOdds

FIGURE = "path-on-a-day"
NONE = "none"
NEGLIGIBLE = 0.05
"""Percent: stored with one decimal, a smaller chance is none."""
RECENT = 63
"""Sessions at the end of which every one is offered; before them the last one of each week."""


class OddsRow(NamedTuple):
    """One meeting as the table of the day shows it; all text."""

    meeting: str
    change: str
    low: str
    high: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DayPaths:
    """The paths and odds of every day offered.

    Parameters
    ----------
    paths : DataFrame
        Columns as_of, date, implied and decided, percent; each holds until its next row; ascending.
    odds : DataFrame
        Columns as_of, meeting, change (bp), and the lower of the two steps around it (bp) with its chance (percent);
        missing where a meeting has no odds.
    """

    paths: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)
    odds: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)

    @property
    def first(self) -> str:
        """The first day offered."""
        return as_date(self.paths["as_of"].iloc[0]).isoformat()

    @property
    def last(self) -> str:
        """The last day offered, which the page shows at first."""
        return as_date(self.paths["as_of"].iloc[-1]).isoformat()

    @property
    def cells(self) -> tuple[OddsRow, ...]:
        """The odds of the last day as the table shows them at first: meeting, change, and both steps."""
        if self.odds.empty:
            return ()
        shown = self.odds[self.odds["as_of"] == self.odds["as_of"].iloc[-1]]
        return tuple(_cells(row) for row in shown.to_dict("records"))


def days_offered(source: Futures, claim: date) -> tuple[date, ...]:
    """Return the days whose path a reader may look at: one a week, every recent one, and that of the claim."""
    days = pd.DatetimeIndex(source.closes.dropna(how="all").index)
    weeks = days.to_period("W-SUN")
    last_of_week = np.append(weeks[1:] != weeks[:-1], [True]) if len(days) else np.array([], dtype=bool)
    keep = last_of_week | (np.arange(len(days)) >= len(days) - RECENT) | (days == pd.Timestamp(claim))
    return tuple(as_date(day) for day in days[keep])


def paths_by_day(context: Context) -> DayPaths:
    """Return the implied and the decided rate, and the odds of every meeting, on each day offered."""
    source = context.expectations.futures
    if not isinstance(source, Futures):
        return DayPaths()
    decided = {m.date: sum(m.target) / 2 for m in context.meetings if m.date <= context.as_of and m.target is not None}
    paths: list[tuple[date, date, float, float]] = []
    odds = []
    for day in days_offered(source, context.config.run.claim_date):
        found = path_on(context, source, day)
        known = [item for item in found if isinstance(item, MeetingOdds)]
        if not known:
            continue
        paths += _steps(day, known, decided, context.as_of)
        odds += [_row(day, item) for item in found[: found.index(known[-1]) + 1]]
    if not paths:
        return DayPaths()
    frame = pd.DataFrame(paths, columns=["as_of", "date", "implied", "decided"])
    return DayPaths(
        paths=frame.assign(**{key: pd.to_datetime(frame[key]) for key in ("as_of", "date")}), odds=pd.DataFrame(odds)
    )


def _steps(
    day: date, known: Sequence[MeetingOdds], decided: Mapping[date, float], as_of: date
) -> list[tuple[date, date, float, float]]:
    """Return rows of `day`, a later date, and both rates from that date on, each holding until its next row."""
    last = known[-1].date
    before = [rate for when, rate in decided.items() if when <= day]
    implied = {day: known[0].start_pct, **{item.date: item.end_pct for item in known}}
    actual = {day: before[-1] if before else np.nan}
    actual |= {when: rate for when, rate in decided.items() if day < when <= last}
    rows = []
    implied_now = decided_now = np.nan
    for when in sorted({*implied, *actual, min(as_of, last)}):
        implied_now = implied.get(when, implied_now)
        decided_now = actual.get(when, decided_now)
        rows.append((day, when, implied_now, decided_now if when <= as_of else np.nan))
    return rows


def _row(day: date, item: MeetingOdds | NoOdds) -> dict[str, object]:
    """Return the change implied and the lower step around it with its chance; the upper one has the rest."""
    row: dict[str, object] = {"as_of": pd.Timestamp(day), "meeting": pd.Timestamp(item.date)}
    if not isinstance(item, MeetingOdds):
        return {**row, "change": np.nan, "low": np.nan, "low_chance": np.nan}
    low = min(item.steps)
    return {**row, "change": item.change_bp, "low": float(low), "low_chance": 100 * item.steps[low]}


def _cells(row: Mapping[Hashable, Any]) -> OddsRow:
    meeting, change = as_date(row["meeting"]).isoformat(), row["change"]
    if not np.isfinite(change):
        return OddsRow(meeting, "not known", NONE, NONE)
    low, chance = row["low"], row["low_chance"]
    upper = _likely(low + STEP_BP, 100 - chance) if chance < 100 - NEGLIGIBLE else NONE
    return OddsRow(meeting, f"{plain(signed(change, 1, plus=True))} bp", _likely(low, chance), upper)


def _likely(step: float, chance: float) -> str:
    return f"{plain(basis_points(step))}: {plain(percent(chance / 100, 0))}"


def day_figure(context: Context, days: DayPaths) -> Figure | None:
    """Return the implied path on the last day with prices, which a reader may exchange for any other day."""
    source, paths = context.expectations.futures, days.paths
    if paths.empty or not isinstance(source, Futures):
        return None
    day = paths["as_of"].iloc[-1]
    shown = paths[paths["as_of"] == day]
    known = shown.dropna(subset=["implied"])
    first, last = (float(known["implied"].iloc[at]) for at in (0, -1))
    end = as_date(known["date"].iloc[-1])
    lines = [Line(column="implied", label="implied by futures", ink=PALETTE[0])]
    if shown["decided"].notna().any():
        lines.append(Line(column="decided", label="decided", ink=TEXT))
    spec = time_lines(shown, data="paths-by-day", lines=lines, axis=Axis(title="%", format=".2f"), named_at_ends=False)
    for layer in spec["layer"]:
        if str(layer.get("name", "")).startswith("line_"):
            layer["mark"]["interpolate"] = "step-after"
    spec["usermeta"]["tandem"] |= {
        "ranges": False,
        "thin": [],
        "pick": {
            "data": "paths-by-day",
            "field": "as_of",
            "table": "odds-by-day",
            "step": STEP_BP,
            "title": "What futures implied on {day}, and what was decided after it",
        },
    }
    return Figure(
        id=FIGURE,
        title=f"On {as_date(day)} futures implied {first:.2f} % then and {last:.2f} % by {end:%B %Y}",
        subtitle="Federal funds rate that futures imply after each meeting, and the middle of the target range, %",
        alt=f"Lines in steps at the meetings. Implied on {as_date(day)}: from {first:.2f} % to {last:.2f} % on {end}.",
        caption=f"Offered are the last session of every week with prices, and each of the last {RECENT}. The calendar "
        "of meetings is the one known on the day; decisions after it are drawn for comparison alone.",
        source=f"Source: {source.label} · prices through {as_date(day)}",
        spec=spec,
        data={"path-shown": shown, "paths-by-day": paths, "odds-by-day": days.odds},
        columns={
            "as_of": Column(label="Prices of"),
            "date": Column(label="Date"),
            "implied": Column(label="Implied", unit=" %"),
            "decided": Column(label="Decided", unit=" %"),
            "meeting": Column(label="Meeting"),
            "change": Column(label="Implied change", unit=" bp", decimals=1, signed=True),
            "low": Column(label="Lower step", unit=" bp", decimals=0, signed=True),
            "low_chance": Column(label="its chance", unit=" %", decimals=0),
        },
    )
