"""Results of the kernels → published numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
import pandas as pd

from generator.findings import Estimate, Unavailable
from generator.panel import as_date

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from numpy.typing import NDArray

    from generator.findings import Number
    from generator.panel import Sample
    from generator.report import Context
    from generator.stats.bootstrap import Estimator
    from generator.stats.proportions import Proportion
    from generator.stats.regression import RateBeta

BETA_UNIT = "percent per +25 bp"
FEWEST_PAIRS = 10
"""Fewer pairs say nothing about a correlation."""


class Spanned(Protocol):
    """Anything with a first and a last date, such as a sample."""

    @property
    def first(self) -> date:
        """First date."""
        ...

    @property
    def last(self) -> date:
        """Last date."""
        ...


def beta_estimate(beta: RateBeta, span: Spanned, *, method: str, unit: str = BETA_UNIT) -> Estimate:
    """Return a slope with its t interval and p-value."""
    return Estimate(
        value=beta.value,
        lower=beta.lower,
        upper=beta.upper,
        level=beta.level,
        nobs=beta.nobs,
        unit=unit,
        method=method,
        first=span.first,
        last=span.last,
        pvalue=beta.pvalue,
    )


class Bounded(Protocol):
    """What a kernel returns for a value with an interval."""

    @property
    def value(self) -> float:
        """Estimate."""
        ...

    @property
    def lower(self) -> float:
        """Lower end of the interval."""
        ...

    @property
    def upper(self) -> float:
        """Upper end."""
        ...

    @property
    def level(self) -> float:
        """Coverage it claims."""
        ...

    @property
    def nobs(self) -> int:
        """Observations."""
        ...


def interval_estimate(interval: Bounded, span: Spanned, *, method: str, unit: str) -> Estimate:
    """Return a statistic with its interval."""
    return Estimate(
        value=interval.value,
        lower=interval.lower,
        upper=interval.upper,
        level=interval.level,
        nobs=interval.nobs,
        unit=unit,
        method=method,
        first=span.first,
        last=span.last,
    )


def share_estimate(share: Proportion, span: Spanned, *, method: str) -> Estimate:
    """Return a share, or a difference of shares, with its interval."""
    return Estimate(
        value=share.value,
        lower=share.lower,
        upper=share.upper,
        level=share.level,
        nobs=round(share.nobs),
        unit="share",
        method=method,
        first=span.first,
        last=span.last,
    )


def too_few(nobs: int, needed: int, what: str = "n") -> Unavailable | None:
    """Return that there is not enough data, or None."""
    return Unavailable(reason=f"not enough data ({what} = {nobs}, needs {needed})") if nobs < needed else None


def many_tests(pvalues: Iterable[float], *, false_share: float = 0.05) -> str:
    """Return what a reader should know of several tests that stand side by side, in one or two sentences.

    Parameters
    ----------
    pvalues : iterable of float
        Of all tests of the page.
    false_share : float
        Level of each test, and share of false ones that Benjamini & Hochberg's rule allows.
    """
    from generator.stats.multiplicity import adjusted_pvalues  # noqa: PLC0415 - scipy only where there are tests

    known = list(pvalues)
    if not known:
        return ""
    low = sum(p < false_share for p in known)
    kept = int((adjusted_pvalues(known) <= false_share).sum())
    words = f"{100 * false_share:g} %"
    return (
        f"Of the {len(known)} tests on this page {low} {_have(low)} a p-value below {words}; about "
        f"{round(false_share * len(known))} would if there were nothing to find. With the share of false discoveries "
        f"held at {words} (Benjamini and Hochberg), {kept or 'none'} {_remain(kept)}."
    )


def _have(count: int) -> str:
    return "has" if count == 1 else "have"


def _remain(count: int) -> str:
    return "remains" if count <= 1 else "remain"


def estimate(
    context: Context, changes: pd.DataFrame, nobs: int, *, number_id: str, estimator: Estimator = "pearson"
) -> Number:
    """Return the correlation of the last `nobs` rows of two columns with its bootstrap interval, or why there is none.

    Parameters
    ----------
    changes : DataFrame of shape (n, 2)
        Returns of A and B.
    number_id : str
        Names the random stream.
    """
    if nobs < FEWEST_PAIRS or len(changes) < nobs:
        return Unavailable(reason=f"not enough data (n = {len(changes)}, needs {max(nobs, FEWEST_PAIRS)})")
    window = changes.iloc[-nobs:]
    x, y = window.to_numpy(dtype=np.float64).T
    if still(x, y):
        return Unavailable(reason=f"a series does not change in this window (n = {nobs})")
    from generator.stats.bootstrap import bootstrap_correlation  # noqa: PLC0415 - only where one is computed

    result = bootstrap_correlation(
        x, y, estimator=estimator, reps=context.reps, rng=context.rng(number_id), level=context.level
    )
    return interval_estimate(result, span_of(window), method="correlation", unit="correlation")


def still(*columns: NDArray[np.float64]) -> bool:
    """Return whether one of the columns does not change, so that nothing correlates with it."""
    return not all(np.ptp(column) > 0 for column in columns)


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """First and last date of some rows."""

    first: date
    last: date


def span_of(rows: pd.DataFrame) -> Span:
    """Return the dates that rows cover; there must be some."""
    return Span(first=as_date(rows.index[0]), last=as_date(rows.index[-1]))


def level_estimate(inside: Sample) -> Number:
    """Return the correlation of the prices of a window, or why there is none.

    It has no interval: shuffles are the uncertainty of a level correlation, and their share is the answer.
    """
    from generator.stats.levels import level_corr  # noqa: PLC0415 - only where one is computed

    observed = level_corr(*inside.levels.to_numpy(dtype=np.float64).T)
    nobs = len(inside.levels)
    if not np.isfinite(observed):
        return Unavailable(reason=f"a price does not change in this window (n = {nobs})")
    return Estimate(
        value=observed, nobs=nobs, unit="correlation", method="levels", first=inside.first, last=inside.last
    )


def closes_since_claim(context: Context, levels: pd.DataFrame) -> pd.DataFrame | Unavailable:
    """Return the common closes from the claim's day on, at least two, or why there are none."""
    claim = context.config.run.claim_date
    after = levels.loc[pd.Timestamp(claim) :]
    if len(after) < 2 or after.index[0].date() != claim:  # noqa: PLR2004 - a base and one session after it
        return Unavailable(reason=f"no common closes on {claim} and after it are known as of {context.as_of}")
    return after


def moves_since_claim(context: Context, after: pd.DataFrame) -> dict[str, Number]:
    """Return ``since.{a,b}.return``: what each asset did from the first of these closes to the last."""
    growth = after.iloc[-1] / after.iloc[0] - 1
    span = span_of(after)
    return {
        f"since.{role}.return": Estimate(
            value=float(growth[series_id]),
            nobs=len(after) - 1,
            unit="fraction",
            method="since-the-claim",
            first=span.first,
            last=span.last,
        )
        for role, series_id in (("a", context.pair.a), ("b", context.pair.b))
    }
