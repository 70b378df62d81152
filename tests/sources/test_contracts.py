"""Fed funds futures from the network: which contracts are asked for, what is kept, and what is no fault."""

from __future__ import annotations

import datetime as dt
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from generator.config import Config, parse_config
from generator.errors import ConfigError
from generator.expectations import Futures
from generator.findings import Unavailable
from generator.panel import Observed
from generator.sources import RATE_LIMITED, Raw, contracts, futures, snapshots, yahoo
from generator.sources.fetch import fetch, plan
from tests.loopback.server import Loopback, body, status
from tests.sources.conftest import small_config

if TYPE_CHECKING:
    from generator.sources.fetch_report import FetchReport
    from tests.loopback.replies import World

REPORT = Path(__file__).parents[2] / "report.toml"
SATURDAY = dt.datetime(2026, 11, 21, 1, 0, tzinfo=dt.UTC)


def with_futures(kept: tuple[str, ...] = ("eth_usd", "rut", "spx")) -> Config:
    """Return a small configuration with the shipped table of futures."""
    table = tomllib.loads(REPORT.read_text(encoding="utf-8"))
    small = small_config(kept)
    return small.model_copy(update={"futures": Config.model_validate(table).futures})


def closes(*values: float, first: str = "2026-11-02") -> pd.Series:
    """Return closes on consecutive business days."""
    return pd.Series(values, index=pd.bdate_range(first, periods=len(values)), dtype="float64")


def keep(store: Path, month: str, values: pd.Series, day: int) -> snapshots.Saved:
    """Store a reply of one contract, as fetched on a day of November 2026."""
    config = contracts.with_contracts(with_futures(), SATURDAY)
    request = next(t for t in plan(config, SATURDAY) if t.series_id == contracts.contract_id(month)).places[0][1]
    frame = pd.DataFrame(dict.fromkeys(yahoo.COLUMNS[1:], values))
    raw = Raw(body=yahoo.frame_bytes(frame.tz_localize("UTC"), hourly=False), address=request.symbol)
    return snapshots.save(store, request, raw, "yahoo", dt.datetime(2026, 11, day, 23, tzinfo=dt.UTC))


def observed(values: pd.Series, month: str = "2026-12") -> Observed:
    """Return closes as a fetched contract."""
    return Observed(
        series_id=contracts.contract_id(month),
        values=values,
        source="yahoo",
        symbol="",
        retrieved_at="",
        sha256="",
        terms="",
    )


def test_months_and_symbols() -> None:
    """The present month first, so many ahead, then the one that has just expired; F is January, Z December."""
    live = with_futures().futures
    assert live is not None
    assert live.live is not None
    months = contracts.months_wanted(live.live, SATURDAY)
    assert months[:3] == ("2026-11", "2026-12", "2027-01")
    assert months[-2:] == ("2027-12", "2026-10")
    assert len(months) == 15
    assert [contracts.symbol_of(live.live, m) for m in months[:3]] == ["ZQX26.CBT", "ZQZ26.CBT", "ZQF27.CBT"]
    # In New York it is still October.
    assert contracts.months_wanted(live.live, dt.datetime(2026, 11, 1, 3, tzinfo=dt.UTC))[0] == "2026-10"


def test_ids_are_told_from_other_series() -> None:
    """An id gives back its month; ids of the configuration are no contracts."""
    assert contracts.month_of(contracts.contract_id("2026-12")) == "2026-12"
    assert contracts.month_of("zq_2026_13") is None
    assert [s for s in with_futures().series if contracts.month_of(s)] == []


@pytest.mark.parametrize(
    ("now", "last"),
    [
        ("2026-11-20T22:00:00", "2026-11-19"),  # 17:00 in New York: the last close may still be corrected
        ("2026-11-20T22:30:00", "2026-11-20"),
        ("2026-07-20T21:00:00", "2026-07-19"),  # summer time: 17:00 as well
        ("2026-07-20T21:30:00", "2026-07-20"),
    ],
)
def test_a_day_counts_when_it_is_settled(now: str, last: str) -> None:
    """The end asked for is the midnight after the last day that ended at 17:00 in New York, twenty minutes ago."""
    end = contracts.complete_end(dt.datetime.fromisoformat(now).replace(tzinfo=dt.UTC))
    assert (end - dt.timedelta(days=1)).date().isoformat() == last


