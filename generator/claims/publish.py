"""A verdict as others can use it: ClaimReview for search engines, a badge to embed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape, quoteattr

from generator.claims.verdict import Judgement, Verdict

if TYPE_CHECKING:
    from generator.config import Claim, Site

# White text on each has a contrast of at least 4.5.
COLOURS = {
    Verdict.SUPPORTED.slug: "#1b7340",
    Verdict.PARTLY.slug: "#8a5a00",
    Verdict.NOT_SUPPORTED.slug: "#a0460a",
    Verdict.CONTRADICTED.slug: "#b3262e",
    Verdict.TOO_EARLY.slug: "#4a5a6a",
    Verdict.CANNOT.slug: "#4a5a6a",
    "simulated": "#5b4b9a",
}
LABEL_COLOUR = "#333333"
CHARACTER_WIDTH = 6.6  # px of an average character at 11 px; the text is fitted to it
PADDING = 16
HEIGHT = 22
BEST_RATING = 4
WORST_RATING = 1


def claim_review(claim: Claim, judgement: Judgement, *, url: str, site: Site) -> dict[str, Any]:
    """Return the schema.org ClaimReview of one claim, for JSON-LD.

    Parameters
    ----------
    url : str
        Absolute address of the claim's page.
    site : Site
        Who reviews; its `url` must be set.

    Raises
    ------
    ValueError
        For simulated data: there is no review of a real claim to publish.
    """
    if judgement.simulated:
        raise ValueError(f"{judgement.claim}: simulated data review nothing")
    rating: dict[str, Any] = {"@type": "Rating", "alternateName": judgement.verdict.value}
    rank = judgement.verdict.rank
    if rank is not None:
        rating |= {
            "ratingValue": rank + WORST_RATING,
            "bestRating": BEST_RATING,
            "worstRating": WORST_RATING,
            "ratingExplanation": judgement.sentence,
        }
    claimed: dict[str, Any] = {
        "@type": "Claim",
        "author": {"@type": "Organization", "name": claim.speaker},
        "appearance": [{"@type": "CreativeWork", "name": source.label, "url": source.url} for source in claim.sources],
    }
    if claim.said_on_exact:
        claimed["datePublished"] = claim.said_on.isoformat()
    return {
        "@context": "https://schema.org",
        "@type": "ClaimReview",
        "url": url,
        "name": claim.title,
        "claimReviewed": claim.words,
        "datePublished": judgement.as_of.isoformat(),
        "author": {"@type": "Organization", "name": site.title, **({"url": site.url} if site.url else {})},
        "itemReviewed": claimed,
        "reviewRating": rating,
    }


def script_json(body: dict[str, Any]) -> str:
    """Return JSON on one line that can stand inside a script element of a Markdown page, whatever text it holds."""
    text = json.dumps(body, sort_keys=True, allow_nan=False, ensure_ascii=True)
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


def badge_svg(text: str, verdict: str) -> str:
    """Return a badge: `text` on the left, the verdict on the right, on its colour.

    Parameters
    ----------
    text : str
        What is judged; anything, it is escaped.
    verdict : str
        As shown: a verdict's words, or those for simulated data.
    """
    left, right = _width(text), _width(verdict)
    slug = verdict.lower().replace(" ", "-")
    colour = COLOURS.get(slug, COLOURS["simulated"])
    title = escape(f"{_printable(text)}: {_printable(verdict)}")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + right}" height="{HEIGHT}" role="img" '
        f"aria-label={quoteattr(f'{_printable(text)}: {_printable(verdict)}')}>"
        f"<title>{title}</title>"
        f'<rect width="{left}" height="{HEIGHT}" fill="{LABEL_COLOUR}"/>'
        f'<rect x="{left}" width="{right}" height="{HEIGHT}" fill="{colour}"/>'
        f'<g fill="#ffffff" text-anchor="middle" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">'
        f"{_label(text, left / 2, left)}{_label(verdict, left + right / 2, right)}"
        "</g></svg>\n"
    )


def _width(text: str) -> int:
    return round(len(_printable(text)) * CHARACTER_WIDTH) + PADDING


def _label(text: str, middle: float, width: int) -> str:
    return f'<text x="{middle:g}" y="15" textLength="{width - PADDING}">{escape(_printable(text))}</text>'


def _printable(text: str) -> str:
    """Return the text without characters that XML forbids or that reorder text."""
    return "".join(c if c.isprintable() else "\ufffd" for c in text)
