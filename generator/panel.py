"""Observed series, and samples aligned on sessions: select the shared sessions first, difference afterwards."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np
import pandas as pd

from generator.errors import DataError
from generator.expectations import Expectations

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from generator.config import Config

CALENDAR_START = "1993-01-01"
CALENDAR_END = "2028-12-31"
BP_PER_PERCENT = 100.0
AT_CLOSE: Final = "_at_close"
"""End of the name of a column with the hourly price at each session's close, in one file of daily rows."""

Frequency = Literal["daily", "weekly", "monthly"]


@functools.cache
def nyse_sessions() -> pd.DatetimeIndex:
    """Return all NYSE sessions (half days included) between explicit bounds, as naive midnights."""
    import exchange_calendars  # noqa: PLC0415 - costs a third of a second, and only aligning needs it

    calendar = exchange_calendars.get_calendar("XNYS", start=CALENDAR_START, end=CALENDAR_END)
    return pd.DatetimeIndex(calendar.sessions)


@functools.cache
def nyse_closes() -> pd.Series:
    """Return the actual close (UTC) of every session, half days included."""
    import exchange_calendars  # noqa: PLC0415 - as above

    calendar = exchange_calendars.get_calendar("XNYS", start=CALENDAR_START, end=CALENDAR_END)
    return pd.Series(calendar.schedule["close"])


@functools.cache
def bond_sessions() -> pd.DatetimeIndex:
    """Return the days on which the US bond market (SIFMA) trades, as naive midnights."""
    import pandas_market_calendars  # noqa: PLC0415 - as above

    days = pandas_market_calendars.get_calendar("SIFMA_US").valid_days(CALENDAR_START, CALENDAR_END, tz=None)
    return pd.DatetimeIndex(days)


def open_days(calendar: str, days: pd.DatetimeIndex) -> np.ndarray:
    """Return, for each of `days`, whether a series on `calendar` should have a value.

    Parameters
    ----------
    calendar : {"24/7", "daily", "XNYS", "SIFMA"}
    days : DatetimeIndex of shape (n_days,)

    Returns
    -------
    ndarray of bool, shape (n_days,)
    """
    if calendar == "XNYS":
        return np.asarray(days.isin(nyse_sessions()))
    if calendar == "SIFMA":
        return np.asarray(days.isin(bond_sessions()))
    return np.ones(len(days), dtype=bool)


def as_date(label: Any) -> date:  # noqa: ANN401 - pandas types the labels of an index as anything
    """Return the calendar date of an index label."""
    return date.fromisoformat(str(label)[:10])


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """One series as it came from its source, checked and ready for use.

    Parameters
    ----------
    values : Series
        Finite values on strictly increasing dates (naive midnights; naive UTC bar starts for hourly series).
    source, symbol : str
        The source actually used, and the name the series has there.
    retrieved_at : str
        ISO 8601 with zone, or empty where the data is simulated.
    sha256 : str
        Hash of the stored raw bytes.
    terms : str
        Whose data it is and under which terms.
    """

    series_id: str
    values: pd.Series
    source: str
    symbol: str
    retrieved_at: str
    sha256: str
    terms: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """Aligned observations of several series.

    Parameters
    ----------
    levels : DataFrame of shape (n_sessions, n_series)
        Prices, or rates in percent, on the sessions on which every series has a value.
    changes : DataFrame of shape (n_changes, n_series)
        Log returns (fractions) of prices and changes of rates (basis points), indexed by the later session.
    dropped : int
        Changes left out because they cross an open session on which a series has no value.
    dropped_dates : tuple of date
        The later session of each of them.
    """

    levels: pd.DataFrame
    changes: pd.DataFrame
    dropped: int
    dropped_dates: tuple[date, ...]

    @property
    def nobs(self) -> int:
        """Number of changes."""
        return len(self.changes)

    @property
    def first(self) -> date:
        """First session with a change."""
        return as_date(self.changes.index[0])

    @property
    def last(self) -> date:
        """Last session with a change."""
        return as_date(self.changes.index[-1])

    def tail(self, window_obs: int) -> Sample | None:
        """Return the last `window_obs` changes and the last `window_obs` levels, or None when there are fewer.

        Without dropped changes inside, every change has its later level and the other way round.
        """
        if len(self.changes) < window_obs:
            return None
        changes = self.changes.iloc[len(self.changes) - window_obs :]
        inside = [d for d in self.dropped_dates if d >= changes.index[0].date()]
        return Sample(
            levels=self.levels.iloc[len(self.levels) - window_obs :],
            changes=changes,
            dropped=len(inside),
            dropped_dates=tuple(inside),
        )


