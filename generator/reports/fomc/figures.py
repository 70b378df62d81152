"""Pictures of the event study."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from generator.charts.distribution import intervals
from generator.charts.encode import Column
from generator.charts.figure import Figure
from generator.charts.layers import Axis, Events, Line
from generator.charts.points import scatter
from generator.charts.theme import PALETTE, TEXT
from generator.charts.time import time_lines
from generator.estimates import BETA_UNIT
from generator.findings import Estimate, Unavailable
from generator.formatting import amount, plain, shown
from generator.panel import as_date
from generator.report import ends
from generator.reports.fomc.study import ROLES, YIELD, around

if TYPE_CHECKING:
    from generator.findings import Numbers
    from generator.fomc import Meeting
    from generator.report import Context
    from generator.reports.fomc.expected import Expected
    from generator.reports.fomc.study import Measures

PER = "0.25 points"
FEWEST_DOTS = 5
INK_FELL, INK_ROSE = PALETTE[2], PALETTE[3]


def assets(context: Context) -> dict[str, tuple[str, str]]:
    """Return label and short name of A, B and M by role."""
    return dict(zip(ROLES, ((s.label, s.short) for s in (context.a, context.b, context.market)), strict=True))


def response_figure(context: Context, numbers: Numbers) -> Figure | None:
    """Return the responses on Fed days beside the moves of all days."""
    rows = []
    for role, (_, short) in assets(context).items():
        for stem, words in ((f"fomc.beta.{YIELD}.{role}", "Fed days"), (f"rates.beta.{YIELD}.{role}.all", "all days")):
            number = numbers.get(stem)
            if isinstance(number, Estimate):
                rows.append((f"{short}, {words}", words, number.value, *ends(number), number.nobs))
    first, second = (numbers[f"fomc.beta.{YIELD}.{role}"] for role in ("a", "b"))
    if not isinstance(first, Estimate) or not isinstance(second, Estimate):
        return None
    frame = pd.DataFrame(rows, columns=["label", "days", "beta", "lower", "upper", "n"])
    texts = [(label, *(plain(amount(end, BETA_UNIT)) for end in ends_of)) for label, _, *ends_of, _ in rows]
    words = "; ".join(f"{label} {beta} ({low} to {high})" for label, beta, low, high in texts)
    a, b = plain(shown(first)), plain(shown(second))
    return Figure(
        id="fed-day-responses",
        title=f"A surprise rise of {PER} went with {a} in {context.a.short} and {b} in {context.b.short}",
        subtitle=f"Move on the day per rise of {PER} in the 2-year yield, %: Fed days since {first.first}, all days",
        alt=f"Dots with {context.level_words} intervals, per 25 basis points: {words}.",
        caption=f"On {first.nobs} scheduled Fed days the change of the 2-year yield stands for what was not expected; "
        "on all days it is any news. A line across zero means that this sample does not show a response.",
        source=context.source_line,
        spec=intervals(
            frame,
            data="responses",
            label="label",
            value="beta",
            lower="lower",
            upper="upper",
            axis=Axis(title="% per +25 bp", format="+.0f"),
            reference=0.0,
            group="days",
            inks={"Fed days": PALETTE[0], "all days": PALETTE[4]},
        ),
        data={"responses": frame},
        columns={
            "label": Column(label="Asset and days"),
            "days": Column(label="Days"),
            "beta": Column(label="Move", unit=" %", signed=True),
            "lower": Column(label="Lower", unit=" %", signed=True),
            "upper": Column(label="Upper", unit=" %", signed=True),
            "n": Column(label="n", decimals=0),
        },
    )


def scatter_figure(context: Context, events: tuple[Meeting, ...], found: Measures) -> Figure | None:
    """Return the day's moves of both assets, one dot per scheduled meeting."""
    pair = around(context, (context.pair.a, context.pair.b), events, fewest=FEWEST_DOTS)
    if isinstance(pair, Unavailable):
        return None
    moves = 100 * pair.responses()
    used = np.asarray(np.isfinite(moves).all(axis=1), dtype=bool)
    frame = pd.DataFrame(
        {
            "date": pd.DatetimeIndex([m.date for m in events])[used],
            "a": moves[used, 0],
            "b": moves[used, 1],
            "surprise": found.two_year[used],
            "kind": _kinds(found.two_year[used]),
        }
    )
    same = int((frame["a"] * frame["b"] > 0).sum())
    a, b = context.a, context.b
    span = pair.span(np.asarray(used))
    inks = {"yield fell": INK_FELL, "yield rose": INK_ROSE, "no change": PALETTE[4]}
    return Figure(
        id="decision-days",
        title=f"Both moved the same way on {same} of {len(frame)} Fed days",
        subtitle=f"Log return on the day of the statement, {a.label} against {b.label}, %",
        alt=f"Scatter plot of {len(frame)} Fed days from {span.first} to {span.last}: the return of {a.label} against "
        f"that of the {b.label}. On {same} of them both moved the same way.",
        caption="Dots in the upper right and lower left are days on which both moved the same way. Colours say whether "
        "the 2-year yield fell or rose that day.",
        source=context.source_line,
        spec=scatter(
            frame,
            data="days",
            x="b",
            y="a",
            x_axis=Axis(title=f"{b.short}, %", format=".0f"),
            y_axis=Axis(title=f"{a.short}, %", format=".0f"),
            group="kind",
            inks={key: inks[key] for key in inks if (frame["kind"] == key).any()},
        ),
        data={"days": frame},
        columns={
            "date": Column(label="Statement"),
            "a": Column(label=a.short, unit=" %", signed=True),
            "b": Column(label=b.short, unit=" %", signed=True),
            "surprise": Column(label="2-year yield", unit=" bp", decimals=0, signed=True),
            "kind": Column(label="2-year yield that day"),
        },
    )


