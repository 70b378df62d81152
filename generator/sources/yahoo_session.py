"""The session yfinance talks through: it sees each reply first, and says what yfinance would not."""

from __future__ import annotations

import json
import tempfile
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pandas as pd
from curl_cffi import requests as curl

from generator.errors import SourceError
from generator.sources import CHANGED_FORMAT, DOWN, NOT_FOUND, REFUSED, WRONG_CONTENT, Request
from generator.sources.http import MAX_BYTES, cause_of_status
from generator.sources.table import shown

if TYPE_CHECKING:
    from generator.sources.http import Client

TIMEOUT_SECONDS = 8.0
MAX_REQUESTS = 12  # for one symbol: probe, data, cookie and crumb by two strategies
_OK = 200
_DOWN_TEXT = "will be right back"
_CHART = "/v8/finance/chart/"
# yfinance answers these itself with its second cookie strategy; all other failures end the symbol at once.
_SECOND_CHANCE = frozenset({401, 403, 429})


def session_of(client: Client) -> Session:
    """Return the run's one session: cookies stay, and yfinance gets a new folder for what it keeps."""
    if "yahoo" not in client.sessions:
        import yfinance as yf  # noqa: PLC0415 - takes a second, and only fetching needs it

        yf.set_tz_cache_location(client.scratch or tempfile.mkdtemp(prefix="tandem-"))
        client.sessions["yahoo"] = Session(client)
    session: Session = client.sessions["yahoo"]
    return session


class Session(curl.Session):  # type: ignore[type-arg]  # generic over its reply only for its own typing
    """A curl session that bounds requests, time and bytes, refuses foreign hosts and tells failures apart."""

    def __init__(self, client: Client) -> None:
        super().__init__(impersonate="chrome")
        self.timeout_seconds = min(TIMEOUT_SECONDS, client.timeout_seconds)
        self._heard = client.heard
        self._wanted: Request | None = None
        self._count = 0
        self._chart: Any = None

    def begin(self, request: Request) -> None:
        """Make ready for one symbol."""
        self._wanted, self._count, self._chart = request, 0, None

    def request(self, method: Any, url: str, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - as the base class
        """Send one request; raise SourceError for a reply that must not be used."""
        self._count += 1
        if self._count > MAX_REQUESTS:
            raise SourceError(CHANGED_FORMAT, f"{_host(url)}: more than {MAX_REQUESTS} requests for one symbol")
        kwargs["timeout"] = self.timeout_seconds
        reply = super().request(method, url, *args, **kwargs)
        self._heard(_host(url))
        if not _host(reply.url).endswith(".yahoo.com"):
            raise SourceError(REFUSED, f"{_host(url)} redirected to another host ({shown(_host(reply.url))})")
        if len(reply.content) > MAX_BYTES:
            raise SourceError(CHANGED_FORMAT, f"{_host(url)} answered more than {MAX_BYTES:,} bytes")
        if _CHART in urlsplit(url).path and not _host(reply.url).endswith("consent.yahoo.com"):
            self._look(reply, _host(url))
        return reply

    def _look(self, reply: Any, host: str) -> None:  # noqa: ANN401 - curl's reply
        """Judge a reply that should be a chart."""
        status = int(reply.status_code)
        if status in _SECOND_CHANCE:
            self._chart = SourceError(cause_of_status(status), f"{host} answered {status}")
            return
        if status != _OK:
            raise SourceError(cause_of_status(status), f"{host} answered {status}")
        try:
            body = json.loads(reply.content)
        except (ValueError, RecursionError) as error:
            text = reply.content[:4000].decode("utf-8", "replace").lower()
            if _DOWN_TEXT in text:
                raise SourceError(DOWN, f"{host} says it will be right back") from error
            if "consent" in text:
                raise SourceError(REFUSED, f"{host} asks for consent") from error
            raise SourceError(CHANGED_FORMAT, f"{host} answered something that is not JSON") from error
        chart = body.get("chart") if isinstance(body, dict) else None
        if not isinstance(chart, dict):
            raise SourceError(CHANGED_FORMAT, f"{host} answered JSON without a chart")
        if chart.get("error"):
            raise SourceError(NOT_FOUND, f"{host} has no data for this symbol")
        self._chart = body

    def blame(self) -> None:
        """Raise what the last chart reply was refused for, if it was."""
        if isinstance(self._chart, SourceError):
            raise self._chart

    def conclude(self) -> None:
        """Raise SourceError unless the last chart is of the symbol and in the currency asked for, each day once."""
        self.blame()
        wanted = self._wanted
        if wanted is None:
            raise RuntimeError("conclude() before begin()")
        try:
            result = self._chart["chart"]["result"][0]
            meta = result["meta"]
            symbol, currency = meta["symbol"], meta["currency"]
            stamps, closes = result["timestamp"], result["indicators"]["quote"][0]["close"]
            zone = meta["exchangeTimezoneName"]
        except (KeyError, IndexError, TypeError) as error:
            raise SourceError(CHANGED_FORMAT, f"Yahoo: the chart of {wanted.symbol} lacks {error}") from error
        if symbol != wanted.symbol:
            raise SourceError(WRONG_CONTENT, f"Yahoo: the chart is of {shown(str(symbol))}, not of {wanted.symbol}")
        if wanted.currency is not None and currency != wanted.currency:
            raise SourceError(
                WRONG_CONTENT, f"Yahoo: {wanted.symbol} is quoted in {shown(str(currency))}, not in {wanted.currency}"
            )
        when = pd.to_datetime(stamps, unit="s", utc=True)
        label = when if wanted.frequency == "hourly" else when.tz_convert(zone).strftime("%Y-%m-%d")
        rows = pd.Series(closes, index=label, dtype="float64").iloc[:-1].dropna()
        by_day = rows.groupby(level=0)
        if (by_day.max() != by_day.min()).any():
            raise SourceError(WRONG_CONTENT, f"Yahoo: {wanted.symbol} has two values for one day")

    @staticmethod
    def failure(error: OSError) -> str:
        """Return a few plain words for a failure of the connection."""
        name = type(error).__name__
        words = {"Timeout": "no answer in time", "ReadTimeout": "no answer in time", "DNSError": "unknown name"}
        words |= {"ConnectTimeout": "no answer in time", "IncompleteRead": "the reply broke off"}
        words |= {"CertificateVerifyError": "the certificate cannot be verified", "ProxyError": "the proxy refused"}
        return words.get(name, "the connection broke")


def _host(url: str) -> str:
    return urlsplit(str(url)).hostname or ""
