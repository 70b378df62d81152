"""Words for the numbers about rates, decisions of the Fed, cuts in a row, and what happened since the claim."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.editions.words import YIELDS, compiled

if TYPE_CHECKING:
    from generator.editions.names import Names

_SURPRISES = {
    "kuttner": "surprise in futures (Kuttner)",
    "published": "published surprise in the funds rate",
    "published_2y": "published surprise in the 2-year yield",
    "policy": "published surprise, news about policy",
    "information": "published surprise, news about the economy",
}
_WINDOWS = {
    "": "on the statement day",
    "_around": "from a session before the statement to one after",
    "_week": "to the fifth session after the statement",
    "_long": "on the statement day, whole history",
    "_to_2020": "on statement days up to 2020",
    "_from_2021": "on statement days from 2021",
    "_2017_to_2022": "on statement days of 2017 to 2022",
}
_DAYS = {"all": "all statement days", "dovish": "dovish statement days", "hawkish": "hawkish statement days"}
_MODELS = {"mean": "its own mean", "market": "the market"}
_MEASURES = {
    "kuttner_published": "Kuttner’s and the published surprise",
    "two_year_kuttner": "the 2-year yield and Kuttner’s surprise",
    "two_year_published": "the 2-year yield and the published surprise in it",
}
_FED_DAYS = {"all": "since 1994", "from_2016": "since 2016"}


def _per(measure: str) -> str:
    return (
        f"per +0.25 points of {_SURPRISES[measure]}"
        if measure in _SURPRISES
        else f"per +0.25 points in the {YIELDS.get(measure, measure)}"
    )


def _event_beta(names: Names, window: str | None, measure: str, role: str) -> str:
    return f"{names.asset(role)} {_per(measure)}, {_WINDOWS[window or '']}"


def _event_difference(names: Names, window: str | None, measure: str) -> str:
    return f"{names.b} minus {names.market}, {_per(measure)}, {_WINDOWS[window or '']}"


def _abnormal(names: Names, days: str, model: str, role: str) -> str:
    return f"Move of {names.asset(role)} beyond {_MODELS[model]}, {_DAYS[days]}"


def _variance(names: Names, of: str) -> str:
    what = YIELDS[of] if of in YIELDS else names.asset(of)
    return f"Variance on statement days over other days, {what}"


def _scenario(_names: Names, outcome: str, cuts: str, unpriced: str) -> str:
    words = {"both_up": "both up", "neither": "neither up"}[outcome]
    many = f"{cuts} cut" + ("" if cuts == "1" else "s")
    return f"Chance of {words} in the scenario of {many}, {unpriced} % not priced in"


_STATEMENTS = (
    (
        r"fomc\.beta(_around|_week|_long|_to_2020|_from_2021|_2017_to_2022)?\.(\w+)\.([abm])",
        _event_beta,
    ),
    (r"fomc\.beta_difference(_around|_week|_long)?\.(\w+)\.b_minus_m", _event_difference),
    (
        r"fomc\.projection\.(\w+)\.([abm])\.(\d+)",
        lambda n, y, role, h: (
            f"{n.asset(role)}, session {h} after a surprise of −0.25 points in the {YIELDS.get(y, y)}"
        ),
    ),
    (
        r"fomc\.rigobon_sack\.(\w+)\.([abm])",
        lambda n, y, role: f"{n.asset(role)} {_per(y)}, by the variance of statement days (Rigobon-Sack)",
    ),
    (r"fomc\.abnormal\.(all|dovish|hawkish)\.(mean|market)\.([ab])", _abnormal),
    (r"fomc\.variance_ratio\.(\w+)", _variance),
    (r"fomc\.measures\.(\w+)", lambda _n, which: f"Correlation of {_MEASURES[which]}"),
    (r"fomc\.brier\.eve", lambda _n: "Brier score of the odds of the evening before"),
    (r"fomc\.brier\.hold", lambda _n: "Brier score of always saying that nothing changes"),
    (r"fomc\.bench\.fed_day\.(\w+)", lambda _n, span: f"S&P 500 on statement days, mean, {_FED_DAYS[span]}"),
    (
        r"fomc\.bench\.btc_spx\.(\d+)_to_(\d+)",
        lambda _n, first, last: f"Correlation of Bitcoin and the S&P 500, {first} to {last}",
    ),
    (r"fomc\.tandem\.event", lambda _n: "Statement days on which both moved the same way"),
    (r"fomc\.tandem\.other", lambda _n: "Other days on which both moved the same way"),
    (r"fomc\.tandem\.difference", lambda _n: "Same way on statement days, minus other days"),
    (r"fomc\.tandem\.implied", lambda _n: "Statement days on which both moved against the yield"),
    (r"fomc\.events", lambda _n: "Scheduled statements used"),
    (r"fomc\.cut\.([\d-]+)", lambda _n, day: f"The Fed cut on {day}"),
    (r"fomc\.cut_after_cut", lambda _n: "A cut followed by a cut, since 1994"),
)

_RATES = (
    (
        r"rates\.beta\.(\w+)\.([abm])\.(\w+)",
        lambda n, y, role, w: f"{n.asset(role)} {_per(y)}, {n.span(w)}",
    ),
    (
        r"rates\.beta_difference\.(\w+)\.b_minus_m\.(\w+)",
        lambda n, y, w: f"{n.b} minus {n.market}, {_per(y)}, {n.span(w)}",
    ),
    (
        r"rates\.asymmetry\.([abm])\.(falls|rises)",
        lambda n, role, side: f"{n.asset(role)} {_per('dgs2')}, on days of {side}",
    ),
    (r"rates\.phase\.([abm])\.(\w+)", lambda n, role, phase: f"{n.asset(role)} {_per('dgs2')}, while {phase}"),
    (
        r"rates\.joint\.([abm])\.(level|slope)",
        lambda n, role, part: f"{n.asset(role)} per +0.25 points in the {part} of the curve, jointly",
    ),
    (r"rates\.correlation\.all", lambda n: f"Correlation on the sample of the yields, {n.span('all')}"),
    (r"rates\.partial\.(\w+)\.all", lambda n, held: f"Correlation given the {n.given(held)}, yields’ sample"),
    (r"rates\.drop\.(\w+)\.all", lambda n, held: f"Correlation minus that given the {n.given(held)}, yields’ sample"),
    (r"rates\.share\.rates\.all", lambda n: f"Share of the link that goes with yields, {n.span('all')}"),
    (r"rates\.share\.market\.all", lambda n: f"Share of the link that goes with the {n.market}, {n.span('all')}"),
)

_CUTS = (
    (r"spells\.current", lambda _n: "Consecutive cuts now"),
    (r"spells\.longest_since_claim", lambda _n: "Longest run of cuts after the claim"),
    (r"spells\.longest_since_claim\.([\d-]+)", lambda _n, day: f"Longest run of cuts after the claim, to {day}"),
    (r"spells\.four_or_more", lambda _n: "Runs of four cuts or more since 1994"),
    (r"spells\.joint_up\.(\d+)", lambda _n, w: f"Runs of cuts after which both were up {w} sessions on"),
    (r"scenario\.(both_up|neither)\.(\d+)\.(\d+)", _scenario),
)

_SINCE = (
    (r"since\.([ab])\.return", lambda n, role: f"{n.asset(role)} since the claim"),
    (r"since\.correlation", lambda _n: "Correlation of daily returns since the claim"),
    (r"since\.correlation_before", lambda _n: "Correlation of daily returns in the year before the claim"),
    (
        r"since\.volatility_before\.([ab])",
        lambda n, role: f"Volatility of {n.asset(role)} in the year before the claim",
    ),
    (r"since\.gap", lambda n: f"{n.a} in units of the {n.b} since the claim"),
    (r"since\.gap_sd", lambda _n: "Distance that chance alone brings since the claim"),
    (r"since\.gap_chance", lambda _n: "Chance of a distance as large since the claim, normal formula"),
    (r"since\.gap_chance_bootstrap", lambda _n: "Chance of a distance as large since the claim, resampled"),
    (r"since\.joint_up\.(\d+)", lambda _n, w: f"Both up {w} sessions after the claim"),
    (r"since\.joint_up_base\.(\d+)", lambda _n, w: f"Both up after {w} sessions, base rate before the claim"),
)

WORDS = compiled((*_STATEMENTS, *_RATES, *_CUTS, *_SINCE))
