"""The simulated pairs have the correlation and the variances they claim."""

from __future__ import annotations

import numpy as np
import pytest

from generator.stats.simulation import common_garch_pairs, dcc_pairs, garch_returns


@pytest.mark.parametrize("freedom", [None, 5.0])
def test_common_garch_has_its_moments(freedom: float | None) -> None:
    """Unit variances, correlation 0.5, and squares that remember: 400,000 values, tolerance four errors."""
    pairs = common_garch_pairs(400, 1000, freedom=freedom, rng=np.random.default_rng(1))
    x, y = pairs[:, 0].ravel(), pairs[:, 1].ravel()
    assert np.corrcoef(x, y)[0, 1] == pytest.approx(0.5, abs=0.012)
    assert [x.var(), y.var()] == pytest.approx([1.0, 1.0], abs=0.05)
    if freedom is None:
        squares = pairs[:, 0] ** 2
        lagged = np.corrcoef(squares[1:].ravel(), squares[:-1].ravel())[0, 1]
        # GARCH(1,1): alpha (1 - alpha beta - beta^2) / (1 - 2 alpha beta - beta^2).
        assert lagged == pytest.approx(0.05 * (1 - 0.045 - 0.81) / (1 - 0.09 - 0.81), abs=0.015)


def test_correlation_may_follow_a_path() -> None:
    """Before and after a change each half has its own correlation."""
    rho = np.where(np.arange(200) < 100, 0.0, 0.8)
    pairs = common_garch_pairs(200, 500, rho=rho, rng=np.random.default_rng(2))
    halves = [
        np.corrcoef(pairs[half, 0].ravel(), pairs[half, 1].ravel())[0, 1] for half in (slice(100), slice(100, None))
    ]
    assert halves == pytest.approx([0.0, 0.8], abs=0.03)


def test_dcc_pairs_carry_their_correlations() -> None:
    """Standardised on their own conditional correlations the residuals are unrelated; the path is not flat."""
    z, rho = dcc_pairs(20_000, a=0.05, b=0.9, long_run=0.4, rng=np.random.default_rng(3))
    freed = (z[:, 1] - rho * z[:, 0]) / np.sqrt(1 - rho**2)
    assert np.corrcoef(z[:, 0], freed)[0, 1] == pytest.approx(0.0, abs=0.03)
    assert [freed.var(), z[:, 0].var(), rho.mean()] == pytest.approx([1.0, 1.0, 0.4], abs=0.05)
    assert rho.std() > 0.05


def test_garch_returns_have_their_variance() -> None:
    """Long-run variance omega / (1 - alpha - beta)."""
    z = np.random.default_rng(4).standard_normal(50_000)
    assert garch_returns(z, omega=0.1, alpha=0.05, beta=0.9).var() == pytest.approx(2.0, rel=0.05)
