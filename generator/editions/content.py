"""What an edition holds: the pages' words as finished Markdown, every number, and three pictures of each pair."""

from __future__ import annotations

import dataclasses
import hashlib
import tempfile
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from generator.charts.figure import Figure, FigureFiles, embed_address, pictures, write_figure
from generator.editions.making import Content
from generator.editions.manifest import BACKFILLED, Manifest
from generator.editions.names import Names
from generator.findings import Unavailable, anchor
from generator.render import environment, render

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from jinja2 import Environment

    from generator.claims import Judgement
    from generator.config import Claim, Config
    from generator.findings import Number
    from generator.panel import Observed
    from generator.report import PairResult

# Page and id of the pictures an edition keeps, in the order they are shown.
PICTURES = (
    ("levels", "levels-against-returns"),
    ("correlation", "rolling-correlation"),
    ("since-the-claim", "since-the-claim"),
)
HEADLINES = (
    ("Daily returns, one year", "correlation.pearson.daily.252"),
    ("Daily returns, one quarter", "correlation.pearson.daily.63"),
    ("Prices, one year", "levels.pearson.252"),
)
FINDINGS = "findings.json"
NOT_COMPUTED = Unavailable(reason="not computed in this build")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One number in the table of all numbers."""

    number_id: str
    name: str
    number: Number

    @property
    def anchor(self) -> str:
        """Where it stands on its page."""
        return anchor(self.number_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The numbers of one page of the pair, under that page's title."""

    title: str
    rows: tuple[Row, ...]


def content(
    results: Sequence[PairResult],
    provenance: Mapping[str, Any],
    series: Mapping[str, str],
    templates: Path,
    findings: Callable[[PairResult], str],
) -> Content:
    """Return the edition of the date that `results` were computed for.

    Parameters
    ----------
    results : sequence of PairResult
        In the order of the configuration.
    provenance : mapping
        What every page states about its origin.
    series : mapping of series id to str
        Hash of each series as it was given; see `series_hashes`.
    findings : callable
        Pair → its findings file.
    """
    jinja = environment(templates)
    as_of = provenance["as_of"]
    manifest = Manifest(
        as_of=as_of,
        revision=1,
        data=provenance["kind"],
        made=BACKFILLED,
        occasions=(),
        data_sha256=provenance["data_sha256"],
        series=series,
        code_version=provenance["code_version"],
        degraded=tuple(provenance["degraded"]),
        pairs={result.pair.slug: result.pair.title for result in results},
    )
    files: dict[str, bytes] = {"index.md": _front(jinja, manifest, results, provenance)}
    for result in results:
        slug = result.pair.slug
        files[f"{slug}/{FINDINGS}"] = findings(result).encode()
        shown, drawn = _pictures(result, manifest)
        files |= {f"{slug}/{path}": body for path, body in drawn.items()}
        files[f"{slug}/index.md"] = _pair(jinja, manifest, result, shown, provenance)
    return Content(manifest=manifest, files=files)


def series_hashes(observed: Mapping[str, Observed], config: Config) -> dict[str, str]:
    """Return the hash of every daily series as it was given, before anything was taken out of it.

    It covers what the pages look at, so that a source that answers with a longer past has revised nothing. Hourly bars
    are left out: a source gives the last so many days of them, and the first ones fall away.
    """
    first = min([config.run.start, *(s.first_usable for s in config.series.values() if s.first_usable)])
    hashes = {}
    for series_id, item in sorted(observed.items()):
        if config.series[series_id].frequency != "daily":
            continue
        values = item.values.loc[pd.Timestamp(first) :]
        digest = hashlib.sha256(values.index.to_numpy().astype("datetime64[s]").astype("<i8").tobytes())
        digest.update(values.to_numpy(dtype="<f8").tobytes())
        hashes[series_id] = digest.hexdigest()
    return hashes


