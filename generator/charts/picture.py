"""From a layout-neutral spec to the two specs a browser loads, and to finished static pictures.

A picture is the plot, drawn by vl-convert once per layout, between a header (finding, unit and window, key) and a
source line that are set here, so that they are inside every downloaded file. The live chart carries the same three
parts as HTML around the same plot.
"""

from __future__ import annotations

import copy
import math
import re
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any, Final

from generator.charts import theme
from generator.charts.encode import MILLISECONDS_PER_DAY
from generator.charts.layers import LINE_HEIGHT, Spec
from generator.charts.text import text_width, wrap

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# A drawn line needs no more points than the plot has pixels.
_MOST_STATIC_ROWS: Final = 520
_GAP: Final = 16
_NOTE_GAP: Final = 8
_KEY_SAMPLE: Final = 24
_KEY_GAP: Final = 18

_ROOT = re.compile(r"\A<svg[^>]*>(.*)</svg>\s*\Z", re.DOTALL)
_ARIA = re.compile(r' (?:aria-[a-z]+|role)="[^"]*"')
_CLASS = re.compile(r' class="[^"]*"')
_EMPTY = re.compile(
    r'<path d="M0,0h-?[\d.]+v-?[\d.]+h-?[\d.]+Z"(?: pointer-events="none")?/>'
    r'|<rect[^>]*fill="transparent"[^>]*/>|<g/>|<g></g>'
)
_LONG, _CROWD = 8, 40
"""Points of a line, and lines of so many points, from which on a picture is one of many thin lines."""
_POINTER = re.compile(r' pointer-events="none"')
_DEFAULTS = re.compile(r' (?:opacity="1"|stroke-width="0"|font-style="normal")(?=[ />])')
_GEOMETRY = re.compile(r'(?<= )(d|transform|x|y|x1|x2|y1|y2|cx|cy|r|width|height)="([^"]*)"')
_NUMBER = re.compile(r"-?\d+\.\d+(?:e-?\d+)?")
_POLYLINE = re.compile(r' d="((?:M-?[\d.]+,-?[\d.]+(?:L-?[\d.]+,-?[\d.]+)*Z?)+)"')
_POINT = re.compile(r"([MLZ])(?:(-?[\d.]+),(-?[\d.]+))?")
_IDS = re.compile(r'(id="|url\(#|href="#)([A-Za-z][\w-]*)')


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The text inside a picture."""

    title: str
    subtitle: str
    source: str
    alt: str


def laid_out(spec: Spec, layout: theme.Layout) -> Spec:
    """Return the complete Vega-Lite spec of one layout."""
    full = copy.deepcopy(spec)
    meta = full["usermeta"]["tandem"]
    wide = layout.name == "wide"
    left, right = meta["left"][layout.name], meta["right"][layout.name]
    full["autosize"] = {"type": "none"}
    full["config"] = theme.vega_config(layout)
    full["padding"] = {"left": left, "right": right, "top": meta["top"], "bottom": meta["bottom"]}
    total = _sized(full, layout, layout.width - left - right, left + _GAP)
    _keep_layers(full, "narrow_" if wide else "wide_")
    meta["layout"] = layout.name
    meta["plot"] = {"width": layout.width, "height": total + meta["top"] + meta["bottom"]}
    meta["key"] = _shown_key(meta, wide=wide)
    return full


def _sized(full: Spec, layout: theme.Layout, inner: float, beside: float) -> float:
    """Set the sizes of the plot or of its panels, and return the height of all of them together."""
    meta = full["usermeta"]["tandem"]
    heights = meta["height"][layout.name]
    if "vconcat" in full:
        for child, height in zip(full["vconcat"], heights, strict=True):
            child["width"], child["height"] = inner, height
        full["spacing"], full["bounds"] = meta["gap"], "flush"
        return float(sum(heights) + meta["gap"] * (len(heights) - 1))
    if "hconcat" not in full:
        full["width"], full["height"] = inner, heights
        return float(heights)
    children = full.pop("hconcat")
    many = len(children)
    wide = layout.name == "wide" or meta.get("across", False)
    gap = beside if wide else meta["top"] + meta["bottom"]
    for child in children:
        child["width"] = math.floor((inner - gap * (many - 1)) / many) if wide else inner
        child["height"] = heights
    full["hconcat" if wide else "vconcat"] = children
    full["spacing"], full["bounds"] = gap, "flush"
    return float(heights if wide else heights * many + gap * (many - 1))


def _keep_layers(spec: Spec, dropped: str) -> None:
    """Drop the layers that belong to the other layout, by the start of their name."""
    for view in (spec, *spec.get("vconcat", ()), *spec.get("hconcat", ())):
        if "layer" in view:
            view["layer"] = [layer for layer in view["layer"] if not str(layer.get("name", "")).startswith(dropped)]


def _shown_key(meta: Mapping[str, Any], *, wide: bool) -> list[dict[str, Any]]:
    named_at_their_ends = wide and meta.get("direct", False)
    return [entry for entry in meta["key"] if not (named_at_their_ends and entry["shape"] == "line")]


def static_rows(rows: Mapping[str, Sequence[Mapping[str, Any]]], meta: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Return the rows a static picture draws: at most one per pixel of a line, events inside its span only."""
    x = str(meta.get("x", ""))
    readout = meta["readout"]
    main = rows.get(readout.get("data", ""), ())
    result: dict[str, list[Any]] = {}
    for name, every in rows.items():
        kept = list(every)
        pick = meta.get("pick")
        if pick and name in {pick["data"], pick["table"]} and kept:
            kept = [row for row in kept if row[pick["field"]] == kept[-1][pick["field"]]]
        if name in meta.get("thin", ()) and len(kept) > _MOST_STATIC_ROWS:
            kept = _last_of_each_week(kept, x)
        elif x and main and name != readout.get("data") and kept and "decision" in kept[0]:
            first, last = main[0][x], main[-1][x]
            kept = [row for row in kept if first <= row["date"] <= last and row["decision"] != "hold"]
        result[name] = kept
    return result


