"""What was expected of each decision, and what followed, as one small file: no vendor's price is in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from generator.findings import Unavailable
from generator.recipes import ODDS
from generator.reports.fomc.responses import series_of
from generator.reports.fomc.study import ROLES, around
from generator.stats.expected_path import MeetingOdds

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from generator.fomc import Meeting
    from generator.report import Context
    from generator.reports.fomc.study import Measures
    from generator.stats.expected_path import NoOdds


def meetings_table(
    context: Context, events: tuple[Meeting, ...], found: Measures, eve: Mapping[date, MeetingOdds | NoOdds]
) -> pd.DataFrame | None:
    """Return one row per scheduled meeting, or None where there are neither futures nor published surprises.

    Returns
    -------
    DataFrame
        By date of the statement: log returns of the day; surprises in bp; the kind of news; the decision in bp; and the
        odds of each change by the closes of the evening before. NaN where something is not known.
    """
    known = context.expectations
    if isinstance(known.surprises, Unavailable) and isinstance(known.futures, Unavailable):
        return None
    prices = around(context, tuple(series_of(context).values()), events)
    if isinstance(prices, Unavailable):
        return None
    moves = prices.responses()
    columns: dict[str, object] = {f"{role}_return": moves[:, i] for i, role in enumerate(ROLES)}
    columns |= {
        "yield_change": found.two_year,
        "kuttner": found.kuttner,
        "published": found.policy,
        "published_2y": found.published_two_year,
        "kind": [kind or np.nan for kind in found.kinds.tolist()],
        "decision": np.array([m.decision_bp for m in events], dtype=np.float64),
    }
    return pd.DataFrame(columns | _odds(events, eve), index=pd.DatetimeIndex([m.date for m in events], name="date"))


def _odds(events: Sequence[Meeting], eve: Mapping[date, MeetingOdds | NoOdds]) -> dict[str, list[float]]:
    """Return the odds of each change that any meeting was given or came to, 0 where a meeting was given none."""
    given = [odds.steps if isinstance(odds := eve.get(m.date), MeetingOdds) else None for m in events]
    if not any(given):
        return {}
    decided = {int(m.decision_bp) for m in events if m.decision_bp is not None and m.decision_bp == int(m.decision_bp)}
    changes = sorted({step for steps in given if steps is not None for step in steps} | decided)
    return {
        f"{ODDS}{change}": [np.nan if steps is None else steps.get(change, 0.0) for steps in given]
        for change in changes
    }
