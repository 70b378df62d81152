"""The page on prices against returns: two answers, two nulls, shared paths, and five ways to join the calendars."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from statsmodels.tsa.stattools import adfuller, coint
from statsmodels.tsa.stattools import kpss as statsmodels_kpss
from statsmodels.tsa.vector_ar.vecm import coint_johansen

from generator.findings import Estimate, Unavailable
from generator.formatting import plain, shown
from generator.panel import Observed, Panel, nyse_sessions
from generator.report import Context, ends
from generator.reports import levels
from generator.reports.correlation.windows import window_numbers
from generator.reports.levels.audit import audit
from generator.reports.levels.figures import bin_ends
from generator.reports.levels.trends import trends
from tests.reports.pairs import AS_OF, CLAIM, estimate, pair_context

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from generator.config import Config

JOINS = ("common_sessions", "returns_first", "business_days", "seven_days_forward", "seven_days_backward")


def context(config: Config, observed: Mapping[str, Observed], as_of: date = AS_OF, slug: str = "") -> Context:
    """Return the context of a pair with few resamples, and the numbers of returns that the page shows too."""
    own = pair_context(config, observed, as_of, slug, reps=199)
    return replace(own, numbers=own.numbers.merged(window_numbers(own)))


@pytest.fixture(scope="module")
def own(config: Config, observed: dict[str, Observed]) -> Context:
    """Return the context of the featured pair on the sample."""
    return context(config, observed)


@pytest.fixture(scope="module")
def found(own: Context) -> levels.Findings:
    """Return the findings of the featured pair on the sample."""
    return levels.analyse(own)


@pytest.fixture(scope="module")
def on_claim_date(config: Config, recorded: dict[str, Observed]) -> levels.Findings:
    """Return the findings on the recorded data as of the claim date."""
    return levels.analyse(context(config, recorded, CLAIM))


def test_both_answers_have_one_window(own: Context, found: levels.Findings) -> None:
    """The two lines end at the two published numbers, from the same sessions, and each row shows both."""
    assert found.rolling["prices"].iloc[-1] == pytest.approx(estimate(found.numbers["levels.pearson.252"]).value)
    returns = estimate(own.numbers["correlation.pearson.daily.252"]).value
    assert found.rolling["returns"].iloc[-1] == pytest.approx(returns)
    assert found.rolling["date"].iloc[-1].date() == AS_OF
    window = own.sample_ab().levels.iloc[-63:]
    assert estimate(found.numbers["levels.pearson.63"]).value == pytest.approx(window.corr().to_numpy()[0, 1])
    assert [(row.returns, row.price) for row in found.table] == [
        (f"correlation.pearson.daily.{w}", f"levels.pearson.{w}") for w in (63, 126, 252)
    ]


def test_the_picture_of_the_nulls_adds_up(own: Context, found: levels.Findings) -> None:
    """The blue bars of each panel hold exactly the shuffles that the published share counts, and all bars all."""
    null = levels.figures(own, found)[2]
    assert null.id == "level-null"
    frame = null.data["null"]
    size = abs(estimate(found.numbers["levels.pearson.252"]).value)
    widths = (frame["high"] - frame["low"]) / 0.05
    for column, number_id in (("window", "levels.null_share.252"), ("history", "levels.null_share_history.252")):
        assert (frame[column] * widths).sum() == pytest.approx(100)
        strong = frame["part"] == "at least as strong"
        counted = (frame[column] * widths)[strong].sum() / 100 * own.reps
        assert (counted + 1) / (own.reps + 1) == pytest.approx(estimate(found.numbers[number_id]).value)
        assert plain(shown(found.numbers[number_id])) in null.title
    edges = {*frame["low"].round(9), *frame["high"].round(9)}
    assert {round(-size, 9), round(size, 9), -1.0, 1.0} <= edges
    inside = frame["high"].between(-size + 1e-9, size + 1e-9)
    assert (frame.loc[inside, "part"] == "weaker").all()


@pytest.mark.parametrize("size", [0.0, 0.01, 0.5, 0.924, 0.999, 1.0])
def test_bins_end_at_what_was_observed(size: float) -> None:
    """Whatever was observed, the bins cover -1 to 1 in order and none reaches across it."""
    edges = bin_ends(size)
    assert (edges[0], edges[-1]) == (-1, 1)
    assert (np.diff(edges) > 0).all()
    assert np.diff(edges).max() < 0.1
    assert np.isclose(edges, size).any()
    assert np.isclose(edges, -size).any()


def test_tests_of_trends_are_those_of_the_library(own: Context, found: levels.Findings) -> None:
    """Every published test equals statsmodels on the log prices of the same sessions."""
    sample_ab = own.sample_ab()
    for span, frame in (("252", sample_ab.levels.iloc[-252:]), ("all", sample_ab.levels)):
        a, b = np.log(frame.to_numpy()).T
        for role, x in (("a", a), ("b", b)):
            adf = adfuller(x, regression="c", autolag="AIC", result_object=True)
            assert estimate(found.numbers[f"levels.adf.{role}.{span}"]).value == pytest.approx(adf.pvalue)
            with pytest.warns(match="test statistic is outside"):
                kpss = statsmodels_kpss(x, regression="c", nlags="auto", result_object=True)
            assert estimate(found.numbers[f"levels.kpss.{role}.{span}"]).value == pytest.approx(kpss.statistic)
        for order, (left, right) in (("a_on_b", (a, b)), ("b_on_a", (b, a))):
            wanted = coint(left, right, trend="c", autolag="aic").pvalue
            assert estimate(found.numbers[f"levels.engle_granger.{order}.{span}"]).value == pytest.approx(wanted)
        trace = coint_johansen(np.column_stack([a, b]), 0, 1).trace_stat[0]
        assert estimate(found.numbers[f"levels.johansen.{span}"]).value == pytest.approx(trace)


def made_up(own: Context, gap: np.ndarray) -> Context:
    """Return a context in which B wanders and A follows it at a distance of `gap`, as long as the sample."""
    days = own.sample_ab().levels.index[-len(gap) :]
    rng = np.random.default_rng(8)
    walk = rng.normal(0, 0.01, len(gap)).cumsum()
    made = {
        key: Observed(
            series_id=key,
            values=pd.Series(100 * np.exp(path), index=days),
            source="csv",
            symbol=key,
            retrieved_at="",
            sha256="",
            terms="",
        )
        for key, path in (("eth_usd", walk + gap), ("rut", walk))
    }
    return replace(own, panel=Panel(made, own.config, AS_OF))


def test_prices_that_share_a_path_are_found(own: Context) -> None:
    """A follows B with errors that die out within days: every test finds it, and the words say so."""
    rng = np.random.default_rng(9)
    tied = made_up(own, rng.normal(0, 0.02, 1500))
    found = trends(tied, tied.sample_ab())
    answers = {reading.test: reading.answer for reading in found.readings}
    assert answers["Engle-Granger"] == "It looks so in both spans, whichever of the two is put on the left."
    assert answers["Johansen"] == "A shared path is found in both spans."
    assert found.shared == (
        "A path that the two prices share is found by 3 of 3 tests since 2018-01-01 and by 3 of 3 tests over the last "
        "252 sessions."
    )
    assert found.many.startswith("Of the 4 Engle-Granger tests 4 have a p below 0.05;")


def test_a_price_that_swings_around_a_level_is_found(own: Context) -> None:
    """Two prices that return to a level are told from wandering ones, and words are said in the spans they hold for."""
    rng = np.random.default_rng(10)
    still = made_up(own, np.zeros(1500))
    values = {key: replace(still.panel.observed[key]) for key in ("eth_usd", "rut")}
    for key, item in values.items():
        noise = pd.Series(100 * np.exp(rng.normal(0, 0.01, 1500)), index=item.values.index)
        values[key] = replace(item, values=noise)
    swinging = replace(own, panel=Panel(values, own.config, AS_OF))
    found = trends(swinging, swinging.sample_ab())
    answers = {reading.test: reading.answer for reading in found.readings}
    assert answers["ADF"] == "Both look as if they did, in both spans."
    assert answers["KPSS"] == "It could: the test does not rule it out for either."


def test_readings_name_the_span_they_hold_for(own: Context) -> None:
    """A path that is left at the end is found since the start and not over the last year, and both are said."""
    rng = np.random.default_rng(11)
    gap = rng.normal(0, 0.02, 2000)
    gap[-252:] += rng.normal(0, 0.02, 252).cumsum()
    left = made_up(own, gap)
    found = trends(left, left.sample_ab())
    reading = next(reading for reading in found.readings if reading.test == "Engle-Granger")
    assert reading.answer == "It looks so for both since 2018-01-01, and not otherwise."
    assert "by none of 3 tests over the last 252 sessions" in found.shared


def test_five_joins_give_five_numbers(own: Context, found: levels.Findings) -> None:
    """The first join is the sample of this site; the others put in prices or pair returns of unequal length."""
    right = estimate(found.numbers["levels.join.common_sessions"])
    whole = estimate(own.numbers["correlation.pearson.daily.all"])
    assert right.value == pytest.approx(whole.value, abs=1e-12)
    assert (right.nobs, right.first) == (whole.nobs, whole.first)
    values = [estimate(found.numbers[f"levels.join.{key}"]).value for key in JOINS]
    assert len({round(value, 6) for value in values}) == 5
    assert [row.ids for row in found.joins] == [(f"levels.join.{key}",) for key in JOINS]
    assert (found.joins[0].filled, found.joins[0].mismatched) == ("0", "0")
    assert all(row.mismatched != "0" for row in found.joins[1:])
    assert [row.filled == "0" for row in found.joins] == [True, True, False, False, False]
    for key in JOINS:
        lower, upper = ends(estimate(found.numbers[f"levels.join.{key}"]))
        assert lower < upper


def test_one_calendar_needs_no_join(own: Context) -> None:
    """Two assets that trade on the same days have nothing to join, and the page says so."""
    stocks = replace(own, pair=own.pair.model_copy(update={"a": "spx"}))
    told = audit(stocks, stocks.sample_ab())
    assert told.reason == "both trade on the same days, so there is nothing to join"
    assert set(told.numbers.values()) == {Unavailable(reason=told.reason)}


def test_the_first_sentence_says_what_was_found(own: Context, found: levels.Findings) -> None:
    """The page begins with both answers and with what unrelated prices do."""
    price, returns, null = (
        plain(shown(number))
        for number in (
            found.numbers["levels.pearson.252"],
            own.numbers["correlation.pearson.daily.252"],
            found.numbers["levels.null_share.252"],
        )
    )
    assert found.answer.startswith(
        f"Over the last 252 sessions the prices of Ether and the Russell 2000 correlated {price}, their daily returns "
        f"{returns}. Of unrelated prices with the same trends, {null} correlate at least as strongly."
    )


def test_what_comes_later_changes_nothing(config: Config, observed: dict[str, Observed]) -> None:
    """Rows after the date, true or absurd, and the order in which series come, move no number and no word."""
    end = pd.Timestamp(CLAIM) + pd.Timedelta(hours=23)
    cut = {key: replace(item, values=item.values.loc[:end]) for key, item in observed.items()}
    absurd = {}
    for key, item in observed.items():
        values = item.values.copy()
        values.loc[values.index > end] *= 7.0
        absurd[key] = replace(item, values=values)
    early = levels.analyse(context(config, dict(reversed(cut.items())), CLAIM))
    for other in (observed, absurd):
        late = levels.analyse(context(config, other, CLAIM))
        assert dict(early.numbers) == dict(late.numbers)
        assert (early.answer, early.readings, early.joins) == (late.answer, late.readings, late.joins)
        pd.testing.assert_frame_equal(early.rolling, late.rolling)


def test_what_is_missing_says_why(config: Config, observed: dict[str, Observed], found: levels.Findings) -> None:
    """Without an asset every number gives the reason, and no picture is drawn."""
    own = context(config, {key: item for key, item in observed.items() if key != "eth_usd"})
    nothing = levels.analyse(own)
    assert set(nothing.numbers) == set(found.numbers)
    assert set(nothing.numbers.values()) == {Unavailable(reason="this source has no data for Ether")}
    assert nothing.answer == "The correlation of prices is not available: this source has no data for Ether."
    assert nothing.no_joins == "this source has no data for Ether"
    assert levels.figures(own, nothing) == ()


@pytest.mark.parametrize("sessions", [1, 70, 130])
def test_a_short_sample_is_no_crash(config: Config, observed: dict[str, Observed], sessions: int) -> None:
    """With few sessions the numbers that need more say how many there are, and no picture breaks."""
    own = context(config, observed)
    start = own.sample_ab().changes.index[-sessions].date()
    late = replace(own, pair=own.pair.model_copy(update={"start": start}))
    found = levels.analyse(late)
    assert found.numbers["levels.pearson.252"] == Unavailable(reason=f"not enough data (n = {sessions}, needs 252)")
    assert isinstance(found.numbers["levels.pearson.63"], Estimate) == (sessions >= 63)
    assert isinstance(found.numbers["levels.adf.a.all"], Estimate) == (sessions >= 100)
    assert isinstance(found.numbers["levels.join.common_sessions"], Estimate) == (sessions >= 63)
    levels.figures(late, found)


def test_a_price_that_stands_still_is_no_crash(config: Config, observed: dict[str, Observed]) -> None:
    """A price that does not move correlates with nothing, and every number says so."""
    still = replace(observed["rut"], values=observed["rut"].values * 0 + 100)
    own = context(config, {**observed, "rut": still})
    found = levels.analyse(own)
    assert all(isinstance(number, Unavailable) for number in found.numbers.values())
    assert levels.figures(own, found) == ()


def test_pictures_say_what_the_numbers_say(own: Context, found: levels.Findings) -> None:
    """Four pictures, titled with published numbers."""
    two, answers, null, joins = levels.figures(own, found)
    price, returns = (
        plain(shown(number))
        for number in (found.numbers["levels.pearson.252"], own.numbers["correlation.pearson.daily.252"])
    )
    assert two.title == f"Prices correlate {price}, daily returns {returns}"
    assert answers.alt.endswith(f"and ends at {returns}.")
    assert f"ends at {price};" in answers.alt
    assert null.title.endswith("with any trends")
    assert len(joins.data["joins"]) == 5
    assert list(joins.data["joins"]["kind"]) == ["used on this site", *["not used"] * 4]


@pytest.mark.recorded
def test_recorded_figures_of_the_claim_date(on_claim_date: levels.Findings) -> None:
    """126 prices correlated 0.924; of unrelated ones with such trends a third do so, of all since 2018 hardly any."""
    numbers = on_claim_date.numbers
    assert round(estimate(numbers["levels.pearson.126"]).value, 3) == 0.924
    # Four Monte-Carlo standard errors of 199 shuffles, and the smallest share that 199 shuffles can give.
    assert estimate(numbers["levels.null_share.126"]).value == pytest.approx(0.29, abs=0.13)
    assert estimate(numbers["levels.null_share_history.126"]).value < 0.03
    joins = [round(estimate(numbers[f"levels.join.{key}"]).value, 3) for key in JOINS]
    assert joins == [0.323, 0.335, 0.321, 0.299, 0.246]


@pytest.mark.recorded
def test_recorded_shared_path_was_there_and_is_gone(
    config: Config, recorded: dict[str, Observed], on_claim_date: levels.Findings
) -> None:
    """On the claim date Engle-Granger found a shared path since 2018, at 0.025 and 0.007; a year later it is gone."""
    then, now = on_claim_date, levels.analyse(context(config, recorded))
    orders = ("a_on_b", "b_on_a")
    assert [round(estimate(then.numbers[f"levels.engle_granger.{o}.all"]).value, 3) for o in orders] == [0.025, 0.007]
    assert "found by 2 of 3 tests since 2018-01-01 and by none of 3 tests over the last 252 sessions" in then.answer
    assert then.many.endswith("1 remains.")
    assert [round(estimate(now.numbers[f"levels.engle_granger.{o}.all"]).value, 3) for o in orders] == [0.335, 0.272]
    assert now.answer.endswith("No test finds a path that the two prices share.")
    assert now.many == ""


@pytest.mark.recorded
def test_recorded_look_ahead(config: Config, recorded: dict[str, Observed], on_claim_date: levels.Findings) -> None:
    """A year of market data after the claim date changes none of its numbers, nor does the order of the columns."""
    end = pd.Timestamp(CLAIM)
    cut = {key: replace(item, values=item.values.loc[:end]) for key, item in reversed(recorded.items())}
    assert dict(levels.analyse(context(config, cut, CLAIM)).numbers) == dict(on_claim_date.numbers)


@pytest.mark.recorded
def test_recorded_joins_by_pandas(recorded: dict[str, Observed], on_claim_date: levels.Findings) -> None:
    """The filled joins are what a spreadsheet would do: reindex, fill, difference."""
    sessions = nyse_sessions()
    a = recorded["eth_usd"].values.loc["2017-12-29":"2025-10-07"]
    b = recorded["rut"].values.loc["2017-12-29":"2025-10-07"]
    b = b[b.index.isin(sessions)]
    week = pd.date_range("2017-12-29", "2025-10-07")
    wide = pd.DataFrame({"a": a.reindex(week), "b": b.reindex(week)})
    for key, frame in (
        ("seven_days_forward", wide.ffill()),
        ("seven_days_backward", wide.bfill()),
        ("business_days", wide.ffill().loc[week.day_of_week < 5]),
    ):
        wanted = frame.apply(np.log).diff().dropna().corr().to_numpy()[0, 1]
        assert estimate(on_claim_date.numbers[f"levels.join.{key}"]).value == pytest.approx(wanted)


@pytest.mark.recorded
@pytest.mark.parametrize("slug", ["btc-nasdaq-100", "eth-sp-500"])
def test_every_shipped_pair_has_its_page(config: Config, recorded: dict[str, Observed], slug: str) -> None:
    """The other pairs get every number and picture of the page."""
    own = context(config, recorded, slug=slug)
    found = levels.analyse(own)
    assert all(isinstance(number, Estimate) for number in found.numbers.values())
    assert len(levels.figures(own, found)) == 4
