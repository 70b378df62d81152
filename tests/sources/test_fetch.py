"""The real clients as a child process against the loopback world: what is stored, what is asked, what is said."""

from __future__ import annotations

import datetime as dt
import json
import time
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from generator.sources import (
    CHANGED_FORMAT,
    DOWN,
    NETWORK,
    NOT_FOUND,
    RATE_LIMITED,
    REFUSED,
    WRONG_CONTENT,
    csv,
    gate,
    snapshots,
)
from generator.sources.fetch import FetchReport, SeriesReport, fetch
from tests.loopback.server import HOSTS, Loopback, body, counted, manner, status
from tests.sources.conftest import small_config

if TYPE_CHECKING:
    from pathlib import Path

    from generator.config import Config
    from tests.loopback.replies import World

pytestmark = pytest.mark.network

SATURDAY = dt.datetime(2026, 11, 21, 1, 0, tzinfo=dt.UTC)  # every market of 20 November is closed
FRIDAY = dt.date(2026, 11, 20)


def run(
    config: Config, store: Path, now: dt.datetime = SATURDAY, deadline: float = 60, offline: float = 30
) -> FetchReport:
    """Fetch with generous limits and no progress shown."""
    return fetch(
        config,
        store,
        now=now,
        deadline_seconds=deadline,
        offline_verdict_seconds=offline,
        progress=lambda _text, _done, _total: None,
    )


def by_id(report: FetchReport) -> dict[str, SeriesReport]:
    """Return the report of each series."""
    return {s.series_id: s for s in report.series}


def files(store: Path) -> dict[str, bytes]:
    """Return every file below the store with its content, locks left out."""
    return {str(p.relative_to(store)): p.read_bytes() for p in store.rglob("*") if p.is_file() and p.name != ".lock"}


def test_fetched_values_equal_csv_and_a_second_fetch_changes_nothing(
    loopback: Loopback, world: World, tmp_path: Path
) -> None:
    """All network sources and `csv` give bit for bit the same series; only the sources' own hosts are asked."""
    config = small_config()
    report = run(config, tmp_path / "store")
    assert [s.line() for s in report.failed] == []
    read = snapshots.read(tmp_path / "store", config, FRIDAY)
    world.write_csv(tmp_path / "own")
    own = csv.load(tmp_path / "own", config)
    assert read.problems == ()
    assert set(own) == set(config.series) == set(read.latest)
    for series_id, item in own.items():
        pd.testing.assert_series_equal(read.latest[series_id].values, item.values, check_freq=False)
    assert loopback.hosts <= set(HOSTS)
    asked = counted(loopback.requests)
    assert asked["query2.finance.yahoo.com"] <= 2 * 5
    assert asked["fred.stlouisfed.org"] == 5
    assert asked["home.treasury.gov"] == asked["markets.newyorkfed.org"] == 0
    # An hour later nothing is new; that Yahoo gives no crumb this time changes nothing, for its charts need none.
    before = files(tmp_path / "store")
    loopback.fail("getcrumb", status(429, b"Too Many Requests", "text/plain"))
    again = run(config, tmp_path / "store", SATURDAY + dt.timedelta(minutes=50))
    assert files(tmp_path / "store") == before
    assert {(s.ok, s.new) for s in again.series} == {(True, False)}


MANY = ("eth_usd", "btc_usd", "rut", "spx", "ndx", "iwm", "gld", "vix")
RATES = ("dff", "target_lower", "target_upper", "dgs3mo", "dgs2", "dgs10", "dfii10")


def _null_prices(reply: bytes) -> bytes:
    """Return the chart with the last row's prices gone and its volume left, as in July 2026."""
    chart = json.loads(reply)
    quote = chart["chart"]["result"][0]["indicators"]["quote"][0]
    for name in ("open", "high", "low", "close"):
        quote[name] = [*quote[name][:-1], None]
    return json.dumps(chart).encode()


