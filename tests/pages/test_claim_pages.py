"""The board and the claim pages: nothing is typed, nothing hostile gets through, nothing simulated is a verdict."""

from __future__ import annotations

import itertools
import json
import re
from datetime import date
from html import unescape
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from generator.claims import judge, timeline
from generator.config import Claim
from generator.findings import Estimate, Number, Numbers
from generator.formatting import escape_text
from generator.pages.claims import address, badge_path, claim_badges, claim_pages
from generator.render import environment, render

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from generator.claims import Turn
    from generator.config import Config

ROOT = Path(__file__).parents[2]
AS_OF = date(2025, 10, 7)
URL = "https://example.org/tandem/"
HOSTILE = "</script><script>alert(1)</script> **b** [x](javascript:y) {{ 7 * 7 }} <img src=x onerror=y> & | `c`"
YEAR = {f"correlation.pearson.daily.{window}": (0.4, 0.6) for window in (126, 252)}


def numbers(ends: Mapping[str, tuple[float, float]], last: date = AS_OF) -> Numbers:
    """Return correlations with these intervals, as a page published them."""
    found: dict[str, Number] = {
        key: Estimate(
            value=(lower + upper) / 2,
            lower=lower,
            upper=upper,
            nobs=252,
            unit="correlation",
            method="correlation",
            first=date(2024, 10, 7),
            last=last,
        )
        for key, (lower, upper) in ends.items()
    }
    return Numbers(found).linked("/reports/eth-russell-2000/correlation/")


def site_context(config: Config, found: Mapping[str, Numbers], *, simulated: bool = False, site_url: str = URL) -> Any:
    """Return what the pages read of a site's context."""
    results = tuple(SimpleNamespace(pair=pair, numbers=found[pair.slug]) for pair in config.pairs if pair.slug in found)
    provenance = {
        "as_of": AS_OF,
        "simulated": simulated,
        "origin": "read from files",
        "site_url": site_url,
        "data_sha256": "d" * 64,
        "code_version": "0.0.0+test",
        "command": "python -m generator build",
    }
    return SimpleNamespace(config=config, results=results, provenance=provenance, editions=(), frozen=None)


def rendered(context: Any, timelines: Mapping[str, Sequence[Turn]] | None = None) -> dict[str, str]:
    """Return the Markdown of every claim page by its file."""
    jinja = environment(ROOT / "templates")
    pages = {}
    for page in claim_pages(context.config, timelines):
        names = {
            "site": context.config.site,
            "config": context.config,
            "provenance": context.provenance,
            "title": page.title,
            "description": "",
            "figures": [],
            **page.compose(context),
        }
        pages[page.path] = render(jinja, page.template, page.path, names)
    return pages


@pytest.fixture(scope="module")
def real(config: Config) -> dict[str, str]:
    """Return the pages of a build from data that are not simulated."""
    return rendered(site_context(config, {"eth-russell-2000": numbers(YEAR)}))


def test_every_claim_has_its_page_and_its_row(config: Config, real: dict[str, str]) -> None:
    """One page per claim, and a link to it from the board."""
    assert set(real) == {"claims/index.md", *(f"claims/{claim.slug}.md" for claim in config.claims)}
    for claim in config.claims:
        assert f'{claim.slug}/">{escape_text(claim.title)}</a>' in real["claims/index.md"]


def test_claims_lead_to_the_next(config: Config, real: dict[str, str]) -> None:
    """Each page names the claim after it, the last one none; all lead back to the board."""
    for claim, after in itertools.pairwise(config.claims):
        assert f">{escape_text(after.title)}</a>" in real[f"claims/{claim.slug}.md"]
        assert ">All claims</a>" in real[f"claims/{claim.slug}.md"]
    assert "Next: " not in real[f"claims/{config.claims[-1].slug}.md"]


def test_the_board_counts_what_it_shows(real: dict[str, str]) -> None:
    """The first sentence is computed from the verdicts below it."""
    board = real["claims/index.md"]
    (told,) = re.findall(r'<p class="answer">(.*?)</p>', board)
    shown = re.findall(r'<tr id="claim-.*?<span class="verdict verdict--[a-z-]+">(.*?)</span>', board)
    counts = {words.lower(): int(count) for count, words in re.findall(r"(\d+) ([a-z ]+)[,.]", told.split(": ")[1])}
    assert counts == {verdict.lower(): shown.count(verdict) for verdict in shown}
    assert sum(counts.values()) == len(shown)


def test_a_page_shows_words_verdict_figures_and_rule(real: dict[str, str]) -> None:
    """Quotation, source, verdict, deciding figure with its interval and link, lines, what would change it, hash."""
    page = unescape(real["claims/near-perfect-correlation.md"])
    for part in (
        "“Ethereum shows near-perfect correlation with Russell 2000 small-cap index”",
        'href="https://cvj.ai/briefing/crypto-news/ethereum-small-caps-rise-on-fed-rate-cut-hopes"',
        '<span class="verdict verdict--contradicted">Contradicted</span>',
        '/reports/eth-russell-2000/correlation/#correlation-pearson-daily-252"',
        "0.40 to 0.60",
        "Every upper end is below 0.70.",
        "Not supported, if the upper end of the interval reached 0.70 for at least one figure.",
        "The criterion was fixed on 2026-11-22, when the outcome up to 2025-10-07 was known.",
        "not available: not computed in this build",
    ):
        assert part in page


