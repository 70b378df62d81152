"""Fault table, sources that fail: the real command line, told apart by cause, and never a number made up.

The number in a test's name is that of the case in the project's list of faults.
"""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import pytest

from tests.faults.conftest import (
    DEADLINE_SECONDS,
    RATES,
    THURSDAY,
    Place,
    degraded,
    found,
    listed,
    make_place,
    small_report,
)
from tests.loopback.server import HOSTS, Loopback, body, manner, status

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.loopback.replies import World

pytestmark = pytest.mark.network

CHART = r"query2.*chart/"
DATA = r"\?period1"
NOT_THERE = b'{"chart":{"result":null,"error":{"code":"Not Found","description":"symbol may be delisted"}}}'


def fetched(place: Place, code: int, now: str = "") -> dict[str, Any]:
    """Fetch, expect the exit status, and return the report by series."""
    done = place.run("fetch", "--json", **({"now": now} if now else {}))
    assert done.code == code, done
    assert done.err == ""
    assert "delisted" not in done.out
    lines: dict[str, Any] = done.json["series"]
    return lines


def cause(line: dict[str, Any]) -> str:
    """Return the cause of the last attempt that failed."""
    return next((a["cause"] for a in reversed(line["attempts"]) if a["cause"]), "")


def test_case_01_rate_limited(place: Place, loopback: Loopback) -> None:
    """429 for every chart: one symbol asked, the cause named, the last good data with a banner; without them, a block.

    The store is as it was, and the site that is served is not touched when there is nothing to publish from.
    """
    before = place.files()
    loopback.fail("chart/", status(429, b"Too Many Requests", "text/plain"))
    got = fetched(place, 3)
    assert {cause(got[key]) for key in ("eth_usd", "rut", "spx", "iwm")} == {"rate limited"}
    assert loopback.asked("chart/") == loopback.asked("chart/ETH-USD")
    assert len(loopback.asked("yahoo")) <= 8
    assert loopback.hosts <= set(HOSTS)
    assert {name: place.files()[name] for name in before} == before
    done = place.check()
    assert done.code == 3
    assert "Stale since 2026-11-06: 10 sessions up to 2026-11-20 missing." in listed(done, "age", "rut")
    assert done.json["as_of"] == "2026-11-06"


def test_case_01_rate_limited_without_a_store(empty: Place, loopback: Loopback) -> None:
    """Nothing was ever fetched: the build is refused in one line that says what to do, and the old site stays."""
    loopback.fail("chart/", status(429, b"Too Many Requests", "text/plain"))
    fetched(empty, 3)
    line = empty.refused()
    assert line == (
        "tandem: store: no usable snapshot of Ether, Russell 2000; run `tandem fetch`, or build with --data sample"
    )


def test_case_02_no_crumb(recent: Place, loopback: Loopback) -> None:
    """429 on the crumb alone is no fault: everything is fetched, and nothing is found."""
    loopback.fail("getcrumb", status(429, b"Too Many Requests", "text/plain"))
    assert all(line["ok"] for line in fetched(recent, 0).values())
    assert recent.check().json == {"as_of": "2026-11-20", "data": "store", "findings": []}


def test_case_04_error_once(recent: Place, loopback: Loopback) -> None:
    """500 once: the retry really asks again, and succeeds."""
    loopback.fail(CHART + r"\^RUT" + DATA, status(500, b"<html>oops</html>"), times=1)
    assert all(line["ok"] for line in fetched(recent, 0).values())
    assert len(loopback.asked(CHART + r"\^RUT" + DATA)) == 2
    assert recent.check().json["findings"] == []


