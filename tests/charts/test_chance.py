"""Charts of what was observed beside what chance gives, and spans of dates on a time axis."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from generator.charts import theme
from generator.charts.chance import histograms_beside, lag_bars
from generator.charts.layers import Axis

if TYPE_CHECKING:
    from generator.charts.figure import Figure


def test_panels_share_both_scales(all_figures: dict[str, Figure]) -> None:
    """Two histograms can be compared by eye: one domain across, one domain upwards, one mark in each."""
    left, right = all_figures["histograms-beside"].spec["hconcat"]
    for axis in ("x", "y"):
        scales = [panel["layer"][0]["encoding"][axis]["scale"]["domain"] for panel in (left, right)]
        assert scales[0] == scales[1]
    assert left["layer"][0]["encoding"]["y"]["scale"]["domain"][1] >= 20
    marks = [panel["layer"][1]["encoding"]["x"] for panel in (left, right)]
    assert marks[0] == marks[1]
    assert marks[0]["datum"] == 0.6


def test_the_band_lies_around_zero(all_figures: dict[str, Figure]) -> None:
    """The band of leads and lags is drawn from its own columns, below the bars, and named in the key."""
    figure = all_figures["lag-bars"]
    names = [layer["name"] for layer in figure.spec["layer"]]
    assert names == ["band", "bars", "level"]
    band = figure.spec["layer"][0]["encoding"]
    assert (band["y"]["field"], band["y2"]["field"]) == ("lower", "upper")
    low, high = figure.spec["layer"][1]["encoding"]["x"]["scale"]["domain"]
    assert low < -10 < 10 < high
    assert figure.spec["usermeta"]["tandem"]["key"][-1] == {
        "label": "95 % band",
        "color": theme.MUTED.css,
        "dash": [],
        "shape": "band",
    }


def test_spans_are_shades_with_their_date(all_figures: dict[str, Figure]) -> None:
    """A span is a shade from its first day to its last with a rule inside, named in the key; the lines go on top."""
    spec = all_figures["spans"].spec
    names = [layer["name"] for layer in spec["layer"]]
    assert names.index("spans") < names.index("span_at") < names.index("line_short")
    shade = spec["layer"][names.index("spans")]["encoding"]
    assert (shade["x"]["field"], shade["x2"]["field"]) == ("date", "until")
    meta = spec["usermeta"]["tandem"]
    assert [entry["label"] for entry in meta["key"]] == ["now", "long run", "when it changed"]
    assert not meta["direct"]
    assert not any(name.startswith("wide_label_") for name in names)


@pytest.mark.parametrize("gone", ["lag", "corr", "upper", "part"])
def test_a_missing_column_is_named(gone: str) -> None:
    """A chart of leads and lags without one of its columns is an error that names it."""
    frame = pd.DataFrame({"lag": [0], "corr": [0.1], "lower": [-0.1], "upper": [0.1], "part": ["a"]}).drop(columns=gone)
    with pytest.raises(ValueError, match=f"no column '{gone}'"):
        lag_bars(
            frame,
            data="lags",
            lag="lag",
            value="corr",
            lower="lower",
            upper="upper",
            lag_axis=Axis(format="+.0f"),
            axis=Axis(),
            band_label="band",
            group="part",
            inks={"a": theme.MUTED},
        )


def test_what_was_observed_is_always_inside() -> None:
    """The mark lies on the axis even where no bin reaches it, and its words stand on the side with room."""
    frame = pd.DataFrame({"low": [-0.2, 0.0], "high": [0.0, 0.2], "n": [1.0, 3.0], "part": ["a", "a"]})
    spec = histograms_beside(
        frame,
        data="null",
        left="low",
        right="high",
        panels=[("n", "All")],
        axis=Axis(format=".1f"),
        count_axis=Axis(format=".0f"),
        observed=0.9,
        observed_label="observed",
        group="part",
        inks={"a": theme.MUTED},
    )
    (panel,) = spec["hconcat"]
    low, high = panel["layer"][0]["encoding"]["x"]["scale"]["domain"]
    assert low <= -0.2 < 0.9 <= high
    words = next(layer for layer in panel["layer"] if layer["name"] == "observed_label")
    assert words["mark"]["align"] == "right"
    assert np.isclose(words["encoding"]["x"]["datum"], 0.9)
