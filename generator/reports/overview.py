"""The overview of a pair: its key numbers, and where to read on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.claims.strength import strength_of_interval
from generator.findings import Estimate, Number, Numbers
from generator.formatting import interval, plain, shown
from generator.report import Context, Report, TableRow, ends, sentence

if TYPE_CHECKING:
    from collections.abc import Sequence

    from generator.charts.figure import Figure

WINDOW = 252


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
        answer=_answer(context),
        table=tuple(TableRow(label=label, ids=(number_id,)) for label, number_id in rows.items()),
    )


def _answer(context: Context) -> str:
    """Return the answer: how closely they move, in which words, and where they ended up since the claim."""
    a, b = context.a.label, context.b.label
    numbers = context.numbers

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
