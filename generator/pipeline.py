"""The order of the stages, nothing else: load → gate → align → analyse → write pages → build HTML → swap in."""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import json
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

import pandas as pd

from generator import __version__, explain, site
from generator.analysis import Work, analyse_all, analyse_pair, draw_kept
from generator.cache import Cache, Stamp, key_of, tree_sha256
from generator.charts.bundle import BUNDLE, bundle_key, bundle_text
from generator.charts.card import card_png, card_svg
from generator.charts.figure import Figure, FigureFiles, embed_address, write_figures
from generator.editions import dates, keeping
from generator.editions.archive import timelines
from generator.editions.content import content, series_hashes
from generator.editions.making import NotMade
from generator.editions.publish import publish
from generator.editions.store import EditionStore
from generator.errors import DataError
from generator.expectations import Expectations
from generator.findings import FORMAT_VERSION, Numbers
from generator.fomc import load_meetings
from generator.glossary import read_terms
from generator.html import build_html
from generator.pages import changes, site_pages
from generator.pages.cards import cards, report_card
from generator.pages.citations import cite
from generator.pages.claims import claim_badges
from generator.pages.numbers import address as how_address
from generator.panel import Observed, Panel, nyse_sessions
from generator.parallel import keep_memory
from generator.recipes import TOGETHER
from generator.render import environment, render
from generator.report import Analysed, DataKind, Page, PairResult, SiteContext
from generator.reports.overview import BRIEF
from generator.sources import gate

if TYPE_CHECKING:
    from jinja2 import Environment

    from generator.config import Config, Pair
    from generator.editions.archive import Edition
    from generator.editions.making import Content, Made
    from generator.editions.manifest import Manifest
    from generator.project import Project
    from generator.sources.snapshots import Reading

Progress = Callable[[str, int, int], None]

CLOCKS_DIFFER = timedelta(hours=1)
"""By how much the clocks of two machines that share a store may differ."""


def quiet(_stage: str, _done: int, _total: int) -> None:
    """Report nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """The data of a build after the gate, what the gate found, and the source as it was before."""

    kind: DataKind
    observed: Mapping[str, Observed]
    as_of: date
    report: gate.GateReport
    source: Source
    expectations: Expectations = field(default_factory=Expectations)

    def panel(self, config: Config) -> Panel:
        """Return all series, cut at the as-of date."""
        return Panel(self.observed, config, self.as_of, self.expectations)


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildResult:
    """What a build made.

    Parameters
    ----------
    seconds : mapping of stage to float
        Wall time, for the summary.
    """

    context: SiteContext
    degraded: tuple[str, ...]
    seconds: Mapping[str, float] = field(default_factory=dict)


class Stages:
    """Wall time of each stage of a run."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Add the time spent inside to the stage `name`."""
        started = perf_counter()
        try:
            yield
        finally:
            self.seconds[name] = self.seconds.get(name, 0.0) + perf_counter() - started


