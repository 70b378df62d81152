"""The targets of the Makefile, with a stand-in for Python that notes what it was asked and answers as told."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
STAND_IN = """#!/bin/sh
printf '%s|' "$@" >> "$LOG"; echo >> "$LOG"
case "$*" in
  *"generator fetch"*) exit "${FETCH:-0}" ;;
  *"generator build"*) exit "${BUILD:-0}" ;;
  *"publishing $FAIL") exit 1 ;;
esac
"""


class Place:
    """A folder with the Makefile and an environment that seems to be installed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log = folder / "log"
        for name in ("Makefile", "requirements.txt", "requirements-dev.txt"):
            shutil.copy(ROOT / name, folder)
        shutil.copytree(ROOT / ".ci", folder / ".ci")
        python = folder / ".venv" / "bin" / "python"
        python.parent.mkdir(parents=True)
        python.write_text(STAND_IN, encoding="utf-8")
        python.chmod(0o755)
        shutil.copy(folder / "requirements.txt", folder / ".venv")

    def make(self, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run make and return what it left."""
        program = shutil.which("make")
        assert program is not None
        kept = {name: value for name, value in os.environ.items() if not name.startswith("MAKE") and name != "MFLAGS"}
        return subprocess.run(
            [program, *arguments],
            cwd=self.folder,
            env={**kept, "LOG": str(self.log), **variables},
            capture_output=True,
            text=True,
            check=False,
        )

    def asked(self) -> list[str]:
        """Return what the stand-in was asked, in order, arguments divided by bars."""
        return self.log.read_text(encoding="utf-8").splitlines() if self.log.exists() else []


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """Return a fresh folder."""
    return Place(tmp_path)


def test_site_fetches_and_builds(place: Place) -> None:
    """Without data of one's own the network is asked once, and the newest good store is built."""
    assert place.make("site").returncode == 0
    assert place.asked() == ["-m|generator|fetch|--auto|", "-m|generator|build|--data|auto|"]


def test_own_data_asks_no_network(place: Place) -> None:
    """DATA names the data, AS_OF cuts it; both reach the command as they are, whatever they hold."""
    assert place.make("site", 'DATA=a b"; touch hacked; "', "AS_OF=2025-10-07").returncode == 0
    assert place.asked() == ['-m|generator|build|--data|a b"; touch hacked; "|--as-of|2025-10-07|']
    assert not (place.folder / "hacked").exists()


@pytest.mark.parametrize(("code", "expected"), [("0", 0), ("3", 0), ("1", 2), ("2", 2)])
def test_a_degraded_site_is_a_site(place: Place, code: str, expected: int) -> None:
    """Published with old data is no failure of `make site`, an error is; STATUS keeps which it was."""
    assert place.make("site", "STATUS=status", BUILD=code).returncode == expected
    assert (place.folder / "status").read_text(encoding="utf-8") == f"{code}\n"


def test_a_failed_fetch_stops_the_build(place: Place) -> None:
    """A fetch that ends in an error (a bad configuration) is not built over; a degraded one is."""
    assert place.make("site", FETCH="1").returncode == 2
    assert place.asked() == ["-m|generator|fetch|--auto|"]
    assert place.make("site", FETCH="3").returncode == 0


def test_publish_keeps_its_order(place: Place) -> None:
    """Restore, fetch, build from the store alone, check, compare, record, deliver; then red if degraded."""
    python = str(place.folder / ".venv" / "bin" / "python")
    steps = [
        "-m|generator.publishing|restore|",
        "-m|generator|fetch|--auto|",
        "-m|generator|build|--data|store|",
        "-m|generator|verify|",
        "-m|generator.publishing|guard|",
        "-m|generator.publishing|summary|",
        "-m|generator.publishing|record|",
        "-m|generator.publishing|deliver|",
    ]
    assert place.make("publish", "DEST=www", f"PYTHON={python}").returncode == 0
    assert place.asked() == steps
    place.log.unlink()
    degraded = place.make("publish", "DEST=www", f"PYTHON={python}", BUILD="3")
    assert degraded.returncode == 2
    assert "published, but with old or missing data" in degraded.stderr
    assert place.asked() == steps


@pytest.mark.parametrize("step", ["restore", "guard", "summary", "record"])
def test_publish_stops_at_the_first_failure(place: Place, step: str) -> None:
    """Nothing is delivered after a step that failed."""
    python = str(place.folder / ".venv" / "bin" / "python")
    assert place.make("publish", "DEST=www", f"PYTHON={python}", FAIL=step).returncode == 2
    assert place.asked()[-1] == f"-m|generator.publishing|{step}|"


def test_publish_needs_a_destination(place: Place) -> None:
    """Without DEST nothing runs, and the line says what to give."""
    done = place.make("publish")
    assert done.returncode == 2
    assert done.stderr.startswith("make publish: say where the site goes: make publish DEST=FOLDER")
    assert place.asked() == []


@pytest.mark.parametrize(
    ("python", "answer", "message"),
    [
        ("no-such-python", None, "no-such-python not found; install Python 3.11 or newer"),
        ("./old", 'case "$1" in --version) echo Python 3.9.2 ;; esac', "Python 3.9.2 is too old; Tandem needs 3.11"),
        ("./bare", 'case "$2" in *version_info*) echo True ;; *) exit 1 ;; esac', "./bare has no venv module"),
    ],
)
def test_an_environment_that_cannot_be_made_is_one_line(
    place: Place, python: str, answer: str | None, message: str
) -> None:
    """A missing, old or incomplete Python is told in one line, before anything is made."""
    shutil.rmtree(place.folder / ".venv")
    if answer is not None:
        program = place.folder / python
        program.write_text(f"#!/bin/sh\n{answer}\n", encoding="utf-8")
        program.chmod(0o755)
    done = place.make("site", f"PYTHON={python}")
    assert done.returncode == 2
    assert done.stderr.splitlines()[0].startswith(f"environment: {message}")
    assert not (place.folder / ".venv").exists()


def test_help_lists_the_targets(place: Place) -> None:
    """`make` alone explains itself."""
    shown = place.make().stdout
    for target in ("site", "serve", "test", "publish"):
        assert f"\n  {target} " in f"\n{shown}"


def test_clean_keeps_the_store(place: Place) -> None:
    """What was fetched is not a by-product."""
    for name in ("store", "site", "site.old"):
        (place.folder / name).mkdir()
    assert place.make("clean").returncode == 0
    assert (place.folder / "store").is_dir()
    assert sorted(path.name for path in place.folder.iterdir() if path.name.startswith(("site", ".venv"))) == []
