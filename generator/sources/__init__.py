"""Upstream sources: the protocol each module keeps, the registry, and the causes of failure told apart."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, Protocol, cast

from generator.errors import ConfigError

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    import pandas as pd

    from generator.sources.http import Client

# One word per cause, the same in messages, reports and tests. A reader must be able to tell a blocked runner from a
# delisted symbol.
RATE_LIMITED: Final = "rate limited"  # the host answers and asks to stop: nothing more is sent to it in this run
REFUSED: Final = "refused"  # the host answers and does not want this client (401, 403, consent page)
DOWN: Final = "down"  # the host answers and is not well (5xx, "will be right back")
NETWORK: Final = "network"  # no complete answer: no route, reset, time-out, body cut off
NOT_FOUND: Final = "not found"  # the host answers: no such series
CHANGED_FORMAT: Final = "changed format"  # an answer that cannot be read as what it should be
WRONG_CONTENT: Final = "wrong content"  # a readable answer about something else (series, symbol, currency)
CAUSES: Final = (RATE_LIMITED, REFUSED, DOWN, NETWORK, NOT_FOUND, CHANGED_FORMAT, WRONG_CONTENT)
# Causes that lie with the host rather than with one series: asking again for another series is likely to fail too.
HOST_CAUSES: Final = frozenset({RATE_LIMITED, REFUSED, DOWN, NETWORK})


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One series as it is asked for.

    Parameters
    ----------
    start : date
        First date wanted.
    end : datetime
        Exclusive end, UTC: nothing that is still changing lies before it. A bar belongs to the answer when its label
        (midnight of its date, or its start if hourly) lies before `end`.
    """

    series_id: str
    symbol: str
    currency: str | None
    frequency: Literal["daily", "hourly"]
    start: dt.date
    end: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Raw:
    """What the source sent, before anything was made of it.

    Parameters
    ----------
    body : bytes
        The vendor's reply where that is text, else a CSV of the whole frame with full precision.
    address : str
        URL or symbol it came from.
    """

    body: bytes
    address: str


class Source(Protocol):
    """What a source module offers. `parse` is pure: the store uses it to read what was stored."""

    TERMS: str
    HOST: str
    SUFFIX: str  # of the file that keeps a reply
    PAUSE_SECONDS: float  # between two series

    def download(self, request: Request, client: Client) -> Raw:
        """Return the raw reply, or raise SourceError with one of `CAUSES`."""

    def parse(self, body: bytes, request: Request) -> pd.Series:
        """Return finite values on strictly increasing dates before ``request.end``, or raise SourceError."""


REGISTRY: Final[Mapping[str, str]] = {
    "yahoo": "generator.sources.yahoo",
    "fred": "generator.sources.fred",
    "treasury": "generator.sources.treasury",
    "nyfed": "generator.sources.nyfed",
}


def source(name: str) -> Source:
    """Return the source module registered as `name`."""
    if name not in REGISTRY:
        raise ConfigError(f"unknown source {name!r}; known: {', '.join(REGISTRY)}")
    return cast("Source", importlib.import_module(REGISTRY[name]))
