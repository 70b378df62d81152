"""A run says what it changes, and stops at a step nobody can explain."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from generator.errors import BuildError, TandemError
from generator.publishing import __main__ as steps
from generator.publishing.summary import compare, markdown, previous, read_published, record_name, write_record

NUMBER = "correlation.pearson.daily.252"


def findings(value: float = 0.45, as_of: str = "2025-10-07", **changes: object) -> dict[str, Any]:
    """Return the findings of one pair with one headline number."""
    number = {"value": value, "lower": value - 0.1, "upper": value + 0.1, "nobs": 252}
    body = {
        "as_of": as_of,
        "data": "store",
        "degraded": [],
        "data_sha256": "ab" * 32,
        "code_version": "0.1.0+c0de",
        "numbers": {NUMBER: number, "fomc.events": {"value": 3, "lower": None, "nobs": 3}},
        "verdicts": {"near-perfect": {"verdict": "Contradicted"}},
    }
    return {**body, **changes}


def published(tmp_path: Path, body: dict[str, Any]) -> dict[str, Any]:
    """Write a site with these findings and read it back."""
    path = tmp_path / "site" / "data" / "eth-russell-2000" / "findings.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(body), encoding="utf-8")
    return read_published(tmp_path / "site")


def jumps(tmp_path: Path, before: dict[str, Any], now: dict[str, Any]) -> list[str]:
    """Return the reasons against the step from one build to the next."""
    earlier = published(tmp_path, before)
    return [row.jump for row in compare(published(tmp_path, now), earlier) if row.jump]


def test_old_and_new_stand_side_by_side(tmp_path: Path) -> None:
    """The summary shows each headline number with interval and n, before and now, and each verdict."""
    earlier = published(tmp_path, findings(0.45))
    now = published(tmp_path, findings(0.47, "2025-10-08", verdicts={"near-perfect": {"verdict": "Not supported"}}))
    text = markdown(now, compare(now, earlier))
    assert (
        f"| eth-russell-2000 | {NUMBER} | 0.45 (0.35 to 0.55, n = 252) | 0.47 (0.37 to 0.57, n = 252) | changed |"
        in text
    )
    assert "| eth-russell-2000 | verdict: near-perfect | Contradicted | Not supported | changed |" in text
    assert "fomc.events" not in text


def test_a_credible_step_passes(tmp_path: Path) -> None:
    """A new value inside the old interval, a first run, and a long pause are not jumps."""
    assert jumps(tmp_path, findings(0.45), findings(0.50, "2025-10-08")) == []
    assert jumps(tmp_path, findings(0.45), findings(0.80, "2025-11-08")) == []
    first = published(tmp_path, findings(0.45))
    assert [row.jump for row in compare(first, None)] == ["", ""]


def test_a_leap_within_days_is_a_jump(tmp_path: Path) -> None:
    """A value outside its interval of the day before needs an explanation."""
    assert jumps(tmp_path, findings(0.45), findings(0.60, "2025-10-08")) == ["outside the interval of 1 days before"]


def test_another_number_from_the_same_input_is_a_jump(tmp_path: Path) -> None:
    """Same data and same code must give the same number to the last digit."""
    assert jumps(tmp_path, findings(0.45), findings(0.45 + 1e-9)) == ["same data and code, another number"]


def test_a_number_that_went_missing_is_shown(tmp_path: Path) -> None:
    """A number that can no longer be computed shows its reason and is no jump."""
    gone = findings(numbers={NUMBER: {"unavailable": "no | data"}})
    earlier = published(tmp_path, findings())
    now = published(tmp_path, gone)
    rows = compare(now, earlier)
    assert rows[0].now == "not available: no | data"
    assert "no &#124; data" in markdown(now, rows)


def test_records_are_compared_with_their_own_kind(tmp_path: Path) -> None:
    """The record before is the newest one of the same kind: simulated data is never compared with real data."""
    store = tmp_path / "store"
    for as_of, kind in (("2025-10-03", "store"), ("2025-10-06", "store"), ("2025-10-07", "sample")):
        write_record(store, published(tmp_path, findings(as_of=as_of, data=kind)))
    before = previous(store, published(tmp_path, findings(as_of="2025-10-08")))
    assert before is not None
    assert before["as_of"] == "2025-10-06"
    assert previous(store, published(tmp_path, findings(as_of="2025-10-02"))) is None


def test_the_same_run_twice_is_one_record(tmp_path: Path) -> None:
    """Data and code name the record, so a repeated run adds nothing to the branch."""
    now = published(tmp_path, findings())
    assert write_record(tmp_path / "store", now).name == record_name(now)
    write_record(tmp_path / "store", now)
    assert len(list((tmp_path / "store" / "published").iterdir())) == 1


def test_a_site_without_findings_is_refused(tmp_path: Path) -> None:
    """An incomplete site cannot be summed up, and so is not published."""
    (tmp_path / "site").mkdir()
    with pytest.raises(BuildError, match=r"holds no findings\.json"):
        read_published(tmp_path / "site")
    with pytest.raises(BuildError, match=r"findings\.json of eth-russell-2000: cannot be read"):
        published(tmp_path, {"as_of": "2025-10-07"})


def test_a_jump_stops_the_run_until_accepted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The step ends in one line and leaves no record; with accept_jump it goes on and the runner shows the table."""
    monkeypatch.chdir(tmp_path)
    write_record(Path("store"), published(tmp_path, findings(0.45)))
    published(tmp_path, findings(0.80, "2025-10-08"))
    with pytest.raises(TandemError, match="nothing was published; look at the data, then run again with accept_jump"):
        steps._summary({})
    assert len(list(Path("store/published").iterdir())) == 1
    steps._summary({"ACCEPT_JUMP": "true", "GITHUB_STEP_SUMMARY": "summary.md"})
    assert len(list(Path("store/published").iterdir())) == 2
    assert "outside the interval of 1 days before" in Path("summary.md").read_text(encoding="utf-8")
