"""Correlation: plain, ranked, rolling, weighted, partial, and what is known about its error in closed form."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

SMALLEST_DETERMINANT = 1e-12
"""A correlation matrix nearer to singular than this has no usable inverse."""


def corr(x: NDArray[np.float64], y: NDArray[np.float64]) -> float:
    """Return Pearson's correlation, NaN when a series is constant."""
    a, b = _deviations(x), _deviations(y)
    scale = float(np.sqrt((a @ a) * (b @ b)))
    return float(np.clip(a @ b / scale, -1.0, 1.0)) if scale > 0 else float("nan")


def rank_corr(x: NDArray[np.float64], y: NDArray[np.float64]) -> float:
    """Return Spearman's correlation: Pearson's of the ranks, ties at their mean rank; NaN when a series is constant."""
    from scipy.stats import rankdata  # noqa: PLC0415 - scipy.stats takes most of a second to import

    return corr(rankdata(x), rankdata(y))


def kendall_tau(x: NDArray[np.float64], y: NDArray[np.float64]) -> float:
    """Return Kendall's tau-b, NaN when a series is constant."""
    from scipy.stats import kendalltau  # noqa: PLC0415 - scipy.stats takes most of a second to import

    return float(kendalltau(x, y).statistic)


def normal_quantile(level: float) -> float:
    """Return the two-sided standard normal quantile: 1.96 for 0.95."""
    from scipy.special import ndtri  # noqa: PLC0415 - kept out of the import of this module

    return float(ndtri((1 + level) / 2))


