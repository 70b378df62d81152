"""The data branch only grows, survives a race, and is never mistaken for missing."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from generator.errors import DataError
from generator.publishing.branch import DataBranch
from generator.publishing.git import Git

if TYPE_CHECKING:
    from pathlib import Path


def git(folder: Path, *arguments: str) -> str:
    """Run git and return what it printed."""
    done = subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True, text=True)  # noqa: S607 - the git under test
    return done.stdout.strip()


def clone(bare: Path, folder: Path) -> DataBranch:
    """Return a run's view: its own clone with its own store."""
    folder.mkdir()
    git(folder, "init", "--quiet")
    git(folder, "remote", "add", "origin", str(bare))
    return DataBranch(git=Git(root=folder), store=folder / "store", remote="origin", branch="data")


def put(run: DataBranch, name: str, text: str) -> None:
    """Write a file into the store of a run."""
    path = run.store / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def files(run: DataBranch) -> dict[str, str]:
    """Return the files of a run's store."""
    return {
        path.relative_to(run.store).as_posix(): path.read_text(encoding="utf-8")
        for path in run.store.rglob("*")
        if path.is_file()
    }


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """Return an empty remote."""
    folder = tmp_path / "remote.git"
    folder.mkdir()
    git(folder, "init", "--quiet", "--bare")
    return folder


def test_what_is_recorded_is_restored(tmp_path: Path, bare: Path) -> None:
    """A store comes back byte for byte in another clone, without its lock and unfinished files."""
    first = clone(bare, tmp_path / "one")
    assert first.restore() is None
    put(first, "snapshots/eth_usd/2025-10-07.csv", "date,close\r\n2025-10-07,1\r\n")
    put(first, "editions/2025-10-07/a b.json", "{}\n")
    kept = files(first)
    put(first, ".lock", "")
    put(first, "snapshots/eth_usd/.half.csv.tmp", "date,cl")
    first.record("first")
    second = clone(bare, tmp_path / "two")
    assert second.restore() == git(bare, "rev-parse", "data")
    assert files(second) == kept
    assert (second.store / "snapshots/eth_usd/2025-10-07.csv").read_bytes() == b"date,close\r\n2025-10-07,1\r\n"


def test_nothing_new_is_no_commit(tmp_path: Path, bare: Path) -> None:
    """The same store twice leaves one commit."""
    run = clone(bare, tmp_path / "one")
    put(run, "a.csv", "1")
    assert run.record("first")
    assert run.record("again") is None
    assert git(bare, "rev-list", "--count", "data") == "1"


def test_a_lost_file_stays_on_the_branch(tmp_path: Path, bare: Path) -> None:
    """A store that lacks what the branch has removes nothing there."""
    run = clone(bare, tmp_path / "one")
    put(run, "old.csv", "1")
    run.record("first")
    (run.store / "old.csv").unlink()
    put(run, "new.csv", "2")
    run.record("second")
    assert git(bare, "ls-tree", "-r", "--name-only", "data").split() == ["new.csv", "old.csv"]


def test_two_runs_at_once_keep_both(tmp_path: Path, bare: Path) -> None:
    """The run that comes second is put on top of the first; neither loses a file, and history is a line."""
    first, second = clone(bare, tmp_path / "one"), clone(bare, tmp_path / "two")
    put(first, "common.csv", "0")
    first.record("start")
    second.restore()
    put(first, "snapshots/a.csv", "1")
    put(second, "snapshots/b.csv", "2")
    first.record("one")
    second.record("two")
    third = clone(bare, tmp_path / "three")
    third.restore()
    assert files(third) == {"common.csv": "0", "snapshots/a.csv": "1", "snapshots/b.csv": "2"}
    assert git(bare, "log", "--format=%s", "data").split() == ["two", "one", "start"]


def test_a_rejected_push_is_sent_again(tmp_path: Path, bare: Path) -> None:
    """A remote that refuses twice gets the commit the third time."""
    hook = bare / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text('#!/bin/sh\necho x >> count\n[ "$(wc -l < count)" -gt 2 ]\n', encoding="utf-8")
    hook.chmod(0o755)
    run = clone(bare, tmp_path / "one")
    put(run, "a.csv", "1")
    run.record("first")
    assert (bare / "count").read_text(encoding="utf-8") == "x\nx\nx\n"
    assert git(bare, "ls-tree", "--name-only", "data") == "a.csv"


