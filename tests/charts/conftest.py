"""One figure of every kind, from simulated numbers."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from generator.charts import theme
from generator.charts.chance import histograms_beside, lag_bars
from generator.charts.curve import sorted_curve
from generator.charts.distribution import bars, histogram_with_mark, intervals
from generator.charts.encode import Column
from generator.charts.figure import Figure
from generator.charts.layers import Axis, Events, Line
from generator.charts.paths import fan, paths_after_event
from generator.charts.points import heatmap, scatter, scatter_with_fit
from generator.charts.time import levels_against_returns, time_lines

if TYPE_CHECKING:
    from collections.abc import Callable

BLUE, ORANGE, TEAL = theme.PALETTE[:3]
KINDS = (
    "time-lines",
    "one-line",
    "levels-against-returns",
    "intervals",
    "histogram",
    "bars",
    "sorted-curve",
    "scatter",
    "scatter-with-fit",
    "heatmap",
    "paths",
    "fan",
    "lag-bars",
    "histograms-beside",
    "spans",
)


def figure(kind: str, spec: dict[str, object], data: dict[str, pd.DataFrame], columns: dict[str, Column]) -> Figure:
    """Return a figure around a spec, with plain words."""
    return Figure(
        id=kind,
        title="The correlation stands at 0.45 and has been between −0.20 and 0.73 since 2018",
        subtitle="Correlation of daily log returns, 63 and 252 sessions",
        alt="A chart of simulated numbers that ends at 0.45.",
        caption="How to read it.",
        source="Simulated numbers, through 2025-10-07",
        spec=spec,
        data=data,
        columns={"date": Column(label="Date"), **columns},
    )


def lines_frame(rows: int = 900) -> pd.DataFrame:
    """Return two series with a band around the first, some values missing at the start."""
    rng = np.random.default_rng(1)
    frame = pd.DataFrame({"date": pd.bdate_range(end="2025-10-07", periods=rows)})
    frame["short"] = np.tanh(rng.normal(0, 0.05, rows).cumsum())
    frame["long"] = frame["short"].rolling(60).mean()
    frame["lower"], frame["upper"] = frame["short"] - 0.1, frame["short"] + 0.1
    return frame


def decisions_frame() -> pd.DataFrame:
    """Return cuts, rises and holds, some before and some after the lines."""
    days = pd.date_range("2021-01-31", "2026-06-30", freq="2ME")
    return pd.DataFrame({"date": days, "decision": [("cut", "hold", "hike")[i % 3] for i in range(len(days))]})


def _time_lines() -> Figure:
    frame = lines_frame()
    lines = [
        Line(column="short", label="63 sessions", ink=BLUE, lower="lower", upper="upper"),
        Line(column="long", label="252 sessions", ink=ORANGE, width=1.5),
    ]
    spec = time_lines(
        frame,
        data="rolling",
        lines=lines,
        axis=Axis(title="Correlation", format=".1f"),
        reference=0.0,
        events=Events(claim=date(2025, 6, 2), decisions="decisions"),
    )
    columns = {"short": Column(label="63 sessions"), "long": Column(label="252 sessions")}
    return figure("time-lines", spec, {"rolling": frame, "decisions": decisions_frame()}, columns)


def _one_line() -> Figure:
    frame = lines_frame(80)[["date", "short"]].assign(short=lambda f: 100 * np.exp(f["short"]))
    line = Line(column="short", label="Ether", ink=BLUE)
    spec = time_lines(frame, data="price", lines=[line], axis=Axis(format=",.0f", log=True))
    return figure("one-line", spec, {"price": frame}, {"short": Column(label="Ether", unit=" USD", decimals=0)})


def _levels() -> Figure:
    rng = np.random.default_rng(2)
    days = pd.bdate_range(end="2025-10-07", periods=250)
    moves = pd.DataFrame({"date": days, "a": rng.normal(0, 3, 250), "b": rng.normal(0, 1.2, 250)})
    levels = moves.assign(a=100 * np.exp(moves["a"].cumsum() / 100), b=100 * np.exp(moves["b"].cumsum() / 100))
    spec = levels_against_returns(
        levels,
        moves,
        levels_data="levels",
        returns_data="moves",
        lines=[Line(column="a", label="Ether", ink=BLUE), Line(column="b", label="Russell 2000", ink=ORANGE)],
        levels_axis=Axis(title="First day = 100", format=".0f"),
        x="b",
        y="a",
        x_axis=Axis(title="Russell 2000, % a day", format=".0f"),
        y_axis=Axis(title="Ether, % a day", format="+.0f", suffix="%"),
        slope=0.8,
        levels_title="Prices: 0.92",
        returns_title="Daily returns: 0.45",
        ink=BLUE,
    )
    columns = {"a": Column(label="Ether", unit=" %", signed=True), "b": Column(label="Russell 2000", unit=" %")}
    return figure("levels-against-returns", spec, {"levels": levels, "moves": moves}, columns)


def _intervals() -> Figure:
    frame = pd.DataFrame(
        {
            "label": ["Pearson, 63 sessions", "Spearman, 252 sessions", "Given the S&P 500"],
            "value": [0.45, 0.41, 0.12],
            "lower": [0.27, 0.3, np.nan],
            "upper": [0.62, 0.5, np.nan],
            "group": ["returns", "returns", "partial"],
        }
    )
    spec = intervals(
        frame,
        data="estimates",
        label="label",
        value="value",
        lower="lower",
        upper="upper",
        axis=Axis(title="Correlation", format=".1f", domain=(-0.2, 1.0)),
        reference=0.0,
        group="group",
        inks={"returns": BLUE, "partial": TEAL},
    )
    return figure("intervals", spec, {"estimates": frame}, {"label": Column(label="Estimator")})


def _histogram() -> Figure:
    draws = np.tanh(np.random.default_rng(3).normal(0, 0.9, 5000))
    counts, edges = np.histogram(draws, bins=np.linspace(-1, 1, 41))
    frame = pd.DataFrame({"low": edges[:-1], "high": edges[1:], "share": counts / 50})
    frame["part"] = np.where(frame["high"] > 0.9, "at least as large", "smaller")
    spec = histogram_with_mark(
        frame,
        data="null",
        left="low",
        right="high",
        count="share",
        axis=Axis(title="Correlation of prices", format=".1f", domain=(-1.0, 1.0)),
        count_axis=Axis(title="Share of shuffles", format=".0f", suffix="%"),
        observed=0.92,
        observed_label="observed 0.92",
        group="part",
        inks={"at least as large": ORANGE, "smaller": theme.MUTED},
    )
    return figure("histogram", spec, {"null": frame}, {"share": Column(label="Share", unit=" %", decimals=1)})


def _bars() -> Figure:
    frame = pd.DataFrame({"year": [str(y) for y in range(2018, 2026)], "value": np.linspace(-0.1, 0.5, 8)})
    frame["lower"], frame["upper"] = frame["value"] - 0.1, frame["value"] + 0.1
    spec = bars(
        frame, data="by-year", label="year", value="value", lower="lower", upper="upper", axis=Axis(format="+.1f")
    )
    return figure("bars", spec, {"by-year": frame}, {"year": Column(label="Year")})


def _sorted_curve() -> Figure:
    rng = np.random.default_rng(4)
    curve = pd.DataFrame({"rank": range(1, 61), "value": np.sort(rng.normal(0.35, 0.15, 60))})
    curve["lower"], curve["upper"] = curve["value"] - 0.1, curve["value"] + 0.1
    order = ["Pearson", "Spearman", "daily", "weekly"]
    picks = [(i, rng.choice(part)) for i in curve["rank"] for part in (order[:2], order[2:])]
    choices = pd.DataFrame(picks, columns=["rank", "choice"])
    spec = sorted_curve(
        curve,
        choices,
        curve_data="curve",
        choices_data="choices",
        rank="rank",
        value="value",
        lower="lower",
        upper="upper",
        choice="choice",
        order=order,
        axis=Axis(title="Correlation", format=".1f"),
        reference=0.9,
    )
    return figure(
        "sorted-curve", spec, {"curve": curve, "choices": choices}, {"rank": Column(label="Rank", decimals=0)}
    )


def _dots() -> pd.DataFrame:
    rng = np.random.default_rng(5)
    return pd.DataFrame(
        {"date": pd.bdate_range("2025-01-01", periods=60), "x": rng.normal(size=60), "y": rng.normal(size=60)}
    )


def _scatter() -> Figure:
    frame = _dots().assign(kind=lambda f: np.where(f["x"] > 0, "rise", "cut"))
    spec = scatter(
        frame,
        data="days",
        x="x",
        y="y",
        x_axis=Axis(title="Russell 2000, %", format=".0f"),
        y_axis=Axis(title="Ether, %", format=".0f"),
        group="kind",
        inks={"cut": BLUE, "rise": ORANGE},
    )
    return figure("scatter", spec, {"days": frame}, {"x": Column(label="Russell 2000", unit=" %")})


def _scatter_with_fit() -> Figure:
    frame = _dots()
    axis = Axis(title="% per day", format="+.1f", suffix="%")
    spec = scatter_with_fit(
        frame, data="days", x="x", y="y", x_axis=axis, y_axis=axis, slope=-0.4, intercept=0.1, fit_label="slope −0.40"
    )
    return figure("scatter-with-fit", spec, {"days": frame}, {})


def _heatmap() -> Figure:
    order = ["Ether", "Bitcoin", "Russell 2000", "S&P 500"]
    cells = [
        (a, b, 1.0 if a == b else 0.4 - 0.3 * abs(i - j)) for i, a in enumerate(order) for j, b in enumerate(order)
    ]
    frame = pd.DataFrame(cells, columns=["row", "column", "value"])
    spec = heatmap(frame, data="matrix", row="row", column="column", value="value", order=order)
    return figure("heatmap", spec, {"matrix": frame}, {})


def _paths() -> Figure:
    rng = np.random.default_rng(6)
    steps = np.arange(-5, 41)
    every = [
        pd.DataFrame({"step": steps, "event": f"run {i}", "value": rng.normal(size=46).cumsum()}) for i in range(6)
    ]
    averages = pd.DataFrame({"step": steps, "mean": steps / 20, "lower": steps / 20 - 1, "upper": steps / 20 + 1})
    spec = paths_after_event(
        pd.concat(every, ignore_index=True),
        averages,
        paths_data="paths",
        averages_data="averages",
        step="step",
        path="event",
        value="value",
        lines=[Line(column="mean", label="average", ink=BLUE, lower="lower", upper="upper")],
        step_axis=Axis(title="Sessions after the first cut", format=".0f"),
        axis=Axis(title="Return since the cut", format="+.0f", suffix="%"),
    )
    data = {"averages": averages, "paths": pd.concat(every, ignore_index=True)}
    return figure("paths", spec, data, {"step": Column(label="Session", decimals=0)})


def _fan() -> Figure:
    steps = np.arange(64)
    width = np.sqrt(steps)
    frame = pd.DataFrame(
        {"step": steps, "q05": -2 * width, "q25": -width, "median": 0 * width, "q75": width, "q95": 2 * width}
    )
    spec = fan(
        frame,
        data="fan",
        step="step",
        bands=[("90 %", "q05", "q95"), ("50 %", "q25", "q75")],
        lines=[Line(column="median", label="median", ink=BLUE)],
        ink=BLUE,
        step_axis=Axis(title="Sessions ahead", format=".0f"),
        axis=Axis(title="Return", format="+.0f", suffix="%"),
        reference=0.0,
    )
    return figure("fan", spec, {"fan": frame}, {"step": Column(label="Session", decimals=0)})


def _lag_bars() -> Figure:
    lags = np.arange(-10, 11)
    frame = pd.DataFrame({"lag": lags, "corr": 0.3 / (1 + lags**2), "lower": -0.05, "upper": 0.05})
    frame["part"] = np.where(frame["corr"] > 0.05, "outside", "inside")
    spec = lag_bars(
        frame,
        data="lags",
        lag="lag",
        value="corr",
        lower="lower",
        upper="upper",
        lag_axis=Axis(title="Sessions", format="+.0f"),
        axis=Axis(title="Correlation", format=".1f"),
        band_label="95 % band",
        group="part",
        inks={"outside": ORANGE, "inside": theme.MUTED},
    )
    return figure("lag-bars", spec, {"lags": frame}, {"lag": Column(label="Lag", decimals=0, signed=True)})


def _histograms_beside() -> Figure:
    edges = np.linspace(-1, 1, 21)
    frame = pd.DataFrame({"low": edges[:-1], "high": edges[1:], "window": range(20), "history": range(20, 0, -1)})
    frame["part"] = np.where(frame["low"] >= 0.6, "strong", "weak")
    spec = histograms_beside(
        frame,
        data="nulls",
        left="low",
        right="high",
        panels=[("window", "From the window"), ("history", "From the history")],
        axis=Axis(title="Correlation of prices", format=".1f", domain=(-1.0, 1.0)),
        count_axis=Axis(title="% of shuffles", format=".0f"),
        observed=0.6,
        observed_label="observed 0.60",
        group="part",
        inks={"strong": BLUE, "weak": theme.MUTED},
    )
    return figure("histograms-beside", spec, {"nulls": frame}, {})


def _spans() -> Figure:
    frame = lines_frame()
    days = frame["date"]
    spans = pd.DataFrame(
        {"date": [days[100], days[500]], "until": [days[300], days[700]], "at": [days[200], days[650]]}
    )
    spec = time_lines(
        frame,
        data="rolling",
        lines=[Line(column="short", label="now", ink=BLUE), Line(column="long", label="long run", ink=ORANGE)],
        axis=Axis(format=".1f"),
        events=Events(spans="breaks", span_label="when it changed"),
        named_at_ends=False,
    )
    columns = {"short": Column(label="Now"), "until": Column(label="Until"), "at": Column(label="At")}
    return figure("spans", spec, {"rolling": frame, "breaks": spans}, columns)


BUILDERS: dict[str, Callable[[], Figure]] = dict(
    zip(
        KINDS,
        (
            _time_lines,
            _one_line,
            _levels,
            _intervals,
            _histogram,
            _bars,
            _sorted_curve,
            _scatter,
            _scatter_with_fit,
            _heatmap,
            _paths,
            _fan,
            _lag_bars,
            _histograms_beside,
            _spans,
        ),
        strict=True,
    )
)


@pytest.fixture(scope="session")
def all_figures() -> dict[str, Figure]:
    """Return one figure of every kind by its name."""
    return {kind: build() for kind, build in BUILDERS.items()}


@pytest.fixture(params=KINDS)
def each_figure(request: pytest.FixtureRequest, all_figures: dict[str, Figure]) -> Figure:
    """Return each kind of figure in turn."""
    return all_figures[request.param]
