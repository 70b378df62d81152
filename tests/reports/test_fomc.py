"""The page on Fed decisions: its ids, its figures against the kernels, its rows, and what it says without data."""

from __future__ import annotations

import dataclasses
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from markupsafe import Markup

from generator.expectations import POLICY, STOCKS, TWO_YEAR, Expectations, Futures, Surprises
from generator.findings import Estimate, Unavailable
from generator.fomc import load_meetings
from generator.reports import fomc
from generator.reports.fomc.bench import studies
from generator.reports.fomc.expected import odds_words, path_on
from generator.reports.fomc.path_days import RECENT as RECENT_DAYS
from generator.reports.fomc.path_days import DayPaths, days_offered
from generator.reports.fomc.study import around, scheduled, session_before, session_of
from generator.stats.event_study import event_beta
from generator.stats.expected_path import MeetingOdds, NoOdds
from generator.stats.proportions import proportion_difference, wilson_interval
from tests.reports.policy import AS_OF, LAST, changed_after, context, priced, recorded, simulated

if TYPE_CHECKING:
    from pathlib import Path

    from generator.findings import Numbers
    from generator.reports.fomc import Findings
    from generator.reports.fomc.meetings import Row

DESIGN_IDS = {
    *(f"fomc.beta.dgs2.{role}" for role in "abm"),
    *(f"fomc.tandem.{key}" for key in ("event", "other", "difference")),
    "fomc.events",
    "spells.current",
    "spells.longest_since_claim",
}
SERIES = ("eth_usd", "rut", "spx")


@pytest.fixture(scope="module")
def page() -> Findings:
    """Return the findings from the sample."""
    return fomc.analyse(context())


def estimate(numbers: Numbers, number_id: str) -> Estimate:
    """Return a number that must be there."""
    number = numbers[number_id]
    assert isinstance(number, Estimate), f"{number_id}: {number.reason}"
    return number


def row_of(findings: Findings, day: str) -> Row:
    """Return the row of a meeting."""
    return next(row for row in (*findings.recent, *findings.earlier) if row.date == day)


def rate_after() -> dict[date, float]:
    """Return the middle of the target range after each scheduled meeting since 2020."""
    return {m.date: sum(m.target) / 2 for m in load_meetings() if m.date >= date(2020, 1, 1) and m.target is not None}


@pytest.fixture(scope="module")
def omniscient() -> Futures:
    """Return futures of 2024 to 2026 that know every decision beforehand."""
    return priced(rate_after(), 1.625, date(2024, 1, 2), date(2026, 9, 18))


# ------------------------------------------------------------------------------------------------------------ numbers


def test_every_public_id_is_there(page: Findings) -> None:
    """The ids of the findings file exist; without futures and published surprises only what needs them is missing."""
    assert set(page.numbers) >= DESIGN_IDS
    missing = {key for key, number in page.numbers.items() if isinstance(number, Unavailable)}
    surprises = ("kuttner", "published", "published_2y", "policy", "information")
    wanted = {f"fomc.beta.{key}.{role}" for key in surprises for role in "abm"}
    wanted |= {key for key in page.numbers if key.startswith(("fomc.brier", "fomc.measures"))}
    assert missing == wanted


def test_betas_are_those_of_the_kernel(page: Findings) -> None:
    """The response is the slope of the day's returns on the day's change of the yield over the scheduled days."""
    sample = context().panel.sample((*SERIES, "dgs2"), date(1994, 1, 1)).changes
    days = pd.DatetimeIndex([m.date for m in scheduled(context())])
    held = sample.loc[sample.index.isin(days)]
    for role, name in zip("abm", SERIES, strict=True):
        expected = event_beta(held[name].to_numpy(), held["dgs2"].to_numpy())
        number = estimate(page.numbers, f"fomc.beta.dgs2.{role}")
        assert (number.value, number.lower, number.upper) == pytest.approx(
            (expected.value, expected.lower, expected.upper), rel=1e-9
        )
        assert number.nobs == len(held) == estimate(page.numbers, "fomc.events").value
    assert estimate(page.numbers, "fomc.beta.dgs2.a").first == date(2016, 3, 16)