def _kinds(surprise: np.ndarray) -> np.ndarray:
    return np.where(surprise < 0, "yield fell", np.where(surprise > 0, "yield rose", "no change"))


def kinds_figure(context: Context, numbers: Numbers) -> Figure | None:
    """Return the average move of each asset on dovish and on hawkish days."""
    rows = []
    for role, series in (("a", context.a), ("b", context.b)):
        for kind, words in (("dovish", "yield fell"), ("hawkish", "yield rose")):
            number = numbers[f"fomc.abnormal.{kind}.mean.{role}"]
            if isinstance(number, Estimate):
                rows.append((f"{series.short}, {words}", words, number.value, *ends(number), number.nobs))
    if not rows:
        return None
    frame = pd.DataFrame(rows, columns=["label", "kind", "move", "lower", "upper", "n"])
    texts = [
        (label, plain(amount(move, "percent")), plain(amount(low, "percent")), plain(amount(high, "percent")), n)
        for label, _, move, low, high, n in rows
    ]
    moves = [
        f"{series.short} {' and '.join(text[1] for text in texts if text[0].startswith(f'{series.short}, '))}"
        for series in (context.a, context.b)
    ]
    return Figure(
        id="dovish-and-hawkish",
        title=f"On dovish and on hawkish Fed days: {'; '.join(moves)}",
        subtitle="Average log return on Fed days beyond the asset's mean of the months before, %",
        alt=f"Dots with {context.level_words} intervals: "
        + "; ".join(f"{label} {move} ({low} to {high}, {n} days)" for label, move, low, high, n in texts)
        + ".",
        caption="Dovish days are those on which the 2-year yield fell, hawkish ones those on which it rose.",
        source=context.source_line,
        spec=intervals(
            frame,
            data="kinds",
            label="label",
            value="move",
            lower="lower",
            upper="upper",
            axis=Axis(title="%", format="+.1f"),
            reference=0.0,
            group="kind",
            inks={"yield fell": INK_FELL, "yield rose": INK_ROSE},
        ),
        data={"kinds": frame},
        columns={
            "label": Column(label="Asset and days"),
            "kind": Column(label="Days"),
            "move": Column(label="Move", unit=" %", signed=True),
            "lower": Column(label="Lower", unit=" %", signed=True),
            "upper": Column(label="Upper", unit=" %", signed=True),
            "n": Column(label="n", decimals=0),
        },
    )


def expected_figure(context: Context, expected: Expected) -> Figure | None:
    """Return the policy path that futures implied, then and now, beside what was decided."""
    frame = expected.path
    source = context.expectations.futures
    if frame.empty or isinstance(source, Unavailable):
        return None
    label = source.label
    words = {
        "then": f"priced on {expected.then}",
        "now": f"priced on {expected.now}",
        "decided": "decided",
    }
    inks = {"then": PALETTE[1], "now": PALETTE[0], "decided": TEXT}
    used = [key for key in ("decided", "now", "then") if frame[key].notna().any()]
    if used == ["decided"]:
        return None
    ends_at = {key: frame[["date", key]].dropna().iloc[-1] for key in used}
    told = [f"{words[key]}: {float(row[key]):.2f} % on {as_date(row['date'])}" for key, row in ends_at.items()]
    return Figure(
        id="expected-path",
        title=_path_title(expected, frame),
        subtitle="Federal funds rate that futures imply after each meeting, and the middle of the target range, %",
        alt=f"Lines in steps at the meetings. {'; '.join(told)}.",
        caption="Futures settle on the effective rate, which lies a few basis points from the middle of the range. A "
        "line begins where the contracts of the source do.",
        source=f"Source: {label} · prices through {expected.now}",
        spec=time_lines(
            frame,
            data="expected",
            lines=[Line(column=key, label=words[key].removeprefix("priced on "), ink=inks[key]) for key in used],
            axis=Axis(title="%", format=".2f"),
            events=Events(claim=context.claim_mark),
        ),
        data={"expected": frame},
        columns={
            "date": Column(label="Date"),
            **{key: Column(label=text, unit=" %") for key, text in words.items()},
        },
    )


def _path_title(expected: Expected, frame: pd.DataFrame) -> str:
    """Return where the last path ends."""
    key, day = ("now", expected.now) if frame["now"].notna().any() else ("then", expected.then)
    known = frame[["date", key]].dropna()
    start, end = float(known[key].iloc[0]), float(known[key].iloc[-1])
    direction = "rise" if end > start else "fall"
    last = as_date(known["date"].iloc[-1])
    return f"On {day} futures priced a {direction} from {start:.2f} % to {end:.2f} % by {last:%B %Y}"
