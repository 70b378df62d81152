"""The correlation over time: rolling, weighted, modelled, corrected for volatility; and whether it was constant."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from generator.estimates import Span, estimate, span_of, still, too_few
from generator.findings import Estimate, Number, Unavailable
from generator.formatting import correlation, day, plain, pvalue
from generator.panel import as_date
from generator.stats.breaks import SMALLEST_SEGMENT, correlation_breaks
from generator.stats.constancy import constancy_test
from generator.stats.correlation import ewma_corr, ewma_interval, fisher_interval, rolling_adjusted_corr, rolling_corr
from generator.stats.dcc import SMALLEST_SAMPLE, dcc_fit
from generator.stats.dcc_interval import dcc_interval

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from generator.report import Context
    from generator.stats.breaks import Break, Breaks

EWMA, DCC = "correlation.ewma.daily", "correlation.dcc.daily"
ADJUSTED, VARIANCE_RATIO = "correlation.volatility_adjusted.daily", "volatility.ratio.b"
DCC_METHOD, CONSTANCY_METHOD, ADJUSTED_METHOD = "dcc", "constancy", "rolling"
EWMA_START = 63
BREAK_REPS = 99
"""Samples behind each step of a break's interval, whose ends are exact to a sixtieth of the sample anyway."""
CONSTANCY_IDS = (
    "constancy.pvalue",
    "constancy.looks",
    "constancy.segments",
    "constancy.corr_before",
    "constancy.corr_since",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakRow:
    """One change of the correlation as the table shows it.

    Parameters
    ----------
    at, until : date
        Last session before the change, and the last one its interval allows.
    since : date
        The first one its interval allows.
    """

    date: str
    between: str
    before: str
    after: str
    test: str
    at: pd.Timestamp
    since: pd.Timestamp
    until: pd.Timestamp


def rolling_frame(changes: pd.DataFrame, windows: Sequence[int], long_run: float, level: float) -> pd.DataFrame:
    """Return the rolling correlation with its pointwise Fisher band in every window, beside the long-run value.

    Parameters
    ----------
    changes : DataFrame of shape (n, 2)
        Returns of A and B.
    windows : sequence of int
        Sessions; those longer than the sample are left out.
    long_run : float
        Correlation of the whole sample.
    level : float
        Coverage of the band.

    Returns
    -------
    DataFrame
        Columns date, long_run and, for each window w, corr_w, lower_w, upper_w.
    """
    x, y = changes.to_numpy(dtype=np.float64).T
    columns: dict[str, object] = {"date": changes.index, "long_run": np.full(len(changes), long_run)}
    for window_obs in windows:
        if len(changes) >= window_obs:
            values = rolling_corr(x, y, window_obs)
            lower, upper = fisher_interval(values, window_obs, level)
            columns |= {f"corr_{window_obs}": values, f"lower_{window_obs}": lower, f"upper_{window_obs}": upper}
    return pd.DataFrame(columns)


def stands_apart(rolling: pd.DataFrame, window_obs: int) -> NDArray[np.bool_]:
    """Return for each day whether the band of the rolling correlation excludes its long-run value."""
    lower, upper, long_run = (rolling[name] for name in (f"lower_{window_obs}", f"upper_{window_obs}", "long_run"))
    return np.asarray((lower > long_run) | (upper < long_run), dtype=np.bool_)


def with_days_apart(rolling: pd.DataFrame, windows: Sequence[int]) -> pd.DataFrame:
    """Return the frame with each line and band once more, on the days alone on which it stands apart.

    Adds, for each window w, apart_w, apart_lower_w and apart_upper_w, missing on all other days.
    """
    added = {
        f"apart{part}_{w}": rolling[f"{source}_{w}"].where(stands_apart(rolling, w))
        for w in windows
        for part, source in (("", "corr"), ("_lower", "lower"), ("_upper", "upper"))
    }
    return rolling.assign(**added)


def model_frame(changes: pd.DataFrame, found: Models) -> pd.DataFrame:
    """Return the weighted and the modelled correlation of each day, columns date, ewma, dcc; empty where neither is."""
    if found.ewma is None and found.dcc is None:
        return pd.DataFrame()
    lines = {name: line for name, line in (("ewma", found.ewma), ("dcc", found.dcc)) if line is not None}
    frame = pd.DataFrame({"date": changes.index, **lines})
    return frame.iloc[EWMA_START - 1 :].reset_index(drop=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Models:
    """Correlations of the day, given all returns up to it.

    Parameters
    ----------
    ewma, dcc : ndarray of shape (n,) or None
        None where there are too few returns.
    """

    numbers: dict[str, Number]
    ewma: NDArray[np.float64] | None
    dcc: NDArray[np.float64] | None


def models(changes: pd.DataFrame, level: float) -> Models:
    """Return ``correlation.{ewma,dcc}.daily``, the value of the last day, and their lines.

    The value of a day uses its own return. For DCC, whose recursion gives a day's correlation from the days before it,
    that is the value it gives for the next session. Both have an approximate interval: Fisher's for as many returns as
    the weights are worth, and the delta method's for the parameters of the model.

    Parameters
    ----------
    changes : DataFrame of shape (n, 2)
        Returns of A and B.
    level : float
        Coverage of the intervals.
    """
    x, y = changes.to_numpy(dtype=np.float64).T if len(changes) else np.empty((2, 0))
    numbers: dict[str, Number] = {}
    ewma, dcc, fit = None, None, None
    quiet = Unavailable(reason="a series does not change in this sample") if len(changes) and still(x, y) else None
    short = too_few(len(changes), EWMA_START) or quiet
    if short is None:
        ewma = ewma_corr(x, y, start_obs=EWMA_START)
        short = None if np.isfinite(ewma[-1]) else Unavailable(reason="a series has not moved for long")
    last = short or _last(changes, float(ewma[-1]) if ewma is not None else np.nan, "correlation")
    numbers[EWMA] = last
    if isinstance(last, Estimate):
        numbers[EWMA] = _with_ends(last, ewma_interval(last.value, level=level), level)
    short = too_few(len(changes), SMALLEST_SAMPLE) or quiet
    if short is None:
        fit = dcc_fit(x, y)
        dcc = np.append(fit.correlations[1:], fit.latest)
        short = None if np.isfinite(dcc).all() else Unavailable(reason="the model does not fit these returns")
    last = short or _last(changes, float(dcc[-1]) if dcc is not None else np.nan, DCC_METHOD)
    numbers[DCC] = last
    if isinstance(last, Estimate) and fit is not None:
        z_x, z_y = np.ascontiguousarray(fit.residuals.T)
        numbers[DCC] = _with_ends(last, dcc_interval(z_x, z_y, fit.a, fit.b, level=level), level)
    return Models(
        numbers=numbers,
        ewma=ewma if isinstance(numbers[EWMA], Estimate) else None,
        dcc=dcc if isinstance(numbers[DCC], Estimate) else None,
    )


def _with_ends(found: Estimate, ends: tuple[float, float] | None, level: float) -> Estimate:
    """Return the estimate with its interval, as it is where there is none."""
    return found if ends is None else replace(found, lower=ends[0], upper=ends[1], level=level)


def _last(changes: pd.DataFrame, value: float, method: str, unit: str = "correlation") -> Estimate:
    span = span_of(changes)
    return Estimate(
        value=value,
        nobs=len(changes),
        unit=unit,
        method=method,
        first=span.first,
        last=span.last,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjusted:
    """The rolling correlation corrected for how volatile B was.

    Parameters
    ----------
    frame : DataFrame
        Columns date, raw, adjusted; empty where there are too few returns.
    """

    numbers: dict[str, Number]
    frame: pd.DataFrame


def adjusted(changes: pd.DataFrame, window_obs: int) -> Adjusted:
    """Return the corrected correlation of the last window, and B's variance in it over that of the whole sample."""
    ids = (f"{ADJUSTED}.{window_obs}", f"{VARIANCE_RATIO}.{window_obs}")
    short = too_few(len(changes), window_obs)
    if short is None and still(*changes.iloc[-window_obs:].to_numpy(dtype=np.float64).T):
        short = Unavailable(reason=f"a series does not change in this window (n = {window_obs})")
    if short is not None:
        return Adjusted(numbers=dict.fromkeys(ids, short), frame=pd.DataFrame())
    x, driver = changes.to_numpy(dtype=np.float64).T
    lines = {"raw": rolling_corr(x, driver, window_obs), "adjusted": rolling_adjusted_corr(x, driver, window_obs)}
    frame = pd.DataFrame({"date": changes.index, **lines}).iloc[window_obs - 1 :].reset_index(drop=True)
    tail = changes.iloc[-window_obs:]
    ratio = float(driver[-window_obs:].var() / driver.var())
    values = (float(frame["adjusted"].iloc[-1]), ratio)
    return Adjusted(
        numbers={
            number_id: _last(tail, value, ADJUSTED_METHOD, unit=unit)
            for number_id, value, unit in zip(ids, values, ("correlation", "ratio"), strict=True)
        },
        frame=frame,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Constancy:
    """Whether the correlation was the same all along, and when it changed.

    Parameters
    ----------
    rows : tuple of BreakRow
        One per change, in order of time.
    pvalue : float or None
        Of the test on the whole sample, None where it was not run.
    """

    numbers: dict[str, Number]
    rows: tuple[BreakRow, ...]
    pvalue: float | None


def constancy(context: Context, changes: pd.DataFrame) -> Constancy:
    """Return the test of constancy, the changes it dates, and the correlation before and since the last of them."""
    x, y = changes.to_numpy(dtype=np.float64).T if len(changes) else np.empty((2, 0))
    short = too_few(len(changes), SMALLEST_SEGMENT)
    if short is None and still(x, y):
        short = Unavailable(reason="a series does not change in this sample")
    if short is not None:
        return Constancy(numbers=dict.fromkeys(CONSTANCY_IDS, short), rows=(), pvalue=None)
    test = constancy_test(x, y)
    breaks = correlation_breaks(x, y, rng=context.rng("constancy"), reps=BREAK_REPS, level=context.level)
    whole = span_of(changes)
    edges = [0, *(b.index + 1 for b in breaks.breaks), len(changes)]
    numbers: dict[str, Number] = {
        "constancy.pvalue": _fact(test.pvalue, "p-value", len(changes), whole),
        "constancy.looks": _fact(breaks.looks, "count", len(changes), whole),
        "constancy.segments": _fact(len(edges) - 1, "count", len(changes), whole),
        "constancy.corr_before": Unavailable(reason="no change was found"),
        "constancy.corr_since": estimate(context, changes, len(changes) - edges[-2], number_id="constancy.corr_since"),
    }
    if breaks.breaks:
        before = changes.iloc[edges[-3] : edges[-2]]
        numbers["constancy.corr_before"] = estimate(context, before, len(before), number_id="constancy.corr_before")
    return Constancy(numbers=numbers, rows=_rows(changes, breaks), pvalue=test.pvalue)


def _fact(value: float, unit: str, nobs: int, span: Span) -> Estimate:
    return Estimate(value=float(value), nobs=nobs, unit=unit, method=CONSTANCY_METHOD, first=span.first, last=span.last)


def _rows(changes: pd.DataFrame, breaks: Breaks) -> tuple[BreakRow, ...]:
    return tuple(_row(changes, found) for found in breaks.breaks)


def _row(changes: pd.DataFrame, found: Break) -> BreakRow:
    at, since, until = (pd.Timestamp(changes.index[place]) for place in (found.index, found.lower, found.upper))
    ends = [str(day(as_date(end))) for end in (since, until)]
    if found.lower == 0:
        ends[0] += " (the first session)"
    if found.upper >= len(changes) - 2:
        ends[1] += " (the last session)"
    return BreakRow(
        date=str(day(as_date(at))),
        between=" to ".join(ends),
        before=plain(correlation(found.corr_before)),
        after=plain(correlation(found.corr_after)),
        test=plain(pvalue(found.pvalue)),
        at=at,
        since=since,
        until=until,
    )
