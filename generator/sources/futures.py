"""Closes of fed funds futures by contract month, from a user's own file."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from generator.errors import DataError
from generator.expectations import Futures
from generator.findings import Unavailable
from generator.sources.contracts import HIGHEST, LOWEST
from generator.sources.csv import TERMS
from generator.sources.long_table import LongTable
from generator.sources.table import shown

if TYPE_CHECKING:
    from pathlib import Path

    from generator.config import Config

_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")


def load(folder: Path, config: Config) -> Futures | Unavailable:
    """Return the closes in `folder`, or why there are none: one row per day and contract month.

    Raises
    ------
    DataError
        The file is there and cannot be read, or has two rows for one contract on one day.
    """
    source = config.futures
    if source is None:
        return Unavailable(reason="report.toml names no file with prices of fed funds futures")
    path = folder / source.csv.file
    if not path.is_file():
        return Unavailable(reason=f"there is no file {source.csv.file} with prices of fed funds futures")
    table = LongTable(path)
    days = table.days(source.csv.date)
    months = table.texts(source.csv.contract)
    for row, month in enumerate(months, start=table.table.first_row):
        if not _MONTH.fullmatch(month):
            message = f"row {row}, column {source.csv.contract}: {shown(month)!r} is not a month YYYY-MM"
            raise DataError(f"{table.name}: {message}")
    closes = table.values(source.csv.close, LOWEST, HIGHEST, np.ones(len(days), dtype=bool))
    rows = pd.DataFrame({"day": days, "month": months, "close": closes}).dropna()
    twice = rows[rows.duplicated(["day", "month"])]
    if len(twice):
        first = twice.iloc[0]
        raise DataError(f"{table.name}: the contract {first['month']} appears twice on {first['day'].date()}")
    if rows.empty:
        return Unavailable(reason=f"{table.name} holds no price")
    wide = rows.pivot_table(index="day", columns="month", values="close", aggfunc="first").sort_index()
    wide.columns = pd.Index([str(month) for month in wide.columns])
    return Futures(label=source.label, closes=wide, sha256=table.sha256, symbol=path.name, terms=TERMS)


def joined(fetched: Futures | Unavailable, own: Futures | Unavailable) -> Futures | Unavailable:
    """Return both together: a fetched close where there is one, else that of the user's own file."""
    if isinstance(own, Unavailable):
        return fetched
    if isinstance(fetched, Unavailable):
        return own
    closes = fetched.closes.combine_first(own.closes).sort_index(axis="columns")
    return replace(
        fetched,
        closes=closes,
        sha256=hashlib.sha256(f"{fetched.sha256}{own.sha256}".encode()).hexdigest(),
        source=f"{fetched.source}, {own.source}",
        symbol=f"{fetched.symbol}; {own.symbol}",
        terms=f"{fetched.terms}; {own.terms}",
    )
