"""ClaimReview keeps to schema.org's words, and neither it nor a badge lets foreign text break out."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.claims import Verdict, badge_svg, claim_review, judge, script_json
from generator.claims.publish import COLOURS, LABEL_COLOUR

if TYPE_CHECKING:
    from collections.abc import Callable

    from generator.config import Claim, Config
    from generator.findings import Estimate

ONE = "correlation.pearson.daily.252"
URL = "https://example.org/claims/a-claim/"
AS_OF = date(2025, 10, 7)
HOSTILE = "</script><script>alert(1)</script> & \"quoted\" 'too' {{ x }} *b* <svg/onload=x>"
# Properties of each type by https://schema.org/version/latest, those inherited included, as far as they are used here.
VOCABULARY = {
    "ClaimReview": {"url", "name", "claimReviewed", "datePublished", "author", "itemReviewed", "reviewRating"},
    "Claim": {"author", "datePublished", "appearance"},
    "Organization": {"name", "url"},
    "CreativeWork": {"name", "url"},
    "Rating": {"alternateName", "ratingValue", "bestRating", "worstRating", "ratingExplanation"},
}
SVG = "{http://www.w3.org/2000/svg}"


def check_vocabulary(node: Any) -> None:
    """Fail on a type or property that schema.org does not know."""
    if isinstance(node, list):
        for item in node:
            check_vocabulary(item)
    elif isinstance(node, dict):
        used = set(node) - {"@type", "@context"}
        assert used <= VOCABULARY[node["@type"]]
        for value in node.values():
            check_vocabulary(value)


def test_claim_review_says_who_said_what_and_how_it_was_rated(
    config: Config, size_claim: Claim, number: Callable[..., Estimate]
) -> None:
    """Types and properties are schema.org's; words, date, verdict and place on the scale are those of the judgement."""
    judgement = judge(size_claim, {ONE: number(0.5, 0.6)}, AS_OF)
    body = claim_review(size_claim, judgement, url=URL, site=config.site)
    check_vocabulary(body)
    assert body["@context"] == "https://schema.org"
    assert body["claimReviewed"] == "It is so."
    assert body["datePublished"] == "2025-10-07"
    assert body["itemReviewed"]["appearance"][0]["url"] == "https://example.org/a"
    assert body["reviewRating"] == {
        "@type": "Rating",
        "alternateName": "Contradicted",
        "ratingValue": 1,
        "bestRating": 4,
        "worstRating": 1,
        "ratingExplanation": judgement.sentence,
    }


def test_no_rating_where_nothing_was_decided(config: Config, size_claim: Claim) -> None:
    """Cannot be judged is a name, not a place on the scale; a date that is not known is left out."""
    unknown = size_claim.model_copy(update={"said_on_exact": False})
    body = claim_review(unknown, judge(unknown, {}, AS_OF), url=URL, site=config.site)
    assert body["reviewRating"] == {"@type": "Rating", "alternateName": "Cannot be judged"}
    assert "datePublished" not in body["itemReviewed"]


def test_simulated_data_review_nothing(config: Config, size_claim: Claim, number: Callable[..., Estimate]) -> None:
    """No review of a real claim is made from simulated data."""
    judgement = judge(size_claim, {ONE: number(0.5, 0.6)}, AS_OF, simulated=True)
    with pytest.raises(ValueError, match="simulated"):
        claim_review(size_claim, judgement, url=URL, site=config.site)


@given(text=st.text())
def test_no_text_ends_the_script(text: str) -> None:
    """Whatever a claim says, its JSON holds no character with a meaning in HTML, and reads back equal."""
    shown = script_json({"text": text + HOSTILE})
    assert not set("<>&\n\r") & set(shown)
    assert json.loads(shown) == {"text": text + HOSTILE}


def test_a_badge_shows_text_and_verdict() -> None:
    """Well-formed, with both texts, a name for screen readers, and a width that holds them."""
    root = ET.fromstring(badge_svg("Tandem · a claim", "Not supported"))  # noqa: S314 - our own output
    assert root.get("aria-label") == "Tandem · a claim: Not supported"
    assert [node.text for node in root.iter(f"{SVG}text")] == ["Tandem · a claim", "Not supported"]
    boxes = list(root.iter(f"{SVG}rect"))
    assert sum(int(box.get("width", "0")) for box in boxes) == int(root.get("width", "0"))
    assert boxes[1].get("fill") == COLOURS["not-supported"]


@given(text=st.text(), verdict=st.text())
def test_a_badge_is_well_formed_whatever_it_says(text: str, verdict: str) -> None:
    """Foreign text stays text: no element but the badge's own, no attribute that runs."""
    root = ET.fromstring(badge_svg(text + HOSTILE, verdict))  # noqa: S314 - our own output
    assert {node.tag.removeprefix(SVG) for node in root.iter()} == {"svg", "title", "rect", "g", "text"}
    assert not any(name.startswith("on") for node in root.iter() for name in node.attrib)
    assert str(next(root.iter(f"{SVG}text")).text).endswith(HOSTILE)


def test_every_verdict_has_a_colour_that_can_be_read() -> None:
    """White text has a contrast of at least 4.5 on each, as WCAG 2.2 asks."""
    assert {verdict.slug for verdict in Verdict} | {"simulated"} == set(COLOURS)
    for colour in (*COLOURS.values(), LABEL_COLOUR):
        channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
        assert 1.05 / (luminance + 0.05) >= 4.5
