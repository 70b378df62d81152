"""The page on rate sensitivity: its ids, its figures against the kernels, and what it says when data are missing."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pytest

from generator.findings import Estimate, Unavailable
from generator.fomc import policy_phase
from generator.reports import rates
from generator.reports.rates.betas import phases_of
from generator.stats.rate_models import asymmetry, beta_difference, joint_rate_betas, level_and_slope
from generator.stats.rate_share import correlation_drop, covariance_share_interval
from generator.stats.regression import rate_beta
from tests.reports.policy import AS_OF, changed_after, context, recorded, simulated

if TYPE_CHECKING:
    from pathlib import Path

    from generator.findings import Numbers
    from generator.reports.rates import Findings

DESIGN_IDS = {
    *(f"rates.beta.{y}.{r}.{s}" for y in ("dgs3mo", "dgs2", "dgs10", "dfii10") for r in "abm" for s in ("252", "all")),
    "rates.beta_difference.dgs2.b_minus_m.252",
    "rates.beta_difference.dgs2.b_minus_m.all",
    "rates.share.rates.all",
    "rates.share.market.all",
}
SERIES = ("eth_usd", "rut", "spx")


@pytest.fixture(scope="module")
def page() -> Findings:
    """Return the findings from the sample."""
    return rates.analyse(context())


def estimate(numbers: Numbers, number_id: str) -> Estimate:
    """Return a number that must be there."""
    number = numbers[number_id]
    assert isinstance(number, Estimate), f"{number_id}: {number.reason}"
    return number


def test_every_public_id_is_there(page: Findings) -> None:
    """The ids of the findings file exist, and on the sample all numbers of the page can be computed."""
    assert set(page.numbers) >= DESIGN_IDS
    assert [key for key, number in page.numbers.items() if isinstance(number, Unavailable)] == []


def test_slopes_are_those_of_the_kernels(page: Findings) -> None:
    """Single slopes, the difference, level and slope, falls and rises equal the kernels on the same sample."""
    sample = context().panel.sample((*SERIES, "dgs2"), date(2018, 1, 1))
    returns, dy = sample.changes[list(SERIES)].to_numpy(), sample.changes["dgs2"].to_numpy()
    for i, role in enumerate("abm"):
        for span, n in (("252", 252), ("all", len(dy))):
            expected = rate_beta(returns[-n:, i], dy[-n:])
            number = estimate(page.numbers, f"rates.beta.dgs2.{role}.{span}")
            assert (number.value, number.lower, number.upper, number.nobs) == (
                expected.value,
                expected.lower,
                expected.upper,
                n,
            )
        both = asymmetry(returns[:, i], dy)
        assert estimate(page.numbers, f"rates.asymmetry.{role}.falls").value == both.falls.value
        assert estimate(page.numbers, f"rates.asymmetry.{role}.rises").nobs == int((dy > 0).sum())
    gap = beta_difference(returns[:, 1], returns[:, 2], dy)
    assert estimate(page.numbers, "rates.beta_difference.dgs2.b_minus_m.all").value == gap.value
    curve = context().panel.sample((*SERIES, "dgs2", "dgs10"), date(2018, 1, 1)).changes
    joint = joint_rate_betas(
        curve["eth_usd"].to_numpy(), level_and_slope(curve["dgs2"].to_numpy(), curve["dgs10"].to_numpy())
    )
    found = [estimate(page.numbers, f"rates.joint.a.{part}").value for part in ("level", "slope")]
    assert found == [beta.value for beta in joint.rates]


def test_shares_and_drops_are_those_of_the_kernels(page: Findings) -> None:
    """Point estimates equal the kernels'; intervals hold them; what is left and what is gone add up."""
    sample = context().panel.sample((*SERIES, "dgs2", "dgs10"), date(2018, 1, 1)).changes
    a, b, m, dy = (sample[s].to_numpy() for s in (*SERIES, "dgs2"))
    rng = np.random.default_rng(1)
    for key, factor in (("rates", dy), ("market", m)):
        expected = covariance_share_interval(a, b, factor, rng=rng, reps=9)
        assert estimate(page.numbers, f"rates.share.{key}.all").value == pytest.approx(expected.value, abs=1e-9)
    plain = estimate(page.numbers, "rates.correlation.all")
    controls = {"rates": dy[:, None], "market": m[:, None], "market_and_rates": np.column_stack([m, dy])}
    for key, held in controls.items():
        expected_drop = correlation_drop(a, b, held, rng=rng, reps=9)
        partial, drop = (estimate(page.numbers, f"rates.{part}.{key}.all") for part in ("partial", "drop"))
        assert partial.value == pytest.approx(expected_drop.partial, abs=1e-9)
        assert drop.value == pytest.approx(expected_drop.drop.value, abs=1e-9)
        assert partial.value + drop.value == pytest.approx(plain.value, abs=1e-9)
        assert drop.lower is not None
        assert drop.upper is not None
        assert drop.lower <= drop.value <= drop.upper


