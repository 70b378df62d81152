"""Rate betas beyond the single slope: several yields at once, falls against rises, policy phases, two assets."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from generator.stats.least_squares import FloatArray, WaldTest, fit, wald_test, with_constant
from generator.stats.regression import PERCENT, UNIT_BP, RateBeta, rate_beta, slope

HIKING, HOLDING, EASING = "hiking", "holding", "easing"
SMALLEST_PHASE_OBS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class JointBetas:
    """Slopes on several yield changes in one regression.

    Parameters
    ----------
    rates : tuple of RateBeta
        % per +25 bp of each, the others held fixed.
    controls : tuple of RateBeta
        % per +1 % of each control.
    test : WaldTest
        That no yield matters.
    """

    rates: tuple[RateBeta, ...]
    controls: tuple[RateBeta, ...]
    test: WaldTest


@dataclass(frozen=True, slots=True, kw_only=True)
class Asymmetry:
    """Slopes for falling and rising yields, both per +25 bp; `nobs` of each counts the sessions that carry it."""

    falls: RateBeta
    rises: RateBeta
    test: WaldTest


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseBetas:
    """The rate beta in each policy phase.

    Parameters
    ----------
    betas : dict of str to RateBeta
        Phases with enough sessions, `nobs` counts those of the phase.
    too_short : dict of str to int
        Sessions of the phases left out.
    test : WaldTest or None
        That the slopes are equal; None with fewer than two phases.
    """

    betas: dict[str, RateBeta]
    too_short: dict[str, int]
    test: WaldTest | None


def level_and_slope(short_bp: FloatArray, long_bp: FloatArray) -> FloatArray:
    """Return level (mean of two yield changes) and slope (long minus short) in bp, shape (n_sessions, 2).

    The coefficient of the level is the response to a parallel shift, that of the slope to a steepening about the mean.
    """
    return np.column_stack([(short_bp + long_bp) / 2.0, long_bp - short_bp])


def joint_rate_betas(
    returns: FloatArray,
    rate_changes_bp: FloatArray,
    *,
    controls: FloatArray | None = None,
    level: float = 0.95,
) -> JointBetas:
    """Return the slopes on several yield changes, and on other returns, in one regression with Newey-West errors.

    Parameters
    ----------
    returns : ndarray of shape (n_sessions,)
        Log returns, fractions.
    rate_changes_bp : ndarray of shape (n_sessions, n_rates)
        Basis points.
    controls : ndarray of shape (n_sessions, n_controls), optional
        Log returns held fixed, such as the market's.
    level : float
        Coverage of the t intervals.
    """
    n_rates = rate_changes_bp.shape[1]
    columns = [rate_changes_bp / UNIT_BP]
    if controls is not None:
        columns.append(controls * PERCENT)
    fitted = fit(returns * PERCENT, with_constant(*columns))
    slopes = [slope(fitted, i, level=level) for i in range(1, fitted.params.size)]
    chosen = np.eye(fitted.params.size)[1 : 1 + n_rates]
    return JointBetas(
        rates=tuple(slopes[:n_rates]),
        controls=tuple(slopes[n_rates:]),
        test=wald_test(fitted.params, fitted.cov, chosen, fitted.dof),
    )


def asymmetry(returns: FloatArray, rate_change_bp: FloatArray, *, level: float = 0.95) -> Asymmetry:
    """Return separate slopes for falls and rises in a yield, and the Wald test that they are equal.

    Regression of the return on a constant, min(dy, 0) and max(dy, 0), Newey-West errors.

    Parameters
    ----------
    returns, rate_change_bp : ndarray of shape (n_sessions,)
        As in `rate_beta`.
    level : float
        Coverage of the t intervals.
    """
    scaled = rate_change_bp / UNIT_BP
    fitted = fit(returns * PERCENT, with_constant(np.minimum(scaled, 0.0), np.maximum(scaled, 0.0)))
    return Asymmetry(
        falls=replace(slope(fitted, 1, level=level), nobs=int(np.count_nonzero(scaled < 0))),
        rises=replace(slope(fitted, 2, level=level), nobs=int(np.count_nonzero(scaled > 0))),
        test=wald_test(fitted.params, fitted.cov, np.array([[0.0, 1.0, -1.0]]), fitted.dof),
    )


def beta_difference(
    returns_1: FloatArray, returns_2: FloatArray, rate_change_bp: FloatArray, *, level: float = 0.95
) -> RateBeta:
    """Return the rate beta of the first asset minus that of the second, from their stacked regression.

    Both equations have the same regressors, so the stacked estimate and its HAC covariance (which keeps the covariance
    of the two assets' errors) are exactly those of the regression of the difference of the returns.

    Parameters
    ----------
    returns_1, returns_2, rate_change_bp : ndarray of shape (n_sessions,)
        As in `rate_beta`.
    level : float
        Coverage of the t interval.
    """
    return rate_beta(returns_1 - returns_2, rate_change_bp, level=level)


def phase_betas(
    returns: FloatArray, rate_change_bp: FloatArray, phases: npt.NDArray[np.str_], *, level: float = 0.95
) -> PhaseBetas:
    """Return the rate beta in each policy phase, and the Wald test that they are equal.

    One regression in time order with an intercept and a slope per phase, so the HAC covariance never joins sessions
    that are years apart. Each slope equals that of the phase's sessions alone.

    Parameters
    ----------
    returns, rate_change_bp : ndarray of shape (n_sessions,)
        As in `rate_beta`.
    phases : ndarray of str, shape (n_sessions,)
        ``hiking``, ``holding``, ``easing``, as dated from the target range; sessions with an empty phase are left out.
    level : float
        Coverage of the t intervals.
    """
    counts = {str(name): int(np.count_nonzero(phases == name)) for name in np.unique(phases) if name}
    used = [name for name in (HIKING, HOLDING, EASING) if counts.get(name, 0) >= SMALLEST_PHASE_OBS]
    too_short = {name: count for name, count in counts.items() if name not in used}
    if not used:
        return PhaseBetas(betas={}, too_short=too_short, test=None)
    inside = np.isin(phases, used)
    member = np.column_stack([phases[inside] == name for name in used]).astype(float)
    design = np.column_stack([member, member * (rate_change_bp[inside] / UNIT_BP)[:, None]])
    fitted = fit(returns[inside] * PERCENT, design)
    size = len(used)
    betas = {name: replace(slope(fitted, size + i, level=level), nobs=counts[name]) for i, name in enumerate(used)}
    contrasts = np.zeros((size - 1, 2 * size))
    contrasts[:, size] = 1.0
    contrasts[np.arange(size - 1), size + 1 + np.arange(size - 1)] = -1.0
    test = wald_test(fitted.params, fitted.cov, contrasts, fitted.dof) if size > 1 else None
    return PhaseBetas(betas=betas, too_short=too_short, test=test)
