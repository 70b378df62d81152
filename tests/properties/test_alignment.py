"""Alignment against a slow and obvious version of itself, for any pattern of missing values."""

from __future__ import annotations

import functools
import itertools
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.config import Config, load_config
from generator.panel import Observed, Panel, Sample, bond_sessions, nyse_sessions

if TYPE_CHECKING:
    from collections.abc import Sequence

from pathlib import Path

SHIPPED = Path(__file__).parents[2] / "report.toml"
# Ten weeks with a bond holiday, an exchange holiday, a half day and two changes of the clock in reach.
FIRST, LAST = pd.Timestamp("2025-10-01"), pd.Timestamp("2025-12-05")
EVERY = pd.date_range(FIRST, LAST, freq="D")
SERIES = ("eth_usd", "rut", "dgs2")
START = date(2025, 10, 6)


@functools.cache
def shipped() -> Config:
    """Return the shipped configuration."""
    return load_config(SHIPPED)


def expected_on(series_id: str, day: pd.Timestamp) -> bool:
    """Return whether the series should have a value on this session."""
    return series_id != "dgs2" or day in bond_sessions()


def prices(series_id: str, missing: frozenset[int]) -> pd.Series[float]:
    """Return a price for every day on which the series could have one, without the missing days."""
    seed = SERIES.index(series_id)
    values = 100.0 + np.random.default_rng(seed).standard_normal(len(EVERY)).cumsum()
    series = pd.Series(values, index=EVERY)
    if series_id != "eth_usd":
        series = series[EVERY.isin(nyse_sessions())]
    if series_id == "dgs2":
        series = series[series.index.isin(bond_sessions())] / 25.0
    return series[~series.index.isin(EVERY[sorted(missing)])]


def panel(series: dict[str, pd.Series[float]], as_of: date) -> Panel:
    """Return the panel of these series."""
    items = {
        key: Observed(series_id=key, values=v, source="t", symbol=key, retrieved_at="", sha256="", terms="")
        for key, v in series.items()
    }
    return Panel(items, shipped(), as_of)


def slow(
    series: dict[str, pd.Series[float]], names: Sequence[str], as_of: date
) -> tuple[list[tuple[pd.Timestamp, list[float]]], list[date]]:
    """Return changes and dropped days by walking over the sessions one by one."""
    changes: list[tuple[pd.Timestamp, list[float]]] = []
    dropped: list[date] = []
    before: dict[str, float] | None = None
    broken = False
    for day in EVERY[EVERY.isin(nyse_sessions()) & (pd.Timestamp(as_of) >= EVERY)]:
        here = {name: float(series[name].loc[day]) for name in names if day in series[name].index}
        if len(here) < len(names):
            broken |= any(name not in here and expected_on(name, day) for name in names)
            continue
        if before is not None and day.date() >= START:
            if broken:
                dropped.append(day.date())
            else:
                change = [
                    100 * (here[n] - before[n]) if n == "dgs2" else float(np.log(here[n]) - np.log(before[n]))
                    for n in names
                ]
                changes.append((day, change))
        before, broken = here, False
    return changes, dropped


MISSING = st.frozensets(st.integers(0, len(EVERY) - 1), max_size=25)
AS_OF = st.sampled_from([day.date() for day in EVERY[20:]])


@settings(max_examples=150)
@given(missing=st.tuples(MISSING, MISSING, MISSING), as_of=AS_OF, names=st.sampled_from([SERIES[:2], SERIES]))
def test_alignment_is_what_walking_over_the_sessions_gives(
    missing: tuple[frozenset[int], ...], as_of: date, names: tuple[str, ...]
) -> None:
    """The same changes, the same dropped ones, and finite values only, whatever is missing."""
    series = {name: prices(name, gone) for name, gone in zip(SERIES, missing, strict=True)}
    whole = panel(series, as_of)
    if any(name not in whole for name in names):
        return
    sample = whole.sample(names, START)
    changes, dropped = slow(series, names, as_of)
    assert list(sample.dropped_dates) == dropped
    assert list(sample.changes.index) == [day for day, _ in changes]
    if changes:
        np.testing.assert_allclose(sample.changes.to_numpy(), [c for _, c in changes], rtol=0, atol=1e-10)
        assert np.isfinite(sample.levels.to_numpy()).all()
        assert sample.levels.index[0] < sample.changes.index[0]


def same(one: Sample, other: Sample) -> None:
    """Assert that two samples hold the same values under the same names."""
    pd.testing.assert_frame_equal(one.changes, other.changes[list(one.changes.columns)])
    pd.testing.assert_frame_equal(one.levels, other.levels[list(one.levels.columns)])
    assert one.dropped_dates == other.dropped_dates


@settings(max_examples=40)
@given(missing=st.tuples(MISSING, MISSING, MISSING), frequency=st.sampled_from(["daily", "weekly", "monthly"]))
def test_the_order_of_the_series_does_not_matter(missing: tuple[frozenset[int], ...], frequency: str) -> None:
    """Neither the order in which series arrive nor the order in which they are asked for changes a value."""
    series = {name: prices(name, gone) for name, gone in zip(SERIES, missing, strict=True)}
    if any(not len(values) for values in series.values()):
        return
    reference = panel(series, LAST.date()).sample(SERIES, START, frequency=frequency)  # type: ignore[arg-type]  # a literal
    for order in itertools.permutations(SERIES):
        shuffled = panel({name: series[name] for name in order}, LAST.date())
        same(reference, shuffled.sample(order, START, frequency=frequency))  # type: ignore[arg-type]  # a literal


@settings(max_examples=40)
@given(missing=MISSING, as_of=AS_OF, later=st.floats(0.01, 1e6))
def test_the_future_does_not_matter(missing: frozenset[int], as_of: date, later: float) -> None:
    """Values after the day are neither looked at nor counted."""
    known = {name: prices(name, missing) for name in SERIES}
    told = {}
    for name, values in known.items():
        told[name] = values.copy()
        told[name].loc[pd.Timestamp(as_of) + pd.Timedelta(days=1) :] = later
        known[name] = values.loc[: pd.Timestamp(as_of)]
    if any(not len(values) for values in known.values()):
        return
    same(panel(known, as_of).sample(SERIES, START), panel(told, as_of).sample(SERIES, START))


@settings(max_examples=40)
@given(missing=st.tuples(MISSING, MISSING), scale=st.floats(0.01, 100.0))
def test_the_unit_of_a_price_does_not_matter(missing: tuple[frozenset[int], ...], scale: float) -> None:
    """Log returns are free of the unit: cents instead of dollars change nothing but rounding in the last place."""
    series = {name: prices(name, gone) for name, gone in zip(SERIES[:2], missing, strict=True)}
    if any(not len(values) for values in series.values()):
        return
    plain = panel(series, LAST.date()).sample(SERIES[:2], START)
    scaled = panel({**series, "rut": series["rut"] * scale}, LAST.date()).sample(SERIES[:2], START)
    pd.testing.assert_frame_equal(plain.changes, scaled.changes, rtol=0, atol=1e-12)
