"""`tandem fetch` as a user runs it, with the shipped configuration, against the loopback world."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from generator import analysis, pipeline
from generator.config import load_config
from generator.expectations import Futures
from generator.panel import Panel
from generator.project import Project
from generator.sources import snapshots
from tests.loopback.server import HOSTS, Loopback, manner, status

if TYPE_CHECKING:
    from tests.loopback.replies import World

pytestmark = pytest.mark.network

ROOT = Path(__file__).parents[2]
NOW = "2026-11-21T01:00:00+00:00"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a folder with the shipped configuration and nothing else."""
    folder = tmp_path / "project"
    folder.mkdir()
    shutil.copy2(ROOT / "report.toml", folder)
    return folder


@pytest.fixture
def quick_project(project: Path) -> Path:
    """Return the same with one rate instead of seven and a deadline of ten seconds."""
    place = project / "report.toml"
    blocks = re.split(r"(?m)^(?=\[)", place.read_text(encoding="utf-8"))
    dropped = tuple(f"[series.{name}]" for name in ("dff", "target_lower", "target_upper", "dgs3mo", "dgs10", "dfii10"))
    text = "".join(block for block in blocks if not block.startswith(dropped))
    place.write_text(re.sub(r"fetch_deadline_seconds = \d+", "fetch_deadline_seconds = 10", text), encoding="utf-8")
    return project


def start(project: Path, loopback: Loopback, *arguments: str) -> subprocess.Popen[str]:
    """Start the command line in a process of its own; the loopback world is its whole network."""
    environment = {**os.environ, **loopback.environment, "PYTHONPATH": str(ROOT), "TANDEM_NOW": NOW}
    return subprocess.Popen(
        [sys.executable, "-m", "generator", *arguments],
        cwd=project,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )


def run(project: Path, loopback: Loopback, *arguments: str) -> tuple[int, str, str]:
    """Return exit code, output and errors of a finished command."""
    process = start(project, loopback, *arguments)
    out, err = process.communicate(timeout=120)
    return process.returncode, out, err


def test_whole_configuration_is_fetched_and_equals_the_users_own_files(
    loopback: Loopback, world: World, project: Path
) -> None:
    """Every shipped series arrives; a build from the store sees the very numbers of a build from the same CSV.

    So do the futures contracts that are listed; a month that is not listed yet is no fault and costs few requests.
    """
    code, out, err = run(project, loopback, "fetch", "--json")
    report = json.loads(out)
    assert (code, err) == (0, "")
    assert [key for key, line in report["series"].items() if not line["ok"]] == ["zq_2027_12"]
    assert report["series"]["zq_2027_12"]["absent"] is True
    assert report["series"]["zq_2026_12"]["symbol"] == "ZQZ26.CBT"
    assert loopback.hosts <= set(HOSTS)
    assert len(loopback.asked("chart/ZQ")) <= 2 * 15
    assert len(loopback.asked("chart/ZQZ27")) <= 2
    world.write_csv(project / "own")
    config, place = load_config(project / "report.toml"), Project(root=project)
    now = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)
    stored = pipeline.load(config, place, "store", None, now)
    own = pipeline.load(config, place, str(project / "own"), None, now)
    assert stored.as_of == own.as_of == date(2026, 11, 20)
    assert pipeline.data_sha256(stored.observed) == pipeline.data_sha256(own.observed)
    quick = config.model_copy(update={"run": config.run.model_copy(update={"reps": 99})})
    found = [
        analysis.analyse_pair(
            quick,
            quick.featured,
            Panel(loaded.observed, quick, loaded.as_of, loaded.expectations),
            loaded.kind,
            draw=False,
        ).numbers
        for loaded in (stored, own)
    ]
    futures = [loaded.expectations.futures for loaded in (stored, own)]
    assert isinstance(futures[0], Futures)
    assert isinstance(futures[1], Futures)
    pd.testing.assert_frame_equal(futures[0].closes, futures[1].closes, check_freq=False)
    assert (futures[0].source, futures[0].symbol) == ("yahoo", "ZQV26.CBT to ZQX27.CBT")
    assert futures[0].retrieved_at.startswith("2026-11-21")
    assert {key: number.as_json() for key, number in found[0].items()} == {
        key: number.as_json() for key, number in found[1].items()
    }


def test_rate_limited_run_says_so_and_keeps_what_it_has(loopback: Loopback, project: Path) -> None:
    """Exit 3 and the cause in plain words; rates are there; nobody speaks of delisting; no traceback."""
    loopback.fail("chart/", status(429, b"Too Many Requests", "text/plain"))
    code, out, err = run(project, loopback, "fetch")
    assert (code, err) == (3, "")
    assert "Ether: nothing; yahoo: rate limited (query2.finance.yahoo.com" in out
    assert "2-year Treasury yield: 722 rows to 2026-11-20 from fred DGS2" in out
    assert "delisted" not in out
    assert "Traceback" not in out


def test_two_runs_at_once_do_not_mix(loopback: Loopback, quick_project: Path) -> None:
    """While a slow run holds the store a second one waits, says so in one line and ends with 1; the first is whole."""
    loopback.fail("id=DGS2&", manner("hang"))
    first = start(quick_project, loopback, "fetch", "--json")
    try:
        until = time.monotonic() + 60
        while not loopback.asked("id=DGS2&") and time.monotonic() < until:
            time.sleep(0.05)
        code, _, err = run(quick_project, loopback, "fetch")
        assert code == 1
        assert err.strip().endswith("store: another run is writing to it; wait until it has ended, then run again")
        assert err.count("\n") == 1
        first.communicate(timeout=120)
    finally:
        first.kill()
        first.communicate()
    config = load_config(quick_project / "report.toml")
    reading = snapshots.read(quick_project / "store", config, date(2026, 11, 20))
    assert reading.problems == ()
    assert set(config.series) - set(reading.latest) <= {"dgs2"}


def test_killed_run_leaves_no_process_and_a_store_that_verifies(loopback: Loopback, quick_project: Path) -> None:
    """SIGKILL in the middle: the network process ends by itself, what was stored reads well, the next run completes."""
    loopback.fail("chart/IWM", manner("hang"), times=1)
    process = start(quick_project, loopback, "fetch")
    until = time.monotonic() + 60
    while not loopback.asked("chart/IWM") and time.monotonic() < until:
        time.sleep(0.05)
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text(encoding="ascii").split()
    process.send_signal(signal.SIGKILL)
    process.communicate()
    while any(Path(f"/proc/{child}").exists() for child in children) and time.monotonic() < until:
        time.sleep(0.05)
    assert [child for child in children if Path(f"/proc/{child}").exists()] == []
    config = load_config(quick_project / "report.toml")
    reading = snapshots.read(quick_project / "store", config, date(2026, 11, 20))
    assert reading.problems == ()
    assert "eth_usd" in reading.latest
    code, _, err = run(quick_project, loopback, "fetch")
    assert (code, err) == (0, "")
