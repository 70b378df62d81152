"""How the assets respond to the surprise, and whether the two move the same way."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from generator.estimates import beta_estimate, share_estimate, too_few
from generator.findings import Estimate, Number, Unavailable
from generator.reports.fomc.study import FEWEST, METHOD, ROLES, YIELD, Around, Span, around, rate_surprise
from generator.stats.event_study import event_beta, tandem
from generator.stats.local_projections import LocalProjections, local_projections
from generator.stats.rigobon_sack import control_positions, rigobon_sack

if TYPE_CHECKING:
    from collections.abc import Mapping

    from generator.fomc import Meeting
    from generator.report import Context
    from generator.reports.fomc.study import Measures
    from generator.stats.event_study import Window
    from generator.stats.least_squares import FloatArray

WINDOWS: Mapping[str, Window] = {"around": (-1, 1), "week": (0, 5)}
"""Beside the day itself: one session to each side, and the five sessions after."""
HORIZONS = (1, 5, 10, 20)
PERIODS = {
    "2017_to_2022": ("2017-01-01", "2022-12-31"),
    "to_2020": ("1994-01-01", "2020-11-30"),
    "from_2021": ("2020-12-01", "2100-01-01"),
}
"""Periods that studies of the bench looked at; "until late 2020" is read as the end of November 2020."""
CUT_UNIT = "percent per -25 bp"
NO_KUTTNER = "no futures prices around enough meetings"
NO_PUBLISHED = "no published surprises for enough meetings"


@dataclass(frozen=True, slots=True, kw_only=True)
class Responses:
    """All responses of the page.

    Parameters
    ----------
    projections : mapping of role to LocalProjections
        Response to a surprise cut by session after it.
    """

    numbers: dict[str, Number]
    projections: Mapping[str, LocalProjections] = field(default_factory=dict)


def series_of(context: Context) -> dict[str, str]:
    """Return the series ids of A, B and the market control by role."""
    return dict(zip(ROLES, (context.pair.a, context.pair.b, context.pair.market), strict=True))


def all_responses(context: Context, events: tuple[Meeting, ...], found: Measures) -> Responses:
    """Return the responses to every measure of the surprise, over every window."""
    numbers: dict[str, Number] = {}
    series = tuple(series_of(context).values())
    joint = around(context, (*series, YIELD), events)
    prices = around(context, series, events)
    numbers |= day_betas(context, joint)
    numbers |= window_betas(context, joint, prices)
    numbers |= long_betas(context, events)
    numbers |= other_betas(context, prices, found)
    numbers |= identified(context, joint, events)
    projected, projections = projected_responses(context, joint, prices)
    return Responses(numbers=numbers | projected, projections=projections)


def slope_estimate(
    context: Context, responses: FloatArray, surprise_bp: FloatArray, events: tuple[Meeting, ...], reason: str = ""
) -> Number:
    """Return the slope of responses on a surprise over the events that have both.

    Parameters
    ----------
    reason : str
        What is said when there are too few; by default how many there are.
    """
    used = np.isfinite(responses) & np.isfinite(surprise_bp)
    if short := too_few(int(used.sum()), FEWEST, "meetings"):
        return Unavailable(reason=f"{reason} (n = {used.sum()}, needs {FEWEST})") if reason else short
    if np.ptp(surprise_bp[used]) == 0:
        return Unavailable(reason="the surprise was the same at every meeting")
    chosen = np.flatnonzero(used)
    span = Span(first=events[chosen[0]].date, last=events[chosen[-1]].date)
    return beta_estimate(event_beta(responses, surprise_bp, level=context.level), span, method=METHOD)


def day_betas(context: Context, joint: Around | Unavailable) -> dict[str, Number]:
    """Return the responses of the statement day, the difference of B and M, and A's by period."""
    ids = [f"fomc.beta.{YIELD}.{role}" for role in ROLES]
    extra = [f"fomc.beta_difference.{YIELD}.b_minus_m", *(f"fomc.beta_{key}.{YIELD}.a" for key in PERIODS)]
    if isinstance(joint, Unavailable):
        return dict.fromkeys([*ids, *extra], joint)
    responses, surprise = joint.responses()[:, :3], rate_surprise(joint)
    whole = np.where(np.isfinite(responses).all(axis=1), surprise, np.nan)
    numbers = {
        number_id: slope_estimate(context, responses[:, i], whole, joint.events) for i, number_id in enumerate(ids)
    }
    numbers[extra[0]] = slope_estimate(context, responses[:, 1] - responses[:, 2], whole, joint.events)
    days = np.array([m.date.isoformat() for m in joint.events])
    for number_id, (first, last) in zip(extra[1:], PERIODS.values(), strict=True):
        inside = np.where((days >= first) & (days <= last), whole, np.nan)
        numbers[number_id] = slope_estimate(context, responses[:, 0], inside, joint.events)
    return numbers


