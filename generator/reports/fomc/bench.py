"""What others found, as reported, beside our numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from generator.estimates import interval_estimate, too_few
from generator.findings import Number, Unavailable
from generator.stats.bootstrap import bootstrap_correlation

if TYPE_CHECKING:
    from datetime import date

    from generator.report import Context

BITCOIN, STOCKS = "btc_usd", "spx"
CORRELATIONS = {"2017_to_2019": ("2017-01-01", "2019-12-31"), "2020_to_2021": ("2020-01-01", "2021-12-31")}
FEWEST = 60


@dataclass(frozen=True, slots=True)
class Ours:
    """One of our numbers: its id, what it is, and whether this line is the place that publishes it."""

    number_id: str
    words: str
    home: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Study:
    """One line of the bench.

    Parameters
    ----------
    name : str
        Authors and year.
    address : str
        Where it can be found; empty where we have none.
    reported : str
        What it reports, in its own unit.
    sample : str
        Its sample as far as our copy states it.
    ours : tuple of Ours
        Empty where we measure nothing of the kind.
    unlike : str
        In what ours differs, or why there is none.
    """

    name: str
    reported: str
    sample: str
    unlike: str
    address: str = ""
    ours: tuple[Ours, ...] = ()


def doi(name: str) -> str:
    """Return the address of a digital object identifier."""
    return f"https://doi.org/{name}"


UNSTATED = "not stated in our copy"


def studies(context: Context) -> tuple[Study, ...]:
    """Return the bench, with our numbers for this pair."""
    a, b, market = context.a.label, context.b.label, context.market.label
    role, stocks = _stocks(context)
    return (
        Study(
            name="Bernanke and Kuttner 2005",
            address=doi("10.1111/j.1540-6261.2005.00760.x"),
            reported="An unexpected cut of 25 bp goes with about +1 % in broad US stock indices: −1 % per +25 bp.",
            sample="June 1989 to December 2002; surprise in the funds rate from futures",
            ours=(Ours(f"fomc.beta_long.dgs2.{role}", f"{stocks} per +25 bp, its whole history here"),),
            unlike="Our surprise is the day's change of the 2-year yield.",
        ),
        Study(
            name="Ehrmann and Fratzscher 2004",
            address="https://www.ecb.europa.eu/pub/pdf/scpwps/ecbwp354.pdf",
            reported="A tightening of 50 bp goes with about −3 % in US stocks: −1.5 % per +25 bp. Stronger for small "
            "firms, low cash flow, poor ratings, high Tobin's q, and low debt to capital.",
            sample=UNSTATED,
            ours=(
                Ours("fomc.beta_difference.dgs2.b_minus_m", f"{b} less {market} per +25 bp"),
                Ours("fomc.beta_long.dgs2.b", f"{b} per +25 bp, its whole history here"),
            ),
            unlike="Size is the only one of these traits that our series tell apart.",
        ),
        Study(
            name="Chava and Hsu 2020",
            address="https://papers.ssrn.com/sol3/papers.cfm?abstract_id=2568121",
            reported="Financially constrained firms fall more after surprise rises, three to four days later.",
            sample=UNSTATED,
            ours=(Ours("fomc.beta_difference_week.dgs2.b_minus_m", f"{b} less {market} to the fifth session after"),),
            unlike="An index of small firms is not an index of constrained ones.",
        ),
        Study(
            name="Ozdagli 2018",
            reported="Firms with more information frictions react less; leverage amplifies.",
            sample=UNSTATED,
            unlike="Not measured here: we hold no balance sheets.",
        ),
        Study(
            name="Almeida, Johnson, Oliveira and Zhou 2024",
            address="https://papers.ssrn.com/sol3/papers.cfm?abstract_id=5031788",
            reported="Equity constraints amplify the response; debt constraints play no significant role.",
            sample=UNSTATED,
            unlike="Not measured here: we hold no balance sheets.",
        ),
        Study(
            name="Lucca and Moench 2015",
            address=doi("10.1111/jofi.12196"),
            reported="+49 bp in the S&P 500 in the 24 hours before scheduled decisions.",
            sample="September 1994 to March 2011",
            ours=(Ours("fomc.bench.fed_day.all", f"{stocks} on the statement day, close to close", home=True),),
            unlike="Daily closes hold only part of those hours, and the hours after the decision.",
        ),
        Study(
            name="Kurov, Wolfe and Gilbert 2021",
            address=doi("10.1016/j.frl.2020.101781"),
            reported="The drift before decisions is essentially gone.",
            sample="after 2015, to December 2019",
            ours=(Ours("fomc.bench.fed_day.from_2016", f"{stocks} on the statement day since 2016", home=True),),
            unlike="The same.",
        ),
        Study(
            name="Karau 2023",
            address=doi("10.1016/j.jimonfin.2023.102880"),
            reported="No immediate response of Bitcoin until late 2020, then like other risky assets.",
            sample=UNSTATED,
            ours=(
                Ours("fomc.beta_to_2020.dgs2.a", f"{a} per +25 bp to November 2020", home=True),
                Ours("fomc.beta_from_2021.dgs2.a", f"{a} per +25 bp since", home=True),
            ),
            unlike=f"Ours is {a}, on the day.",
        ),
        Study(
            name="Ma, Tian, Hsiao and Deng 2022",
            address=doi("10.1016/j.ribaf.2022.101711"),
            reported="+1 bp of surprise in the 2-year yield goes with −0.25 % in Bitcoin that day: −6.25 % per +25 bp.",
            sample=UNSTATED,
            ours=(Ours("fomc.beta.dgs2.a", f"{a} per +25 bp"),),
            unlike=f"Ours is {a}.",
        ),
        Study(
            name="Benigno and Rosa 2023",
            reported="Bitcoin is unrelated to monetary and macroeconomic news, consumer prices excepted.",
            sample="2017 to 2022, minutes around the news",
            ours=(Ours("fomc.beta_2017_to_2022.dgs2.a", f"{a} per +25 bp in the same years", home=True),),
            unlike=f"Ours is {a}, over the whole day.",
        ),
        Study(
            name="Che, Copestake, Furceri and Terracciano 2023",
            reported="One factor explains 80 % of crypto prices; Fed tightening lowers it; its correlation with stocks "
            "rose with institutional holding.",
            sample=UNSTATED,
            ours=(Ours("fomc.beta_week.dgs2.a", f"{a} per +25 bp to the fifth session after"),),
            unlike="One asset, not a factor of many.",
        ),
        Study(
            name="Iyer 2022",
            reported="Daily returns of Bitcoin and the S&P 500 correlate 0.01 in 2017-2019 and 0.36 in 2020-2021.",
            sample="2017 to 2021",
            ours=tuple(Ours(f"fomc.bench.btc_spx.{key}", key.replace("_", " "), home=True) for key in CORRELATIONS),
            unlike="The same question, on our prices.",
        ),
        Study(
            name="Forbes and Rigobon 2002",
            address=doi("10.1111/0022-1082.00494"),
            reported="Correlation rises with volatility by itself; corrected for that, it hardly rose in three crises.",
            sample="three crises",
            unlike="The page on correlation corrects for it.",
        ),
        Study(
            name="Granger and Newbold 1974; Phillips 1986",
            reported="Independent random walks look related, the more so the more data there are.",
            sample="theory and simulation",
            unlike="The page on prices against returns shows it for this pair.",
        ),
    )


def _stocks(context: Context) -> tuple[str, str]:
    """Return role and label of the S&P 500 in this pair, or of the market control where it has none."""
    roles = {context.pair.b: ("b", context.b.label), context.pair.market: ("m", context.market.label)}
    return roles.get(STOCKS, ("m", context.market.label))


def stocks_of(context: Context) -> str:
    """Return the series id that stands for stocks as a whole."""
    return context.pair.b if _stocks(context)[0] == "b" else context.pair.market


def replicated(context: Context) -> dict[str, Number]:
    """Return the correlation of daily returns of Bitcoin and the S&P 500 in the years of Iyer (2022)."""
    ids = {f"fomc.bench.btc_spx.{key}": ends for key, ends in CORRELATIONS.items()}
    if BITCOIN not in context.config.series or STOCKS not in context.config.series:
        return dict.fromkeys(ids, Unavailable(reason="the configuration has no Bitcoin and S&P 500"))
    if lacking := context.lacking(BITCOIN, STOCKS):
        return dict.fromkeys(ids, lacking)
    return {number_id: _correlation(context, number_id, *ends) for number_id, ends in ids.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Years:
    first: date
    last: date


def _correlation(context: Context, number_id: str, first: str, last: str) -> Number:
    from generator.panel import as_date  # noqa: PLC0415 - typed labels only

    every = context.panel.sample((BITCOIN, STOCKS), as_date("2016-01-01")).changes
    changes = every.loc[first:last]
    if short := too_few(len(changes), FEWEST):
        return short
    found = bootstrap_correlation(
        *changes.to_numpy(dtype=np.float64).T,
        reps=context.reps,
        rng=context.rng(number_id),
        level=context.level,
    )
    span = _Years(first=as_date(changes.index[0]), last=as_date(changes.index[-1]))
    return interval_estimate(found, span, method="correlation", unit="correlation")