class Panel:
    """All series of a build, cut at `as_of`, and the samples made from them.

    Samples are made once and shared; the frames handed out must not be changed.
    """

    def __init__(
        self, observed: Mapping[str, Observed], config: Config, as_of: date, expectations: Expectations | None = None
    ) -> None:
        end = pd.Timestamp(as_of)
        self.as_of = as_of
        self.expectations = (expectations or Expectations()).known_on(as_of)
        self.observed = dict(observed)
        self._config = config
        self._values = {
            key: item.values.loc[: end + pd.Timedelta(hours=23, minutes=59)] for key, item in observed.items()
        }
        self._samples: dict[tuple[tuple[str, ...], date, Frequency, bool], Sample] = {}

    def __contains__(self, series_id: str) -> bool:
        return series_id in self._values and not self._values[series_id].empty

    def values(self, series_id: str) -> pd.Series:
        """Return the series up to `as_of`."""
        if series_id not in self:
            raise DataError(f"series {series_id!r} has no observation up to {self.as_of}")
        return self._values[series_id]

    def missing(self, series_ids: Sequence[str]) -> list[str]:
        """Return the labels of the series that have no observations."""
        return [self._config.series[s].label for s in series_ids if s not in self]

    def last_date(self, series_id: str) -> date:
        """Return the date of the last observation up to `as_of`."""
        return as_date(self.values(series_id).index[-1])

    def sample(
        self,
        series_ids: Sequence[str],
        start: date,
        *,
        frequency: Frequency = "daily",
        synchronous: bool = False,
    ) -> Sample:
        """Return the aligned sample of these series from `start` (of the changes) to `as_of`.

        The sessions on which every series has a value are selected first; then values are differenced. A change
        across a closed market is kept; one across an open session without a value is dropped and counted. So is a
        weekly or monthly change across a week or month without a common session.

        Parameters
        ----------
        series_ids : sequence of str
            Daily series.
        start : date
            First session a change may end on; the change itself may begin before it.
        frequency : {"daily", "weekly", "monthly"}
            Weekly samples hold the last common session of each complete week ending on a Wednesday, monthly ones
            that of each complete month.
        synchronous : bool
            Use the last hourly bar that ends by the session's close for every 24/7 series.
        """
        key = (tuple(series_ids), start, frequency, synchronous)
        if key not in self._samples:
            self._samples[key] = self._make(*key)
        return self._samples[key]

    def _make(self, series_ids: tuple[str, ...], start: date, frequency: Frequency, synchronous: bool) -> Sample:  # noqa: FBT001 - private
        kinds = {s: self._config.series[s] for s in series_ids}
        sessions = nyse_sessions()
        sessions = sessions[sessions <= pd.Timestamp(self.as_of)]
        columns = {
            s: self.synchronous(s).reindex(sessions)
            if synchronous and kinds[s].calendar == "24/7"
            else self.values(s).reindex(sessions)
            for s in series_ids
        }
        wide = pd.DataFrame(columns, index=sessions)
        for s in series_ids:
            usable = kinds[s].first_usable
            if usable is not None:
                wide.loc[: pd.Timestamp(usable) - pd.Timedelta(days=1), s] = np.nan
        present = wide.notna().to_numpy()
        expected = np.column_stack([open_days(kinds[s].calendar, sessions) for s in series_ids])
        # A session that should have had a value for some series and has none spoils the change across it.
        faulty = (expected & ~present).any(axis=1)
        chosen = present.all(axis=1)
        positions = np.flatnonzero(chosen)
        levels = wide.iloc[positions]
        faults_until = np.concatenate([[0], np.cumsum(faulty)])
        spoilt = np.zeros(len(positions), dtype=bool)
        spoilt[1:] = faults_until[positions[1:]] - faults_until[positions[:-1] + 1] > 0
        if frequency != "daily":
            levels, spoilt = _last_of_periods(levels, frequency, pd.Timestamp(self.as_of))
        changes = _differences(levels, {s: kinds[s].kind == "price" for s in series_ids})
        inside = changes.index >= pd.Timestamp(start)
        dropped = changes.index[inside & spoilt]
        keep = inside & ~spoilt
        keep[:1] = False
        changes = changes.loc[keep]
        first_level = levels.index.searchsorted(changes.index[0]) - 1 if len(changes) else len(levels)
        return Sample(
            levels=levels.iloc[max(first_level, 0) :],
            changes=changes,
            dropped=len(dropped),
            dropped_dates=tuple(d.date() for d in dropped),
        )

    def synchronous(self, series_id: str) -> pd.Series:
        """Return, per session, the close of the last hourly bar that ends at or before the session's close.

        Bars are labelled by their start. A bar older than one hour before the close is not used.
        """
        hourly = self.values(f"{series_id}_hourly")
        closes = nyse_closes()
        closes = closes[(closes.index >= hourly.index[0].normalize()) & (closes.index <= pd.Timestamp(self.as_of))]
        ends = pd.DatetimeIndex(hourly.index) + pd.Timedelta(hours=1)
        wanted = pd.DatetimeIndex(closes).tz_convert("UTC").tz_localize(None)
        position = ends.searchsorted(wanted, side="right") - 1
        age = np.asarray(wanted - ends[np.maximum(position, 0)])
        good = (position >= 0) & (age < np.timedelta64(60, "m"))
        return pd.Series(hourly.to_numpy()[np.maximum(position, 0)][good], index=closes.index[good])

    def has_synchronous(self, series_ids: Sequence[str]) -> bool:
        """Return whether every 24/7 series among these has hourly bars."""
        return all(f"{s}_hourly" in self for s in series_ids if self._config.series[s].calendar == "24/7")


