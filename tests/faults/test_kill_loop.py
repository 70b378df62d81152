"""SIGKILL at every place that writes: the site is the whole old or the whole new one, and the next run completes.

The quick suite kills before the first step taken at each distinct place of the code, the long one before every step.
"""

from __future__ import annotations

import json
import re
import shutil
import signal
import subprocess
import time
from datetime import date
from typing import TYPE_CHECKING

import pytest

from generator.config import load_config
from generator.editions.verify import verify
from generator.sources import snapshots
from tests.conftest import copy_project, lightened
from tests.faults.conftest import ROOT, THURSDAY, Place, make_place, small_report, tree
from tests.faults.killing import Killer, distinct
from tests.loopback.replies import make_world
from tests.loopback.server import Loopback

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LONG = pytest.param(True, id="every step", marks=pytest.mark.slow)
EVERY = pytest.mark.parametrize("every", [pytest.param(False, id="every place"), LONG])
RATES = ("dgs2", "target_upper")
SHARES = 8  # of a long loop, for as many processes


def points(steps: list[str], *, every: bool) -> list[int]:
    """Return the steps to be killed at, and show how many."""
    chosen = list(range(1, len(steps) + 1)) if every else distinct(steps)
    print(f"kill points: {len(chosen)} of {len(steps)} steps at {len(set(steps))} places")  # noqa: T201 - for the report
    return chosen


@pytest.fixture
def killer(tmp_path: Path) -> Killer:
    """Return what kills."""
    return Killer(tmp_path / "hook")


# --------------------------------------------------------------------------------------------------------------- fetch


@pytest.fixture
def rates_only(tmp_path: Path) -> Iterator[Place]:
    """Return a project that fetches two rates and knows of prices only, so that a fetch is quick."""
    place = make_place(tmp_path / "fetching", small_report(("eth_usd", "rut", "spx", *RATES), deadline=60))
    place.configure(lambda text: re.sub(r"sources = \[\{ source = \"yahoo\".*", "sources = []", text))
    with Loopback(make_world(), tmp_path) as server:
        place.environment = server.environment
        assert place.run("fetch", now=THURSDAY).code == 0
        yield place


def values(store: Path) -> dict[str, str]:
    """Return the last date of each rate; a copy that cannot be read is a failure."""
    config = load_config(store.parent / "report.toml")
    reading = snapshots.read(store, config, date(2026, 11, 20))
    assert reading.problems == ()
    return {key: f"{item.values.index[-1]:%Y-%m-%d}" for key, item in reading.latest.items()}


@pytest.mark.network
@EVERY
def test_killed_at_every_write_of_fetch(rates_only: Place, killer: Killer, tmp_path: Path, *, every: bool) -> None:
    """The store reads as before or after, reply by reply; the next fetch leaves the very store of a run undisturbed."""
    old = shutil.copytree(rates_only.store, tmp_path / "old")
    steps = killer.steps(rates_only, "fetch", root=rates_only.store)
    whole = rates_only.files()
    assert {step.partition(" ")[0] for step in steps} >= {"open", "os.fsync", "os.rename"}
    for at in points(steps, every=every):
        shutil.rmtree(rates_only.store)
        shutil.copytree(old, rates_only.store)
        killer.kill(rates_only, "fetch", at=at, root=rates_only.store)
        assert set(values(rates_only.store)) == set(RATES)
        assert set(values(rates_only.store).values()) <= {"2026-11-19", "2026-11-20"}
        done = rates_only.run("fetch")
        assert (done.code, done.err) == (0, ""), at
        assert rates_only.files() == whole, at


# --------------------------------------------------------------------------------------------------------------- build


MARK = re.compile(rb"buildmark\d{4}")
COMMAND = ("build", "--data", "sample", "--no-editions")
MONDAY = "2026-09-21T06:00:00+00:00"


