"""The policy path that fed funds futures imply, by the CME method, and how good its odds were."""

from __future__ import annotations

import calendar
import math
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from generator.stats.kuttner import LAST_DAYS, contract_month

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

STEP_BP = 25
BP_PER_PERCENT = 100.0
NEGLIGIBLE = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingOdds:
    """What the contracts say about one meeting.

    Parameters
    ----------
    date : date
    start_pct, end_pct : float
        Implied rate before and after.
    change_bp : float
        Implied change.
    steps : dict of int to float
        Probability of each change at this meeting, in bp (multiples of 25); they sum to one.
    cumulative : dict of int to float or None
        Probability of each total change from before the first meeting listed to after this one, meetings taken as
        independent; None once a meeting in between has no odds.
    """

    date: date
    start_pct: float
    end_pct: float
    change_bp: float
    steps: dict[int, float]
    cumulative: dict[int, float] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NoOdds:
    """A meeting whose odds cannot be told, and why."""

    date: date
    reason: str


@dataclass(slots=True)
class _Month:
    """One contract month while the path is being solved; rates in percent, None where not known yet."""

    name: str
    days: int
    average: float | None
    meetings: list[date]
    start: float | None = None
    end: float | None = None


def implied_average_pct(close: float) -> float:
    """Return the month's average funds rate that a contract's price implies, percent."""
    return 100.0 - close


def expected_path(
    as_of: date,
    closes: Mapping[str, float],
    meetings: Sequence[date],
    *,
    current_pct: float | None = None,
) -> tuple[MeetingOdds | NoOdds, ...]:
    """Return the implied rate before and after every meeting later than `as_of`, and the odds of each step.

    A month without a meeting anchors its neighbours: its average is the rate. In a month of M days with a decision on
    day d, average = (d start + (M - d) end) / M; the end of a month is the start of the next. If several months could
    be solved, the one with the smallest multiplier of a pricing error goes first, and none is solved across fewer than
    seven days. The implied change splits between the two nearest multiples of 25 bp.

    Parameters
    ----------
    as_of : date
        Day of the closes; a meeting on that day is over.
    closes : mapping of str to float
        Closes by contract month ``YYYY-MM`` (100 minus percent).
    meetings : sequence of date
        Statement days, those of the current month that are over included.
    current_pct : float, optional
        Funds rate in effect, percent; the present month then needs no earlier contract.

    References
    ----------
    CME Group, Fed funds futures probability tree calculator.
    """
    ahead = sorted(day for day in meetings if day > as_of)
    if not ahead:
        return ()
    months = _months(as_of, closes, meetings, ahead[-1])
    _solve(months, as_of, current_pct)
    by_name = {month.name: month for month in months}
    out: list[MeetingOdds | NoOdds] = []
    cumulative: dict[int, float] | None = {0: 1.0}
    for day in ahead:
        month = by_name[contract_month(day)]
        if month.start is None or month.end is None or len(month.meetings) > 1:
            out.append(NoOdds(date=day, reason=_reason(month, by_name)))
            cumulative = None
            continue
        change_bp = (month.end - month.start) * BP_PER_PERCENT
        steps = step_probabilities(change_bp)
        cumulative = None if cumulative is None else _sum_distribution(cumulative, steps)
        out.append(
            MeetingOdds(
                date=day,
                start_pct=month.start,
                end_pct=month.end,
                change_bp=change_bp,
                steps=steps,
                cumulative=cumulative,
            )
        )
    return tuple(out)


def step_probabilities(change_bp: float) -> dict[int, float]:
    """Return the odds of the two multiples of 25 bp around an expected change; one alone if it is met exactly."""
    steps = change_bp / STEP_BP
    below = math.floor(steps + NEGLIGIBLE)
    share = max(steps - below, 0.0)
    if share < NEGLIGIBLE:
        return {below * STEP_BP: 1.0}
    return {below * STEP_BP: 1.0 - share, (below + 1) * STEP_BP: share}


