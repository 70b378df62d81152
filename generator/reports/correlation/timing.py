"""Whether one of the two moves before the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from generator.estimates import Span, estimate, span_of, still, too_few
from generator.findings import Estimate, Number, Unavailable
from generator.report import Context, TableRow
from generator.reports.correlation.windows import synchronous_sample
from generator.stats.correlation import normal_quantile
from generator.stats.lead_lag import cross_corr, granger
from generator.stats.multiplicity import adjusted_pvalues

if TYPE_CHECKING:
    from generator.stats.lead_lag import CrossCorrelation

METHOD = "lead-lag"
MAX_LAG = 10
FEWEST = 126
"""Sessions for a test with ten coefficients and robust errors."""
ALIGNMENTS = ("daily", "synchronous")
FALSE_SHARE = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """Leads and lags.

    Parameters
    ----------
    rows : tuple of TableRow
        One per alignment that has numbers: A leads by a session, B leads by a session, Granger's test each way.
    lags : DataFrame
        Columns lag, corr, lower, upper (the band around zero), pvalue; daily bars. Empty where there are too few.
    """

    numbers: dict[str, Number]
    rows: tuple[TableRow, ...]
    lags: pd.DataFrame

    def forecasts(self, number_id: str) -> bool:
        """Return whether one of Granger's tests rejects when all of them are held against their number."""
        tests = {
            key: number.value
            for key, number in self.numbers.items()
            if ".granger." in key and isinstance(number, Estimate)
        }
        adjusted = dict(zip(tests, adjusted_pvalues(list(tests.values())), strict=True))
        return bool(adjusted.get(number_id, 1.0) <= FALSE_SHARE)

    @property
    def other_pvalues(self) -> tuple[float, ...]:
        """P-values of the lags other than zero."""
        return tuple(self._others["pvalue"]) if len(self.lags) else ()

    @property
    def outside(self) -> int:
        """Lags other than zero outside the band."""
        return len(self._others.loc[self._others["pvalue"] < FALSE_SHARE])

    @property
    def kept(self) -> tuple[int, ...]:
        """Lags other than zero that stay when the share of false discoveries is held down."""
        others = self._others
        kept = adjusted_pvalues(others["pvalue"].to_numpy(dtype=np.float64)) <= FALSE_SHARE
        return tuple(int(lag) for lag in others.loc[kept, "lag"])

    @property
    def _others(self) -> pd.DataFrame:
        return self.lags.loc[self.lags["lag"] != 0]


def timing(context: Context) -> Timing:
    """Return ``lead_lag.{a_leads,b_leads}.*`` and ``lead_lag.granger.{a_to_b,b_to_a}.*`` under both alignments."""
    lacking = context.lacking(context.pair.a, context.pair.b)
    daily = lacking or context.sample_ab().changes
    moved = synchronous_sample(context)
    numbers: dict[str, Number] = {}
    lags = pd.DataFrame()
    for alignment, changes in zip(
        ALIGNMENTS, (daily, moved if isinstance(moved, Unavailable) else moved.changes), strict=True
    ):
        usable = changes if isinstance(changes, Unavailable) else _usable(changes)
        ids = _ids(alignment)
        if isinstance(usable, Unavailable):
            numbers |= dict.fromkeys(ids, usable)
            continue
        x, y = usable.to_numpy(dtype=np.float64).T
        span = span_of(usable)
        pairs = (pd.DataFrame({"x": x[:-1], "y": y[1:]}), pd.DataFrame({"x": x[1:], "y": y[:-1]}))
        for number_id, pair in zip(ids[:2], pairs, strict=True):
            pair.index = usable.index[1:]
            numbers[number_id] = estimate(context, pair, len(pair), number_id=number_id)
        for number_id, (cause, effect) in zip(ids[2:], ((x, y), (y, x)), strict=True):
            test = granger(cause, effect)
            numbers[number_id] = _test(test.pvalue, test.nobs, span)
        if alignment == "daily":
            lags = _frame(cross_corr(x, y, max_lag=MAX_LAG, level=context.level))
    rows = tuple(row for row in _rows() if isinstance(numbers[row.ids[0]], Estimate))
    return Timing(numbers=numbers, rows=rows, lags=lags)


def _ids(alignment: str) -> list[str]:
    stems = ("lead_lag.a_leads", "lead_lag.b_leads", "lead_lag.granger.a_to_b", "lead_lag.granger.b_to_a")
    return [f"{stem}.{alignment}" for stem in stems]


def _usable(changes: pd.DataFrame) -> pd.DataFrame | Unavailable:
    short = too_few(len(changes), FEWEST)
    if short is None and still(*changes.to_numpy(dtype=np.float64).T):
        short = Unavailable(reason="a series does not change in this sample")
    return changes if short is None else short


def _frame(found: CrossCorrelation) -> pd.DataFrame:
    from scipy.special import ndtr  # noqa: PLC0415 - only pages with a sample need it

    deviation = found.bands / normal_quantile(found.level)
    return pd.DataFrame(
        {
            "lag": found.lags,
            "corr": found.values,
            "lower": -found.bands,
            "upper": found.bands,
            "pvalue": 2 * ndtr(-np.abs(found.values) / deviation),
        }
    )


def _test(pvalue: float, nobs: int, span: Span) -> Estimate:
    return Estimate(
        value=pvalue, nobs=nobs, unit="p-value", method=METHOD, first=span.first, last=span.last, pvalue=pvalue
    )


def _rows() -> tuple[TableRow, ...]:
    words = {"daily": "daily bars", "synchronous": "both at New York's close"}
    return tuple(TableRow(label=words[alignment], ids=tuple(_ids(alignment))) for alignment in ALIGNMENTS)
