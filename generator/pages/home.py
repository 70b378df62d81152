"""The front page: the question, the answer in one computed sentence, three numbers and one picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from generator.pages.cards import HOME
from generator.report import Page, SiteContext, TableRow

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from generator.charts.figure import Figure

HEADLINES = (
    ("Correlation of daily returns, one year", "correlation.pearson.daily.252", "correlation"),
    ("Correlation of prices, same year", "levels.pearson.252", "levels"),
    ("Correlation of daily returns, one quarter", "correlation.pearson.daily.63", "correlation"),
)


def answer(context: SiteContext) -> str:
    """Return the answer for the featured pair, as its overview gives it."""
    return str(context.featured.page("").findings.answer)


def compose(context: SiteContext) -> Mapping[str, Any]:
    """Return what the template names."""
    result = context.featured
    judged = [(claim, result.verdicts[claim.slug]) for claim in context.config.claims if claim.slug in result.verdicts]
    return {
        "description": answer(context),
        "card": HOME,
        "lead": judged[0] if judged else None,
        "board": [(claim, verdict, f"/claims/{claim.slug}/") for claim, verdict in judged],
        "answer": answer(context),
        "headlines": [
            {"row": TableRow(label=label, ids=(number_id,)), "address": f"/reports/{result.pair.slug}/{slug}/"}
            for label, number_id, slug in HEADLINES
        ],
        "pages": [page.report for page in result.pages if page.report.slug],
        "pair": result.pair,
        "others": [other for other in context.results if other is not result],
    }


def figures(context: SiteContext, _composed: Mapping[str, Any]) -> Sequence[Figure]:
    """Return the picture of the featured pair's overview."""
    return context.featured.page("").figures[:1]


PAGE = Page(
    path="index.md",
    title="Do Ether and small caps move in tandem, and is it the Fed?",
    template="pages/home.md.j2",
    compose=compose,
    figures=figures,
)
