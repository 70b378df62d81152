"""The rows of the policy calendar: every FOMC meeting since 1994 and what was decided.

`generator/fomc.csv` is the only home of policy events; each row is a fact of public record.

- ``date`` is the day of the statement: the last day of a two-day meeting, and the day of release where a call or vote
  was held earlier. A day that is no session (2020-03-15) is kept; `panel` places it in the next session.
- ``kind`` is ``scheduled`` or ``unscheduled``. The latter are meetings, calls and notation votes from which the
  Committee issued a statement; calls without a statement and actions of the Board alone are left out. A cancelled
  meeting (17-18 March 2020) has no row.
- ``statement_time_et`` is the announced hour of release, or that of the wire where none was announced; blank where no
  statement was issued, as after holds before May 1999.
- ``target_lower``, ``target_upper`` are the range after the decision, percent; equal while the target was one level.
- ``decision_bp`` is the change in the midpoint of the range, for every row. The move of 2008-12-16, from the level
  1.00 to the range 0 to 0.25, is therefore -87.5 bp; it is often quoted as 75 to 100 bp.
- ``checked`` is ``yes`` where the range agrees with a recorded target range, ``unchecked`` where no series has been
  compared, blank where there is no outcome. A meeting without outcome is shown as such; nothing is filled in.
"""

from __future__ import annotations

import csv
import io
import math
import re
from dataclasses import dataclass, replace
from datetime import date, time
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Literal, cast

from generator.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Sequence

FILE_NAME = "fomc.csv"
COLUMNS = (
    "date",
    "kind",
    "statement_time_et",
    "decision_bp",
    "target_lower",
    "target_upper",
    "checked",
    "source",
    "note",
)
SCHEDULE_SOURCE = "Federal Reserve, tentative FOMC meeting schedule"
STANDING_HOUR_SINCE = date(2013, 3, 20)
"""From this meeting on scheduled statements come at 14:00, and the hour is known beforehand."""
TOLERANCE = 1e-9
"""Rates and their changes are exact decimals; this allows for their binary form alone."""

_FRIDAY = 5

Kind = Literal["scheduled", "unscheduled"]
Checked = Literal["yes", "unchecked", ""]
TargetRange = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """One row of the policy calendar; the module describes the fields.

    Parameters
    ----------
    decision_bp : float or None
        Change in the midpoint of the target range in basis points, None without a recorded outcome.
    target_lower, target_upper : float or None
        Target range after the decision in percent, None without a recorded outcome.
    """

    date: date
    kind: Kind
    statement_time_et: time | None
    decision_bp: float | None
    target_lower: float | None
    target_upper: float | None
    checked: Checked
    source: str
    note: str

    @property
    def is_cut(self) -> bool:
        """Return whether the target was lowered."""
        return self.decision_bp is not None and self.decision_bp < 0

    @property
    def is_hike(self) -> bool:
        """Return whether the target was raised."""
        return self.decision_bp is not None and self.decision_bp > 0

    @property
    def has_outcome(self) -> bool:
        """Return whether the decision is recorded."""
        return self.decision_bp is not None

    @property
    def target(self) -> TargetRange | None:
        """Return the target range after the decision in percent, None without a recorded outcome."""
        if self.target_lower is None or self.target_upper is None:
            return None
        return self.target_lower, self.target_upper


@cache
def load_meetings() -> tuple[Meeting, ...]:
    """Return the calendar shipped with the package, in order of date."""
    text = resources.files("generator").joinpath(FILE_NAME).read_text(encoding="utf-8")
    return parse_meetings(text)


def parse_meetings(text: str, *, name: str = FILE_NAME) -> tuple[Meeting, ...]:
    """Return the meetings in `text`, strictly: whatever is not exactly as described is a `DataError`.

    Parameters
    ----------
    text : str
        Content of a file with the columns `COLUMNS`.
    name : str
        What error messages call the file.
    """
    reader = csv.reader(io.StringIO(text), strict=True)
    meetings: list[Meeting] = []
    try:
        header = next(reader, [])
        if tuple(header) != COLUMNS:
            raise DataError(f"{name}: line 1: columns are {','.join(header)!r}; expected {','.join(COLUMNS)!r}")
        for cells in reader:
            where = f"{name}: line {reader.line_num}"
            if len(cells) != len(COLUMNS):
                raise DataError(f"{where}: {len(cells)} fields; expected {len(COLUMNS)}")
            meeting = _meeting(dict(zip(COLUMNS, cells, strict=True)), where)
            _require_order(meetings[-1] if meetings else None, meeting, where)
            meetings.append(meeting)
    except csv.Error as error:
        raise DataError(f"{name}: line {reader.line_num}: not a CSV file: {error}") from error
    if not meetings:
        raise DataError(f"{name}: no meetings; expected one line for each")
    return tuple(meetings)


