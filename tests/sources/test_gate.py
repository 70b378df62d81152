"""The gate: faults are found, named with their rows and dealt with by severity; what is real passes untouched."""

from __future__ import annotations

import dataclasses
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.panel import Observed, bond_sessions, nyse_sessions
from generator.sources import csv, gate
from tests.sources.conftest import small_config

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

CONFIG = small_config(("eth_usd", "rut", "spx", "gld", "dff", "target_lower", "target_upper"))
AS_OF = date(2026, 11, 20)
END = pd.Timestamp(AS_OF)


def item(series_id: str, values: pd.Series, *, sha256: str = "a" * 64) -> Observed:
    """Return a series as the store gives it, retrieved the day after."""
    return Observed(
        series_id=series_id,
        values=values,
        source="yahoo",
        symbol=series_id,
        retrieved_at="2026-11-21T01:00:00+00:00",
        sha256=sha256,
        terms="",
    )


def prices(sessions: pd.DatetimeIndex, seed: int, vol: float) -> pd.Series:
    """Return a random walk."""
    rng = np.random.default_rng(seed)
    return pd.Series(1000 * np.exp(np.cumsum(rng.normal(0, vol, len(sessions)))), index=sessions)


def clean() -> dict[str, Observed]:
    """Return four years of every series."""
    days = pd.date_range("2023-01-03", END, freq="D")
    nyse, bond = (index[(index >= days[0]) & (index <= END)] for index in (nyse_sessions(), bond_sessions()))
    upper = pd.Series(5.5, index=days)
    series = {
        "eth_usd": prices(days, 1, 0.03),
        "rut": prices(nyse, 2, 0.012),
        "spx": prices(nyse, 3, 0.008),
        "gld": prices(nyse, 4, 0.008),
        "dff": upper - 0.17,
        "target_lower": upper - 0.25,
        "target_upper": upper,
        "dgs2": pd.Series(4 + np.cumsum(np.random.default_rng(5).normal(0, 0.03, len(bond))), index=bond),
    }
    return {key: item(key, values) for key, values in series.items()}


def changed(series_id: str, change: Callable[[pd.Series], pd.Series]) -> dict[str, Observed]:
    """Return the clean data with one series changed."""
    data = clean()
    data[series_id] = dataclasses.replace(
        data[series_id], values=change(data[series_id].values.copy()), sha256="b" * 64
    )
    return data


def at(values: pd.Series, where: int, number: float) -> pd.Series:
    """Return the values with one of them replaced."""
    values.iloc[where] = number
    return values


def failed(report: gate.GateReport, series_id: str) -> dict[str, gate.Check]:
    """Return the failed checks of a series."""
    return {check.name: check for check in report.checks if check.series_id == series_id and not check.passed}


def judge(data: dict[str, Observed], **named: object) -> gate.GateReport:
    """Run the gate on the store's data; the policy calendar is left aside, as the rates here are made up."""
    report = gate.check(data, CONFIG, AS_OF, data="store", **named)  # type: ignore[arg-type]  # passed on
    kept = tuple(line for line in report.degraded if "policy calendar" not in line)
    return dataclasses.replace(report, degraded=kept)


def test_clean_data_passes_untouched() -> None:
    """Nothing is removed, nothing fails, and every series has its line in the table for every check."""
    data = clean()
    report = judge(data)
    assert (report.degraded, report.blocked) == ((), ())
    for series_id, series in data.items():
        pd.testing.assert_series_equal(report.observed[series_id].values, series.values)
        assert failed(report, series_id).keys() <= {"decisions", "outcomes"}
    names = [check.name for check in report.checks if check.series_id == "rut"]
    assert names == ["schema", "future", "range", "ticks", "unit", "gaps", "coverage", "closed", "frozen", "age"]


