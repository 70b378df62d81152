"""Numbers that may reach a page: an estimate with its uncertainty, or the reason there is none."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import date

FORMAT_VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """One published number.

    Parameters
    ----------
    value : float
        The point estimate, in `unit`.
    lower, upper : float or None
        Ends of the interval, None where the number is a count or a fact and has no sampling error.
    level : float
        Coverage the interval claims.
    nobs : int
        Observations used.
    unit : str
        ``correlation``, ``percent per +25 bp``, ``share``, ``fraction``, ``count``, ``percent``.
    method : str
        Slug of the page below ``/methods/`` that says how it is computed, optionally with an anchor.
    first, last : date
        First and last date of the sample.
    link : str
        Site-relative address of the place that shows the number; filled in by the pipeline.
    pvalue : float or None
        Where a test stands behind the number.
    """

    value: float
    lower: float | None = None
    upper: float | None = None
    level: float = 0.95
    nobs: int
    unit: str
    method: str
    first: date
    last: date
    link: str = ""
    pvalue: float | None = None

    def __post_init__(self) -> None:
        for name in ("value", "lower", "upper", "pvalue"):
            number = getattr(self, name)
            if number is not None and not math.isfinite(number):
                raise ValueError(f"{name} = {number}: a published number must be finite; return Unavailable instead")
        if self.lower is not None and self.upper is not None and self.lower > self.upper:
            raise ValueError(f"lower = {self.lower} is above upper = {self.upper}")

    def as_json(self) -> dict[str, Any]:
        """Return the strict-JSON form used in the findings file."""
        body: dict[str, Any] = {
            "value": self.value,
            "lower": self.lower,
            "upper": self.upper,
            "level": self.level,
            "nobs": self.nobs,
            "unit": self.unit,
            "method": self.method,
            "first": self.first.isoformat(),
            "last": self.last.isoformat(),
            "link": self.link,
        }
        if self.pvalue is not None:
            body["pvalue"] = self.pvalue
        return body


@dataclass(frozen=True, slots=True, kw_only=True)
class Unavailable:
    """A number that cannot be computed, and why."""

    reason: str

    def as_json(self) -> dict[str, Any]:
        """Return the strict-JSON form used in the findings file."""
        return {"unavailable": self.reason}


Number = Estimate | Unavailable


class Numbers(Mapping[str, Number]):
    """Published numbers by their public id; an id may be set once, and an unknown id is an error, never a blank."""

    def __init__(self, items: Mapping[str, Number] | None = None) -> None:
        self._items: dict[str, Number] = dict(items or {})

    def __getitem__(self, number_id: str) -> Number:
        try:
            return self._items[number_id]
        except KeyError:
            family = number_id.partition(".")[0]
            near = ", ".join(sorted(k for k in self._items if k.partition(".")[0] == family)[:12])
            raise KeyError(f"no number with id {number_id!r}; near it: {near or 'nothing'}") from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def merged(self, other: Mapping[str, Number]) -> Numbers:
        """Return these numbers together with `other`; an id in both is a programming error."""
        twice = self._items.keys() & other.keys()
        if twice:
            raise ValueError(f"number ids computed twice: {', '.join(sorted(twice))}")
        return Numbers({**self._items, **other})

    def linked(self, address: str) -> Numbers:
        """Return the numbers with `link` set to their anchor on the page at `address`."""
        return Numbers(
            {
                key: replace(number, link=f"{address}#{anchor(key)}") if isinstance(number, Estimate) else number
                for key, number in self._items.items()
            }
        )


def anchor(number_id: str) -> str:
    """Return the HTML id under which a number stands on its page."""
    return number_id.replace(".", "-").replace("_", "-")
