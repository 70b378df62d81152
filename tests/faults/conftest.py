"""What the fault tests share: a small project, the real command line, and the loopback world as its whole network."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.loopback.replies import make_world
from tests.loopback.server import UNSET, Loopback

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from tests.loopback.replies import World

ROOT = Path(__file__).parents[2]
FRIDAY = "2026-11-21T01:00:00+00:00"  # evening in New York, every market of 20 November is closed
THURSDAY = "2026-11-20T01:00:00+00:00"
TWO_WEEKS_AGO = "2026-11-07T01:00:00+00:00"
SERIES = ("eth_usd", "rut", "spx", "iwm", "dgs2", "target_upper")
RATES = ("dff", "target_lower", "target_upper", "dgs3mo", "dgs2", "dgs10", "dfii10")
DEADLINE_SECONDS = 8


def small_report(kept: tuple[str, ...] = SERIES, *, deadline: int = DEADLINE_SECONDS) -> str:
    """Return the shipped configuration with one pair, these series, and no claims."""
    blocks = re.split(r"(?m)^(?=\[)", (ROOT / "report.toml").read_text(encoding="utf-8"))
    names = {"[site]", "[run]", *(f"[series.{name}]" for name in kept)}
    chosen = [block for block in blocks if block.partition("\n")[0].strip() in names]
    pair = next(block for block in blocks if block.startswith("[[pairs]]") and "eth-russell-2000" in block)
    text = "".join([*chosen, pair]).replace("reps = 9999", "reps = 99")
    return re.sub(r"fetch_deadline_seconds = \d+", f"fetch_deadline_seconds = {deadline}", text)


@dataclass(frozen=True, slots=True)
class Done:
    """A finished command."""

    code: int
    out: str
    err: str

    @property
    def line(self) -> str:
        """The one line of an error; more than one, or a traceback, is a failure of the test."""
        assert self.err.endswith("\n"), self.err
        assert self.err.count("\n") == 1, self.err
        assert self.err[:-1].isprintable(), self.err
        assert "Traceback" not in self.err
        return self.err[:-1]

    @property
    def json(self) -> dict[str, Any]:
        """What was printed, read as strict JSON."""
        body: dict[str, Any] = json.loads(self.out, parse_constant=refuse)
        return body


def refuse(name: str) -> float:
    """Refuse NaN and Infinity, which are not JSON."""
    raise AssertionError(f"{name} is not JSON")


@dataclass(slots=True)
class Place:
    """A project with the configuration, a store and a site that must not be touched.

    Parameters
    ----------
    folder : Path
    environment : dict
        What the commands find in their environment besides the machine's own.
    """

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def store(self) -> Path:
        """Snapshots and editions."""
        return self.folder / "store"

    def run(
        self,
        *arguments: str,
        now: str = FRIDAY,
        module: str = "generator",
        variables: Mapping[str, str] | None = None,
    ) -> Done:
        """Run the command line in a process of its own."""
        with self.start(*arguments, now=now, module=module, variables=variables) as process:
            try:
                out, err = process.communicate(timeout=300)
            finally:
                process.kill()
        return Done(process.returncode, out, err)

    def start(
        self,
        *arguments: str,
        now: str = FRIDAY,
        module: str = "generator",
        variables: Mapping[str, str] | None = None,
    ) -> subprocess.Popen[str]:
        """Start the command line and return the process."""
        foreign = ("TANDEM_", "SITE_", "GITHUB_", "INPUT_")
        kept = {k: v for k, v in os.environ.items() if k not in UNSET and not k.startswith(foreign)}
        environment = {
            **kept,
            "PYTHONPATH": str(ROOT),
            "PYTHONDONTWRITEBYTECODE": "1",
            "TANDEM_NOW": now,
            "TANDEM_CODE_VERSION": "0.0.0+test",
            **self.environment,
            **(variables or {}),
        }
        return subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            cwd=self.folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )

    def check(self, *arguments: str, now: str = FRIDAY) -> Done:
        """Run `check` on the store, with its result as JSON."""
        return self.run("check", "--data", "store", "--json", *arguments, now=now)

    def files(self) -> dict[str, str]:
        """Return the hash of every file of the store, its lock left out."""
        return tree(self.store)

    def configure(self, change: Callable[[str], str]) -> None:
        """Change the text of the configuration."""
        path = self.folder / "report.toml"
        before = path.read_text(encoding="utf-8")
        after = change(before)
        assert after != before
        path.write_text(after, encoding="utf-8")

    def refused(self, *arguments: str, now: str = FRIDAY) -> str:
        """Run a build that must be refused; return its line. The site that is served stays as it is, byte for byte."""
        site = self.folder / "site"
        if not site.exists():
            for name in ("index.html", "data/index.html", "404.html"):
                (site / name).parent.mkdir(parents=True, exist_ok=True)
                (site / name).write_text(f"published before: {name}", encoding="utf-8")
        before = tree(site)
        done = self.run("build", *(arguments or ("--data", "store")), "--no-editions", now=now)
        assert done.code == 1, done
        assert done.out == ""
        assert tree(site) == before
        assert not (self.folder / "site.new").exists()
        return done.line


def tree(folder: Path) -> dict[str, str]:
    """Return the hash of every file below a folder by its place."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != ".lock"
    }


