"""Event study: which session an event belongs to, what each asset did, and how that goes with the surprise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt

from generator.stats.least_squares import FloatArray, fit, with_constant
from generator.stats.proportions import Proportion, proportion_difference, wilson_interval
from generator.stats.regression import PERCENT, UNIT_BP, RateBeta, slope

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

IntArray = npt.NDArray[np.int64]
Window = tuple[int, int]
Model = Literal["mean", "market_adjusted", "market_model"]

WINDOWS: tuple[Window, ...] = ((0, 0), (-1, 1), (0, 5))
ESTIMATION_OBS = 120
ESTIMATION_GAP_OBS = 11


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AbnormalReturns:
    """Abnormal returns of the events that have a full estimation and event window.

    Parameters
    ----------
    model : str
    kept : ndarray of bool, shape (n_positions,)
        Which of the positions asked for are here.
    estimation : ndarray of shape (n_events, 120)
        Abnormal returns in the estimation window, fractions.
    event : ndarray of shape (n_events, n_window)
        Abnormal returns in the event window.
    cumulative : ndarray of shape (n_events,)
        Sum of `event`.
    std_err : ndarray of shape (n_events,)
        Standard deviation that `cumulative` would have without an event, parameter uncertainty included.
    """

    model: Model
    kept: npt.NDArray[np.bool_]
    estimation: FloatArray
    event: FloatArray
    cumulative: FloatArray
    std_err: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Tandem:
    """Share of events on which two assets moved the same way, beside other days.

    Parameters
    ----------
    event, other : Proportion
        Same-sign share on event days and on other days, Wilson intervals.
    difference : Proportion
        event minus other, Newcombe's interval.
    implied : Proportion or None
        Share of events with a surprise on which both moved against it, as the claim implies.
    """

    event: Proportion
    other: Proportion
    difference: Proportion
    implied: Proportion | None


def event_positions(
    sessions: npt.NDArray[np.datetime64],
    event_dates: Sequence[date],
    calendar: npt.NDArray[np.datetime64] | None = None,
) -> IntArray:
    """Return the index in `sessions` of each event's session, -1 where it has none.

    An event on a day without a session (2020-03-15) belongs to the next session of `calendar`. If that session is not
    in the sample, the event is left out, not moved.

    Parameters
    ----------
    sessions : ndarray of datetime64[D], shape (n_sessions,)
        Sessions of the sample, increasing.
    event_dates : sequence of date
    calendar : ndarray of datetime64[D], optional
        All sessions of the exchange; by default those of the sample.
    """
    if not len(sessions):
        return np.full(len(event_dates), -1)
    every = sessions if calendar is None else calendar
    wanted = np.array(event_dates, dtype="datetime64[D]")
    after = np.searchsorted(every, wanted)
    exists = after < every.size
    moved = every[np.minimum(after, every.size - 1)]
    index = np.searchsorted(sessions, moved)
    exists &= index < sessions.size
    exists &= sessions[np.minimum(index, sessions.size - 1)] == moved
    # Before the sample's first session there is no earlier close, so such an event has no response either.
    exists &= wanted >= sessions[0]
    return np.where(exists, index, -1).astype(np.int64)


def event_responses(log_price: FloatArray, positions: IntArray, window: Window = (0, 0)) -> FloatArray:
    """Return log returns from the close before the window to its last close, NaN where the window is not complete.

    Nothing after an event's window is read.

    Parameters
    ----------
    log_price : ndarray of shape (n_sessions,) or (n_sessions, n_assets)
        Logarithm of prices on common sessions; NaN where there is none.
    positions : ndarray of int, shape (n_events,)
        As from `event_positions`.
    window : tuple of int
        First and last session relative to the event: (0, 0), (-1, 1), (0, 5).

    Returns
    -------
    ndarray of shape (n_events,) or (n_events, n_assets), fractions
    """
    before, last = positions + window[0] - 1, positions + window[1]
    inside = (positions >= 0) & (before >= 0) & (last < len(log_price))
    out = np.full((len(positions), *log_price.shape[1:]), np.nan)
    out[inside] = log_price[last[inside]] - log_price[before[inside]]
    return out


def yield_surprise_bp(rate_pct: FloatArray, positions: IntArray) -> FloatArray:
    """Return the event session's change in a yield, in bp: a proxy of the surprise (Hanson & Stein 2015).

    Parameters
    ----------
    rate_pct : ndarray of shape (n_sessions,)
        Percent per year, on the sessions of the sample.
    positions : ndarray of int, shape (n_events,)
    """
    return event_responses(rate_pct, positions) * 100.0


def event_beta(responses: FloatArray, surprise_bp: FloatArray, *, level: float = 0.95) -> RateBeta:
    """Return the slope of event responses on the surprise, % per +25 bp, HC3 errors; events with a NaN are left out.

    Parameters
    ----------
    responses : ndarray of shape (n_events,)
        Log returns over the event window, fractions.
    surprise_bp : ndarray of shape (n_events,)
    level : float
        Coverage of the t interval.
    """
    usable = np.isfinite(responses) & np.isfinite(surprise_bp)
    design = with_constant(surprise_bp[usable] / UNIT_BP)
    return slope(fit(responses[usable] * PERCENT, design, cov_type="HC3"), 1, level=level)


def abnormal_returns(
    returns: FloatArray,
    positions: IntArray,
    window: Window = (0, 0),
    *,
    model: Model = "mean",
    market_returns: FloatArray | None = None,
) -> AbnormalReturns:
    """Return abnormal returns against what the 120 sessions ending 11 before each event lead one to expect.

    Models: ``mean`` takes off the window's mean; ``market_adjusted`` takes off the market's return of the same session;
    ``market_model`` takes off intercept plus beta times the market's return, both from the estimation window.

    Parameters
    ----------
    returns : ndarray of shape (n_sessions,)
        Log returns, fractions.
    positions : ndarray of int, shape (n_events,)
        Index in `returns` of each event's session.
    window : tuple of int
        Event window in sessions.
    model : {"mean", "market_adjusted", "market_model"}
    market_returns : ndarray of shape (n_sessions,), optional
        Needed by the two market models.

    Returns
    -------
    AbnormalReturns
        Events with a missing return between the first session of the estimation window and the last of the event window
        are left out.

    References
    ----------
    MacKinlay, A. C. (1997), Journal of Economic Literature 35(1), 13-39.
    """
    if model != "mean" and market_returns is None:
        raise ValueError(f"model = {model!r}: needs market_returns")
    first = positions - ESTIMATION_GAP_OBS - ESTIMATION_OBS + 1
    kept = (positions >= 0) & (first >= 0) & (positions + window[1] < len(returns))
    kept &= _complete(
        returns if market_returns is None else returns + market_returns, first, positions + window[1], kept
    )
    estimation_at = first[kept][:, None] + np.arange(ESTIMATION_OBS)
    event_at = positions[kept][:, None] + np.arange(window[0], window[1] + 1)
    n_window = event_at.shape[1]
    own, own_event = returns[estimation_at], returns[event_at]
    if model == "mean":
        expected = own.mean(axis=1, keepdims=True)
        estimation, event = own - expected, own_event - expected
        dof = ESTIMATION_OBS - 1
        inflation = np.full(len(own), n_window + n_window**2 / ESTIMATION_OBS)
    else:
        market = np.asarray(market_returns)
        factor, factor_event = market[estimation_at], market[event_at]
        if model == "market_adjusted":
            estimation, event = own - factor, own_event - factor_event
            dof = ESTIMATION_OBS - 1
            inflation = np.full(len(own), float(n_window))
        else:
            centre = factor.mean(axis=1, keepdims=True)
            spread = ((factor - centre) ** 2).sum(axis=1, keepdims=True)
            beta = ((factor - centre) * own).sum(axis=1, keepdims=True) / spread
            base = own.mean(axis=1, keepdims=True) - beta * centre
            estimation, event = own - base - beta * factor, own_event - base - beta * factor_event
            dof = ESTIMATION_OBS - 2
            reach = (factor_event - centre).sum(axis=1) ** 2 / spread[:, 0]
            inflation = n_window + n_window**2 / ESTIMATION_OBS + reach
    around = estimation - estimation.mean(axis=1, keepdims=True)
    variance = (around**2).sum(axis=1) / dof
    return AbnormalReturns(
        model=model,
        kept=kept,
        estimation=estimation,
        event=event,
        cumulative=event.sum(axis=1),
        std_err=np.sqrt(variance * inflation),
    )


def _complete(
    values: FloatArray, first: IntArray, last: IntArray, kept: npt.NDArray[np.bool_]
) -> npt.NDArray[np.bool_]:
    """Return which ranges first..last hold finite values only; ranges not kept are not read."""
    gaps = np.concatenate([[0], np.cumsum(~np.isfinite(values))])
    out = kept.copy()
    out[kept] = gaps[last[kept] + 1] == gaps[first[kept]]
    return out


def tandem(
    event_returns: FloatArray, other_returns: FloatArray, surprise_bp: FloatArray | None = None, *, level: float = 0.95
) -> Tandem:
    """Return how often two assets moved the same way on event days, on other days, and against the surprise.

    A day on which either did not move counts as not the same way.

    Parameters
    ----------
    event_returns : ndarray of shape (n_events, 2)
        Day-0 log returns of A and B; rows with NaN are left out.
    other_returns : ndarray of shape (n_other, 2)
        All other sessions of the same span.
    surprise_bp : ndarray of shape (n_events,), optional
        With it, also the share of events (surprise not zero) on which both rose on a fall or fell on a rise.
    level : float
    """
    complete = np.isfinite(event_returns).all(axis=1)
    events = event_returns[complete]
    others = other_returns[np.isfinite(other_returns).all(axis=1)]
    same, base = (int(np.count_nonzero(rows[:, 0] * rows[:, 1] > 0)) for rows in (events, others))
    implied = None
    if surprise_bp is not None:
        surprise = surprise_bp[complete]
        known = np.isfinite(surprise) & (surprise != 0)
        against = (events[known] * surprise[known, None] < 0).all(axis=1)
        if known.any():
            implied = wilson_interval(int(against.sum()), int(known.sum()), level)
    return Tandem(
        event=wilson_interval(same, len(events), level),
        other=wilson_interval(base, len(others), level),
        difference=proportion_difference(same, len(events), base, len(others), level),
        implied=implied,
    )


def shock_kinds(surprise_bp: FloatArray, equity_response: FloatArray) -> npt.NDArray[np.str_]:
    """Return what each surprise looks like: ``information``, ``policy``, or empty where either is zero or NaN.

    Rates and stocks moving the same way points to news about the economy; opposite ways, to policy itself: the sign
    restriction of Jarocinski & Karadi (2020), American Economic Journal: Macroeconomics 12(2), 1-43, in its simplest
    form.

    Parameters
    ----------
    surprise_bp, equity_response : ndarray of shape (n_events,)
        Surprise, and the broad equity market's response in the same window.
    """
    with np.errstate(invalid="ignore"):
        product = surprise_bp * equity_response
        return np.where(product > 0, "information", np.where(product < 0, "policy", ""))
