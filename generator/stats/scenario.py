"""Scenario: joint price paths under a number of cuts, by how much of them is not yet priced in."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from generator.stats.least_squares import with_constant
from generator.stats.regression import PERCENT, UNIT_BP

if TYPE_CHECKING:
    from collections.abc import Sequence

    from generator.stats.event_study import IntArray
    from generator.stats.least_squares import FloatArray

CUT_SESSIONS = (32, 63, 95, 126)
"""Sessions from today to the first, second, third, fourth cut: eight decisions a year."""
CUTS = (0, 1, 2, 3, 4)
UNPRICED = (0.0, 0.25, 0.5, 1.0)
FAN_LEVEL = 0.8
GRID_STEP = 3


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EventBetas:
    """Event responses of two assets and the covariance of their errors.

    Parameters
    ----------
    value : ndarray of shape (2,)
        % per +25 bp surprise.
    cov : ndarray of shape (2, 2)
        HC3, errors of the two assets on the same event kept together.
    nobs : int
        Events.
    """

    value: FloatArray
    cov: FloatArray
    nobs: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scenario:
    """What the paths say for one number of cuts and one unpriced share.

    Parameters
    ----------
    n_cuts : int
    unpriced : float
        Share of each cut that comes as a surprise.
    p_both_up, p_neither : float
        Share of paths on which both, and neither, stand above today at the horizon.
    simulation_error : float
        Largest standard error of these shares that comes from the number of paths alone.
    median, lower, upper : ndarray of shape (n_grid, 2)
        Simple return since today; pointwise 80 % fan.
    """

    n_cuts: int
    unpriced: float
    p_both_up: float
    p_neither: float
    simulation_error: float
    median: FloatArray
    lower: FloatArray
    upper: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ScenarioSet:
    """All scenarios from one set of paths.

    Parameters
    ----------
    grid : ndarray of int, shape (n_grid,)
        Sessions from today at which the fans are given, 0 and the horizon among them.
    scenarios : dict of (int, float) to Scenario
        By number of cuts and unpriced share.
    unconditional : Scenario
        The same paths without any response; equal to every scenario in which nothing is unpriced.
    reps, horizon, block_size : int
    """

    grid: IntArray
    scenarios: dict[tuple[int, float], Scenario]
    unconditional: Scenario
    reps: int
    horizon: int
    block_size: int


def event_betas(responses: FloatArray, surprise_bp: FloatArray) -> EventBetas:
    """Return the event betas of two assets with the joint HC3 covariance, from the events complete for both.

    Parameters
    ----------
    responses : ndarray of shape (n_events, 2)
        Log returns over the event window, fractions.
    surprise_bp : ndarray of shape (n_events,)
    """
    usable = np.isfinite(responses).all(axis=1) & np.isfinite(surprise_bp)
    design = with_constant(surprise_bp[usable] / UNIT_BP)
    response = responses[usable] * PERCENT
    bread = np.linalg.inv(design.T @ design)
    params = bread @ (design.T @ response)
    leverage = np.einsum("ij,jk,ik->i", design, bread, design)
    influence = (design @ bread)[:, 1][:, None] * (response - design @ params) / (1.0 - leverage)[:, None]
    return EventBetas(value=params[1], cov=influence.T @ influence, nobs=int(usable.sum()))


def residual_returns(returns: FloatArray, positions: IntArray, surprise_bp: FloatArray, beta: FloatArray) -> FloatArray:
    """Return the returns with the estimated response taken off on event sessions; drift and all else stay.

    Parameters
    ----------
    returns : ndarray of shape (n_sessions, 2)
        Log returns, fractions.
    positions : ndarray of int, shape (n_events,)
        Index in `returns` of each event's session; negative ones are passed over.
    surprise_bp : ndarray of shape (n_events,)
        NaN is passed over.
    beta : ndarray of shape (2,)
        % per +25 bp.
    """
    out = returns.copy()
    known = (positions >= 0) & (positions < len(returns)) & np.isfinite(surprise_bp)
    np.subtract.at(out, positions[known], np.outer(surprise_bp[known] / UNIT_BP, beta) / PERCENT)
    return out


def block_paths(
    returns: FloatArray, grid: IntArray, *, reps: int, block_size: int, rng: np.random.Generator
) -> FloatArray:
    """Return cumulative log returns at the sessions of `grid` on circular block-bootstrap paths.

    Both assets' returns of a session stay together. Running totals give each path at the grid alone.

    Parameters
    ----------
    returns : ndarray of shape (n_sessions, 2)
    grid : ndarray of int, shape (n_grid,)
        Sessions from the start of a path.
    reps, block_size : int
    rng : numpy.random.Generator

    Returns
    -------
    ndarray of shape (n_grid, reps, 2)
    """
    nobs = len(returns)
    n_blocks = max(math.ceil(int(grid.max()) / block_size), 1)
    wrapped = returns[np.arange(nobs + block_size) % nobs]
    total = np.concatenate([np.zeros((1, returns.shape[1])), np.cumsum(wrapped, axis=0)])
    starts = rng.integers(0, nobs, size=(n_blocks, reps))
    whole = total[starts + block_size] - total[starts]
    before = np.concatenate([np.zeros((1, reps, returns.shape[1])), np.cumsum(whole, axis=0)])
    block = np.minimum(grid // block_size, n_blocks - 1)
    into = grid - block * block_size
    paths: FloatArray = before[block] + total[starts[block] + into[:, None]] - total[starts[block]]
    return paths


def scenario_set(
    residuals: FloatArray,
    response: EventBetas,
    *,
    rng: np.random.Generator,
    horizon: int = CUT_SESSIONS[-1],
    cut_sessions: Sequence[int] = CUT_SESSIONS,
    cuts: Sequence[int] = CUTS,
    unpriced: Sequence[float] = UNPRICED,
    reps: int = 10_000,
    block_size: int = 21,
) -> ScenarioSet:
    """Return the scenarios for every number of cuts and unpriced share, all from the same joint paths.

    A path is a block bootstrap of the residual returns. A cut of 25 bp of which the share u was not priced in adds -u
    times the event beta (% per +25 bp) on its session; an anticipated cut adds nothing. A path's beta is drawn from
    the normal distribution of the estimate, so its uncertainty is in the fan. Returns keep their historical drift.

    Parameters
    ----------
    residuals : ndarray of shape (n_sessions, 2)
        As from `residual_returns`, known today.
    response : EventBetas
    rng : numpy.random.Generator
    horizon : int
        Sessions.
    cut_sessions : sequence of int
        Sessions from today to each cut; cuts beyond the horizon have no effect within it.
    cuts, unpriced : sequence
        Numbers of cuts, shares between 0 and 1.
    reps, block_size : int
    """
    if max(cuts) > len(cut_sessions):
        raise ValueError(f"cuts = {max(cuts)}: only {len(cut_sessions)} cut_sessions are given")
    grid = np.unique(np.append(np.arange(0, horizon, GRID_STEP), horizon))
    base = block_paths(residuals, grid, reps=reps, block_size=block_size, rng=rng)
    betas = (response.value + rng.standard_normal((reps, 2)) @ _factor(response.cov).T) / PERCENT

    unconditional = _summary(base, n_cuts=0, unpriced=0.0)

    def told(n_cuts: int, share: float) -> Scenario:
        steps = np.searchsorted(np.array(cut_sessions[:n_cuts]), grid, side="right")
        if share == 0.0 or not steps.any():
            return replace(unconditional, n_cuts=n_cuts, unpriced=share)
        return _summary(base - share * steps[:, None, None] * betas, n_cuts=n_cuts, unpriced=share)

    return ScenarioSet(
        grid=grid,
        scenarios={(n, share): told(n, share) for n in cuts for share in unpriced},
        unconditional=unconditional,
        reps=reps,
        horizon=horizon,
        block_size=block_size,
    )


def _factor(cov: FloatArray) -> FloatArray:
    """Return the lower triangular L with L L' = cov for a 2 x 2 covariance, singular ones included."""
    first = math.sqrt(float(cov[0, 0]))
    cross = float(cov[0, 1]) / first if first > 0.0 else 0.0
    return np.array([[first, 0.0], [cross, math.sqrt(max(float(cov[1, 1]) - cross * cross, 0.0))]])


def _summary(paths: FloatArray, *, n_cuts: int, unpriced: float) -> Scenario:
    """Return the shares at the last grid point and the fan at all of them."""
    up = paths[-1] > 0.0
    reps = len(up)
    both, neither = float(up.all(axis=1).mean()), float((~up).all(axis=1).mean())
    tail = (1.0 - FAN_LEVEL) / 2.0
    lower, median, upper = np.expm1(np.quantile(paths, [tail, 0.5, 1.0 - tail], axis=1))
    return Scenario(
        n_cuts=n_cuts,
        unpriced=unpriced,
        p_both_up=both,
        p_neither=neither,
        simulation_error=max(math.sqrt(p * (1.0 - p) / reps) for p in (both, neither)),
        median=median,
        lower=lower,
        upper=upper,
    )
