"""Colours that can be read and told apart, and one home for them."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
import pytest

from generator.charts import theme

if TYPE_CHECKING:
    from generator.config import Config

STYLES = Path(__file__).parents[2] / "site_src" / "assets" / "tandem.css"
# Simulation of the two common forms of colour blindness on linear RGB: Viénot, Brettel & Mollon 1999, Color Research &
# Application 24(4) 243-252, doi 10.1002/(SICI)1520-6378(199908)24:4<243::AID-COL5>3.0.CO;2-3.
TO_LMS = np.array([[17.8824, 43.5161, 4.11935], [3.45565, 27.1554, 3.86714], [0.0299566, 0.184309, 1.46709]])
BLIND = {
    "protanopia": np.array([[0, 2.02344, -2.52581], [0, 1, 0], [0, 0, 1]]),
    "deuteranopia": np.array([[1, 0, 0], [0.494207, 0, 1.24827], [0, 0, 1]]),
}


def linear(colour: str) -> np.ndarray:
    """Return linear RGB of ``#rrggbb``, each from 0 to 1."""
    channels = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def contrast(one: str, two: str) -> float:
    """Return the contrast ratio of WCAG 2."""
    a, b = sorted(float(linear(c) @ [0.2126, 0.7152, 0.0722]) for c in (one, two))
    return (b + 0.05) / (a + 0.05)


@pytest.mark.parametrize("scheme", theme.SCHEMES)
@pytest.mark.parametrize("ink", [theme.TEXT, theme.MUTED, theme.ACCENT, *theme.PALETTE])
def test_letters_can_be_read(scheme: Literal["light", "dark"], ink: theme.Ink) -> None:
    """Every ink that writes letters has 4.5:1 against the background of its scheme (WCAG 2.2, 1.4.3)."""
    assert contrast(getattr(ink, scheme), getattr(theme.BACKGROUND, scheme)) >= 4.5


@pytest.mark.parametrize("scheme", theme.SCHEMES)
def test_configured_series_can_be_read(scheme: Literal["light", "dark"], config: Config) -> None:
    """The shipped colours of the series write their own labels, so they need 4.5:1 as well."""
    found = {name: series.colour for name, series in config.series.items()}
    ratios = {n: contrast(getattr(c, scheme), getattr(theme.BACKGROUND, scheme)) for n, c in found.items()}
    assert {name: round(ratio, 2) for name, ratio in ratios.items() if ratio < 4.5} == {}


@pytest.mark.parametrize("scheme", theme.SCHEMES)
def test_numbers_on_the_matrix_can_be_read(scheme: Literal["light", "dark"]) -> None:
    """The letters on each step of the diverging scale have 4.5:1."""
    for ground, letter in zip(theme.DIVERGING, theme.ON_DIVERGING, strict=True):
        assert contrast(getattr(ground, scheme), getattr(letter, scheme)) >= 4.5


@pytest.mark.parametrize("blindness", BLIND)
@pytest.mark.parametrize("scheme", theme.SCHEMES)
def test_neighbours_stay_apart_for_the_colour_blind(scheme: Literal["light", "dark"], blindness: str) -> None:
    """Neighbouring colours of the palette differ for readers with either form, before dashes help."""
    seen = [BLIND[blindness] @ TO_LMS @ linear(getattr(ink, scheme)) for ink in theme.PALETTE]
    back = [np.linalg.solve(TO_LMS, lms).clip(0, 1) ** (1 / 2.2) for lms in seen]
    assert min(float(np.linalg.norm(a - b)) for a, b in pairwise(back)) > 0.12


def test_each_ink_of_the_palette_has_its_dash() -> None:
    """Colour is never the only cue."""
    assert len({ink.dash for ink in theme.PALETTE}) == len(theme.PALETTE)


def test_style_sheet_has_the_same_furniture() -> None:
    """The page's style sheet declares the theme's colours, in both schemes."""
    text = STYLES.read_text(encoding="utf-8")
    blocks = {"light": text[: text.index('[data-md-color-scheme="slate"]')], "dark": text}
    for scheme in theme.SCHEMES:
        for token, colour in theme.theme_variables(scheme).items():
            found = re.findall(rf"--tandem-{token}: (#[0-9a-f]{{6}})", blocks[scheme])
            assert found[-1] == colour, token


def test_colour_variables_resolve_to_both_schemes() -> None:
    """A variable holds both colours in its name; resolving leaves nothing else behind."""
    ink = theme.Ink(light="#2f6db3", dark="#7fb2e8")
    assert ink.css == "var(--tandem-2f6db3-7fb2e8)"
    assert theme.resolve(f'fill="{ink.css}"', "light") == 'fill="#2f6db3"'
    assert theme.resolve(f'fill="{ink.css}"', "dark") == 'fill="#7fb2e8"'
