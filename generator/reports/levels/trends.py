"""Whether each price wanders, and whether the two wander together."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from generator.estimates import too_few
from generator.findings import Estimate, Number, Unavailable
from generator.stats.cointegration import adf, engle_granger, johansen, kpss
from generator.stats.multiplicity import adjusted_pvalues

if TYPE_CHECKING:
    from generator.panel import Sample
    from generator.report import Context

METHOD = "levels"
ALL = "all"
FEWEST = 100
"""Prices a test of wandering needs to say anything."""
FALSE_SHARE = 0.05
ROLES = ("a", "b")
ORDERS = {"a_on_b": (0, 1), "b_on_a": (1, 0)}


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendRow:
    """One row of the table of tests: a label, what rejects, and one number per span."""

    label: str
    critical: str
    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What one test asks, and its answer, for a layman."""

    question: str
    test: str
    answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Trends:
    """Tests on the log prices.

    Parameters
    ----------
    readings : tuple of Reading
        One per test; empty where none could be run.
    rows : tuple of TrendRow
        The same in numbers.
    many : str
        What to think of the tests of a shared path side by side.
    shared : str
        How many of the tests of a shared path find one.
    """

    numbers: dict[str, Number]
    readings: tuple[Reading, ...]
    rows: tuple[TrendRow, ...]
    many: str
    shared: str


@dataclass(slots=True)
class _Found:
    """Numbers and rejections while the tests run; a rejection is kept by the id of its number."""

    numbers: dict[str, Number]
    rejects: dict[str, bool]
    critical: dict[str, float]


def spans(context: Context) -> tuple[int | str, ...]:
    """Return the longest window and the whole sample."""
    return (context.config.run.windows[-1], ALL)


def trends(context: Context, sample: Sample | Unavailable) -> Trends:
    """Return ``levels.{adf,kpss}.{a,b}.*``, ``levels.engle_granger.{a_on_b,b_on_a}.*`` and ``levels.johansen.*``."""
    found = _Found(numbers={}, rejects={}, critical={})
    for span in spans(context):
        part = sample if isinstance(sample, Unavailable) or span == ALL else sample.tail(int(span))
        if part is None and not isinstance(sample, Unavailable):
            part = too_few(sample.nobs, int(span))
        _test(found, part, span)
    return Trends(
        numbers=found.numbers,
        readings=_readings(context, found),
        rows=_rows(context, found),
        many=_many(found),
        shared=_shared(context, found),
    )


def _ids(span: int | str) -> list[str]:
    single = [f"levels.{test}.{role}.{span}" for test in ("adf", "kpss") for role in ROLES]
    return [*single, *(f"levels.engle_granger.{order}.{span}" for order in ORDERS), f"levels.johansen.{span}"]


def _test(found: _Found, sample: Sample | Unavailable | None, span: int | str) -> None:
    """Add every test of one span."""
    if sample is None or isinstance(sample, Unavailable):
        found.numbers |= dict.fromkeys(_ids(span), sample or Unavailable(reason="not enough data"))
        return
    short = too_few(len(sample.levels), FEWEST)
    prices = sample.levels.to_numpy(dtype=np.float64)
    if short is None and (np.ptp(prices, axis=0) == 0).any():
        short = Unavailable(reason="a price does not change in this window")
    if short is not None:
        found.numbers |= dict.fromkeys(_ids(span), short)
        return
    logs = np.log(prices)

    def add(number_id: str, value: float, unit: str, nobs: int, *, rejected: bool) -> None:
        found.numbers[number_id] = Estimate(
            value=value,
            nobs=nobs,
            unit=unit,
            method=METHOD,
            first=sample.first,
            last=sample.last,
            pvalue=value if unit == "p-value" else None,
        )
        found.rejects[number_id] = rejected

    for role, log_price in zip(ROLES, logs.T, strict=True):
        wanders, steady = adf(log_price), kpss(log_price)
        add(f"levels.adf.{role}.{span}", wanders.pvalue, "p-value", wanders.nobs, rejected=wanders.pvalue < FALSE_SHARE)
        number_id = f"levels.kpss.{role}.{span}"
        add(number_id, steady.stat, "statistic", steady.nobs, rejected=steady.stat > steady.critical_5pct)
        found.critical["kpss"] = steady.critical_5pct
    for order, (left, right) in ORDERS.items():
        both = engle_granger(logs[:, left], logs[:, right])
        number_id = f"levels.engle_granger.{order}.{span}"
        add(number_id, both.pvalue, "p-value", both.nobs, rejected=both.pvalue < FALSE_SHARE)
    system = johansen(logs[:, 0], logs[:, 1])
    add(
        f"levels.johansen.{span}",
        system.trace[0],
        "statistic",
        system.nobs,
        rejected=system.trace[0] > system.trace_critical_5pct[0],
    )
    found.critical["johansen"] = system.trace_critical_5pct[0]


def _span_words(context: Context, span: str) -> str:
    return f"since {context.start}" if span == ALL else f"over the last {span} sessions"


