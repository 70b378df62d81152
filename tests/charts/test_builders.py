"""Every builder gives a spec that Vega-Lite accepts, that aggregates nothing and that holds no foreign code."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import altair as alt
import pandas as pd
import pytest

from generator.charts import theme
from generator.charts.axes import Axis, fitted
from generator.charts.encode import decoded, encoded
from generator.charts.layers import Line, spread
from generator.charts.picture import drawn, laid_out, static_rows
from generator.charts.points import heatmap
from generator.charts.time import time_lines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.charts.figure import Figure

EXPRESSIONS = re.compile(r"(datum\.label|\(datum\.value \? datum\.label : '0'\))( \+ '(%| bp|×)')?")


def parts(body: object, key: str) -> Iterator[Any]:
    """Give every value that stands under `key` anywhere in a spec."""
    if isinstance(body, dict):
        for name, value in body.items():
            if name == key:
                yield value
            yield from parts(value, key)
    elif isinstance(body, list):
        for value in body:
            yield from parts(value, key)


def mark_names(view: dict[str, Any]) -> Iterator[str]:
    """Give the name of every view of a spec that draws a mark."""
    if "mark" in view:
        yield view["name"]
    for key in ("layer", "hconcat", "vconcat"):
        for child in view.get(key, ()):
            yield from mark_names(child)


@pytest.mark.parametrize("layout", theme.LAYOUTS, ids=lambda layout: layout.name)
def test_spec_is_valid_vega_lite(each_figure: Figure, layout: theme.Layout) -> None:
    """The finished spec of both layouts passes the schema of the Vega-Lite version that Altair pins."""
    spec = laid_out(each_figure.spec, layout)
    assert spec["$schema"].endswith("/v6.4.1.json")
    alt.Chart.from_dict(spec)


@pytest.mark.parametrize("layout", theme.LAYOUTS, ids=lambda layout: layout.name)
def test_spec_compiles_to_marks(each_figure: Figure, layout: theme.Layout) -> None:
    """The spec draws: every mark of it is in the SVG, and no broken number."""
    rows = {name: decoded(encoded(frame, each_figure.columns)) for name, frame in each_figure.data.items()}
    spec = laid_out(each_figure.spec, layout)
    svg = drawn(spec, rows)
    assert "NaN" not in svg
    assert "undefined" not in svg
    drawn_marks = set(re.findall(r'class="mark-(?:line|area|symbol|rect|rule|text) role-mark ([a-z_0-9]+)_marks', svg))
    assert drawn_marks == set(mark_names(spec))


def test_spec_holds_no_data_and_no_address(each_figure: Figure) -> None:
    """Data come by name only, and nothing points to another place."""
    spec = each_figure.spec
    assert list(parts(spec, "url")) == []
    assert list(parts(spec, "href")) == []
    assert "datasets" not in spec
    sources = list(parts(spec, "data"))
    assert all(isinstance(s, str) or set(s) in ({"name"}, {"sequence"}) for s in sources)
    assert all(s["sequence"] == {"start": 0, "stop": 1} for s in sources if isinstance(s, dict) and "sequence" in s)


def test_vega_computes_nothing(each_figure: Figure) -> None:
    """No aggregate, bin, transform, time unit or stack: pictures show the values that the text shows."""
    for key in ("aggregate", "bin", "transform", "timeUnit", "impute"):
        assert list(parts(each_figure.spec, key)) == []


def test_expressions_are_constants_of_the_code(each_figure: Figure) -> None:
    """An expression is code, so each one is one of those written in `generator.charts.axes`."""
    found = [
        e
        for key in ("labelExpr", "expr", "signal", "calculate", "filter", "test")
        for e in parts(each_figure.spec, key)
    ]
    assert all(EXPRESSIONS.fullmatch(e) for e in found), found


def test_time_scales_are_utc(each_figure: Figure) -> None:
    """A time axis is in UTC, so that no reader sees another date than was meant."""
    fields = [x for x in parts(each_figure.spec, "x") if isinstance(x, dict) and x.get("type") == "temporal"]
    assert all(x["scale"]["type"] == "utc" for x in fields)


def test_colours_follow_the_scheme(each_figure: Figure) -> None:
    """Every colour of a spec is a variable that holds both schemes; a fixed colour would vanish in one of them."""
    for layout in theme.LAYOUTS:
        text = json.dumps(laid_out(each_figure.spec, layout))
        assert re.findall(r"#[0-9a-fA-F]{3,8}\b", text) == []
        assert "var(--tandem-" in text


def test_two_series_differ_by_more_than_colour(all_figures: dict[str, Figure]) -> None:
    """The lines of a chart have different dashes, and the key shows them."""
    layers = all_figures["time-lines"].spec["layer"]
    dashes = [tuple(layer["mark"]["strokeDash"]) for layer in layers if layer["name"].startswith("line_")]
    assert len(set(dashes)) == len(dashes) == 2
    key = all_figures["time-lines"].spec["usermeta"]["tandem"]["key"]
    assert {tuple(entry["dash"]) for entry in key if entry["shape"] == "line"} == set(dashes)


def test_frames_are_left_as_they_were(all_figures: dict[str, Figure]) -> None:
    """Building and drawing a figure changes none of its frames."""
    figure = all_figures["time-lines"]
    before = {name: frame.copy() for name, frame in figure.data.items()}
    drawn(laid_out(figure.spec, theme.WIDE), {n: decoded(encoded(f, figure.columns)) for n, f in figure.data.items()})
    for name, frame in before.items():
        pd.testing.assert_frame_equal(frame, figure.data[name])


def test_static_pictures_show_decisions_inside_the_span_only(all_figures: dict[str, Figure]) -> None:
    """Decisions before the first or after the last row would stretch the time axis; holds are not drawn."""
    figure = all_figures["time-lines"]
    rows = {name: decoded(encoded(frame, figure.columns)) for name, frame in figure.data.items()}
    kept = static_rows(rows, figure.spec["usermeta"]["tandem"])
    first, last = rows["rolling"][0]["date"], rows["rolling"][-1]["date"]
    assert 0 < len(kept["decisions"]) < len(rows["decisions"])
    assert all(first <= row["date"] <= last and row["decision"] != "hold" for row in kept["decisions"])


def test_static_pictures_thin_long_lines_to_weeks(all_figures: dict[str, Figure]) -> None:
    """A picture of 900 sessions draws one value a week, and keeps the first and the last."""
    figure = all_figures["time-lines"]
    rows = {name: decoded(encoded(frame, figure.columns)) for name, frame in figure.data.items()}
    kept = static_rows(rows, figure.spec["usermeta"]["tandem"])["rolling"]
    assert kept[0] == rows["rolling"][0]
    assert kept[-1] == rows["rolling"][-1]
    assert len(kept) == pytest.approx(900 / 5, abs=3)


@pytest.mark.parametrize("name", ["a.b", "a[0]", "a'b", "datum.x", "Ä", "", "x:T"])
def test_column_names_that_vega_would_read_are_refused(name: str) -> None:
    """A field name is a path expression for Vega, so only plain names pass."""
    frame = pd.DataFrame({"date": pd.to_datetime(["2025-01-01", "2025-01-02"]), name: [1.0, 2.0]})
    with pytest.raises(ValueError, match="a plotted column is named with"):
        time_lines(frame, data="d", lines=[Line(column=name, label="x", ink=theme.PALETTE[0])], axis=Axis())


def test_missing_column_is_named() -> None:
    """An unknown column is an error that lists the known ones, not an empty chart."""
    frame = pd.DataFrame({"date": pd.to_datetime(["2025-01-01", "2025-01-02"]), "a": [1.0, 2.0]})
    with pytest.raises(ValueError, match="no column 'b'; the frame has date, a"):
        time_lines(frame, data="d", lines=[Line(column="b", label="x", ink=theme.PALETTE[0])], axis=Axis())


@pytest.mark.parametrize("text", ["%Y", ".2f'", "$,.2f", "{", ".9f"])
def test_number_formats_are_plain(text: str) -> None:
    """Only the few number formats that Python and d3 write alike are accepted."""
    with pytest.raises(ValueError, match="expected"):
        Axis(format=text)


def test_matrix_needs_an_end_for_each_step() -> None:
    """A scale with fewer ends than colours would leave cells without one."""
    frame = pd.DataFrame({"row": ["a"], "column": ["a"], "value": [1.0]})
    with pytest.raises(ValueError, match="1 ends of steps; the scale has 9 colours"):
        heatmap(frame, data="m", row="row", column="column", value="value", order=["a"], steps=[0.0])


@pytest.mark.parametrize(
    ("values", "axis", "expected"),
    [
        ([0.13, 0.87], Axis(), (0.0, 1.0)),
        ([-3.2, 7.9], Axis(), (-5.0, 10.0)),
        ([5.0], Axis(), (4.4, 5.6)),
        ([], Axis(), (0.0, 1.0)),
        ([0.4], Axis(domain=(-1.0, 1.0)), (-1.0, 1.0)),
        ([30.0, 80.0], Axis(include=(0.0,)), (0.0, 80.0)),
    ],
)
def test_axis_ends_are_round_and_hold_the_values(
    values: list[float], axis: Axis, expected: tuple[float, float]
) -> None:
    """Fitted ends are round numbers outside the values; fixed ends stay."""
    low, high = fitted(values, axis)
    assert (low, high) == pytest.approx(expected)
    assert axis.domain or all(low <= v <= high for v in values)


def test_logarithmic_axis_refuses_zero() -> None:
    """Zero has no place on a logarithmic axis; the message says so instead of an empty picture."""
    with pytest.raises(ValueError, match="cannot show 0"):
        fitted([0.0, 3.0], Axis(log=True))


def test_labels_are_spread_without_leaving_the_plot() -> None:
    """Labels that would cover each other end up a line apart, in the same order, inside the plot."""
    placed = spread([100.0, 101.0, 99.0, 298.0], 16, 0, 300)
    assert [placed[i] for i in (2, 0, 1, 3)] == sorted(placed)
    assert min(b - a for a, b in zip(sorted(placed), sorted(placed)[1:], strict=False)) >= 15.9
    assert min(placed) >= 0
    assert max(placed) <= 300
