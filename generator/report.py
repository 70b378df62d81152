"""What a page provides, and what it is given."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Protocol

import numpy as np
import pandas as pd

from generator.findings import Estimate, Number, Numbers, Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date

    from generator.charts.figure import Figure
    from generator.claims import Turn
    from generator.config import Config, Pair, Series
    from generator.editions.archive import Edition
    from generator.expectations import Expectations
    from generator.fomc import Meeting
    from generator.panel import Panel, Sample

DataKind = Literal["store", "csv", "sample"]


class PageFindings(Protocol):
    """What the analysis of a page returns: at least its published numbers."""

    @property
    def numbers(self) -> Numbers:
        """Published numbers by their public id."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """Everything the pages of one pair are computed from.

    Parameters
    ----------
    meetings : tuple of Meeting
        The policy calendar with the outcomes known on `panel.as_of`.
    numbers : Numbers
        What the pages before this one have published; a page may show it, not change it.
    shown : bool
        Whether pages are written from it; where only numbers are wanted, what no number needs is left out.
    """

    config: Config
    pair: Pair
    panel: Panel
    data: DataKind
    meetings: tuple[Meeting, ...]
    numbers: Numbers = field(default_factory=Numbers)
    shown: bool = True

    @property
    def as_of(self) -> date:
        """The last date known."""
        return self.panel.as_of

    @property
    def expectations(self) -> Expectations:
        """Futures and published surprises known on the last date, or why there are none."""
        return self.panel.expectations

    @property
    def start(self) -> date:
        """First date of the pair's sample."""
        return self.config.start(self.pair)

    @property
    def a(self) -> Series:
        """The first asset."""
        return self.config.series[self.pair.a]

    @property
    def b(self) -> Series:
        """The second asset."""
        return self.config.series[self.pair.b]

    @property
    def market(self) -> Series:
        """The market control."""
        return self.config.series[self.pair.market]

    @property
    def level(self) -> float:
        """Coverage the intervals claim."""
        return self.config.run.level

    @property
    def level_words(self) -> str:
        """The same as it stands in a sentence, for example "95 %"."""
        return f"{100 * self.level:g} %"

    @property
    def reps(self) -> int:
        """Bootstrap replications."""
        return self.config.run.reps

    def rng(self, task: str) -> np.random.Generator:
        """Return the random stream of a task: the same whatever ran before it and on how many workers.

        Parameters
        ----------
        task : str
            Name of the task; a number id where there is one.
        """
        words = hashlib.sha256(f"{self.pair.slug}/{task}".encode()).digest()
        key = tuple(int.from_bytes(words[i : i + 4], "big") for i in range(0, 16, 4))
        return np.random.default_rng(np.random.SeedSequence(self.config.run.seed, spawn_key=key))

    @property
    def source_line(self) -> str:
        """What stands below every picture: where the data is from, and how far it goes."""
        if self.data == "sample":
            return f"Simulated sample data, not market data · through {self.as_of}"
        used = [self.panel.observed[s] for s in (self.pair.a, self.pair.b) if s in self.panel.observed]
        names = dict.fromkeys(f"{item.source}: {item.symbol}" for item in used)
        return f"Source: {', '.join(names)} · data through {self.as_of}"

    @property
    def claim_mark(self) -> date | None:
        """The claim date, where a time axis may show it."""
        claim = self.config.run.claim_date
        return claim if claim <= self.as_of else None

    def decisions(self, first: date) -> pd.DataFrame:
        """Return the decisions since `first` for a time axis: columns date and decision (cut, hike, hold)."""
        known = [m for m in self.meetings if m.has_outcome and first <= m.date <= self.as_of]
        words = ["cut" if m.is_cut else "hike" if m.is_hike else "hold" for m in known]
        return pd.DataFrame({"date": pd.DatetimeIndex([m.date for m in known]), "decision": words})

    def sample_ab(self) -> Sample:
        """Return the daily sample of A and B."""
        return self.panel.sample((self.pair.a, self.pair.b), self.start)

    def sample_abm(self) -> Sample:
        """Return the daily sample of A, B and the market control."""
        return self.panel.sample((self.pair.a, self.pair.b, self.pair.market), self.start)

    def lacking(self, *series_ids: str) -> Unavailable | None:
        """Return why a sample of these series cannot be made, or None."""
        missing = self.panel.missing(series_ids)
        if missing:
            return Unavailable(reason=f"this source has no data for {', '.join(missing)}")
        return None


