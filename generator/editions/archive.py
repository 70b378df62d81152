"""Editions as the pages read them: their numbers and verdicts, without the files."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from generator.claims import timeline
from generator.editions.dates import timeline_days
from generator.findings import Estimate, Number, Numbers, Unavailable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from generator.claims import Turn
    from generator.config import Config
    from generator.editions.manifest import Manifest


@dataclass(frozen=True, slots=True, kw_only=True)
class FrozenVerdict:
    """A verdict as an edition states it."""

    verdict: str
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """One edition with all its revisions.

    Parameters
    ----------
    revisions : tuple of Manifest
        In order; the first is the edition, the others correct it.
    numbers : mapping of pair slug to Numbers
        Of the last revision.
    verdicts : mapping of claim slug to FrozenVerdict
        Of the last revision, in the order of its claims.
    """

    revisions: tuple[Manifest, ...]
    numbers: Mapping[str, Numbers]
    verdicts: Mapping[str, FrozenVerdict]

    @property
    def first(self) -> Manifest:
        """The edition as it was made."""
        return self.revisions[0]

    @property
    def last(self) -> Manifest:
        """The newest revision."""
        return self.revisions[-1]

    @property
    def as_of(self) -> date:
        """The edition's date."""
        return self.first.as_of

    def address(self, pair: str = "") -> str:
        """Return the frozen address of the edition, or of one pair in it: that of the newest revision."""
        return address(self.last, pair)

    def figure_addresses(self, pair: str, figure_id: str) -> tuple[str, str]:
        """Return where a figure stands in the edition, and the page with it alone; both empty if it is not kept.

        Where the figure is not kept but its pair is, the first is the page of the pair.
        """
        if pair not in self.last.pairs:
            return "", ""
        page = self.address(pair)
        if any(path.startswith(f"{pair}/{figure_id}/") for path in self.last.files):
            return f"{page}#{figure_id}", f"{page}{figure_id}/"
        return page, ""


def address(manifest: Manifest, pair: str = "") -> str:
    """Return the site-relative address of a revision, or of one pair in it."""
    return f"/editions/{manifest.folder}/{pair}/" if pair else f"/editions/{manifest.folder}/"


def edition(revisions: Sequence[Manifest], findings: Mapping[str, Mapping[str, Any]]) -> Edition:
    """Return an edition from its manifests and the findings of each pair in the last of them."""
    verdicts: dict[str, FrozenVerdict] = {}
    for body in findings.values():
        for slug, verdict in body["verdicts"].items():
            verdicts[slug] = FrozenVerdict(verdict=verdict["verdict"], sentence=verdict.get("sentence", ""))
    return Edition(
        revisions=tuple(revisions),
        numbers={pair: numbers_from_json(body["numbers"]) for pair, body in findings.items()},
        verdicts=verdicts,
    )


def numbers_from_json(body: Mapping[str, Mapping[str, Any]]) -> Numbers:
    """Return the numbers of a findings file."""
    return Numbers({number_id: _number(value) for number_id, value in body.items()})


def _number(body: Mapping[str, Any]) -> Number:
    if "unavailable" in body:
        return Unavailable(reason=body["unavailable"])
    return Estimate(
        value=body["value"],
        lower=body["lower"],
        upper=body["upper"],
        level=body["level"],
        nobs=body["nobs"],
        unit=body["unit"],
        method=body["method"],
        first=date.fromisoformat(body["first"]),
        last=date.fromisoformat(body["last"]),
        link=body["link"],
        pvalue=body.get("pvalue"),
    )


def timelines(
    config: Config,
    editions: Sequence[Edition],
    as_of: date,
    current: Mapping[str, Mapping[str, Number]],
    *,
    simulated: bool,
) -> dict[str, tuple[Turn, ...]]:
    """Return each claim's verdicts: on the claim date, at every month end since that has an edition, and now.

    Parameters
    ----------
    editions : sequence of Edition
    as_of : date
        Last date known; later editions are left out.
    current : mapping of pair slug to numbers
        Of the build, as of `as_of`.
    """
    wanted = set(timeline_days(config.run.claim_date, as_of))
    chosen = [e for e in editions if e.as_of in wanted and e.as_of < as_of]
    found: dict[str, tuple[Turn, ...]] = {}
    for claim in config.claims:
        by_date: dict[date, Mapping[str, Number]] = {
            e.as_of: e.numbers[claim.pair] for e in chosen if claim.pair in e.numbers
        }
        if not by_date:
            found[claim.slug] = ()
            continue
        if claim.pair in current:
            by_date[as_of] = current[claim.pair]
        found[claim.slug] = timeline(claim, by_date, simulated=simulated)
    return found
