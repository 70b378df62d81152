"""Every pair's numbers, verdicts and figures: taken from the cache, or computed in several processes."""

from __future__ import annotations

import dataclasses
import functools
import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from generator.cache import key_of
from generator.charts.bundle import bundle_key, bundle_text
from generator.charts.figure import Figure, Pictures, identity, pictures
from generator.claim_numbers import claim_numbers
from generator.claims import judge
from generator.expectations import Expectations
from generator.findings import Estimate, Numbers
from generator.fomc import load_meetings, meetings_known_on
from generator.panel import Observed, Panel
from generator.parallel import spread
from generator.report import Analysed, Context, DataKind, PairResult, Recovery, Report
from generator.reports import APART, REPORTS, fomc, rates
from generator.reports.compare.links import link_numbers
from generator.reports.correlation.windows import synchronous_numbers, window_numbers
from generator.reports.overview import BRIEF, BriefFindings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date

    from generator.cache import Cache
    from generator.charts.figure import Draw
    from generator.config import Config, Pair

Task = tuple[str, int]
"""Slug of a pair, and the number of a part of its pages; nought for what has no parts."""
Found = list[Analysed] | BriefFindings | tuple[Recovery, ...]
"""What a task finds: some pages of a pair, an overview, or the estimators' trial."""
Result = PairResult | BriefFindings | tuple[Recovery, ...]
"""What all tasks of a slug find together."""
RECOVERY: Final = ""
"""Stands for the estimators' trial on the simulated sample among the slugs of the pairs."""


def analyse_pair(
    config: Config,
    pair: Pair,
    panel: Panel,
    kind: DataKind,
    *,
    draw: bool = True,
    reports: Sequence[Report] = REPORTS,
) -> PairResult:
    """Return every page of a pair with its numbers and verdicts; unless `draw` is false, with all that a page shows."""
    context = _context(config, pair, panel, kind, shown=draw)
    return _whole(context, [page for part in _parts(reports) for page in _pages(context, part)], reports)


def _parts(reports: Sequence[Report]) -> list[list[Report]]:
    """Return those of `reports` that can be computed in parts, part by part."""
    return [[report for report in part if report in reports] for part in APART]


def _pages(context: Context, reports: Sequence[Report], earlier: Sequence[Analysed] = ()) -> list[Analysed]:
    """Return the pages of one part in order; each may show numbers and figures of those before it."""
    pages = list(earlier)
    context = dataclasses.replace(context, numbers=_numbers(context, pages))
    for report in reports:
        findings = report.analyse(context)
        numbers = context.numbers.merged(findings.numbers.linked(report.address(context.pair)))
        context = dataclasses.replace(context, numbers=numbers)
        figures = (*_shown(report, pages), *report.figures(context, findings)) if context.shown else ()
        tables = report.tables(context, findings)
        pages.append(Analysed(report=report, findings=findings, figures=figures, tables=tables))
    return pages[len(earlier) :]


def _numbers(context: Context, pages: Sequence[Analysed]) -> Numbers:
    """Return all that these pages publish."""
    numbers = Numbers()
    for page in pages:
        numbers = numbers.merged(page.findings.numbers.linked(page.report.address(context.pair)))
    return numbers


def _whole(context: Context, parted: Sequence[Analysed], reports: Sequence[Report] = REPORTS) -> PairResult:
    """Return the result of a pair from the pages that were computed in parts: the other pages and verdicts added."""
    done = [page.report for page in parted]
    pages = [*parted, *_pages(context, [report for report in reports if report not in done], parted)]
    config, pair, as_of = context.config, context.pair, context.as_of
    context = dataclasses.replace(context, numbers=_numbers(context, pages))
    numbers = context.numbers.merged(claim_numbers(config, pair.slug, context.meetings, as_of))
    verdicts = {
        claim.slug: judge(claim, numbers, as_of, simulated=context.data == "sample")
        for claim in config.claims
        if claim.pair == pair.slug
    }
    return PairResult(context=context, pages=tuple(pages), numbers=numbers, verdicts=verdicts)


def _context(config: Config, pair: Pair, panel: Panel, kind: DataKind, *, shown: bool) -> Context:
    meetings = meetings_known_on(load_meetings(), panel.as_of)
    return Context(config=config, pair=pair, panel=panel, data=kind, meetings=meetings, shown=shown)


def _shown(report: Report, earlier: Sequence[Analysed]) -> list[Figure]:
    """Return the figures of earlier pages that this page shows too."""
    wanted = set(report.shows)
    return [f for page in earlier for f in page.figures if (page.report.slug, f.id) in wanted]


