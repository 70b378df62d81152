"""Pictures of what follows a Fed day: the path around every meeting, and how the response unfolds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from generator.charts.encode import Column
from generator.charts.figure import Figure
from generator.charts.layers import Axis, Line
from generator.charts.paths import fan, paths_after_event
from generator.charts.theme import ACCENT, TEXT, series_ink
from generator.findings import Unavailable
from generator.formatting import amount, plain
from generator.reports.fomc.figures import PER, assets
from generator.reports.fomc.responses import series_of
from generator.reports.fomc.study import around
from generator.stats.event_paths import FIRST, LAST, average_path, event_paths

if TYPE_CHECKING:
    from collections.abc import Mapping

    from generator.fomc import Meeting
    from generator.report import Context
    from generator.reports.fomc.study import Measures
    from generator.stats.local_projections import LocalProjections


def path_figure(context: Context, role: str, events: tuple[Meeting, ...], found: Measures) -> Figure | None:
    """Return the price of one asset around every meeting, with the averages of all, dovish and hawkish ones."""
    own = around(context, (series_of(context)[role],), events)
    if isinstance(own, Unavailable):
        return None
    paths = 100 * event_paths(own.values[:, 0], own.positions)
    known = np.isfinite(paths).sum(axis=1) > 1
    label, short = assets(context)[role]
    averages = _averages(paths, found, context.level)
    known_to = averages.dropna(subset=["every"])
    if known_to.empty:
        return None
    last = known_to.iloc[-1]
    after = int(last["session"])
    end = {key: _text(float(last[key])) for key in averages.columns[1:]}
    thin = pd.DataFrame(
        {
            "session": np.tile(np.arange(FIRST, LAST + 1), int(known.sum())),
            "meeting": np.repeat(
                [m.date.isoformat() for m, k in zip(events, known, strict=True) if k], LAST - FIRST + 1
            ),
            "move": paths[known].ravel(),
        }
    ).dropna()
    span = own.span(np.asarray(known))
    return Figure(
        id=f"paths-{role}",
        title=f"{after} sessions after a Fed day: {short} {end['every']} on average ({end['lower']} to {end['upper']})",
        subtitle=f"Log return from the close before, %, {int(known.sum())} scheduled meetings since {span.first}",
        alt=f"Thin lines, one per meeting, from {-FIRST} sessions before to {LAST} after, with the average of {label}. "
        f"After {after} sessions it stands at {end['every']}: at {end['fell']} where the 2-year yield fell on the day, "
        f"at {end['rose']} where it rose.",
        caption=f"The band is a pointwise {context.level_words} interval of the average of all meetings. Zero is the "
        "close before the statement.",
        source=context.source_line,
        spec=paths_after_event(
            thin,
            averages,
            paths_data=f"paths-{role}",
            averages_data=f"averages-{role}",
            step="session",
            path="meeting",
            value="move",
            lines=[Line(column="every", label="average", ink=ACCENT, lower="lower", upper="upper")],
            step_axis=Axis(title="sessions from the statement", format="+.0f"),
            axis=Axis(title="%", format="+.0f"),
        ),
        data={f"averages-{role}": averages, f"paths-{role}": thin},
        columns={
            "session": Column(label="Session", decimals=0, signed=True),
            "every": Column(label="Average", unit=" %", signed=True),
            "lower": Column(label="Lower", unit=" %", signed=True),
            "upper": Column(label="Upper", unit=" %", signed=True),
            "fell": Column(label="Yield fell", unit=" %", signed=True),
            "rose": Column(label="Yield rose", unit=" %", signed=True),
            "meeting": Column(label="Meeting"),
            "move": Column(label="Move", unit=" %", signed=True, decimals=1),
        },
    )


def _text(value: float) -> str:
    return plain(amount(value, "percent")) if np.isfinite(value) else "an unknown place"


def _averages(paths: np.ndarray, found: Measures, level: float) -> pd.DataFrame:
    every = average_path(paths, level=level)
    fell, rose = (average_path(paths[which], level=level) for which in (found.two_year < 0, found.two_year > 0))
    return pd.DataFrame(
        {
            "session": every.offset,
            "every": every.value,
            "lower": every.lower,
            "upper": every.upper,
            "fell": fell.value,
            "rose": rose.value,
        }
    )


def projection_figure(context: Context, projections: Mapping[str, LocalProjections]) -> Figure | None:
    """Return how the response to a surprise cut unfolds in both assets."""
    if not projections or not all(np.isfinite(projections[role].value).all() for role in ("a", "b")):
        return None
    frame = pd.DataFrame({"session": projections["a"].horizon})
    for role in ("a", "b"):
        found = projections[role]
        frame[f"value_{role}"], frame[f"lower_{role}"], frame[f"upper_{role}"] = found.value, found.lower, found.upper
    names = assets(context)
    last = {role: plain(amount(float(projections[role].value[-1]), "percent")) for role in ("a", "b")}
    longest, a, b = int(projections["a"].horizon[-1]), names["a"][1], names["b"][1]
    inks = {"a": series_ink(context.a.colour, 0), "b": series_ink(context.b.colour, 1)}
    return Figure(
        id="projections",
        title=f"{longest} sessions after a surprise cut of {PER}: {a} {last['a']}, {b} {last['b']}",
        subtitle=f"Estimated move since the close before, % per surprise fall of {PER} in the 2-year yield",
        alt=f"Two lines over 0 to {longest} sessions after a surprise cut, with {context.level_words} bands. "
        f"{names['a'][0]} ends at {last['a']}, the {names['b'][0]} at {last['b']}.",
        caption=f"Local projections: one regression per horizon. Bands are pointwise {context.level_words} intervals; "
        "they widen because everything else that happens in a month adds to the noise.",
        source=context.source_line,
        spec=fan(
            frame,
            data="projections",
            step="session",
            bands=[],
            lines=[
                Line(
                    column=f"value_{role}",
                    label=names[role][1],
                    ink=inks[role],
                    lower=f"lower_{role}",
                    upper=f"upper_{role}",
                )
                for role in ("a", "b")
            ],
            ink=TEXT,
            step_axis=Axis(title="sessions after the statement", format=".0f"),
            axis=Axis(title="% per −25 bp", format="+.0f"),
            reference=0.0,
        ),
        data={"projections": frame},
        columns={
            "session": Column(label="Session", decimals=0),
            **{
                f"{part}_{role}": Column(label=f"{names[role][1]}{tail}", unit=" %", signed=True)
                for role in ("a", "b")
                for part, tail in (("value", ""), ("lower", ", lower"), ("upper", ", upper"))
            },
        },
    )
