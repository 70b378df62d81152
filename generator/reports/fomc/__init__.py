"""Every decision of the Federal Reserve: what was expected, how the assets responded, and whether they did so alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.estimates import many_tests
from generator.findings import Estimate, Number, Numbers, Unavailable
from generator.fomc import consecutive_cuts, longest_cuts_since
from generator.formatting import interval, plain, shown, signed
from generator.recipes import MEETINGS
from generator.report import Context, Report, TableRow, ends
from generator.reports.fomc.agreement import ROWS as AGREEMENT_ROWS
from generator.reports.fomc.agreement import agreement
from generator.reports.fomc.bench import Study, replicated, studies
from generator.reports.fomc.download import meetings_table
from generator.reports.fomc.effects import Effects, effects
from generator.reports.fomc.expected import Expected, expected
from generator.reports.fomc.figures import (
    PER,
    assets,
    expected_figure,
    kinds_figure,
    response_figure,
    scatter_figure,
)
from generator.reports.fomc.meetings import RECENT, Row, rows
from generator.reports.fomc.path_days import DayPaths, day_figure, paths_by_day
from generator.reports.fomc.path_figures import path_figure, projection_figure
from generator.reports.fomc.responses import HORIZONS, Responses, all_responses, same_way
from generator.reports.fomc.study import ROLES, YIELD, Measures, measures, scheduled

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    import pandas as pd

    from generator.charts.figure import Figure
    from generator.expectations import Futures, Surprises
    from generator.fomc import Meeting

WORDS = {"cut": "a cut", "hike": "a rise", "hold": "a hold"}
SURPRISES = {
    "kuttner": "Kuttner's, from the front future",
    "published": "published, in the funds rate",
    "published_2y": "published, in the 2-year yield",
    "policy": "published, rates and stocks opposite ways: policy",
    "information": "published, rates and stocks the same way: news about the economy",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What the page says.

    Parameters
    ----------
    windows : tuple of TableRow
        Responses per asset: day, one session to each side, five sessions after, own history.
    surprises : tuple of TableRow
        Responses per other measure of the surprise.
    identified, projected, tandem, agreement : tuple of TableRow
        By heteroskedasticity; after a surprise cut; same way; measures against each other.
    recent, earlier : tuple of Row
        Every meeting, newest first.
    columns : tuple of str
        Headings of the moves in the tables of meetings.
    without_futures, without_published : str
        Why there are none; empty where there are.
    published : str
        Whose surprises they are, empty without any.
    """

    numbers: Numbers
    answer: str
    last: str
    events: tuple[Meeting, ...]
    measures: Measures
    responses: Responses
    effects: Effects
    expected: Expected
    days: DayPaths
    bench: tuple[Study, ...]
    windows: tuple[TableRow, ...]
    surprises: tuple[TableRow, ...]
    identified: tuple[TableRow, ...]
    projected: tuple[TableRow, ...]
    tandem: tuple[TableRow, ...]
    agreement: tuple[TableRow, ...]
    horizons: tuple[int, ...]
    recent: tuple[Row, ...]
    earlier: tuple[Row, ...]
    columns: tuple[str, ...]
    upcoming: tuple[str, ...]
    many: str
    without_futures: str
    without_published: str
    published: str

    @property
    def with_futures(self) -> bool:
        """Whether there are prices of futures."""
        return not self.without_futures

    @property
    def with_published(self) -> bool:
        """Whether there are published surprises."""
        return not self.without_published


def analyse(context: Context) -> Findings:
    """Return the event study, what was priced in, and every meeting as a row."""
    events = scheduled(context)
    found = measures(context, events)
    responses = all_responses(context, events, found)
    different = effects(context, events, found)
    priced = expected(context)
    numbers = Numbers(responses.numbers)
    for part in (
        same_way(context, events, found),
        different.numbers,
        priced.numbers,
        agreement(context, events, found),
        replicated(context),
        _runs(context),
    ):
        numbers = numbers.merged(part)
    every = rows(context, priced.eve)
    singles = [n.pvalue for n in responses.numbers.values() if isinstance(n, Estimate) and n.pvalue is not None]
    return Findings(
        numbers=numbers,
        answer=_answer(context, numbers),
        last=_last(context, every),
        events=events,
        measures=found,
        responses=responses,
        effects=different,
        expected=priced,
        days=paths_by_day(context) if context.shown else DayPaths(),
        bench=studies(context),
        horizons=HORIZONS,
        recent=every[:RECENT],
        earlier=every[RECENT:],
        columns=tuple(
            f"{short}, {words}" for _, short in assets(context).values() for words in ("day", "−1 to +1", "0 to +5")
        ),
        upcoming=tuple(str(m.date) for m in context.meetings if m.date > context.as_of)[:8],
        without_futures=_reason(context.expectations.futures),
        without_published=_reason(context.expectations.surprises),
        published=getattr(context.expectations.surprises, "label", ""),
        many=many_tests([*singles, *different.pvalues]),
        **_tables(context),
    )


def _reason(source: Futures | Surprises | Unavailable) -> str:
    return source.reason if isinstance(source, Unavailable) else ""


