"""The numbers of a pair computed anew from a download, for the scripts on the pages."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from generator import analysis, pipeline
from generator.config import load_config
from generator.project import Project

if TYPE_CHECKING:
    from generator.findings import Numbers

CONFIG = Path("report.toml")


@cache
def numbers(data: str, *, pair: str, as_of: date) -> Numbers:
    """Return every number of a pair by its id, from a file or folder of CSV and the ``report.toml`` of this folder.

    Parameters
    ----------
    data : str
        Such as the download ``panel.csv``.
    pair : str
        Its slug.
    as_of : date
        Nothing after it is used.

    Raises
    ------
    TandemError
        A file cannot be read or does not hold the pair; the message says which, and what to do.
    """
    config = load_config(CONFIG)
    loaded = pipeline.load(config, Project(root=CONFIG.resolve().parent), data, as_of, datetime.now(UTC))
    return analysis.analyse_pair(config, config.pair(pair), loaded.panel(config), loaded.kind, draw=False).numbers
