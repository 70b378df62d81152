"""A site about two files of the reader's own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from generator.errors import DataError
from generator.own_pair import prepare
from generator.panel import nyse_sessions
from generator.project import Project

if TYPE_CHECKING:
    from collections.abc import Callable
    from subprocess import CompletedProcess

    from generator.config import Config

ROOT = Path(__file__).parents[1]
PROJECT = Project(root=ROOT)


def write(path: Path, days: pd.DatetimeIndex, seed: int) -> pd.Series:
    """Write a random walk, and return its log returns by date."""
    walk = 100 * np.exp(np.cumsum(0.02 * np.random.default_rng(seed).standard_normal(len(days))))
    prices = pd.Series(walk.round(6), index=days)
    prices.rename("close").rename_axis("date").to_csv(path)
    return np.log(prices)


def test_two_files_become_a_site(
    light_project: Callable[[Path], Path], tandem: Callable[..., CompletedProcess[str]], tmp_path: Path
) -> None:
    """The site is about these two and nothing else; its correlation is that of the files; the project is untouched."""
    project = light_project(tmp_path / "project")
    sessions = nyse_sessions()
    sessions = sessions[(sessions >= "2023-01-03") & (sessions <= "2026-09-18")]
    every = pd.date_range("2023-01-01", "2026-09-18")
    a, b = write(tmp_path / "My <b>coin.csv", every, 1), write(tmp_path / "shares.csv", sessions, 2)
    before = sorted(path.relative_to(project) for path in project.rglob("*"))
    made = tandem(project, "compare", str(tmp_path / "My <b>coin.csv"), str(tmp_path / "shares.csv"))
    assert made.returncode == 0, made.stderr
    assert "My b coin and the shares show" in made.stdout
    site = project / "comparison" / "site"
    numbers = json.loads((site / "data" / "a-and-b" / "findings.json").read_text(encoding="utf-8"))["numbers"]
    changes = pd.concat([a.reindex(sessions).diff(), b.diff()], axis=1).iloc[-252:]
    assert numbers["correlation.pearson.daily.252"]["value"] == pytest.approx(changes.corr().iloc[0, 1], abs=1e-9)
    assert "no data for" in numbers["rates.beta.dgs2.a.252"]["unavailable"]
    assert not (site / "reports" / "eth-russell-2000").exists()
    text = (site / "index.html").read_text(encoding="utf-8")
    assert "<b>coin" not in text
    after = sorted(
        path.relative_to(project) for path in project.rglob("*") if "comparison" not in path.relative_to(project).parts
    )
    assert after == before


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "cannot be read"),
        ("", "needs a heading and rows of a date and a close"),
        ("date\n2025-01-02\n", "needs a heading and rows of a date and a close"),
        ("date,close\n02.01.2025,1\n", r"row 2: '02\.01\.2025' is not a date; write YYYY-MM-DD"),
        ("date,close\n\n", r"row 2: '' is not a date"),
        (b"date,close\n2025-01-02,\xff\n", "is not UTF-8"),
    ],
)
def test_a_file_that_cannot_be_used_is_said_in_one_line(
    config: Config, tmp_path: Path, text: str | bytes | None, said: str
) -> None:
    """Which file, which row, and what it should hold."""
    good, bad = tmp_path / "good.csv", tmp_path / "bad.csv"
    good.write_text("date,close\n2025-01-02,1\n", encoding="utf-8")
    if text is not None:
        bad.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(DataError, match=rf"bad\.csv: .*{said}") as refused:
        prepare(config, PROJECT, (good, bad), tmp_path / "out")
    assert "\n" not in str(refused.value)
    assert not (tmp_path / "out").exists()


def test_a_folder_that_holds_something_else_is_left_alone(config: Config, tmp_path: Path) -> None:
    """Nothing of the user's own is overwritten, and two files of one name are refused."""
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("keep", encoding="utf-8")
    for name in ("a", "b"):
        (tmp_path / f"{name}.csv").write_text("date,close\n2025-01-02,1\n", encoding="utf-8")
    files = (tmp_path / "a.csv", tmp_path / "b.csv")
    with pytest.raises(DataError, match="is there already and is no earlier comparison"):
        prepare(config, PROJECT, files, tmp_path / "out")
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["mine.txt"]
    with pytest.raises(DataError, match="the same name"):
        prepare(config, PROJECT, (files[0], files[0]), tmp_path / "other")