@pytest.mark.parametrize("how", ["hang", "trickle", "reset", "cut"])
def test_case_05_no_whole_answer(recent: Place, loopback: Loopback, how: str) -> None:
    """Silence, a byte now and then, a reset, half a body: ended in time, cause network, no half file, old data used."""
    before = recent.files()
    loopback.fail(CHART + r"(\^RUT|\^GSPC|IWM)", manner(how))
    started = time.monotonic()
    got = fetched(recent, 3)
    assert time.monotonic() - started < DEADLINE_SECONDS + 8
    assert cause(got["rut"]) == "network"
    assert cause(got["spx"]) == "network"
    assert got["eth_usd"]["ok"]
    after = recent.files()
    assert {name: after[name] for name in before} == before
    assert [name for name in after if name.endswith(".tmp")] == []
    done = recent.check()
    assert done.code == 0  # one session old is within the age that is allowed, and the age is said
    assert done.json["as_of"] == "2026-11-19"


def test_case_06_optional_series_not_found(empty: Place, loopback: Loopback) -> None:
    """404 for an optional fund: bounded requests, its absence named, all else as healthy."""
    loopback.fail(CHART + "IWM", status(404, NOT_THERE, "application/json"))
    got = fetched(empty, 3)
    assert cause(got["iwm"]) == "not found"
    assert len(loopback.asked("chart/IWM")) <= 2
    done = empty.check()
    assert done.code == 3
    assert degraded(done) == {"iwm"}
    assert done.json["as_of"] == "2026-11-20"


def test_case_06_required_series_not_found(empty: Place, loopback: Loopback) -> None:
    """404 for a required index without last good data: nothing is published."""
    loopback.fail(CHART + r"\^RUT", status(404, NOT_THERE, "application/json"))
    assert cause(fetched(empty, 3)["rut"]) == "not found"
    assert empty.refused().startswith("tandem: store: no usable snapshot of Russell 2000; run `tandem fetch`")


def test_case_07_one_of_two_fails(place: Place, loopback: Loopback) -> None:
    """Ether arrives, the index does not: the last good index is used and named; no number from nothing."""
    loopback.fail(CHART + r"\^RUT", manner("cut"))
    got = fetched(place, 3)
    assert (got["eth_usd"]["ok"], cause(got["rut"])) == (True, "network")
    done = place.check()
    assert (done.code, degraded(done), done.json["as_of"]) == (3, {"rut"}, "2026-11-06")
    told = place.run("explain", "correlation.pearson.daily.63", "--data", "store", "--json")
    assert (told.code, told.json["nobs"], told.json["last"]) == (0, 63, "2026-11-06")


def spoil_last(fields: tuple[str, ...], value: float | None) -> Callable[[bytes], bytes]:
    """Return what puts `value` into these fields of the last row of a chart."""

    def change(reply: bytes) -> bytes:
        chart = json.loads(reply)
        inside = chart["chart"]["result"][0]["indicators"]
        for part in (*inside["quote"], *inside["adjclose"]):
            for name in set(fields) & set(part):
                part[name] = [*part[name][:-1], value]
        return json.dumps(chart).encode()

    return change


def test_case_09_last_row_without_prices(recent: Place, loopback: Loopback) -> None:
    """Volume without prices, as in July 2026: the row is no row, and what is known ends one session earlier."""
    loopback.fail(CHART + r"\^RUT" + DATA, body(spoil_last(("open", "high", "low", "close", "adjclose"), None)))
    assert fetched(recent, 0)["rut"]["last"][:10] == "2026-11-19"
    done = recent.check()
    assert (done.code, done.json["as_of"]) == (0, "2026-11-19")


@pytest.mark.parametrize("value", [None, float("inf")])
def test_case_09_adjusted_close_alone(recent: Place, loopback: Loopback, value: float | None) -> None:
    """An adjusted close that is missing or infinite changes nothing: the raw close is used."""
    loopback.fail(CHART + r"\^RUT" + DATA, body(spoil_last(("adjclose",), value)))
    assert fetched(recent, 0)["rut"]["last"][:10] == "2026-11-20"
    assert recent.check().json["findings"] == []


