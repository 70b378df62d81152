"""The card of each page: the picture other sites show beside a link to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from generator.charts.card import Card
from generator.claims.publish import COLOURS
from generator.editions.names import Names
from generator.findings import Estimate
from generator.formatting import interval, plain, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.report import PairResult, SiteContext

FALLBACK: Final = "tandem"
"""The card of pages without one of their own, such as frozen editions: it names no number that could grow old."""
HOME: Final = "home"
HEADLINES: Final = {
    "": "correlation.pearson.daily.252",
    "correlation": "correlation.pearson.daily.252",
    "levels": "levels.pearson.252",
    "specifications": "specifications.returns.median",
    "compare": "difference.market.252",
    "rates": "rates.beta.dgs2.a.all",
    "fomc": "fomc.tandem.difference",
    "four-cuts": "spells.longest_since_claim",
    "since-the-claim": "since.correlation",
}
"""Report slug → the number on its card."""


def report_card(pair: str, slug: str) -> str:
    """Return the name of the card of a page of a pair."""
    return f"{pair}-{slug or 'overview'}"


def claim_card(slug: str) -> str:
    """Return the name of the card of a claim."""
    return f"claim-{slug}"


def cards(context: SiteContext) -> Iterator[tuple[str, Card]]:
    """Yield name and card of every page that has one, the common one among them."""
    site = context.config.site
    yield FALLBACK, Card(title=site.description, foot=site.title)
    results = {result.pair.slug: result for result in context.results}
    for slug, result in results.items():
        for page in result.pages:
            name = report_card(slug, page.report.slug)
            words = _number(result, HEADLINES.get(page.report.slug, ""))
            above = f"{result.pair.title} · {page.report.title}" if page.report.slug else result.pair.title
            yield name, _card(context, above=above, title=page.report.question, **words)
    for claim in context.config.claims:
        held = results.get(claim.pair)
        verdict = held.verdicts.get(claim.slug) if held else None
        if held is None or verdict is None:
            continue
        decided = next(iter(claim.criterion.named.items()), ("", ""))
        words = _number(held, *decided)
        yield (
            claim_card(claim.slug),
            _card(
                context,
                above=f"Claimed by {claim.speaker}, {claim.said_on}",
                title=claim.title,
                verdict=verdict.shown,
                colour=COLOURS[verdict.shown_slug],
                **words,
            ),
        )
    featured = context.featured
    claims = {claim.slug: claim for claim in context.config.claims}
    lead = next(((claims[slug], verdict) for slug, verdict in featured.verdicts.items() if slug in claims), None)
    words = {}
    if lead:
        claim, verdict = lead
        words = {"above": f"Claim: {claim.title}", "verdict": verdict.shown, "colour": COLOURS[verdict.shown_slug]}
    title = "Do Ether and small caps move in tandem, and is it the Fed?"
    yield HOME, _card(context, title=title, **words, **_number(featured, HEADLINES[""]))


def _card(context: SiteContext, **words: Any) -> Card:  # noqa: ANN401 - fields of the card
    origin = context.provenance
    warning = "Simulated sample data, not market data" if origin["simulated"] else ""
    return Card(foot=f"{context.config.site.title} · data through {origin['as_of']}", warning=warning, **words)


def _number(result: PairResult, number_id: str, name: str = "") -> dict[str, str]:
    """Return number and label; nothing where the number is not available."""
    number = result.numbers.get(number_id)
    if not isinstance(number, Estimate):
        return {}
    context = result.context
    names = Names(a=context.a.label, b=context.b.label, market=context.market.label, start=context.start)
    between = plain(interval(number))
    label = (name[:1].upper() + name[1:]) or names.of(number_id)
    return {"number": plain(shown(number)), "label": label, "between": between}