def found(done: Done) -> list[dict[str, str]]:
    """Return what `check` found. The policy rates here are made up, so the policy calendar is left aside."""
    return [item for item in done.json["findings"] if item["check"] not in {"decisions", "outcomes"}]


def listed(done: Done, check: str, series: str = "") -> list[str]:
    """Return the sentences of a check's findings."""
    return [item["sentence"] for item in found(done) if item["check"] == check and series in {"", item["series"]}]


def degraded(done: Done) -> set[str]:
    """Return the series that degrade."""
    return {item["series"] for item in found(done) if item["severity"] == "degrade"}


@pytest.fixture
def world() -> World:
    """Numbers on real calendars."""
    return make_world()


@pytest.fixture
def loopback(world: World, tmp_path: Path) -> Iterator[Loopback]:
    """Every host on the loopback address; only commands that are given its environment see it."""
    with Loopback(world, tmp_path) as server:
        yield server


def make_place(folder: Path, text: str) -> Place:
    """Return a new project with this configuration."""
    folder.mkdir(parents=True)
    (folder / "report.toml").write_text(text, encoding="utf-8")
    return Place(folder)


@pytest.fixture(scope="session")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Callable[[tuple[str, ...], str], Path]:
    """Return what fetches these series from a healthy world at a moment, once, by the real command line."""
    made: dict[tuple[tuple[str, ...], str], Path] = {}

    def get(kept: tuple[str, ...], now: str) -> Path:
        if (kept, now) not in made:
            folder = tmp_path_factory.mktemp("healthy")
            with Loopback(make_world(), folder) as server:
                place = make_place(folder / "project", small_report(kept, deadline=60))
                place.environment = server.environment
                done = place.run("fetch", now=now)
                assert done.code == 0, done
            made[kept, now] = place.store
        return made[kept, now]

    return get


@pytest.fixture
def empty(tmp_path: Path, loopback: Loopback) -> Place:
    """Return a project that has never fetched."""
    place = make_place(tmp_path / "project", small_report())
    place.environment = loopback.environment
    return place


@pytest.fixture
def place(empty: Place, stores: Callable[[tuple[str, ...], str], Path]) -> Place:
    """Return a project whose store was filled two weeks ago."""
    shutil.copytree(stores(SERIES, TWO_WEEKS_AGO), empty.store)
    return empty


@pytest.fixture
def recent(empty: Place, stores: Callable[[tuple[str, ...], str], Path]) -> Place:
    """Return a project whose store was filled the evening before."""
    shutil.copytree(stores(SERIES, THURSDAY), empty.store)
    return empty