def test_the_sample_s_truth_is_inside(page: Findings) -> None:
    """On the simulated sample the response of Ether on Fed days, -3 % per +25 bp, lies in its interval."""
    number = estimate(page.numbers, "fomc.beta.dgs2.a")
    assert number.lower is not None
    assert number.upper is not None
    assert number.lower <= -3.0 <= number.upper


def test_same_way_is_counted_by_hand(page: Findings) -> None:
    """Share of Fed days and of all other days since the first on which both moved the same way, and the difference."""
    changes = context().panel.sample(("eth_usd", "rut"), date(1994, 1, 1)).changes
    days = pd.DatetimeIndex([m.date for m in scheduled(context())])
    fed = changes.index.isin(days)
    same = (changes["eth_usd"] * changes["rut"] > 0).to_numpy()
    since = changes.index >= changes.index[fed][0]
    counts = int(same[fed].sum()), int(fed.sum()), int(same[since & ~fed].sum()), int((since & ~fed).sum())
    event, other = wilson_interval(*counts[:2]), wilson_interval(*counts[2:])
    gap = proportion_difference(*counts)
    for key, expected in (("event", event), ("other", other), ("difference", gap)):
        number = estimate(page.numbers, f"fomc.tandem.{key}")
        assert (number.value, number.lower, number.upper) == (expected.value, expected.lower, expected.upper)
    assert estimate(page.numbers, "fomc.tandem.other").nobs == counts[3]


def test_projection_at_once_is_the_beta_turned_round(page: Findings) -> None:
    """At horizon zero a surprise cut of 25 bp does the opposite of a surprise rise."""
    found = page.responses.projections["b"]
    assert found.value[0] == pytest.approx(-estimate(page.numbers, "fomc.beta.dgs2.b").value, rel=1e-9)
    assert estimate(page.numbers, "fomc.projection.dgs2.b.5").value == found.value[5]


def test_whole_history_of_an_index_is_longer(page: Findings) -> None:
    """The index begins before Ether does, so its own response rests on more meetings."""
    long, joint = (estimate(page.numbers, f"fomc.{key}.dgs2.m") for key in ("beta_long", "beta"))
    assert long.nobs > joint.nobs
    assert long.first < joint.first


def test_news_of_two_kinds_is_told_apart() -> None:
    """With published surprises, meetings at which rates and stocks moved together are apart from those where not."""
    days = pd.DatetimeIndex([m.date for m in scheduled(context())])[-60:]
    rng = np.random.default_rng(4)
    two_year = rng.standard_normal(60) * 4
    stocks = np.where(np.arange(60) % 3 == 0, two_year, -two_year) / 10
    frame = pd.DataFrame({POLICY: rng.standard_normal(60), TWO_YEAR: two_year, STOCKS: stocks}, index=days)
    extras = Expectations(surprises=Surprises(label="made up", frame=frame, sha256=""))
    found = fomc.analyse(context(expectations=extras))
    assert estimate(found.numbers, "fomc.beta.information.a").nobs == 20
    assert estimate(found.numbers, "fomc.beta.policy.a").nobs == 40
    assert estimate(found.numbers, "fomc.beta.published.m").nobs == 60
    assert estimate(found.numbers, "fomc.measures.two_year_published").nobs == 60
    assert found.with_published
    assert row_of(found, str(days[-1].date())).published.endswith("bp")


# --------------------------------------------------------------------------------------------------------------- rows


