"""The rate beta and its rolling form against statsmodels, its invariances, and its coverage."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.stats
import statsmodels.api as sm
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.regression.rolling import RollingOLS

from generator.stats.regression import newey_west_lag, rate_beta, rolling_rate_beta


def _pair(nobs: int = 400, seed: int = 5) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    rate_change_bp = 6 * rng.standard_t(5, size=nobs)
    returns = -0.0003 * rate_change_bp + 0.01 * rng.standard_normal(nobs) * (1 + np.abs(rate_change_bp) / 10)
    return returns, rate_change_bp


def test_rate_beta_equals_statsmodels() -> None:
    """Value, error, interval, p value and R2 are those of OLS of % on 25 bp with the HAC lag of METHODS 3."""
    returns, change = _pair()
    ours = rate_beta(returns, change, level=0.9)
    fitted = sm.OLS(returns * 100, sm.add_constant(change / 25)).fit()
    theirs = fitted.get_robustcov_results("HAC", maxlags=newey_west_lag(400), use_correction=False)
    lower, upper = theirs.conf_int(0.1)[1]
    expected = (theirs.params[1], theirs.bse[1], lower, upper, theirs.pvalues[1], theirs.rsquared)
    actual = (ours.value, ours.std_err, ours.lower, ours.upper, ours.pvalue, ours.r_squared)
    np.testing.assert_allclose(actual, expected, rtol=1e-9)
    assert (ours.nobs, ours.lag, ours.level) == (400, 5, 0.9)


def test_rate_beta_of_an_exact_line() -> None:
    """A return that is exactly -0.02 % per bp has beta -0.5 % per +25 bp, no error and R2 of one."""
    change = np.array([-10.0, 5.0, 0.0, 25.0, -3.0])
    beta = rate_beta(0.001 - 0.0002 * change, change)
    assert beta.value == pytest.approx(-0.5, abs=1e-12)
    assert beta.std_err == pytest.approx(0.0, abs=1e-12)
    assert beta.r_squared == pytest.approx(1.0, abs=1e-12)


@given(scale=st.floats(0.01, 100), shift=st.floats(-0.05, 0.05))
def test_rate_beta_scales_with_the_return(scale: float, shift: float) -> None:
    """Multiplying the return multiplies value and error; adding a constant to it changes nothing."""
    returns, change = _pair(60)
    plain, moved = rate_beta(returns, change), rate_beta(returns * scale + shift, change)
    assert moved.value == pytest.approx(plain.value * scale, rel=1e-7)
    assert moved.std_err == pytest.approx(plain.std_err * scale, rel=1e-7)
    assert moved.pvalue == pytest.approx(plain.pvalue, rel=1e-6)


def test_rolling_equals_the_beta_of_each_window() -> None:
    """Every value and band end equals `rate_beta` of that window alone, so table and chart cannot disagree."""
    returns, change = _pair(300)
    beta, lower, upper = rolling_rate_beta(returns, change, 63, 0.95)
    for last in (62, 63, 100, 211, 299):
        window = slice(last - 62, last + 1)
        alone = rate_beta(returns[window], change[window])
        np.testing.assert_allclose(
            (beta[last], lower[last], upper[last]), (alone.value, alone.lower, alone.upper), rtol=1e-9
        )
    assert np.isnan(beta[:62]).all()
    assert np.isfinite(upper[62:]).all()


def test_rolling_classical_band_equals_rolling_ols() -> None:
    """With equal-variance errors, values and bands are those of statsmodels RollingOLS."""
    returns, change = _pair(300)
    beta, lower, upper = rolling_rate_beta(returns, change, 63, cov_type="nonrobust")
    theirs = RollingOLS(returns * 100, sm.add_constant(change / 25), window=63).fit()
    half = scipy.stats.t.ppf(0.975, 61) * theirs.bse[62:, 1]
    np.testing.assert_allclose(beta[62:], theirs.params[62:, 1], rtol=1e-9)
    np.testing.assert_allclose((upper - lower)[62:] / 2, half, rtol=1e-9)


def test_rolling_survives_a_large_mean() -> None:
    """A level a million times the spread costs no more than rounding of that level."""
    returns, change = _pair(300)
    plain = rolling_rate_beta(returns, change, 63)
    shifted = rolling_rate_beta(returns + 1e4, change + 1e6, 63)
    for ours, moved in zip(plain, shifted, strict=True):
        np.testing.assert_allclose(moved[62:], ours[62:], rtol=1e-5, atol=1e-6)


def test_rolling_window_without_rate_moves_is_missing() -> None:
    """A window in which the yield did not move has no beta; its neighbours keep theirs."""
    returns, change = _pair(200)
    change[50:100] = 0.0
    beta, lower, _ = rolling_rate_beta(returns, change, 30)
    assert np.isnan(beta[79:100]).all()
    assert np.isnan(lower[79:100]).all()
    assert np.isfinite(beta[100:]).all()


def test_rolling_uses_nothing_later() -> None:
    """What comes after a session does not change the value of that session."""
    returns, change = _pair(300)
    beta, lower, upper = rolling_rate_beta(returns, change, 63)
    early = rolling_rate_beta(returns[:200], change[:200], 63)
    for whole, cut in zip((beta, lower, upper), early, strict=True):
        np.testing.assert_allclose(whole[:200], cut, rtol=1e-8)


def test_rolling_leaves_its_input_alone_and_handles_short_samples() -> None:
    """The arrays given are not changed; a sample shorter than the window gives NaN, a window of two is refused."""
    returns, change = _pair(40)
    kept = returns.copy(), change.copy()
    rolling_rate_beta(returns, change, 20)
    assert np.array_equal(returns, kept[0])
    assert np.array_equal(change, kept[1])
    assert np.isnan(rolling_rate_beta(returns, change, 41)[0]).all()
    with pytest.raises(ValueError, match="window_obs = 2"):
        rolling_rate_beta(returns, change, 2)
    with pytest.raises(ValueError, match="must be finite"):
        rolling_rate_beta(np.append(returns[1:], np.nan), change, 20)


@pytest.mark.slow
def test_interval_covers_under_serial_correlation_and_changing_variance() -> None:
    """With 1,000 sessions, clustered variance and autocorrelation the 95 % interval covers 93 to 97 % of the time.

    Newey-West intervals are known to be a little short in finite samples; two points is what this design shows.
    """
    rng = np.random.default_rng(20)
    hits, trials = 0, 2000
    for _ in range(trials):
        shocks = rng.standard_normal((1000, 2))
        change = 6 * shocks[:, 0]
        change[1:] += 0.2 * change[:-1]
        errors = shocks[:, 1] * (0.7 + 0.05 * np.abs(change))
        errors[1:] += 0.2 * errors[:-1]
        beta = rate_beta((-0.02 * change + errors) / 100, change)
        hits += beta.lower <= -0.5 <= beta.upper
    assert 0.93 <= hits / trials <= 0.97
