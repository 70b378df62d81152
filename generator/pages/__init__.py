"""The pages of the site that belong to no pair."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.pages import about, changes, claims, data, editions, home, numbers, reports_index, sample

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from generator.claims import Turn
    from generator.config import Config
    from generator.report import Page


def site_pages(config: Config, timelines: Mapping[str, Sequence[Turn]]) -> tuple[Page, ...]:
    """Return every page that belongs to no pair, in the order they are written.

    Parameters
    ----------
    timelines : mapping of claim slug to turns
        Verdicts from the claim date on.
    """
    return (
        home.PAGE,
        reports_index.PAGE,
        *claims.claim_pages(config, timelines),
        editions.PAGE,
        changes.PAGE,
        data.PAGE,
        *numbers.numbers_pages(config),
        sample.PAGE,
        about.PAGE,
    )