def test_every_meeting_has_its_row(page: Findings) -> None:
    """From the first with a price to the last date, newest first, scheduled or not, each with its own anchor."""
    rows = (*page.recent, *page.earlier)
    held = [m for m in load_meetings() if date(2016, 1, 5) <= m.date <= AS_OF]
    assert [row.date for row in rows] == [str(m.date) for m in reversed(held)]
    assert len({row.identity for row in rows}) == len(rows)
    assert all(row.identity == f"meeting-{row.date}" for row in rows)
    assert all("<svg" in row.picture for row in rows)
    assert row_of(page, "2020-03-03").kind == "unscheduled"


def test_a_statement_without_a_session_belongs_to_the_next(page: Findings) -> None:
    """The cut of Sunday 2020-03-15 shows Monday's moves."""
    change = context().panel.sample(("rut",), date(1994, 1, 1)).changes["rut"]
    assert session_of(date(2020, 3, 15)) == pd.Timestamp("2020-03-16")
    assert session_before(date(2020, 3, 15)) == date(2020, 3, 13)
    shown = float(row_of(page, "2020-03-15").moves[3].replace("\u2212", "-").rstrip("\u202f%"))
    assert shown == pytest.approx(100 * change.loc["2020-03-16"], abs=0.051)


def test_a_meeting_without_outcome_is_shown_as_such() -> None:
    """After 2026-10-28 its row says that nothing is recorded; its moves are there, and nothing is guessed."""
    later = fomc.analyse(context(as_of=date(2026, 11, 30)))
    row = row_of(later, "2026-10-28")
    assert (row.decision, row.target, row.checked) == ("not recorded", "not recorded", "no outcome recorded")
    assert row.moves[0].endswith("%")
    assert "2026-10-28 no outcome is recorded, and none is guessed" in later.last
    assert "decision on record, of 2026-09-16" in later.last
    assert isinstance(later.numbers["spells.current"], Unavailable)


def test_windows_that_are_not_over_yet_say_so() -> None:
    """Two sessions after the meeting its day has a value and the five sessions have none yet."""
    row = row_of(fomc.analyse(context(as_of=date(2026, 9, 18))), "2026-09-16")
    assert row.moves[0].endswith("%")
    assert row.moves[2] == row.moves[5] == row.moves[8] == "not yet"


def test_nothing_after_the_date_enters() -> None:
    """Other values after the date, and later outcomes, leave every number, row and sentence as it is."""
    as_of = date(2024, 3, 28)
    before = fomc.analyse(context(simulated(), as_of))
    after = fomc.analyse(context(changed_after(simulated(), as_of), as_of))
    assert dict(before.numbers) == dict(after.numbers)
    assert (before.answer, before.last, before.many) == (after.answer, after.last, after.many)
    assert (before.recent, before.earlier) == (after.recent, after.earlier)


def test_later_sessions_do_not_change_a_finished_row() -> None:
    """A month after a meeting its row is final: a year later it reads the same."""
    early = fomc.analyse(context(as_of=date(2024, 6, 28)))
    late = fomc.analyse(context(as_of=date(2025, 6, 27)))
    for day in ("2024-05-01", "2023-12-13"):
        assert row_of(early, day) == row_of(late, day)


def test_futures_and_surprises_are_cut_too(omniscient: Futures) -> None:
    """Closes after the date are not known on it: the last path is that of the last day before it."""
    as_of = date(2025, 3, 14)
    found = fomc.analyse(context(as_of=as_of, expectations=Expectations(futures=omniscient)))
    assert found.expected.now == as_of
    assert found.expected.then is None
    assert max(row.date for row in found.expected.rows) > str(as_of)


# ----------------------------------------------------------------------------------------------------- what was priced