def _last_of_each_week(rows: list[Mapping[str, Any]], x: str) -> list[Any]:
    # 1970-01-01 was a Thursday; three days on, each group of seven ends on a Sunday.
    week = [(row[x] // MILLISECONDS_PER_DAY + 3) // 7 for row in rows]
    ends = [i for i in range(len(rows)) if i == len(rows) - 1 or week[i] != week[i + 1]]
    return [rows[i] for i in (ends if ends[0] == 0 else [0, *ends])]


def drawn(spec: Spec, rows: Mapping[str, Sequence[Mapping[str, Any]]]) -> str:
    """Return the plot of a laid-out spec as SVG, colours still variables. No address can be asked for data."""
    import vl_convert  # noqa: PLC0415 - starts a JavaScript engine; only drawing needs it

    meta = spec["usermeta"]["tandem"]
    complete = {**spec, "datasets": {**static_rows(rows, meta), **meta.get("marks", {})}}
    return str(vl_convert.vegalite_to_svg(complete, vl_version="6.4", allowed_base_urls=[]))


def composed(plot: str, spec: Spec, words: Words, figure_id: str, layout: theme.Layout) -> tuple[str, int]:
    """Return the finished picture, colours still variables, and its height in px."""
    meta = spec["usermeta"]["tandem"]
    parts: list[str] = []
    y = 2.0
    for text, size, bold, ink, gap in (
        (words.title, layout.title, True, theme.TEXT, 3.0),
        (words.subtitle, layout.subtitle, False, theme.MUTED, 3.0),
    ):
        for line in wrap(text, size, layout.width - 2, bold=bold):
            parts.append(_text(0, y + size, line, size, ink, bold=bold))
            y += size * LINE_HEIGHT
        y += gap
    key, key_height = _key(meta["key"], y + 4, layout)
    parts += key
    y += key_height + 4
    plot_height = meta["plot"]["height"]
    parts.append(f'<g transform="translate(0,{_short(y)})">{_clean(plot, f"{figure_id}-{layout.name}")}</g>')
    y += plot_height + _NOTE_GAP
    for line in wrap(words.source, layout.note, layout.width - 2):
        parts.append(_text(0, y + layout.note, line, layout.note, theme.MUTED))
        y += layout.note * LINE_HEIGHT
    height = math.ceil(y + 4)
    label = f"{figure_id}-{layout.name}"
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{layout.width}" height="{height}" '
        f'viewBox="0 0 {layout.width} {height}" role="img" aria-labelledby="{label}-title {label}-desc" '
        f'font-family="{theme.FONT}">'
        f'<title id="{label}-title">{escape(words.title)}</title><desc id="{label}-desc">{escape(words.alt)}</desc>'
        f'<rect width="{layout.width}" height="{height}" fill="{theme.BACKGROUND.css}"/>'
    )
    return f"{head}{''.join(parts)}</svg>\n", height


def _text(x: float, y: float, text: str, size: float, ink: theme.Ink, *, bold: bool = False) -> str:
    weight = ' font-weight="bold"' if bold else ""
    place = f'x="{_short(x)}" y="{_short(y)}" font-size="{_short(size)}"'
    return f'<text {place} fill="{ink.css}"{weight}>{escape(text)}</text>'


def _key(entries: Sequence[Mapping[str, Any]], y: float, layout: theme.Layout) -> tuple[list[str], float]:
    """Return the key's marks, flowing over as many rows as needed, and the height they take."""
    parts: list[str] = []
    size = layout.axis
    row = size * 1.5
    x = 0.0
    top = y
    for entry in entries:
        sample = _KEY_SAMPLE if entry["shape"] in {"line", "band"} else 10
        width = sample + 6 + text_width(entry["label"], size)
        if x and x + width > layout.width:
            x, top = 0.0, top + row
        middle = top + row / 2
        parts.append(_sample(entry, x, middle, sample))
        parts.append(_text(x + sample + 6, middle + size * 0.36, entry["label"], size, theme.TEXT))
        x += width + _KEY_GAP
    return parts, (top + row - y if entries else 0.0)


def _sample(entry: Mapping[str, Any], x: float, y: float, width: float) -> str:
    colour = entry["color"]
    shape = entry["shape"]
    if shape == "line":
        dash = f' stroke-dasharray="{",".join(map(str, entry["dash"]))}"' if entry["dash"] else ""
        return f'<path d="M{_short(x)},{_short(y)}h{_short(width)}" stroke="{colour}" stroke-width="2.5"{dash}/>'
    if shape == "band":
        box = f"M{_short(x)},{_short(y - 5)}h{_short(width)}v10h{_short(-width)}z"
        return f'<path d="{box}" fill="{colour}" opacity="0.25"/>'
    if shape == "square":
        return f'<path d="M{_short(x)},{_short(y - 5)}h10v10h-10z" fill="{colour}"/>'
    if shape == "triangle-down":
        return f'<path d="M{_short(x)},{_short(y - 3)}h8l-4,7z" fill="{colour}"/>'
    if shape == "triangle-up":
        return f'<path d="M{_short(x)},{_short(y + 4)}h8l-4,-7z" fill="{colour}"/>'
    radius = 1.7 if shape == "dot" else 4
    return f'<circle cx="{_short(x + 4)}" cy="{_short(y)}" r="{radius}" fill="{colour}"/>'


def _clean(plot: str, prefix: str) -> str:
    """Return the inside of Vega's SVG without what a still picture does not need, numbers rounded to 0.1 px."""
    found = _ROOT.match(plot)
    if found is None:
        raise ValueError("vl-convert did not return an SVG")
    body = found[1]
    for pattern in (_ARIA, _CLASS, _POINTER, _DEFAULTS):
        body = pattern.sub("", body)
    body = _EMPTY.sub("", body)
    body = _IDS.sub(lambda m: f"{m[1]}{prefix}-{m[2]}", body)
    body = _GEOMETRY.sub(lambda m: f'{m[1]}="{_NUMBER.sub(_rounded, m[2])}"', body)
    crowded = sum(m[1].count("L") >= _LONG for m in _POLYLINE.finditer(body)) > _CROWD
    per_px = 2 if crowded else 10
    return _POLYLINE.sub(lambda m: f' d="{stepped(m[1], per_px)}"', body)


def stepped(path: str, per_px: int = 10) -> str:
    """Return a path of straight lines with each point as a step from the one before: a quarter smaller once packed.

    Steps are differences of the rounded places, so that nothing drifts.

    Parameters
    ----------
    per_px : int
        Places told apart within a pixel. Among many thin lines nobody sees half a pixel, and a fifth of the bytes goes.
    """
    parts = []
    pen = (0, 0)
    for command, x, y in _POINT.findall(path):
        if command == "Z":
            parts.append("Z")
            continue
        place = (round(float(x) * per_px), round(float(y) * per_px))
        over, down = (place[0], place[1]) if command == "M" else (place[0] - pen[0], place[1] - pen[1])
        parts.append(f"{command if command == 'M' else 'l'}{_short(over / per_px)},{_short(down / per_px)}")
        pen = place
    return "".join(parts)


def _rounded(match: re.Match[str]) -> str:
    return _short(float(match[0]))


def _short(number: float) -> str:
    text = f"{number:.1f}"
    text = text.removesuffix(".0")
    return "0" if text == "-0" else text
