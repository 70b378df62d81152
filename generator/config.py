"""`report.toml` → frozen, validated objects. Nothing else reads the file."""

from __future__ import annotations

import hashlib
import itertools
import json
import re
import tomllib
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from generator.criteria import RULES, Criterion, Named, number_ids
from generator.errors import ConfigError

SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
SERIES_ID = re.compile(r"[a-z][a-z0-9_]{0,31}")
SYMBOL = re.compile(r"[A-Za-z0-9^.= -]{1,20}")
COLOUR = re.compile(r"#[0-9a-f]{6}")
LINK = re.compile(r"https?://[A-Za-z0-9.-]+(:\d+)?(/[A-Za-z0-9._~%&+,;=:@/?#-]*)?")
ADDRESS = re.compile(r"/([A-Za-z0-9][A-Za-z0-9._-]*/)*(#[A-Za-z0-9][A-Za-z0-9._:-]*)?")
# Names that cannot be a folder on every system the site may be unpacked on.
RESERVED = frozenset({"con", "prn", "aux", "nul", *(f"com{i}" for i in range(10)), *(f"lpt{i}" for i in range(10))})
MAX_PAIRS = 2_000
MAX_SERIES = 2_000
MAX_CLAIMS = 500
MAX_REDIRECTS = 5_000
MAX_FILE_BYTES = 2_000_000
MAX_MESSAGE = 600
# The windows the public number ids are named after.
PUBLIC_WINDOWS = (21, 63, 126, 252)


def _text(value: str) -> str:
    """Refuse characters that no label needs and that can hide or reorder text."""
    bad = [c for c in value if not c.isprintable()]
    if bad:
        raise ValueError(f"contains the unprintable character U+{ord(bad[0]):04X}; write plain text on one line")
    if value.isspace():
        raise ValueError("is blank; write a word")
    return value


def _slug(value: str) -> str:
    if not SLUG.fullmatch(value) or value in RESERVED:
        raise ValueError("must be 1 to 63 of a-z, 0-9 and '-', not start with '-', and not be a reserved file name")
    return value


def _file_name(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}\.csv", value):
        raise ValueError("must be a plain file name that ends in .csv")
    return value


Text = Annotated[str, Field(min_length=1, max_length=200)]
FileName = Annotated[str, AfterValidator(_file_name)]
OptionalText = Annotated[str, Field(max_length=500)]
LongText = Annotated[str, Field(min_length=1, max_length=1200)]
# What every calendar and time axis can hold.
Day = Annotated[date, Field(ge=date(1990, 1, 1), le=date(2100, 12, 31))]


