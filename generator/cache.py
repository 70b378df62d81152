"""Results kept from build to build under the hash of everything they depend on. Deleting the folder loses only time.

A result is found again only under the same data, configuration, code and libraries, so a build with the cache writes
the same bytes as one without. The files are Python pickles: the folder is as trusted as the code beside it, never part
of what is published, and never restored from another machine.
"""

from __future__ import annotations

import functools
import hashlib
import importlib.metadata
import json
import os
import pickle
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

Result = TypeVar("Result")

LARGEST = 512 * 1024**2
"""Bytes kept; beyond them what was used least recently goes."""
LIBRARIES = (
    "altair",
    "arch",
    "exchange-calendars",
    "jinja2",
    "markdown",
    "mkdocs",
    "mkdocs-material",
    "numpy",
    "pandas",
    "scipy",
    "statsmodels",
    "vl-convert-python",
)
SHA256 = hashlib.sha256().digest_size


@dataclass(frozen=True, slots=True, kw_only=True)
class Cache:
    """A folder of results.

    Parameters
    ----------
    root : Path
    """

    root: Path

    def get(self, key: str, compute: Callable[[], Result]) -> Result:
        """Return the result kept under `key`, or compute and keep it. A damaged or unreadable file counts as none."""
        path = self._path(key)
        try:
            body = path.read_bytes()
            if hashlib.sha256(body[SHA256:]).digest() == body[:SHA256]:
                found: Result = pickle.loads(body[SHA256:])  # noqa: S301 - written by this program; see the module
                os.utime(path)
                return found
        except (OSError, pickle.UnpicklingError, AttributeError, ImportError, EOFError, ValueError):
            pass  # made anew below
        result = compute()
        self.put(key, result)
        return result

    def put(self, key: str, result: object) -> None:
        """Keep a result. A full or read-only disk is no reason to fail: the next build computes it again."""
        self._write(self._path(key), pickle.dumps(result, protocol=5))

    def holds(self, key: str) -> bool:
        """Return whether there is a file under `key`."""
        return self._path(key).is_file()

    def _path(self, key: str) -> Path:
        return self.root / key[:2] / f"{key[2:]}.pickle"

    @staticmethod
    def _write(path: Path, body: bytes) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, aside = tempfile.mkstemp(dir=path.parent, prefix=".aside-")
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(hashlib.sha256(body).digest())
                    file.write(body)
                Path(aside).replace(path)
            except BaseException:
                Path(aside).unlink(missing_ok=True)
                raise
        except OSError:
            return

    def prune(self, largest: int = LARGEST) -> None:
        """Remove what was used least recently, until no more than `largest` bytes are left."""
        kept = []
        for path in self.root.glob("*/*"):
            try:
                state = path.stat()
            except OSError:
                continue
            kept.append((state.st_mtime_ns, state.st_size, path))
        total = sum(size for _, size, _ in kept)
        for _, size, path in sorted(kept, key=lambda item: (item[0], item[2])):
            if total <= largest:
                return
            path.unlink(missing_ok=True)
            total -= size


@functools.cache
def code_key() -> str:
    """Return the hash of this package's code and of the libraries behind the results."""
    digest = hashlib.sha256()
    folder = Path(__file__).parent
    for path in sorted(p for pattern in ("*.py", "*.csv") for p in folder.rglob(pattern)):
        digest.update(path.relative_to(folder).as_posix().encode())
        digest.update(path.read_bytes())
    for name in LIBRARIES:
        digest.update(f"{name}=={importlib.metadata.version(name)}".encode())
    return digest.hexdigest()


def key_of(*parts: str | bytes) -> str:
    """Return the key of a result: the hash of its parts and of the code."""
    digest = hashlib.sha256(code_key().encode())
    for part in parts:
        body = part.encode() if isinstance(part, str) else part
        digest.update(len(body).to_bytes(8, "little"))
        digest.update(body)
    return digest.hexdigest()


def tree_sha256(folder: Path) -> str:
    """Return the hash of every file of a folder with its path; a missing folder has one of its own."""
    digest = hashlib.sha256()
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        digest.update(f"{path.relative_to(folder).as_posix()}\n".encode())
        with path.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a folder was made from the last time, so that it is not made again from the same.

    Parameters
    ----------
    record_file : Path
    inputs : str
        Hash of all that the folder depends on.
    folder : Path
    """

    record_file: Path
    inputs: str
    folder: Path

    def unchanged(self) -> bool:
        """Return whether the folder is, byte for byte, what the last run made from these inputs."""
        try:
            last = json.loads(self.record_file.read_text(encoding="utf-8"))
            return bool(last["inputs"] == self.inputs and last["folder"] == tree_sha256(self.folder))
        except (OSError, ValueError, KeyError, TypeError):
            return False

    def record(self) -> None:
        """Remember what the folder was made from; where that cannot be written, the next run makes it again."""
        body = json.dumps({"inputs": self.inputs, "folder": tree_sha256(self.folder)})
        try:
            self.record_file.parent.mkdir(parents=True, exist_ok=True)
            self.record_file.write_text(body, encoding="utf-8")
        except OSError:
            self.record_file.unlink(missing_ok=True)