# ------------------------------------------------------------------------------------------------ loading the data


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Every series, uncut, and the copies before them where there is a store."""

    kind: DataKind
    observed: Mapping[str, Observed]
    previous: Mapping[str, Observed] = field(default_factory=dict)
    expectations: Expectations = field(default_factory=Expectations)
    reading: Reading | None = None


def read_source(config: Config, project: Project, data: str, day: date, *, known_at: datetime | None = None) -> Source:
    """Return every series as its source has it.

    Parameters
    ----------
    data : str
        ``auto``, ``store``, ``sample``, or a path to a folder or file of CSV.
    day : date
        The last day that may be used; the simulated sample ends there.
    known_at : datetime, optional
        Nothing that was stored later is used: where there is such a thing, some clock is wrong.
    """
    if data == "sample":
        return Source(kind="sample", observed=_sample(config, day))
    if data in {"auto", "store"}:
        from generator.sources import snapshots  # noqa: PLC0415 - only this branch reads the store

        found = snapshots.read(project.store, config, day, known_at=known_at)
        featured = config.featured
        missing = [config.series[s].label for s in (featured.a, featured.b) if s not in found.latest]
        if not missing:
            return Source(kind="store", observed=found.latest, previous=found.previous, reading=found)
        if data == "store":
            first = (*found.set_aside.values(), *found.problems, "")[0]
            raise DataError(
                f"store: no usable snapshot of {', '.join(missing)}{f' ({first})' if first else ''}; "
                "run `tandem fetch`, or build with --data sample"
            )
        return Source(kind="sample", observed=_sample(config, day))
    from generator.sources import csv  # noqa: PLC0415 - only this branch reads files

    return Source(kind="csv", observed=csv.load(Path(data), config))


def read_expectations(config: Config, project: Project, kind: DataKind, data: str) -> Expectations:
    """Return futures (fetched, or from a file) and published surprises, uncut, or why there are none."""
    from generator.sources import contracts, futures, surprises  # noqa: PLC0415 - only this function reads these

    if kind == "sample":
        return Expectations()
    folder = project.store / "files" if kind == "store" else Path(data)
    closes = futures.load(folder, config)
    if kind == "store":
        closes = futures.joined(contracts.load_store(project.store, config), closes)
    return Expectations(surprises=surprises.load(folder, config), futures=closes)


def _sample(config: Config, day: date) -> dict[str, Observed]:
    """Return the simulated sample up to the last session; it never depends on the clock beyond that."""
    from generator.sources import sample, sample_model  # noqa: PLC0415 - simulating takes a moment

    return sample.load(config, min(last_session(day), sample_model.END))


def last_known_day(wanted: date | None, now: datetime) -> date:
    """Return the last day that may be used: the one asked for, but never the one in progress.

    The daily bar of a 24/7 series ends at midnight UTC, so a day is known when it is over there.

    Raises
    ------
    DataError
        The day asked for lies in the future.
    """
    today = now.astimezone(UTC).date()
    if wanted is not None and wanted > today:
        raise DataError(f"--as-of {wanted}: lies in the future (today is {today}); give a past date")
    return min(wanted or today, today - timedelta(days=1))


def last_session(day: date) -> date:
    """Return the last NYSE session up to `day`."""
    sessions = nyse_sessions()
    return sessions[sessions <= pd.Timestamp(day)][-1].date()


def resolve_as_of(config: Config, pair: Pair, observed: Mapping[str, Observed], day: date) -> date:
    """Return the last session up to `day` on which A and B both have a value.

    Raises
    ------
    DataError
        There is none.
    """
    labels = f"{config.series[pair.a].label} and {config.series[pair.b].label}"
    if pair.a not in observed or pair.b not in observed:
        raise DataError(f"{labels}: one of the two has no usable data up to {day}; see `tandem check`")
    dates = pd.DatetimeIndex(observed[pair.a].values.index).intersection(
        pd.DatetimeIndex(observed[pair.b].values.index)
    )
    sessions = dates[dates.isin(nyse_sessions()) & (dates <= pd.Timestamp(day))]
    if sessions.empty:
        raise DataError(f"{labels} share no session up to {day}; check that both cover the same dates")
    return sessions[-1].date()


def _cut(observed: Mapping[str, Observed], as_of: date) -> dict[str, Observed]:
    """Return what was known at the end of `as_of`; a series that starts later is left out."""
    end = pd.Timestamp(as_of) + pd.Timedelta(hours=23, minutes=59)
    known = {key: dataclasses.replace(item, values=item.values.loc[:end]) for key, item in observed.items()}
    return {key: item for key, item in known.items() if len(item.values)}


def load(config: Config, project: Project, data: str, wanted: date | None, now: datetime) -> Loaded:
    """Return the checked data of a build, cut at its as-of date.

    Raises
    ------
    DataError
        No data, or the gate blocks: the message names the series and the cause.
    """
    day = last_known_day(wanted, now)
    source = read_source(config, project, data, day, known_at=now + CLOCKS_DIFFER)
    source = dataclasses.replace(source, expectations=read_expectations(config, project, source.kind, data))
    as_of = resolve_as_of(config, config.featured, source.observed, day)
    loaded = known_on(config, source, as_of, expected=last_session(day) if source.kind == "store" else None)
    if source.reading is None:
        return loaded
    from generator.sources import references  # noqa: PLC0415 - only a store has them

    report = gate.with_store(loaded.report, source.reading, config)
    beside = references.load_store(project.store, config)
    return dataclasses.replace(loaded, report=gate.with_references(report, beside, config))


def known_on(config: Config, source: Source, as_of: date, *, expected: date | None = None) -> Loaded:
    """Return the checked data as of a session, from nothing later.

    Parameters
    ----------
    expected : date, optional
        The day up to which data should reach by the clock; `as_of` if not given.

    Raises
    ------
    DataError
        The gate blocks: the message names the series and the cause.
    """
    # The gate looks at nothing after as_of, but how old a series is it tells from the whole of it.
    report = gate.check(source.observed, config, as_of, previous=source.previous, data=source.kind, expected=expected)
    if report.blocked:
        more = f"; and {len(report.blocked) - 1} more" if len(report.blocked) > 1 else ""
        raise DataError(f"not published: {report.blocked[0].rstrip('.')}{more}; the site before it stays as it is")
    # Where the gate has taken away the last value of an asset, the last session known is an earlier one.
    as_of = resolve_as_of(config, config.featured, report.observed, as_of)
    return Loaded(
        kind=source.kind,
        observed=_cut(report.observed, as_of),
        as_of=as_of,
        report=report,
        source=source,
        expectations=source.expectations.known_on(as_of),
    )


def data_sha256(observed: Mapping[str, Observed], expectations: Expectations | None = None) -> str:
    """Return the hash of every value used, whatever file it came from."""
    digest = hashlib.sha256()
    for key in sorted(observed):
        values = observed[key].values
        digest.update(key.encode())
        digest.update(values.index.to_numpy().astype("datetime64[s]").astype("<i8").tobytes())
        digest.update(values.to_numpy(dtype="<f8").tobytes())
    if expectations is not None:
        digest.update(expectations.sha256().encode())
    return digest.hexdigest()


def code_version(project: Project) -> str:
    """Return the version with a hash of the code and templates that make the pages.

    The environment's ``TANDEM_CODE_VERSION`` stands in for it where a fixed string is wanted.
    """
    fixed = os.environ.get("TANDEM_CODE_VERSION")
    if fixed:
        return fixed
    digest = hashlib.sha256()
    for folder, patterns in ((Path(__file__).parent, ("*.py", "*.csv")), (project.templates, ("*.j2",))):
        files = {path.relative_to(folder).as_posix(): path for pattern in patterns for path in folder.rglob(pattern)}
        for name, path in sorted(files.items()):
            digest.update(name.encode())
            digest.update(path.read_bytes())
    return f"{__version__}+{digest.hexdigest()[:12]}"


# --------------------------------------------------------------------------------------------------------- analysing


def findings_json(result: PairResult, provenance: Mapping[str, Any]) -> dict[str, Any]:
    """Return the machine-readable face of a pair (DESIGN 9)."""
    return {
        "format_version": FORMAT_VERSION,
        "pair": result.pair.slug,
        "as_of": provenance["as_of"].isoformat(),
        "data": provenance["kind"],
        "degraded": list(provenance["degraded"]),
        "data_sha256": provenance["data_sha256"],
        "code_version": provenance["code_version"],
        "numbers": {key: number.as_json() for key, number in result.numbers.items()},
        "verdicts": {key: verdict.as_json() for key, verdict in result.verdicts.items()},
    }


# ---------------------------------------------------------------------------------------------------------- editions


@dataclass(frozen=True, slots=True, kw_only=True)
class Freezing:
    """Day → the edition of that day, computed with what was known on it; can be sent to another process."""

    config: Config
    project: Project
    source: Source

    def __call__(self, day: date) -> Made:
        """Return the edition, or why there can be none."""
        source = self.source
        if source.kind == "sample":  # its hourly bars go back a fixed number of days from the last one
            source = read_source(self.config, self.project, "sample", day)
        try:
            loaded = known_on(self.config, source, day)
        except DataError as error:
            return NotMade(as_of=day, reason=str(error))
        if loaded.as_of != day:
            return NotMade(as_of=day, reason=f"the checks left no common price on {day}")
        panel = loaded.panel(self.config)
        results = [analyse_pair(self.config, pair, panel, loaded.kind, draw=False) for pair in self.config.pairs]
        return frozen(self.config, self.project, loaded, results)


def frozen(config: Config, project: Project, loaded: Loaded, results: Sequence[PairResult]) -> Content:
    """Return the edition of the date that `results` were computed for."""
    origin = provenance(config, project, loaded)
    series = series_hashes(_cut(loaded.source.observed, loaded.as_of), config)
    return content(
        results, origin, series, project.templates, lambda result: site.strict_json(findings_json(result, origin))
    )


def edition_store(project: Project, kind: DataKind, data: str) -> EditionStore:
    """Return where the editions of this data are kept."""
    place = str(Path(data).resolve()) if kind == "csv" else ""
    return EditionStore(root=project.store, namespace=keeping.namespace(kind, place))


def is_newest(config: Config, loaded: Loaded, now: datetime) -> bool:
    """Return whether the data goes no further than the build's date: what is made of it then is live."""
    day = last_known_day(None, now)
    if loaded.kind == "sample":  # it can always be made up to any day
        return loaded.as_of == last_session(day)
    return loaded.as_of == resolve_as_of(config, config.featured, loaded.source.observed, day)


