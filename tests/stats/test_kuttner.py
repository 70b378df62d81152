"""Kuttner's surprise: scaling by the days that remain, the rule of the last days, absent contracts."""

from __future__ import annotations

from datetime import date

import pytest

from generator.stats.kuttner import Kuttner, NoSurprise, contract_month, kuttner_surprise

BEFORE = {"2022-06": 98.80, "2022-07": 98.40, "2022-08": 97.9}
AFTER = {"2022-06": 98.77, "2022-07": 98.35, "2022-08": 97.8}


def _surprise(day: date, **kwargs: int) -> Kuttner:
    result = kuttner_surprise(day, BEFORE, AFTER, **kwargs)
    assert isinstance(result, Kuttner)
    return result


def test_mid_month_surprise_is_scaled_by_the_days_that_remain() -> None:
    """On day 15 of 30, a fall of the front contract by 3 bp means a surprise of 3 * 30 / 15 = 6 bp upwards."""
    result = _surprise(date(2022, 6, 15))
    assert result.surprise_bp == pytest.approx(6.0)
    assert (result.contract, result.scale) == ("2022-06", 2.0)


def test_first_day_of_a_month_is_hardly_scaled() -> None:
    """On day 1 of 30 the factor is 30 / 29."""
    assert _surprise(date(2022, 6, 1)).scale == pytest.approx(30 / 29)


@pytest.mark.parametrize(
    ("day", "contract", "scale"), [(23, "2022-06", 30 / 7), (24, "2022-07", 1.0), (30, "2022-07", 1.0)]
)
def test_last_days_use_next_month_unscaled(day: int, contract: str, scale: float) -> None:
    """With seven days left the front month is scaled; with six, next month's contract is taken as it is."""
    result = _surprise(date(2022, 6, day))
    assert (result.contract, result.scale) == (contract, pytest.approx(scale))


def test_without_the_rule_only_the_last_day_uses_next_month() -> None:
    """A rule of zero days scales up to the day before the month ends, where the factor would be infinite."""
    assert _surprise(date(2022, 6, 29), last_days=0).scale == pytest.approx(30.0)
    assert _surprise(date(2022, 6, 30), last_days=0).contract == "2022-07"


def test_missing_contract_is_named() -> None:
    """A contract absent on either day gives the reason, not a number from another contract."""
    before = kuttner_surprise(date(2022, 6, 15), {"2022-07": 98.4}, AFTER)
    after = kuttner_surprise(date(2022, 6, 28), BEFORE, {"2022-06": 98.77})
    assert before == NoSurprise(reason="no close of the 2022-06 contract on the session before 2022-06-15")
    assert after == NoSurprise(reason="no close of the 2022-07 contract on 2022-06-28")


@pytest.mark.parametrize(("ahead", "expected"), [(0, "2022-12"), (1, "2023-01"), (13, "2024-01")])
def test_contract_months_roll_over_the_year(ahead: int, expected: str) -> None:
    """December plus one is January of the next year."""
    assert contract_month(date(2022, 12, 14), ahead) == expected
