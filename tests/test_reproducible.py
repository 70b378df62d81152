"""The same inputs give the same bytes, wherever and whenever they are built."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from subprocess import CompletedProcess


def tree(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder with its bytes."""
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


BUILD = ("build", "--data", "sample", "--as-of", "2026-09-18", "--no-editions")


@pytest.fixture(scope="module")
def plain(
    light_project: Callable[[Path], Path],
    tandem: Callable[..., CompletedProcess[str]],
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    """Return a project that was built once, in two processes."""
    project = light_project(tmp_path_factory.mktemp("plain") / "a")
    finished = tandem(project, *BUILD)
    assert finished.returncode == 0, finished.stderr
    return project


def test_two_builds_are_the_same_bytes(
    plain: Path, light_project: Callable[[Path], Path], tandem: Callable[..., CompletedProcess[str]], tmp_path: Path
) -> None:
    """Another zone, hash seed, locale, clock, folder and number of processes change no byte of the site.

    Nor of the Markdown behind it. The second build runs half a year later, keeps no results, and says what it made.
    """
    moved = light_project(tmp_path / "another folder, with blanks & é")
    finished = tandem(
        moved,
        "build",
        "--data",
        "sample",
        "--as-of",
        "2026-09-19",
        "--no-editions",
        "--no-cache",
        "--jobs",
        "1",
        variables={
            "TZ": "Asia/Tokyo",
            "PYTHONHASHSEED": "4242",
            "LC_ALL": "C",
            "LANG": "tr_TR.UTF-8",
            "TANDEM_NOW": "2027-03-01T23:30:00-05:00",
            "COLUMNS": "40",
        },
    )
    assert finished.returncode == 0, finished.stderr
    for part in ("site", "site_src"):
        one, other = tree(plain / part), tree(moved / part)
        assert sorted(one) == sorted(other)
        assert [name for name in one if one[name] != other[name]] == []

    first, second, *_, place, last = finished.stdout.splitlines()
    assert first == "Simulated sample data, not market data: the numbers below say nothing about real markets."
    assert re.match(r"Ether and the Russell 2000 show a .* link from day to day: over the 252 sessions to", second)
    assert place.startswith(f"Site: {moved / 'site'} (data through 2026-09-18; load and gate ")
    assert last == "Read it: make serve, then open http://127.0.0.1:8000/"
    assert finished.stderr == ""
    assert not list((moved / ".cache").rglob("*.pickle"))


def test_kept_results_change_no_byte(plain: Path, tandem: Callable[..., CompletedProcess[str]]) -> None:
    """A build from kept results makes the same site, and one that finds nothing to do leaves it alone."""
    site, pages = tree(plain / "site"), tree(plain / "site_src")
    for spoilt in (plain / "site" / "index.html", plain / "site_src" / "index.md"):
        spoilt.write_text("altered", encoding="utf-8")
        assert tandem(plain, *BUILD).returncode == 0
        assert (tree(plain / "site"), tree(plain / "site_src")) == (site, pages)
    before = (plain / "site").stat().st_ino
    assert tandem(plain, *BUILD).returncode == 0
    assert (plain / "site").stat().st_ino == before, "a site that was not changed was made again"


def test_nothing_of_the_machine_is_published(built_project: Path, built_site: Path) -> None:
    """No path, user or time of the build stands in any file of the site."""
    forbidden = (str(built_project).encode(), b"/site-packages/", b"PYTHONPATH")
    for name, content in tree(built_site).items():
        assert not any(word in content for word in forbidden), name


def test_every_file_has_an_ordinary_name(built_site: Path) -> None:
    """Addresses are lower case and need no escaping, apart from files the theme brings."""
    for name in tree(built_site):
        if not name.startswith("assets/"):
            assert re.fullmatch(r"[a-z0-9][a-z0-9/._-]*", name), name
    lowered = [name.lower() for name in tree(built_site)]
    assert len(lowered) == len(set(lowered)), "names that differ only in case"


@pytest.mark.parametrize("name", ["index.html", "404.html", "sitemap.xml", "search/search_index.json"])
def test_the_site_is_complete(built_site: Path, name: str) -> None:
    """What a host and a browser ask for first is there."""
    assert (built_site / name).stat().st_size > 100