def test_a_known_path_is_told(omniscient: Futures) -> None:
    """Futures that know every decision imply it on the claim date, and score zero on every eve."""
    extras = Expectations(futures=omniscient)
    page_context = context(expectations=extras, without=["dff"])
    found = fomc.analyse(page_context)
    assert found.expected.then == date(2025, 10, 7)
    path = {o.date: o for o in path_on(page_context, omniscient, date(2025, 10, 7))}
    decided = {m.date: m.decision_bp for m in load_meetings()}
    told = {day: odds for day, odds in path.items() if day <= AS_OF and isinstance(odds, MeetingOdds)}
    assert set(told) >= {date(2025, 10, 29), date(2025, 12, 10), date(2026, 9, 16)}
    for day, odds in told.items():
        assert odds.change_bp == pytest.approx(decided[day], abs=1e-6)
    assert estimate(found.numbers, "fomc.brier.eve").value == pytest.approx(0.0, abs=1e-9)
    assert estimate(found.numbers, "fomc.brier.hold").value > 0.4
    assert found.with_futures
    # Nothing was a surprise, so the same closes before and after give none.
    assert isinstance(found.numbers["fomc.beta.kuttner.a"], Unavailable)


def test_unscheduled_meetings_were_not_expected() -> None:
    """On 2020-02-28 nobody knew of the meetings of March 3 and 15: the path has scheduled ones alone."""
    futures = priced(rate_after(), 1.625, date(2020, 1, 2), date(2020, 3, 31))
    days = [o.date for o in path_on(context(), futures, date(2020, 2, 28))]
    assert date(2020, 3, 3) not in days
    assert date(2020, 4, 29) in days


def test_a_missing_contract_is_named(omniscient: Futures) -> None:
    """Without the contracts around a meeting, and without the funds rate, it has no odds, and the row says why."""
    fewer = dataclasses.replace(omniscient, closes=omniscient.closes.drop(columns=["2025-10", "2025-11"]))
    found = fomc.analyse(context(expectations=Expectations(futures=fewer), without=["dff"]))
    row = next(row for row in found.expected.rows if row.date == "2025-10-29")
    assert row.then_odds == "not known: no close of the contracts 2025-10, 2025-11"
    assert row.score == "no score"
    assert row.decided.endswith("bp")


def test_odds_in_words() -> None:
    """The likelier step comes first, and one that would read as 0 % is left out."""
    odds = MeetingOdds(
        date=AS_OF,
        start_pct=4.0,
        end_pct=3.8,
        change_bp=-20,
        steps={-25: 0.8, 0: 0.2},
        cumulative=None,
    )
    words = Markup(odds_words(odds)).unescape()  # noqa: S704 - words of our own
    assert words.replace("\u202f", " ").replace("\u00a0", " ") == "80 % cut of 25 bp, 20 % hold"
    certain = dataclasses.replace(odds, steps={0: 0.999, 25: 0.001})
    assert odds_words(certain).count("%") == 1
    assert odds_words(NoOdds(date=AS_OF, reason="none")) == "not known: none"
    assert odds_words(None) == "over"


def test_every_day_offered_has_its_own_path(omniscient: Futures) -> None:
    """On any day offered the path is the one of its closes, with the steps of the true decisions, certain."""
    page_context = context(expectations=Expectations(futures=omniscient), without=["dff"])
    found = fomc.analyse(page_context)
    days = found.days
    offered = sorted({stamp.date() for stamp in days.paths["as_of"]})
    assert offered[-1] == AS_OF
    assert date(2025, 10, 7) in offered
    decided = {m.date: m.decision_bp for m in load_meetings()}
    for day in (date(2025, 10, 7), offered[0], offered[-1]):
        stamp = pd.Timestamp(day)
        path = {o.date: o for o in path_on(page_context, omniscient, day) if isinstance(o, MeetingOdds)}
        odds = days.odds[days.odds["as_of"] == stamp].dropna()
        assert {d.date() for d in odds["meeting"]} == set(path)
        for row in odds.to_dict("records"):
            held = row["meeting"].date()
            assert row["change"] == pytest.approx(path[held].change_bp, abs=1e-9)
            if held <= AS_OF:
                assert row["change"] == pytest.approx(decided[held], abs=1e-6)
        steps = days.paths[days.paths["as_of"] == stamp].set_index("date")
        assert steps.index[0] == stamp
        assert steps.index.is_monotonic_increasing
        for held, odd in path.items():
            assert steps.loc[pd.Timestamp(held), "implied"] == pytest.approx(odd.end_pct)


