"""Futures and published surprises: what is known on a date, what a day holds, and the hash of the values."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from generator.expectations import POLICY, STOCKS, TWO_YEAR, Expectations, Futures, Surprises
from generator.findings import Unavailable


def futures() -> Futures:
    """Return three days of two contracts, one of which starts late."""
    closes = pd.DataFrame(
        {"2026-01": [96.1, 96.2, 96.3], "2026-02": [np.nan, np.nan, 96.4]},
        index=pd.DatetimeIndex(["2026-01-05", "2026-01-06", "2026-01-07"]),
    )
    return Futures(label="futures", closes=closes, sha256="f")


def surprises() -> Surprises:
    """Return two meetings."""
    frame = pd.DataFrame(
        {POLICY: [1.0, -2.0], TWO_YEAR: [3.0, np.nan], STOCKS: [0.1, -0.2]},
        index=pd.DatetimeIndex(["2026-01-05", "2026-01-28"]),
    )
    return Surprises(label="surprises", frame=frame, sha256="s")


def test_nothing_later_than_the_date_is_known() -> None:
    """Rows after the date are gone, and so is a contract that had no close yet."""
    known = Expectations(surprises=surprises(), futures=futures()).known_on(date(2026, 1, 6))
    assert isinstance(known.surprises, Surprises)
    assert isinstance(known.futures, Futures)
    assert list(known.surprises.frame.index) == [pd.Timestamp("2026-01-05")]
    assert list(known.futures.closes.columns) == ["2026-01"]
    assert known.futures.closes.index[-1] == pd.Timestamp("2026-01-06")


def test_a_day_holds_the_closes_it_has() -> None:
    """A missing close is absent, and a day without prices is empty."""
    assert futures().on(date(2026, 1, 6)) == {"2026-01": 96.2}
    assert futures().on(date(2026, 1, 7)) == {"2026-01": 96.3, "2026-02": 96.4}
    assert futures().on(date(2026, 1, 10)) == {}


def test_without_a_source_there_is_a_reason() -> None:
    """The default is a reason for each, also once it is cut to a date, and has no hash."""
    nothing = Expectations().known_on(date(2026, 1, 1))
    assert isinstance(nothing.surprises, Unavailable)
    assert isinstance(nothing.futures, Unavailable)
    assert nothing.sha256() == ""


def test_the_hash_follows_the_values() -> None:
    """The same values give the same hash, another value or another contract another one."""
    whole = Expectations(surprises=surprises(), futures=futures())
    assert whole.sha256() == Expectations(surprises=surprises(), futures=futures()).sha256()
    changed = futures()
    changed.closes.iloc[0, 0] = 96.0
    renamed = Futures(label="futures", closes=futures().closes.rename(columns={"2026-02": "2026-03"}), sha256="f")
    others = {Expectations(surprises=surprises(), futures=f).sha256() for f in (changed, renamed)}
    others |= {Expectations(surprises=surprises()).sha256(), Expectations(futures=futures()).sha256()}
    assert len(others) == 4
    assert whole.sha256() not in others
