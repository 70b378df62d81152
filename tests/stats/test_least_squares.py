"""Robust least squares against statsmodels and SciPy."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.stats
import statsmodels.api as sm

from generator.stats.least_squares import (
    fit,
    hac_meat,
    newey_west_lag,
    t_critical,
    t_pvalue,
    wald_test,
    with_constant,
)


def _data(nobs: int = 300, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    columns = rng.standard_t(4, size=(nobs, 2))
    errors = rng.standard_normal(nobs) * (1 + np.abs(columns[:, 0]))
    errors[1:] += 0.4 * errors[:-1]
    return 0.3 + columns @ np.array([0.5, -0.2]) + errors, with_constant(columns[:, 0], columns[:, 1])


@pytest.mark.parametrize(("nobs", "lag"), [(1, 1), (25, 2), (100, 4), (252, 4), (277, 5), (1172, 6), (2500, 8)])
def test_lag_rule(nobs: int, lag: int) -> None:
    """The lag is floor(4 (n / 100)^(2/9)), worked out by hand for these n."""
    assert newey_west_lag(nobs) == lag


@pytest.mark.parametrize("lag", [0, 1, 6, 20])
def test_hac_equals_statsmodels(lag: int) -> None:
    """Coefficients and HAC covariance are those of statsmodels without small-sample factor, to rounding."""
    y, design = _data()
    ours = fit(y, design, lag=lag)
    theirs = sm.OLS(y, design).fit(cov_type="HAC", cov_kwds={"maxlags": lag, "use_correction": False}, use_t=True)
    np.testing.assert_allclose(ours.params, theirs.params, rtol=1e-11)
    np.testing.assert_allclose(ours.cov, theirs.cov_params(), rtol=1e-10)
    np.testing.assert_allclose(ours.r_squared, theirs.rsquared, rtol=1e-11)
    assert ours.lag == lag
    assert ours.dof == theirs.df_resid


def test_hc3_equals_statsmodels() -> None:
    """HC3 is that of statsmodels to rounding, and carries no lag."""
    y, design = _data(60)
    ours = fit(y, design, cov_type="HC3")
    np.testing.assert_allclose(ours.std_errs, sm.OLS(y, design).fit(cov_type="HC3").bse, rtol=1e-11)
    assert ours.lag == 0


def test_wald_equals_statsmodels() -> None:
    """The F form of the Wald test, its degrees of freedom and p value are those of statsmodels."""
    y, design = _data()
    restrictions = np.array([[0.0, 1.0, 0.0], [0.0, 1.0, 1.0]])
    ours = fit(y, design, lag=5)
    test = wald_test(ours.params, ours.cov, restrictions, ours.dof)
    fitted = sm.OLS(y, design).fit(cov_type="HAC", cov_kwds={"maxlags": 5, "use_correction": False}, use_t=True)
    theirs = fitted.f_test(restrictions)
    np.testing.assert_allclose(test.stat, theirs.fvalue, rtol=1e-9)
    np.testing.assert_allclose(test.pvalue, theirs.pvalue, rtol=1e-8)
    assert (test.df_num, test.df_denom) == (2, 297)


@pytest.mark.parametrize("dof", [1, 5, 82, 1170])
def test_t_quantiles_equal_scipy(dof: int) -> None:
    """Critical value and p value are Student's, as in scipy.stats."""
    assert t_critical(dof, 0.95) == pytest.approx(scipy.stats.t.ppf(0.975, dof), rel=1e-10)
    assert t_pvalue(-1.3, dof) == pytest.approx(2 * scipy.stats.t.sf(1.3, dof), rel=1e-10)


def test_meat_without_lag_is_white() -> None:
    """At lag 0 the HAC sum is the plain sum of squared scores; it stays positive semi-definite at any lag."""
    scores = np.random.default_rng(3).standard_normal((50, 2))
    np.testing.assert_allclose(hac_meat(scores, 0), scores.T @ scores, rtol=1e-14)
    for lag in (1, 10, 49, 80):
        assert np.linalg.eigvalsh(hac_meat(scores, lag)).min() >= -1e-12


@pytest.mark.parametrize(
    ("response", "design", "message"),
    [
        (np.ones(3), np.ones((4, 1)), "the rows must match"),
        (np.ones(2), np.eye(2), "too few"),
        (np.array([1.0, np.nan, 2.0, 3.0]), with_constant(np.arange(4.0)), "must be finite"),
        (np.arange(4.0), with_constant(np.full(4, 7.0)), "collinear"),
    ],
)
def test_unusable_input_is_refused(response: np.ndarray, design: np.ndarray, message: str) -> None:
    """Mismatched, too few, missing or collinear data raise a sentence, never a number."""
    with pytest.raises(ValueError, match=message):
        fit(response, design)


def test_level_and_nobs_are_checked() -> None:
    """A level outside 0..1 and an empty sample are refused."""
    with pytest.raises(ValueError, match="level = 95"):
        t_critical(10, 95)
    with pytest.raises(ValueError, match="nobs = 0"):
        newey_west_lag(0)