def test_contracts_come_last_and_are_not_required() -> None:
    """What the pages cannot do without is asked for first."""
    tasks = plan(contracts.with_contracts(with_futures(), SATURDAY), SATURDAY)
    kinds = [contracts.month_of(task.series_id) is not None for task in tasks]
    assert kinds == sorted(kinds)
    assert sum(kinds) == 15
    assert tasks[-1].places[0][1].start == dt.date(2023, 10, 1)
    assert small_config().futures is None
    assert contracts.with_contracts(small_config(), SATURDAY) == small_config()


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        (closes(96.1, 96.2, 9.62), "The close of 2026-11-04 is 9.62, which is no price of a fed funds future"),
        (closes(*[96.1] * 9, *[90.1] * 9), "not a credible move"),
        (closes(), "holds no value"),
    ],
)
def test_what_cannot_be_a_price_is_refused(values: pd.Series, reason: str) -> None:
    """Another unit, another contract's level and an empty series are named."""
    config = contracts.with_contracts(with_futures(), SATURDAY)
    said = contracts.fault(observed(values), config)
    assert said is not None
    assert reason in said


def test_thin_trading_and_a_policy_shock_are_no_faults() -> None:
    """A far month has few closes; an emergency cut moves the nearest one by a whole point."""
    config = contracts.with_contracts(with_futures(), SATURDAY)
    thin = closes(96.1, 96.12, 96.13, first="2026-03-02")
    thin.index = pd.DatetimeIndex(["2026-03-02", "2026-05-04", "2026-11-03"])
    assert contracts.fault(observed(thin), config) is None
    assert contracts.fault(observed(closes(98.5, 98.6, 99.6, 99.9, 99.9)), config) is None


def test_a_restated_contract_is_refused() -> None:
    """A copy that differs from the last good one nearly everywhere is another contract."""
    config = contracts.with_contracts(with_futures(), SATURDAY)
    old, new = observed(closes(*np.full(100, 96.1))), observed(closes(*np.full(100, 96.3)))
    said = contracts.fault(new, config, previous=old)
    assert said is not None
    assert "100 values of 100 differ" in said


def test_store_keeps_what_has_expired(tmp_path: Path) -> None:
    """A contract comes from its newest good snapshot: one gone at the vendor stays, one set aside does not."""
    config = with_futures()
    assert isinstance(contracts.load_store(tmp_path, config), Unavailable)
    keep(tmp_path, "2026-10", closes(96.0, 96.1, first="2026-10-29"), 2)
    keep(tmp_path, "2026-12", closes(96.2, 96.3), 3)
    keep(tmp_path, "2026-12", closes(96.2, 96.3, 96.4), 4)
    bad = keep(tmp_path, "2026-12", closes(96.2, 96.3, 96.4, 96.9), 5)
    snapshots.reject(bad.snapshot, "for the test")
    found = contracts.load_store(tmp_path, config)
    assert isinstance(found, Futures)
    assert found.on(dt.date(2026, 10, 30)) == {"2026-10": 96.1}
    assert found.on(dt.date(2026, 11, 4)) == {"2026-12": 96.4}
    assert found.on(dt.date(2026, 11, 5)) == {}
    assert (found.source, found.symbol) == ("yahoo", "ZQV26.CBT to ZQZ26.CBT")
    assert found.retrieved_at == "2026-11-04T23:00:00+00:00"


def test_days_without_a_session_are_left_out(tmp_path: Path) -> None:
    """Futures trade on Sunday evenings and some holidays; the pages know sessions of the stock market alone."""
    values = closes(96.2, 96.3)
    values.index = pd.DatetimeIndex(["2026-11-06", "2026-11-08"])
    keep(tmp_path, "2026-12", values, 10)
    found = contracts.load_store(tmp_path, with_futures())
    assert isinstance(found, Futures)
    assert [str(day.date()) for day in found.closes.index] == ["2026-11-06"]