def test_causes_are_told_apart_and_fallbacks_taken(loopback: Loopback, world: World, tmp_path: Path) -> None:
    """One run, a fault per series: each has its cause, none spoils another, each rate comes from its fallback."""
    config = small_config(MANY + RATES)
    chart = r"query2.*chart/"
    data = r"\?period1"
    world.names["^NDX"] = "^IXIC"
    world.currency["GLD"] = "EUR"
    loopback.fail(chart + "BTC-USD" + data, status(500, b"<html>oops</html>"), times=1)
    loopback.fail(chart + r"\^RUT" + data, body(_null_prices))
    loopback.fail(chart + r"\^GSPC", status(404, b'{"chart":{"result":null,"error":{"code":"Not Found"}}}'))
    loopback.fail(chart + "IWM" + data, manner("cut"))
    loopback.fail(chart + r"\^VIX" + data, body(b"<html>Will be right back...</html>", "text/html"))
    loopback.fail("id=DFF&", status(403))
    loopback.fail("id=DFEDTARL&", body(lambda b: b.replace(b"observation_date", b"day")))
    loopback.fail("id=DGS3MO&", body(lambda b: b.replace(b"DGS3MO", b"DGS6MO")))
    loopback.fail("id=DGS2&", body(lambda b: b.replace(b"2026-10-06,", b"2026-10-06,n/a*")))
    loopback.fail("id=DGS10&", body(lambda b: b[: b.rindex(b"2026-11-19") + 9]))
    loopback.fail("id=DFII10&", body(b"<html>Access denied</html>", "text/html"))
    report = run(config, tmp_path / "store")
    got = by_id(report)
    last = {key: (item.source, item.last[:10]) for key, item in got.items()}
    assert last == {
        "eth_usd": ("yahoo", "2026-11-20"),
        "btc_usd": ("yahoo", "2026-11-20"),
        "rut": ("yahoo", "2026-11-19"),
        "spx": ("", ""),
        "ndx": ("", ""),
        "iwm": ("", ""),
        "gld": ("", ""),
        "vix": ("", ""),
        "dff": ("nyfed", "2026-11-20"),
        "target_lower": ("nyfed", "2026-11-20"),
        "target_upper": ("fred", "2026-11-20"),
        "dgs3mo": ("treasury", "2026-11-20"),
        "dgs2": ("treasury", "2026-11-20"),
        "dgs10": ("treasury", "2026-11-20"),
        "dfii10": ("", ""),
    }
    assert {key: item.cause for key, item in got.items() if item.cause} == {
        "spx": NOT_FOUND,
        "ndx": WRONG_CONTENT,
        "iwm": NETWORK,
        "gld": WRONG_CONTENT,
        "vix": DOWN,
        "dff": REFUSED,
        "target_lower": CHANGED_FORMAT,
        "dgs3mo": WRONG_CONTENT,
        "dgs2": CHANGED_FORMAT,
        "dgs10": CHANGED_FORMAT,
        "dfii10": CHANGED_FORMAT,
    }
    assert len(loopback.asked(chart + "BTC-USD" + data)) == 2, "the retry must really ask again"
    assert len(loopback.asked(chart + r"\^GSPC")) == 1, "a missing symbol must not multiply requests"
    read = snapshots.read(tmp_path / "store", config, FRIDAY).latest
    assert read["dgs10"].values.to_dict() == world.rates["dgs10"].dropna().to_dict()
    assert "delisted" not in "\n".join(report.lines())


def test_rate_limit_stops_the_run_and_last_good_data_remains(loopback: Loopback, tmp_path: Path) -> None:
    """429 for every chart: a handful of requests for one symbol, the cause named, the store as it was, a banner."""
    config = small_config(("eth_usd", "rut", "spx"))
    run(config, tmp_path / "store", SATURDAY - dt.timedelta(days=14))
    before = files(tmp_path / "store")
    loopback.requests.clear()
    loopback.fail("chart/", status(429, b"Too Many Requests", "text/plain"))
    report = run(config, tmp_path / "store")
    assert {s.series_id: s.cause for s in report.series if s.cause} == dict.fromkeys(
        ("eth_usd", "rut", "spx"), RATE_LIMITED
    )
    assert not report.offline
    assert loopback.asked("chart/") == loopback.asked("chart/ETH-USD")
    assert len(loopback.asked("yahoo")) <= 8
    assert {name: files(tmp_path / "store")[name] for name in before} == before
    good = snapshots.latest(tmp_path / "store", config, FRIDAY)
    checked = gate.check(good, config, dt.date(2026, 11, 6), data="store", expected=FRIDAY)
    assert checked.blocked == ()
    assert [line.split(":")[0] for line in checked.degraded] == ["Ether", "Russell 2000", "S&P 500"]
    assert checked.degraded[0] == "Ether: stale since 2026-11-06: 14 sessions up to 2026-11-20 missing."