def fisher_interval(
    r: ArrayLike, nobs: ArrayLike, level: float = 0.95, *, controls: int = 0
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return Fisher's interval tanh(atanh(r) -+ z / sqrt(n - 3 - controls)) for independent normal pairs.

    Parameters
    ----------
    r : array_like
        Correlation, or partial correlation.
    nobs : array_like
        Observations behind each `r`.
    level : float
        Coverage, pointwise.
    controls : int
        Variables held fixed in a partial correlation.

    Returns
    -------
    lower, upper : ndarray
        Of the broadcast shape; NaN where n - 3 - controls < 1 or `r` is NaN; both ends are r where abs(r) = 1.

    References
    ----------
    Fisher, R. A. (1921). On the probable error of a coefficient of correlation. *Metron* 1, 3-32.
    """
    value, count = np.broadcast_arrays(np.asarray(r, dtype=np.float64), np.asarray(nobs, dtype=np.float64))
    freedom = count - 3 - controls
    half = normal_quantile(level) / np.sqrt(np.where(freedom >= 1, freedom, np.nan))
    with np.errstate(divide="ignore"):
        centre = np.arctanh(value)
    return np.asarray(np.tanh(centre - half)), np.asarray(np.tanh(centre + half))


def rolling_corr(x: NDArray[np.float64], y: NDArray[np.float64], window_obs: int) -> NDArray[np.float64]:
    """Return Pearson's correlation over the last `window_obs` observations, shape (n,).

    Sums over windows of the centred series, each made of values inside its window alone. NaN for the first
    `window_obs` - 1 places, for windows with a value that is not finite, and for windows in which a series is constant.

    Parameters
    ----------
    x, y : ndarray of shape (n,)
        Paired observations.
    window_obs : int
        At least 2.
    """
    if window_obs < 2:  # noqa: PLR2004 - one point has no correlation
        raise ValueError(f"window_obs = {window_obs}: a rolling correlation needs at least 2 observations")
    out = np.full(x.size, np.nan)
    if x.size < window_obs:
        return out
    known = np.isfinite(x) & np.isfinite(y)
    a, b = _scaled(x, known), _scaled(y, known)
    sums = _window_sums(np.stack([a, b, a * a, b * b, a * b]), window_obs)
    mean_a, mean_b, mean_aa, mean_bb, mean_ab = sums / window_obs
    var_a, var_b = mean_aa - mean_a**2, mean_bb - mean_b**2
    usable = _moves(a, window_obs) & _moves(b, window_obs) & _all_known(known, window_obs) & (var_a > 0) & (var_b > 0)
    value = (mean_ab - mean_a * mean_b)[usable] / np.sqrt(var_a[usable] * var_b[usable])
    out[window_obs - 1 :][usable] = np.clip(value, -1.0, 1.0)
    return out


def ewma_corr(
    x: NDArray[np.float64], y: NDArray[np.float64], *, lam: float = 0.94, start_obs: int = 63
) -> NDArray[np.float64]:
    """Return the exponentially weighted correlation with zero mean (RiskMetrics 1996), shape (n,).

    s(t) = lam s(t-1) + (1 - lam) r(t) r(t)', so the value for t uses returns up to and including t. It starts from the
    mean of the first `start_obs` products, at place `start_obs` - 1; NaN before.

    Parameters
    ----------
    x, y : ndarray of shape (n,)
        Returns, finite.
    lam : float
        Decay, between 0 and 1.
    start_obs : int
        Observations behind the first value.
    """
    from scipy.signal import lfilter  # noqa: PLC0415 - kept out of the import of this module

    out = np.full(x.size, np.nan)
    if x.size < start_obs:
        return out

    def smooth(product: NDArray[np.float64]) -> NDArray[np.float64]:
        first = product[:start_obs].mean()
        rest = lfilter([1 - lam], [1.0, -lam], product[start_obs:], zi=[lam * first])[0]
        return np.concatenate([[first], np.asarray(rest)])

    scale = np.sqrt(smooth(x * x) * smooth(y * y))
    exists = scale > 0
    out[start_obs - 1 :][exists] = np.clip(smooth(x * y)[exists] / scale[exists], -1.0, 1.0)
    return out


def ewma_interval(r: float, *, lam: float = 0.94, level: float = 0.95) -> tuple[float, float]:
    """Return Fisher's interval of an exponentially weighted correlation with zero mean.

    The weights are worth 1 / sum(w^2) = (1 + lam) / (1 - lam) equally weighted returns, one more as no mean is taken.

    Parameters
    ----------
    r : float
        Weighted correlation.
    lam : float
        Decay, between 0 and 1.
    level : float
        Coverage claimed, for independent normal pairs.
    """
    lower, upper = fisher_interval(r, (1 + lam) / (1 - lam) + 1, level)
    return float(lower), float(upper)


def partial_corr(columns: NDArray[np.float64]) -> float:
    """Return the correlation of the first two columns given all others, NaN when a column is constant.

    Parameters
    ----------
    columns : ndarray of shape (n, k)
        At least two columns.
    """
    if (np.ptp(columns, axis=0) == 0).any():
        return float("nan")
    return float(partial_from_matrix(np.atleast_2d(np.corrcoef(columns, rowvar=False))[None])[0])


def partial_from_matrix(matrices: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return -p01 / sqrt(p00 p11) of the inverses of stacked correlation matrices (m, k, k), shape (m,).

    This is the statistic to hand to `bootstrap_statistics`. A matrix with a NaN, or without an inverse, gives NaN.
    """
    usable = np.asarray(np.isfinite(matrices).all(axis=(1, 2)))
    usable[usable] = np.linalg.det(matrices[usable]) > SMALLEST_DETERMINANT
    inverse = np.linalg.inv(matrices[usable])
    out = np.full(matrices.shape[0], np.nan)
    out[usable] = np.clip(-inverse[:, 0, 1] / np.sqrt(inverse[:, 0, 0] * inverse[:, 1, 1]), -1.0, 1.0)
    return out


def zou_interval(r_ab: float, r_ac: float, r_bc: float, nobs: int, level: float = 0.95) -> tuple[float, float]:
    """Return Zou's interval for r_ab - r_ac, two correlations that share the variable a.

    Parameters
    ----------
    r_ab, r_ac : float
        The correlations compared.
    r_bc : float
        Correlation of the two variables that are not shared.
    nobs : int
        Observations, the same for all three.
    level : float
        Coverage, for independent normal observations.

    Returns
    -------
    lower, upper : float

    References
    ----------
    Zou, G. Y. (2007). Toward using confidence intervals to compare correlations. *Psychological Methods*
    12(4), 399-413. doi:10.1037/1082-989X.12.4.399
    """
    low_ab, high_ab = (float(end) for end in fisher_interval(r_ab, nobs, level))
    low_ac, high_ac = (float(end) for end in fisher_interval(r_ac, nobs, level))
    joint = (r_bc - 0.5 * r_ab * r_ac) * (1 - r_ab**2 - r_ac**2 - r_bc**2) + r_bc**3
    dependence = joint / ((1 - r_ab**2) * (1 - r_ac**2))
    down, up = r_ab - low_ab, high_ac - r_ac
    lower = r_ab - r_ac - np.sqrt(max(0.0, down**2 + up**2 - 2 * dependence * down * up))
    down, up = high_ab - r_ab, r_ac - low_ac
    upper = r_ab - r_ac + np.sqrt(max(0.0, down**2 + up**2 - 2 * dependence * down * up))
    return float(lower), float(upper)


def forbes_rigobon(r: ArrayLike, variance_ratio: ArrayLike) -> NDArray[np.float64]:
    """Return the correlation corrected for volatility: r / sqrt(1 + d (1 - r^2)), d = variance_ratio - 1.

    When the variance of the driving market rises and nothing else changes, the raw correlation rises by itself; this
    takes that part back. It assumes no omitted factor and no feedback.

    Parameters
    ----------
    r : array_like
        Correlation in the period looked at.
    variance_ratio : array_like
        Variance of the driving market in that period over its variance in the reference period.

    References
    ----------
    Forbes, K. J. & Rigobon, R. (2002). No contagion, only interdependence. *Journal of Finance* 57(5), 2223-2261.
    doi:10.1111/0022-1082.00494
    """
    value = np.asarray(r, dtype=np.float64)
    excess = np.asarray(variance_ratio, dtype=np.float64) - 1.0
    out: NDArray[np.float64] = value / np.sqrt(1.0 + excess * (1.0 - value**2))
    return out


def rolling_adjusted_corr(x: NDArray[np.float64], driver: NDArray[np.float64], window_obs: int) -> NDArray[np.float64]:
    """Return the rolling correlation corrected for the driver's volatility, shape (n,), NaN where the raw one is.

    `forbes_rigobon` with the variance of `driver` in each window over its variance in the whole sample.

    Parameters
    ----------
    x, driver : ndarray of shape (n,)
        Returns, finite; `driver` is the market whose shocks are taken to spread.
    window_obs : int
        At least 2.
    """
    raw = rolling_corr(x, driver, window_obs)
    out = np.full(raw.size, np.nan)
    exists = np.isfinite(raw)
    if exists.any():
        centred = driver - driver.mean()
        mean, square = _window_sums(np.stack([centred, centred**2]), window_obs) / window_obs
        variance = np.full(raw.size, np.nan)
        variance[window_obs - 1 :] = square - mean**2
        out[exists] = forbes_rigobon(raw[exists], variance[exists] / np.mean(centred**2))
    return out


def _deviations(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return x minus its mean, exactly zero for a constant series."""
    return x - x.mean() if np.ptp(x) > 0 else np.zeros(x.size)


def _scaled(x: NDArray[np.float64], known: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return x centred and scaled over the places that are known, zero elsewhere: running sums stay accurate."""
    if not known.any():
        return np.zeros(x.size)
    centred = np.where(known, x - np.median(x[known]), 0.0)
    scale = float(np.abs(centred).max())
    return centred / scale if scale > 0 else centred


def _window_sums(values: NDArray[np.float64], window_obs: int) -> NDArray[np.float64]:
    """Return the sum over each window of each row, shape (rows, n - window_obs + 1).

    The series is cut into blocks as long as the window. A window is the end of one block and the start of the next, so
    its sum is one running sum from the right plus one from the left; nothing is subtracted, and a wild value leaves no
    rounding behind once it is out of the window.
    """
    rows, nobs = values.shape
    blocks = -(-nobs // window_obs)
    padded = np.zeros((rows, blocks * window_obs))
    padded[:, :nobs] = values
    padded = padded.reshape(rows, blocks, window_obs)
    heads = np.cumsum(padded, axis=2).reshape(rows, -1)
    tails = np.cumsum(padded[:, :, ::-1], axis=2)[:, :, ::-1].reshape(rows, -1)
    starts = np.arange(nobs - window_obs + 1)
    ends = heads[:, starts + window_obs - 1]
    return np.asarray(np.where(starts % window_obs == 0, ends, tails[:, starts] + ends))


def _moves(x: NDArray[np.float64], window_obs: int) -> NDArray[np.bool_]:
    """Return for each window whether not all its values are equal: some change in its last window_obs - 1 steps."""
    changes = np.concatenate([[0], np.cumsum(np.diff(x) != 0)])
    return np.asarray(changes[window_obs - 1 :] != changes[: x.size - window_obs + 1])


def _all_known(known: NDArray[np.bool_], window_obs: int) -> NDArray[np.bool_]:
    """Return for each window whether all its values are known."""
    missing = np.concatenate([[0], np.cumsum(~known)])
    return np.asarray(missing[window_obs:] == missing[:-window_obs])