def _meeting(row: dict[str, str], where: str) -> Meeting:
    day = _day(row, where)
    kind = row["kind"]
    if kind not in ("scheduled", "unscheduled"):
        raise _wrong(row, where, "kind", "scheduled or unscheduled")
    if kind == "scheduled" and day.isoweekday() > _FRIDAY:
        raise _wrong(row, where, "date", "a weekday for a scheduled meeting")
    if not row["source"].strip():
        raise _wrong(row, where, "source", "the name of the public record")
    decision, lower, upper = _outcome(row, where)
    if decision is None and kind == "unscheduled":
        raise _wrong(row, where, "decision_bp", "an outcome, because nobody schedules an unscheduled meeting")
    if row["checked"] not in (("",) if decision is None else ("yes", "unchecked")):
        raise _wrong(row, where, "checked", "blank without an outcome" if decision is None else "yes or unchecked")
    return Meeting(
        date=day,
        kind=cast("Kind", kind),
        statement_time_et=_time(row, where),
        decision_bp=decision,
        target_lower=lower,
        target_upper=upper,
        checked=cast("Checked", row["checked"]),
        source=row["source"],
        note=row["note"],
    )


def _wrong(row: dict[str, str], where: str, field: str, allowed: str) -> DataError:
    return DataError(f"{where}: {field}: {row[field]!r}; expected {allowed}")


def _day(row: dict[str, str], where: str) -> date:
    try:
        day = date.fromisoformat(row["date"])
    except ValueError:
        day = None
    if day is None or day.isoformat() != row["date"]:
        raise _wrong(row, where, "date", "a date as YYYY-MM-DD")
    return day


def _time(row: dict[str, str], where: str) -> time | None:
    cell = row["statement_time_et"]
    if not cell:
        return None
    if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", cell, re.ASCII):
        raise _wrong(row, where, "statement_time_et", "HH:MM from 00:00 to 23:59, or blank")
    return time.fromisoformat(cell)


def _outcome(row: dict[str, str], where: str) -> tuple[float | None, float | None, float | None]:
    """Return decision, lower and upper end: all three or none."""
    filled = [bool(row[field]) for field in ("decision_bp", "target_lower", "target_upper")]
    if not any(filled):
        return None, None, None
    if not all(filled):
        raise _wrong(row, where, "decision_bp", "decision and both ends of the target range filled, or all three blank")
    decision = _number(row, where, "decision_bp", step=12.5, lowest=-300, highest=300)
    lower = _number(row, where, "target_lower", step=0.125, lowest=0, highest=25)
    upper = _number(row, where, "target_upper", step=0.125, lowest=0, highest=25)
    if lower > upper:
        raise _wrong(row, where, "target_lower", f"at most target_upper = {row['target_upper']}")
    return decision, lower, upper


def _number(row: dict[str, str], where: str, field: str, *, step: float, lowest: float, highest: float) -> float:
    cell = row[field]
    value = float(cell) if re.fullmatch(r"-?\d{1,4}(\.\d{1,3})?", cell, re.ASCII) else math.nan
    if not (lowest <= value <= highest and (value / step).is_integer()):
        unit = "bp" if field == "decision_bp" else "percent"
        raise _wrong(row, where, field, f"a multiple of {step:g} {unit} from {lowest:g} to {highest:g}")
    return value


def _require_order(earlier: Meeting | None, meeting: Meeting, where: str) -> None:
    if earlier is None:
        return
    if meeting.date <= earlier.date:
        raise DataError(f"{where}: date: {meeting.date.isoformat()!r}; expected a day after {earlier.date}")
    if earlier.target is None or meeting.target is None or meeting.decision_bp is None:
        return
    change_bp = midpoint_change_bp(earlier.target, meeting.target)
    if abs(change_bp - meeting.decision_bp) > TOLERANCE:
        raise DataError(
            f"{where}: decision_bp: '{meeting.decision_bp:g}'; expected {change_bp:g}, the change of the midpoint from "
            f"{range_text(earlier.target)} to {range_text(meeting.target)}"
        )


def midpoint_change_bp(before: TargetRange, after: TargetRange) -> float:
    """Return the change between the midpoints of two target ranges in percent, in basis points."""
    return 100.0 * (sum(after) - sum(before)) / 2.0


def range_text(target: TargetRange) -> str:
    """Return a target range as text, percent."""
    return f"{target[0]:.2f}-{target[1]:.2f}"


def meetings_known_on(meetings: Sequence[Meeting], as_of: date) -> tuple[Meeting, ...]:
    """Return the calendar as it stood at the end of `as_of`.

    A later scheduled meeting keeps its date, and from 2013 its standing hour; its outcome, note and source are not yet
    known. A later unscheduled meeting is absent, since nobody knew of it. The schedule itself is taken as known: it is
    published more than a year ahead (that of 2027 on 2025-09-05), and a meeting cancelled later has no row.
    """
    return tuple(
        meeting
        if meeting.date <= as_of
        else replace(
            meeting,
            statement_time_et=meeting.statement_time_et if meeting.date >= STANDING_HOUR_SINCE else None,
            decision_bp=None,
            target_lower=None,
            target_upper=None,
            checked="",
            source=SCHEDULE_SOURCE,
            note="",
        )
        for meeting in meetings
        if meeting.date <= as_of or meeting.kind == "scheduled"
    )