def _differences(levels: pd.DataFrame, is_price: Mapping[str, bool]) -> pd.DataFrame:
    """Return log returns of prices and basis-point changes of rates; the first row is NaN."""
    return pd.DataFrame(
        {s: np.log(levels[s]).diff() if is_price[s] else levels[s].diff() * BP_PER_PERCENT for s in levels.columns},
        index=levels.index,
    )


def _last_of_periods(
    levels: pd.DataFrame, frequency: Frequency, as_of: pd.Timestamp
) -> tuple[pd.DataFrame, np.ndarray]:
    """Return the last row of every complete week (ending Wednesday) or month.

    Also which changes are spoilt: those across a period without any row. Every week and month has sessions.
    """
    rule = "W-WED" if frequency == "weekly" else "M"
    periods = pd.DatetimeIndex(levels.index).to_period(rule)
    last: pd.DataFrame = levels.groupby(periods).tail(1)
    kept = pd.DatetimeIndex(last.index).to_period(rule)
    # A period is complete when no session of it lies after as_of.
    sessions = nyse_sessions()
    later = sessions[sessions > as_of]
    if not later.empty:
        complete = kept != later[0].to_period(rule)
        last, kept = last.loc[complete], kept[complete]
    spoilt = np.zeros(len(last), dtype=bool)
    spoilt[1:] = np.diff(kept.asi8) > 1
    return last, spoilt
