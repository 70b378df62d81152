"""What markets expected of policy: closes of fed funds futures by contract, and published surprises.

Both are optional: a source that lacks them gives the reason, and the pages say it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from generator.findings import Unavailable

if TYPE_CHECKING:
    from datetime import date

POLICY, TWO_YEAR, STOCKS = "policy_bp", "two_year_bp", "stocks_pct"
"""Columns of published surprises: in the funds rate and in the 2-year yield (bp), and the stock market's move (%)."""


NO_SURPRISES = Unavailable(reason="this source has no published surprises")
NO_FUTURES = Unavailable(reason="this source has no prices of fed funds futures by contract")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Surprises:
    """Surprises in policy decisions that somebody else measured in a narrow window and published.

    Parameters
    ----------
    label : str
        What the pages call the series.
    frame : DataFrame of shape (n_events, 3)
        By day of the statement (naive midnights); columns `POLICY`, `TWO_YEAR` and `STOCKS`, NaN where not published.
    sha256 : str
        Hash of the file.
    source, symbol, retrieved_at, terms : str
        Where they come from (the file), and on what terms; `retrieved_at` stays empty for a file.
    """

    label: str
    frame: pd.DataFrame
    sha256: str
    source: str = "csv"
    symbol: str = ""
    retrieved_at: str = ""
    terms: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Futures:
    """Daily closes of fed funds futures.

    Parameters
    ----------
    label : str
        What the pages call the prices.
    closes : DataFrame of shape (n_days, n_contracts)
        By day (naive midnights) and contract month ``YYYY-MM``; 100 minus percent, NaN where there is no close.
    sha256 : str
        Hash of the file, or of the snapshots.
    source, symbol, retrieved_at, terms : str
        Where they come from, when they were fetched (empty for a file), and on what terms.
    """

    label: str
    closes: pd.DataFrame
    sha256: str
    source: str = "csv"
    symbol: str = ""
    retrieved_at: str = ""
    terms: str = ""

    def on(self, day: date) -> dict[str, float]:
        """Return the closes of a day by contract month; empty on a day without prices."""
        stamp = pd.Timestamp(day)
        if stamp not in self.closes.index:
            return {}
        row = self.closes.to_numpy()[int(self.closes.index.searchsorted(stamp))]
        return {str(month): float(row[i]) for i, month in enumerate(self.closes.columns) if np.isfinite(row[i])}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Expectations:
    """Both, or why there are none."""

    surprises: Surprises | Unavailable = NO_SURPRISES
    futures: Futures | Unavailable = NO_FUTURES

    def known_on(self, as_of: date) -> Expectations:
        """Return what was known at the end of `as_of`."""
        end = pd.Timestamp(as_of)
        surprises, futures = self.surprises, self.futures
        if isinstance(surprises, Surprises):
            surprises = replace(surprises, frame=surprises.frame.loc[:end])
        if isinstance(futures, Futures):
            futures = replace(futures, closes=futures.closes.loc[:end].dropna(axis="columns", how="all"))
        return replace(self, surprises=surprises, futures=futures)

    def sha256(self) -> str:
        """Return the hash of every value, empty if there is none."""
        digest = hashlib.sha256()
        frames = []
        if isinstance(self.surprises, Surprises):
            frames.append(self.surprises.frame)
        if isinstance(self.futures, Futures):
            frames.append(self.futures.closes)
        for frame in frames:
            digest.update(",".join(map(str, frame.columns)).encode())
            digest.update(frame.index.to_numpy().astype("datetime64[s]").astype("<i8").tobytes())
            digest.update(frame.to_numpy(dtype="<f8").tobytes())
        return digest.hexdigest() if frames else ""
