"""What a figure's data table shows: cells as text, with the decimals and units of their columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from generator.charts.encode import Column, kind_of
from generator.formatting import signed

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

# Beyond this a table is read from the CSV; the page shows the last row of each quarter.
MOST_ROWS: Final = 60
_MISSING: Final = "–"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownTable:
    """A table ready to be placed.

    Parameters
    ----------
    head : tuple of str
        One heading per column, with its unit.
    rows : tuple of tuple of str
        Cells; the first of each row is its heading.
    note : str
        Which rows were left out; empty when all are shown.
    """

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""


def shown_table(frame: pd.DataFrame, columns: Mapping[str, Column]) -> ShownTable:
    """Return all rows of a short frame, or of a long one the last of each quarter (or evenly spaced ones)."""
    kept, note = _few_rows(frame)
    known = [columns.get(str(name), Column(label=str(name))) for name in kept.columns]
    head = tuple(f"{c.label} ({c.unit.strip()})" if c.unit.strip() else c.label for c in known)
    cells = [_cells(kept[name], column) for name, column in zip(kept.columns, known, strict=True)]
    return ShownTable(head=head, rows=tuple(zip(*cells, strict=True)), note=note)


def _few_rows(frame: pd.DataFrame) -> tuple[pd.DataFrame, str]:
    if len(frame) <= MOST_ROWS:
        return frame, ""
    first = frame.columns[0]
    if kind_of(frame[first]) == "date":
        import pandas as pd  # noqa: PLC0415 - keeps importing the charts light

        quarter = pd.DatetimeIndex(frame[first]).to_period("Q")
        last = pd.Series(quarter != pd.PeriodIndex([*quarter[1:], None], freq="Q"), index=frame.index)
        return frame[last], "Last day of each quarter; the CSV holds every day."
    step = -(-len(frame) // MOST_ROWS)
    return frame.iloc[::step], f"Every {step}th row; the CSV holds all {len(frame)}."


def _cells(series: pd.Series[Any], column: Column) -> list[str]:
    kind = kind_of(series)
    gone = series.isna().tolist()
    if kind == "date":
        return [_MISSING if g else v.isoformat()[:10] for v, g in zip(series, gone, strict=True)]
    if kind == "number":
        plus, digits = column.signed, column.decimals
        return [_MISSING if g else signed(float(v), digits, plus=plus) for v, g in zip(series, gone, strict=True)]
    return [_MISSING if g else str(v) for v, g in zip(series, gone, strict=True)]
