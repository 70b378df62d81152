"""Pictures of the correlation over time, and of leads and lags."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from generator.charts import theme
from generator.charts.chance import lag_bars
from generator.charts.encode import Column
from generator.charts.figure import Figure
from generator.charts.layers import Axis, Events, Line
from generator.charts.time import time_lines
from generator.formatting import correlation, day, percent, plain
from generator.panel import as_date
from generator.reports.correlation.paths import stands_apart, with_days_apart
from generator.reports.correlation.timing import MAX_LAG

if TYPE_CHECKING:
    from collections.abc import Sequence

    from generator.report import Context
    from generator.reports.correlation.paths import BreakRow
    from generator.reports.correlation.timing import Timing

AXIS = "Correlation of daily returns"
PLAIN = "correlation"
APART = "standing apart from its long-run value"


def rolling_figure(context: Context, rolling: pd.DataFrame, breaks: Sequence[BreakRow]) -> Figure | None:
    """Return the rolling correlation, grey where its band holds the long-run value; a reader chooses the window."""
    windows = [w for w in context.config.run.windows if f"corr_{w}" in rolling]
    if not windows or not np.isfinite(rolling[f"corr_{windows[-1]}"]).any():
        return None
    chosen = windows[-1]
    plotted = with_days_apart(rolling, windows)
    words = {f"{w}": _rolling_words(context, rolling, w) for w in windows}
    spans = _spans(breaks, rolling["date"].iloc[0])
    first, values = as_date(rolling["date"].iloc[0]), rolling[f"corr_{chosen}"].dropna()
    lowest, highest, long_run = (
        plain(correlation(float(v))) for v in (values.min(), values.max(), rolling["long_run"].iloc[0])
    )
    spec = time_lines(
        plotted,
        data="rolling",
        lines=[
            Line(
                column=f"apart_{chosen}",
                label=APART,
                ink=theme.PALETTE[0],
                width=2.25,
                lower=f"apart_lower_{chosen}",
                upper=f"apart_upper_{chosen}",
            ),
            Line(
                column=f"corr_{chosen}",
                label=PLAIN,
                ink=theme.Ink(light=theme.MUTED.light, dark=theme.MUTED.dark),
                lower=f"lower_{chosen}",
                upper=f"upper_{chosen}",
                width=1.25,
            ),
            Line(column="long_run", label="long-run value", ink=theme.PALETTE[2], width=1.25),
        ],
        axis=Axis(title=AXIS, format=".1f", include=(0.0,)),
        reference=0.0,
        events=Events(
            claim=context.claim_mark,
            spans="breaks" if len(spans) else None,
            span_label="when it changed, and how surely",
        ),
        named_at_ends=False,
    )
    spec["usermeta"]["tandem"] |= {"case": f"{chosen}", "cases": words}
    data = {"rolling-values": rolling, "rolling": plotted}
    return Figure(
        id="rolling-correlation",
        **words[f"{chosen}"],
        alt=f"Line chart from {first} to {context.as_of}: the {chosen}-session correlation of daily returns ends at "
        f"{plain(correlation(float(values.iloc[-1])))}; its lowest value was {lowest}, its highest {highest}. The "
        f"dashed line is the correlation of the whole sample, {long_run}.{_alt_breaks(breaks)}",
        caption=f"Grey where the pointwise {context.level_words} Fisher band holds the correlation of the whole "
        "sample. Neighbouring windows share nearly all their days, so a long stretch of colour is one piece of "
        "evidence, not many."
        + (" The shade is the interval of the date at which a test finds a change." if len(spans) else ""),
        source=context.source_line,
        spec=spec,
        data={**data, "breaks": spans} if len(spans) else data,
        table=rolling[["date", *(f"corr_{w}" for w in windows)]],
        columns={
            "date": Column(label="Date"),
            "until": Column(label="Until"),
            "at": Column(label="At"),
            "long_run": Column(label="Whole sample"),
            **{
                f"{stem}_{w}": Column(label=f"{w} sessions{ending}")
                for w in windows
                for stem, ending in (
                    ("corr", ""),
                    ("lower", ", lower"),
                    ("upper", ", upper"),
                    ("apart", ", standing apart"),
                    ("apart_lower", ", standing apart, lower"),
                    ("apart_upper", ", standing apart, upper"),
                )
            },
        },
    )


def _rolling_words(context: Context, rolling: pd.DataFrame, window_obs: int) -> dict[str, str]:
    values = rolling[f"corr_{window_obs}"]
    known = values.notna().to_numpy()
    apart = float(stands_apart(rolling, window_obs)[known].mean()) if known.any() else 0.0
    return {
        "title": f"Over {window_obs} sessions it ends at {plain(correlation(float(values[known].iloc[-1])))}; on "
        f"{plain(percent(apart, 0))} of days it stood apart from its long-run value"
        if known.any()
        else f"Over {window_obs} sessions there is no value",
        "subtitle": f"Correlation of daily log returns of {context.a.label} and {context.b.label}, "
        f"last {window_obs} sessions",
    }


def _spans(breaks: Sequence[BreakRow], first: pd.Timestamp) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "date": pd.DatetimeIndex([max(row.since, first) for row in breaks]),
            "until": pd.DatetimeIndex([row.until for row in breaks]),
            "at": pd.DatetimeIndex([row.at for row in breaks]),
        }
    )


def _alt_breaks(breaks: Sequence[BreakRow]) -> str:
    return "".join(
        f" A shade marks a change around {row.date}, from {row.before} to {row.after}; its interval is {row.between}."
        for row in breaks
    )


def models_figure(context: Context, frame: pd.DataFrame) -> Figure | None:
    """Return the weighted correlation and that of the DCC model."""
    names = {"ewma": "weighted", "dcc": "DCC model"}
    kept = {name: label for name, label in names.items() if name in frame}
    if not kept:
        return None
    inks = {"ewma": theme.Ink(light=theme.MUTED.light, dark=theme.MUTED.dark), "dcc": theme.PALETTE[0]}
    last = {name: plain(correlation(float(frame[name].iloc[-1]))) for name in kept}
    words = {"ewma": "Weighted to recent days it is {}", "dcc": "in the DCC model {}"}
    said = ", ".join(words[name].format(last[name]) for name in kept)
    ranges = "; ".join(
        f"{label} from {plain(correlation(float(frame[name].min())))} to "
        f"{plain(correlation(float(frame[name].max())))}, ending at {last[name]}"
        for name, label in kept.items()
    )
    return Figure(
        id="correlation-models",
        title=said[0].upper() + said[1:],
        subtitle="Correlation of the day, given all returns up to it",
        alt=f"Line chart from {as_date(frame['date'].iloc[0])} to {context.as_of}: {ranges}.",
        caption="The lines have no band of their own; the table says how sure their last values are. The weighted one "
        "forgets within weeks and swings with single days; the model also takes out that volatility changes, and "
        "returns to a fixed long-run value.",
        source=context.source_line,
        spec=time_lines(
            frame,
            data="models",
            lines=[
                Line(column=name, label=label, ink=inks[name], width=2.25 if name == "dcc" else 1)
                for name, label in reversed(kept.items())
            ],
            axis=Axis(title=AXIS, format=".1f", include=(0.0,)),
            reference=0.0,
            events=Events(claim=context.claim_mark),
        ),
        data={"models": frame},
        columns={"date": Column(label="Date"), **{name: Column(label=label) for name, label in kept.items()}},
    )


def adjusted_figure(context: Context, frame: pd.DataFrame, window_obs: int) -> Figure | None:
    """Return the rolling correlation as it is, beside the one corrected for how volatile B was."""
    if frame.empty or not np.isfinite(frame["adjusted"].iloc[-1]):
        return None
    b = context.b.label
    peaks = {name: int(np.nanargmax(frame[name])) for name in ("raw", "adjusted")}
    raw, less = (plain(correlation(float(frame[name].iloc[peaks[name]]))) for name in ("raw", "adjusted"))
    then = plain(correlation(float(frame["adjusted"].iloc[peaks["raw"]])))
    when = plain(day(as_date(frame["date"].iloc[peaks["raw"]])))
    now_raw, now = (plain(correlation(float(frame[name].iloc[-1]))) for name in ("raw", "adjusted"))
    return Figure(
        id="corrected-for-volatility",
        title=f"Corrected for volatility it ends at {now} rather than {now_raw}",
        subtitle=f"Correlation of daily returns, last {window_obs} sessions, corrected for how volatile the {b} was",
        alt=f"Two lines to {context.as_of}. As measured, the correlation peaked at {raw} on {when}, when the corrected "
        f"one was {then}, and ends at {now_raw}; corrected it peaked at {less} and ends at {now}.",
        caption=f"When the {b} swings more and nothing else changes, the measured correlation rises by itself "
        "(Forbes and Rigobon). The corrected line takes that back, if shocks run from stocks to the other asset.",
        source=context.source_line,
        spec=time_lines(
            frame,
            data="adjusted",
            lines=[
                Line(column="adjusted", label="corrected", ink=theme.PALETTE[0]),
                Line(column="raw", label="as measured", ink=theme.PALETTE[1], width=1.25),
            ],
            axis=Axis(title=AXIS, format=".1f", include=(0.0,)),
            reference=0.0,
            events=Events(claim=context.claim_mark),
        ),
        data={"adjusted": frame},
        columns={
            "date": Column(label="Date"),
            "raw": Column(label="As measured"),
            "adjusted": Column(label="Corrected"),
        },
    )


def lag_figure(context: Context, found: Timing) -> Figure | None:
    """Return the correlation at each lead and lag, over the band that unrelated series would keep to."""
    if found.lags.empty:
        return None
    a, b = context.a, context.b
    same, outside, inside = "same session", "outside the band", "inside it"
    kinds = np.where(
        found.lags["lag"] == 0, same, np.where(found.lags["corr"].abs() > found.lags["upper"], outside, inside)
    )
    frame = found.lags.assign(part=kinds)
    at = {int(lag): plain(correlation(float(value))) for lag, value in zip(frame["lag"], frame["corr"], strict=True)}
    others = frame.loc[frame["lag"] != 0]
    largest = others.iloc[int(others["corr"].abs().argmax())]
    return Figure(
        id="lead-lag",
        title=f"{at[0]} within the same session; no more than {plain(correlation(abs(float(largest['corr']))))} "
        "between different ones",
        subtitle=f"Correlation of daily returns {MAX_LAG} sessions either way, daily bars, since {context.start}",
        alt=f"Bars for {len(frame)} leads and lags. In the same session {at[0]}; {a.label} one session earlier "
        f"{at[1]}, the {b.label} one session earlier {at[-1]}; {found.outside} of the {len(others)} others lie outside "
        f"the {context.level_words} band.",
        caption=f"The band is where {context.level_words} of the bars of two unrelated series would end. A daily bar "
        "of a market that never closes ends hours after New York, so it may seem to lead by one session.",
        source=context.source_line,
        spec=lag_bars(
            frame,
            data="lags",
            lag="lag",
            value="corr",
            lower="lower",
            upper="upper",
            lag_axis=Axis(title=f"Sessions; right of 0 {a.short} moves first", format="+.0f"),
            axis=Axis(title="Correlation", format=".1f"),
            band_label=f"{context.level_words} band if unrelated",
            group="part",
            inks={same: theme.PALETTE[0], outside: theme.PALETTE[1], inside: theme.MUTED},
        ),
        data={"lags": frame},
        columns={
            "lag": Column(label="Sessions ahead", decimals=0, signed=True),
            "corr": Column(label="Correlation"),
            "lower": Column(label="Band, lower"),
            "upper": Column(label="Band, upper"),
            "pvalue": Column(label="p", decimals=3),
            "part": Column(label="Where"),
        },
    )
