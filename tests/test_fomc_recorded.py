"""The policy calendar against recorded data, read in place: dates, hours, decisions, target range, futures."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from generator.fomc import Meeting, check_against_target, load_meetings, with_target_checks

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.recorded

# USMPD and the calendar of recorded meetings date the implementation statement of 2019-10-11 on its videoconference.
VIDEOCONFERENCE = date(2019, 10, 4)
IMPLEMENTATION_STATEMENT = date(2019, 10, 11)
# A notation vote without a rate decision, in none of the recorded files.
LONGER_RUN_GOALS = date(2025, 8, 22)


def by_date() -> dict[date, Meeting]:
    """Return the shipped calendar by day."""
    return {meeting.date: meeting for meeting in load_meetings()}


def days_of(frame: pd.DataFrame) -> set[date]:
    """Return the days in the column `date` from 1994 on."""
    return {day for day in map(date.fromisoformat, frame["date"]) if day.year >= 1994}


def minutes(clock: str) -> int:
    """Return minutes after midnight of HH:MM."""
    moment = datetime.strptime(clock, "%H:%M")  # noqa: DTZ007 - a clock reading without a day has no zone
    return 60 * moment.hour + moment.minute


def statements(recorded_data: Path) -> pd.DataFrame:
    """Return the statement rows of the event-study database."""
    frame = pd.read_csv(recorded_data / "fomc_surprises_usmpd.csv")
    return frame[frame["window"] == "statement"]


def test_the_event_database_has_the_same_days_and_kinds(recorded_data: Path) -> None:
    """1994 to 2025-12-10: 255 scheduled days and 18 others agree one to one with the statements of USMPD."""
    frame = statements(recorded_data)
    theirs = {
        date.fromisoformat(day): bool(flag) for day, flag in zip(frame["date"], frame["unscheduled"], strict=True)
    }
    ours = {m.date: m.kind == "unscheduled" for m in load_meetings() if m.date <= max(theirs)}
    assert ours.pop(LONGER_RUN_GOALS)
    assert ours.pop(IMPLEMENTATION_STATEMENT)
    assert theirs.pop(VIDEOCONFERENCE)
    assert ours == theirs
    assert sum(not unscheduled for unscheduled in theirs.values()) == 255


def test_hours_agree_with_the_event_database(recorded_data: Path) -> None:
    """Announced hours lie within five minutes of the wire's, but for 2007-08-17, whose published hours differ."""
    frame = statements(recorded_data)
    calendar = by_date()
    apart = {}
    for day, clock in zip(map(date.fromisoformat, frame["date"]), frame["time_et"], strict=True):
        ours = calendar[day].statement_time_et if day in calendar else None
        if ours is not None and abs(60 * ours.hour + ours.minute - minutes(clock)) > 5:
            apart[day] = clock
    assert apart == {date(2007, 8, 17): "08:00"}


@pytest.mark.parametrize(
    ("name", "scheduled", "not_ours"),
    [
        # A facility announced by the Board, and a newspaper article: neither is an act of the Committee.
        ("fomc_surprises_jk.csv", 245, {date(2008, 11, 25), date(2022, 6, 13)}),
        ("fomc_surprises_bauer_swanson.csv", 239, set()),
    ],
)
def test_other_surprise_series_have_no_other_days(
    recorded_data: Path, name: str, scheduled: int, not_ours: set[date]
) -> None:
    """Each published series has every scheduled day of its span, and no day that the calendar lacks but those named."""
    days = days_of(pd.read_csv(recorded_data / name))
    calendar = by_date()
    assert days - calendar.keys() == not_ours
    ours = {m.date for m in calendar.values() if m.kind == "scheduled" and m.date <= max(days)}
    assert ours <= days
    assert len(ours) == scheduled


