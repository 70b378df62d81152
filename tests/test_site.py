"""Files are whole or not there, and the served folder is the old site or the new one."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any, Self

import pytest

from generator import site
from generator.errors import BuildError

ROOT = Path(__file__).parents[1]


def tree(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder with its bytes."""
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def make(folder: Path, *names: str, content: str = "x") -> None:
    """Write small files below a folder."""
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content, encoding="utf-8")


# --- one file ----------------------------------------------------------------------------------------------------


def test_a_file_is_written_with_its_folders(tmp_path: Path) -> None:
    """Text is UTF-8 with the line ends it has; the web server can read it."""
    path = tmp_path / "a" / "b" / "c.md"
    site.write_text(path, "− é\n")
    assert path.read_bytes() == "− é\n".encode()
    assert path.stat().st_mode & 0o777 == 0o644
    assert list(tree(tmp_path)) == ["a/b/c.md"]


def test_an_equal_file_is_left_alone(tmp_path: Path) -> None:
    """What did not change keeps its time, so that nothing downstream is done again."""
    path = tmp_path / "a.md"
    site.write_text(path, "same")
    before = path.stat()
    site.write_text(path, "same")
    assert path.stat().st_ino == before.st_ino
    site.write_text(path, "other")
    assert path.read_text(encoding="utf-8") == "other"


@pytest.mark.parametrize("step", ["write", "chmod", "replace"])
def test_a_failed_write_leaves_the_old_file_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """A full disk gives one line that says what to do; the file before stays whole, and nothing lies beside it."""
    path = tmp_path / "a.md"
    site.write_text(path, "old")

    def full(*_arguments: Any, **_named: Any) -> None:
        raise OSError(28, "No space left on device")

    if step == "write":
        real = os.fdopen

        def opened(handle: int, mode: str) -> Any:
            return _Full(real(handle, mode))

        monkeypatch.setattr(os, "fdopen", opened)
    else:
        monkeypatch.setattr(Path, step, full)
    with pytest.raises(BuildError, match=r"^a\.md: cannot be written \(No space left on device\); free some space"):
        site.write_text(path, "new")
    monkeypatch.undo()
    assert tree(tmp_path) == {"a.md": b"old"}


