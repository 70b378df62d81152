"""The policy path that futures implied, then and now, and how good the odds of the evening before were."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from markupsafe import Markup

from generator.expectations import Futures
from generator.findings import Estimate, Number, Unavailable
from generator.fomc import meetings_known_on
from generator.formatting import basis_points, percent, signed
from generator.panel import as_date
from generator.reports.fomc.study import FEWEST, Span, session_before
from generator.stats.expected_path import MeetingOdds, NoOdds, brier_score, expected_path

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from generator.fomc import Meeting
    from generator.report import Context

METHOD = "expected-path"
NEAR = timedelta(days=200)
"""How far ahead meetings help to tell the odds of the next one."""
LONGEST_AGE = timedelta(days=10)
FUNDS_RATE = "dff"
STEP_BP = 25
SMALLEST_CHANCE = 0.005
"""Shown without decimals, a smaller one would read as none."""
Odds = MeetingOdds | NoOdds


@dataclass(frozen=True, slots=True, kw_only=True)
class PathRow:
    """One meeting as the table of expected paths shows it; all text."""

    date: str
    then: str
    then_odds: str
    now: str
    now_odds: str
    decided: str
    score: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What was priced in.

    Parameters
    ----------
    eve : mapping of date to MeetingOdds or NoOdds
        Odds of each past meeting by the closes of the session before it.
    then, now : date or None
        Days of the two paths: the claim's, and the last with prices.
    path : DataFrame
        Columns: date, then, now, decided; percent, in steps at the meetings.
    """

    numbers: dict[str, Number]
    eve: Mapping[date, Odds] = field(default_factory=dict)
    rows: tuple[PathRow, ...] = ()
    then: date | None = None
    now: date | None = None
    path: pd.DataFrame = field(default_factory=pd.DataFrame)
    reason: str = ""

    @property
    def then_words(self) -> str:
        """The day of the first path for a heading."""
        return "at the claim" if self.then is None else f"on {self.then}"

    @property
    def now_words(self) -> str:
        """The day of the last path for a heading."""
        return "last" if self.now is None else f"on {self.now}"


def expected(context: Context) -> Expected:
    """Return the paths of the claim date and of the last day with prices, and the scores of past odds."""
    source = context.expectations.futures
    ids = ("fomc.brier.eve", "fomc.brier.hold")
    if not isinstance(source, Futures):
        return Expected(numbers=dict.fromkeys(ids, source), reason=source.reason)
    eve = odds_of_the_eve(context, source)
    then, now = last_day(source, context.config.run.claim_date), last_day(source, context.as_of, longest_age=None)
    first = path_on(context, source, then) if then else ()
    last = path_on(context, source, now) if now else ()
    return Expected(
        numbers=_scores(context, eve),
        eve=eve,
        rows=_rows(context, first, last, then),
        then=then,
        now=now,
        path=_steps(context, first, last, then, now),
    )


def last_day(source: Futures, day: date, *, longest_age: timedelta | None = LONGEST_AGE) -> date | None:
    """Return the last day with prices up to `day`, None if there is none or it is too old to stand for `day`."""
    days = source.closes.index[source.closes.index <= pd.Timestamp(day)]
    if days.empty:
        return None
    found = as_date(days[-1])
    return found if longest_age is None or day - found <= longest_age else None


def path_on(context: Context, source: Futures, day: date, *, until: date | None = None) -> tuple[Odds, ...]:
    """Return the odds of every meeting after `day` by its closes, with the calendar as it was known on `day`."""
    known = meetings_known_on(context.meetings, day)
    dates = [m.date for m in known if until is None or m.date <= until]
    return expected_path(day, source.on(day), dates, current_pct=funds_rate(context, known, day))


def funds_rate(context: Context, meetings: Sequence[Meeting], day: date) -> float | None:
    """Return the funds rate in effect after everything decided up to `day`, percent, None where it is not known.

    A decision takes effect on the following day, so decisions since the last observation are added to it.
    """
    if FUNDS_RATE not in context.config.series or FUNDS_RATE not in context.panel:
        return None
    known = context.panel.values(FUNDS_RATE).loc[: pd.Timestamp(day)]
    if known.empty or day - as_date(known.index[-1]) > LONGEST_AGE:
        return None
    at = as_date(known.index[-1])
    later = sum(m.decision_bp or 0.0 for m in meetings if at <= m.date <= day)
    return float(known.iloc[-1]) + later / 100.0


def odds_of_the_eve(context: Context, source: Futures) -> dict[date, Odds]:
    """Return the odds of each past scheduled meeting by the closes of the session before it."""
    found: dict[date, Odds] = {}
    days = set(source.closes.index)
    for meeting in context.meetings:
        eve = session_before(meeting.date) if meeting.date <= context.as_of else None
        if meeting.kind != "scheduled" or eve is None or pd.Timestamp(eve) not in days:
            continue
        path = path_on(context, source, eve, until=meeting.date + NEAR)
        found |= {odds.date: odds for odds in path[:1] if odds.date == meeting.date}
    return found


def step_of(meeting: Meeting) -> int | None:
    """Return the decision as a multiple of 25 bp, None where it is not recorded or is none."""
    if meeting.decision_bp is None or meeting.decision_bp % STEP_BP:
        return None
    return int(meeting.decision_bp)


