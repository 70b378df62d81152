"""Pairs with an overview only: where they come from, and that their numbers are those of a pair with all pages."""

from __future__ import annotations

import dataclasses
import re
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from dask.distributed import LocalCluster

from generator import analysis, pipeline
from generator.analysis import Work
from generator.cache import Cache
from generator.config import Config, parse_config
from generator.errors import BuildError, ConfigError
from generator.parallel import spread
from generator.project import Project

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
SHIPPED = (ROOT / "report.toml").read_text(encoding="utf-8")
NOW = datetime(2026, 9, 21, 6, tzinfo=UTC)
UNIVERSE = """
[[universes]]
series = ["eth_usd", "btc_usd", "rut", "ndx"]
market = "spx"
"""


def configured(text: str, **run: object) -> Config:
    """Return the shipped configuration with more tables, and other settings of a run."""
    body = SHIPPED + text
    for key, value in run.items():
        body = re.sub(rf"(?m)^{key} = \d+", f"{key} = {value}", body)
    return parse_config(body.encode(), "report.toml")


def test_a_universe_gives_every_pair_of_its_list_once() -> None:
    """Six pairs of four series; the two that are there already are not made again."""
    config = configured(UNIVERSE)
    assert [pair.slug for pair in config.pairs] == ["eth-russell-2000", "btc-nasdaq-100", "eth-sp-500"]
    assert [pair.slug for pair in config.overviews] == ["eth-usd-btc-usd", "eth-usd-ndx", "btc-usd-rut", "rut-ndx"]
    assert config.overviews[0].title == "Ether and Bitcoin"
    assert {pair.market for pair in config.overviews} == {"spx"}


def test_beyond_the_limit_a_pair_gets_an_overview() -> None:
    """The pairs that claims or the front page are about keep all pages; of the others the first do."""
    config = configured("", detailed_pairs=2)
    about = {claim.pair for claim in config.claims}
    assert about == {"eth-russell-2000", "eth-sp-500"}
    assert [pair.slug for pair in config.pairs] == ["eth-russell-2000", "eth-sp-500"]
    assert [pair.slug for pair in config.overviews] == ["btc-nasdaq-100"]
    assert [pair.slug for pair in configured("", detailed_pairs=1).pairs] == ["eth-russell-2000", "eth-sp-500"]
    assert [pair.slug for pair in configured("", detailed_pairs=3).overviews] == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (UNIVERSE.replace('"ndx"', '"gold"'), r"universes\[0\]\.series\[3\]: unknown series 'gold'"),
        (
            UNIVERSE.replace('"ndx"', '"dgs2"'),
            r"universes\[0\]\.series\[3\]: 'dgs2' is of kind rate_pct; needs a price",
        ),
        (UNIVERSE.replace('"ndx"', '"rut"'), r"universes\[0\]: series: 'rut' is there twice"),
        (UNIVERSE.replace('"ndx"', '"spx"'), r"universes\[0\]: market is 'spx', which is one of the series"),
        (UNIVERSE.replace("market", "markets"), r"universes\[0\]"),
        ('[[universes]]\nseries = ["rut"]\nmarket = "spx"\n', r"universes\[0\]\.series"),
    ],
)
def test_a_universe_that_cannot_be_is_said_in_one_line(text: str, said: str) -> None:
    """File, place, value, and what is allowed."""
    with pytest.raises(ConfigError, match=rf"^report\.toml: {said}") as refused:
        configured(text)
    assert "\n" not in str(refused.value)


@pytest.fixture(scope="module")
def config() -> Config:
    """Return a configuration with one pair in full, four overviews and few replications."""
    every = configured(UNIVERSE)
    few = {"overviews": every.overviews, "run": every.run.model_copy(update={"reps": 199})}
    return every.only([every.site.featured]).model_copy(update=few)


@pytest.fixture(scope="module")
def work(config: Config) -> Work:
    """Return the analysis of the sample without pictures."""
    loaded = pipeline.load(config, Project(root=ROOT), "sample", date(2026, 9, 18), NOW)
    return Work(config=config, observed=loaded.observed, as_of=loaded.as_of, kind="sample")


def test_an_overview_has_the_numbers_of_the_full_pages(config: Config, work: Work) -> None:
    """The same pair in full and in brief publishes equal numbers under equal ids."""
    pair = config.featured
    panel = pipeline.Panel(work.observed, config, work.as_of)
    full = analysis.analyse_pair(config, pair, panel, "sample", draw=False).numbers
    alone = config.model_copy(update={"overviews": [pair]})
    brief = dataclasses.replace(work, config=alone).alone(pair.slug)
    assert isinstance(brief, analysis.BriefFindings)
    assert len(brief.numbers) == 5
    for number_id, number in brief.numbers.items():
        assert dataclasses.replace(full[number_id], link="") == number


@pytest.fixture(scope="module")
def scheduler() -> Iterator[str]:
    """Return the address of a real Dask scheduler with two workers, on loopback."""
    with LocalCluster(  # type: ignore[no-untyped-call]  # has no types
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, host="127.0.0.1"
    ) as cluster:
        yield str(cluster.scheduler_address)


def test_a_cluster_gives_the_same_findings(config: Config, work: Work, scheduler: str, tmp_path: Path) -> None:
    """Two workers of a cluster, two processes and this process find the same, to the byte."""

    def findings(**how: object) -> list[str]:
        place = Cache(root=tmp_path / str(len(list(tmp_path.iterdir()))))
        found = analysis.analyse_all(work, place, draw=False, progress=pipeline.quiet, **how)  # type: ignore[arg-type]
        return [
            pipeline.site.strict_json({key: number.as_json() for key, number in result.numbers.items()})
            for result in (*found.results, *found.overviews)
        ]

    alone = findings(jobs=1)
    assert len(alone) == len(config.pairs) + len(config.overviews) == 5
    assert findings(jobs=2) == alone
    assert findings(jobs=2, cluster=scheduler) == alone


def test_an_address_without_a_scheduler_is_said_in_one_line() -> None:
    """The user learns which address did not answer."""
    with pytest.raises(BuildError, match=r"--cluster: no Dask scheduler answers at 'nonsense://nowhere'"):
        list(spread(abs, [-1, -2], jobs=2, cluster="nonsense://nowhere"))