class _Full:
    """A file on a full disk: half of what is written arrives."""

    def __init__(self, file: Any) -> None:
        self._file = file

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def write(self, content: bytes) -> None:
        self._file.write(content[: len(content) // 2])
        raise OSError(28, "No space left on device")


def test_a_place_that_is_a_folder_is_an_error_in_one_line(tmp_path: Path) -> None:
    """Something in the way is named; nothing is left over."""
    make(tmp_path, "a.md/inside")
    with pytest.raises(BuildError, match=r"^a\.md: cannot be written \("):
        site.write_text(tmp_path / "a.md", "new")
    assert list(tree(tmp_path)) == ["a.md/inside"]


def test_a_write_that_is_killed_leaves_the_old_file(tmp_path: Path) -> None:
    """A process killed at the moment of the swap leaves the old bytes at the place; what lies aside is hidden."""
    path = tmp_path / "a.md"
    site.write_text(path, "old")
    program = (
        "import os, signal, sys\n"
        "from pathlib import Path\n"
        "from generator import site\n"
        "Path.replace = lambda *a: os.kill(os.getpid(), signal.SIGKILL)\n"
        "site.write_text(Path(sys.argv[1]), 'new')\n"
    )
    killed = subprocess.run([sys.executable, "-c", program, str(path)], cwd=ROOT, check=False)
    assert killed.returncode == -signal.SIGKILL
    assert path.read_text(encoding="utf-8") == "old"
    assert [p.name[:1] for p in tmp_path.iterdir() if p != path] == ["."]


# --- JSON --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_json_is_strict(value: float) -> None:
    """NaN is no JSON; a file that held it could be read by some and not by others."""
    with pytest.raises(ValueError, match="Out of range float values are not JSON compliant"):
        site.strict_json({"value": [value]})


def test_json_is_sorted_and_can_stand_in_a_page() -> None:
    """The same content gives the same bytes, and no text in it can end a script."""
    body = {"b": "</script><script>alert(1)</script>", "a": ["é", "−", 1.5, None, True]}
    text = site.strict_json(body)
    assert json.loads(text) == body
    assert "<" not in text
    assert text.index('"a"') < text.index('"b"')
    assert text == site.strict_json(dict(reversed(body.items())))
    assert text.endswith("}\n")


# --- what a build generates --------------------------------------------------------------------------------------


def test_only_generated_pages_are_cleared(tmp_path: Path) -> None:
    """Pages written by hand stay, also in folders next to generated ones."""
    by_hand = (
        "methods/correlation.md",
        "decisions/0001-x.md",
        "decisions/index.md",
        "assets/tandem.css",
        "methods/index.md",
    )
    generated = [f"{name}/old/page.md" for name in site.GENERATED]
    left = (".aside-x1", "methods/.aside-x2")  # by a run that was killed
    make(tmp_path, *by_hand, *generated, *site.GENERATED_FILES, *left)
    site.clear_generated(tmp_path)
    assert set(tree(tmp_path)) == set(by_hand)
    site.clear_generated(tmp_path)
    assert set(tree(tmp_path)) == set(by_hand)


def test_generated_and_hand_written_do_not_overlap_in_the_repository() -> None:
    """No file under version control lies where a build clears, and git ignores all that a build makes."""
    git = shutil.which("git")
    assert git is not None
    listed = subprocess.run([git, "ls-files", "site_src"], cwd=ROOT, capture_output=True, text=True, check=True)
    kept = [name.removeprefix("site_src/") for name in listed.stdout.splitlines()]
    for name in kept:
        assert name not in site.GENERATED_FILES
        assert not any(name.startswith(f"{folder}/") for folder in site.GENERATED), name
    made = [*(f"site_src/{name}/x" for name in site.GENERATED), *(f"site_src/{name}" for name in site.GENERATED_FILES)]
    ignored = subprocess.run(
        [git, "check-ignore", *made, "site/x", "site.new/x", "site.old/x", "store/x"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ignored.stdout.splitlines() == [*made, "site/x", "site.new/x", "site.old/x", "store/x"]


# --- the swap ----------------------------------------------------------------------------------------------------


@pytest.fixture(params=[True, False], ids=["one step", "two moves"])
def sites(tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """Return a finished new folder and the live one, on a system that can exchange folders and on one that cannot."""
    if not request.param:
        monkeypatch.setattr(site, "_exchange", lambda _one, _other: False)
    make(tmp_path / "site.new", "index.html", "new/page.html", content="new")
    make(tmp_path / "site", "index.html", "old/page.html", content="old")
    return tmp_path / "site.new", tmp_path / "site"


OLD = {"index.html": b"old", "old/page.html": b"old"}
NEW = {"index.html": b"new", "new/page.html": b"new"}


def test_the_new_site_takes_the_place_of_the_old(sites: tuple[Path, Path]) -> None:
    """Afterwards there is the new site and nothing else."""
    new, live = sites
    site.swap_in(new, live)
    assert tree(live) == NEW
    assert [p.name for p in live.parent.iterdir()] == ["site"]


def test_the_first_site_needs_no_old_one(sites: tuple[Path, Path]) -> None:
    """Nothing to replace is no error."""
    new, live = sites
    shutil.rmtree(live)
    site.swap_in(new, live)
    assert tree(live) == NEW


def test_leftovers_of_a_killed_run_do_not_matter(sites: tuple[Path, Path]) -> None:
    """An old folder that was not removed yet is removed now."""
    new, live = sites
    make(live.with_name("site.old"), "index.html", content="older")
    site.swap_in(new, live)
    assert tree(live) == NEW
    assert [p.name for p in live.parent.iterdir()] == ["site"]


def test_a_failed_swap_keeps_the_old_site(sites: tuple[Path, Path]) -> None:
    """Without a new folder to put there, the old one stays where it is, and the message says so."""
    new, live = sites
    shutil.rmtree(new)
    with pytest.raises(
        BuildError, match=r"^site: cannot be replaced \(No such file.*the site before it stays as it was"
    ):
        site.swap_in(new, live)
    assert tree(live) == OLD


def test_recover_brings_back_the_old_site(tmp_path: Path) -> None:
    """After a kill between the two moves the next run finds the old site aside and puts it back."""
    make(tmp_path / "site.old", "index.html", "old/page.html", content="old")
    site.recover(tmp_path / "site")
    assert tree(tmp_path / "site") == OLD
    site.recover(tmp_path / "site")
    assert tree(tmp_path / "site") == OLD
    assert not (tmp_path / "site.old").exists()


KILLER = """
import os, signal, sys
from pathlib import Path
import shutil
from generator import site
limit, exchange = int(sys.argv[2]), sys.argv[3] == "one step"
calls = 0
def counted(real):
    def step(*arguments, **named):
        global calls
        if calls == limit:
            os.kill(os.getpid(), signal.SIGKILL)
        calls += 1
        return real(*arguments, **named)
    return step
Path.replace = counted(Path.replace)
shutil.rmtree = counted(shutil.rmtree)
site._exchange = counted(site._exchange) if exchange else lambda one, other: False
site.swap_in(Path(sys.argv[1]) / "site.new", Path(sys.argv[1]) / "site")
"""


@pytest.mark.parametrize("way", ["one step", "two moves"])
def test_a_swap_killed_at_any_step_is_the_old_or_the_new_site(tmp_path: Path, way: str) -> None:
    """At every step there is a whole site: at its place where folders can be exchanged, else after `recover`."""
    outcomes = []
    for limit in range(6):
        folder = tmp_path / str(limit)
        make(folder / "site.new", "index.html", "new/page.html", content="new")
        make(folder / "site", "index.html", "old/page.html", content="old")
        ended = subprocess.run(
            [sys.executable, "-c", KILLER, str(folder), str(limit), way], cwd=ROOT, check=False, capture_output=True
        )
        if way == "two moves":
            site.recover(folder / "site")
        found = tree(folder / "site")
        assert found in (OLD, NEW)
        outcomes.append((ended.returncode == 0, found == NEW))
    assert outcomes[0] == (False, False), "killed before the first step: the old site"
    assert outcomes[-1] == (True, True), "not killed: the new one"
    assert outcomes == sorted(outcomes)
