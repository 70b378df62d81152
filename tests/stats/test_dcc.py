"""The dynamic conditional correlation: its recursion, its likelihood, and recovery of known parameters."""

from __future__ import annotations

import numpy as np
import pytest
from arch import arch_model

from generator.stats.dcc import (
    dcc_correlations,
    dcc_fit,
    dcc_log_likelihood,
    dcc_parameters,
    garch_margin,
)
from generator.stats.simulation import dcc_pairs, garch_returns


def _loop(z: np.ndarray, a: float, b: float) -> np.ndarray:
    """Return the conditional correlations by the recursion on matrices, one day after the other."""
    moments = z.T @ z / len(z)
    scale = np.sqrt(np.diag(moments))
    target = moments / np.outer(scale, scale)
    q, out = target.copy(), []
    for row in z:
        out.append(q[0, 1] / np.sqrt(q[0, 0] * q[1, 1]))
        q = (1 - a - b) * target + a * np.outer(row, row) + b * q
    return np.array([*out, q[0, 1] / np.sqrt(q[0, 0] * q[1, 1])])


@pytest.mark.parametrize(("a", "b"), [(0.05, 0.9), (0.0, 0.0), (0.3, 0.1), (0.001, 0.998)])
def test_filter_equals_the_matrix_loop(a: float, b: float) -> None:
    """One linear filter per entry gives what Engle's matrix recursion gives, to twelve digits."""
    z, _ = dcc_pairs(400, a=0.05, b=0.9, long_run=0.4, rng=np.random.default_rng(1))
    np.testing.assert_allclose(dcc_correlations(z[:, 0], z[:, 1], a, b), _loop(z, a, b), rtol=0, atol=1e-12)


def test_likelihood_is_the_bivariate_normal_one() -> None:
    """Up to the constant and the margins, it is scipy's bivariate normal density of each day's residuals."""
    from scipy.stats import multivariate_normal, norm  # noqa: PLC0415 - used here only

    z, _ = dcc_pairs(60, a=0.05, b=0.9, long_run=0.4, rng=np.random.default_rng(2))
    rho = dcc_correlations(z[:, 0], z[:, 1], 0.1, 0.8)[:-1]
    full = sum(multivariate_normal(cov=[[1, r], [r, 1]]).logpdf(row) for r, row in zip(rho, z, strict=True))
    # Our loss keeps z'z inside; the margins' own -z'z/2 - ln(2 pi) is the constant between them.
    constant = norm.logpdf(z).sum() + 0.5 * (z**2).sum()
    assert dcc_log_likelihood(z[:, 0], z[:, 1], 0.1, 0.8) + constant == pytest.approx(float(full), abs=1e-9)


def test_parameters_are_a_maximum() -> None:
    """No point of a fine grid around the estimate has a higher likelihood."""
    z, _ = dcc_pairs(1500, a=0.06, b=0.90, long_run=0.4, rng=np.random.default_rng(3))
    a, b = dcc_parameters(z[:, 0], z[:, 1])
    best = dcc_log_likelihood(z[:, 0], z[:, 1], a, b)
    grid = [(i / 100, j / 100) for i in range(0, 31, 2) for j in range(0, 100, 3) if i + j < 100]
    assert all(dcc_log_likelihood(z[:, 0], z[:, 1], i, j) <= best + 1e-6 for i, j in grid)
    steps = [(a + da, b + db) for da in (-1e-3, 0, 1e-3) for db in (-1e-3, 0, 1e-3)]
    assert all(dcc_log_likelihood(z[:, 0], z[:, 1], i, j) <= best + 1e-6 for i, j in steps)


def test_recovers_what_was_simulated() -> None:
    """Returns simulated with GARCH margins and a = 0.05, b = 0.90, 0.4: every parameter and the path come back."""
    z, truth = dcc_pairs(6000, a=0.05, b=0.90, long_run=0.4, rng=np.random.default_rng(4))
    x = garch_returns(z[:, 0], omega=2e-5, alpha=0.05, beta=0.90)
    y = garch_returns(z[:, 1], omega=1e-6, alpha=0.08, beta=0.88)
    fit = dcc_fit(x, y)
    # The standard errors of a and b at n = 6,000 are about 0.007 and 0.02.
    assert fit.a == pytest.approx(0.05, abs=0.02)
    assert fit.b == pytest.approx(0.90, abs=0.05)
    assert fit.long_run == pytest.approx(0.4, abs=0.05)
    assert fit.margins[0].alpha == pytest.approx(0.05, abs=0.02)
    assert fit.margins[1].beta == pytest.approx(0.88, abs=0.05)
    assert np.corrcoef(fit.correlations, truth)[0, 1] > 0.95
    assert float(np.abs(fit.correlations - truth).mean()) < 0.03


def test_margin_is_arch() -> None:
    """The margin is arch's GARCH(1,1) with Student t on percent returns, its residuals included."""
    z, _ = dcc_pairs(800, a=0.05, b=0.90, long_run=0.4, rng=np.random.default_rng(5))
    x = garch_returns(z[:, 0], omega=2e-5, alpha=0.05, beta=0.90)
    theirs = arch_model(x * 100, vol="GARCH", p=1, q=1, dist="t").fit(disp="off")
    margin, residuals = garch_margin(x)
    assert [margin.omega, margin.alpha, margin.beta, margin.freedom] == theirs.params.to_list()[1:]
    np.testing.assert_array_equal(residuals, theirs.std_resid)


def test_path_looks_only_back() -> None:
    """With the long-run matrix held fixed, a day's value does not depend on that day's or later residuals."""
    z, _ = dcc_pairs(300, a=0.05, b=0.9, long_run=0.4, rng=np.random.default_rng(6))
    later = np.concatenate([z[:200], z[200:][::-1]])  # the same residuals in another order: the same moments
    before, after = (dcc_correlations(rows[:, 0], rows[:, 1], 0.1, 0.8) for rows in (z, later))
    np.testing.assert_allclose(before[:201], after[:201], rtol=0, atol=1e-12)
    assert np.abs(before[201:] - after[201:]).max() > 0.01


def test_exchange_and_scale_change_nothing() -> None:
    """The pair may be given in either order and in any unit."""
    z, _ = dcc_pairs(600, a=0.05, b=0.9, long_run=0.4, rng=np.random.default_rng(7))
    x = garch_returns(z[:, 0], omega=2e-5, alpha=0.05, beta=0.90)
    y = garch_returns(z[:, 1], omega=1e-6, alpha=0.08, beta=0.88)
    first, second = dcc_fit(x, y), dcc_fit(y, x)
    assert first.latest == pytest.approx(second.latest, abs=1e-6)
    assert first.correlations.shape == (600,)
    assert (np.abs(first.correlations) <= 1).all()


def test_short_series_are_refused() -> None:
    """Under a year of sessions there is no fit."""
    with pytest.raises(ValueError, match="nobs = 100: a DCC model needs at least 250 returns"):
        dcc_fit(np.zeros(100), np.zeros(100))