def wanted_days(config: Config, loaded: Loaded) -> dict[date, tuple[str, ...]]:
    """Return the days up to the build's own that get an edition, with their occasions.

    Where the pair has no common price on such a day, the last day before it with one takes its place.
    """
    found: dict[date, tuple[str, ...]] = {}
    for day, occasions in dates.automatic_days(config.run.claim_date, loaded.as_of, load_meetings()).items():
        try:
            held = resolve_as_of(config, config.featured, loaded.source.observed, day)
        except DataError:
            continue  # the data starts later
        found[held] = tuple(dict.fromkeys((*found.get(held, ()), *occasions)))
    return found


def with_editions(context: SiteContext, loaded: Loaded, store: EditionStore, failed: Sequence[NotMade]) -> SiteContext:
    """Return the context with every edition in the store, and each claim's verdicts from edition to edition."""
    config = context.config
    editions = keeping.read_all(store)
    notes = [f"There is no edition of {item.as_of}: {item.reason}" for item in failed]
    revised: dict[tuple[str, ...], list[date]] = {}
    for edition in editions:
        if edition.as_of <= loaded.as_of:
            series = series_hashes(_cut(loaded.source.observed, edition.as_of), config)
            if changed := keeping.revised_series(edition.last, series):
                labels = tuple(config.series[key].label for key in changed if key in config.series)
                revised.setdefault(labels, []).append(edition.as_of)
    notes += [
        f"{', '.join(labels)}: revised by the source since the editions of {', '.join(map(str, days))} were made; "
        "they stand as they were made."
        for labels, days in revised.items()
    ]
    current = {result.pair.slug: result.numbers for result in context.results}
    return dataclasses.replace(
        context,
        editions=editions,
        edition_notes=tuple(notes),
        timelines=timelines(config, editions, loaded.as_of, current, simulated=loaded.kind == "sample"),
    )


