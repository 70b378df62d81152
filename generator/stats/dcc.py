"""Dynamic conditional correlation of two return series."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

SMALLEST_SAMPLE = 250
"""Below about a year of sessions a GARCH likelihood is flat and its maximum is noise."""
STARTS = ((0.02, 0.95), (0.05, 0.90), (0.10, 0.70), (0.01, 0.50))
"""(a, b) from which the likelihood is climbed; the best end is kept, as the surface can have more than one top."""
LARGEST_PERSISTENCE = 0.9999
PERCENT = 100.0


@dataclass(frozen=True, slots=True, kw_only=True)
class GarchMargin:
    """A GARCH(1,1) with Student t errors for one series, in percent returns.

    Parameters
    ----------
    omega, alpha, beta : float
        s2(t) = omega + alpha e(t-1)^2 + beta s2(t-1).
    freedom : float
        Degrees of freedom of the errors.
    """

    omega: float
    alpha: float
    beta: float
    freedom: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DccFit:
    """A fitted DCC(1,1).

    Parameters
    ----------
    a, b : float
        Weight of yesterday's shock, and of yesterday's matrix.
    long_run : float
        Correlation the process returns to: that of the standardised residuals.
    correlations : ndarray of float64, shape (n,)
        Correlation on day t given the returns to t - 1.
    latest : float
        Correlation for the day after the last one, given all returns.
    margins : tuple of GarchMargin
        Of x and y.
    residuals : ndarray of float64, shape (n, 2)
        Standardised residuals of x and y.
    nobs : int
        Returns used.
    """

    a: float
    b: float
    long_run: float
    correlations: NDArray[np.float64] = field(repr=False, compare=False)
    latest: float
    margins: tuple[GarchMargin, GarchMargin]
    residuals: NDArray[np.float64] = field(repr=False, compare=False)
    nobs: int


def dcc_fit(x: NDArray[np.float64], y: NDArray[np.float64]) -> DccFit:
    """Return Engle's DCC(1,1) of two return series.

    First step: GARCH(1,1) with constant mean and Student t errors for each series (`arch`). Second step, on the
    standardised residuals z: Q(t) = (1 - a - b) S + a z(t-1) z(t-1)' + b Q(t-1), S the mean of zz' scaled to a
    correlation, Q(1) = S; (a, b) maximise the Gaussian quasi-likelihood of the correlations. The interval of the latest
    correlation is `generator.stats.dcc_interval.dcc_interval`.

    Parameters
    ----------
    x, y : ndarray of shape (n,)
        Returns as fractions, finite, n >= 250.

    Returns
    -------
    DccFit
        See there.

    References
    ----------
    Engle, R. (2002). Dynamic conditional correlation. *Journal of Business & Economic Statistics* 20(3), 339-350.
    doi:10.1198/073500102288618487
    """
    if x.size < SMALLEST_SAMPLE:
        raise ValueError(f"nobs = {x.size}: a DCC model needs at least {SMALLEST_SAMPLE} returns")
    margin_x, z_x = garch_margin(x)
    margin_y, z_y = garch_margin(y)
    a, b = dcc_parameters(z_x, z_y)
    path = dcc_correlations(z_x, z_y, a, b)
    return DccFit(
        a=a,
        b=b,
        long_run=uncentred_corr(z_x, z_y),
        correlations=path[:-1],
        latest=float(path[-1]),
        margins=(margin_x, margin_y),
        residuals=np.column_stack([z_x, z_y]),
        nobs=x.size,
    )


def garch_margin(x: NDArray[np.float64]) -> tuple[GarchMargin, NDArray[np.float64]]:
    """Return the GARCH(1,1)-t fit of one return series and its standardised residuals, shape (n,)."""
    from arch import arch_model  # noqa: PLC0415 - arch takes more than a second to import

    fit = arch_model(x * PERCENT, mean="Constant", vol="GARCH", p=1, q=1, dist="t", rescale=False).fit(
        disp="off", show_warning=False
    )
    margin = GarchMargin(
        omega=float(fit.params["omega"]),
        alpha=float(fit.params["alpha[1]"]),
        beta=float(fit.params["beta[1]"]),
        freedom=float(fit.params["nu"]),
    )
    return margin, np.asarray(fit.std_resid, dtype=np.float64)


def dcc_parameters(z_x: NDArray[np.float64], z_y: NDArray[np.float64]) -> tuple[float, float]:
    """Return the (a, b) that maximise the second-step likelihood of standardised residuals, a, b >= 0, a + b < 1."""
    from scipy.optimize import minimize  # noqa: PLC0415 - kept out of the import of this module

    def loss(point: NDArray[np.float64]) -> float:
        persistence = LARGEST_PERSISTENCE / (1.0 + np.exp(-point[0]))
        share = 1.0 / (1.0 + np.exp(-point[1]))
        return -dcc_log_likelihood(z_x, z_y, float(persistence * share), float(persistence * (1.0 - share)))

    ends = [
        minimize(
            loss,
            [_logit((a + b) / LARGEST_PERSISTENCE), _logit(a / (a + b))],
            method="L-BFGS-B",
            bounds=[(-8.0, 12.0), (-12.0, 12.0)],
        )
        for a, b in STARTS
    ]
    point = min(ends, key=lambda end: float(end.fun)).x
    persistence = LARGEST_PERSISTENCE / (1.0 + np.exp(-point[0]))
    share = 1.0 / (1.0 + np.exp(-point[1]))
    return float(persistence * share), float(persistence * (1.0 - share))


def dcc_log_likelihood(z_x: NDArray[np.float64], z_y: NDArray[np.float64], a: float, b: float) -> float:
    """Return the correlation part of the Gaussian log-likelihood, constants left out."""
    return float(np.sum(log_density(z_x, z_y, dcc_correlations(z_x, z_y, a, b)[:-1])))


def log_density(z_x: NDArray[np.float64], z_y: NDArray[np.float64], rho: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return each day's part of that log-likelihood, shape (n,), given the day's correlation."""
    free = 1.0 - rho * rho
    return np.asarray(-0.5 * (np.log(free) + (z_x * z_x + z_y * z_y - 2.0 * rho * z_x * z_y) / free))


