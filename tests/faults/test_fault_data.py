"""Fault table, data that is wrong or thin: through the real command line, found, named, and in no number."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from generator.config import load_config
from generator.sources import snapshots
from tests.faults.conftest import (
    FRIDAY,
    ROOT,
    SERIES,
    THURSDAY,
    Place,
    degraded,
    found,
    listed,
    make_place,
    small_report,
)
from tests.loopback.replies import make_world
from tests.loopback.server import Loopback, body

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.loopback.replies import World

pytestmark = pytest.mark.network

CORRELATION = "correlation.pearson.daily.63"
DAY = "2026-08-28"


@pytest.fixture
def own(tmp_path: Path) -> Place:
    """Return a project with the numbers of the healthy world as a user's own files."""
    place = make_place(tmp_path / "own-files", small_report())
    make_world().write_csv(place.folder / "mine")
    return place


def edit(place: Place, change: Callable[[pd.DataFrame], pd.DataFrame], name: str = "prices_daily.csv") -> None:
    """Change one of a user's own files."""
    path = place.folder / "mine" / name
    change(pd.read_csv(path, index_col=0)).to_csv(path)


def explained(place: Place, number: str = CORRELATION) -> dict[str, object]:
    """Return a number as the command line tells it, strict JSON."""
    done = place.run("explain", number, "--data", "mine", "--json")
    assert (done.code, done.err) == (0, ""), done
    return done.json


# ------------------------------------------------------------------------------------------- replies that are wrong


def test_case_10_missing_session(empty: Place, world: World) -> None:
    """A past session that vanished is found by the calendar and named; no change is taken across it."""
    world.prices.loc[DAY, "rut"] = float("nan")
    assert empty.run("fetch").code == 0
    done = empty.check()
    assert (done.code, degraded(done)) == (0, set())
    assert listed(done, "gaps", "rut") == ["1 session of 726 without a value; no change is taken across them."]


def test_case_10_missing_session_that_was_known(recent: Place, world: World) -> None:
    """The same where the last good copy had the day: its value is kept, and that is said."""
    world.prices.loc[DAY, "rut"] = float("nan")
    assert recent.run("fetch").code == 0
    done = recent.check()
    assert listed(done, "kept", "rut") == ["1 value missing now kept from the last good copy."]
    assert listed(done, "gaps") == []


def huge_volume(reply: bytes) -> bytes:
    """Return the chart with volumes that cannot be."""
    chart = json.loads(reply)
    quote = chart["chart"]["result"][0]["indicators"]["quote"][0]
    quote["volume"] = [10**17] * len(quote["volume"])
    return json.dumps(chart).encode()


def test_case_14_ticks_and_impossible_prices(empty: Place, world: World, loopback: Loopback) -> None:
    """A tick x100, a negative price and a price of 0 are taken out and named; volume is never looked at."""
    world.prices.loc[DAY, "rut"] *= 100
    world.prices.loc["2026-05-05", "eth_usd"] = -3.0
    world.prices.loc["2026-05-06", "spx"] = 0.0
    loopback.fail(r"chart/IWM", body(huge_volume))
    assert empty.run("fetch").code == 0
    done = empty.check()
    assert (done.code, degraded(done), done.json["as_of"]) == (0, set(), "2026-11-20")
    assert listed(done, "ticks", "rut") == ["1 value that jumped away and straight back was left out (bad ticks)."]
    assert listed(done, "range", "eth_usd") == ["1 value not finite and positive was left out."]
    assert listed(done, "range", "spx") == ["1 value not finite and positive was left out."]
    assert not [item for item in found(done) if item["series"] == "iwm"]
    stored = next((empty.store / "snapshots" / "eth_usd").glob("*.csv")).read_text(encoding="utf-8")
    assert "-3.0" in stored, "the original stays in the snapshot"


