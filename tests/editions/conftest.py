"""Small editions made by hand, for tests of storing and publishing that need no analysis."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from generator.editions.making import Content
from generator.editions.manifest import BACKFILLED, Manifest
from generator.editions.store import EditionStore

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

DAY = date(2025, 10, 31)
HEAD = '---\ntitle: "Edition"\ndescription: "Words."\n---\n'


@pytest.fixture
def store(tmp_path: Path) -> EditionStore:
    """Return an empty store of simulated editions."""
    return EditionStore(root=tmp_path / "store", namespace="sample")


@pytest.fixture
def made() -> Callable[..., Content]:
    """Return what makes a small edition; `words` tell one content from another."""

    def make(day: date = DAY, words: str = "Words.", **fields: object) -> Content:
        values: dict[str, object] = {
            "as_of": day,
            "revision": 1,
            "data": "sample",
            "made": BACKFILLED,
            "occasions": ("month end",),
            "data_sha256": "0" * 64,
            "series": {"a": "1" * 64, "b": "2" * 64},
            "code_version": "0.0.0+test",
            "pairs": {"a-b": "A and B"},
            **fields,
        }
        files = {
            "index.md": f"{HEAD}# Edition\n\n{words}\n".encode(),
            "a-b/index.md": f"{HEAD}# A and B\n\n{words}\n".encode(),
            "a-b/findings.json": b'{"numbers": {}, "verdicts": {}}\n',
            "a-b/picture/picture.wide.light.svg": b"<svg>always the same</svg>" * 100,
        }
        return Content(manifest=Manifest(**values), files=files)  # type: ignore[arg-type] - the fields of the dataclass

    return make
