"""The embedded sample: one fixed path on the real calendars, whose truth the estimates recover."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom
from statsmodels.tsa.stattools import coint

from generator import fomc
from generator.config import Config, Pair, Series, load_config
from generator.errors import DataError
from generator.panel import Observed, Panel, bond_sessions, nyse_closes, nyse_sessions
from generator.sources import gate, sample, sample_model
from generator.sources.sample_paths import draws, garch_variance, pulled_walk, target_range
from generator.stats.bootstrap import bootstrap_correlation
from generator.stats.regression import rate_beta

PROJECT = Path(__file__).parents[2]
END = date(2027, 12, 31)
BOND_RATES = ("dgs3mo", "dgs2", "dgs10", "dfii10")
DAILY_RATES = ("dff", "target_lower", "target_upper")
# Of the one fixed path. A change of the model, of NumPy's raw stream or of a mathematical library shows here first.
PINNED = {
    ("eth_usd", "2016-01-01"): 100.0,
    ("eth_usd", "2025-10-07"): 5546.8534,
    ("btc_usd", "2020-02-29"): 927.8944,
    ("btc_usd_hourly", "2026-02-03 15:00"): 1449.666,
    ("rut", "2025-10-07"): 508.2181,
    ("iwm", "2025-10-07"): 508.0458,
    ("ijr", "2025-10-07"): 528.5005,
    ("ndx", "2019-07-03"): 203.8389,
    ("vix", "2025-10-07"): 15.19,
    ("tlt", "2025-10-07"): 86.2847,
    ("dgs2", "2025-10-07"): 2.93,
    ("dfii10", "2022-06-15"): 0.99,
    ("dff", "2024-09-19"): 4.82,
}


@pytest.fixture(scope="module")
def config() -> Config:
    """Return the shipped configuration."""
    return load_config(PROJECT / "report.toml")


@pytest.fixture(scope="module")
def whole(config: Config) -> dict[str, Observed]:
    """Return the sample to its end."""
    return sample.load(config, END)


@pytest.fixture(scope="module")
def from_2016(config: Config) -> Config:
    """Return the configuration with pairs that start where the crypto prices become usable: more windows to look at."""
    return config.model_copy(update={"run": config.run.model_copy(update={"start": date(2016, 3, 1)})})


def daily_grid(calendar: str) -> pd.DatetimeIndex:
    """Return the days a series should have, from the first of 2016 to the end."""
    days = pd.date_range("2016-01-01", END, freq="D")
    return {
        "24/7": days,
        "daily": days,
        "XNYS": days[days.isin(nyse_sessions())],
        "SIFMA": days[days.isin(bond_sessions())],
    }[calendar]


def plausible_misses(looks: int, level: float = 0.95) -> range:
    """Return the numbers of misses that an interval of this coverage gives in all but one of a thousand tries."""
    low, high = (int(binom.ppf(q, looks, 1 - level)) for q in (0.0005, 0.9995))
    return range(low, high + 1)


# ------------------------------------------------------------------------------------------------ what is delivered


def test_every_series_of_the_configuration_is_there(config: Config, whole: dict[str, Observed]) -> None:
    """Nothing that a page may ask for is missing, and each series says that it is simulated."""
    assert set(whole) == set(config.series)
    for series_id, item in whole.items():
        assert (item.source, item.symbol, item.retrieved_at) == ("sample", series_id, "")
        assert item.terms == "simulated; free to use"
        assert len(item.sha256) == 64
    assert len({item.sha256 for item in whole.values()}) == len(whole)


def test_values_are_finite_and_prices_positive(config: Config, whole: dict[str, Observed]) -> None:
    """Every value can be used; rates keep to their credible range; prices start at 100 except VIX."""
    for series_id, item in whole.items():
        values = item.values.to_numpy()
        assert np.isfinite(values).all(), series_id
        if config.series[series_id].kind == "price":
            assert (values > 0).all(), series_id
        else:
            assert values.min() > -1.5, series_id
            assert values.max() < 8, series_id
        if config.series[series_id].kind == "price" and series_id != "vix" and not series_id.endswith("_hourly"):
            assert values[0] == 100.0, series_id
    assert 8 < whole["vix"].values.min() < whole["vix"].values.max() < 80


def test_dates_are_exactly_those_of_the_calendar(config: Config, whole: dict[str, Observed]) -> None:
    """Equities have every NYSE session, yields every day of the bond market, crypto and policy rates every day."""
    for series_id, item in whole.items():
        series = config.series[series_id]
        if series.frequency == "daily":
            assert item.values.index.equals(daily_grid(series.calendar).as_unit("ns")), series_id
            assert pd.DatetimeIndex(item.values.index).tz is None


def test_target_range_follows_the_recorded_decisions(whole: dict[str, Observed]) -> None:
    """The calendar's check finds no decision that differs; after the last recorded one the range stays."""
    lower, upper = whole["target_lower"].values, whole["target_upper"].values
    recorded = [m for m in fomc.load_meetings() if m.has_outcome]
    assert fomc.check_against_target(recorded, lower, upper) == []
    problems = {m.problem for m in fomc.check_against_target(fomc.load_meetings(), lower, upper)}
    assert problems <= {"unrecorded"}
    last = recorded[-1]
    after = lower.loc[pd.Timestamp(last.date) + pd.Timedelta(days=1) :]
    assert set(after) == {last.target_lower}
    assert lower["2020-03-16"] == 0.0
    assert lower["2020-03-15"] == 1.0