def test_a_path_shows_no_decision_that_is_not_known(omniscient: Futures) -> None:
    """What was decided is drawn up to the as-of date alone; cutting the data changes no path of an earlier day."""
    whole = fomc.analyse(context(expectations=Expectations(futures=omniscient), without=["dff"])).days
    as_of = date(2025, 11, 14)
    early = fomc.analyse(context(as_of=as_of, expectations=Expectations(futures=omniscient), without=["dff"])).days
    assert early.paths.loc[early.paths["date"] > pd.Timestamp(as_of), "decided"].isna().all()
    day = pd.Timestamp("2025-10-07")
    columns = ["date", "implied"]
    first, second = (found.paths.loc[found.paths["as_of"] == day, columns] for found in (early, whole))
    both = first.merge(second, on="date", suffixes=("", "_later"))
    assert len(both) >= 5
    assert both["implied"].to_list() == pytest.approx(both["implied_later"].to_list())


def test_days_are_one_a_week_and_every_recent_one() -> None:
    """The last session of a week, all of the last quarter, and the claim's own day."""
    sessions = pd.bdate_range("2025-01-06", "2026-02-20")
    source = Futures(label="", closes=pd.DataFrame({"2026-03": 96.0}, index=sessions), sha256="")
    days = days_offered(source, date(2025, 10, 7))
    assert set(days[-RECENT_DAYS:]) == {stamp.date() for stamp in sessions[-RECENT_DAYS:]}
    assert [day for day in days[:-RECENT_DAYS] if day.weekday() != 4] == [date(2025, 10, 7)]
    assert days[0] == date(2025, 1, 10)
    assert days_offered(Futures(label="", closes=pd.DataFrame(), sha256=""), date(2025, 10, 7)) == ()


def test_table_of_odds_adds_up(omniscient: Futures) -> None:
    """The page shows the last day's meetings with the change and both steps around it; without prices, nothing."""
    found = fomc.analyse(context(expectations=Expectations(futures=omniscient), without=["dff"]))
    assert found.days.cells[0][0] > str(AS_OF)
    assert all(len(cells) == 4 for cells in found.days.cells)
    assert fomc.analyse(context()).days.cells == ()
    made = DayPaths(
        paths=found.days.paths,
        odds=pd.DataFrame(
            {
                "as_of": [pd.Timestamp(AS_OF)] * 3,
                "meeting": pd.to_datetime(["2026-10-28", "2026-12-09", "2027-01-27"]),
                "change": [-10.0, 25.0, np.nan],
                "low": [-25.0, 25.0, np.nan],
                "low_chance": [40.0, 100.0, np.nan],
            }
        ),
    )
    plainly = [tuple(cell.replace("\u202f", " ").replace("\u00a0", " ") for cell in row) for row in made.cells]
    assert plainly == [
        ("2026-10-28", "−10.0 bp", "−25 bp: 40 %", "0 bp: 60 %"),
        ("2026-12-09", "+25.0 bp", "+25 bp: 100 %", "none"),
        ("2027-01-27", "not known", "none", "none"),
    ]


# -------------------------------------------------------------------------------------------------------- missing data


