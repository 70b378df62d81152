"""What a judgement is made of: the verdict, the lines it was measured against, and how it came about."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from generator.findings import Estimate

End = Literal["value", "lower", "upper"]
Relation = Literal[">=", ">", "<=", "<"]


class Verdict(StrEnum):
    """The scale; the order of the first four is from best to worst for the claim."""

    SUPPORTED = "Supported"
    PARTLY = "Partly supported"
    NOT_SUPPORTED = "Not supported"
    CONTRADICTED = "Contradicted"
    TOO_EARLY = "Too early to tell"
    CANNOT = "Cannot be judged"

    @property
    def rank(self) -> int | None:
        """3 (Supported) to 0 (Contradicted), None where nothing has been decided."""
        return _RANKS.get(self)

    @property
    def slug(self) -> str:
        """The verdict as a word of a style sheet or a file name."""
        return self.value.lower().replace(" ", "-")

    @property
    def meaning(self) -> str:
        """What the verdict says, in one sentence for every kind of claim."""
        return _MEANINGS[self]


SIMULATED = "No verdict: simulated data"
SIMULATED_MEANING = "The rule is applied to invented prices to show how it works; that says nothing about the claim."
_RANKS = {Verdict.SUPPORTED: 3, Verdict.PARTLY: 2, Verdict.NOT_SUPPORTED: 1, Verdict.CONTRADICTED: 0}
_MEANINGS = {
    Verdict.SUPPORTED: "The figures meet the line that was set for the claim, uncertainty included.",
    Verdict.PARTLY: "Part of the claim is met, or the uncertainty reaches the line without staying above it.",
    Verdict.NOT_SUPPORTED: "The figures do not show what the claim says.",
    Verdict.CONTRADICTED: "The figures show that it is otherwise, uncertainty included.",
    Verdict.TOO_EARLY: "The day by which the claim can be judged has not come.",
    Verdict.CANNOT: "A figure that would decide it is not available.",
}


class Registered(StrEnum):
    """Whether the criterion was fixed before the data that decided it existed."""

    AFTERWARDS = "fixed afterwards"
    PARTLY = "fixed partly beforehand"
    BEFOREHAND = "registered beforehand"


@dataclass(frozen=True, slots=True, kw_only=True)
class LineTest:
    """One end of one number against one line.

    Parameters
    ----------
    number_id, name : str
        Public id, and the name a reader sees.
    end : {"value", "lower", "upper"}
    relation : {">=", ">", "<=", "<"}
    line, seen : float
        In `unit`.
    """

    number_id: str
    name: str
    end: End
    relation: Relation
    line: float
    seen: float
    unit: str

    @property
    def met(self) -> bool:
        """Whether the number stands on the side of the line that `relation` names."""
        return {
            ">=": self.seen >= self.line,
            ">": self.seen > self.line,
            "<=": self.seen <= self.line,
            "<": self.seen < self.line,
        }[self.relation]

    @property
    def key(self) -> tuple[str, str, str, float]:
        """What stays the same from one date to another."""
        return self.number_id, self.end, self.relation, self.line


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What one number says about the claim by itself.

    Parameters
    ----------
    words : str
        What the number shows, in words: which line it met.
    """

    number_id: str
    name: str
    number: Estimate
    verdict: Verdict
    words: str
    tests: tuple[LineTest, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """A verdict and everything that explains it.

    Parameters
    ----------
    claim : str
        Slug of the claim.
    decided_by : tuple of str
        Ids of the numbers that decided, or that would decide if they were there.
    strength : str
        How strong the evidence is, in words.
    sentence : str
        Which number met which line; or why there is no verdict.
    would_change : str
        What would change the verdict.
    simulated : bool
        Whether the numbers come from simulated data: then this is no verdict on the claim, and `shown` says so.
    readings : tuple of Reading
        Each available deciding number by itself.
    """

    claim: str
    verdict: Verdict
    decided_by: tuple[str, ...]
    strength: str
    sentence: str
    would_change: str
    as_of: date
    registered: Registered
    simulated: bool = False
    readings: tuple[Reading, ...] = ()

    @property
    def registered_before(self) -> bool:
        """Whether everything that decided came after the criterion was fixed."""
        return self.registered is Registered.BEFOREHAND

    @property
    def shown(self) -> str:
        """The verdict as a page, a badge or a terminal shows it."""
        return SIMULATED if self.simulated else self.verdict.value

    @property
    def meaning(self) -> str:
        """What is shown, explained in one sentence."""
        return SIMULATED_MEANING if self.simulated else self.verdict.meaning

    @property
    def shown_slug(self) -> str:
        """The same as a word of a style sheet."""
        return "simulated" if self.simulated else self.verdict.slug

    def as_json(self) -> Mapping[str, Any]:
        """Return the strict-JSON form used in the findings file."""
        return {
            "verdict": self.shown,
            "decided_by": list(self.decided_by),
            "as_of": self.as_of.isoformat(),
            "sentence": self.sentence,
            "registered": self.registered.value,
        }