def test_target_range_before_the_sample_is_known() -> None:
    """The range on the first day is the one decided in December 2015, not a default."""
    lower, upper = target_range(pd.DatetimeIndex(["2016-01-01", "2015-12-16", "2015-12-17"]))
    assert lower.tolist() == [0.25, 0.0, 0.25]
    assert upper.tolist() == [0.5, 0.25, 0.5]


def test_funds_rate_lies_inside_the_target_range(whole: dict[str, Observed]) -> None:
    """The simulated funds rate never leaves the range in force."""
    dff = whole["dff"].values
    assert (dff >= whole["target_lower"].values).all()
    assert (dff <= whole["target_upper"].values).all()


@pytest.mark.parametrize("as_of", [date(2018, 6, 1), date(2022, 3, 4), date(2025, 10, 7), date(2026, 11, 20)])
def test_gate_lets_the_sample_through(config: Config, as_of: date) -> None:
    """No check blocks or degrades the sample; the only notes are decisions the calendar does not know yet."""
    report = gate.check(sample.load(config, as_of), config, as_of, data="sample")
    assert report.degraded == ()
    assert report.blocked == ()
    assert set(report.observed) == set(config.series)
    assert {c.name for c in report.checks if not c.passed} <= {"outcomes"}


# ------------------------------------------------------------------------------------------------ one fixed path


@pytest.mark.parametrize(("series_id", "day"), list(PINNED))
def test_the_path_is_the_committed_one(whole: dict[str, Observed], series_id: str, day: str) -> None:
    """The values are those written here, to the last published digit."""
    assert whole[series_id].values[day] == PINNED[series_id, day]


@pytest.mark.parametrize("as_of", [date(2016, 2, 29), date(2020, 3, 15), date(2026, 9, 18)])
def test_cut_at_as_of_changes_nothing_before(config: Config, whole: dict[str, Observed], as_of: date) -> None:
    """A shorter sample is the beginning of the longer one; hourly bars agree where both have them."""
    for series_id, item in sample.load(config, as_of).items():
        assert item.values.index[-1] <= pd.Timestamp(as_of) + pd.Timedelta(hours=23), series_id
        if not series_id.endswith("_hourly"):
            pd.testing.assert_series_equal(
                item.values, whole[series_id].values.loc[: pd.Timestamp(as_of)], check_freq=False
            )


