"""Datasets on disk: what goes in comes out, small and strict."""

from __future__ import annotations

import gzip
import itertools
import json
import math
from datetime import UTC, date, datetime

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.charts.encode import Column, day_number, decoded, encoded, json_text, kind_of

numbers = st.one_of(st.none(), st.floats(-1e6, 1e6, allow_nan=False).map(lambda v: round(v, 3)))


@given(st.lists(numbers, max_size=40))
def test_numbers_come_back(values: list[float | None]) -> None:
    """Any column with gaps comes back to its stored decimals."""
    frame = pd.DataFrame({"v": pd.Series([math.nan if v is None else v for v in values], dtype=float)})
    rows = decoded(encoded(frame, {"v": Column(label="v", decimals=2)}))
    assert len(rows) == len(values)
    for row, value in zip(rows, values, strict=True):
        assert (row["v"] is None) == (value is None)
        assert value is None or row["v"] == pytest.approx(value, abs=1e-9)


@given(st.lists(st.dates(date(1900, 1, 1), date(2100, 1, 1)), max_size=40))
def test_dates_come_back_as_utc_midnights(days: list[date]) -> None:
    """A date becomes the milliseconds of its midnight in UTC, whatever the order of the dates."""
    rows = decoded(encoded(pd.DataFrame({"date": pd.Series(days, dtype="datetime64[us]")}), {}))
    assert [datetime.fromtimestamp(row["date"] / 1000, UTC).date() for row in rows] == days


@given(st.lists(st.one_of(st.none(), st.text(max_size=8)), max_size=20))
def test_texts_come_back(texts: list[str | None]) -> None:
    """Any text comes back, each written once."""
    frame = pd.DataFrame({"t": pd.Series(texts, dtype=object)})
    body = encoded(frame, {})
    assert json.loads(json_text(body)) == body
    assert [row["t"] for row in decoded(body)] == texts
    assert len(body["columns"]["t"]["levels"]) == len({t for t in texts if t is not None})


@pytest.mark.parametrize("value", [math.inf, -math.inf])
def test_infinite_values_are_refused(value: float) -> None:
    """There is no infinity in strict JSON and none on a chart."""
    with pytest.raises(ValueError, match="an infinite value cannot be drawn"):
        encoded(pd.DataFrame({"v": [1.0, value]}), {})


def test_times_of_day_are_refused() -> None:
    """A date with a time would move by a day in some time zones."""
    with pytest.raises(ValueError, match="a plotted date is a day"):
        day_number(pd.Timestamp("2025-10-07 14:00"))


@pytest.mark.parametrize("zone", [None, "UTC"])
def test_a_column_with_one_time_of_day_is_refused(zone: str | None) -> None:
    """A single time among midnights is found, and named."""
    days = pd.Series(pd.to_datetime(["2025-10-06", None, "2025-10-07 14:00", "2025-10-08"], format="ISO8601"))
    with pytest.raises(ValueError, match=r"2025-10-07T14:00:00.*: a plotted date is a day"):
        encoded(pd.DataFrame({"date": days.dt.tz_localize(zone)}), {})


@given(
    st.lists(st.one_of(st.none(), st.floats(-1e300, 1e300), st.integers(-(2**53), 2**53))),
    st.integers(0, 6),
)
def test_numbers_are_rounded_as_one_by_one(values: list[float | None], decimals: int) -> None:
    """Each stored number is the value times a power of ten, rounded half to even, however large."""
    frame = pd.DataFrame({"v": pd.Series(values, dtype=np.float64)})
    stored = encoded(frame, {"v": Column(label="v", decimals=decimals)})["columns"]["v"]["values"]
    whole = [round(float(v) * 10.0 ** (decimals + 1)) for v in values if v is not None]
    assert list(itertools.accumulate(d for d in stored if d is not None)) == whole
    assert [d is None for d in stored] == [v is None for v in values]


def test_kinds() -> None:
    """Dates, numbers and text are told apart by type, not by looking like one."""
    assert kind_of(pd.Series(pd.to_datetime(["2025-10-07"]))) == "date"
    assert kind_of(pd.Series([date(2025, 10, 7)], dtype=object)) == "date"
    assert kind_of(pd.Series(["2025-10-07"])) == "text"
    assert kind_of(pd.Series([1, 2])) == "number"
    assert kind_of(pd.Series([True, False])) == "number"


def test_a_long_daily_dataset_is_small() -> None:
    """Ten columns of 3,000 days, three decimals, take less than 60 kB compressed, the budget of a page."""
    rng = np.random.default_rng(1)
    frame = pd.DataFrame({f"v{i}": np.tanh(rng.normal(0, 0.02, 3000).cumsum()) for i in range(10)})
    frame.insert(0, "date", pd.bdate_range(end="2026-09-18", periods=3000))
    assert len(gzip.compress(json_text(encoded(frame, {})).encode(), 9)) < 60_000