def _no_tables(_context: Context, _findings: object) -> dict[str, pd.DataFrame]:
    """Return nothing: the figures of most pages have all that there is to download."""
    return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One page of a pair: one module, one template, one line in the registry.

    Parameters
    ----------
    slug : str
        Last part of the address; "" is the pair's overview.
    title : str
        Heading, and entry in lists.
    question : str
        What the page answers, in one sentence.
    analyse : callable
        Context → findings; numbers only.
    figures : callable
        (context, findings) → figures; charts only.
    tables : callable
        (context, findings) → tables to download besides the figures' data, by file name.
    shows : tuple of (slug, figure id)
        Figures of earlier pages that stand on this one too.
    name : str
        Stem of the template where it is not the slug.
    """

    slug: str
    title: str
    question: str
    analyse: Callable[[Context], Any]
    figures: Callable[[Context, Any], Sequence[Figure]]
    tables: Callable[[Context, Any], Mapping[str, pd.DataFrame]] = _no_tables
    shows: tuple[tuple[str, str], ...] = ()
    name: str = ""

    @property
    def template(self) -> str:
        """Template below ``templates/``."""
        return f"reports/{self.name or self.slug or 'overview'}.md.j2"

    def heading(self, pair: Pair) -> str:
        """Return the heading of the page for a pair."""
        return f"{self.title} {pair.title}" if self.title.endswith("?") else f"{self.title}: {pair.title}"

    def address(self, pair: Pair) -> str:
        """Return the site-relative address of the page."""
        return f"/reports/{pair.slug}/{self.slug}/" if self.slug else f"/reports/{pair.slug}/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysed:
    """One analysed page of a pair."""

    report: Report
    findings: Any
    figures: tuple[Figure, ...]
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class PairResult:
    """All pages of one pair, with every number they publish."""

    context: Context
    pages: tuple[Analysed, ...]
    numbers: Numbers
    verdicts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def pair(self) -> Pair:
        """The pair."""
        return self.context.pair

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """What the pages have to download besides their figures, by file name."""
        return {name: table for page in self.pages for name, table in page.tables.items()}

    def page(self, slug: str) -> Analysed:
        """Return one page by its slug."""
        return next(page for page in self.pages if page.report.slug == slug)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovery:
    """One estimate from the simulated sample beside the truth it was simulated from."""

    number_id: str
    truth: float
    estimate: Estimate

    @property
    def inside(self) -> bool:
        """Whether the interval holds the truth."""
        lower, upper = ends(self.estimate)
        return lower <= self.truth <= upper


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteContext:
    """Everything the site-wide pages are computed from.

    Parameters
    ----------
    results : tuple of PairResult
        In the order of the configuration.
    gate : object
        The gate's report (`generator.sources.gate.GateReport`), as the data page shows it.
    provenance : Mapping
        As of, data kind, data hash, code version, rebuild command: what every page states.
    overviews : tuple of PairResult
        The pairs that have an overview only.
    recovery : tuple of Recovery
        Estimates from the simulated sample beside the truth, whatever data the site shows.
    analyses_sha256 : str
        Hash of all that the results were computed from.
    editions : tuple of Edition
        Frozen copies, oldest first; those after the date of the build too, since their addresses are for ever.
    edition_notes : tuple of str
        What to know about them: which could not be made, which rest on data that was revised later.
    timelines : mapping of claim slug to tuple of Turn
        The verdict on the claim date, at every month end since, and now; empty where there are no editions.
    formulas : mapping of method to list of str
        Lines of the formulas on the page of each method that has some.
    """

    config: Config
    results: tuple[PairResult, ...]
    gate: Any
    provenance: Mapping[str, Any]
    panel: Panel
    recovery: tuple[Recovery, ...] = ()
    overviews: tuple[PairResult, ...] = ()
    analyses_sha256: str = ""
    editions: tuple[Edition, ...] = ()
    edition_notes: tuple[str, ...] = ()
    timelines: Mapping[str, tuple[Turn, ...]] = field(default_factory=dict)
    formulas: Mapping[str, list[str]] = field(default_factory=dict)

    @property
    def frozen(self) -> Edition | None:
        """The edition of the build's own date: the address to cite; None where there is none."""
        return next((edition for edition in self.editions if edition.as_of == self.provenance["as_of"]), None)

    @property
    def featured(self) -> PairResult:
        """The pair the front page answers for."""
        return next(r for r in self.results if r.pair.slug == self.config.site.featured)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page of the site that belongs to no pair.

    Parameters
    ----------
    path : str
        Markdown file below ``site_src/``.
    template : str
        Template below ``templates/``.
    compose : callable
        SiteContext → the names the template uses.
    figures : callable
        (site context, composed) → figures.
    """

    path: str
    title: str
    template: str
    compose: Callable[[SiteContext], Mapping[str, Any]]
    figures: Callable[[SiteContext, Mapping[str, Any]], Sequence[Figure]] = lambda _context, _composed: ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TableRow:
    """One row of a table of published numbers: a label and the ids beside it."""

    label: str
    ids: tuple[str, ...]


def ends(number: Estimate) -> tuple[float, float]:
    """Return both ends of the interval; a number without one is a programming error."""
    if number.lower is None or number.upper is None:
        raise ValueError("this number has no interval")
    return number.lower, number.upper


def sentence(number: Number, words: Callable[[Estimate], str], otherwise: str) -> str:
    """Return `words` of the estimate, or `otherwise` with the reason why there is none."""
    if isinstance(number, Unavailable):
        return f"{otherwise}: {number.reason}."
    return words(number)
