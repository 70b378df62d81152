"""Tests of an event's effect: formulas, size under event-induced variance, power."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.stats

from generator.stats.event_study import AbnormalReturns, abnormal_returns
from generator.stats.event_tests import brown_forsythe, corrado_rank, standardised_cross_sectional

N_EVENTS = 60
SPACING = 140


def simulated_events(
    rng: np.random.Generator, *, shift: float = 0.0, event_scale: float = 1.0, heavy: bool = False
) -> AbnormalReturns:
    """Return mean-adjusted day-0 abnormal returns of 60 events a long way apart, of known effect and variance."""
    size = (N_EVENTS, SPACING)
    returns = (rng.standard_t(3, size) if heavy else rng.standard_normal(size)) * rng.uniform(0.5, 3, (N_EVENTS, 1))
    returns[:, -1] = returns[:, -1] * event_scale + shift * returns.std(axis=1)
    return abnormal_returns(returns.ravel() / 100, np.arange(1, N_EVENTS + 1) * SPACING - 1)


def _rejections(test: object, trials: int, seed: int, **effect: float) -> float:
    rng = np.random.default_rng(seed)
    assert callable(test)
    return sum(test(simulated_events(rng, **effect)).pvalue < 0.05 for _ in range(trials)) / trials


def _binomial_bounds(trials: int) -> tuple[float, float]:
    """Return the range that holds the rejection share of a true 5 % test 99.9 % of the time."""
    low, high = scipy.stats.binom.ppf([0.0005, 0.9995], trials, 0.05) / trials
    return float(low), float(high)


def test_bmp_by_hand() -> None:
    """Standardised returns 3 and 1: mean 2, spread sqrt 2, so t = 2 / (sqrt 2 / sqrt 2) = 2 with one degree."""
    abnormal = AbnormalReturns(
        model="mean",
        kept=np.array([True, True]),
        estimation=np.zeros((2, 120)),
        event=np.array([[0.03], [0.02]]),
        cumulative=np.array([0.03, 0.02]),
        std_err=np.array([0.01, 0.02]),
    )
    result = standardised_cross_sectional(abnormal)
    assert result.stat == pytest.approx(2.0)
    assert result.pvalue == pytest.approx(2 * scipy.stats.t.sf(2, 1))
    assert (result.mean, result.n_events) == (pytest.approx(0.025), 2)


def test_corrado_by_hand() -> None:
    """The statistic is built from ranks alone: an increasing transformation of the returns leaves it as it is."""
    abnormal = simulated_events(np.random.default_rng(1), shift=0.5)
    result = corrado_rank(abnormal)
    together = np.concatenate([abnormal.estimation, abnormal.event], axis=1)
    ranks = scipy.stats.rankdata(together, axis=1) - 61.0
    mean_rank = ranks.mean(axis=0)
    assert result.stat == pytest.approx(mean_rank[-1] / np.sqrt(np.mean(mean_rank**2)), rel=1e-12)
    bent = AbnormalReturns(
        model="mean",
        kept=abnormal.kept,
        estimation=np.sinh(80 * abnormal.estimation),
        event=np.sinh(80 * abnormal.event),
        cumulative=abnormal.cumulative,
        std_err=abnormal.std_err,
    )
    assert corrado_rank(bent).stat == pytest.approx(result.stat, rel=1e-12)


def test_bmp_holds_its_size_when_the_event_raises_the_variance() -> None:
    """With no effect and three times the standard deviation on event days, the 5 % test rejects about 5 %.

    The test that divides by the estimation window's spread alone rejects far more often, which is why BMP is used.
    """
    trials = 400
    low, high = _binomial_bounds(trials)
    assert low <= _rejections(standardised_cross_sectional, trials, 2, event_scale=3.0) <= high
    rng = np.random.default_rng(2)
    naive = 0
    for _ in range(trials):
        abnormal = simulated_events(rng, event_scale=3.0)
        stat = (abnormal.cumulative / abnormal.std_err).sum() / np.sqrt(N_EVENTS)
        naive += abs(stat) > 1.96
    assert naive / trials > 0.3


def test_tests_find_an_effect() -> None:
    """An effect of half a standard deviation on 60 events is found by both tests nine times in ten."""
    assert _rejections(standardised_cross_sectional, 100, 3, shift=0.5) >= 0.9
    assert _rejections(corrado_rank, 100, 3, shift=0.5) >= 0.9


def test_corrado_holds_its_size_with_heavy_tails() -> None:
    """With no effect and t(3) returns the 5 % rank test rejects about 5 %."""
    low, high = _binomial_bounds(400)
    assert low <= _rejections(corrado_rank, 400, 4, heavy=True) <= high


@pytest.mark.slow
@pytest.mark.parametrize(("test", "effect"), [
    (standardised_cross_sectional, {}),
    (standardised_cross_sectional, {"event_scale": 2.0}),
    (standardised_cross_sectional, {"event_scale": 4.0}),
    (corrado_rank, {}),
    (corrado_rank, {"heavy": True}),
])  # fmt: skip
def test_size_over_many_simulations(test: object, effect: dict[str, float]) -> None:
    """Over 5,000 simulations the rejection share of each test stays within the sampling error of 5 %."""
    low, high = _binomial_bounds(5000)
    assert low <= _rejections(test, 5000, 5, **effect) <= high


def test_brown_forsythe_is_anova_on_distances_from_the_median() -> None:
    """The statistic is the one-way F of |x - median|, its p value that of F(1, n - 2); NaN are left out."""
    rng = np.random.default_rng(6)
    events, others = 2 * rng.standard_normal(40), rng.standard_normal(500)
    result = brown_forsythe(np.append(events, np.nan), others)
    groups = [np.abs(g - np.median(g)) for g in (events, others)]
    pooled = np.concatenate(groups)
    between = sum(g.size * (g.mean() - pooled.mean()) ** 2 for g in groups)
    within = sum(((g - g.mean()) ** 2).sum() for g in groups) / (540 - 2)
    assert result.stat == pytest.approx(between / within, rel=1e-10)
    assert result.pvalue == pytest.approx(scipy.stats.f.sf(between / within, 1, 538), rel=1e-9)
    assert result.ratio == pytest.approx(events.var(ddof=1) / others.var(ddof=1))
    assert (result.n_events, result.n_other) == (40, 500)
    assert result.pvalue < 0.001


def test_one_event_is_no_sample() -> None:
    """A test over fewer than two events is refused with a sentence."""
    one = abnormal_returns(np.random.default_rng(7).standard_normal(200), np.array([150]))
    for test in (standardised_cross_sectional, corrado_rank):
        with pytest.raises(ValueError, match="n_events = 1"):
            test(one)
    with pytest.raises(ValueError, match="n_events = 1"):
        brown_forsythe(np.array([1.0]), np.arange(5.0))
