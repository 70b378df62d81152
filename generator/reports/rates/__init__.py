"""How much the two assets react to changes in interest rates, and how much of their link that is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from generator.estimates import many_tests
from generator.findings import Estimate, Numbers, Unavailable
from generator.formatting import interval, plain, shown
from generator.report import Context, Report, TableRow, ends
from generator.reports.rates.betas import (
    HEADLINE,
    PHASES,
    SPANS,
    WINDOW,
    Betas,
    TestedRow,
    all_betas,
    assets,
    series_of,
    single_rows,
    tested,
    yield_sample,
)
from generator.reports.rates.figures import PER, betas_figure, rolling_figure, share_figure
from generator.reports.rates.link import Link, link
from generator.stats.regression import rolling_rate_beta

if TYPE_CHECKING:
    from collections.abc import Sequence

    from generator.charts.figure import Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What the page says.

    Parameters
    ----------
    table : tuple of TableRow
        Single slopes: the last year and the whole sample.
    joint, sides, phases : tuple of TestedRow
        Level and slope of the curve; falls and rises; phases of policy. One row per asset.
    difference : TableRow
        Small less large caps, the last year and the whole sample.
    many : str
        What to think of so many tests side by side.
    rolling : DataFrame
        Columns: date and, for the roles a, b and m, beta_a, lower_a, upper_a …; % per +25 bp over 252 sessions.
    dropped : int
        Returns left out of the headline sample.
    """

    numbers: Numbers
    answer: str
    table: tuple[TableRow, ...]
    joint: tuple[TestedRow, ...]
    sides: tuple[TestedRow, ...]
    phases: tuple[TestedRow, ...]
    difference: TableRow
    link: Link
    many: str
    rolling: pd.DataFrame
    window: int
    dropped: int


def analyse(context: Context) -> Findings:
    """Return every slope of the page, and how much of the link runs through rates."""
    betas = all_betas(context)
    shared = link(context)
    numbers = Numbers(betas.numbers | shared.numbers)
    return Findings(
        numbers=numbers,
        answer=_answer(context, numbers),
        rolling=_rolling(context),
        link=shared,
        many=many_tests(tested(betas)),
        window=WINDOW,
        dropped=betas.dropped,
        table=single_rows(context),
        difference=TableRow(
            label=f"{context.b.label} less {context.market.label}",
            ids=tuple(f"rates.beta_difference.{HEADLINE}.b_minus_m.{span}" for span in SPANS),
        ),
        **_rows(context, betas),
    )


def _rows(context: Context, betas: Betas) -> dict[str, tuple[TestedRow, ...]]:
    labels = {role: series.label for role, series in assets(context).items()}
    return {
        "joint": betas.rows(labels, "rates.joint", ("level", "slope")),
        "sides": betas.rows(labels, "rates.asymmetry", ("falls", "rises")),
        "phases": betas.rows(labels, "rates.phase", PHASES),
    }


def _rolling(context: Context) -> pd.DataFrame:
    sample = yield_sample(context, HEADLINE)
    if isinstance(sample, Unavailable) or sample.nobs < WINDOW:
        return pd.DataFrame()
    columns: dict[str, object] = {"date": sample.changes.index}
    rate = sample.changes[HEADLINE].to_numpy(dtype=np.float64)
    for role, series_id in series_of(context).items():
        returns = sample.changes[series_id].to_numpy(dtype=np.float64)
        beta, lower, upper = rolling_rate_beta(returns, rate, WINDOW, context.level)
        columns |= {f"beta_{role}": beta, f"lower_{role}": lower, f"upper_{role}": upper}
    return pd.DataFrame(columns).dropna()


def _answer(context: Context, numbers: Numbers) -> str:
    """Return what a rise of the yield went with in both assets, and how much of their link that makes."""
    parts, unclear = [], []
    for role, name in (("a", context.a.label), ("b", f"the {context.b.label}")):
        number = numbers[f"rates.beta.{HEADLINE}.{role}.all"]
        if isinstance(number, Unavailable):
            return f"The rate sensitivity is not available: {number.reason}."
        lower, upper = ends(number)
        parts.append(f"{plain(shown(number))} in {name} ({plain(interval(number))})")
        unclear += [name] if lower <= 0 <= upper else []
    text = f"Since {context.start} a rise of {PER} in the 2-year yield went with {parts[0]} and {parts[1]} on the day"
    text += {0: "", 1: f"; {''.join(unclear)} shows no move that can be told from none"}.get(
        len(unclear), "; neither can be told from none"
    )
    share = numbers["rates.share.rates.all"]
    if isinstance(share, Estimate):
        text += (
            f". Their common reaction to it makes {plain(shown(share))} ({plain(interval(share))}) of what links them"
        )
    return text + "."


def figures(context: Context, findings: Findings) -> Sequence[Figure]:
    """Return the slopes, the shares of the link, and the slopes over time."""
    made = (
        betas_figure(context, findings.numbers),
        share_figure(context, findings.numbers),
        rolling_figure(context, findings.rolling),
    )
    return tuple(figure for figure in made if figure is not None)


REPORT = Report(
    slug="rates",
    title="Rate sensitivity",
    question="How much do the two move when interest rates move, and how much of their link is that?",
    analyse=analyse,
    figures=figures,
)
