"""The board of claims, and one page per claim: words, verdict, deciding figures, what would change it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from generator.claims import (
    Judgement,
    Registered,
    Turn,
    Verdict,
    badge_svg,
    claim_review,
    criterion_words,
    judge,
    script_json,
)
from generator.claims.judge import NOT_COMPUTED
from generator.findings import Estimate
from generator.pages.cards import claim_card
from generator.pages.citations import cite
from generator.pages.numbers import address as how_address
from generator.report import Page, SiteContext

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from generator.config import Claim, Config
    from generator.findings import Number

BADGE_TEXT = "Tandem"


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureRow:
    """One number in the table of a claim page.

    Parameters
    ----------
    alone : str
        What the number says by itself; empty where it does not decide.
    """

    number_id: str
    name: str
    number: Number
    alone: str = ""

    @property
    def label(self) -> str:
        """The name as the beginning of a row."""
        return self.name[:1].upper() + self.name[1:]

    @property
    def link(self) -> str:
        """Where the number is published; empty where it is not available."""
        return self.number.link if isinstance(self.number, Estimate) else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One claim on the board."""

    claim: Claim
    judgement: Judgement

    @property
    def address(self) -> str:
        """Address of the claim's page."""
        return address(self.claim)

    @property
    def said(self) -> str:
        """When it was said."""
        return said(self.claim)


def address(claim: Claim) -> str:
    """Return the site-relative address of a claim's page."""
    return f"/claims/{claim.slug}/"


def badge_path(claim: Claim) -> str:
    """Return the file of a claim's badge, below ``site_src/``."""
    return f"badges/{claim.slug}.svg"


def claim_pages(config: Config, timelines: Mapping[str, Sequence[Turn]] | None = None) -> tuple[Page, ...]:
    """Return the board and one page per claim.

    Parameters
    ----------
    timelines : mapping of claim slug to turns
        Verdicts from the claim date on; a claim without one shows none.
    """
    turns = timelines or {}
    board = Page(
        path="claims/index.md", title="Claims and verdicts", template="pages/claims.md.j2", compose=compose_board
    )
    return (
        board,
        *(
            Page(
                path=f"claims/{claim.slug}.md",
                title=claim.title,
                template="pages/claim.md.j2",
                compose=partial(compose_claim, claim, tuple(turns.get(claim.slug, ()))),
            )
            for claim in config.claims
        ),
    )


def claim_badges(context: SiteContext) -> dict[str, str]:
    """Return the badge of every claim: file below ``site_src/`` and its text."""
    return {
        badge_path(claim): badge_svg(f"{BADGE_TEXT} · {claim.title}", _judged(context, claim).shown)
        for claim in context.config.claims
    }


def compose_board(context: SiteContext) -> Mapping[str, Any]:
    """Return what the board names."""
    entries = [Entry(claim=claim, judgement=_judged(context, claim)) for claim in context.config.claims]
    return {
        "entries": entries,
        "description": summary(context, [entry.judgement for entry in entries]),
        "summary": summary(context, [entry.judgement for entry in entries]),
        "scale": tuple(Verdict),
    }


def compose_claim(claim: Claim, turns: Sequence[Turn], context: SiteContext) -> Mapping[str, Any]:
    """Return what the page of one claim names."""
    judgement = _judged(context, claim)
    numbers = _numbers(context, claim)
    alone = {reading.number_id: reading.verdict.value for reading in judgement.readings}
    site_url = str(context.provenance["site_url"]).rstrip("/")
    frozen = {edition.as_of: edition.address(claim.pair) for edition in context.editions}
    return {
        "claim": claim,
        "how": how_address(claim.pair),
        "card": claim_card(claim.slug),
        "judgement": judgement,
        "description": f"{judgement.shown}. {judgement.sentence}",
        "said": said(claim),
        "criterion": [(verdict.value, words) for verdict, words in criterion_words(claim.criterion).items()],
        "registered": registered(claim, judgement),
        "deciding": [
            FigureRow(
                number_id=number_id,
                name=name,
                number=numbers.get(number_id, NOT_COMPUTED),
                alone="" if judgement.simulated else alone.get(number_id, ""),
            )
            for number_id, name in claim.criterion.named.items()
        ],
        "beside": [
            FigureRow(number_id=number_id, name=name, number=numbers.get(number_id, NOT_COMPUTED))
            for number_id, name in claim.beside.items()
        ],
        "turns": [{"turn": turn, "address": frozen.get(turn.as_of, "")} for turn in turns],
        "pair": context.config.pair(claim.pair),
        "pair_address": f"/reports/{claim.pair}/",
        "badge": f"/{badge_path(claim)}",
        "badge_alt": f"{claim.title}: {judgement.shown}",
        "embed": embed(claim, judgement, site_url) if site_url else "",
        "review": review(claim, judgement, context, site_url),
        "findings_file": f"data/{claim.pair}/findings.json",
        "citation": cite(context, claim.title, address(claim), claim.pair, f"#claim-{claim.slug}"),
        "neighbours": neighbours(claim, context.config.claims),
    }


