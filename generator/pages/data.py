"""Sources, freshness, the gate's findings, and downloads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from generator import explain
from generator.expectations import Futures
from generator.findings import Unavailable
from generator.report import Page, SiteContext

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

FUTURES, SURPRISES = "fed_funds_futures", "policy_surprises"


def compose(context: SiteContext) -> Mapping[str, Any]:
    """Return the series with their freshness, and every check with its outcome."""
    config, panel = context.config, context.panel
    rows = []
    for series_id, series in config.series.items():
        present = series_id in panel
        item = panel.observed.get(series_id)
        rows.append(
            {
                "id": series_id,
                "label": series.label,
                "source": item.source if item else "not in this source",
                "symbol": item.symbol if item else "",
                "first": str(panel.values(series_id).index[0].date()) if present else "",
                "last": str(panel.last_date(series_id)) if present else "",
                "nobs": len(panel.values(series_id)) if present else 0,
                "retrieved": item.retrieved_at if item else "",
                "sha256": item.sha256[:16] if item else "",
                "terms": item.terms if item else "",
            }
        )
    rows += _expectations(context)
    checks = sorted(context.gate.checks, key=lambda c: (c.passed, c.series_id, c.name))
    return {
        "rows": rows,
        "checks": [
            {
                "series": check.series_id,
                "name": check.name,
                "severity": str(check.severity),
                "outcome": "passed" if check.passed else "found something",
                "sentence": check.sentence,
            }
            for check in checks
        ],
        "downloads": [
            {
                "title": result.pair.title,
                "slug": result.pair.slug,
                "parts": [page.report.slug or "overview" for page in result.pages],
                "files": sorted(explain.downloads(result.context, result.tables)),
            }
            for result in context.results
        ],
        "edition_notes": context.edition_notes,
        "failed": sum(not check.passed for check in checks),
    }


def _expectations(context: SiteContext) -> Iterator[dict[str, Any]]:
    """Yield what markets expected of policy: prices of futures by contract, and published surprises, or why not."""
    config, found = context.config, context.panel.expectations
    named = ((FUTURES, config.futures, found.futures), (SURPRISES, config.surprises, found.surprises))
    for series_id, wanted, item in named:
        if wanted is None:
            continue
        row: dict[str, Any] = {"id": series_id, "label": wanted.label, "first": "", "last": "", "nobs": 0}
        if isinstance(item, Unavailable):
            yield {**row, "source": item.reason, "symbol": "", "retrieved": "", "sha256": "", "terms": ""}
            continue
        frame = item.closes if isinstance(item, Futures) else item.frame
        yield {
            **row,
            "source": item.source,
            "symbol": item.symbol,
            "first": str(frame.index[0].date()) if len(frame) else "",
            "last": str(frame.index[-1].date()) if len(frame) else "",
            "nobs": int(frame.notna().to_numpy().sum()),
            "retrieved": item.retrieved_at,
            "sha256": item.sha256[:16],
            "terms": item.terms,
        }


PAGE = Page(path="data/index.md", title="Data", template="pages/data.md.j2", compose=compose)
