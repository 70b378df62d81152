"""The pages of a pair, in the order in which they are computed; later pages may show numbers of earlier ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.reports import (
    compare,
    correlation,
    fomc,
    four_cuts,
    levels,
    overview,
    rates,
    since_the_claim,
    specifications,
)

if TYPE_CHECKING:
    from generator.report import Report

REPORTS: tuple[Report, ...] = (
    correlation.REPORT,
    levels.REPORT,
    specifications.REPORT,
    compare.REPORT,
    rates.REPORT,
    fomc.REPORT,
    four_cuts.REPORT,
    since_the_claim.REPORT,
    overview.REPORT,
)

APART: tuple[tuple[Report, ...], ...] = (
    (correlation.REPORT, levels.REPORT),
    (
        specifications.REPORT,
        compare.REPORT,
        rates.REPORT,
        fomc.REPORT,
        four_cuts.REPORT,
        since_the_claim.REPORT,
    ),
)
"""Parts that can be computed beside each other: no page shows a number of another part. The others come after both."""