def test_recorded_meetings_have_the_same_outcomes(recorded_data: Path) -> None:
    """2015 to 2027: kind, decision, range and hour of 109 recorded meetings agree, outcomes that are missing too."""
    frame = pd.read_csv(recorded_data / "fomc_meetings.csv")
    frame["date"] = frame["date"].map(date.fromisoformat)
    calendar = by_date()
    assert set(frame["date"]) - calendar.keys() == {VIDEOCONFERENCE}
    since_2015 = {day for day in calendar if day.year >= 2015}
    assert since_2015 - set(frame["date"]) == {IMPLEMENTATION_STATEMENT, LONGER_RUN_GOALS}
    compared = 0
    for row in frame[frame["date"] != VIDEOCONFERENCE].to_dict("records"):
        ours = calendar[row["date"]]
        outcome = (ours.decision_bp, ours.target_lower, ours.target_upper)
        theirs = tuple(
            None if pd.isna(row[field]) else row[field]
            for field in ("change_bp", "target_lower_after", "target_upper_after")
        )
        assert (ours.date, outcome) == (row["date"], theirs)
        assert (ours.kind == "scheduled") == bool(row["scheduled"])
        if not pd.isna(row["statement_time_et"]):
            assert ours.statement_time_et is not None
            assert ours.statement_time_et.strftime("%H:%M") == row["statement_time_et"]
        compared += 1
    assert compared == 109


def test_the_target_range_confirms_every_decision_marked_as_checked(recorded_data: Path) -> None:
    """From 2010 the recorded range confirms all 142 decisions, exactly those that say so, and steps nowhere else."""
    rates = pd.read_csv(recorded_data / "rates_daily.csv", index_col="date", parse_dates=True)
    target = (rates["target_lower"], rates["target_upper"])
    unmarked = tuple(replace(m, checked="unchecked") if m.has_outcome else m for m in load_meetings())
    assert check_against_target(unmarked, *target) == []
    confirmed = with_target_checks(unmarked, *target)
    assert confirmed == load_meetings()
    assert sum(m.checked == "yes" for m in confirmed) == 142


def test_a_planted_error_is_found_in_the_recorded_range(recorded_data: Path) -> None:
    """With the cut of 2025-10-29 moved to the meeting after, or left out, the recorded range objects."""
    rates = pd.read_csv(recorded_data / "rates_daily.csv", index_col="date", parse_dates=True)
    day = date(2025, 10, 29)
    hold = [
        replace(m, decision_bp=0.0, target_lower=4.0, target_upper=4.25) if m.date == day else m
        for m in load_meetings()
    ]
    found = check_against_target(hold, rates["target_lower"], rates["target_upper"])
    assert {(each.date.isoformat(), each.problem) for each in found} == {
        ("2025-10-29", "range"),
        ("2025-10-30", "unlisted"),
    }
    absent = [m for m in load_meetings() if m.date != day]
    (found_absent,) = check_against_target(absent, rates["target_lower"], rates["target_upper"])
    assert (found_absent.date.isoformat(), found_absent.problem) == ("2025-10-30", "unlisted")


def test_futures_confirm_the_level_before_the_range_is_recorded(recorded_data: Path) -> None:
    """2000-09 to 2008-07: the month's mean target lies within 12.5 bp of the expiring fed funds future.

    Half of the smallest change; a decision missing, misdated by a month or wrong by 25 bp would show. Three months
    differ for reasons of their own: 2001-06 (the recorded price is already the next contract's), 2001-09 (funds traded
    below target after 11 September), 2007-08 (funds traded below target in the liquidity crisis). From 2008-09 to the
    introduction of the range funds traded far below target, so the comparison ends before.
    """
    prices = pd.read_csv(recorded_data / "fed_funds_futures_front.csv", index_col="date", parse_dates=True)
    implied = 100.0 - prices["zq_front_close"].groupby(prices.index.to_period("M")).last()
    steps = pd.Series({pd.Timestamp(m.date): m.target_upper for m in load_meetings() if m.date.year < 2009})
    # A decision takes effect on the day after; over a month the day more or less is at most 50 bp / 28.
    daily = steps.reindex(pd.date_range("2000-01-01", "2008-07-31")).ffill().shift(1)
    target = daily.groupby(daily.index.to_period("M")).mean()
    gaps_bp = (100.0 * (implied - target))["2000-09":"2008-07"].dropna()
    assert len(gaps_bp) == 95
    assert {str(month) for month in gaps_bp.index[gaps_bp.abs() > 12.5]} == {"2001-06", "2001-09", "2007-08"}
    assert gaps_bp.abs().median() < 1.5
