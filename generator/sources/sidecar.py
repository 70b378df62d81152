"""What is known about a stored reply: the small JSON file beside its bytes."""

from __future__ import annotations

import datetime as dt  # noqa: TC003 - pydantic reads the annotations at run time
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Final, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from generator import __version__
from generator.sources import REGISTRY, Request

if TYPE_CHECKING:
    from pathlib import Path

FORMAT_VERSION: Final = 2
REJECTED, ACCEPTED = ".rejected", ".accepted"
STEM = re.compile(r"[0-9]{8}T[0-9]{6}Z-[0-9a-f]{8}")
_MAX_BYTES = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """One stored reply.

    Parameters
    ----------
    body, sidecar : Path
        The reply as it came, and what is known about it. Only a snapshot with both exists; the sidecar comes last.
    program : str
        Version of the program that stored it; empty where the file is older than this field.
    """

    body: Path
    sidecar: Path
    source: str
    request: Request
    address: str
    retrieved_at: dt.datetime
    sha256: str
    terms: str
    program: str = __version__

    @property
    def marker(self) -> Path:
        """The file whose presence keeps a snapshot from being used."""
        return self.sidecar.with_suffix(REJECTED)

    @property
    def acceptance(self) -> Path:
        """The file whose presence lets a rejected snapshot be used after all; the store only grows, so both stay."""
        return self.sidecar.with_suffix(ACCEPTED)

    @property
    def rejected(self) -> bool:
        """Whether the snapshot must not be used."""
        return self.marker.exists() and not self.acceptance.exists()


class _Fields(BaseModel):
    """The fields of every version."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    series_id: str
    source: str
    symbol: str
    currency: str | None
    frequency: Literal["daily", "hourly"]
    start: dt.date
    end: AwareDatetime
    address: str
    retrieved_at: AwareDatetime
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    bytes: int
    file: Annotated[str, Field(pattern=r"^[0-9A-Za-z.-]{1,100}$")]
    terms: str


class _First(_Fields):
    """Version 1: which program stored the reply was not kept."""

    format_version: Literal[1]


class _Sidecar(_Fields):
    """Version 2, as it is written now."""

    format_version: Literal[2]
    program: str


class _Version(BaseModel):
    """The one field that every version has, past and to come."""

    format_version: int


def sidecar_bytes(snapshot: Snapshot, size: int) -> bytes:
    """Return the content of the sidecar of `snapshot`, whose body has `size` bytes."""
    request = snapshot.request
    body = _Sidecar(
        format_version=FORMAT_VERSION,
        series_id=request.series_id,
        source=snapshot.source,
        symbol=request.symbol,
        currency=request.currency,
        frequency=request.frequency,
        start=request.start,
        end=request.end,
        address=snapshot.address,
        retrieved_at=snapshot.retrieved_at,
        sha256=snapshot.sha256,
        bytes=size,
        file=snapshot.body.name,
        terms=snapshot.terms,
        program=snapshot.program,
    )
    return (body.model_dump_json(indent=2) + "\n").encode()


def load_sidecar(path: Path) -> Snapshot | str:
    """Return the snapshot that the file at `path` describes, or why it describes none."""
    try:
        if path.stat().st_size > _MAX_BYTES:
            return "the sidecar is too large"
        raw = path.read_bytes()
        version = _Version.model_validate_json(raw).format_version
        if version > FORMAT_VERSION:
            return (
                f"the sidecar is of format {version}, which a newer program wrote; this one reads 1 to {FORMAT_VERSION}"
            )
        body = _upgraded(raw, version)
    except OSError as error:
        return f"the sidecar cannot be read ({error.strerror})"
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        return f"the sidecar cannot be read ({place + ': ' if place else ''}{first['msg']})"
    named = body.file.startswith(path.stem + ".") and path.stem.endswith("-" + body.sha256[:8])
    if not named or body.source not in REGISTRY:
        return "the sidecar belongs to another snapshot"
    request = Request(
        series_id=body.series_id,
        symbol=body.symbol,
        currency=body.currency,
        frequency=body.frequency,
        start=body.start,
        end=body.end,
    )
    return Snapshot(
        body=path.with_name(body.file),
        sidecar=path,
        source=body.source,
        request=request,
        address=body.address,
        retrieved_at=body.retrieved_at,
        sha256=body.sha256,
        terms=body.terms,
        program=body.program,
    )


def _upgraded(raw: bytes, version: int) -> _Sidecar:
    """Return the fields as the present version has them; the file itself is never rewritten."""
    if version == FORMAT_VERSION:
        return _Sidecar.model_validate_json(raw)
    old = _First.model_validate_json(raw).model_dump()
    return _Sidecar.model_validate({**old, "format_version": FORMAT_VERSION, "program": ""})
