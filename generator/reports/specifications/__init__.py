"""Does the answer depend on the choices made on the way to it? Every defensible choice at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from generator.charts.axes import Axis
from generator.charts.curve import sorted_curve
from generator.charts.distribution import intervals
from generator.charts.encode import Column
from generator.charts.figure import Figure
from generator.charts.theme import ACCENT, PALETTE
from generator.findings import Estimate, Number, Numbers, Unavailable
from generator.formatting import correlation, count, plain, share
from generator.report import Context, Report, TableRow
from generator.reports.specifications.view import (
    CASES,
    KINDS,
    WHICH,
    CurveView,
    by_choice,
    choice_order,
    curve_view,
    nearest,
)
from generator.stats.specifications import PairColumns, SpecificationCurve, SpecificationGrid, specification_curve

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from generator.config import Published, Specifications
    from generator.panel import Frequency

THRESHOLDS = (0.9, 0.7, 0.5)
NEAR_PERFECT = THRESHOLDS[0]
HEADLINE_OBS = 252
MIDDLE = 0.95
METHOD = "specification-curve"
FEWEST = 12
SHOWN_CASE = "returns_all"


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """One choice a reader has: its name, what it is called, and its settings (value, label, "checked" or "")."""

    name: str
    label: str
    options: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """A correlation somebody else published, and where it falls on the curve."""

    value: str
    about: str
    source: str
    open: str
    nearest: str
    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What the page says.

    Parameters
    ----------
    table : DataFrame
        Every specification, sorted within its kind; columns of `generator.stats.specifications.COLUMNS`.
    reason : str
        Why there is no curve; empty where there is one.
    grid : tuple of (choice, options)
        The grid as the page lists it.
    """

    numbers: Numbers
    answer: str
    rows: tuple[TableRow, ...]
    accounts: tuple[TableRow, ...]
    reported: tuple[Reported, ...]
    grid: tuple[tuple[str, str], ...]
    grid_sha256: str
    controls: tuple[Control, ...]
    case: str
    reason: str
    table: pd.DataFrame = field(repr=False)


def analyse(context: Context) -> Findings:
    """Return the correlation under every specification of the grid, and where published numbers fall on it."""
    chosen = context.config.specifications
    lacking = context.lacking(context.pair.a, context.pair.b)
    if chosen is None:
        lacking = Unavailable(reason="report.toml lists no specifications")
    if lacking or chosen is None:
        return _findings(context, None, lacking or Unavailable(reason="no grid"), chosen)
    curve = specification_curve(_columns(context, chosen), _grid(context, chosen))
    if curve.table.empty:
        return _findings(context, None, Unavailable(reason=f"not enough data for any of {curve.planned}"), chosen)
    return _findings(context, curve, None, chosen)


def _proxies(context: Context, chosen: Specifications) -> tuple[tuple[str, str, str], ...]:
    """Return the pairs of series that stand for A and B: (name, series for A, series for B); the pair itself first."""
    pair = context.pair
    own = pair.b if pair.b in chosen.proxies or pair.a not in chosen.proxies else pair.a
    found = [(own, pair.a, pair.b)]
    found += [(name, pair.a, name) for name in chosen.proxies.get(pair.b, ()) if name != pair.a]
    found += [(name, name, pair.b) for name in chosen.proxies.get(pair.a, ()) if name != pair.b]
    return tuple(found)


def _grid(context: Context, chosen: Specifications) -> SpecificationGrid:
    return SpecificationGrid(
        estimators=tuple(chosen.estimators),
        proxies=tuple(name for name, _, _ in _proxies(context, chosen)),
        alignments=tuple(chosen.alignments),
        windows={frequency: tuple(windows) for frequency, windows in chosen.windows.items()},
        starts={frequency: tuple(starts) for frequency, starts in chosen.starts.items()},
        outliers=tuple(chosen.outliers),
        scales=tuple(chosen.scales),
    )


def _columns(context: Context, chosen: Specifications) -> dict[tuple[str, str, str], PairColumns]:
    """Return what the sources give, by (proxy, alignment, frequency)."""
    frequencies: tuple[Frequency, ...] = ("daily", "weekly", "monthly")
    data: dict[tuple[str, str, str], PairColumns] = {}
    for name, a, b in _proxies(context, chosen):
        if context.panel.missing((a, b)):
            continue
        for alignment in chosen.alignments:
            synchronous = alignment == "synchronous"
            if synchronous and not context.panel.has_synchronous((a, b)):
                continue
            for frequency in frequencies:
                sample = context.panel.sample((a, b), context.start, frequency=frequency, synchronous=synchronous)
                data[name, alignment, frequency] = PairColumns(
                    dates=sample.changes.index.to_numpy().astype("datetime64[D]"),
                    returns=sample.changes.to_numpy(),
                    prices=sample.levels.loc[sample.changes.index].to_numpy(),
                )
    return data


