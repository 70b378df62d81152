"""The stages in their order: what is known on which day, what a number depends on, and what stops a build."""

from __future__ import annotations

import dataclasses
import json
import re
import shutil
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

from generator import analysis, ledger, pipeline, site
from generator.cache import Cache
from generator.errors import BuildError, DataError
from generator.findings import Estimate, Unavailable
from generator.html import build_html
from generator.panel import Observed, Panel, nyse_sessions
from generator.project import Project
from generator.reports import APART, REPORTS
from generator.sources import snapshots
from generator.sources.snapshots import Reading

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from generator.config import Config
    from generator.report import PairResult

ROOT = Path(__file__).parents[1]
PROJECT = Project(root=ROOT)
AS_OF = date(2026, 9, 18)
MONDAY = datetime(2026, 9, 21, 6, tzinfo=UTC)
MUCH_LATER = datetime(2027, 6, 1, 6, tzinfo=UTC)


@pytest.fixture(scope="module")
def quick(config: Config) -> Config:
    """Return the shipped configuration with few replications: what is tested here is not the size of an interval."""
    return config.model_copy(update={"run": config.run.model_copy(update={"reps": 99})})


@pytest.fixture(scope="module")
def sample(quick: Config) -> pipeline.Loaded:
    """Return the simulated sample as of a Friday."""
    return pipeline.load(quick, PROJECT, "sample", AS_OF, MONDAY)


@pytest.fixture(scope="module")
def reference(quick: Config, sample: pipeline.Loaded) -> dict[str, Any]:
    """Return every number of the featured pair from the sample."""
    return numbers(quick, sample)


@pytest.fixture(scope="module")
def recorded(recorded_data: Path, quick: Config) -> dict[str, tuple[pipeline.Loaded, dict[str, Any]]]:
    """Return the recorded market as of the claim date and of the last day, with every number of the featured pair."""
    found = {}
    for as_of in ("2025-10-07", "2026-09-18"):
        loaded = pipeline.load(quick, PROJECT, str(recorded_data), date.fromisoformat(as_of), MUCH_LATER)
        found[as_of] = loaded, numbers(quick, loaded)
    return found


def numbers(config: Config, loaded: pipeline.Loaded, slug: str = "eth-russell-2000") -> dict[str, Any]:
    """Return every number of a pair as it is published."""
    result = analysis.analyse_pair(config, config.pair(slug), loaded.panel(config), loaded.kind, draw=False)
    return {key: number.as_json() for key, number in result.numbers.items()}


def computed(found: Mapping[str, Any]) -> dict[str, Any]:
    """Return the same without the reasons, which name the source."""
    return {key: body if "value" in body else None for key, body in found.items()}


def daily(loaded: pipeline.Loaded) -> dict[str, Observed]:
    """Return the series without the hourly ones, which go back a fixed number of days from the last."""
    return {key: item for key, item in loaded.observed.items() if not key.endswith("_hourly")}


def write_csv(folder: Path, observed: Mapping[str, Observed], config: Config) -> Path:
    """Write series as the wide files a user would bring, with every digit."""
    files: dict[str, dict[str, pd.Series[float]]] = {}
    for key, item in observed.items():
        place = config.series[key].csv
        files.setdefault(place.file, {})[place.column] = item.values
    folder.mkdir(parents=True, exist_ok=True)
    for name, columns in files.items():
        frame = pd.DataFrame(columns).rename_axis("date")
        hourly = name == "prices_hourly.csv"
        frame.to_csv(folder / name, date_format="%Y-%m-%dT%H:%M" if hourly else "%Y-%m-%d")
    return folder


def with_values(item: Observed, values: pd.Series[float]) -> Observed:
    """Return the series with other values."""
    return dataclasses.replace(item, values=values)


