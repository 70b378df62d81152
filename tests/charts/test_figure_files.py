"""What is written for a figure: pictures in both schemes, specs, small datasets, downloads; always the same bytes."""

from __future__ import annotations

import csv
import dataclasses
import gzip
import json
import os
import re
import struct
import subprocess
import sys
import xml.etree.ElementTree as ET
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from generator.charts import theme
from generator.charts.bundle import bundle_text
from generator.charts.encode import Column, decoded
from generator.charts.figure import Figure, csv_text, write_figure, write_figures
from generator.charts.layers import Axis, Events, Line
from generator.charts.picture import stepped
from generator.charts.time import time_lines

if TYPE_CHECKING:
    from generator.charts.figure import FigureFiles

FOLDER = "assets/charts/pair/page"
SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = '</script><script>alert(1)</script> <img src=x onerror=alert(1)> & "quoted" {{7*7}} datum["x"]'


@pytest.fixture(scope="session")
def written(
    all_figures: dict[str, Figure], tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, dict[str, FigureFiles]]:
    """Return the root and the files of all figures, each on a page of its own."""
    root = tmp_path_factory.mktemp("charts")
    return root, {kind: write_figures({kind: f}, root, f"{FOLDER}/{kind}")[kind] for kind, f in all_figures.items()}


def pictures(root: Path, files: FigureFiles) -> dict[tuple[str, str], str]:
    """Return the text of a figure's SVGs."""
    return {key: (root / files.folder / name).read_text(encoding="utf-8") for key, name in files.pictures.items()}


def test_pictures_are_resolved_and_alike(each_figure: Figure, written: tuple[Path, dict[str, FigureFiles]]) -> None:
    """Four SVGs per figure, no variable left, light and dark differing in colours only."""
    root, files = written
    found = pictures(root, files[each_figure.id])
    assert set(found) == {(layout.name, scheme) for layout in theme.LAYOUTS for scheme in theme.SCHEMES}
    for text in found.values():
        assert "var(" not in text
        ET.fromstring(text)  # noqa: S314 - our own file
    hexless = {key: re.sub(r"#[0-9a-f]{6}", "#", text) for key, text in found.items()}
    for layout in ("wide", "narrow"):
        assert found[layout, "light"] != found[layout, "dark"]
        assert hexless[layout, "light"] == hexless[layout, "dark"]


def test_words_stand_inside_the_picture(each_figure: Figure, written: tuple[Path, dict[str, FigureFiles]]) -> None:
    """Finding, subtitle and source line are part of every picture; title and description serve screen readers."""
    root, files = written
    for text in pictures(root, files[each_figure.id]).values():
        tree = ET.fromstring(text)  # noqa: S314 - our own file
        words = " ".join(node.text or "" for node in tree.iter(f"{SVG}text"))
        for sentence in (each_figure.title, each_figure.subtitle, each_figure.source):
            assert sentence in words
        assert tree.findtext(f"{SVG}title") == each_figure.title
        assert tree.findtext(f"{SVG}desc") == each_figure.alt


def test_letters_are_large_enough_on_a_phone(each_figure: Figure, written: tuple[Path, dict[str, FigureFiles]]) -> None:
    """At 390 px the column is 358 px, the width of the narrow picture; no letter there is below 12 px."""
    root, files = written
    tree = ET.fromstring(pictures(root, files[each_figure.id])["narrow", "light"])  # noqa: S314 - our own file
    assert files[each_figure.id].sizes["narrow"][0] == 358
    sizes = [float(str(node.get("font-size", "0")).removesuffix("px")) for node in tree.iter(f"{SVG}text")]
    assert sizes
    assert min(sizes) >= 12


def test_ids_carry_the_figure_s_name(each_figure: Figure, written: tuple[Path, dict[str, FigureFiles]]) -> None:
    """Two pictures in one document never share an id."""
    root, files = written
    for (layout, _), text in pictures(root, files[each_figure.id]).items():
        ids = re.findall(r'\bid="([^"]*)"', text)
        assert all(i.startswith(f"{each_figure.id}-{layout}-") for i in ids)
        assert set(re.findall(r"url\(#([^)]*)\)", text)) <= set(ids)


def test_pictures_are_small(each_figure: Figure, written: tuple[Path, dict[str, FigureFiles]]) -> None:
    """No picture takes more than 12 kB compressed, no PNG more than 80 kB."""
    root, files = written
    for text in pictures(root, files[each_figure.id]).values():
        assert len(gzip.compress(text.encode(), 9)) <= 12_000
    assert (root / files[each_figure.id].folder / files[each_figure.id].png).stat().st_size <= 80_000


