"""Measure event tests, Rigobon-Sack, DCC and base rates on simulated data whose truth is known, and keep the figures.

Run from the root of the repository, about ten minutes on one core: ``python -m tests.reference.studies``. It writes
``studies.json`` beside itself; `tests/test_measured.py` says what the figures must be and that the pages show them.
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import scipy.stats

from generator.stats.correlation import ewma_corr, ewma_interval
from generator.stats.dcc import dcc_fit
from generator.stats.dcc_interval import dcc_interval
from generator.stats.event_study import event_beta
from generator.stats.event_tests import corrado_rank, standardised_cross_sectional
from generator.stats.rigobon_sack import rigobon_sack
from generator.stats.simulation import common_garch_pairs, dcc_pairs, garch_returns
from generator.stats.since import joint_up_base_rate
from generator.stats.variance_ratio import variance_ratio
from tests.reference.coverage import proportion
from tests.stats.test_event_tests import N_EVENTS, simulated_events
from tests.stats.test_rigobon_sack import TRUE_RESPONSE, simulated_days
from tests.stats.test_since import CORR, MEAN, VOLATILITY, simulated_prices

SEED = 20251007
RUNS = 5000
DCC_RUNS = 400
LONG_RUN = 0.4
SESSIONS = 1950
TESTS = {"Boehmer-Musumeci-Poulsen": standardised_cross_sectional, "Corrado": corrado_rank}
EVENT_CASES: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("Boehmer-Musumeci-Poulsen", "no effect", {}),
    ("Boehmer-Musumeci-Poulsen", "no effect, twice the volatility on event days", {"event_scale": 2.0}),
    ("Boehmer-Musumeci-Poulsen", "no effect, four times the volatility on event days", {"event_scale": 4.0}),
    ("Boehmer-Musumeci-Poulsen", "effect of half a standard deviation", {"shift": 0.5}),
    ("Corrado", "no effect", {}),
    ("Corrado", "no effect, heavy tails (t with 3 degrees of freedom)", {"heavy": True}),
    ("Corrado", "effect of half a standard deviation", {"shift": 0.5}),
)
DCC_CASES = ((1000, 0.05, 0.90), (2000, 0.05, 0.90), (2000, 0.03, 0.95))


def event_tests(runs: int) -> list[dict[str, Any]]:
    """Return how often each test over 60 events rejects at 5 %, with and without an effect."""
    out = []
    for place, (name, case, effect) in enumerate(EVENT_CASES):
        rng = np.random.default_rng([SEED, 1, place])
        hits = sum(TESTS[name](simulated_events(rng, **effect)).pvalue < 0.05 for _ in range(runs))
        out.append(
            {
                "test": name,
                "case": case,
                "events": N_EVENTS,
                "runs": runs,
                "effect": "shift" in effect,
                "rejected": proportion(int(hits), runs),
            }
        )
    return out


def rigobon(runs: int) -> list[dict[str, Any]]:
    """Return medians of the estimate and of plain least squares, and how often the interval holds the truth."""
    out = []
    for events, policy_sd in ((90, 0.4), (90, 0.2)):
        rng = np.random.default_rng([SEED, 2, events, int(100 * policy_sd)])
        estimates, slopes, hits, bounded = [], [], 0, 0
        for _ in range(runs):
            (y_e, x_e), (y_c, x_c) = simulated_days(events, policy_sd, rng), simulated_days(2 * events, 0.1, rng)
            found = rigobon_sack(y_e, x_e, y_c, x_c)
            estimates.append(found.value)
            slopes.append(event_beta(y_e, x_e).value)
            if found.lower is None or found.upper is None:
                hits += 1
            else:
                bounded += 1
                hits += found.lower <= TRUE_RESPONSE <= found.upper
        out.append(
            {
                "events": events,
                "policy_sd": policy_sd,
                "control_sd": 0.1,
                "truth": TRUE_RESPONSE,
                "median": round(float(np.median(estimates)), 3),
                "median_ols": round(float(np.median(slopes)), 3),
                "runs": runs,
                "bounded": bounded / runs,
                "coverage": proportion(hits, runs),
            }
        )
    return out


def dcc(runs: int) -> list[dict[str, Any]]:
    """Return mean and spread of the recovered parameters, and how often the interval holds the true correlation."""
    return [_dcc_row(nobs, a, b, runs) for nobs, a, b in DCC_CASES]


def _dcc_row(nobs: int, a: float, b: float, runs: int) -> dict[str, Any]:
    found, errors, hits, given = [], [], 0, 0
    for run in range(runs):
        z, path = dcc_pairs(
            nobs + 1, a=a, b=b, long_run=LONG_RUN, rng=np.random.default_rng([SEED, 3, nobs, int(100 * a), run])
        )
        x = garch_returns(z[:-1, 0], omega=2e-5, alpha=0.05, beta=0.90)
        y = garch_returns(z[:-1, 1], omega=1e-6, alpha=0.08, beta=0.88)
        fit = dcc_fit(x, y)
        found.append((fit.a, fit.b, fit.long_run))
        errors.append(fit.latest - path[-1])
        ends = dcc_interval(fit.residuals[:, 0].copy(), fit.residuals[:, 1].copy(), fit.a, fit.b)
        if ends is not None:
            given += 1
            hits += ends[0] <= path[-1] <= ends[1]
    mean, sd = np.mean(found, axis=0), np.std(found, axis=0)
    return {
        "nobs": nobs,
        "truth": [a, b, LONG_RUN],
        "median": [round(float(v), 3) for v in np.median(found, axis=0)],
        "mean": [round(float(v), 3) for v in mean],
        "sd": [round(float(v), 3) for v in sd],
        "latest_rmse": round(float(np.sqrt(np.mean(np.square(errors)))), 4),
        "runs": runs,
        "with_interval": given,
        "coverage": proportion(int(hits), given),
    }


def weighted(runs: int) -> list[dict[str, Any]]:
    """Return how often the interval of the weighted correlation holds the truth where nothing changes."""
    out = []
    for name, alpha, beta in (("independent", 0.0, 0.0), ("one common GARCH variance", 0.05, 0.90)):
        pairs = common_garch_pairs(
            252, runs, rho=0.5, alpha=alpha, beta=beta, rng=np.random.default_rng([SEED, 4, int(100 * beta)])
        )
        hits = 0
        for run in range(runs):
            lower, upper = ewma_interval(float(ewma_corr(pairs[:, 0, run], pairs[:, 1, run])[-1]))
            hits += lower <= 0.5 <= upper
        out.append({"returns": name, "truth": 0.5, "runs": runs, "coverage": proportion(hits, runs)})
    return out


def base_rates(runs: int) -> list[dict[str, Any]]:
    """Return how often the interval of the joint-up base rate holds the truth, seven years of sessions."""
    out = []
    for horizon in (21, 63, 126, 252):
        spread = VOLATILITY * math.sqrt(horizon)
        cross = CORR * spread[0] * spread[1]
        normal = scipy.stats.multivariate_normal(-MEAN * horizon, [[spread[0] ** 2, cross], [cross, spread[1] ** 2]])
        truth = float(normal.cdf([0.0, 0.0]))
        rng = np.random.default_rng([SEED, 5, horizon])
        hits = 0
        for _ in range(runs):
            prices = simulated_prices(SESSIONS, rng)
            base = joint_up_base_rate(prices[:, 0], prices[:, 1], horizon)
            if base is None:
                raise RuntimeError("no base rate over seven years")
            hits += base.lower <= truth <= base.upper
        out.append(
            {
                "horizon": horizon,
                "sessions": SESSIONS,
                "truth": round(truth, 4),
                "runs": runs,
                "coverage": proportion(int(hits), runs),
            }
        )
    return out


def variance_ratios(runs: int) -> list[dict[str, Any]]:
    """Return how often the interval of the variance ratio holds the truth, 84 event days against 2,000."""
    out = []
    for place, (name, freedom) in enumerate((("normal", None), ("t with 7 degrees of freedom", 7.0))):
        rng = np.random.default_rng([SEED, 6, place])
        hits = 0
        for _ in range(runs):
            draws = rng.standard_normal(2084) if freedom is None else rng.standard_t(freedom, 2084)
            found = variance_ratio(2 * draws[:84], draws[84:])
            hits += found.lower <= 4 <= found.upper
        out.append({"returns": name, "events": 84, "others": 2000, "runs": runs, "coverage": proportion(hits, runs)})
    return out


def main() -> None:
    """Write the studies."""
    studies = {
        "seed": SEED,
        "event_tests": event_tests(RUNS),
        "rigobon_sack": rigobon(RUNS),
        "variance_ratio": variance_ratios(RUNS),
        "weighted": weighted(RUNS),
        "base_rate": base_rates(2000),
        "dcc": dcc(DCC_RUNS),
    }
    Path(__file__).with_name("studies.json").write_text(json.dumps(studies, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
