"""The correlation page: windows, steps and alignments, the line over time, breaks, tails, leads and lags."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from scipy.stats import kendalltau, spearmanr
from statsmodels.tsa.stattools import ccf

from generator.errors import DataError
from generator.findings import Estimate, Unavailable
from generator.formatting import interval, plain, shown
from generator.panel import nyse_sessions
from generator.report import Context, ends
from generator.reports import correlation
from generator.reports.correlation.paths import constancy, rolling_frame, stands_apart, with_days_apart
from generator.reports.correlation.windows import synchronous_numbers
from generator.sources import csv
from generator.stats.correlation import corr, ewma_corr, forbes_rigobon
from generator.stats.dcc import dcc_fit
from tests.reports.pairs import AS_OF, CLAIM, estimate, pair_context

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from generator.config import Config
    from generator.panel import Observed

DESIGNED = (
    *(f"correlation.{e}.daily.{w}" for e in ("pearson", "spearman", "kendall") for w in (21, 63, 126, 252, "all")),
    *(f"correlation.pearson.weekly.{w}" for w in (52, 104, "all")),
    *(f"correlation.pearson.monthly.{w}" for w in (36, "all")),
    *(f"correlation.pearson.synchronous.{w}" for w in (63, 252)),
    "correlation.ewma.daily",
    "correlation.dcc.daily",
)
"""Ids that DESIGN 9 promises."""
context = partial(pair_context, reps=99)


@pytest.fixture(scope="module")
def own(config: Config, observed: dict[str, Observed]) -> Context:
    """Return the context of the featured pair on the sample."""
    return context(config, observed)


@pytest.fixture(scope="module")
def found(own: Context) -> correlation.Findings:
    """Return the findings of the featured pair on the sample."""
    return correlation.analyse(own)


@pytest.fixture(scope="module")
def on_claim_date(config: Config, recorded: dict[str, Observed]) -> correlation.Findings:
    """Return the findings on the recorded data as of the claim date."""
    return correlation.analyse(context(config, recorded, CLAIM))


def prices(observed: Mapping[str, Observed]) -> pd.DataFrame:
    """Return the prices of the featured pair on the sessions on which both have one."""
    wide = pd.DataFrame({key: observed[key].values for key in ("eth_usd", "rut")})
    return wide.reindex(nyse_sessions()).dropna()


def test_every_promised_id_is_there(found: correlation.Findings) -> None:
    """The sample has hourly bars and enough history for every id of the design, each with its method and dates."""
    for number_id in DESIGNED:
        number = estimate(found.numbers[number_id])
        assert number.unit == "correlation"
        assert -1 <= number.value <= 1
        assert number.first < number.last <= AS_OF
    bounded = [i for i in DESIGNED if i not in {"correlation.ewma.daily", "correlation.dcc.daily"}]
    for number_id in bounded:
        number = estimate(found.numbers[number_id])
        lower, upper = ends(number)
        assert lower < number.value < upper


def test_windows_equal_scipy(own: Context, found: correlation.Findings) -> None:
    """Each window holds the last sessions of the sample, and each estimator is the library's."""
    changes = own.sample_ab().changes
    for span, rows in ((63, changes.iloc[-63:]), (252, changes.iloc[-252:]), ("all", changes)):
        x, y = rows.to_numpy().T
        wanted = {"pearson": np.corrcoef(x, y)[0, 1], "spearman": spearmanr(x, y)[0], "kendall": kendalltau(x, y)[0]}
        for estimator, value in wanted.items():
            number = estimate(found.numbers[f"correlation.{estimator}.daily.{span}"])
            assert number.value == pytest.approx(value, abs=1e-12)
            assert (number.nobs, number.first) == (len(rows), rows.index[0].date())


