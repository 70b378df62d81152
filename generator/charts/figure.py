"""A figure: what it says, what it draws, and the files that are written for it."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Final

from generator.charts import theme
from generator.charts.encode import Column, day_number, decoded, encoded, json_text, kind_of
from generator.charts.picture import Words, composed, drawn, laid_out
from generator.charts.table import ShownTable, shown_table

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from generator.charts.layers import Spec

_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
_PNG_SCALE: Final = 1.5
# Key, label and length in days of the ranges on a time axis; the page's script knows the same keys.
_RANGES: Final = (("3m", "3 months", 92), ("1y", "1 year", 366), ("3y", "3 years", 1096), ("5y", "5 years", 1827))


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One chart with everything that stands around it.

    Parameters
    ----------
    id : str
        Slug, unique within a pair; anchor on the page and stem of the files.
    title : str
        The finding, in words computed from the numbers.
    subtitle : str
        What is drawn: quantity, unit, window.
    alt : str
        One or two sentences with the numbers, for those who do not see the picture.
    caption : str
        How to read it, below the picture.
    source : str
        Source and as-of line, inside the picture.
    spec : dict
        What a builder of `generator.charts` returned; it names datasets and holds no data.
    data : mapping of str to DataFrame
        Datasets by name, the one for table and CSV first. The same name on one page is the same frame and one file.
    table : DataFrame or None
        What the data table shows; None takes the last row of each quarter of the first dataset, or all of a short one.
    columns : mapping of str to Column
        Labels, units and decimals of the columns of `data` and `table`.
    """

    id: str
    title: str
    subtitle: str
    alt: str
    caption: str
    source: str
    spec: Spec
    data: Mapping[str, pd.DataFrame]
    table: pd.DataFrame | None = None
    columns: Mapping[str, Column] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in (self.id, *self.data):
            if not _SLUG.fullmatch(name):
                raise ValueError(f"{name!r}: ids of figures and names of datasets are 1 to 63 of a-z, 0-9 and '-'")
        own = self.spec["usermeta"]["tandem"].get("marks", {})
        missing = datasets_named(self.spec) - self.data.keys() - own.keys()
        if missing:
            raise ValueError(f"figure {self.id!r} draws {', '.join(sorted(missing))}, which its data do not hold")

    @property
    def shown(self) -> ShownTable:
        """The data table beside the picture."""
        return shown_table(next(iter(self.data.values())) if self.table is None else self.table, self.columns)

    @property
    def drawn(self) -> Mapping[str, pd.DataFrame]:
        """The datasets that the picture draws, or shows beside it on the day picked; others feed table and CSV only."""
        picked = self.spec["usermeta"]["tandem"].get("pick", {})
        named = datasets_named(self.spec) | {str(picked.get("table", ""))}
        return {name: frame for name, frame in self.data.items() if name in named}

    @property
    def ranges(self) -> tuple[tuple[str, str], ...]:
        """Key and label of the time ranges a reader may choose from, longest last; empty without a time axis."""
        meta = self.spec["usermeta"]["tandem"]
        if not meta.get("ranges"):
            return ()
        days = self.data[meta["readout"]["data"]][meta["x"]]
        span = (days.iloc[-1] - days.iloc[0]).days
        fitting = [(key, label) for key, label, length in _RANGES if length < span * 0.9]
        return (*fitting, ("all", "All")) if fitting else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureFiles:
    """Where a figure's files are, relative to the site's root.

    Parameters
    ----------
    folder : str
        Site-relative folder with ``/`` at the end, for example ``assets/charts/eth-russell-2000/correlation/``.
    specs : mapping
        Layout name to file name.
    pictures : mapping
        ``(layout, scheme)`` to file name.
    sizes : mapping
        Layout name to (width, height) in px.
    data : mapping
        Dataset name to file name.
    png, csv : str
        File names of the downloads; empty where there is none.
    embed, frozen_embed : str
        Site-absolute address of the page with this chart alone, and of the one that never changes; empty while there
        is none.
    frozen, latest : str
        Site-absolute address of the chart in the edition of its date, and, in an edition, of the page with the newest
        data; empty where there is none.
    """

    folder: str
    specs: Mapping[str, str]
    pictures: Mapping[tuple[str, str], str]
    sizes: Mapping[str, tuple[int, int]]
    data: Mapping[str, str]
    png: str
    csv: str
    embed: str = ""
    frozen_embed: str = ""
    frozen: str = ""
    latest: str = ""

    @property
    def address(self) -> str:
        """Site-absolute address of the folder."""
        return f"/{self.folder}"

    @property
    def downloads(self) -> tuple[tuple[str, str], ...]:
        """Label and file name of each download."""
        every = (("CSV", self.csv), ("PNG", self.png), ("SVG", self.pictures["wide", "light"]))
        return tuple((label, name) for label, name in every if name)


