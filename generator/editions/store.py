"""The store of editions: objects by the hash of their content, and a manifest per revision that is written last.

``editions/<namespace>/objects/<sha256>`` holds a file's content, compressed, under the hash of what it holds;
``editions/<namespace>/<date>/<revision>/manifest.json`` says which files the revision consists of. A revision exists
once its manifest does: a run that is killed before leaves objects that nothing refers to, which the next run removes.
"""

from __future__ import annotations

import hashlib
import re
import zlib
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from generator.editions.manifest import NAME, Manifest, Stored, parse_manifest
from generator.errors import DataError
from generator.sources.atomic import TEMPORARY, locked, write_atomic, writing

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

FOLDER = "editions"
OBJECTS = "objects"
NAMESPACE = re.compile(r"[a-z]+(-[0-9a-f]{8})?")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_REVISION = re.compile(r"[1-9]\d{0,3}")
_MOST_BYTES = 50_000_000  # of one file; more is a damaged or hostile object


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionStore:
    """The editions made from one kind of data; simulated and real ones never share a namespace.

    Parameters
    ----------
    root : Path
        The store, with ``editions/`` in it.
    namespace : str
    """

    root: Path
    namespace: str

    def __post_init__(self) -> None:
        if not NAMESPACE.fullmatch(self.namespace):
            raise ValueError(f"{self.namespace!r} cannot be a namespace")

    @property
    def folder(self) -> Path:
        """Folder of the namespace."""
        return self.root / FOLDER / self.namespace

    @property
    def objects(self) -> Path:
        """Folder of the objects."""
        return self.folder / OBJECTS

    def revisions(self, as_of: date) -> list[int]:
        """Return the revisions of one date, in order; empty if there is no edition of it."""
        numbers = [int(p.name) for p in _entries(self.folder / str(as_of)) if _REVISION.fullmatch(p.name)]
        return sorted(n for n in numbers if self.manifest_path(as_of, n).is_file())

    def days(self) -> list[date]:
        """Return the dates with an edition, oldest first."""
        days = [day for p in _entries(self.folder) if (day := _day(p.name)) is not None]
        return sorted(day for day in days if self.revisions(day))

    def manifest_path(self, as_of: date, revision: int) -> Path:
        """Return where the manifest of a revision is."""
        return self.folder / str(as_of) / str(revision) / NAME

    def manifest(self, as_of: date, revision: int) -> Manifest:
        """Return the manifest of a revision.

        Raises
        ------
        DataError
            It is missing, altered, or that of another edition.
        """
        path = self.manifest_path(as_of, revision)
        where = f"{FOLDER}/{self.namespace}/{as_of}/{revision}/{NAME}"
        try:
            manifest = parse_manifest(path.read_bytes())
        except OSError as error:
            raise DataError(f"{where}: cannot be read ({error.strerror})") from error
        except DataError as error:
            raise DataError(f"{where}: {error}") from error
        if (manifest.as_of, manifest.revision) != (as_of, revision):
            raise DataError(f"{where}: belongs to {manifest.label}")
        return manifest

    def manifests(self) -> list[Manifest]:
        """Return every revision of every edition, by date and revision."""
        return [self.manifest(day, revision) for day in self.days() for revision in self.revisions(day)]

    def read(self, manifest: Manifest, path: str) -> bytes:
        """Return the content of one file of an edition.

        Raises
        ------
        DataError
            The object is missing or does not hold what was stored.
        """
        stored = manifest.files[path]
        try:
            return self.content(stored)
        except DataError as error:
            raise DataError(f"{manifest.label}: {path}: {error}") from error

    def content(self, stored: Stored) -> bytes:
        """Return the content of an object, checked against its hash and size."""
        short = f"object {stored.sha256[:16]}"
        try:
            packed = (self.objects / stored.sha256).read_bytes()
        except OSError as error:
            raise DataError(f"{short} cannot be read ({error.strerror})") from error
        unpacker = zlib.decompressobj()
        try:
            content = unpacker.decompress(packed, _MOST_BYTES)
        except zlib.error as error:
            raise DataError(f"{short} is damaged") from error
        if not unpacker.eof or unpacker.unused_data:
            raise DataError(f"{short} is damaged")
        if len(content) != stored.size or hashlib.sha256(content).hexdigest() != stored.sha256:
            raise DataError(f"{short} was altered")
        return content

    def write(self, manifest: Manifest, files: Mapping[str, bytes]) -> Manifest:
        """Store a revision: its objects, then its manifest; return the manifest as stored.

        Writing what is stored already changes nothing.

        Parameters
        ----------
        manifest : Manifest
            Without `files`.
        files : mapping of path to bytes

        Raises
        ------
        DataError
            There is such a revision with other content, the revision before it is missing, or the disk refuses.
        """
        stored = {path: Stored(sha256=hashlib.sha256(body).hexdigest(), size=len(body)) for path, body in files.items()}
        with locked(self.root):
            known = self.revisions(manifest.as_of)
            full = replace(manifest, files=dict(sorted(stored.items())))
            if manifest.revision in known:
                old = self.manifest(manifest.as_of, manifest.revision)
                if old.files != full.files:
                    raise DataError(f"{old.label}: is frozen and is not rewritten; a correction is a new revision")
                return old
            if manifest.revision != len(known) + 1:
                raise DataError(f"{full.label}: the store holds {len(known)} revisions of this edition")
            with writing(full.label):
                self.objects.mkdir(parents=True, exist_ok=True)
                for path, body in files.items():
                    self._put(stored[path], body)
                place = self.manifest_path(manifest.as_of, manifest.revision)
                place.parent.mkdir(parents=True, exist_ok=True)
                write_atomic(place, full.to_bytes())
        return full

    def _put(self, stored: Stored, body: bytes) -> None:
        """Write an object unless it is there and sound."""
        if (self.objects / stored.sha256).exists():
            with suppress(DataError):
                self.content(stored)
                return
        write_atomic(self.objects / stored.sha256, zlib.compress(body, 9))

    def clean(self) -> int:
        """Remove what a killed run left behind, and return the number of objects removed.

        Raises
        ------
        DataError
            A manifest cannot be read: then nothing is removed, since it may refer to anything.
        """
        if not self.folder.is_dir():
            return 0
        with locked(self.root):
            used = {stored.sha256 for manifest in self.manifests() for stored in manifest.files.values()}
            loose = [path for path in _entries(self.objects) if path.name not in used]
            with writing("the store of editions"):
                for path in (*loose, *self.folder.glob(f"*/*/.*{TEMPORARY}")):
                    path.unlink(missing_ok=True)
                for empty in (*self.folder.glob("*/*/"), *self.folder.glob("*/")):
                    if empty != self.objects and not any(empty.iterdir()):
                        empty.rmdir()
        return len(loose)


def namespaces(root: Path) -> list[str]:
    """Return the namespaces in a store."""
    return sorted(p.name for p in _entries(root / FOLDER) if p.is_dir() and NAMESPACE.fullmatch(p.name))


def _entries(folder: Path) -> list[Path]:
    """Return what is in a folder, by name; nothing if there is no such folder."""
    try:
        return sorted(folder.iterdir())
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        raise DataError(f"{folder.name}: cannot be read ({error.strerror})") from error


def _day(name: str) -> date | None:
    if not _DAY.fullmatch(name):
        return None
    with suppress(ValueError):
        return date.fromisoformat(name)
    return None
