"""The events, the sessions they fall on, what the assets did around them, and what was not expected."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from generator.expectations import POLICY, STOCKS, TWO_YEAR, Futures, Surprises
from generator.findings import Unavailable
from generator.panel import as_date, nyse_sessions
from generator.stats.event_study import event_positions, event_responses, shock_kinds, yield_surprise_bp
from generator.stats.kuttner import Kuttner, NoSurprise, kuttner_surprise

if TYPE_CHECKING:
    from collections.abc import Sequence

    from generator.fomc import Meeting
    from generator.panel import Sample
    from generator.report import Context
    from generator.stats.event_study import IntArray, Window
    from generator.stats.least_squares import FloatArray

YIELD = "dgs2"
SINCE = date(1994, 1, 1)
"""The Federal Reserve has announced its decisions on the day since 1994."""
FEWEST = 10
ROLES = ("a", "b", "m")
METHOD = "event-study"


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """First and last date of the events behind a number."""

    first: date
    last: date


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Around:
    """Several series around the same events, on the sessions on which all of them have a value.

    Parameters
    ----------
    events : tuple of Meeting
        In order of date; all of them, also those without a response.
    positions : ndarray of int, shape (n_events,)
        Session of each event, -1 where it has none.
    values : ndarray of shape (n_sessions, n_series)
        Logarithms of prices, rates in percent.
    """

    sample: Sample
    events: tuple[Meeting, ...]
    positions: IntArray
    values: FloatArray

    def responses(self, window: Window = (0, 0)) -> FloatArray:
        """Return what each series did over the window, shape (n_events, n_series).

        NaN where the window is not complete, or holds a session whose change crosses an unexpected gap.
        """
        return _without_gaps(self, event_responses(self.values, self.positions, window), window)

    def changes(self) -> FloatArray:
        """Return the change of every series at every session, NaN at the first and across gaps."""
        moves = np.diff(self.values, axis=0, prepend=np.full((1, self.values.shape[1]), np.nan))
        moves[_gaps(self)] = np.nan
        return moves

    def span(self, used: np.ndarray | None = None) -> Span:
        """Return the dates of the first and last event used; all with a session by default."""
        chosen = np.flatnonzero(self.positions >= 0 if used is None else used)
        return Span(first=self.events[chosen[0]].date, last=self.events[chosen[-1]].date)


def _gaps(around: Around) -> np.ndarray:
    """Return at which sessions the change crosses an unexpected gap."""
    days = pd.DatetimeIndex(around.sample.levels.index)
    return np.asarray(days.isin(pd.DatetimeIndex(around.sample.dropped_dates)))


def _without_gaps(around: Around, responses: FloatArray, window: Window) -> FloatArray:
    total = np.concatenate([[0], np.cumsum(_gaps(around))])
    last = np.clip(around.positions + window[1] + 1, 0, len(total) - 1)
    first = np.clip(around.positions + window[0], 0, len(total) - 1)
    responses[total[last] > total[first]] = np.nan
    return responses


def scheduled(context: Context) -> tuple[Meeting, ...]:
    """Return the scheduled meetings up to the last date known, whether or not their outcome is recorded."""
    return tuple(m for m in context.meetings if m.kind == "scheduled" and SINCE <= m.date <= context.as_of)


def around(
    context: Context, series: Sequence[str], events: tuple[Meeting, ...], *, fewest: int = FEWEST
) -> Around | Unavailable:
    """Return these series around the events, from the first usable day of each, or why that is not possible.

    Parameters
    ----------
    fewest : int
        Events with a response on the day that are needed.
    """
    unknown = [name for name in series if name not in context.config.series]
    if unknown:
        return Unavailable(reason=f"the configuration has no series {', '.join(unknown)}")
    if lacking := context.lacking(*series):
        return lacking
    sample = context.panel.sample(tuple(series), SINCE)
    if not sample.nobs:
        return Unavailable(reason="the series share no session")
    levels = sample.levels.to_numpy(dtype=np.float64)
    prices = np.array([context.config.series[name].kind == "price" for name in series])
    values = np.where(prices, np.log(np.where(prices, levels, 1.0)), levels)
    found = Around(
        sample=sample,
        events=events,
        positions=event_positions(
            sample.levels.index.to_numpy().astype("datetime64[D]"), [m.date for m in events], _calendar()
        ),
        values=values,
    )
    used = int(np.isfinite(found.responses()).all(axis=1).sum())
    if used < fewest:
        return Unavailable(reason=f"not enough meetings with a response (n = {used}, needs {fewest})")
    return found


def _calendar() -> np.ndarray:
    return nyse_sessions().to_numpy().astype("datetime64[D]")


def session_of(day: date) -> pd.Timestamp:
    """Return the session a statement belongs to: its own, or the next where it is none."""
    sessions = nyse_sessions()
    return sessions[int(sessions.searchsorted(pd.Timestamp(day)))]


def session_before(day: date) -> date:
    """Return the session before the one a statement belongs to."""
    sessions = nyse_sessions()
    return as_date(sessions[int(sessions.searchsorted(pd.Timestamp(day))) - 1])


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Measures:
    """What was not expected of each event, by several measures; NaN where a measure has no value.

    Parameters
    ----------
    two_year : ndarray of shape (n_events,)
        The day's change in the 2-year yield, bp.
    kuttner : ndarray of shape (n_events,)
        From the front fed funds future, bp.
    policy, published_two_year : ndarray of shape (n_events,)
        The published surprises in the funds rate and in the 2-year yield, bp.
    kinds : ndarray of str, shape (n_events,)
        ``policy``, ``information`` or empty, by the signs of the published 2-year surprise and stock move.
    """

    two_year: FloatArray
    kuttner: FloatArray
    policy: FloatArray
    published_two_year: FloatArray
    kinds: np.ndarray


def measures(context: Context, events: tuple[Meeting, ...]) -> Measures:
    """Return every measure of the surprise for every event."""
    rate = around(context, (YIELD,), events)
    nothing = np.full(len(events), np.nan)
    published = published_surprises(context, events)
    return Measures(
        two_year=nothing if isinstance(rate, Unavailable) else rate_surprise(rate),
        kuttner=kuttner_surprises(context, events),
        policy=published[POLICY],
        published_two_year=published[TWO_YEAR],
        kinds=shock_kinds(published[TWO_YEAR], published[STOCKS]),
    )


def rate_surprise(found: Around, column: int = -1) -> FloatArray:
    """Return the event session's change in the yield that is the last (or this) series, bp."""
    return _without_gaps(found, yield_surprise_bp(found.values[:, column], found.positions), (0, 0))


