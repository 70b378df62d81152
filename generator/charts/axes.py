"""Axes: checked columns, round ends, tick labels and the room they need."""

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


def value_axis(column: str, axis: Axis, domain: tuple[float, float]) -> alt.Y:
    """Return the encoding of a value axis, its title lying above the labels."""
    import altair as alt  # noqa: PLC0415 - keeps importing the charts light

    return alt.Y(f"{column}:Q").scale(**scale_of(axis, domain)).axis(**axis_of(axis, domain))


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
