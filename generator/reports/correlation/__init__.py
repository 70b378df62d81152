"""How closely two assets move together: by window and estimator, over time, in the tails, and with a lag."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from generator.claims.strength import strength_of_interval
from generator.findings import Estimate, Number, Numbers, Unavailable
from generator.formatting import correlation, interval, plain, pvalue, shown
from generator.report import Context, Report, TableRow, ends, sentence
from generator.reports.correlation.extremes import extremes
from generator.reports.correlation.figures import adjusted_figure, lag_figure, models_figure, rolling_figure
from generator.reports.correlation.paths import (
    ADJUSTED,
    DCC,
    EWMA,
    VARIANCE_RATIO,
    BreakRow,
    Constancy,
    adjusted,
    constancy,
    model_frame,
    models,
    rolling_frame,
)
from generator.reports.correlation.timing import FALSE_SHARE, Timing, timing
from generator.reports.correlation.windows import (
    alignment_rows,
    step_rows,
    synchronous_numbers,
    synchronous_sample,
    window_numbers,
    window_rows,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from generator.charts.figure import Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What the page says.

    Parameters
    ----------
    answer : str
        The first sentences of the page.
    windows : tuple of (str, str, str)
        Choices of the rolling picture: value, label, "checked" or "".
    window : str
        The one shown first.
    today, corrected : tuple of TableRow
        Correlation of the day; the one corrected for volatility.
    table, steps, alignments : tuple of TableRow
        Windows by estimator; longer steps; both alignments.
    exceedance, together : tuple of TableRow
        Tails; `together_columns` heads the second.
    leads : tuple of TableRow
        Leads by one session and Granger's tests.
    breaks : tuple of BreakRow
        Changes of the correlation.
    measured, measured_label : str
        Id of the correlation of the longest window, and what it is.
    no_synchronous : str
        Why there is only one alignment; empty where there are both.
    constancy_words, volatility_words, tail_words, timing_words : str
        What those tests say, and how many of them there were.
    rolling, models, adjusted : DataFrame
        Lines over time.
    dropped : int
        Returns left out because they cross an unexpected gap.
    """

    numbers: Numbers
    answer: str
    windows: tuple[tuple[str, str, str], ...]
    window: str
    today: tuple[TableRow, ...]
    corrected: tuple[TableRow, ...]
    table: tuple[TableRow, ...]
    steps: tuple[TableRow, ...]
    alignments: tuple[TableRow, ...]
    exceedance: tuple[TableRow, ...]
    together: tuple[TableRow, ...]
    together_columns: tuple[str, ...]
    leads: tuple[TableRow, ...]
    breaks: tuple[BreakRow, ...]
    measured: str
    measured_label: str
    no_synchronous: str
    constancy_words: str
    volatility_words: str
    tail_words: str
    timing_words: str
    rolling: pd.DataFrame
    models: pd.DataFrame
    adjusted: pd.DataFrame
    timing: Timing
    dropped: int


def analyse(context: Context) -> Findings:
    """Return every number of the page."""
    lacking = context.lacking(context.pair.a, context.pair.b)
    changes = pd.DataFrame(columns=["a", "b"]) if lacking else context.sample_ab().changes
    longest = context.config.run.windows[-1]
    numbers = window_numbers(context) | synchronous_numbers(context)
    modelled, corrected = models(changes, context.level), adjusted(changes, longest)
    stable, tails, lags = constancy(context, changes), extremes(context, changes), timing(context)
    for part in (modelled.numbers, corrected.numbers, stable.numbers, tails.numbers):
        numbers |= dict.fromkeys(part, lacking) if lacking else part
    numbers |= lags.numbers
    whole, synchronous = numbers["correlation.pearson.daily.all"], synchronous_sample(context)
    return Findings(
        numbers=Numbers(numbers),
        answer=_answer(context, numbers, stable),
        windows=_choices(context),
        window=f"{longest}",
        today=_today(),
        corrected=_corrected(context),
        table=window_rows(context),
        steps=step_rows(context),
        alignments=alignment_rows(),
        exceedance=tails.exceedance,
        together=tails.together,
        together_columns=tails.together_columns,
        leads=lags.rows,
        breaks=stable.rows,
        measured=f"correlation.pearson.daily.{longest}",
        measured_label=f"Last {longest} sessions, as measured",
        no_synchronous=synchronous.reason if isinstance(synchronous, Unavailable) else "",
        volatility_words=_volatility_words(context, numbers),
        tail_words=tails.words,
        constancy_words=_constancy_words(context, numbers, stable),
        timing_words=_timing_words(context, lags),
        rolling=rolling_frame(changes, context.config.run.windows, whole.value, context.level)
        if isinstance(whole, Estimate)
        else pd.DataFrame(),
        models=model_frame(changes, modelled),
        adjusted=corrected.frame,
        timing=lags,
        dropped=0 if lacking else context.sample_ab().dropped,
    )


def _choices(context: Context) -> tuple[tuple[str, str, str], ...]:
    windows = context.config.run.windows
    return tuple((f"{w}", f"{w}", "checked" if w == windows[-1] else "") for w in windows)


def _today() -> tuple[TableRow, ...]:
    return (
        TableRow(label="Weighted, recent days count most", ids=(EWMA,)),
        TableRow(label="DCC model", ids=(DCC,)),
    )


def _corrected(context: Context) -> tuple[TableRow, ...]:
    longest = context.config.run.windows[-1]
    return (
        TableRow(label=f"Last {longest} sessions, corrected for volatility", ids=(f"{ADJUSTED}.{longest}",)),
        TableRow(
            label=f"Variance of the {context.b.label} in them over that of the whole sample",
            ids=(f"{VARIANCE_RATIO}.{longest}",),
        ),
    )