def recovered(config: Config, numbers: Numbers, as_of: date) -> tuple[Recovery, ...]:
    """Return the numbers of the simulated sample that have a known truth, beside it."""
    from generator.sources import sample_truth  # noqa: PLC0415 - solving for the truth takes a moment

    truths = sample_truth.truths(config, config.featured, as_of)
    return tuple(
        Recovery(number_id=key, truth=truths[key].value, estimate=number)
        for key, number in numbers.items()
        if key in truths and isinstance(number, Estimate)
    )


def recovery(config: Config, as_of: date) -> tuple[Recovery, ...]:
    """Return what the estimators find in the simulated sample beside the truth it was made from."""
    from generator.sources import sample, sample_model  # noqa: PLC0415 - simulating takes a moment

    as_of = min(max(as_of, sample_model.START), sample_model.END)
    panel = Panel(sample.load(config, as_of), config, as_of)
    context = _context(config, config.featured, panel, "sample", shown=False)
    # Of the pages of correlations and of comparison, no other numbers have a known truth.
    correlations = window_numbers(context, ["pearson"]) | synchronous_numbers(context) | link_numbers(context)
    numbers = Numbers(correlations)
    for report in (rates.REPORT, fomc.REPORT):
        numbers = numbers.merged(report.analyse(context).numbers)
    return recovered(config, numbers, as_of)


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """Slug of a pair, or slug and number of a part of its pages → its analysis; can be sent to another process.

    Parameters
    ----------
    observed : mapping of str to Observed
        All series, cut at `as_of`.
    """

    config: Config
    observed: Mapping[str, Observed]
    expectations: Expectations = field(default_factory=Expectations)
    as_of: date
    kind: DataKind

    def __call__(self, task: Task) -> Found:
        """Return a part of the pages of a pair, an overview, or for no slug the estimators' trial."""
        slug, part = task
        if slug == RECOVERY:
            return recovery(self.config, self.as_of)
        brief = next((pair for pair in self.config.overviews if pair.slug == slug), None)
        if brief is not None:
            own = {name: self.observed[name] for name in (brief.a, brief.b) if name in self.observed}
            panel = Panel(own, self.config, self.as_of)
            findings: BriefFindings = BRIEF.analyse(
                Context(config=self.config, pair=brief, panel=panel, data=self.kind, meetings=())
            )
            return findings
        panel = Panel(self.observed, self.config, self.as_of, self.expectations)
        return _pages(self._context(slug, panel), APART[part])

    def _context(self, slug: str, panel: Panel) -> Context:
        pair = next(pair for pair in self.config.pairs if pair.slug == slug)
        return _context(self.config, pair, panel, self.kind, shown=True)

    def tasks(self, slug: str) -> list[Task]:
        """Return what is to be done for a pair, or for the trial."""
        detailed = any(pair.slug == slug for pair in self.config.pairs)
        return [(slug, part) for part in range(len(APART) if detailed else 1)]

    def joined(self, slug: str, found: Mapping[int, Found]) -> Result:
        """Return what the tasks of a pair found, by their number, as one: without its data, which whoever asked has."""
        first = found[0]
        if not isinstance(first, list):
            return first
        pages = [page for _, part in sorted(found.items()) if isinstance(part, list) for page in part]
        panel = Panel(self.observed, self.config, self.as_of, self.expectations)
        result = _whole(self._context(slug, panel), pages)
        bare = Panel({}, self.config, self.as_of)
        return dataclasses.replace(result, context=dataclasses.replace(result.context, panel=bare))

    def alone(self, slug: str) -> Result:
        """Return the analysis of a pair, or the trial, computed here."""
        return self.joined(slug, {part: self((slug, part)) for _, part in self.tasks(slug)})

    def keys(self) -> dict[str, str]:
        """Return the cache key of every pair, and of the trial."""
        settings = self.config.model_dump_json(exclude={"pairs", "overviews", "series"})
        series = self.config.model_dump_json(include={"series"})
        each = {name: _identity(item) for name, item in self.observed.items()}
        data = self.expectations.sha256().encode() + b"".join(each[name] for name in sorted(each))
        common = (settings, str(self.as_of), self.kind)
        # What takes longest comes first, so that no process starts it when the others are done.
        keys = {pair.slug: key_of("pair", *common, series, data, pair.model_dump_json()) for pair in self.config.pairs}
        keys[RECOVERY] = key_of("recovery", *common, series, self.config.featured.model_dump_json())
        for pair in self.config.overviews:  # these depend on their own two series alone
            own = [self.config.series[name].model_dump_json() for name in (pair.a, pair.b)]
            values = [each.get(name, b"") for name in (pair.a, pair.b)]
            keys[pair.slug] = key_of("overview", *common, *own, *values, pair.model_dump_json())
        return keys


