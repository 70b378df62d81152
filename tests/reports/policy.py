"""What the tests of the two policy pages share: contexts of the sample and of recorded data, and made-up futures."""

from __future__ import annotations

import calendar
import dataclasses
import functools
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from generator.config import Config, load_config
from generator.expectations import Expectations, Futures
from generator.fomc import Meeting, load_meetings, meetings_known_on
from generator.panel import Observed, Panel, nyse_sessions
from generator.report import Context
from generator.sources import csv, futures, sample, surprises

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

ROOT = Path(__file__).parents[2]
AS_OF = date(2026, 9, 18)
LAST = date(2026, 12, 31)


@functools.cache
def shipped() -> Config:
    """Return the shipped configuration, with fewer resamples."""
    config = load_config(ROOT / "report.toml")
    return config.model_copy(update={"run": config.run.model_copy(update={"reps": 499})})


@functools.cache
def simulated() -> Mapping[str, Observed]:
    """Return the sample as far as any test looks."""
    return sample.load(shipped(), LAST)


@functools.cache
def recorded(folder: Path) -> tuple[Mapping[str, Observed], Expectations]:
    """Return the recorded series, futures and surprises."""
    config = shipped()
    extras = Expectations(surprises=surprises.load(folder, config), futures=futures.load(folder, config))
    return csv.load(folder, config), extras


def context(
    observed: Mapping[str, Observed] | None = None,
    as_of: date = AS_OF,
    *,
    pair: str = "eth-russell-2000",
    expectations: Expectations | None = None,
    without: Iterable[str] = (),
    meetings: tuple[Meeting, ...] | None = None,
) -> Context:
    """Return the context of a pair on a date, by default from the sample, without some series."""
    config = shipped()
    kept = {key: item for key, item in (observed or simulated()).items() if key not in set(without)}
    return Context(
        config=config,
        pair=config.pair(pair),
        panel=Panel(kept, config, as_of, expectations),
        data="csv" if observed else "sample",
        meetings=meetings_known_on(meetings or load_meetings(), as_of),
    )


def changed_after(observed: Mapping[str, Observed], day: date) -> dict[str, Observed]:
    """Return the series with every value after `day` made into another one."""
    out = {}
    for key, item in observed.items():
        values = item.values.copy()
        later = values.index > pd.Timestamp(day) + pd.Timedelta(hours=23, minutes=59)
        values.loc[later] = values.loc[later] * 1.5 + 0.25
        out[key] = dataclasses.replace(item, values=values)
    return out


def priced(steps: Mapping[date, float], start_pct: float, first: date, last: date) -> Futures:
    """Return futures that know the path: every day has the same closes, those of the rates after each of `steps`.

    Parameters
    ----------
    steps : mapping of date to float
        Rate in percent after each meeting.
    start_pct : float
        Rate before the first of them.
    first, last : date
        Days with prices; contracts run half a year longer.
    """
    closes = {}
    month = first.replace(day=1)
    while month < last + timedelta(days=190):
        days = calendar.monthrange(month.year, month.month)[1]
        rates = []
        for number in range(1, days + 1):
            before = [rate for day, rate in sorted(steps.items()) if day < month.replace(day=number)]
            rates.append(before[-1] if before else start_pct)
        closes[f"{month:%Y-%m}"] = 100.0 - sum(rates) / days
        month = (month + timedelta(days=32)).replace(day=1)
    sessions = nyse_sessions()
    days = sessions[(sessions >= pd.Timestamp(first)) & (sessions <= pd.Timestamp(last))]
    frame = pd.DataFrame([closes] * len(days), index=days)
    return Futures(label="made up", closes=frame, sha256="")