# ------------------------------------------------------------------------------------------------------- what it says


def _findings(
    context: Context, curve: SpecificationCurve | None, lacking: Unavailable | None, chosen: Specifications | None
) -> Findings:
    table = pd.DataFrame() if curve is None else curve.table
    published = [item for item in context.config.published if context.pair.slug in item.pairs]
    numbers = _numbers(context, curve, lacking or Unavailable(reason="no specification of this kind has enough data"))
    numbers |= _published_numbers(context, table, published, lacking)
    return Findings(
        numbers=Numbers(numbers),
        answer=_answer(context, numbers, lacking),
        rows=tuple(
            TableRow(label=label, ids=tuple(f"specifications.{kind}.{part}" for kind in KINDS))
            for part, label in (
                ("count", "Specifications"),
                ("median", "Median correlation"),
                ("lowest", "Lowest"),
                ("highest", "Highest"),
                *((f"share_above_{line}", f"Share at or above {line}") for line in THRESHOLDS),
            )
        ),
        accounts=tuple(
            TableRow(label=label, ids=(f"specifications.{part}",))
            for part, label in (
                ("planned", "Combinations of the grid"),
                ("absent", "Absent: this source lacks a part, such as hourly bars or a fund"),
                ("short", "Left out: too few observations, or the sample begins later than the start"),
                ("duplicate", "Left out: the same numbers as another one, such as a rule that caught no outlier"),
            )
        ),
        reported=tuple(_reported(context, item, table) for item in published),
        grid=_grid_rows(context, chosen),
        grid_sha256="" if chosen is None else chosen.sha256,
        controls=_controls(table),
        case=SHOWN_CASE,
        reason="" if lacking is None else lacking.reason,
        table=table,
    )


def _fact(context: Context, value: float, nobs: int, unit: str) -> Estimate:
    return Estimate(
        value=value, nobs=nobs, unit=unit, method=METHOD, first=context.start, last=context.as_of, level=context.level
    )


def _numbers(context: Context, curve: SpecificationCurve | None, lacking: Unavailable) -> dict[str, Number]:
    """Return count, median, range and shares, returns and prices apart, and what became of the rest of the grid."""
    parts = ("count", "median", "lowest", "highest", *(f"share_above_{line}" for line in THRESHOLDS))
    numbers: dict[str, Number] = {f"specifications.{kind}.{part}": lacking for kind in KINDS for part in parts}
    numbers |= {f"specifications.{part}": lacking for part in ("planned", "absent", "short", "duplicate")}
    if curve is None:
        return numbers
    for part in ("planned", "absent", "short", "duplicate"):
        numbers[f"specifications.{part}"] = _fact(context, float(getattr(curve, part)), curve.planned, "count")
    for kind in KINDS:
        values = _values(curve.table, kind)
        many = values.size
        if not many:
            continue
        found = {"count": (float(many), "count"), "median": (float(np.median(values)), "correlation")}
        found |= {"lowest": (float(values.min()), "correlation"), "highest": (float(values.max()), "correlation")}
        found |= {f"share_above_{line}": (float((values >= line).mean()), "share") for line in THRESHOLDS}
        numbers |= {
            f"specifications.{kind}.{part}": _fact(context, value, many, unit) for part, (value, unit) in found.items()
        }
    return numbers


def _values(table: pd.DataFrame, kind: str) -> np.ndarray:
    return np.array([]) if table.empty else table.loc[table["kind"] == kind, "value"].to_numpy()


def _published_numbers(
    context: Context, table: pd.DataFrame, published: Sequence[Published], lacking: Unavailable | None
) -> dict[str, Number]:
    """Return, for each published number, the share of specifications that reach it."""
    numbers: dict[str, Number] = {}
    for item in published:
        for kind in KINDS:
            values = _values(table, kind)
            numbers[f"published.{item.slug}.{kind}"] = (
                _fact(context, float((values >= item.lower).mean()), values.size, "share")
                if values.size
                else lacking or Unavailable(reason="no specification of this kind has enough data")
            )
    return numbers


