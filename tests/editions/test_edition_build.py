"""Editions of real analyses: the same bytes whatever came later, whoever computes them, and on the pages of a build."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import feedparser
import pandas as pd
import pytest
from lxml import html  # type: ignore[import-untyped]  # ships no types

from generator import pipeline
from generator.cache import Cache
from generator.editions import keeping
from generator.editions.making import Content
from generator.editions.store import EditionStore
from generator.project import Project

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from generator.config import Config
    from generator.panel import Observed
    from generator.report import SiteContext

ROOT = Path(__file__).parents[2]
PROJECT = Project(root=ROOT)
ADDRESS = "https://example.org/tandem/"
CLAIM, MONTH, STATEMENT, AS_OF = date(2026, 8, 20), date(2026, 8, 31), date(2026, 9, 16), date(2026, 9, 18)
NOW = datetime(2026, 9, 21, 6, tzinfo=UTC)
PAIR = "eth-russell-2000"


@pytest.fixture(scope="module", autouse=True)
def _version() -> Iterator[None]:
    """Keep the version the same, whatever happens to the code while the tests run."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TANDEM_CODE_VERSION", "0.0.0+test")
        yield


@pytest.fixture(scope="module")
def quick(config: Config) -> Config:
    """Return the configuration with one pair, a short sample, few replications, and three editions."""
    run = config.run.model_copy(update={"reps": 99, "claim_date": CLAIM, "start": date(2024, 6, 3)})
    return config.only([PAIR]).model_copy(update={"run": run})


@pytest.fixture(scope="module")
def loaded(quick: Config) -> pipeline.Loaded:
    """Return the simulated sample."""
    return pipeline.load(quick, PROJECT, "sample", AS_OF, NOW)


def write_csv(folder: Path, observed: Mapping[str, Observed], config: Config, last: date) -> str:
    """Write daily series up to a day as the files a user would bring; return the folder."""
    files: dict[str, dict[str, pd.Series[float]]] = {}
    for key, item in observed.items():
        if config.series[key].frequency == "daily":
            place = config.series[key].csv
            files.setdefault(place.file, {})[place.column] = item.values.loc[: pd.Timestamp(last)]
    folder.mkdir(parents=True)
    for name, columns in files.items():
        pd.DataFrame(columns).rename_axis("date").to_csv(folder / name, date_format="%Y-%m-%d")
    return str(folder)


def build(config: Config, store: EditionStore, data: str, wanted: date | None, *, jobs: int = 1) -> pipeline.Loaded:
    """Do what a build does about editions, and return the data it used."""
    found = pipeline.load(config, PROJECT, data, wanted, NOW)
    work = pipeline.Freezing(config=config, project=PROJECT, source=found.source)

    def freeze() -> Content:
        made = work(found.as_of)
        assert isinstance(made, Content)
        return made

    live = pipeline.is_newest(config, found, NOW)
    present = keeping.Present(as_of=found.as_of, freeze=freeze, verdicts={}, live=live)
    days = pipeline.wanted_days(config, found)
    assert keeping.catch_up(store, days, present, work, jobs=jobs, progress=pipeline.quiet) == []
    return found


def manifests(store: EditionStore) -> dict[date, Any]:
    """Return the first revision of every edition."""
    return {day: store.manifest(day, 1) for day in store.days()}


@pytest.fixture(scope="module")
def full(quick: Config, loaded: pipeline.Loaded, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, EditionStore]:
    """Return files up to the last day, and the editions made of them in two processes."""
    place = tmp_path_factory.mktemp("full")
    folder = write_csv(place / "data", loaded.source.observed, quick, AS_OF)
    store = EditionStore(root=place / "store", namespace="csv-00000000")
    build(quick, store, folder, AS_OF, jobs=2)
    return Path(folder), store


def test_the_edition_is_the_same_whether_the_data_ends_there_or_later(
    quick: Config, loaded: pipeline.Loaded, full: tuple[Path, EditionStore], tmp_path: Path
) -> None:
    """Files that end on a day give, file by file, the edition that longer files give later."""
    ended = write_csv(tmp_path / "ended", loaded.source.observed, quick, MONTH)
    then, later = EditionStore(root=tmp_path / "then", namespace="csv-00000000"), full[1]
    build(quick, then, ended, None)
    made_then, made_later = manifests(then), manifests(later)
    assert list(made_then) == [CLAIM, MONTH]
    assert list(made_later) == [CLAIM, MONTH, STATEMENT]
    assert made_then[CLAIM].to_bytes() == made_later[CLAIM].to_bytes()
    assert (made_then[MONTH].made, made_later[MONTH].made) == ("live", "backfilled")
    assert made_then[MONTH].files == made_later[MONTH].files
    for day in (CLAIM, MONTH):
        for path in made_then[day].files:
            assert then.read(made_then[day], path) == later.read(made_later[day], path)


