"""What is complete at a moment: the exclusive end of each kind of series, in every time zone."""

from __future__ import annotations

import datetime as dt
import time
from zoneinfo import ZoneInfo

import pytest

from generator.sources.fetch import HISTORY_START, complete_end, plan
from tests.sources.conftest import small_config

CONFIG = small_config(("eth_usd", "rut", "spx", "eth_usd_hourly", "dff"))


@pytest.mark.parametrize(
    ("now", "series_id", "end"),
    [
        # New York closes at 21:00 UTC in winter; the session counts twenty minutes later.
        ("2026-11-20T20:59Z", "rut", "2026-11-20T00:00Z"),
        ("2026-11-20T21:00Z", "rut", "2026-11-20T00:00Z"),
        ("2026-11-20T21:20Z", "rut", "2026-11-21T00:00Z"),
        # 27 November 2026 is a half day: 18:00 UTC; Thanksgiving before it is none.
        ("2026-11-27T18:19Z", "rut", "2026-11-26T00:00Z"),
        ("2026-11-27T18:20Z", "rut", "2026-11-28T00:00Z"),
        ("2026-11-29T12:00Z", "rut", "2026-11-28T00:00Z"),
        # Summer time began on 8 March 2026 and ended on 1 November: the close moves by an hour in UTC.
        ("2026-03-06T21:20Z", "rut", "2026-03-07T00:00Z"),
        ("2026-03-09T20:20Z", "rut", "2026-03-10T00:00Z"),
        ("2026-10-30T20:20Z", "rut", "2026-10-31T00:00Z"),
        ("2026-11-02T20:20Z", "rut", "2026-10-31T00:00Z"),
        # 24/7 days end at midnight UTC, hours on the hour.
        ("2026-11-20T23:59Z", "eth_usd", "2026-11-20T00:00Z"),
        ("2026-11-21T00:00Z", "eth_usd", "2026-11-21T00:00Z"),
        ("2026-11-20T23:59Z", "eth_usd_hourly", "2026-11-20T23:00Z"),
        ("2026-11-21T00:00Z", "eth_usd_hourly", "2026-11-21T00:00Z"),
        # Rates are published complete, for days up to today in New York.
        ("2026-11-21T01:00Z", "dgs2", "2026-11-21T00:00Z"),
        ("2026-11-21T05:00Z", "dff", "2026-11-22T00:00Z"),
    ],
)
def test_running_days_and_hours_are_outside(now: str, series_id: str, end: str) -> None:
    """Nothing that is still changing at `now` lies before the end, and everything that is over does."""
    assert complete_end(CONFIG.series[series_id], dt.datetime.fromisoformat(now)) == dt.datetime.fromisoformat(end)


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "America/New_York", "Pacific/Kiritimati"])
def test_end_is_the_same_in_every_zone(zone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the zone of the given time nor that of the machine moves the end."""
    now = dt.datetime(2026, 11, 20, 21, 30, tzinfo=dt.UTC)
    expected = {key: complete_end(series, now) for key, series in CONFIG.series.items()}
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        moved = now.astimezone(ZoneInfo(zone))
        assert {key: complete_end(series, moved) for key, series in CONFIG.series.items()} == expected
    finally:
        monkeypatch.undo()
        time.tzset()


def test_plan_asks_for_required_series_first_with_their_fallbacks() -> None:
    """Each series has its places in order and one start; the required ones cannot be starved by the others."""
    tasks = plan(CONFIG, dt.datetime(2026, 11, 21, 1, 0, tzinfo=dt.UTC))
    assert [task.series_id for task in tasks] == ["eth_usd", "rut", "spx", "eth_usd_hourly", "dff", "dgs2"]
    assert [(name, request.symbol) for name, request in tasks[-1].places] == [("fred", "DGS2"), ("treasury", "2 Yr")]
    assert {request.start for task in tasks for _, request in task.places} == {HISTORY_START}