# --- the last day known ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-09-19T00:30+00:00", "2026-09-18"),  # half an hour after the day is over everywhere that counts
        ("2026-09-18T23:59+00:00", "2026-09-17"),  # a minute before
        ("2026-09-18T19:59+00:00", "2026-09-17"),  # a minute before New York closes
        ("2026-09-21T06:00+00:00", "2026-09-18"),  # Monday morning
        ("2026-09-21T13:00+09:00", "2026-09-18"),  # the same in Tokyo
        ("2026-09-19T08:00+09:00", "2026-09-17"),  # Saturday in Tokyo is still Friday in UTC
        ("2026-03-09T00:30-04:00", "2026-03-06"),  # the night after clocks change
        ("2026-11-02T00:30-05:00", "2026-10-30"),
        ("2026-11-28T00:30+00:00", "2026-11-27"),  # a half day
    ],
)
def test_the_day_in_progress_is_never_used(quick: Config, now: str, expected: str) -> None:
    """Without a date asked for, a build is as of the last session that is over, in any zone and on any clock."""
    loaded = pipeline.load(quick, PROJECT, "sample", None, datetime.fromisoformat(now))
    assert str(loaded.as_of) == expected
    assert max(item.values.index[-1].date() for item in loaded.observed.values()) == loaded.as_of


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ("2026-09-18", "2026-09-18"),
        ("2026-09-19", "2026-09-18"),  # a Saturday
        ("2026-09-20", "2026-09-18"),  # a Sunday
        ("2026-09-07", "2026-09-04"),  # Labor Day
        ("2026-09-21", "2026-09-18"),  # the day in progress
        ("2025-10-07", "2025-10-07"),
    ],
)
def test_a_day_without_a_session_is_the_last_one_before(quick: Config, wanted: str, expected: str) -> None:
    """A weekend, a holiday and today resolve to the last complete session."""
    loaded = pipeline.load(quick, PROJECT, "sample", date.fromisoformat(wanted), MONDAY)
    assert str(loaded.as_of) == expected


def test_the_future_is_refused(quick: Config) -> None:
    """Tomorrow cannot be known; the line says what today is."""
    with pytest.raises(DataError, match=r"--as-of 2026-09-22: lies in the future \(today is 2026-09-21\); give a past"):
        pipeline.load(quick, PROJECT, "sample", date(2026, 9, 22), MONDAY)


def test_before_the_sample_is_refused(quick: Config) -> None:
    """A day before all data is an error that says where the data starts."""
    with pytest.raises(DataError, match="the simulated sample starts on 2016-01-01"):
        pipeline.load(quick, PROJECT, "sample", date(2015, 6, 1), MONDAY)


def test_own_files_end_where_both_assets_do(quick: Config, sample: pipeline.Loaded, tmp_path: Path) -> None:
    """The default for files is the last session common to A and B; other series may end earlier or later."""
    observed = dict(sample.observed)
    observed["rut"] = with_values(observed["rut"], observed["rut"].values.loc[:"2026-09-10"])
    observed["dgs2"] = with_values(observed["dgs2"], observed["dgs2"].values.loc[:"2026-08-31"])
    folder = write_csv(tmp_path / "data", observed, quick)
    loaded = pipeline.load(quick, PROJECT, str(folder), None, MUCH_LATER)
    assert loaded.as_of == date(2026, 9, 10)
    assert loaded.kind == "csv"
    assert loaded.report.degraded == (), "the age of one's own files is a note"


def test_files_with_todays_row_are_cut(quick: Config, sample: pipeline.Loaded, tmp_path: Path) -> None:
    """A row of the day in progress may be half a day: it is in no statistic."""
    folder = write_csv(tmp_path / "data", sample.observed, quick)
    friday_noon = datetime(2026, 9, 18, 12, tzinfo=UTC)
    assert pipeline.load(quick, PROJECT, str(folder), None, friday_noon).as_of == date(2026, 9, 17)


def test_assets_without_a_common_session_are_refused(quick: Config, sample: pipeline.Loaded, tmp_path: Path) -> None:
    """Disjoint dates: one line, both names, what to check."""
    observed = dict(sample.observed)
    observed["eth_usd"] = with_values(observed["eth_usd"], observed["eth_usd"].values.loc[:"2019-12-31"])
    observed["rut"] = with_values(observed["rut"], observed["rut"].values.loc["2020-01-01":])
    folder = write_csv(tmp_path / "data", observed, quick)
    with pytest.raises(DataError, match="Ether and Russell 2000 share no session up to 2026-09-20; check that both"):
        pipeline.load(quick, PROJECT, str(folder), None, MONDAY)


