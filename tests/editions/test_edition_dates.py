"""Which days get an edition."""

from __future__ import annotations

from datetime import date, time

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.editions.dates import (
    CLAIM_DATE,
    MONTH_END,
    STATEMENT,
    automatic_days,
    month_ends,
    session_at,
    session_of_statement,
    timeline_days,
)
from generator.fomc import Meeting, load_meetings, meetings_known_on
from generator.panel import nyse_sessions

CLAIM = date(2025, 10, 7)
AS_OF = date(2026, 9, 18)
DAYS = st.dates(date(2025, 1, 2), date(2027, 12, 31))


def test_the_days_of_the_first_year() -> None:
    """The claim date, eleven month ends and eight statements are listed, each once, in order, with its occasion."""
    days = automatic_days(CLAIM, AS_OF, load_meetings())
    assert list(days) == sorted(days)
    assert len(days) == 20
    assert days[CLAIM] == (CLAIM_DATE,)
    assert [str(day) for day, why in days.items() if STATEMENT in why] == [
        "2025-10-29",
        "2025-12-10",
        "2026-01-28",
        "2026-03-18",
        "2026-04-29",
        "2026-06-17",
        "2026-07-29",
        "2026-09-16",
    ]
    assert [str(day) for day, why in days.items() if MONTH_END in why] == [
        "2025-10-31",
        "2025-11-28",
        "2025-12-31",
        "2026-01-30",
        "2026-02-27",
        "2026-03-31",
        "2026-04-30",
        "2026-05-29",
        "2026-06-30",
        "2026-07-31",
        "2026-08-31",
    ]


def test_a_month_counts_once_its_last_session_is_over() -> None:
    """The last session of a month is its end on that very day, and not one session before."""
    assert month_ends(CLAIM, date(2025, 10, 30)) == []
    assert month_ends(CLAIM, date(2025, 10, 31)) == [date(2025, 10, 31)]
    assert month_ends(CLAIM, date(2025, 11, 1)) == [date(2025, 10, 31)]


def test_days_without_trading_count_as_sessions_beside_them() -> None:
    """A Sunday is the Friday before it for a claim and a month, the Monday after it for a statement."""
    sunday = date(2020, 3, 15)
    assert session_at(sunday) == date(2020, 3, 13)
    assert session_of_statement(sunday) == date(2020, 3, 16)
    assert session_at(CLAIM) == session_of_statement(CLAIM) == CLAIM


def test_one_day_may_have_two_occasions() -> None:
    """A statement on the last session of a month makes one edition, with both occasions."""
    statement = Meeting(
        date=date(2025, 10, 31),
        kind="unscheduled",
        statement_time_et=time(14),
        decision_bp=-25.0,
        target_lower=3.5,
        target_upper=3.75,
        checked="unchecked",
        source="made for this test",
        note="",
    )
    assert automatic_days(CLAIM, date(2025, 11, 3), [statement]) == {
        CLAIM: (CLAIM_DATE,),
        date(2025, 10, 31): (MONTH_END, STATEMENT),
    }


def test_nothing_before_the_claim() -> None:
    """A build as of a day before the claim wants no edition and shows no timeline."""
    assert automatic_days(CLAIM, date(2025, 10, 6), load_meetings()) == {}
    assert timeline_days(CLAIM, date(2025, 10, 6)) == ()
    assert timeline_days(CLAIM, CLAIM) == (CLAIM,)


@given(first=DAYS, later=DAYS)
def test_what_is_wanted_does_not_depend_on_what_comes_later(first: date, later: date) -> None:
    """The days wanted as of a day are those wanted later, up to that day, whatever was decided in between."""
    early, late = sorted((first, later))
    meetings = load_meetings()
    then = automatic_days(CLAIM, early, meetings_known_on(meetings, early))
    now = automatic_days(CLAIM, late, meetings_known_on(meetings, late))
    assert then == {day: why for day, why in now.items() if day <= early}


@pytest.mark.parametrize("as_of", [date(2025, 10, 31), date(2026, 2, 28), AS_OF])
def test_every_day_is_a_session(as_of: date) -> None:
    """An edition is always that of a session, so that both assets can have a price."""
    days = pd.DatetimeIndex([pd.Timestamp(day) for day in automatic_days(CLAIM, as_of, load_meetings())])
    assert days.isin(nyse_sessions()).all()
