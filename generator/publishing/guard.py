"""The last look at a finished site before it leaves the machine."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

from generator.errors import BuildError

if TYPE_CHECKING:
    from pathlib import Path

MAX_SITE_BYTES = 1_000_000_000
MAX_FILE_BYTES = 50_000_000
MUST_HAVE = ("index.html", "404.html")


def check_site(site: Path) -> tuple[int, int]:
    """Return the number of files and bytes of a site that may be published.

    A host follows a link to whatever it points at, leaves out names that start with a dot, and cannot tell names apart
    that differ in case alone; each of these would publish something else than what was built.

    Raises
    ------
    BuildError
        One line that names the first file in the way.
    """
    if site.is_symlink() or not site.is_dir():
        raise BuildError(f"{site.name}: there is no finished site here; run `make site` first")
    for name in MUST_HAVE:
        page = site / name
        if not page.is_file() or page.stat().st_size == 0:
            raise BuildError(f"{site.name}/{name}: missing or empty; the site is not complete, build it again")
    files, size = 0, 0
    folded: dict[str, str] = {}
    for path in sorted(site.rglob("*")):
        name = path.relative_to(site).as_posix()
        _refuse_entry(path, f"{site.name}/{name}")
        twin = folded.setdefault(name.casefold(), name)
        if twin != name:
            raise BuildError(f"{site.name}/{name}: differs from {twin} in case alone; rename one")
        if path.is_file():
            files, size = files + 1, size + path.stat().st_size
    if size > MAX_SITE_BYTES:
        raise BuildError(f"{site.name}: {size} bytes; at most {MAX_SITE_BYTES} for the whole site")
    return files, size


def _refuse_entry(path: Path, shown: str) -> None:
    """Raise where an entry is anything but a plain, visible folder or file of a plausible size."""
    status = path.lstat()
    if stat.S_ISLNK(status.st_mode):
        raise BuildError(f"{shown}: is a link, and publishing it would publish its target; remove it")
    if path.name.startswith("."):
        raise BuildError(f"{shown}: starts with a dot, and hosts leave such files out; remove it")
    if stat.S_ISDIR(status.st_mode):
        return
    if not stat.S_ISREG(status.st_mode):
        raise BuildError(f"{shown}: is neither a file nor a folder; remove it")
    if status.st_size > MAX_FILE_BYTES:
        raise BuildError(f"{shown}: {status.st_size} bytes; at most {MAX_FILE_BYTES} for one file")
