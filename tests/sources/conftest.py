"""What the tests of the sources share: a small configuration and the loopback world."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from generator.config import Config
from tests.loopback.replies import World, make_world
from tests.loopback.server import UNSET, Loopback

if TYPE_CHECKING:
    from collections.abc import Iterator

REPORT = Path(__file__).parents[2] / "report.toml"
KEPT = ("eth_usd", "rut", "spx", "gld", "eth_usd_hourly", "dff", "target_lower", "target_upper", "dgs2", "dgs10")


def small_config(kept: tuple[str, ...] = KEPT) -> Config:
    """Return the shipped configuration with one pair and these series, and the yield it controls for."""
    table = tomllib.loads(REPORT.read_text(encoding="utf-8"))
    table = {key: table[key] for key in ("site", "run", "series", "pairs")}
    table["series"] = {key: table["series"][key] for key in (*kept, table["run"]["market_control_yield"])}
    table["pairs"] = [pair for pair in table["pairs"] if pair["slug"] == table["site"]["featured"]]
    return Config.model_validate(table)


@pytest.fixture
def world() -> World:
    """Numbers on real calendars."""
    return make_world()


@pytest.fixture
def loopback(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Loopback]:
    """All hosts on the loopback address, with this process and its children pointed at them."""
    with Loopback(world, tmp_path) as server:
        for name in UNSET:
            monkeypatch.delenv(name, raising=False)
        for name, value in server.environment.items():
            monkeypatch.setenv(name, value)
        yield server
