"""Own kernels beside the library form of the same numbers: equal results, and the time of each.

    pytest tests/benchmarks/test_kernel_benchmarks.py -n0 --benchmark-only --benchmark-group-by=param:kernel

No test asserts a time: a busy machine is no fault of the code. The ratios are read from the table it prints.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from arch.bootstrap import StationaryBootstrap
from statsmodels.regression.rolling import RollingOLS
from statsmodels.tsa.stattools import ccf

from generator.stats.bootstrap import bootstrap_correlation
from generator.stats.correlation import rolling_corr
from generator.stats.dcc import dcc_correlations, uncentred_corr
from generator.stats.lead_lag import cross_corr
from generator.stats.regression import newey_west_lag, rolling_rate_beta
from generator.stats.simulation import common_garch_pairs, dcc_pairs

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_benchmark.fixture import BenchmarkFixture

NOBS, SESSIONS, WINDOW, REPS = 2150, 3107, 252, 9999
PART = 100
"""Windows of the slow library form that are computed; the table's figure is for so many of the 2,856."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kernel:
    """One computation in both forms.

    Parameters
    ----------
    ours, library : callable
        Return the same numbers.
    tolerance : float
        How far they may lie apart: rounding, or what two random streams differ by.
    rounds : int
        Runs of the library form.
    """

    ours: Callable[[], np.ndarray]
    library: Callable[[], np.ndarray]
    tolerance: float = 1e-10
    rounds: int = 3


def pair() -> tuple[np.ndarray, np.ndarray]:
    """Return eight and a half years of sessions."""
    pairs = 0.02 * common_garch_pairs(NOBS, 1, freedom=5.0, rng=np.random.default_rng(1))[:, :, 0]
    return np.ascontiguousarray(pairs[:, 0]), np.ascontiguousarray(pairs[:, 1])


def bootstrap() -> Kernel:
    """Return Pearson's interval of the whole sample, blocks of 19.8 sessions, 9,999 replications, against arch."""
    x, y = pair()

    def ours() -> np.ndarray:
        found = bootstrap_correlation(x, y, reps=REPS, rng=np.random.default_rng(0), block_size=19.8)
        return np.array([found.lower, found.upper])

    def library() -> np.ndarray:
        resampling = StationaryBootstrap(19.8, x, y, seed=1)  # type: ignore[arg-type]  # arch takes a mean length
        return resampling.conf_int(lambda a, b: np.corrcoef(a, b)[0, 1], REPS, method="percentile").ravel()

    return Kernel(ours=ours, library=library, tolerance=0.01, rounds=1)


def dcc() -> Kernel:
    """Return one pass of the DCC recursion, against a loop over days."""
    z, _ = dcc_pairs(NOBS, a=0.05, b=0.9, long_run=0.4, rng=np.random.default_rng(3))
    long_run = uncentred_corr(z[:, 0], z[:, 1])

    def loop() -> np.ndarray:
        q_xx = q_yy = 1.0
        q_xy = long_run
        path = []
        for first, second in z:
            path.append(q_xy / (q_xx * q_yy) ** 0.5)
            q_xx = 0.05 + 0.05 * first * first + 0.9 * q_xx
            q_yy = 0.05 + 0.05 * second * second + 0.9 * q_yy
            q_xy = 0.05 * long_run + 0.05 * first * second + 0.9 * q_xy
        return np.array([*path, q_xy / (q_xx * q_yy) ** 0.5])

    return Kernel(ours=lambda: dcc_correlations(z[:, 0], z[:, 1], 0.05, 0.9), library=loop)


def rolling() -> Kernel:
    """Return the rolling correlation over 252 sessions, against pandas."""
    x, y = pair()
    frame = pd.DataFrame({"x": x, "y": y})

    def library() -> np.ndarray:
        return frame["x"].rolling(WINDOW).corr(frame["y"]).to_numpy()

    return Kernel(ours=lambda: rolling_corr(x, y, WINDOW), library=library)


def leads() -> Kernel:
    """Return ten leads and lags, against statsmodels."""
    x, y = pair()

    def library() -> np.ndarray:
        before = ccf(x, y, adjusted=False, nlags=11)[:0:-1]
        return np.concatenate([before, ccf(y, x, adjusted=False, nlags=11)])

    return Kernel(ours=lambda: cross_corr(x, y).values, library=library)


def rolling_beta_sample() -> tuple[np.ndarray, np.ndarray]:
    """Return returns and yield changes of twelve years."""
    rng = np.random.default_rng(1)
    change = 6 * rng.standard_normal(SESSIONS)
    return -0.0003 * change + 0.02 * rng.standard_normal(SESSIONS), change


def rolling_beta() -> Kernel:
    """Return the rolling rate beta with classical intervals, 252 sessions, against RollingOLS."""
    returns, change = rolling_beta_sample()
    design = sm.add_constant(change / 25)

    def library() -> np.ndarray:
        return np.asarray(RollingOLS(returns * 100, design, window=WINDOW).fit().params)[:, 1]

    return Kernel(
        ours=lambda: rolling_rate_beta(returns, change, WINDOW, cov_type="nonrobust")[0], library=library, rounds=2
    )


def rolling_beta_hac() -> Kernel:
    """Return the rolling rate beta with HAC intervals, against one regression per window, for the first 100 windows."""
    returns, change = (part[: WINDOW + PART - 1] for part in rolling_beta_sample())
    design = sm.add_constant(change / 25)
    words = {"maxlags": newey_west_lag(WINDOW), "use_correction": False}

    def library() -> np.ndarray:
        found = [
            sm.OLS(returns[i : i + WINDOW] * 100, design[i : i + WINDOW]).fit(cov_type="HAC", cov_kwds=words).params[1]
            for i in range(PART)
        ]
        return np.concatenate([np.full(WINDOW - 1, np.nan), found])

    return Kernel(ours=lambda: rolling_rate_beta(returns, change, WINDOW)[0], library=library)


KERNELS = {maker.__name__: maker for maker in (bootstrap, dcc, rolling, leads, rolling_beta, rolling_beta_hac)}


@pytest.mark.parametrize("kernel", KERNELS)
def test_both_forms_agree(kernel: str) -> None:
    """The fast form gives the library's numbers."""
    made = KERNELS[kernel]()
    np.testing.assert_allclose(made.ours(), made.library(), rtol=0, atol=made.tolerance)


@pytest.mark.parametrize("kernel", KERNELS)
def test_own_form(benchmark: BenchmarkFixture, kernel: str) -> None:
    """Time of the form that is used."""
    assert np.isfinite(benchmark.pedantic(KERNELS[kernel]().ours, rounds=10, warmup_rounds=1)).any()


@pytest.mark.parametrize("kernel", KERNELS)
def test_library_form(benchmark: BenchmarkFixture, kernel: str) -> None:
    """Time of the library's form."""
    made = KERNELS[kernel]()
    assert np.isfinite(benchmark.pedantic(made.library, rounds=made.rounds)).any()
