"""The verdict board, and the skeleton of a new claim."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from generator.claims.judge import judge
from generator.config import RESERVED, SLUG, Claim, Config
from generator.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from generator.claims.verdict import Judgement
    from generator.findings import Number

SKELETON = """
[[claims]]
slug = "{slug}"
title = ""             # the statement in your words, as a heading
words = ""             # the statement as it was made
quoted = true          # false if `words` is a paraphrase
speaker = ""
said_on = ""           # YYYY-MM-DD, without quotation marks
sources = [{{ label = "", url = "" }}]
reading = ""           # what the words are taken to mean here
left_out = ""          # what they also say and is not judged
fairness = ""          # why the lines stand where they stand; both sides should be able to accept them
baseline = ""          # what would be seen if there were nothing in it
pair = "{pair}"  # known: {pairs}
beside = {{}}            # numbers shown next to the deciding ones: {{ "number id" = "its name" }}
fixed_on = ""          # YYYY-MM-DD, without quotation marks: only data after this day counts as registered beforehand
criterion_sha256 = ""  # `tandem check` says what belongs here once the rest is complete
[claims.criterion]
# One kind of these, with the keys beside it; `tandem explain` knows the number ids.
#   kind = "size"           unit, at_least, floor, [claims.criterion.numbers]
#   kind = "sign"           unit, side = "positive" or "negative", at_least, [claims.criterion.numbers]
#   kind = "count_reached"  number, name, at_least, partly_from, deadline
#   kind = "joint_outcome"  horizons = [{{ number = "", name = "", due = YYYY-MM-DD }}]
#   kind = "odds"           number, name, probability, base, base_name, due
kind = ""
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardRow:
    """One claim on the board.

    Parameters
    ----------
    verdict : str
        As shown: for simulated data it says so instead.
    numbers : str
        The deciding numbers, or why there is no verdict.
    """

    slug: str
    title: str
    verdict: str
    strength: str
    numbers: str
    decided_by: tuple[str, ...]
    as_of: str
    registered: str

    def as_json(self) -> Mapping[str, Any]:
        """Return the strict-JSON form."""
        return {**asdict(self), "decided_by": list(self.decided_by)}


def judge_all(
    config: Config, numbers: Mapping[str, Mapping[str, Number]], as_of: date, *, simulated: bool
) -> dict[str, Judgement]:
    """Return the judgement of every claim by its slug, in the order of the configuration.

    Parameters
    ----------
    numbers : mapping of pair slug to its numbers
        A pair that was not built leaves its claims without a verdict.
    """
    return {
        claim.slug: judge(claim, numbers.get(claim.pair, {}), as_of, simulated=simulated) for claim in config.claims
    }


def board_rows(claims: Sequence[Claim], judgements: Mapping[str, Judgement]) -> tuple[BoardRow, ...]:
    """Return the board, in the order of `claims`."""
    return tuple(_row(claim, judgements[claim.slug]) for claim in claims)


def _row(claim: Claim, judgement: Judgement) -> BoardRow:
    return BoardRow(
        slug=claim.slug,
        title=claim.title,
        verdict=judgement.shown,
        strength=judgement.strength,
        numbers=judgement.sentence,
        decided_by=judgement.decided_by,
        as_of=judgement.as_of.isoformat(),
        registered=judgement.registered.value,
    )


def board_lines(rows: Sequence[BoardRow]) -> list[str]:
    """Return the board as lines for a terminal: slug, verdict, and below them the deciding numbers."""
    if not rows:
        return ["No claims in report.toml; `tandem new-claim SLUG` writes the skeleton of one."]
    width = max(len(row.slug) for row in rows)
    lines = []
    for row in rows:
        lines += [f"{row.slug:<{width}}  {row.verdict}", f"{'':<{width}}  {row.numbers}"]
    return lines


def skeleton(slug: str, config: Config) -> str:
    """Return the TOML of a new claim; it is refused as configuration until every part has been filled in.

    Raises
    ------
    ConfigError
        The slug cannot be an address, or is taken.
    """
    if not SLUG.fullmatch(slug) or slug in RESERVED:
        raise ConfigError(f"new-claim: {slug[:70]!r} cannot be an address; use 1 to 63 of a-z, 0-9 and '-'")
    if slug in {claim.slug for claim in config.claims}:
        raise ConfigError(f"new-claim: there is a claim {slug!r} already; every claim needs its own address")
    pairs = ", ".join(pair.slug for pair in config.pairs)
    return SKELETON.format(slug=slug, pair=config.site.featured, pairs=pairs)
