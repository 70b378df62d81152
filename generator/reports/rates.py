"""How much the two assets react to changes in interest rates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from generator.charts.encode import Column
from generator.charts.figure import Figure
from generator.charts.layers import Axis, Events, Line
from generator.charts.theme import series_ink
from generator.charts.time import time_lines
from generator.findings import Estimate, Number, Numbers, Unavailable
from generator.formatting import amount, interval, plain, shown
from generator.report import Context, Report, TableRow
from generator.stats.regression import rate_beta, rolling_rate_beta

if TYPE_CHECKING:
    from collections.abc import Sequence

YIELD = "dgs2"
WINDOW = 252
UNIT = "percent per +25 bp"
FEWEST = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What the page says.

    Parameters
    ----------
    rolling : DataFrame
        Columns: date and, for the roles a, b and m, beta_a, lower_a, upper_a …; % per +25 bp over 252 sessions.
    """

    numbers: Numbers
    answer: str
    table: tuple[TableRow, ...]
    rolling: pd.DataFrame
    window: int
    dropped: int


def analyse(context: Context) -> Findings:
    """Return the slope of each asset's return on the change in the 2-year yield."""
    pair = context.pair
    roles = {"a": pair.a, "b": pair.b, "m": pair.market}
    series = (*roles.values(), YIELD)
    lacking = context.lacking(*series)
    numbers: dict[str, Number] = {}
    if lacking:
        for role in roles:
            for span in (WINDOW, "all"):
                numbers[f"rates.beta.{YIELD}.{role}.{span}"] = lacking
        return _findings(context, numbers, pd.DataFrame(), 0)
    sample = context.panel.sample(series, context.start)
    for role, series_id in roles.items():
        for span in (WINDOW, "all"):
            part = sample if span == "all" else sample.tail(WINDOW)
            number_id = f"rates.beta.{YIELD}.{role}.{span}"
            if part is None or part.nobs < FEWEST:
                numbers[number_id] = Unavailable(reason=f"not enough data (n = {sample.nobs})")
                continue
            beta = rate_beta(part.changes[series_id].to_numpy(), part.changes[YIELD].to_numpy(), level=context.level)
            numbers[number_id] = Estimate(
                value=beta.value,
                lower=beta.lower,
                upper=beta.upper,
                level=beta.level,
                nobs=beta.nobs,
                unit=UNIT,
                method="rates",
                first=part.first,
                last=part.last,
                pvalue=beta.pvalue,
            )
    columns: dict[str, object] = {"date": sample.changes.index}
    for role, series_id in roles.items():
        if sample.nobs < WINDOW:
            continue
        beta_path, lower, upper = rolling_rate_beta(
            sample.changes[series_id].to_numpy(), sample.changes[YIELD].to_numpy(), WINDOW, context.level
        )
        columns |= {f"beta_{role}": beta_path, f"lower_{role}": lower, f"upper_{role}": upper}
    rolling = pd.DataFrame(columns).dropna() if len(columns) > 1 else pd.DataFrame()
    return _findings(context, numbers, rolling, sample.dropped)


def _findings(context: Context, numbers: dict[str, Number], rolling: pd.DataFrame, dropped: int) -> Findings:
    labels = {"a": context.a.label, "b": context.b.label, "m": context.market.label}
    table = tuple(
        TableRow(label=label, ids=tuple(f"rates.beta.{YIELD}.{role}.{span}" for span in (WINDOW, "all")))
        for role, label in labels.items()
    )
    return Findings(
        numbers=Numbers(numbers),
        answer=_answer(context, numbers),
        table=table,
        rolling=rolling,
        window=WINDOW,
        dropped=dropped,
    )


def _answer(context: Context, numbers: dict[str, Number]) -> str:
    """Return what the last year says of both assets, in the direction of a rising yield."""
    parts = []
    for role, series in (("a", context.a), ("b", context.b)):
        number = numbers[f"rates.beta.{YIELD}.{role}.{WINDOW}"]
        if isinstance(number, Unavailable):
            return f"The rate sensitivity is not available: {number.reason}."
        unclear = number.lower is not None and number.upper is not None and number.lower <= 0 <= number.upper
        parts.append(
            f"{series.label} {plain(shown(number))} ({plain(interval(number))})"
            + (", not distinguishable from none" if unclear else "")
        )
    return (
        f"On a day when the 2-year yield rose by 0.25 percentage points, the average move over the last {WINDOW} "
        f"sessions was: {'; '.join(parts)}."
    )


def figures(context: Context, findings: Findings) -> Sequence[Figure]:
    """Return both betas over time."""
    if "beta_a" not in findings.rolling or findings.rolling.empty:
        return ()
    frame = findings.rolling[["date", "beta_a", "lower_a", "upper_a", "beta_b", "lower_b", "upper_b"]]
    first, a, b = frame["date"].iloc[0].date(), context.a, context.b
    end_a, end_b = (plain(amount(frame[c].iloc[-1], UNIT)) for c in ("beta_a", "beta_b"))
    return (
        Figure(
            id="rolling-beta",
            title=f"A rise of 0.25 points in the 2-year yield went with {end_a} in {a.short} and {end_b} in {b.short}",
            subtitle="Slope of daily returns on the change of the 2-year yield, "
            f"{findings.window} sessions, % per +25 bp",
            alt=f"Line chart from {first} to {context.as_of}: the rate beta of {a.label} ends at {end_a}, that of the "
            f"{b.label} at {end_b}, both per 25 basis points.",
            caption=f"Bands are pointwise {context.level_words} intervals with Newey-West errors.",
            source=context.source_line,
            spec=time_lines(
                frame,
                data="betas",
                lines=[
                    Line(column="beta_a", label=a.short, ink=series_ink(a.colour, 0), lower="lower_a", upper="upper_a"),
                    Line(column="beta_b", label=b.short, ink=series_ink(b.colour, 1), lower="lower_b", upper="upper_b"),
                ],
                axis=Axis(title="% per +25 bp", format="+.0f", include=(0.0,)),
                reference=0.0,
                events=Events(claim=context.claim_mark, decisions="decisions"),
            ),
            data={"betas": frame, "decisions": context.decisions(first)},
            columns={
                "date": Column(label="Date"),
                **{
                    f"{part}_{role}": Column(label=f"{series.short}{tail}", unit=" %", signed=True)
                    for role, series in (("a", a), ("b", b))
                    for part, tail in (("beta", ""), ("lower", ", lower"), ("upper", ", upper"))
                },
                "decision": Column(label="Decision"),
            },
        ),
    )


REPORT = Report(
    slug="rates",
    title="Rate sensitivity",
    question="How much do the two move when interest rates move?",
    analyse=analyse,
    figures=figures,
)
