"""The policy kernels on the recorded market data: figures that must come out, read in place."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from generator.panel import nyse_sessions
from generator.stats.event_study import event_beta, event_positions, event_responses, yield_surprise_bp
from generator.stats.expected_path import NoOdds, brier_score, expected_path
from generator.stats.kuttner import Kuttner, kuttner_surprise
from generator.stats.regression import RateBeta, rate_beta
from generator.stats.since import joint_up, joint_up_base_rate

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.recorded

SERIES = {"eth": "eth_usd", "rut": "rut", "spx": "spx"}
MISSING_SPX = pd.Timestamp("2026-08-28")
"""The return of this session crosses 2026-08-27, an open session on which the S&P 500 has no value."""


def _levels(folder: Path) -> pd.DataFrame:
    """Return prices and the 2-year yield on the NYSE sessions on which all of them have a value."""
    prices = pd.read_csv(folder / "prices_daily.csv", parse_dates=["date"], index_col="date")
    rates = pd.read_csv(folder / "rates_daily.csv", parse_dates=["date"], index_col="date")
    wide = pd.DataFrame({**{name: prices[column] for name, column in SERIES.items()}, "dgs2": rates["dgs2"]})
    return wide.reindex(nyse_sessions()).dropna()


def _betas(levels: pd.DataFrame, *, drop: list[pd.Timestamp]) -> dict[str, RateBeta]:
    changes = np.log(levels[list(SERIES)]).diff().assign(dgs2=levels["dgs2"].diff() * 100).dropna()
    changes = changes.loc["2022-01-01":"2026-09-18"].drop(drop)
    return {name: rate_beta(changes[name].to_numpy(), changes["dgs2"].to_numpy()) for name in SERIES}


def test_recorded_rate_betas_as_published(recorded_data: Path) -> None:
    """The figures METHODS 3 must agree with come out, to the digits given, from the sample that made them.

    That sample cuts prices, not returns, to 2022 on, and keeps the return across the missing 2026-08-27.
    """
    betas = _betas(_levels(recorded_data).loc["2022-01-01":], drop=[])
    expected = {"eth": (-0.83, 0.70), "rut": (-0.26, 0.32), "spx": (-0.08, 0.23)}
    assert {name: (round(b.value, 2), round(b.std_err, 2)) for name, b in betas.items()} == expected
    assert {b.nobs for b in betas.values()} == {1172}
    assert {b.lag for b in betas.values()} == {6}


def test_recorded_rate_betas_on_the_sample_of_the_rules(recorded_data: Path) -> None:
    """With returns cut to 2022 on and the return across an unexpected gap dropped, n stays 1,172 and ETH moves by 0.02.

    Each of the two rules moves n by one, in opposite ways, so the count alone does not tell the samples apart.
    """
    betas = _betas(_levels(recorded_data), drop=[MISSING_SPX])
    expected = {"eth": (-0.82, 0.71), "rut": (-0.26, 0.32), "spx": (-0.08, 0.23)}
    assert {name: (round(b.value, 2), round(b.std_err, 2)) for name, b in betas.items()} == expected
    assert {b.nobs for b in betas.values()} == {1172}


def _scheduled(folder: Path) -> pd.DataFrame:
    meetings = pd.read_csv(folder / "fomc_meetings.csv", parse_dates=["date"])
    return meetings[(meetings["scheduled"] == 1) & meetings["change_bp"].notna()].set_index("date")


def _contracts(folder: Path) -> pd.DataFrame:
    rows = pd.read_csv(folder / "fed_funds_futures_contracts.csv", parse_dates=["date"])
    return rows.pivot_table(index="date", columns="contract", values="close")


def _closes(contracts: pd.DataFrame, position: int) -> dict[str, float]:
    return {str(name): float(close) for name, close in contracts.iloc[position].dropna().items()}


def _kuttner(folder: Path, last_days: int) -> pd.DataFrame:
    contracts = _contracts(folder)
    found = {}
    for day in _scheduled(folder).loc["2015":"2023"].index:
        if day not in contracts.index:
            continue
        at = contracts.index.get_loc(day)
        before, after = _closes(contracts, at - 1), _closes(contracts, at)
        result = kuttner_surprise(day.date(), before, after, last_days=last_days)
        if isinstance(result, Kuttner):
            found[day] = result.surprise_bp
    published = pd.read_csv(folder / "fomc_surprises_usmpd.csv", parse_dates=["date"])
    statement = published[(published["window"] == "statement") & (published["unscheduled"] == 0)]
    return pd.DataFrame({"own": pd.Series(found), "mp1": statement.set_index("date")["mp1"] * 100}).dropna()


def test_recorded_kuttner_surprises_agree_with_the_published_ones(recorded_data: Path) -> None:
    """Surprises from daily closes correlate 0.84 with the 30-minute ones, and 0.69 without the last-days rule.

    68 scheduled meetings from 2015 to September 2023, where the recorded contracts end.
    """
    own = _kuttner(recorded_data, last_days=7)
    assert len(own) == 68
    assert own["own"].corr(own["mp1"]) == pytest.approx(0.84, abs=0.005)
    assert _kuttner(recorded_data, last_days=0).corr().iloc[0, 1] == pytest.approx(0.69, abs=0.005)


def test_recorded_front_contract_settles_on_the_funds_rate(recorded_data: Path) -> None:
    """In all 198 months since 2010 the last front close implies the month's average funds rate within 2 bp."""
    front = pd.read_csv(recorded_data / "fed_funds_futures_front.csv", parse_dates=["date"], index_col="date")
    rates = pd.read_csv(recorded_data / "rates_daily.csv", parse_dates=["date"], index_col="date")["dff"].dropna()
    implied = (100 - front["zq_front_close"]).groupby(front.index.to_period("M")).last()
    realised = rates.groupby(rates.index.to_period("M")).mean()
    gap = ((implied - realised) * 100).loc["2010-01":"2026-06"]
    assert gap.notna().sum() == 198
    assert gap.abs().max() < 2.0


