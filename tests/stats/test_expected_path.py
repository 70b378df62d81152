"""The path implied by futures: a known path is recovered; odds, missing contracts, Brier score."""

from __future__ import annotations

import calendar
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.stats.expected_path import (
    MeetingOdds,
    NoOdds,
    brier_score,
    expected_path,
    implied_average_pct,
    step_probabilities,
)

MEETINGS = tuple(date(2026, *day) for day in ((1, 28), (3, 18), (4, 29), (6, 17), (7, 29), (9, 16), (10, 28), (12, 9)))
AS_OF = date(2026, 2, 10)


def _closes(rates: dict[date, float], start_pct: float, months: range = range(2, 14)) -> dict[str, float]:
    """Return contract closes for months of 2026 (13 = January 2027) under a known rate after each meeting."""
    closes = {}
    for number in months:
        year, month = 2026 + (number - 1) // 12, (number - 1) % 12 + 1
        days = calendar.monthrange(year, month)[1]
        rate = [start_pct] * days
        for i in range(days):
            today = date(year, month, 1) + timedelta(days=i)
            for meeting, after in sorted(rates.items()):
                if today > meeting:
                    rate[i] = after
        closes[f"{year}-{month:02d}"] = 100 - sum(rate) / days
    return closes


def _known_path(changes_bp: list[float], start_pct: float = 4.0) -> dict[date, float]:
    rates, level = {}, start_pct
    for meeting, change in zip(MEETINGS[1:], changes_bp, strict=True):
        level += change / 100
        rates[meeting] = level
    return rates


@given(changes=st.lists(st.floats(-60, 60), min_size=7, max_size=7))
def test_a_known_path_is_recovered(changes: list[float]) -> None:
    """Contracts priced from a path of rates give back the change at every meeting, whatever its size."""
    path = expected_path(AS_OF, _closes(_known_path(changes), 4.0), MEETINGS)
    assert [p.date for p in path] == list(MEETINGS[1:])
    for odds, change in zip(path, changes, strict=True):
        assert isinstance(odds, MeetingOdds)
        assert odds.change_bp == pytest.approx(change, abs=1e-6)
        assert odds.cumulative is not None
        for chances in (odds.steps, odds.cumulative):
            assert sum(chances.values()) == pytest.approx(1.0)
            assert all(0 <= p <= 1 for p in chances.values())


def test_expected_total_is_the_sum_of_the_changes() -> None:
    """The mean of the cumulative odds is the implied rate after the meeting minus the rate before the first."""
    path = expected_path(AS_OF, _closes(_known_path([-20, -10, 5, -40, 0, 12, -7]), 4.0), MEETINGS)
    for odds in path:
        assert isinstance(odds, MeetingOdds)
        assert odds.cumulative is not None
        mean = sum(step * p for step, p in odds.cumulative.items())
        assert mean / 100 == pytest.approx(odds.end_pct - 4.0, abs=1e-9)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (0.0, {0: 1.0}),
        (-25.0, {-25: 1.0}),
        (-23.925, {-25: 0.957, 0: 0.043}),
        (30.0, {25: 0.8, 50: 0.2}),
        (-60.0, {-75: 0.4, -50: 0.6}),
        (25 - 1e-12, {25: 1.0}),
    ],
)
def test_change_splits_between_its_two_neighbours(change: float, expected: dict[int, float]) -> None:
    """The odds are on the two multiples of 25 bp around the change, in proportion; -23.9 bp is 95.7 % on a cut."""
    assert step_probabilities(change) == {step: pytest.approx(p) for step, p in expected.items()}


def test_pricing_error_is_not_multiplied_by_late_meetings() -> None:
    """Half a basis point in any one contract moves no meeting's implied change by more than 2.5 bp."""
    closes = _closes(_known_path([-25, 0, -25, 0, -25, 0, -25]), 4.0)
    exact = expected_path(AS_OF, closes, MEETINGS, current_pct=4.0)
    for name in closes:
        moved = expected_path(AS_OF, closes | {name: closes[name] + 0.005}, MEETINGS, current_pct=4.0)
        for a, b in zip(exact, moved, strict=True):
            assert isinstance(a, MeetingOdds)
            assert isinstance(b, MeetingOdds)
            assert abs(a.change_bp - b.change_bp) <= 2.5