def _reported(context: Context, item: Published, table: pd.DataFrame) -> Reported:
    if item.lower == item.upper:
        value = plain(correlation(item.lower))
    elif item.upper == 1:
        value = f"above {plain(correlation(item.lower))}"
    else:
        value = f"{plain(correlation(item.lower))} to {plain(correlation(item.upper))}"
    return Reported(
        value=value,
        about=item.about,
        source=item.source,
        open=item.open,
        nearest=nearest(context.config, table, item.lower),
        ids=tuple(f"published.{item.slug}.{kind}" for kind in KINDS),
    )


def _answer(context: Context, numbers: Mapping[str, Number], lacking: Unavailable | None) -> str:
    """Return how many specifications there are, where half of them lie, and how many are near-perfect."""
    if lacking is not None:
        return f"The specification curve is not available: {lacking.reason}."
    a, b = context.a.label, context.b.label
    text = ""
    many, middle = numbers["specifications.returns.count"], numbers["specifications.returns.median"]
    high, top = numbers[f"specifications.returns.share_above_{NEAR_PERFECT}"], numbers["specifications.returns.highest"]
    if isinstance(many, Estimate) and isinstance(middle, Estimate):
        reaching = _reaching(high)
        text = (
            f"Of {plain(count(many.value))} defensible ways to correlate the returns of {a} and the {b}, {reaching} "
            f"{NEAR_PERFECT}; half give {plain(correlation(middle.value))} or less"
        )
        text += f", and the highest gives {plain(correlation(top.value))}." if isinstance(top, Estimate) else "."
    levels, among = numbers[f"specifications.levels.share_above_{NEAR_PERFECT}"], numbers["specifications.levels.count"]
    if isinstance(levels, Estimate) and isinstance(among, Estimate):
        text += (
            f" Of {plain(count(among.value))} ways to correlate their prices, which is no evidence of a link, "
            f"{_reaching(levels)} {NEAR_PERFECT}."
        )
    return text.strip()


def _reaching(number: Number) -> str:
    """Return "none reaches", "one reaches" or "12.5 % reach"."""
    if isinstance(number, Unavailable) or not number.value:
        return "none reaches"
    found = round(number.value * number.nobs)
    return "one reaches" if found == 1 else f"{plain(share(number.value))} reach"


def _grid_rows(context: Context, chosen: Specifications | None) -> tuple[tuple[str, str], ...]:
    """Return the grid in words."""
    if chosen is None:
        return ()
    names = {"utc_close": "UTC close", "synchronous": "synchronous (the hour of the New York close)"}
    rows = [("Estimator", ", ".join(item.capitalize() for item in chosen.estimators))]
    rows += [(f"Latest observations, {f}", ", ".join(map(str, w))) for f, w in chosen.windows.items()]
    rows += [(f"Sample start, {f}", ", ".join(map(str, s))) for f, s in chosen.starts.items()]
    series = context.config.series
    stands = [series[name].label for name, _, _ in _proxies(context, chosen)]
    rows += [
        ("Index or fund", ", ".join(stands)),
        ("Alignment", ", ".join(names[item] for item in chosen.alignments)),
        ("Extreme returns", ", ".join(chosen.outliers)),
        ("Scale of prices", ", ".join(chosen.scales)),
    ]
    return tuple(rows)


def _controls(table: pd.DataFrame) -> tuple[Control, ...]:
    """Return the filters of the curve: those settings that have specifications whatever the other filter says."""
    if table.empty:
        return ()
    held = {(kind, which) for kind in KINDS for which in WHICH if len(_of_case(table, kind, which)) >= FEWEST}
    kinds = [kind for kind in KINDS if (kind, "all") in held]
    whiches = [which for which in WHICH if all((kind, which) in held for kind in kinds)]
    labels = {"returns": "Returns", "levels": "Prices", "all": "All", "daily": "Daily", "weekly": "Weekly"}

    def options(values: Sequence[str], shown: str) -> tuple[tuple[str, str, str], ...]:
        return tuple((v, labels.get(v, v.capitalize()), "checked" if v == shown else "") for v in values)

    own = SHOWN_CASE.split("_")
    return (
        Control(name="kind", label="Correlation of", options=options(kinds, own[0])),
        Control(name="which", label="Observations", options=options(whiches, own[1])),
    )


def _of_case(table: pd.DataFrame, kind: str, which: str) -> pd.DataFrame:
    chosen = table["kind"] == kind
    return table[chosen if which == "all" else chosen & (table["frequency"] == which)]


