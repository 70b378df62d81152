"""A claim's verdict from the day it was made until now, each computed with what was known then."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.claims.judge import judge
from generator.claims.verdict import Judgement, LineTest, Verdict
from generator.claims.wording import in_unit, sentence

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from generator.config import Claim
    from generator.findings import Number


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One date of a timeline.

    Parameters
    ----------
    previous : Verdict or None
        The verdict on the date before, None on the first.
    flip : str
        Which number crossed which line since the date before; empty where the verdict is the same.
    """

    judgement: Judgement
    previous: Verdict | None
    flip: str

    @property
    def as_of(self) -> date:
        """The date."""
        return self.judgement.as_of

    @property
    def flipped(self) -> bool:
        """Whether the verdict differs from that of the date before."""
        return self.previous is not None and self.previous is not self.judgement.verdict


def timeline(
    claim: Claim, numbers_by_date: Mapping[date, Mapping[str, Number]], *, simulated: bool = False
) -> tuple[Turn, ...]:
    """Return the verdict on every date, oldest first, with the reason of every flip.

    Parameters
    ----------
    claim : Claim
    numbers_by_date : mapping of date to numbers
        The numbers of the claim's pair as of each date, computed with nothing later.
    simulated : bool
        Whether they come from simulated data.
    """
    turns: list[Turn] = []
    before: Judgement | None = None
    for as_of in sorted(numbers_by_date):
        judgement = judge(claim, numbers_by_date[as_of], as_of, simulated=simulated)
        turns.append(
            Turn(
                judgement=judgement,
                previous=before.verdict if before else None,
                flip=flip_explanation(before, judgement) if before else "",
            )
        )
        before = judgement
    return tuple(turns)


def flip_explanation(before: Judgement, after: Judgement) -> str:
    """Return which number crossed which line between two judgements of one claim; empty if the verdict is the same."""
    if before.verdict is after.verdict:
        return ""
    if after.verdict is Verdict.CANNOT:
        return after.sentence
    old = {test.key: test for reading in before.readings for test in reading.tests}
    new = [test for reading in after.readings for test in reading.tests]
    crossed = [crossing(old[t.key], t) for t in new if t.key in old and old[t.key].met is not t.met]
    if crossed:
        return sentence(crossed)
    # No line was crossed: a horizon was reached, a figure came in, or an outcome is counted for the first time.
    known = {(reading.number_id, reading.words) for reading in before.readings}
    arrived = [reading.words for reading in after.readings if (reading.number_id, reading.words) not in known]
    return sentence(arrived) or after.sentence


def crossing(before: LineTest, after: LineTest) -> str:
    """Return one crossing in words."""
    what = after.name if after.end == "value" else f"the {after.end} end of {after.name}"
    line = "zero" if after.line == 0 else in_unit(after.line, after.unit)
    side = {">=": ("at or above", "below"), ">": ("above", "not above"), "<=": ("at or below", "above")}
    met, not_met = side.get(after.relation, ("below", "not below"))
    seen, was = in_unit(after.seen, after.unit), in_unit(before.seen, before.unit)
    return f"{what} went from {was} to {seen}, {met if after.met else not_met} {line}"
