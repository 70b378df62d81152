"""What is not a complete, plain site does not leave the machine, and what leaves arrives whole."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from generator import site as placing
from generator.errors import BuildError
from generator.publishing.deliver import deliver
from generator.publishing.guard import check_site


def make_site(folder: Path, word: str = "new") -> Path:
    """Write a small site in which every file holds the same word."""
    for name in ("index.html", "404.html", "sitemap.xml", "data/a.json", "reports/x/index.html"):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(word, encoding="utf-8")
    return folder


def words(folder: Path) -> set[str]:
    """Return the words found in the files of a site."""
    return {path.read_text(encoding="utf-8") for path in folder.rglob("*") if path.is_file()}


def test_a_complete_site_passes(tmp_path: Path) -> None:
    """The guard counts files and bytes of a site it lets through."""
    assert check_site(make_site(tmp_path / "site", "abc")) == (5, 15)


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda s: (s / "404.html").unlink(), "site/404.html: missing or empty"),
        (lambda s: (s / "index.html").write_text(""), "site/index.html: missing or empty"),
        (lambda s: (s / "x").symlink_to("/etc"), "site/x: is a link"),
        (lambda s: (s / "data/.env").write_text("a"), "site/data/.env: starts with a dot"),
        (lambda s: (s / "data/A.json").write_text("a"), "differs from data/A.json in case alone"),
        (lambda s: os.mkfifo(s / "pipe"), "site/pipe: is neither a file nor a folder"),
        (lambda s: os.truncate(s / "data/a.json", 60_000_000), "site/data/a.json: 60000000 bytes; at most"),
    ],
)
def test_what_would_publish_something_else_is_refused(tmp_path: Path, spoil: object, message: str) -> None:
    """Each thing a host would treat otherwise than it was built is named, and nothing is published."""
    site = make_site(tmp_path / "site")
    spoil(site)  # type: ignore[operator] # a function of the site, from the table above
    with pytest.raises(BuildError, match=message):
        check_site(site)


def test_no_site_is_refused(tmp_path: Path) -> None:
    """A missing folder is an error with advice, not an empty publication."""
    with pytest.raises(BuildError, match="run `make site` first"):
        check_site(tmp_path / "site")


@pytest.mark.parametrize("exchange", [True, False])
def test_delivery_replaces_the_whole_site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, exchange: bool) -> None:
    """With the one-step exchange and without it, the old site is gone and nothing else is left behind."""
    if not exchange:
        monkeypatch.setattr(placing, "_exchange", lambda _first, _second: False)
    place = make_site(tmp_path / "www" / "tandem", "old")
    (place / "gone.html").write_text("old", encoding="utf-8")
    deliver(make_site(tmp_path / "site"), place)
    assert words(place) == {"new"}
    assert not (place / "gone.html").exists()
    assert [path.name for path in place.parent.iterdir()] == ["tandem"]


def test_first_delivery(tmp_path: Path) -> None:
    """A place that does not exist yet is made."""
    (tmp_path / "www").mkdir()
    deliver(make_site(tmp_path / "site"), tmp_path / "www" / "tandem")
    assert words(tmp_path / "www" / "tandem") == {"new"}


def test_foreign_folders_are_left_alone(tmp_path: Path) -> None:
    """A folder that is not a site, a link, and the site itself are refused untouched."""
    site = make_site(tmp_path / "site")
    home = tmp_path / "home"
    home.mkdir()
    (home / "letter.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(BuildError, match=r"holds files but no index\.html"):
        deliver(site, home)
    assert (home / "letter.txt").read_text(encoding="utf-8") == "mine"
    (tmp_path / "link").symlink_to(home)
    with pytest.raises(BuildError, match="not a plain folder"):
        deliver(site, tmp_path / "link")
    with pytest.raises(BuildError, match="holds the site that is to be delivered"):
        deliver(site, tmp_path)


KILLED = textwrap.dedent("""
    import os, sys
    from pathlib import Path
    from generator import site
    from generator.publishing import deliver as d
    left = int(sys.argv[3])
    def step(inner):
        def wrapped(*args, **named):
            global left
            if left == 0:
                os._exit(9)
            left -= 1
            return inner(*args, **named)
        return wrapped
    places = (d.shutil, "rmtree"), (d.shutil, "copytree"), (d.os, "fsync"), (site, "_exchange"), (Path, "replace")
    for holder, name in places:
        setattr(holder, name, step(getattr(holder, name)))
    if sys.argv[4] == "moves":
        site._exchange = step(lambda first, second: False)
    d.deliver(Path(sys.argv[1]), Path(sys.argv[2]))
""")


@pytest.mark.parametrize("how", ["exchange", "moves"])
def test_a_kill_before_any_step_leaves_one_whole_site(tmp_path: Path, how: str) -> None:
    """Killed before its n-th step, for every n, a delivery is made good by the next.

    With the exchange the place holds a whole site at every moment; without it, whenever it exists.
    """
    site = make_site(tmp_path / "site")
    for steps in range(40):
        place = make_site(tmp_path / f"www{steps}" / "tandem", "old")
        command = [sys.executable, "-c", KILLED, str(site), str(place), str(steps), how]
        code = subprocess.run(command, check=False, cwd=Path(__file__).parents[2]).returncode
        if how == "exchange" or place.exists():
            assert words(place) in ({"old"}, {"new"})
        deliver(site, place)
        assert words(place) == {"new"}
        if code == 0:
            break
    assert code == 0
    assert steps > 8
