"""The one look of all charts: colours for both schemes, type sizes, and the Vega-Lite config that uses them.

A colour inside a spec is a CSS variable whose name holds both of its values (``var(--tandem-2f6db3-7fb2e8)`` is
#2f6db3 in the light scheme, #7fb2e8 in the dark one). The page's script declares the variables it meets, so a live
chart follows the theme switch without being drawn again; the static files replace them (`generator.charts.picture`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

Scheme = Literal["light", "dark"]
SCHEMES: Final[tuple[Scheme, ...]] = ("light", "dark")

# Liberation Sans is inside vl-convert; Arial and Helvetica have the same advance widths, so text laid out at build
# time fits in the browser too.
FONT: Final = "Liberation Sans, Arial, Helvetica, sans-serif"

_VARIABLE = re.compile(r"var\(--tandem-([0-9a-f]{6})-([0-9a-f]{6})\)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ink:
    """How one series is drawn everywhere: its colour in both schemes, and a dash as the second cue.

    Parameters
    ----------
    light, dark : str
        ``#rrggbb`` on the light and on the dark background.
    dash : tuple of int
        Lengths of stroke and gap in px; empty is a solid line.
    """

    light: str
    dark: str
    dash: tuple[int, ...] = ()

    @property
    def css(self) -> str:
        """The colour as it stands in a spec."""
        return f"var(--tandem-{self.light.removeprefix('#')}-{self.dark.removeprefix('#')})"


# Dashes by the order of the series in a chart: the first is solid.
DASHES: Final[tuple[tuple[int, ...], ...]] = ((), (7, 2), (2, 2), (9, 2, 2, 2), (4, 3), (12, 3))

# Furniture. Every text colour has at least 4.5:1 against the background of its scheme.
BACKGROUND: Final = Ink(light="#ffffff", dark="#14171c")
TEXT: Final = Ink(light="#1a1d21", dark="#eef0f3")
MUTED: Final = Ink(light="#555c66", dark="#a9b1bc")
GRID: Final = Ink(light="#e4e6ea", dark="#2a2f37")
RULE: Final = Ink(light="#8b929c", dark="#6f7884")
ACCENT: Final = Ink(light="#b3262e", dark="#ff8a8a")

# For what is not a series of the configuration: windows of a rolling statistic, groups, estimators. Told apart by
# readers with deuteranopia and protanopia in the order given, and never without a dash or a label beside the colour.
PALETTE: Final[tuple[Ink, ...]] = (
    Ink(light="#2f6db3", dark="#7fb2e8"),
    Ink(light="#c4540a", dark="#f5a35c", dash=DASHES[1]),
    Ink(light="#1f7a72", dark="#72d0c4", dash=DASHES[2]),
    Ink(light="#6d4aa0", dark="#bda4ea", dash=DASHES[3]),
    Ink(light="#555c66", dark="#a9b1bc", dash=DASHES[4]),
    Ink(light="#8a6a00", dark="#dcc05f", dash=DASHES[5]),
)

# From a correlation of -1 to +1 in nine steps; the middle step is the background's neighbour.
DIVERGING: Final[tuple[Ink, ...]] = (
    Ink(light="#8e4a0b", dark="#f0a45e"),
    Ink(light="#c07a35", dark="#bd7d43"),
    Ink(light="#dfae7b", dark="#87592f"),
    Ink(light="#f3dec7", dark="#4f3a27"),
    Ink(light="#f1f2f4", dark="#23282f"),
    Ink(light="#cfdff0", dark="#243d57"),
    Ink(light="#97bbdf", dark="#33628f"),
    Ink(light="#5b91c8", dark="#4f8fc9"),
    Ink(light="#2a64a5", dark="#8cc0f2"),
)

# Letters on those steps: whichever of the two extremes is readable on the step, in each scheme.
_PALE, _DEEP = "#ffffff", "#14171c"
ON_DIVERGING: Final[tuple[Ink, ...]] = (
    Ink(light=_PALE, dark=_DEEP),
    Ink(light=_DEEP, dark=_DEEP),
    Ink(light=_DEEP, dark=_PALE),
    Ink(light=_DEEP, dark=_PALE),
    Ink(light=_DEEP, dark=_PALE),
    Ink(light=_DEEP, dark=_PALE),
    Ink(light=_DEEP, dark=_PALE),
    Ink(light=_DEEP, dark=_DEEP),
    Ink(light=_PALE, dark=_DEEP),
)


def series_ink(colour: object, order: int) -> Ink:
    """Return the ink of a configured series.

    Parameters
    ----------
    colour : object
        Anything with ``light`` and ``dark`` in ``#rrggbb``, such as `generator.config.Colour`.
    order : int
        Place of the series in the chart, from 0; decides the dash.
    """
    light, dark = str(getattr(colour, "light")), str(getattr(colour, "dark"))  # noqa: B009 - typed as object on purpose
    return Ink(light=light, dark=dark, dash=DASHES[order % len(DASHES)])


def theme_variables(scheme: Scheme) -> Mapping[str, str]:
    """Return the furniture colours of a scheme by token; `site_src/assets/tandem.css` declares the same ones."""
    tokens = {
        "background": BACKGROUND,
        "text": TEXT,
        "muted": MUTED,
        "grid": GRID,
        "rule": RULE,
        "accent": ACCENT,
    }
    return {token: getattr(ink, scheme) for token, ink in tokens.items()}


def resolve(svg: str, scheme: Scheme) -> str:
    """Return `svg` with each colour variable replaced by its value in `scheme`."""
    group = 1 if scheme == "light" else 2
    return _VARIABLE.sub(lambda match: f"#{match[group]}", svg)


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """The two sizes a chart is drawn in; the page shows the one that fits its column.

    Parameters
    ----------
    name : {"wide", "narrow"}
        Also the name of the spec's file.
    width : int
        Width of the whole picture in px.
    plot_height : int
        Height of one plot when the builder names none.
    title, subtitle, axis, note : float
        Font sizes in px. At a viewport of 390 px the column is 358 px, so the narrow sizes are what a phone shows.
    """

    name: Literal["wide", "narrow"]
    width: int
    plot_height: int
    title: float
    subtitle: float
    axis: float
    note: float


WIDE: Final = Layout(name="wide", width=720, plot_height=310, title=19, subtitle=14, axis=13, note=12)
NARROW: Final = Layout(name="narrow", width=358, plot_height=250, title=17, subtitle=14, axis=13, note=12)
LAYOUTS: Final[tuple[Layout, ...]] = (WIDE, NARROW)


def vega_config(layout: Layout) -> dict[str, Any]:
    """Return the Vega-Lite ``config`` of a layout: type, axes and marks, and nothing that depends on the data."""
    wide = layout.name == "wide"
    return {
        "aria": False,  # the picture has one name; marks of their own would be read one by one
        "font": FONT,
        "background": "transparent",
        "view": {"stroke": None},
        "axis": {
            "labelColor": MUTED.css,
            "labelFontSize": layout.axis,
            "labelPadding": 6,
            "titleColor": MUTED.css,
            "titleFontSize": layout.axis,
            "titleFontWeight": "normal",
            "gridColor": GRID.css,
            "domainColor": RULE.css,
            "tickColor": RULE.css,
            "tickSize": 5,
        },
        "axisX": {
            "grid": False,
            "tickCount": 8 if wide else 4,
            "labelFlush": False,
            "labelOverlap": "greedy",
            "labelSeparation": 8,
        },
        "axisY": {"domain": False, "ticks": False, "tickCount": 6 if wide else 5},
        "line": {"strokeWidth": 2 if wide else 1.75, "strokeCap": "butt", "strokeJoin": "round"},
        "area": {"line": False},
        "rule": {"color": RULE.css},
        "text": {"fontSize": layout.axis, "color": TEXT.css},
    }
