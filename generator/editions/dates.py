"""Which days get an edition, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from generator.panel import as_date, nyse_sessions

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from generator.fomc import Meeting

CLAIM_DATE = "claim date"
MONTH_END = "month end"
STATEMENT = "FOMC statement"
VERDICT_CHANGE = "verdict change"
ON_REQUEST = "on request"


def automatic_days(claim_date: date, as_of: date, meetings: Sequence[Meeting]) -> Mapping[date, tuple[str, ...]]:
    """Return the sessions up to `as_of` that get an edition by themselves, oldest first, each with its occasions.

    They are the claim date, the last session of every month that is complete, and the session of every FOMC statement;
    a day that is no session counts as the one before it, a statement on such a day as the one after it.
    """
    found: dict[date, list[str]] = {}
    for occasion, days in (
        (CLAIM_DATE, [session_at(claim_date)]),
        (MONTH_END, month_ends(claim_date, as_of)),
        (STATEMENT, [session_of_statement(meeting.date) for meeting in meetings if meeting.has_outcome]),
    ):
        for day in days:
            if session_at(claim_date) <= day <= as_of:
                found.setdefault(day, []).append(occasion)
    return {day: tuple(found[day]) for day in sorted(found)}


def timeline_days(claim_date: date, as_of: date) -> tuple[date, ...]:
    """Return the days a claim's verdict is shown for: the claim date, and every month end since."""
    first = session_at(claim_date)
    return tuple(sorted({first, *month_ends(claim_date, as_of)})) if first <= as_of else ()


def month_ends(first: date, as_of: date) -> list[date]:
    """Return the last session of every month that is complete on `as_of` and does not end before `first`."""
    sessions = nyse_sessions()
    months = sessions.to_period("M")
    last = sessions[:-1][months[:-1] != months[1:]]
    inside = last[(last >= pd.Timestamp(first)) & (last <= pd.Timestamp(as_of))]
    return [as_date(day) for day in inside]


def session_at(day: date) -> date:
    """Return the day itself if it is a session, else the session before it."""
    sessions = nyse_sessions()
    return as_date(sessions[int(sessions.searchsorted(pd.Timestamp(day), side="right")) - 1])


def session_of_statement(day: date) -> date:
    """Return the day itself if it is a session, else the session after it."""
    sessions = nyse_sessions()
    return as_date(sessions[int(sessions.searchsorted(pd.Timestamp(day)))])
