"""Times of the stages of a build on the simulated sample, for the featured pair.

Run with ``pytest tests/benchmarks/test_stage_benchmarks.py -n0 --benchmark-only``. HTML is timed by `rebuild.py`, which
runs the real command line.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from generator import analysis, pipeline
from generator.cache import Cache
from generator.charts.figure import pictures
from generator.config import load_config
from generator.project import Project

if TYPE_CHECKING:
    from pytest_benchmark.fixture import BenchmarkFixture

    from generator.config import Config
    from generator.report import PairResult

ROOT = Path(__file__).parents[2]
AS_OF = date(2026, 9, 18)
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def config() -> Config:
    """Return the shipped configuration with the featured pair alone."""
    every = load_config(ROOT / "report.toml")
    return every.only([every.site.featured])


@pytest.fixture(scope="module")
def loaded(config: Config) -> pipeline.Loaded:
    """Return the simulated sample after the gate."""
    return pipeline.load(config, Project(root=ROOT), "sample", AS_OF, NOW)


@pytest.fixture(scope="module")
def result(config: Config, loaded: pipeline.Loaded) -> PairResult:
    """Return the pair with its figures."""
    return analysis.analyse_pair(config, config.featured, loaded.panel(config), loaded.kind)


def test_load_and_gate(benchmark: BenchmarkFixture, config: Config) -> None:
    """Simulate the sample and check every series."""
    found = benchmark.pedantic(
        pipeline.load, args=(config, Project(root=ROOT), "sample", AS_OF, NOW), rounds=3, warmup_rounds=1
    )
    assert found.as_of == AS_OF


def test_analyse(benchmark: BenchmarkFixture, config: Config, loaded: pipeline.Loaded) -> None:
    """Every number and verdict of a pair, without figures."""

    def numbers() -> PairResult:
        return analysis.analyse_pair(config, config.featured, loaded.panel(config), loaded.kind, draw=False)

    assert benchmark.pedantic(numbers, rounds=2).numbers


def test_figures(benchmark: BenchmarkFixture, result: PairResult) -> None:
    """The specifications of every figure, from findings that are there."""

    def figures() -> int:
        return sum(len(page.report.figures(result.context, page.findings)) for page in result.pages)

    assert benchmark.pedantic(figures, rounds=2, warmup_rounds=1) > 10


def test_pictures(benchmark: BenchmarkFixture, result: PairResult) -> None:
    """One figure in light and dark, with its PNG."""
    figure = next(figure for page in result.pages for figure in page.figures)
    assert benchmark.pedantic(pictures, args=(figure,), rounds=3, warmup_rounds=1).drawn


def test_pages(
    benchmark: BenchmarkFixture, config: Config, loaded: pipeline.Loaded, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Every page in Markdown with its data files, its pictures drawn before."""
    folder = tmp_path_factory.mktemp("pages")
    (folder / "templates").symlink_to(ROOT / "templates")
    project, cache = Project(root=folder), Cache(root=folder / "cache")
    context = pipeline.analyse(config, project, loaded, cache)
    benchmark.pedantic(pipeline.write_pages, args=(project, context, cache, pipeline.quiet), rounds=2, warmup_rounds=1)
    assert (project.docs / "index.md").is_file()
