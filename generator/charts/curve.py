"""The specification curve: every defensible estimate, and the choices behind each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.charts import theme
from generator.charts.axes import Axis, checked, fitted, label_room, value_axis, values_of
from generator.charts.layers import Spec, both, colour_of, finished, group_key, level
from generator.charts.text import text_width

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd


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
    spec = finished(
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
    # Altair numbers the names of what it concatenates; a live chart knows its marks by their own.
    for layer in spec["vconcat"][0]["layer"]:
        layer["name"] = layer["name"].removesuffix("_0")
    return spec
