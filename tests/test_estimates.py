"""Results of kernels as published numbers, and the words about many tests."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from generator.estimates import beta_estimate, interval_estimate, many_tests, share_estimate, too_few
from generator.findings import Unavailable
from generator.stats.bootstrap import bootstrap_correlation
from generator.stats.proportions import wilson_interval
from generator.stats.regression import rate_beta


@dataclass(frozen=True)
class Year:
    """A span."""

    first: date = date(2025, 1, 2)
    last: date = date(2025, 12, 31)


def test_numbers_keep_what_the_kernels_found() -> None:
    """Value, interval, level, n and span arrive unchanged, a slope with its p-value."""
    rng = np.random.default_rng(1)
    x, y = 5 * rng.standard_normal(80), 0.01 * rng.standard_normal(80)
    beta = rate_beta(y, x, level=0.9)
    number = beta_estimate(beta, Year(), method="rates")
    assert (number.value, number.lower, number.upper, number.pvalue) == (
        beta.value,
        beta.lower,
        beta.upper,
        beta.pvalue,
    )
    assert (number.nobs, number.level, number.unit) == (80, 0.9, "percent per +25 bp")
    assert (number.first, number.last) == (Year.first, Year.last)
    interval = bootstrap_correlation(x, y, reps=99, rng=rng)
    corr = interval_estimate(interval, Year(), method="correlation", unit="correlation")
    assert (corr.value, corr.lower, corr.upper, corr.nobs) == (interval.value, interval.lower, interval.upper, 80)
    share = share_estimate(wilson_interval(30, 40), Year(), method="event-study")
    assert (share.value, share.nobs, share.unit) == (0.75, 40, "share")


def test_too_few_says_how_many() -> None:
    """Enough is None; too few names the count and what is needed."""
    assert too_few(30, 30) is None
    assert too_few(29, 30) == Unavailable(reason="not enough data (n = 29, needs 30)")


def test_many_tests_in_words() -> None:
    """The words count the tests, what chance would give, and what is left once their number is allowed for."""
    low = many_tests([0.0001, 0.04, 0.2, *np.linspace(0.3, 0.99, 37)])
    assert low.startswith("Of the 40 tests on this page 2 have a p-value below 5 %; about 2 would")
    assert low.endswith("1 remains.")
    assert many_tests([0.5] * 20).endswith("none remains.")
    assert "1 has a p-value" in many_tests([0.03, 0.5])
    assert many_tests([]) == ""