def test_own_file_fills_what_was_not_fetched(tmp_path: Path) -> None:
    """A fetched close comes first; the user's file gives the days and months before; both are named."""
    keep(tmp_path, "2026-12", closes(96.2, 96.3), 5)
    fetched = contracts.load_store(tmp_path, with_futures())
    frame = pd.DataFrame(
        {"2026-11": [95.9, 96.0], "2026-12": [95.0, 95.1]}, index=pd.bdate_range("2026-10-30", periods=2)
    )
    own = Futures(label="own", closes=frame, sha256="x", symbol="mine.csv", terms="your own file")
    both = futures.joined(fetched, own)
    assert isinstance(both, Futures)
    assert both.on(dt.date(2026, 10, 30)) == {"2026-11": 95.9, "2026-12": 95.0}
    assert both.on(dt.date(2026, 11, 2)) == {"2026-11": 96.0, "2026-12": 96.2}
    assert (both.source, both.symbol) == ("yahoo, csv", "ZQZ26.CBT; mine.csv")
    none = Unavailable(reason="none")
    assert futures.joined(none, own) is own
    assert futures.joined(fetched, none) is fetched
    assert futures.joined(none, Unavailable(reason="no file")) is none


def test_a_pattern_without_its_parts_is_refused() -> None:
    """The name of a contract needs its month and its year."""
    text = REPORT.read_text(encoding="utf-8").replace("ZQ{month}{year}.CBT", "ZQ=F")
    with pytest.raises(ConfigError, match=r"must hold \{month\} and \{year\} once each"):
        parse_config(text.encode(), "report.toml")


def _fetched(config: Config, store: Path) -> FetchReport:
    return fetch(
        config,
        store,
        now=SATURDAY,
        deadline_seconds=60,
        offline_verdict_seconds=30,
        progress=lambda _text, _done, _total: None,
    )


@pytest.mark.network
def test_contracts_are_stored_as_snapshots(loopback: Loopback, world: World, tmp_path: Path) -> None:
    """What the real client was sent stands in the store, settled days alone, and reads back with the same numbers."""
    report = _fetched(with_futures(), tmp_path)
    assert [s.line() for s in report.failed] == []
    assert [s.series_id for s in report.series if s.absent] == ["zq_2027_12"]
    assert "Fed funds future, Dec 2027: not listed at yahoo ZQZ27.CBT" in report.lines()
    found = contracts.load_store(tmp_path, with_futures())
    assert isinstance(found, Futures)
    pd.testing.assert_frame_equal(
        found.closes, world.futures, check_names=False, check_freq=False, check_index_type=False
    )
    assert len(loopback.asked("chart/ZQ")) <= 2 * 15
    sidecars = sorted((tmp_path / "snapshots" / "zq_2026_12").glob("*.json"))
    assert len(sidecars) == 1


@pytest.mark.network
def test_no_contract_at_all_is_no_fault(loopback: Loopback, tmp_path: Path) -> None:
    """Where the vendor lists none, everything else is there, nothing has failed, and requests stay bounded."""
    missing = b'{"chart":{"result":null,"error":{"code":"Not Found","description":"delisted"}}}'
    loopback.fail("chart/ZQ", status(404, missing, "application/json"))
    report = _fetched(with_futures(), tmp_path)
    assert report.failed == ()
    assert sum(s.absent for s in report.series) == 15
    assert len(loopback.asked("chart/ZQ")) <= 2 * 15
    assert isinstance(contracts.load_store(tmp_path, with_futures()), Unavailable)


@pytest.mark.network
def test_faults_of_contracts_spoil_nothing_else(loopback: Loopback, world: World, tmp_path: Path) -> None:
    """Another contract's prices are set aside; a rate limit ends the asking; prices of assets are all there."""
    world.futures["2026-12"] *= 10
    loopback.fail("chart/ZQF27", status(429, b"Too Many Requests", "text/plain"))
    loopback.fail("chart/ZQX26.*period1", body(b"<html>oops</html>", "text/html"))
    report = _fetched(with_futures(), tmp_path)
    got = {s.series_id: s for s in report.series}
    assert [key for key in ("eth_usd", "rut", "spx", "dgs2") if not got[key].ok] == []
    assert "no price of a fed funds future" in got["zq_2026_12"].rejected
    assert got["zq_2027_01"].cause == RATE_LIMITED
    assert got["zq_2027_02"].cause == RATE_LIMITED
    assert loopback.asked("chart/ZQG27") == []
    assert {s.series_id for s in report.failed} >= {"zq_2026_11", "zq_2026_12", "zq_2027_01"}
