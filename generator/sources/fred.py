"""FRED's key-less CSV: one series per request, read strictly."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pandas as pd

from generator.errors import SourceError
from generator.sources import CHANGED_FORMAT, WRONG_CONTENT, Raw, Request
from generator.sources.table import TableError, dates, listed, numbers, read_table

if TYPE_CHECKING:
    from generator.sources.http import Client

TERMS = "FRED, Federal Reserve Bank of St. Louis; US government data, cite series and retrieval date"
PAUSE_SECONDS = 0.5  # others found two requests a second to be tolerated
HOST = "fred.stlouisfed.org"
SUFFIX = ".csv"
CONTENT_TYPES = frozenset({"text/csv", "application/csv", "text/plain", "application/octet-stream"})
DATE_HEADERS = frozenset({"observation_date", "DATE"})


def address(request: Request) -> str:
    """Return the URL of a series; `cosd` and `coed` are this address's names for its first and last date."""
    last = (request.end - dt.timedelta(microseconds=1)).date()
    query = urlencode({"id": request.symbol, "cosd": request.start.isoformat(), "coed": last.isoformat()})
    return f"https://{HOST}/graph/fredgraph.csv?{query}"


def download(request: Request, client: Client) -> Raw:
    """Return the reply for one series."""
    url = address(request)
    return Raw(body=client.get(url, CONTENT_TYPES), address=url)


def parse(body: bytes, request: Request) -> pd.Series:
    """Return the values in percent; blank cells and ``.`` are missing."""
    try:
        table = read_table(body)
        header = tuple(table.columns)
        if len(header) != 2 or header[0] not in DATE_HEADERS:  # noqa: PLR2004 - date and value
            raise SourceError(CHANGED_FORMAT, f"{HOST}: the header is {listed(header)}, not a date and one series")
        if header[1] != request.symbol:
            raise SourceError(WRONG_CONTENT, f"{HOST}: the reply holds {listed(header[1:])}, not {request.symbol}")
        index = dates(table.cells(header[0]), header[0])
        values = numbers(table.cells(header[1]), header[1])
        if not body.endswith(b"\n"):
            # The last line may have been cut inside its number, which nothing else would show.
            index, values = index[:-1], values[:-1]
    except TableError as error:
        raise SourceError(CHANGED_FORMAT, f"{HOST}, {request.symbol}: {error}") from error
    return within(pd.Series(values, index=index, dtype="float64"), request, HOST)


def within(values: pd.Series, request: Request, host: str) -> pd.Series:
    """Return the present values before the end of the request; none at all is an error."""
    end = pd.Timestamp(request.end).tz_convert("UTC").tz_localize(None)
    kept = values[(values.index >= pd.Timestamp(request.start)) & (values.index < end)].dropna()
    if kept.empty:
        raise SourceError(WRONG_CONTENT, f"{host}, {request.symbol}: no value from {request.start} on")
    return kept
