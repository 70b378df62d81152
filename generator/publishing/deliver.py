"""Puts a finished site at its place on this machine: a reader finds the complete old or the complete new one."""

from __future__ import annotations

import ctypes
import os
import shutil
import sys
from typing import TYPE_CHECKING

from generator.errors import BuildError

if TYPE_CHECKING:
    from pathlib import Path

_AT_FDCWD = -100
_RENAME_EXCHANGE = 2


def deliver(site: Path, destination: Path) -> None:
    """Copy `site` beside `destination`, then put the copy in its place.

    On Linux the two folders change places in one step. Elsewhere the old one is moved aside first, and a run that was
    stopped between the two moves is repaired by the next.

    Raises
    ------
    BuildError
        The place is no folder, holds something that is not a site, or cannot be written to.
    """
    aside = destination.with_name(destination.name + ".new")
    old = destination.with_name(destination.name + ".old")
    try:
        if destination.resolve() in {site.resolve(), *site.resolve().parents}:
            raise BuildError(f"{destination}: holds the site that is to be delivered; give another place")
        if not destination.exists() and old.exists():
            old.replace(destination)
        _refuse_foreign(destination)
        shutil.rmtree(aside, ignore_errors=True)
        shutil.copytree(site, aside, symlinks=True)
        _flush(aside)
        if not destination.exists():
            aside.replace(destination)
        elif _exchange(aside, destination):
            shutil.rmtree(aside, ignore_errors=True)
        else:
            shutil.rmtree(old, ignore_errors=True)
            destination.replace(old)
            aside.replace(destination)
            shutil.rmtree(old, ignore_errors=True)
    except OSError as error:
        raise BuildError(
            f"{destination}: cannot be written ({error.strerror}); what is served there is unchanged"
        ) from error


def _refuse_foreign(destination: Path) -> None:
    """Raise where replacing `destination` would delete something that is not a site of ours."""
    if destination.is_symlink() or (destination.exists() and not destination.is_dir()):
        raise BuildError(f"{destination}: is not a plain folder; name a folder that this command may replace")
    if destination.exists() and any(destination.iterdir()) and not (destination / "index.html").is_file():
        raise BuildError(f"{destination}: holds files but no index.html, so it is not a site; name another folder")


def _flush(folder: Path) -> None:
    """Write everything below `folder` to the disk before it is served."""
    for path in (folder, *folder.rglob("*")):
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _exchange(first: Path, second: Path) -> bool:
    """Let two folders change places in one step; return whether the system can do that."""
    if sys.platform != "linux":
        return False
    library = ctypes.CDLL(None, use_errno=True)
    if not hasattr(library, "renameat2"):
        return False
    done: int = library.renameat2(_AT_FDCWD, os.fsencode(first), _AT_FDCWD, os.fsencode(second), _RENAME_EXCHANGE)
    return done == 0
