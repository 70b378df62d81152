"""Event study: sessions of events, responses, abnormal returns, tandem share."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
import statsmodels.api as sm

from generator.stats.event_study import (
    WINDOWS,
    abnormal_returns,
    event_beta,
    event_positions,
    event_responses,
    shock_kinds,
    tandem,
    yield_surprise_bp,
)

CALENDAR = np.arange("2020-01-01", "2021-01-01", dtype="datetime64[D]")
WEEKDAYS = CALENDAR[np.is_busday(CALENDAR)]


def test_event_on_a_closed_day_belongs_to_the_next_session() -> None:
    """Sunday 2020-03-15 is dated to Monday; a weekday to itself; after the last session to none."""
    positions = event_positions(WEEKDAYS, [date(2020, 3, 15), date(2020, 3, 16), date(2021, 2, 1)])
    assert WEEKDAYS[positions[:2]].tolist() == [date(2020, 3, 16), date(2020, 3, 16)]
    assert positions[2] == -1


def test_event_whose_session_is_missing_from_the_sample_is_left_out() -> None:
    """An event is never moved past an open session that the sample lacks, nor from before the sample into it."""
    sample = np.setdiff1d(WEEKDAYS, [np.datetime64("2020-03-16")])[20:]
    positions = event_positions(sample, [date(2020, 3, 15), date(2020, 3, 17), date(2020, 1, 3)], WEEKDAYS)
    assert positions[0] == -1
    assert sample[positions[1]] == np.datetime64("2020-03-17")
    assert positions[2] == -1


@pytest.mark.parametrize(("window", "expected"), [((0, 0), 5 - 4), ((-1, 1), 6 - 3), ((0, 5), 10 - 4)])
def test_responses_run_from_the_close_before_the_window(window: tuple[int, int], expected: float) -> None:
    """With ln P(t) = t^2 the response is the difference of the two squares named by the window."""
    log_price = np.arange(20.0) ** 2
    first, last = 5 + window[0] - 1, 5 + window[1]
    response = event_responses(log_price, np.array([5]), window)
    assert response.tolist() == [last**2 - first**2]
    assert last - first == expected


def test_incomplete_windows_are_missing() -> None:
    """Events at the edge, without a session, or with a missing price have no response."""
    log_price = np.column_stack([np.arange(10.0), np.arange(10.0)])
    log_price[4, 1] = np.nan
    response = event_responses(log_price, np.array([-1, 0, 4, 8]), (0, 1))
    np.testing.assert_array_equal(response, [[np.nan, np.nan], [np.nan, np.nan], [2, 2], [2, 2]])
    response = event_responses(log_price, np.array([5, 9]), (0, 1))
    np.testing.assert_array_equal(response, [[2, np.nan], [np.nan, np.nan]])


def test_surprise_is_the_days_yield_change_in_bp() -> None:
    """4.00 to 3.93 percent on the day is -7 bp."""
    assert yield_surprise_bp(np.array([4.1, 4.0, 3.93, 3.9]), np.array([2])) == pytest.approx([-7.0])


def test_event_beta_equals_statsmodels_hc3() -> None:
    """Slope and error of responses on surprises are those of OLS with HC3; events with a gap are left out."""
    rng = np.random.default_rng(1)
    surprise = 5 * rng.standard_normal(80)
    response = -0.0005 * surprise + 0.02 * rng.standard_normal(80)
    theirs = sm.OLS(response * 100, sm.add_constant(surprise / 25)).fit(cov_type="HC3", use_t=True)
    beta = event_beta(np.append(response, [np.nan, 0.5]), np.append(surprise, [1.0, np.nan]))
    assert beta.value == pytest.approx(theirs.params[1], rel=1e-10)
    assert beta.std_err == pytest.approx(theirs.bse[1], rel=1e-10)
    assert (beta.lower, beta.upper) == pytest.approx(tuple(theirs.conf_int()[1]), rel=1e-9)
    assert (beta.nobs, beta.lag) == (80, 0)


def _returns(seed: int = 2) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    market = 0.0004 + 0.01 * rng.standard_normal(600)
    return 0.001 + 1.8 * market + 0.02 * rng.standard_normal(600), market


def test_estimation_window_is_120_sessions_ending_11_before() -> None:
    """The mean model subtracts the mean of sessions e-130 to e-11 and nothing else; the first event with all is 130."""
    returns, _ = _returns()
    result = abnormal_returns(returns, np.array([129, 130, 400]), (0, 0))
    assert result.kept.tolist() == [False, True, True]
    expected = returns[400] - returns[270:390].mean()
    assert result.cumulative[1] == pytest.approx(expected, rel=1e-12)
    assert result.std_err[1] == pytest.approx(returns[270:390].std(ddof=1) * np.sqrt(1 + 1 / 120), rel=1e-12)


def test_market_adjusted_takes_off_the_market_of_the_same_session() -> None:
    """The abnormal return is r - r_M, summed over the window; its spread is that of the estimation window."""
    returns, market = _returns()
    result = abnormal_returns(returns, np.array([300]), (-1, 1), model="market_adjusted", market_returns=market)
    gap = returns - market
    assert result.cumulative[0] == pytest.approx(gap[299:302].sum(), rel=1e-12)
    assert result.std_err[0] == pytest.approx(gap[170:290].std(ddof=1) * np.sqrt(3), rel=1e-12)


def test_market_model_equals_statsmodels_forecast() -> None:
    """Abnormal return and forecast error of one session are those of the OLS market model's prediction."""
    returns, market = _returns()
    result = abnormal_returns(returns, np.array([300]), (0, 0), model="market_model", market_returns=market)
    fitted = sm.OLS(returns[170:290], sm.add_constant(market[170:290])).fit()
    forecast = fitted.get_prediction([[1.0, market[300]]]).summary_frame()
    assert result.cumulative[0] == pytest.approx(returns[300] - forecast["mean"][0], rel=1e-9)
    spread = np.sqrt(fitted.mse_resid + forecast["mean_se"][0] ** 2)
    assert result.std_err[0] == pytest.approx(spread, rel=1e-9)