def published_surprises(context: Context, events: tuple[Meeting, ...]) -> dict[str, FloatArray]:
    """Return the published measures of each event by column; NaN where there is none."""
    source = context.expectations.surprises
    names = (POLICY, TWO_YEAR, STOCKS)
    if not isinstance(source, Surprises):
        return {name: np.full(len(events), np.nan) for name in names}
    found = source.frame.reindex(pd.DatetimeIndex([m.date for m in events]))
    return {name: found[name].to_numpy(dtype=np.float64) for name in names}


def kuttner_surprises(context: Context, events: tuple[Meeting, ...]) -> FloatArray:
    """Return Kuttner's surprise of each event in bp; NaN where the contract has no close before or after it."""
    source = context.expectations.futures
    out = np.full(len(events), np.nan)
    if isinstance(source, Futures):
        for i, meeting in enumerate(events):
            found = kuttner_of(source, meeting)
            out[i] = found.surprise_bp if isinstance(found, Kuttner) else np.nan
    return out


def kuttner_of(source: Futures, meeting: Meeting) -> Kuttner | NoSurprise:
    """Return Kuttner's surprise of one meeting from the closes of the session before and of its session."""
    before = source.on(session_before(meeting.date))
    return kuttner_surprise(meeting.date, before, source.on(as_date(session_of(meeting.date))))
