"""The store under what a machine can do to it: two runs, a full or read-only disk, a wrong clock, an older format."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import textwrap
from typing import TYPE_CHECKING

import pytest

from tests.faults.conftest import ROOT, SERIES, THURSDAY, Place, degraded, listed, make_place, small_report, tree

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.loopback.server import Loopback

pytestmark = pytest.mark.network


# A disk that takes no byte more after the n-th call, whoever is asking: Python reads this file when it starts.
FULL = """
import errno, os, sys
left = int(os.environ["DISK_LEFT"])
code = getattr(errno, os.environ["DISK_ERROR"])
root = os.environ["DISK_ROOT"]

def hook(event, arguments):
    global left
    writes = event in {"os.rename", "os.mkdir", "os.remove"} or (
        event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR)
    )
    if not writes or not str(arguments[0]).startswith(root):
        return
    left -= 1
    if left < 0:
        raise OSError(code, os.strerror(code), arguments[0])

if "--multiprocessing-fork" not in sys.orig_argv:
    sys.addaudithook(hook)
"""


@pytest.fixture
def disk(tmp_path: Path) -> Path:
    """Return a folder that, on PYTHONPATH, makes a project's disk refuse to write after some calls."""
    folder = tmp_path / "disk"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(textwrap.dedent(FULL), encoding="utf-8")
    return folder


def variables(disk: Path, place: Place, error: str, left: int) -> dict[str, str]:
    """Return what the process finds in its environment."""
    return {
        "PYTHONPATH": f"{disk}{os.pathsep}{ROOT}",
        "DISK_LEFT": str(left),
        "DISK_ERROR": error,
        "DISK_ROOT": str(place.folder),
    }


