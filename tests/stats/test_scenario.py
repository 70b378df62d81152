"""Scenarios: joint errors of the response, residuals, paths, and what an anticipated cut adds: nothing."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm

from generator.stats.event_study import event_beta
from generator.stats.scenario import EventBetas, block_paths, event_betas, residual_returns, scenario_set

VOLATILITY = np.array([0.04, 0.012])


def _returns(nobs: int = 1500, seed: int = 1) -> np.ndarray:
    rng = np.random.default_rng(seed)
    common = rng.standard_normal(nobs)
    own = rng.standard_normal((nobs, 2))
    return VOLATILITY * (0.7 * common[:, None] + 0.7 * own)


def _fixed(value: tuple[float, float]) -> EventBetas:
    return EventBetas(value=np.array(value), cov=np.zeros((2, 2)), nobs=84)


def test_event_betas_agree_with_each_asset_alone_and_keep_their_covariance() -> None:
    """Values and errors are those of `event_beta`; the cross term is that of the two HC3 regressions together."""
    rng = np.random.default_rng(2)
    surprise = 6 * rng.standard_normal(80)
    responses = np.outer(surprise, [-0.001, -0.0004]) + 0.02 * rng.standard_normal((80, 1)) + _returns(80)
    both = event_betas(np.vstack([responses, [np.nan, 0.1]]), np.append(surprise, 3.0))
    for i in (0, 1):
        alone = event_beta(responses[:, i], surprise)
        assert both.value[i] == pytest.approx(alone.value, rel=1e-9)
        assert np.sqrt(both.cov[i, i]) == pytest.approx(alone.std_err, rel=1e-9)
    total = sm.OLS(responses.sum(axis=1) * 100, sm.add_constant(surprise / 25)).fit(cov_type="HC3")
    assert both.cov.sum() == pytest.approx(total.bse[1] ** 2, rel=1e-9)
    assert both.nobs == 80


def test_residuals_lose_the_response_and_nothing_else() -> None:
    """On event sessions beta times surprise is taken off; other sessions, unknown surprises and the input stay."""
    returns = _returns(50)
    kept = returns.copy()
    beta = np.array([-4.0, -1.0])
    out = residual_returns(returns, np.array([10, 20, -1, 60]), np.array([25.0, np.nan, 5.0, 5.0]), beta)
    expected = kept.copy()
    expected[10] += [0.04, 0.01]
    np.testing.assert_allclose(out, expected, rtol=1e-12)
    np.testing.assert_array_equal(returns, kept)


def test_paths_are_runs_of_sessions_with_both_assets_together() -> None:
    """Within a block a path repeats consecutive sessions, the second asset the same ones; each path starts at zero."""
    returns = np.column_stack([np.arange(1.0, 8.0), 10 * np.arange(1.0, 8.0)])
    paths = block_paths(returns, np.arange(7), reps=50, block_size=3, rng=np.random.default_rng(3))
    steps = np.diff(paths, axis=0)
    np.testing.assert_allclose(steps[..., 1], 10 * steps[..., 0])
    np.testing.assert_array_equal(paths[0], np.zeros((50, 2)))
    value = np.rint(steps[..., 0]).astype(int)
    assert set(np.unique(value)) <= set(range(1, 8))
    for block in (value[:3], value[3:6]):
        assert ((block[1:] - block[:-1]) % 7 == 1).all()


def test_paths_have_the_moments_of_the_sample() -> None:
    """Mean, spread and correlation over the horizon are those of independent sessions, within simulation error."""
    returns = _returns() + 0.0005
    paths = block_paths(returns, np.array([0, 126]), reps=20_000, block_size=1, rng=np.random.default_rng(4))[-1]
    np.testing.assert_allclose(paths.mean(axis=0), 126 * returns.mean(axis=0), atol=4 * 0.4 / np.sqrt(20_000))
    np.testing.assert_allclose(paths.std(axis=0), np.sqrt(126) * returns.std(axis=0), rtol=0.03)
    assert np.corrcoef(paths.T)[0, 1] == pytest.approx(np.corrcoef(returns.T)[0, 1], abs=0.03)


def test_anticipated_cuts_add_nothing() -> None:
    """With nothing unpriced, or no cut, every figure equals the unconditional one exactly."""
    result = scenario_set(_returns(), _fixed((-5.0, -1.5)), rng=np.random.default_rng(5), reps=2000)
    assert set(result.scenarios) == {(n, u) for n in range(5) for u in (0.0, 0.25, 0.5, 1.0)}
    for (n_cuts, unpriced), scenario in result.scenarios.items():
        same = np.array_equal(scenario.median, result.unconditional.median)
        assert same == (n_cuts == 0 or unpriced == 0.0)
        if same:
            assert scenario.p_both_up == result.unconditional.p_both_up
            assert scenario.p_neither == result.unconditional.p_neither


def test_surprise_cuts_add_the_response_from_their_session_on() -> None:
    """With a beta of -5 % per +25 bp, two fully unpriced cuts lift the log median by 5 % at each of their sessions."""
    result = scenario_set(
        _returns(), _fixed((-5.0, -1.0)), rng=np.random.default_rng(6), cut_sessions=(30, 60), horizon=90, cuts=(0, 2),
        reps=2000,
    )  # fmt: skip
    lift = np.log1p(result.scenarios[2, 1.0].median) - np.log1p(result.unconditional.median)
    steps = (result.grid >= 30).astype(float) + (result.grid >= 60)
    np.testing.assert_allclose(lift, np.outer(steps, [0.05, 0.01]), atol=1e-12)
    half = np.log1p(result.scenarios[2, 0.5].upper) - np.log1p(result.unconditional.upper)
    np.testing.assert_allclose(half, np.outer(steps, [0.025, 0.005]), atol=1e-12)
    assert result.scenarios[2, 1.0].p_both_up > result.unconditional.p_both_up
    assert result.scenarios[2, 1.0].p_neither < result.unconditional.p_neither


def test_uncertain_response_widens_the_fan() -> None:
    """An uncertain beta leaves the median about where it is and moves the ends of the fan apart."""
    uncertain = EventBetas(value=np.array([-5.0, -1.0]), cov=np.array([[64.0, 6.0], [6.0, 1.0]]), nobs=84)
    sets = [
        scenario_set(0.2 * _returns(), response, rng=np.random.default_rng(7), reps=5000)
        for response in (_fixed((-5.0, -1.0)), uncertain)
    ]
    sure, unsure = (s.scenarios[4, 1.0] for s in sets)
    assert (unsure.upper - unsure.lower)[-1, 0] > 2 * (sure.upper - sure.lower)[-1, 0]
    np.testing.assert_array_equal(sets[0].unconditional.median, sets[1].unconditional.median)


def test_scenarios_are_reproducible_and_say_their_error() -> None:
    """The same generator gives the same figures; the simulation error is that of a share over the paths."""
    first, second = (
        scenario_set(_returns(300), _fixed((-5.0, -1.0)), rng=np.random.default_rng(8), reps=1000) for _ in range(2)
    )
    for key, scenario in first.scenarios.items():
        np.testing.assert_array_equal(scenario.upper, second.scenarios[key].upper)
    shares = (first.unconditional.p_both_up, first.unconditional.p_neither)
    assert first.unconditional.simulation_error == max(np.sqrt(p * (1 - p) / 1000) for p in shares)
    assert (first.grid[0], first.grid[-1], first.horizon) == (0, 126, 126)
    assert sum(shares) <= 1
    with pytest.raises(ValueError, match="cuts = 5"):
        scenario_set(_returns(50), _fixed((0.0, 0.0)), rng=np.random.default_rng(9), cuts=(5,))