def test_values_after_the_day_are_not_let_through() -> None:
    """The gate cuts at `as_of`; what the source has beyond it still counts as fresh."""
    report = gate.check(clean(), CONFIG, date(2026, 11, 6), data="store", expected=AS_OF)
    assert {str(series.values.index[-1].date()) for series in report.observed.values()} == {"2026-11-06"}
    assert not [line for line in report.degraded if "tale" in line]


@pytest.mark.parametrize("where", [0, 1, 400, -2, -1])
@pytest.mark.parametrize("factor", [100.0, 0.01, 10.0])
def test_bad_tick_is_taken_out_with_its_row(where: int, factor: float) -> None:
    """A single value x100, /100 or x10, also the first or last: gone, noted with date and value, the rest untouched."""
    data = clean()
    good = data["rut"].values
    report = judge(changed("rut", lambda v: at(v, where, v.iloc[where] * factor)))
    assert report.blocked == ()
    day = good.index[where]
    pd.testing.assert_series_equal(report.observed["rut"].values, good.drop(day), check_freq=False)
    found = failed(report, "rut")["ticks"]
    assert found.severity == "note"
    assert found.sentence == "1 value that jumped away and straight back was left out (bad ticks)."
    assert found.rows == (f"{day:%Y-%m-%d}: {good[day] * factor:.10g}",)


@pytest.mark.parametrize(("factor", "unit"), [(100.0, "100"), (0.1, "10"), (1000.0, "1000")])
def test_unit_slip_blocks_or_brings_back_the_last_good_copy(factor: float, unit: str) -> None:
    """The last 30 % in another unit: a required series blocks, or is replaced by its last good copy with a banner."""

    def slip(values: pd.Series) -> pd.Series:
        values.iloc[int(0.7 * len(values)) :] *= factor
        return values

    report = judge(changed("rut", slip))
    assert "rut" not in report.observed
    assert len(report.blocked) == 1
    assert report.blocked[0].startswith("Russell 2000: the level shifts from ")
    assert report.blocked[0].endswith(f"a factor of about {unit}, as in a change of unit.")
    good = clean()["rut"]
    report = judge(changed("rut", slip), previous={"rut": dataclasses.replace(good, values=good.values[:-3])})
    assert report.blocked == ()
    assert report.degraded[0].startswith(
        "Russell 2000: last good values up to 2026-11-17 are used (yahoo, retrieved 2026-11-21), because the level "
    )
    pd.testing.assert_series_equal(report.observed["rut"].values, good.values[:-3], check_freq=False)
    assert failed(report, "rut")["unit"].severity == "degrade"


def test_optional_series_that_fails_is_left_out_with_a_banner() -> None:
    """A series nobody requires costs its own pages, not the site."""
    report = judge(changed("gld", lambda v: v * np.where(np.arange(len(v)) > 500, 100, 1)))
    assert report.blocked == ()
    assert "gld" not in report.observed
    assert report.degraded[0].startswith("Gold (GLD): not available, because the level shifts from ")


@pytest.mark.parametrize("bad", [0.0, -12.0, np.inf, -np.inf, np.nan])
def test_impossible_prices_are_taken_out(bad: float) -> None:
    """Zero, negative and non-finite prices never reach a statistic; the day counts as missing."""
    report = judge(changed("rut", lambda v: at(v, 100, bad)))
    assert report.blocked == ()
    assert np.isfinite(report.observed["rut"].values).all()
    assert failed(report, "rut")["range"].sentence == "1 value not finite and positive was left out."
    assert len(failed(report, "rut")["gaps"].rows) == 1


def test_many_impossible_values_condemn_the_series() -> None:
    """A rate in basis points instead of percent is out of range everywhere, and is not trimmed to what is left."""
    report = judge(changed("dgs2", lambda v: v * 100))
    assert "dgs2" not in report.observed
    assert "are not between -2 and 25 percent" in report.degraded[0]


