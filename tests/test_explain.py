"""The scripts on the page print the numbers on the page, from the downloads on the page."""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from generator import analysis, explain, pipeline
from generator.findings import Estimate, Unavailable
from generator.panel import Panel
from generator.project import Project
from generator.recipes import TOGETHER, WITH_MARKET, WITH_YIELD, call, recipe
from generator.report import Context
from generator.reports import REPORTS
from generator.sources import sample
from tests.test_docs import method_slugs

if TYPE_CHECKING:
    from generator.config import Config
    from generator.report import PairResult

ROOT = Path(__file__).parents[1]
AS_OF = date(2026, 9, 18)
PAGES = ("correlation", "levels", "compare", "rates", "since-the-claim")
# One of each family, and the ends of it; the test runs every number that has a script.
IDS = (
    *(f"correlation.{m}.daily.{w}" for m in ("pearson", "spearman", "kendall") for w in (21, 252, "all")),
    *("correlation.pearson.weekly.52", "correlation.pearson.weekly.all", "correlation.pearson.monthly.36"),
    "correlation.ewma.daily",
    *("constancy.corr_before", "constancy.corr_since"),
    *(f"levels.pearson.{w}" for w in (63, 126, 252)),
    *(
        f"rates.beta.{y}.{role}.{w}"
        for y in ("dgs3mo", "dgs2", "dgs10", "dfii10")
        for role in "abm"
        for w in (252, "all")
    ),
    *(f"rates.beta_difference.dgs2.b_minus_m.{w}" for w in (252, "all")),
    *(f"rates.asymmetry.{role}.{side}" for role in "abm" for side in ("falls", "rises")),
    *(f"rates.{what}.{given}.all" for what in ("partial", "drop") for given in ("rates", "market", "market_and_rates")),
    *("rates.share.rates.all", "rates.share.market.all", "rates.correlation.all"),
    *(
        f"partial.{given}.{w}{what}"
        for given in ("market", "market_and_rates")
        for w in (252, "all")
        for what in ("", ".plain", ".drop")
    ),
    *(f"difference.market.{w}{how}" for w in (252, "all") for how in ("", ".zou")),
    *("since.a.return", "since.b.return", "since.correlation", "since.correlation_before"),
    *(f"since.joint_up.{h}" for h in (21, 63, 126)),
    *(f"since.joint_up_base.{h}" for h in (21, 63, 126, 252)),
)


@pytest.fixture(scope="module")
def result(config: Config) -> PairResult:
    """Return the featured pair of the simulated sample; the intervals do not matter here."""
    quick = config.model_copy(update={"run": config.run.model_copy(update={"reps": 99})})
    panel = Panel(sample.load(quick, AS_OF), quick, AS_OF)
    reports = [report for report in REPORTS if report.slug in PAGES]
    return analysis.analyse_pair(quick, quick.featured, panel, "sample", draw=False, reports=reports)


