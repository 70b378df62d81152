"""Charts of estimates and their spread: intervals, bars, and a histogram with what was observed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.charts import theme
from generator.charts.axes import Axis, axis_of, checked, fitted, label_room, scale_of, value_axis, values_of
from generator.charts.layers import Spec, both, colour_of, distinct, finished, group_key, level, one_row, upright
from generator.charts.text import WIDEST, text_width

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd


_NARROW_ROOM = 18
"""Left of the plot on a phone, where labels stand above their rows: half of the first label of the axis, px."""


def intervals(
    frame: pd.DataFrame,
    *,
    data: str,
    label: str,
    value: str,
    lower: str,
    upper: str,
    axis: Axis,
    reference: float | None = None,
    group: str | None = None,
    inks: Mapping[str, theme.Ink] | None = None,
    ink: theme.Ink = theme.PALETTE[0],
) -> Spec:
    """Return one row per estimate: a dot for the value, a line for its interval.

    Parameters
    ----------
    frame : DataFrame
        One row per estimate, in the order shown; `label` values differ.
    data : str
        Name of `frame` in `Figure.data`.
    label, value, lower, upper : str
        Columns; the ends of an interval may be missing.
    axis : Axis
        The horizontal value axis.
    reference : float or None
        A value with a rule across all rows.
    group, inks : str, mapping
        A column whose values choose the colour, and the ink of each value.
    ink : theme.Ink
        Colour without groups.
    """
    import altair as alt  # noqa: PLC0415 - keeps importing the charts light

    checked(frame, label, value, lower, upper, group)
    labels = distinct(frame, label)
    domain = fitted([*values_of(frame, [value, lower, upper]), *([] if reference is None else [reference])], axis)
    room = {"wide": round(max(text_width(t, theme.WIDE.axis) for t in labels)) + 18, "narrow": _NARROW_ROOM}
    limit = round((theme.NARROW.width - _NARROW_ROOM) / WIDEST)
    source = alt.NamedData(name=data)
    rows = (
        alt.Y(f"{label}:N", sort=None)
        .scale(type="band", domain=labels)
        .axis(title=None, labels=False, ticks=False, grid=False, domain=False)
    )
    across = alt.X(f"{value}:Q").scale(**scale_of(axis, domain)).axis(**axis_of(axis, domain, orient="x"), grid=True)
    colour = colour_of(group, inks, ink)
    layers = [] if reference is None else [upright(reference, theme.RULE, 1.25)]
    layers += [
        alt.Chart(source, name="interval")
        .mark_rule(strokeWidth=2.5, opacity=0.55, strokeCap="round")
        .encode(x=alt.X(f"{lower}:Q"), x2=f"{upper}:Q", y=rows, color=colour),
        alt.Chart(source, name="estimate")
        .mark_point(filled=True, size=70, opacity=1)
        .encode(x=across, y=rows, color=colour),
        alt.Chart(source, name="wide_text")
        .mark_text(align="left", baseline="middle", color=theme.TEXT.css)
        .encode(x=alt.value(-room["wide"]), y=rows, text=alt.Text(f"{label}:N")),
        alt.Chart(source, name="narrow_halo")
        .mark_text(align="left", baseline="middle", dy=-13, limit=limit, stroke=theme.BACKGROUND.css, strokeWidth=5)
        .encode(x=alt.value(0), y=rows, text=alt.Text(f"{label}:N")),
        alt.Chart(source, name="narrow_text")
        .mark_text(align="left", baseline="middle", dy=-13, limit=limit, color=theme.TEXT.css)
        .encode(x=alt.value(0), y=rows, text=alt.Text(f"{label}:N")),
    ]
    return finished(
        alt.layer(*layers),
        {
            "left": room,
            "right": both(18),
            "top": 6,
            "bottom": 46 if axis.title else 28,
            "height": {"wide": 30 * len(labels), "narrow": 46 * len(labels)},
            "key": group_key(inks, "circle"),
            "readout": {"kind": "mark", "data": data, "fields": [label, value, lower, upper]},
        },
    )


def histogram_with_mark(
    frame: pd.DataFrame,
    *,
    data: str,
    left: str,
    right: str,
    count: str,
    axis: Axis,
    count_axis: Axis,
    observed: float,
    observed_label: str,
    group: str | None = None,
    inks: Mapping[str, theme.Ink] | None = None,
    ink: theme.Ink = theme.PALETTE[4],
    height: tuple[int, int] = (250, 210),
) -> Spec:
    """Return a histogram whose bins were counted beforehand, with the observed value marked.

    Parameters
    ----------
    frame : DataFrame
        One row per bin.
    data : str
        Name of `frame` in `Figure.data`.
    left, right, count : str
        Columns: ends of the bin, and its count or share.
    axis, count_axis : Axis
        Horizontal and vertical axis.
    observed, observed_label : float, str
        Where the rule stands and what is written beside it.
    group, inks : str, mapping
        A column whose values choose the colour of a bin (for example at least as large, smaller), and their inks.
    ink : theme.Ink
        Colour without groups.
    height : tuple of int
        Plot height in px, wide and narrow.
    """
    import altair as alt  # noqa: PLC0415 - keeps importing the charts light

    checked(frame, left, right, count, group)
    domain = fitted([*values_of(frame, [left, right]), observed], axis)
    counts = fitted([0.0, *values_of(frame, [count])], count_axis)
    later = observed > (domain[0] + domain[1]) / 2
    bins = (
        alt.Chart(alt.NamedData(name=data), name="bins")
        .mark_rect(stroke=theme.BACKGROUND.css, strokeWidth=1)
        .encode(
            x=alt.X(f"{left}:Q").scale(**scale_of(axis, domain)).axis(**axis_of(axis, domain, orient="x")),
            x2=f"{right}:Q",
            y=value_axis(count, count_axis, counts),
            y2=alt.datum(0),
            color=colour_of(group, inks, ink),
        )
    )
    text = (
        alt.Chart(one_row(), name="observed_label")
        .mark_text(
            align="right" if later else "left",
            baseline="top",
            dx=-7 if later else 7,
            fontWeight="bold",
            color=theme.ACCENT.css,
            text=observed_label,
        )
        .encode(x=alt.datum(observed, type="quantitative"), y=alt.value(2))
    )
    return finished(
        alt.layer(bins, upright(observed, theme.ACCENT, 2), text),
        {
            "left": both(label_room(count_axis, counts, theme.WIDE.axis)),
            "right": both(16),
            "top": 26 if count_axis.title else 10,
            "bottom": 46 if axis.title else 28,
            "height": {"wide": height[0], "narrow": height[1]},
            "key": group_key(inks, "square"),
            "readout": {"kind": "mark", "data": data, "between": [left, right], "fields": [count]},
        },
    )


def bars(
    frame: pd.DataFrame,
    *,
    data: str,
    label: str,
    value: str,
    axis: Axis,
    lower: str | None = None,
    upper: str | None = None,
    group: str | None = None,
    inks: Mapping[str, theme.Ink] | None = None,
    ink: theme.Ink = theme.PALETTE[0],
    height: tuple[int, int] = (270, 230),
) -> Spec:
    """Return upright bars from zero, one per row of `frame`, with an interval where its ends are given.

    Parameters
    ----------
    frame : DataFrame
        One row per bar, in the order shown; `label` values differ and are short.
    data : str
        Name of `frame` in `Figure.data`.
    label, value, lower, upper : str
        Columns.
    axis : Axis
        The vertical axis; zero is always on it.
    group, inks, ink
        As in `intervals`.
    height : tuple of int
        Plot height in px, wide and narrow.
    """
    import altair as alt  # noqa: PLC0415 - keeps importing the charts light

    checked(frame, label, value, lower, upper, group)
    labels = distinct(frame, label)
    domain = fitted([0.0, *values_of(frame, [value, lower, upper])], axis)
    source = alt.NamedData(name=data)
    along = (
        alt.X(f"{label}:N", sort=None)
        .scale(type="band", domain=labels, paddingInner=0.3, paddingOuter=0.15)
        .axis(title=None, labelAngle=0, ticks=False, domain=False, labelOverlap="greedy", labelLimit=0)
    )
    layers = [
        alt.Chart(source, name="bars")
        .mark_bar()
        .encode(x=along, y=value_axis(value, axis, domain), y2=alt.datum(0), color=colour_of(group, inks, ink)),
        level(0, theme.RULE, 1),
    ]
    if lower is not None and upper is not None:
        layers.append(
            alt.Chart(source, name="interval")
            .mark_rule(color=theme.TEXT.css, strokeWidth=1.5)
            .encode(x=along, y=alt.Y(f"{lower}:Q"), y2=f"{upper}:Q")
        )
    return finished(
        alt.layer(*layers),
        {
            "left": both(label_room(axis, domain, theme.WIDE.axis)),
            "right": both(8),
            "top": 26 if axis.title else 10,
            "bottom": 28,
            "height": {"wide": height[0], "narrow": height[1]},
            "key": group_key(inks, "square"),
            "readout": {"kind": "mark", "data": data, "fields": [label, value, *(c for c in (lower, upper) if c)]},
        },
    )
