"""The scripts on the page print the numbers on the page, from the downloads on the page."""

from __future__ import annotations

import importlib
import json
import os
import re
import shutil
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from generator import analysis, explain, pipeline
from generator.config import load_config
from generator.expectations import Futures
from generator.findings import Estimate, Unavailable
from generator.panel import Panel
from generator.project import Project
from generator.recipes import MEETINGS, TOGETHER, WITH_MARKET, WITH_YIELD, call, recipe
from generator.report import Context
from generator.reports import REPORTS
from generator.reports.fomc import SURPRISES
from generator.sources import sample
from tests.conftest import lightened
from tests.test_docs import method_slugs

if TYPE_CHECKING:
    from collections.abc import Mapping

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
    scripts = every_script(result, texts, own=False)
    assert set(IDS) - set(scripts) == set()
    agree(run_all(scripts, folder, tmp_path), result)


def every_script(result: PairResult, texts: Mapping[str, str], *, own: bool) -> dict[str, str]:
    """Return the script of each number: those that call the program's `own` function, or all others."""
    made = {key: explain.script(key, n, texts, result.pair.slug, AS_OF) for key, n in result.numbers.items()}
    return {key: text for key, text in made.items() if text and ("generator.again" in text) == own}


def run_all(scripts: Mapping[str, str], folder: Path, tmp_path: Path, **variables: str) -> dict[str, str]:
    """Return what each script prints when it runs in `folder`.

    One process runs them one after another, each in a namespace of its own: starting Python is what takes time. Scripts
    that find the program by `variables` may warn as it does.
    """
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
        [sys.executable, *(() if variables else ("-W", "error")), str(tmp_path / "all.py")],
        cwd=folder,
        input=json.dumps(scripts),
        capture_output=True,
        text=True,
        env={"PATH": os.environ["PATH"], **variables},
        timeout=300,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr
    printed: dict[str, str] = json.loads(finished.stdout)
    assert set(printed) == set(scripts)
    return printed


def agree(printed: Mapping[str, str], result: PairResult) -> None:
    """Require that what was printed is what is published, to six decimals."""
    for key, text in printed.items():
        number = result.numbers[key]
        assert isinstance(number, Estimate)
        assert float(text) == pytest.approx(number.value, abs=1e-6), key


def test_every_other_number_comes_from_our_own_function(tmp_path: Path) -> None:
    """Whatever has no script of its own is printed by the one that calls the program on the download of all series."""
    text = lightened((ROOT / "report.toml").read_text(encoding="utf-8"))
    (tmp_path / "report.toml").write_text(text, encoding="utf-8")
    shutil.copytree(ROOT / "templates", tmp_path / "templates")
    light = load_config(tmp_path / "report.toml")
    panel = Panel(sample.load(light, AS_OF), light, AS_OF)
    published = analysis.analyse_pair(light, light.featured, panel, "sample", draw=False)
    (tmp_path / explain.PANEL).write_text(explain.panel_download(panel, light), encoding="utf-8")
    scripts = every_script(published, explain.downloads(published.context, published.tables), own=True)
    assert len(scripts) > 250
    with_script = {key for key, number in published.numbers.items() if isinstance(number, Estimate)}
    assert with_script - set(scripts) == {key for key in with_script if recipe(key)}
    assert max(len([line for line in script.splitlines() if line]) for script in scripts.values()) <= 10
    variables = {"PYTHONPATH": str(ROOT), "TANDEM_NOW": "2026-09-21T06:00:00+00:00"}
    printed = run_all(scripts, tmp_path, tmp_path, **variables)
    for key, said in printed.items():
        number = published.numbers[key]
        assert isinstance(number, Estimate)
        assert float(said) == pytest.approx(number.value, rel=1e-5, abs=1e-6), key


@pytest.mark.recorded
def test_scripts_of_meetings_print_the_published_values(config: Config, recorded_data: Path, tmp_path: Path) -> None:
    """What rests on futures and on published surprises comes out of one row per meeting, without a vendor's price."""
    quick = config.model_copy(update={"run": config.run.model_copy(update={"reps": 99})})
    project = Project(root=ROOT)
    loaded = pipeline.load(quick, project, str(recorded_data), AS_OF, datetime(2026, 9, 21, 6, tzinfo=UTC))
    reports = [report for report in REPORTS if report.slug == "fomc"]
    found = analysis.analyse_pair(quick, quick.featured, loaded.panel(quick), "csv", draw=False, reports=reports)
    table = found.tables[MEETINGS]
    closes = loaded.expectations.futures
    assert isinstance(closes, Futures)
    assert not np.isin(table.select_dtypes("number").to_numpy(), closes.closes.to_numpy()[closes.closes.notna()]).any()
    texts = explain.downloads(found.context, found.tables)
    (tmp_path / MEETINGS).write_text(texts[MEETINGS], encoding="utf-8")
    scripts = {key: text for key, text in every_script(found, texts, own=False).items() if MEETINGS in text}
    assert set(scripts) == {
        *(f"fomc.beta.{name}.{role}" for name in SURPRISES for role in "abm"),
        *(f"fomc.measures.{pair}" for pair in ("kuttner_published", "two_year_published", "two_year_kuttner")),
        *("fomc.brier.eve", "fomc.brier.hold"),
    }
    assert max(len([line for line in script.splitlines() if line]) for script in scripts.values()) <= 10
    agree(run_all(scripts, tmp_path, tmp_path), found)
    described = {
        name for file, names, _ in explain.columns(found.context) if file == MEETINGS for name in names.split(", ")
    }
    heads = {re.sub(r"^odds_-?\d+$", "odds_…", name) for name in texts[MEETINGS].partition("\n")[0].split(",")}
    assert heads == described


def script_of(key: str, result: PairResult, files: Mapping[str, str]) -> str:
    """Return the script of one number."""
    return explain.script(key, result.numbers[key], files, result.pair.slug, AS_OF)


def test_a_script_is_short(result: PairResult, files: tuple[Path, dict[str, str]]) -> None:
    """Ten lines at most that are not empty: a reader sees at a glance what is done."""
    for key in IDS:
        lines = [line for line in script_of(key, result, files[1]).splitlines() if line]
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
        if file == MEETINGS:
            continue  # simulated data have none
        described.setdefault(file, set()).update(names.split(", "))
    assert described == {name: set(text.partition("\n")[0].split(",")) for name, text in files[1].items()}


def test_what_cannot_be_recomputed_has_no_script(result: PairResult, files: tuple[Path, dict[str, str]]) -> None:
    """No estimate, or no download: nothing is printed that would not run."""
    key, missing = "correlation.pearson.daily.252", Unavailable(reason="no data")
    number, slug = result.numbers[key], result.pair.slug
    assert explain.script(key, missing, files[1], slug, AS_OF) == ""
    assert explain.script("fomc.beta.kuttner.a", number, files[1], slug, AS_OF) == ""
    assert explain.script(key, number, {}, slug, AS_OF) == ""
    assert explain.script("levels.null_share.63", number, {}, slug, AS_OF) == ""


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
    """The program finds value, interval and sample of every page in rebased prices."""
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
        if isinstance(number, Unavailable):
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
    assert explain.formula_lines(page + "```\nnot = this\n```\n") == ["r = 1"]
    project = Project(root=ROOT)
    without = [slug for slug in method_slugs() if len(explain.formula(project.method(slug))) < 100]
    assert without == []