class Site:
    """A project whose results are kept, so that a build is quick; every build of it writes another word on a page."""

    def __init__(self, folder: Path) -> None:
        project = copy_project(folder / "project")
        path = project / "report.toml"
        path.write_text(lightened(path.read_text(encoding="utf-8")), encoding="utf-8")
        self.place = Place(project)
        self.page = project / "site_src" / "methods" / "index.md"
        self.words = self.page.read_text(encoding="utf-8")
        self.number = 0
        self.built()
        self.whole = self.state()[1]

    def built(self) -> None:
        """Build with a new word; it must succeed and be on the page."""
        self.another()
        done = self.place.run(*COMMAND, now=MONDAY)
        assert done.code == 0, done
        assert self.state()[0] == self.number

    def finished(self) -> None:
        """Build once more: the site is the new one, and nothing that a killed build wrote aside is left."""
        self.built()
        assert self.state() == (self.number, self.whole)
        left = [p.name for p in self.place.folder.rglob("*") if p.name.startswith(".aside-") or p.name == "site.new"]
        assert left == []

    def another(self) -> None:
        """Change the word that the next build writes."""
        self.number += 1
        self.page.write_text(f"{self.words}\n\nbuildmark{self.number:04d}\n", encoding="utf-8")

    def state(self) -> tuple[int, dict[str, bytes]]:
        """Return the word on the site that is served, and all its files with the word blanked; there is only one."""
        site = self.place.folder / "site"
        contents = {p.relative_to(site).as_posix(): p.read_bytes() for p in site.rglob("*") if p.is_file()}
        seen = {mark for name, body in contents.items() if not name.endswith(".gz") for mark in MARK.findall(body)}
        assert len(seen) == 1, seen
        blanked = {name: MARK.sub(b"", body) for name, body in contents.items() if not name.endswith(".gz")}
        return int(seen.pop()[-4:]), blanked

    def check(self, before: int) -> None:
        """Require that the site that is served is whole: the one before this run, or the one of this run."""
        number, files = self.state()
        assert number in {before, self.number}
        assert files == self.whole


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """Return a project that was built once."""
    return Site(tmp_path_factory.mktemp("killed"))


def test_killed_at_every_place_that_writes_in_a_build(built: Site, killer: Killer) -> None:
    """At every moment the served folder holds one whole site, though each build runs over what a killed one left."""
    built.another()
    steps = killer.steps(built.place, *COMMAND, now=MONDAY)
    before = built.number
    for at in points(steps, every=False):
        built.another()
        done = built.place.run(*COMMAND, now=MONDAY, variables=killer.variables(built.place.folder, at))
        # Over what a killed build left, a build takes a step more or less: the last point may lie behind its end.
        assert done.code == -signal.SIGKILL or at >= len(steps) - 2, (at, done)
        built.check(before)
        before = built.state()[0]
    built.finished()


@pytest.mark.slow
@pytest.mark.parametrize("share", range(SHARES))
def test_killed_at_every_write_of_a_build(built: Site, killer: Killer, share: int) -> None:
    """A kill before each of our own writes: the served folder is one whole site, and the next build completes."""
    built.another()
    steps = killer.steps(built.place, *COMMAND, now=MONDAY)
    chosen = range(1 + share, len(steps) + 1, SHARES)
    print(f"kill points: {len(chosen)} of {len(steps)} steps")  # noqa: T201 - for the report
    for at in chosen:
        before = built.number
        built.another()
        killer.kill(built.place, *COMMAND, now=MONDAY, at=at)
        built.check(before)
        built.finished()


@pytest.mark.slow
@pytest.mark.parametrize("share", range(SHARES))
def test_killed_at_every_write_of_mkdocs(built: Site, killer: Killer, share: int) -> None:
    """The same for what MkDocs writes aside. Each build runs over what the one before left; every tenth is let finish.

    A build that reaches its n-th write in MkDocs has got over all that the one before left, so most need no third.
    """
    built.another()
    steps = killer.steps(built.place, *COMMAND, now=MONDAY, mkdocs=True)
    chosen = range(1 + share, len(steps) + 1, SHARES)
    print(f"kill points: {len(chosen)} of {len(steps)} steps of MkDocs")  # noqa: T201 - for the report
    before = built.number
    for number, at in enumerate(chosen):
        built.another()
        variables = killer.variables(built.place.folder, at, mkdocs=True)
        done = built.place.run(*COMMAND, now=MONDAY, variables=variables)
        assert done.code == -signal.SIGKILL, (at, done)
        assert built.state() == (before, built.whole)
        if number % 10 == 0:
            built.finished()
            before = built.number
    built.finished()


def test_served_site_after_every_write_of_a_build(built: Site, killer: Killer) -> None:
    """Before each step, those of MkDocs too, every file a reader would find is the old one, or every one is the new.

    What a killed run leaves is what stood on the disk before its next step, so this covers a kill at any of them.
    """
    built.another()
    site = built.place.folder / "site"
    steps = killer.steps(built.place, *COMMAND, now=MONDAY, served=str(site))
    states = [step.rpartition(" ")[2] for step in steps]
    changes = [number for number in range(1, len(states)) if states[number] != states[number - 1]]
    print(f"steps looked at: {len(steps)}")  # noqa: T201 - for the report
    assert len(steps) > 1500
    assert len(changes) == 1, [steps[number - 1] for number in changes]
    assert "exchange" in steps[changes[0] - 1]
    assert built.state() == (built.number, built.whole)


