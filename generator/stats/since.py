"""Since a date: were both assets up, how often does that happen anyway, and how far do two drift apart by chance."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from generator.stats.least_squares import FloatArray, hac_meat
from generator.stats.proportions import wilson_interval

# Sum over all lags of the autocorrelation (2 / pi) asin(1 - |k| / h) of the sign of an h-session return, divided by h.
SIGN_OVERLAP = 2.0 - 4.0 / math.pi


@dataclass(frozen=True, slots=True, kw_only=True)
class BaseRate:
    """How often an outcome occurs over all overlapping windows of one length.

    Parameters
    ----------
    value, lower, upper : float
        Share of windows, with an interval that respects their overlap.
    level : float
    nobs : int
        Overlapping windows.
    effective_nobs : float
        Independent windows that carry the same information.
    """

    value: float
    lower: float
    upper: float
    level: float
    nobs: int
    effective_nobs: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftApart:
    """How far two assets drift apart by chance alone.

    Parameters
    ----------
    observed_gap : float
        Log return of the first minus that of the second, a fraction.
    gap_sd : float
        Standard deviation of that difference over the horizon, if neither has a drift.
    chance : float
        Probability of a gap at least as large in absolute value.
    horizon : int
        Sessions.
    reps : int
        Replications; 0 for the closed form.
    """

    observed_gap: float
    gap_sd: float
    chance: float
    horizon: int
    reps: int


def joint_up(price_a: FloatArray, price_b: FloatArray, horizon: int) -> bool | None:
    """Return whether both prices stand above their first value `horizon` sessions later, None if that is still ahead.

    Parameters
    ----------
    price_a, price_b : ndarray of shape (n_sessions,)
        On common sessions; element 0 is the base close. Nothing after element `horizon` is read.
    horizon : int
        Sessions after the base.
    """
    if len(price_a) <= horizon:
        return None
    return bool(price_a[horizon] > price_a[0] and price_b[horizon] > price_b[0])


def joint_up_windows(price_a: FloatArray, price_b: FloatArray, horizon: int) -> npt.NDArray[np.bool_]:
    """Return, for every overlapping window of `horizon` sessions, whether both prices rose over it.

    Parameters
    ----------
    price_a, price_b : ndarray of shape (n_sessions,)

    Returns
    -------
    ndarray of shape (n_sessions - horizon,), empty if the prices are too few
    """
    if horizon < 1:
        raise ValueError(f"horizon = {horizon}: needs at least one session")
    up = [np.asarray(price[horizon:] > price[:-horizon]) for price in (price_a, price_b)]
    return np.asarray(up[0] & up[1])


def joint_up_base_rate(
    price_a: FloatArray, price_b: FloatArray, horizon: int, *, level: float = 0.95
) -> BaseRate | None:
    """Return how often both prices rose over `horizon` sessions, with an interval that respects the overlap.

    Parameters
    ----------
    price_a, price_b : ndarray of shape (n_sessions,)
        On common sessions, from the start of the pair to the claim: the caller passes nothing later.
    horizon : int
        Sessions.
    level : float
        Coverage.

    Returns
    -------
    BaseRate, or None where the history is shorter than two windows

    Notes
    -----
    Wilson's interval on an effective number of trials, the smaller of two: p (1 - p) over the HAC variance of the
    overlapping outcomes (Bartlett, 2 h lags), and n / (h (2 - 4 / pi)), the number for the sign of an overlapping sum
    of independent returns (arcsine law). The second is needed because few long windows make the first too large. A
    block bootstrap of the outcomes covers only 70 to 80 % at 252 sessions in seven years; this one covers 93 to 96 %.
    """
    if len(price_a) < 2 * horizon + 1:
        return None
    outcome = joint_up_windows(price_a, price_b, horizon).astype(float)
    nobs = outcome.size
    share = float(outcome.mean())
    effective = min(float(nobs), (len(price_a) - 1) / (horizon * SIGN_OVERLAP))
    deviation = (outcome - share)[:, None]
    spread = float(hac_meat(deviation, 2 * horizon)[0, 0]) / nobs
    if 0.0 < share < 1.0 and spread > 0.0:
        effective = min(effective, nobs * share * (1.0 - share) / spread)
    interval = wilson_interval(share * effective, effective, level)
    return BaseRate(
        value=share, lower=interval.lower, upper=interval.upper, level=level, nobs=nobs, effective_nobs=effective
    )


def drift_apart(vol_a: float, vol_b: float, corr: float, horizon: int, observed_gap: float) -> DriftApart:
    """Return how far two assets drift apart by chance in `horizon` sessions, normal closed form.

    The difference of their log returns over h sessions has variance h (a^2 + b^2 - 2 rho a b): a steady correlation
    below one leaves room for very different destinations. No drift, independent sessions.

    Parameters
    ----------
    vol_a, vol_b : float
        Standard deviation of the log return of one session, fractions.
    corr : float
        Correlation of the two returns.
    horizon : int
        Sessions.
    observed_gap : float
        Log return of A minus log return of B over the horizon.
    """
    variance = horizon * (vol_a * vol_a + vol_b * vol_b - 2.0 * corr * vol_a * vol_b)
    gap_sd = math.sqrt(max(variance, 0.0))
    chance = math.erfc(abs(observed_gap) / (gap_sd * math.sqrt(2.0))) if gap_sd > 0.0 else float(observed_gap == 0.0)
    return DriftApart(observed_gap=float(observed_gap), gap_sd=gap_sd, chance=chance, horizon=horizon, reps=0)


def drift_apart_bootstrap(
    returns: FloatArray,
    horizon: int,
    observed_gap: float,
    *,
    rng: np.random.Generator,
    reps: int = 9999,
    block_size: int = 21,
) -> DriftApart:
    """Return the same by resampling the two assets' own sessions in circular blocks, drift removed.

    Parameters
    ----------
    returns : ndarray of shape (n_sessions, 2)
        Log returns of A and B on the same sessions, known at the start of the horizon.
    horizon : int
        Sessions of each resampled path.
    observed_gap : float
        Log return of A minus log return of B over the horizon.
    rng : numpy.random.Generator
    reps : int
        Paths; the chance is (k + 1) / (reps + 1).
    block_size : int
        Sessions per block; keeps volatility clusters and fat tails.
    """
    gap = returns[:, 0] - returns[:, 1]
    gap = gap - gap.mean()
    nobs = gap.size
    lengths = [block_size] * (horizon // block_size)
    if horizon % block_size:
        lengths.append(horizon % block_size)
    total = np.concatenate([[0.0], np.cumsum(np.concatenate([gap, np.resize(gap, block_size)]))])
    starts = rng.integers(0, nobs, size=(len(lengths), reps))
    paths = np.zeros(reps)
    for length, start in zip(lengths, starts, strict=True):
        paths += total[start + length] - total[start]
    return DriftApart(
        observed_gap=float(observed_gap),
        gap_sd=float(paths.std(ddof=1)),
        chance=float((np.count_nonzero(np.abs(paths) >= abs(observed_gap)) + 1) / (reps + 1)),
        horizon=horizon,
        reps=reps,
    )
