"""Shares and their intervals: one proportion, and the difference of two."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist


@dataclass(frozen=True, slots=True, kw_only=True)
class Proportion:
    """A share with its interval.

    Parameters
    ----------
    value, lower, upper : float
        Fractions; for a difference between -1 and 1.
    level : float
        Coverage.
    nobs : float
        Trials; may be a fraction where it is an effective number.
    """

    value: float
    lower: float
    upper: float
    level: float
    nobs: float


def wilson_interval(successes: float, nobs: float, level: float = 0.95) -> Proportion:
    """Return the share of successes with Wilson's score interval.

    Parameters
    ----------
    successes, nobs : float
        Counts; fractions are allowed so that an effective number of trials can be used.
    level : float
        Coverage.

    References
    ----------
    Wilson, E. B. (1927), Journal of the American Statistical Association 22(158), 209-212, doi 10.2307/2276774.
    """
    if not nobs > 0:
        raise ValueError(f"nobs = {nobs}: a share needs at least one trial")
    if not 0 <= successes <= nobs:
        raise ValueError(f"successes = {successes}: must lie between 0 and nobs = {nobs}")
    share = successes / nobs
    squared = NormalDist().inv_cdf(0.5 + level / 2.0) ** 2
    scale = 1.0 + squared / nobs
    centre = (share + squared / (2.0 * nobs)) / scale
    half = math.sqrt(squared * (share * (1.0 - share) / nobs + squared / (4.0 * nobs * nobs))) / scale
    # At 0 and nobs one end is exactly 0 or 1; rounding must not put the share outside its own interval.
    lower = 0.0 if successes == 0 else min(centre - half, share)
    upper = 1.0 if successes == nobs else max(centre + half, share)
    return Proportion(value=share, lower=lower, upper=upper, level=level, nobs=nobs)


def proportion_difference(
    successes_1: float, nobs_1: float, successes_2: float, nobs_2: float, level: float = 0.95
) -> Proportion:
    """Return share 1 minus share 2, independent samples, with Newcombe's hybrid score interval.

    The interval combines the two Wilson intervals (method 10). `nobs` of the result is the smaller sample.

    References
    ----------
    Newcombe, R. G. (1998), Statistics in Medicine 17(8), 873-890,
    doi 10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I.
    """
    first = wilson_interval(successes_1, nobs_1, level)
    second = wilson_interval(successes_2, nobs_2, level)
    value = first.value - second.value
    return Proportion(
        value=value,
        lower=value - math.hypot(first.value - first.lower, second.upper - second.value),
        upper=value + math.hypot(first.upper - first.value, second.value - second.lower),
        level=level,
        nobs=min(nobs_1, nobs_2),
    )