@pytest.mark.parametrize(
    ("error", "left", "said"),
    [
        ("ENOSPC", 5, "the disk is full: free some space, then run again"),
        ("EDQUOT", 9, "the quota is used up: free some space, then run again"),
        ("EACCES", 2, "no permission: choose another place, or change its owner"),
    ],
)
def test_a_disk_that_refuses(recent: Place, disk: Path, error: str, left: int, said: str) -> None:
    """A fetch that cannot write ends in one line with advice; the store reads as before, the next fetch completes."""
    done = recent.run("fetch", variables=variables(disk, recent, error, left))
    assert done.code == 1
    assert done.line.startswith("tandem: store: ")
    assert done.line.endswith(said)
    assert recent.check().json["as_of"] == "2026-11-19"
    assert recent.run("fetch").code == 0
    assert recent.check().json == {"as_of": "2026-11-20", "data": "store", "findings": []}
    assert not [name for name in recent.files() if name.endswith(".tmp")]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Return a real file system of 256 kB in memory; skipped where this user may not mount one."""
    folder = tmp_path / "small"
    folder.mkdir()
    mount, umount = shutil.which("mount") or "mount", shutil.which("umount") or "umount"
    options = ("-t", "tmpfs", "-o", "size=256k", "tmpfs", str(folder))
    try:
        subprocess.run([mount, *options], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("this user may not mount a file system")
    try:
        yield folder
    finally:
        subprocess.run([umount, "-l", str(folder)], check=True)


def test_a_disk_that_is_really_full(small_disk: Path, loopback: Loopback) -> None:
    """On a file system of 256 kB: one line, no half file, and what fitted can be read."""
    place = make_place(small_disk / "project", small_report())
    place.environment = loopback.environment
    done = place.run("fetch")
    assert done.code == 1
    assert done.line.startswith("tandem: store: ")
    assert done.line.endswith("(No space left on device); the disk is full: free some space, then run again")
    assert not [name for name in place.files() if name.endswith(".tmp")]
    assert "Traceback" not in place.check().err


def test_a_store_that_is_really_read_only(small_disk: Path, stores: Callable[..., Path], loopback: Loopback) -> None:
    """A read-only file system can be checked and built from; a fetch says in one line that it cannot write."""
    mount = shutil.which("mount") or "mount"
    subprocess.run([mount, "-o", "remount,size=8m", str(small_disk)], check=True)
    place = make_place(small_disk / "project", small_report())
    place.environment = loopback.environment
    shutil.copytree(stores(SERIES, THURSDAY), place.store)
    subprocess.run([mount, "-o", "remount,ro", str(small_disk)], check=True)
    before = tree(small_disk)
    done = place.run("fetch")
    assert (done.code, done.line.rpartition("; ")[2]) == (1, "the place is read-only: choose another one")
    assert place.check().json["as_of"] == "2026-11-19"
    assert tree(small_disk) == before


@pytest.mark.parametrize("now", ["2016-01-01T00:00:00+00:00", "2026-11-10T00:00:00+00:00"])
def test_a_clock_that_is_behind(recent: Place, now: str) -> None:
    """What was stored "later" is not used, and the line says why; nothing of the old site changes."""
    line = recent.refused("--data", "store", now=now)
    assert line.startswith("tandem: store: no usable snapshot of Ether, Russell 2000 (eth_usd/")
    assert ": retrieved at 2026-11-20 01:00:00+00:00, which lies after " in line


def test_a_clock_that_is_ahead(recent: Place) -> None:
    """A year ahead, everything is stale and says so; nothing is made up."""
    done = recent.check(now="2027-11-22T12:00:00+00:00")
    assert done.code == 3
    assert {"eth_usd", "rut", "spx"} <= degraded(done)
    assert done.json["as_of"] == "2026-11-19"


def test_two_fetches_on_one_store(recent: Place) -> None:
    """Two that start together: both end, neither with a traceback, and the store holds one copy of each reply."""
    with recent.start("fetch") as one, recent.start("fetch") as other:
        ends = [process.communicate(timeout=120) for process in (one, other)]
    assert sorted((one.returncode, other.returncode)) in ([0, 0], [0, 1])
    for _, err in ends:
        assert err == "" or err.count("\n") == 1
    names = [name for name in recent.files() if name.endswith(".json")]
    assert len(names) == len(set(names)) == 2 * len(SERIES)
    assert recent.check().json == {"as_of": "2026-11-20", "data": "store", "findings": []}


def test_two_builds_in_one_folder(recent: Place) -> None:
    """While one build holds the pages, another ends in one line, and the old site stays."""
    import fcntl  # noqa: PLC0415 - not on every system

    (recent.folder / "site_src").mkdir()
    with (recent.folder / "site_src" / ".lock").open("w", encoding="utf-8") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        line = recent.refused()
    assert line == "tandem: site: another run is writing to it; wait until it has ended, then run again"


# ------------------------------------------------------------------------------------------------------ formats


def sidecars(place: Place, series: str = "rut") -> list[Path]:
    """Return the sidecars of a series, oldest first."""
    return sorted((place.store / "snapshots" / series).glob("*.json"))


def rewrite(path: Path, version: int) -> None:
    """Write a sidecar as another version of the program would have."""
    body = json.loads(path.read_text(encoding="utf-8"))
    body["format_version"] = version
    if version == 1:
        del body["program"]
    path.write_text(json.dumps(body), encoding="utf-8")


def test_a_store_of_an_older_program_is_read(recent: Place) -> None:
    """Version 1 kept no program: the same findings come out of it, and its files stay as they are."""
    assert recent.run("fetch").code == 0
    command = ("explain", "correlation.pearson.daily.63", "--data", "store", "--json")
    now = recent.run(*command)
    assert json.loads(sidecars(recent)[-1].read_text(encoding="utf-8"))["program"]
    for series in SERIES:
        for path in sidecars(recent, series):
            rewrite(path, 1)
    before = recent.files()
    then = recent.run(*command)
    assert (then.code, then.out) == (0, now.out)
    assert recent.check().json["findings"] == []
    assert recent.files() == before


def test_a_store_of_a_newer_program_is_named(recent: Place) -> None:
    """A sidecar of a version to come is passed over by name; the copy before it serves."""
    assert recent.run("fetch").code == 0
    newest = sidecars(recent)[-1]
    rewrite(newest, 3)
    done = recent.check()
    assert (done.code, done.json["as_of"]) == (0, "2026-11-19")
    (sentence,) = listed(done, "store", "rut")
    assert sentence.startswith(f"1 stored copy passed over: {newest.name}: the sidecar is of format 3, which a newer ")


def test_an_altered_copy_is_named_and_passed_over(recent: Place) -> None:
    """One flipped byte in the newest copy: it is not used, it is named, and the copy before it serves."""
    assert recent.run("fetch").code == 0
    body = max((recent.store / "snapshots" / "rut").glob("*.csv"))
    raw = bytearray(body.read_bytes())
    raw[-20] ^= 1
    body.write_bytes(bytes(raw))
    done = recent.check()
    assert (done.code, done.json["as_of"]) == (0, "2026-11-19")
    assert listed(done, "store", "rut") == [
        f"1 stored copy passed over: {body.name}: the bytes are not those that were stored (checksum differs)."
    ]