def test_hourly_bars_do_not_depend_on_the_window(config: Config) -> None:
    """A day's 24 bars are the same whenever one looks."""
    early, late = (sample.load(config, d) for d in (date(2025, 3, 31), date(2026, 11, 20)))
    for series_id in ("eth_usd_hourly", "btc_usd_hourly"):
        one, other = early[series_id].values, late[series_id].values
        shared = one.index.intersection(other.index)
        assert len(shared) == 24 * ((date(2025, 3, 31) - date(2026, 11, 20)).days + 730)
        pd.testing.assert_series_equal(one[shared], other[shared], check_freq=False)


def test_configuration_changes_no_value(config: Config) -> None:
    """Seed, order and number of the configured series do not touch the path."""
    fewer = {s: config.series[s] for s in reversed(("eth_usd", "rut", "dgs2", "eth_usd_hourly"))}
    other = config.model_copy(update={"series": fewer, "run": config.run.model_copy(update={"seed": 1, "reps": 99})})
    one, two = (sample.load(c, date(2024, 5, 3)) for c in (config, other))
    assert {s: two[s].sha256 for s in fewer} == {s: one[s].sha256 for s in fewer}


def test_two_processes_agree(config: Config) -> None:
    """Time zone, hash seed and folder of a process change nothing."""
    program = (
        "import sys, pathlib, datetime; from generator.config import load_config; from generator.sources import sample;"
        "o = sample.load(load_config(pathlib.Path(sys.argv[1])), datetime.date(2026, 11, 20));"
        "print(*(o[s].sha256 for s in sorted(o)))"
    )
    here = sample.load(config, date(2026, 11, 20))
    expected = [here[s].sha256 for s in sorted(here)]
    for zone, hash_seed, folder in (("Pacific/Auckland", "1", "/"), ("America/New_York", "77", str(PROJECT))):
        environment = {**os.environ, "TZ": zone, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(PROJECT)}
        command = [sys.executable, "-c", program, str(PROJECT / "report.toml")]
        done = subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, check=True)
        assert done.stdout.split() == expected


@pytest.mark.parametrize(
    ("as_of", "message"),
    [
        (date(2028, 1, 1), r"as_of 2028-01-01: the simulated sample ends on 2027-12-31"),
        (date(2015, 12, 31), r"as_of 2015-12-31: the simulated sample starts on 2016-01-01"),
    ],
)
def test_outside_the_sample_is_an_error(config: Config, as_of: date, message: str) -> None:
    """No value is made up beyond the fixed path."""
    with pytest.raises(DataError, match=message):
        sample.load(config, as_of)


def test_first_days_have_only_what_trades(config: Config) -> None:
    """On the first of January 2016 no market is open: such series are absent, not empty."""
    first = sample.load(config, date(2016, 1, 1))
    assert set(first) == {"eth_usd", "btc_usd", "eth_usd_hourly", "btc_usd_hourly", *DAILY_RATES}
    assert len(first["eth_usd_hourly"].values) == 24


def test_it_is_fast(config: Config) -> None:
    """With the calendars made, all series take less than 0.4 s of processor time, cold."""
    from generator.sources import sample_paths  # noqa: PLC0415 - to empty its caches

    nyse_sessions(), nyse_closes(), bond_sessions(), fomc.load_meetings()
    sample_paths.the_world.cache_clear()
    sample_paths.the_path.cache_clear()
    started = time.process_time()
    sample.load(config, END)
    assert time.process_time() - started < 0.4


# ------------------------------------------------------------------------------------------------ hourly bars


def test_hourly_bars_end_at_the_daily_closes(whole: dict[str, Observed]) -> None:
    """There are 24 bars for each of 730 days, and the last of a day is the daily close."""
    for series_id in ("eth_usd", "btc_usd"):
        hourly, daily = whole[f"{series_id}_hourly"].values, whole[series_id].values
        assert len(hourly) == 730 * 24
        assert (np.diff(hourly.index) == np.timedelta64(1, "h")).all()
        last = hourly.iloc[23::24]
        assert pd.DatetimeIndex(last.index).normalize().equals(daily.index[-730:])
        assert (last.to_numpy() == daily.to_numpy()[-730:]).all()


