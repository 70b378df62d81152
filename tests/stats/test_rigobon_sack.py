"""Rigobon-Sack: control days, algebra of the estimator, recovery of a known response where OLS fails."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from statsmodels.sandbox.regression.gmm import IV2SLS

from generator.stats.event_study import event_beta
from generator.stats.rigobon_sack import control_dates, control_positions, rigobon_sack

TRUE_RESPONSE = -2.0
"""% per +25 bp."""


def simulated_days(nobs: int, policy_sd: float, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return returns and yield changes that move each other, with news common to both; OLS is biased upwards.

    Yield (25 bp) = 0.1 return (%) + news + policy; return (%) = -2 yield + 3 news + own.
    """
    policy, news, own = rng.standard_normal((3, nobs)) * np.array([[policy_sd], [0.2], [0.8]])
    rate = (policy + news + 0.1 * (3 * news + own)) / (1 - 0.1 * TRUE_RESPONSE)
    return (TRUE_RESPONSE * rate + 3 * news + own) / 100, rate * 25


def test_control_days_are_the_same_weekday_and_no_policy_day() -> None:
    """One and two weeks earlier, once each, none of them a policy day, unscheduled ones included."""
    events = [date(2020, 3, 18), date(2020, 4, 1)]
    chosen = control_dates(events, [*events, date(2020, 3, 11)])
    assert chosen == (date(2020, 3, 4), date(2020, 3, 25))
    assert all(day.weekday() == 2 for day in chosen)


def test_control_day_without_a_session_is_left_out() -> None:
    """A control day that falls on a holiday, or before the sample, is not moved to another day."""
    sessions = np.array(["2020-03-04", "2020-03-05", "2020-03-12", "2020-03-18", "2020-03-25"], dtype="datetime64[D]")
    events = [date(2020, 3, 18), date(2020, 4, 1)]
    assert control_positions(sessions, events, events).tolist() == [0, 4]


def test_estimate_is_the_ratio_of_differences_and_an_iv_estimate() -> None:
    """(cov_E - cov_C) / (var_E - var_C) by hand, and two-stage least squares with the same instrument, agree."""
    rng = np.random.default_rng(1)
    (y_e, x_e), (y_c, x_c) = simulated_days(90, 0.5, rng), simulated_days(170, 0.1, rng)
    result = rigobon_sack(y_e, x_e, y_c, x_c)
    cov = [np.cov(x / 25, y * 100) for x, y in ((x_e, y_e), (x_c, y_c))]
    ratio = (cov[0][0, 1] - cov[1][0, 1]) / (cov[0][0, 0] - cov[1][0, 0])
    assert result.value == pytest.approx(ratio, rel=1e-10)
    assert result.variance_ratio == pytest.approx(cov[0][0, 0] / cov[1][0, 0], rel=1e-10)
    demeaned = [((x - x.mean()) / 25, (y - y.mean()) * 100) for x, y in ((x_e, y_e), (x_c, y_c))]
    x, y = (np.concatenate([d[i] for d in demeaned]) for i in (0, 1))
    z = np.concatenate([demeaned[0][0] / 89, -demeaned[1][0] / 169])
    assert result.value == pytest.approx(IV2SLS(y, x[:, None], z[:, None]).fit().params[0], rel=1e-9)
    assert (result.n_events, result.n_controls) == (90, 170)


def test_known_response_is_recovered_where_ols_is_not() -> None:
    """With yields and returns moving each other, OLS on event days is far off and Rigobon-Sack is not."""
    rng = np.random.default_rng(2)
    (y_e, x_e), (y_c, x_c) = simulated_days(4000, 0.4, rng), simulated_days(8000, 0.1, rng)
    result = rigobon_sack(y_e, x_e, y_c, x_c)
    assert result.value == pytest.approx(TRUE_RESPONSE, abs=0.15)
    assert result.lower is not None
    assert result.upper is not None
    assert result.lower < TRUE_RESPONSE < result.upper
    assert event_beta(y_e, x_e).lower > TRUE_RESPONSE + 0.15


def test_interval_is_absent_where_the_variance_does_not_rise() -> None:
    """With the same variance on both kinds of day the response is not identified and no interval is made up."""
    rng = np.random.default_rng(3)
    (y_e, x_e), (y_c, x_c) = simulated_days(90, 0.1, rng), simulated_days(180, 0.1, rng)
    result = rigobon_sack(y_e, x_e, y_c, x_c)
    assert result.lower is None
    assert result.upper is None
    assert result.variance_ratio == pytest.approx(1.0, abs=0.5)


def test_missing_rows_are_left_out_and_few_days_refused() -> None:
    """Rows with a NaN in either column do not count; fewer than three days of a kind raise a sentence."""
    rng = np.random.default_rng(4)
    (y_e, x_e), (y_c, x_c) = simulated_days(30, 0.5, rng), simulated_days(60, 0.1, rng)
    plain = rigobon_sack(y_e, x_e, y_c, x_c)
    gaps = rigobon_sack(np.append(y_e, [np.nan, 1.0]), np.append(x_e, [1.0, np.nan]), y_c, x_c)
    assert gaps == plain
    with pytest.raises(ValueError, match="2 event and 60 control days"):
        rigobon_sack(y_e[:2], x_e[:2], y_c, x_c)


def _coverage(trials: int, seed: int) -> float:
    rng = np.random.default_rng(seed)
    hits = 0
    for _ in range(trials):
        (y_e, x_e), (y_c, x_c) = simulated_days(90, 0.4, rng), simulated_days(180, 0.1, rng)
        result = rigobon_sack(y_e, x_e, y_c, x_c)
        if result.lower is None or result.upper is None:
            hits += 1
        else:
            hits += result.lower <= TRUE_RESPONSE <= result.upper
    return hits / trials


def test_interval_covers_roughly() -> None:
    """With 90 events the 95 % interval holds the true response between 91 and 98 % of 400 times."""
    assert 0.91 <= _coverage(400, 5) <= 0.98


@pytest.mark.slow
def test_interval_covers() -> None:
    """Over 5,000 simulations of 90 events the 95 % interval covers 93.5 to 96.5 % of the time."""
    assert 0.935 <= _coverage(5000, 6) <= 0.965