def test_killed_while_the_pages_are_turned_into_html(built: Site) -> None:
    """What a killed build left running is waited for: it cannot write into the site of the next."""
    built.another()
    before = built.number - 1
    aside = built.place.folder / "site.new"
    with built.place.start(*COMMAND, now=MONDAY) as process:
        until = time.monotonic() + 60
        while not aside.exists() and process.poll() is None and time.monotonic() < until:
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL
    built.check(before)
    built.built()
    assert built.state() == (built.number, built.whole)


# ------------------------------------------------------------------------------------------------------------- edition


FREEZE = """
import sys
from datetime import date
from pathlib import Path
from generator.editions.manifest import Manifest
from generator.editions.store import EditionStore

store = EditionStore(root=Path("store"), namespace="csv-00000000")
store.clean()
for day in sys.argv[1:]:
    manifest = Manifest(as_of=date.fromisoformat(day), revision=1, data="csv", made="live", occasions=("test",),
                        data_sha256="0" * 64, series={"a": "1" * 64}, code_version="x", pairs={"a-b": "A"})
    store.write(manifest, {"index.md": b"words of " + day.encode(), "a-b/picture.svg": b"the same"})
"""


def test_killed_at_every_write_of_an_edition(tmp_path: Path, killer: Killer) -> None:
    """Every step of keeping an edition: those before are sound, the new one whole or absent, and the next adds it."""
    place = make_place(tmp_path / "project", small_report())
    (place.folder / "freezing.py").write_text(FREEZE, encoding="utf-8")
    assert place.run("2026-10-30", module="freezing", variables={"PYTHONPATH": f"{ROOT}:{place.folder}"}).code == 0
    old = shutil.copytree(place.store, tmp_path / "old")
    steps = killer.steps(place, "2026-11-20", module="freezing", root=place.store)
    whole = place.files()
    for at in points(steps, every=True):
        shutil.rmtree(place.store)
        shutil.copytree(old, place.store)
        killer.kill(place, "2026-11-20", at=at, module="freezing", root=place.store)
        found = verify(place.store, lambda _stage, _done, _total: None)
        assert found.problems == ()
        assert found.editions in {1, 2}
        assert place.run("2026-11-20", module="freezing").code == 0
        assert place.files() == whole, at


@EVERY
def test_killed_at_every_write_of_the_edition_command(tmp_path: Path, killer: Killer, *, every: bool) -> None:
    """The same through `tandem edition`, the results of whose analysis are kept."""
    place = make_place(tmp_path / "project", small_report())
    shutil.copytree(ROOT / "templates", place.folder / "templates")
    make_world().write_csv(place.folder / "mine")
    command = ("edition", "2026-11-20", "--data", "mine")
    assert place.run(*command).code == 0
    shutil.rmtree(place.store)
    steps = killer.steps(place, *command, root=place.store)
    whole = place.files()
    for at in points(steps, every=every):
        shutil.rmtree(place.store)
        killer.kill(place, *command, at=at, root=place.store)
        assert verify(place.store, lambda _stage, _done, _total: None).problems == ()
        done = place.run(*command)
        assert (done.code, done.err) == (0, "")
        assert place.files() == whole


# ------------------------------------------------------------------------------------------------------------- publish


GIT = shutil.which("git") or "git"
FINDINGS = {
    "as_of": "2026-11-20",
    "data": "store",
    "degraded": [],
    "data_sha256": "ab" * 32,
    "code_version": "0.0.0+test",
    "numbers": {"correlation.pearson.daily.252": {"value": 0.4, "lower": 0.3, "upper": 0.5, "nobs": 252}},
    "verdicts": {},
}


