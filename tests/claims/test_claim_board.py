"""The board lists every claim; the skeleton of a new one is refused until it is complete."""

from __future__ import annotations

import json
import tomllib
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from generator.claims import Verdict, board_lines, board_rows, judge_all, skeleton
from generator.config import parse_config
from generator.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable

    from generator.config import Config
    from generator.findings import Estimate

TEXT = (Path(__file__).parents[2] / "report.toml").read_text(encoding="utf-8")
AS_OF = date(2025, 10, 7)


def test_the_board_has_every_claim_in_order(config: Config) -> None:
    """Without any number, each claim is on the board and none is decided."""
    judgements = judge_all(config, {}, AS_OF, simulated=False)
    assert list(judgements) == [claim.slug for claim in config.claims]
    assert {j.verdict for j in judgements.values()} <= {Verdict.CANNOT, Verdict.TOO_EARLY}
    rows = board_rows(config.claims, judgements)
    assert [row.slug for row in rows] == list(judgements)


def test_each_claim_reads_the_numbers_of_its_own_pair(config: Config, number: Callable[..., Estimate]) -> None:
    """The same id means another thing in another pair: only the claim about that pair gets a verdict."""
    year = {f"correlation.pearson.daily.{window}": number(0.5, 0.6) for window in (126, 252)}
    judgements = judge_all(config, {"eth-sp-500": year}, AS_OF, simulated=False)
    decided = [slug for slug, judgement in judgements.items() if judgement.verdict.rank is not None]
    assert decided == ["ether-is-a-risk-asset"]
    assert judgements["ether-is-a-risk-asset"].verdict is Verdict.SUPPORTED


def test_the_terminal_shows_verdict_and_numbers(config: Config, number: Callable[..., Estimate]) -> None:
    """Two lines per claim: slug and verdict, and below them what decided."""
    claim = config.claims[0]
    numbers = {number_id: number(0.5, 0.6) for number_id in claim.criterion.ids}
    rows = board_rows([claim], judge_all(config, {claim.pair: numbers}, AS_OF, simulated=False))
    first, second = board_lines(rows)
    assert first.split(maxsplit=1) == [claim.slug, "Contradicted"]
    assert second.strip() == rows[0].numbers
    assert json.loads(json.dumps(rows[0].as_json()))["decided_by"] == list(claim.criterion.ids)


def test_an_empty_board_says_what_to_do() -> None:
    """No claims is no error; the line names the command that makes one."""
    assert "new-claim" in board_lines([])[0]


def test_the_skeleton_is_refused_until_it_is_complete(config: Config) -> None:
    """It is valid TOML, appended as it is it names what is missing, and no value in it passes by accident."""
    text = TEXT + skeleton("a-new-claim", config)
    added = tomllib.loads(text)["claims"][-1]
    assert added["slug"] == "a-new-claim"
    with pytest.raises(ConfigError, match=r"claims\[\d+\]\.title: String should have at least 1 character"):
        parse_config(text.encode(), "report.toml")


def test_the_completed_skeleton_is_accepted(config: Config) -> None:
    """Filling in what the messages ask for, the hash last, leads to a valid claim."""
    made = skeleton("a-new-claim", config)
    for old, new in {
        'title = ""': 'title = "It is so"',
        'words = ""': 'words = "It is so."',
        'speaker = ""': 'speaker = "Somebody"',
        'said_on = ""': "said_on = 2026-12-01",
        'label = "", url = ""': 'label = "Where", url = "https://example.org/"',
        'reading = ""': 'reading = "This."',
        'left_out = ""': 'left_out = "That."',
        'fairness = ""': 'fairness = "Because."',
        'baseline = ""': 'baseline = "Nothing."',
        'fixed_on = ""': "fixed_on = 2026-12-02",
        'kind = ""': 'kind = "size"\nunit = "correlation"\nat_least = 0.5\nfloor = 0.3\n'
        '[claims.criterion.numbers]\n"correlation.pearson.daily.252" = "correlation"',
    }.items():
        with pytest.raises(ConfigError):
            parse_config((TEXT + made).encode(), "report.toml")
        assert old in made
        made = made.replace(old, new, 1)
    with pytest.raises(ConfigError, match="now it is") as asked:
        parse_config((TEXT + made).encode(), "report.toml")
    made = made.replace('criterion_sha256 = ""', f'criterion_sha256 = "{str(asked.value).rsplit(" ", 1)[1]}"')
    assert parse_config((TEXT + made).encode(), "report.toml").claims[-1].slug == "a-new-claim"


@pytest.mark.parametrize("slug", ["", "Upper", "a b", "../x", 'a"b', "con", "x" * 64, "a\nb"])
def test_a_slug_that_cannot_be_an_address_is_refused(config: Config, slug: str) -> None:
    """Nothing but an address gets into the file."""
    with pytest.raises(ConfigError, match="cannot be an address"):
        skeleton(slug, config)


def test_a_slug_in_use_is_refused(config: Config) -> None:
    """Every claim keeps its address."""
    with pytest.raises(ConfigError, match="already"):
        skeleton(config.claims[0].slug, config)
