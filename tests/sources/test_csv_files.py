"""A user's own files: found by column, read strictly, refused in one line."""

from __future__ import annotations

import hashlib
import re
from datetime import date
from typing import TYPE_CHECKING

import pytest

from generator.errors import DataError
from generator.sources import csv
from tests.sources.conftest import small_config

if TYPE_CHECKING:
    from pathlib import Path

PRICES = "date,eth_usd,note,rut,spx\n2026-01-02,3000,x,2400.5,\n2026-01-03,3010.25,,,\n2026-01-05,.,y,2410,5900\n"
CONFIG = small_config(("eth_usd", "rut", "spx", "eth_usd_hourly", "dff"))


def write(folder: Path, **files: str) -> Path:
    """Write files named without their ending."""
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


def test_folder_is_read_by_the_mapping(tmp_path: Path) -> None:
    """Each series has its present cells, the hash of the file's bytes and its place; absent ones are left out."""
    write(tmp_path, prices_daily=PRICES, prices_hourly="time,eth_usd\n2026-01-02T13:00Z,2999\n")
    observed = csv.load(tmp_path, CONFIG)
    assert set(observed) == {"eth_usd", "rut", "spx", "eth_usd_hourly"}
    rut = observed["rut"]
    assert {str(day.date()): value for day, value in rut.values.items()} == {"2026-01-02": 2400.5, "2026-01-05": 2410}
    assert (rut.source, rut.symbol, rut.retrieved_at) == ("csv", "prices_daily.csv:rut", "")
    assert rut.terms == "the user's own file"
    assert rut.sha256 == hashlib.sha256(PRICES.encode()).hexdigest()
    weekend = observed["eth_usd"].values.index[1].date()
    assert weekend == date(2026, 1, 3), "rows of weekends stay"


def test_one_file_is_read_by_its_columns(tmp_path: Path) -> None:
    """A single file of any name serves the daily series whose columns it has."""
    write(tmp_path, mine=PRICES)
    observed = csv.load(tmp_path / "mine.csv", CONFIG)
    assert set(observed) == {"eth_usd", "rut", "spx"}
    assert observed["eth_usd"].symbol == "mine.csv:eth_usd"


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({}, "no file 'prices_daily.csv' with a column 'eth_usd', needed by the pair eth-russell-2000 as eth_usd"),
        (
            {"prices_daily": "date,rut\n2026-01-02,1\n"},
            "prices_daily.csv: no column 'eth_usd', needed by the pair eth-russell-2000 as eth_usd; columns: date, rut",
        ),
        (
            {"prices_daily": "date,eth_usd,rut\n2026-01-02,1,\n"},
            "prices_daily.csv: the column 'rut' holds no value, needed by the pair eth-russell-2000 as rut",
        ),
        (
            {"prices_daily": PRICES.replace("2410", "2410?")},
            "prices_daily.csv: row 4, column rut: '2410?' is not a number",
        ),
        (
            {"prices_daily": PRICES.replace("2026-01-05", "2026-01-02")},
            "prices_daily.csv: row 4, column date: 2026-01-02 follows 2026-01-03; dates must increase",
        ),
        ({"prices_daily": PRICES.replace("date,", "day,")}, "prices_daily.csv: the first column is 'day'; it must be"),
        ({"prices_daily": PRICES + "2026-01-06,1"}, "prices_daily.csv: row 5 has 2 cells; the header has 5"),
        (
            {"prices_daily": PRICES, "prices_hourly": "date,eth_usd\n2026-01-02,1\n"},
            "prices_hourly.csv: holds dates; series eth_usd_hourly is hourly",
        ),
    ],
)
def test_unusable_data_is_refused_in_one_line(tmp_path: Path, files: dict[str, str], message: str) -> None:
    """The message names file, row, column and value, or what is missing for which pair."""
    with pytest.raises(DataError, match=re.escape(message)) as caught:
        csv.load(write(tmp_path, **files), CONFIG)
    assert "\n" not in str(caught.value)


def test_place_that_is_none_and_file_too_large_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A wrong path and a huge file end before anything is parsed."""
    with pytest.raises(DataError, match="no such file or folder"):
        csv.load(tmp_path / "nothing", CONFIG)
    write(tmp_path, prices_daily=PRICES)
    monkeypatch.setattr(csv, "MAX_BYTES", 10)
    with pytest.raises(DataError, match=r"prices_daily\.csv: \d+ bytes; at most 10"):
        csv.load(tmp_path, CONFIG)


@pytest.mark.recorded
def test_recorded_files_are_read_as_they_are(recorded_data: Path) -> None:
    """The shipped mapping finds the recorded series, with spot values taken from their provenance."""
    observed = csv.load(recorded_data, small_config(("eth_usd", "rut", "spx", "gld", "dff", "dgs10", "target_upper")))
    spots = {
        ("eth_usd", "2020-03-12"): 112.35,
        ("eth_usd", "2025-10-07"): 4451.15,
        ("rut", "2021-11-08"): 2442.74,
        ("rut", "2020-03-16"): 1037.42,
    }
    assert {key: round(observed[key[0]].values[key[1]], 2) for key in spots} == spots
    assert len(observed["rut"].values) == 4203
    assert str(observed["dgs10"].values.index[-1].date()) == "2026-09-17"
