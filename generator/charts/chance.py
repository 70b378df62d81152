"""Charts of what was observed beside what chance alone gives: leads and lags in their band, two nulls side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from generator.charts import theme
from generator.charts.axes import Axis, Layer, axis_of, checked, fitted, label_room, scale_of, value_axis, values_of
from generator.charts.layers import Spec, both, colour_of, finished, group_key, level, one_row, upright

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd


def lag_bars(
    frame: pd.DataFrame,
    *,
    data: str,
    lag: str,
    value: str,
    lower: str,
    upper: str,
    lag_axis: Axis,
    axis: Axis,
    band_label: str,
    group: str,
    inks: Mapping[str, theme.Ink],
    height: tuple[int, int] = (230, 210),
) -> Spec:
    """Return a thin bar from zero at each lead and lag, over the band in which unrelated series would stay.

    Parameters
    ----------
    frame : DataFrame
        One row per lag, ascending.
    data : str
        Name of `frame` in `Figure.data`.
    lag, value, lower, upper : str
        Columns; the band's ends lie around zero, not around the value.
    lag_axis, axis : Axis
        Horizontal and vertical axis.
    band_label : str
        What the band is, in the key.
    group, inks : str, mapping
        A column whose values choose the colour of a bar, and the ink of each value.
    height : tuple of int
        Plot height in px, wide and narrow.
    """
    import altair as alt  # noqa: PLC0415 - keeps importing the charts light

    checked(frame, lag, value, lower, upper, group)
    domain = fitted([0.0, *values_of(frame, [value, lower, upper])], axis)
    lags = values_of(frame, [lag])
    along = (float(lags.min()) - 0.6, float(lags.max()) + 0.6)
    across = alt.X(f"{lag}:Q").scale(**scale_of(lag_axis, along)).axis(**axis_of(lag_axis, along, orient="x"))
    source = alt.NamedData(name=data)
    layers = [
        alt.Chart(source, name="band")
        .mark_area(color=theme.MUTED.css, opacity=0.2)
        .encode(x=across, y=value_axis(lower, axis, domain), y2=f"{upper}:Q"),
        alt.Chart(source, name="bars")
        .mark_bar(size=7)
        .encode(x=across, y=value_axis(value, axis, domain), y2=alt.datum(0), color=colour_of(group, inks, theme.TEXT)),
        level(0, theme.RULE, 1),
    ]
    return finished(
        alt.layer(*layers),
        {
            "left": both(label_room(axis, domain, theme.WIDE.axis)),
            "right": both(8),
            "top": 26 if axis.title else 10,
            "bottom": 46 if lag_axis.title else 28,
            "height": {"wide": height[0], "narrow": height[1]},
            "key": [
                *group_key(inks, "square"),
                {"label": band_label, "color": theme.MUTED.css, "dash": [], "shape": "band"},
            ],
            "readout": {"kind": "mark", "data": data, "fields": [lag, value, lower, upper]},
        },
    )


def histograms_beside(
    frame: pd.DataFrame,
    *,
    data: str,
    left: str,
    right: str,
    panels: Sequence[tuple[str, str]],
    axis: Axis,
    count_axis: Axis,
    observed: float,
    observed_label: str,
    group: str,
    inks: Mapping[str, theme.Ink],
    height: tuple[int, int] = (210, 150),
) -> Spec:
    """Return several histograms of one quantity on the same two scales, each with the observed value marked.

    Parameters
    ----------
    frame : DataFrame
        One row per bin, counted beforehand.
    data : str
        Name of `frame` in `Figure.data`.
    left, right : str
        Columns: ends of the bin.
    panels : sequence of (str, str)
        Column of counts or shares, and the line above its panel.
    axis, count_axis : Axis
        Horizontal and vertical axis of every panel; the horizontal one has fixed ends.
    observed, observed_label : float, str
        Where the rule stands and what is written beside it, in every panel.
    group, inks : str, mapping
        A column whose values choose the colour of a bin, and their inks.
    height : tuple of int
        Height of one panel in px, wide and narrow.
    """
    import altair as alt  # noqa: PLC0415 - keeps importing the charts light

    checked(frame, left, right, group, *(column for column, _ in panels))
    domain = fitted([*values_of(frame, [left, right]), observed], axis)
    counts = fitted([0.0, *values_of(frame, [column for column, _ in panels])], count_axis)
    made = []
    for column, title in panels:
        bins = (
            alt.Chart(alt.NamedData(name=data), name=f"{column}_bins")
            .mark_rect(stroke=theme.BACKGROUND.css, strokeWidth=1)
            .encode(
                x=alt.X(f"{left}:Q").scale(**scale_of(axis, domain)).axis(**axis_of(axis, domain, orient="x")),
                x2=f"{right}:Q",
                y=value_axis(column, count_axis, counts),
                y2=alt.datum(0),
                color=colour_of(group, inks, theme.TEXT),
            )
        )
        made.append(
            alt.layer(bins, upright(observed, theme.ACCENT, 2), *_words(title, observed, observed_label, domain))
        )
    return finished(
        alt.hconcat(*made),
        {
            "left": both(label_room(count_axis, counts, theme.WIDE.axis)),
            "right": both(14),
            "top": 48,
            "bottom": 48,
            "height": {"wide": height[0], "narrow": height[1]},
            "key": group_key(inks, "square"),
            "readout": {
                "kind": "mark",
                "data": data,
                "between": [left, right],
                "fields": [column for column, _ in panels],
            },
        },
    )


def _words(title: str, observed: float, observed_label: str, domain: tuple[float, float]) -> list[Layer]:
    """Return the line above a panel, and the words beside its mark."""
    import altair as alt  # noqa: PLC0415 - keeps importing the charts light

    later = observed > (domain[0] + domain[1]) / 2
    heading: dict[str, Any] = {"align": "left", "baseline": "bottom", "dy": -30, "fontWeight": "bold"}
    beside: dict[str, Any] = {"align": "right" if later else "left", "baseline": "top", "dx": -7 if later else 7}
    return [
        alt.Chart(one_row(), name="panel_title")
        .mark_text(**heading, color=theme.TEXT.css, text=title)
        .encode(x=alt.value(0), y=alt.value(0)),
        alt.Chart(one_row(), name="observed_label")
        .mark_text(**beside, fontWeight="bold", color=theme.ACCENT.css, text=observed_label)
        .encode(x=alt.datum(observed, type="quantitative"), y=alt.value(2)),
    ]
