"""Runs of consecutive cuts, what followed them, and a scenario by how much of the cuts is not yet priced in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from generator.charts.encode import Column
from generator.charts.figure import Figure
from generator.charts.layers import Axis, Line
from generator.charts.paths import fan
from generator.charts.theme import series_ink
from generator.findings import Estimate, Number, Numbers, Unavailable
from generator.fomc import cut_spells
from generator.formatting import plain, share, shown, signed_percent
from generator.panel import nyse_sessions
from generator.report import Context, Report, TableRow
from generator.stats.event_study import event_positions, event_responses, yield_surprise_bp
from generator.stats.scenario import CUTS, UNPRICED, Scenario, ScenarioSet, event_betas, residual_returns, scenario_set
from generator.stats.spells import HORIZONS, SpellOutcome, joint_up_share, spell_outcome

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from generator.config import Series
    from generator.fomc import Meeting

YIELD = "dgs2"
FOUR = 4
PATHS = 10_000
FEWEST_EVENTS = 20
NO_VALUE = "no value"
# What the picture shows before a reader chooses: the claim's four cuts, all of them a surprise.
SHOWN_CUTS, SHOWN_UNPRICED = 4, 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One run of cuts as the table shows it."""

    identity: str
    first: str
    last: str
    cuts: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One control of the scenario: its name, what it is called, and its settings (value, label, "checked" or "")."""

    name: str
    label: str
    options: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What the page says.

    Parameters
    ----------
    spells, cycles : tuple of Row
        Runs of consecutive cuts, and easing cycles; newest first.
    columns : tuple of str
        Headings of `Row.cells`.
    scenario : ScenarioSet or None
        Joint paths; None where there are too few events or no yields.
    """

    numbers: Numbers
    answer: str
    spells: tuple[Row, ...]
    cycles: tuple[Row, ...]
    columns: tuple[str, ...]
    followed: tuple[TableRow, ...]
    grid: tuple[TableRow, ...]
    grid_columns: tuple[str, ...]
    scenario: ScenarioSet | None
    no_scenario: str
    controls: tuple[Choice, ...]
    case: str
    events: int


def analyse(context: Context) -> Findings:
    """Return every run of cuts with what followed, and the scenario grid."""
    numbers: dict[str, Number] = {}
    spells = cut_spells(context.meetings, context.as_of)
    cycles = cut_spells(context.meetings, context.as_of, through_holds=True)
    sessions, prices = _prices(context)
    outcomes = [_outcome(spell, sessions, prices) for spell in spells]
    followed = [o for o in outcomes if o is not None]
    for horizon in HORIZONS:
        numbers[f"spells.joint_up.{horizon}"] = _joint_up(context, followed, horizon)
    numbers["spells.four_or_more"] = Estimate(
        value=float(sum(len(spell) >= FOUR for spell in spells)),
        nobs=len(spells),
        unit="count",
        method="four-cuts",
        first=context.meetings[0].date,
        last=context.as_of,
    )
    scenario, why_not, events = _scenario(context)
    numbers |= _scenario_numbers(context, scenario, why_not, events)
    return Findings(
        numbers=Numbers(numbers),
        answer=_answer(context, numbers),
        spells=_rows(spells, outcomes, "run"),
        cycles=_rows(cycles, [_outcome(cycle, sessions, prices) for cycle in cycles], "cycle"),
        columns=tuple(
            f"{series.short}, {when}"
            for when in (*(f"cut {n}" for n in (2, 3, 4)), *(f"{h} sessions" for h in HORIZONS))
            for series in (context.a, context.b)
        )
        + tuple(f"{series.short}, worst fall in {HORIZONS[-1]}" for series in (context.a, context.b)),
        followed=tuple(TableRow(label=f"{h}", ids=(f"spells.joint_up.{h}",)) for h in HORIZONS),
        grid=tuple(
            TableRow(
                label=f"{cuts}",
                ids=tuple(
                    f"scenario.{kind}.{cuts}.{_percent(part)}" for part in UNPRICED for kind in ("both_up", "neither")
                ),
            )
            for cuts in CUTS
        ),
        grid_columns=tuple(
            f"{words}, {_percent(part)} % unpriced" for part in UNPRICED for words in ("Both up", "Neither")
        ),
        scenario=scenario,
        no_scenario=why_not,
        controls=_controls(),
        case=_case(SHOWN_CUTS, SHOWN_UNPRICED / 100),
        events=events,
    )