def datasets_named(spec: object) -> set[str]:
    """Return the names of the datasets a spec draws."""
    if isinstance(spec, dict):
        here = {str(spec["data"]["name"])} if isinstance(spec.get("data"), dict) and "name" in spec["data"] else set()
        return here.union(*(datasets_named(value) for key, value in spec.items() if key != "usermeta"))
    if isinstance(spec, list):
        return set().union(*(datasets_named(value) for value in spec))
    return set()


def embed_address(pair: str, figure_id: str) -> str:
    """Return the site-absolute address of the page with one chart of a pair alone, for frames of other sites."""
    return f"/charts/{pair}-{figure_id}/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pictures:
    """The finished pictures of a figure.

    Parameters
    ----------
    drawn : mapping of layout name to (str, int)
        SVG with its colours still variables, and its height in px.
    png : bytes
        The wide picture in light colours; empty where none is wanted.
    """

    drawn: Mapping[str, tuple[str, int]]
    png: bytes = b""


Draw = Callable[["Figure"], Pictures]


def pictures(figure: Figure, *, png: bool = True) -> Pictures:
    """Draw a figure in every layout; by far the dearest step of a page. Without `png` that one stays empty."""
    import vl_convert  # noqa: PLC0415 - starts a JavaScript engine; only drawing needs it

    from generator.charts.png import shrunk  # noqa: PLC0415 - needs numpy and pandas

    rows = {name: decoded(encoded(frame, figure.columns)) for name, frame in figure.drawn.items()}
    words = Words(title=figure.title, subtitle=figure.subtitle, source=figure.source, alt=figure.alt)
    done: dict[str, tuple[str, int]] = {}
    for layout in theme.LAYOUTS:
        spec = laid_out(figure.spec, layout)
        done[layout.name] = composed(drawn(spec, rows), spec, words, figure.id, layout)
    if not png:
        return Pictures(drawn=done)
    raster = vl_convert.svg_to_png(theme.resolve(done[theme.WIDE.name][0], "light"), scale=_PNG_SCALE)
    return Pictures(drawn=done, png=shrunk(raster))


def identity(figure: Figure) -> str:
    """Return everything the pictures of a figure depend on, besides the code that draws them."""
    body = {
        "words": [figure.id, figure.title, figure.subtitle, figure.source, figure.alt],
        "spec": figure.spec,
        "data": {name: encoded(frame, figure.columns) for name, frame in figure.drawn.items()},
    }
    return json_text(body)


