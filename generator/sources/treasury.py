"""The Treasury's daily par yield curve: one CSV per calendar year, newest day first, columns by maturity."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pandas as pd

from generator.errors import SourceError
from generator.sources import CHANGED_FORMAT, NOT_FOUND, Raw, Request
from generator.sources.fred import within
from generator.sources.table import TableError, dates, numbers, read_table, shown

if TYPE_CHECKING:
    from generator.sources.http import Client

TERMS = "US Department of the Treasury; public domain"
PAUSE_SECONDS = 0.0
HOST = "home.treasury.gov"
SUFFIX = ".csv"
CONTENT_TYPES = frozenset({"text/csv", "application/csv", "text/plain", "application/octet-stream"})
FIRST_YEAR = 1990
_US_DATE = re.compile(r"([0-9]{2})/([0-9]{2})/([0-9]{4})")
_HEADER = b"Date,"


def address(year: int) -> str:
    """Return the URL of one calendar year."""
    query = f"type=daily_treasury_yield_curve&field_tdr_date_value={year}&page&_format=csv"
    return (
        f"https://{HOST}/resource-center/data-chart-center/interest-rates/daily-treasury-rates.csv/{year}/all?{query}"
    )


def download(request: Request, client: Client) -> Raw:
    """Return the years of the request, one file after the other, each with its own header line."""
    years = range(max(request.start.year, FIRST_YEAR), request.end.year + 1)
    bodies = [client.get(address(year), CONTENT_TYPES).removeprefix(b"\xef\xbb\xbf").strip() for year in years]
    return Raw(body=b"\n".join(bodies) + b"\n", address=address(request.end.year))


def parse(body: bytes, request: Request) -> pd.Series:
    """Return one maturity in percent; a year without its column adds nothing."""
    parts: list[pd.Series] = []
    try:
        for block in _blocks(body):
            part = _year(block, request.symbol)
            if part is not None:
                parts.append(part)
        if not parts:
            raise SourceError(NOT_FOUND, f"{HOST}: no year has a column {request.symbol!r}")
        values = _joined(parts)
    except TableError as error:
        raise SourceError(CHANGED_FORMAT, f"{HOST}, {request.symbol}: {error}") from error
    return within(values, request, HOST)


def _joined(parts: list[pd.Series]) -> pd.Series:
    """Return the years one after the other."""
    values: pd.Series = pd.concat(parts)
    if not (values.index.is_monotonic_increasing and values.index.is_unique):
        raise TableError("the years overlap")
    return values


def _blocks(body: bytes) -> list[bytes]:
    """Return the yearly files in `body`: each begins with a header line."""
    blocks: list[list[bytes]] = []
    for line in body.removeprefix(b"\xef\xbb\xbf").splitlines():
        if line.startswith((_HEADER, b'"Date",')):
            blocks.append([])
        if not blocks:
            raise TableError("the first line is not the header Date, …")
        blocks[-1].append(line)
    return [b"\n".join(lines) for lines in blocks if len(lines) > 1]


def _year(block: bytes, column: str) -> pd.Series | None:
    """Return one maturity of one year, oldest day first."""
    table = read_table(block)
    # Every maturity must be readable, also those not asked for: two lines run together would pass otherwise.
    rates = {name: numbers(cells, name) for name, cells in table.columns.items() if name != "Date"}
    if column not in rates:
        return None
    iso = []
    for row, cell in enumerate(table.cells("Date"), start=2):
        match = _US_DATE.fullmatch(cell)
        if not match:
            raise TableError(f"row {row}: {shown(cell)!r} is not a date MM/DD/YYYY")
        iso.append(f"{match[3]}-{match[1]}-{match[2]}")
    index = dates(tuple(reversed(iso)), "Date")
    return pd.Series(rates[column][::-1], index=index, dtype="float64")