def test_phases_are_those_of_the_policy_calendar() -> None:
    """Each session has the phase at its end, by the one definition there is."""
    page_context = context()
    sample = page_context.panel.sample((*SERIES, "dgs2"), date(2018, 1, 1))
    found = phases_of(page_context, sample)
    chosen = range(0, sample.nobs, 97)
    days = [sample.changes.index[i].date() for i in chosen]
    assert [found[i] for i in chosen] == [policy_phase(page_context.meetings, day) or "" for day in days]
    assert set(found) >= {"hiking", "holding", "easing"}


def test_nothing_after_the_date_enters() -> None:
    """Other values after the date leave every number as it is."""
    as_of = date(2024, 3, 28)
    before = rates.analyse(context(simulated(), as_of))
    after = rates.analyse(context(changed_after(simulated(), as_of), as_of))
    assert dict(before.numbers) == dict(after.numbers)
    assert before.answer == after.answer


@pytest.mark.parametrize(
    ("missing", "lost", "kept"),
    [
        ("dgs2", "rates.beta.dgs2.a.all", "rates.beta.dgs10.a.all"),
        ("dfii10", "rates.beta.dfii10.b.252", "rates.share.rates.all"),
        ("dgs10", "rates.partial.yields.all", "rates.partial.rates.all"),
        ("spx", "rates.share.market.all", None),
    ],
)
def test_a_missing_series_is_named(missing: str, lost: str, kept: str | None) -> None:
    """What needs the series says that it is missing and by its name; the rest stays; the ids are the same."""
    findings = rates.analyse(context(without=[missing]))
    number = findings.numbers[lost]
    assert isinstance(number, Unavailable)
    assert context().config.series[missing].label in number.reason
    if kept is not None:
        assert isinstance(findings.numbers[kept], Estimate)
    assert set(findings.numbers) == set(rates.analyse(context()).numbers)
    assert all(figure.spec for figure in rates.figures(context(without=[missing]), findings))


def test_without_the_yield_the_answer_is_the_reason() -> None:
    """The leading sentence says that it is not available, and why."""
    answer = rates.analyse(context(without=["dgs2"])).answer
    assert answer.startswith("The rate sensitivity is not available: ")
    assert "2-year Treasury yield" in answer


def test_too_short_a_history_is_said() -> None:
    """With a few weeks of data the numbers say how many sessions there are."""
    number = rates.analyse(context(as_of=date(2018, 2, 1))).numbers["rates.beta.dgs2.a.all"]
    assert isinstance(number, Unavailable)
    assert "not enough data (n = " in number.reason


def test_a_yield_that_stands_still_is_said() -> None:
    """A constant yield has no slope, and says so."""
    observed = dict(simulated())
    flat = observed["dgs3mo"]
    observed["dgs3mo"] = type(flat)(
        **{name: getattr(flat, name) for name in ("series_id", "source", "symbol", "retrieved_at", "sha256", "terms")},
        values=flat.values * 0 + 4.0,
    )
    number = rates.analyse(context(observed)).numbers["rates.beta.dgs3mo.a.all"]
    assert isinstance(number, Unavailable)
    assert "did not move" in number.reason


def test_figures_say_what_the_numbers_say(page: Findings) -> None:
    """Three pictures; the first draws every yield of every asset, and its alt text holds the headline number."""
    made = {figure.id: figure for figure in rates.figures(context(), page)}
    assert set(made) == {"rate-betas", "share-of-the-link", "rolling-beta"}
    frame = made["rate-betas"].data["rate-betas"]
    assert len(frame) == 12
    number = estimate(page.numbers, "rates.beta.dgs2.a.all")
    assert frame.loc[frame["label"] == "ETH, 2-year", "beta"].item() == number.value
    assert f"{abs(number.value):.2f} %" in made["rate-betas"].alt


@pytest.mark.recorded
def test_recorded_figures(recorded_data: Path) -> None:
    """From 2018 on: no slope on the 2-year yield that can be told from none, and none of the link runs through it."""
    observed, _ = recorded(recorded_data)
    findings = rates.analyse(context(observed, AS_OF))
    found = {key: number for key, number in findings.numbers.items() if isinstance(number, Estimate)}
    rounded = {
        key: round(found[key].value, 2)
        for key in (
            "rates.beta.dgs2.a.all",
            "rates.beta.dgs2.b.all",
            "rates.beta.dgs2.m.all",
            "rates.beta_difference.dgs2.b_minus_m.252",
            "rates.correlation.all",
            "rates.partial.market.all",
        )
    }
    assert rounded == {
        "rates.beta.dgs2.a.all": -0.55,
        "rates.beta.dgs2.b.all": 0.38,
        "rates.beta.dgs2.m.all": 0.47,
        "rates.beta_difference.dgs2.b_minus_m.252": -0.71,
        "rates.correlation.all": 0.33,
        "rates.partial.market.all": 0.09,
    }
    assert round(found["rates.share.rates.all"].value, 3) == -0.004
    assert round(found["rates.share.market.all"].value, 3) == 0.866
    assert {found[f"rates.beta.dgs2.{role}.all"].nobs for role in "abm"} == {2172}
    assert "neither can be told from none" in findings.answer
