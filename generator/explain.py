"""How a reader gets a number again: the download it rests on, and the few lines that recompute it.

Vendors' prices are not passed on. The downloads hold what is derived from them: log returns, prices rebased to 100 on
their first day, and changes of a public yield.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any, Final

from generator.findings import Estimate

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from generator.findings import Number
    from generator.report import Context

TOGETHER: Final = "returns.csv"
WITH_YIELD: Final = "rates.csv"
YIELD: Final = "dgs2"
DIGITS: Final = 12
"""Significant digits of a download: a script gets the published number again to six decimals or better."""

_HEAD = """import pandas as pd

data = pd.read_csv("{file}", index_col="date", parse_dates=True)
"""
_CORRELATION = """part = data[["{a}", "{b}"]].dropna().loc["{first}":"{last}"]
print(part.corr(method="{method}").iloc[0, 1])
"""
_LEVELS = """part = data[["a_index", "b_index"]].loc[:"{last}"].tail({nobs})
print(part.corr().iloc[0, 1])
"""
_GROWTH = """path = data.loc["{first}":"{last}", "{role}_index"]
print(path.iloc[-1] / path.iloc[0] - 1)
"""
_BETA = """part = data.dropna().loc["{first}":"{last}"]
slope = part["{role}_return"].cov(part["yield_change"]) / part["yield_change"].var()
print(slope * 100 * 25)  # a fraction per basis point -> % per +25 bp
"""
_PARTIAL = """import numpy as np

part = data.dropna().loc["{first}":"{last}", ["a_return", "b_return", "m_return", "yield_change"]]
precision = np.linalg.inv(part.corr())
print(-precision[0, 1] / np.sqrt(precision[0, 0] * precision[1, 1]))
"""
_SCRIPTS: Final = (
    (r"correlation\.(?P<method>pearson|spearman|kendall)\.daily\.(\d+|all)", TOGETHER, _CORRELATION),
    (r"since\.correlation", TOGETHER, _CORRELATION),
    (r"levels\.pearson\.\d+", TOGETHER, _LEVELS),
    (r"since\.(?P<role>[ab])\.return", TOGETHER, _GROWTH),
    (rf"rates\.beta\.{YIELD}\.(?P<role>[abm])\.(\d+|all)", WITH_YIELD, _BETA),
    (r"partial\.market_and_rates\.(\d+|all)", WITH_YIELD, _PARTIAL),
)


def script(number_id: str, number: Number, files: Mapping[str, str]) -> str:
    """Return the script that recomputes a number from a download beside it, or nothing.

    Parameters
    ----------
    files : mapping
        The downloads of the pair, see `downloads`.
    """
    if not isinstance(number, Estimate):
        return ""
    for pattern, file, body in _SCRIPTS:
        found = re.fullmatch(pattern, number_id)
        if found and file in files:
            words = {"method": "pearson", "a": "a_return", "b": "b_return", **found.groupdict()}
            return (_HEAD + body).format(file=file, first=number.first, last=number.last, nobs=number.nobs, **words)
    return ""


def columns(context: Context) -> list[tuple[str, str, str]]:
    """Return file, column and meaning of everything in the downloads."""
    a, b, m = context.a.label, context.b.label, context.market.label
    rows = [
        (TOGETHER, "date", f"session on which {a} and the {b} both have a price"),
        (TOGETHER, "a_return, b_return", f"log return of {a}, of the {b}, since the row before; empty across a gap"),
        (TOGETHER, "a_index, b_index", f"price of {a}, of the {b}; 100 in the first row"),
    ]
    if YIELD in context.config.series:
        rate = context.config.series[YIELD].label
        rows += [
            (WITH_YIELD, "date", f"session on which these, the {m} and the {rate} all have a value"),
            (WITH_YIELD, "a_return, b_return, m_return", f"log return of {a}, of the {b}, of the {m}"),
            (WITH_YIELD, "yield_change", f"change of the {rate}, basis points"),
        ]
    return rows


def downloads(context: Context) -> dict[str, str]:
    """Return the text of each download of a pair by its file name; one without a single return is left out."""
    pair = context.pair
    files: dict[str, str] = {}
    if context.lacking(pair.a, pair.b) is None and context.sample_ab().nobs:
        sample = context.sample_ab()
        index = 100 * sample.levels / sample.levels.iloc[0]
        returns = sample.changes.reindex(sample.levels.index)
        names = {"a": pair.a, "b": pair.b}
        parts = {f"{role}_return": returns[key] for role, key in names.items()}
        parts |= {f"{role}_index": index[key] for role, key in names.items()}
        files[TOGETHER] = _csv(parts)
    ids = (pair.a, pair.b, pair.market, YIELD)
    if YIELD in context.config.series and context.lacking(*ids) is None:
        changes = context.panel.sample(ids, context.start).changes
        heads = ("a_return", "b_return", "m_return", "yield_change")
        files[WITH_YIELD] = _csv({head: changes[key] for head, key in zip(heads, ids, strict=True)})
    return files


def _csv(parts: Mapping[str, pd.Series]) -> str:
    lines = [",".join(("date", *parts))]
    days = next(iter(parts.values())).index
    for day, *cells in zip(days, *(series.to_numpy() for series in parts.values()), strict=True):
        lines.append(",".join((str(day)[:10], *map(_cell, cells))))
    return "\n".join(lines) + "\n"


def _cell(value: Any) -> str:  # noqa: ANN401 - a number of numpy's
    return "" if math.isnan(value) else f"{float(value):.{DIGITS}g}"
