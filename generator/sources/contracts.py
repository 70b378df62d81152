"""Fed funds futures as they are fetched: one contract per month, each a series with snapshots of its own."""

from __future__ import annotations

import calendar
import datetime as dt
import hashlib
import re
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pandas as pd

from generator.config import Series
from generator.errors import TandemError
from generator.expectations import Futures
from generator.findings import Unavailable
from generator.panel import nyse_sessions
from generator.sources import checks, snapshots

if TYPE_CHECKING:
    from pathlib import Path

    from generator.config import Config, FuturesLive
    from generator.panel import Observed

MONTH_CODES = "FGHJKMNQUVXZ"
LOWEST, HIGHEST = 75.0, 101.0
"""An implied rate between -1 and 25 percent."""
LARGEST_MOVE = 0.03
"""Log move of a close, about three percentage points of the implied rate, above which a day is not believed."""
TRADED_FOR_MONTHS = 36
SETTLED = dt.timedelta(hours=17, minutes=20)
"""A trading day ends at 17:00 in New York; the last close is corrected for a while."""
NEW_YORK = ZoneInfo("America/New_York")
_ID = re.compile(r"zq_([0-9]{4})_([0-9]{2})")
_GREY = "#5a5a5a"


def contract_id(month: str) -> str:
    """Return the id under which the contract of a month ``YYYY-MM`` is stored."""
    return f"zq_{month.replace('-', '_')}"


def month_of(series_id: str) -> str | None:
    """Return the month ``YYYY-MM`` of a stored contract, None for any other series."""
    found = _ID.fullmatch(series_id)
    return f"{found[1]}-{found[2]}" if found and 1 <= int(found[2]) <= len(MONTH_CODES) else None


def symbol_of(live: FuturesLive, month: str) -> str:
    """Return the name the contract of a month has at the source."""
    return live.symbol.format(month=MONTH_CODES[int(month[5:]) - 1], year=month[2:4])


def months_wanted(live: FuturesLive, now: dt.datetime) -> tuple[str, ...]:
    """Return the contract months to ask for at `now`, nearest first."""
    today = now.astimezone(NEW_YORK).date()
    first = 12 * today.year + today.month - 1
    ahead = (0, *range(1, live.months_ahead + 1), *range(-1, -live.months_behind - 1, -1))
    return tuple(f"{(first + i) // 12:04d}-{(first + i) % 12 + 1:02d}" for i in ahead)


def contract_series(config: Config, month: str) -> Series:
    """Return a contract as a series of the configuration; `config` has live futures."""
    if config.futures is None or config.futures.live is None:
        raise ValueError("report.toml has no table futures.live")
    live = config.futures.live
    name = f"{calendar.month_abbr[int(month[5:])]} {month[:4]}"
    return Series.model_validate(
        {
            "label": f"Fed funds future, {name}",
            "short": name,
            "kind": "price",
            "calendar": "XNYS",
            "unit": "index points",
            "colour": {"light": _GREY, "dark": _GREY},
            "required": False,
            "max_daily_move": LARGEST_MOVE,
            "sources": [{"source": live.source, "symbol": symbol_of(live, month), "currency": "USD"}],
            "csv": {"file": config.futures.csv.file, "column": config.futures.csv.close},
        }
    )


def with_contracts(config: Config, now: dt.datetime) -> Config:
    """Return the configuration with the contracts to ask for at `now` among its series, after all others."""
    if config.futures is None or config.futures.live is None:
        return config
    wanted = {contract_id(m): contract_series(config, m) for m in months_wanted(config.futures.live, now)}
    return config.model_copy(update={"series": {**config.series, **wanted}})


def start_of(month: str) -> dt.date:
    """Return the first date asked for."""
    return dt.date(int(month[:4]) - TRADED_FOR_MONTHS // 12, int(month[5:]), 1)


def complete_end(now: dt.datetime) -> dt.datetime:
    """Return the exclusive end (UTC) of what is settled at `now`."""
    last = (now.astimezone(NEW_YORK).replace(tzinfo=None) - SETTLED).date()
    return dt.datetime(last.year, last.month, last.day, tzinfo=dt.UTC) + dt.timedelta(days=1)


def fault(item: Observed, config: Config, *, previous: Observed | None = None) -> str | None:
    """Return why a fetched contract must not be used, or None.

    Far months trade on few days, so days without a close are no fault here.
    """
    series = config.series[item.series_id]
    shape = checks.shape(item.values, series)
    if shape.fatal:
        return shape.sentence
    outside = item.values[(item.values < LOWEST) | (item.values > HIGHEST)]
    if len(outside):
        day, value = checks.stamp(outside.index[0]), checks.number(float(outside.iloc[0]))
        return f"The close of {day} is {value}, which is no price of a fed funds future."
    *_, shift = checks.ticks(item.values, series, config.gate)
    found = [shift]
    if previous is not None:
        found.append(checks.restated(item.values, previous.values, series, config.gate))
    return next((f.sentence for f in found if f.fatal), None)


def load_store(store: Path, config: Config) -> Futures | Unavailable:
    """Return the closes of every contract that was ever fetched, each from its newest good snapshot.

    A contract vanishes at the vendor when it expires; its last snapshot stays.
    """
    if config.futures is None or config.futures.live is None:
        return Unavailable(reason="report.toml asks for no prices of fed funds futures")
    columns: dict[str, pd.Series] = {}
    used: list[Observed] = []
    for series_id in snapshots.stored(store):
        month = month_of(series_id)
        item = None if month is None else _newest(store, series_id, contract_series(config, month))
        if month is None or item is None:
            continue
        closes, *_ = checks.ticks(item.values, contract_series(config, month), config.gate)
        columns[month] = closes[closes.index.isin(nyse_sessions())]
        used.append(item)
    if not used:
        return Unavailable(reason="no prices of fed funds futures were fetched yet")
    wide = pd.DataFrame(columns).sort_index()
    wide.index.name = "day"
    return Futures(
        label=config.futures.label,
        closes=wide,
        sha256=hashlib.sha256("".join(item.sha256 for item in used).encode()).hexdigest(),
        source=used[0].source,
        symbol=f"{used[0].symbol} to {used[-1].symbol}" if len(used) > 1 else used[0].symbol,
        retrieved_at=max(item.retrieved_at for item in used),
        terms=used[0].terms,
    )


def _newest(store: Path, series_id: str, series: Series) -> Observed | None:
    try:
        return snapshots.newest(store, series_id, series)
    except TandemError:
        return None
