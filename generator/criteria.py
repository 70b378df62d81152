"""The rules a claim can be judged by, as data: a small closed set, each with its lines and its numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping  # noqa: TC003 - the models read it at run time
from datetime import date  # noqa: TC003 - the models read it at run time
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

NUMBER_ID = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_-]+)+")
MAX_NUMBERS = 8
MAX_ID = 80

Name = Annotated[str, Field(min_length=1, max_length=200)]
# Number ids with the name a reader sees, in the order they are shown.
Named = Annotated[dict[str, Name], Field(max_length=MAX_NUMBERS)]


def number_ids(value: Mapping[str, str]) -> Mapping[str, str]:
    """Refuse what cannot be the public id of a number, and names with characters that hide or reorder text."""
    for number_id, name in value.items():
        if len(number_id) > MAX_ID or not NUMBER_ID.fullmatch(number_id):
            raise ValueError(f"{number_id[:MAX_ID]!r} is not a number id such as correlation.pearson.daily.252")
        if not name.isprintable():
            raise ValueError(f"the name of {number_id} contains an unprintable character; write plain text on one line")
    return value


class _Rule(BaseModel):
    """Base of every rule: unknown keys and silent conversions are errors, nothing changes after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)

    @property
    def named(self) -> Mapping[str, str]:
        """The deciding numbers by id, with their names."""
        raise NotImplementedError

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of the deciding numbers."""
        return tuple(self.named)


class _Several(_Rule):
    """A rule applied to each of several numbers, all in one unit, which must agree."""

    unit: Literal["correlation", "share", "fraction", "percent per +25 bp"]
    numbers: Annotated[Named, Field(min_length=1)]

    _numbers = field_validator("numbers")(number_ids)

    @property
    def named(self) -> Mapping[str, str]:
        """The deciding numbers by id, with their names."""
        return self.numbers


class SizeRule(_Several):
    """The claim says how large something is.

    Supported if lower >= `at_least`; Contradicted if upper < `floor`; Not supported if upper < `at_least`; else Partly
    supported.
    """

    kind: Literal["size"]
    at_least: float
    floor: float

    @model_validator(mode="after")
    def _ordered(self) -> SizeRule:
        if not self.floor < self.at_least:
            raise ValueError(f"floor is {self.floor}; it must lie below at_least = {self.at_least}")
        return self


class SignRule(_Several):
    """The claim says which way something goes, or which of two is larger.

    Turned so that the claimed side is positive: Supported if lower > 0 and lower >= `at_least`; Partly supported if
    lower > 0; Contradicted if upper < 0; else Not supported.
    """

    kind: Literal["sign"]
    side: Literal["positive", "negative"]
    at_least: Annotated[float, Field(ge=0)]


class CountRule(_Rule):
    """The claim says that something happens so many times by a date.

    Supported once the count is reached; before `deadline` Too early to tell; after it Partly supported from
    `partly_from` on, else Contradicted. The number must stop counting at the deadline.
    """

    kind: Literal["count_reached"]
    number: str
    name: Name
    at_least: Annotated[int, Field(ge=1)]
    partly_from: Annotated[int, Field(ge=1)]
    deadline: date

    @model_validator(mode="after")
    def _possible(self) -> CountRule:
        number_ids(self.named)
        if self.partly_from > self.at_least:
            raise ValueError(f"partly_from is {self.partly_from}; it must not exceed at_least = {self.at_least}")
        return self

    @property
    def named(self) -> Mapping[str, str]:
        """The deciding number by id, with its name."""
        return {self.number: self.name}


class Horizon(BaseModel):
    """One horizon of a forecast: the number that is 1 if it came true by then, and the day it is known."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    number: str
    name: Name
    due: date


class JointRule(_Rule):
    """The claim is a forecast that is true or false at each of several horizons.

    Too early to tell until the last horizon is due; then Supported if true at all, Partly supported if true at the last
    and not at all, Not supported if true at some but not at the last, Contradicted if true at none.
    """

    kind: Literal["joint_outcome"]
    horizons: Annotated[list[Horizon], Field(min_length=1, max_length=MAX_NUMBERS)]

    @model_validator(mode="after")
    def _ordered(self) -> JointRule:
        number_ids(self.named)
        if len(self.named) < len(self.horizons):
            raise ValueError("horizons: the same number stands twice")
        due = [horizon.due for horizon in self.horizons]
        if due != sorted(set(due)):
            raise ValueError("horizons: the due dates must increase, so that the last horizon is the longest")
        return self

    @property
    def named(self) -> Mapping[str, str]:
        """The deciding numbers by id, with their names."""
        return {horizon.number: horizon.name for horizon in self.horizons}


class OddsRule(_Rule):
    """The claim is a probability of one outcome, scored by Brier against a base rate with its interval.

    Too early to tell before `due`; then Supported if the score is better (smaller) than that of every base rate in the
    interval, Contradicted if worse than that of every one, else Partly supported if better than that of the base rate
    itself, else Not supported.
    """

    kind: Literal["odds"]
    number: str
    name: Name
    probability: Annotated[float, Field(ge=0, le=1)]
    base: str
    base_name: Name
    due: date

    @model_validator(mode="after")
    def _ids(self) -> OddsRule:
        number_ids(self.named)
        if self.number == self.base:
            raise ValueError(f"base is {self.base!r}, the outcome itself")
        return self

    @property
    def named(self) -> Mapping[str, str]:
        """The deciding numbers by id, with their names."""
        return {self.number: self.name, self.base: self.base_name}


Criterion = Annotated[SizeRule | SignRule | CountRule | JointRule | OddsRule, Field(discriminator="kind")]
RULES: dict[str, type[BaseModel]] = {
    "size": SizeRule,
    "sign": SignRule,
    "count_reached": CountRule,
    "joint_outcome": JointRule,
    "odds": OddsRule,
}