def test_a_paraphrase_is_not_in_quotation_marks(config: Config, real: dict[str, str]) -> None:
    """Only words that somebody said stand in quotation marks."""
    for claim in config.claims:
        assert ("“" in real[f"claims/{claim.slug}.md"]) is claim.quoted


def test_each_claim_page_has_one_review_that_says_what_the_page_says(config: Config, real: dict[str, str]) -> None:
    """The JSON-LD parses, and verdict and address are those of the page."""
    for claim in config.claims:
        (text,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', real[f"claims/{claim.slug}.md"])
        review = json.loads(text)
        assert review["url"] == URL.rstrip("/") + address(claim)
        found = numbers(YEAR) if claim.pair == "eth-russell-2000" else Numbers()
        assert review["reviewRating"]["alternateName"] == judge(claim, found, AS_OF).verdict.value
    assert "ld+json" not in real["claims/index.md"]


def test_without_an_address_nothing_claims_to_be_published(config: Config) -> None:
    """A site that is local only has no review and no badge to embed; everything else stays."""
    pages = rendered(site_context(config, {"eth-russell-2000": numbers(YEAR)}, site_url=""))
    page = pages["claims/near-perfect-correlation.md"]
    assert "ld+json" not in page
    assert "## Badge" not in page
    assert "Contradicted" in page


def test_simulated_data_show_no_verdict(config: Config) -> None:
    """On no page, badge or description does a verdict on a real claim come from the sample."""
    context = site_context(config, {"eth-russell-2000": numbers(YEAR)}, simulated=True)
    pages = rendered(context)
    board = pages["claims/index.md"]
    rows = re.findall(r'<tr id="claim-.*?<span class="verdict verdict--([a-z-]+)">(.*?)</span>', board)
    assert set(rows) == {("simulated", "No verdict: simulated data")}
    assert "none of it is a verdict" in board
    for claim in config.claims:
        page = pages[f"claims/{claim.slug}.md"]
        assert re.findall(r'class="verdict verdict--([a-z-]+)"', page) == ["simulated"]
        assert "ld+json" not in page
    assert all("No verdict: simulated data" in badge for badge in claim_badges(context).values())


def test_hostile_words_stay_words(config: Config) -> None:
    """HTML, Markdown, Jinja and the end of a script, in every text of a claim, show as text."""
    first = config.claims[0]
    texts = dict.fromkeys(("title", "words", "speaker", "reading", "left_out", "fairness", "baseline"), HOSTILE)
    source = first.sources[0].model_copy(update={"label": HOSTILE})
    rule = first.criterion.model_copy(update={"numbers": dict.fromkeys(first.criterion.ids, HOSTILE)})
    claim = first.model_copy(update={**texts, "sources": [source], "criterion": rule})
    hostile = config.model_copy(update={"claims": [Claim.model_validate(claim.model_dump())]})
    context = site_context(hostile, {"eth-russell-2000": numbers(YEAR)})
    pages = rendered(context, {claim.slug: timeline(claim, {AS_OF: numbers(YEAR)})})
    for text in pages.values():
        body = re.sub(
            r'\A---\n.*?\n---\n|<script type="application/ld\+json">[^<]*</script>', "", text, flags=re.DOTALL
        )
        for part in ("<script", "<img src=x", "**b**", "](javascript", "{{", "`c`"):
            assert part not in body
        assert "alert&#40;1&#41;" in body


def test_the_timeline_stands_on_the_page(config: Config) -> None:
    """Each date with its verdict, and at a flip the line that was crossed."""
    claim = config.claims[0]
    before, after = date(2025, 9, 30), AS_OF
    turns = timeline(
        claim,
        {
            before: numbers(dict.fromkeys(YEAR, (0.4, 0.8)), before),
            after: numbers(dict.fromkeys(YEAR, (0.4, 0.6)), after),
        },
    )
    context = site_context(config, {"eth-russell-2000": numbers(YEAR)})
    page = unescape(rendered(context, {claim.slug: turns})["claims/near-perfect-correlation.md"])
    assert '<tr id="on-2025-09-30">' in page
    assert "went from 0.80 to 0.60, below 0.70" in page
    other = rendered(context, {claim.slug: turns})["claims/moving-in-sync.md"]
    assert "The verdict over time" not in other


def test_ids_on_a_page_are_unique(real: dict[str, str]) -> None:
    """A link to a number leads to one place."""
    for text in real.values():
        ids = re.findall(r'id="([^"]+)"', text)
        assert len(ids) == len(set(ids))


def test_every_claim_has_a_badge(config: Config) -> None:
    """One file per claim, with its verdict."""
    badges = claim_badges(site_context(config, {"eth-russell-2000": numbers(YEAR)}))
    assert set(badges) == {badge_path(claim) for claim in config.claims}
    assert "Contradicted" in badges["badges/near-perfect-correlation.svg"]
