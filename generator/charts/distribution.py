"""Charts of estimates and their spread: intervals, bars, a histogram with what was observed, a specification curve."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from generator.charts import theme
from generator.charts.layers import (
    Axis,
    Layer,
    Spec,
    axis_of,
    both,
    checked,
    finished,
    fitted,
    label_room,
    one_row,
    scale_of,
    value_axis,
    values_of,
)
from generator.charts.text import text_width

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd


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
    room = {"wide": round(max(text_width(t, theme.WIDE.axis) for t in labels)) + 18, "narrow": 10}
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
        .mark_text(align="left", baseline="middle", dy=-13, stroke=theme.BACKGROUND.css, strokeWidth=5)
        .encode(x=alt.value(0), y=rows, text=alt.Text(f"{label}:N")),
        alt.Chart(source, name="narrow_text")
        .mark_text(align="left", baseline="middle", dy=-13, color=theme.TEXT.css)
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


def sorted_curve(
    curve: pd.DataFrame,
    choices: pd.DataFrame,
    *,
    curve_data: str,
    choices_data: str,
    rank: str,
    value: str,
    lower: str | None,
    upper: str | None,
    choice: str,
    order: Sequence[str],
    axis: Axis,
    reference: float | None = None,
    group: str | None = None,
    inks: Mapping[str, theme.Ink] | None = None,
    ink: theme.Ink = theme.PALETTE[0],
) -> Spec:
    """Return a specification curve: estimates from smallest to largest, and below them the choices behind each.

    Parameters
    ----------
    curve : DataFrame
        One row per specification: `rank` (from 1), `value` and the ends of its interval.
    choices : DataFrame
        One row per choice of a specification: `rank` and `choice`.
    curve_data, choices_data : str
        Names of the frames in `Figure.data`.
    rank, value, lower, upper, choice : str
        Columns.
    order : sequence of str
        The choices from top to bottom.
    axis : Axis
        The vertical axis of the curve.
    reference : float or None
        A value with a rule across the curve.
    group, inks, ink
        As in `intervals`; they colour the estimates.
    """
    import altair as alt  # noqa: PLC0415 - keeps importing the charts light

    checked(curve, rank, value, lower, upper, group)
    checked(choices, rank, choice)
    domain = fitted([*values_of(curve, [value, lower, upper]), *([] if reference is None else [reference])], axis)
    many = len(curve)
    along = alt.X(f"{rank}:Q").scale(domain=[0.5, many + 0.5], nice=False, zero=False).axis(None)
    source = alt.NamedData(name=curve_data)
    top = [] if reference is None else [level(reference, theme.ACCENT, 1.25)]
    if lower is not None and upper is not None:
        top.append(
            alt.Chart(source, name="interval")
            .mark_area(color=theme.MUTED.css, opacity=0.2)
            .encode(x=along, y=alt.Y(f"{lower}:Q"), y2=f"{upper}:Q")
        )
    top.append(
        alt.Chart(source, name="estimate")
        .mark_point(filled=True, size=max(6, min(40, 6000 / many)), opacity=1)
        .encode(x=along, y=value_axis(value, axis, domain), color=colour_of(group, inks, ink))
    )
    size = theme.WIDE.note
    rows = (
        alt.Y(f"{choice}:N", sort=None)
        .scale(type="band", domain=list(order))
        .axis(
            title=None,
            labelFontSize=size,
            labelLimit=0,
            grid=False,
            domain=False,
            ticks=False,
            labelColor=theme.TEXT.css,
        )
    )
    ticks = (
        alt.Chart(alt.NamedData(name=choices_data), name="choices")
        .mark_tick(color=theme.MUTED.css, thickness=max(0.6, min(3, 400 / many)), bandSize=11, opacity=0.8)
        .encode(x=along, y=rows)
    )
    room = max(label_room(axis, domain, theme.WIDE.axis), round(max(text_width(o, size) for o in order)) + 10)
    return finished(
        alt.vconcat(alt.layer(*top), ticks),
        {
            "left": both(room),
            "right": both(10),
            "top": 26 if axis.title else 10,
            "bottom": 8,
            "gap": 14,
            "height": {"wide": [220, 17 * len(order)], "narrow": [200, 17 * len(order)]},
            "key": group_key(inks, "circle"),
            "readout": {
                "kind": "mark",
                "data": curve_data,
                "fields": [rank, value, *(c for c in (lower, upper, group) if c)],
            },
        },
    )


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
