"""Charts that count sessions from an event: many paths with their average, and a fan of quantiles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from generator.charts import theme
from generator.charts.axes import Axis, Layer, axis_of, checked, fitted, label_room, scale_of, value_axis, values_of
from generator.charts.layers import Line, Spec, both, finished, key_of, level, readout_of, upright

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd


def paths_after_event(
    paths: pd.DataFrame,
    averages: pd.DataFrame,
    *,
    paths_data: str,
    averages_data: str,
    step: str,
    path: str,
    value: str,
    lines: Sequence[Line],
    step_axis: Axis,
    axis: Axis,
    reference: float | None = 0.0,
    height: tuple[int, int] = (320, 270),
) -> Spec:
    """Return thin lines, one per event, with averages and their bands on top.

    Parameters
    ----------
    paths : DataFrame
        One row per event and step: columns `step`, `path` (which event) and `value`.
    averages : DataFrame
        One row per step: column `step` and the columns of `lines`.
    paths_data, averages_data : str
        Names of the frames in `Figure.data`.
    step, path, value : str
        Columns; `step` counts sessions from the event, 0 on its day.
    lines : sequence of Line
        The averages, each with a band where it has one.
    step_axis, axis : Axis
        Horizontal and vertical axis.
    reference : float or None
        A value with a rule across the plot.
    height : tuple of int
        Plot height in px, wide and narrow.
    """
    import altair as alt  # noqa: PLC0415 - keeps importing the charts light

    columns = [c for line in lines for c in (line.column, line.lower, line.upper)]
    checked(paths, step, path, value)
    checked(averages, step, *columns)
    domain = fitted([*values_of(paths, [value]), *values_of(averages, columns)], axis)
    steps = _ends([*values_of(paths, [step]), *values_of(averages, [step])])
    across = _steps(step, step_axis, steps)
    thin = (
        alt.Chart(alt.NamedData(name=paths_data), name="paths")
        .mark_line(color=theme.MUTED.css, strokeWidth=1, strokeOpacity=0.35)
        .encode(x=across, y=value_axis(value, axis, domain), detail=alt.Detail(f"{path}:N"))
    )
    layers = [] if reference is None else [level(reference, theme.RULE, 1)]
    layers += [upright(0, theme.RULE, 1)] if steps[0] < 0 else []
    layers += [thin, *_lines(averages_data, across, lines, axis, domain)]
    key = [*key_of(lines), {"label": "each event", "color": theme.MUTED.css, "dash": [], "shape": "line"}]
    meta = _meta(axis, domain, step_axis, height)
    readout = {"kind": "x", "data": averages_data, "x": step, "series": readout_of(lines)}
    return finished(alt.layer(*layers), {**meta, "key": key, "readout": readout})


def fan(
    frame: pd.DataFrame,
    *,
    data: str,
    step: str,
    bands: Sequence[tuple[str, str, str]],
    lines: Sequence[Line],
    ink: theme.Ink,
    step_axis: Axis,
    axis: Axis,
    reference: float | None = None,
    height: tuple[int, int] = (320, 270),
) -> Spec:
    """Return nested bands of quantiles, widest first, with lines such as the median or the path taken.

    Parameters
    ----------
    frame : DataFrame
        One row per step.
    data : str
        Name of `frame` in `Figure.data`.
    step : str
        Column that counts sessions from the start.
    bands : sequence of (str, str, str)
        Label, lower and upper column of each band, from the widest to the narrowest.
    lines : sequence of Line
        Lines on top of the bands.
    ink : theme.Ink
        Colour of the bands.
    step_axis, axis : Axis
        Horizontal and vertical axis.
    reference : float or None
        A value with a rule across the plot.
    height : tuple of int
        Plot height in px, wide and narrow.
    """
    import altair as alt  # noqa: PLC0415 - keeps importing the charts light

    ends = [c for _, low, high in bands for c in (low, high)]
    columns = [*ends, *(c for line in lines for c in (line.column, line.lower, line.upper))]
    checked(frame, step, *columns)
    domain = fitted(values_of(frame, columns), axis)
    across = _steps(step, step_axis, _ends(values_of(frame, [step])))
    layers: list[Layer] = [] if reference is None else [level(reference, theme.RULE, 1)]
    layers += [
        alt.Chart(alt.NamedData(name=data), name=f"band_{low}")
        .mark_area(color=ink.css, opacity=0.18)
        .encode(x=across, y=value_axis(low, axis, domain), y2=f"{high}:Q")
        for _, low, high in bands
    ]
    layers += _lines(data, across, lines, axis, domain)
    shades = [{"label": label, "color": ink.css, "dash": [], "shape": "band"} for label, _, _ in bands]
    meta = _meta(axis, domain, step_axis, height)
    series = [*readout_of(lines), *({"label": text, "color": ink.css, "lower": a, "upper": b} for text, a, b in bands)]
    readout = {"kind": "x", "data": data, "x": step, "series": series}
    return finished(alt.layer(*layers), {**meta, "key": [*key_of(lines), *shades], "readout": readout})


def _lines(data: str, across: Layer, lines: Sequence[Line], axis: Axis, domain: tuple[float, float]) -> list[Layer]:
    import altair as alt  # noqa: PLC0415 - keeps importing the charts light

    source = alt.NamedData(name=data)
    bands = [
        alt.Chart(source, name=f"band_{line.column}")
        .mark_area(color=line.ink.css, opacity=0.2)
        .encode(x=across, y=alt.Y(f"{line.lower}:Q"), y2=f"{line.upper}:Q")
        for line in lines
        if line.lower is not None and line.upper is not None
    ]
    strokes = [
        alt.Chart(source, name=f"line_{line.column}")
        .mark_line(color=line.ink.css, strokeDash=list(line.ink.dash), strokeWidth=line.width or 2.5)
        .encode(x=across, y=value_axis(line.column, axis, domain))
        for line in reversed(lines)
    ]
    return [*bands, *strokes]


def _ends(values: Sequence[float] | Any) -> tuple[float, float]:  # noqa: ANN401 - an array of any shape
    return (float(min(values)), float(max(values)))


def _steps(step: str, axis: Axis, domain: tuple[float, float]) -> Layer:
    import altair as alt  # noqa: PLC0415 - keeps importing the charts light

    return alt.X(f"{step}:Q").scale(**scale_of(axis, domain)).axis(**axis_of(axis, domain, orient="x"))


def _meta(axis: Axis, domain: tuple[float, float], step_axis: Axis, height: tuple[int, int]) -> dict[str, Any]:
    return {
        "left": both(label_room(axis, domain, theme.WIDE.axis)),
        "right": both(16),
        "top": 26 if axis.title else 10,
        "bottom": 46 if step_axis.title else 28,
        "height": {"wide": height[0], "narrow": height[1]},
    }
