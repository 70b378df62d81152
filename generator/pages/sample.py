"""How well the estimators recover the truth the embedded sample was simulated from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from generator.formatting import amount, interval, plain, shown
from generator.report import Page, SiteContext

if TYPE_CHECKING:
    from collections.abc import Mapping


def compose(context: SiteContext) -> Mapping[str, Any]:
    """Return one row per estimate with a known truth, and how many intervals hold it."""
    held = sum(row.inside for row in context.recovery)
    return {
        "rows": [
            {
                "id": row.number_id,
                "truth": plain(amount(row.truth, row.estimate.unit)),
                "estimate": plain(shown(row.estimate)),
                "interval": plain(interval(row.estimate)),
                "nobs": row.estimate.nobs,
                "inside": "yes" if row.inside else "no",
            }
            for row in context.recovery
        ],
        "held": held,
        "total": len(context.recovery),
    }


PAGE = Page(
    path="methods/sample.md",
    title="The simulated sample and its known truth",
    template="pages/sample.md.j2",
    compose=compose,
)
