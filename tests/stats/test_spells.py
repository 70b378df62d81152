"""What prices did from the first cut of a run: counted by hand, cut off at what is known."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from generator.stats.spells import joint_up_share, max_drawdown, spell_outcome

SESSIONS = np.array(np.arange("2019-06-03", "2021-06-03", dtype="datetime64[D]"))
SESSIONS = SESSIONS[np.is_busday(SESSIONS)]
CUTS = (date(2020, 3, 3), date(2020, 3, 15))


def _prices(seed: int = 1) -> np.ndarray:
    return np.exp(np.cumsum(0.02 * np.random.default_rng(seed).standard_normal((SESSIONS.size, 2)), axis=0))


def test_returns_start_at_the_close_of_the_first_cut() -> None:
    """To the second cut (a Sunday, so Monday's close) and 63 sessions on, simple returns from the first cut's close."""
    prices = _prices()
    outcome = spell_outcome(CUTS, SESSIONS, prices)
    assert outcome is not None
    base = int(np.searchsorted(SESSIONS, np.datetime64("2020-03-03")))
    monday = int(np.searchsorted(SESSIONS, np.datetime64("2020-03-16")))
    assert outcome.base_position == base
    np.testing.assert_allclose(outcome.to_cut[2], prices[monday] / prices[base] - 1)
    np.testing.assert_allclose(outcome.after[63], prices[base + 63] / prices[base] - 1)
    assert np.isnan(outcome.to_cut[3]).all()
    window = prices[base : base + 64, 0]
    assert outcome.drawdown[63][0] == pytest.approx((window / np.maximum.accumulate(window)).min() - 1)


def test_horizons_still_ahead_are_missing_and_later_prices_change_nothing() -> None:
    """Cut off 100 sessions after the first cut, the 63-session figures stand and the longer ones are not told."""
    prices = _prices()
    whole = spell_outcome(CUTS, SESSIONS, prices)
    assert whole is not None
    known = whole.base_position + 101
    early = spell_outcome(CUTS, SESSIONS[:known], prices[:known])
    assert early is not None
    np.testing.assert_array_equal(early.after[63], whole.after[63])
    np.testing.assert_array_equal(early.drawdown[63], whole.drawdown[63])
    np.testing.assert_array_equal(early.to_cut[2], whole.to_cut[2])
    assert np.isnan(early.after[126]).all()
    assert np.isnan(early.drawdown[252]).all()


def test_a_second_cut_still_ahead_is_missing() -> None:
    """As of a date between two cuts the return to the second is not told."""
    prices = _prices()
    known = int(np.searchsorted(SESSIONS, np.datetime64("2020-03-10")))
    outcome = spell_outcome(CUTS, SESSIONS[:known], prices[:known])
    assert outcome is not None
    assert np.isnan(outcome.to_cut[2]).all()


def test_asset_that_did_not_exist_is_missing_and_a_run_before_the_sample_is_none() -> None:
    """An asset without a price at the first cut has no outcome, the other keeps its own."""
    prices = _prices()
    prices[:300, 1] = np.nan
    outcome = spell_outcome(CUTS, SESSIONS, prices)
    assert outcome is not None
    assert np.isfinite(outcome.after[126][0])
    assert np.isnan(outcome.after[126][1])
    assert np.isnan(outcome.drawdown[126][1])
    assert spell_outcome((date(2007, 9, 18),), SESSIONS, prices) is None


def test_drawdown_by_hand() -> None:
    """100, 120, 90, 130 falls 25 % from its high; a rising price falls nothing; a missing day is passed over."""
    prices = np.array([[100.0, 1.0], [120.0, 2.0], [90.0, np.nan], [130.0, 3.0]])
    np.testing.assert_allclose(max_drawdown(prices), [-0.25, 0.0])


def test_joint_up_share_counts_complete_runs() -> None:
    """Two runs that reached the horizon, one with both assets up: one in two, Wilson's interval; none reached, none."""
    prices = np.column_stack([np.linspace(1, 2, SESSIONS.size), np.linspace(2, 1, SESSIONS.size)])
    outcomes = [spell_outcome(CUTS, SESSIONS, p) for p in (prices, prices[:, :1].repeat(2, axis=1))]
    outcomes.append(spell_outcome(CUTS, SESSIONS[:200], prices[:200]))
    reached = [o for o in outcomes if o is not None]
    assert len(reached) == 3
    share = joint_up_share(reached, 126)
    assert share is not None
    assert (share.value, share.nobs) == (0.5, 2)
    assert share.upper - share.lower > 0.7
    assert joint_up_share(reached[2:], 252) is None
