"""Two files of the reader's own → the configuration, folder and data of a site about that one pair."""

from __future__ import annotations

import csv
import re
import shutil
from datetime import date
from typing import TYPE_CHECKING

from generator.config import Colour, CsvColumn, Pair, Series
from generator.errors import DataError
from generator.project import Project
from generator.site import GENERATED, GENERATED_FILES, swap_in

if TYPE_CHECKING:
    from pathlib import Path

    from generator.config import Config

SLUG = "a-and-b"
COLOURS = (Colour(light="#2f6db3", dark="#7fb2e8"), Colour(light="#c4540a", dark="#f5a35c"))
MOST_BYTES = 50_000_000


def prepare(config: Config, project: Project, files: tuple[Path, Path], out: Path) -> tuple[Config, Project, Path]:
    """Write a project for the pair into `out`, and return its configuration, its places and its data.

    Each file holds dates in the first column and closes in the second. Other columns are not read. A file with dates
    on weekends counts as a market that never closes. The market control and the yields are not in the files, so what
    needs them is shown as not available.

    Raises
    ------
    DataError
        A file cannot be read, or `out` holds something else.
    """
    if out.exists() and not (out / "site_src").is_dir() and any(out.iterdir()):
        raise DataError(f"{out}: is there already and is no earlier comparison; give an empty folder with --out")
    series = {}
    starts = []
    texts = {}
    for role, path, colour in zip("ab", files, COLOURS, strict=True):
        column, days, texts[role] = _read(path)
        starts.append(days[0])
        series[f"own_{role}"] = Series(
            label=_label(path),
            short=role.upper(),
            kind="price",
            calendar="24/7" if any(day.weekday() >= 5 for day in days) else "XNYS",  # noqa: PLR2004 - Saturday
            unit="as in the file",
            colour=colour,
            sources=[],
            csv=CsvColumn(file=f"{role}.csv", column=column),
        )
    if series["own_a"].label == series["own_b"].label:
        raise DataError(f"{files[0]}, {files[1]}: the same name; the pages could not tell them apart, so rename one")
    title = f"{series['own_a'].label} and {series['own_b'].label}"
    market = config.featured.market
    pair = Pair(slug=SLUG, title=title, a="own_a", b="own_b", market=market, start=max(*starts, config.run.start))
    own = config.model_copy(
        update={
            "pairs": [pair],
            "overviews": [],
            "claims": [],
            "published": [],
            "redirects": [],
            "series": {**series, **config.series},
            "site": config.site.model_copy(update={"featured": SLUG, "url": ""}),
            "run": config.run.model_copy(update={"editions": False}),
        }
    )
    place = Project(root=out)
    _copy(project, place)
    data = out / "data"
    data.mkdir(exist_ok=True)
    for role, text in texts.items():
        (data / f"{role}.csv").write_text(text, encoding="utf-8")
    return own, place, data


def _read(path: Path) -> tuple[str, list[date], str]:
    """Return the name of the second column, the dates, and the text of a file."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise DataError(f"{path}: more than {MOST_BYTES // 1_000_000} MB; give a file of daily closes")
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror}); give a CSV file") from None
    except UnicodeDecodeError:
        raise DataError(f"{path}: is not UTF-8; save it as a CSV file in UTF-8") from None
    rows = list(csv.reader(text.splitlines()))
    if len(rows) < 2 or len(rows[0]) < 2:  # noqa: PLR2004 - a heading and a row, a date and a close
        raise DataError(f"{path}: needs a heading and rows of a date and a close, separated by commas")
    days = []
    for number, row in enumerate(rows[1:], start=2):
        try:
            days.append(date.fromisoformat(row[0].strip()))
        except (ValueError, IndexError):
            shown = row[0][:40] if row else ""
            raise DataError(f"{path}: row {number}: {shown!r} is not a date; write YYYY-MM-DD") from None
    return rows[0][1].strip(), sorted(days), text


def _label(path: Path) -> str:
    """Return what the pages call the series: the name of its file, without what a name may not hold."""
    words = re.sub(r"[^\w.&+^ -]+|_", " ", path.stem).split()
    return " ".join(words)[:40] or "Series"


def _copy(project: Project, place: Project) -> None:
    """Put what people wrote of the project into the new place; what an earlier comparison made there goes."""
    made = {project.docs / name for name in (*GENERATED, *GENERATED_FILES)}

    def generated(folder: str, names: list[str]) -> list[str]:
        return [name for name in names if project.docs.__class__(folder, name) in made]

    place.root.mkdir(parents=True, exist_ok=True)
    for source, target in ((project.docs, place.docs), (project.templates, place.templates)):
        aside = target.with_name(f"{target.name}.new")
        shutil.rmtree(aside, ignore_errors=True)
        shutil.copytree(source, aside, ignore=generated)
        swap_in(aside, target)
    shutil.copy2(project.root / "mkdocs.yml", place.root / "mkdocs.yml")
