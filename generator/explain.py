"""How a reader gets a number again: the download it rests on, and the few lines that recompute it.

Vendors' prices are not passed on. The downloads hold what is derived from them: log returns, prices rebased to 100 on
their first day, and changes of a public yield.
"""

from __future__ import annotations

import math
import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from generator.expectations import Surprises
from generator.findings import Estimate
from generator.panel import AT_CLOSE
from generator.recipes import MEETINGS, ODDS, OWN, TOGETHER, WITH_MARKET, WITH_YIELD, YIELD, recipe

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from generator.config import Config, Pair
    from generator.findings import Number
    from generator.panel import Panel
    from generator.report import Context

YIELD_FILES: Final = {YIELD: WITH_YIELD} | {name: f"rates-{name}.csv" for name in ("dgs3mo", "dgs10", "dfii10")}
PANEL: Final = "panel.csv"
"""The download of all daily series together."""
OTHER_SECTIONS: Final = frozenset(
    {"What it answers", "Assumptions", "Limits", "Measured", "References", "Code and checks"}
)
"""Sections of a method's page that do not say how a number is computed."""
WEEK_BEFORE: Final = 7
HOURLY: Final = "_hourly"
BRIEF_ROWS: Final = 253
DIGITS: Final = 12
"""Significant digits of a download: a script gets the published number again to six decimals or better."""

_HEAD = """import pandas as pd

data = pd.read_csv("{file}", index_col="date", parse_dates=True)
"""


def script(number_id: str, number: Number, files: Mapping[str, str], pair: str, as_of: date) -> str:
    """Return the script that recomputes a number from a download beside it; nothing where there is no number.

    Where no library has the statistic in a few lines, the script calls the program's own function.

    Parameters
    ----------
    files : mapping
        The downloads of the pair, see `downloads`.
    pair : str
        Its slug.
    """
    if not isinstance(number, Estimate):
        return ""
    found = recipe(number_id)
    if found is None:
        return OWN.format(file=PANEL, pair=pair, as_of=as_of, number_id=number_id) if files else ""
    file, body, words = found
    if file not in files:
        return ""
    return (_HEAD + body).format(file=file, first=number.first, last=number.last, nobs=number.nobs, **words)


def formula(page: str) -> str:
    """Return what the page of a method says of how a number is computed, as it stands there.

    That is all between the question it answers and what it assumes.

    Parameters
    ----------
    page : str
        Markdown of the method's page.
    """
    sections = re.split(r"^## (?=.)", page, flags=re.MULTILINE)[1:]
    kept = [part for part in sections if part.partition("\n")[0] not in OTHER_SECTIONS]
    return "\n".join(part.removeprefix("Formula\n").strip() + "\n" for part in kept)


def formula_lines(page: str) -> list[str]:
    """Return the lines of the blocks in which the page of a method sets its formulas, a blank line between two."""
    blocks = re.findall(r"^```[^\n]*\n(.*?)^```", formula(page), flags=re.MULTILINE | re.DOTALL)
    return "\n".join(blocks).splitlines()


def columns(context: Context) -> list[tuple[str, str, str]]:
    """Return file, column and meaning of everything in the downloads."""
    a, b, m = context.a.label, context.b.label, context.market.label
    rows = [
        (TOGETHER, "date", f"session on which {a} and the {b} both have a price"),
        (
            TOGETHER,
            "a_return, b_return",
            f"log return of {a}, of the {b}, since the row before; empty across a gap and before the start",
        ),
        (TOGETHER, "a_index, b_index", f"price of {a}, of the {b}; 100 in the first row"),
    ]
    three = f"log return of {a}, of the {b}, of the {m}"
    rows += [
        (WITH_MARKET, "date", f"session on which these and the {m} all have a price"),
        (WITH_MARKET, "a_return, b_return, m_return", three),
    ]
    for name, file in YIELD_FILES.items():
        if name in context.config.series:
            rate = context.config.series[name].label
            if file != WITH_YIELD:
                rows.append((file, "date, a_return, b_return, m_return, yield_change", f"the same with the {rate}"))
                continue
            rows += [
                (file, "date", f"session on which these, the {m} and the {rate} all have a value"),
                (file, "a_return, b_return, m_return", three),
                (file, "yield_change", f"change of the {rate}, basis points"),
            ]
    rows += [
        (MEETINGS, "date", "day of the statement of each scheduled meeting since 1994"),
        (MEETINGS, "a_return, b_return, m_return", f"{three}, on that day"),
        (MEETINGS, "yield_change", "change of the 2-year yield on that day, basis points"),
        (MEETINGS, "kuttner", "surprise in the front fed funds future, by Kuttner's formula, basis points"),
        (
            MEETINGS,
            "published, published_2y",
            f"{_published(context)} in the funds rate and the 2-year yield, basis points",
        ),
        (MEETINGS, "kind", "policy where the published surprise and stocks moved opposite ways, else information"),
        (MEETINGS, "decision", "change of the target, basis points"),
        (MEETINGS, f"{ODDS}…", "odds of this change in basis points, by futures of the evening before"),
    ]
    return rows


