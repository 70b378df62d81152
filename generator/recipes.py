"""How each number is recomputed: a few lines on a download, and the library call behind value and interval."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

TOGETHER: Final = "returns.csv"
WITH_MARKET: Final = "market.csv"
WITH_YIELD: Final = "rates.csv"
MEETINGS: Final = "meetings.csv"
ODDS: Final = "odds_"
"""Start of the columns with the odds of a change, whose end is that change in bp."""
YIELD: Final = "dgs2"

_CORRELATION = """part = data[["{a}", "{b}"]].dropna().loc["{first}":"{last}"]
print(part.corr(method="{method}").iloc[0, 1])
"""
_PERIODS = """import numpy as np

prices = data.loc[:"{last}", ["a_index", "b_index"]].resample("{rule}").last()
print(np.log(prices).diff().dropna().tail({nobs}).corr().iloc[0, 1])
"""
_EWMA = """import numpy as np

returns = data[["a_return", "b_return"]].dropna().loc["{first}":"{last}"].to_numpy()
moments = returns[:63].T @ returns[:63] / 63
for row in returns[63:]:
    moments = 0.94 * moments + 0.06 * np.outer(row, row)
print(moments[0, 1] / np.sqrt(moments[0, 0] * moments[1, 1]))
"""
_LEVELS = """part = data[["a_index", "b_index"]].loc[:"{last}"].tail({nobs})
print(part.corr().iloc[0, 1])
"""
_GROWTH = """path = data.loc["{first}":"{last}", "{role}_index"]
print(path.iloc[-1] / path.iloc[0] - 1)
"""
_JOINT_UP = """path = data.loc["{first}":"{last}", ["a_index", "b_index"]]
print(float((path.iloc[-1] > path.iloc[0]).all()))
"""
_JOINT_UP_BASE = """path = data.loc["{first}":"{last}", ["a_index", "b_index"]]
later = path.shift(-{horizon}).dropna()
print((later > path.loc[later.index]).all(axis=1).mean())
"""
_BETA = """part = data.dropna().loc["{first}":"{last}"]
slope = part["{role}_return"].cov(part["yield_change"]) / part["yield_change"].var()
print(slope * 100 * 25)  # a fraction per basis point -> % per +25 bp
"""
_BETA_DIFFERENCE = """part = data.dropna().loc["{first}":"{last}"]
gap = part["b_return"] - part["m_return"]
print(gap.cov(part["yield_change"]) / part["yield_change"].var() * 100 * 25)  # % per +25 bp
"""
_ASYMMETRY = """import numpy as np

part = data.dropna().loc["{first}":"{last}"]
change = part["yield_change"].to_numpy()
sides = np.column_stack([np.ones(len(part)), np.minimum(change, 0), np.maximum(change, 0)])
slopes = np.linalg.lstsq(sides, part["{role}_return"].to_numpy())[0]
print(slopes[{column}] * 100 * 25)  # % per +25 bp
"""
_PARTIAL = """import numpy as np

part = data.dropna().loc["{first}":"{last}", {columns}]
precision = np.linalg.inv(part.corr())
partial = -precision[0, 1] / np.sqrt(precision[0, 0] * precision[1, 1])
print({result})
"""
_DIFFERENCE = """matrix = data.dropna().loc["{first}":"{last}"].corr()
print(matrix.loc["a_return", "b_return"] - matrix.loc["a_return", "m_return"])
"""
_SHARE = """cov = data.dropna().loc["{first}":"{last}"].cov()
through = cov.loc["a_return", "{factor}"] * cov.loc["b_return", "{factor}"] / cov.loc["{factor}", "{factor}"]
print(through / cov.loc["a_return", "b_return"])
"""
_EVENT_BETA = """part = data[["{role}_return", "{surprise}"]].dropna()
slope = part["{role}_return"].cov(part["{surprise}"]) / part["{surprise}"].var()
print(slope * 100 * 25)  # a fraction per basis point -> % per +25 bp
"""
_NEWS_BETA = """part = data[data["kind"] == "{kind}"][["{role}_return", "published_2y"]].dropna()
slope = part["{role}_return"].cov(part["published_2y"]) / part["published_2y"].var()
print(slope * 100 * 25)  # a fraction per basis point -> % per +25 bp
"""
_MEASURES = """part = data[["{one}", "{other}"]].dropna()
print(part.corr().iloc[0, 1])
"""
_BRIER = """part = data[data["decision"] % 25 == 0].filter(regex="decision|odds_").dropna()
odds = part.filter(like="odds_").rename(columns=lambda name: float(name.removeprefix("odds_")))
happened = pd.DataFrame({{change: part["decision"] == change for change in odds}}).astype(float)
print((({forecast} - happened) ** 2).sum(axis=1).mean())
"""
OWN: Final = """from datetime import date

