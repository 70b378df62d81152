"""The policy calendar against a recorded target range."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Literal

from generator.fomc.meetings import TOLERANCE, Meeting, TargetRange, midpoint_change_bp, range_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

Problem = Literal["range", "unrecorded", "unlisted"]

_MAX_GAP = timedelta(days=5)
"""The longest closure of the money market, with a day to spare."""
_EFFECT_LAG = timedelta(days=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetMismatch:
    """A place where the calendar and a target-range series do not say the same.

    Parameters
    ----------
    date : date
        The meeting, or for ``unlisted`` the first day of the new range in the series.
    problem : str
        ``range``: another range or another change than recorded; ``unrecorded``: the series knows an outcome that the
        calendar lacks; ``unlisted``: the series changes and the calendar has no decision there.
    message : str
        One sentence with both values.
    """

    date: date
    problem: Problem
    message: str


def check_against_target(
    meetings: Sequence[Meeting], target_lower: pd.Series[float], target_upper: pd.Series[float]
) -> list[TargetMismatch]:
    """Return where the calendar and a recorded target range differ, in order of date; empty when they agree.

    The range steps on the effective day: normally the day after the statement, sometimes the day itself. A meeting
    is therefore compared with the last value before its day and the first two after it. Meetings that the series does
    not enclose are passed over. The other way round, every step of the series must belong to a meeting.

    Parameters
    ----------
    meetings : sequence of Meeting
        In order of date, as from `load_meetings` or `meetings_known_on`.
    target_lower, target_upper : Series of shape (n_days,)
        Percent, with the same DatetimeIndex; days with a missing value are dropped. For years with one target level
        give that level as both.
    """
    series = _Series.of(target_lower, target_upper)
    found = [series.compared(meeting) for meeting in meetings]
    mismatches = [each for each in found if isinstance(each, TargetMismatch)]
    mismatches += series.unlisted(meetings)
    return sorted(mismatches, key=lambda each: each.date)


def with_target_checks(
    meetings: Sequence[Meeting], target_lower: pd.Series[float], target_upper: pd.Series[float]
) -> tuple[Meeting, ...]:
    """Return the meetings with `checked` set to ``yes`` where the series confirms them, ``unchecked`` where it differs.

    Meetings that the series does not enclose stay as they are. Parameters as in `check_against_target`.
    """
    series = _Series.of(target_lower, target_upper)
    checked: list[Meeting] = []
    for meeting in meetings:
        result = series.compared(meeting) if meeting.has_outcome else None
        if result is None:
            checked.append(meeting)
        else:
            checked.append(replace(meeting, checked="yes" if result == "agrees" else "unchecked"))
    return tuple(checked)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Series:
    """A target range by day, without gaps of its own making."""

    days: list[date]
    ranges: list[TargetRange]

    @classmethod
    def of(cls, target_lower: pd.Series[float], target_upper: pd.Series[float]) -> _Series:
        pairs = [
            (stamp.date(), (float(lower), float(upper)))
            for stamp, lower, upper in zip(target_lower.index, target_lower, target_upper, strict=True)
            if not (math.isnan(lower) or math.isnan(upper))
        ]
        pairs.sort()
        return cls(days=[day for day, _ in pairs], ranges=[target for _, target in pairs])

    def compared(self, meeting: Meeting) -> TargetMismatch | Literal["agrees"] | None:
        """Return what the series says of a meeting; None where it does not enclose it."""
        day = meeting.date
        first_after = bisect_right(self.days, day)
        last_before = bisect_left(self.days, day) - 1
        if last_before < 0 or first_after == len(self.days):
            return None
        if day - self.days[last_before] > _MAX_GAP or self.days[first_after] - day > _MAX_GAP:
            return None
        before, after = self.ranges[last_before], self.ranges[first_after : first_after + 2]
        if meeting.target is None or meeting.decision_bp is None:
            return TargetMismatch(
                date=day,
                problem="unrecorded",
                message=f"{day}: no outcome recorded; the series goes from {range_text(before)} to "
                f"{range_text(after[-1])} percent",
            )
        change_bp = midpoint_change_bp(before, meeting.target)
        if any(_same(meeting.target, each) for each in after) and abs(change_bp - meeting.decision_bp) <= TOLERANCE:
            return "agrees"
        return TargetMismatch(
            date=day,
            problem="range",
            message=f"{day}: recorded {range_text(meeting.target)} percent after {meeting.decision_bp:+g} bp; the "
            f"series goes from {range_text(before)} to {range_text(after[-1])}",
        )

    def unlisted(self, meetings: Sequence[Meeting]) -> list[TargetMismatch]:
        """Return the steps of the series that belong to no meeting of the calendar."""
        changes = [meeting.date for meeting in meetings if not meeting.has_outcome or meeting.decision_bp]
        steps = zip(self.days, self.ranges, self.days[1:], self.ranges[1:], strict=False)
        return [
            TargetMismatch(
                date=day,
                problem="unlisted",
                message=f"{day}: the series goes from {range_text(before)} to {range_text(after)} percent; the "
                "calendar has no decision there",
            )
            for earlier, before, day, after in steps
            if not _same(before, after)
            and not any(min(earlier, day - _EFFECT_LAG) <= change <= day for change in changes)
        ]


def _same(one: TargetRange, other: TargetRange) -> bool:
    return all(abs(a - b) <= TOLERANCE for a, b in zip(one, other, strict=True))
