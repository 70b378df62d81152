"""The overview of a pair: its key numbers, and where to read on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from generator.charts.sparkline import sparkline
from generator.claims.strength import strength_of_interval
from generator.estimates import (
    closes_since_claim,
    estimate,
    level_estimate,
    moves_since_claim,
    still,
    too_few,
)
from generator.explain import brief_download
from generator.findings import Estimate, Number, Numbers, Unavailable
from generator.formatting import interval, plain, shown
from generator.report import Context, Report, TableRow, ends, sentence
from generator.stats.correlation import rolling_corr

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markupsafe import Markup

    from generator.charts.figure import Figure

WINDOW = 252
SHORT_WINDOW = 63
PICTURE_POINTS = 96
"""Points of the small picture: one per pixel."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """The overview publishes no number of its own; it shows those of the pages below it."""

    numbers: Numbers
    answer: str
    table: tuple[TableRow, ...]


def analyse(context: Context) -> Findings:
    """Return the answer for the pair in one sentence, and the ids of its key numbers."""
    a, b = context.a.label, context.b.label
    rows = {
        f"Correlation of daily returns, {WINDOW} sessions": f"correlation.pearson.daily.{WINDOW}",
        f"Correlation of prices, {WINDOW} sessions": f"levels.pearson.{WINDOW}",
        "Unrelated prices that correlate as strongly": f"levels.null_share.{WINDOW}",
        f"{a} per +0.25 points in the 2-year yield": f"rates.beta.dgs2.a.{WINDOW}",
        f"{b} per +0.25 points in the 2-year yield": f"rates.beta.dgs2.b.{WINDOW}",
        "Longest run of cuts decided since the claim": "spells.longest_since_claim",
        f"{a} since the claim": "since.a.return",
        f"{b} since the claim": "since.b.return",
    }
    return Findings(
        numbers=Numbers(),
        answer=_answer(context, context.numbers),
        table=tuple(TableRow(label=label, ids=(number_id,)) for label, number_id in rows.items()),
    )


def _answer(context: Context, numbers: Numbers) -> str:
    """Return the answer: how closely they move, in which words, and where they ended up since the claim."""
    a, b = context.a.label, context.b.label

    def words(number: Estimate) -> str:
        text = (
            f"{a} and the {b} show a {strength_of_interval(*ends(number))} link from day to day: over the "
            f"{number.nobs} sessions to {number.last} their returns correlated {plain(shown(number))} "
            f"({context.level_words} interval {plain(interval(number))})."
        )
        return text + _since(numbers["since.a.return"], numbers["since.b.return"])

    def _since(ra: Number, rb: Number) -> str:
        if not isinstance(ra, Estimate) or not isinstance(rb, Estimate):
            return ""
        return f" Since the claim of {ra.first}, {a} moved {plain(shown(ra))} and the {b} {plain(shown(rb))}."

    return sentence(
        numbers[f"correlation.pearson.daily.{WINDOW}"], words, f"How closely {a} and the {b} move together is not known"
    )


def figures(_context: Context, _findings: Findings) -> Sequence[Figure]:
    """Return nothing of its own; the picture comes from the page on prices."""
    return ()


REPORT = Report(
    slug="",
    title="Overview",
    question="Do the two move in tandem?",
    analyse=analyse,
    figures=figures,
    shows=(("levels", "levels-against-returns"),),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class BriefFindings:
    """What is computed for a pair that has an overview only.

    Parameters
    ----------
    picture : Markup
        The rolling correlation of daily returns as a line the size of a word.
    span : str
        What the picture covers, in words; empty where there is none.
    download : str
        Text of the file of both assets, see `explain.brief_download`; empty where there is none.
    """

    numbers: Numbers
    answer: str
    table: tuple[TableRow, ...]
    picture: Markup
    span: str
    download: str


def analyse_brief(context: Context) -> BriefFindings:
    """Return the few key numbers of a pair, the same as on the pages of a pair that has them all."""
    pair = context.pair
    ids = {
        f"Correlation of daily returns, {WINDOW} sessions": f"correlation.pearson.daily.{WINDOW}",
        f"Correlation of daily returns, {SHORT_WINDOW} sessions": f"correlation.pearson.daily.{SHORT_WINDOW}",
        f"Correlation of prices, {WINDOW} sessions": f"levels.pearson.{WINDOW}",
        f"{context.a.label} since the claim": "since.a.return",
        f"{context.b.label} since the claim": "since.b.return",
    }
    numbers: dict[str, Number] = {}
    line: list[float] = []
    span = ""
    lacking = context.lacking(pair.a, pair.b)
    if lacking:
        numbers.update(dict.fromkeys(ids.values(), lacking))
    else:
        sample = context.sample_ab()
        for window in (WINDOW, SHORT_WINDOW):
            number_id = f"correlation.pearson.daily.{window}"
            numbers[number_id] = estimate(context, sample.changes, window, number_id=number_id)
        inside = sample.tail(WINDOW)
        few = too_few(sample.nobs, WINDOW) or Unavailable(reason="not enough data")
        numbers[f"levels.pearson.{WINDOW}"] = few if inside is None else level_estimate(inside)
        after = closes_since_claim(context, sample.levels)
        numbers |= (
            dict.fromkeys(("since.a.return", "since.b.return"), after)
            if isinstance(after, Unavailable)
            else moves_since_claim(context, after)
        )
        if sample.nobs >= WINDOW and not still(*sample.changes.to_numpy().T):
            x, y = sample.changes.to_numpy(dtype=np.float64).T
            path = rolling_corr(x, y, WINDOW)[WINDOW - 1 :]
            line = path[np.linspace(0, path.size - 1, min(path.size, PICTURE_POINTS)).astype(int)].tolist()
            first = sample.changes.index[WINDOW - 1].date()
            span = f"{first} to {sample.last}"
    found = Numbers(numbers)
    return BriefFindings(
        numbers=found,
        answer=_answer(context, found),
        table=tuple(TableRow(label=label, ids=(number_id,)) for label, number_id in ids.items()),
        picture=sparkline([line], mark=0),
        span=span,
        download=brief_download(context),
    )


BRIEF = Report(
    slug="",
    title="Overview",
    question="Do the two move in tandem?",
    analyse=analyse_brief,
    figures=figures,
    name="brief",
)
