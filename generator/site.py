"""Writes a build's pages and files, each atomically, and removes generated pages that no longer exist."""

from __future__ import annotations

import ctypes
import json
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

from generator.errors import BuildError

GENERATED = (
    "about",
    "reports",
    "claims",
    "editions",
    "data",
    "charts",
    "changes",
    "badges",
    "cards",
    "assets/charts",
    "assets/vendor",
)
ASIDE = ".aside-"
"""How the name of a file begins that is not finished."""
GENERATED_FILES = ("index.md", "feed.xml", "methods/sample.md")


def strict_json(body: Any, *, indent: int | None = 1) -> str:  # noqa: ANN401 - any JSON value
    """Return strict JSON: sorted keys, no NaN, `<` escaped so that it can stand in a page."""
    text = json.dumps(body, indent=indent, sort_keys=True, allow_nan=False, ensure_ascii=False)
    return text.replace("<", "\\u003c") + "\n"  # in JSON a `<` can only stand inside a string


def write_text(path: Path, text: str) -> None:
    """Write a text file atomically; an equal file is left alone."""
    write_bytes(path, text.encode("utf-8"))


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file aside, then move it into place; an equal file is left alone.

    Raises
    ------
    BuildError
        The place cannot be written to.
    """
    try:
        if path.is_file() and path.read_bytes() == content:
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, aside = tempfile.mkstemp(dir=path.parent, prefix=ASIDE)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            Path(aside).chmod(0o644)
            Path(aside).replace(path)
        except BaseException:
            Path(aside).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise BuildError(
            f"{path.name}: cannot be written ({error.strerror}); free some space or change the place"
        ) from error


def clear_generated(docs: Path) -> None:
    """Remove what an earlier build generated; hand-written pages stay."""
    for name in GENERATED:
        shutil.rmtree(docs / name, ignore_errors=True)
    for name in GENERATED_FILES:
        (docs / name).unlink(missing_ok=True)
    for path in docs.rglob(f"{ASIDE}*"):  # left by a run that was killed
        path.unlink(missing_ok=True)


def swap_in(new: Path, live: Path) -> None:
    """Put the finished folder `new` in the place of `live`: complete old or complete new, nothing between.

    The two change places in one step where the system can. Elsewhere the old folder is moved aside first; a kill
    between the two moves leaves it there, and `recover` brings it back.
    """
    old = live.with_name(live.name + ".old")
    try:
        recover(live)
        if old.exists():
            shutil.rmtree(old)
        if live.exists() and _exchange(new, live):
            new.replace(old)
        else:
            if live.exists():
                live.replace(old)
            new.replace(live)
        shutil.rmtree(old, ignore_errors=True)
    except OSError as error:
        recover(live)
        raise BuildError(
            f"{live.name}: cannot be replaced ({error.strerror}); the site before it stays as it was"
        ) from error


_EXCHANGE = 2  # RENAME_EXCHANGE of Linux and RENAME_SWAP of macOS
_AT_FDCWD = -100


def _exchange(one: Path, other: Path) -> bool:
    """Let two folders change places in one step, and return whether this system could."""
    if os.name != "posix":
        return False
    names = os.fsencode(one), os.fsencode(other)
    library = ctypes.CDLL(None)
    if hasattr(library, "renameat2"):
        return bool(library.renameat2(_AT_FDCWD, names[0], _AT_FDCWD, names[1], _EXCHANGE) == 0)
    if hasattr(library, "renamex_np"):
        return bool(library.renamex_np(*names, _EXCHANGE) == 0)
    return False


def recover(live: Path) -> None:
    """Bring back the old site after a run that was killed between the two moves of `swap_in`."""
    old = live.with_name(live.name + ".old")
    if not live.exists() and old.exists():
        old.replace(live)