def test_recorded_odds_on_the_day_before_were_good(recorded_data: Path) -> None:
    """For 68 meetings 2015-2023 the odds of the evening before score under 0.05; always saying hold, above 0.5."""
    contracts = _contracts(recorded_data)
    rates = pd.read_csv(recorded_data / "rates_daily.csv", parse_dates=["date"], index_col="date")["dff"]
    every = pd.read_csv(recorded_data / "fomc_meetings.csv", parse_dates=["date"])
    meetings = [day.date() for day in every.loc[every["scheduled"] == 1, "date"]]
    held = _scheduled(recorded_data).loc["2015-01-01":"2023-09-15", "change_bp"]
    forecasts, outcomes = [], []
    for day, change in held.items():
        at = contracts.index.searchsorted(day) - 1
        eve = contracts.index[at]
        first = expected_path(eve.date(), _closes(contracts, at), meetings, current_pct=float(rates[eve]))[0]
        assert not isinstance(first, NoOdds)
        assert first.date == day.date()
        forecasts.append(first.steps)
        outcomes.append(int(change))
    assert len(outcomes) == 68
    assert brier_score(forecasts, outcomes) < 0.05
    assert brier_score([{0: 1.0}] * 68, outcomes) > 0.5


def test_recorded_path_on_the_claim_date_is_told_where_contracts_are(recorded_data: Path) -> None:
    """On 2025-10-07 the meetings up to June 2026 have no odds, with the contract that is missing; later ones have."""
    contracts = _contracts(recorded_data)
    every = pd.read_csv(recorded_data / "fomc_meetings.csv", parse_dates=["date"])
    meetings = [day.date() for day in every.loc[every["scheduled"] == 1, "date"]]
    at = contracts.index.get_loc(pd.Timestamp("2025-10-07"))
    path = expected_path(date(2025, 10, 7), _closes(contracts, at), meetings, current_pct=4.1)
    told = {p.date: not isinstance(p, NoOdds) for p in path}
    assert told == {day: day >= date(2026, 7, 29) for day in told}
    assert path[0] == NoOdds(date=date(2025, 10, 29), reason="no close of the contracts 2025-10, 2025-11")


def test_recorded_event_betas_are_as_the_yardstick_says(recorded_data: Path) -> None:
    """On scheduled days the S&P 500 gives about 1 % per 25 bp surprise (Bernanke & Kuttner 2005), and all three fall.

    The 2-year yield's day change is the surprise; the interval of the S&P 500 holds -1.
    """
    levels = _levels(recorded_data).loc["2016-02-24":]
    sessions = levels.index.to_numpy().astype("datetime64[D]")
    calendar = nyse_sessions().to_numpy().astype("datetime64[D]")
    days = [day.date() for day in _scheduled(recorded_data).index]
    positions = event_positions(sessions, days, calendar)
    responses = event_responses(np.log(levels[list(SERIES)].to_numpy()), positions)
    surprise = yield_surprise_bp(levels["dgs2"].to_numpy(), positions)
    betas = [event_beta(responses[:, i], surprise) for i in range(3)]
    assert [b.nobs for b in betas] == [84, 84, 84]
    assert all(b.upper < 0 for b in betas)
    assert betas[2].lower < -1 < betas[2].upper


def test_recorded_joint_outcome_since_the_claim_and_its_base_rate(recorded_data: Path) -> None:
    """After 21, 63 and 126 sessions the two were not both up, no rare outcome; later prices change none of it."""
    levels = _levels(recorded_data).loc["2018-01-01":, ["eth", "rut"]]
    history, after = levels.loc[:"2025-10-07"].to_numpy(), levels.loc["2025-10-07":].to_numpy()
    changed = after.copy()
    changed[127:] *= 100
    for horizon in (21, 63, 126):
        assert joint_up(after[:, 0], after[:, 1], horizon) is False
        assert joint_up(changed[:, 0], changed[:, 1], horizon) is False
        base = joint_up_base_rate(history[:, 0], history[:, 1], horizon)
        assert base is not None
        assert 0.3 < base.value < 0.5
        assert base.lower < base.value < base.upper
    assert joint_up(after[:, 0], after[:, 1], 252) is None
