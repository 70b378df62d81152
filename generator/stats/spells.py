"""What prices did on the way through a run of cuts and afterwards; `generator.fomc` says which cuts make a run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from generator.stats.event_study import event_positions
from generator.stats.proportions import Proportion, wilson_interval

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    import numpy.typing as npt

    from generator.stats.least_squares import FloatArray

HORIZONS = (63, 126, 252)
CUTS = (2, 3, 4)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SpellOutcome:
    """What prices did from the close of the first cut's session.

    Parameters
    ----------
    base_position : int
        Index of that session.
    to_cut : dict of int to ndarray of shape (n_assets,)
        Simple return from the first cut to the close of the second, third, fourth; NaN where there was none.
    after : dict of int to ndarray of shape (n_assets,)
        Simple return that many sessions after the first cut; NaN where that is still ahead or has no price.
    drawdown : dict of int to ndarray of shape (n_assets,)
        Largest fall from a running high within that many sessions of the first cut, zero or negative.
    """

    base_position: int
    to_cut: dict[int, FloatArray]
    after: dict[int, FloatArray]
    drawdown: dict[int, FloatArray]


def spell_outcome(
    cut_dates: Sequence[date],
    sessions: npt.NDArray[np.datetime64],
    prices: FloatArray,
    *,
    horizons: Sequence[int] = HORIZONS,
) -> SpellOutcome | None:
    """Return what prices did from the first cut on, or None where the first cut lies outside the sessions.

    Parameters
    ----------
    cut_dates : sequence of date
        The cuts of one run or easing cycle, in order.
    sessions : ndarray of datetime64[D], shape (n_sessions,)
        Increasing; a cut on a day that is no session belongs to the next.
    prices : ndarray of shape (n_sessions, n_assets)
        Up to the date as of which the outcome is told; NaN before an asset exists.
    horizons : sequence of int
        Sessions after the first cut.
    """
    positions = event_positions(sessions, cut_dates)
    base_at = int(positions[0])
    if base_at < 0:
        return None
    base = prices[base_at]
    missing = np.full(prices.shape[1], np.nan)

    def simple_return(at: int) -> FloatArray:
        return prices[at] / base - 1.0 if 0 <= at < len(prices) else missing

    to_cut = {n: simple_return(int(positions[n - 1])) if len(cut_dates) >= n else missing for n in CUTS}
    after = {h: simple_return(base_at + h) for h in horizons}
    return SpellOutcome(
        base_position=base_at,
        to_cut=to_cut,
        after=after,
        drawdown={
            h: max_drawdown(prices[base_at : base_at + h + 1]) if base_at + h < len(prices) else missing
            for h in horizons
        },
    )


def max_drawdown(prices: FloatArray) -> FloatArray:
    """Return the largest fall from a running high of each column, zero or negative; NaN where a first price is missing.

    Parameters
    ----------
    prices : ndarray of shape (n_sessions, n_assets)
        A missing price later on is passed over.
    """
    high = np.fmax.accumulate(prices, axis=0)
    falls = prices / high - 1.0
    worst = np.fmin.reduce(falls, axis=0)
    return np.where(np.isfinite(prices[0]), worst, np.nan)


def joint_up_share(outcomes: Sequence[SpellOutcome], horizon: int, *, level: float = 0.95) -> Proportion | None:
    """Return the share of runs after which every asset was up, with Wilson's interval, or None without any.

    A run counts only where every asset has a return at the horizon.
    """
    reached = [o.after[horizon] for o in outcomes if np.isfinite(o.after[horizon]).all()]
    if not reached:
        return None
    return wilson_interval(sum(bool((r > 0).all()) for r in reached), len(reached), level)