def test_rate_in_another_unit_within_the_range_is_a_shift() -> None:
    """4.05 becoming 0.0405 stays inside the range; the step of four points gives it away."""
    report = judge(changed("dgs2", lambda v: v * np.where(np.arange(len(v)) > 500, 0.01, 1)))
    assert "dgs2" not in report.observed
    assert "the level shifts from" in report.degraded[0]


def test_missing_session_is_named_and_filled_only_from_the_last_good_copy() -> None:
    """A past session that vanished is a note with its date; the value known before is kept, never made up."""
    day = pd.Timestamp("2026-08-28")
    report = judge(changed("rut", lambda v: v.drop(day)))
    assert failed(report, "rut")["gaps"].rows == ("2026-08-28",)
    assert day not in report.observed["rut"].values.index
    good = clean()["rut"]
    report = judge(changed("rut", lambda v: v.drop(day)), previous={"rut": good})
    assert failed(report, "rut")["kept"].rows == (f"2026-08-28: {good.values[day]:.10g}",)
    assert report.observed["rut"].values[day] == good.values[day]
    assert report.degraded == ()


def test_history_that_begins_later_is_kept_from_the_copy_before() -> None:
    """A reply that lacks the first years does not shorten what is measured over the whole history."""
    report = judge(changed("rut", lambda v: v[300:]), previous={"rut": clean()["rut"]})
    assert (report.blocked, report.degraded) == ((), ())
    pd.testing.assert_series_equal(report.observed["rut"].values, clean()["rut"].values, check_freq=False)
    assert failed(report, "rut")["kept"].sentence == "300 values missing now kept from the last good copy."


def test_last_value_lost_is_kept_from_the_copy_before() -> None:
    """A reply that ends earlier than the one before does not take published values back."""
    report = judge(changed("rut", lambda v: v[:-1]), previous={"rut": clean()["rut"]})
    assert report.observed["rut"].values.index[-1] == END


def test_old_data_is_stale_since_its_date() -> None:
    """A healthy reply that ends ten days early: a banner with the date and the sessions missing."""
    report = judge(changed("rut", lambda v: v[v.index <= "2026-11-10"]))
    assert report.degraded == ("Russell 2000: stale since 2026-11-10: 8 sessions up to 2026-11-20 missing.",)
    within = judge(changed("rut", lambda v: v[:-3]))
    assert within.degraded == ()


def test_age_is_counted_in_sessions_of_the_own_calendar() -> None:
    """On the bond holiday of 12 October 2026 a yield is not late, and the day is no gap."""
    data = changed("dgs2", lambda v: v[v.index <= "2026-10-09"])
    report = gate.check(data, CONFIG, date(2026, 10, 12), data="store")
    late = next(check for check in report.checks if check.series_id == "dgs2" and check.name == "age")
    assert late.sentence == "The last value is of 2026-10-09."
    whole = judge(clean())
    assert "gaps" not in failed(whole, "dgs2")


def test_restatement_is_listed_by_date_and_a_large_one_is_not_believed() -> None:
    """Forty changed closes are a table; a tenth of the history changed brings back the last good copy."""
    good = clean()["rut"]

    def restate(n: int) -> Callable[[pd.Series], pd.Series]:
        return lambda v: v * np.where((np.arange(len(v)) >= 100) & (np.arange(len(v)) < 100 + n), 1.002, 1.0)

    report = judge(changed("rut", restate(40)), previous={"rut": good})
    found = failed(report, "rut")["restated"]
    assert (found.severity, len(found.rows)) == ("note", 40)
    old = good.values.iloc[100]
    assert found.rows[0] == f"{good.values.index[100]:%Y-%m-%d}: {old:.10g} became {old * 1.002:.10g}"
    assert report.degraded == ()
    large = judge(changed("rut", restate(400)), previous={"rut": good})
    assert "because 400 values of 976 differ from the last good copy" in large.degraded[0]
    pd.testing.assert_series_equal(large.observed["rut"].values, good.values, check_freq=False)


