"""Replies as the vendors give them, written from arrays."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from generator.panel import bond_sessions, nyse_sessions

if TYPE_CHECKING:
    from pathlib import Path

FIRST, LAST = "2024-01-02", "2026-11-20"
NEW_YORK = ZoneInfo("America/New_York")
FRED = {
    "DFF": "dff",
    "DFEDTARL": "target_lower",
    "DFEDTARU": "target_upper",
    "DGS3MO": "dgs3mo",
    "DGS2": "dgs2",
    "DGS10": "dgs10",
    "DFII10": "dfii10",
}
YAHOO = {
    "ETH-USD": "eth_usd",
    "BTC-USD": "btc_usd",
    "^RUT": "rut",
    "^GSPC": "spx",
    "^NDX": "ndx",
    "IWM": "iwm",
    "IJR": "ijr",
    "GLD": "gld",
    "TLT": "tlt",
    "^VIX": "vix",
    "DX-Y.NYB": "dxy",
}
TREASURY = {"3 Mo": "dgs3mo", "2 Yr": "dgs2", "10 Yr": "dgs10"}


@dataclass(slots=True)
class World:
    """The numbers of a make-believe market.

    Parameters
    ----------
    prices, rates : DataFrame
        By date; NaN where there is no value.
    hourly : DataFrame
        By UTC bar start.
    futures : DataFrame
        Fed funds futures by day and contract month; only these contracts are listed.
    currency, names : dict
        What Yahoo says beside a symbol, where it differs from USD and the symbol itself.
    """

    prices: pd.DataFrame
    rates: pd.DataFrame
    hourly: pd.DataFrame
    futures: pd.DataFrame = field(default_factory=pd.DataFrame)
    currency: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)

    def write_csv(self, folder: Path) -> None:
        """Write the same numbers as a user's own files."""
        folder.mkdir(parents=True, exist_ok=True)
        for name, frame in (("prices_daily.csv", self.prices), ("rates_daily.csv", self.rates)):
            frame.to_csv(folder / name, index_label="date", date_format="%Y-%m-%d")
        self.hourly.to_csv(folder / "prices_hourly.csv", index_label="time", date_format="%Y-%m-%dT%H:%MZ")
        rows = (
            self.futures.rename_axis(index="date").reset_index().melt("date", var_name="contract", value_name="close")
        )
        rows.dropna().to_csv(folder / "fed_funds_futures_contracts.csv", index=False, date_format="%Y-%m-%d")


def make_world(seed: int = 1) -> World:
    """Return random walks on the real calendars; 24/7 assets every day, rates on bond-market days."""
    rng = np.random.default_rng(seed)
    days = pd.date_range(FIRST, LAST, freq="D")
    on = {"daily": days, "XNYS": nyse_sessions(), "SIFMA": bond_sessions()}

    def walk(start: float, vol: float, calendar: str, decimals: int) -> pd.Series:
        index = days[days.isin(on[calendar])]
        path = start * np.exp(np.cumsum(rng.normal(0, vol, len(index))))
        return pd.Series(path.round(decimals), index=index).reindex(days)

    prices = pd.DataFrame(
        {
            "eth_usd": walk(2400, 0.03, "daily", 4),
            "btc_usd": walk(43000, 0.02, "daily", 2),
            "rut": walk(2000, 0.012, "XNYS", 4),
            "spx": walk(4700, 0.008, "XNYS", 4),
            "ndx": walk(16500, 0.01, "XNYS", 4),
            "iwm": walk(198, 0.012, "XNYS", 4),
            "gld": walk(190, 0.008, "XNYS", 4),
            "vix": walk(14, 0.05, "XNYS", 2),
            "ijr": walk(105, 0.012, "XNYS", 4),
            "tlt": walk(95, 0.007, "XNYS", 4),
            "dxy": walk(103, 0.004, "XNYS", 4),
        }
    )
    upper = pd.Series(np.where(days < pd.Timestamp("2025-09-18"), 5.5, 5.25), index=days)
    bond = days[days.isin(on["SIFMA"])]
    rates = pd.DataFrame(
        {
            "dff": upper - 0.17,
            "target_lower": upper - 0.25,
            "target_upper": upper,
            "dgs3mo": pd.Series((5 + np.cumsum(rng.normal(0, 0.01, len(bond)))).round(2), index=bond).reindex(days),
            "dgs2": pd.Series((4 + np.cumsum(rng.normal(0, 0.02, len(bond)))).round(2), index=bond).reindex(days),
            "dgs10": pd.Series((4 + np.cumsum(rng.normal(0, 0.02, len(bond)))).round(2), index=bond).reindex(days),
            "dfii10": pd.Series((2 + np.cumsum(rng.normal(0, 0.01, len(bond)))).round(2), index=bond).reindex(days),
        }
    ).round(2)
    hours = pd.date_range("2026-06-01", f"{LAST} 23:00", freq="h")
    bars = 2400 * np.exp(np.cumsum(rng.normal(0, 0.006, len(hours))))
    hourly = pd.DataFrame({"eth_usd": bars.round(4), "btc_usd": (bars * 20).round(2)}, index=hours)
    sessions = days[days.isin(nyse_sessions())]
    months = [f"{month:%Y-%m}" for month in pd.period_range("2026-10", "2027-11", freq="M")]
    level = 95.5 + np.cumsum(rng.normal(0, 0.01, len(sessions)))
    closes = {month: (level + 0.02 * i).round(4) for i, month in enumerate(months)}
    futures = pd.DataFrame(closes, index=sessions).loc["2025-06-02":]
    futures.loc["2026-11-01":, "2026-10"] = np.nan  # it has expired
    return World(prices=prices, rates=rates, hourly=hourly, futures=futures)


