"""The list of all editions: dates, occasions, how each was made, and what to know about the data behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from generator.editions.archive import address
from generator.pages.changes import history, step_anchor
from generator.report import Page, SiteContext

if TYPE_CHECKING:
    from collections.abc import Mapping

    from generator.editions.archive import Edition
    from generator.editions.changes import Step


def compose(context: SiteContext) -> Mapping[str, Any]:
    """Return one row per edition, newest first."""
    steps = {step.as_of: step for step in history(context)}
    rows = [_row(edition, steps.get(edition.as_of), context) for edition in reversed(context.editions)]
    return {
        "rows": rows,
        "summary": summary(context),
        "description": summary(context),
        "notes": context.edition_notes,
    }


def summary(context: SiteContext) -> str:
    """Return how many editions there are, in one sentence."""
    editions = context.editions
    if not editions:
        return "There are no editions yet."
    live = sum(edition.first.made == "live" for edition in editions)
    number = f"{len(editions)} editions" if len(editions) > 1 else "One edition"
    return (
        f"{number}, from {editions[0].as_of} to {editions[-1].as_of}: "
        f"{live} made live, {len(editions) - live} backfilled."
    )


def _row(edition: Edition, step: Step | None, context: SiteContext) -> dict[str, Any]:
    flips = len(step.flips) if step else 0
    return {
        "as_of": edition.as_of,
        "address": address(edition.first),
        "why": ", ".join(edition.first.occasions),
        "made": edition.first.made,
        "flips": flips,
        "no_flips": "none" if step and not context.provenance["simulated"] else "–",
        "changes": f"/changes/#{step_anchor(edition.as_of)}",
        "pairs": [
            {"title": _short(context, slug, title), "address": address(edition.first, slug)}
            for slug, title in edition.first.pairs.items()
        ],
        "revisions": [
            {"label": f"revision {manifest.revision}", "address": address(manifest), "reason": manifest.reason}
            for manifest in edition.revisions[1:]
        ],
    }


def _short(context: SiteContext, slug: str, title: str) -> str:
    """Return the two assets by their short names, the title for a pair that is no longer configured."""
    pair = next((pair for pair in context.config.pairs if pair.slug == slug), None)
    if pair is None:
        return title
    series = context.config.series
    return f"{series[pair.a].short} and {series[pair.b].short}".replace(" ", "\u00a0")


PAGE = Page(path="editions/index.md", title="Editions", template="pages/editions.md.j2", compose=compose)