def test_weeks_and_months_equal_pandas(found: correlation.Findings, observed: dict[str, Observed]) -> None:
    """Weeks end on Wednesday and months with their last session, complete ones alone; returns span whole periods."""
    levels = prices(observed).loc["2017-12-01":"2026-09-18"].apply(np.log)
    weekly = levels.resample("W-WED").last().diff().loc["2018-01-01":"2026-09-16"]
    monthly = levels.resample("ME").last().diff().loc["2018-01-01":"2026-08-31"]
    for number_id, rows in (
        ("weekly.52", weekly.iloc[-52:]),
        ("weekly.104", weekly.iloc[-104:]),
        ("weekly.all", weekly),
        ("monthly.36", monthly.iloc[-36:]),
        ("monthly.all", monthly),
    ):
        number = estimate(found.numbers[f"correlation.pearson.{number_id}"])
        assert number.value == pytest.approx(rows.corr().to_numpy()[0, 1], abs=1e-12)
        assert number.nobs == len(rows)


def test_both_alignments_on_the_same_sessions(own: Context, found: correlation.Findings) -> None:
    """The difference is that of two correlations on one set of sessions, and its interval is a joint one."""
    moved = own.panel.sample((own.pair.a, own.pair.b), own.start, synchronous=True).changes
    daily = own.sample_ab().changes
    for span in (63, 252):
        days = moved.index.intersection(daily.index)[-span:]
        close, bars = (rows.loc[days].corr().to_numpy()[0, 1] for rows in (moved, daily))
        assert estimate(found.numbers[f"correlation.pearson.synchronous.{span}"]).value == pytest.approx(close)
        assert estimate(found.numbers[f"alignment.utc_close.{span}"]).value == pytest.approx(bars)
        difference = estimate(found.numbers[f"alignment.difference.{span}"])
        assert difference.value == pytest.approx(close - bars)
        assert difference.nobs == span
        lower, upper = ends(difference)
        low, high = ends(estimate(found.numbers[f"alignment.utc_close.{span}"]))
        assert lower < difference.value < upper
        assert upper - lower < high - low  # what the two share cancels out
    assert found.no_synchronous == ""


def test_the_correlation_of_the_day(own: Context, found: correlation.Findings) -> None:
    """Both published values use every return up to the date, and are the ends of the drawn lines."""
    x, y = own.sample_ab().changes.to_numpy().T
    assert estimate(found.numbers["correlation.ewma.daily"]).value == pytest.approx(ewma_corr(x, y)[-1])
    fit = dcc_fit(x, y)
    assert estimate(found.numbers["correlation.dcc.daily"]).value == pytest.approx(fit.latest)
    assert found.models["dcc"].iloc[-1] == pytest.approx(fit.latest)
    assert found.models["dcc"].iloc[-2] == pytest.approx(fit.correlations[-1])
    assert found.models["ewma"].notna().all()


def test_the_correction_for_volatility(own: Context, found: correlation.Findings) -> None:
    """The corrected correlation is that of Forbes and Rigobon with the variance of B in the window."""
    x, y = own.sample_ab().changes.to_numpy().T
    ratio = y[-252:].var() / y.var()
    assert estimate(found.numbers["volatility.ratio.b.252"]).value == pytest.approx(ratio)
    wanted = float(forbes_rigobon(corr(x[-252:], y[-252:]), ratio))
    corrected = estimate(found.numbers["correlation.volatility_adjusted.daily.252"])
    assert corrected.value == pytest.approx(wanted)
    assert found.adjusted["adjusted"].iloc[-1] == pytest.approx(wanted)


