"""The five joins: the right one is right, and each wrong one is wrong in the way it is said to be."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.stats.joins import five_joins

MONDAY = np.datetime64("2024-01-01", "D")


def _market(days: int, rho: float, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return a 24/7 price and a five-day price whose daily shocks correlate at rho; weekend news waits for Monday."""
    dates = MONDAY + np.arange(days)
    shocks, noise = np.random.default_rng(seed).standard_normal((2, days)) * 0.02
    price_a = np.exp(np.cumsum(shocks))
    price_b = np.exp(np.cumsum(rho * shocks + np.sqrt(1 - rho**2) * noise))
    open_days = np.is_busday(dates)
    return dates, price_a, dates[open_days], price_b[open_days]


def test_only_the_first_join_finds_the_truth() -> None:
    """True 0.60: selecting sessions first gives it; differencing first 0.51; seven days with fill 0.43 (STYLE 4)."""
    joins = five_joins(*_market(14_000, 0.60, 1))
    values = [join.value for join in joins]
    # Forward fill keeps 4 of 7 days whole, meets Monday's three-day return once a week and zeros twice.
    assert values[0] == pytest.approx(0.60, abs=0.02)
    assert values[1] == pytest.approx(0.51, abs=0.02)
    assert values[2] == pytest.approx(0.60, abs=0.02)  # no holidays here, so nothing was filled
    assert values[3] == pytest.approx(0.43, abs=0.02)
    assert values[4] == pytest.approx(0.43, abs=0.02)
    assert joins[0].lower <= 0.60 <= joins[0].upper


def test_counts_on_two_weeks_with_a_holiday() -> None:
    """Fourteen days, the second Wednesday closed: every count can be done by hand."""
    dates, price_a, dates_b, price_b = _market(14, 0.5, 2)
    holiday = MONDAY + 9
    keep = dates_b != holiday
    joins = five_joins(dates, price_a, dates_b[keep], price_b[keep])
    assert [join.nobs for join in joins] == [8, 8, 9, 11, 11]
    assert [join.filled_a for join in joins] == [0] * 5
    assert [join.filled_b for join in joins] == [0, 0, 1, 3, 3]
    # Monday and the day after the holiday; the holiday and the day after; with fill each gap spoils one day more.
    assert [join.mismatched for join in joins] == [0, 2, 2, 5, 5]
    assert joins[0].name == "common sessions, then returns"


def test_values_are_those_of_pandas_by_hand() -> None:
    """Each join is what a user of pandas would write for it."""
    import pandas as pd  # noqa: PLC0415 - the oracle of this test alone

    dates, price_a, dates_b, price_b = _market(200, 0.5, 3)
    keep = np.random.default_rng(0).random(dates_b.size) > 0.1
    keep[[0, -1]] = True
    a, b = (
        pd.Series(price_a, index=pd.DatetimeIndex(dates)),
        pd.Series(price_b[keep], index=pd.DatetimeIndex(dates_b[keep])),
    )
    both = pd.concat([a, b], axis=1, keys=["a", "b"]).loc[b.index[0] : b.index[-1]]

    def correlation(prices: pd.DataFrame) -> float:
        returns = prices.transform(np.log).diff().dropna()
        return float(returns["a"].corr(returns["b"]))

    separate = pd.concat([a.transform(np.log).diff(), b.transform(np.log).diff()], axis=1, keys=["a", "b"]).dropna()
    expected = [
        correlation(both.dropna()),
        float(separate["a"].corr(separate["b"])),
        correlation(both.ffill().loc[np.is_busday(both.index.to_numpy().astype("datetime64[D]"))]),
        correlation(both.ffill()),
        correlation(both.bfill()),
    ]
    joins = five_joins(dates, price_a, dates_b[keep], price_b[keep])
    assert [join.value for join in joins] == pytest.approx(expected, abs=1e-12)
    assert joins[0].level_value == pytest.approx(float(both.dropna()["a"].corr(both.dropna()["b"])), abs=1e-12)
    assert np.isnan(joins[1].level_value)


@given(seed=st.integers(0, 100), scale=st.floats(0.1, 1000))
def test_units_change_nothing_and_inputs_are_left_alone(seed: int, scale: float) -> None:
    """A price in another currency unit gives the same correlations."""
    dates, price_a, dates_b, price_b = _market(60, 0.5, seed)
    kept = price_a.copy()
    plain, moved = five_joins(dates, price_a, dates_b, price_b), five_joins(dates, scale * price_a, dates_b, price_b)
    assert [j.value for j in plain] == pytest.approx([j.value for j in moved], abs=1e-9)
    assert all(-1 <= j.lower <= j.value <= j.upper <= 1 for j in plain)
    assert (price_a == kept).all()
