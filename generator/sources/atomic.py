"""Writing that a kill, a full disk or a second run cannot spoil."""

from __future__ import annotations

import errno
import os
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from generator.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LOCK = ".lock"
TEMPORARY = ".tmp"
_LOCK_STEP_SECONDS = 0.1


@contextmanager
def locked(store: Path, wait_seconds: float = 10.0, what: str = "store") -> Iterator[None]:
    """Hold a folder for writing; another run waits for up to `wait_seconds`, then says so.

    Programs that are started meanwhile with their parent's files hold it too: what a killed run has left running is
    waited for.
    """
    import fcntl  # noqa: PLC0415 - not on every system, and only writing needs it

    with writing("the store"):
        store.mkdir(parents=True, exist_ok=True)
        handle = os.open(store / LOCK, os.O_RDWR | os.O_CREAT, 0o644)
        os.set_inheritable(handle, True)  # noqa: FBT003 - the one way to say it
    try:
        until = time.monotonic() + wait_seconds
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except OSError as error:
                if error.errno not in {errno.EAGAIN, errno.EACCES}:
                    raise DataError(
                        f"{what}: cannot be locked ({error.strerror}); is it on a network drive?"
                    ) from error
            if time.monotonic() > until:
                raise DataError(f"{what}: another run is writing to it; wait until it has ended, then run again")
            time.sleep(_LOCK_STEP_SECONDS)
        yield
    finally:
        os.close(handle)  # also releases the lock


@contextmanager
def writing(what: str) -> Iterator[None]:
    """Turn a failure to write `what` into one line that says what to do."""
    try:
        yield
    except OSError as error:
        advice = {
            errno.ENOSPC: "the disk is full: free some space, then run again",
            errno.EDQUOT: "the quota is used up: free some space, then run again",
            errno.EROFS: "the place is read-only: choose another one",
            errno.EACCES: "no permission: choose another place, or change its owner",
            errno.EPERM: "no permission: choose another place, or change its owner",
        }.get(error.errno or 0, "nothing stored before was touched")
        raise DataError(f"store: {what} cannot be written ({error.strerror}); {advice}") from error


def write_atomic(path: Path, content: bytes) -> None:
    """Write `content` aside, flush it to the disk, then give it its name: `path` is whole or absent."""
    temporary = path.with_name(f".{path.name}{TEMPORARY}")
    try:
        with temporary.open("wb") as handle:
            handle.write(content)
            handle.flush()
            os.fsync(handle.fileno())
        temporary.replace(path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """Flush the folder's entries, where the system can."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in {errno.EINVAL, errno.ENOTSUP}:
            raise
    finally:
        os.close(handle)