def _prices(context: Context) -> tuple[np.ndarray, np.ndarray]:
    """Return all sessions up to the date and the prices of A and B on them, NaN before an asset's first usable day."""
    sessions = nyse_sessions()
    sessions = sessions[sessions <= pd.Timestamp(context.as_of)]
    columns = []
    for series_id in (context.pair.a, context.pair.b):
        values = (
            context.panel.values(series_id).reindex(sessions).to_numpy(dtype=float).copy()
            if series_id in context.panel
            else np.full(len(sessions), np.nan)
        )
        usable = context.config.series[series_id].first_usable
        if usable is not None:
            values[sessions < pd.Timestamp(usable)] = np.nan
        columns.append(values)
    return sessions.to_numpy().astype("datetime64[D]"), np.column_stack(columns)


def _outcome(spell: Sequence[Meeting], sessions: np.ndarray, prices: np.ndarray) -> SpellOutcome | None:
    return spell_outcome([meeting.date for meeting in spell], sessions, prices)


def _rows(spells: Sequence[Sequence[Meeting]], outcomes: Sequence[SpellOutcome | None], kind: str) -> tuple[Row, ...]:
    rows = []
    for spell, outcome in zip(spells, outcomes, strict=True):
        values: list[float] = []
        if outcome is not None:
            parts = (*outcome.to_cut.values(), *outcome.after.values(), outcome.drawdown[HORIZONS[-1]])
            values = [float(value) for part in parts for value in part]
        rows.append(
            Row(
                identity=f"{kind}-{spell[0].date.isoformat()}",
                first=spell[0].date.isoformat(),
                last=spell[-1].date.isoformat(),
                cuts=len(spell),
                cells=tuple(
                    plain(signed_percent(value)) if np.isfinite(value) else NO_VALUE
                    for value in values or [np.nan] * 14
                ),
            )
        )
    return tuple(reversed(rows))


def _joint_up(context: Context, outcomes: Sequence[SpellOutcome], horizon: int) -> Number:
    found = joint_up_share(outcomes, horizon, level=context.level)
    if found is None:
        return Unavailable(reason=f"no run of cuts with prices of both for {horizon} sessions (n = 0)")
    return Estimate(
        value=found.value,
        lower=found.lower,
        upper=found.upper,
        level=found.level,
        nobs=int(found.nobs),
        unit="share",
        method="four-cuts",
        first=context.start,
        last=context.as_of,
    )


def _scenario(context: Context) -> tuple[ScenarioSet | None, str, int]:
    """Return the joint paths, or why there are none, and the number of events the response rests on."""
    pair = context.pair
    lacking = context.lacking(pair.a, pair.b, YIELD)
    if lacking:
        return None, lacking.reason, 0
    sample = context.panel.sample((pair.a, pair.b, YIELD), context.start)
    dates = [m.date for m in context.meetings if m.kind == "scheduled" and m.has_outcome and m.date >= context.start]
    sessions = sample.levels.index.to_numpy().astype("datetime64[D]")
    positions = event_positions(sessions, dates, nyse_sessions().to_numpy().astype("datetime64[D]"))
    levels = sample.levels.to_numpy()
    surprise = yield_surprise_bp(levels[:, 2], positions)
    responses = event_responses(np.log(levels[:, :2]), positions)
    usable = np.isfinite(responses).all(axis=1) & np.isfinite(surprise)
    events = int(usable.sum())
    if events < FEWEST_EVENTS:
        return None, f"not enough decisions with prices and yields (n = {events}, needs {FEWEST_EVENTS})", events
    if not np.ptp(surprise[usable]):
        return None, f"the yield moved alike on every decision day (n = {events})", events
    betas = event_betas(responses, surprise)
    changes = sample.changes.index.to_numpy().astype("datetime64[D]")
    calendar = nyse_sessions().to_numpy().astype("datetime64[D]")
    residuals = residual_returns(
        sample.changes.iloc[:, :2].to_numpy(), event_positions(changes, dates, calendar), surprise, betas.value
    )
    return scenario_set(residuals, betas, rng=context.rng("scenario"), reps=PATHS), "", events