def test_missing_contract_hides_its_meetings_with_the_reason() -> None:
    """Without the May and June contracts the April and June meetings cannot be told; the others can, up to there."""
    closes = _closes(_known_path([-25.0] * 7), 4.0)
    del closes["2026-05"], closes["2026-06"]
    path = {p.date: p for p in expected_path(AS_OF, closes, MEETINGS)}
    april, june, july = (path[MEETINGS[i]] for i in (2, 3, 4))
    assert isinstance(path[MEETINGS[1]], MeetingOdds)
    assert april == NoOdds(date=MEETINGS[2], reason="no close of the contract 2026-05")
    assert june == NoOdds(date=MEETINGS[3], reason="no close of the contracts 2026-05, 2026-06")
    assert isinstance(july, MeetingOdds)
    assert july.change_bp == pytest.approx(-25.0)
    assert july.cumulative is None


def test_meeting_already_over_this_month_needs_the_rate_in_effect() -> None:
    """After a meeting of the current month the rate in effect is its end; a meeting of today is over."""
    rates = _known_path([-25.0, -50.0, 0, 0, 0, 0, 0])
    closes = _closes(rates, 4.0, range(3, 14))
    path = expected_path(date(2026, 3, 18), closes, MEETINGS, current_pct=3.75)
    assert path[0].date == date(2026, 4, 29)
    assert isinstance(path[0], MeetingOdds)
    assert path[0].start_pct == pytest.approx(3.75)
    assert path[0].change_bp == pytest.approx(-50.0)


def test_meeting_ahead_this_month_starts_from_the_rate_in_effect() -> None:
    """Before the meeting of the current month, its start is the rate in effect."""
    closes = _closes(_known_path([-25.0, 0, 0, 0, 0, 0, 0]), 4.0, range(3, 14))
    first = expected_path(date(2026, 3, 2), closes, MEETINGS, current_pct=4.0)[0]
    assert isinstance(first, MeetingOdds)
    assert (first.start_pct, first.change_bp) == (4.0, pytest.approx(-25.0))


def test_late_meeting_before_an_unknown_month_is_not_solved() -> None:
    """A meeting two days before the month's end has no odds if next month's contract is absent, but the reason."""
    closes = _closes(_known_path([0.0] * 7), 4.0, range(2, 8))
    july = expected_path(AS_OF, closes, MEETINGS[:5])[-1]
    assert july == NoOdds(date=MEETINGS[4], reason="no close of the contract 2026-08")


def test_nothing_undetermined_is_guessed() -> None:
    """Two meetings in one month, or months that leave both ends open, are told as such; no meeting gives no odds."""
    closes = _closes(_known_path([0.0] * 7), 4.0)
    twice = expected_path(AS_OF, closes, (*MEETINGS, date(2026, 9, 28)))
    reasons = {p.date: p.reason for p in twice if isinstance(p, NoOdds)}
    assert reasons[date(2026, 9, 16)] == "2026-09 has 2 meetings; one contract cannot tell them apart"
    every_month = tuple(date(2026, m, 15) for m in range(2, 8))
    path = expected_path(date(2026, 2, 1), _closes({}, 4.0, range(2, 8)), every_month)
    assert isinstance(path[0], NoOdds)
    assert path[0].reason == "the contracts around 2026-02 do not determine the rate before and after the meeting"
    assert expected_path(date(2026, 12, 9), closes, MEETINGS) == ()


def test_brier_score_by_hand() -> None:
    """0 for certainty that came true, 2 for certainty that did not, (0.2^2 + 0.2^2) for 80 % on what happened."""
    assert brier_score([{0: 1.0}], [0]) == 0.0
    assert brier_score([{0: 1.0}], [25]) == 2.0
    assert brier_score([{-25: 0.8, 0: 0.2}, {0: 1.0}], [-25, 0]) == pytest.approx(0.04)
    with pytest.raises(ValueError, match="at least one meeting"):
        brier_score([], [])


def test_price_is_hundred_minus_rate() -> None:
    """95.905 implies 4.095 percent."""
    assert implied_average_pct(95.905) == pytest.approx(4.095)
