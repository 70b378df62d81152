"""The data that the tests of a pair's pages share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from generator.sources import csv, sample
from tests.reports.pairs import AS_OF

if TYPE_CHECKING:
    from pathlib import Path

    from generator.config import Config
    from generator.panel import Observed


@pytest.fixture(scope="session")
def observed(config: Config) -> dict[str, Observed]:
    """Return the simulated sample, which has every part."""
    return sample.load(config, AS_OF)


@pytest.fixture(scope="session")
def recorded(config: Config, recorded_data: Path) -> dict[str, Observed]:
    """Return the recorded data, which has no hourly bars and no IJR."""
    return csv.load(recorded_data, config)
