"""A published series of monetary policy surprises, from a user's own file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from generator.errors import DataError
from generator.expectations import POLICY, STOCKS, TWO_YEAR, Surprises
from generator.findings import Unavailable
from generator.sources.csv import TERMS
from generator.sources.long_table import LongTable

if TYPE_CHECKING:
    from pathlib import Path

    from generator.config import Config

BP_PER_POINT = 100.0
LARGEST_POINTS = 2.0
LARGEST_PERCENT = 25.0


def load(folder: Path, config: Config) -> Surprises | Unavailable:
    """Return the published surprises in `folder`, or why there are none.

    Rates are read in percentage points and kept in basis points, the stock market's move is in percent.

    Raises
    ------
    DataError
        The file is there and cannot be read, or has two rows for one day.
    """
    source = config.surprises
    if source is None:
        return Unavailable(reason="report.toml names no file of published surprises")
    path = folder / source.csv.file
    if not path.is_file():
        return Unavailable(reason=f"there is no file {source.csv.file} with published surprises")
    table = LongTable(path)
    keep = table.kept(source.csv.keep)
    days = table.days(source.csv.date)
    columns = {POLICY: source.csv.policy, TWO_YEAR: source.csv.two_year, STOCKS: source.csv.stocks}
    found = {}
    for name, column in columns.items():
        largest = LARGEST_PERCENT if name == STOCKS else LARGEST_POINTS
        scale = 1.0 if name == STOCKS else BP_PER_POINT
        values = np.full(len(days), np.nan) if not column else table.values(column, -largest, largest, keep)
        found[name] = values * scale
    frame = pd.DataFrame(found, index=pd.DatetimeIndex(days))[keep].sort_index().dropna(how="all")
    twice = frame.index[frame.index.duplicated()]
    if len(twice):
        raise DataError(
            f"{table.name}: {twice[0].date()} appears twice; name the rows to keep under surprises.csv.keep"
        )
    if frame.empty:
        return Unavailable(reason=f"{table.name} holds no row that surprises.csv.keep keeps")
    return Surprises(label=source.label, frame=frame, sha256=table.sha256, symbol=path.name, terms=TERMS)