def test_grey_and_colour_by_the_band() -> None:
    """A day stands apart when its band excludes the long-run value; the plotted part is missing on other days."""
    rng = np.random.default_rng(1)
    common = rng.normal(size=400)
    pair = np.column_stack([common + rng.normal(size=400), np.where(np.arange(400) < 200, 0.0, common)])
    pair[:, 1] += rng.normal(size=400) * 0.3
    changes = pd.DataFrame(pair, index=pd.bdate_range("2020-01-01", periods=400), columns=["a", "b"])
    rolling = rolling_frame(changes, (63, 1000), 0.4, 0.95)
    assert list(rolling.columns) == ["date", "long_run", "corr_63", "lower_63", "upper_63"]
    apart = stands_apart(rolling, 63)
    expected = (rolling["lower_63"] > 0.4) | (rolling["upper_63"] < 0.4)
    assert (apart == expected.to_numpy()).all()
    assert apart[100]  # unrelated there, and 0.4 is far
    assert not apart[:62].any()  # no value yet
    plotted = with_days_apart(rolling, (63,))
    assert (plotted["apart_63"].notna().to_numpy() == apart).all()
    assert plotted.loc[apart, "apart_upper_63"].equals(plotted.loc[apart, "upper_63"])
    assert rolling.columns.tolist() == ["date", "long_run", "corr_63", "lower_63", "upper_63"]


def test_breaks_are_dated_with_their_interval(own: Context, found: correlation.Findings) -> None:
    """The sample's correlation changed: the date lies in its interval, and both sides are what the slices give."""
    changes = own.sample_ab().changes
    assert len(found.breaks) + 1 == estimate(found.numbers["constancy.segments"]).value
    last = found.breaks[-1]
    assert last.since <= last.at <= last.until
    assert f"to {last.date} (95 % interval {last.since.date()} to {last.until.date()})" in found.answer
    after = changes.loc[changes.index > last.at]
    since = estimate(found.numbers["constancy.corr_since"])
    assert since.value == pytest.approx(after.corr().to_numpy()[0, 1])
    assert last.after == plain(shown(since))
    before = estimate(found.numbers["constancy.corr_before"])
    assert before.nobs + since.nobs <= len(changes)
    assert estimate(found.numbers["constancy.looks"]).value >= len(found.breaks) + 1
    assert f"looked {estimate(found.numbers['constancy.looks']).value:.0f} times" in found.constancy_words


def test_no_change_is_said_to_be_none(own: Context, found: correlation.Findings) -> None:
    """Where nothing changed the page dates nothing, and says that a constant correlation could look like this."""
    rng = np.random.default_rng(3)
    common = rng.normal(size=800)
    pair = common[:, None] + rng.normal(size=(800, 2))
    changes = pd.DataFrame(pair / 100, index=own.sample_ab().changes.index[-800:], columns=["a", "b"])
    stable = constancy(own, changes)
    assert stable.rows == ()
    assert stable.numbers["constancy.corr_before"] == Unavailable(reason="no change was found")
    assert estimate(stable.numbers["constancy.corr_since"]).nobs == 800
    words = correlation._constancy_words(own, {**found.numbers, **stable.numbers}, stable)
    assert "could well wander this far (p = 0." in words
    assert correlation._change_words(own, stable).endswith("no change of it can be dated.")


def test_tails_beside_what_chance_gives(own: Context, found: correlation.Findings) -> None:
    """Joint crashes are counted on the sample's own tail days; independence is the product of the two shares."""
    x, y = own.sample_ab().changes.to_numpy().T
    for tail, low in (("crash", True), ("rally", False)):
        inside = [(z < np.quantile(z, 0.05)) if low else (z > np.quantile(z, 0.95)) for z in (x, y)]
        both = inside[0] & inside[1]
        assert estimate(found.numbers[f"tails.{tail}.share"]).value == pytest.approx(both.mean())
        given = estimate(found.numbers[f"tails.{tail}.given"])
        assert given.value == pytest.approx(both.sum() / inside[0].sum())
        assert given.nobs == inside[0].sum()
        alone = estimate(found.numbers[f"tails.{tail}.independent"]).value
        assert alone == pytest.approx(inside[0].mean() * inside[1].mean())
    z_x, z_y = ((z - z.mean()) / z.std() for z in (x, y))
    down = (z_x < -1) & (z_y < -1)
    number = estimate(found.numbers["tails.exceedance.falls.1"])
    assert number.value == pytest.approx(np.corrcoef(x[down], y[down])[0, 1])
    assert number.nobs == down.sum()
    normal = estimate(found.numbers["tails.exceedance_normal.1"]).value
    assert 0 < normal < corr(x, y)  # cutting a normal sample lowers its correlation


