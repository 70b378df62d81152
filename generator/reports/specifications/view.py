"""What the picture of the specification curve shows: evenly spaced specifications, their words, their choices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from generator.formatting import correlation, plain

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping, Sequence

    from generator.config import Config

KINDS = ("returns", "levels")
WHICH = ("all", "daily", "weekly", "monthly")
CASES = tuple(f"{kind}_{which}" for kind in KINDS for which in WHICH)
DRAWN = 240
"""Specifications in the picture: two pixels each; more could not be told apart."""
NEAR_PERFECT = 0.9
SESSIONS = {"daily": 1, "weekly": 5, "monthly": 21}
LENGTHS = ((126, "up to half a year"), (252, "up to one year"), (756, "up to three years"))
LONGEST = "over three years"
KEPT = "extremes kept"
ALIGNMENTS = {"utc_close": "UTC close", "synchronous": "synchronous"}


@dataclass(frozen=True, slots=True, kw_only=True)
class CurveView:
    """What is drawn, for each case a reader may choose.

    Parameters
    ----------
    curve : DataFrame
        `DRAWN` rows; column place, and for each case name, value, lower and upper.
    choices : DataFrame
        One row per choice of a drawn specification; place, and for each case the choice.
    headline : DataFrame
        One row: for each case the place and value of the specification the site leads with, NaN where it has none.
    counts, reached, ends : mapping of case to number
        Specifications, how many are near-perfect, and the lowest and highest value.
    """

    curve: pd.DataFrame
    choices: pd.DataFrame
    headline: pd.DataFrame
    counts: Mapping[str, int]
    reached: Mapping[str, int]
    ends: Mapping[str, tuple[float, float]]


def curve_view(config: Config, table: pd.DataFrame, cases: Sequence[str], headline: Mapping[str, object]) -> CurveView:
    """Return what is drawn of the specifications in `table`, which are sorted within their kind."""
    places = np.arange(1, DRAWN + 1)
    curve: dict[str, object] = {"place": places}
    marks: dict[str, float] = {}
    picked_choices: dict[str, list[str]] = {}
    counts, reached, ends = {}, {}, {}
    for case in cases:
        kind, which = case.split("_")
        rows = table[table["kind"] == kind]
        rows = rows if which == "all" else rows[rows["frequency"] == which]
        many = len(rows)
        picks = np.rint(np.linspace(0, many - 1, DRAWN)).astype(int)
        drawn = rows.iloc[picks]
        records = drawn.to_dict("records")
        curve[f"name_{case}"] = [
            f"{described(config, row)} (place {pick + 1} of {many})" for row, pick in zip(records, picks, strict=True)
        ]
        curve |= {f"{part}_{case}": drawn[part].to_numpy() for part in ("value", "lower", "upper")}
        picked_choices[case] = [choice for row in records for choice in choices_of(config, row)]
        counts[case] = many
        reached[case] = int((rows["value"] >= NEAR_PERFECT).sum())
        ends[case] = (float(rows["value"].min()), float(rows["value"].max()))
        marks |= _mark(rows, case, headline)
    per_row = len(picked_choices[cases[0]]) // DRAWN
    return CurveView(
        curve=pd.DataFrame(curve),
        choices=pd.DataFrame(
            {
                "place": np.repeat(places, per_row),
                **{f"choice_{case}": picked for case, picked in picked_choices.items()},
            }
        ),
        headline=pd.DataFrame([marks]),
        counts=counts,
        reached=reached,
        ends=ends,
    )


def _mark(rows: pd.DataFrame, case: str, headline: Mapping[str, object]) -> dict[str, float]:
    """Return where the specification the site leads with stands among these; on prices the plainest like it."""
    chosen = np.ones(len(rows), dtype=bool)
    for column, value in headline.items():
        chosen &= (rows[column] == value).to_numpy()
    chosen &= rows["treatment"].isin(["none", "price"]).to_numpy()
    if not chosen.any() or not headline:
        return {f"place_{case}": np.nan, f"value_{case}": np.nan}
    at = int(np.flatnonzero(chosen)[0])
    place = 1 + at * (DRAWN - 1) / max(len(rows) - 1, 1)
    return {f"place_{case}": place, f"value_{case}": float(rows["value"].iloc[at])}


def _sample_words(row: Mapping[Hashable, object]) -> str:
    if row["window_obs"]:
        unit = {"daily": "sessions", "weekly": "weeks", "monthly": "months"}[str(row["frequency"])]
        return f"last {row['window_obs']} {unit}"
    return f"since {row['start']}"


def described(config: Config, row: Mapping[Hashable, object]) -> str:
    """Return one specification in words."""
    treatment = "" if row["treatment"] in {"none", "price"} else f", {row['treatment']}"
    what = "returns" if row["kind"] == "returns" else "prices"
    return (
        f"{str(row['estimator']).capitalize()}, {row['frequency']} {what}, {_sample_words(row)}, "
        f"{config.series[str(row['proxy'])].short}, {ALIGNMENTS[str(row['alignment'])]}{treatment}"
    )


def nearest(config: Config, table: pd.DataFrame, value: float) -> str:
    """Return the specification on returns and the one on prices that come nearest to a value."""
    if table.empty:
        return "none"
    parts = []
    for kind in KINDS:
        rows = table[table["kind"] == kind]
        if rows.empty:
            continue
        row = rows.iloc[int(np.abs(rows["value"].to_numpy() - value).argmin())].to_dict()
        parts.append(f"{plain(correlation(float(row['value'])))} ({described(config, row)})")
    return "; ".join(parts)


def _length(row: Mapping[Hashable, object]) -> str:
    span = np.datetime64(str(row["last"])[:10]) - np.datetime64(str(row["first"])[:10])
    sessions = float(span / np.timedelta64(1, "D")) * 252 / 365.25
    # A window of 252 sessions spans a few days more or less than a year: the first return is not in its span.
    return next((label for most, label in LENGTHS if sessions <= most * 1.02), LONGEST)


def choices_of(config: Config, row: Mapping[Hashable, object]) -> tuple[str, ...]:
    """Return the choices of one specification as the picture names them, always as many."""
    return (
        str(row["estimator"]).capitalize(),
        str(row["frequency"]),
        _length(row),
        config.series[str(row["proxy"])].short,
        ALIGNMENTS[str(row["alignment"])],
        _treatment(str(row["treatment"])),
    )


def _treatment(name: str) -> str:
    return KEPT if name == "none" else name


def choice_order(config: Config, table: pd.DataFrame) -> list[str]:
    """Return every choice that occurs, from top to bottom of the picture."""
    grid = config.specifications
    if grid is None:
        return []
    proxies = dict.fromkeys(config.series[name].short for name in table["proxy"])
    every = [
        *(name.capitalize() for name in grid.estimators),
        *SESSIONS,
        *(label for _, label in LENGTHS),
        LONGEST,
        *proxies,
        *ALIGNMENTS.values(),
        *map(_treatment, grid.outliers),
        *grid.scales,
    ]
    used = {choice for row in table.to_dict("records") for choice in choices_of(config, row)}
    return [choice for choice in dict.fromkeys(every) if choice in used]


def by_choice(config: Config, table: pd.DataFrame) -> pd.DataFrame:
    """Return the median correlation of the specifications that make each choice, returns and prices apart."""
    long = pd.DataFrame(
        [(choice, row["kind"], row["value"]) for row in table.to_dict("records") for choice in choices_of(config, row)],
        columns=["choice", "kind", "value"],
    )
    rows = []
    for choice in choice_order(config, table):
        found: dict[str, object] = {"choice": choice}
        for kind in KINDS:
            values = long.loc[(long["choice"] == choice) & (long["kind"] == kind), "value"]
            found |= {kind: float(values.median()) if len(values) else np.nan, f"n_{kind}": len(values)}
        rows.append(found)
    return pd.DataFrame(rows)