def window_betas(context: Context, joint: Around | Unavailable, prices: Around | Unavailable) -> dict[str, Number]:
    """Return the responses of the longer windows, in sessions of the stock exchange."""
    ids = {key: [f"fomc.beta_{key}.{YIELD}.{role}" for role in ROLES] for key in WINDOWS}
    gaps = {key: f"fomc.beta_difference_{key}.{YIELD}.b_minus_m" for key in WINDOWS}
    if isinstance(joint, Unavailable) or isinstance(prices, Unavailable):
        missing: Number | None = next((x for x in (joint, prices) if isinstance(x, Unavailable)), None)
        return {name: missing for key in WINDOWS for name in (*ids[key], gaps[key]) if missing}
    surprise = rate_surprise(joint)
    numbers: dict[str, Number] = {}
    for key, window in WINDOWS.items():
        responses = prices.responses(window)
        for i, name in enumerate(ids[key]):
            numbers[name] = slope_estimate(context, responses[:, i], surprise, joint.events)
        numbers[gaps[key]] = slope_estimate(context, responses[:, 1] - responses[:, 2], surprise, joint.events)
    return numbers


def long_betas(context: Context, events: tuple[Meeting, ...]) -> dict[str, Number]:
    """Return each asset's response over its own history, which for an index may start long before the pair's."""
    numbers: dict[str, Number] = {}
    for role, series_id in series_of(context).items():
        own = around(context, (series_id, YIELD), events)
        numbers[f"fomc.beta_long.{YIELD}.{role}"] = (
            own
            if isinstance(own, Unavailable)
            else slope_estimate(context, own.responses()[:, 0], rate_surprise(own), events)
        )
    both = around(context, (context.pair.b, context.pair.market, YIELD), events)
    numbers[f"fomc.beta_difference_long.{YIELD}.b_minus_m"] = (
        both
        if isinstance(both, Unavailable)
        else slope_estimate(context, both.responses()[:, 0] - both.responses()[:, 1], rate_surprise(both), events)
    )
    return numbers


def other_betas(context: Context, prices: Around | Unavailable, found: Measures) -> dict[str, Number]:
    """Return the responses of the day to the other measures of the surprise, and by kind of news."""
    futures, published = context.expectations.futures, context.expectations.surprises
    surprises = {
        "kuttner": (found.kuttner, futures, NO_KUTTNER),
        "published": (found.policy, published, NO_PUBLISHED),
        "published_2y": (found.published_two_year, published, NO_PUBLISHED),
        "policy": (np.where(found.kinds == "policy", found.published_two_year, np.nan), published, NO_PUBLISHED),
        "information": (
            np.where(found.kinds == "information", found.published_two_year, np.nan),
            published,
            NO_PUBLISHED,
        ),
    }
    numbers: dict[str, Number] = {}
    for key, (surprise, source, reason) in surprises.items():
        for i, role in enumerate(ROLES):
            numbers[f"fomc.beta.{key}.{role}"] = (
                source
                if isinstance(source, Unavailable)
                else prices
                if isinstance(prices, Unavailable)
                else slope_estimate(context, prices.responses()[:, i], surprise, prices.events, reason)
            )
    return numbers