# --------------------------------------------------------------------------------------------------------- pictures


def figures(context: Context, findings: Findings) -> Sequence[Figure]:
    """Return the sorted curve with the choices behind it, and published numbers beside what was found."""
    if findings.table.empty or "returns" not in set(findings.table["kind"]):
        return ()
    offered = [options for control in findings.controls for options in [control.options]]
    cases = [f"{kind}_{which}" for kind, *_ in offered[0] for which, *_ in offered[1]]
    view = curve_view(context.config, findings.table, [case for case in CASES if case in cases], _headline(context))
    return (_curve_figure(context, findings, view), *_published_figure(context, findings))


def _headline(context: Context) -> dict[str, object]:
    """Return the choices of the number the site leads with."""
    chosen = context.config.specifications
    if chosen is None:
        return {}
    return {
        "estimator": "pearson",
        "frequency": "daily",
        "window_obs": HEADLINE_OBS,
        "proxy": _proxies(context, chosen)[0][0],
        "alignment": "utc_close",
    }


def _curve_figure(context: Context, findings: Findings, view: CurveView) -> Figure:
    case = SHOWN_CASE
    spec = sorted_curve(
        view.curve,
        view.choices,
        curve_data="curve",
        choices_data="choices",
        rank="place",
        value=f"value_{case}",
        lower=f"lower_{case}",
        upper=f"upper_{case}",
        choice=f"choice_{case}",
        order=choice_order(context.config, findings.table),
        axis=Axis(title="Correlation", format=".1f", domain=(-1.0, 1.0)),
        reference=NEAR_PERFECT,
        ink=PALETTE[0],
    )
    spec["vconcat"][0]["layer"].append(_headline_layer(case))
    words = {
        name: {"title": title, "subtitle": _subtitle(name, view.counts[name])} for name, title in _titles(view).items()
    }
    meta = spec["usermeta"]["tandem"]
    meta |= {"case": case, "cases": words}
    meta["brush"] = {
        "data": "curve",
        "along": "place",
        "value": f"value_{case}",
        "choices": "choices",
        "choice": f"choice_{case}",
    }
    meta["key"] = [
        {"label": "one specification", "color": PALETTE[0].css, "dash": [], "shape": "circle"},
        {"label": "the one this site leads with", "color": ACCENT.css, "dash": [], "shape": "circle"},
    ]
    meta["readout"]["fields"] = [f"name_{case}", f"value_{case}", f"lower_{case}", f"upper_{case}"]
    every = findings.table.drop(columns=["first", "last"]).assign(
        proxy=[context.config.series[name].short for name in findings.table["proxy"]],
        first=pd.to_datetime(findings.table["first"]),
        last=pd.to_datetime(findings.table["last"]),
    )
    low, high = view.ends[case]
    return Figure(
        id="specification-curve",
        **words[case],
        alt=f"{plain(count(view.counts[case]))} correlations of returns in ascending order, from "
        f"{plain(correlation(low))} to {plain(correlation(high))}, with the choices behind each as marks below; "
        f"a line stands at {NEAR_PERFECT}.",
        caption=f"Each dot is one specification with its pointwise 95 % interval, below it the choices it makes. "
        f"The picture shows {len(view.curve)} of them, evenly spaced along the order; the CSV holds all. The ring is "
        f"the number this site leads with (Pearson, {HEADLINE_OBS} sessions), or the same choices on prices. Prices "
        "carry no interval: no textbook one applies to them.",
        source=context.source_line,
        spec=spec,
        data={
            "specifications": every,
            "curve": view.curve,
            "choices": view.choices,
            "headline": view.headline,
        },
        table=by_choice(context.config, findings.table),
        columns={
            "kind": Column(label="Correlation of"),
            "estimator": Column(label="Estimator"),
            "frequency": Column(label="Frequency"),
            "window_obs": Column(label="Latest observations", decimals=0),
            "start": Column(label="Sample start"),
            "proxy": Column(label="Index or fund"),
            "alignment": Column(label="Alignment"),
            "treatment": Column(label="Extreme returns, or scale"),
            "value": Column(label="Correlation"),
            "lower": Column(label="Lower"),
            "upper": Column(label="Upper"),
            "nobs": Column(label="n", decimals=0),
            "first": Column(label="First"),
            "last": Column(label="Last"),
            "choice": Column(label="Choice"),
            "returns": Column(label="Median, returns"),
            "n_returns": Column(label="Specifications, returns", decimals=0),
            "levels": Column(label="Median, prices"),
            "n_levels": Column(label="Specifications, prices", decimals=0),
            "place": Column(label="Place", decimals=0),
            **{
                f"{part}_{name}": Column(label=label)
                for name in CASES
                for part, label in (
                    ("name", "Specification"),
                    ("value", "correlation"),
                    ("lower", "95 % interval from"),
                    ("upper", "to"),
                )
            },
        },
    )