def test_hourly_moves_add_up_to_the_daily_variance(whole: dict[str, Observed]) -> None:
    """Hours are neither too smooth nor too rough: their squared moves add up to those of the days, within 10 %."""
    for series_id in ("eth_usd", "btc_usd"):
        hourly = np.log(whole[f"{series_id}_hourly"].values.to_numpy())
        by_hour = (np.diff(hourly) ** 2).sum()
        by_day = (np.diff(hourly[23::24]) ** 2).sum()
        assert by_hour / by_day == pytest.approx(1.0, abs=0.10)


def test_synchronous_estimate_recovers_its_truth(from_2016: Config) -> None:
    """Over disjoint quarters, aligning by the close raises the correlation by what the truth says."""
    pair = from_2016.featured
    rows = []
    for as_of in (date(2018, 3, 1), date(2020, 2, 28), date(2022, 2, 25), date(2024, 2, 23), date(2026, 2, 20), END):
        panel = Panel(sample.load(from_2016, as_of), from_2016, as_of)
        by_close, by_day = (
            panel.sample((pair.a, pair.b), from_2016.start(pair), synchronous=s).changes for s in (True, False)
        )
        for stop in range(len(by_close), 62, -63):
            window = by_close.iloc[stop - 63 : stop]
            true = sample.truths(from_2016, pair, window.index[-1].date())
            truth = true["correlation.pearson.synchronous.63"]
            assert (truth.nobs, truth.first, truth.last) == (63, window.index[0].date(), window.index[-1].date())
            measured = (np.corrcoef(w.to_numpy().T)[0, 1] for w in (window, by_day.loc[window.index]))
            rows.append((*measured, truth.value, true["correlation.pearson.daily.63"].value))
    synchronous, utc_close, true_synchronous, true_utc_close = np.array(rows).T
    assert len(rows) >= 40
    lift = synchronous - utc_close
    for error in (synchronous - true_synchronous, lift - (true_synchronous - true_utc_close)):
        assert abs(error.mean()) < 4 * error.std(ddof=1) / np.sqrt(error.size)
    assert (true_synchronous - true_utc_close).mean() > 0.03
    assert lift.mean() > 2 * lift.std(ddof=1) / np.sqrt(lift.size)


# ------------------------------------------------------------------------------------------------ the truth is found


def test_truth_has_the_sample_of_the_estimate(config: Config) -> None:
    """Truth and estimate count the same changes between the same dates, for every pair, window and several dates."""
    for as_of in (date(2021, 11, 24), date(2025, 10, 7), date(2026, 11, 20)):
        panel = Panel(sample.load(config, as_of), config, as_of)
        for pair in config.pairs:
            found = sample.truths(config, pair, as_of)
            three = (pair.a, pair.b, pair.market)
            for start, series in (
                ("correlation.pearson.daily", three[:2]),
                ("partial.market.", three),
                ("difference.market.", three),
                ("partial.market_and_rates", (*three, "dgs2")),
                ("rates.beta.dgs2", (*three, "dgs2")),
            ):
                whole = panel.sample(series, config.start(pair))
                matching = {k: v for k, v in found.items() if k.startswith(start)}
                assert len(matching) >= 2
                for number_id, truth in matching.items():
                    span = number_id.rsplit(".", 1)[1]
                    used = whole if span == "all" else whole.tail(int(span))
                    assert used is not None
                    assert (truth.nobs, truth.first, truth.last) == (used.nobs, used.first, used.last), number_id


def test_truth_covers_the_ids_asked_for(config: Config) -> None:
    """Every configured window has its truth, and a window longer than the history has none."""
    pair = config.featured
    numbers = sample.truth_numbers(config, pair, date(2026, 11, 20))
    assert {f"correlation.pearson.daily.{w}" for w in (21, 63, 126, 252, "all")} <= numbers.keys()
    assert {f"rates.beta.dgs2.{r}.{w}" for r in "abm" for w in (252, "all")} <= numbers.keys()
    assert {f"fomc.beta.dgs2.{r}" for r in "abm"} <= numbers.keys()
    short = sample.truth_numbers(config, pair, date(2018, 3, 1))
    assert {k for k in short if k.startswith("correlation.pearson.daily")} == {
        "correlation.pearson.daily.21",
        "correlation.pearson.daily.all",
    }


