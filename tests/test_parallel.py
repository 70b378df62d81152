"""Results are the same whoever computes them, and no process outlives the one that started it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pytest

from generator.editions.making import Content, Made, NotMade
from generator.editions.manifest import BACKFILLED, Manifest
from generator.errors import BuildError
from generator.parallel import BATCHES_PER_JOB, FEW, _batches, spread

ROOT = Path(__file__).parents[1]
DAYS = [date(2025, 10, 7) + timedelta(days=i) for i in range(5)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """Makes small editions, and dies or refuses on chosen days."""

    dies_on: date | None = None
    refuses: date | None = None

    def __call__(self, day: date) -> Made:
        """Return an edition that holds its day."""
        if day == self.dies_on:
            os._exit(7)
        if day == self.refuses:
            return NotMade(as_of=day, reason="no price")
        manifest = Manifest(
            as_of=day,
            revision=1,
            data="sample",
            made=BACKFILLED,
            occasions=(),
            data_sha256="0" * 64,
            series={},
            code_version="0.0.0+test",
            pairs={},
        )
        return Content(manifest=manifest, files={"index.md": str(day).encode()})


def made(work: Work, jobs: int) -> dict[date, Made]:
    """Return every edition by its day."""
    return dict(spread(work, DAYS, jobs=jobs))


def test_the_number_of_processes_changes_nothing() -> None:
    """One process and three give the same editions, and say the same about those that cannot be made."""
    work = Work(refuses=DAYS[2])
    alone = made(work, 1)
    assert list(alone) == DAYS
    assert alone[DAYS[2]] == NotMade(as_of=DAYS[2], reason="no price")
    assert made(work, 3) == alone


@pytest.mark.parametrize("workers", [1, 2, 7])
@pytest.mark.parametrize(("items", "alone"), [(0, 0), (3, 3), (70, 2), (1000, 5), (64, 0)])
def test_batches_hold_every_item_once_and_what_takes_long_alone(items: int, alone: int, workers: int) -> None:
    """All items in order; no process is given a long one and others after it."""
    batches = _batches(range(items), workers, alone)
    assert [item for batch in batches for item in batch] == list(range(items))
    assert [list(batch) for batch in batches[:alone]] == [[item] for item in range(alone)]
    assert max(map(len, batches), default=1) <= max(1, items)
    assert len(batches) <= alone + max(FEW, workers * BATCHES_PER_JOB)


def test_a_process_that_was_ended_is_said_in_one_line() -> None:
    """The run stops with advice where a process disappears, and does not wait for it for ever."""
    with pytest.raises(BuildError, match=r"ended from outside.*--jobs 1"):
        made(Work(dies_on=DAYS[1]), 2)


FATAL = """
import os, sys
from datetime import date
sys.path[:0] = [sys.argv[1]]
from generator.parallel import spread
from generator.errors import BuildError
from generator.parallel import spread

class Fatal:
    def __reduce__(self):
        return _end, (7, b"x" * 10_000_000)

def _end(code, _payload):
    os._exit(code)

if __name__ == "__main__":
    try:
        list(spread(Fatal(), [date(2025, 10, 7), date(2025, 10, 8)], jobs=2))
    except BuildError as error:
        print(error)
"""


def test_a_process_that_dies_while_it_starts_is_not_waited_for(tmp_path: Path) -> None:
    """However much a process is given, one that dies before it has read it ends the run with the same advice."""
    (tmp_path / "fatal.py").write_text(FATAL, encoding="utf-8")
    ended = subprocess.run(
        [sys.executable, tmp_path / "fatal.py", ROOT], capture_output=True, text=True, timeout=120, check=False
    )
    assert (ended.returncode, "run again with --jobs 1" in ended.stdout) == (0, True), ended.stderr


ORPHANED = """
import os, sys, time
from datetime import date
from pathlib import Path
sys.path[:0] = [sys.argv[1], sys.argv[2]]
from generator.parallel import spread
from waiting import wait

if __name__ == "__main__":
    list(spread(wait, [date(2025, 10, 7), date(2025, 10, 8)], jobs=2))
"""
WAITING = """
import os, time
from pathlib import Path

def wait(day):
    Path(__file__).with_name(f"{os.getpid()}.pid").touch()
    time.sleep(600)
"""


def alive(pid: int) -> bool:
    """Return whether a process runs."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc to look at processes")
def test_no_process_outlives_a_killed_run(tmp_path: Path) -> None:
    """A run that is killed outright takes its processes with it, whatever they are doing."""
    (tmp_path / "orphaned.py").write_text(ORPHANED, encoding="utf-8")
    (tmp_path / "waiting.py").write_text(WAITING, encoding="utf-8")
    run = subprocess.Popen(
        [sys.executable, tmp_path / "orphaned.py", ROOT, tmp_path],
        env={**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT), str(tmp_path)))},
    )
    until = time.monotonic() + 60
    while len(list(tmp_path.glob("*.pid"))) < 2 and time.monotonic() < until:
        time.sleep(0.1)
    workers = [int(path.stem) for path in tmp_path.glob("*.pid")]
    assert len(workers) == 2
    run.send_signal(signal.SIGKILL)
    run.wait()
    while any(map(alive, workers)) and time.monotonic() < until:
        time.sleep(0.1)
    assert not any(map(alive, workers))