def neighbours(claim: Claim, claims: Sequence[Claim]) -> list[tuple[str, str, str]]:
    """Return word, title and address of the claims before and after this one."""
    place = [other.slug for other in claims].index(claim.slug)
    around = (("Before", place - 1), ("Next", place + 1))
    return [(word, claims[i].title, address(claims[i])) for word, i in around if 0 <= i < len(claims)]


def summary(context: SiteContext, judgements: Sequence[Judgement]) -> str:
    """Return the board in one sentence."""
    as_of = context.provenance["as_of"]
    if context.provenance["simulated"]:
        return "This build uses simulated sample data: the rules are applied to it, and none of it is a verdict."
    counts = Counter(judgement.verdict for judgement in judgements)
    parts = [f"{counts[verdict]} {verdict.value.lower()}" for verdict in Verdict if counts[verdict]]
    return f"Of {len(judgements)} statements, as of {as_of}: {', '.join(parts)}." if parts else "No claims yet."


def said(claim: Claim) -> str:
    """Return when the claim was made."""
    return f"{'on' if claim.said_on_exact else 'on or soon after'} {claim.said_on}"


def registered(claim: Claim, judgement: Judgement) -> str:
    """Return what the day on which the criterion was fixed means for the verdict."""
    fixed = f"The criterion was fixed on {claim.fixed_on}"
    return {
        Registered.AFTERWARDS: f"{fixed}, when the outcome up to {judgement.as_of} was known. It is no test registered "
        "beforehand; only what comes after that day counts as that.",
        Registered.PARTLY: f"{fixed}. Part of the data that decides came later; only that part counts as registered "
        "beforehand.",
        Registered.BEFOREHAND: f"{fixed}, before any of the data that decides: it was registered beforehand.",
    }[judgement.registered]


def embed(claim: Claim, judgement: Judgement, site_url: str) -> str:
    """Return the HTML with which another site shows the badge; it is shown as text."""
    return (
        f'<a href="{site_url}{address(claim)}"><img src="{site_url}/{badge_path(claim)}" '
        f'alt="{BADGE_TEXT}: {claim.slug}, {judgement.shown}"></a>'
    )


def review(claim: Claim, judgement: Judgement, context: SiteContext, site_url: str) -> Markup:
    """Return the ClaimReview as script text; empty for simulated data and for a site without an address."""
    if judgement.simulated or not site_url:
        return Markup()
    site = context.config.site.model_copy(update={"url": f"{site_url}/"})
    body = claim_review(claim, judgement, url=f"{site_url}{address(claim)}", site=site)
    return Markup(script_json(body))  # noqa: S704 - script_json leaves nothing that could end the script


def _numbers(context: SiteContext, claim: Claim) -> Mapping[str, Number]:
    """Return the numbers of the claim's pair; none where the pair was not built."""
    return next((result.numbers for result in context.results if result.pair.slug == claim.pair), {})


def _judged(context: SiteContext, claim: Claim) -> Judgement:
    return judge(
        claim,
        _numbers(context, claim),
        context.provenance["as_of"],
        simulated=context.provenance["simulated"],
    )