def test_png_is_the_light_wide_picture(each_figure: Figure, written: tuple[Path, dict[str, FigureFiles]]) -> None:
    """The PNG has one and a half times the pixels of the wide picture."""
    root, files = written
    entry = files[each_figure.id]
    body = (root / entry.folder / entry.png).read_bytes()
    width, height = struct.unpack_from(">II", body, 16)
    assert (width, height) == pytest.approx([1.5 * side for side in entry.sizes["wide"]], abs=1)


def test_datasets_are_strict_and_complete(each_figure: Figure, written: tuple[Path, dict[str, FigureFiles]]) -> None:
    """Each dataset is one strict JSON file that decodes to the plotted values."""
    root, files = written
    for name, frame in each_figure.data.items():
        text = (root / files[each_figure.id].folder / files[each_figure.id].data[name]).read_text(encoding="utf-8")
        body = json.loads(text, parse_constant=pytest.fail)
        rows = decoded(body)
        assert len(rows) == len(frame)
        for column in frame.select_dtypes("number"):
            stored = body["columns"][column]["stored"]
            got = pd.Series([row[column] for row in rows], dtype=float)
            pd.testing.assert_series_equal(
                got, frame[column].astype(float).round(stored), check_names=False, atol=10.0**-stored, rtol=0
            )


def test_specs_carry_the_words_and_no_rows(each_figure: Figure, written: tuple[Path, dict[str, FigureFiles]]) -> None:
    """The spec files hold what the live chart needs besides the data: words, paddings, key."""
    root, files = written
    for name, file in files[each_figure.id].specs.items():
        spec = json.loads((root / files[each_figure.id].folder / file).read_text(encoding="utf-8"))
        meta = spec["usermeta"]["tandem"]
        assert meta["layout"] == name
        assert meta["title"] == each_figure.title
        assert "datasets" not in spec
        assert len(json.dumps(spec)) < 9_000


def test_csv_holds_every_row(all_figures: dict[str, Figure]) -> None:
    """The CSV has a heading with units, one line per row, dates as dates and gaps as empty cells."""
    figure = all_figures["time-lines"]
    lines = list(csv.reader(csv_text(figure).splitlines()))
    assert lines[0][:2] == ["Date", "63 sessions"]
    assert len(lines) == len(figure.data["rolling"]) + 1
    assert lines[-1][0] == "2025-10-07"
    assert lines[1][lines[0].index("252 sessions")] == ""


def test_csv_cells_are_no_formulas() -> None:
    """Text that a spreadsheet would run gets an apostrophe; numbers do not."""
    frame = pd.DataFrame({"name": ["=1+1", "@x", "plain"], "value": [-1.0, 2.0, 3.0]})
    spec = {"usermeta": {"tandem": {}}}
    words = dict.fromkeys(("title", "subtitle", "alt", "caption", "source"), "x")
    text = csv_text(Figure(id="f", spec=spec, data={"d": frame}, columns={}, **words))
    assert text.splitlines()[1:] == ["'=1+1,-1.000", "'@x,2.000", "plain,3.000"]


def test_shared_data_are_one_file(all_figures: dict[str, Figure], tmp_path: Path) -> None:
    """Two figures of a page that draw one frame share its file; different frames under one name are refused."""
    first = all_figures["scatter-with-fit"]
    second = dataclasses.replace(first, id="again")
    files = write_figures({"a": first, "b": second}, tmp_path, FOLDER)
    assert files["a"].data == files["b"].data
    assert len(list((tmp_path / FOLDER).glob("days.json"))) == 1
    other = dataclasses.replace(second, data={"days": first.data["days"].copy()})
    write_figures({"a": first, "b": other}, tmp_path, FOLDER)
    changed = dataclasses.replace(second, data={"days": first.data["days"].assign(x=0.0)})
    with pytest.raises(ValueError, match="dataset 'days' differs"):
        write_figures({"a": first, "b": changed}, tmp_path, FOLDER)
    with pytest.raises(ValueError, match="have the id"):
        write_figures({"a": first, "b": first}, tmp_path, FOLDER)


def test_unknown_dataset_is_refused(all_figures: dict[str, Figure]) -> None:
    """A spec that names a dataset the figure does not hold would draw an empty chart."""
    with pytest.raises(ValueError, match="draws days, which its data do not hold"):
        dataclasses.replace(all_figures["scatter"], data={"other": all_figures["scatter"].data["days"]})


