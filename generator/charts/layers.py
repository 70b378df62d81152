"""The parts that charts share: lines and events, labels at line ends, rules, groups, keys and readouts."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from generator.charts import theme
from generator.charts.axes import Axis, Layer, milliseconds, time_axis

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    import pandas as pd

__all__ = ["Axis", "Events", "Line"]  # what a page needs to ask for a chart

Spec = dict[str, Any]
# The dataset of the claim's date; datasets of marks travel inside the spec, beside the page's own.
CLAIM: Final = "mark-claim"
SPAN: Final = theme.PALETTE[3]
LINE_HEIGHT: Final = 1.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One series of a chart.

    Parameters
    ----------
    column : str
        Its column in the chart's frame.
    label : str
        What the reader calls it.
    ink : theme.Ink
        Colour and dash.
    lower, upper : str or None
        Columns of an interval around it, drawn as a band.
    width : float or None
        Stroke width in px; None takes the theme's.
    """

    column: str
    label: str
    ink: theme.Ink
    lower: str | None = None
    upper: str | None = None
    width: float | None = None


NO_CHANGE = "no change"
"""What a dataset of decisions says of a hold that is to be drawn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Events:
    """Quiet marks on a time axis.

    Parameters
    ----------
    claim : date or None
        A dated rule, with `claim_label` beside it.
    claim_label : str
        Short: it stands inside the plot.
    decisions : str or None
        Name of a dataset with columns ``date`` and ``decision`` (``cut``, ``hike``, ``hold``); cuts and rises are
        drawn as small triangles on the time axis, the rest is left out. Where ``hold`` is written ``no change`` and
        `holds` is set, small dots stand for them.
    holds : bool
        Whether the key names the dots.
    spans : str or None
        Name of a dataset with columns ``date``, ``until`` and ``at``: a shade from the first to the second, and a rule
        at the third, such as the date of a break within its interval.
    span_label : str
        What a shade is, in the key.
    """

    claim: date | None = None
    claim_label: str = "the claim"
    decisions: str | None = None
    holds: bool = False
    spans: str | None = None
    span_label: str = ""


def both(value: float) -> dict[str, float]:
    """Return one size for both layouts."""
    return {"wide": value, "narrow": value}


def one_row() -> Layer:
    """Return a data source of exactly one row, for marks that carry their own position."""
    import altair as alt  # noqa: PLC0415 - keeps importing the charts light

    return alt.sequence(0, 1)


def spread(positions: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Return `positions` (px) moved apart until neighbours are at least `gap` px from each other, within the plot."""
    order = sorted(range(len(positions)), key=lambda i: positions[i])
    placed = [min(max(positions[i], low), high) for i in order]
    for _ in range(60):
        for j in range(1, len(placed)):
            short = gap - (placed[j] - placed[j - 1])
            if short > 0:
                placed[j - 1] -= short / 2
                placed[j] += short / 2
        placed = [min(max(p, low + k * gap), high - (len(placed) - 1 - k) * gap) for k, p in enumerate(placed)]
    result = [0.0] * len(positions)
    for place, i in zip(placed, order, strict=True):
        result[i] = round(place, 1)
    return result


Marks = dict[str, list[dict[str, float]]]


def end_labels(
    frame: pd.DataFrame,
    column_x: str,
    lines: Sequence[Line],
    *,
    domain: tuple[float, float],
    log: bool,
    height: float,
) -> tuple[list[Layer], Marks]:
    """Return one text mark per line, right of its last value and moved so that none covers another, with its row."""
    import altair as alt  # noqa: PLC0415 - keeps importing the charts light

    last = [_last(frame, column_x, line.column) for line in lines]
    true = [_pixel(value, domain, log=log, height=height) for _, value in last]
    placed = spread(true, theme.WIDE.axis * LINE_HEIGHT, 0, height)
    layers = [
        alt.Chart(alt.NamedData(name=f"mark-end-{i}"), name=f"wide_label_{i}")
        .mark_text(
            align="left",
            baseline="middle",
            dx=7,
            dy=round(place - at, 1),
            color=line.ink.css,
            fontWeight="bold",
            text=line.label,
        )
        .encode(x=time_axis("x"), y=alt.Y("y:Q"))
        for i, (line, place, at) in enumerate(zip(lines, placed, true, strict=True))
    ]
    return layers, {f"mark-end-{i}": [{"x": x, "y": y}] for i, (x, y) in enumerate(last)}


def _last(frame: pd.DataFrame, column_x: str, column: str) -> tuple[int, float]:
    known = frame[[column_x, column]].dropna()
    if known.empty:
        raise ValueError(f"column {column!r} holds no value to label")
    row = known.iloc[-1]
    return milliseconds(row[column_x]), float(row[column])


def _pixel(value: float, domain: tuple[float, float], *, log: bool, height: float) -> float:
    low, high = domain
    if log:
        value, low, high = math.log(value), math.log(low), math.log(high)
    return height * (high - value) / (high - low)


