"""Measure the intervals and the constancy test on simulated returns whose truth is known, and keep the figures.

Run from the root of the repository, a quarter of an hour on one core: ``python tests/reference/coverage.py``. It writes
``coverage.json`` beside itself; `tests/stats/test_coverage.py` repeats the leading rows and compares.
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.stats import binomtest, rankdata

from generator.stats.bootstrap import Estimator, bootstrap_correlation
from generator.stats.breaks import break_interval
from generator.stats.constancy import constancy_test
from generator.stats.correlation import corr, fisher_interval
from generator.stats.simulation import common_garch_pairs

if TYPE_CHECKING:
    from numpy.typing import NDArray

SEED = 20251007
RUNS = 2000
BREAK_RUNS = 200
REPS = 9999
RHO = 0.5
LEVEL = 0.95
ROWS: tuple[tuple[Estimator, int, float | None], ...] = (
    ("pearson", 63, None),
    ("pearson", 252, None),
    ("spearman", 63, None),
    ("spearman", 252, None),
    ("kendall", 63, None),
    ("kendall", 252, None),
    ("pearson", 21, None),
    ("pearson", 126, None),
    ("pearson", 63, 5.0),
    ("pearson", 252, 5.0),
)
"""Estimator, observations, degrees of freedom of the shocks (None: normal, the case the aim is stated for)."""


def proportion(hits: int, runs: int) -> dict[str, float]:
    """Return a share with Wilson's 95 % bounds for the Monte-Carlo error."""
    bounds = binomtest(hits, runs).proportion_ci(0.95, method="wilson")
    return {"share": hits / runs, "lower": round(float(bounds.low), 4), "upper": round(float(bounds.high), 4)}


def true_value(estimator: Estimator, freedom: float | None, rng: np.random.Generator) -> float:
    """Return the limit: rho; for Kendall 2/pi arcsin(rho), exact for scale mixtures of normals; else simulated."""
    if estimator == "pearson":
        return RHO
    if estimator == "kendall":
        return 2 / math.pi * math.asin(RHO)
    draws = common_garch_pairs(2000, 500, rho=RHO, freedom=freedom, rng=rng)
    return corr(rankdata(draws[:, 0]), rankdata(draws[:, 1]))


def covered(estimator: Estimator, pairs: NDArray[np.float64], truth: float, rng: np.random.Generator) -> dict[str, Any]:
    """Return how often the bootstrap interval, and for Pearson Fisher's, holds the truth."""
    nobs, _, runs = pairs.shape
    hits = fisher_hits = below = above = 0
    widths, sizes = [], []
    for run in range(runs):
        x, y = np.ascontiguousarray(pairs[:, 0, run]), np.ascontiguousarray(pairs[:, 1, run])
        result = bootstrap_correlation(x, y, estimator=estimator, reps=REPS, rng=rng, level=LEVEL)
        hits += result.lower <= truth <= result.upper
        below += truth < result.lower
        above += truth > result.upper
        low, high = fisher_interval(result.value, nobs, LEVEL)
        fisher_hits += bool(low <= truth <= high)
        widths.append(result.upper - result.lower)
        sizes.append(result.block_size)
    row: dict[str, Any] = {
        "coverage": proportion(int(hits), runs),
        "truth_below": below / runs,
        "truth_above": above / runs,
        "mean_width": round(float(np.mean(widths)), 4),
        "mean_block_size": round(float(np.mean(sizes)), 3),
    }
    if estimator == "pearson":
        row["fisher_coverage"] = proportion(fisher_hits, runs)
    return row


def coverage_rows(rows: tuple[tuple[Estimator, int, float | None], ...], runs: int) -> list[dict[str, Any]]:
    """Return one entry per row; each has its own generator, so rows do not depend on each other."""
    out = []
    for estimator, nobs, freedom in rows:
        seed = np.random.SeedSequence([SEED, nobs, 0 if freedom is None else int(freedom)])
        data_rng, truth_rng, rng = (np.random.default_rng(child) for child in seed.spawn(3))
        pairs = common_garch_pairs(nobs, runs, rho=RHO, freedom=freedom, rng=data_rng)
        truth = true_value(estimator, freedom, truth_rng)
        head = {"estimator": estimator, "nobs": nobs, "freedom": freedom, "truth": round(truth, 5), "runs": runs}
        out.append({**head, **covered(estimator, pairs, truth, rng)})
    return out


def constancy_rows(runs: int) -> list[dict[str, Any]]:
    """Return the rejection rate at 5 % without a change, and with one from 0.3 to 0.7 in the middle."""
    out = []
    for nobs in (252, 500, 1000, 2000):
        for after in (0.3, 0.7):
            rng = np.random.default_rng([SEED, nobs, int(10 * after)])
            path = np.where(np.arange(nobs) < nobs // 2, 0.3, after)
            pairs = common_garch_pairs(nobs, runs, rho=path, rng=rng)
            hits = sum(
                constancy_test(pairs[:, 0, k].copy(), pairs[:, 1, k].copy()).pvalue < 1 - LEVEL for k in range(runs)
            )
            out.append({"nobs": nobs, "before": 0.3, "after": after, "runs": runs, "rejected": proportion(hits, runs)})
    return out


def break_rows(runs: int) -> list[dict[str, Any]]:
    """Return how often the interval of the break's place holds it, among samples in which the test rejects."""
    out = []
    for nobs, place, before, after in ((500, 249, 0.2, 0.7), (1000, 499, 0.2, 0.6), (800, 199, 0.1, 0.6)):
        rng = np.random.default_rng([SEED, nobs, 99])
        path = np.where(np.arange(nobs) <= place, before, after)
        pairs = common_garch_pairs(nobs, runs, rho=path, rng=rng)
        hits = found = 0
        for k in range(runs):
            x, y = pairs[:, 0, k].copy(), pairs[:, 1, k].copy()
            test = constancy_test(x, y)
            if test.pvalue < 1 - LEVEL:
                lower, upper = break_interval(x, y, test.index, rng=rng)
                found += 1
                hits += lower <= place <= upper
        out.append(
            {
                "nobs": nobs,
                "place": place,
                "before": before,
                "after": after,
                "runs": found,
                "coverage": proportion(hits, found),
            }
        )
    return out


def main() -> None:
    """Write the study."""
    study = {
        "model": "one common GARCH(1,1) variance, alpha 0.05, beta 0.90; true correlation 0.5; pairs of returns",
        "seed": SEED,
        "reps": REPS,
        "level": LEVEL,
        "intervals": coverage_rows(ROWS, RUNS),
        "constancy": constancy_rows(RUNS),
        "breaks": break_rows(BREAK_RUNS),
    }
    Path(__file__).with_name("coverage.json").write_text(json.dumps(study, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
