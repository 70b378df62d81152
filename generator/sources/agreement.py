"""Checks across series and sources: what must agree with what."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from generator.fomc import check_against_target, load_meetings
from generator.sources import checks
from generator.sources.checks import Check, Severity

if TYPE_CHECKING:
    from collections.abc import Mapping

    from generator.config import Config
    from generator.panel import Observed

# The effective rate may leave the range by rounding; the New York Fed publishes it to a hundredth.
_RANGE_SLACK_PP = 0.005


def effective_rate_inside(used: Mapping[str, Observed], config: Config) -> list[Check]:
    """Return whether the effective federal funds rate lies in the target range on the days that have all three."""
    names = ("dff", "target_lower", "target_upper")
    if not all(name in used for name in names):
        return []
    wide = pd.DataFrame({name: used[name].values for name in names}).dropna()
    if wide.empty:
        return []
    below = wide["dff"] < wide["target_lower"] - _RANGE_SLACK_PP
    above = wide["dff"] > wide["target_upper"] + _RANGE_SLACK_PP
    outside = wide[below | above]
    passed = len(outside) <= config.gate.outside_range_share * len(wide)
    sentence = (
        f"The effective rate lay outside the target range on {checks.count(len(outside), 'day')} of {len(wide):,}."
    )
    rows = [
        f"{when:%Y-%m-%d}: {rate:g} outside {low:g} to {high:g}"
        for when, (rate, low, high) in zip(outside.index, outside.to_numpy(), strict=True)
    ]
    return [
        Check(
            series_id="dff",
            name="cross-source",
            severity="degrade",
            passed=passed,
            sentence=sentence,
            rows=checks.limited(rows),
        )
    ]


def across_sources(used: Mapping[str, Observed], beside: Mapping[str, Observed], config: Config) -> list[Check]:
    """Return whether each rate agrees with what its second source says, on the days that both have.

    A difference on a few old days is a revision that one of the two has not made, and a note. On the newest day, or on
    many, one of the two is wrong.

    Parameters
    ----------
    beside : mapping of str to Observed
        The second source by the id of the series it is compared with. Where the series itself came from there, nothing
        is compared.
    """
    found = []
    for series_id, other in beside.items():
        item = used.get(series_id)
        if item is None or (item.source, item.symbol) == (other.source, other.symbol):
            continue
        both = pd.DataFrame({"used": item.values, "other": other.values}).dropna()
        if both.empty:
            continue
        far = (both["used"] - both["other"]).abs() > config.gate.same_rate_pp
        differing = both[far]
        grave = bool(far.iloc[-1]) or len(differing) > config.gate.differing_share * len(both)
        label, here, there = (
            config.series[series_id].label,
            f"{item.source} {item.symbol}",
            f"{other.source} {other.symbol}",
        )
        days = checks.count(len(differing), "day")
        found.append(
            Check(
                series_id=series_id,
                name="cross-source",
                severity="degrade" if grave else "note",
                passed=differing.empty,
                sentence=f"{label}: {here} and {there} differ on {days} of {len(both):,}.",
                rows=checks.limited(
                    [
                        f"{when:%Y-%m-%d}: {mine:g} and {theirs:g}"
                        for when, (mine, theirs) in zip(differing.index[::-1], differing.to_numpy()[::-1], strict=True)
                    ]
                ),
            )
        )
    return found


def decisions(used: Mapping[str, Observed]) -> list[Check]:
    """Return whether the policy calendar agrees with the recorded target range."""
    if "target_lower" not in used or "target_upper" not in used:
        return []
    lower, upper = (used[name].values for name in ("target_lower", "target_upper"))
    differing = check_against_target(load_meetings(), lower, upper)
    lines = []
    kinds: tuple[tuple[str, Severity, bool, str, str], ...] = (
        ("decisions", "degrade", False, "of the policy calendar differ from the target range", "agrees with"),
        ("outcomes", "note", True, "in the target range are not in the policy calendar yet", "is recorded in"),
    )
    for name, severity, unrecorded, bad, good in kinds:
        chosen = [m for m in differing if (m.problem == "unrecorded") == unrecorded]
        lines.append(
            Check(
                series_id="target_upper",
                name=name,
                severity=severity,
                passed=not chosen,
                sentence=f"{checks.count(len(chosen), 'decision')} {bad}."
                if chosen
                else f"Every decision {good} the {'policy calendar' if unrecorded else 'target range'}.",
                rows=checks.limited([f"{m.date}: {m.message}" for m in chosen]),
            )
        )
    return lines
