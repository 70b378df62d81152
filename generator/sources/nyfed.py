"""The New York Fed's effective federal funds rate and the target range beside it, as JSON."""

from __future__ import annotations

import datetime as dt
import json
import math
from typing import TYPE_CHECKING, Any

import pandas as pd

from generator.errors import SourceError
from generator.sources import CHANGED_FORMAT, WRONG_CONTENT, Raw, Request
from generator.sources.fred import within
from generator.sources.table import TableError, dates, shown

if TYPE_CHECKING:
    from generator.sources.http import Client

TERMS = "Federal Reserve Bank of New York; reference rates, see its terms of use"
PAUSE_SECONDS = 0.0
HOST = "markets.newyorkfed.org"
SUFFIX = ".body.json"
CONTENT_TYPES = frozenset({"application/json"})
# Name of the series here → field of a row.
FIELDS = {"EFFR": "percentRate", "targetRateFrom": "targetRateFrom", "targetRateTo": "targetRateTo"}
MAX_ROWS = 20_000
_ABSURD = 1e6


def address(request: Request) -> str:
    """Return the URL of all rows between two dates."""
    last = (request.end - dt.timedelta(microseconds=1)).date()
    return (
        f"https://{HOST}/api/rates/unsecured/effr/search.json?startDate={request.start.isoformat()}"
        f"&endDate={last.isoformat()}"
    )


def download(request: Request, client: Client) -> Raw:
    """Return the reply with all rows; the three series share it."""
    url = address(request)
    return Raw(body=client.get(url, CONTENT_TYPES), address=url)


def parse(body: bytes, request: Request) -> pd.Series:
    """Return the rate, or one end of the target range, in percent."""
    field = FIELDS.get(request.symbol)
    if field is None:
        raise SourceError(WRONG_CONTENT, f"{HOST}: no series {request.symbol!r}; known: {', '.join(FIELDS)}")
    try:
        rows = _rows(body)
        index = dates(tuple(day for day, _ in rows), "effectiveDate", 1)
        values = [_number(row.get(field), day, field) for day, row in rows]
    except TableError as error:
        raise SourceError(CHANGED_FORMAT, f"{HOST}, {request.symbol}: {error}") from error
    return within(pd.Series(values, index=index, dtype="float64"), request, HOST)


def _rows(body: bytes) -> list[tuple[str, dict[str, Any]]]:
    """Return the rows by date, oldest first; only rows of the effective rate may be there."""
    try:
        reply: Any = json.loads(body.decode("utf-8"), parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise TableError("not JSON") from error
    rows = reply.get("refRates") if isinstance(reply, dict) else None
    if not isinstance(rows, list) or not rows or len(rows) > MAX_ROWS:
        raise TableError("no list refRates")
    dated: list[tuple[str, dict[str, Any]]] = []
    for row in rows:
        day = row.get("effectiveDate") if isinstance(row, dict) else None
        if not isinstance(day, str) or row.get("type", "EFFR") != "EFFR":
            raise TableError("a row is not one of the effective rate")
        dated.append((day, row))
    return sorted(dated, key=lambda pair: pair[0])


def _refuse_constant(name: str) -> float:
    raise ValueError(name)


def _number(value: object, day: str, field: str) -> float:
    """Return a rate, NaN where the row has none."""
    if value is None or value == "":
        return math.nan
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TableError(f"{day}, {field}: {shown(str(value))!r} is not a number")
    if not abs(value) < _ABSURD:
        raise TableError(f"{day}, {field}: {shown(str(value))} is not a rate")
    return float(value)
