"""Long tables of a user's own files: several rows a day, told apart by other columns."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from typing import TYPE_CHECKING

import numpy as np

from generator.errors import DataError
from generator.sources.table import MAX_BYTES, Table, TableError, numbers, read_table, shown

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class LongTable:
    """One parsed file; every message names it."""

    def __init__(self, path: Path) -> None:
        self.name = path.name
        try:
            if path.stat().st_size > MAX_BYTES:
                raise DataError(f"{path.name}: {path.stat().st_size:,} bytes; at most {MAX_BYTES:,}")
            raw = path.read_bytes()
        except OSError as error:
            raise DataError(f"{path.name}: cannot be read ({error.strerror})") from error
        self.sha256 = hashlib.sha256(raw).hexdigest()
        try:
            self.table: Table = read_table(raw)
        except TableError as error:
            raise DataError(f"{self.name}: {error}") from error

    def texts(self, column: str) -> tuple[str, ...]:
        """Return the cells of `column`."""
        try:
            return self.table.cells(column)
        except TableError as error:
            raise DataError(f"{self.name}: {error}") from error

    def kept(self, wanted: Mapping[str, str]) -> NDArray[np.bool_]:
        """Return which rows hold the wanted text in each of these columns."""
        keep = np.ones(len(self.table), dtype=bool)
        for column, text in wanted.items():
            keep &= np.array([cell == text for cell in self.texts(column)])
        return keep

    def days(self, column: str) -> NDArray[np.datetime64]:
        """Return the dates in `column`, in whatever order they stand."""
        cells = self.texts(column)
        made: dict[str, np.datetime64] = {}
        for row, cell in enumerate(cells, start=self.table.first_row):
            if cell in made:
                continue
            day = _day(cell)
            if day is None:
                raise DataError(f"{self.name}: row {row}, column {column}: {shown(cell)!r} is not a date YYYY-MM-DD")
            made[cell] = np.datetime64(day)
        return np.array([made[cell] for cell in cells], dtype="datetime64[ns]")

    def values(self, column: str, lowest: float, highest: float, keep: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Return the numbers in `column`, NaN where a cell is empty; a kept one out of range is refused."""
        try:
            found = numbers(self.texts(column), column)
        except TableError as error:
            raise DataError(f"{self.name}: {error}") from error
        with np.errstate(invalid="ignore"):
            wrong = np.flatnonzero(keep & ((found < lowest) | (found > highest)))
        if wrong.size:
            row = int(wrong[0])
            raise DataError(
                f"{self.name}: row {row + self.table.first_row}, column {column}: {found[row]:g} is not between "
                f"{lowest:g} and {highest:g}"
            )
        return found


def _day(cell: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(cell) if _DATE.fullmatch(cell) else None
    except ValueError:
        return None