def event_layers(events: Events, domain: tuple[int, int]) -> tuple[list[Layer], Marks]:
    """Return the marks of the claim's date and of the policy decisions, with the row of the claim."""
    import altair as alt  # noqa: PLC0415 - keeps importing the charts light

    layers: list[Layer] = []
    if events.spans is not None:
        dated = alt.NamedData(name=events.spans)
        spans = alt.Chart(dated, name="spans").mark_rect(color=SPAN.css, opacity=0.14)
        middle = alt.Chart(dated, name="span_at").mark_rule(color=SPAN.css, strokeWidth=1.25)
        layers += [spans.encode(x=time_axis("date"), x2="until:T"), middle.encode(x=time_axis("at"))]
    if events.decisions is not None:
        shapes = alt.Scale(domain=["cut", "hike", NO_CHANGE], range=["triangle-down", "triangle-up", "circle"])
        layers.append(
            alt.Chart(alt.NamedData(name=events.decisions), name="decisions")
            .mark_point(filled=True, size=34, color=theme.MUTED.css, opacity=0.8, yOffset=-5)
            .encode(
                x=time_axis("date"), y=alt.value("height"), shape=alt.Shape("decision:N").scale(shapes).legend(None)
            )
        )
    if events.claim is None or not domain[0] <= milliseconds(events.claim) <= domain[1]:
        return layers, {}
    at = milliseconds(events.claim)
    late = at > (domain[0] + domain[1]) / 2
    source = alt.NamedData(name=CLAIM)
    rule = alt.Chart(source, name="claim_rule").mark_rule(color=theme.ACCENT.css, strokeWidth=1, strokeDash=[3, 3])
    text = alt.Chart(source, name="claim_label").mark_text(
        align="right" if late else "left",
        baseline="top",
        dx=-5 if late else 5,
        color=theme.ACCENT.css,
        fontSize=theme.WIDE.note,
        text=events.claim_label,
    )
    layers += [rule.encode(x=time_axis("x")), text.encode(x=time_axis("x"), y=alt.value(1))]
    return layers, {CLAIM: [{"x": at}]}


def key_of(lines: Iterable[Line]) -> list[dict[str, Any]]:
    """Return the entries of the key above a plot."""
    return [
        {"label": line.label, "color": line.ink.css, "dash": list(line.ink.dash), "shape": "line"} for line in lines
    ]


def readout_of(lines: Iterable[Line]) -> list[dict[str, Any]]:
    """Return what a live chart shows of each line when a reader points at it."""
    return [
        {
            "field": line.column,
            "label": line.label,
            "color": line.ink.css,
            "dash": list(line.ink.dash),
            "lower": line.lower,
            "upper": line.upper,
        }
        for line in lines
    ]


def event_key(events: Events) -> list[dict[str, Any]]:
    """Return the key entries of the marks on a time axis."""
    decisions = [
        {"label": "Fed cut", "color": theme.MUTED.css, "dash": [], "shape": "triangle-down"},
        {"label": "Fed rise", "color": theme.MUTED.css, "dash": [], "shape": "triangle-up"},
    ]
    if events.holds:
        decisions.append({"label": "Fed hold", "color": theme.MUTED.css, "dash": [], "shape": "circle"})
    spans = [{"label": events.span_label, "color": SPAN.css, "dash": [], "shape": "band"}]
    return (decisions if events.decisions else []) + (spans if events.spans else [])


def distinct(frame: pd.DataFrame, label: str) -> list[str]:
    """Return the labels of the rows of a chart; each row needs its own."""
    labels = [str(text) for text in frame[label]]
    if len(set(labels)) != len(labels):
        raise ValueError(f"column {label!r} names two rows alike; each row of the chart needs its own label")
    if not labels:
        raise ValueError("a chart of no rows; return the reason as Unavailable instead")
    return labels


def colour_of(group: str | None, inks: Mapping[str, theme.Ink] | None, ink: theme.Ink) -> Layer:
    """Return the colour encoding of a group column, or one colour for all."""
    import altair as alt  # noqa: PLC0415 - keeps importing the charts light

    if group is None:
        return alt.value(ink.css)
    if not inks:
        raise ValueError(f"column {group!r} chooses colours, but no inks are given")
    return alt.Color(f"{group}:N").scale(domain=list(inks), range=[i.css for i in inks.values()]).legend(None)


def group_key(inks: Mapping[str, theme.Ink] | None, shape: str) -> list[dict[str, Any]]:
    """Return the key entries of the groups of a chart."""
    return [{"label": t, "color": i.css, "dash": [], "shape": shape} for t, i in (inks or {}).items()]


def upright(value: float, ink: theme.Ink, width: float) -> Layer:
    """Return a vertical rule across the plot."""
    import altair as alt  # noqa: PLC0415 - keeps importing the charts light

    mark = alt.Chart(one_row(), name="upright").mark_rule(color=ink.css, strokeWidth=width)
    return mark.encode(x=alt.datum(value, type="quantitative"))


def level(value: float, ink: theme.Ink, width: float) -> Layer:
    """Return a horizontal rule across the plot."""
    import altair as alt  # noqa: PLC0415 - keeps importing the charts light

    mark = alt.Chart(one_row(), name="level").mark_rule(color=ink.css, strokeWidth=width)
    return mark.encode(y=alt.datum(value, type="quantitative"))


def finished(chart: Layer, meta: Mapping[str, Any]) -> Spec:
    """Return the chart as a Vega-Lite dict, checked against the schema, with what the pictures need beside it.

    Parameters
    ----------
    chart : altair chart
        Layered or concatenated.
    meta : mapping
        ``left``, ``right`` (px per layout), ``top``, ``bottom``, ``height`` (px per layout), ``key``, ``readout``,
        and flags; kept under ``usermeta.tandem`` and read by `generator.charts.picture` and by the page's script.
    """
    spec: Spec = chart.to_dict()
    for key in ("config", "datasets"):
        spec.pop(key, None)
    spec["usermeta"] = {"tandem": dict(meta)}
    return spec
