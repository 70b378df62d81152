"""Whether the measures of the surprise agree with each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from generator.estimates import too_few
from generator.findings import Estimate, Number, Unavailable
from generator.report import TableRow
from generator.reports.fomc.study import FEWEST, METHOD
from generator.stats.correlation import corr, fisher_interval

if TYPE_CHECKING:
    from generator.fomc import Meeting
    from generator.report import Context
    from generator.reports.fomc.study import Measures


def agreement(context: Context, events: tuple[Meeting, ...], found: Measures) -> dict[str, Number]:
    """Return the correlation of each of our measures with the published surprises at scheduled meetings."""
    futures, published = context.expectations.futures, context.expectations.surprises
    pairs = {
        "fomc.measures.kuttner_published": (found.kuttner, found.policy, (futures, published)),
        "fomc.measures.two_year_published": (found.two_year, found.published_two_year, (published,)),
        "fomc.measures.two_year_kuttner": (found.two_year, found.kuttner, (futures,)),
    }
    numbers: dict[str, Number] = {}
    for number_id, (ours, theirs, sources) in pairs.items():
        missing = [source for source in sources if isinstance(source, Unavailable)]
        if missing:
            numbers[number_id] = missing[0]
            continue
        used = np.flatnonzero(np.isfinite(ours) & np.isfinite(theirs))
        if short := too_few(len(used), FEWEST, "meetings with both"):
            numbers[number_id] = short
            continue
        if np.ptp(ours[used]) == 0 or np.ptp(theirs[used]) == 0:
            numbers[number_id] = Unavailable(reason="one of the two never moved")
            continue
        value = corr(ours[used], theirs[used])
        lower, upper = fisher_interval(value, len(used), context.level)
        numbers[number_id] = Estimate(
            value=value,
            lower=float(lower),
            upper=float(upper),
            level=context.level,
            nobs=len(used),
            unit="correlation",
            method=METHOD,
            first=events[used[0]].date,
            last=events[used[-1]].date,
        )
    return numbers


ROWS = (
    TableRow(
        label="Kuttner's from daily closes, and the published one in the funds rate",
        ids=("fomc.measures.kuttner_published",),
    ),
    TableRow(
        label="the day's change in the 2-year yield, and the published one in that yield",
        ids=("fomc.measures.two_year_published",),
    ),
    TableRow(label="the day's change in the 2-year yield, and Kuttner's", ids=("fomc.measures.two_year_kuttner",)),
)
