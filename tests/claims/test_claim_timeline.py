"""A timeline gives each date's verdict and says which number crossed which line when it flips."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from generator.claims import Verdict, judge, timeline
from generator.findings import Estimate, Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable

    from generator.config import Claim

ONE = "correlation.pearson.daily.252"
RUN = "spells.longest_since_claim.2026-06-30"
OCTOBER, NOVEMBER, DECEMBER = date(2025, 10, 31), date(2025, 11, 28), date(2025, 12, 31)


def test_a_flip_names_the_end_the_line_and_the_side(size_claim: Claim, number: Callable[..., Estimate]) -> None:
    """The upper end falls from 0.72 to 0.68, below 0.70: that and nothing else explains the new verdict."""
    turns = timeline(size_claim, {NOVEMBER: {ONE: number(0.4, 0.68)}, OCTOBER: {ONE: number(0.4, 0.72)}})
    assert [turn.as_of for turn in turns] == [OCTOBER, NOVEMBER]
    assert [turn.judgement.verdict for turn in turns] == [Verdict.NOT_SUPPORTED, Verdict.CONTRADICTED]
    assert [turn.flipped for turn in turns] == [False, True]
    assert turns[0].previous is None
    assert turns[0].flip == ""
    assert turns[1].flip == "The upper end of correlation over a year went from 0.72 to 0.68, below 0.70."


def test_every_line_crossed_is_named(size_claim: Claim, number: Callable[..., Estimate]) -> None:
    """A leap over two lines names both."""
    turns = timeline(size_claim, {OCTOBER: {ONE: number(0.4, 0.6)}, NOVEMBER: {ONE: number(0.5, 0.95)}})
    assert turns[1].flip == (
        "The upper end of correlation over a year went from 0.60 to 0.95, at or above 0.90; the upper end of "
        "correlation over a year went from 0.60 to 0.95, at or above 0.70."
    )


def test_a_line_at_zero_is_called_zero(sign_claim: Claim, number: Callable[..., Estimate]) -> None:
    """For a claim of a fall, an upper end that comes below zero is said to have done so."""
    beta = "rates.beta.dgs2.a.252"
    turns = timeline(
        sign_claim,
        {
            OCTOBER: {beta: number(-3, 0.5, unit="percent per +25 bp")},
            NOVEMBER: {beta: number(-3, -0.5, unit="percent per +25 bp")},
        },
    )
    assert turns[1].flip == "The upper end of response of Ether went from +0.50 % to −0.50 %, below zero."


def test_no_flip_no_words(size_claim: Claim, number: Callable[..., Estimate]) -> None:
    """A number that moves without crossing anything that changes the verdict explains nothing."""
    turns = timeline(size_claim, {OCTOBER: {ONE: number(0.1, 0.6)}, NOVEMBER: {ONE: number(0.2, 0.5)}})
    assert turns[1].flip == ""
    assert not turns[1].flipped


def test_a_figure_that_disappears_or_comes_explains_the_flip(
    size_claim: Claim, number: Callable[..., Estimate]
) -> None:
    """Cannot be judged gives its reason; the verdict after it gives the figure."""
    turns = timeline(
        size_claim,
        {
            OCTOBER: {ONE: number(0.1, 0.6)},
            NOVEMBER: {ONE: Unavailable(reason="too few sessions")},
            DECEMBER: {ONE: number(0.1, 0.6)},
        },
    )
    assert turns[1].flip == "Correlation over a year is not available: too few sessions."
    assert turns[2].flip == "Correlation over a year is 0.35 (0.10 to 0.60), the whole interval below 0.70."


def test_a_deadline_that_passes_explains_the_flip(count_claim: Claim) -> None:
    """Nothing crossed a line; the day came."""

    def counted(last: date) -> dict[str, Estimate]:
        return {RUN: Estimate(value=2, nobs=4, unit="count", method="four-cuts", first=date(2025, 10, 29), last=last)}

    may, june = date(2026, 5, 29), date(2026, 6, 30)
    turns = timeline(count_claim, {may: counted(may), june: counted(june)})
    assert [turn.judgement.verdict for turn in turns] == [Verdict.TOO_EARLY, Verdict.CONTRADICTED]
    assert turns[1].flip == "Longest run of cuts: 2 by 2026-06-30, 4 asked for."


def test_each_date_is_judged_as_if_it_were_the_last(size_claim: Claim, number: Callable[..., Estimate]) -> None:
    """Later dates change nothing about earlier ones, and each judgement is the one `judge` gives for its date."""
    october, november = {ONE: number(0.4, 0.72)}, {ONE: number(0.4, 0.68)}
    long = timeline(size_claim, {OCTOBER: october, NOVEMBER: november})
    assert long[:1] == timeline(size_claim, {OCTOBER: october})
    assert long[1].judgement == judge(size_claim, november, NOVEMBER)


def test_numbers_from_after_a_date_are_refused(size_claim: Claim, number: Callable[..., Estimate]) -> None:
    """A timeline built from one final set of numbers would look ahead; it fails instead."""
    with pytest.raises(ValueError, match="later than 2025-10-31"):
        timeline(size_claim, {OCTOBER: {ONE: number(0.4, 0.7, last=NOVEMBER)}})


def test_simulated_data_stay_marked(size_claim: Claim, number: Callable[..., Estimate]) -> None:
    """Every judgement of a timeline from simulated data says so."""
    (turn,) = timeline(size_claim, {OCTOBER: {ONE: number(0.4, 0.7)}}, simulated=True)
    assert turn.judgement.simulated