def git(folder: Path, *arguments: str) -> str:
    """Run git and return what it printed."""
    return subprocess.run([GIT, *arguments], cwd=folder, check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture
def publishable(tmp_path: Path) -> Place:
    """Return a project with a small whole site, a store with one file, and a bare remote that has an older one."""
    place = make_place(tmp_path / "project", small_report())
    bare = tmp_path / "remote.git"
    bare.mkdir()
    git(bare, "init", "--quiet", "--bare")
    git(place.folder, "init", "--quiet")
    git(place.folder, "remote", "add", "origin", str(bare))
    for name in ("index.html", "404.html", "sitemap.xml", "reports/index.html", "assets/a.css"):
        path = place.folder / "site" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("new", encoding="utf-8")
    path = place.folder / "site" / "data" / "eth-russell-2000" / "findings.json"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(FINDINGS), encoding="utf-8")
    place.store.mkdir()
    (place.store / "old.csv").write_text("old", encoding="utf-8")
    assert place.run("record", module="generator.publishing").code == 0
    (place.store / "new.csv").write_text("new", encoding="utf-8")
    return place


def test_killed_at_every_write_of_record(publishable: Place, killer: Killer, tmp_path: Path) -> None:
    """Every step of the summary and of the record: the branch only grows, and the next run leaves one whole record."""
    bare = tmp_path / "remote.git"
    first = git(bare, "rev-parse", "data")
    steps = killer.steps(publishable, "summary", module="generator.publishing")
    for at in points(steps, every=True):
        shutil.rmtree(publishable.store / "published")
        killer.kill(publishable, "summary", at=at, module="generator.publishing")
        assert publishable.run("summary", module="generator.publishing").code == 0
        assert len(list((publishable.store / "published").iterdir())) == 1
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    publishable.environment = {"TMPDIR": str(scratch)}  # where the index for git lies, step by step
    steps = killer.steps(publishable, "record", module="generator.publishing", root=tmp_path)
    whole = git(bare, "ls-tree", "-r", "data")
    for at in points(steps, every=True):
        git(bare, "update-ref", "refs/heads/data", first)
        killer.kill(publishable, "record", at=at, module="generator.publishing", root=tmp_path)
        assert git(bare, "merge-base", first, "data") == first
        assert git(bare, "fsck", "--no-dangling") == ""
        done = publishable.run("record", module="generator.publishing")
        assert (done.code, done.err) == (0, "")
        assert git(bare, "ls-tree", "-r", "data") == whole
        assert git(bare, "rev-list", "--count", "data") == "2"


def test_killed_at_every_write_of_delivery(publishable: Place, killer: Killer, tmp_path: Path) -> None:
    """Every step of a delivery: readers find the whole old or the whole new site, and the next delivery is whole."""
    served = tmp_path / "www" / "tandem"
    new = tree(publishable.folder / "site")
    older = tmp_path / "older"
    shutil.copytree(publishable.folder / "site", older)
    for path in older.rglob("*.html"):
        path.write_text("old", encoding="utf-8")
    (older / "gone.html").write_text("old", encoding="utf-8")
    old = tree(older)
    publishable.environment = {"DEST": str(served)}
    shutil.copytree(older, served)
    steps = killer.steps(publishable, "deliver", module="generator.publishing", root=tmp_path / "www")
    assert any(step.startswith("exchange") for step in steps)
    for at in points(steps, every=True):
        shutil.rmtree(served.parent)
        shutil.copytree(older, served)
        killer.kill(publishable, "deliver", at=at, module="generator.publishing", root=tmp_path / "www")
        assert tree(served) in (old, new), at
        done = publishable.run("deliver", module="generator.publishing")
        assert (done.code, done.err) == (0, "")
        assert tree(served) == new
        assert [path.name for path in served.parent.iterdir()] == ["tandem"]


def test_every_step_is_seen(publishable: Place, killer: Killer, tmp_path: Path) -> None:
    """The hook sees each kind of write; were one to escape it, the loops above would prove less than they say."""
    (publishable.folder / "writing.py").write_text(
        "import os, shutil, tempfile\nfrom pathlib import Path\n"
        "Path('a').mkdir(); Path('a/b').write_text('x'); os.replace('a/b', 'a/c'); Path('a/c').chmod(0o600)\n"
        "h = os.open('a/d', os.O_WRONLY | os.O_CREAT); os.fsync(h); os.close(h)\n"
        "os.truncate('a/d', 3); os.symlink('d', 'a/e'); os.link('a/d', 'a/f'); os.remove('a/e'); shutil.rmtree('a')\n",
        encoding="utf-8",
    )
    steps = killer.steps(publishable, module="writing")
    seen = [step.partition(" ")[0] for step in steps]
    assert seen[:9] == [
        *("os.mkdir", "open", "os.rename", "os.chmod", "open", "os.fsync"),
        *("os.truncate", "os.symlink", "os.link"),
    ]
    assert seen.count("os.remove") == 4
    assert seen[-1] == "os.rmdir"
    assert tmp_path.exists()