@pytest.mark.parametrize(
    ("missing", "lost", "kept"),
    [
        (["dgs2"], "fomc.beta.dgs2.a", "fomc.tandem.event"),
        (["spx"], "fomc.beta.dgs2.m", "fomc.tandem.difference"),
        (["eth_usd"], "fomc.tandem.event", "fomc.beta_long.dgs2.b"),
        (["dgs2", "spx", "rut", "btc_usd"], "fomc.beta.dgs2.b", "spells.current"),
    ],
)
def test_a_missing_series_is_named(missing: list[str], lost: str, kept: str, page: Findings) -> None:
    """What needs the series says so; the rest stays; there is always an answer, and the ids are the same."""
    page_context = context(without=missing)
    findings = fomc.analyse(page_context)
    number = findings.numbers[lost]
    assert isinstance(number, Unavailable)
    assert any(page_context.config.series[name].label in number.reason for name in missing)
    assert isinstance(findings.numbers[kept], Estimate)
    assert set(findings.numbers) == set(page.numbers)
    assert findings.answer.endswith(".")
    assert all(figure.spec for figure in fomc.figures(page_context, findings))


def test_too_few_meetings_are_said() -> None:
    """In the first year there are too few, and the number says how many."""
    number = fomc.analyse(context(as_of=date(2016, 9, 30))).numbers["fomc.beta.dgs2.a"]
    assert isinstance(number, Unavailable)
    assert "not enough meetings with a response (n = " in number.reason


@pytest.mark.parametrize("pair", ["btc-nasdaq-100", "eth-sp-500"])
def test_other_pairs_have_the_same_page(pair: str, page: Findings) -> None:
    """Every pair gets the same ids, and the S&P 500 stands for stocks wherever it is in the pair."""
    page_context = context(pair=pair)
    findings = fomc.analyse(page_context)
    assert set(findings.numbers) == set(page.numbers)
    first = next(study for study in studies(page_context) if study.name.startswith("Bernanke"))
    assert first.ours[0].words.startswith("S&P 500")


def test_the_bench_shows_numbers_that_exist(page: Findings) -> None:
    """Each of our numbers on the bench is published, once as its home; nothing is compared that is not measured."""
    shown = [item for study in page.bench for item in study.ours]
    assert {item.number_id for item in shown} <= set(page.numbers)
    homes = [item.number_id for item in shown if item.home]
    assert len(set(homes)) == len(homes)
    assert all(study.unlike for study in page.bench)
    assert {study.name.split(",")[0].split(" and ")[0] for study in page.bench if not study.ours} == {
        "Ozdagli 2018",
        "Almeida",
        "Forbes",
        "Granger",
    }


def test_figures_say_what_the_numbers_say(page: Findings) -> None:
    """The pictures are there, and the count in a title is the number's."""
    made = {figure.id: figure for figure in fomc.figures(context(), page)}
    assert set(made) == {
        "fed-day-responses",
        "decision-days",
        "dovish-and-hawkish",
        "paths-a",
        "paths-b",
        "projections",
    }
    both = estimate(page.numbers, "fomc.tandem.event")
    assert f"on {round(both.value * both.nobs)} of {both.nobs} Fed days" in made["decision-days"].title
    frame = made["fed-day-responses"].data["responses"]
    assert frame["beta"].iloc[0] == estimate(page.numbers, "fomc.beta.dgs2.a").value


def test_the_priced_path_is_drawn(omniscient: Futures) -> None:
    """With futures there is a picture of the paths; a rate holds from one meeting to the next."""
    page_context = context(expectations=Expectations(futures=omniscient), without=["dff"])
    findings = fomc.analyse(page_context)
    figure = next(f for f in fomc.figures(page_context, findings) if f.id == "expected-path")
    frame = findings.expected.path.set_index("date")
    assert np.ptp(frame["then"].loc["2025-12-10":"2026-09-15"]) < 1e-9
    assert frame["decided"].loc["2026-09-16"] == 3.875
    assert figure.title.startswith("On 2026-09-18 futures priced")
    assert figure.source == "Source: made up · prices through 2026-09-18"


