"""Words for the numbers that measure the link of a pair: correlations, prices, specifications, other pairs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.editions.words import compiled

if TYPE_CHECKING:
    from generator.editions.names import Names

_LENGTHS = {"daily": "sessions", "weekly": "weeks", "monthly": "months", "synchronous": "sessions"}
_MODELS = {"ewma": "exponentially weighted", "dcc": "dynamic conditional"}
_KINDS = {"returns": "returns", "levels": "prices"}
_CLOSE = "New York’s close"
_JOINS = {
    "common_sessions": "common sessions, then returns",
    "returns_first": "returns, then common days",
    "business_days": "business days, filled",
    "seven_days_forward": "every day, filled forward",
    "seven_days_backward": "every day, filled backward",
}
_TAILS = {"crash": "fall", "rally": "rise"}
_PARTS = {
    "share": "Days among the extreme ones of both, {}",
    "given": "Extreme days of one that are extreme for the other, {}",
    "independent": "Days among the extreme ones of both, had they no link, {}",
    "normal": "Days among the extreme ones of both, were returns normal, {}",
}


def _correlation(names: Names, kind: str, frequency: str, window: str) -> str:
    returns = f"returns to {_CLOSE}" if frequency == "synchronous" else f"{frequency} returns"
    return f"{kind.capitalize()} correlation of {returns}, {names.span(window, _LENGTHS[frequency])}"


def _alignment(names: Names, which: str, window: str) -> str:
    tail = f"the sessions known at {_CLOSE}, {names.span(window)}"
    return f"Correlation {'with daily bars' if which == 'utc_close' else 'at the close minus with daily bars'}, {tail}"


def _null(names: Names, history: str, window: str) -> str:
    drawn = "the whole history" if history else "the window"
    return f"Unrelated prices that correlate as strongly, {names.span(window)}, shuffles from {drawn}"


def _partial(names: Names, given: str, window: str, part: str | None) -> str:
    held = names.given(given) if given in names.labels else f"the {names.given(given)}"
    head = {
        None: f"Partial correlation given {held}",
        ".plain": f"Correlation on the sample of {held}",
        ".drop": f"Correlation minus that given {held}",
    }[part]
    return f"{head}, {names.span(window)}"


def _difference(names: Names, other: str, window: str, zou: str | None) -> str:
    known = names.market if other == "market" else names.series(other)
    words = f"Correlation with the {names.b} minus that with the {known}, {names.span(window)}"
    if other != "market":
        words = f"Correlation of the pair minus that of {known} with one of the two, {names.span(window)}"
    return f"{words}, Zou’s interval" if zou else words


def _trend(names: Names, test: str, role: str, window: str) -> str:
    return f"{test.upper()} test of the price of {names.asset(role)}, {names.span(window)}"


def _shared_path(names: Names, first: str, second: str, window: str) -> str:
    return f"Engle-Granger test, {names.asset(first)} on {names.asset(second)}, {names.span(window)}"


def _cell(names: Names, one: str, other: str, window: str) -> str:
    return f"Correlation of {names.series(one)} and {names.series(other)}, {names.span(window)}"


def _lead(names: Names, first: str, alignment: str) -> str:
    then = names.asset("b" if first == "a" else "a")
    return f"Correlation of {names.asset(first)} with {then} one session later{_bars(alignment)}"


def _granger(names: Names, first: str, second: str, alignment: str) -> str:
    return f"{names.asset(first)} helps to forecast {names.asset(second)}, Granger test{_bars(alignment)}"


def _bars(alignment: str) -> str:
    return f", both at {_CLOSE}" if alignment == "synchronous" else ", daily bars"


WORDS = compiled(
    (
        (r"correlation\.(pearson|spearman|kendall)\.(daily|weekly|monthly|synchronous)\.(\w+)", _correlation),
        (r"correlation\.(ewma|dcc)\.daily", lambda _n, model: f"Correlation of the day, {_MODELS[model]}"),
        (
            r"correlation\.volatility_adjusted\.daily\.(\w+)",
            lambda n, w: f"Correlation corrected for how volatile the {n.b} was, {n.span(w)}",
        ),
        (r"volatility\.ratio\.b\.(\w+)", lambda n, w: f"Variance of the {n.b} over that of its sample, {n.span(w)}"),
        (r"alignment\.(utc_close|difference)\.(\w+)", _alignment),
        (r"constancy\.pvalue", lambda _n: "Chance of such changes, had the correlation been constant"),
        (r"constancy\.looks", lambda _n: "Tests run to find changes of the correlation"),
        (r"constancy\.segments", lambda _n: "Stretches of different correlation told apart"),
        (r"constancy\.corr_before", lambda _n: "Correlation before its last change"),
        (r"constancy\.corr_since", lambda _n: "Correlation since its last change"),
        (r"tails\.(crash|rally)\.(\w+)", lambda _n, tail, part: _PARTS[part].format(f"both {_TAILS[tail]}")),
        (
            r"tails\.exceedance\.(falls|rises)\.([\d.]+)",
            lambda _n, side, at: f"Correlation on days of {side} beyond {at} standard deviations in both",
        ),
        (
            r"tails\.exceedance_normal\.([\d.]+)",
            lambda _n, at: f"Correlation on days beyond {at} standard deviations in both, were returns normal",
        ),
        (r"lead_lag\.([ab])_leads\.(daily|synchronous)", _lead),
        (r"lead_lag\.granger\.([ab])_to_([ab])\.(daily|synchronous)", _granger),
        (r"levels\.pearson\.(\w+)", lambda n, w: f"Correlation of prices, {n.span(w)}"),
        (r"levels\.null_share(_history)?\.(\w+)", _null),
        (r"levels\.(adf|kpss)\.([ab])\.(\w+)", _trend),
        (r"levels\.engle_granger\.([ab])_on_([ab])\.(\w+)", _shared_path),
        (r"levels\.johansen\.(\w+)", lambda n, w: f"Johansen test of a shared path of the prices, {n.span(w)}"),
        (r"levels\.join\.(\w+)", lambda _n, join: f"Correlation of returns, {_JOINS.get(join, join)}"),
        (r"partial\.(\w+)\.(\d+|all)(\.plain|\.drop)?", _partial),
        (r"difference\.(\w+)\.(\d+|all)(\.zou)?", _difference),
        (r"matrix\.rank\.(\w+)", lambda n, w: f"Rank of the pair among all pairs, {n.span(w)}"),
        (r"matrix\.pairs\.(\w+)", lambda n, w: f"Pairs ranked, {n.span(w)}"),
        (r"matrix\.(\w+)\.(\w+)\.(\w+)", _cell),
        (r"yearly\.correlation\.(\d+)", lambda _n, year: f"Correlation of daily returns in {year}"),
        (r"yearly\.rank\.(\d+)", lambda _n, year: f"Rank of the pair among all pairs in {year}"),
        (r"specifications\.(returns|levels)\.count", lambda _n, what: f"Specifications of {_KINDS[what]}"),
        (
            r"specifications\.(returns|levels)\.(median|lowest|highest)",
            lambda _n, what, part: f"{part.capitalize()} of the specifications of {_KINDS[what]}",
        ),
        (
            r"specifications\.(returns|levels)\.share_above_(0\.\d)",
            lambda _n, what, line: f"Specifications of {_KINDS[what]} at or above {line}",
        ),
        (r"specifications\.planned", lambda _n: "Specifications planned"),
        (r"specifications\.absent", lambda _n: "Specifications whose data the source lacks"),
        (r"specifications\.short", lambda _n: "Specifications with too few observations"),
        (r"specifications\.duplicate", lambda _n: "Specifications that repeat another one"),
        (
            r"published\.([a-z0-9-]+)\.(returns|levels)",
            lambda _n, slug, what: f"Specifications of {_KINDS[what]} that reach the number reported ({slug})",
        ),
    )
)