def dcc_correlations(z_x: NDArray[np.float64], z_y: NDArray[np.float64], a: float, b: float) -> NDArray[np.float64]:
    """Return the conditional correlations for days 1 to n + 1, shape (n + 1,), each given the days before it.

    The recursion is linear, so each entry of Q is one call of a linear filter.

    Parameters
    ----------
    z_x, z_y : ndarray of shape (n,)
        Standardised residuals.
    a, b : float
        Non-negative, sum below one.
    """
    return correlation_path(z_x, z_y, a, b, uncentred_corr(z_x, z_y))


def correlation_path(
    z_x: NDArray[np.float64], z_y: NDArray[np.float64], a: float, b: float, long_run: float
) -> NDArray[np.float64]:
    """Return the same for a long-run correlation that is given, shape (n + 1,)."""
    q_xy = _filtered(z_x * z_y, long_run, a, b)
    q_xx = _filtered(z_x * z_x, 1.0, a, b)
    q_yy = _filtered(z_y * z_y, 1.0, a, b)
    return np.asarray(q_xy / np.sqrt(q_xx * q_yy))


def _filtered(product: NDArray[np.float64], long_run: float, a: float, b: float) -> NDArray[np.float64]:
    """Return q(1) = long_run, q(t) = (1 - a - b) long_run + a product(t-1) + b q(t-1), shape (n + 1,)."""
    from scipy.signal import lfilter  # noqa: PLC0415 - kept out of the import of this module

    inflow = a * product + (1.0 - a - b) * long_run
    return np.concatenate([[long_run], np.asarray(lfilter([1.0], [1.0, -b], inflow, zi=[b * long_run])[0])])


def uncentred_corr(z_x: NDArray[np.float64], z_y: NDArray[np.float64]) -> float:
    """Return the correlation of two columns around zero."""
    return float(z_x @ z_y / np.sqrt((z_x @ z_x) * (z_y @ z_y)))


def _logit(share: float) -> float:
    return float(np.log(share / (1.0 - share)))