def make_edition(
    config: Config, project: Project, *, data: str, day: date, now: datetime, reason: str
) -> tuple[Manifest, bool]:
    """Make the edition of a day, or with a reason a correction of it; return it, and whether it is new.

    Raises
    ------
    DataError
        The day has no usable data, or an edition with other content and no reason to correct it was given.
    """
    loaded = load(config, project, data, day, now)
    made = Freezing(config=config, project=project, source=loaded.source)(loaded.as_of)
    if isinstance(made, NotMade):
        raise DataError(f"no edition of {made.as_of}: {made.reason}")
    occasions = wanted_days(config, loaded).get(loaded.as_of, (dates.ON_REQUEST,))
    store = edition_store(project, loaded.kind, data)
    return keeping.request(store, made, occasions, live=is_newest(config, loaded, now), reason=reason)


# ----------------------------------------------------------------------------------------------------------- writing


def provenance(config: Config, project: Project, loaded: Loaded) -> dict[str, Any]:
    """Return what every page states about its origin."""
    argument = {"store": "store", "sample": "sample", "csv": "PATH"}[loaded.kind]
    return {
        "as_of": loaded.as_of,
        "kind": loaded.kind,
        "simulated": loaded.kind == "sample",
        "origin": "read from files given by whoever built this site"
        if loaded.kind == "csv"
        else "fetched from the sources named on the data page",
        "degraded": loaded.report.degraded,
        "data_sha256": data_sha256(loaded.observed, loaded.expectations),
        "code_version": code_version(project),
        "command": f"python -m generator build --data {argument} --as-of {loaded.as_of}",
        "next_update": next_update(loaded.as_of),
        "site_url": os.environ.get("SITE_URL") or config.site.url,
    }


