"""Local projections: a known path of responses, agreement with the event beta, truncation."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm

from generator.stats.event_study import event_beta, event_responses
from generator.stats.least_squares import newey_west_lag
from generator.stats.local_projections import local_projections

POSITIONS = np.arange(1, 81) * 30


def _log_price(surprise_bp: np.ndarray, noise: float, seed: int = 1) -> np.ndarray:
    """Return a log price that answers each -25 bp with +1 % on the day and +0.1 % more on each of ten sessions."""
    rng = np.random.default_rng(seed)
    returns = noise * rng.standard_normal(2450)
    for position, surprise in zip(POSITIONS, surprise_bp, strict=True):
        returns[position] += -0.01 * surprise / 25
        returns[position + 1 : position + 11] += -0.001 * surprise / 25
    return np.cumsum(returns)


def test_known_path_is_recovered() -> None:
    """Without noise the response is 1 % at once, 2 % after ten sessions, then flat; with noise the bands hold it."""
    surprise = 8 * np.random.default_rng(2).standard_normal(80)
    expected = np.minimum(1 + 0.1 * np.arange(21), 2.0)
    exact = local_projections(_log_price(surprise, 0.0), POSITIONS, surprise)
    np.testing.assert_allclose(exact.value, expected, atol=1e-9)
    assert exact.horizon.tolist() == list(range(21))
    assert exact.nobs.tolist() == [80] * 21
    noisy = local_projections(_log_price(surprise, 0.005), POSITIONS, surprise)
    inside = (noisy.lower <= expected) & (expected <= noisy.upper)
    assert inside.mean() > 0.8


def test_each_horizon_equals_statsmodels() -> None:
    """Value and band at a horizon are those of OLS over the events with HAC errors, per -25 bp."""
    surprise = 8 * np.random.default_rng(3).standard_normal(80)
    log_price = _log_price(surprise, 0.01)
    ours = local_projections(log_price, POSITIONS, surprise, level=0.9)
    for h in (0, 7, 20):
        response = event_responses(log_price, POSITIONS, (0, h)) * 100
        kwds = {"maxlags": newey_west_lag(80), "use_correction": False}
        theirs = sm.OLS(response, sm.add_constant(-surprise / 25)).fit(cov_type="HAC", cov_kwds=kwds, use_t=True)
        lower, upper = theirs.conf_int(0.1)[1]
        assert (ours.value[h], ours.lower[h], ours.upper[h]) == pytest.approx(
            (theirs.params[1], lower, upper), rel=1e-9
        )


def test_horizon_zero_is_the_event_beta_with_its_sign_turned() -> None:
    """The path starts at the headline's number."""
    surprise = 8 * np.random.default_rng(4).standard_normal(80)
    log_price = _log_price(surprise, 0.01)
    beta = event_beta(event_responses(log_price, POSITIONS), surprise)
    assert local_projections(log_price, POSITIONS, surprise).value[0] == pytest.approx(-beta.value, rel=1e-10)


def test_horizons_still_ahead_drop_events_and_few_events_give_nothing() -> None:
    """An event without its horizon behind it leaves that horizon alone; below ten events there is no estimate."""
    surprise = 8 * np.random.default_rng(5).standard_normal(80)
    log_price = _log_price(surprise, 0.01)[: POSITIONS[-1] + 6]
    result = local_projections(log_price, POSITIONS, surprise)
    assert result.nobs[:6].tolist() == [80] * 6
    assert result.nobs[6:].tolist() == [79] * 15
    few = local_projections(log_price, POSITIONS[:9], surprise[:9])
    assert np.isnan(few.value).all()
    assert few.nobs.tolist() == [9] * 21


def test_nothing_after_a_horizon_enters_it() -> None:
    """Changing prices more than h sessions after the last event leaves horizons up to h as they were."""
    surprise = 8 * np.random.default_rng(6).standard_normal(80)
    log_price = _log_price(surprise, 0.01)
    changed = log_price.copy()
    changed[POSITIONS[-1] + 6 :] += 5.0
    before, after = (local_projections(p, POSITIONS, surprise) for p in (log_price, changed))
    np.testing.assert_array_equal(before.value[:6], after.value[:6])
    np.testing.assert_array_equal(before.upper[:6], after.upper[:6])
    assert (before.value[6:] != after.value[6:]).all()
