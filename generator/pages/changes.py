"""What changed: verdicts and numbers from edition to edition, as a page and as a feed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from generator.editions import changes as changing
from generator.editions.archive import FrozenVerdict
from generator.editions.names import Names
from generator.findings import anchor
from generator.report import Page, SiteContext

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from generator.editions.archive import Edition
    from generator.editions.changes import Change, State, Step

FEED = "feed.xml"
MOST_ENTRIES = 200


def history(context: SiteContext) -> tuple[Step, ...]:
    """Return the step to each edition from the one before it, oldest first."""
    return changing.steps(context.config, _states(context), simulated=context.provenance["simulated"])


def since_last(context: SiteContext) -> Step | None:
    """Return what changed since the last edition before the date of the build; None without one."""
    states = [state for state in _states(context) if state.as_of < context.provenance["as_of"]]
    if not states:
        return None
    simulated = context.provenance["simulated"]
    return changing.step(context.config, states[-1], _current(context), simulated=simulated)


def _states(context: SiteContext) -> list[State]:
    as_of = context.provenance["as_of"]
    return [changing.state(edition) for edition in context.editions if edition.as_of <= as_of]


def _current(context: SiteContext) -> State:
    """Return what this build publishes."""
    return changing.State(
        as_of=context.provenance["as_of"],
        numbers={result.pair.slug: result.numbers for result in context.results},
        verdicts={
            slug: FrozenVerdict(verdict=judgement.shown, sentence=judgement.sentence)
            for result in context.results
            for slug, judgement in result.verdicts.items()
        },
    )


def compose(context: SiteContext) -> Mapping[str, Any]:
    """Return the steps, newest first, and the tolerances."""
    steps = history(context)
    now = since_last(context)
    words = summary(steps, simulated=context.provenance["simulated"])
    return {
        "summary": words,
        "description": words,
        "now": _shown(context, now, None) if now else None,
        "steps": [_shown(context, step, _edition(context, step.as_of)) for step in reversed(steps) if step.changes],
        "quiet": _quiet([step for step in reversed(steps) if not step.changes]),
        "feed": FEED if context.provenance["site_url"] else "",
        "tolerances": [
            {"family": family, "words": changing.words(tolerance)}
            for family, tolerance in context.config.changes.tolerance.items()
        ],
    }


def summary(steps: Sequence[Step], *, simulated: bool) -> str:
    """Return all steps in one sentence."""
    if not steps:
        return "There are no two editions to compare yet."
    flips, moves = sum(len(step.flips) for step in steps), sum(len(step.moves) for step in steps)
    verdicts = "" if simulated else f"{flips} {'verdict' if flips == 1 else 'verdicts'} changed and "
    return (
        f"From {steps[0].since} to {steps[-1].as_of}, {verdicts}"
        f"{moves} {'number' if moves == 1 else 'numbers'} moved beyond their tolerance."
    )


def _quiet(steps: Sequence[Step]) -> str:
    """Return the editions that brought nothing to list."""
    days = ", ".join(str(step.as_of) for step in steps)
    return f"These brought no change beyond a tolerance: {days}." if steps else ""


def step_anchor(day: date) -> str:
    """Return where a step stands on the page."""
    return f"on-{day}"


def _edition(context: SiteContext, day: date) -> Edition:
    return next(edition for edition in context.editions if edition.as_of == day)


def _shown(context: SiteContext, step: Step, edition: Edition | None) -> dict[str, Any]:
    """Return a step as the template shows it; `edition` is the one it leads to, None for the build itself."""
    parts = [
        f"{len(found)} {name if len(found) == 1 else f'{name}s'}"
        for name, found in (("verdict", step.flips), ("number", step.moves))
        if found
    ]
    return {
        "as_of": step.as_of,
        "address": edition.address() if edition else "/reports/",
        "changed": bool(step.changes),
        "words": f"Compared with {step.since}: {' and '.join(parts) if parts else 'nothing beyond its tolerance'}.",
        "flips": [_change(context, change, edition) for change in step.flips],
        "moves": [_change(context, change, edition) for change in step.moves],
    }


def _change(context: SiteContext, change: Change, edition: Edition | None) -> dict[str, Any]:
    return {
        "anchor": f"{step_anchor(change.as_of) if edition else 'now'}-{_place(change)}",
        "address": _address(change, edition),
        "title": title(context, change),
        "before": change.before,
        "now": change.now,
        "before_slug": _slug(change.before),
        "now_slug": _slug(change.now),
        "why": change.why,
    }


def _place(change: Change) -> str:
    return f"claim-{change.subject}" if change.kind == "verdict" else f"{change.pair}-{anchor(change.subject)}"


def _address(change: Change, edition: Edition | None) -> str:
    """Return where the change can be seen: in the edition, or on today's pages."""
    if change.kind == "verdict":
        return f"{edition.address(change.pair)}#{_place(change)}" if edition else f"/claims/{change.subject}/"
    return f"{edition.address(change.pair)}#{anchor(change.subject)}" if edition else f"/reports/{change.pair}/"


def _slug(verdict: str) -> str:
    return verdict.lower().replace(" ", "-")


def title(context: SiteContext, change: Change) -> str:
    """Return what changed, in words: the claim, or the pair and the number."""
    if change.kind == "verdict":
        return next(claim.title for claim in context.config.claims if claim.slug == change.subject)
    pair = next((pair for pair in context.config.pairs if pair.slug == change.pair), None)
    if pair is None:
        return f"{change.pair}: {change.subject}"
    return f"{pair.title}: {Names.of_pair(context.config, pair).of(change.subject)}"


def feed(context: SiteContext) -> Mapping[str, Any]:
    """Return what the feed names: an entry per verdict that changed and per number that moved, newest first.

    The day of an edition ends at midnight UTC, so that is when its entries are dated.
    """
    site, authority = context.config.site, context.config.site.authority
    base = str(context.provenance["site_url"]).rstrip("/")
    listed = [(step, change) for step in reversed(history(context)) for change in step.changes][:MOST_ENTRIES]
    newest = max((step.as_of for step, _ in listed), default=context.provenance["as_of"])
    kind = ", simulated sample data" if context.provenance["simulated"] else ""
    return {
        "id": f"tag:{authority},{context.config.run.claim_date}:changes",
        "title": f"{site.title}: what changed{kind}",
        "subtitle": site.description,
        "author": site.title,
        "own": f"{base}/{FEED}",
        "page": f"{base}/changes/",
        "updated": _moment(newest),
        "entries": [
            {
                "id": changing.tag(authority, change),
                "title": f"{title(context, change)}: {change.before} → {change.now}",
                "address": f"{base}{_address(change, _edition(context, step.as_of))}",
                "updated": _moment(step.as_of),
                "text": f"Compared with {step.since}. {change.why}",
            }
            for step, change in listed
        ],
    }


def _moment(day: date) -> str:
    return f"{day}T23:59:59Z"


PAGE = Page(path="changes/index.md", title="Changes", template="pages/changes.md.j2", compose=compose)