def next_update(as_of: date) -> datetime:
    """Return when the next edition is due: a few hours after midnight UTC that ends the next session's day."""
    sessions = nyse_sessions()
    following = sessions[sessions > pd.Timestamp(as_of)][0].date()
    return datetime(following.year, following.month, following.day, 6, tzinfo=UTC) + timedelta(days=1)


def write_pages(project: Project, context: SiteContext, cache: Cache, progress: Progress) -> None:
    """Write every generated page, chart and data file below ``site_src/``."""
    jinja = environment(project.templates)
    entries = site_pages(context.config, context.timelines)
    total = sum(len(r.pages) for r in context.results) + len(context.overviews) + len(entries)
    done = 0
    site.clear_generated(project.docs)
    shared = {
        "site": context.config.site,
        "config": context.config,
        "provenance": context.provenance,
        "cite": functools.partial(cite, context),
        "edition": context.frozen,
        "terms": read_terms(project.docs),
        "draw": draw_kept(cache),
    }
    for path, text in _downloads(context):
        site.write_text(project.docs / "data" / path, text)
    for result in (*context.results, *context.overviews):
        for page in result.pages:
            _write_report(project, jinja, result, page, shared)
            done += 1
            progress("pages", done, total)
    for entry in entries:
        _write_page(project, jinja, entry, context, shared)
        done += 1
        progress("pages", done, total)
    for path, badge in claim_badges(context).items():
        site.write_text(project.docs / path, badge)
    for name, card in cards(context):
        picture = cache.get(key_of("card", card_svg(card)), functools.partial(card_png, card))
        site.write_bytes(project.docs / "cards" / f"{name}.png", picture)
    if context.provenance["site_url"]:
        site.write_text(project.docs / changes.FEED, jinja.get_template("feed.xml.j2").render(changes.feed(context)))
    site.write_text(project.docs / "assets" / "vendor" / BUNDLE, cache.get(bundle_key(), bundle_text))


def _downloads(context: SiteContext) -> Iterator[tuple[str, str]]:
    """Yield path below ``/data/`` and text of everything a reader can compute from; an empty one is left out."""
    found = {explain.PANEL: explain.panel_download(context.panel, context.config)}
    for result in context.results:
        slug = result.pair.slug
        yield f"{slug}/findings.json", site.strict_json(findings_json(result, context.provenance))
        found |= {f"{slug}/{name}": text for name, text in explain.downloads(result.context, result.tables).items()}
    for result in context.overviews:
        found[f"{result.pair.slug}/{TOGETHER}"] = result.page(BRIEF.slug).findings.download
    yield from ((path, text) for path, text in found.items() if text)


