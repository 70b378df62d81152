"""What the making of an edition gives: its content, or why there is none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from generator.editions.manifest import Manifest


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """An edition before it is stored.

    Parameters
    ----------
    manifest : Manifest
        Of revision 1, without its files.
    files : mapping of path to bytes
    """

    manifest: Manifest
    files: Mapping[str, bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class NotMade:
    """Why there can be no edition of a date."""

    as_of: date
    reason: str


Made = Content | NotMade
