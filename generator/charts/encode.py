"""Frames as small strict JSON: one file per dataset, columns of scaled integers, each the difference to the one before.

The page's script decodes it in a few lines; PLATFORM measurements put it at a tenth of the usual form.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

FORMAT_VERSION: Final = 1
_EPOCH: Final = date(1970, 1, 1).toordinal()
MILLISECONDS_PER_DAY: Final = 86_400_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """What a column is called and how its values are written.

    Parameters
    ----------
    label : str
        Heading in tables, downloads and the chart's readout.
    unit : str
        Written behind each value, for example ``%``; empty for correlations and counts.
    decimals : int
        Decimals shown. The chart's data keep one more.
    signed : bool
        Whether a positive value carries a plus sign.
    """

    label: str
    unit: str = ""
    decimals: int = 2
    signed: bool = False


def day_number(value: object) -> int | None:
    """Return days since 1970 of a date, a midnight timestamp or a missing value."""
    if value is None or value != value:  # noqa: PLR0124 - NaT and NaN differ from themselves
        return None
    if isinstance(value, datetime):
        if (value.hour, value.minute, value.second, value.microsecond) != (0, 0, 0, 0):
            raise ValueError(f"{value.isoformat()}: a plotted date is a day, without a time")
        return date(value.year, value.month, value.day).toordinal() - _EPOCH
    if isinstance(value, date):
        return value.toordinal() - _EPOCH
    raise ValueError(f"{value!r} is not a date")


def kind_of(series: pd.Series[Any]) -> str:
    """Return ``date``, ``number`` or ``text``: how a column is encoded."""
    import pandas as pd  # noqa: PLC0415 - keeps importing the charts light

    if pd.api.types.is_datetime64_any_dtype(series.dtype):
        return "date"
    if pd.api.types.is_numeric_dtype(series.dtype):
        return "number"
    known = series.dropna()
    return "date" if len(known) and all(isinstance(v, date) for v in known) else "text"


def encoded(frame: pd.DataFrame, columns: Mapping[str, Column]) -> dict[str, Any]:
    """Return a frame in the form that is written to disk.

    Missing values are null and are skipped by the differences. Infinite values are refused.
    """
    body: dict[str, Any] = {}
    for name in frame.columns:
        column = columns.get(str(name), Column(label=str(name)))
        body[str(name)] = {
            "label": column.label,
            "unit": column.unit,
            "decimals": column.decimals,
            "signed": column.signed,
            **_encoded_values(frame[name], column),
        }
    return {"format_version": FORMAT_VERSION, "rows": len(frame), "columns": body}


def _encoded_values(series: pd.Series[Any], column: Column) -> dict[str, Any]:
    kind = kind_of(series)
    if kind == "text":
        texts = [None if v is None or v != v else str(v) for v in series]  # noqa: PLR0124 - NaN differs from itself
        levels = sorted({t for t in texts if t is not None})
        place = {t: i for i, t in enumerate(levels)}
        return {"kind": "text", "levels": levels, "values": [None if t is None else place[t] for t in texts]}
    if kind == "date":
        return {"kind": "date", "values": _deltas(_day_numbers(series))}
    stored = column.decimals + 1
    return {"kind": "number", "stored": stored, "values": _deltas(_scaled(series, stored))}


def _day_numbers(series: pd.Series[Any]) -> list[int | None]:
    """Return `day_number` of every value."""
    import numpy as np  # noqa: PLC0415 - keeps importing the charts light

    if series.dtype.kind != "M" or getattr(series.dtype, "tz", None) is not None:
        return [day_number(v) for v in series]
    stamps = series.to_numpy()
    days = stamps.astype("datetime64[D]")
    late = (days != stamps) & ~np.isnat(stamps)
    if late.any():
        day_number(series[late].iloc[0].to_pydatetime())  # says what is wrong
    return [None if gone else day for day, gone in zip(days.astype(int).tolist(), np.isnat(stamps), strict=True)]


def _scaled(series: pd.Series[Any], decimals: int) -> list[int | None]:
    """Return every value times a power of ten, rounded to a whole number; None where it is missing."""
    import numpy as np  # noqa: PLC0415 - as above

    values = series.to_numpy(dtype=np.float64, na_value=np.nan)
    if np.isinf(values).any():
        raise ValueError("an infinite value cannot be drawn; make it missing, or say why it is not available")
    return [None if v != v else int(v) for v in np.rint(values * 10.0**decimals).tolist()]  # noqa: PLR0124 - NaN


def _deltas(values: list[int | None]) -> list[int | None]:
    before = 0
    result: list[int | None] = []
    for value in values:
        if value is None:
            result.append(None)
        else:
            result.append(value - before)
            before = value
    return result


def decoded(body: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the rows a chart sees: dates in milliseconds since 1970 UTC, numbers as stored."""
    columns = {name: _decoded_values(column) for name, column in body["columns"].items()}
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _decoded_values(column: Mapping[str, Any]) -> list[Any]:
    if column["kind"] == "text":
        return [None if v is None else column["levels"][v] for v in column["values"]]
    total = 0
    result: list[Any] = []
    scale = 10 ** column["stored"] if column["kind"] == "number" else 1
    for delta in column["values"]:
        if delta is None:
            result.append(None)
            continue
        total += delta
        result.append(total * MILLISECONDS_PER_DAY if column["kind"] == "date" else total / scale)
    return result


def json_text(body: object) -> str:
    """Return strict, compact JSON with a newline at the end."""
    return json.dumps(body, ensure_ascii=False, allow_nan=False, separators=(",", ":")) + "\n"
