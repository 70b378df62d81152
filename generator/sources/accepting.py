"""A person's word that a copy which the gate set aside is right after all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.errors import DataError
from generator.sources import gate, snapshots
from generator.sources.atomic import locked

if TYPE_CHECKING:
    import datetime as dt
    from pathlib import Path

    from generator.config import Config
    from generator.sources.sidecar import Snapshot


def accept(config: Config, store: Path, series_id: str, now: dt.datetime) -> tuple[Snapshot, str]:
    """Let the newest copy of a series be used that was set aside; return it, and why it had been.

    What may be accepted is that it differs from the copies before it: a source has restated its history. Values that
    cannot be believed by themselves, such as a change of unit in the middle, are never used.

    Raises
    ------
    DataError
        No such series, nothing was set aside, or the copy fails the checks of its own values.
    """
    if series_id not in config.series:
        raise DataError(f"no series {series_id[:40]!a}; known: {', '.join(config.series)}")
    with locked(store):
        snapshot = snapshots.newest_rejected(store, series_id)
        fault = gate.fault(snapshots.observed(snapshot), config, now.date())
        if fault is not None:
            raise DataError(
                f"{series_id}: cannot be accepted ({fault.rstrip('.')}); if the values are right, change the limit in "
                "report.toml"
            )
        snapshots.accept(snapshot, now)
    return snapshot, snapshots.why(snapshot)