class _Strict(BaseModel):
    """Base of every table: unknown keys and silent conversions are errors, and nothing changes after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)

    @field_validator(
        "title", "label", "short", "unit", "description", "contact", "column", mode="after", check_fields=False
    )
    @classmethod
    def _plain_text(cls, value: str) -> str:
        return _text(value)


class Colour(_Strict):
    """One colour per series, everywhere; `light` and `dark` are for the two schemes."""

    light: str
    dark: str

    @field_validator("light", "dark")
    @classmethod
    def _hex(cls, value: str) -> str:
        if not COLOUR.fullmatch(value):
            raise ValueError('must look like "#2f6db3"')
        return value


class SourceRef(_Strict):
    """Where a series comes from: a source module and the name the series has there."""

    source: Literal["yahoo", "fred", "treasury", "nyfed"]
    symbol: str
    currency: Annotated[str, Field(pattern=r"^[A-Za-z]{3}$")] | None = None

    @field_validator("symbol")
    @classmethod
    def _symbol(cls, value: str) -> str:
        if not SYMBOL.fullmatch(value):
            raise ValueError("may hold letters, digits, blanks and ^.=- only, at most 20")
        return value


class CsvColumn(_Strict):
    """File name (inside the folder given by `--data`) and column of a series."""

    file: FileName
    column: Text


class SurprisesCsv(_Strict):
    """File and columns of published surprises: one row per event, and per window of measurement where `keep` says so.

    `keep` holds the text that a column must have in the rows to use. `policy` and `two_year` are in percentage points,
    `stocks` in percent; the last two may be empty.
    """

    file: FileName
    date: Text = "date"
    keep: Annotated[dict[str, Text], Field(max_length=8)] = {}
    policy: Text
    two_year: OptionalText = ""
    stocks: OptionalText = ""


class PublishedSurprises(_Strict):
    """Monetary policy surprises that somebody else measured and published."""

    label: Text
    csv: SurprisesCsv


class FuturesCsv(_Strict):
    """File and columns of fed funds futures: one row per day and contract month (`YYYY-MM`)."""

    file: FileName
    date: Text = "date"
    contract: Text = "contract"
    close: Text = "close"


class FuturesLive(_Strict):
    """The same prices from the network: one symbol per contract month, in which `{month}` and `{year}` are filled in.

    `months_ahead` and `months_behind` count from the present month and bound how many contracts one fetch asks for.
    """

    source: Literal["yahoo"]
    symbol: str
    months_ahead: Annotated[int, Field(ge=1, le=24)] = 13
    months_behind: Annotated[int, Field(ge=0, le=3)] = 1

    @field_validator("symbol")
    @classmethod
    def _pattern(cls, value: str) -> str:
        filled = value.replace("{month}", "Z").replace("{year}", "25")
        if value.count("{month}") != 1 or value.count("{year}") != 1 or not SYMBOL.fullmatch(filled):
            raise ValueError('must hold {month} and {year} once each, such as "ZQ{month}{year}.CBT"')
        return value


class FundsFutures(_Strict):
    """Daily closes of fed funds futures by contract."""

    label: Text
    csv: FuturesCsv
    live: FuturesLive | None = None


class Series(_Strict):
    """One series of observations.

    `max_daily_move` is the largest credible |log return| (prices) and `range_pct` the credible range (rates).
    """

    label: Text
    short: Text
    kind: Literal["price", "rate_pct", "target_range"]
    calendar: Literal["24/7", "XNYS", "SIFMA", "daily"]
    frequency: Literal["daily", "hourly"] = "daily"
    unit: Text
    colour: Colour
    required: bool = True
    first_usable: Day | None = None
    max_daily_move: Annotated[float, Field(gt=0)] = 0.8
    range_pct: tuple[float, float] = (-2.0, 25.0)
    max_age_sessions: Annotated[int, Field(ge=0, le=60)] = 3
    sources: list[SourceRef]
    csv: CsvColumn

    @field_validator("range_pct", mode="before")
    @classmethod
    def _pair(cls, value: object) -> object:
        return tuple(value) if isinstance(value, list) else value

    @field_validator("range_pct")
    @classmethod
    def _ordered(cls, value: tuple[float, float]) -> tuple[float, float]:
        if not value[0] < value[1]:
            raise ValueError("the first number must be below the second")
        return value


class Pair(_Strict):
    """Two assets and the market control that is neither of them."""

    slug: str
    title: Text
    a: str
    b: str
    market: str
    start: Day | None = None

    _check_slug = field_validator("slug")(_slug)

    @model_validator(mode="after")
    def _different(self) -> Pair:
        if self.a == self.b:
            raise ValueError(f"a and b are both {self.a!r}; a pair needs two series")
        if self.market in {self.a, self.b}:
            raise ValueError(f"market is {self.market!r}, which is already in the pair; choose another control")
        return self


class Universe(_Strict):
    """Every pair of a list of assets, each with an overview.

    Parameters
    ----------
    series : list of str
        Daily price series.
    market : str
        Market control of these pairs; not one of them.
    """

    series: Annotated[list[str], Field(min_length=2, max_length=MAX_SERIES)]
    market: str
    start: Day | None = None

    @model_validator(mode="after")
    def _different(self) -> Universe:
        twice = next((name for i, name in enumerate(self.series) if name in self.series[:i]), None)
        if twice is not None:
            raise ValueError(f"series: {_shorten(twice)} is there twice")
        if self.market in self.series:
            raise ValueError(f"market is {self.market!r}, which is one of the series; choose another control")
        return self


class Event(_Strict):
    """A date marked on charts."""

    date: Day
    label: Text


class ClaimSource(_Strict):
    """Where a claim can be read."""

    label: Text
    url: str

    @field_validator("url")
    @classmethod
    def _url(cls, value: str) -> str:
        if not LINK.fullmatch(value):
            raise ValueError("must be an http(s) address")
        return value


class Claim(_Strict):
    """One statement somebody made, and the rule that decides whether the figures support it.

    Parameters
    ----------
    title : str
        The statement in our words, as a heading.
    words : str
        The statement as it was made; `quoted` says whether these are its very words or a paraphrase.
    said_on : date
        Day it was published; with `said_on_exact` false the earliest day it can have been.
    reading, left_out : str
        What the words are taken to mean here; what they also say and is not judged.
    fairness : str
        Why the lines stand where they stand.
    baseline : str
        What would be seen if there were nothing in the claim.
    beside : mapping
        Numbers shown next to the deciding ones, with their names; they decide nothing.
    fixed_on, criterion_sha256
        The day the criterion was fixed, and the hash of (pair, criterion, day) that shows it has not changed since.
    """

    slug: str
    title: Text
    words: LongText
    quoted: bool
    speaker: Text
    said_on: date
    said_on_exact: bool = True
    sources: Annotated[list[ClaimSource], Field(min_length=1, max_length=8)]
    reading: LongText
    left_out: LongText
    fairness: LongText
    baseline: LongText
    pair: str
    beside: Named = {}
    fixed_on: date
    criterion_sha256: str
    criterion: Criterion

    _check_slug = field_validator("slug", "pair")(_slug)
    _check_text = field_validator("words", "speaker", "reading", "left_out", "fairness", "baseline")(_text)
    _check_beside = field_validator("beside")(number_ids)

    @model_validator(mode="after")
    def _once(self) -> Claim:
        both = sorted(set(self.beside) & set(self.criterion.ids))
        if both:
            raise ValueError(f"beside: {both[0]} decides the claim already; leave it out there")
        return self

    @property
    def content_sha256(self) -> str:
        """Hash of what decides the verdict: the pair, the numbers, every line, and the day they were fixed."""
        criterion = self.criterion.model_dump(mode="json", exclude_none=True)
        criterion.pop("name", None)
        criterion.pop("base_name", None)
        if "numbers" in criterion:
            criterion["numbers"] = sorted(criterion["numbers"])
        for horizon in criterion.get("horizons", ()):
            del horizon["name"]
        body = {"pair": self.pair, "fixed_on": self.fixed_on.isoformat(), "criterion": criterion}
        return hashlib.sha256(json.dumps(body, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


class Site(_Strict):
    """The published site."""

    title: Text
    description: Text
    url: OptionalText = ""
    authority: Text
    contact: OptionalText = ""
    featured: str

    @field_validator("url")
    @classmethod
    def _url(cls, value: str) -> str:
        if value and not re.fullmatch(r"https?://[A-Za-z0-9.:-]+(/[A-Za-z0-9._~/-]*)?", value):
            raise ValueError("must be an http(s) address without query, or empty")
        return value if not value or value.endswith("/") else value + "/"

    @field_validator("authority")
    @classmethod
    def _authority(cls, value: str) -> str:
        if not re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+", value):
            raise ValueError("must be a domain name in lower case")
        return value


class Run(_Strict):
    """What every analysis shares."""

    seed: Annotated[int, Field(ge=0)]
    reps: Annotated[int, Field(ge=99, le=999_999)]
    level: Annotated[float, Field(gt=0.5, lt=1)]
    start: Day
    windows: Annotated[list[Annotated[int, Field(ge=10, le=2520)]], Field(max_length=12)]
    claim_date: Day
    market_control_yield: str
    fetch_deadline_seconds: Annotated[int, Field(ge=5, le=3600)] = 120
    offline_verdict_seconds: Annotated[int, Field(ge=1, le=300)] = 20
    editions: bool = True
    detailed_pairs: Annotated[int, Field(ge=1, le=MAX_PAIRS)] = 24

    @field_validator("windows")
    @classmethod
    def _windows(cls, value: list[int]) -> list[int]:
        if value != sorted(set(value)):
            raise ValueError("must increase")
        if not set(PUBLIC_WINDOWS) <= set(value):
            raise ValueError(f"must hold {', '.join(map(str, PUBLIC_WINDOWS))}: public numbers are named after them")
        return value


class Gate(_Strict):
    """Thresholds of the checks that every series passes before it is used."""

    tick_mad: Annotated[float, Field(gt=0)] = 12.0  # a tick moves more than this many robust standard deviations …
    tick_share: Annotated[float, Field(gt=0, le=1)] = 0.25  # … and more than this share of max_daily_move …
    tick_return: Annotated[float, Field(gt=0, lt=1)] = 0.15  # … and comes back to within this share of the move
    max_rate_move_pp: Annotated[float, Field(gt=0)] = 2.0  # largest credible move of a rate in a day
    max_bad_share: Annotated[float, Field(ge=0, le=1)] = 0.01  # more impossible values than this condemn the series
    min_coverage: Annotated[float, Field(ge=0, le=1)] = 0.95  # share of the expected sessions with a value
    frozen_obs: Annotated[int, Field(ge=2)] = 6  # as many equal closes at the end look like a feed that stands still
    same_price: Annotated[float, Field(ge=0)] = 1e-4  # relative difference up to which two copies of a price agree
    same_rate_pp: Annotated[float, Field(ge=0)] = 0.005  # the same for rates, in percentage points
    large_restatement_obs: Annotated[int, Field(ge=1)] = 60  # a restatement of more values than this …
    large_restatement_share: Annotated[float, Field(ge=0, le=1)] = 0.1  # … and of a larger share is not believed
    outside_range_share: Annotated[float, Field(ge=0, le=1)] = 0.05  # days EFFR may lie outside the target range
    compare_sources: bool = False  # fetch the second source of each rate too, and compare the two
    differing_share: Annotated[float, Field(ge=0, le=1)] = 0.01  # days on which two sources of a rate may differ


class Changes(_Strict):
    """What counts as a change from one edition to the next.

    `tolerance` gives, for each family of numbers (the start of their ids, whole words), by how much one may move before
    it is listed: ``interval`` if it must leave the interval it had, else an amount in the number's own unit.
    """

    tolerance: Annotated[dict[str, Literal["interval"] | float], Field(max_length=100)] = {}

    @field_validator("tolerance", mode="before")
    @classmethod
    def _families(cls, value: object) -> object:
        for family, tolerance in value.items() if isinstance(value, dict) else ():
            if not re.fullmatch(r"[a-z][a-z0-9_]*(\.[a-z0-9_-]+)*", family):
                raise ValueError(f"{_shorten(family)} is not the start of a number id such as correlation.pearson")
            amount = isinstance(tolerance, (int, float)) and not isinstance(tolerance, bool) and tolerance >= 0
            if tolerance != "interval" and not (amount and tolerance < float("inf")):
                raise ValueError(f'{family} is {_shorten(tolerance)}; must be "interval" or an amount, 0 or more')
        return value


class Specifications(_Strict):
    """Every defensible way to measure the link of a pair; each combination is one specification.

    Parameters
    ----------
    windows, starts : mapping of frequency to list
        Latest observations, and first dates of samples that run to the end; one or the other, never both.
    outliers : list
        What is done about extreme returns.
    scales : list
        The scale on which prices are correlated.
    proxies : mapping of series to list of series
        What may stand for a series of a pair: funds on an index, for example.
    """

    estimators: Annotated[list[Literal["pearson", "spearman", "kendall"]], Field(min_length=1)]
    alignments: Annotated[list[Literal["utc_close", "synchronous"]], Field(min_length=1)]
    outliers: Annotated[
        list[Literal["none", "winsorised 1 %", "winsorised 5 %", "dropped beyond 5 MAD", "dropped beyond 3 MAD"]],
        Field(min_length=1),
    ]
    scales: Annotated[list[Literal["price", "log price"]], Field(min_length=1)]
    windows: dict[Literal["daily", "weekly", "monthly"], list[Annotated[int, Field(ge=12, le=5040)]]]
    starts: dict[Literal["daily", "weekly", "monthly"], list[Day]]
    proxies: dict[str, list[str]] = {}

    @field_validator("estimators", "alignments", "outliers", "scales")
    @classmethod
    def _once(cls, value: list[str]) -> list[str]:
        if len(set(value)) != len(value):
            raise ValueError("names a choice twice")
        return value

    @field_validator("windows", "starts")
    @classmethod
    def _increasing(cls, value: dict[str, list[Any]]) -> dict[str, list[Any]]:
        for frequency, choices in value.items():
            if choices != sorted(set(choices)):
                raise ValueError(f"{frequency}: must increase")
        return value

    @property
    def sha256(self) -> str:
        """Hash of the grid: a changed grid has another one, in whatever order the file names its keys."""
        body = json.dumps(self.model_dump(mode="json"), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(body.encode()).hexdigest()


class Published(_Strict):
    """A correlation that somebody else published; `lower` and `upper` are equal unless a range was given.

    Parameters
    ----------
    about : str
        Which two assets it is about.
    open : str
        What the source leaves open, or says about its method.
    pairs : list of str
        Slugs of the pairs whose pages show it.
    """

    slug: str
    about: Text
    lower: Annotated[float, Field(ge=-1, le=1)]
    upper: Annotated[float, Field(ge=-1, le=1)]
    source: Text
    open: LongText
    pairs: list[str]

    _check_slug = field_validator("slug")(_slug)
    _check_text = field_validator("about", "source", "open")(_text)

    @model_validator(mode="after")
    def _ordered(self) -> Published:
        if self.lower > self.upper:
            raise ValueError("lower is above upper")
        return self


class Compare(_Strict):
    """What the page that compares pairs holds fixed besides the market control: series that are not in the pair."""

    controls: list[str] = []


class Redirect(_Strict):
    """An address that was published and has moved: a page, or an anchor on the same page."""

    old: Annotated[str, Field(alias="from", max_length=300)]
    to: Annotated[str, Field(max_length=300)]

    @field_validator("old", "to")
    @classmethod
    def _address(cls, value: str) -> str:
        if not ADDRESS.fullmatch(value):
            raise ValueError('must look like "/reports/name/" or "/reports/name/#place"')
        return value


class Correction(_Strict):
    """What was published wrongly, and put right: one row of the log on the page about the site."""

    on: date
    page: Annotated[str, Field(max_length=300)]
    said: LongText
    right: LongText
    why: LongText

    @field_validator("page")
    @classmethod
    def _address(cls, value: str) -> str:
        if not ADDRESS.fullmatch(value):
            raise ValueError('must look like "/reports/name/" or "/reports/name/#place"')
        return value


class Config(_Strict):
    """The whole of `report.toml`."""

    site: Site
    run: Run
    series: dict[str, Series]
    pairs: list[Pair]
    overviews: list[Pair] = []
    universes: Annotated[list[Universe], Field(max_length=100)] = []
    events: list[Event] = []
    claims: list[Claim] = []
    gate: Gate = Gate()
    changes: Changes = Changes()
    surprises: PublishedSurprises | None = None
    futures: FundsFutures | None = None
    specifications: Specifications | None = None
    published: list[Published] = []
    compare: Compare = Compare()
    redirects: Annotated[list[Redirect], Field(max_length=MAX_REDIRECTS)] = []
    corrections: list[Correction] = []

    @field_validator("series")
    @classmethod
    def _series_ids(cls, value: dict[str, Series]) -> dict[str, Series]:
        if len(value) > MAX_SERIES:
            raise ValueError(f"{len(value)} series; at most {MAX_SERIES}")
        for key in value:
            if not SERIES_ID.fullmatch(key):
                raise ValueError(f"series id {_shorten(key)} must be a-z, 0-9 and '_', start with a letter, at most 32")
        return value

    @model_validator(mode="after")
    def _known_series(self) -> Config:
        known = ", ".join(self.series)
        if not 1 <= len(self.pairs) <= MAX_PAIRS:
            raise ValueError(f"pairs: {len(self.pairs)} entries; needs 1 to {MAX_PAIRS}")
        wanted = [
            (f"{table}[{i}].{field}", str(getattr(pair, field)))
            for table, pairs in (("pairs", self.pairs), ("overviews", self.overviews))
            for i, pair in enumerate(pairs)
            for field in ("a", "b", "market")
        ]
        for i, universe in enumerate(self.universes):
            wanted += [(f"universes[{i}].series[{k}]", name) for k, name in enumerate(universe.series)]
            wanted.append((f"universes[{i}].market", universe.market))
        for place, name in wanted:
            if name not in self.series:
                raise ValueError(f"{place}: unknown series {_shorten(name)}; known: {known}")
            if self.series[name].kind != "price":
                raise ValueError(f"{place}: {name!r} is of kind {self.series[name].kind}; needs a price")
            if self.series[name].frequency != "daily":
                raise ValueError(f"{place}: {name!r} is hourly; needs a daily price")
        name = self.run.market_control_yield
        if name not in self.series:
            raise ValueError(f"run.market_control_yield: unknown series {_shorten(name)}; known: {known}")
        if self.series[name].kind != "rate_pct":
            raise ValueError(f"run.market_control_yield: {name!r} is of kind {self.series[name].kind}; needs a rate")
        return self

    @model_validator(mode="after")
    def _known_comparisons(self) -> Config:
        wanted = [(f"compare.controls[{i}]", name) for i, name in enumerate(self.compare.controls)]
        if self.specifications is not None:
            for key, names in self.specifications.proxies.items():
                wanted += [(f"specifications.proxies.{_key(key)}", name) for name in (key, *names)]
        for place, name in wanted:
            if name not in self.series:
                raise ValueError(f"{place}: unknown series {_shorten(name)}; known: {', '.join(self.series)}")
            if self.series[name].kind != "price" or self.series[name].frequency != "daily":
                raise ValueError(f"{place}: {name!r} is no daily price")
        slugs = [item.slug for item in self.published]
        for i, slug in enumerate(slugs):
            if slug in slugs[:i]:
                raise ValueError(f"published[{i}].slug: {slug!r} is used twice")
        return self

    @model_validator(mode="after")
    def _known_redirects(self) -> Config:
        places = [item.old for item in self.redirects]
        for i, item in enumerate(self.redirects):
            if item.old == "/":
                raise ValueError(f"redirects[{i}].from: the front page cannot move")
            if item.old in places[:i]:
                raise ValueError(f"redirects[{i}].from: {_shorten(item.old)} is moved twice")
            if item.to.partition("#")[0] in places:
                raise ValueError(f"redirects[{i}].to: {_shorten(item.to)} has moved itself; give where it is now")
        return self

    @model_validator(mode="after")
    def _known_pairs(self) -> Config:
        slugs = [pair.slug for pair in self.pairs]
        for i, slug in enumerate(slugs):
            if slug in slugs[:i]:
                raise ValueError(f"pairs[{i}].slug: {slug!r} is used twice; every pair needs its own address")
        if self.site.featured not in slugs:
            raise ValueError(f"site.featured: unknown pair {_shorten(self.site.featured)}; known: {', '.join(slugs)}")
        return self

    @model_validator(mode="after")
    def _known_claims(self) -> Config:
        if len(self.claims) > MAX_CLAIMS:
            raise ValueError(f"claims: {len(self.claims)} entries; at most {MAX_CLAIMS}")
        pairs = [pair.slug for pair in self.pairs]
        slugs = [claim.slug for claim in self.claims]
        for i, claim in enumerate(self.claims):
            if claim.pair not in pairs:
                raise ValueError(f"claims[{i}].pair: unknown pair {_shorten(claim.pair)}; known: {', '.join(pairs)}")
            if claim.slug in slugs[:i]:
                raise ValueError(f"claims[{i}].slug: {claim.slug!r} is used twice; every claim needs its own address")
            if claim.criterion_sha256 != claim.content_sha256:
                raise ValueError(
                    f"claims[{i}].criterion_sha256: the criterion of {claim.slug!r} is not the one fixed on "
                    f"{claim.fixed_on}; undo the change, or set fixed_on to the day it is made and criterion_sha256 to "
                    f"what this message then says; now it is {claim.content_sha256}"
                )
        return self

    def pair(self, slug: str) -> Pair:
        """Return the pair with this slug."""
        for pair in self.pairs:
            if pair.slug == slug:
                return pair
        raise ConfigError(f"unknown pair {slug!r}; known: {', '.join(p.slug for p in self.pairs)}")

    @property
    def featured(self) -> Pair:
        """The pair the front page answers for."""
        return self.pair(self.site.featured)

    def expanded(self) -> Config:
        """Return the configuration with every pair it stands for in its place.

        The first `run.detailed_pairs` of ``[[pairs]]`` get all pages, and so do the featured pair and those that claims
        are about. The others, ``[[overviews]]`` and the pairs of ``[[universes]]`` get an overview each; one that is
        there already is not made again.

        Raises
        ------
        ConfigError
            There are too many.
        """
        kept = {self.site.featured, *(claim.pair for claim in self.claims)}
        room = self.run.detailed_pairs - sum(pair.slug in kept for pair in self.pairs)
        others = [pair.slug for pair in self.pairs if pair.slug not in kept]
        kept |= set(others[: max(room, 0)])
        overviews = [pair for pair in self.pairs if pair.slug not in kept] + self.overviews
        known = {frozenset((pair.a, pair.b)) for pair in (*self.pairs, *self.overviews)}
        slugs = {pair.slug for pair in (*self.pairs, *self.overviews)}
        for universe in self.universes:
            for a, b in itertools.combinations(universe.series, 2):
                slug = f"{a}-{b}".replace("_", "-")
                if frozenset((a, b)) in known or slug in slugs:
                    continue
                known.add(frozenset((a, b)))
                slugs.add(slug)
                title = f"{self.series[a].label} and {self.series[b].label}"
                overviews.append(Pair(slug=slug, title=title, a=a, b=b, market=universe.market, start=universe.start))
                if len(overviews) > MAX_PAIRS:
                    raise ConfigError(f"universes: they make more than {MAX_PAIRS} pairs; shorten a list of series")
        pairs = [pair for pair in self.pairs if pair.slug in kept]
        return self.model_copy(update={"pairs": pairs, "overviews": overviews, "universes": []})

    def only(self, slugs: list[str]) -> Config:
        """Return the configuration with these pairs alone, and the claims about them."""
        pairs = [self.pair(slug) for slug in slugs]
        featured = self.site.featured if self.site.featured in slugs else slugs[0]
        return self.model_copy(
            update={
                "pairs": pairs,
                "overviews": [],
                "site": self.site.model_copy(update={"featured": featured}),
                "claims": [claim for claim in self.claims if claim.pair in slugs],
            }
        )

    def start(self, pair: Pair) -> date:
        """Return the first date of the pair's sample."""
        usable = [self.series[s].first_usable or self.run.start for s in (pair.a, pair.b)]
        return max(pair.start or self.run.start, *usable)


