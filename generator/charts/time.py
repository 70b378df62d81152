"""Charts with time on the horizontal axis, or sessions since an event."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from generator.charts import theme
from generator.charts.axes import (
    Axis,
    Layer,
    axis_of,
    checked,
    fitted,
    label_room,
    milliseconds,
    scale_of,
    time_axis,
    value_axis,
    values_of,
)
from generator.charts.layers import (
    Events,
    Line,
    Spec,
    both,
    end_labels,
    event_key,
    event_layers,
    finished,
    key_of,
    one_row,
    readout_of,
)
from generator.charts.points import segment
from generator.charts.text import text_width

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

# More lines than this are named in a key, not at their ends.
_MOST_END_LABELS: Final = 5


def time_lines(
    frame: pd.DataFrame,
    *,
    data: str,
    date: str = "date",
    lines: Sequence[Line],
    axis: Axis,
    reference: float | None = None,
    events: Events | None = None,
    named_at_ends: bool = True,
    height: tuple[int, int] = (theme.WIDE.plot_height, theme.NARROW.plot_height),
) -> Spec:
    """Return a chart of several series over time.

    Parameters
    ----------
    frame : DataFrame
        One row per date, one column per series (and per end of a band); dates ascending, at midnight.
    data : str
        Name under which `frame` stands in `Figure.data`.
    date : str
        Column of dates.
    lines : sequence of Line
        Drawn in order, the first on top.
    axis : Axis
        The value axis.
    reference : float or None
        A value with a rule across the plot, for example 0.
    events : Events or None
        The claim's date, the policy decisions and spans of dates.
    named_at_ends : bool
        Whether few lines are named at their ends; a key names them otherwise.
    height : tuple of int
        Plot height in px, wide and narrow.
    """
    import altair as alt  # noqa: PLC0415 - keeps importing the charts light

    columns = [c for line in lines for c in (line.column, line.lower, line.upper)]
    checked(frame, date, *columns)
    domain = fitted(values_of(frame, columns), axis)
    span = (milliseconds(frame[date].iloc[0]), milliseconds(frame[date].iloc[-1]))
    events = events or Events()
    layers = [_reference(reference)] if reference is not None else []
    marked, marks = event_layers(events, span)
    layers += marked
    layers += [_band(data, date, line) for line in reversed(lines) if line.lower is not None]
    layers += [
        alt.Chart(alt.NamedData(name=data), name=f"line_{line.column}")
        .mark_line(color=line.ink.css, strokeDash=list(line.ink.dash), **_width(line))
        .encode(x=time_axis(date), y=value_axis(line.column, axis, domain))
        for line in reversed(lines)
    ]
    direct = named_at_ends and 1 < len(lines) <= _MOST_END_LABELS
    if direct:
        labels, ends = end_labels(frame, date, lines, domain=domain, log=axis.log, height=height[0])
        layers += labels
        marks |= ends
    widest = max(text_width(line.label, theme.WIDE.axis, bold=True) for line in lines) if direct else 0
    return finished(
        alt.layer(*layers),
        {
            "left": both(label_room(axis, domain, theme.WIDE.axis)),
            "right": {"wide": round(widest) + 14 if direct else 14, "narrow": 14},
            "top": 26 if axis.title else 10,
            "bottom": 26,
            "height": {"wide": height[0], "narrow": height[1]},
            "key": (key_of(lines) if len(lines) > 1 else []) + event_key(events),
            "direct": direct,
            "marks": marks,
            "thin": [data],
            "fixed_y": axis.domain is not None,
            "log_y": axis.log,
            "include_y": list(axis.include),
            "x": date,
            "readout": {"kind": "x", "data": data, "x": date, "series": readout_of(lines)},
            "ranges": True,
        },
    )


def levels_against_returns(
    levels: pd.DataFrame,
    returns: pd.DataFrame,
    *,
    levels_data: str,
    returns_data: str,
    date: str = "date",
    lines: Sequence[Line],
    levels_axis: Axis,
    x: str,
    y: str,
    x_axis: Axis,
    y_axis: Axis,
    slope: float | None = None,
    intercept: float = 0.0,
    levels_title: str,
    returns_title: str,
    ink: theme.Ink,
) -> Spec:
    """Return two panels: prices that look tied, and the daily returns behind them, day by day.

    Parameters
    ----------
    levels : DataFrame
        Rebased prices, one column per line.
    returns : DataFrame
        One row per session: columns `x` and `y`, in percent.
    levels_data, returns_data : str
        Names of the two frames in `Figure.data`.
    date : str
        Column of dates in both frames.
    lines : sequence of Line
        The two prices.
    levels_axis, x_axis, y_axis : Axis
        Value axes of the left panel and of both sides of the right one.
    x, y : str
        Columns of `returns`.
    slope, intercept : float
        The least-squares line through the returns, drawn when `slope` is given.
    levels_title, returns_title : str
        One line above each panel, with the computed correlation.
    ink : theme.Ink
        Colour of the dots.
    """
    import altair as alt  # noqa: PLC0415 - keeps importing the charts light

    checked(levels, date, *(line.column for line in lines))
    checked(returns, date, x, y)
    domain = fitted(values_of(levels, [line.column for line in lines]), levels_axis)
    domain_x, domain_y = (fitted(values_of(returns, [c]), a) for c, a in ((x, x_axis), (y, y_axis)))
    left = alt.layer(
        *(
            alt.Chart(alt.NamedData(name=levels_data), name=f"line_{line.column}")
            .mark_line(color=line.ink.css, strokeDash=list(line.ink.dash), **_width(line))
            .encode(x=time_axis(date), y=value_axis(line.column, levels_axis, domain))
            for line in reversed(lines)
        ),
        _panel_title(levels_title),
    )
    dots = (
        alt.Chart(alt.NamedData(name=returns_data), name="dots")
        .mark_point(filled=True, size=16, color=ink.css, opacity=0.45, strokeWidth=0)
        .encode(
            x=alt.X(f"{x}:Q").scale(**scale_of(x_axis, domain_x)).axis(**axis_of(x_axis, domain_x, orient="x")),
            y=value_axis(y, y_axis, domain_y),
        )
    )
    right = [_zero("x"), _zero("y"), dots]
    if slope is not None:
        right += segment(slope, intercept, domain_x, domain_y)
    right.append(_panel_title(returns_title))
    room = (label_room(levels_axis, domain, theme.WIDE.axis), label_room(y_axis, domain_y, theme.WIDE.axis))
    return finished(
        alt.hconcat(left, alt.layer(*right)),
        {
            "left": both(max(room)),
            "right": {"wide": 14, "narrow": 8},
            "top": 48,
            "bottom": 48,
            "height": {"wide": 270, "narrow": 150},
            "across": True,
            "key": key_of(lines),
            "direct": False,
            "thin": [],
            "fixed_y": True,
            "x": date,
            "readout": {
                "kind": "panels",
                "panels": [
                    {"kind": "x", "data": levels_data, "x": date, "series": readout_of(lines)},
                    {"kind": "mark", "data": returns_data, "fields": [date, x, y]},
                ],
            },
            "ranges": False,
        },
    )


def _panel_title(text: str) -> Layer:
    import altair as alt  # noqa: PLC0415 - keeps importing the charts light

    return (
        alt.Chart(one_row(), name="panel_title")
        .mark_text(align="left", baseline="bottom", dy=-30, fontWeight="bold", color=theme.TEXT.css, text=text)
        .encode(x=alt.value(0), y=alt.value(0))
    )


def _zero(orient: str) -> Layer:
    import altair as alt  # noqa: PLC0415 - keeps importing the charts light

    return (
        alt.Chart(one_row(), name=f"zero_{orient}")
        .mark_rule(color=theme.RULE.css, strokeWidth=1)
        .encode(**{orient: alt.datum(0, type="quantitative")})
    )


def _reference(value: float) -> Layer:
    import altair as alt  # noqa: PLC0415 - keeps importing the charts light

    return (
        alt.Chart(one_row(), name="reference")
        .mark_rule(color=theme.RULE.css, strokeWidth=1)
        .encode(y=alt.datum(value, type="quantitative"))
    )


def _band(data: str, date: str, line: Line) -> Layer:
    import altair as alt  # noqa: PLC0415 - keeps importing the charts light

    return (
        alt.Chart(alt.NamedData(name=data), name=f"band_{line.column}")
        .mark_area(color=line.ink.css, opacity=0.16)
        .encode(x=time_axis(date), y=alt.Y(f"{line.lower}:Q"), y2=f"{line.upper}:Q")
    )


def _width(line: Line) -> dict[str, Any]:
    return {} if line.width is None else {"strokeWidth": line.width}
