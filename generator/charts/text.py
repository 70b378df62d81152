"""Width of text in the widest of the charts' fonts: titles wrap and labels get room before anything is drawn."""

from __future__ import annotations

import re
from typing import Final

# Advance widths of Helvetica in thousandths of the font size, from U+0020 to U+007E. Liberation Sans and Arial share
# them. Source: the Adobe core font metrics.
_FIRST: Final = 0x20
_WIDTHS: Final = (
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278,
    556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556,
    1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778,
    667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556,
    333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556,
    556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
)  # fmt: skip
_OTHER: Final = 600
# DejaVu Sans, the widest font that may stand in where a machine has no other, is wider by this factor on ordinary text.
WIDEST: Final = 1.16
# Bold letters are wider by at most this factor.
_BOLD: Final = 1.13
_UNIT: Final = re.compile(r"%|bp\b")


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """Return the width in px that `text` takes at most at font size `size` in px, whatever font a reader has."""
    last = _FIRST + len(_WIDTHS)
    units = sum(_WIDTHS[ord(c) - _FIRST] if _FIRST <= ord(c) < last else _OTHER for c in text)
    return units * size / 1000 * WIDEST * (_BOLD if bold else 1.0)


def wrap(text: str, size: float, width: float, *, bold: bool = False) -> list[str]:
    """Return `text` broken at blanks into lines of at most `width` px; a longer word gets a line of its own.

    A unit stays with its number.
    """
    lines: list[str] = []
    line = ""
    for word in _tied(text.split()):
        longer = f"{line} {word}" if line else word
        if line and text_width(longer, size, bold=bold) > width:
            lines.append(line)
            line = word
        else:
            line = longer
    return [*lines, line] if line else lines


def _tied(words: list[str]) -> list[str]:
    """Return the words with each unit joined to the number before it."""
    tied: list[str] = []
    for word in words:
        if tied and _UNIT.match(word) and tied[-1][-1].isdecimal():
            tied[-1] = f"{tied[-1]} {word}"
        else:
            tied.append(word)
    return tied
