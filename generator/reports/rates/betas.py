"""Slopes of returns on yield changes: one yield at a time, two jointly, falls against rises, by phase of policy."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from generator.estimates import beta_estimate, too_few
from generator.findings import Estimate, Number, Unavailable
from generator.fomc import policy_phase
from generator.formatting import pvalue
from generator.report import TableRow
from generator.stats.rate_models import (
    EASING,
    HIKING,
    HOLDING,
    asymmetry,
    beta_difference,
    joint_rate_betas,
    level_and_slope,
    phase_betas,
)
from generator.stats.regression import rate_beta

if TYPE_CHECKING:
    from collections.abc import Mapping

    from generator.config import Series
    from generator.panel import Sample
    from generator.report import Context
    from generator.stats.least_squares import FloatArray, WaldTest

YIELDS = ("dgs3mo", "dgs2", "dgs10", "dfii10")
HEADLINE = "dgs2"
JOINT = ("dgs2", "dgs10")
WINDOW = 252
ALL = "all"
SPANS = (str(WINDOW), ALL)
FEWEST = 30
PHASES = (HIKING, HOLDING, EASING)
METHOD = "rates"


@dataclass(frozen=True, slots=True, kw_only=True)
class TestedRow:
    """One row of a table: a label, published numbers, and the p-value of a test of them together, as text."""

    label: str
    ids: tuple[str, ...]
    test: str


@dataclass(slots=True)
class Betas:
    """All slopes of the page, while they are being computed.

    Parameters
    ----------
    numbers : dict
        By public id.
    tests : dict of str to WaldTest
        Tests of several slopes, by the stem of their ids.
    dropped : int
        Returns left out of the headline sample because they cross an unexpected gap.
    """

    numbers: dict[str, Number] = field(default_factory=dict)
    tests: dict[str, WaldTest] = field(default_factory=dict)
    dropped: int = 0

    def rows(self, labels: Mapping[str, str], stem: str, parts: tuple[str, ...]) -> tuple[TestedRow, ...]:
        """Return one row per role: the ids ``stem.role.part`` and the p-value of their test."""
        return tuple(
            TestedRow(
                label=label,
                ids=tuple(f"{stem}.{role}.{part}" for part in parts),
                test=pvalue(self.tests[f"{stem}.{role}"].pvalue) if f"{stem}.{role}" in self.tests else "no test",
            )
            for role, label in labels.items()
        )


def assets(context: Context) -> dict[str, Series]:
    """Return A, B and the market control by role."""
    return {"a": context.a, "b": context.b, "m": context.market}


def series_of(context: Context) -> dict[str, str]:
    """Return the series ids of A, B and the market control by role."""
    return {"a": context.pair.a, "b": context.pair.b, "m": context.pair.market}


def yield_sample(context: Context, *yields: str) -> Sample | Unavailable:
    """Return the sample of A, B, M and these yields, or why there is none to learn from."""
    ids = (*series_of(context).values(), *yields)
    unknown = [name for name in yields if name not in context.config.series]
    if unknown:
        return Unavailable(reason=f"the configuration has no series {', '.join(unknown)}")
    if lacking := context.lacking(*ids):
        return lacking
    sample = context.panel.sample(ids, context.start)
    if short := too_few(sample.nobs, FEWEST):
        return short
    still = [s for s in ids if np.ptp(sample.changes[s].to_numpy()) == 0]
    if still:
        names = ", ".join(context.config.series[s].label for s in still)
        return Unavailable(reason=f"{names} did not move in this sample")
    return sample


def part_of(sample: Sample, span: str, *moving: str) -> Sample | Unavailable:
    """Return the whole sample or its last sessions, in which these series must have moved."""
    part = sample if span == ALL else sample.tail(int(span))
    if part is None:
        return Unavailable(reason=f"not enough data (n = {sample.nobs}, needs {span})")
    if any(np.ptp(part.changes[s].to_numpy()) == 0 for s in moving):
        return Unavailable(reason=f"the yield did not move in the last {span} sessions")
    return part


def all_betas(context: Context) -> Betas:
    """Return every slope of the page."""
    found = Betas()
    for name in YIELDS:
        single_betas(context, found, name)
    joint_betas(context, found)
    sample = yield_sample(context, HEADLINE)
    fall_and_rise_betas(context, found, sample)
    betas_by_phase(context, found, sample)
    if not isinstance(sample, Unavailable):
        found.dropped = sample.dropped
    return found


def single_betas(context: Context, found: Betas, name: str) -> None:
    """Add the slopes of A, B and M on one yield, and for the headline yield the difference of B and M."""
    sample = yield_sample(context, name)
    for span in SPANS:
        part = sample if isinstance(sample, Unavailable) else part_of(sample, span, name)
        for role, series_id in series_of(context).items():
            found.numbers[f"rates.beta.{name}.{role}.{span}"] = (
                part
                if isinstance(part, Unavailable)
                else beta_estimate(
                    rate_beta(_column(part, series_id), _column(part, name), level=context.level), part, method=METHOD
                )
            )
        if name == HEADLINE:
            found.numbers[f"rates.beta_difference.{name}.b_minus_m.{span}"] = (
                part
                if isinstance(part, Unavailable)
                else beta_estimate(
                    beta_difference(
                        _column(part, context.pair.b),
                        _column(part, context.pair.market),
                        _column(part, name),
                        level=context.level,
                    ),
                    part,
                    method=METHOD,
                )
            )


def joint_betas(context: Context, found: Betas) -> None:
    """Add the responses to a parallel shift and to a steepening of the curve, over the whole sample."""
    sample = yield_sample(context, *JOINT)
    for role, series_id in series_of(context).items():
        stem = f"rates.joint.{role}"
        if isinstance(sample, Unavailable):
            found.numbers |= dict.fromkeys((f"{stem}.level", f"{stem}.slope"), sample)
            continue
        factors = level_and_slope(_column(sample, JOINT[0]), _column(sample, JOINT[1]))
        if np.linalg.matrix_rank(factors - factors.mean(axis=0)) < factors.shape[1]:
            reason = Unavailable(reason="the two yields moved as one, so level and slope cannot be told apart")
            found.numbers |= dict.fromkeys((f"{stem}.level", f"{stem}.slope"), reason)
            continue
        joint = joint_rate_betas(_column(sample, series_id), factors, level=context.level)
        for part, beta in zip(("level", "slope"), joint.rates, strict=True):
            found.numbers[f"{stem}.{part}"] = beta_estimate(beta, sample, method=METHOD)
        found.tests[stem] = joint.test


def fall_and_rise_betas(context: Context, found: Betas, sample: Sample | Unavailable) -> None:
    """Add separate slopes for falls and rises of the headline yield."""
    usable = sample if isinstance(sample, Unavailable) else _one_sided(_column(sample, HEADLINE)) or sample
    for role, series_id in series_of(context).items():
        stem = f"rates.asymmetry.{role}"
        if isinstance(usable, Unavailable):
            found.numbers |= dict.fromkeys((f"{stem}.falls", f"{stem}.rises"), usable)
            continue
        both = asymmetry(_column(usable, series_id), _column(usable, HEADLINE), level=context.level)
        found.numbers[f"{stem}.falls"] = beta_estimate(both.falls, usable, method=METHOD)
        found.numbers[f"{stem}.rises"] = beta_estimate(both.rises, usable, method=METHOD)
        found.tests[stem] = both.test


def _one_sided(changes: FloatArray) -> Unavailable | None:
    return too_few(int(min((changes < 0).sum(), (changes > 0).sum())), FEWEST, "falls or rises of the yield")


def betas_by_phase(context: Context, found: Betas, sample: Sample | Unavailable) -> None:
    """Add one slope per phase of policy; a phase too short for one says how short."""
    if isinstance(sample, Unavailable):
        found.numbers |= {f"rates.phase.{role}.{phase}": sample for role in series_of(context) for phase in PHASES}
        return
    phases = phases_of(context, sample)
    for role, series_id in series_of(context).items():
        by_phase = phase_betas(_column(sample, series_id), _column(sample, HEADLINE), phases, level=context.level)
        for phase in PHASES:
            beta = by_phase.betas.get(phase)
            number: Number = (
                Unavailable(reason=f"not enough sessions in this phase (n = {by_phase.too_short.get(phase, 0)})")
                if beta is None
                else beta_estimate(beta, sample, method=METHOD)
            )
            found.numbers[f"rates.phase.{role}.{phase}"] = number
        if by_phase.test is not None:
            found.tests[f"rates.phase.{role}"] = by_phase.test


def phases_of(context: Context, sample: Sample) -> np.ndarray:
    """Return the phase of policy at the end of each session, empty where it is not known, shape (n_sessions,)."""
    held = [meeting.date for meeting in context.meetings if meeting.date <= sample.last]
    words = np.array(["", *(policy_phase(context.meetings, day) or "" for day in held)])
    days = np.array(held, dtype="datetime64[D]")
    sessions = sample.changes.index.to_numpy().astype("datetime64[D]")
    return np.asarray(words[np.searchsorted(days, sessions, side="right")])


def tested(found: Betas) -> list[float]:
    """Return the p-values of all tests of the page."""
    singles = [n.pvalue for n in found.numbers.values() if isinstance(n, Estimate) and n.pvalue is not None]
    return [*singles, *(test.pvalue for test in found.tests.values())]


def single_rows(context: Context) -> tuple[TableRow, ...]:
    """Return the rows of the table of single slopes: every yield, every asset, both spans."""
    return tuple(
        TableRow(
            label=f"{series.label}, {context.config.series[name].label if name in context.config.series else name}",
            ids=tuple(f"rates.beta.{name}.{role}.{span}" for span in SPANS),
        )
        for name in YIELDS
        for role, series in assets(context).items()
    )


def _column(sample: Sample, series_id: str) -> FloatArray:
    return np.asarray(sample.changes[series_id].to_numpy(), dtype=np.float64)