def test_case_11_minute_before_the_close(empty: Place, loopback: Loopback) -> None:
    """At 15:59 New York and at 23:59 UTC the bar of the day in progress is in nothing."""
    got = fetched(empty, 0, now="2026-11-20T20:59:00+00:00")
    assert {got[key]["last"][:10] for key in ("eth_usd", "rut", "spx")} == {"2026-11-19"}
    assert empty.check(now="2026-11-20T20:59:00+00:00").json["as_of"] == "2026-11-19"
    late = fetched(empty, 0, now="2026-11-20T23:59:00+00:00")
    assert (late["eth_usd"]["last"][:10], late["rut"]["last"][:10]) == ("2026-11-19", "2026-11-20")
    assert empty.check(now="2026-11-20T23:59:00+00:00").json["as_of"] == "2026-11-19"
    assert loopback.hosts <= set(HOSTS)


def test_case_12_ethers_day_is_not_there_yet(empty: Place, world: World) -> None:
    """Half an hour after midnight UTC, yesterday's bar is missing: what is known ends a session earlier, unfilled."""
    world.prices.loc["2026-11-20", "eth_usd"] = float("nan")
    now = "2026-11-21T00:30:00+00:00"
    assert fetched(empty, 0, now=now)["eth_usd"]["last"][:10] == "2026-11-19"
    done = empty.check(now=now)
    assert (done.code, done.json["as_of"]) == (0, "2026-11-19")


def test_case_15_healthy_and_old(empty: Place, world: World) -> None:
    """A healthy reply that ends ten days early: stale since its date, and red."""
    world.prices = world.prices.loc[:"2026-11-10"]
    assert all(line["source"] for line in fetched(empty, 0).values())
    done = empty.check()
    assert done.code == 3
    assert listed(done, "age", "rut") == ["Stale since 2026-11-10: 8 sessions up to 2026-11-20 missing."]
    assert done.json["as_of"] == "2026-11-10"


@pytest.mark.parametrize("code", [403, 504, 200])
def test_case_20_fred_does_not_give(empty: Place, loopback: Loopback, code: int) -> None:
    """FRED refuses, times out or answers HTML: Treasury and the New York Fed give the rates, and are named."""
    loopback.fail("stlouisfed", status(code, b"<html>Access denied</html>"))
    got = fetched(empty, 0)
    assert (got["dgs2"]["source"], got["target_upper"]["source"]) == ("treasury", "nyfed")
    assert got["dgs2"]["fallback"]
    assert empty.check().json["findings"] == []


def test_case_20_all_rate_sources_down(empty: Place, loopback: Loopback) -> None:
    """All three down: the rates are not available, and what needs prices alone is there."""
    loopback.fail("stlouisfed|treasury.gov|newyorkfed", status(503))
    got = fetched(empty, 3)
    assert {a["cause"] for a in got["dgs2"]["attempts"]} == {"down"}
    done = empty.check()
    assert (done.code, degraded(done), done.json["as_of"]) == (3, {"dgs2", "target_upper"}, "2026-11-20")


@pytest.fixture
def all_rates(tmp_path: Path, loopback: Loopback) -> Place:
    """Return a project with every rate of FRED."""
    place = make_place(tmp_path / "rates", small_report(("eth_usd", "rut", "spx", *RATES), deadline=30))
    place.environment = loopback.environment
    return place


def test_case_21_malformed_rates_are_rejected(all_rates: Place, loopback: Loopback) -> None:
    """Seven faults of FRED's file at once: each is rejected with its cause, none is relabelled, the others serve."""
    cut = b"\n2026-11-1"
    loopback.fail("id=DFF&", body(lambda b: b.replace(b"observation_date", b"day")))
    loopback.fail("id=DFEDTARL&", body(lambda b: b.replace(b"DFEDTARL", b"DFEDTARU")))
    loopback.fail("id=DFEDTARU&", body(lambda b: b.rstrip() + cut))
    loopback.fail("id=DGS3MO&", body(lambda b: b.replace(b"2026-10-06,", b"2026-10-06,n/a*")))
    loopback.fail("id=DGS2&", body(lambda b: b"\n".join((b.splitlines()[0], *reversed(b.splitlines()[1:]))) + b"\n"))
    loopback.fail("id=DGS10&", body(lambda b: b + b.splitlines()[-1] + b"\n"))
    loopback.fail("id=DFII10&", body(b"<html>Access denied</html>", "text/html"))
    got = fetched(all_rates, 3)
    assert {key: (got[key]["source"], cause(got[key])) for key in RATES} == {
        "dff": ("nyfed", "changed format"),
        "target_lower": ("nyfed", "wrong content"),
        "target_upper": ("nyfed", "changed format"),
        "dgs3mo": ("treasury", "changed format"),
        "dgs2": ("treasury", "changed format"),
        "dgs10": ("treasury", "changed format"),
        "dfii10": ("", "changed format"),
    }
    assert degraded(all_rates.check()) == {"dfii10"}


