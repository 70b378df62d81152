"""The pages of the site that belong to no pair."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.pages import data, home, reports_index, sample

if TYPE_CHECKING:
    from generator.report import Page

PAGES: tuple[Page, ...] = (home.PAGE, reports_index.PAGE, data.PAGE, sample.PAGE)