def _scenario_numbers(context: Context, scenario: ScenarioSet | None, why_not: str, events: int) -> dict[str, Number]:
    numbers: dict[str, Number] = {}
    for cuts in CUTS:
        for part in UNPRICED:
            for kind in ("both_up", "neither"):
                key = f"scenario.{kind}.{cuts}.{_percent(part)}"
                if scenario is None:
                    numbers[key] = Unavailable(reason=why_not)
                    continue
                told = scenario.scenarios[cuts, part]
                value = told.p_both_up if kind == "both_up" else told.p_neither
                # The interval is that of the simulation alone; the page says what else is uncertain.
                numbers[key] = Estimate(
                    value=value,
                    lower=max(value - 2 * told.simulation_error, 0.0),
                    upper=min(value + 2 * told.simulation_error, 1.0),
                    nobs=events,
                    unit="share",
                    method="scenario",
                    first=context.start,
                    last=context.as_of,
                )
    return numbers


def _percent(part: float) -> int:
    return round(100 * part)


def _controls() -> tuple[Choice, ...]:
    def options(values: Sequence[tuple[int, str]], shown: int) -> tuple[tuple[str, str, str], ...]:
        return tuple((str(value), label, "checked" if value == shown else "") for value, label in values)

    shares = [(_percent(part), f"{_percent(part)} %") for part in UNPRICED]
    return (
        Choice(name="cuts", label="Cuts of 0.25 points", options=options([(n, str(n)) for n in CUTS], SHOWN_CUTS)),
        Choice(name="unpriced", label="Not yet priced in", options=options(shares, SHOWN_UNPRICED)),
    )


def _answer(context: Context, numbers: Mapping[str, Number]) -> str:
    """Return how rare four cuts are, and what they would add."""
    four = numbers["spells.four_or_more"]
    text = ""
    if isinstance(four, Estimate):
        text = f"Of {four.nobs} runs of cuts since {four.first.year}, {four.value:.0f} reached four."
    run = context.numbers.get("spells.longest_since_claim")
    if isinstance(run, Estimate):
        text += f" After the claim the longest run was {run.value:.0f}."
    plain_case, surprise = numbers["scenario.both_up.0.0"], numbers["scenario.both_up.4.100"]
    if isinstance(plain_case, Estimate) and isinstance(surprise, Estimate):
        text += (
            f" In simulated half years without any effect of cuts both assets rose in {plain(shown(plain_case))}; with "
            f"four cuts that nobody expected, in {plain(shown(surprise))}; with four that everybody expected, in "
            f"{plain(shown(numbers['scenario.both_up.4.0']))} again."
        )
    return text.strip()


def figures(context: Context, findings: Findings) -> Sequence[Figure]:
    """Return the fan of each asset for the chosen scenario."""
    scenario = findings.scenario
    if scenario is None:
        return ()
    frame = _fans(scenario)
    return tuple(_fan_figure(context, scenario, frame, place) for place in (0, 1))


def _fans(scenario: ScenarioSet) -> pd.DataFrame:
    """Return every fan: columns sessions and, per asset, part and choice, such as median_a_4_100 (percent)."""
    columns: dict[str, object] = {"sessions": scenario.grid}
    for place, role in enumerate("ab"):
        columns[f"median_{role}_without"] = 100 * scenario.unconditional.median[:, place]
    for (cuts, part), told in scenario.scenarios.items():
        for place, role in enumerate("ab"):
            ending = f"{role}_{_case(cuts, part)}"
            columns[f"median_{ending}"] = 100 * told.median[:, place]
            columns[f"lower_{ending}"] = 100 * told.lower[:, place]
            columns[f"upper_{ending}"] = 100 * told.upper[:, place]
    return pd.DataFrame(columns)


def _case(cuts: int, part: float) -> str:
    """Return the ending of the columns of one case."""
    return f"{cuts}_{_percent(part)}"


