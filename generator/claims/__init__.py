"""Claims → verdicts: pure functions of (numbers, claim)."""

from __future__ import annotations

from generator.claims.board import BoardRow, board_lines, board_rows, judge_all, skeleton
from generator.claims.judge import judge
from generator.claims.publish import badge_svg, claim_review, script_json
from generator.claims.strength import strength_of_interval, strength_word
from generator.claims.timeline import Turn, flip_explanation, timeline
from generator.claims.verdict import Judgement, LineTest, Reading, Registered, Verdict
from generator.claims.wording import criterion as criterion_words

__all__ = [
    "BoardRow",
    "Judgement",
    "LineTest",
    "Reading",
    "Registered",
    "Turn",
    "Verdict",
    "badge_svg",
    "board_lines",
    "board_rows",
    "claim_review",
    "criterion_words",
    "flip_explanation",
    "judge",
    "judge_all",
    "script_json",
    "skeleton",
    "strength_of_interval",
    "strength_word",
    "timeline",
]