def test_correlation_intervals_contain_the_truth_as_often_as_they_say(
    from_2016: Config, whole: dict[str, Observed]
) -> None:
    """Over all disjoint quarters from 2016 to the end, the published 95 % interval misses the truth about 1 time in 20.

    Nor are the estimates off on average, and the truth is not so vague that any value would pass: neither zero nor a
    constant 0.5 is recovered.
    """
    pair = from_2016.featured
    every = Panel(whole, from_2016, END).sample((pair.a, pair.b), from_2016.start(pair)).changes
    rng = np.random.default_rng(1)
    rows = []
    for stop in range(63, len(every) + 1, 63):
        window = every.iloc[stop - 63 : stop]
        truth = sample.truths(from_2016, pair, window.index[-1].date())["correlation.pearson.daily.63"]
        assert (truth.first, truth.last) == (window.index[0].date(), window.index[-1].date())
        x, y = window.to_numpy().T
        interval = bootstrap_correlation(x, y, reps=999, rng=rng)
        rows.append((interval.value, interval.lower, interval.upper, truth.value))
    value, lower, upper, true = np.array(rows).T
    assert len(true) >= 46

    def misses(wanted: np.ndarray | float) -> int:
        return int(((wanted < lower) | (wanted > upper)).sum())

    assert misses(true) in plausible_misses(len(true))
    assert misses(0.0) not in plausible_misses(len(true))
    assert misses(0.5) not in plausible_misses(len(true))
    errors = np.arctanh(value) - np.arctanh(true)
    assert abs(errors.mean()) < 4 * errors.std(ddof=1) / np.sqrt(len(errors))


@pytest.mark.parametrize("role", ["a", "b", "m"])
def test_rate_betas_contain_the_truth_as_often_as_they_say(
    from_2016: Config, whole: dict[str, Observed], role: str
) -> None:
    """Over all disjoint years the Newey-West interval of the 2-year beta contains its truth; zero is rejected."""
    pair = from_2016.featured
    series = (pair.a, pair.b, pair.market, "dgs2")
    every = Panel(whole, from_2016, END).sample(series, from_2016.start(pair)).changes
    rows = []
    for stop in range(252, len(every) + 1, 252):
        window = every.iloc[stop - 252 : stop]
        truth = sample.truths(from_2016, pair, window.index[-1].date())[f"rates.beta.dgs2.{role}.252"]
        fit = rate_beta(window.iloc[:, "abm".index(role)].to_numpy(), window["dgs2"].to_numpy())
        rows.append((fit.value, fit.std_err, fit.lower, fit.upper, truth.value))
    value, std_err, lower, upper, true = np.array(rows).T
    assert len(true) >= 11
    assert int(((true < lower) | (true > upper)).sum()) in plausible_misses(len(true))
    weights = std_err**-2
    pooled_err = 1 / np.sqrt(weights.sum())
    assert abs((weights * (value - true)).sum() / weights.sum()) < 4 * pooled_err
    assert (weights * value).sum() / weights.sum() < -2 * pooled_err


@pytest.mark.parametrize("as_of", [date(2021, 12, 31), date(2025, 10, 7), date(2026, 11, 20), END])
def test_whole_history_recovers_every_truth(config: Config, whole: dict[str, Observed], as_of: date) -> None:
    """From 2018 on, correlations and betas of all three pairs lie within four standard errors of their truth."""
    panel = Panel(whole, config, as_of)
    for pair in config.pairs:
        true = sample.truth_numbers(config, pair, as_of)
        x, y = panel.sample((pair.a, pair.b), config.start(pair)).changes.to_numpy().T
        interval = bootstrap_correlation(x, y, reps=199, rng=np.random.default_rng(2))
        gap = interval.value - true["correlation.pearson.daily.all"]
        assert abs(gap) < 4 * interval.draws.std()
        changes = panel.sample((pair.a, pair.b, pair.market, "dgs2"), config.start(pair)).changes
        for place, role in enumerate("abm"):
            fit = rate_beta(changes.iloc[:, place].to_numpy(), changes["dgs2"].to_numpy())
            assert abs(fit.value - true[f"rates.beta.dgs2.{role}.all"]) < 4 * fit.std_err


