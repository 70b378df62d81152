"""A strict reader of small CSV tables: everything is what it should be, or the place where it is not is named."""

from __future__ import annotations

import csv
import datetime as dt
import io
import itertools
import re
from dataclasses import dataclass

import numpy as np
import pandas as pd

MAX_BYTES = 64_000_000
MAX_ROWS = 1_000_000
MISSING = frozenset({"", "."})

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DATES = re.compile(r"(?:[0-9]{4}-[0-9]{2}-[0-9]{2}\n)*")
_TIME = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ]([0-9]{2}:[0-9]{2})(?::00)?(?:Z|\+00:00)?")
_NUMBER_CHARACTERS = re.compile(r"[0-9eE.+\-\n]*")
_LINE = len("YYYY-MM-DD\n")
_FIRST_YEAR, _LAST_YEAR = 1900, 2200
_SHOWN = 40


class TableError(ValueError):
    """A table is not what it should be; the message names row, column and value."""


@dataclass(frozen=True, slots=True)
class Table:
    """The cells of a table as text, by column.

    Parameters
    ----------
    columns : dict of str to tuple of str
        Cells by header name, all of the same length.
    first_row : int
        Number of the line that holds the first cell, for messages.
    """

    columns: dict[str, tuple[str, ...]]
    first_row: int

    def __len__(self) -> int:
        return len(next(iter(self.columns.values())))

    def cells(self, column: str) -> tuple[str, ...]:
        """Return the cells of `column`."""
        if column not in self.columns:
            raise TableError(f"no column {column!r}; columns: {listed(self.columns)}")
        return self.columns[column]


def listed(names: object) -> str:
    """Return names for a message, cut to a readable number."""
    names = [shown(name) for name in names]  # type: ignore[attr-defined]  # any iterable of names
    return ", ".join(names[:30]) + (f", … ({len(names)})" if len(names) > 30 else "")  # noqa: PLR2004 - two lines


def shown(cell: str, most: int = _SHOWN) -> str:
    """Return a cell of foreign text as it may stand in a message: short, one line, printable."""
    text = "".join(c if c.isprintable() else "�" for c in cell[:most])
    return text + ("…" if len(cell) > most else "")


def read_table(raw: bytes) -> Table:
    """Return the table in `raw`: UTF-8 with or without BOM, any line ending, every row as long as the header."""
    if len(raw) > MAX_BYTES:
        raise TableError(f"{len(raw):,} bytes; at most {MAX_BYTES:,}")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise TableError(f"byte {error.start} is not UTF-8") from error
    header, *body = _rows(text)
    _check_header(header)
    for number, row in enumerate(body, start=2):
        if len(row) != len(header):
            raise TableError(f"row {number} has {len(row)} cells; the header has {len(header)}")
    if not body:
        raise TableError("holds a header and no rows")
    return Table(dict(zip(header, zip(*body, strict=True), strict=True)), 2)


def _rows(text: str) -> list[list[str]]:
    """Return header and rows of `text`, without blank lines at its end."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        rows = list(itertools.islice(reader, MAX_ROWS + 1))
    except csv.Error as error:
        raise TableError(f"line {reader.line_num}: {error}") from error
    if len(rows) > MAX_ROWS:
        raise TableError(f"more than {MAX_ROWS:,} rows")
    while rows and not rows[-1]:
        rows.pop()
    if not rows:
        raise TableError("empty")
    return rows


def _check_header(header: list[str]) -> None:
    if not header or not header[0]:
        raise TableError("the first line is not a header")
    for i, name in enumerate(header):
        if name in header[:i]:
            raise TableError(f"the column {shown(name)!r} appears twice")


def dates(cells: tuple[str, ...], column: str, first_row: int = 2) -> pd.DatetimeIndex:
    """Return strictly increasing ISO dates as naive midnights."""
    text = "\n".join(cells) + "\n"
    if not _DATES.fullmatch(text) or len(text) != _LINE * len(cells):
        row = next(i for i, cell in enumerate(cells) if not _DATE.fullmatch(cell))
        raise TableError(f"row {row + first_row}, column {column}: {shown(cells[row])!r} is not a date YYYY-MM-DD")
    return _increasing(list(cells), column, first_row)


def times(cells: tuple[str, ...], column: str, first_row: int = 2) -> pd.DatetimeIndex:
    """Return strictly increasing UTC bar starts as naive timestamps."""
    joined = []
    for i, cell in enumerate(cells):
        match = _TIME.fullmatch(cell)
        if not match:
            raise TableError(
                f"row {i + first_row}, column {column}: {shown(cell)!r} is not a UTC time YYYY-MM-DDTHH:MM"
            )
        joined.append(f"{match[1]}T{match[2]}")
    return _increasing(joined, column, first_row)


def _increasing(cells: list[str], column: str, first_row: int) -> pd.DatetimeIndex:
    try:
        stamps = np.array(cells, dtype="datetime64[m]")
    except ValueError:
        row = next(i for i, cell in enumerate(cells) if not _exists(cell))
        raise TableError(f"row {row + first_row}, column {column}: {cells[row]!r} does not exist") from None
    wrong = np.flatnonzero(np.diff(stamps) <= np.timedelta64(0, "m"))
    if len(wrong):
        row = int(wrong[0]) + 1
        raise TableError(
            f"row {row + first_row}, column {column}: {cells[row]} follows {cells[row - 1]}; dates must increase"
        )
    for row in (0, len(cells) - 1):
        if not _FIRST_YEAR <= int(cells[row][:4]) < _LAST_YEAR:
            raise TableError(f"row {row + first_row}, column {column}: {cells[row]} is not a credible date")
    return pd.DatetimeIndex(stamps.astype("datetime64[ns]"))


def _exists(cell: str) -> bool:
    try:
        dt.datetime.fromisoformat(cell)
    except ValueError:
        return False
    return True


def numbers(cells: tuple[str, ...], column: str, first_row: int = 2) -> np.ndarray:
    """Return the cells as float64, NaN where a cell is empty or ``.``; anything else must be a finite number."""
    filled = ["nan" if cell in MISSING else cell for cell in cells]
    present = [cell for cell in filled if cell != "nan"] if "nan" in filled else filled
    if "nan" in cells or not _NUMBER_CHARACTERS.fullmatch("\n".join(present)) or any("\n" in c for c in present):
        _refuse(cells, column, first_row)
    try:
        values = np.array([float(cell) for cell in filled])
    except ValueError:
        _refuse(cells, column, first_row)
        raise  # unreachable: the call above names the cell
    if np.isinf(values).any():
        row = int(np.flatnonzero(np.isinf(values))[0])
        raise TableError(f"row {row + first_row}, column {column}: {shown(cells[row])!r} is not a finite number")
    return values


def _refuse(cells: tuple[str, ...], column: str, first_row: int) -> None:
    """Raise for the first cell that is neither missing nor a number."""
    for i, cell in enumerate(cells):
        if cell in MISSING:
            continue
        try:
            number = float(cell) if _NUMBER_CHARACTERS.fullmatch(cell) and "\n" not in cell else None
        except ValueError:
            number = None
        if number is None:
            raise TableError(f"row {i + first_row}, column {column}: {shown(cell)!r} is not a number")
