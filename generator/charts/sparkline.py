"""Word-sized pictures inside a table: made from numbers only, in the colour of the text around them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from markupsafe import Markup

if TYPE_CHECKING:
    from collections.abc import Sequence

WIDTH, HEIGHT = 96, 28
_SPARE = 10
"""What may stay empty at the right, px."""
_DASHES = ("", ' stroke-dasharray="3 2"', ' stroke-dasharray="1 2"')


def sparkline(lines: Sequence[Sequence[float]], *, mark: int) -> Markup:
    """Return an inline SVG of some lines on one scale, with zero as a base line, empty if there is nothing to draw.

    The picture is hidden from screen readers: the numbers it is made of stand beside it.

    Parameters
    ----------
    lines : sequence of sequences of float
        Each of the same length; NaN ends are left out, a NaN inside breaks the line. The first is solid, later ones are
        dashed.
    mark : int
        Place of an upright rule, such as the day of the event.
    """
    known = [value for line in lines for value in line if math.isfinite(value)]
    if len(known) < 2:  # noqa: PLR2004 - a line needs two points
        return Markup("")
    low, high = min(0.0, *known), max(0.0, *known)
    count = max(len(line) for line in lines)
    across = (WIDTH - 2) / max(count - 1, 1)
    if int(across) * (count - 1) >= WIDTH - _SPARE:
        across = int(across)  # equal steps: a quarter of the bytes once packed
    tall = high - low

    def place(i: int, value: float) -> tuple[int, int]:
        return round(1 + i * across), round(2 + (HEIGHT - 4) * ((high - value) / tall if tall else 0.5))

    zero, at = place(0, 0.0)[1], place(mark, 0.0)[0]
    drawn = [f'<path d="M0 {zero}H{WIDTH}M{at} 0V{HEIGHT}" stroke-width="1" opacity=".3"/>']
    for line, dash in zip(lines, _DASHES, strict=False):
        steps = _steps([place(i, value) if math.isfinite(value) else None for i, value in enumerate(line)])
        if steps:
            drawn.append(f'<path d="{steps}" stroke-width="1.5"{dash}/>')
    return Markup(  # noqa: S704 - whole numbers between tags of our own
        f'<svg width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}" fill="none" stroke="currentColor" '
        f'aria-hidden="true" focusable="false">{"".join(drawn)}</svg>'
    )


def _steps(places: Sequence[tuple[int, int] | None]) -> str:
    """Return a path of relative steps; a missing place lifts the pen."""
    text, pen = "", None
    for spot in places:
        if spot is None:
            pen = None
        elif pen is None:
            text += f"M{spot[0]} {spot[1]}"
            pen = spot
        else:
            down = spot[1] - pen[1]
            text += f"l{spot[0] - pen[0]}{'' if down < 0 else ' '}{down}"
            pen = spot
    return text