@pytest.fixture(scope="module")
def drawn(quick: Config, tmp_path_factory: pytest.TempPathFactory) -> tuple[pipeline.Loaded, SiteContext]:
    """Return the sample as of a month end, analysed for a site, with every figure."""
    ended = pipeline.load(quick, PROJECT, "sample", MONTH, NOW)
    return ended, pipeline.analyse(quick, PROJECT, ended, Cache(root=tmp_path_factory.mktemp("cache")), draw=False)


@pytest.fixture(scope="module")
def made(quick: Config, loaded: pipeline.Loaded) -> Content:
    """Return the edition of that month end, made later."""
    content = pipeline.Freezing(config=quick, project=PROJECT, source=loaded.source)(MONTH)
    assert isinstance(content, Content)
    return content


def test_the_simulated_edition_is_the_same_too(
    quick: Config, drawn: tuple[pipeline.Loaded, SiteContext], made: Content
) -> None:
    """What a live build freezes of its own pages is what is made later, hourly bars and all."""
    live = pipeline.frozen(quick, PROJECT, drawn[0], drawn[1].results)
    assert live.manifest == made.manifest
    assert live.files == made.files


def test_nothing_later_is_in_an_edition(made: Content) -> None:
    """No date after the edition's own stands in its numbers, pictures or data, apart from meetings still to come."""
    body = json.loads(made.files[f"{PAIR}/findings.json"])
    assert body["as_of"] == str(MONTH)
    assert max(number["last"] for number in body["numbers"].values() if "last" in number) == str(MONTH)
    for path, content in made.files.items():
        if path.endswith(".csv"):
            assert max(line[:10] for line in content.decode().splitlines()[1:] if line[:2] == "20") <= str(MONTH)


def test_an_edition_holds_what_it_promises(made: Content) -> None:
    """Every published number stands in the table with its anchor, and three pictures in two schemes and widths."""
    page = made.files[f"{PAIR}/index.md"].decode()
    body = json.loads(made.files[f"{PAIR}/findings.json"])
    for number_id in body["numbers"]:
        assert page.count(f'<tr id="{number_id.replace(".", "-").replace("_", "-")}">') == 1
    for slug in body["verdicts"]:
        assert f'<tr id="claim-{slug}">' in page
    for picture in ("levels-against-returns", "rolling-correlation", "since-the-claim"):
        names = {path.rpartition("/")[2] for path in made.files if path.startswith(f"{PAIR}/{picture}/")}
        for layout in ("wide", "narrow"):
            assert f"{picture}.{layout}.json" in names
            assert {f"{picture}.{layout}.{scheme}.svg" for scheme in ("light", "dark")} <= names
        assert f"{picture}.csv" in names
        assert not any(name.endswith(".png") for name in names)
    assert "../../../editions/" not in page  # a correction may stand under another address


def test_a_day_the_gate_refuses_gets_no_edition(quick: Config, full: tuple[Path, EditionStore], tmp_path: Path) -> None:
    """A day on which a price is missing is answered with a reason, not with an edition of another day."""
    folder = changed(full[0], tmp_path, quick, str(MONTH), -1.0)
    found = pipeline.load(quick, PROJECT, str(folder), AS_OF, NOW)
    refused = pipeline.Freezing(config=quick, project=PROJECT, source=found.source)(MONTH)
    assert not isinstance(refused, Content)
    assert refused.as_of == MONTH
    assert refused.reason


def changed(data: Path, folder: Path, config: Config, day: str, factor: float) -> Path:
    """Return a copy of the files in which the price of B on a day is another one."""
    shutil.copytree(data, folder / "changed")
    prices = pd.read_csv(folder / "changed" / "prices_daily.csv", index_col=0)
    prices.loc[day, config.series[config.featured.b].csv.column] *= factor
    prices.to_csv(folder / "changed" / "prices_daily.csv")
    return folder / "changed"


def test_revised_data_are_noted_and_change_no_edition(
    quick: Config, full: tuple[Path, EditionStore], drawn: tuple[pipeline.Loaded, SiteContext], tmp_path: Path
) -> None:
    """A value that its source revises leaves the editions as they are; a note says which series, and which editions."""
    data, store = full
    before = manifests(store)
    context = drawn[1]
    first = pipeline.load(quick, PROJECT, str(data), AS_OF, NOW)
    assert pipeline.with_editions(context, first, store, []).edition_notes == ()
    second = build(quick, store, str(changed(data, tmp_path, quick, "2026-09-01", 1.01)), AS_OF)
    assert manifests(store) == before
    shown = pipeline.with_editions(context, second, store, [])
    assert shown.edition_notes == (
        "Russell 2000: revised by the source since the editions of 2026-09-16 were made; they stand as they were made.",
    )
    assert [edition.as_of for edition in shown.editions] == [CLAIM, MONTH, STATEMENT]
    turns = shown.timelines["near-perfect-correlation"]
    assert [turn.as_of for turn in turns] == [CLAIM, MONTH, AS_OF]


