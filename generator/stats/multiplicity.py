"""Many tests side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


def adjusted_pvalues(pvalues: ArrayLike) -> NDArray[np.float64]:
    """Return p-values adjusted by Benjamini & Hochberg, in the order given.

    Calling those at or below q significant keeps the expected share of false ones among them at q or less, for
    independent or positively dependent tests. NaN stays NaN and does not count as a test.

    Parameters
    ----------
    pvalues : array_like of shape (n,)
        In [0, 1].

    References
    ----------
    Benjamini, Y. & Hochberg, Y. (1995). Controlling the false discovery rate. *Journal of the Royal Statistical Society
    B* 57(1), 289-300. doi:10.1111/j.2517-6161.1995.tb02031.x
    """
    from scipy.stats import false_discovery_control  # noqa: PLC0415 - scipy.stats takes most of a second to import

    values = np.asarray(pvalues, dtype=np.float64)
    out = np.full(values.shape, np.nan)
    known = np.isfinite(values)
    if known.any():
        out[known] = false_discovery_control(values[known], method="bh")
    return out