def test_rounding_is_no_restatement() -> None:
    """The same prices with fewer digits are the same prices."""
    report = judge(changed("rut", lambda v: v.round(2)), previous={"rut": clean()["rut"]})
    assert "restated" not in failed(report, "rut")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda v: v[:0], "The series holds no value."),
        (lambda v: v[::-1], "The series has dates that repeat or go back."),
        (lambda v: pd.concat([v, v[-1:]]), "The series has dates that repeat or go back."),
        (lambda v: v.astype(str), "The series holds str, not numbers."),
        (lambda v: v.tz_localize("UTC"), "The series is not indexed by naive dates."),
        (lambda v: v.set_axis(v.index + pd.Timedelta("1h")), "The series is daily and has times of day."),
    ],
)
def test_malformed_series_never_get_further(change: Callable[[pd.Series], pd.Series], sentence: str) -> None:
    """What later steps take for granted is checked first, and a failure there is the only one reported."""
    report = judge(changed("rut", change))
    assert "rut" not in report.observed
    assert [check.sentence for check in failed(report, "rut").values()] == [sentence]


def test_row_of_the_future_condemns_the_reply() -> None:
    """A date after the retrieval cannot be known; nothing of such a reply is used."""
    report = judge(
        changed("rut", lambda v: pd.concat([v, pd.Series([v.iloc[-1]], index=[pd.Timestamp("2026-11-23")])]))
    )
    assert report.blocked == ("Russell 2000: 1 row dated after the retrieval on 2026-11-21.",)


def test_frozen_feed_is_noted() -> None:
    """Closes that do not move at all look like a feed that stands still."""
    report = judge(changed("rut", lambda v: pd.concat([v[:-6], pd.Series(v.iloc[-7], index=v.index[-6:])])))
    assert failed(report, "rut")["frozen"].sentence == "The last 6 values are equal: the feed seems to stand still."


def test_effective_rate_must_lie_in_the_target_range() -> None:
    """Two sources of one policy: a few days outside are noted, many degrade."""
    few = judge(changed("dff", lambda v: at(v, 50, 5.9)))
    line = next(check for check in few.checks if check.name == "cross-source")
    assert line.passed
    assert line.rows == ("2023-02-22: 5.9 outside 5.25 to 5.5",)
    many = judge(changed("dff", lambda v: v + 1))
    assert many.degraded == ("The effective rate lay outside the target range on 1,418 days of 1,418.",)


def test_data_of_ones_own_is_not_judged_by_its_age_or_gaps() -> None:
    """For csv and sample: old, gappy and absent series are notes; the assets of the pair are required."""
    data = {key: dataclasses.replace(value, retrieved_at="") for key, value in clean().items() if key != "spx"}
    data["rut"] = dataclasses.replace(data["rut"], values=data["rut"].values[:500:2])
    report = gate.check(data, CONFIG, AS_OF, data="csv")
    assert report.blocked == ()
    assert not [line for line in report.degraded if "policy calendar" not in line]
    assert failed(report, "spx")["present"].severity == "note"
    assert {failed(report, "rut")[name].severity for name in ("age", "gaps", "coverage")} == {"note"}
    del data["rut"]
    assert gate.check(data, CONFIG, AS_OF, data="csv").blocked == ("Russell 2000: no source gave this series.",)


@given(
    where=st.integers(1, 970),
    size=st.floats(-0.14, 0.14),
    back=st.floats(0.0, 0.8),
)
def test_large_but_credible_days_are_never_taken_out(where: int, size: float, back: float) -> None:
    """A crash or rally of up to 14 % with up to four fifths taken back the next day is the market, not a tick."""

    def crash(values: pd.Series) -> pd.Series:
        steps = np.diff(np.log(values.to_numpy()), prepend=0.0)
        steps[where] += size
        if where + 1 < len(steps):
            steps[where + 1] -= back * size
        return pd.Series(np.exp(np.cumsum(steps)), index=values.index)

    report = judge(changed("rut", crash))
    assert "ticks" not in failed(report, "rut")
    assert "unit" not in failed(report, "rut")


