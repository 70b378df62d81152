"""How much of the link between the two assets is rates: what is left of it without them, and their share of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from generator.estimates import interval_estimate
from generator.findings import Number, Unavailable
from generator.report import Context, TableRow
from generator.reports.rates.betas import HEADLINE, JOINT, METHOD, yield_sample
from generator.stats.joint_bootstrap import joint_intervals
from generator.stats.rate_share import covariance_share, partial_correlations
from generator.stats.replications import correlations

if TYPE_CHECKING:
    from collections.abc import Mapping

    from generator.panel import Sample
    from generator.stats.bootstrap import Statistic
    from generator.stats.least_squares import FloatArray

PLAIN = "rates.correlation.all"
A, B, MARKET, RATE, LONG_RATE = range(5)
"""Columns of the sample."""
HELD_FIXED: Mapping[str, tuple[int, ...]] = {
    "rates": (RATE,),
    "yields": (RATE, LONG_RATE),
    "market": (MARKET,),
    "market_and_rates": (MARKET, RATE),
}
FACTORS: Mapping[str, int] = {"rates": RATE, "market": MARKET}


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """What the page says of the link.

    Parameters
    ----------
    drops : tuple of TableRow
        One per set of controls: the correlation left, and how much is gone.
    shares : tuple of TableRow
        Of the covariance: the rate's and the market's.
    """

    numbers: dict[str, Number]
    drops: tuple[TableRow, ...]
    shares: tuple[TableRow, ...]


def link(context: Context) -> Link:
    """Return what is left of the correlation given yields and given the market, and the shares of the covariance."""
    short, both = yield_sample(context, HEADLINE), yield_sample(context, *JOINT)
    wanted = _statistics()
    if isinstance(short, Unavailable) or isinstance(both, Unavailable) or both.nobs != short.nobs:
        # A day without the 10-year yield must not cost the others an observation.
        second = [number_id for number_id in wanted if number_id.split(".")[-2] == "yields"]
        first = [number_id for number_id in wanted if number_id not in second]
        numbers = _computed(context, short, (HEADLINE,), first) | _computed(context, both, JOINT, second)
    else:
        numbers = _computed(context, both, JOINT, list(wanted))
    market = context.market.label
    labels = {
        "rates": f"the {_label(context, HEADLINE)}",
        "yields": " and ".join(f"the {_label(context, name)}" for name in JOINT),
        "market": market,
        "market_and_rates": f"{market} and the {_label(context, HEADLINE)}",
    }
    return Link(
        numbers=numbers,
        drops=tuple(
            TableRow(label=labels[key], ids=(f"rates.partial.{key}.all", f"rates.drop.{key}.all")) for key in HELD_FIXED
        ),
        shares=tuple(TableRow(label=f"through {labels[key]}", ids=(f"rates.share.{key}.all",)) for key in FACTORS),
    )


def _label(context: Context, name: str) -> str:
    return context.config.series[name].label if name in context.config.series else name


def _statistics() -> dict[str, Statistic]:
    """Return every statistic of the page by the id of its number; each takes stacked covariance matrices."""

    def plain(covariances: FloatArray) -> FloatArray:
        return correlations(_part(covariances, (A, B)))[..., 0, 1]

    def given(columns: tuple[int, ...]) -> Statistic:
        return lambda covariances: partial_correlations(correlations(_part(covariances, (A, B, *columns))))

    def drop(columns: tuple[int, ...]) -> Statistic:
        partial = given(columns)
        return lambda covariances: plain(covariances) - partial(covariances)

    def share(column: int) -> Statistic:
        return lambda covariances: covariance_share(_part(covariances, (A, B, column)))

    found: dict[str, Statistic] = {PLAIN: plain}
    found |= {f"rates.partial.{key}.all": given(columns) for key, columns in HELD_FIXED.items()}
    found |= {f"rates.drop.{key}.all": drop(columns) for key, columns in HELD_FIXED.items()}
    found |= {f"rates.share.{key}.all": share(column) for key, column in FACTORS.items()}
    return found


def _part(covariances: FloatArray, columns: tuple[int, ...]) -> FloatArray:
    """Return the matrices of these columns alone."""
    rows, across = np.ix_(columns, columns)
    return np.asarray(covariances[..., rows, across], dtype=np.float64)


def _computed(
    context: Context, sample: Sample | Unavailable, yields: tuple[str, ...], ids: list[str]
) -> dict[str, Number]:
    """Return these numbers from one set of resamples."""
    if isinstance(sample, Unavailable):
        return dict.fromkeys(ids, sample)
    series = [context.pair.a, context.pair.b, context.pair.market, *yields]
    statistics = _statistics()
    try:
        found = joint_intervals(
            sample.changes[series].to_numpy(dtype=np.float64),
            {number_id: statistics[number_id] for number_id in ids},
            rng=context.rng(ids[0]),
            reps=context.reps,
            level=context.level,
        )
    except np.linalg.LinAlgError:
        return dict.fromkeys(ids, Unavailable(reason="two of the series move as one, so neither can be held fixed"))
    missing = Unavailable(reason="the two returns have no covariance to share out")
    return {
        number_id: interval_estimate(
            found[number_id],
            sample,
            method=METHOD if ".share." in number_id else "partial",
            unit="share" if ".share." in number_id else "correlation",
        )
        if number_id in found
        else missing
        for number_id in ids
    }
