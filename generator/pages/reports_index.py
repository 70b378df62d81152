"""The list of all pairs with their headline numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from generator.report import Page, SiteContext

if TYPE_CHECKING:
    from collections.abc import Mapping


def compose(context: SiteContext) -> Mapping[str, Any]:
    """Return one entry per pair, and the answers of those that have all pages."""
    entries = [
        {
            "title": result.pair.title,
            "address": f"/reports/{result.pair.slug}/",
            "returns": result.numbers["correlation.pearson.daily.252"],
            "prices": result.numbers["levels.pearson.252"],
            "answer": result.page("").findings.answer,
        }
        for result in (*context.results, *context.overviews)
    ]
    detailed = len(context.results)
    return {"entries": entries, "told": entries[:detailed], "detailed": detailed, "more": bool(context.overviews)}


PAGE = Page(path="reports/index.md", title="Reports", template="pages/reports.md.j2", compose=compose)