def _case_words(series: Series, scenario: ScenarioSet, told: Scenario, place: int) -> dict[str, str]:
    """Return the title and subtitle of one case: they change with the choice."""
    low, high = (plain(signed_percent(float(x[-1, place]), 0)) for x in (told.lower, told.upper))
    return {
        "title": f"{series.label}: eight paths in ten end between {low} and {high}",
        "subtitle": f"% in {scenario.horizon} sessions, {told.n_cuts} cuts, {_percent(told.unpriced)} % not priced in; "
        "dashed: without cuts",
    }


def _fan_figure(context: Context, scenario: ScenarioSet, frame: pd.DataFrame, place: int) -> Figure:
    series, role = ((context.a, "a"), (context.b, "b"))[place]
    told = scenario.scenarios[SHOWN_CUTS, SHOWN_UNPRICED / 100]
    without = scenario.unconditional
    end, low, high = (float(x[-1, place]) for x in (told.median, told.lower, told.upper))
    shown_case = _case(SHOWN_CUTS, SHOWN_UNPRICED / 100)
    ending = f"{role}_{shown_case}"
    ink = series_ink(series.colour, 0)
    spec = fan(
        frame,
        data="fans",
        step="sessions",
        bands=[("80 % of paths", f"lower_{ending}", f"upper_{ending}")],
        lines=[
            Line(column=f"median_{ending}", label="median", ink=ink),
            Line(column=f"median_{role}_without", label="median without cuts", ink=series_ink(series.colour, 1)),
        ],
        ink=ink,
        step_axis=Axis(title="Sessions from today", format=".0f"),
        axis=Axis(title="% since today", format="+.0f", domain=_domain(frame, role)),
        reference=0.0,
    )
    words = {
        _case(*key): _case_words(series, scenario, case, place) for key, case in sorted(scenario.scenarios.items())
    }
    spec["usermeta"]["tandem"] |= {"case": shown_case, "cases": words}
    return Figure(
        id=f"scenario-{role}",
        **words[shown_case],
        alt=f"Fan chart of {series.label} over {scenario.horizon} sessions, {SHOWN_CUTS} cuts that nobody expected: "
        f"the median ends at {plain(signed_percent(end))}, 80 % of {scenario.reps} paths between "
        f"{plain(signed_percent(low))} and {plain(signed_percent(high))}; without cuts the median ends at "
        f"{plain(signed_percent(float(without.median[-1, place])))}.",
        caption="The scale is that of the widest case, so that cases can be compared. "
        "The controls above choose the case; the address keeps the choice.",
        source=context.source_line,
        spec=spec,
        data={"fans": frame},
        table=_table(scenario, place),
        columns={
            "sessions": Column(label="Sessions", decimals=0),
            **{
                name: Column(label=name.replace("_", " "), unit=" %", decimals=1, signed=True)
                for name in frame.columns
                if name != "sessions"
            },
            "case": Column(label="Cuts, not priced in"),
            "median": Column(label="Median at the end", unit=" %", decimals=1, signed=True),
            "lower": Column(label="10 % of paths below", unit=" %", decimals=1, signed=True),
            "upper": Column(label="10 % of paths above", unit=" %", decimals=1, signed=True),
        },
    )


def _domain(frame: pd.DataFrame, role: str) -> tuple[float, float]:
    """Return one scale for all cases of an asset, in whole tens of percent."""
    columns = [name for name in frame.columns if name.startswith((f"lower_{role}_", f"upper_{role}_"))]
    values = frame[columns].to_numpy()
    return float(np.floor(values.min() / 10) * 10), float(np.ceil(values.max() / 10) * 10)


def _table(scenario: ScenarioSet, place: int) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "case": f"{cuts}, {plain(share(part))}",
                "median": 100 * told.median[-1, place],
                "lower": 100 * told.lower[-1, place],
                "upper": 100 * told.upper[-1, place],
            }
            for (cuts, part), told in scenario.scenarios.items()
        ]
    )


REPORT = Report(
    slug="four-cuts",
    title="Four cuts in a row",
    question="How often do four cuts come in a row, what followed, and what would they add?",
    analyse=analyse,
    figures=figures,
)
