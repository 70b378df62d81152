"""Puts a finished site at its place on this machine: a reader finds the complete old or the complete new one."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

from generator.errors import BuildError
from generator.site import recover, swap_in

if TYPE_CHECKING:
    from pathlib import Path


def deliver(site: Path, destination: Path) -> None:
    """Copy `site` beside `destination`, then put the copy in its place.

    Raises
    ------
    BuildError
        The place is no folder, holds something that is not a site, or cannot be written to.
    """
    aside = destination.with_name(destination.name + ".new")
    try:
        if destination.resolve() in {site.resolve(), *site.resolve().parents}:
            raise BuildError(f"{destination}: holds the site that is to be delivered; give another place")
        recover(destination)
        _refuse_foreign(destination)
        shutil.rmtree(aside, ignore_errors=True)
        shutil.copytree(site, aside, symlinks=True)
        _flush(aside)
    except OSError as error:
        raise BuildError(
            f"{destination}: cannot be written ({error.strerror}); what is served there is unchanged"
        ) from error
    swap_in(aside, destination)


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