def test_statement_days_move_yields_and_returns_as_stated(whole: dict[str, Observed], config: Config) -> None:
    """On scheduled statement days the 2-year yield has five times its variance, and returns their steeper slope."""
    changes = Panel(whole, config, END).sample(("rut", "spx", "dgs2"), date(2016, 1, 5)).changes
    is_fomc = changes.index.isin(pd.DatetimeIndex([m.date for m in fomc.load_meetings() if m.kind == "scheduled"]))
    assert is_fomc.sum() >= 94
    ratio = changes["dgs2"][is_fomc].var() / changes["dgs2"][~is_fomc].var()
    # log ratio of variances: standard error sqrt(2 / 94) with normal shocks, more with GARCH; four of them
    assert abs(np.log(ratio / sample_model.RATES.fomc_variance)) < 4 * 0.2
    for series_id in ("rut", "spx"):
        asset = sample_model.ASSETS[series_id]
        for days, true in ((is_fomc, asset.rate_beta_fomc), (~is_fomc, asset.rate_beta)):
            fit = rate_beta(changes[series_id][days].to_numpy(), changes["dgs2"][days].to_numpy())
            assert abs(fit.value - true) < 4 * fit.std_err


def test_correlation_path_is_the_documented_one() -> None:
    """The path of the shocks' correlation has the plateaus the model's description gives, and is smooth."""
    at = {y: sample_model.true_correlation(date(y, 6, 30)) for y in (2018, 2021, 2023, 2026)}
    # link x 0.87 x 0.85 + 0.15 x 0.40, with links of about 0.10, 0.55, 0.33, 0.60
    assert at[2018] == pytest.approx(0.134, abs=0.002)
    assert at[2021] == pytest.approx(0.465, abs=0.005)
    assert at[2023] == pytest.approx(0.304, abs=0.005)
    assert at[2026] == pytest.approx(0.503, abs=0.002)
    path = [sample_model.true_correlation(date(2016, 1, 1) + timedelta(weeks=k)) for k in range(626)]
    assert np.abs(np.diff(path)).max() < 0.014
    assert sample_model.true_correlation(date(2020, 1, 1), "rut", "spx") == pytest.approx(0.87)
    # Same news, same hours: the close does not come between two 24/7 assets.
    link = 0.55
    both = 0.95 * link**2 + 0.72 * np.sqrt((1 - link**2 - 0.15**2) * (1 - (0.95 * link) ** 2))
    assert sample_model.true_correlation(date(2021, 6, 30), "eth_usd", "btc_usd") == pytest.approx(both, abs=0.005)


# ------------------------------------------------------------------------------------------------ levels


def test_no_pair_is_cointegrated(config: Config, whole: dict[str, Observed]) -> None:
    """Engle-Granger, in either order, finds no link between the levels of a pair at 5 %: the rule of the seed."""
    for pair in config.pairs:
        levels = Panel(whole, config, END).sample((pair.a, pair.b), date(2018, 1, 1)).levels
        one, other = np.log(levels.to_numpy()).T
        for x, y in ((one, other), (other, one)):
            assert coint(x, y, maxlag=1, autolag=None)[1] > 0.05


def test_small_cap_series_move_as_one(whole: dict[str, Observed]) -> None:
    """The fund never leaves its index by 0.3 %; the sister index drifts, and both returns are nearly the index's."""
    rut, iwm, ijr = (np.log(whole[s].values.to_numpy()) for s in ("rut", "iwm", "ijr"))
    assert np.abs(iwm - rut).max() < 0.003
    assert np.abs(ijr - rut).max() > 0.02
    links = np.corrcoef(np.diff(np.array([rut, iwm, ijr])))[0]
    assert links[1] > 0.995
    assert 0.97 < links[2] < 0.995


# ------------------------------------------------------------------------------------------------ what is added


