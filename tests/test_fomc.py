"""The policy calendar: shipped rows, strict reader, truncation, runs of cuts, phases, check against a series."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, time, timedelta
from itertools import pairwise

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.errors import DataError
from generator.findings import Unavailable
from generator.fomc import (
    Meeting,
    Phase,
    check_against_target,
    consecutive_cuts,
    cut_spells,
    load_meetings,
    longest_cuts_since,
    meetings_known_on,
    parse_meetings,
    policy_phase,
    with_target_checks,
)

CLAIM_DATE = date(2025, 10, 7)
HEADER = "date,kind,statement_time_et,decision_bp,target_lower,target_upper,checked,source,note\n"
CYCLES: list[tuple[str, str, list[float]]] = [
    ("1994-02-04", "1995-02-01", [25, 25, 25, 50, 50, 75, 50]),
    ("1995-07-06", "1997-03-25", [-25, -25, -25, 25]),
    ("1998-09-29", "1998-11-17", [-25, -25, -25]),
    ("1999-06-30", "2000-05-16", [25, 25, 25, 25, 25, 50]),
    ("2001-01-03", "2003-06-25", [-50, -50, -50, -50, -50, -25, -25, -50, -50, -50, -25, -50, -25]),
    ("2004-06-30", "2006-06-29", [25] * 17),
    ("2007-09-18", "2008-12-16", [-50, -25, -25, -75, -50, -75, -25, -50, -50, -87.5]),
    ("2015-12-16", "2018-12-19", [25] * 9),
    ("2019-07-31", "2020-03-15", [-25, -25, -25, -50, -100]),
    ("2022-03-16", "2023-07-26", [25, 50, 75, 75, 75, 75, 50, 25, 25, 25, 25]),
    ("2024-09-18", "2024-12-18", [-50, -25, -25]),
    ("2025-09-17", "2026-09-16", [-25, -25, -25, 25]),
]
"""First and last change of each cycle and every change between, bp, from the public record."""

days_of_the_calendar = st.dates(date(1994, 1, 1), date(2027, 12, 31))


def calendar(*rows: str) -> tuple[Meeting, ...]:
    """Return meetings from rows of date, kind, decision and range, in the order of the file."""
    lines = []
    for row in rows:
        day, kind, decision, lower, upper = row.split()
        blank = decision == "-"
        cells = [
            day,
            kind,
            "14:00",
            *(["", "", "", ""] if blank else [decision, lower, upper, "unchecked"]),
            "a record",
        ]
        lines.append(",".join([*cells, ""]))
    return parse_meetings(HEADER + "\n".join(lines) + "\n")


def target_series(steps: dict[str, tuple[float, float]], last: str, freq: str = "D") -> tuple[pd.Series, pd.Series]:
    """Return lower and upper ends by day, each step from its first day on."""
    index = pd.date_range(min(steps), last, freq=freq)
    frame = pd.DataFrame(steps, index=["lower", "upper"]).T
    frame.index = pd.to_datetime(frame.index)
    frame = frame.reindex(frame.index.union(index)).ffill().reindex(index)
    return frame["lower"], frame["upper"]


# The shipped calendar


def test_eight_scheduled_meetings_a_year() -> None:
    """Every year from 1994 to 2027 has eight scheduled meetings, but 2020 seven: its March meeting was cancelled."""
    counts = Counter(m.date.year for m in load_meetings() if m.kind == "scheduled")
    assert counts == {year: 7 if year == 2020 else 8 for year in range(1994, 2028)}


def test_scheduled_meetings_are_spaced_as_committees_meet() -> None:
    """Scheduled meetings lie four to nine weeks apart, but for the gap that the cancelled one of March 2020 left."""
    days = [m.date for m in load_meetings() if m.kind == "scheduled"]
    gaps = {one: (other - one).days for one, other in pairwise(days) if not 28 <= (other - one).days <= 63}
    assert gaps == {date(2020, 1, 29): 91}
    assert all(1 <= day.isoweekday() <= 5 for day in days)


@pytest.mark.parametrize(("first", "last", "changes_bp"), CYCLES)
def test_each_cycle_has_its_known_changes(first: str, last: str, changes_bp: list[float]) -> None:
    """The changes of the target between the first and last of a cycle are those of the public record, in order."""
    inside = [m for m in load_meetings() if first <= m.date.isoformat() <= last]
    assert [m.decision_bp for m in inside if m.decision_bp] == changes_bp
    assert inside[0].decision_bp
    assert inside[-1].decision_bp


def test_no_change_outside_the_known_cycles() -> None:
    """The cycles above are all there is: 40 cuts and 52 hikes."""
    changes = Counter("cut" if change < 0 else "hike" for _, _, cycle in CYCLES for change in cycle)
    assert changes == {"cut": 40, "hike": 52}
    assert sum(m.is_cut for m in load_meetings()) == 40
    assert sum(m.is_hike for m in load_meetings()) == 52


@pytest.mark.parametrize(
    ("day", "lower", "upper"),
    [
        ("1994-02-04", 3.25, 3.25),
        ("1995-02-01", 6.00, 6.00),
        ("2000-05-16", 6.50, 6.50),
        ("2003-06-25", 1.00, 1.00),
        ("2006-06-29", 5.25, 5.25),
        ("2008-10-29", 1.00, 1.00),
        ("2008-12-16", 0.00, 0.25),
        ("2018-12-19", 2.25, 2.50),
        ("2023-07-26", 5.25, 5.50),
        ("2026-09-16", 3.75, 4.00),
    ],
)
def test_the_target_at_known_turning_points(day: str, lower: float, upper: float) -> None:
    """The target after the first and last change of a cycle is the one everybody quotes."""
    (meeting,) = [m for m in load_meetings() if m.date.isoformat() == day]
    assert (meeting.target_lower, meeting.target_upper) == (lower, upper)
    assert meeting.target == (lower, upper)


def test_the_target_is_one_level_before_the_range() -> None:
    """Both ends are equal before 2008-12-16 and 25 bp apart from then on."""
    widths = {
        (m.date >= date(2008, 12, 16), m.target_upper - m.target_lower)
        for m in load_meetings()
        if m.target_upper is not None and m.target_lower is not None
    }
    assert widths == {(False, 0.0), (True, 0.25)}


def test_nothing_is_guessed_after_the_last_recorded_outcome() -> None:
    """The meeting of 2026-10-28 and all later ones have their date and standing hour alone."""
    later = [m for m in load_meetings() if m.date > date(2026, 9, 16)]
    assert [m.date for m in later][:2] == [date(2026, 10, 28), date(2026, 12, 9)]
    assert not any(m.has_outcome or m.is_cut or m.is_hike or m.target or m.checked for m in later)
    assert {m.statement_time_et for m in later} == {time(14, 0)}


def test_checked_says_how_far_the_records_reach() -> None:
    """Decisions before 2010 are unchecked, later ones checked, future ones neither."""
    by_state = {state: [m.date for m in load_meetings() if m.checked == state] for state in ("unchecked", "yes", "")}
    assert max(by_state["unchecked"]) == date(2009, 12, 16)
    assert (min(by_state["yes"]), max(by_state["yes"])) == (date(2010, 1, 27), date(2026, 9, 16))
    assert min(by_state[""]) == date(2026, 10, 28)


def test_blank_hours_are_holds_without_a_statement() -> None:
    """A statement hour is missing exactly at the holds before May 1999, which brought no statement."""
    blank = {m.date for m in load_meetings() if m.statement_time_et is None}
    assert blank == {m.date for m in load_meetings() if m.date < date(1999, 5, 18) and m.decision_bp == 0}


def test_the_calendar_is_read_once() -> None:
    """Two calls return the same object, so nobody pays twice and nobody can change it for others."""
    assert load_meetings() is load_meetings()
    with pytest.raises(AttributeError):
        load_meetings()[0].decision_bp = 0.0  # type: ignore[misc]  # the point of the test: it is frozen


# The strict reader

GOOD = "2025-10-29,scheduled,14:00,-25,3.75,4.00,yes,a record,"


def test_a_row_is_read_as_written() -> None:
    """Every field arrives with its type and value."""
    (meeting,) = parse_meetings(HEADER + GOOD + "a note\n")
    assert meeting == Meeting(
        date=date(2025, 10, 29),
        kind="scheduled",
        statement_time_et=time(14, 0),
        decision_bp=-25.0,
        target_lower=3.75,
        target_upper=4.0,
        checked="yes",
        source="a record",
        note="a note",
    )
    assert (meeting.is_cut, meeting.is_hike, meeting.has_outcome) == (True, False, True)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("2025-13-29,scheduled,14:00,0,4,4,yes,s,", "date: '2025-13-29'; expected a date as YYYY-MM-DD"),
        ("20251029,scheduled,14:00,0,4,4,yes,s,", "date: '20251029'; expected a date as YYYY-MM-DD"),
        (",scheduled,14:00,0,4,4,yes,s,", "date: ''; expected a date as YYYY-MM-DD"),
        ("2025-11-01,scheduled,14:00,0,4,4,yes,s,", "date: '2025-11-01'; expected a weekday for a scheduled meeting"),
        ("2025-10-29,planned,14:00,0,4,4,yes,s,", "kind: 'planned'; expected scheduled or unscheduled"),
        ("2025-10-29,scheduled,2 pm,0,4,4,yes,s,", "statement_time_et: '2 pm'; expected HH:MM"),
        ("2025-10-29,scheduled,24:00,0,4,4,yes,s,", "statement_time_et: '24:00'; expected HH:MM"),
        ("2025-10-29,scheduled,,cut,4,4,yes,s,", "decision_bp: 'cut'; expected a multiple of 12.5 bp"),
        ("2025-10-29,scheduled,,nan,4,4,yes,s,", "decision_bp: 'nan'; expected a multiple of 12.5 bp"),
        ("2025-10-29,scheduled,,-24,4,4,yes,s,", "decision_bp: '-24'; expected a multiple of 12.5 bp"),
        ("2025-10-29,scheduled,,-325,4,4,yes,s,", "decision_bp: '-325'; expected a multiple of 12.5 bp from -300 to"),
        ("2025-10-29,scheduled,,-25,375,400,yes,s,", "target_lower: '375'; expected a multiple of 0.125 percent from"),
        ("2025-10-29,scheduled,,-25,3.75,4.1,yes,s,", "target_upper: '4.1'; expected a multiple of 0.125 percent"),
        ("2025-10-29,scheduled,,-25,4.00,3.75,yes,s,", "target_lower: '4.00'; expected at most target_upper = 3.75"),
        ("2025-10-29,scheduled,,,3.75,4.00,yes,s,", "decision_bp: ''; expected decision and both ends"),
        ("2025-10-29,scheduled,,-25,,4.00,yes,s,", "decision_bp: '-25'; expected decision and both ends"),
        ("2025-10-29,unscheduled,,,,,,s,", "decision_bp: ''; expected an outcome"),
        ("2025-10-29,scheduled,,-25,3.75,4.00,,s,", "checked: ''; expected yes or unchecked"),
        ("2025-10-29,scheduled,,-25,3.75,4.00,maybe,s,", "checked: 'maybe'; expected yes or unchecked"),
        ("2025-10-29,scheduled,,,,,yes,s,", "checked: 'yes'; expected blank without an outcome"),
        ("2025-10-29,scheduled,,-25,3.75,4.00,yes, ,", "source: ' '; expected the name of the public record"),
        ("2025-10-29,scheduled,,-25,3.75,4.00,yes,s", "8 fields; expected 9"),
        ("2025-10-29,scheduled,,-25,3.75,4.00,yes,s,a,b", "10 fields; expected 9"),
        ('2025-10-29,scheduled,,-25,3.75,4.00,yes,"s" t,', "not a CSV file"),
        ("2025-09-17,scheduled,,-25,4.00,4.25,yes,s,", "date: '2025-09-17'; expected a day after 2025-09-17"),
        ("2025-09-16,scheduled,,-25,4.00,4.25,yes,s,", "date: '2025-09-16'; expected a day after 2025-09-17"),
        (
            "2025-10-29,scheduled,,-50,3.75,4.00,yes,s,",
            "decision_bp: '-50'; expected -25, the change of the midpoint from 4.00-4.25 to 3.75-4.00",
        ),
    ],
)
def test_a_malformed_row_is_one_line_that_says_where_and_what(row: str, message: str) -> None:
    """A bad row names file, line, field, value and what is allowed, on one line."""
    first = "2025-09-17,scheduled,14:00,-25,4.00,4.25,yes,a record,\n"
    with pytest.raises(DataError) as caught:
        parse_meetings(HEADER + first + row + "\n", name="mine.csv")
    assert str(caught.value).startswith(f"mine.csv: line 3: {message}")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "line 1: columns are ''"),
        ("date,kind\n", "line 1: columns are 'date,kind'; expected 'date,kind,statement_time_et,"),
        (HEADER, "no meetings"),
    ],
)
def test_a_file_without_rows_or_columns_is_refused(text: str, message: str) -> None:
    """An empty file, other columns and a header alone are errors that say so."""
    with pytest.raises(DataError, match=f"^fomc.csv: {message}"):
        parse_meetings(text)


def test_an_outcome_after_an_unrecorded_one_is_accepted() -> None:
    """The chain of targets is not checked across a meeting without outcome, since the level between is unknown."""
    meetings = calendar(
        "2026-09-16 scheduled 25 3.75 4.00", "2026-10-28 scheduled - - -", "2026-12-09 scheduled -25 3.25 3.50"
    )
    assert [m.decision_bp for m in meetings] == [25, None, -25]


# What was known when


def test_later_outcomes_are_blank_on_an_earlier_day() -> None:
    """On the claim date the cut of 2025-10-29 is a date, an hour and nothing else."""
    known = {m.date: m for m in meetings_known_on(load_meetings(), CLAIM_DATE)}
    assert known[date(2025, 9, 17)].decision_bp == -25
    later = known[date(2025, 10, 29)]
    assert (later.has_outcome, later.target, later.checked, later.note) == (False, None, "", "")
    assert later.statement_time_et == time(14, 0)
    assert "schedule" in later.source


def test_the_statement_day_itself_is_known_at_its_end() -> None:
    """A decision counts from its own day on."""
    day = date(2025, 10, 29)
    known = {n: {m.date: m for m in meetings_known_on(load_meetings(), day - timedelta(n))} for n in (0, 1)}
    assert (known[0][day].decision_bp, known[1][day].decision_bp) == (-25, None)


def test_nobody_knew_of_an_unscheduled_meeting() -> None:
    """At the end of February 2020 the cuts of March are not in the calendar at all, the meeting of April is."""
    known = {m.date for m in meetings_known_on(load_meetings(), date(2020, 2, 29))}
    assert date(2020, 3, 3) not in known
    assert date(2020, 3, 15) not in known
    assert date(2020, 4, 29) in known


def test_hours_that_were_not_announced_beforehand_are_blank() -> None:
    """Before 2013 the hour depended on the outcome, so it is not known in advance."""
    later = [m for m in meetings_known_on(load_meetings(), date(1998, 1, 1)) if m.date > date(1998, 1, 1)]
    assert {m.statement_time_et for m in later if m.date < date(2013, 3, 20)} == {None}


@given(one=days_of_the_calendar, other=days_of_the_calendar)
def test_truncation_loses_the_same_by_any_route(one: date, other: date) -> None:
    """Cutting at a late day and then at an early one is cutting at the early one; a second cut changes nothing."""
    early, late = sorted((one, other))
    meetings = load_meetings()
    assert meetings_known_on(meetings_known_on(meetings, late), early) == meetings_known_on(meetings, early)


@given(day=days_of_the_calendar)
def test_runs_and_phases_use_nothing_later(day: date) -> None:
    """Every figure as of a day is the same from the full calendar and from the one known on that day."""
    full, known = load_meetings(), meetings_known_on(load_meetings(), day)
    assert consecutive_cuts(known, day) == consecutive_cuts(full, day)
    assert longest_cuts_since(known, CLAIM_DATE, day) == longest_cuts_since(full, CLAIM_DATE, day)
    assert cut_spells(known, day) == cut_spells(full, day)
    assert policy_phase(known, day) == policy_phase(full, day)


# Runs of cuts and phases


def test_the_spells_since_1994() -> None:
    """The runs of consecutive cuts have the known first days and lengths: 11 in 2001, 7 in 2007-08, never 4 else."""
    spells = cut_spells(load_meetings(), date(2026, 9, 18))
    assert {spell[0].date.isoformat(): len(spell) for spell in spells} == {
        "1995-07-06": 1,
        "1995-12-19": 2,
        "1998-09-29": 3,
        "2001-01-03": 11,
        "2002-11-06": 1,
        "2003-06-25": 1,
        "2007-09-18": 7,
        "2008-10-08": 3,
        "2019-07-31": 3,
        "2020-03-03": 2,
        "2024-09-18": 3,
        "2025-09-17": 3,
    }


def test_the_easing_cycles_since_1994() -> None:
    """With holds allowed between, the cuts fall into six cycles."""
    cycles = cut_spells(load_meetings(), date(2026, 9, 18), through_holds=True)
    assert [(cycle[0].date.year, len(cycle)) for cycle in cycles] == [
        (1995, 3),
        (1998, 3),
        (2001, 13),
        (2007, 10),
        (2019, 5),
        (2024, 6),
    ]


@pytest.mark.parametrize(
    ("as_of", "current", "since_claim"),
    [
        ("2025-10-07", 1, 0),
        ("2025-10-28", 1, 0),
        ("2025-10-29", 2, 1),
        ("2025-12-10", 3, 2),
        ("2026-01-27", 3, 2),
        ("2026-01-28", 0, 2),
        ("2026-09-18", 0, 2),
    ],
)
def test_cuts_around_the_claim(as_of: str, current: int, since_claim: int) -> None:
    """The run that stands counts from September 2025, the run since the claim only decisions after its date."""
    day = date.fromisoformat(as_of)
    assert consecutive_cuts(load_meetings(), day) == current
    assert longest_cuts_since(load_meetings(), CLAIM_DATE, day) == since_claim


def test_what_ends_a_run() -> None:
    """A scheduled hold and a hike end a run, an unscheduled hold does not, and an unscheduled cut counts."""
    meetings = calendar(
        "2001-01-03 unscheduled -50 6.00 6.00",
        "2001-01-31 scheduled -50 5.50 5.50",
        "2001-02-15 unscheduled 0 5.50 5.50",
        "2001-03-20 scheduled -50 5.00 5.00",
        "2001-05-15 scheduled 0 5.00 5.00",
        "2001-06-27 scheduled -25 4.75 4.75",
        "2001-08-21 unscheduled 25 5.00 5.00",
        "2001-10-02 scheduled -25 4.75 4.75",
    )
    as_of = date(2001, 12, 31)
    assert [len(spell) for spell in cut_spells(meetings, as_of)] == [3, 1, 1]
    assert [len(cycle) for cycle in cut_spells(meetings, as_of, through_holds=True)] == [4, 1]
    assert consecutive_cuts(meetings, as_of) == 1
    assert longest_cuts_since(meetings, date(2001, 1, 31), as_of) == 1
    assert longest_cuts_since(meetings, date(2001, 1, 30), as_of) == 2


def test_an_unrecorded_meeting_leaves_open_what_it_decides() -> None:
    """The standing run is unknown after 2026-10-28, the longest since the claim is 2 whatever happened then."""
    after = date(2026, 11, 1)
    current = consecutive_cuts(load_meetings(), after)
    assert isinstance(current, Unavailable)
    assert current.reason == "no outcome is recorded for the meeting of 2026-10-28"
    assert longest_cuts_since(load_meetings(), CLAIM_DATE, after) == 2


def test_an_unrecorded_meeting_inside_a_run_is_not_bridged() -> None:
    """Cut, unknown, cut may be three in a row or twice one: no number, and two spells in the table."""
    meetings = calendar(
        "2026-07-29 scheduled -25 3.25 3.50", "2026-10-28 scheduled - - -", "2026-12-09 scheduled -25 2.75 3.00"
    )
    as_of = date(2026, 12, 31)
    assert isinstance(consecutive_cuts(meetings, as_of), Unavailable)
    assert isinstance(longest_cuts_since(meetings, CLAIM_DATE, as_of), Unavailable)
    assert [len(spell) for spell in cut_spells(meetings, as_of)] == [1, 1]


def test_no_figure_beyond_the_end_of_the_calendar() -> None:
    """In a year that the calendar does not list, a run is unavailable and says why."""
    recorded = tuple(m for m in load_meetings() if m.date <= date(2026, 9, 16))
    current = consecutive_cuts(recorded, date(2027, 1, 4))
    assert current == Unavailable(reason="the policy calendar ends on 2026-09-16")
    assert consecutive_cuts(recorded, date(2026, 9, 30)) == 0


@pytest.mark.parametrize(
    ("day", "phase"),
    [
        ("1994-02-03", None),
        ("1994-02-04", Phase.HIKING),
        ("2003-08-12", Phase.EASING),
        ("2003-09-16", Phase.HOLDING),
        ("2004-06-29", Phase.HOLDING),
        ("2004-06-30", Phase.HIKING),
        ("2007-08-17", Phase.HOLDING),
        ("2008-12-31", Phase.EASING),
        ("2015-12-15", Phase.HOLDING),
        ("2020-04-29", Phase.EASING),
        ("2020-06-10", Phase.HOLDING),
        ("2022-03-16", Phase.HIKING),
        ("2023-10-31", Phase.HIKING),
        ("2023-11-01", Phase.HOLDING),
        ("2024-09-18", Phase.EASING),
        ("2025-03-18", Phase.EASING),
        ("2025-03-19", Phase.HOLDING),
        ("2025-10-07", Phase.EASING),
        ("2026-09-16", Phase.HIKING),
        ("2026-10-27", Phase.HIKING),
        ("2026-10-28", None),
    ],
)
def test_the_phase_by_day(day: str, phase: Phase | None) -> None:
    """The latest change names the phase until two scheduled holds in a row; an unrecorded meeting leaves it open."""
    assert policy_phase(load_meetings(), date.fromisoformat(day)) is phase


def test_two_holds_after_an_unrecorded_meeting_are_holding_all_the_same() -> None:
    """Whatever an unrecorded meeting did, two scheduled holds after it make the phase known again; one does not."""
    meetings = calendar(
        "2026-09-16 scheduled 25 3.75 4.00",
        "2026-10-28 scheduled - - -",
        "2026-12-09 scheduled 0 3.75 4.00",
        "2026-12-20 unscheduled 0 3.75 4.00",
        "2027-01-27 scheduled 0 3.75 4.00",
    )
    assert policy_phase(meetings, date(2026, 12, 31)) is None
    assert policy_phase(meetings, date(2027, 1, 27)) is Phase.HOLDING


# Against a recorded target range

THREE = (
    "2020-01-29 scheduled 0 1.50 1.75",
    "2020-03-03 unscheduled -50 1.00 1.25",
    "2020-03-15 unscheduled -100 0.00 0.25",
)
STEPS = {"2020-01-01": (1.5, 1.75), "2020-03-04": (1.0, 1.25), "2020-03-16": (0.0, 0.25)}


@pytest.mark.parametrize("freq", ["D", "B"])
def test_a_series_that_agrees_has_no_mismatch(freq: str) -> None:
    """The range may be given by calendar or by business days, and a Sunday decision takes effect on Monday."""
    lower, upper = target_series(STEPS, "2020-03-20", freq)
    assert check_against_target(calendar(*THREE), lower, upper) == []
    assert [m.checked for m in with_target_checks(calendar(*THREE), lower, upper)] == ["yes"] * 3


@pytest.mark.parametrize("effective", ["2020-03-03", "2020-03-04", "2020-03-05"])
def test_the_effective_day_may_be_the_day_itself_or_two_later(effective: str) -> None:
    """A step on the statement day, the day after or two days after it confirms the decision."""
    lower, upper = target_series({"2020-01-01": (1.5, 1.75), effective: (1.0, 1.25)}, "2020-03-10")
    assert check_against_target(calendar(*THREE[:2]), lower, upper) == []


def test_a_step_three_days_late_is_a_mismatch_on_both_sides() -> None:
    """A decision that the series shows too late is reported once as the meeting and once as the step."""
    lower, upper = target_series({"2020-01-01": (1.5, 1.75), "2020-03-06": (1.0, 1.25)}, "2020-03-10")
    found = check_against_target(calendar(*THREE[:2]), lower, upper)
    assert [(each.date.isoformat(), each.problem) for each in found] == [
        ("2020-03-03", "range"),
        ("2020-03-06", "unlisted"),
    ]
    assert found[0].message == (
        "2020-03-03: recorded 1.00-1.25 percent after -50 bp; the series goes from 1.50-1.75 to 1.50-1.75"
    )


def test_another_level_is_a_mismatch_and_takes_the_mark_away() -> None:
    """A wrong range is reported, and a meeting marked as checked loses the mark."""
    lower, upper = target_series({**STEPS, "2020-03-16": (0.25, 0.5)}, "2020-03-20")
    marked = tuple(replace(m, checked="yes") for m in calendar(*THREE))
    assert [each.date for each in check_against_target(marked, lower, upper)] == [date(2020, 3, 15)]
    assert [m.checked for m in with_target_checks(marked, lower, upper)] == ["yes", "yes", "unchecked"]


def test_the_right_level_by_another_change_is_a_mismatch() -> None:
    """The level after the meeting agrees, but the series was there before: the recorded change did not happen."""
    lower, upper = target_series({"2020-02-20": (1.0, 1.25)}, "2020-03-10")
    (found,) = check_against_target(calendar(THREE[1]), lower, upper)
    assert (found.problem, found.date) == ("range", date(2020, 3, 3))


def test_a_step_without_a_meeting_is_reported() -> None:
    """A change between meetings that nobody entered is found from the series."""
    lower, upper = target_series({**STEPS, "2020-02-14": (1.25, 1.5), "2020-02-17": (1.5, 1.75)}, "2020-03-20")
    found = check_against_target(calendar(*THREE), lower, upper)
    assert [(each.date.isoformat(), each.problem) for each in found] == [
        ("2020-02-14", "unlisted"),
        ("2020-02-17", "unlisted"),
    ]
    assert "from 1.50-1.75 to 1.25-1.50 percent" in found[0].message


def test_a_hold_does_not_excuse_a_step() -> None:
    """A step on the day after a recorded hold belongs to no decision."""
    lower, upper = target_series({"2020-01-01": (1.5, 1.75), "2020-01-30": (1.25, 1.5)}, "2020-02-10")
    found = check_against_target(calendar(THREE[0]), lower, upper)
    assert {each.problem for each in found} == {"range", "unlisted"}


def test_an_outcome_the_series_knows_and_the_calendar_lacks_is_reported() -> None:
    """Once data pass 2026-10-28 the check asks for the missing row and does not call the step unlisted."""
    lower, upper = target_series({"2026-09-17": (3.75, 4.0), "2026-10-29": (3.5, 3.75)}, "2026-11-05")
    meetings = calendar("2026-10-28 scheduled - - -")
    (found,) = check_against_target(meetings, lower, upper)
    assert found.problem == "unrecorded"
    assert found.message == "2026-10-28: no outcome recorded; the series goes from 3.75-4.00 to 3.50-3.75 percent"
    assert with_target_checks(meetings, lower, upper) == meetings


def test_the_step_from_a_level_to_a_range() -> None:
    """With the old target given as both ends, 2008-12-16 is the -87.5 bp that the calendar records."""
    lower, upper = target_series({"2008-12-01": (1.0, 1.0), "2008-12-16": (0.0, 0.25)}, "2008-12-31")
    december = tuple(m for m in load_meetings() if m.date == date(2008, 12, 16))
    assert check_against_target(december, lower, upper) == []
    assert [m.checked for m in with_target_checks(december, lower, upper)] == ["yes"]


@pytest.mark.parametrize(("first", "last"), [("2020-03-03", "2020-03-31"), ("2020-01-01", "2020-03-03")])
def test_a_meeting_the_series_does_not_enclose_is_passed_over(first: str, last: str) -> None:
    """Without a value before the day and one after it nothing is confirmed and nothing is denied."""
    lower, upper = target_series({first: (9.0, 9.25)}, last)
    meetings = calendar(THREE[1])
    assert check_against_target(meetings, lower, upper) == []
    assert with_target_checks(meetings, lower, upper) == meetings


def test_missing_days_are_dropped_and_a_long_gap_confirms_nothing() -> None:
    """A blank on the day after is bridged by the next value; a hole of weeks around the meeting is not."""
    lower, upper = target_series(STEPS, "2020-03-20")
    lower.loc["2020-03-04"] = float("nan")
    assert check_against_target(calendar(*THREE), lower, upper) == []
    lower.loc["2020-02-20":"2020-03-10"] = float("nan")
    before = lower.copy()
    checked = with_target_checks(calendar(*THREE), lower, upper)
    assert [m.checked for m in checked] == ["yes", "unchecked", "yes"]
    pd.testing.assert_series_equal(lower, before)
