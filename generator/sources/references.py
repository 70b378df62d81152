"""A second source of a rate, fetched beside the first for comparison alone: nothing published rests on it."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from generator.errors import TandemError
from generator.sources import snapshots

if TYPE_CHECKING:
    from pathlib import Path

    from generator.config import Config
    from generator.panel import Observed

COMPARED = dt.timedelta(days=365)
"""How far back a second source is asked: a bounded number of requests, and enough to see that the two are the same."""
_MARK = "."  # no id in report.toml has one


def reference_id(series_id: str, source: str) -> str:
    """Return the id under which the second source of a series is stored."""
    return f"{series_id}{_MARK}{source}"


def series_of(series_id: str) -> str | None:
    """Return the series that a stored reference is compared with, None for any other id."""
    name, mark, _ = series_id.partition(_MARK)
    return name if mark else None


def start_of(now: dt.datetime) -> dt.date:
    """Return the first date asked for."""
    return (now - COMPARED).date()


def with_references(config: Config) -> Config:
    """Return the configuration with the second source of each rate as a series of its own, after all others."""
    if not config.gate.compare_sources:
        return config
    beside = {
        reference_id(series_id, series.sources[1].source): series.model_copy(
            update={
                "label": f"{series.label}, for comparison",
                "sources": [series.sources[1]],
                "required": False,
            }
        )
        for series_id, series in config.series.items()
        if series.kind != "price" and len(series.sources) > 1
    }
    return config.model_copy(update={"series": {**config.series, **beside}})


def load_store(store: Path, config: Config) -> dict[str, Observed]:
    """Return the newest good copy of each second source, by the id of the series it is compared with."""
    found: dict[str, Observed] = {}
    for key, series in with_references(config).series.items():
        series_id = series_of(key)
        if series_id is None:
            continue
        try:
            item = snapshots.newest(store, key, series)
        except TandemError:
            item = None
        if item is not None:
            found[series_id] = item
    return found
