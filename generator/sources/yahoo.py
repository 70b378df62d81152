"""Yahoo Finance through yfinance: one symbol at a time, errors raised, every reply looked at before it is believed."""

from __future__ import annotations

import csv
import datetime as dt
import io
import logging
import math
import warnings
from typing import TYPE_CHECKING, Any

import pandas as pd

from generator.errors import SourceError
from generator.sources import CHANGED_FORMAT, DOWN, NETWORK, NOT_FOUND, RATE_LIMITED, Raw, Request
from generator.sources.fred import within
from generator.sources.table import TableError, dates, listed, numbers, read_table, times

if TYPE_CHECKING:
    from generator.sources.http import Client

TERMS = "Yahoo Finance, for personal use; derived figures only are published"
PAUSE_SECONDS = 0.0
HOST = "query2.finance.yahoo.com"
SUFFIX = ".csv"
COLUMNS = ("Date", "Open", "High", "Low", "Close", "Adj Close", "Volume")
# Yahoo keeps hourly bars for 730 days and refuses a request that begins a moment earlier.
HOURLY_DAYS = 729
_NO_PRICE = frozenset({"nan", "inf", "-inf"})


def download(request: Request, client: Client) -> Raw:
    """Return the frame of one symbol as CSV, with every digit."""
    from generator.sources.yahoo_session import session_of  # noqa: PLC0415 - loads curl

    session = session_of(client)
    session.begin(request)
    frame = _history(request, session)
    return Raw(body=frame_bytes(frame, hourly=request.frequency == "hourly"), address=request.symbol)


def start_of(request: Request) -> dt.date:
    """Return the first date asked for, which hourly bars limit."""
    if request.frequency == "hourly":
        return max(request.start, (request.end - dt.timedelta(days=HOURLY_DAYS)).date())
    return request.start


def _history(request: Request, session: Any) -> pd.DataFrame:  # noqa: ANN401 - the class is made where curl is loaded
    """Return yfinance's frame, or raise SourceError with the cause."""
    import yfinance as yf  # noqa: PLC0415 - takes a second, and only fetching needs it
    from yfinance import exceptions as failures  # noqa: PLC0415 - the same
    from yfinance.data import YfData  # noqa: PLC0415 - the same

    logging.getLogger("yfinance").setLevel(logging.CRITICAL)
    yf.config.debug.hide_exceptions = False
    # A bad reply stays in this cache, and a retry would read it from there without asking again.
    YfData.cache_get.cache_clear()
    end: Any = request.end if request.frequency == "hourly" else request.end.date().isoformat()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            frame: pd.DataFrame = yf.Ticker(request.symbol, session=session).history(
                start=start_of(request).isoformat(),
                end=end,
                interval="60m" if request.frequency == "hourly" else "1d",
                auto_adjust=False,
                actions=False,
                timeout=session.timeout_seconds,
            )
        session.conclude()
    except SourceError:
        raise
    except failures.YFRateLimitError as error:
        raise SourceError(RATE_LIMITED, f"{HOST} asks to send no more requests") from error
    except failures.YFTickerMissingError as error:
        session.blame()
        raise SourceError(NOT_FOUND, f"{HOST} has no data for {request.symbol}") from error
    except failures.YFDataException as error:
        raise SourceError(DOWN, f"{HOST} says it is down") from error
    except OSError as error:
        raise SourceError(NETWORK, f"{HOST}: {session.failure(error)}") from error
    except Exception as error:
        # Whatever else yfinance raises on a reply it cannot read: KeyError, TypeError, IndexError, ValueError, …
        session.blame()
        name = type(error).__name__
        raise SourceError(CHANGED_FORMAT, f"{HOST}: the reply for {request.symbol} cannot be read ({name})") from error
    if frame.empty:
        raise SourceError(NOT_FOUND, f"{HOST} has no data for {request.symbol} in the range")
    return frame


def frame_bytes(frame: pd.DataFrame, *, hourly: bool) -> bytes:
    """Return the frame as CSV: dates of the exchange, or UTC bar starts; shortest digits that give each number back."""
    if list(frame.columns[: len(COLUMNS) - 1]) != list(COLUMNS[1:]):
        raise SourceError(CHANGED_FORMAT, f"{HOST}: the columns are {listed(frame.columns)}")
    index = pd.DatetimeIndex(frame.index)
    stamps = index.tz_convert("UTC").strftime("%Y-%m-%dT%H:%MZ") if hourly else index.strftime("%Y-%m-%d")
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for when, row in zip(stamps, frame[list(COLUMNS[1:])].astype("float64").to_numpy().tolist(), strict=True):
        writer.writerow([when, *("" if math.isnan(value) else repr(value) for value in row)])
    return out.getvalue().encode()


def parse(body: bytes, request: Request) -> pd.Series:
    """Return the raw close; rows without one are left out."""
    try:
        table = read_table(body)
        if tuple(table.columns) != COLUMNS:
            raise SourceError(CHANGED_FORMAT, f"{HOST}: the columns are {listed(table.columns)}")
        index = (times if request.frequency == "hourly" else dates)(table.cells("Date"), "Date")
        closes = tuple("" if cell in _NO_PRICE else cell for cell in table.cells("Close"))
        values = numbers(closes, "Close")
    except TableError as error:
        raise SourceError(CHANGED_FORMAT, f"{HOST}, {request.symbol}: {error}") from error
    return within(pd.Series(values, index=index, dtype="float64"), request, HOST)