@pytest.mark.parametrize("bad", [0.0, -3.0])
def test_as_of_steps_back_when_the_gate_takes_the_last_value(
    quick: Config, sample: pipeline.Loaded, tmp_path: Path, bad: float
) -> None:
    """An impossible last price is left out with a note; everything is then as of the session before, for everyone."""
    observed = dict(sample.observed)
    spoilt = observed["rut"].values.copy()
    spoilt.iloc[-1] = bad
    observed["rut"] = with_values(observed["rut"], spoilt)
    folder = write_csv(tmp_path / "data", observed, quick)
    loaded = pipeline.load(quick, PROJECT, str(folder), None, MONDAY)
    assert loaded.as_of == date(2026, 9, 17)
    assert [c.name for c in loaded.report.checks if c.series_id == "rut" and not c.passed] == ["range"]
    assert max(item.values.index[-1].date() for item in loaded.observed.values()) == date(2026, 9, 17)
    earlier = pipeline.load(quick, PROJECT, "sample", date(2026, 9, 17), MONDAY)
    assert pipeline.data_sha256(daily(loaded)) == pipeline.data_sha256(daily(earlier))


def test_the_next_edition_is_due_after_the_next_session() -> None:
    """A Friday's edition is followed by Monday's, which is due on Tuesday morning; holidays are no sessions."""
    assert pipeline.next_update(AS_OF) == datetime(2026, 9, 22, 6, tzinfo=UTC)
    assert pipeline.next_update(date(2026, 11, 25)) == datetime(2026, 11, 28, 6, tzinfo=UTC)


# --- the store ---------------------------------------------------------------------------------------------------