def test_prices_around_a_gap_are_left_out() -> None:
    """A meeting whose day crosses an unexpected gap has no response; the next one keeps its own."""
    observed = dict(simulated())
    rut = observed["rut"]
    observed["rut"] = dataclasses.replace(rut, values=rut.values.drop(pd.Timestamp("2024-06-11")))
    page_context = context(observed)
    found = around(page_context, ("rut",), scheduled(page_context))
    assert not isinstance(found, Unavailable)
    days = [str(m.date) for m in found.events]
    responses = found.responses()[:, 0]
    assert np.isnan(responses[days.index("2024-06-12")])
    assert np.isnan(found.responses((0, 5))[days.index("2024-06-12"), 0])
    assert np.isfinite(responses[days.index("2024-07-31")])


# ------------------------------------------------------------------------------------------------------- recorded data


@pytest.mark.recorded
def test_recorded_figures(recorded_data: Path) -> None:
    """What the recorded market says: both fall on a surprise rise, and move the same way more often than otherwise."""
    observed, extras = recorded(recorded_data)
    findings = fomc.analyse(context(observed, AS_OF, expectations=extras))
    expected = {
        "fomc.beta.dgs2.a": -3.67,
        "fomc.beta.dgs2.b": -1.70,
        "fomc.beta.dgs2.m": -1.25,
        "fomc.beta_long.dgs2.m": -1.23,
        "fomc.tandem.event": 0.74,
        "fomc.tandem.other": 0.57,
        "fomc.variance_ratio.dgs2": 2.04,
        "fomc.bench.btc_spx.2017_to_2019": 0.02,
        "fomc.bench.btc_spx.2020_to_2021": 0.36,
        "fomc.brier.eve": 0.03,
    }
    assert {key: round(estimate(findings.numbers, key).value, 2) for key in expected} == expected
    assert estimate(findings.numbers, "fomc.events").value == 84
    assert estimate(findings.numbers, "fomc.beta_long.dgs2.m").nobs == 133
    yardstick = estimate(findings.numbers, "fomc.beta_long.dgs2.m")
    assert yardstick.lower is not None
    assert yardstick.upper is not None
    assert yardstick.lower < -1 < yardstick.upper


@pytest.mark.recorded
def test_recorded_futures_agree_with_the_published_surprises(recorded_data: Path) -> None:
    """Kuttner's surprises correlate with the published ones above 0.8 at the scheduled meetings 2015 to 2023."""
    observed, extras = recorded(recorded_data)
    found = fomc.analyse(context(observed, AS_OF, expectations=extras)).measures
    events = scheduled(context(observed, AS_OF))
    inside = np.array([date(2015, 1, 1) <= m.date <= date(2023, 12, 31) for m in events])
    used = inside & np.isfinite(found.kuttner) & np.isfinite(found.policy)
    assert used.sum() == 68
    assert np.corrcoef(found.kuttner[used], found.policy[used])[0, 1] > 0.8


@pytest.mark.recorded
def test_recorded_path_at_the_claim(recorded_data: Path) -> None:
    """At the claim futures priced lower rates for 2026 than were decided; the meetings before have no contracts."""
    observed, extras = recorded(recorded_data)
    found = fomc.analyse(context(observed, AS_OF, expectations=extras)).expected
    rows = {row.date: row for row in found.rows}
    assert (found.then, found.now) == (date(2025, 10, 7), date(2026, 8, 21))
    assert rows["2025-10-29"].then_odds.startswith("not known: no close of the contracts 2025-10, 2025-11")
    assert rows["2026-09-16"].then.startswith("\u22128.7")
    assert rows["2026-09-16"].score == "1.55"
    assert rows["2026-10-28"].decided == "ahead"


@pytest.mark.recorded
def test_recorded_meeting_of_october_2026_stays_open(recorded_data: Path) -> None:
    """With the last recorded day as date, the meeting of 2026-10-28 is ahead, in the list of the next ones."""
    observed, extras = recorded(recorded_data)
    findings = fomc.analyse(context(observed, AS_OF, expectations=extras))
    assert findings.upcoming[0] == "2026-10-28"
    assert LAST > AS_OF
    assert all(row.date != "2026-10-28" for row in findings.recent)
