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
    as_of = context.provenance["as_of"]
    files = explain.downloads(result.context, result.tables)
    rows = [
        {
            "id": key,
            "number": number,
            "method": method_address(number),
            "formula": _formula(number, context),
            "call": recipes.call(key),
            "script": _lines(explain.script(key, number, files, slug, as_of)) if recipes.recipe(key) else [],
        }
        for key, number in sorted(result.numbers.items())
    ]
    estimates = sum(isinstance(row["number"], Estimate) for row in rows)
    words = f"{estimates} numbers with interval, sample, method, place, and a script that computes the value again."
    return {
        "pair": result.pair,
        "description": words,
        "summary": words,
        "again": explain.again(HEADLINE, slug, as_of),
        "own": _lines(recipes.OWN.format(file=explain.PANEL, pair=slug, as_of=as_of, number_id=HEADLINE)),
        "rows": rows,
        "formulas": [
            {"method": method, "address": f"/methods/{method}/", "lines": context.formulas[method]}
            for method in sorted({_formula(number, context) for number in result.numbers.values()} - {""})
        ],
        "files": sorted(files),
        "columns": [row for row in explain.columns(result.context) if row[0] in files],
    }


def _formula(number: Number, context: SiteContext) -> str:
    """Return the method whose formulas belong to a number, or nothing where its page has none."""
    method = number.method.partition("#")[0] if isinstance(number, Estimate) else ""
    return method if method in context.formulas else ""


def _lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if line]
