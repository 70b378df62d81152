"""A user's own futures and surprises: read strictly, kept as they are, and each fault named with its place."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from generator.config import Config, parse_config
from generator.errors import ConfigError, DataError
from generator.expectations import POLICY, STOCKS, TWO_YEAR, Futures, Surprises
from generator.findings import Unavailable
from generator.sources import futures, surprises

if TYPE_CHECKING:
    from collections.abc import Callable

REPORT = Path(__file__).parents[2] / "report.toml"
EVENTS = """date,window,mp1,ust2y,sp500
2024-01-31,statement,0.01,0.02,-0.3
2024-01-31,minutes,0.5,0.5,0.5
2024-03-20,statement,-0.05,,0.4
2023-12-13,statement,-0.015,-0.1,1.2
2024-05-01,statement,,,
"""
CLOSES = """date,contract,close
2024-01-30,2024-01,94.67
2024-01-31,2024-01,94.6725
2024-01-31,2024-02,94.67
2024-01-30,2024-02,
"""


def whole(change: Callable[[dict[str, object]], None] | None = None) -> Config:
    """Return the shipped configuration, changed."""
    table = tomllib.loads(REPORT.read_text(encoding="utf-8"))
    if change is not None:
        change(table)
    return Config.model_validate(table)


def written(folder: Path, text: str, config: Config, kind: str) -> Path:
    """Write a file under the name the configuration gives it."""
    source = config.surprises if kind == "surprises" else config.futures
    assert source is not None
    (folder / source.csv.file).write_text(text, encoding="utf-8")
    return folder


def test_surprises_are_read_in_basis_points(tmp_path: Path) -> None:
    """Kept rows alone, by date, percentage points as basis points, percent as it is, nothing filled in."""
    config = whole()
    found = surprises.load(written(tmp_path, EVENTS, config, "surprises"), config)
    assert isinstance(found, Surprises)
    assert [str(d.date()) for d in found.frame.index] == ["2023-12-13", "2024-01-31", "2024-03-20"]
    np.testing.assert_allclose(found.frame[POLICY], [-1.5, 1.0, -5.0])
    np.testing.assert_allclose(found.frame[TWO_YEAR], [-10.0, 2.0, np.nan])
    np.testing.assert_allclose(found.frame[STOCKS], [1.2, -0.3, 0.4])
    assert config.surprises is not None
    assert found.label == config.surprises.label


def test_columns_that_are_not_named_stay_empty(tmp_path: Path) -> None:
    """A series without yields and stocks is a series of surprises in the funds rate alone."""

    def fewer(table: dict[str, object]) -> None:
        table["surprises"] = {
            "label": "x",
            "csv": {"file": "mine.csv", "policy": "mp1", "keep": {"window": "statement"}},
        }

    config = whole(fewer)
    found = surprises.load(written(tmp_path, EVENTS, config, "surprises"), config)
    assert isinstance(found, Surprises)
    assert found.frame[[TWO_YEAR, STOCKS]].isna().all(axis=None)
    assert len(found.frame) == 3


def test_futures_by_day_and_contract(tmp_path: Path) -> None:
    """Prices stand by day and contract; an empty cell is no price."""
    config = whole()
    found = futures.load(written(tmp_path, CLOSES, config, "futures"), config)
    assert isinstance(found, Futures)
    expected = pd.DataFrame(
        {"2024-01": [94.67, 94.6725], "2024-02": [np.nan, 94.67]},
        index=pd.DatetimeIndex(["2024-01-30", "2024-01-31"], name="day"),
    )
    pd.testing.assert_frame_equal(found.closes, expected, check_index_type=False)


def test_no_file_and_no_entry_are_reasons(tmp_path: Path) -> None:
    """Neither is needed: without the file, or without an entry, the pages are told why."""
    config = whole()
    assert surprises.load(tmp_path, config) == Unavailable(
        reason="there is no file fomc_surprises_usmpd.csv with published surprises"
    )
    assert futures.load(tmp_path, config) == Unavailable(
        reason="there is no file fed_funds_futures_contracts.csv with prices of fed funds futures"
    )

    def none(table: dict[str, object]) -> None:
        del table["surprises"], table["futures"]

    bare = whole(none)
    for loader in (surprises.load, futures.load):
        assert "report.toml names no file" in loader(tmp_path, bare).reason


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (EVENTS.replace("2024-03-20,statement", "2024-01-31,statement"), "2024-01-31 appears twice"),
        (EVENTS.replace("2024-03-20", "20.03.2024"), "row 4, column date: '20.03.2024' is not a date"),
        (EVENTS.replace("2024-03-20", "2024-02-30"), "row 4, column date: '2024-02-30' is not a date"),
        (EVENTS.replace("-0.05", "-5"), "row 4, column mp1: -5 is not between -2 and 2"),
        (EVENTS.replace("-0.05", "n/a"), "row 4, column mp1: 'n/a' is not a number"),
        (EVENTS.replace("1.2", "120"), "row 5, column sp500: 120 is not between -25 and 25"),
        (EVENTS.replace("mp1", "mp2"), "no column 'mp1'"),
        (EVENTS.replace("window", "span"), "no column 'window'"),
        ("", "empty"),
    ],
)
def test_faults_of_surprises_are_named(tmp_path: Path, text: str, message: str) -> None:
    """File, row, column and value stand in one line."""
    config = whole()
    with pytest.raises(DataError, match=r"^fomc_surprises_usmpd\.csv: ") as error:
        surprises.load(written(tmp_path, text, config, "surprises"), config)
    assert message in str(error.value)
    assert "\n" not in str(error.value)


def test_a_row_that_is_not_kept_may_hold_anything(tmp_path: Path) -> None:
    """A wild value in another window is not our business."""
    config = whole()
    text = EVENTS.replace("minutes,0.5", "minutes,99")
    assert isinstance(surprises.load(written(tmp_path, text, config, "surprises"), config), Surprises)


def test_nothing_kept_is_a_reason(tmp_path: Path) -> None:
    """A file of other windows has no surprises."""
    config = whole()
    found = surprises.load(written(tmp_path, EVENTS.replace("statement", "minutes2"), config, "surprises"), config)
    assert isinstance(found, Unavailable)
    assert "surprises.csv.keep" in found.reason


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (CLOSES + "2024-01-31,2024-02,94.66\n", "the contract 2024-02 appears twice on 2024-01-31"),
        (CLOSES.replace("2024-02,94.67", "2024-13,94.67"), "row 4, column contract: '2024-13' is not a month"),
        (CLOSES.replace("94.6725", "5.33"), "row 3, column close: 5.33 is not between 75 and 101"),
        (CLOSES.replace("contract", "month"), "no column 'contract'"),
        (CLOSES.replace("2024-01-30,2024-01", "30/01/2024,2024-01"), "row 2, column date"),
    ],
)
def test_faults_of_futures_are_named(tmp_path: Path, text: str, message: str) -> None:
    """A rate where a price belongs, a contract twice, a month that does not exist: each is said with its place."""
    config = whole()
    with pytest.raises(DataError, match=r"^fed_funds_futures_contracts\.csv: ") as error:
        futures.load(written(tmp_path, text, config, "futures"), config)
    assert message in str(error.value)


def test_no_price_at_all_is_a_reason(tmp_path: Path) -> None:
    """A file of empty cells has no prices."""
    config = whole()
    found = futures.load(written(tmp_path, "date,contract,close\n2024-01-30,2024-01,\n", config, "futures"), config)
    assert found == Unavailable(reason="fed_funds_futures_contracts.csv holds no price")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            'file = "fomc_surprises_usmpd.csv"',
            'file = "../secret.csv"',
            "surprises.csv.file: must be a plain file name",
        ),
        ('policy = "mp1"', "", "surprises.csv.policy: Field required"),
        ('file = "fed_funds_futures_contracts.csv"', 'file = "prices.xlsx"', "futures.csv.file: must be a plain file"),
        ('policy = "mp1"', 'polcy = "mp1"', "surprises.csv"),
    ],
)
def test_the_configuration_is_checked(old: str, new: str, message: str) -> None:
    """A path out of the folder, a missing or a misspelt key is an error that names its place."""
    text = REPORT.read_text(encoding="utf-8")
    assert old in text
    with pytest.raises(ConfigError) as error:
        parse_config(text.replace(old, new).encode(), "report.toml")
    assert message in str(error.value)


@pytest.mark.recorded
def test_the_recorded_files_can_be_read(recorded_data: Path) -> None:
    """273 statements since 1994, the last of 2025-12-10; contracts from 2014 to 2026-08-21, none from 2023-09-16 on."""
    config = whole()
    published, prices = surprises.load(recorded_data, config), futures.load(recorded_data, config)
    assert isinstance(published, Surprises)
    assert isinstance(prices, Futures)
    assert len(published.frame) == 273
    assert (published.frame.index[0], published.frame.index[-1]) == (
        pd.Timestamp("1994-02-04"),
        pd.Timestamp("2025-12-10"),
    )
    assert (prices.closes.index[0], prices.closes.index[-1]) == (pd.Timestamp("2014-01-02"), pd.Timestamp("2026-08-21"))
    assert prices.closes.loc["2023-09-16":"2024-07-30"].empty
