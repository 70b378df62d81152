"""Two sources of one rate: the second is fetched for comparison, and the gate says where they differ."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from generator.config import load_config
from generator.panel import Observed
from generator.sources import references, snapshots
from generator.sources.agreement import across_sources
from generator.sources.fetch import plan
from tests.faults.conftest import FRIDAY, Place, make_place, small_report
from tests.loopback.replies import make_world
from tests.loopback.server import Loopback, body, status

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from generator.config import Config

RATES = ("eth_usd", "rut", "spx", "dgs2", "target_upper", "dfii10")
COMPARING = "[gate]\ncompare_sources = true\n"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Return the folder of a project that compares."""
    return make_place(tmp_path / "project", small_report(RATES, deadline=60) + COMPARING).folder


@pytest.fixture
def comparing(place: Path) -> Config:
    """Return its configuration."""
    return load_config(place / "report.toml")


def observed(values: list[float], source: str, symbol: str) -> Observed:
    """Return a 2-year yield on the last days of a week."""
    days = pd.bdate_range(end="2026-11-20", periods=len(values))
    series = pd.Series(values, index=days, dtype="float64")
    return Observed(series_id="dgs2", values=series, source=source, symbol=symbol, retrieved_at="", sha256="", terms="")


def compared(comparing: Config, mine: list[float], theirs: list[float], source: str = "treasury") -> Any:
    """Return the only check, or None."""
    used, beside = observed(mine, "fred", "DGS2"), observed(theirs, source, "2 Yr" if source != "fred" else "DGS2")
    found = across_sources({"dgs2": used}, {"dgs2": beside}, comparing)
    return found[0] if found else None


def test_the_same_values_pass(comparing: Config) -> None:
    """Rounding to a hundredth is no difference."""
    check = compared(comparing, [4.0, 4.01, 4.02], [4.0, 4.01, 4.024])
    assert check.passed
    assert check.sentence == "2-year Treasury yield: fred DGS2 and treasury 2 Yr differ on 0 days of 3."


def test_a_newest_day_that_differs_degrades(comparing: Config) -> None:
    """One of the two is wrong on the day that everyone reads."""
    check = compared(comparing, [4.0, 4.01, 4.02], [4.0, 4.01, 4.12])
    assert (check.passed, check.severity) == (False, "degrade")
    assert check.rows == ("2026-11-20: 4.02 and 4.12",)


def test_one_old_day_of_many_is_a_note_and_more_degrade(comparing: Config) -> None:
    """On 200 days two may differ: the share of the configuration, to the day."""
    same = [4.0] * 200
    two = [4.5, 4.5, *same[2:]]
    three = [4.5, 4.5, 4.5, *same[3:]]
    assert compared(comparing, same, two).severity == "note"
    assert compared(comparing, same, three).severity == "degrade"
    assert not compared(comparing, same, two).passed


def test_a_source_is_not_compared_with_itself(comparing: Config) -> None:
    """Where the first source failed, the series came from the second."""
    assert compared(comparing, [4.0], [5.0], source="fred") is None


def test_days_of_one_alone_are_no_comparison(comparing: Config) -> None:
    """Without a common day nothing is said."""
    used = observed([4.0], "fred", "DGS2")
    other = observed([5.0, 5.0], "treasury", "2 Yr")
    early = Observed(
        **{name: getattr(other, name) for name in other.__slots__ if name != "values"}, values=other.values.iloc[:1]
    )
    assert across_sources({"dgs2": used}, {"dgs2": early}, comparing) == []
    assert across_sources({}, {"dgs2": other}, comparing) == []


def test_only_rates_with_two_sources_have_a_reference(comparing: Config) -> None:
    """Prices have one source here, and a real yield has one; a year is asked for, after all else."""
    extended = references.with_references(comparing)
    assert [key for key in extended.series if references.series_of(key)] == ["target_upper.nyfed", "dgs2.treasury"]
    now = pd.Timestamp(FRIDAY).to_pydatetime()
    tasks = plan(extended, now)
    assert {t.series_id for t in tasks[-2:]} == {"target_upper.nyfed", "dgs2.treasury"}
    assert all(f"{t.places[0][1].start}" == "2025-11-21" for t in tasks[-2:])
    off = comparing.model_copy(update={"gate": comparing.gate.model_copy(update={"compare_sources": False})})
    assert references.with_references(off) is off


# ---------------------------------------------------------------------------------------------------- the command line


@pytest.fixture
def loopback(tmp_path: Path) -> Iterator[Loopback]:
    """Return the make-believe vendors."""
    with Loopback(make_world(), tmp_path) as server:
        yield server


@pytest.fixture
def project(place: Path, loopback: Loopback) -> Place:
    """Return the project, with them as its network."""
    return Place(place, loopback.environment)


def cross(project: Place) -> list[dict[str, Any]]:
    """Return what `check` found between sources."""
    return [item for item in project.check().json["findings"] if item["check"] == "cross-source"]


@pytest.mark.network
def test_both_sources_are_fetched_and_agree(project: Place, loopback: Loopback) -> None:
    """One fetch keeps both copies; two years of the Treasury are asked for, and nothing is found."""
    done = project.run("fetch")
    assert (done.code, done.err) == (0, "")
    assert "2-year Treasury yield, for comparison: " in done.out
    assert {"dgs2", "dgs2.treasury", "target_upper", "target_upper.nyfed"} <= set(snapshots.stored(project.store))
    asked = {found[1] for r in loopback.requests if (found := re.search(r"field_tdr_date_value=(\d+)", r))}
    assert asked == {"2025", "2026"}
    assert cross(project) == []


@pytest.mark.network
def test_a_source_that_differs_is_named(project: Place, loopback: Loopback) -> None:
    """FRED with one wrong value on its newest day: the rate is degraded, with the day and both values."""
    assert project.run("fetch").code == 0

    def wrong(text: bytes) -> bytes:
        head, _, last = text.rstrip().rpartition(b"\n")
        day, value = last.split(b",")
        return head + b"\n" + day + b"," + f"{float(value) + 0.25:.2f}".encode() + b"\n"

    loopback.fail("id=DGS2&", body(wrong))
    assert project.run("fetch", now="2026-11-21T02:00:00+00:00").code == 0
    found = cross(project)
    assert [(item["series"], item["severity"]) for item in found] == [("dgs2", "degrade")]
    assert "fred DGS2 and treasury 2 Yr differ on 1 day of" in found[0]["sentence"]
    assert project.check().code == 3


@pytest.mark.network
def test_a_second_source_that_is_down_is_no_fault(project: Place, loopback: Loopback) -> None:
    """Nothing rests on it: the fetch is complete, and says what did not answer."""
    loopback.fail("treasury.gov|newyorkfed", status(503))
    done = project.run("fetch")
    assert done.code == 0
    assert "2-year Treasury yield, for comparison: nothing; treasury: down" in done.out
    assert "Fetched 6 of 6 series" in done.out
    assert cross(project) == []


@pytest.mark.network
def test_a_first_source_that_is_down_leaves_nothing_to_compare(project: Place, loopback: Loopback) -> None:
    """The rate comes from its fallback, which is not compared with itself."""
    loopback.fail("stlouisfed", status(503))
    assert project.run("fetch").code == 3
    assert cross(project) == []
