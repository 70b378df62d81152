"""Tests of an event's effect: on the mean (Boehmer-Musumeci-Poulsen, Corrado) and on the variance (Brown-Forsythe)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from generator.stats.least_squares import t_pvalue

if TYPE_CHECKING:
    from generator.stats.event_study import AbnormalReturns
    from generator.stats.least_squares import FloatArray

SMALLEST_SAMPLE = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class EventTest:
    """A test over events.

    Parameters
    ----------
    mean : float
        Mean cumulative abnormal return, a fraction.
    stat, pvalue : float
        Two-sided.
    n_events : int
    """

    mean: float
    stat: float
    pvalue: float
    n_events: int


@dataclass(frozen=True, slots=True, kw_only=True)
class VarianceTest:
    """Event against non-event variance.

    Parameters
    ----------
    ratio : float
        Variance on event days over variance on other days.
    stat, pvalue : float
        Brown-Forsythe F.
    n_events, n_other : int
    """

    ratio: float
    stat: float
    pvalue: float
    n_events: int
    n_other: int


def standardised_cross_sectional(abnormal: AbnormalReturns) -> EventTest:
    """Return the Boehmer-Musumeci-Poulsen test that the mean abnormal return over events is zero.

    Each event's cumulative abnormal return is divided by its own forecast standard deviation; the t statistic of these
    ratios uses their spread across events, so an event that raises the variance does not by itself reject.

    References
    ----------
    Boehmer, E., Musumeci, J. and Poulsen, A. B. (1991), Journal of Financial Economics 30(2), 253-272,
    doi 10.1016/0304-405X(91)90032-F.
    """
    n_events = len(abnormal.cumulative)
    _enough(n_events)
    standardised = abnormal.cumulative / abnormal.std_err
    stat = float(standardised.mean() / (standardised.std(ddof=1) / math.sqrt(n_events)))
    return EventTest(
        mean=float(abnormal.cumulative.mean()), stat=stat, pvalue=t_pvalue(stat, n_events - 1), n_events=n_events
    )


def corrado_rank(abnormal: AbnormalReturns) -> EventTest:
    """Return Corrado's rank test that the mean abnormal return over events is zero; no normality is assumed.

    Ranks of the abnormal returns of each event over estimation and event window together, scaled to -1/2..1/2 and
    averaged over events; the sum over the event window is measured in standard deviations of that average over time.

    References
    ----------
    Corrado, C. J. (1989), Journal of Financial Economics 23(2), 385-395, doi 10.1016/0304-405X(89)90064-0;
    Corrado, C. J. and Zivney, T. L. (1992), Journal of Financial and Quantitative Analysis 27(3), 465-478.
    """
    from scipy.special import ndtr  # noqa: PLC0415 - SciPy only where a quantile is needed
    from scipy.stats import rankdata  # noqa: PLC0415 - scipy.stats takes most of a second to import

    n_events, n_window = abnormal.event.shape
    _enough(n_events)
    together = np.concatenate([abnormal.estimation, abnormal.event], axis=1)
    scaled = rankdata(together, axis=1) / (together.shape[1] + 1) - 0.5
    mean_rank = scaled.mean(axis=0)
    deviation = math.sqrt(float(np.mean(mean_rank**2)))
    stat = float(mean_rank[-n_window:].sum()) / (math.sqrt(n_window) * deviation)
    return EventTest(
        mean=float(abnormal.cumulative.mean()),
        stat=stat,
        pvalue=float(2.0 * ndtr(-abs(stat))),
        n_events=n_events,
    )


def brown_forsythe(event_returns: FloatArray, other_returns: FloatArray) -> VarianceTest:
    """Return the Brown-Forsythe test that event days and other days have the same variance.

    Parameters
    ----------
    event_returns : ndarray of shape (n_events,)
    other_returns : ndarray of shape (n_other,)
        NaN are left out of both.

    References
    ----------
    Brown, M. B. and Forsythe, A. B. (1974), Journal of the American Statistical Association 69(346), 364-367,
    doi 10.1080/01621459.1974.10482955.
    """
    from scipy.stats import levene  # noqa: PLC0415 - scipy.stats takes most of a second to import

    events = event_returns[np.isfinite(event_returns)]
    others = other_returns[np.isfinite(other_returns)]
    _enough(min(events.size, others.size))
    result = levene(events, others, center="median")
    return VarianceTest(
        ratio=float(events.var(ddof=1) / others.var(ddof=1)),
        stat=float(result.statistic),
        pvalue=float(result.pvalue),
        n_events=events.size,
        n_other=others.size,
    )


def _enough(n_events: int) -> None:
    if n_events < SMALLEST_SAMPLE:
        raise ValueError(f"n_events = {n_events}: a test over events needs at least {SMALLEST_SAMPLE}")
