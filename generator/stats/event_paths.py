"""Price paths around events: each one, and their average with a band."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from generator.stats.event_study import IntArray, event_responses
from generator.stats.least_squares import FloatArray, t_critical

if TYPE_CHECKING:
    import numpy.typing as npt

FIRST, LAST = -5, 20
SMALLEST_SAMPLE = 2


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AveragePath:
    """Mean log return from the close before the event, by session relative to it.

    Parameters
    ----------
    offset : ndarray of int, shape (n_offsets,)
        Sessions from the event; -1 is the base, 0 the event's own close.
    value, lower, upper : ndarray of shape (n_offsets,)
        Fractions; pointwise t interval across events, NaN where fewer than two have the session.
    nobs : ndarray of int, shape (n_offsets,)
        Events.
    level : float
    """

    offset: IntArray
    value: FloatArray
    lower: FloatArray
    upper: FloatArray
    nobs: npt.NDArray[np.int64]
    level: float


def event_paths(log_price: FloatArray, positions: IntArray, *, first: int = FIRST, last: int = LAST) -> FloatArray:
    """Return each event's log price relative to the close before it, NaN where a session is missing or still ahead.

    Parameters
    ----------
    log_price : ndarray of shape (n_sessions,)
    positions : ndarray of int, shape (n_events,)
        As from `event_positions`.
    first, last : int
        Sessions relative to the event.

    Returns
    -------
    ndarray of shape (n_events, last - first + 1), fractions
    """
    columns = []
    for offset in range(first, last + 1):
        if offset >= 0:
            columns.append(event_responses(log_price, positions, (0, offset)))
        else:
            # The return from the close of that session to the close before the event, turned round.
            columns.append(0.0 - event_responses(log_price, positions, (offset + 1, -1)))
    return np.column_stack(columns)


def average_path(paths: FloatArray, *, first: int = FIRST, level: float = 0.95) -> AveragePath:
    """Return the mean of event paths with a pointwise t interval; events are taken as independent of one another.

    Parameters
    ----------
    paths : ndarray of shape (n_events, n_offsets)
        As from `event_paths`, or some of its rows (dovish or hawkish events).
    first : int
        Offset of the first column.
    level : float
    """
    n_offsets = paths.shape[1]
    value, lower, upper = (np.full(n_offsets, np.nan) for _ in range(3))
    nobs = np.count_nonzero(np.isfinite(paths), axis=0).astype(np.int64)
    for column in np.flatnonzero(nobs >= SMALLEST_SAMPLE):
        known = paths[np.isfinite(paths[:, column]), column]
        half = t_critical(known.size - 1, level) * float(known.std(ddof=1)) / math.sqrt(known.size)
        value[column] = known.mean()
        lower[column], upper[column] = value[column] - half, value[column] + half
    return AveragePath(
        offset=np.arange(first, first + n_offsets), value=value, lower=lower, upper=upper, nobs=nobs, level=level
    )