def _published(context: Context) -> str:
    source = context.expectations.surprises
    return f"surprises of {source.label}" if isinstance(source, Surprises) else "published surprises"


def downloads(context: Context, tables: Mapping[str, pd.DataFrame] | None = None) -> dict[str, str]:
    """Return the text of each download of a pair by its file name; one without a single return is left out.

    Parameters
    ----------
    tables : mapping of file name to DataFrame, optional
        What the pages of the pair have to download besides, by date.
    """
    pair = context.pair
    files: dict[str, str] = {}
    if context.lacking(pair.a, pair.b) is None and context.sample_ab().nobs:
        sample = context.sample_ab()
        # The first week's return begins in the week before the pair's first day.
        levels = context.panel.sample((pair.a, pair.b), context.start - timedelta(days=WEEK_BEFORE)).levels
        files[TOGETHER] = _together(pair, levels, sample.changes)
    for file, last in ((WITH_MARKET, ()), *((file, (name,)) for name, file in YIELD_FILES.items())):
        ids = (pair.a, pair.b, pair.market, *last)
        if any(name not in context.config.series for name in last) or context.lacking(*ids) is not None:
            continue
        changes = context.panel.sample(ids, context.start).changes
        if len(changes):
            heads = ("a_return", "b_return", "m_return", "yield_change")
            files[file] = _csv({head: changes[key] for head, key in zip(heads, ids, strict=False)})
    return files | {name: _csv({str(head): table[head] for head in table}) for name, table in (tables or {}).items()}


def panel_download(panel: Panel, config: Config) -> str:
    """Return every series of a build as one CSV file that `tandem` reads: prices rebased to 100, rates as given.

    Returns do not depend on the base, so the program finds the published numbers in it again. Of hourly prices the one
    at each session's close is in it, which is all that is used of them; futures and surprises are not.
    """
    columns = {}
    for name, series in config.series.items():
        if series.frequency == "daily" and name in panel:
            values = panel.values(name)
            columns[series.csv.column] = 100 * values / values.iloc[0] if series.kind == "price" else values
    for name, series in config.series.items():
        base = name.removesuffix(HOURLY)
        if series.frequency == "hourly" and name in panel and base in panel:
            values = panel.synchronous(base)
            if len(values):
                columns[f"{series.csv.column}{AT_CLOSE}"] = 100 * values / values.iloc[0]
    if not columns:
        return ""
    frame = pd.DataFrame(columns).sort_index()
    lines = [",".join(("date", *frame.columns))]
    for day, row in zip(frame.index, frame.to_numpy(), strict=True):
        lines.append(",".join((str(day)[:10], *map(_cell, row))))
    return "\n".join(lines) + "\n"


def again(number_id: str, pair: str, as_of: date) -> str:
    """Return the command that computes a number anew, with its interval, from the download of all series."""
    return f"python -m generator explain {number_id} --pair {pair} --data {PANEL} --as-of {as_of}"


def brief_download(context: Context) -> str:
    """Return the rows behind the numbers of a pair that has an overview only: since the claim, or the last year."""
    pair = context.pair
    if context.lacking(pair.a, pair.b) is not None or not context.sample_ab().nobs:
        return ""
    sample = context.sample_ab()
    first = min(sample.levels.index[-BRIEF_ROWS:][0], pd.Timestamp(context.config.run.claim_date))
    return _together(pair, sample.levels.loc[first:], sample.changes)


def _together(pair: Pair, levels: pd.DataFrame, changes: pd.DataFrame) -> str:
    """Return the file of both assets: their returns, empty where there is none, and their prices rebased to 100."""
    index = 100 * levels / levels.iloc[0]
    returns = changes.reindex(levels.index)
    names = {"a": pair.a, "b": pair.b}
    return _csv(
        {f"{role}_return": returns[key] for role, key in names.items()}
        | {f"{role}_index": index[key] for role, key in names.items()}
    )


def _csv(parts: Mapping[str, pd.Series]) -> str:
    lines = [",".join(("date", *parts))]
    days = next(iter(parts.values())).index
    for day, *cells in zip(days, *(series.to_numpy() for series in parts.values()), strict=True):
        lines.append(",".join((str(day)[:10], *map(_cell, cells))))
    return "\n".join(lines) + "\n"


def _cell(value: Any) -> str:  # noqa: ANN401 - a number of numpy's
    if isinstance(value, str):
        return value
    return "" if math.isnan(value) else f"{float(value):.{DIGITS}g}"
