"""What the words of the two lists of number ids share."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    Pattern = tuple[re.Pattern[str], Callable[..., str]]

YIELDS = {"dgs3mo": "3-month yield", "dgs2": "2-year yield", "dgs10": "10-year yield", "dfii10": "10-year real yield"}


def compiled(words: Iterable[tuple[str, Callable[..., str]]]) -> tuple[Pattern, ...]:
    """Return patterns of ids with the function that puts their parts into words; it gets the names first."""
    return tuple((re.compile(pattern), function) for pattern, function in words)
