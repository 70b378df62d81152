"""Five ways to join a market that never closes with one that does, and what each does to the correlation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from generator.estimates import too_few
from generator.findings import Estimate, Number, Unavailable
from generator.formatting import count
from generator.panel import as_date, nyse_sessions
from generator.stats.joins import Join, five_joins

if TYPE_CHECKING:
    from generator.panel import Sample
    from generator.report import Context

METHOD = "alignment"
FEWEST = 63
ROUND_THE_CLOCK = "24/7"
KEYS = {
    "common sessions, then returns": "common_sessions",
    "returns, then join": "returns_first",
    "business days, forward fill": "business_days",
    "seven days, forward fill": "seven_days_forward",
    "seven days, backward fill": "seven_days_backward",
}
FAULTS = {
    "common_sessions": "Nothing is wrong with it: both returns span the same days. It is the one used on this site.",
    "returns_first": "On Mondays and after holidays a return of one day meets a return of several.",
    "business_days": "A holiday becomes a return of zero, and the day after it carries two days against one.",
    "seven_days_forward": "Every Saturday and Sunday becomes a return of zero that never happened.",
    "seven_days_backward": "The same zeros, and Saturday is given Monday's price: it uses the future.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinRow:
    """One way to join, as the table shows it.

    Parameters
    ----------
    filled : str
        Prices put in where there was none.
    mismatched : str
        Pairs whose two returns span different days.
    """

    label: str
    ids: tuple[str, ...]
    filled: str
    mismatched: str
    fault: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """The five joins; `rows` is empty where there is nothing to compare."""

    numbers: dict[str, Number]
    rows: tuple[JoinRow, ...]
    reason: str


def audit(context: Context, sample: Sample | Unavailable) -> Audit:
    """Return ``levels.join.*``: the correlation of daily returns under five joins, over the same dates."""
    found = _joins(context, sample)
    if isinstance(found, Unavailable):
        return Audit(numbers=dict.fromkeys(_ids(), found), rows=(), reason=found.reason)
    return Audit(
        numbers={f"levels.join.{KEYS[join.name]}": _number(join) for join in found},
        rows=tuple(_row(join) for join in found),
        reason="",
    )


def _ids() -> tuple[str, ...]:
    return tuple(f"levels.join.{key}" for key in KEYS.values())


def _joins(context: Context, sample: Sample | Unavailable) -> tuple[Join, ...] | Unavailable:
    if isinstance(sample, Unavailable):
        return sample
    ids = (context.pair.a, context.pair.b)
    always = [s for s in ids if context.config.series[s].calendar == ROUND_THE_CLOCK]
    if len(always) != 1:
        return Unavailable(reason="both trade on the same days, so there is nothing to join")
    if short := too_few(sample.nobs, FEWEST):
        return short
    five_day = next(s for s in ids if s not in always)
    first = sample.levels.index[0]
    every, some = context.panel.values(always[0]).loc[first:], context.panel.values(five_day).loc[first:]
    some = some.loc[some.index.isin(nyse_sessions())]
    found = five_joins(_days(every), every.to_numpy(dtype=np.float64), _days(some), some.to_numpy(dtype=np.float64))
    if not all(np.isfinite(join.value) for join in found):
        return Unavailable(reason="a price does not change in this sample")
    return found


def _days(values: pd.Series) -> np.ndarray:
    return pd.DatetimeIndex(values.index).to_numpy().astype("datetime64[D]")


def _number(join: Join) -> Estimate:
    return Estimate(
        value=join.value,
        lower=join.lower,
        upper=join.upper,
        nobs=join.nobs,
        unit="correlation",
        method=METHOD,
        first=as_date(join.dates[0]),
        last=as_date(join.dates[-1]),
    )


def _row(join: Join) -> JoinRow:
    key = KEYS[join.name]
    return JoinRow(
        label=join.name[0].upper() + join.name[1:],
        ids=(f"levels.join.{key}",),
        filled=count(join.filled_a + join.filled_b),
        mismatched=count(join.mismatched),
        fault=FAULTS[key],
    )