def identified(context: Context, joint: Around | Unavailable, events: tuple[Meeting, ...]) -> dict[str, Number]:
    """Return the responses identified by the larger variance on event days (Rigobon and Sack)."""
    ids = [f"fomc.rigobon_sack.{YIELD}.{role}" for role in ROLES]
    if isinstance(joint, Unavailable):
        return dict.fromkeys(ids, joint)
    moves, surprise = joint.responses(), rate_surprise(joint)
    known = np.isfinite(moves).all(axis=1) & np.isfinite(surprise)
    sessions = joint.sample.levels.index.to_numpy().astype("datetime64[D]")
    studied = [m.date for m, used in zip(events, known, strict=True) if used]
    controls = control_positions(sessions, studied, [m.date for m in context.meetings])
    other = joint.changes()[controls]
    other[:, -1] *= 100.0
    numbers: dict[str, Number] = {}
    for i, number_id in enumerate(ids):
        usable = int(np.isfinite(other[:, [i, -1]]).all(axis=1).sum())
        if min(usable, int(known.sum())) < FEWEST or np.nanvar(other[:, -1]) == 0:
            numbers[number_id] = Unavailable(reason=f"not enough control days (n = {usable}, needs {FEWEST})")
            continue
        result = rigobon_sack(moves[known, i], surprise[known], other[:, i], other[:, -1], level=context.level)
        if result.lower is None or result.upper is None:
            numbers[number_id] = Unavailable(
                reason=f"the yield's variance on Fed days is {result.variance_ratio:.1f} times that on control days, "
                f"too close to tell the two apart (n = {result.n_events})"
            )
            continue
        numbers[number_id] = Estimate(
            value=result.value,
            lower=result.lower,
            upper=result.upper,
            level=result.level,
            nobs=result.n_events,
            unit="percent per +25 bp",
            method=METHOD,
            first=joint.span(known).first,
            last=joint.span(known).last,
        )
    return numbers


def projected_responses(
    context: Context, joint: Around | Unavailable, prices: Around | Unavailable
) -> tuple[dict[str, Number], dict[str, LocalProjections]]:
    """Return how the response to a surprise cut unfolds over the sessions after it."""
    ids = {(role, h): f"fomc.projection.{YIELD}.{role}.{h}" for role in ROLES for h in HORIZONS}
    if isinstance(joint, Unavailable) or isinstance(prices, Unavailable):
        missing: Number | None = next((x for x in (joint, prices) if isinstance(x, Unavailable)), None)
        none: dict[str, Number] = {name: missing for name in ids.values() if missing}
        return none, {}
    surprise = np.where(np.isfinite(joint.responses()).all(axis=1), rate_surprise(joint), np.nan)
    numbers: dict[str, Number] = {}
    projections = {}
    for i, role in enumerate(ROLES):
        found = local_projections(prices.values[:, i], prices.positions, surprise, level=context.level)
        projections[role] = found
        for h in HORIZONS:
            numbers[ids[role, h]] = (
                Estimate(
                    value=float(found.value[h]),
                    lower=float(found.lower[h]),
                    upper=float(found.upper[h]),
                    level=found.level,
                    nobs=int(found.nobs[h]),
                    unit=CUT_UNIT,
                    method=METHOD,
                    first=joint.span().first,
                    last=joint.span().last,
                )
                if np.isfinite(found.value[h])
                else Unavailable(reason=f"not enough meetings with {h} sessions behind them (n = {found.nobs[h]})")
            )
    return numbers, projections


def same_way(context: Context, events: tuple[Meeting, ...], found: Measures) -> dict[str, Number]:
    """Return how often the two moved the same way on event days and on all other days of the same span."""
    ids = ("event", "other", "difference", "implied")
    pair = around(context, (context.pair.a, context.pair.b), events)
    if isinstance(pair, Unavailable):
        return dict.fromkeys([*(f"fomc.tandem.{key}" for key in ids), "fomc.events"], pair)
    moves = pair.responses()
    used = np.asarray(np.isfinite(moves).all(axis=1))
    every = pair.changes()
    every[pair.positions[pair.positions >= 0]] = np.nan
    every = every[pair.positions[used][0] :]
    result = tandem(moves, every, found.two_year, level=context.level)
    span = pair.span(used)
    others = Span(first=span.first, last=pair.sample.last)
    numbers: dict[str, Number] = {
        "fomc.tandem.event": share_estimate(result.event, span, method=METHOD),
        "fomc.tandem.other": share_estimate(result.other, others, method=METHOD),
        "fomc.tandem.difference": share_estimate(result.difference, others, method=METHOD),
        "fomc.tandem.implied": Unavailable(reason="the 2-year yield is not known on any of these days")
        if result.implied is None
        else share_estimate(result.implied, span, method=METHOD),
        "fomc.events": Estimate(
            value=float(used.sum()),
            nobs=int(used.sum()),
            unit="count",
            method=METHOD,
            first=span.first,
            last=span.last,
        ),
    }
    return numbers