def test_labels_from_outside_stay_text(tmp_path: Path) -> None:
    """Markup, quotes and expressions in labels come out as letters in the SVG and as strings in the spec."""
    frame = pd.DataFrame({"date": pd.bdate_range("2025-01-01", periods=30), "a": range(30), "b": range(30)}).astype(
        {"a": float, "b": float}
    )
    lines = [Line(column=c, label=f"{c} {HOSTILE}", ink=theme.PALETTE[i]) for i, c in enumerate("ab")]
    figure = Figure(
        id="hostile",
        title=HOSTILE,
        subtitle=HOSTILE,
        alt=HOSTILE,
        caption=HOSTILE,
        source=HOSTILE,
        spec=time_lines(
            frame,
            data="d",
            lines=lines,
            axis=Axis(title=HOSTILE),
            events=Events(claim=frame["date"].iloc[9].date(), claim_label=HOSTILE),
        ),
        data={"d": frame},
        columns={"a": Column(label=HOSTILE, unit=HOSTILE)},
    )
    files = write_figure(figure, tmp_path, FOLDER)
    for text in pictures(tmp_path, files).values():
        tree = ET.fromstring(text)  # noqa: S314 - our own file
        tags = {node.tag.removeprefix(SVG) for node in tree.iter()}
        assert tags <= {"svg", "g", "path", "text", "title", "desc", "rect", "line", "circle", "tspan"}
        assert not [n for n in tree.iter() for name in n.attrib if name.lower().startswith("on") or "href" in name]
        assert "alert(1)" in "".join(tree.itertext())
    spec = json.loads((tmp_path / files.folder / files.specs["wide"]).read_text(encoding="utf-8"))
    assert "datum[" not in json.dumps([spec.get("params", []), spec.get("transform", [])])


def test_same_figures_give_the_same_bytes(all_figures: dict[str, Figure], tmp_path: Path) -> None:
    """Order of drawing, process, hash seed, time zone and locale leave no trace in any file."""
    kinds = list(all_figures)
    for kind in kinds[:3]:
        write_figures({kind: all_figures[kind]}, tmp_path / "one", f"{FOLDER}/{kind}")
    script = (
        "import sys; from pathlib import Path; sys.path.insert(0, sys.argv[1])\n"
        "import conftest; from generator.charts.figure import write_figures\n"
        "for kind in reversed(conftest.KINDS[:3]):\n"
        "    write_figures({kind: conftest.BUILDERS[kind]()}, Path(sys.argv[2]), f'assets/charts/pair/page/{kind}')\n"
    )
    environment = os.environ | {"TZ": "Asia/Tokyo", "PYTHONHASHSEED": "7", "LC_ALL": "C", "PYTHONPATH": str(Path.cwd())}
    command = [sys.executable, "-c", script, str(Path(__file__).parent), str(tmp_path / "two")]
    subprocess.run(command, check=True, env=environment)
    one, two = (
        {p.relative_to(root): p.read_bytes() for p in root.rglob("*.*")}
        for root in (tmp_path / "one", tmp_path / "two")
    )
    assert one.keys() == two.keys()
    assert [name for name in one if one[name] != two[name]] == []


def test_ranges_fit_the_span(all_figures: dict[str, Figure]) -> None:
    """A range is offered only where it is shorter than the data; other axes offer none."""
    assert [key for key, _ in all_figures["time-lines"].ranges] == ["3m", "1y", "3y", "all"]
    assert [key for key, _ in all_figures["one-line"].ranges] == ["3m", "all"]
    assert all_figures["scatter"].ranges == ()


def test_bundle_is_a_module_and_deterministic() -> None:
    """The runtime is one file that exports vegaEmbed, leaves the page's globals alone, and never changes by itself."""
    text = bundle_text()
    assert bundle_text() == text
    assert re.search(r"export\{[$\w]+ as vegaEmbed\};?\s*\Z", text)
    assert "window.vegaEmbed" not in text


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("M0,10L1.5,9.8L-2,9.8", "M0,10l1.5,-0.2l-3.5,0"),
        ("M1,1L2,2Z", "M1,1l1,1Z"),
        ("M1,1L2,2ZM5,5L6,4", "M1,1l1,1ZM5,5l1,-1"),
        ("M3,4", "M3,4"),
    ],
)
def test_lines_are_steps_from_point_to_point(path: str, expected: str) -> None:
    """A step is the difference of two rounded places; a pen that is lifted starts from a place of its own."""
    assert stepped(path) == expected


def test_steps_do_not_drift() -> None:
    """A thousand steps end where the path did."""
    places = [(i / 10, (i * 7 % 13) / 10) for i in range(1000)]
    text = "M0,0" + "".join(f"L{x:.1f},{y:.1f}" for x, y in places)
    steps = [tuple(map(Decimal, pair.split(","))) for pair in stepped(text).removeprefix("M0,0").split("l")[1:]]
    end = tuple(sum(part, Decimal(0)) for part in zip(*steps, strict=True))
    assert end == tuple(Decimal(f"{value:.1f}") for value in places[-1])
