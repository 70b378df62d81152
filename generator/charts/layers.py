"""The parts every chart is made of: checked columns, axes, number ranges, labels at line ends, event marks."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Final, Literal

from generator.charts import theme
from generator.charts.text import text_width

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import altair as alt
    import numpy as np
    import pandas as pd

Spec = dict[str, Any]
# A chart, layer or encoding of Altair, whose decorators hide the types of what its methods return.
Layer = Any
Suffix = Literal["", "%", " bp", "×"]

_COLUMN = re.compile(r"[a-z][a-z0-9_]{0,62}")
_FORMAT = re.compile(r"\+?,?\.[0-4][f%]")
# The only expressions in any spec. They are written here, never put together from data. A signed axis says 0, not +0.
_LABEL: Final = "datum.label"
_SIGNED_LABEL: Final = "(datum.value ? datum.label : '0')"
_SUFFIXES: Final[Mapping[Suffix, str]] = {"": "", "%": " + '%'", " bp": " + ' bp'", "×": " + '×'"}
_TIME_FORMAT: Final[Mapping[str, str]] = {
    "year": "%Y",
    "quarter": "%b",
    "month": "%b",
    "week": "%-d %b",
    "date": "%-d %b",
    "hours": "%-d %b",
}
# The dataset of the claim's date; datasets of marks travel inside the spec, beside the page's own.
CLAIM: Final = "mark-claim"
MILLISECONDS_PER_DAY: Final = 86_400_000
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
        drawn as small triangles on the time axis, the rest is left out.
    """

    claim: date | None = None
    claim_label: str = "the claim"
    decisions: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """The value axis of a chart.

    Parameters
    ----------
    title : str
        Quantity and unit, above the axis.
    format : str
        d3 number format, ``[+][,].Nf`` or ``.N%``.
    suffix : str
        Unit behind each tick label.
    domain : tuple of float or None
        Fixed ends; None fits the data. Fixed ends also stay when a reader narrows the range.
    log : bool
        Logarithmic scale.
    include : tuple of float
        Values the fitted domain must hold, for example 0.
    """

    title: str = ""
    format: str = ".2f"
    suffix: Suffix = ""
    domain: tuple[float, float] | None = None
    log: bool = False
    include: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        if not _FORMAT.fullmatch(self.format):
            raise ValueError(f"format {self.format!r}: expected [+][,].Nf or .N%")

    def text(self, value: float) -> str:
        """Return a tick label as Vega will write it."""
        return format(value, self.format).replace("-", "−") + self.suffix


def checked(frame: pd.DataFrame, *columns: str | None) -> None:
    """Refuse columns that are missing, or whose name Vega would read as a path or an expression."""
    for column in columns:
        if column is None:
            continue
        if not _COLUMN.fullmatch(column):
            raise ValueError(f"column {column!r}: a plotted column is named with a-z, 0-9 and _")
        if column not in frame.columns:
            raise ValueError(f"no column {column!r}; the frame has {', '.join(map(str, frame.columns))}")


def milliseconds(day: date) -> int:
    """Return midnight UTC of `day` in milliseconds since 1970."""
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) * 1000


def values_of(frame: pd.DataFrame, columns: Iterable[str | None]) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Return the finite values of some columns as one flat array."""
    import numpy as np  # noqa: PLC0415 - keeps importing the charts light

    names = [column for column in columns if column is not None]
    flat = np.asarray(frame[names].to_numpy(dtype=float, na_value=math.nan), dtype=np.float64).ravel()
    return np.extract(np.isfinite(flat), flat)


def fitted(values: Sequence[float] | np.ndarray[Any, np.dtype[np.float64]], axis: Axis) -> tuple[float, float]:
    """Return the ends of the axis: its fixed ones, or round numbers just outside the values."""
    if axis.domain is not None:
        return axis.domain
    every = [*map(float, values), *axis.include]
    if not every:
        return (0.0, 1.0)
    low, high = min(every), max(every)
    if axis.log:
        return _fitted_log(low, high)
    if low == high:
        low, high = low - (abs(low) or 1.0) * 0.1, high + (abs(high) or 1.0) * 0.1
    step = _step((high - low) / 5)
    return (round(math.floor(low / step) * step, 10), round(math.ceil(high / step) * step, 10))


def _fitted_log(low: float, high: float) -> tuple[float, float]:
    if low <= 0:
        raise ValueError(f"a logarithmic axis cannot show {low}")
    return (low / 1.08, high * 1.08)


def _step(raw: float) -> float:
    power = 10.0 ** math.floor(math.log10(raw))
    return next(power * m for m in (1, 2, 2.5, 5, 10) if raw <= power * m * 1.0000001)


def label_room(axis: Axis, domain: tuple[float, float], size: float) -> int:
    """Return the px that the tick labels of a vertical axis need, their padding included."""
    middle = (domain[0] + domain[1]) / 2
    return math.ceil(max(text_width(axis.text(v), size) for v in (*domain, middle))) + 8


def time_axis(column: str) -> Layer:
    """Return the UTC time encoding of `column`.

    Its ends come from the rows. Vega-Lite writes ends given in the spec as expressions that Vega's interpreter, the
    only evaluator a strict policy allows, reads wrongly.
    """
    import altair as alt  # noqa: PLC0415 - keeps importing the charts light

    return alt.X(f"{column}:T").scale(type="utc", nice=False).axis(title=None, format=dict(_TIME_FORMAT))


def value_axis(column: str, axis: Axis, domain: tuple[float, float], *, orient: Literal["x", "y"] = "y") -> alt.Y:
    """Return the encoding of a value axis, its title lying above the labels."""
    import altair as alt  # noqa: PLC0415 - keeps importing the charts light

    return alt.Y(f"{column}:Q").scale(**scale_of(axis, domain)).axis(**axis_of(axis, domain, orient=orient))


def scale_of(axis: Axis, domain: tuple[float, float]) -> dict[str, Any]:
    """Return the keywords of a value scale."""
    return {"type": "log" if axis.log else "linear", "domain": list(domain), "nice": False, "zero": False}


def axis_of(axis: Axis, domain: tuple[float, float], *, orient: Literal["x", "y"] = "y") -> dict[str, Any]:
    """Return the keywords of a value axis."""
    keywords: dict[str, Any] = {"format": axis.format, "title": axis.title or None}
    if not axis.log:
        keywords["tickMinStep"] = 10.0 ** -(int(axis.format[-2]) + (2 if axis.format.endswith("%") else 0))
    signed = axis.format.startswith("+")
    if axis.suffix or signed:
        keywords["labelExpr"] = (_SIGNED_LABEL if signed else _LABEL) + _SUFFIXES[axis.suffix]
    if orient == "y":
        room = label_room(axis, domain, theme.WIDE.axis)
        keywords |= {"titleAngle": 0, "titleAlign": "left", "titleAnchor": "end", "titleBaseline": "bottom"}
        keywords |= {"titleX": -room, "titleY": -8, "grid": True}
    else:
        keywords |= {"titleAnchor": "end", "titlePadding": 6}
    return keywords


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
    if events.decisions is not None:
        shapes = alt.Scale(domain=["cut", "hike"], range=["triangle-down", "triangle-up"])
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


def decision_key() -> list[dict[str, Any]]:
    """Return the key entries of the policy decisions on a time axis."""
    return [
        {"label": "Fed cut", "color": theme.MUTED.css, "dash": [], "shape": "triangle-down"},
        {"label": "Fed rise", "color": theme.MUTED.css, "dash": [], "shape": "triangle-up"},
    ]


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