@pytest.fixture(scope="module")
def files(result: PairResult, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """Return the downloads of the pair, written to a folder as a reader would have them."""
    folder = tmp_path_factory.mktemp("downloads")
    texts = explain.downloads(result.context)
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder, texts


def test_every_script_prints_the_published_value(
    result: PairResult, files: tuple[Path, dict[str, str]], tmp_path: Path
) -> None:
    """Each runs by itself from the download alone, and agrees to six decimals."""
    folder, texts = files
    scripts = {key: text for key, number in result.numbers.items() if (text := explain.script(key, number, texts))}
    assert set(IDS) - set(scripts) == set()
    # One process runs them one after another, each in a namespace of its own: starting Python is what takes time.
    (tmp_path / "all.py").write_text(
        "import contextlib, io, json, sys\n"
        "out = {}\n"
        "for key, text in json.load(sys.stdin).items():\n"
        "    with contextlib.redirect_stdout(io.StringIO()) as said:\n"
        "        exec(compile(text, key, 'exec'), {})\n"
        "    out[key] = said.getvalue()\n"
        "print(json.dumps(out))\n",
        encoding="utf-8",
    )
    finished = subprocess.run(
        [sys.executable, "-W", "error", str(tmp_path / "all.py")],
        cwd=folder,
        input=json.dumps(scripts),
        capture_output=True,
        text=True,
        env={"PATH": os.environ["PATH"]},
        timeout=300,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr
    printed = json.loads(finished.stdout)
    assert set(printed) == set(scripts)
    for key, text in printed.items():
        number = result.numbers[key]
        assert isinstance(number, Estimate)
        assert float(text) == pytest.approx(number.value, abs=1e-6), key


def test_a_script_is_short(result: PairResult, files: tuple[Path, dict[str, str]]) -> None:
    """Ten lines at most that are not empty: a reader sees at a glance what is done."""
    for key in IDS:
        lines = [line for line in explain.script(key, result.numbers[key], files[1]).splitlines() if line]
        assert len(lines) <= 10, key


def test_no_price_is_passed_on(result: PairResult, files: tuple[Path, dict[str, str]]) -> None:
    """The downloads start at 100 and hold no price of a vendor; the published yield appears as changes alone."""
    frame = pd.read_csv(files[0] / TOGETHER, index_col="date", parse_dates=True)
    assert frame[["a_index", "b_index"]].iloc[0].tolist() == [100.0, 100.0]
    levels = result.context.sample_ab().levels
    early = len(frame) - len(levels)
    assert 0 < early <= 7
    assert (frame.index[early:] == levels.index).all()
    for index, key in (("a_index", result.pair.a), ("b_index", result.pair.b)):
        assert abs(frame[index].iloc[early:] - levels[key]).min() > 0
    assert frame["a_return"].count() == result.context.sample_ab().nobs


def test_every_column_is_described(result: PairResult, files: tuple[Path, dict[str, str]]) -> None:
    """The dictionary and the heads of the files name the same columns."""
    described: dict[str, set[str]] = {}
    for file, names, meaning in explain.columns(result.context):
        assert meaning
        described.setdefault(file, set()).update(names.split(", "))
    assert described == {name: set(text.partition("\n")[0].split(",")) for name, text in files[1].items()}


def test_what_cannot_be_recomputed_has_no_script(result: PairResult, files: tuple[Path, dict[str, str]]) -> None:
    """No estimate, no family that has one, or no download: nothing is printed that would not run."""
    number = result.numbers["correlation.pearson.daily.252"]
    assert explain.script("correlation.pearson.daily.252", Unavailable(reason="no data"), files[1]) == ""
    assert explain.script("levels.null_share.63", number, files[1]) == ""
    assert explain.script("rates.joint.a.level", number, files[1]) == ""
    assert explain.script("correlation.pearson.daily.252", number, {}) == ""


def test_every_published_number_names_what_computes_it(built_site: Path) -> None:
    """Each number of every pair has a function that is there and can be called, whether it has a script or not."""
    named: dict[str, str] = {}
    for path in sorted((built_site / "data").glob("*/findings.json")):
        named |= {key: call(key) for key in json.loads(path.read_text(encoding="utf-8"))["numbers"]}
    assert len(named) > 300
    assert [key for key, target in named.items() if not target] == []
    for target in set(named.values()):
        module, _, function = f"generator.{target}".rpartition(".")
        assert callable(getattr(importlib.import_module(module), function)), target


def test_an_unknown_id_has_no_recipe() -> None:
    """What no page publishes is not explained."""
    assert recipe("correlation.pearson.daily.x") is None
    assert call("weather.tomorrow") == ""


def test_without_prices_there_are_no_downloads(config: Config) -> None:
    """A pair that the source lacks has none, and a yield that is missing takes only its own file along."""
    observed = sample.load(config, AS_OF)

    def names(*missing: str) -> set[str]:
        left = {key: item for key, item in observed.items() if key not in missing}
        panel = Panel(left, config, AS_OF)
        context = Context(config=config, pair=config.featured, panel=panel, data="sample", meetings=())
        return set(explain.downloads(context))

    every = {TOGETHER, WITH_MARKET, *explain.YIELD_FILES.values()}
    assert names() == every
    assert names("dgs2") == every - {WITH_YIELD}
    assert names(config.featured.market) == {TOGETHER}
    assert names(config.featured.a) == set()


def test_every_number_comes_out_again_from_the_download_of_all_series(config: Config, tmp_path: Path) -> None:
    """The program finds value, interval and sample of every page in rebased prices; hourly prices are not in them."""
    quick = config.model_copy(update={"run": config.run.model_copy(update={"reps": 99})})
    now = datetime(2026, 9, 21, 6, tzinfo=UTC)
    project = Project(root=ROOT)
    built = pipeline.load(quick, project, "sample", AS_OF, now)
    text = explain.panel_download(built.panel(quick), quick)
    assert len(text) < 2_000_000
    path = tmp_path / explain.PANEL
    path.write_text(text, encoding="utf-8")
    read = pipeline.load(quick, project, str(path), AS_OF, now)
    pair = quick.featured
    published = analysis.analyse_pair(quick, pair, built.panel(quick), "sample", draw=False).numbers
    again = analysis.analyse_pair(quick, pair, read.panel(quick), "csv", draw=False).numbers
    assert set(again) == set(published)
    for key, number in published.items():
        found = again[key]
        if key.startswith(("specifications.", "published.")):
            continue  # some specifications take hourly prices, so there are fewer
        if key.startswith("alignment.") or "synchronous" in key:
            assert isinstance(found, Unavailable), key
            assert "hourly" in found.reason, key
        elif isinstance(number, Unavailable):
            assert isinstance(found, Unavailable), key
        else:
            assert isinstance(found, Estimate), key
            assert (found.nobs, found.first, found.last) == (number.nobs, number.first, number.last), key
            for one, other in ((found.value, number.value), (found.lower, number.lower), (found.upper, number.upper)):
                assert (one is None) == (other is None), key
                if one is not None:
                    assert one == pytest.approx(other, rel=1e-5, abs=1e-8), key


def test_the_formula_is_the_one_of_the_page() -> None:
    """It is what stands between question and assumptions, and every method of a published number has one."""
    page = "# A\n\n## What it answers\n\nHow?\n\n## Formula\n\n```\nr = 1\n```\n\n## Assumptions\n\nNone.\n"
    assert explain.formula(page) == "```\nr = 1\n```\n"
    project = Project(root=ROOT)
    without = [slug for slug in method_slugs() if len(explain.formula(project.method(slug))) < 100]
    assert without == []