def test_deadline_ends_a_fetch_that_would_not_end(loopback: Loopback, tmp_path: Path) -> None:
    """A silent Yahoo and a trickling FRED are cut off in time; what had come is stored whole, the rest has a cause."""
    config = small_config(("eth_usd", "rut", "spx", "dff", "target_upper"))
    loopback.fail("yahoo", manner("hang"))
    loopback.fail("id=(DFF|DGS2)&", manner("trickle"))
    loopback.fail("id=DFEDTARU", status(500))
    started = time.monotonic()
    report = run(config, tmp_path / "store", deadline=6)
    assert time.monotonic() - started < 10
    assert report.deadline_reached
    assert not report.offline
    assert by_id(report)["rut"].cause == NETWORK
    assert "before the deadline" in by_id(report)["rut"].line()
    assert not [name for name in files(tmp_path / "store") if name.endswith(".tmp")]


def test_silence_is_told_from_a_slow_network_within_the_verdict(loopback: Loopback, tmp_path: Path) -> None:
    """When no host says anything the fetch gives up early, says so, and leaves no snapshot."""
    loopback.fail(".", manner("hang"))
    started = time.monotonic()
    report = run(small_config(("eth_usd", "rut", "spx")), tmp_path / "store", deadline=60, offline=3)
    assert time.monotonic() - started < 7
    assert report.offline
    assert report.lines()[0].startswith("No network: no source answered")
    assert files(tmp_path / "store") == {}


def test_no_network_at_all_is_noticed_at_once(
    loopback: Loopback, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the way out closed every attempt fails by itself; nobody waits for the verdict."""
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    started = time.monotonic()
    report = run(small_config(("eth_usd", "rut", "spx")), tmp_path / "store", offline=30)
    assert time.monotonic() - started < 20
    assert report.offline
    assert loopback.connected == []


def test_running_bars_never_enter_and_a_late_bar_is_not_filled(
    loopback: Loopback, world: World, tmp_path: Path
) -> None:
    """A minute before New York's close today's bar is left out; a 24/7 day that is not there yet stays missing."""
    config = small_config(("eth_usd", "rut", "spx", "eth_usd_hourly"))
    assert loopback.requests == []
    world.prices.loc["2026-11-19", "eth_usd"] = float("nan")
    run(config, tmp_path / "store", dt.datetime(2026, 11, 20, 20, 59, tzinfo=dt.UTC))
    read = snapshots.latest(tmp_path / "store", config, FRIDAY)
    last = {key: str(item.values.index[-1]) for key, item in read.items()}
    assert last == {
        "eth_usd": "2026-11-18 00:00:00",
        "rut": "2026-11-19 00:00:00",
        "spx": "2026-11-19 00:00:00",
        "eth_usd_hourly": "2026-11-20 19:00:00",
        "dgs2": "2026-11-20 00:00:00",
    }


def test_slipped_unit_is_set_aside_and_the_last_good_copy_used(
    loopback: Loopback, world: World, tmp_path: Path
) -> None:
    """The last third of a required series x100: the reply stays in the store with the reason, and is not used."""
    config = small_config(("eth_usd", "rut", "spx"))
    run(config, tmp_path / "store", SATURDAY - dt.timedelta(days=1))
    world.prices.loc["2026-01-05":, "rut"] *= 100
    report = run(config, tmp_path / "store")
    assert loopback.asked("RUT")
    rejected = by_id(report)["rut"]
    assert "a factor of about 100" in rejected.rejected
    assert not rejected.ok
    used = snapshots.latest(tmp_path / "store", config, FRIDAY)["rut"].values
    assert used.index[-1] == pd.Timestamp("2026-11-19")
    assert used.max() < 10 * used.min()
    markers = sorted((tmp_path / "store" / "snapshots" / "rut").glob("*.rejected"))
    assert len(markers) == 1
    assert "`tandem accept rut` lets it be used all the same." in markers[0].read_text()


def test_all_rate_sources_down_loses_the_rates_alone(loopback: Loopback, tmp_path: Path) -> None:
    """FRED 504, Treasury and New York Fed 503: prices are there, each rate names its cause and every place tried."""
    config = small_config(("eth_usd", "rut", "spx", "dff"))
    loopback.fail("stlouisfed", status(504))
    loopback.fail("treasury.gov|newyorkfed", status(503))
    got = by_id(run(config, tmp_path / "store"))
    assert {key for key, item in got.items() if item.ok} == {"eth_usd", "rut", "spx"}
    assert [(a.source, a.cause) for a in got["dgs2"].attempts] == [("fred", DOWN), ("treasury", DOWN)]
    read = snapshots.latest(tmp_path / "store", config, FRIDAY)
    checked = gate.check(read, config, FRIDAY, data="store")
    assert checked.blocked == ()
    assert checked.degraded == (
        "Federal funds rate: not available, because no source gave this series.",
        "2-year Treasury yield: not available, because no source gave this series.",
    )