from generator.again import numbers

name = "{number_id}"
found = numbers(
    "{file}",
    pair="{pair}",
    as_of=date({as_of:%Y, %-m, %-d}),
)
print(found[name].value)
"""
"""The program's own function on the download of all series, for what no library computes in a few lines."""
_WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "frequency": {"weekly": "W-WED", "monthly": "ME"},
    "factor": {"rates": "yield_change", "market": "m_return"},
    "side": {"falls": "1", "rises": "2"},
    "given": {
        "rates": '["a_return", "b_return", "yield_change"]',
        "market": '["a_return", "b_return", "m_return"]',
        "market_and_rates": '["a_return", "b_return", "m_return", "yield_change"]',
    },
    "one": {"two_year": "yield_change"},
    "forecast": {"eve": "odds", "hold": "(odds * 0 + (odds.columns == 0))"},
    "what": {"": "partial", "drop": "part.corr().iloc[0, 1] - partial", "partial": "partial"},
}
_NAMED: Final[Mapping[str, str]] = {
    "frequency": "rule",
    "factor": "factor",
    "side": "column",
    "given": "columns",
    "what": "result",
}
_SCRIPTS: Final = (
    (r"correlation\.(?P<method>pearson|spearman|kendall)\.daily\.(\d+|all)", TOGETHER, _CORRELATION),
    (r"correlation\.pearson\.(?P<frequency>weekly|monthly)\.(\d+|all)", TOGETHER, _PERIODS),
    (r"correlation\.ewma\.daily", TOGETHER, _EWMA),
    (r"since\.correlation(_before)?|constancy\.corr_(before|since)", TOGETHER, _CORRELATION),
    (r"levels\.pearson\.\d+", TOGETHER, _LEVELS),
    (r"since\.(?P<role>[ab])\.return", TOGETHER, _GROWTH),
    (r"since\.joint_up\.\d+", TOGETHER, _JOINT_UP),
    (r"since\.joint_up_base\.(?P<horizon>\d+)", TOGETHER, _JOINT_UP_BASE),
    (r"partial\.market\.(\d+|all)\.plain", WITH_MARKET, _CORRELATION),
    (r"partial\.(?P<given>market)\.(\d+|all)(\.(?P<what>drop))?", WITH_MARKET, _PARTIAL),
    (r"difference\.market\.(\d+|all)(\.zou)?", WITH_MARKET, _DIFFERENCE),
    (r"partial\.market_and_rates\.(\d+|all)\.plain|rates\.correlation\.all", WITH_YIELD, _CORRELATION),
    (r"partial\.(?P<given>market_and_rates)\.(\d+|all)(\.(?P<what>drop))?", WITH_YIELD, _PARTIAL),
    (r"rates\.(?P<what>partial|drop)\.(?P<given>rates|market|market_and_rates)\.all", WITH_YIELD, _PARTIAL),
    (rf"rates\.beta\.(?P<rate>{YIELD})\.(?P<role>[abm])\.(\d+|all)", WITH_YIELD, _BETA),
    (r"rates\.beta\.(?P<rate>\w+)\.(?P<role>[abm])\.(\d+|all)", "rates-{rate}.csv", _BETA),
    (rf"rates\.beta_difference\.{YIELD}\.b_minus_m\.(\d+|all)", WITH_YIELD, _BETA_DIFFERENCE),
    (r"rates\.asymmetry\.(?P<role>[abm])\.(?P<side>falls|rises)", WITH_YIELD, _ASYMMETRY),
    (r"rates\.share\.(?P<factor>rates|market)\.all", WITH_YIELD, _SHARE),
    (r"fomc\.beta\.(?P<surprise>kuttner|published|published_2y)\.(?P<role>[abm])", MEETINGS, _EVENT_BETA),
    (r"fomc\.beta\.(?P<kind>policy|information)\.(?P<role>[abm])", MEETINGS, _NEWS_BETA),
    (r"fomc\.measures\.(?P<one>two_year)_(?P<other>published)", MEETINGS, _MEASURES.replace("{other}", "published_2y")),
    (r"fomc\.measures\.(?P<one>kuttner|two_year)_(?P<other>published|kuttner)", MEETINGS, _MEASURES),
    (r"fomc\.brier\.(?P<forecast>eve|hold)", MEETINGS, _BRIER),
)
# The first pattern that fits an id names what computes value and interval; a test holds that every id has one.
_CALLS: Final = (
    (r"correlation\.ewma\..*", "stats.correlation.ewma_corr"),
    (r"correlation\.dcc\..*", "stats.dcc.dcc_fit"),
    (r"correlation\.volatility_adjusted\..*|volatility\..*", "stats.correlation.rolling_adjusted_corr"),
    (r"correlation\..*|alignment\.utc_close\..*|since\.correlation.*", "stats.bootstrap.bootstrap_correlation"),
    (r"alignment\.difference\..*", "stats.bootstrap.bootstrap_statistics"),
    (r"constancy\.(looks|pvalue)", "stats.constancy.constancy_test"),
    (r"constancy\.segments", "stats.breaks.correlation_breaks"),
    (r"constancy\.corr_.*|yearly\.correlation\..*", "stats.bootstrap.bootstrap_correlation"),
    (r"yearly\.rank\..*|matrix\..*", "reports.compare.matrix.matrix_numbers"),
    (r"difference\..*\.zou", "stats.correlation.zou_interval"),
    (r"(partial|difference)\..*|rates\.(correlation|partial|drop|share)\..*", "stats.joint_bootstrap.joint_intervals"),
    (r"rates\.beta\..*", "stats.regression.rate_beta"),
    (r"rates\.beta_difference\..*", "stats.rate_models.beta_difference"),
    (r"rates\.asymmetry\..*", "stats.rate_models.asymmetry"),
    (r"rates\.joint\..*", "stats.rate_models.joint_rate_betas"),
    (r"rates\.phase\..*", "stats.rate_models.phase_betas"),
    (r"levels\.pearson\..*", "stats.levels.level_corr"),
    (r"levels\.null_share.*", "stats.levels.level_null"),
    (r"levels\.join\..*", "stats.joins.five_joins"),
    (r"levels\.(?P<name>adf|kpss|engle_granger|johansen)\..*", "stats.cointegration.{name}"),
    (r"lead_lag\.granger\..*", "stats.lead_lag.granger"),
    (r"lead_lag\..*", "stats.lead_lag.cross_corr"),
    (r"tails\.exceedance_normal\..*", "stats.tails.normal_exceedance_corr"),
    (r"tails\.exceedance\..*", "stats.tails.exceedance_correlations"),
    (r"tails\..*", "stats.tails.co_crash"),
    (r"fomc\.abnormal\..*", "stats.event_study.abnormal_returns"),
    (r"fomc\.bench\.btc_spx\..*", "stats.bootstrap.bootstrap_correlation"),
    (r"fomc\.bench\.fed_day\..*", "reports.fomc.effects.effects"),
    (r"fomc\.(projection|beta_long|beta_difference_long)\..*", "stats.local_projections.local_projections"),
    (r"fomc\.beta.*", "stats.event_study.event_beta"),
    (r"fomc\.rigobon_sack\..*", "stats.rigobon_sack.rigobon_sack"),
    (r"fomc\.tandem\..*", "stats.event_study.tandem"),
    (r"fomc\.variance_ratio\..*", "stats.variance_ratio.variance_ratio"),
    (r"fomc\.brier\..*", "stats.expected_path.brier_score"),
    (r"fomc\.measures\..*", "stats.correlation.fisher_interval"),
    (r"fomc\.events", "stats.event_study.event_positions"),
    (r"fomc\.cut\..*", "claim_numbers.cut_on"),
    (r"fomc\.cut_after_cut", "claim_numbers.cut_after_cut"),
    (r"scenario\..*", "stats.scenario.scenario_set"),
    (r"spells\.current", "fomc.consecutive_cuts"),
    (r"spells\.longest_since_claim(\..*)?", "fomc.longest_cuts_since"),
    (r"spells\.joint_up\..*", "stats.spells.joint_up_share"),
    (r"spells\..*", "fomc.cut_spells"),
    (r"since\.joint_up_base\..*", "stats.since.joint_up_base_rate"),
    (r"since\.joint_up\..*", "stats.since.joint_up"),
    (r"since\.gap_chance_bootstrap", "stats.since.drift_apart_bootstrap"),
    (r"since\.(gap.*|volatility_before\..*|[ab]\.return)", "reports.since_the_claim.analyse"),
    (r"specifications\..*|published\..*", "stats.specifications.specification_curve"),
)


def recipe(number_id: str) -> tuple[str, str, dict[str, str]] | None:
    """Return the download a number can be recomputed from, the lines that do it, and the words to fill in; or None."""
    for pattern, file, body in _SCRIPTS:
        if found := re.fullmatch(pattern, number_id):
            parts = {name: value or "" for name, value in found.groupdict().items()}
            words = {_NAMED.get(name, name): _WORDS.get(name, {}).get(value, value) for name, value in parts.items()}
            defaults = {"method": "pearson", "a": "a_return", "b": "b_return"}
            return file.format(**parts), body, {**defaults, **words}
    return None


def call(number_id: str) -> str:
    """Return the function that computes a number with its interval, below ``generator.``; nothing for an unknown id."""
    for pattern, target in _CALLS:
        if found := re.fullmatch(pattern, number_id):
            return target.format(**found.groupdict())
    return ""