def test_leads_and_lags_equal_statsmodels(own: Context, found: correlation.Findings) -> None:
    """Positive lags pair A with a later B; the bars equal the library's cross-correlations."""
    x, y = own.sample_ab().changes.to_numpy().T
    lags = found.timing.lags.set_index("lag")["corr"]
    assert list(lags.index) == list(range(-10, 11))
    assert lags.loc[0:].to_numpy() == pytest.approx(ccf(y, x, adjusted=False, nlags=11))
    assert lags.loc[:0].to_numpy()[::-1] == pytest.approx(ccf(x, y, adjusted=False, nlags=11))
    leads = estimate(found.numbers["lead_lag.a_leads.daily"])
    assert leads.value == pytest.approx(np.corrcoef(x[:-1], y[1:])[0, 1])
    assert estimate(found.numbers["lead_lag.b_leads.daily"]).value == pytest.approx(np.corrcoef(x[1:], y[:-1])[0, 1])


def test_the_late_bar_seems_to_lead(found: correlation.Findings) -> None:
    """In the sample news moves both at once: the daily bar seems to lead, and at New York's close nothing does."""
    assert estimate(found.numbers["lead_lag.granger.a_to_b.daily"]).value < 0.01
    assert estimate(found.numbers["lead_lag.granger.a_to_b.synchronous"]).value > 0.05
    assert "finds that Ether helps to forecast the Russell 2000." in found.timing_words
    assert "Ether 1 session before the Russell 2000" in found.timing_words
    assert 1 in found.timing.kept
    assert len(found.timing.kept) <= found.timing.outside
    assert [row.label for row in found.leads] == ["daily bars", "both at New York's close"]


