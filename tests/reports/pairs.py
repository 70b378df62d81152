"""What the tests of a pair's pages share: the context of a pair, and a number that must be there."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from generator.findings import Estimate, Number
from generator.panel import Observed, Panel
from generator.report import Context

if TYPE_CHECKING:
    from collections.abc import Mapping

    from generator.config import Config

AS_OF = date(2026, 9, 18)
CLAIM = date(2025, 10, 7)


def pair_context(
    config: Config, observed: Mapping[str, Observed], as_of: date = AS_OF, slug: str = "", *, reps: int | None = None
) -> Context:
    """Return the context of a pair, the featured one unless told, with as many resamples as told."""
    run = config.run if reps is None else config.run.model_copy(update={"reps": reps})
    own = config.model_copy(update={"run": run})
    pair = own.pair(slug) if slug else own.featured
    return Context(config=own, pair=pair, panel=Panel(observed, own, as_of), data="csv", meetings=())


def estimate(number: Number) -> Estimate:
    """Return the number, which must be there."""
    assert isinstance(number, Estimate)
    return number
