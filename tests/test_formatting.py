"""Numbers become text in one place; foreign text stays literal wherever it is put."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING

import numpy as np
import pytest

from generator import formatting
from generator.findings import Estimate, Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable

    from markupsafe import Markup

M = "\u2212"  # the real minus sign
T = "\u202f"  # the narrow space before a unit

NUMBER = Estimate(
    value=0.5,
    lower=-0.25,
    upper=0.75,
    nobs=1252,
    unit="correlation",
    method="correlation",
    first=date(2025, 9, 19),
    last=date(2026, 9, 18),
)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0.00"),
        (0.004, "0.00"),
        (-0.004, "0.00"),
        (-0.0, "0.00"),
        (0.005000001, "0.01"),
        (0.454, "0.45"),
        (-0.679, f"{M}0.68"),
        (0.99, "0.99"),
        (0.994, "0.99"),
        (0.995, "0.99"),
        (0.999999999999, "0.99"),
        (-0.9999, f"{M}0.99"),
        (1.0, "1.00"),
        (-1.0, f"{M}1.00"),
        (np.float64(0.5), "0.50"),
    ],
)
def test_correlation(value: float, text: str) -> None:
    """Two decimals, a real minus, no sign on a zero, and one only when it is exactly one."""
    assert formatting.correlation(value) == text


@pytest.mark.parametrize(
    ("fraction", "text"),
    [
        (0.0, f"0{T}%"),
        (1e-12, f"&lt;{T}0.1{T}%"),
        (0.0009999, f"&lt;{T}0.1{T}%"),
        (0.001, f"0.1{T}%"),
        (0.0234, f"2.3{T}%"),
        (0.5, f"50.0{T}%"),
        (0.999, f"99.9{T}%"),
        (0.9991, f"&gt;{T}99.9{T}%"),
        (0.99999999, f"&gt;{T}99.9{T}%"),
        (1.0, f"100{T}%"),
    ],
)
def test_share(fraction: float, text: str) -> None:
    """Nothing and everything are said only when they are exactly so."""
    assert formatting.share(fraction) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "p&nbsp;&lt;&nbsp;0.001"),
        (0.00099, "p&nbsp;&lt;&nbsp;0.001"),
        (0.001, "p&nbsp;=&nbsp;0.001"),
        (0.0494, "p&nbsp;=&nbsp;0.049"),
        (0.9994, "p&nbsp;&gt;&nbsp;0.999"),
        (1.0, "p&nbsp;=&nbsp;1.000"),
    ],
)
def test_pvalue(value: float, text: str) -> None:
    """Never 0.000."""
    assert formatting.pvalue(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (25, f"+25{T}bp"),
        (-50.0, f"{M}50{T}bp"),
        (0, f"0{T}bp"),
        (100 * (4.12 - 4.05), f"+7{T}bp"),  # 7.000000000000028 in binary
        (100 * (4.05 - 4.12), f"{M}7{T}bp"),
        (12.5, f"+12.5{T}bp"),
        (0.04, f"0.0{T}bp"),
    ],
)
def test_basis_points(value: float, text: str) -> None:
    """Whole basis points stay whole, whatever binary subtraction left behind."""
    assert formatting.basis_points(value) == text


@pytest.mark.parametrize(
    ("fraction", "plain", "signed"),
    [
        (0.1234, f"12.3{T}%", f"+12.3{T}%"),
        (-0.413, f"{M}41.3{T}%", f"{M}41.3{T}%"),
        (0.0, f"0.0{T}%", f"0.0{T}%"),
        (-0.0001, f"0.0{T}%", f"0.0{T}%"),
        (12.0, f"1200.0{T}%", f"+1200.0{T}%"),
    ],
)
def test_percent(fraction: float, plain: str, signed: str) -> None:
    """A change carries its sign, a share only a minus, a zero none."""
    assert formatting.percent(fraction) == plain
    assert formatting.signed_percent(fraction) == signed


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (999, "999"), (4203, f"4{T}203"), (1_000_000, f"1{T}000{T}000"), (-3, f"{M}3"), (252.0, "252")],
)
def test_count(value: float, text: str) -> None:
    """Thousands are set apart without a comma, which some read as a decimal point."""
    assert formatting.count(value) == text


def test_day_and_yes_or_no() -> None:
    """Dates are ISO dates, also when a time is attached; outcomes are words."""
    assert formatting.day(date(2025, 10, 7)) == "2025-10-07"
    assert formatting.day(datetime(2025, 10, 7, 16, 0)) == "2025-10-07"  # noqa: DTZ001 - pandas labels have no zone
    assert (formatting.yes_or_no(1.0), formatting.yes_or_no(0.0)) == ("yes", "no")


@pytest.mark.parametrize(
    ("unit", "text"),
    [
        ("correlation", "0.50"),
        ("share", f"50.0{T}%"),
        ("fraction", f"+50.0{T}%"),
        ("count", "0"),
        ("basis points", f"+0.5{T}bp"),
        ("yes or no", "yes"),
        ("percent", f"+0.50{T}%"),
        ("percent per +25 bp", f"+0.50{T}%"),
        ("", "0.50"),
    ],
)
def test_amount_follows_the_unit(unit: str, text: str) -> None:
    """The unit of a number decides how it is shown, everywhere alike."""
    assert formatting.amount(0.5, unit) == text


@pytest.mark.parametrize(
    "show",
    [
        formatting.correlation,
        formatting.percent,
        formatting.signed_percent,
        formatting.share,
        formatting.basis_points,
        formatting.pvalue,
        formatting.count,
    ],
)
@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_what_is_not_finite_is_never_shown(show: Callable[[float], Markup], value: float) -> None:
    """No page ever says "nan" or "inf"; the reason is shown instead, and whoever forgot it gets an error."""
    with pytest.raises((ValueError, OverflowError)):
        show(value)


def test_interval_in_the_unit_of_the_number() -> None:
    """Both ends as the number itself; nothing where there is no sampling error."""
    assert formatting.interval(NUMBER) == f"{M}0.25 to 0.75"
    assert formatting.interval(replace(NUMBER, unit="fraction")) == f"{M}25.0{T}% to +75.0{T}%"
    assert formatting.interval(replace(NUMBER, lower=None, upper=None)) == ""


def test_shown() -> None:
    """The value alone, or that there is none."""
    assert formatting.shown(NUMBER) == "0.50"
    assert formatting.shown(Unavailable(reason="no data")) == "not available"


def test_plain_is_for_places_without_markup() -> None:
    """Entities become characters and narrow spaces ordinary ones: alt text, titles and terminals get plain text."""
    assert formatting.plain(formatting.pvalue(0.0)) == "p < 0.001"
    assert formatting.plain(formatting.share(0.0001)) == "< 0.1 %"


def test_markup_is_escaped_once() -> None:
    """What a filter has made safe is not escaped again; a string is never taken for safe."""
    safe = formatting.share(0.0001)
    assert formatting.escape_text(safe) is safe
    assert formatting.escape_text("<b>&amp;") == "&#60;b&#62;&#38;amp;"


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("a\n\nb\tc\u2028d", "a b c d"),
        ("- a", "&#45; a"),
        (" - a", " &#45; a"),
        ("1986. A year", "&#49;&#57;&#56;&#54;. A year"),
        ("1986.", "&#49;&#57;&#56;&#54;."),
        ("1986.5", "1986.5"),
        ("= b", "&#61; b"),
        ("# a #", "&#35; a &#35;"),
        ("a\u202eb\x00c\ud800", "a\ufffdb\ufffdc\ufffd"),
        ("2025-10-07, up 3.2 %", "2025-10-07, up 3.2 %"),
    ],
)
def test_escape_text(text: str, escaped: str) -> None:
    """One line, nothing that opens a block, nothing invisible; ordinary prose stays readable in the Markdown."""
    assert formatting.escape_text(text) == escaped
