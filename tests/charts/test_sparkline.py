"""Sparklines: well-formed, hidden from screen readers, made of numbers and of nothing else."""

from __future__ import annotations

import math
import re
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.charts.sparkline import HEIGHT, WIDTH, sparkline

values = st.lists(st.one_of(st.just(math.nan), st.floats(-1, 1)), min_size=2, max_size=20)


def points(path: str) -> list[tuple[int, int]]:
    """Return the absolute places a path of M and l steps goes through."""
    spots: list[tuple[int, int]] = []
    for letter, arguments in re.findall(r"([Ml])([^Ml]*)", path):
        x, y = (int(n) for n in re.findall(r"-?\d+", arguments))
        spots.append((x, y) if letter == "M" else (spots[-1][0] + x, spots[-1][1] + y))
    return spots


@given(first=values, second=values)
def test_it_is_well_formed_and_inside_its_box(first: list[float], second: list[float]) -> None:
    """Any two lines give valid XML in which every place lies in the box and every finite value has one."""
    length = min(len(first), len(second))
    lines = [first[:length], second[:length]]
    text = sparkline(lines, mark=1)
    finite = [sum(math.isfinite(v) for v in line) for line in lines]
    if sum(finite) < 2:
        assert text == ""
        return
    svg = ET.fromstring(text)  # noqa: S314 - our own text
    assert (svg.get("aria-hidden"), svg.get("stroke")) == ("true", "currentColor")
    drawn = [points(path.get("d", "")) for path in svg[1:]]
    assert [len(line) for line in drawn] == [count for count in finite if count]
    assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for line in drawn for x, y in line)


def test_a_rise_goes_up_and_a_gap_breaks_the_line() -> None:
    """Up is up, and a missing value lifts the pen."""
    svg = ET.fromstring(sparkline([[0.0, 0.5, math.nan, 1.0]], mark=0))  # noqa: S314 - our own text
    path = svg[1].get("d", "")
    spots = points(path)
    assert path.count("M") == 2
    assert [y for _, y in spots] == sorted((y for _, y in spots), reverse=True)


@pytest.mark.parametrize("lines", [[], [[]], [[math.nan, 1.0]]])
def test_nothing_to_draw(lines: list[list[float]]) -> None:
    """Fewer than two values make no picture."""
    assert sparkline(lines, mark=0) == ""


def test_it_is_small() -> None:
    """A row of the table of decisions stays light: two lines of sixteen places in less than half a kilobyte."""
    line = [math.sin(i) for i in range(16)]
    assert len(sparkline([line, [-v for v in line]], mark=5)) < 512
