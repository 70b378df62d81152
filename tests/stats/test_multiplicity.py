"""False-discovery control against statsmodels and its definition."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests

from generator.stats.multiplicity import adjusted_pvalues


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_equals_statsmodels(pvalues: list[float]) -> None:
    """The same adjusted values as multipletests, never below the raw ones, never above one."""
    ours = adjusted_pvalues(pvalues)
    np.testing.assert_allclose(ours, multipletests(pvalues, method="fdr_bh")[1], rtol=1e-12, atol=1e-15)
    assert (ours >= np.array(pvalues) - 1e-15).all()
    assert (ours <= 1).all()


def test_missing_tests_do_not_count() -> None:
    """NaN stays NaN and leaves the others as if it were not there."""
    ours = adjusted_pvalues([0.01, np.nan, 0.04])
    assert ours[[0, 2]].tolist() == pytest.approx([0.02, 0.04])
    assert np.isnan(ours[1])
    assert np.isnan(adjusted_pvalues([np.nan])).all()
