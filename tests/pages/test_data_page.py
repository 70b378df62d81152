"""The data page lists what the build used beside the series: prices of futures and published surprises."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pandas as pd
import pytest

from generator.config import load_config
from generator.expectations import POLICY, STOCKS, TWO_YEAR, Expectations, Futures, Surprises
from generator.findings import Unavailable
from generator.pages.data import compose
from generator.panel import Panel
from tests.reports.policy import AS_OF, recorded

if TYPE_CHECKING:
    from generator.report import SiteContext

REPORT = Path(__file__).parents[2] / "report.toml"


def listed(expectations: Expectations) -> dict[str, dict[str, Any]]:
    """Return the rows of the table of series by id, for a build without any series."""
    config = load_config(REPORT)
    gate = SimpleNamespace(checks=())
    context = SimpleNamespace(
        config=config, panel=Panel({}, config, AS_OF, expectations), gate=gate, results=(), edition_notes=()
    )
    return {row["id"]: row for row in compose(cast("SiteContext", context))["rows"]}


def test_futures_and_surprises_stand_with_their_provenance() -> None:
    """Source, symbol or file, first and last day, values, time of the fetch, hash and terms of both."""
    days = pd.DatetimeIndex(["2026-09-16", "2026-09-17"])
    futures = Futures(
        label="x",
        closes=pd.DataFrame({"2026-09": [96.0, 96.1], "2026-10": [None, 96.2]}, index=days, dtype="float64"),
        sha256="a" * 64,
        source="yahoo",
        symbol="ZQU26.CBT to ZQV26.CBT",
        retrieved_at="2026-09-17T23:00:00+00:00",
        terms="for personal use",
    )
    frame = pd.DataFrame(1.0, index=days[:1], columns=[POLICY, TWO_YEAR, STOCKS])
    surprises = Surprises(label="y", frame=frame, sha256="b" * 64, symbol="mine.csv", terms="own")
    rows = listed(Expectations(futures=futures, surprises=surprises))
    assert rows["fed_funds_futures"] == {
        "id": "fed_funds_futures",
        "label": "30-day federal funds futures",
        "source": "yahoo",
        "symbol": "ZQU26.CBT to ZQV26.CBT",
        "first": "2026-09-16",
        "last": "2026-09-17",
        "nobs": 3,
        "retrieved": "2026-09-17T23:00:00+00:00",
        "sha256": "a" * 16,
        "terms": "for personal use",
    }
    row = rows["policy_surprises"]
    assert (row["source"], row["symbol"], row["nobs"], row["last"]) == ("csv", "mine.csv", 3, "2026-09-16")


def test_a_reason_stands_where_there_are_none() -> None:
    """Without them the table says why."""
    rows = listed(Expectations(futures=Unavailable(reason="none were fetched yet")))
    assert rows["fed_funds_futures"]["source"] == "none were fetched yet"
    assert rows["policy_surprises"]["source"] == "this source has no published surprises"
    assert rows["policy_surprises"]["nobs"] == 0


@pytest.mark.recorded
def test_recorded_files_are_named(recorded_data: Path) -> None:
    """The recorded futures and surprises are listed with the names of their files."""
    rows = listed(recorded(recorded_data)[1])
    futures, surprises = rows["fed_funds_futures"], rows["policy_surprises"]
    assert (futures["symbol"], futures["first"], futures["last"]) == (
        "fed_funds_futures_contracts.csv",
        "2014-01-02",
        "2026-08-21",
    )
    assert (surprises["symbol"], surprises["last"]) == ("fomc_surprises_usmpd.csv", "2025-12-10")