def test_case_14_unit_slip(recent: Place, world: World) -> None:
    """The last months of a required index x100: set aside, the last good copy serves, exit status 3."""
    world.prices.loc["2026-01-05":, "rut"] *= 100
    fetched = recent.run("fetch")
    assert fetched.code == 3
    assert "Russell 2000: 726 rows to 2026-11-20 from yahoo ^RUT; set aside: The level shifts" in fetched.out
    done = recent.check()
    assert (done.code, degraded(done), done.json["as_of"]) == (3, {"rut"}, "2026-11-19")
    (sentence,) = listed(done, "set aside", "rut")
    assert sentence.startswith("The copy of 2026-11-21 was set aside: The level shifts from ")
    assert sentence.endswith("; the last good one is used.")
    before = recent.files()
    refused = recent.run("accept", "rut")
    assert (refused.code, refused.out) == (1, "")
    assert refused.line.startswith("tandem: rut: cannot be accepted (The level shifts from ")
    assert recent.files() == before


def test_case_14_unit_slip_without_a_copy(empty: Place, world: World) -> None:
    """The same on the first fetch: nothing is published, and the old site stays."""
    world.prices.loc["2026-01-05":, "rut"] *= 100
    assert empty.run("fetch").code == 3
    line = empty.refused()
    assert line.startswith("tandem: store: no usable snapshot of Russell 2000 (the copy of 2026-11-21 was set aside: ")
    assert "a factor of about 100, as in a change of unit." in line


def test_case_17_restated_closes(recent: Place, world: World) -> None:
    """Forty old closes differ from the copy before: listed by number; four hundred are not believed."""
    days = world.prices["rut"].dropna().index
    world.prices.loc[days[100:140], "rut"] *= 1.002
    assert recent.run("fetch").code == 0
    done = recent.check()
    assert done.code == 0
    assert listed(done, "restated", "rut") == ["40 values of 725 differ from the last good copy."]
    world.prices.loc[days[100:600], "rut"] *= 1.002
    later = "2026-11-21T02:00:00+00:00"
    large = recent.run("fetch", now=later)
    assert large.code == 3
    assert "set aside: 500 values of 726 differ from the last good copy." in large.out
    done = recent.check(now=later)
    assert (done.code, degraded(done), done.json["as_of"]) == (3, {"rut"}, "2026-11-20")
    accepted = recent.run("accept", "rut")
    assert (accepted.code, accepted.err) == (0, "")
    assert "is used from now on. It was set aside because: 500 values of 726 differ from the last" in accepted.out
    assert recent.check(now=later).json == {"as_of": "2026-11-20", "data": "store", "findings": []}
    assert recent.run("accept", "rut").line.endswith("was not set aside; there is nothing to accept")


# ---------------------------------------------------------------------------------------------------- time and zones


def test_case_19_zones(recent: Place) -> None:
    """Five zones, two seeds of the hash, a bare locale: the same bytes on the terminal."""
    assert recent.run("fetch").code == 0
    zones = ("Asia/Tokyo", "America/New_York", "Pacific/Kiritimati", "Africa/Casablanca", "Asia/Kathmandu")
    said = set()
    for number, zone in enumerate(zones):
        variables = {"TZ": zone, "LC_ALL": "C", "PYTHONHASHSEED": str(number)}
        done = recent.run("check", "--data", "store", "--json", variables=variables)
        assert (done.code, done.err) == (0, "")
        said.add(done.out)
    assert len(said) == 1


@pytest.mark.parametrize(
    ("wanted", "as_of"), [("2026-11-29", "2026-11-27"), ("2026-11-27", "2026-11-27"), ("2026-03-08", "2026-03-06")]
)
def test_case_19_days_without_a_session(own: Place, wanted: str, as_of: str) -> None:
    """A weekend is the session before it, a half day is a day, a change of the clock shifts nothing."""
    done = own.run("check", "--data", "sample", "--as-of", wanted, "--json", now="2026-12-01T12:00:00+00:00")
    assert (done.code, done.json["as_of"]) == (0, as_of)


def test_case_19_the_future_is_refused(own: Place) -> None:
    """A date ahead of the clock is refused in one line, and the old site stays."""
    line = own.refused("--data", "mine", "--as-of", "2026-12-24")
    assert line == "tandem: --as-of 2026-12-24: lies in the future (today is 2026-11-21); give a past date"


# ----------------------------------------------------------------------------------------- futures, and thin samples


FUTURES = "date,contract,close\n2026-11-20,2026-12,96.1\n2026-11-20,2027-01,96.2\n"


