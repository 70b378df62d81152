"""Numbers and foreign text → text that is safe in Markdown and HTML alike. All rounding is decided here."""

from __future__ import annotations

import html
import math
import re
from typing import TYPE_CHECKING

from markupsafe import Markup

from generator.findings import Estimate, Number, Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

MINUS = "\u2212"
# Characters with a meaning in Markdown or HTML, anywhere in a line. As numeric entities they are literal in both.
_SPECIAL = re.compile(r"[&<>\"'\\`*_{}\[\]()|~^$!#]")
# With a meaning at the start of a line only.
_LEADING = re.compile(r"^( ?)([-+=:.]|\d+(?=\.( |$)))")
_SPACE = re.compile(r"\s+")
_WHOLE = 1e-6  # basis points: what rates in percent to two decimals leave behind when they are subtracted


def escape_text(value: object) -> Markup:
    """Return foreign text so that Markdown, HTML and attributes all show it literally, on one line.

    Characters that are invisible or reorder others become a visible replacement character.
    """
    if isinstance(value, Markup):
        return value
    text = _SPACE.sub(" ", str(value))
    text = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
    text = _SPECIAL.sub(lambda m: f"&#{ord(m[0])};", text)
    text = _LEADING.sub(lambda m: m[1] + "".join(f"&#{ord(c)};" for c in m[2]), text)
    return Markup(text)  # noqa: S704 - every special character has just been replaced


def signed(value: float, decimals: int, *, plus: bool = False) -> str:
    """Return the rounded number with a real minus sign, and no sign on a zero.

    Rounding never turns a non-zero number into an exact-looking bound: see `correlation`.
    """
    if not math.isfinite(value):
        raise ValueError(f"cannot show {value}; a page shows the reason instead")
    text = f"{abs(value):.{decimals}f}"
    if float(text) == 0:
        return text
    if value < 0:
        return MINUS + text
    return "+" + text if plus else text


def correlation(value: float) -> Markup:
    """Return a correlation with two decimals; ±1.00 only when it is exactly that."""
    text = signed(value, 2)
    if text.endswith("1.00") and abs(value) < 1:
        text = text.replace("1.00", "0.99")
    return Markup(text)  # noqa: S704 - digits and a sign


def percent(fraction: float, decimals: int = 1) -> Markup:
    """Return a fraction as a percentage, with sign for a fall."""
    return Markup(f"{signed(100 * fraction, decimals)}\u202f%")  # noqa: S704 - digits and a sign


def signed_percent(fraction: float, decimals: int = 1) -> Markup:
    """Return a change given as a fraction, with its sign always shown."""
    return Markup(f"{signed(100 * fraction, decimals, plus=True)}\u202f%")  # noqa: S704 - digits and a sign


def share(fraction: float) -> Markup:
    """Return a share between 0 and 1; "0 %" and "100 %" only when exactly so."""
    if 0 < fraction < 0.001:  # noqa: PLR2004 - one decimal of a percentage
        return Markup("&lt;\u202f0.1\u202f%")
    if 0.999 < fraction < 1:  # noqa: PLR2004 - the same at the other end
        return Markup("&gt;\u202f99.9\u202f%")
    return percent(fraction, 0 if fraction in {0.0, 1.0} else 1)


def basis_points(value: float) -> Markup:
    """Return a change in basis points, with its sign."""
    decimals = 0 if math.isfinite(value) and abs(value - round(value)) < _WHOLE else 1
    return Markup(f"{signed(value, decimals, plus=True)}\u202fbp")  # noqa: S704 - digits and a sign


def pvalue(value: float) -> Markup:
    """Return a p-value; never 0.000, and 1.000 only when it is exactly one."""
    if 0 <= value < 0.001:  # noqa: PLR2004 - the convention
        return Markup("p&nbsp;&lt;&nbsp;0.001")
    if 0.999 < value < 1:  # noqa: PLR2004 - the same at the other end
        return Markup("p&nbsp;&gt;&nbsp;0.999")
    if not 0 <= value <= 1:
        raise ValueError(f"cannot show {value} as a p-value")
    return Markup(f"p&nbsp;=&nbsp;{value:.3f}")  # noqa: S704 - digits


def count(value: float) -> Markup:
    """Return a whole number with thousands separated by a thin space."""
    whole = round(value)
    return Markup(f"{MINUS if whole < 0 else ''}{abs(whole):,}".replace(",", "\u202f"))  # noqa: S704 - digits and a sign


def day(value: date) -> Markup:
    """Return a date as YYYY-MM-DD."""
    return Markup(value.isoformat()[:10])  # noqa: S704 - digits and dashes


def yes_or_no(value: float) -> Markup:
    """Return the word for an outcome coded as 1 or 0."""
    return Markup("yes") if value else Markup("no")


_BY_UNIT: Mapping[str, Callable[[float], Markup]] = {
    "correlation": correlation,
    "share": share,
    "fraction": signed_percent,
    "volatility": percent,
    "count": count,
    "basis points": basis_points,
    "yes or no": yes_or_no,
    "p-value": pvalue,
}


def amount(value: float, unit: str) -> Markup:
    """Return a number in the way its unit is shown."""
    if unit in _BY_UNIT:
        return _BY_UNIT[unit](value)
    if unit.startswith("percent"):
        return Markup(f"{signed(value, 2, plus=True)}\u202f%")  # noqa: S704 - digits and a sign
    return Markup(signed(value, 2))  # noqa: S704 - digits and a sign


def interval(number: Estimate) -> Markup:
    """Return the interval as ``a to b``, in the unit of the number; empty for a number without sampling error."""
    if number.lower is None or number.upper is None:
        return Markup("")
    return Markup(f"{amount(number.lower, number.unit)} to {amount(number.upper, number.unit)}")  # noqa: S704 - made of Markup


def shown(number: Number) -> Markup:
    """Return the value alone, or the words for its absence."""
    if isinstance(number, Unavailable):
        return Markup("not available")
    return amount(number.value, number.unit)


def plain(text: str) -> str:
    """Return formatted text without entities and narrow spaces: for alt text, chart titles and terminals."""
    return html.unescape(text).replace("\u202f", " ").replace("\u00a0", " ")