def _write_report(
    project: Project, jinja: Environment, result: PairResult, page: Analysed, shared: Mapping[str, Any]
) -> None:
    """Write one page of a pair, its charts, and its part of the findings."""
    report, pair = page.report, result.pair
    slug = report.slug or "overview"
    path = f"reports/{pair.slug}/{report.slug or 'index'}.md"
    published = page.findings.numbers.linked(report.address(pair))
    part = findings_json(dataclasses.replace(result, numbers=published), shared["provenance"])
    site.write_text(project.docs / "data" / pair.slug / f"{slug}.json", site.strict_json(part))
    names = {
        **shared,
        "title": report.heading(pair),
        "description": page.findings.answer,
        "context": result.context,
        "pair": pair,
        "page": report,
        "others": [other.report for other in result.pages if other.report is not report],
        "brief": report is BRIEF,
        "findings": page.findings,
        "numbers": result.numbers,
        "figures": _drawn(project, page.figures, f"assets/charts/{pair.slug}/{slug}", pair.slug, shared),
        "how": "" if report is BRIEF else how_address(pair.slug),
        "card": "" if report is BRIEF else report_card(pair.slug, report.slug),
        "citation": None
        if report is BRIEF
        else shared["cite"](f"{report.title}: {pair.title}", report.address(pair), pair.slug),
        "data_file": f"data/{pair.slug}/{slug}.json",
        "findings_file": "" if report is BRIEF else f"data/{pair.slug}/findings.json",
    }
    site.write_text(project.docs / path, render(jinja, report.template, path, names))


def _write_page(
    project: Project, jinja: Environment, entry: Page, context: SiteContext, shared: Mapping[str, Any]
) -> None:
    """Write one page that belongs to no pair."""
    composed = entry.compose(context)
    folder = f"assets/charts/site/{entry.path.removesuffix('.md').replace('/', '-')}"
    names = {
        **shared,
        "title": entry.title,
        "description": composed.get("description", context.config.site.description),
        "page": entry,
        "results": context.results,
        "featured": context.featured,
        "figures": _drawn(project, tuple(entry.figures(context, composed)), folder, context.featured.pair.slug, shared),
        "numbers": context.featured.numbers,
        "how": how_address(context.featured.pair.slug),
        **composed,
    }
    site.write_text(project.docs / entry.path, render(jinja, entry.template, entry.path, names))


def _drawn(
    project: Project, figures: Sequence[Figure], folder: str, pair: str, shared: Mapping[str, Any]
) -> list[tuple[Figure, FigureFiles]]:
    """Write the files of a page's figures and return them with their figures and addresses, in order."""
    if not figures:
        return []
    files = write_figures({figure.id: figure for figure in figures}, project.docs, folder, draw=shared["draw"])
    edition: Edition | None = shared["edition"]
    frozen = {figure.id: edition.figure_addresses(pair, figure.id) if edition else ("", "") for figure in figures}
    return [
        (
            figure,
            dataclasses.replace(
                files[figure.id],
                embed=embed_address(pair, figure.id),
                frozen=frozen[figure.id][0],
                frozen_embed=frozen[figure.id][1],
            ),
        )
        for figure in figures
    ]


def _made_from(project: Project, context: SiteContext) -> str:
    """Return the hash of everything that the Markdown depends on."""
    editions = [
        (manifest.label, manifest.sha256, manifest.made) for item in context.editions for manifest in item.revisions
    ]
    return key_of(
        "pages",
        context.analyses_sha256,
        context.config.model_dump_json(),
        json.dumps(context.provenance, default=str, sort_keys=True),
        repr((context.gate.checks, context.gate.degraded)),
        repr((editions, context.edition_notes)),
        tree_sha256(project.templates),
    )


