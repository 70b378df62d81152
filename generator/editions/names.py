"""Public number ids → words, for the tables that show every number at once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

_YIELDS = {"dgs3mo": "3-month yield", "dgs2": "2-year yield", "dgs10": "10-year yield", "dfii10": "10-year real yield"}
_LENGTHS = {"daily": "sessions", "weekly": "weeks", "monthly": "months", "synchronous": "sessions"}
_MODELS = {"ewma": "exponentially weighted", "dcc": "dynamic conditional"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """What the parts of an id stand for in one pair.

    Parameters
    ----------
    a, b, market : str
        Labels of the two assets and the market control.
    start : date
        First date of the pair's sample.
    """

    a: str
    b: str
    market: str
    start: date

    def of(self, number_id: str) -> str:
        """Return what a number is, in words; the parts of its id where there are none for it."""
        for pattern, words in _WORDS:
            if match := pattern.fullmatch(number_id):
                return words(self, *match.groups())
        known = {"a": self.a, "b": self.b, "m": self.market, "all": self.span("all"), **_YIELDS}
        parts = [known.get(part, part.replace("_", " ")) for part in number_id.split(".")]
        return ", ".join([parts[0].capitalize(), *parts[1:]])

    def asset(self, role: str) -> str:
        """Return the label of ``a``, ``b`` or ``m``."""
        return {"a": self.a, "b": self.b}.get(role, self.market)

    def span(self, window: str, unit: str = "sessions") -> str:
        """Return a window in words."""
        return f"since {self.start}" if window == "all" else f"{window} {unit}"


def _correlation(names: Names, kind: str, frequency: str, window: str) -> str:
    returns = "returns to New York’s close" if frequency == "synchronous" else f"{frequency} returns"
    return f"{kind.capitalize()} correlation of {returns}, {names.span(window, _LENGTHS[frequency])}"


def _null(names: Names, history: str, window: str) -> str:
    drawn = "the whole history" if history else "the window"
    return f"Unrelated prices that correlate as strongly, {names.span(window)}, shuffles from {drawn}"


def _partial(names: Names, given: str, window: str) -> str:
    controls = names.market if given == "market" else f"{names.market} and the 2-year yield"
    return f"Partial correlation given the {controls}, {names.span(window)}"


_WORDS: tuple[tuple[re.Pattern[str], Callable[..., str]], ...] = tuple(
    (re.compile(pattern), words)
    for pattern, words in (
        (r"correlation\.(pearson|spearman|kendall)\.(daily|weekly|monthly|synchronous)\.(\w+)", _correlation),
        (r"correlation\.(ewma|dcc)\.daily", lambda _n, model: f"Correlation of the day, {_MODELS[model]}"),
        (r"levels\.pearson\.(\w+)", lambda n, w: f"Correlation of prices, {n.span(w)}"),
        (r"levels\.null_share(_history)?\.(\w+)", _null),
        (r"partial\.(market|market_and_rates)\.(\w+)", _partial),
        (
            r"difference\.market\.(\w+)",
            lambda n, w: f"Correlation with the {n.b} minus that with the {n.market}, {n.span(w)}",
        ),
        (r"specifications\.(returns|levels)\.count", lambda _n, what: f"Specifications of {what}"),
        (r"specifications\.(returns|levels)\.median", lambda _n, what: f"Median over specifications of {what}"),
        (
            r"specifications\.(returns|levels)\.share_above_(0\.\d)",
            lambda _n, what, line: f"Specifications of {what} above {line}",
        ),
        (
            r"rates\.beta\.(\w+)\.([abm])\.(\w+)",
            lambda n, y, role, w: f"{n.asset(role)} per +0.25 points in the {_YIELDS.get(y, y)}, {n.span(w)}",
        ),
        (
            r"rates\.beta_difference\.(\w+)\.b_minus_m\.(\w+)",
            lambda n, y, w: f"{n.b} minus {n.market}, per +0.25 points in the {_YIELDS.get(y, y)}, {n.span(w)}",
        ),
        (r"rates\.share\.rates\.all", lambda n: f"Share of the link that goes with yields, {n.span('all')}"),
        (r"rates\.share\.market\.all", lambda n: f"Share of the link that goes with the {n.market}, {n.span('all')}"),
        (
            r"fomc\.beta\.(\w+)\.([abm])",
            lambda n, y, role: f"{n.asset(role)} per +0.25 points in the {_YIELDS.get(y, y)}, statement days",
        ),
        (r"fomc\.tandem\.event", lambda _n: "Statement days on which both moved the same way"),
        (r"fomc\.tandem\.other", lambda _n: "Other days on which both moved the same way"),
        (r"fomc\.tandem\.difference", lambda _n: "Same way on statement days, minus other days"),
        (r"fomc\.events", lambda _n: "Scheduled statements used"),
        (r"fomc\.cut\.([\d-]+)", lambda _n, day: f"The Fed cut on {day}"),
        (r"fomc\.cut_after_cut", lambda _n: "A cut followed by a cut, since 1994"),
        (r"spells\.current", lambda _n: "Consecutive cuts now"),
        (r"spells\.longest_since_claim", lambda _n: "Longest run of cuts after the claim"),
        (r"spells\.longest_since_claim\.([\d-]+)", lambda _n, day: f"Longest run of cuts after the claim, to {day}"),
        (r"since\.([ab])\.return", lambda n, role: f"{n.asset(role)} since the claim"),
        (r"since\.correlation", lambda _n: "Correlation of daily returns since the claim"),
        (r"since\.joint_up\.(\d+)", lambda _n, w: f"Both up {w} sessions after the claim"),
        (r"since\.joint_up_base\.(\d+)", lambda _n, w: f"Both up after {w} sessions, base rate before the claim"),
    )
)