def test_case_21_marks_and_line_ends_are_read(all_rates: Place, loopback: Loopback, world: World) -> None:
    """A byte order mark, CRLF, full stops and blanks are read; a missing value is never 0."""
    loopback.fail("id=DGS2&", body(lambda b: b"\xef\xbb\xbf" + b.replace(b"\n", b"\r\n")))
    loopback.fail("id=DGS10&", body(lambda b: b.replace(b",\n", b",.\n")))
    got = fetched(all_rates, 0)
    assert (got["dgs2"]["source"], got["dgs10"]["source"]) == ("fred", "fred")
    assert got["dgs2"]["rows"] == got["dgs10"]["rows"] == int(world.rates["dgs2"].notna().sum())
    assert found(all_rates.check()) == []


def test_case_22_holidays_make_no_gaps(all_rates: Place, loopback: Loopback) -> None:
    """On the bond holiday of 12 October 2026 and at weekends nothing is missing and nothing is old."""
    fetched(all_rates, 0, now="2026-10-13T01:00:00+00:00")
    for day in ("2026-10-09", "2026-10-12"):
        done = all_rates.check("--as-of", day, now="2026-10-13T01:00:00+00:00")
        assert (done.json["as_of"], found(done)) == (day, [])
    assert loopback.hosts <= set(HOSTS)


def test_case_24_window_before_the_range_began(all_rates: Place, world: World) -> None:
    """The target range begins where it begins; the days before it are not filled backwards."""
    for name in ("target_lower", "target_upper"):
        world.rates.loc[:"2024-06-02", name] = float("nan")
    got = fetched(all_rates, 0)
    assert got["target_upper"]["rows"] == int(world.rates["target_upper"].notna().sum())
    assert found(all_rates.check()) == []


def test_case_37_a_run_that_changes_nothing(recent: Place) -> None:
    """The same fetch again, hours late, adds nothing to the store; a day that was missed is there after the next."""
    fetched(recent, 0, now=THURSDAY)
    before = recent.files()
    assert not any(line["new"] for line in fetched(recent, 0, now="2026-11-20T04:30:00+00:00").values())
    assert recent.files() == before
    assert recent.check(now="2026-11-20T04:30:00+00:00").json["as_of"] == "2026-11-19"
    fetched(recent, 0)
    assert recent.check().json == {"as_of": "2026-11-20", "data": "store", "findings": []}


def test_case_37_two_runs_at_once(recent: Place, loopback: Loopback) -> None:
    """While a slow run holds the store a second ends in one line; the first is whole."""
    loopback.fail("id=DGS2&", manner("hang"))
    with recent.start("fetch", "--json") as first:
        try:
            until = time.monotonic() + 60
            while not loopback.asked("id=DGS2&") and time.monotonic() < until:
                time.sleep(0.05)
            second = recent.run("fetch")
            out, err = first.communicate(timeout=120)
        finally:
            first.kill()
    assert second.code == 1
    assert second.line == "tandem: store: another run is writing to it; wait until it has ended, then run again"
    assert (first.returncode, err) == (3, "")
    assert {key for key, line in json.loads(out)["series"].items() if not line["ok"]} == {"dgs2"}
    assert recent.check().json["as_of"] == "2026-11-20"
