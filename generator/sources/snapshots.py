"""The append-only store of raw replies: what was fetched, when, from where, with a checksum; and reading it again."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.errors import DataError, SourceError, TandemError
from generator.panel import Observed
from generator.sources import Raw, Request, source
from generator.sources.atomic import TEMPORARY, write_atomic, writing
from generator.sources.sidecar import STEM, Snapshot, load_sidecar, sidecar_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from generator.config import Config, Series

FOLDER = "snapshots"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a store holds.

    Parameters
    ----------
    latest, previous : dict of str to Observed
        Newest good snapshot of each series, and the one before it with other bytes.
    problems : tuple of str
        Snapshots that could not be used, each with its place and reason.
    """

    latest: dict[str, Observed]
    previous: dict[str, Observed]
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """A stored reply, and whether its bytes are `new`."""

    snapshot: Snapshot
    new: bool


def save(store: Path, request: Request, raw: Raw, name: str, retrieved_at: dt.datetime) -> Saved:
    """Return the stored reply; the same bytes from the same place are stored once. Call it with the store `locked`.

    Parameters
    ----------
    name : str
        Source the reply came from.
    retrieved_at : datetime
        Aware time of the fetch.
    """
    module = source(name)
    sha256 = hashlib.sha256(raw.body).hexdigest()
    folder = store / FOLDER / request.series_id
    when = retrieved_at.astimezone(dt.UTC).replace(microsecond=0)
    for known in reversed(_sidecars(folder)):
        if known.stem.endswith(sha256[:8]):
            old = load_sidecar(known)
            if isinstance(old, Snapshot) and (old.sha256, old.address, old.source) == (sha256, raw.address, name):
                return Saved(snapshot=old, new=False)
    stem = f"{when:%Y%m%dT%H%M%SZ}-{sha256[:8]}"
    snapshot = Snapshot(
        body=folder / f"{stem}{module.SUFFIX}",
        sidecar=folder / f"{stem}.json",
        source=name,
        request=request,
        address=raw.address,
        retrieved_at=when,
        sha256=sha256,
        terms=module.TERMS,
    )
    with writing(request.series_id):
        folder.mkdir(parents=True, exist_ok=True)
        _clear_remains(folder)
        write_atomic(snapshot.body, raw.body)
        write_atomic(snapshot.sidecar, sidecar_bytes(snapshot, len(raw.body)))
    return Saved(snapshot=snapshot, new=True)


def _clear_remains(folder: Path) -> None:
    """Remove what a killed run left: files half written, and replies whose sidecar never came."""
    stems = {sidecar.stem for sidecar in _sidecars(folder)}
    for path in folder.iterdir():
        stem = path.name.split(".", 1)[0]
        half = path.name.startswith(".") and path.name.endswith(TEMPORARY)
        if half or (STEM.fullmatch(stem) and stem not in stems):
            path.unlink()


def reject(snapshot: Snapshot, reason: str) -> None:
    """Keep `snapshot` from being used: it stays where it is, with the reason beside it."""
    text = f"{reason}\nRemove this file to accept the snapshot.\n"
    with writing(snapshot.request.series_id):
        write_atomic(snapshot.marker, text.encode())


def latest(store: Path, config: Config, as_of: dt.date, *, known_at: dt.datetime | None = None) -> dict[str, Observed]:
    """Return the newest good snapshot of every series that has a value up to `as_of`; see `read`."""
    return read(store, config, as_of, known_at=known_at).latest