def load_config(path: Path) -> Config:
    """Return the validated configuration.

    Raises
    ------
    ConfigError
        One line: file, key path, value, what is allowed.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise ConfigError(
            f"{path.name}: cannot be read ({error.strerror}); give its place with --config FILE"
        ) from error
    if len(raw) > MAX_FILE_BYTES:
        raise ConfigError(f"{path.name}: {len(raw)} bytes; at most {MAX_FILE_BYTES}")
    return parse_config(raw, path.name)


def parse_config(raw: bytes, name: str) -> Config:
    """Return the validated configuration held in `raw`; `name` stands in the messages."""
    try:
        table = tomllib.loads(raw.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise ConfigError(f"{name}: byte {error.start} is not UTF-8; save the file as UTF-8") from error
    except ValueError as error:  # TOMLDecodeError, or a number of more digits than Python reads
        raise ConfigError(f"{name}: not valid TOML: {_clipped(str(error))}") from error
    except RecursionError as error:
        raise ConfigError(f"{name}: nested too deeply to be a configuration") from error
    try:
        return Config.model_validate(table).expanded()
    except ValidationError as error:
        raise ConfigError(_one_line(name, error)) from error


def _one_line(name: str, error: ValidationError) -> str:
    """Return the first problem as ``file: key.path: message (value)``, and how many more there are."""
    problems = error.errors(include_url=False, include_context=False)
    first = problems[0]
    # A claim's criterion is one of several tables; which one is not part of the key path.
    path = [
        part
        for before, part in zip(("", *first["loc"]), first["loc"], strict=False)
        if before != "criterion" or part not in RULES
    ]
    place = "".join(f"[{part}]" if isinstance(part, int) else f".{_key(part)}" for part in path).lstrip(".")
    message = first["msg"].removeprefix("Value error, ")
    if first["type"] == "extra_forbidden":
        message = f"unknown key; known: {', '.join(_known_keys(first['loc']))}"
    elif first["type"] in {"union_tag_invalid", "union_tag_not_found"}:
        message = f"kind must be one of {', '.join(RULES)}"
    shown = (
        "" if first["type"] in {"extra_forbidden", "missing"} or not place else f" (value: {_shorten(first['input'])})"
    )
    more = f"; and {len(problems) - 1} more" if len(problems) > 1 else ""
    return f"{name}: {place + ': ' if place else ''}{_clipped(message)}{shown}{more}"


def _key(part: str) -> str:
    """Return a key as it may stand in a message: as it is if bare, else quoted, escaped and short."""
    return part if re.fullmatch(r"[A-Za-z0-9_-]{1,60}", part) else _shorten(part)


def _clipped(message: str) -> str:
    """Return the message on one line of bearable length, whatever it quotes."""
    text = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in message)
    return text if len(text) <= MAX_MESSAGE else text[: MAX_MESSAGE - 1] + "…"


def _known_keys(location: tuple[int | str, ...]) -> list[str]:
    """Return the keys allowed beside the unknown one at `location`."""
    model: Any = Config
    for part in location[:-1]:
        if model in RULES.values() and part in RULES:
            model = RULES[str(part)]
        elif isinstance(model, type) and issubclass(model, BaseModel) and part in model.model_fields:
            annotation = model.model_fields[str(part)].annotation
            model = _inner(annotation)
    if not isinstance(model, type) or not issubclass(model, BaseModel):
        return []
    return sorted(field.alias or name for name, field in model.model_fields.items())


def _inner(annotation: Any) -> Any:  # noqa: ANN401 - annotations have no common type
    """Return the model inside list[...], dict[..., ...] or the annotation itself."""
    arguments = [a for a in getattr(annotation, "__args__", ()) if isinstance(a, type) and a is not type(None)]
    return arguments[-1] if arguments else annotation


def _shorten(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "…"  # noqa: PLR2004 - one terminal line
