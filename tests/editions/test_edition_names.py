"""Every published number has words of its own for the tables of numbers, changes and the feed."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date
from pathlib import Path

from generator.config import load_config
from generator.editions.names import Names

REPORT = Path(__file__).parents[2] / "report.toml"


def test_every_published_id_has_words_of_its_own(built_site: Path) -> None:
    """No id of any pair is shown as the pieces of its name, and no two ids of a pair read the same."""
    config = load_config(REPORT)
    for pair in config.pairs:
        names = Names.of_pair(config, pair)
        place = built_site / "data" / pair.slug / "findings.json"
        if pair is not config.featured and not place.is_file():
            continue
        ids = list(json.loads(place.read_text(encoding="utf-8"))["numbers"])
        assert [number_id for number_id in ids if not names.known(number_id)] == []
        assert [words for words, n in Counter(map(names.of, ids)).items() if n > 1] == []


def test_parts_of_an_id_in_words() -> None:
    """Assets, yields, windows and controls are named; a series by its label."""
    names = Names(a="Ether", b="Russell 2000", market="S&P 500", start=date(2018, 1, 1), labels={"btc_usd": "Bitcoin"})
    assert names.of("partial.btc_usd.all.drop") == "Correlation minus that given Bitcoin, since 2018-01-01"
    assert names.of("fomc.beta.kuttner.b") == (
        "Russell 2000 per +0.25 points of surprise in futures (Kuttner), on the statement day"
    )
    assert names.of("scenario.neither.1.25") == "Chance of neither up in the scenario of 1 cut, 25 % not priced in"
    assert names.of("specifications.levels.share_above_0.9") == "Specifications of prices at or above 0.9"


def test_an_unknown_id_keeps_its_parts() -> None:
    """An id of a later version is shown by its parts rather than not at all."""
    names = Names(a="Ether", b="Russell 2000", market="S&P 500", start=date(2018, 1, 1))
    assert not names.known("brand_new.thing.a.all")
    assert names.of("brand_new.thing.a.all") == "Brand new, thing, Ether, since 2018-01-01"