def brier_score(forecasts: Sequence[Mapping[int, float]], outcomes: Sequence[int]) -> float:
    """Return the mean over meetings of the squared distance between odds and outcome: 0 perfect, 2 certain and wrong.

    Parameters
    ----------
    forecasts : sequence of mapping
        Probability by change in bp, such as `MeetingOdds.steps`.
    outcomes : sequence of int
        The change that was decided, bp.

    References
    ----------
    Brier, G. W. (1950), Monthly Weather Review 78(1), 1-3.
    """
    if not forecasts:
        raise ValueError("forecasts: a score needs at least one meeting")
    total = 0.0
    for odds, outcome in zip(forecasts, outcomes, strict=True):
        total += sum((odds.get(step, 0.0) - (step == outcome)) ** 2 for step in {*odds, outcome})
    return total / len(forecasts)


def _months(as_of: date, closes: Mapping[str, float], meetings: Sequence[date], last: date) -> list[_Month]:
    """Return the months from that of `as_of` to the one after the last meeting."""
    count = (last.year - as_of.year) * 12 + last.month - as_of.month + 2
    held: dict[str, list[date]] = {}
    for day in sorted(day for day in meetings if as_of.replace(day=1) <= day <= last):
        held.setdefault(contract_month(day), []).append(day)
    months = []
    for ahead in range(count):
        name = contract_month(as_of, ahead)
        year, number = int(name[:4]), int(name[5:])
        close = closes.get(name)
        months.append(
            _Month(
                name=name,
                days=calendar.monthrange(year, number)[1],
                average=None if close is None else implied_average_pct(close),
                meetings=held.get(name, []),
            )
        )
    return months


def _solve(months: list[_Month], as_of: date, current_pct: float | None) -> None:
    """Fill in the start and end of every month that the contracts determine."""
    first = months[0]
    if current_pct is not None:
        if any(day <= as_of for day in first.meetings):
            first.end = current_pct if all(day <= as_of for day in first.meetings) else None
        else:
            first.start = current_pct
    for month in months:
        if not month.meetings and month.average is not None:
            month.start = month.end = month.average
    _carry(months)
    while (best := _best_unknown(months)) is not None:
        month, average = best
        before = month.meetings[0].day
        after = month.days - before
        if month.start is not None:
            month.end = (average * month.days - before * month.start) / after
        elif month.end is not None:
            month.start = (average * month.days - after * month.end) / before
        _carry(months)


def _carry(months: list[_Month]) -> None:
    """Carry the end of each month to the start of the next, and back, where one of the two is not known."""
    pairs = list(pairwise(months))
    for earlier, later in (*pairs, *reversed(pairs)):
        for month in (earlier, later):
            if not month.meetings:
                month.start = month.end if month.start is None else month.start
                month.end = month.start
        if later.start is None:
            later.start = earlier.end
        if earlier.end is None:
            earlier.end = later.start


def _best_unknown(months: list[_Month]) -> tuple[_Month, float] | None:
    """Return the month to solve next, with its average: the smallest multiplier of a pricing error, or None."""
    best: tuple[_Month, float] | None = None
    largest = 0.0
    for month in months:
        if month.average is None or len(month.meetings) != 1 or (month.start is None) == (month.end is None):
            continue
        before = month.meetings[0].day
        days = month.days - before if month.end is None else before
        if days >= LAST_DAYS and days / month.days > largest:
            best, largest = (month, month.average), days / month.days
    return best


def _sum_distribution(first: Mapping[int, float], second: Mapping[int, float]) -> dict[int, float]:
    """Return the distribution of the sum of two independent changes."""
    out: dict[int, float] = {}
    for a, p in first.items():
        for b, q in second.items():
            out[a + b] = out.get(a + b, 0.0) + p * q
    return dict(sorted(out.items()))


def _reason(month: _Month, by_name: Mapping[str, _Month]) -> str:
    """Return why a meeting's month could not be solved."""
    if len(month.meetings) > 1:
        return f"{month.name} has {len(month.meetings)} meetings; one contract cannot tell them apart"
    names = list(by_name)
    at = names.index(month.name)
    near = [by_name[name] for name in names[max(at - 1, 0) : at + 2]]
    missing = [m.name for m in near if m.average is None]
    if missing:
        return f"no close of the contract{'s' if len(missing) > 1 else ''} {', '.join(missing)}"
    return f"the contracts around {month.name} do not determine the rate before and after the meeting"