def added(config: Config, **series: Series) -> Config:
    """Return the configuration with further series."""
    return config.model_copy(update={"series": {**config.series, **series}})


def test_a_series_the_model_does_not_know_moves_on_its_own(config: Config, whole: dict[str, Observed]) -> None:
    """A pair added to the configuration can be built from the sample, and its truth is zero but for chance."""
    eth, rut, dgs2 = (config.series[s] for s in ("eth_usd", "rut", "dgs2"))
    more = added(
        config, sol_usd=eth, sol_usd_hourly=config.series["eth_usd_hourly"], mid=rut, dgs5=dgs2,
        other_target=config.series["target_lower"],
    )  # fmt: skip
    observed = sample.load(more, END)
    assert "other_target" not in observed
    assert {s: observed[s].sha256 for s in whole} == {s: whole[s].sha256 for s in whole}
    assert observed["sol_usd"].values.index.equals(whole["eth_usd"].values.index)
    assert observed["mid"].values.index.equals(whole["rut"].values.index)
    assert observed["dgs5"].values.index.equals(whole["dgs2"].values.index)
    assert len(observed["sol_usd_hourly"].values) == 730 * 24
    pair = Pair(slug="sol-mid", title="Two more", a="sol_usd", b="mid", market="spx")
    true = sample.truth_numbers(more, pair, END)["correlation.pearson.daily.all"]
    assert abs(true) < 0.01
    returns = Panel(observed, more, END).sample(("sol_usd", "mid"), more.start(pair)).changes
    assert abs(np.corrcoef(returns.to_numpy().T)[0, 1] - true) < 4 / np.sqrt(len(returns))


def test_a_derived_series_has_no_truth(config: Config) -> None:
    """A fund or a volatility index is not part of the model: no truth is claimed."""
    pair = Pair(slug="eth-iwm", title="Ether and a fund", a="eth_usd", b="iwm", market="spx")
    assert sample.truth_numbers(config, pair, END) == {}


# ------------------------------------------------------------------------------------------------ kernels


def test_draws_have_mean_zero_and_variance_one() -> None:
    """Both kinds of draws have the moments the model counts on, and a stream can be read in parts."""
    for freedom in (0.0, 6.0):
        z = draws(1, "x", 200_000, degrees_of_freedom=freedom)
        assert abs(z.mean()) < 4 / np.sqrt(z.size)
        # variance of z^2: 2 for the normal, kurtosis 6 - 1 = 5 for t with 6 degrees
        assert abs(z.var() - 1) < 4 * np.sqrt((5.0 if freedom else 2.0) / z.size)
        assert (draws(1, "x", 1000, 10, 20, degrees_of_freedom=freedom) == z[10:20]).all()
    assert abs(np.corrcoef(draws(1, "x", 10_000), draws(1, "y", 10_000))[0, 1]) < 0.04


def test_garch_variance_on_a_toy_series() -> None:
    """The recursion by hand: h(2) = 0.02 + 1 x (0.06 x 4 + 0.92), h(3) = 0.02 + h(2) x 0.92."""
    assert garch_variance(np.array([2.0, 0.0]), 0.06, 0.92) == pytest.approx([1.0, 1.18, 0.02 + 1.18 * 0.92])


def test_pulled_walk_on_a_toy_series() -> None:
    """It starts at its mean and is pulled back by a fixed share of the distance."""
    assert pulled_walk(np.array([1.0, 0.0]), 2.0, 0.1) == pytest.approx([3.0, 2.9])


def test_loadings_leave_unit_variance_on_sessions() -> None:
    """Squared loadings add up to 1 on sessions; on other days to the weekend's share, or to nothing."""
    days = pd.date_range("2016-01-01", "2027-12-31", freq="D")
    is_session = np.asarray(days.isin(nyse_sessions()))
    for asset in sample_model.ASSETS.values():
        total = (sample_model.loadings(asset, days, is_session) ** 2).sum(axis=1)
        assert total[is_session] == pytest.approx(1.0)
        quiet = sample_model.WEEKEND_VARIANCE if asset.around_the_clock else 0.0
        assert total[~is_session] == pytest.approx(quiet)
