"""Single checks of one series: pure functions of its values that say what is wrong, and where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from generator.panel import bond_sessions, nyse_sessions

if TYPE_CHECKING:
    from generator.config import Gate, Series

Severity = Literal["block", "degrade", "note"]

MAX_LISTED = 200
_MAD_TO_SIGMA = 1.4826
_MIN_OBS_FOR_MAD = 20
_LONGEST_TICK = 2  # sessions a tick may last
_LONGEST_WILD_TICK = 5  # the same for moves that are not credible at all
_UNITS = (10.0, 100.0, 1000.0)
_UNIT_TOLERANCE = 0.15  # in log units: how near a jump must be to a power of ten to be called a unit slip


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One line of the gate's table.

    Parameters
    ----------
    severity : {"block", "degrade", "note"}
        What a failure means here: nothing is published; published with a banner; only this line.
    rows : tuple of str
        The offending rows.
    """

    series_id: str
    name: str
    severity: Severity
    passed: bool
    sentence: str
    rows: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What one check found.

    Parameters
    ----------
    fatal : bool
        A failed check that makes the series unusable; otherwise the fault was dealt with, or matters little.
    rows : tuple of str
        The offending rows.
    """

    name: str
    passed: bool
    fatal: bool = False
    sentence: str
    rows: tuple[str, ...] = ()


def stamp(when: pd.Timestamp) -> str:
    """Return the date, with the time where there is one."""
    return when.strftime("%Y-%m-%d") if when == when.normalize() else when.strftime("%Y-%m-%dT%H:%MZ")


def number(value: float) -> str:
    """Return a value of the data for a list of rows."""
    return f"{value:.10g}"


def row_list(values: pd.Series) -> tuple[str, ...]:
    """Return ``date: value`` for the rows of `values`, cut to `MAX_LISTED`."""
    return limited([f"{stamp(when)}: {number(value)}" for when, value in values.items()])  # type: ignore[arg-type]  # index of timestamps


def limited(rows: list[str]) -> tuple[str, ...]:
    """Return the first `MAX_LISTED` rows and how many more there are."""
    more = len(rows) - MAX_LISTED
    return (*rows[:MAX_LISTED], f"… and {more} more") if more > 0 else tuple(rows)


def count(n: int, noun: str, several: str = "") -> str:
    """Return ``1 value``, ``2 values``; `several` is the plural where it has no plain s."""
    return f"{n:,} {noun if n == 1 else several or noun + 's'}"


def expected_days(series: Series, first: pd.Timestamp, last: pd.Timestamp) -> pd.DatetimeIndex:
    """Return the days from `first` to `last` on which a daily `series` should have a value.

    Federal funds series are published for every calendar day by one source and for business days by another; the bond
    market's days are what both must have.
    """
    if series.calendar == "24/7":
        return pd.date_range(first.normalize(), last.normalize(), freq="D")
    days = nyse_sessions() if series.calendar == "XNYS" else bond_sessions()
    return pd.DatetimeIndex(days[(days >= first.normalize()) & (days <= last.normalize())])


def shape(values: pd.Series, series: Series) -> Finding:
    """Return whether the series is what every later step takes for granted."""
    index = values.index
    problem = ""
    if values.empty:
        problem = "holds no value"
    elif not isinstance(index, pd.DatetimeIndex) or index.tz is not None:
        problem = "is not indexed by naive dates"
    elif values.dtype != np.float64:
        problem = f"holds {values.dtype}, not numbers"
    elif not (index.is_monotonic_increasing and index.is_unique):
        problem = "has dates that repeat or go back"
    elif series.frequency == "daily" and (index != index.normalize()).any():
        problem = "is daily and has times of day"
    sentence = f"The series {problem}." if problem else f"{count(len(values), 'value')} on increasing dates."
    return Finding(name="schema", passed=not problem, fatal=bool(problem), sentence=sentence)


def future(values: pd.Series, known_at: pd.Timestamp) -> Finding:
    """Return whether any row is dated after the moment at which the data was retrieved."""
    late = values[values.index > known_at]
    sentence = (
        f"{count(len(late), 'row')} dated after the retrieval on {stamp(known_at.normalize())}."
        if len(late)
        else "No row is dated after the retrieval."
    )
    return Finding(name="future", passed=not len(late), fatal=bool(len(late)), sentence=sentence, rows=row_list(late))


def credible(values: pd.Series, series: Series, gate: Gate) -> tuple[pd.Series, Finding]:
    """Return the values that can be (prices finite and positive, rates within their range), and the finding."""
    finite = np.isfinite(values.to_numpy())
    if series.kind == "price":
        good, wanted = finite & (values.to_numpy() > 0), "finite and positive"
    else:
        low, high = series.range_pct
        good = finite & (values.to_numpy() >= low) & (values.to_numpy() <= high)
        wanted = f"between {low:g} and {high:g} percent"
    bad = values[~good]
    fatal = len(bad) > max(1.0, gate.max_bad_share * len(values)) or len(bad) == len(values)
    if not len(bad):
        sentence = f"Every value is {wanted}."
    elif fatal:
        sentence = f"{count(len(bad), 'value')} of {len(values):,} are not {wanted}."
    else:
        sentence = f"{count(len(bad), 'value')} not {wanted} {'was' if len(bad) == 1 else 'were'} left out."
    return values[good], Finding(name="range", passed=not len(bad), fatal=fatal, sentence=sentence, rows=row_list(bad))


def _moves(values: pd.Series, series: Series) -> np.ndarray:
    """Return log prices, or rates as they are: the scale on which moves are judged."""
    raw = values.to_numpy()
    return np.log(raw) if series.kind == "price" else raw


def ticks(values: pd.Series, series: Series, gate: Gate) -> tuple[pd.Series, Finding, Finding]:
    """Return the values without bad ticks, the finding on ticks, and the finding on shifts of level.

    A move of a price counts when it exceeds both `tick_mad` robust standard deviations and `tick_share` of the largest
    credible move; one of a rate when it is not credible at all, for overnight rates do spike and come back. It is a
    bad tick when the series comes back to where it was, to within `tick_return` of the move, within two sessions (five
    if the move is not credible at all); also a first or a last value that is not credible. Any other move that is not
    credible is a shift of level: a change of unit, or another series.

    Values before the series' first usable date are not judged.
    """
    usable = 0 if series.first_usable is None else int(values.index.searchsorted(pd.Timestamp(series.first_usable)))
    level = _moves(values, series)[usable:]
    largest = series.max_daily_move if series.kind == "price" else gate.max_rate_move_pp
    steps = np.diff(level)
    limit = largest
    if series.kind == "price" and len(steps) >= _MIN_OBS_FOR_MAD:
        limit = max(
            gate.tick_share * largest,
            gate.tick_mad * _MAD_TO_SIGMA * float(np.median(np.abs(steps - np.median(steps)))),
        )
    bad: list[int] = []
    shifts: list[int] = []
    until = -1
    for i in (np.flatnonzero(np.abs(steps) > limit) + 1).tolist():
        if i < until:
            continue
        base = level[i - 1]
        move = level[i] - base
        wild = abs(move) > largest
        ends = range(i + 1, min(i + 1 + (_LONGEST_WILD_TICK if wild else _LONGEST_TICK), len(level)))
        back = next((j for j in ends if abs(level[j] - base) <= gate.tick_return * abs(move)), None)
        if back is not None:
            bad.extend(range(i, back))
            until = back + 1
        elif wild and i == 1 and len(level) > _LONGEST_TICK:
            bad.append(0)
        elif wild and i == len(level) - 1:
            bad.append(i)
        elif wild:
            shifts.append(i)
    keep = np.ones(len(values), dtype=bool)
    keep[[usable + i for i in bad]] = False
    return values[keep], _tick_finding(values[~keep]), _shift_finding(values, [usable + i for i in shifts], series)


def _tick_finding(removed: pd.Series) -> Finding:
    sentence = "No value jumps away and straight back."
    if len(removed):
        were = "was" if len(removed) == 1 else "were"
        sentence = f"{count(len(removed), 'value')} that jumped away and straight back {were} left out (bad ticks)."
    return Finding(name="ticks", passed=not len(removed), sentence=sentence, rows=row_list(removed))


def _shift_finding(values: pd.Series, shifts: list[int], series: Series) -> Finding:
    if not shifts:
        return Finding(name="unit", passed=True, sentence="The level never shifts by more than a credible move.")
    at = shifts[0]
    before, after = values.iloc[at - 1], values.iloc[at]
    name = "not a credible move"
    if before > 0 and after > 0:
        for unit in _UNITS:
            if abs(abs(np.log(after / before)) - np.log(unit)) < _UNIT_TOLERANCE:
                name = f"a factor of about {unit:g}, as in a change of unit"
    sentence = (
        f"The level shifts from {number(before)} to {number(after)} {series.unit} on {stamp(values.index[at])}: {name}."
    )
    rows = row_list(values.iloc[shifts])
    return Finding(name="unit", passed=False, fatal=True, sentence=sentence, rows=rows)


def frozen(values: pd.Series, series: Series, gate: Gate) -> Finding:
    """Return whether the last closes of a price are all equal, as if the feed stood still."""
    n = gate.frozen_obs
    stuck = series.kind == "price" and len(values) > n and bool((values.iloc[-n:] == values.iloc[-1]).all())
    sentence = f"The last {n} values are equal: the feed seems to stand still." if stuck else "The last values differ."
    return Finding(name="frozen", passed=not stuck, sentence=sentence, rows=row_list(values.iloc[-n:]) if stuck else ())


def restated(values: pd.Series, previous: pd.Series, series: Series, gate: Gate) -> Finding:
    """Return which values differ from the last good copy on the same dates."""
    common = values.index.intersection(previous.index)
    new, old = values.loc[common], previous.loc[common]
    limit = gate.same_price * np.abs(old.to_numpy()) if series.kind == "price" else gate.same_rate_pp
    # The small allowance keeps a difference of exactly the tolerance from depending on binary rounding.
    changed = np.abs(new.to_numpy() - old.to_numpy()) > limit + 1e-12
    n = int(changed.sum())
    large = n > max(gate.large_restatement_obs, gate.large_restatement_share * len(common))
    if not len(common):
        large = bool(len(previous))
        sentence = "No date in common with the last good copy." if large else "There is no earlier copy to compare."
    elif n:
        sentence = f"{count(n, 'value')} of {len(common):,} differ from the last good copy."
    else:
        sentence = f"{count(len(common), 'value')} equal to the last good copy."
    rows = limited([f"{stamp(d)}: {number(old.loc[d])} became {number(new.loc[d])}" for d in common[changed]])
    return Finding(name="restated", passed=not n and not large, fatal=large, sentence=sentence, rows=rows)


def gaps(values: pd.Series, series: Series, gate: Gate) -> tuple[Finding, Finding]:
    """Return the findings on missing sessions (all inside the series' own range) and on coverage."""
    first, last = values.index[0], values.index[-1]
    if series.first_usable is not None:
        first = max(first, pd.Timestamp(series.first_usable))
    if series.frequency == "hourly":
        expected = pd.date_range(first, last, freq="h")
    else:
        expected = expected_days(series, first, last)
    missing = expected[~expected.isin(values.index)]
    what = "hour" if series.frequency == "hourly" else "session"
    sentence = (
        f"{count(len(missing), what)} of {len(expected):,} without a value; no change is taken across them."
        if len(missing)
        else f"Every {what} of the calendar has a value."
    )
    found = Finding(name="gaps", passed=not len(missing), sentence=sentence, rows=limited([stamp(d) for d in missing]))
    share = 1 - len(missing) / len(expected) if len(expected) else 0.0
    thin = share < gate.min_coverage
    words = f"{100 * share:.1f} percent of the expected {what}s have a value"
    return found, Finding(
        name="coverage",
        passed=not thin,
        fatal=thin,
        sentence=f"{words}; at least {100 * gate.min_coverage:g} are needed." if thin else f"{words}.",
    )


def closed_days(values: pd.Series, series: Series) -> Finding:
    """Return the rows on days on which the series' market is closed; they are not used."""
    if series.calendar != "XNYS" or series.frequency == "hourly":
        return Finding(name="closed", passed=True, sentence="The series has no closed days of its own.")
    extra = values[~values.index.isin(expected_days(series, values.index[0], values.index[-1]))]
    sentence = (
        f"{count(len(extra), 'row')} on days without a session; not used."
        if len(extra)
        else "Every row lies on a session."
    )
    return Finding(name="closed", passed=not len(extra), sentence=sentence, rows=row_list(extra))


def sessions_after(last: pd.Timestamp, series: Series, expected: pd.Timestamp) -> int:
    """Return how many sessions of the series lie after `last`, up to `expected`."""
    return len(expected_days(series, last + pd.Timedelta(days=1), expected)) if expected > last else 0