def test_a_remote_that_always_refuses_is_one_line(tmp_path: Path, bare: Path) -> None:
    """After the last attempt the error names the remote and what it said; the branch is as it was."""
    run = clone(bare, tmp_path / "one")
    put(run, "a.csv", "1")
    run.record("first")
    hook = bare / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    hook.chmod(0o755)
    put(run, "b.csv", "2")
    with pytest.raises(DataError, match=r"origin refused 5 attempts .*run again"):
        run.record("second")
    assert git(bare, "ls-tree", "--name-only", "data") == "a.csv"


def test_nothing_on_the_branch_is_rewritten(tmp_path: Path, bare: Path) -> None:
    """A file that another run wrote first stays; what else the second has is kept, and its site is not published."""
    first, second = clone(bare, tmp_path / "one"), clone(bare, tmp_path / "two")
    put(first, "editions/1/manifest.json", "1")
    put(second, "editions/1/manifest.json", "2")
    put(second, "snapshots/a.csv", "a")
    first.record("one")
    message = r"editions/1/manifest\.json was first written by another run .*this site is not published"
    for _again in range(2):
        with pytest.raises(DataError, match=message):
            second.record("two")
    assert git(bare, "show", "data:editions/1/manifest.json") == "1"
    assert git(bare, "show", "data:snapshots/a.csv") == "a"
    assert git(bare, "rev-list", "--count", "data") == "2"
    second.restore()
    assert files(second) == {"editions/1/manifest.json": "2", "snapshots/a.csv": "a"}


def test_a_silent_remote_is_not_a_missing_branch(tmp_path: Path) -> None:
    """A run that cannot see the history stops; it never goes on as if it were the first."""
    run = clone(tmp_path / "nowhere.git", tmp_path / "one")
    with pytest.raises(DataError, match=r"origin does not answer .*nothing was published"):
        run.restore()


def test_without_a_remote_the_branch_is_local(tmp_path: Path) -> None:
    """An empty remote keeps the branch in the repository itself and leaves the checkout alone."""
    folder = tmp_path / "alone"
    folder.mkdir()
    git(folder, "init", "--quiet")
    run = DataBranch(git=Git(root=folder), store=folder / "store", remote="", branch="data")
    put(run, "a.csv", "1")
    assert run.record("first") == git(folder, "rev-parse", "data")
    assert git(folder, "status", "--porcelain") == "?? store/"


def test_a_link_in_the_store_is_refused(tmp_path: Path, bare: Path) -> None:
    """What a link points at is never recorded."""
    run = clone(bare, tmp_path / "one")
    put(run, "a.csv", "1")
    (run.store / "b.csv").symlink_to("/etc/hostname")
    with pytest.raises(DataError, match=r"store/b\.csv: is a link"):
        run.record("first")


@pytest.mark.parametrize(
    ("remote", "branch"), [("origin", "-f"), ("origin", "a..b"), ("--upload-pack=x", "data"), ("", "a b")]
)
def test_names_are_checked(tmp_path: Path, remote: str, branch: str) -> None:
    """Neither name can be read by git as an option or a range."""
    with pytest.raises(DataError, match=r"is not (the name of a branch|a remote)"):
        DataBranch(git=Git(root=tmp_path), store=tmp_path, remote=remote, branch=branch)


def test_the_token_stays_out_of_arguments(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Git gets the token through its environment alone, where no list of processes shows it."""
    seen: list[list[str]] = []
    inner = subprocess.run

    def watch(command: list[str], **named: object) -> object:
        seen.append(command)
        assert "GIT_CONFIG_VALUE_0" in named["env"]  # type: ignore[operator] # a mapping
        return inner(command, **named)  # type: ignore[call-overload] # passed through

    monkeypatch.setattr(subprocess, "run", watch)
    Git(root=tmp_path, token="se-" + "cret").run("version")
    assert seen
    assert "se-cret" not in str(seen)
