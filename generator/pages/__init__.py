"""The pages of the site that belong to no pair."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.pages import claims, data, home, reports_index, sample

if TYPE_CHECKING:
    from generator.config import Config
    from generator.report import Page


def site_pages(config: Config) -> tuple[Page, ...]:
    """Return every page that belongs to no pair, in the order they are written."""
    return (home.PAGE, reports_index.PAGE, *claims.claim_pages(config), data.PAGE, sample.PAGE)
