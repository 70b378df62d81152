"""The decisions of the Fed since the claim, one after the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from generator.formatting import basis_points, plain, signed_percent

if TYPE_CHECKING:
    from generator.fomc import Meeting
    from generator.report import Context


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """One decision since the claim.

    Parameters
    ----------
    cuts : str
        Cuts in a row up to it, decided after the claim; not known after a meeting without a recorded outcome.
    moves : tuple of str
        Both assets from the claim to the close of its session.
    """

    date: str
    decision: str
    cuts: str
    moves: tuple[str, ...]


def decided(context: Context, rebased: pd.DataFrame | None) -> tuple[Decided, ...]:
    """Return every decision after the claim with the run of cuts it stands in."""
    rows: list[Decided] = []
    run: int | None = 0
    for meeting in context.meetings:
        if not context.config.run.claim_date < meeting.date <= context.as_of:
            continue
        if not meeting.has_outcome:
            run = None if meeting.kind == "scheduled" else run
        elif meeting.is_cut:
            run = None if run is None else run + 1
        elif meeting.is_hike or meeting.kind == "scheduled":
            run = 0
        moves: tuple[str, ...] = ("not available", "not available")
        if rebased is not None:
            known = rebased[rebased["date"] >= pd.Timestamp(meeting.date)]
            if len(known):
                at = known.iloc[0]
                moves = tuple(plain(signed_percent(float(at[role]) / 100 - 1)) for role in ("a", "b"))
        decision = plain(basis_points(meeting.decision_bp)) if meeting.decision_bp is not None else "not recorded"
        rows.append(
            Decided(
                date=meeting.date.isoformat(),
                decision=f"{_word(meeting)} ({decision})" if meeting.has_outcome else decision,
                cuts="not known" if run is None else f"{run}",
                moves=moves,
            )
        )
    return tuple(rows)


def _word(meeting: Meeting) -> str:
    return "cut" if meeting.is_cut else "rise" if meeting.is_hike else "hold"


def counted(context: Context) -> str:
    """Return how the Fed decided since the claim."""
    claim = context.config.run.claim_date
    known = [_word(m) for m in context.meetings if claim < m.date <= context.as_of and m.has_outcome]
    if not known:
        return ""
    counts = [f"{n} {word}{'' if n == 1 else 's'}" for word in ("cut", "hold", "rise") if (n := known.count(word))]
    listed = ", ".join(counts[:-1]) + (" and " if len(counts) > 1 else "") + counts[-1]
    times = "once" if len(known) == 1 else f"{len(known)} times"
    return f" The Fed decided {times} in that time: {listed}."