def _front(
    jinja: Environment, manifest: Manifest, results: Sequence[PairResult], provenance: Mapping[str, Any]
) -> bytes:
    """Return the page of the edition itself."""
    featured = next((r for r in results if r.pair.slug == r.context.config.site.featured), results[0])
    answer = str(featured.page("").findings.answer)
    names = {
        "title": f"Edition of {manifest.as_of}",
        "description": answer,
        "answer": answer,
        "provenance": provenance,
        "heads": [label for label, _ in HEADLINES],
        "pairs": [
            {
                "pair": result.pair,
                "address": f"/editions/{manifest.folder}/{result.pair.slug}/",
                "findings": f"/editions/{manifest.folder}/{result.pair.slug}/{FINDINGS}",
                "numbers": [result.numbers.get(number_id, NOT_COMPUTED) for _, number_id in HEADLINES],
            }
            for result in results
        ],
        "verdicts": [verdict for result in results for verdict in _verdicts(result)],
    }
    return render(jinja, "pages/edition.md.j2", f"editions/{manifest.folder}/index.md", names).encode()


def _pair(
    jinja: Environment,
    manifest: Manifest,
    result: PairResult,
    figures: Sequence[tuple[Figure, FigureFiles]],
    provenance: Mapping[str, Any],
) -> bytes:
    """Return the page of one pair."""
    answer = str(result.page("").findings.answer)
    names = {
        "title": f"{result.pair.title}, {manifest.as_of}",
        "description": answer,
        "answer": answer,
        "provenance": provenance,
        "pair": result.pair,
        "verdicts": _verdicts(result),
        "figures": figures,
        "groups": groups(result),
        "findings": f"/editions/{manifest.folder}/{result.pair.slug}/{FINDINGS}",
        "latest": f"/reports/{result.pair.slug}/",
    }
    path = f"editions/{manifest.folder}/{result.pair.slug}/index.md"
    return render(jinja, "pages/edition_pair.md.j2", path, names).encode()


def _verdicts(result: PairResult) -> list[tuple[Claim, Judgement]]:
    """Return the claims about a pair with their verdicts."""
    claims = {claim.slug: claim for claim in result.context.config.claims}
    return [(claims[slug], judgement) for slug, judgement in result.verdicts.items()]


def groups(result: PairResult) -> list[Group]:
    """Return every number of a pair under the title of the page that publishes it."""
    context = result.context
    names = Names.of_pair(context.config, context.pair)
    found = [(page.report.title, tuple(page.findings.numbers)) for page in result.pages]
    listed = {number_id for _, ids in found for number_id in ids}
    found.append(("Asked for by claims", tuple(key for key in result.numbers if key not in listed)))
    return [
        Group(
            title=title,
            rows=tuple(Row(number_id=key, name=names.of(key), number=result.numbers[key]) for key in ids),
        )
        for title, ids in found
        if ids
    ]


def _pictures(result: PairResult, manifest: Manifest) -> tuple[list[tuple[Figure, FigureFiles]], dict[str, bytes]]:
    """Return the pictures an edition keeps, with their files by path below the pair's folder."""
    shown: list[tuple[Figure, FigureFiles]] = []
    drawn: dict[str, bytes] = {}
    for slug, figure_id in PICTURES:
        page = next((page for page in result.pages if page.report.slug == slug), None)
        if page is None:
            continue
        figures = page.figures or page.report.figures(result.context, page.findings)
        figure = next((figure for figure in figures if figure.id == figure_id), None)
        if figure is None:
            continue
        with tempfile.TemporaryDirectory() as folder:
            files = write_figure(figure, Path(folder), figure_id, draw=partial(pictures, png=False))
            for path in sorted(Path(folder, figure_id).iterdir()):
                drawn[f"{figure_id}/{path.name}"] = path.read_bytes()
        place = f"editions/{manifest.folder}/{result.pair.slug}/{figure_id}/"
        files = dataclasses.replace(
            files,
            folder=place,
            embed=embed_address(result.pair.slug, figure_id),
            frozen_embed=f"/{place}",
            latest=f"{page.report.address(result.pair)}#{figure_id}",
        )
        shown.append((figure, files))
    return shown, drawn