def _tables(context: Context) -> dict[str, tuple[TableRow, ...]]:
    """Return the rows of the tables of numbers."""
    labels = {role: label for role, (label, _) in assets(context).items()}
    stems = [f"fomc.{key}.{YIELD}" for key in ("beta", "beta_around", "beta_week", "beta_long")]
    gaps = (
        f"fomc.beta_difference.{YIELD}.b_minus_m",
        f"fomc.beta_difference_around.{YIELD}.b_minus_m",
        f"fomc.beta_difference_week.{YIELD}.b_minus_m",
        f"fomc.beta_difference_long.{YIELD}.b_minus_m",
    )
    return {
        "windows": (
            *(TableRow(label=labels[role], ids=tuple(f"{stem}.{role}" for stem in stems)) for role in ROLES),
            TableRow(label=f"{labels['b']} less {labels['m']}", ids=gaps),
        ),
        "surprises": tuple(
            TableRow(label=words, ids=tuple(f"fomc.beta.{key}.{role}" for role in ROLES))
            for key, words in SURPRISES.items()
        ),
        "identified": tuple(TableRow(label=labels[role], ids=(f"fomc.rigobon_sack.{YIELD}.{role}",)) for role in ROLES),
        "projected": tuple(
            TableRow(label=labels[role], ids=tuple(f"fomc.projection.{YIELD}.{role}.{h}" for h in HORIZONS))
            for role in ROLES
        ),
        "tandem": tuple(
            TableRow(label=words, ids=(f"fomc.tandem.{key}",))
            for key, words in (
                ("event", "Fed days on which both moved the same way"),
                ("other", "all other days of the same years"),
                ("difference", "Fed days less other days"),
                ("implied", "Fed days on which both moved against the yield, as the claim implies"),
            )
        ),
        "agreement": AGREEMENT_ROWS,
    }


def _runs(context: Context) -> dict[str, Number]:
    """Return the run of consecutive cuts, and the longest since the claim."""
    held = [m for m in context.meetings if m.date <= context.as_of]
    claim = context.config.run.claim_date
    return {
        "spells.current": _count(consecutive_cuts(context.meetings, context.as_of), held, context.as_of),
        "spells.longest_since_claim": Unavailable(reason=f"{context.as_of} is not after the claim date, {claim}")
        if context.as_of <= claim
        else _count(
            longest_cuts_since(context.meetings, claim, context.as_of),
            [m for m in held if m.date > claim],
            context.as_of,
        ),
    }


def _count(found: int | Unavailable, held: Sequence[Meeting], as_of: date) -> Number:
    if isinstance(found, Unavailable):
        return found
    return Estimate(
        value=float(found),
        nobs=len(held),
        unit="count",
        method="four-cuts",
        first=held[0].date if held else as_of,
        last=as_of,
    )


def _answer(context: Context, numbers: Numbers) -> str:
    """Return how both responded to the surprise, and whether they moved the same way more often than otherwise."""
    a, b = (numbers[f"fomc.beta.{YIELD}.{role}"] for role in ("a", "b"))
    both, other, gap = (numbers[f"fomc.tandem.{key}"] for key in ("event", "other", "difference"))
    parts = []
    if isinstance(a, Estimate) and isinstance(b, Estimate):
        parts.append(
            f"On {a.nobs} scheduled Fed days since {a.first} a surprise rise of {PER} in the 2-year yield went with "
            f"{plain(shown(a))} in {context.a.label} ({plain(interval(a))}) and {plain(shown(b))} in the "
            f"{context.b.label} ({plain(interval(b))})."
        )
    elif isinstance(a, Unavailable):
        parts.append(f"How the two respond to a surprise of the Fed is not available: {a.reason}.")
    if isinstance(both, Estimate) and isinstance(other, Estimate) and isinstance(gap, Estimate):
        lower, upper = ends(gap)
        parts.append(
            f"Both moved the same way on {plain(shown(both))} of Fed days and on {plain(shown(other))} of other days, "
            f"a difference of {_points(gap.value)} points ({_points(lower)} to {_points(upper)})"
            + (" that cannot be told from none." if lower <= 0 <= upper else ".")
        )
    return " ".join(parts)


def _points(difference: float) -> str:
    return signed(100 * difference, 1, plus=True)


def _last(context: Context, every: Sequence[Row]) -> str:
    """Return the last decision on record, the moves of that day, and what was held since without a record."""
    decided = [m for m in context.meetings if m.date <= context.as_of and m.has_outcome]
    if not decided:
        return f"No decision of the Federal Reserve is known as of {context.as_of}."
    last = decided[-1]
    row = next((row for row in every if row.date == str(last.date)), None)
    word = "cut" if last.is_cut else "hike" if last.is_hike else "hold"
    text = f"The last decision on record, of {last.date}, was {WORDS[word]}"
    if row is not None:
        decision, first, second = (plain(text) for text in (row.decision, row.moves[0], row.moves[3]))
        text += f" ({decision}); that day {context.a.label} moved {first} and the {context.b.label} {second}"
    since = [str(m.date) for m in context.meetings if last.date < m.date <= context.as_of]
    if since:
        text += f". Of the meeting of {', '.join(since)} no outcome is recorded, and none is guessed"
    return text + "."


def figures(context: Context, findings: Findings) -> Sequence[Figure]:
    """Return the responses, the moves of the two, their paths, and the path of policy that was priced."""
    made = (
        response_figure(context, Numbers({**context.numbers, **findings.numbers})),
        scatter_figure(context, findings.events, findings.measures),
        kinds_figure(context, findings.numbers),
        path_figure(context, "a", findings.events, findings.measures),
        path_figure(context, "b", findings.events, findings.measures),
        projection_figure(context, findings.responses.projections),
        expected_figure(context, findings.expected),
        day_figure(context, findings.days),
    )
    return tuple(figure for figure in made if figure is not None)


def tables(context: Context, findings: Findings) -> dict[str, pd.DataFrame]:
    """Return every meeting with the returns, surprises and odds that the numbers here rest on."""
    found = meetings_table(context, findings.events, findings.measures, findings.expected.eve)
    return {} if found is None else {MEETINGS: found}


REPORT = Report(
    slug="fomc",
    title="Fed decisions",
    question="How do the two move when the Fed decides, and do they move alike?",
    analyse=analyse,
    figures=figures,
    tables=tables,
)
