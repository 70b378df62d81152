"""What one revision of an edition consists of: every file with its hash, and where it came from."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from generator.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Mapping

FORMAT_VERSION = 1
NAME = "manifest.json"
LIVE, BACKFILLED = "live", "backfilled"

_SHA256 = re.compile(r"[0-9a-f]{64}")
_PART = r"[a-z0-9][a-z0-9.-]{0,99}"
_PATH = re.compile(rf"{_PART}(/{_PART}){{0,3}}")
_KEYS = frozenset(
    {
        "format_version",
        "as_of",
        "revision",
        "data",
        "made",
        "occasions",
        "reason",
        "previous",
        "data_sha256",
        "series",
        "code_version",
        "degraded",
        "pairs",
        "files",
        "sha256",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """One file of an edition: the hash and the size of its content."""

    sha256: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """One revision of one edition.

    Parameters
    ----------
    as_of : date
        The edition's date: nothing later was known to it.
    revision : int
        1 for the edition itself, more for a correction of it.
    data : str
        Kind of the data: ``store``, ``csv`` or ``sample``.
    made : {"live", "backfilled"}
        Whether its date was the newest of the data when it was made, or the data was cut at its date.
    occasions : tuple of str
        Why there is an edition of this date.
    reason : str
        What a correction corrects; empty for the first revision.
    previous : str
        Hash of the manifest of the revision before; empty for the first.
    data_sha256 : str
        Hash of every value used, as the pages state it.
    series : mapping of series id to str
        Hash of each series as it was given, up to the date: tells which one was restated later.
    pairs : mapping of slug to str
        Titles of the pairs in the edition, in their order.
    files : mapping of path to Stored
    """

    as_of: date
    revision: int
    data: str
    made: str
    occasions: tuple[str, ...]
    reason: str = ""
    previous: str = ""
    data_sha256: str
    series: Mapping[str, str]
    code_version: str
    degraded: tuple[str, ...] = ()
    pairs: Mapping[str, str]
    files: Mapping[str, Stored] = field(default_factory=dict)

    @property
    def folder(self) -> str:
        """Name of the edition below ``/editions/``: the date, and the revision where it is a correction."""
        return str(self.as_of) if self.revision == 1 else f"{self.as_of}-r{self.revision}"

    @property
    def label(self) -> str:
        """What messages call it."""
        return f"edition {self.as_of}, revision {self.revision}"

    @property
    def sha256(self) -> str:
        """Hash of everything the manifest states."""
        return hashlib.sha256(json.dumps(self._body(), sort_keys=True, separators=(",", ":")).encode()).hexdigest()

    def to_bytes(self) -> bytes:
        """Return the manifest as strict JSON, with its own hash."""
        body = {**self._body(), "sha256": self.sha256}
        return (json.dumps(body, indent=1, sort_keys=True, allow_nan=False, ensure_ascii=False) + "\n").encode()

    def _body(self) -> dict[str, Any]:
        return {
            "format_version": FORMAT_VERSION,
            "as_of": self.as_of.isoformat(),
            "revision": self.revision,
            "data": self.data,
            "made": self.made,
            "occasions": list(self.occasions),
            "reason": self.reason,
            "previous": self.previous,
            "data_sha256": self.data_sha256,
            "series": dict(self.series),
            "code_version": self.code_version,
            "degraded": list(self.degraded),
            "pairs": [[slug, title] for slug, title in self.pairs.items()],
            "files": {path: asdict(stored) for path, stored in self.files.items()},
        }


def parse_manifest(raw: bytes) -> Manifest:
    """Return the manifest in `raw`.

    Raises
    ------
    DataError
        It is not exactly what `Manifest.to_bytes` writes; the message says what is wrong, without naming the file.
    """
    try:
        body = json.loads(raw)
        version = body["format_version"]
        if version != FORMAT_VERSION:
            raise DataError(f"has format version {ascii(version)[:40]}; this program reads {FORMAT_VERSION}")
        if set(body) != _KEYS:
            raise DataError(f"has the wrong keys: {ascii(', '.join(sorted(set(body) ^ _KEYS)))[1:81]}")
        manifest = Manifest(
            as_of=date.fromisoformat(body["as_of"]),
            revision=int(body["revision"]),
            data=str(body["data"]),
            made=str(body["made"]),
            occasions=tuple(body["occasions"]),
            reason=str(body["reason"]),
            previous=str(body["previous"]),
            data_sha256=str(body["data_sha256"]),
            series=dict(body["series"]),
            code_version=str(body["code_version"]),
            degraded=tuple(body["degraded"]),
            pairs={slug: title for slug, title in body["pairs"]},  # noqa: C416 - refuses what is not a pair
            files={path: Stored(sha256=s["sha256"], size=int(s["size"])) for path, s in body["files"].items()},
        )
        for path, stored in manifest.files.items():
            if not _PATH.fullmatch(path) or not _SHA256.fullmatch(stored.sha256):
                raise DataError(f"names the file {ascii(path)[:80]}, which cannot be part of an edition")
        same = manifest.to_bytes() == raw
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise DataError(f"cannot be read ({type(error).__name__})") from error
    if not same:
        raise DataError("was altered: its content does not match its own hash")
    return manifest
