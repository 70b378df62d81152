"""The pages of a pair, in the order in which they are computed."""

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

APART: tuple[tuple[Report, ...], ...] = (
    (
        correlation.REPORT,
        levels.REPORT,
    ),
    (
        specifications.REPORT,
        compare.REPORT,
        rates.REPORT,
        fomc.REPORT,
        four_cuts.REPORT,
        since_the_claim.REPORT,
    ),
)
"""Parts that are computed beside each other: no page shows a number of another part. Later pages of one part may show
those of earlier ones."""

REPORTS: tuple[Report, ...] = (*APART[0], *APART[1], overview.REPORT)
"""All pages; the overview shows numbers of every part, so it comes after them."""
