"""Whether the two move together when both move far."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from generator.estimates import Span, interval_estimate, span_of, still, too_few
from generator.findings import Estimate, Number, Unavailable
from generator.formatting import interval, plain, shown
from generator.report import Context, TableRow, ends
from generator.stats.tails import SMALLEST_TAIL, co_crash, exceedance_correlations

if TYPE_CHECKING:
    import pandas as pd

    from generator.stats.tails import CoCrash, Exceedance

METHOD = "tails"
THRESHOLDS = (0.5, 1.0, 1.5)
SIDES = {"falls": -1.0, "rises": 1.0}
TAILS = {"crash": 0.05, "rally": 0.95}
PARTS = ("share", "independent", "normal", "given")
REPS = 1999
"""Enough for the ends of an interval to the two decimals shown; a tail has few days, and its interval is wide."""
FEWEST = 250
HALF = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Extremes:
    """Numbers of the tails, and the rows that show them.

    Parameters
    ----------
    exceedance : tuple of TableRow
        One per threshold: both fall, both rise, what a normal distribution gives.
    together : tuple of TableRow
        Share of days with both in their tail, if independent, if normal, given one of them; crashes and rallies.
    together_columns : tuple of str
        Headings of the two tails.
    words : str
        What the joint crashes say.
    """

    numbers: dict[str, Number]
    exceedance: tuple[TableRow, ...]
    together: tuple[TableRow, ...]
    together_columns: tuple[str, ...]
    words: str


def extremes(context: Context, changes: pd.DataFrame) -> Extremes:
    """Return ``tails.exceedance.*``, ``tails.exceedance_normal.*`` and ``tails.{crash,rally}.*``."""
    numbers = _numbers(context, changes)
    return Extremes(
        numbers=numbers,
        exceedance=_exceedance_rows(),
        together=_together_rows(),
        together_columns=tuple(
            f"{'Worst' if quantile < HALF else 'Best'} {100 * min(quantile, 1 - quantile):g} % of days"
            for quantile in TAILS.values()
        ),
        words=_words(context, numbers),
    )


def _words(context: Context, numbers: dict[str, Number]) -> str:
    """Return how often the worst days coincide, and whether their correlation alone explains it."""
    seen, alone, normal = (numbers[f"tails.crash.{part}"] for part in ("share", "independent", "normal"))
    if not (isinstance(seen, Estimate) and isinstance(alone, Estimate) and isinstance(normal, Estimate)):
        return ""
    lower, upper = ends(seen)
    tail = f"{100 * TAILS['crash']:g} %"
    text = (
        f"{context.a.label} and the {context.b.label} have one of their worst {tail} of days together on "
        f"{plain(shown(seen))} of days ({plain(interval(seen))}); unrelated assets would on {plain(shown(alone))}."
    )
    would = f"with normal returns it would be {plain(shown(normal))}"
    if lower <= normal.value <= upper:
        return f"{text} Their correlation alone can explain that: {would}."
    return f"{text} That is {'more' if seen.value > normal.value else 'less'} than their correlation explains: {would}."


def _ids() -> list[str]:
    sided = [f"tails.exceedance.{side}.{threshold:g}" for side in SIDES for threshold in THRESHOLDS]
    normal = [f"tails.exceedance_normal.{threshold:g}" for threshold in THRESHOLDS]
    return [*sided, *normal, *(f"tails.{tail}.{part}" for tail in TAILS for part in PARTS)]


def _numbers(context: Context, changes: pd.DataFrame) -> dict[str, Number]:
    x, y = changes.to_numpy(dtype=np.float64).T if len(changes) else np.empty((2, 0))
    short = too_few(len(changes), FEWEST)
    if short is None and still(x, y):
        short = Unavailable(reason="a series does not change in this sample")
    if short is not None:
        return dict.fromkeys(_ids(), short)
    span, reps, level = span_of(changes), min(context.reps, REPS), context.level
    signed = [sign * threshold for sign in SIDES.values() for threshold in THRESHOLDS]
    found = exceedance_correlations(x, y, signed, rng=context.rng("tails.exceedance"), reps=reps, level=level)
    numbers: dict[str, Number] = {}
    for item in found:
        side = "falls" if item.threshold < 0 else "rises"
        numbers[f"tails.exceedance.{side}.{abs(item.threshold):g}"] = _exceedance(item, span)
    numbers |= {
        f"tails.exceedance_normal.{item.threshold:g}": _fact(item.normal, "correlation", len(changes), span)
        for item in found
        if item.threshold > 0
    }
    for tail, quantile in TAILS.items():
        rng = context.rng(f"tails.{tail}")
        numbers |= _together(co_crash(x, y, quantile=quantile, rng=rng, reps=reps, level=level), tail, span)
    return numbers


def _exceedance(item: Exceedance, span: Span) -> Number:
    if not math.isfinite(item.value):
        return Unavailable(reason=f"not enough days beyond it (n = {item.nobs}, needs {SMALLEST_TAIL})")
    return interval_estimate(item, span, method=METHOD, unit="correlation")


def _together(found: CoCrash, tail: str, span: Span) -> dict[str, Number]:
    stem = f"tails.{tail}"
    numbers: dict[str, Number] = {
        f"{stem}.share": Estimate(
            value=found.share,
            lower=found.lower,
            upper=found.upper,
            level=found.level,
            nobs=found.nobs,
            unit="share",
            method=METHOD,
            first=span.first,
            last=span.last,
        ),
        f"{stem}.independent": _fact(found.independent, "share", found.nobs, span),
        f"{stem}.normal": _fact(found.normal, "share", found.nobs, span),
    }
    worst = round(found.count / found.given) if found.given > 0 else 0
    numbers[f"{stem}.given"] = (
        _fact(found.given, "share", worst, span) if worst else Unavailable(reason="no day has both in the tail")
    )
    return numbers


def _fact(value: float, unit: str, nobs: int, span: Span) -> Estimate:
    return Estimate(value=value, nobs=nobs, unit=unit, method=METHOD, first=span.first, last=span.last)


def _exceedance_rows() -> tuple[TableRow, ...]:
    return tuple(
        TableRow(
            label=f"{threshold:g}",
            ids=(
                *(f"tails.exceedance.{side}.{threshold:g}" for side in SIDES),
                f"tails.exceedance_normal.{threshold:g}",
            ),
        )
        for threshold in THRESHOLDS
    )


def _together_rows() -> tuple[TableRow, ...]:
    words = {
        "share": "On the same day",
        "independent": "If unrelated",
        "normal": "If normal, with their correlation",
        "given": "Of the days of one, shared by the other",
    }
    return tuple(TableRow(label=words[part], ids=tuple(f"tails.{tail}.{part}" for tail in TAILS)) for part in PARTS)