def read(store: Path, config: Config, as_of: dt.date, *, known_at: dt.datetime | None = None) -> Reading:
    """Return the two newest good snapshots of every series, and what had to be passed over.

    A snapshot counts when its checksum holds, it can be read, it was not rejected, its source and symbol are still
    those of the configuration, and it has a value up to `as_of`. A broken one is named and the older one is used.

    Parameters
    ----------
    known_at : datetime, optional
        Look only at what was retrieved up to this moment.
    """
    newest: dict[str, Observed] = {}
    previous: dict[str, Observed] = {}
    problems: list[str] = []
    for series_id, series in config.series.items():
        good = _good(store / FOLDER / series_id, series_id, series, as_of, known_at, problems)
        first = next(good, None)
        if first is None:
            continue
        newest[series_id] = first
        older = next((item for item in good if item.sha256 != first.sha256), None)
        if older is not None:
            previous[series_id] = older
    return Reading(latest=newest, previous=previous, problems=tuple(problems))


def _good(  # noqa: PLR0917 - private, one caller
    folder: Path,
    series_id: str,
    series: Series,
    as_of: dt.date,
    known_at: dt.datetime | None,
    problems: list[str],
) -> Iterator[Observed]:
    """Yield the usable snapshots of a series, newest first; append the broken ones to `problems`."""
    for sidecar in reversed(_sidecars(folder)):
        snapshot = load_sidecar(sidecar)
        if isinstance(snapshot, str):
            problems.append(f"{series_id}/{sidecar.name}: {snapshot}")
            continue
        if (snapshot.source, snapshot.request.symbol) not in {(s.source, s.symbol) for s in series.sources}:
            continue
        if snapshot.request.series_id != series_id or snapshot.request.frequency != series.frequency:
            continue
        if known_at is not None and snapshot.retrieved_at > known_at:
            problems.append(
                f"{series_id}/{sidecar.name}: retrieved at {snapshot.retrieved_at}, which lies after {known_at}"
            )
            continue
        if snapshot.marker.exists():
            continue
        try:
            item = observed(snapshot)
        except TandemError as error:
            problems.append(f"{series_id}/{snapshot.body.name}: {error}")
            continue
        if item.values.index[0].date() <= as_of:
            yield item


def stored(store: Path) -> tuple[str, ...]:
    """Return the ids of all series that have a folder in the store, sorted."""
    try:
        return tuple(sorted(path.name for path in (store / FOLDER).iterdir() if path.is_dir()))
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise DataError(f"store: {FOLDER} cannot be read ({error.strerror})") from error


def newest(store: Path, series_id: str, series: Series) -> Observed | None:
    """Return the newest good snapshot of a series, whatever its dates, or None."""
    return next(_good(store / FOLDER / series_id, series_id, series, dt.date.max, None, []), None)


def before(store: Path, snapshot: Snapshot, series: Series) -> Observed | None:
    """Return the newest good snapshot of the series other than `snapshot`, or None."""
    series_id = snapshot.request.series_id
    good = _good(store / FOLDER / series_id, series_id, series, dt.date.max, None, [])
    return next((item for item in good if item.sha256 != snapshot.sha256), None)


def observed(snapshot: Snapshot) -> Observed:
    """Return the series in `snapshot`.

    Raises
    ------
    DataError
        The stored bytes are missing, altered or unreadable.
    """
    try:
        body = snapshot.body.read_bytes()
    except OSError as error:
        raise DataError(f"cannot be read ({error.strerror})") from error
    if hashlib.sha256(body).hexdigest() != snapshot.sha256:
        raise DataError("the bytes are not those that were stored (checksum differs)")
    try:
        values = source(snapshot.source).parse(body, snapshot.request)
    except SourceError as error:
        raise DataError(str(error)) from error
    return Observed(
        series_id=snapshot.request.series_id,
        values=values,
        source=snapshot.source,
        symbol=snapshot.request.symbol,
        retrieved_at=snapshot.retrieved_at.isoformat(),
        sha256=snapshot.sha256,
        terms=snapshot.terms,
    )


def _sidecars(folder: Path) -> list[Path]:
    """Return the sidecars of a series, oldest first."""
    try:
        return sorted(p for p in folder.iterdir() if p.suffix == ".json" and STEM.fullmatch(p.stem))
    except FileNotFoundError:
        return []
    except OSError as error:
        raise DataError(f"store: {folder.name} cannot be read ({error.strerror})") from error