def _scores(context: Context, eve: Mapping[date, Odds]) -> dict[str, Number]:
    """Return the mean Brier score of the odds, and of always saying that nothing changes, with bootstrap intervals."""
    decided = {m.date: step_of(m) for m in context.meetings}
    scored = [
        (day, odds.steps, step)
        for day, odds in eve.items()
        if isinstance(odds, MeetingOdds) and (step := decided.get(day)) is not None
    ]
    if len(scored) < FEWEST:
        reason = Unavailable(reason=f"not enough meetings with odds and outcome (n = {len(scored)}, needs {FEWEST})")
        return {"fomc.brier.eve": reason, "fomc.brier.hold": reason}
    span = Span(first=scored[0][0], last=scored[-1][0])
    each = {
        "fomc.brier.eve": np.array([brier_score([odds], [step]) for _, odds, step in scored]),
        "fomc.brier.hold": np.array([brier_score([{0: 1.0}], [step]) for *_, step in scored]),
    }
    drawn = context.rng("fomc.brier").integers(0, len(scored), size=(context.reps, len(scored)))
    ends = [(1 - context.level) / 2, (1 + context.level) / 2]
    numbers: dict[str, Number] = {}
    for key, scores in each.items():
        lower, upper = np.quantile(scores[drawn].mean(axis=1), ends)
        numbers[key] = Estimate(
            value=float(scores.mean()),
            lower=float(lower),
            upper=float(upper),
            level=context.level,
            nobs=len(scored),
            unit="Brier score",
            method=METHOD,
            first=span.first,
            last=span.last,
        )
    return numbers


def odds_words(odds: Odds | None) -> str:
    """Return the odds of one meeting in words, the likelier step first."""
    if odds is None:
        return "over"
    if isinstance(odds, NoOdds):
        return f"not known: {odds.reason}"
    steps = sorted(odds.steps.items(), key=lambda item: -item[1])
    shown = (
        percent(chance, 0) + Markup("&nbsp;") + _step_words(step) for step, chance in steps if chance >= SMALLEST_CHANCE
    )
    return Markup(", ").join(shown)


def _step_words(step: int) -> str:
    if step == 0:
        return "hold"
    return f"{'cut' if step < 0 else 'rise'} of {abs(step)} bp"


def _rows(context: Context, first: Sequence[Odds], last: Sequence[Odds], then: date | None) -> tuple[PathRow, ...]:
    """Return one row per meeting after the first path's day, up to the end of either path."""
    held = {m.date: m for m in context.meetings}
    before, after = {o.date: o for o in first}, {o.date: o for o in last}
    rows = []
    for day in sorted({*before, *after}):
        early, late, meeting = before.get(day), after.get(day), held[day]
        step = step_of(meeting)
        known = day <= context.as_of
        rows.append(
            PathRow(
                date=day.isoformat(),
                then=_change(early) if then else "no prices",
                then_odds=odds_words(early) if early else "no prices",
                now=_change(late) if late else "over",
                now_odds=odds_words(late),
                decided=basis_points(meeting.decision_bp)
                if known and meeting.decision_bp is not None
                else "not recorded"
                if known
                else "ahead",
                score=signed(brier_score([early.steps], [step]), 2)
                if known and step is not None and isinstance(early, MeetingOdds)
                else "no score",
            )
        )
    return tuple(rows)


def _change(odds: Odds | None) -> str:
    return basis_points(round(odds.change_bp, 1)) if isinstance(odds, MeetingOdds) else "not known"


def _steps(
    context: Context, first: Sequence[Odds], last: Sequence[Odds], then: date | None, now: date | None
) -> pd.DataFrame:
    """Return both paths and what was decided as steps: the rate holds from one meeting to the next."""
    start = then or now
    if start is None:
        return pd.DataFrame()
    decided = {
        m.date: sum(m.target) / 2 for m in context.meetings if start < m.date <= context.as_of and m.target is not None
    }
    before = [m.target for m in context.meetings if m.date <= start and m.target is not None]
    columns = {
        "then": _walk({o.date: (o.start_pct, o.end_pct) for o in first if isinstance(o, MeetingOdds)}),
        "now": _walk({o.date: (o.start_pct, o.end_pct) for o in last if isinstance(o, MeetingOdds)}),
        "decided": _held(start, sum(before[-1]) / 2 if before else None, decided, context.as_of),
    }
    frame = pd.DataFrame(columns).sort_index()
    # A rate holds until the next meeting; before its first point and after its last one a path says nothing.
    frame = frame.ffill().where(frame.bfill().notna())
    frame.index = pd.DatetimeIndex(frame.index)
    return frame.reset_index(names="date")


def _walk(changes: Mapping[date, tuple[float, float]]) -> pd.Series:
    """Return the rate on the day before each meeting and on its day."""
    points: dict[date, float] = {}
    for day, (start, end) in changes.items():
        points[day - timedelta(days=1)] = start
        points[day] = end
    return pd.Series(points, dtype="float64")


def _held(start: date, rate: float | None, changes: Mapping[date, float], last: date) -> pd.Series:
    """Return the decided rate from `start` to `last`, with a step at each meeting."""
    if rate is None:
        return pd.Series(dtype="float64")
    points = {start: rate}
    for day, after in changes.items():
        points[day - timedelta(days=1)] = rate
        points[day] = rate = after
    points[last] = rate
    return pd.Series(points, dtype="float64")