def test_the_first_sentence_says_what_was_found(found: correlation.Findings) -> None:
    """The page begins with the number, its interval and the word for them."""
    number = estimate(found.numbers["correlation.pearson.daily.252"])
    assert found.answer.startswith(
        "Over the last 252 sessions the daily returns of Ether and the Russell 2000 correlated "
        f"{plain(shown(number))} (95 % interval {plain(interval(number))}): "
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
    early = correlation.analyse(context(config, dict(reversed(cut.items())), CLAIM))
    for other in (observed, absurd):
        late = correlation.analyse(context(config, other, CLAIM))
        assert dict(early.numbers) == dict(late.numbers)
        assert early.answer == late.answer
        assert early.breaks == late.breaks
        pd.testing.assert_frame_equal(early.rolling, late.rolling)


def test_inputs_are_left_as_they_were(config: Config, observed: dict[str, Observed]) -> None:
    """Neither the analysis nor the pictures change a frame they are given."""
    own = context(config, observed)
    before = own.sample_ab().changes.copy()
    correlation.figures(own, correlation.analyse(own))
    pd.testing.assert_frame_equal(own.sample_ab().changes, before)


def test_what_is_missing_says_why(config: Config, observed: dict[str, Observed]) -> None:
    """Without an asset every number gives the reason; without hourly bars those alone that need them."""
    whole = correlation.analyse(context(config, observed))
    own = context(config, {key: item for key, item in observed.items() if key != "rut"})
    nothing = correlation.analyse(own)
    assert set(nothing.numbers) == set(whole.numbers)
    reason = Unavailable(reason="this source has no data for Russell 2000")
    assert set(nothing.numbers.values()) == {reason}
    assert nothing.answer == "The correlation is not available: this source has no data for Russell 2000."
    assert correlation.figures(own, nothing) == ()
    bars = correlation.analyse(context(config, {k: item for k, item in observed.items() if k != "eth_usd_hourly"}))
    reason = Unavailable(reason="this source has no hourly prices of Ether")
    without = {key for key, number in bars.numbers.items() if isinstance(number, Unavailable)}
    assert without == {key for key in whole.numbers if "synchronous" in key or key.startswith("alignment.")}
    assert {bars.numbers[key] for key in without} == {reason}
    assert bars.no_synchronous == reason.reason
    assert len(bars.leads) == 1


def test_one_clock_is_no_comparison(config: Config, observed: dict[str, Observed]) -> None:
    """Two assets that both trade in New York have one alignment, and the page says so."""
    own = context(config, observed)
    stocks = replace(own, pair=own.pair.model_copy(update={"a": "spx"}))
    number = synchronous_numbers(stocks)["correlation.pearson.synchronous.63"]
    assert isinstance(number, Unavailable)
    assert number.reason == "neither of the two trades around the clock, so there is one alignment only"


@pytest.mark.parametrize("sessions", [1, 15, 63, 120])
def test_a_short_sample_is_no_crash(config: Config, observed: dict[str, Observed], sessions: int) -> None:
    """With few sessions the numbers that need more say how many there are, and no picture breaks."""
    own = context(config, observed)
    start = own.sample_ab().changes.index[-sessions].date()
    late = replace(own, pair=own.pair.model_copy(update={"start": start}))
    found = correlation.analyse(late)
    number = found.numbers["correlation.pearson.daily.252"]
    assert isinstance(number, Unavailable)
    assert number.reason == f"not enough data (n = {sessions}, needs 252)"
    assert isinstance(found.numbers["correlation.dcc.daily"], Unavailable)
    assert isinstance(found.numbers["correlation.pearson.daily.21"], Estimate) == (sessions >= 21)
    correlation.figures(late, found)


def test_an_asset_that_stands_still_is_no_crash(config: Config, observed: dict[str, Observed]) -> None:
    """A price that does not move correlates with nothing, and every number says so in its own way."""
    still = replace(observed["rut"], values=observed["rut"].values * 0 + 100)
    own = context(config, {**observed, "rut": still})
    found = correlation.analyse(own)
    assert all(isinstance(number, Unavailable) for number in found.numbers.values())
    assert correlation.figures(own, found) == ()


def test_pictures_say_what_the_numbers_say(own: Context, found: correlation.Findings) -> None:
    """Titles carry the published numbers; every window has its own words; the breaks are drawn as spans."""
    rolling, models, corrected, lags = correlation.figures(own, found)
    year = plain(shown(found.numbers["correlation.pearson.daily.252"]))
    assert rolling.id == "rolling-correlation"
    assert rolling.title.startswith(f"Over 252 sessions it ends at {year}; on ")
    cases = rolling.spec["usermeta"]["tandem"]["cases"]
    assert [value for value, _, _ in found.windows] == list(cases) == ["21", "63", "126", "252"]
    for window in cases:
        end = plain(shown(found.numbers[f"correlation.pearson.daily.{window}"]))
        assert cases[window]["title"].startswith(f"Over {window} sessions it ends at {end}; on ")
        assert f"apart_upper_{window}" in rolling.data["rolling"]
    assert len(rolling.data["breaks"]) == len(found.breaks)
    ewma, dcc = (plain(shown(found.numbers[f"correlation.{name}.daily"])) for name in ("ewma", "dcc"))
    assert models.title == f"Weighted to recent days it is {ewma}, in the DCC model {dcc}"
    less = plain(shown(found.numbers["correlation.volatility_adjusted.daily.252"]))
    assert corrected.title == f"Corrected for volatility it ends at {less} rather than {year}"
    assert lags.title.startswith(plain(shown(found.numbers["correlation.pearson.daily.all"])))
    assert re.search(r"\d of the 20 others lie outside the 95 % band", lags.alt)


@pytest.mark.recorded
def test_recorded_figures_of_the_claim_date(on_claim_date: correlation.Findings, recorded: dict[str, Observed]) -> None:
    """On the claim date 0.454 over 63 sessions, 0.494 over 252, 0.3225 in 1,952 returns since 2018."""
    numbers = on_claim_date.numbers
    assert round(estimate(numbers["correlation.pearson.daily.63"]).value, 3) == 0.454
    assert round(estimate(numbers["correlation.pearson.daily.252"]).value, 3) == 0.494
    whole = estimate(numbers["correlation.pearson.daily.all"])
    assert (round(whole.value, 4), whole.nobs) == (0.3225, 1952)
    weekly = prices(recorded).loc["2017-12-01":"2025-10-07"].apply(np.log).resample("W-WED").last().diff()
    weekly = weekly.loc["2018-01-01":"2025-10-01"]
    number = estimate(numbers["correlation.pearson.weekly.all"])
    assert number.value == pytest.approx(weekly.corr().to_numpy()[0, 1])
    assert number.nobs == len(weekly)
    assert numbers["correlation.pearson.synchronous.63"] == Unavailable(
        reason="this source has no hourly prices of Ether"
    )


@pytest.mark.recorded
def test_recorded_break_and_leads(on_claim_date: correlation.Findings) -> None:
    """One change is dated, to 2020-03-06, from 0.07 to 0.40; Granger's test finds no lead either way."""
    (found,) = on_claim_date.breaks
    assert (found.date, str(found.before), str(found.after)) == ("2020-03-06", "0.07", "0.40")
    assert round(estimate(on_claim_date.numbers["constancy.pvalue"]).value, 3) == 0.014
    ewma, dcc = (estimate(on_claim_date.numbers[f"correlation.{model}.daily"]).value for model in ("ewma", "dcc"))
    assert (round(ewma, 2), round(dcc, 2)) == (0.48, 0.41)
    assert "neither helps to forecast the other" in on_claim_date.timing_words


@pytest.mark.recorded
def test_recorded_look_ahead(
    config: Config, recorded: dict[str, Observed], on_claim_date: correlation.Findings
) -> None:
    """A year of market data after the claim date changes none of its numbers, nor does the order of the columns."""
    end = pd.Timestamp(CLAIM)
    cut = {key: replace(item, values=item.values.loc[:end]) for key, item in reversed(recorded.items())}
    assert dict(correlation.analyse(context(config, cut, CLAIM)).numbers) == dict(on_claim_date.numbers)


@pytest.mark.recorded
def test_rows_out_of_order_are_refused(config: Config, recorded_data: Path, tmp_path: Path) -> None:
    """A file whose rows were shuffled is an error that names the row, never another number."""
    lines = (recorded_data / "prices_daily.csv").read_text(encoding="utf-8").splitlines()
    shuffled = [lines[0], *(lines[i] for i in np.random.default_rng(1).permutation(np.arange(1, len(lines))))]
    (tmp_path / "prices_daily.csv").write_text("\n".join(shuffled) + "\n", encoding="utf-8")
    with pytest.raises(DataError, match="dates must increase"):
        csv.load(tmp_path, config)


@pytest.mark.recorded
@pytest.mark.parametrize("slug", ["btc-nasdaq-100", "eth-sp-500"])
def test_every_shipped_pair_has_its_page(config: Config, recorded: dict[str, Observed], slug: str) -> None:
    """The other pairs get the same numbers and pictures; only hourly bars and days far in a tail are too few."""
    own = context(config, recorded, slug=slug)
    found = correlation.analyse(own)
    without = [key for key, number in found.numbers.items() if isinstance(number, Unavailable)]
    assert all("synchronous" in key or key.startswith(("alignment.", "tails.exceedance.")) for key in without)
    assert len(correlation.figures(own, found)) == 4
