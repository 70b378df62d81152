"""The policy calendar: every FOMC meeting since 1994, what was decided, and what follows from it."""

from generator.fomc.meetings import Meeting, load_meetings, meetings_known_on, parse_meetings
from generator.fomc.runs import Phase, consecutive_cuts, cut_spells, longest_cuts_since, policy_phase
from generator.fomc.target import TargetMismatch, check_against_target, with_target_checks

__all__ = [
    "Meeting",
    "Phase",
    "TargetMismatch",
    "check_against_target",
    "consecutive_cuts",
    "cut_spells",
    "load_meetings",
    "longest_cuts_since",
    "meetings_known_on",
    "parse_meetings",
    "policy_phase",
    "with_target_checks",
]