def analyse(
    config: Config,
    project: Project,
    loaded: Loaded,
    cache: Cache,
    *,
    jobs: int = 1,
    cluster: str = "",
    draw: bool = True,
    progress: Progress = quiet,
) -> SiteContext:
    """Return the findings of every pair, and how well the estimators recover a known truth."""
    work = Work(
        config=config,
        observed=loaded.observed,
        expectations=loaded.expectations,
        as_of=loaded.as_of,
        kind=loaded.kind,
    )
    found = analyse_all(work, cache, jobs=jobs, cluster=cluster, draw=draw, progress=progress)
    return SiteContext(
        config=config,
        results=found.results,
        overviews=found.overviews,
        gate=loaded.report,
        provenance=provenance(config, project, loaded),
        panel=loaded.panel(config),
        recovery=found.trial,
        analyses_sha256=found.sha256,
        formulas=formulas(project),
    )


def formulas(project: Project) -> dict[str, list[str]]:
    """Return the lines of the formulas on the page of each method that has some."""
    pages = sorted((project.docs / "methods").glob("*.md"))
    found = {page.stem: explain.formula_lines(page.read_text(encoding="utf-8")) for page in pages}
    return {method: lines for method, lines in found.items() if lines}


def build(
    config: Config,
    project: Project,
    *,
    data: str,
    as_of: date | None,
    now: datetime,
    progress: Progress = quiet,
    jobs: int = 2,
    cluster: str = "",
    cached: bool = True,
    freeze: bool = True,
    whole: bool = True,
) -> BuildResult:
    """Build the whole site from files; opens no socket.

    Parameters
    ----------
    jobs : int
        Processes that analyse the pairs and make the editions the store lacks.
    cluster : str
        Address of a Dask scheduler that does so instead.
    cached : bool
        Whether results of earlier builds may be used; the site is the same without them.
    freeze : bool
        Whether to make them, if the configuration does not say otherwise; those in the store are shown in any case.
    whole : bool
        Whether this is the whole site, and not some pairs of it.
    """
    keep_memory()
    stages = Stages()
    site.recover(project.site)
    with tempfile.TemporaryDirectory() as aside:
        cache = Cache(root=project.cache if cached else Path(aside))
        with stages.stage("load and gate"):
            loaded = load(config, project, data, as_of, now)
        with stages.stage("analyse"):
            context = analyse(config, project, loaded, cache, jobs=jobs, cluster=cluster, progress=progress)
        store = edition_store(project, loaded.kind, data)
        with stages.stage("editions"):
            failed: list[NotMade] = []
            if freeze and config.run.editions:
                present = keeping.Present(
                    as_of=loaded.as_of,
                    freeze=lambda: frozen(config, project, loaded, context.results),
                    verdicts={slug: v.shown for result in context.results for slug, v in result.verdicts.items()},
                    live=is_newest(config, loaded, now),
                )
                work = Freezing(config=config, project=project, source=loaded.source)
                wanted = wanted_days(config, loaded)
                failed = keeping.catch_up(store, wanted, present, work, jobs=jobs, cluster=cluster, progress=progress)
            context = with_editions(context, loaded, store, failed)
        with stages.stage("pages and charts"):
            pages = Stamp(project.cache.parent / "pages.json", _made_from(project, context), project.docs)
            if not cached or not pages.unchanged():
                write_pages(project, context, cache, progress)
                publish(store, context.editions, project.docs, environment(project.templates), progress)
                pages.record()
        with stages.stage("html"):
            build_html(project, context, whole=whole, anew=not cached)
        cache.prune()
        return BuildResult(context=context, degraded=loaded.report.degraded, seconds=stages.seconds)


def numbers_of(context: SiteContext) -> Mapping[str, Numbers]:
    """Return every pair's numbers by its slug."""
    return {result.pair.slug: result.numbers for result in context.results}