@dataclass(frozen=True, slots=True, kw_only=True)
class Analyses:
    """What was found for every pair, in the order of the configuration.

    Parameters
    ----------
    results : tuple of PairResult
        Pairs with all pages.
    overviews : tuple of PairResult
        Pairs with an overview only.
    trial : tuple of Recovery
        How well the estimators recover a known truth.
    sha256 : str
        Hash of all they were computed from, the code among it.
    """

    results: tuple[PairResult, ...]
    overviews: tuple[PairResult, ...]
    trial: tuple[Recovery, ...]
    sha256: str


def analyse_all(
    work: Work,
    cache: Cache,
    *,
    jobs: int,
    cluster: str = "",
    draw: bool = True,
    progress: Callable[[str, int, int], None],
) -> Analyses:
    """Return every pair's analysis, and the estimators' trial.

    What the cache holds is not computed. The rest is, in `jobs` processes or on a Dask cluster, and kept; with `draw`
    so are the pictures, which are otherwise drawn when a page wants them.
    """
    config = work.config
    panel = Panel(work.observed, config, work.as_of, work.expectations)
    briefs = {pair.slug: pair for pair in config.overviews}
    keys = work.keys()
    if work.kind == "sample":  # the pair's own numbers are the trial
        del keys[RECOVERY]
    tasks = [task for slug, key in keys.items() if not cache.holds(key) for task in work.tasks(slug)]
    long = sum(slug not in briefs for slug, _ in tasks)
    found: dict[str, Result] = {}
    parts: dict[str, dict[int, Found]] = {}
    for number, ((slug, part), done) in enumerate(spread(work, tasks, jobs=jobs, cluster=cluster, alone=long), start=1):
        parts.setdefault(slug, {})[part] = done
        if len(parts[slug]) == len(work.tasks(slug)):
            found[slug] = work.joined(slug, parts.pop(slug))
            cache.put(keys[slug], found[slug])
        progress("analysis", number, len(tasks))
    if draw:
        done_now = [done for done in found.values() if isinstance(done, PairResult)]
        _draw(done_now, cache, jobs=jobs, cluster=cluster, progress=progress)
    results, overviews = [], []
    trial: tuple[Recovery, ...] = ()
    for slug, key in keys.items():
        kept = found[slug] if slug in found else cache.get(key, functools.partial(work.alone, slug))
        if isinstance(kept, PairResult):
            context = dataclasses.replace(kept.context, config=config, panel=panel)
            results.append(dataclasses.replace(kept, context=context))
        elif isinstance(kept, BriefFindings):
            pair = briefs[slug]
            context = Context(config=config, pair=pair, panel=panel, data=work.kind, meetings=())
            page = Analysed(report=BRIEF, findings=kept, figures=())
            numbers = kept.numbers.linked(BRIEF.address(pair))
            overviews.append(PairResult(context=context, pages=(page,), numbers=numbers))
        else:
            trial = kept
    if work.kind == "sample":
        featured = next(result for result in results if result.pair == config.featured)
        trial = recovered(config, featured.numbers, work.as_of)
    sha256 = key_of("analyses", *keys.values())
    return Analyses(results=tuple(results), overviews=tuple(overviews), trial=trial, sha256=sha256)


def _draw(
    results: Sequence[PairResult],
    cache: Cache,
    *,
    jobs: int,
    cluster: str,
    progress: Callable[[str, int, int], None],
) -> None:
    """Draw what the cache lacks of the figures of `results`: one by one, as a pair's figures would keep one process.

    The runtime of the charts is made with them, since that takes as long as many figures.
    """
    wanted: dict[str, Figure | None] = {bundle_key(): None}
    wanted |= {_picture_key(figure): figure for done in results for page in done.pages for figure in page.figures}
    missing = [(key, figure) for key, figure in wanted.items() if not cache.holds(key)]
    for number, (_, (key, drawn)) in enumerate(spread(_drawn, missing, jobs=jobs, cluster=cluster), start=1):
        cache.put(key, drawn)
        progress("charts", number, len(missing))


def _drawn(item: tuple[str, Figure | None]) -> tuple[str, Pictures | str]:
    key, figure = item
    return key, pictures(figure) if figure else bundle_text()


def _identity(item: Observed) -> bytes:
    """Return the hash of a series: its values, and whatever the pages say of its origin."""
    digest = hashlib.sha256()
    for text in (item.series_id, item.source, item.symbol, item.retrieved_at, item.sha256, item.terms):
        digest.update(f"{len(text)}:{text}".encode())
    digest.update(item.values.index.to_numpy().astype("datetime64[s]").astype("<i8").tobytes())
    digest.update(item.values.to_numpy(dtype="<f8").tobytes())
    return digest.digest()


def draw_kept(cache: Cache) -> Draw:
    """Return what draws a figure, or finds its pictures in the cache."""
    return lambda figure: cache.get(_picture_key(figure), lambda: pictures(figure))


def _picture_key(figure: Figure) -> str:
    return key_of("pictures", identity(figure))
