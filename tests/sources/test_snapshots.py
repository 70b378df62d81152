"""The store: what is written is read again, what is spoilt is named and passed over, and nothing is lost."""

from __future__ import annotations

import datetime as dt
import errno
import json
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generator import __version__
from generator.errors import DataError
from generator.sources import Raw, Request, snapshots
from generator.sources.atomic import locked, write_atomic
from tests.sources.conftest import small_config

if TYPE_CHECKING:
    from collections.abc import Callable

    from generator.panel import Observed

CONFIG = small_config(("eth_usd", "rut", "spx"))
NOON = dt.datetime(2026, 11, 20, 12, 0, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
AS_OF = dt.date(2026, 11, 20)
OLD = b"observation_date,DGS2\n2026-11-12,3.51\n2026-11-13,3.55\n"
NEW = OLD + b"2026-11-16,3.60\n"


def request(symbol: str = "DGS2") -> Request:
    """Return the request behind the replies."""
    return Request(
        series_id="dgs2",
        symbol=symbol,
        currency=None,
        frequency="daily",
        start=dt.date(2020, 1, 1),
        end=dt.datetime(2026, 11, 21, tzinfo=dt.UTC),
    )


def save(store: Path, body: bytes, when: dt.datetime = NOON, symbol: str = "DGS2") -> snapshots.Saved:
    """Store a reply of FRED."""
    with locked(store):
        return snapshots.save(store, request(symbol), Raw(body=body, address="https://fred"), "fred", when)


def values(observed: dict[str, Observed]) -> dict[str, float] | None:
    """Return the series by date, None where there is none."""
    item = observed.get("dgs2")
    return None if item is None else {f"{day:%Y-%m-%d}": value for day, value in item.values.items()}


OLD_VALUES = {"2026-11-12": 3.51, "2026-11-13": 3.55}
NEW_VALUES = {**OLD_VALUES, "2026-11-16": 3.6}


def test_reply_is_kept_as_it_came_with_its_origin(tmp_path: Path) -> None:
    """The bytes are the vendor's; the sidecar names source, address, time, hash, terms and version; nothing else."""
    saved = save(tmp_path, NEW)
    assert saved.new
    assert saved.snapshot.body.read_bytes() == NEW
    assert re.fullmatch(r"20261120T120000Z-[0-9a-f]{8}\.csv", saved.snapshot.body.name)
    sidecar = json.loads(saved.snapshot.sidecar.read_text())
    assert (sidecar["format_version"], sidecar["program"]) == (2, __version__)
    assert sidecar["source"] == "fred"
    assert sidecar["address"] == "https://fred"
    assert sidecar["retrieved_at"] == "2026-11-20T12:00:00Z"
    assert sidecar["terms"].startswith("FRED")
    item = snapshots.latest(tmp_path, CONFIG, AS_OF)["dgs2"]
    assert values({"dgs2": item}) == NEW_VALUES
    assert (item.sha256, item.retrieved_at) == (sidecar["sha256"], "2026-11-20T12:00:00+00:00")
    assert sorted(p.name for p in tmp_path.iterdir()) == [".lock", "snapshots"]


def test_newest_and_the_one_before_are_told_apart(tmp_path: Path) -> None:
    """The latest is the newest by retrieval, the previous the one before with other bytes."""
    save(tmp_path, NEW)
    save(tmp_path, OLD, NOON - DAY)
    assert not save(tmp_path, NEW, NOON + DAY).new
    reading = snapshots.read(tmp_path, CONFIG, AS_OF)
    assert values(reading.latest) == NEW_VALUES
    assert values(reading.previous) == OLD_VALUES
    assert reading.problems == ()


def test_only_what_was_known_is_looked_at(tmp_path: Path) -> None:
    """`known_at` leaves later retrievals out, and says so; a day before the first value finds nothing."""
    save(tmp_path, OLD, NOON - DAY)
    save(tmp_path, NEW, NOON)
    reading = snapshots.read(tmp_path, CONFIG, AS_OF, known_at=NOON - dt.timedelta(hours=1))
    assert values(reading.latest) == OLD_VALUES
    assert "which lies after" in reading.problems[0]
    assert values(snapshots.latest(tmp_path, CONFIG, dt.date(2026, 11, 11))) is None


def test_another_symbol_or_a_rejected_reply_is_not_used(tmp_path: Path) -> None:
    """A change of the configuration and a rejection both bring back the older snapshot; accepting undoes it."""
    save(tmp_path, OLD, NOON - DAY)
    save(tmp_path, NEW.replace(b"DGS2", b"DGS1"), NOON, "DGS1")
    assert values(snapshots.latest(tmp_path, CONFIG, AS_OF)) == OLD_VALUES
    newest = save(tmp_path, NEW, NOON + DAY).snapshot
    assert values(snapshots.latest(tmp_path, CONFIG, AS_OF)) == NEW_VALUES
    snapshots.reject(newest, "The level shifts.")
    assert values(snapshots.latest(tmp_path, CONFIG, AS_OF)) == OLD_VALUES
    newest.marker.unlink()
    assert values(snapshots.latest(tmp_path, CONFIG, AS_OF)) == NEW_VALUES


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_spoilt_files_never_give_a_wrong_number(tmp_path: Path, data: st.DataObject) -> None:
    """Any file of the newest snapshot cut, changed or gone: the older values or the right ones, the fault named."""
    store = tmp_path / str(len(list(tmp_path.iterdir())))
    save(store, OLD, NOON - DAY)
    newest = save(store, NEW, NOON).snapshot
    target = data.draw(st.sampled_from((newest.body, newest.sidecar)))
    content = target.read_bytes()
    at = data.draw(st.integers(0, len(content) - 1))
    kind = data.draw(st.sampled_from(("cut", "flip", "gone", "noise", "folder")))
    if kind in {"gone", "folder"}:
        target.unlink()
        if kind == "folder":
            target.mkdir()
    else:
        flipped = content[:at] + bytes([content[at] ^ data.draw(st.integers(1, 255))]) + content[at + 1 :]
        target.write_bytes({"cut": content[:at], "flip": flipped, "noise": data.draw(st.binary(max_size=50))}[kind])
    reading = snapshots.read(store, CONFIG, AS_OF)
    got = values(reading.latest)
    assert got in (OLD_VALUES, NEW_VALUES)
    if target == newest.body:
        assert got == OLD_VALUES
        assert reading.problems[0].startswith(f"dgs2/{newest.body.name}: ")
    assert all("\n" not in problem for problem in reading.problems)


class Filling:
    """A disk that takes `left` more steps and is full then."""

    def __init__(self, left: int) -> None:
        self.left = left

    def after(self, call: Callable[..., object]) -> Callable[..., object]:
        """Return `call` as long as there is room."""

        def limited(*arguments: object) -> object:
            if self.left == 0:
                raise OSError(errno.ENOSPC, "No space left on device")
            self.left -= 1
            return call(*arguments)

        return limited


# Two files, each flushed, renamed and its folder flushed.
@pytest.mark.parametrize("step", range(6))
def test_failure_at_any_step_leaves_the_old_or_the_new(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    """The disk fills up at each flush and each renaming in turn: one readable line, and no half snapshot."""
    save(tmp_path, OLD, NOON - DAY)
    disk = Filling(step)
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", disk.after(os.fsync))
        patch.setattr(Path, "replace", disk.after(Path.replace))
        message = "store: dgs2 cannot be written (No space left on device); the disk is full: free some space"
        with pytest.raises(DataError, match=re.escape(message)):
            save(tmp_path, NEW)
    assert values(snapshots.latest(tmp_path, CONFIG, AS_OF)) in (OLD_VALUES, NEW_VALUES)
    assert not list(tmp_path.rglob("*.tmp"))
    save(tmp_path, NEW)
    assert values(snapshots.latest(tmp_path, CONFIG, AS_OF)) == NEW_VALUES


def test_writing_a_snapshot_takes_six_steps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The list of steps above is complete: with room for them all the snapshot is there."""
    disk = Filling(6)
    monkeypatch.setattr(os, "fsync", disk.after(os.fsync))
    monkeypatch.setattr(Path, "replace", disk.after(Path.replace))
    assert save(tmp_path, NEW).new
    assert disk.left == 0


def test_remains_of_a_killed_run_are_cleared_by_the_next(tmp_path: Path) -> None:
    """A half-written file and a reply without its sidecar count for nothing and do not stay."""
    old = save(tmp_path, OLD, NOON - DAY).snapshot
    folder = old.body.parent
    (folder / ".20261120T110000Z-00000000.csv.tmp").write_bytes(NEW[:20])
    (folder / "20261120T110000Z-00000000.csv").write_bytes(NEW)
    assert values(snapshots.latest(tmp_path, CONFIG, AS_OF)) == OLD_VALUES
    new = save(tmp_path, NEW).snapshot
    kept = {p.name for snapshot in (old, new) for p in (snapshot.body, snapshot.sidecar)}
    assert {p.name for p in folder.iterdir()} == kept


def test_second_run_is_told_to_wait(tmp_path: Path) -> None:
    """While one run writes, another one ends in one line; afterwards it may go on."""
    with (
        locked(tmp_path),
        pytest.raises(DataError, match="another run is writing to it; wait until it has ended"),
        locked(tmp_path, wait_seconds=0.15),
    ):
        pytest.fail("two runs hold the store")
    with locked(tmp_path, wait_seconds=0.15):
        pass


def test_atomic_write_replaces_whole_files(tmp_path: Path) -> None:
    """The name stands for the old content or the new one; nothing else is left in the folder."""
    place = tmp_path / "x.json"
    write_atomic(place, b"old")
    write_atomic(place, b"new")
    assert place.read_bytes() == b"new"
    assert [p.name for p in tmp_path.iterdir()] == ["x.json"]


def test_empty_store_holds_nothing(tmp_path: Path) -> None:
    """A store that was never written is no error."""
    assert snapshots.read(tmp_path / "none", CONFIG, AS_OF) == snapshots.Reading(latest={}, previous={}, problems=())
