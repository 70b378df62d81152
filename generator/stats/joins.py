"""Five ways to join a market open every day with one open five days a week, and what each does to a correlation."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import numpy as np

from generator.stats.correlation import corr, fisher_interval

if TYPE_CHECKING:
    from numpy.typing import NDArray

JoinName = Literal[
    "common sessions, then returns",
    "returns, then join",
    "business days, forward fill",
    "seven days, forward fill",
    "seven days, backward fill",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Join:
    """One way to join two price series, and the correlations it gives.

    Parameters
    ----------
    name : str
        One of `JoinName`.
    value, lower, upper : float
        Correlation of returns, and Fisher's 95 % interval as if the pairs were independent.
    level_value : float
        Correlation of the prices as joined; NaN for "returns, then join", which joins no prices.
    nobs : int
        Pairs of returns.
    filled_a, filled_b : int
        Prices put in where there was none.
    mismatched : int
        Pairs whose two returns do not span the same days.
    dates : ndarray of datetime64[D], shape (nobs,)
        Date of each pair.
    returns : ndarray of float64, shape (nobs, 2)
        The pairs.
    """

    name: JoinName
    value: float
    lower: float
    upper: float
    level_value: float
    nobs: int
    filled_a: int
    filled_b: int
    mismatched: int
    dates: NDArray[np.datetime64] = field(repr=False, compare=False)
    returns: NDArray[np.float64] = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Series:
    """Prices placed on days: `source` is the place in the original that each price was taken from."""

    price: NDArray[np.float64]
    dates: NDArray[np.datetime64]
    source: NDArray[np.int64]


def five_joins(
    dates_a: NDArray[np.datetime64],
    price_a: NDArray[np.float64],
    dates_b: NDArray[np.datetime64],
    price_b: NDArray[np.float64],
) -> tuple[Join, ...]:
    """Return the correlation of log returns under five joins; the first is the right one.

    1. Common sessions, then returns: both returns span the same days.
    2. Returns, then join: each series is differenced on its own days, so a one-day return of a meets a three-day
       return of b on Mondays.
    3. Business days, forward fill: holidays of b become zero returns, the next day carries two.
    4. Seven days, forward fill: so do Saturdays and Sundays, two days in seven.
    5. Seven days, backward fill: the same zeros, and Saturday's price is Monday's: it uses the future.

    Parameters
    ----------
    dates_a, dates_b : ndarray of datetime64[D]
        Increasing; a is the series that trades every day.
    price_a, price_b : ndarray of float64
        Positive prices on those dates.

    Returns
    -------
    tuple of Join
        In the order above, over the days that both series span.
    """
    first, last = max(dates_a[0], dates_b[0]), min(dates_a[-1], dates_b[-1])
    week = np.arange(first, last + np.timedelta64(1, "D"))
    weekdays = week[np.is_busday(week)]
    shared = np.intersect1d(dates_a, dates_b)
    a, b = (dates_a, price_a), (dates_b, price_b)
    return (
        _joined("common sessions, then returns", shared, _placed(*a, shared), _placed(*b, shared)),
        _differenced_first(a, b),
        _joined("business days, forward fill", weekdays, _placed(*a, weekdays), _placed(*b, weekdays)),
        _joined("seven days, forward fill", week, _placed(*a, week), _placed(*b, week)),
        _joined(
            "seven days, backward fill",
            week,
            _placed(*a, week, backward=True),
            _placed(*b, week, backward=True),
        ),
    )


def _placed(
    dates: NDArray[np.datetime64], price: NDArray[np.float64], days: NDArray[np.datetime64], *, backward: bool = False
) -> _Series:
    """Return the price of each day: its own, else the one before it (or after it)."""
    source = np.searchsorted(dates, days, side="left") if backward else np.searchsorted(dates, days, side="right") - 1
    return _Series(price=price[source], dates=dates[source], source=source)


def _joined(name: JoinName, days: NDArray[np.datetime64], a: _Series, b: _Series) -> Join:
    """Return the join of two series of prices on the same days."""
    returns = np.column_stack([np.diff(np.log(a.price)), np.diff(np.log(b.price))])
    unequal = (a.dates[1:] != b.dates[1:]) | (a.dates[:-1] != b.dates[:-1])
    return _result(
        name,
        days[1:],
        returns,
        level_value=corr(a.price, b.price),
        filled=(int((a.dates != days).sum()), int((b.dates != days).sum())),
        mismatched=int(unequal.sum()),
    )


def _differenced_first(
    a: tuple[NDArray[np.datetime64], NDArray[np.float64]], b: tuple[NDArray[np.datetime64], NDArray[np.float64]]
) -> Join:
    """Return the join of returns taken on each series' own days."""
    (dates_a, price_a), (dates_b, price_b) = a, b
    days, at_a, at_b = np.intersect1d(dates_a[1:], dates_b[1:], return_indices=True)
    returns = np.column_stack([np.diff(np.log(price_a))[at_a], np.diff(np.log(price_b))[at_b]])
    mismatched = int((dates_a[at_a] != dates_b[at_b]).sum())
    return _result("returns, then join", days, returns, level_value=float("nan"), filled=(0, 0), mismatched=mismatched)


def _result(
    name: JoinName,
    dates: NDArray[np.datetime64],
    returns: NDArray[np.float64],
    *,
    level_value: float,
    filled: tuple[int, int],
    mismatched: int,
) -> Join:
    value = corr(returns[:, 0], returns[:, 1])
    lower, upper = fisher_interval(value, returns.shape[0])
    return Join(
        name=name,
        value=value,
        lower=float(lower),
        upper=float(upper),
        level_value=level_value,
        nobs=returns.shape[0],
        filled_a=filled[0],
        filled_b=filled[1],
        mismatched=mismatched,
        dates=dates,
        returns=returns,
    )
