"""Exceedance correlations and joint crashes against closed forms and simulation."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate
from scipy.stats import multivariate_normal

from generator.stats.simulation import common_garch_pairs
from generator.stats.tails import co_crash, exceedance_correlations, normal_exceedance_corr, normal_joint_tail


def _normal_pair(nobs: int, rho: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    x, e = np.random.default_rng(seed).standard_normal((2, nobs))
    return x, rho * x + math.sqrt(1 - rho * rho) * e


def _integrated(rho: float, h: float) -> float:
    """Return the exceedance correlation by numerical integration of the five truncated moments."""
    density = multivariate_normal(cov=[[1, rho], [rho, 1]]).pdf

    def moment(p: int, q: int) -> float:
        return float(integrate.dblquad(lambda y, x: x**p * y**q * density([x, y]), h, 9, h, 9, epsabs=1e-10)[0])

    mass = moment(0, 0)
    m1, m2, m11 = moment(1, 0) / mass, moment(2, 0) / mass, moment(1, 1) / mass
    return (m11 - m1 * m1) / (m2 - m1 * m1)


@pytest.mark.parametrize(("rho", "h"), [(0.5, 1.0), (0.3, 0.0), (-0.4, 0.5)])
def test_normal_closed_form_equals_integration(rho: float, h: float) -> None:
    """The truncated moments in closed form agree with integrating the density, to eight digits."""
    assert normal_exceedance_corr(rho, h) == pytest.approx(_integrated(rho, h), abs=1e-8)


@given(rho=st.floats(-0.95, 0.95), h=st.floats(0.0, 3.0))
def test_normal_tail_equals_scipy_and_is_symmetric(rho: float, h: float) -> None:
    """Owen's T gives scipy's bivariate tail; both tails agree; without correlation the exceedance has none."""
    scipy_tail = multivariate_normal(cov=[[1, rho], [rho, 1]]).cdf([-h, -h])
    assert normal_joint_tail(rho, h) == pytest.approx(float(scipy_tail), abs=1e-6)
    assert normal_exceedance_corr(rho, -h) == normal_exceedance_corr(rho, h)
    assert normal_exceedance_corr(0.0, h) == pytest.approx(0.0, abs=1e-9)


def test_normal_exceedance_fades_in_the_tail() -> None:
    """Ang & Chen's point: for a normal, the further out, the smaller the correlation; at zero it is below rho."""
    values = [normal_exceedance_corr(0.6, h) for h in (0.0, 0.5, 1.0, 1.5, 2.0, 3.0)]
    assert values == sorted(values, reverse=True)
    assert 0 < values[-1] < values[0] < 0.6


def test_exceedances_of_normal_data_agree_with_the_closed_form() -> None:
    """On 15,000 normal pairs each interval holds the normal value, and counts match the tail probability."""
    x, y = _normal_pair(15_000, 0.6, 1)
    for found in exceedance_correlations(x, y, [-1.0, -0.5, 0.5, 1.0], rng=np.random.default_rng(0), reps=200):
        assert found.lower <= found.normal <= found.upper
        assert found.lower <= found.value <= found.upper
        share = normal_joint_tail(0.6, abs(found.threshold))
        assert found.nobs / 15_000 == pytest.approx(share, abs=4 * math.sqrt(share / 15_000))


def test_exceedance_is_the_correlation_of_the_selected_pairs() -> None:
    """The value is numpy's on the pairs beyond the threshold, in standard deviations of the sample."""
    pairs = common_garch_pairs(1500, 1, rng=np.random.default_rng(2))[:, :, 0]
    x, y = pairs[:, 0] * 0.02 + 0.1, pairs[:, 1] * 3
    zx, zy = (x - x.mean()) / x.std(), (y - y.mean()) / y.std()
    low, high = exceedance_correlations(x, y, [-1.0, 0.0], rng=np.random.default_rng(0), reps=50)
    below, above = (zx < -1) & (zy < -1), (zx > 0) & (zy > 0)
    assert low.value == pytest.approx(np.corrcoef(x[below], y[below])[0, 1], abs=1e-12)
    assert high.value == pytest.approx(np.corrcoef(x[above], y[above])[0, 1], abs=1e-12)
    assert (low.nobs, high.nobs) == (below.sum(), above.sum())


def test_a_crash_factor_shows_in_the_lower_tail_only() -> None:
    """Pairs that share rare falls exceed the normal value below and not above."""
    rng = np.random.default_rng(3)
    x, y = rng.standard_normal((2, 6000))
    crash = (rng.random(6000) < 0.02) * rng.exponential(3.0, 6000)
    low, high = exceedance_correlations(x - crash, y - crash, [-1.0, 1.0], rng=rng, reps=500)
    assert low.lower > low.normal
    assert high.lower <= high.normal <= high.upper or high.value < high.normal


def test_thin_tails_have_no_value() -> None:
    """Fewer than 15 pairs give NaN for value and interval; the normal value and the count stay."""
    x, y = _normal_pair(200, 0.5, 4)
    (far,) = exceedance_correlations(x, y, [3.0], rng=np.random.default_rng(0), reps=20)
    assert math.isnan(far.value)
    assert math.isnan(far.lower)
    assert math.isnan(far.upper)
    assert far.nobs < 15
    assert 0 < far.normal < 0.5


def test_co_crash_counts() -> None:
    """Ten days, the two worst of each: one shared, so 1 in 10 against 0.2 x 0.2 by chance, given half."""
    x = np.array([-9.0, -8, 1, 2, 3, 4, 5, 6, 7, 8])
    y = np.array([-9.0, 1, -8, 2, 4, 3, 6, 5, 8, 7])
    found = co_crash(x, y, quantile=0.2, rng=np.random.default_rng(0), reps=200)
    assert (found.count, found.nobs, found.share, found.given) == (1, 10, 0.1, 0.5)
    assert found.independent == pytest.approx(0.04)
    assert 0 <= found.lower <= found.share <= found.upper <= 1
    rise = co_crash(-x, -y, quantile=0.8, rng=np.random.default_rng(0), reps=200)
    assert (rise.count, rise.given) == (1, 0.5)


def test_co_crash_of_independent_and_of_normal_data() -> None:
    """Without a link the interval holds the product; with one it holds the normal value and not the product."""
    free = co_crash(*_normal_pair(6000, 0.0, 5), rng=np.random.default_rng(0), reps=500)
    assert free.lower <= free.independent <= free.upper
    tied = co_crash(*_normal_pair(6000, 0.6, 6), rng=np.random.default_rng(0), reps=500)
    assert tied.lower <= tied.normal <= tied.upper
    assert tied.lower > tied.independent


@given(seed=st.integers(0, 100), scale=st.floats(0.1, 10))
def test_exchange_and_scale_change_nothing(seed: int, scale: float) -> None:
    """Both measures are symmetric in the assets and free of units; the input is left alone."""
    x, y = _normal_pair(150, 0.5, seed)
    kept = x.copy()
    plain, swapped, moved = (
        co_crash(a, b, quantile=0.2, rng=np.random.default_rng(1), reps=30) for a, b in ((x, y), (y, x), (scale * x, y))
    )
    assert (plain.count, plain.share, plain.independent) == (swapped.count, swapped.share, swapped.independent)
    assert (plain.count, plain.lower, plain.upper) == (moved.count, moved.lower, moved.upper)
    assert (x == kept).all()