@pytest.fixture
def with_futures(own: Place) -> Place:
    """Return the same with an entry for a file of futures prices."""
    entry = next(
        block
        for block in (ROOT / "report.toml").read_text(encoding="utf-8").split("\n\n")
        if block.startswith("[futures]")
    )
    own.configure(lambda text: text + "\n" + entry.split("\n# ---")[0] + "\n")
    (own.folder / "mine" / "fed_funds_futures_contracts.csv").write_text(FUTURES, encoding="utf-8")
    return own


def test_case_25_futures_priced_wrong(with_futures: Place) -> None:
    """A contract at 9.6 is refused with its row; the old site stays."""
    path = with_futures.folder / "mine" / "fed_funds_futures_contracts.csv"
    assert with_futures.run("check", "--data", "mine", "--json").code == 0
    path.write_text(FUTURES.replace("96.2", "9.62"), encoding="utf-8")
    line = with_futures.refused("--data", "mine")
    assert line.startswith(
        "tandem: fed_funds_futures_contracts.csv: row 3, column close: 9.62 is not between 75 and 101"
    )


def test_case_25_month_missing(with_futures: Place) -> None:
    """Months without a price give no odds and no score; the reason is said, and nothing is made up."""
    path = with_futures.folder / "mine" / "fed_funds_futures_contracts.csv"
    path.write_text("date,contract,close\n2026-11-20,2025-01,\n2026-11-20,2027-03,96.2\n", encoding="utf-8")
    told = explained(with_futures, "fomc.brier.eve")
    assert "value" not in told
    assert str(told["unavailable"]).startswith("not enough meetings with odds and outcome (n = 0")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda frame: frame.assign(rut=np.where(frame["rut"].isna(), np.nan, 2000.0)), "n"),
        (lambda frame: frame.loc[:"2024-01-05"], "n"),
    ],
    ids=["constant", "few"],
)
def test_case_26_not_enough_data(own: Place, change: Callable[[pd.DataFrame], pd.DataFrame], reason: str) -> None:
    """A constant series and a handful of observations give a reason, never a number and never NaN in a file."""
    edit(own, change)
    told = explained(own)
    assert "value" not in told
    assert reason in str(told["unavailable"])


def test_case_26_disjoint_dates(own: Place) -> None:
    """Two series without a day in common: one line that names both, and the old site stays."""

    def apart(frame: pd.DataFrame) -> pd.DataFrame:
        frame.loc["2025-01-01":, "eth_usd"] = np.nan
        frame.loc[:"2024-12-31", "rut"] = np.nan
        return frame

    edit(own, apart)
    line = own.refused("--data", "mine")
    assert line == (
        "tandem: Ether and Russell 2000 share no session up to 2026-11-20; check that both cover the same dates"
    )


def test_case_29_same_inputs_same_bytes(recent: Place, tmp_path: Path) -> None:
    """The store of another folder and another machine says the same, number by number, to the last byte."""
    assert recent.run("fetch").code == 0
    other = make_place(tmp_path / "another place, with é", small_report())
    shutil.copytree(recent.store, other.store)
    command = ("explain", CORRELATION, "--data", "store", "--json")
    here = recent.run(*command)
    there = other.run(*command, now="2026-11-22T23:30:00-05:00", variables={"TZ": "Asia/Tokyo", "LC_ALL": "C"})
    assert (here.code, here.out) == (there.code, there.out)
    assert (here.code, here.json["last"]) == (0, "2026-11-20")


def test_clean_data_are_clean(stores: Callable[[tuple[str, ...], str], Path], tmp_path: Path) -> None:
    """The healthy world gives no finding at all: whatever the table finds is the fault's doing."""
    place = make_place(tmp_path / "project", small_report())
    for moment in (THURSDAY, FRIDAY):
        shutil.copytree(stores(SERIES, moment), place.store, dirs_exist_ok=True)
    assert place.check().json == {"as_of": "2026-11-20", "data": "store", "findings": []}
    config = load_config(place.folder / "report.toml")
    assert snapshots.read(place.store, config, pd.Timestamp("2026-11-20").date()).problems == ()
