"""Data tables beside the pictures."""

from __future__ import annotations

import numpy as np
import pandas as pd

from generator.charts.encode import Column
from generator.charts.table import MOST_ROWS, shown_table

COLUMNS = {"date": Column(label="Date"), "r": Column(label="Return", unit=" %", decimals=1, signed=True)}


def test_cells_are_text_with_real_signs() -> None:
    """Numbers have the decimals and sign of their column, a real minus, no sign on zero; gaps are a dash."""
    frame = pd.DataFrame({"date": pd.to_datetime(["2025-10-06"] * 4), "r": [1.25, -0.55, 0.01, np.nan]})
    table = shown_table(frame, COLUMNS)
    assert table.head == ("Date", "Return (%)")
    assert [row[1] for row in table.rows] == ["+1.2", "−0.6", "0.0", "–"]
    assert table.rows[0][0] == "2025-10-06"
    assert table.note == ""


def test_long_series_show_the_end_of_each_quarter() -> None:
    """The table of a long daily series holds the last row of each quarter, and says so."""
    frame = pd.DataFrame({"date": pd.bdate_range("2020-01-01", "2025-10-07")})
    frame["r"] = range(len(frame))
    table = shown_table(frame, COLUMNS)
    assert len(table.rows) == 24
    assert [table.rows[0][0], table.rows[-1][0]] == ["2020-03-31", "2025-10-07"]
    assert "Last day of each quarter" in table.note


def test_long_tables_without_dates_are_spaced_evenly() -> None:
    """A long table of anything else keeps every so-manieth row and says which."""
    table = shown_table(pd.DataFrame({"rank": range(500)}), {})
    assert len(table.rows) <= MOST_ROWS
    assert table.note == "Every 9th row; the CSV holds all 500."