def _words(context: Context, found: _Found, test: str) -> list[str]:
    """Return where a test rejects, in words: which price or order, and in which span."""
    a, b = context.a.label, context.b.label
    subject = {"a": a, "b": b, "a_on_b": f"{a} on {b}", "b_on_a": f"{b} on {a}"}
    words = []
    for span in map(str, spans(context)):
        ids = [i for i in found.rejects if i.split(".")[1] == test and i.split(".")[-1] == span]
        who = [subject.get(i.split(".")[2], "both") for i in ids if found.rejects[i]]
        if who:
            words.append(f"{'both' if len(who) == len(ids) else who[0]} {_span_words(context, span)}")
    return words


def _shared(context: Context, found: _Found) -> str:
    """Return how many of the tests of a shared path find one, per span, in a sentence; empty where none was run."""
    parts = []
    for span in map(str, spans(context)):
        ids = [
            i for i in found.rejects if i.split(".")[1] in {"engle_granger", "johansen"} and i.split(".")[-1] == span
        ]
        if ids:
            parts.append((sum(found.rejects[i] for i in ids), len(ids), _span_words(context, span)))
    if not parts:
        return ""
    if not any(hits for hits, _, _ in parts):
        return "No test finds a path that the two prices share."
    said = " and ".join(f"by {hits or 'none'} of {run} tests {when}" for hits, run, when in reversed(parts))
    return f"A path that the two prices share is found {said}."


def _readings(context: Context, found: _Found) -> tuple[Reading, ...]:
    if not found.rejects:
        return ()
    tests = {
        "adf": (
            "Does each price pull back to a level of its own?",
            "ADF",
            "No sign of it: neither can be told from a price that just wanders.",
            "It looks so for {}; otherwise a price cannot be told from one that just wanders.",
            "Both look as if they did, in both spans.",
        ),
        "kpss": (
            "Could each price be swinging around a fixed level?",
            "KPSS",
            "It could: the test does not rule it out for either.",
            "That is ruled out for {}, and not for the rest.",
            "That is ruled out for both, in both spans: they wander.",
        ),
        "engle_granger": (
            "Do the two keep to a shared path, so that a gap between them closes again?",
            "Engle-Granger",
            "No sign of it: the gap between the two wanders as well.",
            "It looks so for {}, and not otherwise.",
            "It looks so in both spans, whichever of the two is put on the left.",
        ),
        "johansen": (
            "The same question, asked of both prices at once?",
            "Johansen",
            "No shared path is found.",
            "A shared path is found for {}, and not otherwise.",
            "A shared path is found in both spans.",
        ),
    }
    readings = []
    for test, (question, name, none, some, every) in tests.items():
        rejecting = _words(context, found, test)
        run = [number_id for number_id in found.rejects if number_id.split(".")[1] == test]
        if not rejecting:
            answer = none
        elif all(found.rejects[number_id] for number_id in run):
            answer = every
        else:
            answer = some.format(_joined(rejecting))
        readings.append(Reading(question=question, test=name, answer=answer))
    return tuple(readings)


def _joined(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _rows(context: Context, found: _Found) -> tuple[TrendRow, ...]:
    a, b = context.a.label, context.b.label
    each = {"a": a, "b": b}
    p = f"p below {FALSE_SHARE:g}"
    above = {test: f"above {value:.2f}" for test, value in found.critical.items()}
    every = spans(context)
    single = [
        TrendRow(
            label=f"{name}, {each[role]}",
            critical=p if test == "adf" else above.get(test, "–"),
            ids=tuple(f"levels.{test}.{role}.{span}" for span in every),
        )
        for (test, name), role in itertools.product((("adf", "ADF"), ("kpss", "KPSS")), ROLES)
    ]
    pairs = {"a_on_b": f"{a} on {b}", "b_on_a": f"{b} on {a}"}
    both = [
        TrendRow(
            label=f"Engle-Granger, {pairs[order]}",
            critical=p,
            ids=tuple(f"levels.engle_granger.{order}.{span}" for span in every),
        )
        for order in ORDERS
    ]
    system = TrendRow(
        label="Johansen, trace",
        critical=above.get("johansen", "–"),
        ids=tuple(f"levels.johansen.{span}" for span in every),
    )
    return (*single, *both, system)


def _many(found: _Found) -> str:
    """Return how many of the tests of a shared path stay when they are held against their number."""
    ids = [number_id for number_id in found.rejects if ".engle_granger." in number_id]
    if not ids:
        return ""
    pvalues = [n.value for n in (found.numbers[i] for i in ids) if isinstance(n, Estimate)]
    low = sum(p < FALSE_SHARE for p in pvalues)
    if not low:
        return ""
    kept = int((adjusted_pvalues(pvalues) <= FALSE_SHARE).sum())
    return (
        f"Of the {len(ids)} Engle-Granger tests {low} {'has' if low == 1 else 'have'} a p below {FALSE_SHARE:g}; "
        f"with the share of false discoveries held at {100 * FALSE_SHARE:g} % (Benjamini and Hochberg) "
        f"{kept or 'none'} {'remain' if kept > 1 else 'remains'}."
    )
