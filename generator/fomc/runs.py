"""What follows from the order of decisions: runs of cuts, easing cycles, the phase of policy."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from generator.findings import Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import date

    from generator.fomc.meetings import Meeting

HOLDS_THAT_END_A_PHASE = 2


class Phase(StrEnum):
    """Direction of policy on a day."""

    HIKING = "hiking"
    HOLDING = "holding"
    EASING = "easing"


def cut_spells(
    meetings: Sequence[Meeting], as_of: date, *, through_holds: bool = False
) -> tuple[tuple[Meeting, ...], ...]:
    """Return each run of consecutive cuts up to `as_of`, as the meetings that cut.

    A scheduled hold or a hike ends a run; an unscheduled cut counts; an unscheduled meeting without a change neither
    counts nor ends it. A scheduled meeting without a recorded outcome ends it, because it is not known to continue.

    Parameters
    ----------
    through_holds : bool
        True gives easing cycles: cuts with no hike between.
    """
    runs = _cut_runs((m for m in meetings if m.date <= as_of), through_holds=through_holds)
    return tuple(tuple(run) for run in runs if run)


def consecutive_cuts(meetings: Sequence[Meeting], as_of: date) -> int | Unavailable:
    """Return how many cuts in a row stand at the end of `as_of`, by the rule of `cut_spells`.

    Unavailable where a meeting without a recorded outcome, or the end of the calendar, leaves it open.
    """
    return _if_settled(meetings, None, as_of, lambda runs: len(runs[-1]))


def longest_cuts_since(meetings: Sequence[Meeting], claim_date: date, as_of: date) -> int | Unavailable:
    """Return the longest run of cuts among the decisions after `claim_date` and up to `as_of`.

    Decisions on or before the claim date do not count, even where they began the run.
    Unavailable where a meeting without a recorded outcome, or the end of the calendar, leaves it open.
    """
    return _if_settled(meetings, claim_date, as_of, lambda runs: max(len(run) for run in runs))


def policy_phase(meetings: Sequence[Meeting], day: date) -> Phase | None:
    """Return the phase of policy at the end of `day`, by the decisions announced up to then.

    The latest change of the target names the phase, scheduled or not; once two scheduled meetings in a row have left
    the target alone since, policy is holding. None where that is not known: before the first change in the calendar,
    and after a scheduled meeting without a recorded outcome that could have changed it.
    """
    holds = 0
    for meeting in reversed([m for m in meetings if m.date <= day]):
        if meeting.is_hike:
            return Phase.HIKING
        if meeting.is_cut:
            return Phase.EASING
        if not meeting.has_outcome:
            return None
        holds += meeting.kind == "scheduled"
        if holds == HOLDS_THAT_END_A_PHASE:
            return Phase.HOLDING
    return None


def _cut_runs(
    meetings: Iterable[Meeting], *, through_holds: bool = False, unknown_cuts: bool = False
) -> list[list[Meeting]]:
    """Return the runs of cuts, the last of them the one that still stands (empty when none does)."""
    runs: list[list[Meeting]] = [[]]
    for meeting in meetings:
        if meeting.is_cut or (unknown_cuts and not meeting.has_outcome):
            runs[-1].append(meeting)
        elif meeting.decision_bp == 0 and (through_holds or meeting.kind == "unscheduled"):
            continue
        elif runs[-1]:
            runs.append([])
    return runs


def _if_settled(
    meetings: Sequence[Meeting], after: date | None, as_of: date, length: Callable[[list[list[Meeting]]], int]
) -> int | Unavailable:
    """Return `length` of the runs if it is the same whether the unrecorded meetings cut or held."""
    if as_of.year > meetings[-1].date.year:
        return Unavailable(reason=f"the policy calendar ends on {meetings[-1].date}")
    known = [m for m in meetings if (after is None or m.date > after) and m.date <= as_of]
    least = length(_cut_runs(known))
    if least == length(_cut_runs(known, unknown_cuts=True)):
        return least
    missing = ", ".join(str(meeting.date) for meeting in known if not meeting.has_outcome)
    return Unavailable(reason=f"no outcome is recorded for the meeting of {missing}")
