"""Every meeting as a row: what was decided, what was expected, what was not, and how each asset moved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from generator.charts.sparkline import sparkline
from generator.expectations import POLICY, Futures
from generator.findings import Unavailable
from generator.fomc.meetings import range_text
from generator.formatting import basis_points, signed_percent
from generator.reports.fomc.responses import WINDOWS, series_of
from generator.reports.fomc.study import SINCE, YIELD, Around, around, kuttner_of, published_surprises, rate_surprise
from generator.stats.event_paths import event_paths
from generator.stats.expected_path import MeetingOdds
from generator.stats.kuttner import Kuttner

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from generator.fomc import Meeting
    from generator.report import Context
    from generator.reports.fomc.expected import Odds
    from generator.stats.event_study import Window
    from generator.stats.least_squares import FloatArray

UNKNOWN = "not recorded"
NO_VALUE = "no value"
NOT_YET = "not yet"
RECENT = 16
FIRST, LAST = -5, 10
"""Sessions a sparkline shows."""
ALL_WINDOWS: Mapping[str, Window] = {"day": (0, 0), **WINDOWS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One meeting as the table shows it, all text; what is not known is said in words.

    Parameters
    ----------
    moves : tuple of str
        Day, one session to each side, five sessions after: for A, then B, then M.
    picture : str
        Both assets' paths around the meeting, as inline SVG.
    """

    identity: str
    date: str
    kind: str
    decision: str
    target: str
    expected: str
    two_year: str
    kuttner: str
    published: str
    moves: tuple[str, ...]
    picture: str
    checked: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Own:
    """One series around all meetings: what it did over each window, and its path."""

    responses: Mapping[str, FloatArray]
    ahead: Mapping[str, np.ndarray]
    paths: FloatArray


def rows(context: Context, eve: Mapping[date, Odds]) -> tuple[Row, ...]:
    """Return one row per meeting up to the last date known, newest first, from the first with a price of any asset."""
    held = tuple(m for m in context.meetings if SINCE <= m.date <= context.as_of)
    owns = [_own(context, name, held) for name in series_of(context).values()]
    any_price = np.zeros(len(held), dtype=bool)
    for own in owns:
        if own is not None:
            any_price |= np.isfinite(own.responses["day"]) | own.ahead["day"]
    rate = around(context, (YIELD,), held, fewest=0)
    two_year = np.full(len(held), np.nan) if isinstance(rate, Unavailable) else rate_surprise(rate)
    published = published_surprises(context, held)[POLICY]
    first = int(np.argmax(any_price)) if any_price.any() else len(held)
    made = [
        Row(
            identity=f"meeting-{meeting.date.isoformat()}",
            date=meeting.date.isoformat(),
            kind=meeting.kind,
            decision=_points(meeting.decision_bp, UNKNOWN),
            target=UNKNOWN if meeting.target is None else range_text(meeting.target).replace("-", "–"),
            expected=_expected(eve.get(meeting.date)),
            two_year=_points(two_year[i]),
            kuttner=_kuttner(context, meeting),
            published=_points(published[i]),
            moves=tuple(_move(own, key, i) for own in owns for key in ALL_WINDOWS),
            picture=sparkline([own.paths[i].tolist() for own in owns[:2] if own is not None], mark=-FIRST),
            checked={"yes": "checked", "unchecked": "unchecked"}.get(meeting.checked, "no outcome recorded"),
        )
        for i, meeting in enumerate(held)
        if i >= first
    ]
    return tuple(reversed(made))


def _own(context: Context, name: str, events: tuple[Meeting, ...]) -> _Own | None:
    own = around(context, (name,), events, fewest=0)
    if isinstance(own, Unavailable):
        return None
    return _Own(
        responses={key: own.responses(window)[:, 0] for key, window in ALL_WINDOWS.items()},
        ahead={key: _ahead(own, window) for key, window in ALL_WINDOWS.items()},
        paths=event_paths(own.values[:, 0], own.positions, first=FIRST, last=LAST),
    )


def _ahead(own: Around, window: Window) -> np.ndarray:
    """Return which windows end after the last session known."""
    return (own.positions >= 0) & (own.positions + window[1] >= len(own.values))


def _move(own: _Own | None, key: str, i: int) -> str:
    if own is None:
        return NO_VALUE
    if own.ahead[key][i]:
        return NOT_YET
    value = own.responses[key][i]
    return signed_percent(float(value)) if np.isfinite(value) else NO_VALUE


def _points(value: float | None, otherwise: str = NO_VALUE) -> str:
    if value is None or not np.isfinite(value):
        return otherwise
    return basis_points(round(float(value), 1))


def _expected(odds: Odds | None) -> str:
    return _points(odds.change_bp) if isinstance(odds, MeetingOdds) else NO_VALUE


def _kuttner(context: Context, meeting: Meeting) -> str:
    source = context.expectations.futures
    found = kuttner_of(source, meeting) if isinstance(source, Futures) else None
    return _points(found.surprise_bp) if isinstance(found, Kuttner) else NO_VALUE
