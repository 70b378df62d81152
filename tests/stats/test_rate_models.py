"""Several yields, falls and rises, phases and two assets against statsmodels and algebra."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm

from generator.stats.least_squares import newey_west_lag
from generator.stats.rate_models import asymmetry, beta_difference, joint_rate_betas, level_and_slope, phase_betas
from generator.stats.regression import rate_beta


def _sample(nobs: int = 500, seed: int = 8) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    market = 0.01 * rng.standard_normal(nobs)
    short = 5 * rng.standard_normal(nobs)
    long = 0.6 * short + 3 * rng.standard_normal(nobs)
    return market, short, long


def _hac(response: np.ndarray, design: np.ndarray) -> sm.regression.linear_model.RegressionResults:
    lag = newey_west_lag(len(response))
    return sm.OLS(response, design).fit(cov_type="HAC", cov_kwds={"maxlags": lag, "use_correction": False}, use_t=True)


def test_level_and_slope_recover_a_parallel_shift_and_a_steepening() -> None:
    """If both yields have slopes b_s and b_l, the level's coefficient is b_s + b_l and the slope's (b_l - b_s) / 2."""
    _, short, long = _sample()
    returns = -0.0004 * short + 0.0001 * long
    joint = joint_rate_betas(returns, level_and_slope(short, long))
    assert [b.value for b in joint.rates] == pytest.approx([-0.75, 0.625], abs=1e-9)


def test_joint_betas_equal_statsmodels() -> None:
    """Yields and market in one regression: values, errors and the joint test are those of statsmodels with HAC."""
    market, short, long = _sample()
    rng = np.random.default_rng(2)
    returns = 1.5 * market - 0.0002 * short + 0.01 * rng.standard_normal(500)
    ours = joint_rate_betas(returns, np.column_stack([short, long]), controls=market[:, None])
    theirs = _hac(returns * 100, np.column_stack([np.ones(500), short / 25, long / 25, market * 100]))
    both = [*ours.rates, *ours.controls]
    np.testing.assert_allclose([b.value for b in both], theirs.params[1:], rtol=1e-9)
    np.testing.assert_allclose([b.std_err for b in both], theirs.bse[1:], rtol=1e-9)
    test = theirs.f_test(np.eye(4)[1:3])
    assert ours.test.stat == pytest.approx(float(test.fvalue), rel=1e-9)
    assert ours.test.pvalue == pytest.approx(float(test.pvalue), rel=1e-7)


def test_asymmetry_recovers_two_known_slopes() -> None:
    """A return that falls 1 % per +25 bp on rises and does nothing on falls shows exactly that; counts add up."""
    _, short, _ = _sample()
    rng = np.random.default_rng(4)
    returns = -0.0004 * np.maximum(short, 0) + 1e-6 * rng.standard_normal(500)
    result = asymmetry(returns, short)
    assert result.rises.value == pytest.approx(-1.0, abs=1e-3)
    assert result.falls.value == pytest.approx(0.0, abs=1e-3)
    assert result.test.pvalue < 1e-6
    assert result.rises.nobs + result.falls.nobs == np.count_nonzero(short)


def test_asymmetry_test_equals_statsmodels() -> None:
    """The Wald test of equal slopes is that of statsmodels."""
    market, short, _ = _sample()
    ours = asymmetry(market, short)
    design = np.column_stack([np.ones(500), np.minimum(short, 0) / 25, np.maximum(short, 0) / 25])
    theirs = _hac(market * 100, design).f_test(np.array([[0, 1, -1]]))
    assert ours.test.stat == pytest.approx(float(theirs.fvalue), rel=1e-9)


@pytest.mark.slow
def test_asymmetry_test_has_its_size() -> None:
    """With one true slope and independent errors the 5 % Wald test rejects 3.5 to 6.5 % of the time."""
    rng = np.random.default_rng(31)
    trials = 2000
    rejected = 0
    for _ in range(trials):
        change = 5 * rng.standard_normal(1000)
        rejected += asymmetry(-0.0002 * change + 0.01 * rng.standard_normal(1000), change).test.pvalue < 0.05
    assert 0.035 <= rejected / trials <= 0.065


def test_beta_difference_equals_the_stacked_regression() -> None:
    """The difference and its error are those of both equations stacked, with the HAC covariance of the joint scores."""
    market, short, _ = _sample()
    rng = np.random.default_rng(6)
    small = 1.2 * market - 0.0003 * short + 0.004 * rng.standard_normal(500)
    ours = beta_difference(small, market, short)
    design = np.column_stack([np.ones(500), short / 25])
    fits = [sm.OLS(r * 100, design).fit() for r in (small, market)]
    scores = np.column_stack([design * f.resid[:, None] for f in fits])
    lag = newey_west_lag(500)
    meat = scores.T @ scores
    for k in range(1, lag + 1):
        cross = scores[k:].T @ scores[:-k]
        meat += (1 - k / (lag + 1)) * (cross + cross.T)
    bread = np.kron(np.eye(2), np.linalg.inv(design.T @ design))
    contrast = np.array([0.0, 1.0, 0.0, -1.0])
    assert ours.value == pytest.approx(fits[0].params[1] - fits[1].params[1], rel=1e-9)
    assert ours.std_err == pytest.approx(np.sqrt(contrast @ bread @ meat @ bread @ contrast), rel=1e-9)


def test_beta_difference_is_sharper_than_two_overlapping_intervals() -> None:
    """When both assets share their noise, the error of the difference is below that of independent estimates."""
    market, short, _ = _sample()
    small = 1.1 * market - 0.0003 * short
    ours = beta_difference(small, market, short)
    apart = np.hypot(rate_beta(small, short).std_err, rate_beta(market, short).std_err)
    assert ours.std_err < 0.2 * apart


def test_phase_betas_are_those_of_each_phase_alone() -> None:
    """Each phase has the slope of its own sessions; known equal slopes are not told apart, known different ones are."""
    _, short, _ = _sample()
    rng = np.random.default_rng(9)
    noise = 0.002 * rng.standard_normal(500)
    phases = np.array(["", *["hiking"] * 199, *["holding"] * 150, *["easing"] * 140, *["hiking"] * 10])
    different = np.where(phases == "easing", -0.0008, -0.0002) * short + noise
    result = phase_betas(different, short, phases)
    assert list(result.betas) == ["hiking", "holding", "easing"]
    for name, beta in result.betas.items():
        alone = rate_beta(different[phases == name], short[phases == name])
        assert beta.value == pytest.approx(alone.value, rel=1e-9)
        assert beta.nobs == alone.nobs
    assert result.test is not None
    assert result.test.pvalue < 1e-6
    same = phase_betas(-0.0002 * short + noise, short, phases)
    assert same.test is not None
    assert same.test.pvalue > 0.05


def test_short_phases_are_counted_not_estimated() -> None:
    """A phase with fewer than 30 sessions is named with its count; one phase alone has no test of equality."""
    market, short, _ = _sample(60)
    phases = np.array([*["hiking"] * 40, *["easing"] * 20])
    result = phase_betas(market, short, phases)
    assert list(result.betas) == ["hiking"]
    assert result.too_short == {"easing": 20}
    assert result.test is None
    nothing = phase_betas(market[:20], short[:20], phases[-20:])
    assert nothing.betas == {}
    assert nothing.too_short == {"easing": 20}
