"""The kept study of coverage is what the code gives, and meets the aim."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from types import ModuleType

REFERENCE = Path(__file__).parents[1] / "reference"
STUDY: dict[str, Any] = json.loads((REFERENCE / "coverage.json").read_text(encoding="utf-8"))
AIM = [row for row in STUDY["intervals"] if row["freedom"] is None and row["nobs"] in {63, 252}]


def _script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("coverage_study", REFERENCE / "coverage.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("row", AIM, ids=lambda row: f"{row['estimator']}-{row['nobs']}")
def test_measured_coverage_meets_the_aim(row: dict[str, Any]) -> None:
    """At n = 63 and 252 every estimator's 95 % interval covered in 92 to 97 % of 2,000 samples, with its bounds."""
    coverage = row["coverage"]
    assert 0.92 <= coverage["share"] <= 0.97
    assert coverage["lower"] < coverage["share"] < coverage["upper"]
    assert row["runs"] == 2000


def test_all_rows_of_the_aim_are_there() -> None:
    """Three estimators at two sample sizes."""
    assert len(AIM) == 6
    assert STUDY["reps"] == 9999


@pytest.mark.parametrize("row", STUDY["constancy"], ids=lambda row: f"{row['nobs']}-{row['after']}")
def test_measured_size_and_power(row: dict[str, Any]) -> None:
    """Without a change the test rejects 3 to 7 %; from 0.3 to 0.7 it rejects in most samples."""
    share = row["rejected"]["share"]
    if row["before"] == row["after"]:
        assert 0.03 <= share <= 0.07
    else:
        assert share > 0.8


@pytest.mark.parametrize("row", STUDY["breaks"], ids=lambda row: f"{row['nobs']}-{row['place']}")
def test_measured_coverage_of_break_dates(row: dict[str, Any]) -> None:
    """The 95 % interval of a break's date covered in 90 to 98 % of the samples in which the test rejected."""
    assert 0.90 <= row["coverage"]["share"] <= 0.98


@pytest.mark.slow
@pytest.mark.parametrize("row", [0, 1])
def test_study_can_be_repeated(row: int) -> None:
    """Running the leading rows again gives the kept shares; one sample in a thousand may flip on another machine."""
    script = _script()
    (again,) = script.coverage_rows((script.ROWS[row],), script.RUNS)
    kept = STUDY["intervals"][row]
    assert again["coverage"]["share"] == pytest.approx(kept["coverage"]["share"], abs=0.001)
    assert again["mean_width"] == pytest.approx(kept["mean_width"], abs=0.001)
