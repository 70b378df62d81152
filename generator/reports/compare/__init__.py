"""Is the pair special? What is left of its link without the market, and the pair among all other pairs."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.estimates import many_tests
from generator.findings import Estimate, Number, Numbers
from generator.formatting import interval, plain, shown
from generator.report import Context, Report, TableRow, ends
from generator.reports.compare import pictures
from generator.reports.compare.links import MARKET, SPANS, WINDOW, controls, link_numbers
from generator.reports.compare.matrix import Assets, assets, cell_id, matrix_numbers, yearly_numbers, years

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from generator.charts.figure import Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What the page says.

    Parameters
    ----------
    left : tuple of TableRow
        One per span and control: plain correlation, partial correlation, and the drop.
    rivals : tuple of TableRow
        One per span and other link: the difference with both intervals.
    cells : tuple of TableRow
        One per pair of the matrix, the closest first.
    yearly : tuple of TableRow
        One per year: correlation and rank.
    many : str
        What to know of the tests that stand side by side.
    """

    numbers: Numbers
    answer: str
    left: tuple[TableRow, ...]
    rivals: tuple[TableRow, ...]
    cells: tuple[TableRow, ...]
    yearly: tuple[TableRow, ...]
    many: str
    assets: Assets


def analyse(context: Context) -> Findings:
    """Return partial correlations, differences to other links, the matrix with the pair's rank, and every year."""
    lacking = context.lacking(context.pair.a, context.pair.b)
    numbers = link_numbers(context)
    if lacking:
        chosen = Assets(ids=(), ranked=(), left_out=())
        numbers |= dict.fromkeys((f"matrix.rank.{WINDOW}", f"matrix.pairs.{WINDOW}"), lacking)
    else:
        chosen = assets(context)
        numbers |= matrix_numbers(context, chosen) | yearly_numbers(context, chosen)
    tests = [n.pvalue for n in numbers.values() if isinstance(n, Estimate) and n.pvalue is not None]
    return Findings(
        numbers=Numbers(numbers),
        answer=_answer(context, numbers),
        left=tuple(
            TableRow(
                label=f"{control.label}, {_span(context, span)}",
                ids=tuple(f"partial.{control.key}.{span}{part}" for part in (".plain", "", ".drop")),
            )
            for span in SPANS
            for control in controls(context)
        ),
        rivals=tuple(
            TableRow(
                label=f"{control.rival}, {_span(context, span)}",
                ids=tuple(f"difference.{control.key}.{span}{part}" for part in ("", ".zou")),
            )
            for span in SPANS
            for control in controls(context)
            if control.rival
        ),
        cells=_cells(context, chosen, numbers),
        yearly=()
        if lacking
        else tuple(
            TableRow(label=f"{year}", ids=(f"yearly.correlation.{year}", f"yearly.rank.{year}"))
            for year in reversed(years(context))
        ),
        many=many_tests(tests),
        assets=chosen,
    )


def _span(context: Context, span: int | str) -> str:
    return f"last {span} sessions" if span == WINDOW else f"since {context.start}"


def _cells(context: Context, chosen: Assets, numbers: Mapping[str, Number]) -> tuple[TableRow, ...]:
    """Return the pairs of the matrix, the closest first."""
    label = {key: context.config.series[key].label for key in chosen.ids}
    rows = [
        (TableRow(label=f"{label[one]} and {label[other]}", ids=(cell_id(one, other),)), numbers[cell_id(one, other)])
        for one, other in itertools.combinations(chosen.ids, 2)
    ]
    rows.sort(key=lambda item: -abs(item[1].value) if isinstance(item[1], Estimate) else 0.0)
    return tuple(row for row, _ in rows)


def _answer(context: Context, numbers: Mapping[str, Number]) -> str:
    """Return what is left of the link without the market, whether it is another one, and the rank of the pair."""
    a, b, market = context.a.label, context.b.label, context.market.label
    plainly, left = numbers[f"partial.{MARKET}.{WINDOW}.plain"], numbers[f"partial.{MARKET}.{WINDOW}"]
    text = ""
    if isinstance(plainly, Estimate) and isinstance(left, Estimate):
        lower, upper = ends(left)
        told = "which cannot be told from none" if lower <= 0 <= upper else "which is not nothing"
        text = (
            f"Over the last {left.nobs} sessions the correlation of {a} and the {b} was {plain(shown(plainly))}; with "
            f"the {market} held fixed {plain(shown(left))} is left ({context.level_words} interval "
            f"{plain(interval(left))}), {told}."
        )
    elif not isinstance(left, Estimate):
        text = f"What is left without the {market} is not available: {left.reason}."
    rank, pairs = numbers[f"matrix.rank.{WINDOW}"], numbers[f"matrix.pairs.{WINDOW}"]
    if isinstance(rank, Estimate) and isinstance(pairs, Estimate):
        text += (
            f" Among {plain(shown(pairs))} pairs of assets this one is number {plain(shown(rank))} by size "
            f"({plain(interval(rank))})."
        )
    return text.strip()


def figures(context: Context, findings: Findings) -> Sequence[Figure]:
    """Return plain against partial correlations, the matrix, and every year."""
    return pictures.figures(context, findings.numbers, findings.assets)


REPORT = Report(
    slug="compare",
    title="Comparison",
    question="Is it this pair, or just stocks and coins?",
    analyse=analyse,
    figures=figures,
)
