"""Public number ids → words, for the tables that show every number at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from generator.editions import link_words, policy_words
from generator.editions.words import YIELDS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from generator.config import Config, Pair

_WORDS = (*link_words.WORDS, *policy_words.WORDS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """What the parts of an id stand for in one pair.

    Parameters
    ----------
    a, b, market : str
        Labels of the two assets and the market control.
    start : date
        First date of the pair's sample.
    labels : mapping of str to str
        Labels of all series, by id; an id that is not there stands for itself.
    """

    a: str
    b: str
    market: str
    start: date
    labels: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of_pair(cls, config: Config, pair: Pair) -> Names:
        """Return the names of a pair of the configuration."""
        labels = {key: series.label for key, series in config.series.items()}
        return cls(
            a=labels[pair.a], b=labels[pair.b], market=labels[pair.market], start=config.start(pair), labels=labels
        )

    def known(self, number_id: str) -> bool:
        """Return whether there are words for this id."""
        return any(pattern.fullmatch(number_id) for pattern, _ in _WORDS)

    def of(self, number_id: str) -> str:
        """Return what a number is, in words; the parts of its id where there are none for it."""
        for pattern, words in _WORDS:
            if match := pattern.fullmatch(number_id):
                text: str = words(self, *match.groups())
                return text
        known = {"a": self.a, "b": self.b, "m": self.market, "all": self.span("all"), **YIELDS}
        parts = [known.get(part, part.replace("_", " ")) for part in number_id.split(".")]
        return ", ".join([parts[0].capitalize(), *parts[1:]])

    def asset(self, role: str) -> str:
        """Return the label of ``a``, ``b`` or ``m``."""
        return {"a": self.a, "b": self.b}.get(role, self.market)

    def series(self, series_id: str) -> str:
        """Return the label of a series."""
        return self.labels.get(series_id, series_id.replace("_", " "))

    def given(self, control: str) -> str:
        """Return what is held fixed: the market, the market and a yield, or a series."""
        return {
            "market": self.market,
            "market_and_rates": f"{self.market} and the 2-year yield",
            "rates": "2-year yield",
            "yields": "2-year and 10-year yields",
        }.get(control) or self.series(control)

    def span(self, window: str, unit: str = "sessions") -> str:
        """Return a window in words."""
        return f"since {self.start}" if window == "all" else f"{window} {unit}"
