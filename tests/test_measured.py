"""The kept simulation studies meet their aims, and the pages of the methods show their figures and no others."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.reference.measured import BLOCK, METHODS, TABLES, filled

STUDIES: dict[str, Any] = json.loads((Path(__file__).parent / "reference" / "studies.json").read_text(encoding="utf-8"))
PAGES = sorted(path for path in METHODS.glob("*.md") if "<!-- measured:" in path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.stem)
def test_pages_show_the_kept_figures(page: Path) -> None:
    """Each table on a page is what the kept file gives; `python -m tests.reference.measured` writes them."""
    text = page.read_text(encoding="utf-8")
    assert filled(text) == text


def test_every_study_is_published_once() -> None:
    """No study is kept to ourselves, and none stands twice."""
    shown = [found["name"] for page in PAGES for found in BLOCK.finditer(page.read_text(encoding="utf-8"))]
    assert sorted(shown) == sorted(TABLES)


@pytest.mark.parametrize("row", STUDIES["event_tests"], ids=lambda row: f"{row['test']}: {row['case']}")
def test_event_tests_keep_size_and_have_power(row: dict[str, Any]) -> None:
    """Without an effect the 5 % tests reject 4 to 6 %, whatever the variance does; a real effect is mostly found."""
    share = row["rejected"]["share"]
    assert row["runs"] == 5000
    if row["effect"]:
        assert share > 0.9
    else:
        assert 0.04 <= share <= 0.06


def test_rigobon_sack_recovers_what_least_squares_does_not() -> None:
    """With policy news four times as large the truth is in the middle; plain least squares is far from it."""
    strong, weak = STUDIES["rigobon_sack"]
    assert strong["median"] == pytest.approx(strong["truth"], abs=0.05)
    assert abs(strong["median_ols"] - strong["truth"]) > 1
    assert strong["bounded"] > 0.99
    assert 0.935 <= strong["coverage"]["share"] <= 0.965
    # Weakly identified: fewer intervals are bounded, and those that are not cannot miss.
    assert weak["bounded"] < 0.5
    assert weak["coverage"]["share"] >= 0.935


@pytest.mark.parametrize("row", STUDIES["dcc"], ids=lambda row: f"{row['nobs']}-{row['truth'][0]}")
def test_dcc_recovers_its_parameters(row: dict[str, Any]) -> None:
    """In the middle of the samples a, b and the long-run level come back to within 0.3 of their spread.

    The interval of the last correlation holds it 90 to 97 % of the time: the page says that it is somewhat narrow.
    """
    for place, (true, middle, sd) in enumerate(zip(row["truth"], row["median"], row["sd"], strict=True)):
        assert middle == pytest.approx(true, abs=0.3 * sd), place
    assert 0.90 <= row["coverage"]["share"] <= 0.97
    assert row["with_interval"] >= 0.99 * row["runs"]


@pytest.mark.parametrize("row", STUDIES["base_rate"], ids=lambda row: str(row["horizon"]))
def test_base_rates_cover(row: dict[str, Any]) -> None:
    """Overlapping windows are allowed for: 93 to 97 % of the intervals hold the true share."""
    assert 0.93 <= row["coverage"]["share"] <= 0.97


def test_other_intervals_cover() -> None:
    """The weighted correlation's holds 94 to 97 %; the variance ratio's 93 to 96 %, less with heavy tails."""
    assert all(0.94 <= row["coverage"]["share"] <= 0.97 for row in STUDIES["weighted"])
    normal, heavy = (row["coverage"]["share"] for row in STUDIES["variance_ratio"])
    assert 0.93 <= normal <= 0.96
    assert 0.90 <= heavy <= 0.95
