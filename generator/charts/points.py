"""Charts of pairs of values: scatter plots, with or without a fitted line, and matrices."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from generator.charts import theme
from generator.charts.axes import Axis, Layer, axis_of, checked, fitted, label_room, scale_of, value_axis, values_of
from generator.charts.layers import Spec, both, colour_of, finished, group_key, level, one_row, upright
from generator.charts.text import text_width

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

# Up to this many dots are drawn large; up to this many stay dark enough to be told apart.
_FEW: Final = 150
_MANY: Final = 600
# Ends of the steps of the diverging scale, symmetric about zero.
_STEPS: Final = (-0.8, -0.55, -0.3, -0.1, 0.1, 0.3, 0.55, 0.8)


def scatter(
    frame: pd.DataFrame,
    *,
    data: str,
    x: str,
    y: str,
    x_axis: Axis,
    y_axis: Axis,
    group: str | None = None,
    inks: Mapping[str, theme.Ink] | None = None,
    ink: theme.Ink = theme.PALETTE[0],
    slope: float | None = None,
    intercept: float = 0.0,
    fit_label: str = "",
    zero: bool = True,
    height: tuple[int, int] = (380, 300),
) -> Spec:
    """Return one dot per row of `frame`, with a straight line when a slope is given.

    Parameters
    ----------
    frame : DataFrame
        One row per dot. Its other columns (a date, a name) are shown when a dot is touched.
    data : str
        Name of `frame` in `Figure.data`.
    x, y : str
        Columns.
    x_axis, y_axis : Axis
        The two value axes.
    group, inks : str, mapping
        A column whose values choose the colour, and the ink of each value.
    ink : theme.Ink
        Colour without groups.
    slope, intercept : float
        A line computed beforehand.
    fit_label : str
        What is written beside the line.
    zero : bool
        Whether rules mark zero on both axes.
    height : tuple of int
        Plot height in px, wide and narrow.
    """
    import altair as alt  # noqa: PLC0415 - keeps importing the charts light

    checked(frame, x, y, group)
    domain_x, domain_y = (fitted(values_of(frame, [c]), a) for c, a in ((x, x_axis), (y, y_axis)))
    many = len(frame)
    dots = (
        alt.Chart(alt.NamedData(name=data), name="dots")
        .mark_point(filled=True, size=44 if many <= _FEW else 18, opacity=0.6 if many <= _MANY else 0.4, strokeWidth=0)
        .encode(
            x=alt.X(f"{x}:Q")
            .scale(**scale_of(x_axis, domain_x))
            .axis(**axis_of(x_axis, domain_x, orient="x"), grid=True),
            y=value_axis(y, y_axis, domain_y),
            color=colour_of(group, inks, ink),
        )
    )
    layers = []
    if zero:
        layers += [upright(0, theme.RULE, 1)] if domain_x[0] <= 0 <= domain_x[1] else []
        layers += [level(0, theme.RULE, 1)] if domain_y[0] <= 0 <= domain_y[1] else []
    layers.append(dots)
    if slope is not None:
        layers += segment(slope, intercept, domain_x, domain_y, label=fit_label)
    return finished(
        alt.layer(*layers),
        {
            "left": both(label_room(y_axis, domain_y, theme.WIDE.axis)),
            "right": both(18),
            "top": 26 if y_axis.title else 10,
            "bottom": 46 if x_axis.title else 28,
            "height": {"wide": height[0], "narrow": height[1]},
            "key": group_key(inks, "circle"),
            "readout": {"kind": "mark", "data": data, "fields": [str(c) for c in frame.columns]},
        },
    )


def scatter_with_fit(
    frame: pd.DataFrame,
    *,
    data: str,
    x: str,
    y: str,
    x_axis: Axis,
    y_axis: Axis,
    slope: float,
    intercept: float,
    fit_label: str = "",
    ink: theme.Ink = theme.PALETTE[0],
    height: tuple[int, int] = (380, 300),
) -> Spec:
    """Return `scatter` with the line it must have; see there for the parameters."""
    return scatter(
        frame,
        data=data,
        x=x,
        y=y,
        x_axis=x_axis,
        y_axis=y_axis,
        ink=ink,
        slope=slope,
        intercept=intercept,
        fit_label=fit_label,
        height=height,
    )


def segment(
    slope: float, intercept: float, domain_x: tuple[float, float], domain_y: tuple[float, float], *, label: str = ""
) -> list[Layer]:
    """Return a straight line drawn only as far as it stays inside both domains, and its label at the right end."""
    import altair as alt  # noqa: PLC0415 - keeps importing the charts light

    low, high = domain_x
    if slope:
        crossings = sorted((end - intercept) / slope for end in domain_y)
        low, high = max(low, crossings[0]), min(high, crossings[1])
    end = intercept + slope * high
    line = (
        alt.Chart(one_row(), name="fit")
        .mark_rule(color=theme.TEXT.css, strokeWidth=1.75)
        .encode(
            x=alt.datum(low, type="quantitative"),
            x2=alt.datum(high),
            y=alt.datum(intercept + slope * low, type="quantitative"),
            y2=alt.datum(end),
        )
    )
    if not label:
        return [line]
    above = slope >= 0
    text = (
        alt.Chart(one_row(), name="fit_label")
        .mark_text(align="right", baseline="bottom" if above else "top", dx=-4, dy=-6 if above else 6, text=label)
        .encode(x=alt.datum(high, type="quantitative"), y=alt.datum(end, type="quantitative"))
    )
    return [line, text]


def heatmap(
    frame: pd.DataFrame,
    *,
    data: str,
    row: str,
    column: str,
    value: str,
    order: Sequence[str],
    columns: Sequence[str] | None = None,
    number_format: str = ".2f",
    steps: Sequence[float] = _STEPS,
) -> Spec:
    """Return a matrix of values as coloured cells, each with its number.

    Parameters
    ----------
    frame : DataFrame
        One row per cell: labels of row and column, and the value.
    data : str
        Name of `frame` in `Figure.data`.
    row, column, value : str
        Columns.
    order, columns : sequence of str
        Labels from top to bottom and from left to right; `columns` defaults to `order`.
    number_format : str
        d3 format of the numbers in the cells.
    steps : sequence of float
        Eight ends of the nine colour steps, ascending.
    """
    import altair as alt  # noqa: PLC0415 - keeps importing the charts light

    checked(frame, row, column, value)
    if len(steps) != len(theme.DIVERGING) - 1:
        raise ValueError(f"{len(steps)} ends of steps; the scale has {len(theme.DIVERGING)} colours")
    Axis(format=number_format)  # refuses a format that is not a plain number format
    across = list(columns or order)
    axis: dict[str, Any] = {"title": None, "ticks": False, "domain": False, "grid": False, "labelLimit": 0}
    x = alt.X(f"{column}:N", sort=None).scale(type="band", domain=across, padding=0.04)
    y = alt.Y(f"{row}:N", sort=None).scale(type="band", domain=list(order), padding=0.04).axis(**axis)
    x = x.axis(**axis, orient="top", labelAngle=0, labelOverlap=False)
    source = alt.NamedData(name=data)
    fill = alt.Scale(type="threshold", domain=list(steps), range=[ink.css for ink in theme.DIVERGING])
    letters = alt.Scale(type="threshold", domain=list(steps), range=[ink.css for ink in theme.ON_DIVERGING])
    cells = (
        alt.Chart(source, name="cells")
        .mark_rect()
        .encode(x=x, y=y, color=alt.Color(f"{value}:Q").scale(fill).legend(None))
    )
    numbers = (
        alt.Chart(source, name="numbers")
        .mark_text(baseline="middle")
        .encode(
            x=x,
            y=y,
            text=alt.Text(f"{value}:Q", format=number_format),
            color=alt.Color(f"{value}:Q").scale(letters).legend(None),
        )
    )
    room = round(max(text_width(t, theme.WIDE.axis) for t in order)) + 12
    return finished(
        alt.layer(cells, numbers).resolve_scale(color="independent"),
        {
            "left": both(room),
            "right": both(6),
            "top": 26,
            "bottom": 6,
            "height": {"wide": 42 * len(order), "narrow": 38 * len(order)},
            "key": [],
            "readout": {"kind": "mark", "data": data, "fields": [row, column, value]},
        },
    )
