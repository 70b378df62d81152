"""The append-only store of raw replies: what was fetched, when, from where, with a checksum; and reading it again."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from generator.errors import DataError, SourceError, TandemError
from generator.panel import Observed
from generator.sources import Raw, Request, source
from generator.sources.atomic import TEMPORARY, write_atomic, writing
from generator.sources.sidecar import ACCEPTED, STEM, Snapshot, load_sidecar, sidecar_bytes
from generator.sources.table import shown

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
    set_aside : dict of str to str
        Why the newest snapshot of a series is not the one in `latest`, where the gate condemned it when it came.
    """

    latest: dict[str, Observed]
    previous: dict[str, Observed]
    problems: tuple[str, ...]
    set_aside: dict[str, str] = field(default_factory=dict)


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
    series_id = snapshot.request.series_id
    text = f"{reason}\n`tandem accept {series_id}` lets it be used all the same.\n"
    with writing(series_id):
        write_atomic(snapshot.marker, text.encode())


def newest_rejected(store: Path, series_id: str) -> Snapshot:
    """Return the newest snapshot of a series, which must be one that was set aside.

    Raises
    ------
    DataError
        There is none, or it is in use already.
    """
    for sidecar in reversed(_sidecars(store / FOLDER / series_id)):
        snapshot = load_sidecar(sidecar)
        if isinstance(snapshot, Snapshot):
            if not snapshot.rejected:
                break
            return snapshot
    raise DataError(f"store: the newest copy of {series_id} was not set aside; there is nothing to accept")


def accept(snapshot: Snapshot, accepted_at: dt.datetime) -> None:
    """Let a snapshot that was set aside be used. Call it with the store `locked`."""
    text = f"Accepted at {accepted_at.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ}.\n"
    with writing(snapshot.request.series_id):
        write_atomic(snapshot.acceptance, text.encode())


def why(snapshot: Snapshot) -> str:
    """Return the reason for which a snapshot was set aside."""
    try:
        line = snapshot.marker.read_text(encoding="utf-8", errors="replace").partition("\n")[0]
    except OSError:
        line = ""
    return shown(line, 300) or "the reason is not readable"


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
    set_aside: dict[str, str] = {}
    for series_id, series in config.series.items():
        place = store / FOLDER / series_id
        good = _good(place, series_id, series, as_of, known_at, problems)
        first = next(good, None)
        reason = _set_aside(place, series, first, known_at)
        if reason:
            set_aside[series_id] = reason
        if first is None:
            continue
        newest[series_id] = first
        if _is_accepted(place, first):
            continue  # what was accepted differs from the copies before it, and is not judged by them
        older = next((item for item in good if item.sha256 != first.sha256), None)
        if older is not None:
            previous[series_id] = older
    return Reading(latest=newest, previous=previous, problems=tuple(problems), set_aside=set_aside)


def _set_aside(folder: Path, series: Series, used: Observed | None, known_at: dt.datetime | None) -> str:
    """Return why a snapshot newer than the one in use was set aside, nothing where none was."""
    for sidecar in reversed(_sidecars(folder)):
        snapshot = load_sidecar(sidecar)
        if isinstance(snapshot, str) or (known_at is not None and snapshot.retrieved_at > known_at):
            continue
        if used is not None and snapshot.retrieved_at.isoformat() <= used.retrieved_at:
            return ""
        if snapshot.rejected and (snapshot.source, snapshot.request.symbol) in _places(series):
            return f"the copy of {snapshot.retrieved_at:%Y-%m-%d} was set aside: {why(snapshot)}"
    return ""


def _places(series: Series) -> set[tuple[str, str]]:
    """Return where a series may come from, as source and symbol."""
    return {(place.source, place.symbol) for place in series.sources}


def _is_accepted(folder: Path, item: Observed) -> bool:
    """Return whether a person has let this snapshot be used."""
    return any(path.stem.endswith(item.sha256[:8]) for path in folder.glob(f"*{ACCEPTED}"))


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
        if (snapshot.source, snapshot.request.symbol) not in _places(series):
            continue
        if snapshot.request.series_id != series_id or snapshot.request.frequency != series.frequency:
            continue
        if known_at is not None and snapshot.retrieved_at > known_at:
            problems.append(
                f"{series_id}/{sidecar.name}: retrieved at {snapshot.retrieved_at}, which lies after {known_at}"
            )
            continue
        if snapshot.rejected:
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