# --- the site and the command line -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def site(quick: Config, light_project: Callable[[Path], Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a site that was built at an address, with three editions."""
    project = Project(root=light_project(tmp_path_factory.mktemp("editions") / "project"))
    published = quick.model_copy(update={"site": quick.site.model_copy(update={"url": ADDRESS})})
    pipeline.build(published, project, data="sample", as_of=AS_OF, now=NOW, jobs=2)
    return project.site


def test_the_site_shows_every_edition(site: Path) -> None:
    """Each edition, each pair in it, the list and the changes are pages of the site, and the feed is beside them."""
    for day in (CLAIM, MONTH, STATEMENT):
        page = (site / "editions" / str(day) / "index.html").read_text(encoding="utf-8")
        assert f'<link rel="canonical" href="{ADDRESS}editions/{day}/">' in page
        assert f'Frozen edition of <time datetime="{day}">' in page
        assert "next update by" not in page
        assert (site / "editions" / str(day) / PAIR / "findings.json").is_file()
        picture = "levels-against-returns"
        assert (site / "editions" / str(day) / PAIR / picture / f"{picture}.wide.dark.svg").is_file()
    listing = (site / "editions" / "index.html").read_text(encoding="utf-8")
    assert "3 editions, from 2026-08-20 to 2026-09-16" in listing
    assert (site / "changes" / "index.html").is_file()
    feed = feedparser.parse((site / "feed.xml").read_bytes())
    assert not feed.bozo
    assert "simulated sample data" in feed.feed.title
    assert all(":number:" in entry.id for entry in feed.entries)


def test_frozen_charts_can_stand_in_other_sites(site: Path) -> None:
    """Each picture of an edition has a page of its own that says its date and never expects an update."""
    for day in (CLAIM, MONTH, STATEMENT):
        place = site / "editions" / str(day) / PAIR
        for picture in ("levels-against-returns", "rolling-correlation", "since-the-claim"):
            if not (place / picture).is_dir():
                continue
            page = html.document_fromstring((place / picture / "index.html").read_bytes())
            text = " ".join(page.text_content().split())
            assert f"Frozen, data through {day}" in text
            assert not page.xpath("//@data-next-update")
            for source in page.xpath("//img/@src"):
                assert (place / picture / source).is_file()
        figure = html.document_fromstring((place / "index.html").read_bytes()).xpath("//figure[@data-frozen-embed]")[0]
        assert (place / figure.get("data-frozen-embed") / "index.html").is_file()
        assert figure.get("data-latest").startswith("../../../reports/")


def test_previews_of_frozen_pages_name_no_number_of_today(site: Path) -> None:
    """Today's pages have their own picture, at the site's address; an edition has the one without a number."""

    def image(page: Path) -> str:
        return str(html.document_fromstring(page.read_bytes()).xpath("string(//meta[@property='og:image']/@content)"))

    assert image(site / "index.html") == f"{ADDRESS}cards/home.png"
    assert image(site / "editions" / str(CLAIM) / PAIR / "index.html") == f"{ADDRESS}cards/tandem.png"
    assert image(site / "methods" / "index.html") == f"{ADDRESS}cards/tandem.png"


def test_frozen_pages_are_not_searched(site: Path) -> None:
    """The search finds today's pages, not a copy of them for every month; the list of editions it does find."""
    index = json.loads((site / "search" / "search_index.json").read_text(encoding="utf-8"))
    places = {entry["location"].partition("#")[0] for entry in index["docs"]}
    assert "editions/" in places
    assert not any(place.startswith("editions/2") for place in places)


@pytest.mark.slow
def test_the_command_refuses_repeats_and_revises(
    light_project: Callable[[Path], Path], tandem: Any, tmp_path: Path
) -> None:
    """`tandem edition` makes one, repeats nothing, counts a weekend as the Friday before, and refuses the future."""
    project = light_project(tmp_path / "project")
    sunday = ("edition", "2026-09-13", "--data", "sample")
    first = tandem(project, *sunday)
    assert first.returncode == 0, first.stderr
    assert first.stdout == (
        "edition 2026-09-11, revision 1, backfilled: made. The next build shows it at /editions/2026-09-11/\n"
    )
    again = tandem(project, *sunday)
    assert (again.returncode, "is in the store already" in again.stdout) == (0, True)
    other = {"TANDEM_CODE_VERSION": "0.0.1+test"}
    refused = tandem(project, *sunday, variables=other)
    assert refused.returncode == 1
    assert refused.stderr.startswith("tandem: edition 2026-09-11, revision 1: is frozen and is not rewritten")
    assert refused.stderr.count("\n") == 1
    revised = tandem(project, *sunday, "--revise", "a test of corrections", "--json", variables=other)
    assert revised.returncode == 0, revised.stderr
    body = json.loads(revised.stdout)
    assert (body["revision"], body["new"], body["address"]) == (2, True, "/editions/2026-09-11-r2/")
    ahead = tandem(project, "edition", "2027-01-04", "--data", "sample")
    assert (ahead.returncode, "lies in the future" in ahead.stderr) == (1, True)
    assert tandem(project, "verify").stdout.startswith("2 editions, ")