@pytest.mark.parametrize("model", ["mean", "market_adjusted", "market_model"])
def test_nothing_after_the_window_enters(model: str) -> None:
    """Replacing every return after the event window leaves responses and abnormal returns as they were."""
    returns, market = _returns()
    positions = np.array([200, 300])
    for window in WINDOWS:
        changed, other = returns.copy(), market.copy()
        changed[300 + window[1] + 1 :] = 9.0
        other[300 + window[1] + 1 :] = -9.0
        before = abnormal_returns(returns, positions, window, model=model, market_returns=market)
        after = abnormal_returns(changed, positions, window, model=model, market_returns=other)
        np.testing.assert_array_equal(before.cumulative, after.cumulative)
        np.testing.assert_array_equal(before.std_err, after.std_err)
        log_price, moved = np.cumsum(returns), np.cumsum(returns)
        moved[300 + window[1] + 1 :] = 9.0
        np.testing.assert_array_equal(
            event_responses(log_price, positions, window), event_responses(moved, positions, window)
        )


def test_a_gap_in_the_estimation_window_leaves_the_event_out() -> None:
    """An event is kept only if every return from its estimation window to its event window is there."""
    returns, market = _returns()
    returns[0] = np.nan
    returns[250] = np.nan
    kept = abnormal_returns(returns, np.array([131, 200, 260, 381]), (0, 0)).kept
    assert kept.tolist() == [True, True, False, True]
    with pytest.raises(ValueError, match="needs market_returns"):
        abnormal_returns(market, np.array([200]), model="market_model")


def test_tandem_counts_same_signs_and_the_implied_way() -> None:
    """Same way, on events and on other days, and against the surprise, counted by hand; a zero is not the same way."""
    events = np.array([[1.0, 2.0], [-1.0, -2.0], [1.0, -1.0], [0.0, 1.0], [np.nan, 1.0]])
    others = np.array([[1.0, -1.0], [1.0, 1.0], [np.nan, 1.0]])
    surprise = np.array([-5.0, -5.0, 3.0, 0.0, 1.0])
    result = tandem(events, others, surprise)
    assert (result.event.value, result.event.nobs) == (0.5, 4)
    assert (result.other.value, result.other.nobs) == (0.5, 2)
    assert result.difference.value == 0.0
    assert result.implied is not None
    assert (result.implied.value, result.implied.nobs) == (pytest.approx(1 / 3), 3)
    assert tandem(events, others).implied is None
    assert tandem(events, others, np.zeros(5)).implied is None


def test_shocks_are_told_apart_by_sign() -> None:
    """Rates and stocks the same way is information, opposite ways is policy; a zero or a gap is neither."""
    kinds = shock_kinds(np.array([5.0, -5.0, 5.0, 0.0, np.nan]), np.array([0.01, -0.01, -0.01, 0.01, 0.01]))
    assert kinds.tolist() == ["information", "information", "policy", "", ""]