@st.composite
def corrupted(draw: st.DrawFn, values: pd.Series) -> pd.Series:
    """Return the series with something done to it that a vendor might do."""
    n = len(values)
    i, j = sorted(draw(st.tuples(st.integers(0, n - 2), st.integers(1, n - 1))))
    factor = draw(st.sampled_from((0.01, 0.1, 10.0, 100.0, 1000.0, -1.0, 0.0, np.nan, np.inf)))
    kind = draw(st.sampled_from(("point", "stretch", "tail", "lose", "end", "double", "swap", "shift", "back")))
    stretch = (np.arange(n) >= i) & (np.arange(n) < max(j, i + 1))
    whole = values.to_numpy()
    return {
        "point": lambda: at(values.copy(), i, whole[i] * factor),
        "stretch": lambda: values * np.where(stretch, factor, 1.0),
        "tail": lambda: values * np.where(np.arange(n) >= i, factor, 1.0),
        "lose": lambda: values[~stretch],
        "end": lambda: values[: i + 1],
        "double": lambda: pd.concat([values[: i + 1], values[i:]]),
        "swap": lambda: pd.Series(whole[np.r_[:i, j, i + 1 : j, i, j + 1 : n]] if i < j else whole, values.index),
        "shift": lambda: values.set_axis(values.index + pd.Timedelta(days=1)),
        "back": lambda: values[::-1],
    }[kind]()


@given(data=st.data())
def test_corruption_is_undone_or_named(data: st.DataObject) -> None:
    """Whatever a vendor does to a series it published before: right numbers, or its name in banner, block or table."""
    good = clean()["rut"]
    broken = data.draw(corrupted(good.values))
    report = judge(changed("rut", lambda _: broken), previous={"rut": good})
    used = report.observed.get("rut")
    named = [line for line in (*report.degraded, *report.blocked) if line.startswith("Russell 2000")]
    if used is not None and not named:
        wrong = used.values[used.values != good.values.reindex(used.values.index)]
        restated = failed(report, "rut")["restated"].rows if len(wrong) else ()
        assert {f"{day:%Y-%m-%d}" for day in wrong.index} <= {row[:10] for row in restated}


RECORDED = (
    *("eth_usd", "btc_usd", "rut", "spx", "ndx", "iwm", "gld", "tlt", "vix", "dxy"),
    *("dff", "target_lower", "target_upper", "dgs3mo", "dgs10", "dfii10"),
)
REAL = {
    "eth_usd": "2020-03-12",
    "rut": "2020-03-16",
    "spx": "2025-04-09",
    "gld": "2026-01-30",
}


@pytest.mark.recorded
@pytest.mark.parametrize("kind", ["csv", "store"])
def test_recorded_history_passes_with_nothing_taken_out(recorded_data: Path, kind: str) -> None:
    """All recorded series, the known extreme days among them, come through whole; the known holes are noted."""
    config = small_config(RECORDED)
    observed = csv.load(recorded_data, config)
    report = gate.check(observed, config, date(2026, 9, 18), data=kind)
    assert report.blocked == ()
    assert {line.split(":")[0] for line in report.degraded} == (
        {"Volatility index (VIX)", "US dollar index"} if kind == "store" else set()
    )
    for series_id, series in observed.items():
        whole = series.values[series.values.index <= "2026-09-18"]
        assert len(report.observed[series_id].values) == len(whole)
    assert all(pd.Timestamp(day) in report.observed[key].values.index for key, day in REAL.items())
    assert failed(report, "spx")["gaps"].rows == ("2026-08-27",)
    assert failed(report, "dgs2")["gaps"].rows == ("2012-10-30", "2018-12-05")
    assert len(failed(report, "vix")["closed"].rows) == 32
    decided = next(check for check in report.checks if check.name == "decisions")
    assert decided.passed