def _headline_layer(case: str) -> dict[str, object]:
    """Return the ring around the specification the site leads with."""
    return {
        "name": "headline",
        "data": {"name": "headline"},
        "mark": {"type": "point", "filled": False, "size": 130, "strokeWidth": 2.5, "color": ACCENT.css, "opacity": 1},
        "encoding": {
            "x": {"field": f"place_{case}", "type": "quantitative", "axis": None},
            "y": {"field": f"value_{case}", "type": "quantitative"},
        },
    }


def _titles(view: CurveView) -> dict[str, str]:
    """Return the finding of each case."""
    titles = {}
    for case, (low, high) in view.ends.items():
        reached = view.reached[case]
        most = "None" if not reached else "All" if reached == view.counts[case] else plain(count(reached))
        reach = "reaches" if reached < 2 else "reach"  # noqa: PLR2004 - grammar
        titles[case] = (
            f"{most} of {plain(count(view.counts[case]))} {reach} {NEAR_PERFECT}; they run from "
            f"{plain(correlation(low))} to {plain(correlation(high))}"
        )
    return titles


def _subtitle(case: str, many: int) -> str:
    kind, which = case.split("_")
    what = "returns" if kind == "returns" else "prices, which is no evidence of a link"
    often = "daily, weekly and monthly" if which == "all" else which
    return (
        f"Correlation of {what}; {often}; {plain(count(many))} specifications in ascending order; "
        f"line at {NEAR_PERFECT}"
    )


def _published_figure(context: Context, findings: Findings) -> tuple[Figure, ...]:
    """Return what others reported beside the spread of what was found; nothing where nobody reported."""
    rows = []
    for kind, label in (("returns", "Returns, all specifications"), ("levels", "Prices, all specifications")):
        values = _values(findings.table, kind)
        if values.size:
            low, high = np.quantile(values, [(1 - MIDDLE) / 2, (1 + MIDDLE) / 2])
            rows.append((label, float(np.median(values)), float(low), float(high), "found here"))
    published = [item for item in context.config.published if context.pair.slug in item.pairs]
    if not published:
        return ()
    for item in published:
        exact = item.lower == item.upper
        at = item.lower if exact else np.nan
        ends = (np.nan, np.nan) if exact else (item.lower, item.upper)
        rows.append((f"{item.source.partition(',')[0]}: {item.about}", at, *ends, "as reported"))
    frame = pd.DataFrame(rows, columns=["label", "value", "lower", "upper", "whose"])
    spec = intervals(
        frame,
        data="published",
        label="label",
        value="value",
        lower="lower",
        upper="upper",
        axis=Axis(title="Correlation", format=".1f", domain=(-1.0, 1.0)),
        reference=0.0,
        group="whose",
        inks={"found here": PALETTE[0], "as reported": PALETTE[1]},
    )
    middle = findings.numbers["specifications.returns.median"]
    said = ", ".join(_reported(context, item, findings.table).value for item in published)
    centre = plain(correlation(middle.value)) if isinstance(middle, Estimate) else "not available"
    return (
        Figure(
            id="published-numbers",
            title=f"Reported: {said}; the middle of what returns give here is {centre}",
            subtitle=f"Median and middle {100 * MIDDLE:g} % of the specifications, and numbers others reported",
            alt=f"Numbers reported by others, {said}, beside the spread of the specifications found here, whose median "
            f"on returns is {centre}.",
            caption="A reported number is a dot, a reported range a line. The line of what was found here is the "
            f"spread over choices, from which {100 * MIDDLE:g} % do not stray; it is no confidence interval.",
            source=context.source_line,
            spec=spec,
            data={"published": frame},
            columns={
                "label": Column(label="Number"),
                "value": Column(label="Value or median"),
                "lower": Column(label="From"),
                "upper": Column(label="To"),
                "whose": Column(label="Whose"),
            },
        ),
    )


REPORT = Report(
    slug="specifications",
    title="Specification curve",
    question="Does the answer depend on the choices made on the way to it?",
    analyse=analyse,
    figures=figures,
)