# -------------------------------------------------------------------------------------------------------------- Yahoo


def chart(world: World, symbol: str, query: dict[str, str]) -> tuple[int, bytes]:
    """Return status and JSON of one symbol."""
    column = YAHOO.get(symbol)
    contract = _contract(symbol)
    if (column is None or column not in world.prices) and contract not in world.futures:
        description = "No data found, symbol may be delisted"
        error = {"chart": {"result": None, "error": {"code": "Not Found", "description": description}}}
        return 404, json.dumps(error).encode()
    coin = symbol.endswith("-USD")
    hourly = query.get("interval") in {"60m", "1h"}
    values = world.futures[contract].dropna() if column is None else (world.hourly if hourly else world.prices)[column]
    if not coin:
        values = values[values.index.isin(nyse_sessions())]
    first = int(query.get("period1", "0"))
    last = int(query.get("period2", str(2**40)))
    rows = [(stamp(day, coin=coin, hourly=hourly), value) for day, value in values.items()]
    rows = [(when, value) for when, value in rows if first <= when < last]
    if "range" in query:
        rows = rows[-1:]
    closes = [None if np.isnan(value) else value for _, value in rows]
    zone = "UTC" if coin else "America/New_York"
    now = rows[-1][0] if rows else last
    period = {"timezone": "UTC" if coin else "EST", "start": now, "end": now + 23_400, "gmtoffset": 0}
    meta = {
        "symbol": world.names.get(symbol, symbol),
        "currency": world.currency.get(symbol, "USD"),
        "instrumentType": "CRYPTOCURRENCY" if coin else "INDEX",
        "exchangeTimezoneName": zone,
        "exchangeName": "CCC" if coin else "NIM",
        "priceHint": 2,
        "regularMarketTime": now,
        "gmtoffset": 0,
        "dataGranularity": "1h" if hourly else "1d",
        "validRanges": ["1d", "5d", "1mo", "1y", "max"],
        "currentTradingPeriod": {"pre": period, "regular": period, "post": period},
    }
    if hourly:
        midnights = sorted({when - when % 86_400 for when, _ in rows})
        meta["tradingPeriods"] = [[{**period, "start": when, "end": when + 86_399}] for when in midnights]
    quote = dict.fromkeys(("open", "high", "low", "close"), closes)
    quote["volume"] = [1000] * len(rows)
    result = {
        "meta": meta,
        "timestamp": [when for when, _ in rows],
        "indicators": {"quote": [quote], "adjclose": [{"adjclose": closes}]},
    }
    if hourly:
        del result["indicators"]["adjclose"]
    return 200, json.dumps({"chart": {"error": None, "result": [result]}}).encode()


def _contract(symbol: str) -> str:
    """Return the month of a fed funds future's symbol, empty for any other."""
    found = re.fullmatch(r"ZQ([FGHJKMNQUVXZ])([0-9]{2})\.CBT", symbol)
    return f"20{found[2]}-{'FGHJKMNQUVXZ'.index(found[1]) + 1:02d}" if found else ""


def stamp(day: pd.Timestamp, *, coin: bool, hourly: bool = False) -> int:
    """Return the UTC second that labels a bar: its start, or the session's open."""
    if coin or hourly:
        return int(day.tz_localize("UTC").timestamp())
    opens = dt.datetime(day.year, day.month, day.day, 9, 30, tzinfo=NEW_YORK)
    return int(opens.timestamp())


# -------------------------------------------------------------------------------------------------------------- rates


def fred(world: World, query: dict[str, str]) -> bytes | None:
    """Return FRED's CSV of one series: holidays are rows without a value."""
    column = FRED.get(query.get("id", ""))
    if column is None or column not in world.rates:
        return None
    values = world.rates[column].loc[query.get("cosd", FIRST) : query.get("coed", LAST)]
    if column.startswith(("dgs", "dfii")):
        values = values[values.index.day_of_week < 5]
    lines = [f"observation_date,{query['id']}"]
    lines += [f"{day:%Y-%m-%d},{'' if np.isnan(value) else value}" for day, value in values.items()]
    return ("\n".join(lines) + "\n").encode()


def treasury(world: World, year: int) -> bytes:
    """Return the Treasury's CSV of one year: newest day first, dates as in the United States."""
    frame = world.rates.loc[str(year) : str(year), list(TREASURY.values())].dropna()
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    out.write("Date," + ",".join(f'"{name}"' for name in TREASURY) + "\n")
    for day, row in frame[::-1].iterrows():
        writer.writerow([f"{day:%m/%d/%Y}", *row])
    return out.getvalue().encode()


def nyfed(world: World, query: dict[str, str]) -> bytes:
    """Return the New York Fed's JSON: business days only, newest first."""
    frame = world.rates.loc[query["startDate"] : query["endDate"]]
    frame = frame[frame.index.isin(bond_sessions())]
    rows = [
        {
            "effectiveDate": f"{day:%Y-%m-%d}",
            "type": "EFFR",
            "percentRate": row["dff"],
            "targetRateFrom": row["target_lower"],
            "targetRateTo": row["target_upper"],
            "revisionIndicator": "",
        }
        for day, row in frame[::-1].iterrows()
    ]
    return json.dumps({"refRates": rows}).encode()
