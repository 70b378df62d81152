"""Claims → verdicts: pure functions of (numbers, claim)."""

from __future__ import annotations

from generator.claims.judge import judge
from generator.claims.strength import strength_of_interval, strength_word
from generator.claims.verdict import Judgement, LineTest, Reading, Registered, Verdict

__all__ = [
    "Judgement",
    "LineTest",
    "Reading",
    "Registered",
    "Verdict",
    "judge",
    "strength_of_interval",
    "strength_word",
]
