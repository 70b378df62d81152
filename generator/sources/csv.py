"""A user's own wide CSV files: one column per series, one row per date, nothing filled in."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pandas as pd

from generator.errors import DataError
from generator.panel import AT_CLOSE, Observed, nyse_closes
from generator.sources.table import MAX_BYTES, Table, TableError, dates, listed, numbers, read_table, shown, times

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from generator.config import Config, Series

TERMS = "the user's own file"
# Names the first column may have; its cells are dates, or UTC times in a file of hourly bars.
DATE_COLUMNS = frozenset({"date", "time", "datetime", "timestamp", "observation_date"})
_DATE_LENGTH = 10


class _File:
    """One parsed file: its table, its dates and the hash of its bytes."""

    def __init__(self, path: Path) -> None:
        try:
            if path.stat().st_size > MAX_BYTES:
                raise DataError(f"{path.name}: {path.stat().st_size:,} bytes; at most {MAX_BYTES:,}")
            raw = path.read_bytes()
        except OSError as error:
            raise DataError(f"{path.name}: cannot be read ({error.strerror}); give the folder with --data") from error
        self.name = path.name
        self.sha256 = hashlib.sha256(raw).hexdigest()
        try:
            self.table: Table = read_table(raw)
            self.first = _date_column(self.table)
            cells = self.table.cells(self.first)
            self.hourly = len(cells[0]) > _DATE_LENGTH
            self.index = (times if self.hourly else dates)(cells, self.first)
        except TableError as error:
            raise DataError(f"{path.name}: {error}") from error

    def __contains__(self, column: str) -> bool:
        return column in self.table.columns and column != self.first

    def values(self, column: str) -> pd.Series:
        """Return the present values of `column`."""
        try:
            cells = numbers(self.table.cells(column), column)
        except TableError as error:
            raise DataError(f"{self.name}: {error}") from error
        return pd.Series(cells, index=self.index, dtype="float64").dropna()


def _date_column(table: Table) -> str:
    """Return the name of the first column, which must be one of `DATE_COLUMNS`."""
    first = next(iter(table.columns))
    if first.strip().lower() not in DATE_COLUMNS:
        raise TableError(f"the first column is {shown(first)!r}; it must be one of {listed(sorted(DATE_COLUMNS))}")
    return first


def load(path: Path, config: Config) -> dict[str, Observed]:
    """Return the configured series found in a folder of CSV files, or in one file.

    A series whose file or column is absent, or whose column holds no value, is left out; the pages then say so. Rows
    of weekends stay as they are.

    Parameters
    ----------
    path : Path
        Folder with the files that the series' `csv` entries name; or one file, whose columns are then taken by
        `column` alone.
    config : Config

    Returns
    -------
    dict of str to Observed

    Raises
    ------
    DataError
        A cell, date or file cannot be read, or an asset of a pair is absent.
    """
    if not path.exists():
        raise DataError(f"{path}: no such file or folder; --data takes a folder of CSV files or one CSV file")
    single = _File(path) if path.is_file() else None
    files: dict[str, _File | None] = {}
    observed: dict[str, Observed] = {}
    for series_id, series in config.series.items():
        file = single or _open(files, path, series)
        if single is not None and series.frequency == "hourly" and not single.hourly:
            values = _at_close(single, series)
            if values is not None:
                observed[series_id] = _observed(series_id, single, f"{series.csv.column}{AT_CLOSE}", values)
            continue
        if file is None or series.csv.column not in file:
            continue
        if file.hourly != (series.frequency == "hourly"):
            if single is not None:
                continue
            kind = "hourly times" if file.hourly else "dates"
            raise DataError(f"{file.name}: holds {kind}; series {series_id} is {series.frequency}")
        values = file.values(series.csv.column)
        if values.empty:
            continue
        observed[series_id] = _observed(series_id, file, series.csv.column, values)
    _require_assets(config, observed, [single] if single else [f for f in files.values() if f], path)
    return observed


def _observed(series_id: str, file: _File, column: str, values: pd.Series) -> Observed:
    return Observed(
        series_id=series_id,
        values=values,
        source="csv",
        symbol=f"{file.name}:{column}",
        retrieved_at="",
        sha256=file.sha256,
        terms=TERMS,
    )


def _at_close(file: _File, series: Series) -> pd.Series | None:
    """Return the hourly prices at the sessions' closes, each as the bar that ends there; None where there are none."""
    column = f"{series.csv.column}{AT_CLOSE}"
    if column not in file:
        return None
    values = file.values(column)
    closes = nyse_closes().reindex(values.index)
    values, closes = values[closes.notna()], closes.dropna()
    values.index = pd.DatetimeIndex(closes).tz_convert("UTC").tz_localize(None) - pd.Timedelta(hours=1)
    return values if len(values) else None


def _open(files: dict[str, _File | None], folder: Path, series: Series) -> _File | None:
    """Return the file of `series`, parsed at most once, or None where there is none."""
    name = series.csv.file
    if name not in files:
        place = folder / name
        files[name] = _File(place) if place.is_file() else None
    return files[name]


def _require_assets(config: Config, observed: dict[str, Observed], files: Sequence[_File], path: Path) -> None:
    """Refuse data without the two assets of a configured pair."""
    for pair in config.pairs:
        for series_id in (pair.a, pair.b):
            if series_id in observed:
                continue
            mapping = config.series[series_id].csv
            place = f"needed by the pair {pair.slug} as {series_id}"
            file = next((f for f in files if path.is_file() or f.name == mapping.file), None)
            if file is None:
                raise DataError(f"{path}: no file {mapping.file!r} with a column {mapping.column!r}, {place}")
            if mapping.column in file:
                raise DataError(f"{file.name}: the column {mapping.column!r} holds no value, {place}")
            raise DataError(
                f"{file.name}: no column {mapping.column!r}, {place}; columns: {listed(file.table.columns)}"
            )