def _volatility_words(context: Context, numbers: Mapping[str, Number]) -> str:
    """Return what the correction for volatility changes, in one sentence."""
    longest = context.config.run.windows[-1]
    raw, less, ratio = (
        numbers[number_id]
        for number_id in (
            f"correlation.pearson.daily.{longest}",
            f"{ADJUSTED}.{longest}",
            f"{VARIANCE_RATIO}.{longest}",
        )
    )
    if not (isinstance(raw, Estimate) and isinstance(less, Estimate) and isinstance(ratio, Estimate)):
        return ""
    if shown(raw) == shown(less):
        return (
            f"Over the last {longest} sessions the {context.b.label} swung about as much as over the whole sample, so "
            f"the correction leaves {plain(shown(raw))} as it is."
        )
    how = "less" if ratio.value < 1 else "more"
    return (
        f"Over the last {longest} sessions the {context.b.label} swung {how} than over the whole sample, which by "
        f"itself makes a correlation look {'smaller' if ratio.value < 1 else 'larger'}: corrected for it, "
        f"{plain(shown(raw))} becomes {plain(shown(less))}."
    )


def _answer(context: Context, numbers: Mapping[str, Number], stable: Constancy) -> str:
    """Return what was found: the longest window, the shortest that carries information, and whether it was constant."""
    long, short = context.config.run.windows[-1], context.config.run.windows[1]
    a, b = context.a.label, context.b.label

    def words(number: Estimate) -> str:
        text = (
            f"Over the last {number.nobs} sessions the daily returns of {a} and the {b} correlated "
            f"{plain(shown(number))} ({context.level_words} interval {plain(interval(number))}): "
            f"{strength_of_interval(*ends(number))}."
        )
        recent = numbers[f"correlation.pearson.daily.{short}"]
        if isinstance(recent, Estimate):
            text += f" Over the last {short} sessions it was {plain(shown(recent))} ({plain(interval(recent))})."
        return text + _change_words(context, stable)

    return sentence(numbers[f"correlation.pearson.daily.{long}"], words, "The correlation is not available")


def _change_words(context: Context, stable: Constancy) -> str:
    """Return whether the correlation changed, and when, in one sentence; nothing where it was not tested."""
    if stable.pvalue is None:
        return ""
    if not stable.rows:
        return f" Since {context.start} no change of it can be dated."
    last = stable.rows[-1]
    which = "one change, to" if len(stable.rows) == 1 else f"{len(stable.rows)} changes, the last of them to"
    return (
        f" Since {context.start} a test dates {which} {last.date} ({context.level_words} interval "
        f"{last.since.date()} to {last.until.date()}): from {last.before} to {last.after}."
    )


def _constancy_words(context: Context, numbers: Mapping[str, Number], stable: Constancy) -> str:
    """Return what the search for changes says."""
    looks = numbers["constancy.looks"]
    if stable.pvalue is None or not isinstance(looks, Estimate):
        return ""
    p, level = plain(pvalue(stable.pvalue)), f"{100 * FALSE_SHARE:g} %"
    rarely = f"A correlation that had been the same since {context.start} would rarely wander this far ({p})"
    if stable.rows:
        verdict = f"{rarely}, and the search dates {len(stable.rows)} change{'s' if len(stable.rows) > 1 else ''}"
    elif stable.pvalue < FALSE_SHARE:
        verdict = f"{rarely}, but the search dates no change"
    else:
        verdict = f"A correlation that had been the same since {context.start} could well wander this far ({p})"
    return f"{verdict}. The search looked {looks.value:.0f} times; as a whole it is held to an error of {level}."


def _timing_words(context: Context, lags: Timing) -> str:
    """Return what leads and lags say: those that stay after correction, and Granger's tests on daily bars."""
    if lags.lags.empty:
        return ""
    others = len(lags.other_pvalues)
    a, b = context.a.label, context.b.label
    kept = []
    for lag in lags.kept:
        first, second = (a, f"the {b}") if lag > 0 else (f"the {b}", a)
        value = plain(correlation(float(lags.lags.loc[lags.lags["lag"] == lag, "corr"].iloc[0])))
        kept.append(f"{first} {abs(lag)} session{'s' if abs(lag) > 1 else ''} before {second} ({value})")
    text = (
        f"Of {others} leads and lags {lags.outside} lie outside the band, where about {FALSE_SHARE * others:.0f} would "
        f"by chance. Held against the number of looks (Benjamini and Hochberg), "
        + (f"these stay: {'; '.join(kept)}." if kept else "none stays.")
    )
    ways = (("a_to_b", f"{a} helps to forecast the {b}"), ("b_to_a", f"the {b} helps to forecast {a}"))
    said = [words for way, words in ways if lags.forecasts(f"lead_lag.granger.{way}.daily")]
    return (
        f"{text} The band takes volatility to be steady; Granger's test, whose errors do not, finds that "
        f"{' and '.join(said) or 'neither helps to forecast the other'}."
    )


def figures(context: Context, findings: Findings) -> Sequence[Figure]:
    """Return the rolling correlation, the correlation of the day, the corrected one, and leads and lags."""
    made = (
        rolling_figure(context, findings.rolling, findings.breaks) if len(findings.rolling) else None,
        models_figure(context, findings.models),
        adjusted_figure(context, findings.adjusted, context.config.run.windows[-1]),
        lag_figure(context, findings.timing),
    )
    return tuple(figure for figure in made if figure is not None)


REPORT = Report(
    slug="correlation",
    title="Correlation",
    question="How closely do the two move together, in which window, and how sure is that?",
    analyse=analyse,
    figures=figures,
)