@pytest.fixture
def stored(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Return what puts series in the place of the store."""

    def put(latest: Mapping[str, Observed], previous: Mapping[str, Observed] | None = None) -> None:
        reading = Reading(latest=dict(latest), previous=dict(previous or {}), problems=())
        monkeypatch.setattr(snapshots, "read", lambda *_arguments, **_named: reading)

    return put


def test_without_a_store_the_sample_stands_in(quick: Config, tmp_path: Path) -> None:
    """`auto` falls back to the sample and says so in its kind; `store` insists and says what to do."""
    empty = Project(root=tmp_path)
    assert pipeline.load(quick, empty, "auto", None, MONDAY).kind == "sample"
    with pytest.raises(DataError, match=r"^store: no usable snapshot of Ether, Russell 2000; run `tandem fetch`, or"):
        pipeline.load(quick, empty, "store", None, MONDAY)


def test_a_stale_store_is_published_with_a_banner(
    quick: Config, sample: pipeline.Loaded, stored: Callable[..., None]
) -> None:
    """Ten days without a new value: the age is judged by the clock, not by the last value itself."""
    stored(sample.observed)
    fresh = pipeline.load(quick, PROJECT, "store", None, MONDAY)
    assert fresh.report.degraded == ()
    late = pipeline.load(quick, PROJECT, "store", None, MONDAY + timedelta(days=10))
    assert late.as_of == AS_OF
    assert any("stale since 2026-09-18" in sentence for sentence in late.report.degraded)


def test_an_old_edition_of_a_store_is_not_stale(
    quick: Config, sample: pipeline.Loaded, stored: Callable[..., None]
) -> None:
    """Asked for a past day, age is counted up to that day."""
    stored(sample.observed)
    loaded = pipeline.load(quick, PROJECT, "store", date(2026, 3, 2), MUCH_LATER)
    assert loaded.as_of == date(2026, 3, 2)
    assert loaded.report.degraded == ()


def test_a_long_weekend_is_no_age(quick: Config, sample: pipeline.Loaded, stored: Callable[..., None]) -> None:
    """Between Friday's close and Monday's nothing is missing, also for a series that trades on Sunday."""
    stored(pipeline.load(quick, PROJECT, "sample", date(2026, 9, 4), MONDAY).observed)
    loaded = pipeline.load(quick, PROJECT, "store", None, datetime(2026, 9, 8, 6, tzinfo=UTC))
    assert loaded.report.degraded == ()
    assert sample.report.degraded == ()


def test_the_copy_before_is_compared(quick: Config, sample: pipeline.Loaded, stored: Callable[..., None]) -> None:
    """A session that has vanished from the newest copy is kept from the one before, with a note."""
    lost = pd.Timestamp("2026-08-28")
    latest = dict(sample.observed)
    latest["rut"] = with_values(latest["rut"], latest["rut"].values.drop(lost))
    stored(latest, sample.observed)
    loaded = pipeline.load(quick, PROJECT, "store", None, MONDAY)
    assert lost in loaded.observed["rut"].values.index
    kept = [c for c in loaded.report.checks if c.series_id == "rut" and c.name == "kept"]
    assert [(c.passed, c.severity) for c in kept] == [(False, "note")]


def test_a_blocked_gate_stops_the_build(quick: Config, sample: pipeline.Loaded, stored: Callable[..., None]) -> None:
    """A unit slip in a required series publishes nothing: one line with series, cause and what stays."""
    slipped = sample.observed["rut"].values.copy()
    slipped.iloc[-800:] *= 100
    stored({**sample.observed, "rut": with_values(sample.observed["rut"], slipped)})
    with pytest.raises(
        DataError, match=r"not published: Russell 2000: .*factor of about 100.*the site before it stays"
    ):
        pipeline.load(quick, PROJECT, "store", None, MONDAY)


# --- what a number depends on ------------------------------------------------------------------------------------


def test_the_same_values_have_the_same_hash(sample: pipeline.Loaded) -> None:
    """Neither order nor origin nor the unit of the time stamps matters; every value and every date does."""
    observed = sample.observed
    reference = pipeline.data_sha256(observed)
    renamed = {k: dataclasses.replace(v, source="x", symbol="y", retrieved_at="z") for k, v in observed.items()}
    assert pipeline.data_sha256(dict(reversed(renamed.items()))) == reference
    coarse = {
        k: with_values(v, v.values.set_axis(pd.DatetimeIndex(v.values.index).as_unit("s"))) for k, v in observed.items()
    }
    assert pipeline.data_sha256(coarse) == reference
    rut = observed["rut"].values
    for changed in (
        rut.set_axis(rut.index + pd.Timedelta(days=1)),
        rut + np.where(np.arange(len(rut)) == 100, 1e-9, 0.0),
        rut.iloc[1:],
    ):
        assert pipeline.data_sha256({**observed, "rut": with_values(observed["rut"], changed)}) != reference
    swapped = {**observed, "rut": observed["spx"], "spx": observed["rut"]}
    assert pipeline.data_sha256(swapped) != reference


def test_a_past_edition_does_not_depend_on_the_clock(
    quick: Config, sample: pipeline.Loaded, reference: dict[str, Any]
) -> None:
    """The same day built months later has the same data, the same hash and the same numbers."""
    later = pipeline.load(quick, PROJECT, "sample", AS_OF, MUCH_LATER)
    assert pipeline.data_sha256(later.observed) == pipeline.data_sha256(sample.observed)
    assert numbers(quick, later) == reference


def test_files_and_sample_with_the_same_values_give_the_same_numbers(
    quick: Config, sample: pipeline.Loaded, reference: dict[str, Any], tmp_path: Path
) -> None:
    """The way the data came does not matter."""
    folder = write_csv(tmp_path / "data", sample.observed, quick)
    loaded = pipeline.load(quick, PROJECT, str(folder), AS_OF, MONDAY)
    assert pipeline.data_sha256(loaded.observed) == pipeline.data_sha256(sample.observed)
    assert computed(numbers(quick, loaded)) == computed(reference)


def test_rows_after_as_of_change_nothing(quick: Config, sample: pipeline.Loaded, tmp_path: Path) -> None:
    """Files that go on, even wildly, give the numbers of files that end."""
    as_of = date(2025, 10, 7)
    ended = pipeline.load(quick, PROJECT, "sample", as_of, MONDAY)
    wild = {}
    for key, item in sample.observed.items():
        values = item.values.copy()
        values.loc[pd.Timestamp(as_of) + pd.Timedelta(days=1) :] *= 1.37
        wild[key] = with_values(item, values)
    loaded = pipeline.load(quick, PROJECT, str(write_csv(tmp_path / "data", wild, quick)), as_of, MONDAY)
    assert pipeline.data_sha256(daily(loaded)) == pipeline.data_sha256(daily(ended))
    mine, theirs = (dataclasses.replace(data, observed=daily(data)) for data in (loaded, ended))
    assert computed(numbers(quick, mine)) == computed(numbers(quick, theirs))


def test_streams_do_not_depend_on_the_order_of_pairs(quick: Config, sample: pipeline.Loaded) -> None:
    """Every task has its own random stream: what ran before it, on which panel, changes no digit."""
    slugs = ["eth-russell-2000", "eth-sp-500"]
    forwards, backwards = sample.panel(quick), sample.panel(quick)

    def run(panel: Panel, slug: str) -> PairResult:
        return analysis.analyse_pair(quick, quick.pair(slug), panel, "sample", draw=False)

    one = {slug: run(forwards, slug).numbers for slug in slugs}
    other = {slug: run(backwards, slug).numbers for slug in reversed(slugs)}
    for slug in slugs:
        assert dict(one[slug]) == dict(other[slug])
    ids = "correlation.pearson.daily.252"
    assert one["eth-russell-2000"][ids] != one["eth-sp-500"][ids]


def test_the_seed_moves_intervals_and_no_estimate(
    quick: Config, sample: pipeline.Loaded, reference: dict[str, Any]
) -> None:
    """Another seed is another bootstrap, and the same correlation."""
    other = quick.model_copy(update={"run": quick.run.model_copy(update={"seed": 1})})
    correlation = next(report for report in REPORTS if report.slug == "correlation")
    result = analysis.analyse_pair(
        other, other.featured, sample.panel(other), "sample", draw=False, reports=[correlation]
    )
    one, two = reference["correlation.pearson.daily.252"], result.numbers["correlation.pearson.daily.252"].as_json()
    assert one["value"] == two["value"]
    assert (one["lower"], one["upper"]) != (two["lower"], two["upper"])


def test_a_pair_in_parts_is_the_pair_as_a_whole(
    quick: Config, sample: pipeline.Loaded, reference: dict[str, Any]
) -> None:
    """No page is in two parts, and a part computed without the other finds what all pages in turn find."""
    parted = [report for part in APART for report in part]
    assert len(set(map(id, parted))) == len(parted) < len(REPORTS)
    work = analysis.Work(config=quick, observed=sample.observed, as_of=sample.as_of, kind="sample")
    found = {part: work((quick.featured.slug, part)) for part in reversed(range(len(APART)))}
    result = work.joined(quick.featured.slug, found)
    assert isinstance(result, analysis.PairResult)
    assert [page.report.slug for page in result.pages] == [report.slug for report in REPORTS]
    assert list(result.numbers) == list(reference)
    assert {key: number.as_json() for key, number in result.numbers.items()} == reference


def test_analysis_changes_no_series(quick: Config, sample: pipeline.Loaded) -> None:
    """What was loaded is the same after every page has been computed and drawn."""
    before = pipeline.data_sha256(sample.observed)
    analysis.analyse_pair(quick, quick.featured, sample.panel(quick), "sample")
    assert pipeline.data_sha256(sample.observed) == before


def test_the_promised_numbers_are_there(quick: Config, sample: pipeline.Loaded, reference: dict[str, Any]) -> None:
    """The ids this site has promised exist for every pair, whether or not they can be computed."""
    spans = (21, 63, 126, 252, "all")
    promised = [
        *(f"correlation.{e}.daily.{s}" for e in ("pearson", "spearman", "kendall") for s in spans),
        *(f"levels.{k}.{s}" for k in ("pearson", "null_share", "null_share_history") for s in (63, 126, 252)),
        *(f"rates.beta.dgs2.{r}.{s}" for r in "abm" for s in (252, "all")),
        "spells.current",
        "spells.longest_since_claim",
        *(f"since.{k}" for k in ("a.return", "b.return", "correlation")),
        *(f"since.{k}.{h}" for k in ("joint_up", "joint_up_base") for h in (21, 63, 126, 252)),
    ]
    for found in (reference, numbers(quick, sample, "btc-nasdaq-100")):
        assert [key for key in promised if key not in found] == []
        missing = [key for key in promised if "unavailable" in found[key]]
        assert missing == ["since.joint_up.252"], "the year after the claim is not over on 2026-09-18"


# --- the recorded market -----------------------------------------------------------------------------------------


@pytest.mark.recorded
@pytest.mark.parametrize(
    ("as_of", "number_id", "expected"),
    [
        # Issue 2: ETH-USD and ^RUT, sample A and B, to three decimals.
        ("2025-10-07", "correlation.pearson.daily.63", 0.454),
        ("2025-10-07", "correlation.pearson.daily.252", 0.494),
        ("2025-10-07", "levels.pearson.126", 0.924),
        ("2026-09-18", "correlation.pearson.daily.252", 0.447),
        ("2026-09-18", "levels.pearson.252", -0.679),
    ],
)
def test_recorded_numbers(
    recorded: dict[str, tuple[pipeline.Loaded, dict[str, Any]]],
    quick: Config,
    as_of: str,
    number_id: str,
    expected: float,
) -> None:
    """The numbers that were computed elsewhere from the same data come out here."""
    loaded, found = recorded[as_of]
    assert str(loaded.as_of) == as_of
    sample = loaded.panel(quick).sample(("eth_usd", "rut"), quick.start(quick.featured))
    window = sample.tail(int(number_id.rpartition(".")[2]))
    assert window is not None
    pair = window.changes if number_id.startswith("correlation") else window.levels
    assert round(float(np.corrcoef(pair.to_numpy().T)[0, 1]), 3) == expected
    assert round(found[number_id]["value"], 3) == expected


@pytest.mark.recorded
def test_recorded_rows_after_as_of_change_nothing(
    recorded: dict[str, tuple[pipeline.Loaded, dict[str, Any]]], recorded_data: Path, quick: Config, tmp_path: Path
) -> None:
    """Files cut by hand at the claim date give every number of the whole files as of that date."""
    as_of = date(2025, 10, 7)
    whole, expected = recorded[str(as_of)]
    for path in recorded_data.glob("*.csv"):
        head, *rows = path.read_text(encoding="utf-8").splitlines(keepends=True)
        kept = "".join(row for row in rows if row[:10] <= str(as_of))
        (tmp_path / path.name).write_text(head + kept, encoding="utf-8")
    cut = pipeline.load(quick, PROJECT, str(tmp_path), None, MUCH_LATER)
    assert cut.as_of == as_of
    assert pipeline.data_sha256(cut.observed) == pipeline.data_sha256(whole.observed)
    assert numbers(quick, cut) == expected
    assert max(body["last"] for body in expected.values() if "last" in body) == str(as_of)


@pytest.mark.recorded
def test_recorded_data_has_no_gap_in_the_featured_sample(
    recorded: dict[str, tuple[pipeline.Loaded, dict[str, Any]]], quick: Config
) -> None:
    """Provenance says no calendar gap: every session since 2018 has its return."""
    loaded, _ = recorded[str(AS_OF)]
    sample = loaded.panel(quick).sample(("eth_usd", "rut"), quick.start(quick.featured))
    sessions = nyse_sessions()
    expected = sessions[(sessions >= pd.Timestamp("2018-01-01")) & (sessions <= pd.Timestamp(AS_OF))]
    assert sample.dropped == 0
    assert list(sample.changes.index) == list(expected)


# --- too little data ---------------------------------------------------------------------------------------------


def poor(kind: str, observed: dict[str, Observed]) -> dict[str, Observed]:
    """Return the data of a user who has little."""
    if kind in FEW:
        return {k: with_values(v, v.values.loc[sessions_before(FEW[kind]) :]) for k, v in observed.items()}
    assets = {k: v for k, v in observed.items() if k in {"eth_usd", "btc_usd", "rut", "spx", "ndx"}}
    changed: dict[str, dict[str, pd.Series[float]]] = {
        "no rates": {},
        "short control": {"spx": observed["spx"].values.iloc[-300:]},
        "constant price": {"rut": observed["rut"].values * 0.0 + 100.0},
        "constant yield": {"dgs2": observed["dgs2"].values * 0.0 + 4.0},
        "same series twice": {"rut": observed["spx"].values},
        "disjoint second pair": {
            "btc_usd": observed["btc_usd"].values.loc[:"2019-12-31"],
            "ndx": observed["ndx"].values.loc["2020-01-02":],
        },
    }
    replaced = {key: with_values(observed[key], values) for key, values in changed[kind].items()}
    return {**(assets if kind == "no rates" else observed), **replaced}


def sessions_before(n: int) -> pd.Timestamp:
    """Return the session from which there are n up to the as-of date."""
    sessions = nyse_sessions()
    return pd.Timestamp(sessions[sessions <= pd.Timestamp(AS_OF)][-n])


FEW = {"one price": 1, "two prices": 2, "twelve prices": 12, "forty prices": 40}
POOR = (
    *FEW,
    "no rates",
    "short control",
    "constant price",
    "constant yield",
    "same series twice",
    "disjoint second pair",
)


@pytest.mark.parametrize("kind", POOR)
def test_too_little_data_is_said_and_not_computed(
    quick: Config, sample: pipeline.Loaded, tmp_path: Path, kind: str
) -> None:
    """Every page of every pair is made; a number that cannot be is unavailable with its reason; no NaN in any file."""
    observed = poor(kind, dict(sample.observed))
    loaded = dataclasses.replace(sample, kind="csv", observed=observed)
    slug = "btc-nasdaq-100" if "second" in kind else "eth-russell-2000"
    alone = quick.model_copy(
        update={
            "pairs": [quick.pair(slug)],
            "claims": [claim for claim in quick.claims if claim.pair == slug],
            "site": quick.site.model_copy(update={"featured": slug}),
        }
    )
    cache = Cache(root=tmp_path / "cache")
    context = pipeline.analyse(alone, PROJECT, loaded, cache, draw=False)
    # Figures are made, and drawn elsewhere: drawing takes longer than all the rest.
    undrawn = [
        dataclasses.replace(result, pages=tuple(dataclasses.replace(page, figures=()) for page in result.pages))
        for result in context.results
    ]
    context = dataclasses.replace(context, results=tuple(undrawn))
    project = Project(root=tmp_path)
    (tmp_path / "templates").symlink_to(ROOT / "templates")
    pipeline.write_pages(project, context, cache, pipeline.quiet)
    for path in project.docs.rglob("*"):
        if path.suffix == ".md":
            text = path.read_text(encoding="utf-8")
            assert not {"nan", "NaN", "inf", "-inf", "−inf", "None", "NaT"} & set(re.findall(r"[\w−-]+", text)), path
        if path.suffix == ".json":
            json.loads(path.read_text(encoding="utf-8"), parse_constant=pytest.fail)
    reasons = [n.reason for result in context.results for n in result.numbers.values() if isinstance(n, Unavailable)]
    assert reasons
    assert all(reason.strip() and reason.isprintable() for reason in reasons)


def test_the_reason_names_what_is_missing(quick: Config, sample: pipeline.Loaded, reference: dict[str, Any]) -> None:
    """Without yields the rates page says which series the source does not have; the rest is unchanged."""
    observed = {k: v for k, v in sample.observed.items() if not k.startswith("dgs")}
    found = numbers(quick, dataclasses.replace(sample, observed=observed))
    assert found["rates.beta.dgs2.a.252"] == {"unavailable": "this source has no data for 2-year Treasury yield"}
    assert found["correlation.pearson.daily.252"] == reference["correlation.pearson.daily.252"]


def test_recovery_works_for_any_day(quick: Config) -> None:
    """The sample ends in 2027 and starts in 2016; a site as of another day still says how its estimators do."""
    for day in (date(2010, 1, 4), date(2016, 6, 1), AS_OF, date(2031, 1, 2)):
        for found in analysis.recovery(quick, day):
            assert isinstance(found.estimate, Estimate)
    assert len(analysis.recovery(quick, AS_OF)) > 10


def test_the_trial_has_every_published_number_with_a_known_truth(quick: Config, sample: pipeline.Loaded) -> None:
    """It computes a part of the pages only; what any page publishes with a known truth is in that part."""
    panel = sample.panel(quick)
    published = analysis.analyse_pair(quick, quick.featured, panel, "sample", draw=False).numbers
    expected = analysis.recovered(quick, published, panel.as_of)
    found = analysis.recovery(quick, panel.as_of)
    values = [[(r.number_id, r.truth, r.estimate.value, r.estimate.nobs) for r in rows] for rows in (found, expected)]
    assert values[0] == values[1]


# --- version -----------------------------------------------------------------------------------------------------


def test_the_version_is_a_hash_of_code_and_templates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same files have the same version in any folder; a changed or renamed template has another."""
    monkeypatch.delenv("TANDEM_CODE_VERSION", raising=False)
    versions = []
    for folder in ("0", "~z/deeper"):
        shutil.copytree(ROOT / "templates", tmp_path / folder / "templates")
        versions.append(pipeline.code_version(Project(root=tmp_path / folder)))
    assert versions[0] == versions[1] == pipeline.code_version(PROJECT)
    template = tmp_path / "0" / "templates" / "pages" / "data.md.j2"
    template.rename(template.with_name("other.md.j2"))
    assert pipeline.code_version(Project(root=tmp_path / "0")) != versions[0]
    monkeypatch.setenv("TANDEM_CODE_VERSION", "1.2.3")
    assert pipeline.code_version(PROJECT) == "1.2.3"


# --- the HTML ----------------------------------------------------------------------------------------------------


def tiny(root: Path, index: str) -> SimpleNamespace:
    """Write a project of one page, with the site of an earlier build beside it, and return its context."""
    (root / "site_src").mkdir(parents=True)
    (root / "site_src" / "index.md").write_text(index, encoding="utf-8")
    (root / "mkdocs.yml").write_text("site_name: T\ndocs_dir: site_src\nstrict: true\nplugins: []\n", encoding="utf-8")
    (root / "site").mkdir()
    (root / "site" / "index.html").write_text("old", encoding="utf-8")
    origin = {
        "as_of": AS_OF,
        "kind": "sample",
        "degraded": (),
        "code_version": "0",
        "data_sha256": "0",
        "next_update": MONDAY,
        "site_url": "",
    }
    return SimpleNamespace(provenance=origin, config=SimpleNamespace(redirects=[], site=SimpleNamespace(title="T")))


def test_a_broken_link_stops_the_build_and_keeps_the_site(tmp_path: Path) -> None:
    """MkDocs' own words reach the user in one line; what is served is untouched."""
    context: Any = tiny(tmp_path, "# T\n\n[gone](nowhere.md)\n")
    with pytest.raises(BuildError, match=r"^mkdocs: .*nowhere\.md") as stopped:
        build_html(Project(root=tmp_path), context)
    assert str(stopped.value).isprintable()
    assert (tmp_path / "site" / "index.html").read_text(encoding="utf-8") == "old"


def test_what_a_killed_run_left_aside_does_not_reach_the_site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder aside is begun anew: a half-written file of an earlier run is not published."""
    context: Any = tiny(tmp_path, "# T\n")
    (tmp_path / "site.new").mkdir()
    for name in (".aside-x", "stray.html"):
        (tmp_path / "site.new" / name).write_text("half", encoding="utf-8")
    monkeypatch.setattr("generator.csp.apply_csp", lambda _folder: None)
    build_html(Project(root=tmp_path), context)
    names = {p.name for p in (tmp_path / "site").iterdir()}
    assert "index.html" in names
    assert not names & {".aside-x", "stray.html"}
    assert not (tmp_path / "site.new").exists()


def test_a_published_page_that_is_gone_stops_the_build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Real data at a published address makes a promise; simulated data and trials on a laptop make none."""
    monkeypatch.setattr("generator.csp.apply_csp", lambda _folder: None)
    context: Any = tiny(tmp_path, "# T\n")
    project = Project(root=tmp_path)
    build_html(project, context)
    assert not project.store.exists()
    context.provenance |= {"kind": "store", "simulated": False, "site_url": "http://127.0.0.1/"}
    build_html(project, context)
    assert "/" in ledger.read(project.store)
    (project.docs / "new.md").write_text("# New\n\n## Part\n", encoding="utf-8")
    build_html(project, context)
    assert {"/", "/new/", "/new/#part"} <= ledger.read(project.store)
    (project.docs / "new.md").unlink()
    with pytest.raises(BuildError, match=r"^/new/: was published and is gone"):
        build_html(project, context)
    assert (project.site / "new" / "index.html").is_file()
    build_html(project, context, whole=False)
    context.provenance |= {"simulated": True}
    build_html(project, context)


def test_stages_add_up() -> None:
    """A stage entered twice counts both times, and a failing one still counts."""
    stages = pipeline.Stages()
    for _ in range(2):
        with stages.stage("a"):
            pass
    with pytest.raises(ZeroDivisionError), stages.stage("b"):
        _ = 1 / 0
    assert set(stages.seconds) == {"a", "b"}
    assert all(seconds >= 0 for seconds in stages.seconds.values())


def test_findings_of_a_pair_are_strict_json(quick: Config, sample: pipeline.Loaded) -> None:
    """The public file has the keys of DESIGN 9, and every number is an estimate or a reason."""
    result = analysis.analyse_pair(quick, quick.featured, sample.panel(quick), "sample", draw=False)
    origin = pipeline.provenance(quick, PROJECT, sample)
    body = json.loads(site.strict_json(pipeline.findings_json(result, origin)), parse_constant=pytest.fail)
    assert set(body) == {
        "format_version",
        "pair",
        "as_of",
        "data",
        "degraded",
        "data_sha256",
        "code_version",
        "numbers",
        "verdicts",
    }
    assert (body["pair"], body["as_of"], body["data"]) == ("eth-russell-2000", "2026-09-18", "sample")
    for number_id, number in body["numbers"].items():
        assert ("unavailable" in number) != ("value" in number), number_id
        if "value" in number and number["link"]:
            assert number["link"].startswith(("/reports/eth-russell-2000/", "/claims/"))