def write_figures(
    figures: Mapping[str, Figure], root: Path, folder: str, *, draw: Draw = pictures
) -> dict[str, FigureFiles]:
    """Write the files of all figures of one page below `root`/`folder`, and return them by the same keys.

    Parameters
    ----------
    draw : callable
        Figure → its pictures; a caller who keeps pictures passes its own.

    Raises
    ------
    ValueError
        Two figures give different frames under one dataset name, or share an id.
    """
    frames: dict[str, str] = {}
    seen: set[str] = set()
    for figure in figures.values():
        if figure.id in seen:
            raise ValueError(f"two figures of one page have the id {figure.id!r}")
        seen.add(figure.id)
        for name, frame in figure.drawn.items():
            text = json_text(encoded(frame, figure.columns))
            if frames.setdefault(name, text) != text:
                raise ValueError(f"figure {figure.id!r}: dataset {name!r} differs from the one another figure draws")
    target = root / PurePosixPath(folder)
    target.mkdir(parents=True, exist_ok=True)
    for name, text in frames.items():
        _write(target / f"{name}.json", text)
    return {key: write_figure(figure, root, folder, write_data=False, draw=draw) for key, figure in figures.items()}


def write_figure(
    figure: Figure, root: Path, folder: str, *, write_data: bool = True, draw: Draw = pictures
) -> FigureFiles:
    """Write one figure's files below `root`/`folder`: specs, pictures, CSV; its datasets unless told not to."""
    target = root / PurePosixPath(folder)
    target.mkdir(parents=True, exist_ok=True)
    if write_data:
        for name, frame in figure.drawn.items():
            _write(target / f"{name}.json", json_text(encoded(frame, figure.columns)))
    finished = draw(figure)
    names: dict[tuple[str, str], str] = {}
    for layout in theme.LAYOUTS:
        spec = laid_out(figure.spec, layout)
        spec["usermeta"]["tandem"] |= {"title": figure.title, "subtitle": figure.subtitle, "source": figure.source}
        _write(target / f"{figure.id}.{layout.name}.json", json_text(spec))
        for scheme in theme.SCHEMES:
            names[layout.name, scheme] = f"{figure.id}.{layout.name}.{scheme}.svg"
            _write(target / names[layout.name, scheme], theme.resolve(finished.drawn[layout.name][0], scheme))
    if finished.png:
        (target / f"{figure.id}.png").write_bytes(finished.png)
    _write(target / f"{figure.id}.csv", csv_text(figure))
    return FigureFiles(
        folder=f"{PurePosixPath(folder)}/",
        specs={layout.name: f"{figure.id}.{layout.name}.json" for layout in theme.LAYOUTS},
        pictures=names,
        sizes={layout.name: (layout.width, finished.drawn[layout.name][1]) for layout in theme.LAYOUTS},
        data={name: f"{name}.json" for name in figure.drawn},
        png=f"{figure.id}.png" if finished.png else "",
        csv=f"{figure.id}.csv",
    )


def csv_text(figure: Figure) -> str:
    """Return the figure's main dataset as CSV: the heading says label and unit, numbers have the stored decimals."""
    frame = next(iter(figure.data.values()))
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    columns = [figure.columns.get(str(name), Column(label=str(name))) for name in frame.columns]
    writer.writerow([f"{c.label} ({c.unit.strip()})" if c.unit.strip() else c.label for c in columns])
    cells = [_csv_cells(frame[name], column) for name, column in zip(frame.columns, columns, strict=True)]
    writer.writerows(zip(*cells, strict=True))
    return out.getvalue()


def _csv_cells(series: pd.Series[Any], column: Column) -> list[str]:
    kind = kind_of(series)
    missing = series.isna().tolist()
    if kind == "date":
        return ["" if day_number(v) is None else v.isoformat()[:10] for v in series]
    if kind == "number":
        digits = column.decimals + 1
        return ["" if gone else f"{v:.{digits}f}" for v, gone in zip(series, missing, strict=True)]
    return ["" if gone else _safe_cell(str(v)) for v, gone in zip(series, missing, strict=True)]


def _safe_cell(text: str) -> str:
    """Return text that a spreadsheet shows as it is: a leading formula character gets an apostrophe."""
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text


def _write(path: Path, text: str) -> None:
    path.write_bytes(text.encode())
