"""How each number of a pair is reached: value, sample, method, place, and the script that recomputes it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from generator import explain, recipes
from generator.findings import Estimate
from generator.report import Page, SiteContext

if TYPE_CHECKING:
    from collections.abc import Mapping

    from generator.config import Config
    from generator.findings import Number


HEADLINE = "correlation.pearson.daily.252"


def address(slug: str) -> str:
    """Return the site-relative address of the page of a pair."""
    return f"/data/{slug}/numbers/"


def method_address(number: Number) -> str:
    """Return the site-relative address of the page that describes the method, or nothing."""
    if not isinstance(number, Estimate):
        return ""
    page, mark, anchor = number.method.partition("#")
    return f"/methods/{page}/{mark}{anchor}"


def numbers_pages(config: Config) -> tuple[Page, ...]:
    """Return one page per pair."""
    return tuple(
        Page(
            path=f"data/{pair.slug}/numbers.md",
            title=f"How each number is reached: {pair.title}",
            template="pages/numbers.md.j2",
            compose=partial(compose, pair.slug),
        )
        for pair in config.pairs
    )


def compose(slug: str, context: SiteContext) -> Mapping[str, Any]:
    """Return the numbers of a pair, those with a script first in their family."""
    result = next(r for r in context.results if r.pair.slug == slug)
    files = explain.downloads(result.context)
    rows = [
        {
            "id": key,
            "number": number,
            "method": method_address(number),
            "call": recipes.call(key),
            "script": [line for line in explain.script(key, number, files).splitlines() if line],
        }
        for key, number in sorted(result.numbers.items())
    ]
    estimates = sum(isinstance(row["number"], Estimate) for row in rows)
    scripts = sum(bool(row["script"]) for row in rows)
    words = f"{estimates} numbers with interval, sample, method and place; {scripts} of them with a script to rerun."
    return {
        "pair": result.pair,
        "description": words,
        "summary": words,
        "again": explain.again(HEADLINE, slug, context.provenance["as_of"]),
        "rows": rows,
        "files": sorted(files),
        "columns": [row for row in explain.columns(result.context) if row[0] in files],
    }
