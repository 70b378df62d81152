"""The picture that other sites show beside a link: what the page asks, the verdict, the number, the date."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Final

from generator.charts import theme
from generator.charts.png import shrunk
from generator.charts.text import text_width, wrap

WIDTH, HEIGHT = 1200, 630
SCALE: Final = 2 / 3
"""The file has 800 by 420 px: enough for every preview, and drawn and packed in some 20 ms."""
_EDGE: Final = 72
_INK, _MUTED, _AMBER = "#1a1d21", "#555c66", "#7a4a00"
_LOGO: Final = (
    '<g transform="translate(72 534) scale(2)" fill="none" stroke-width="2.6" stroke-linecap="round">'
    '<path d="M2 17.5c3.4 0 4.1-10.5 7.4-10.5s3.3 6.5 6.4 6.5S19 6 22 6" stroke="#3f7cc4"/>'
    '<path d="M2 13c3.4 0 4.1 5.5 7.4 5.5S12.7 9.5 15.8 9.5 19 14 22 14" stroke="#e07a22"/></g>'
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What the picture says.

    Parameters
    ----------
    above : str
        What the title belongs to: a pair, a speaker.
    title : str
        At most three lines; what does not fit is cut.
    verdict, colour : str
        In words, and the colour behind them; empty where there is none.
    number, label, between : str
        The number as text, what it is, and its interval; empty where there is none.
    foot : str
        Name of the site and date of the data.
    warning : str
        For simulated data.
    """

    title: str
    foot: str
    above: str = ""
    verdict: str = ""
    colour: str = ""
    number: str = ""
    label: str = ""
    between: str = ""
    warning: str = ""


def card_svg(card: Card) -> str:
    """Return the picture as SVG; every word is escaped."""
    head = f'width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="{theme.FONT}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {head}>',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        f'<rect width="{WIDTH}" height="10" fill="{_INK}"/>',
        _text(card.above, 96, 30, _MUTED),
    ]
    size = 58 if len(wrap(card.title, 58, WIDTH - 2 * _EDGE, bold=True)) <= 2 else 48  # noqa: PLR2004 - two lines of it fit
    lines = _cut(wrap(card.title, size, WIDTH - 2 * _EDGE, bold=True), 3)
    parts += [_text(line, 172 + i * size * 1.18, size, _INK, bold=True) for i, line in enumerate(lines)]
    left: float = _EDGE
    if card.verdict:
        width = text_width(card.verdict, 40, bold=True) + 48
        parts.append(f'<rect x="{left}" y="396" width="{width:.0f}" height="70" rx="8" fill="{card.colour}"/>')
        parts.append(_text(card.verdict, 445, 40, "#ffffff", bold=True, x=left + 24))
        left += width + 48
    if card.number:
        parts.append(_text(card.number, 450, 76, _INK, bold=True, x=left))
        after = left + text_width(card.number, 76, bold=True) + 28
        labels = [*_cut(wrap(card.label, 27, WIDTH - _EDGE - after), 2), *([card.between] if card.between else [])]
        top = 450 - 17 * (len(labels) - 1)
        parts += [_text(line, top + 34 * i, 27, _MUTED, x=after) for i, line in enumerate(labels)]
    parts += [_LOGO, _text(card.foot, 572, 30, _MUTED, x=144)]
    if card.warning:
        parts.append(_text(card.warning, 520, 27, _AMBER, bold=True))
    return "".join((*parts, "</svg>"))


def card_png(card: Card) -> bytes:
    """Return the picture as PNG. The font is the one inside vl-convert, so every machine draws the same."""
    import vl_convert  # noqa: PLC0415 - starts a JavaScript engine; only drawing needs it

    return shrunk(vl_convert.svg_to_png(card_svg(card), scale=SCALE))


def _text(text: str, y: float, size: float, colour: str, *, bold: bool = False, x: float = _EDGE) -> str:
    weight = ' font-weight="bold"' if bold else ""
    return f'<text x="{x:.0f}" y="{y:.0f}" font-size="{size}" fill="{colour}"{weight}>{escape(text)}</text>'


def _cut(lines: list[str], most: int) -> list[str]:
    return lines if len(lines) <= most else [*lines[: most - 1], f"{lines[most - 1]} …"]
