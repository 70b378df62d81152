"""A verdict is a pure function of numbers and claim; every line of every rule is where the rule says it is."""

from __future__ import annotations

import itertools
import math
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.claims import Judgement, Registered, Verdict, judge
from generator.claims.judge import NO_INTERVAL, NOT_COMPUTED, agreed, odds_verdict, outcomes_verdict
from generator.findings import Estimate, Number, Numbers, Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable

    from generator.config import Claim

AS_OF = date(2025, 10, 7)
LATE = date(2026, 11, 20)
DAY = timedelta(days=1)
S, P, N, C = Verdict.SUPPORTED, Verdict.PARTLY, Verdict.NOT_SUPPORTED, Verdict.CONTRADICTED
BELOW = -math.inf
ONE, HALF_YEAR = "correlation.pearson.daily.252", "correlation.pearson.daily.126"
BETA, DIFFERENCE = "rates.beta.dgs2.a.252", "fomc.tandem.difference"
RUN = "spells.longest_since_claim.2026-06-30"
OUTCOMES = ("since.joint_up.63", "since.joint_up.126", "since.joint_up.252")
CUT, BASE = "fomc.cut.2025-10-29", "fomc.cut_after_cut"
ends = st.tuples(st.floats(-1, 1), st.floats(-1, 1)).map(lambda pair: (min(pair), max(pair)))


def place(verdict: Verdict) -> int:
    """Return the place on the scale of a verdict that has been decided."""
    assert verdict.rank is not None
    return verdict.rank


def rank(judgement: Judgement) -> int:
    """Return the place of a judgement's verdict."""
    return place(judgement.verdict)


# -------------------------------------------------------------------------------------------------------- size


@pytest.mark.parametrize(
    ("lower", "upper", "expected"),
    [
        (0.9, 0.95, S),
        (math.nextafter(0.9, BELOW), 0.95, P),
        (-1.0, 1.0, P),
        (0.6, 0.9, P),
        (0.6, math.nextafter(0.9, BELOW), N),
        (0.6, 0.7, N),
        (0.6, math.nextafter(0.7, BELOW), C),
        (-1.0, -0.95, C),
    ],
)
def test_size_lines(
    size_claim: Claim, number: Callable[..., Estimate], lower: float, upper: float, expected: Verdict
) -> None:
    """Supported if lower >= 0.9; Contradicted if upper < 0.7; Not supported if upper < 0.9; else Partly supported."""
    judgement = judge(size_claim, {ONE: number(lower, upper)}, AS_OF)
    assert judgement.verdict is expected
    assert judgement.decided_by == (ONE,)
    assert judgement.as_of == AS_OF


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (S, S, S), (P, P, P), (N, N, N), (C, C, C),
        (S, P, P), (S, N, P), (S, C, P), (P, N, P), (P, C, P), (N, C, N),
    ],
)  # fmt: skip
def test_several_numbers_must_agree(first: Verdict, second: Verdict, expected: Verdict) -> None:
    """Only agreement gives the ends of the scale; any support at all makes it partly; the order is of no account."""
    assert agreed([first, second]) is expected
    assert agreed([second, first]) is expected


def test_agreement_never_falls_when_one_number_rises() -> None:
    """Over every combination of three verdicts, improving one of them never worsens the result."""
    for verdicts in itertools.product((C, N, P, S), repeat=3):
        for i, better in itertools.product(range(3), (C, N, P, S)):
            if place(better) >= place(verdicts[i]):
                improved = [*verdicts[:i], better, *verdicts[i + 1 :]]
                assert place(agreed(improved)) >= place(agreed(verdicts))


@given(first=ends, second=ends, rises=st.tuples(st.floats(0, 2), st.floats(0, 2)))
def test_size_verdict_never_worsens_when_an_interval_rises(
    size_claim_of_two: Claim,
    number: Callable[..., Estimate],
    first: tuple[float, float],
    second: tuple[float, float],
    rises: tuple[float, float],
) -> None:
    """Raising either end of either interval never lowers the verdict."""
    before = judge(size_claim_of_two, {HALF_YEAR: number(*first), ONE: number(*second)}, AS_OF)
    lower, upper = min(first[0] + rises[0], 1.0), min(first[1] + rises[1], 1.0)
    higher = number(min(lower, upper), upper)
    after = judge(size_claim_of_two, {HALF_YEAR: higher, ONE: number(*second)}, AS_OF)
    assert rank(after) >= rank(before)


# -------------------------------------------------------------------------------------------------------- sign


@pytest.mark.parametrize(
    ("lower", "upper", "expected"),
    [
        (-3.0, -1.0, S),
        (-3.0, math.nextafter(-1.0, 0), P),
        (-3.0, -5e-324, P),
        (-3.0, 0.0, N),
        (-0.5, 0.5, N),
        (0.0, 3.0, N),
        (5e-324, 3.0, C),
    ],
)
def test_sign_lines_with_a_size(
    sign_claim: Claim, number: Callable[..., Estimate], lower: float, upper: float, expected: Verdict
) -> None:
    """On the claimed side of zero and beyond the size; on the side alone; zero inside; the other side."""
    found = number(lower, upper, unit="percent per +25 bp")
    assert judge(sign_claim, {BETA: found}, AS_OF).verdict is expected


@pytest.mark.parametrize(
    ("lower", "upper", "expected"),
    [(5e-324, 0.2, S), (0.0, 0.2, N), (-0.2, 0.0, N), (-0.2, -5e-324, C)],
)
def test_sign_lines_without_a_size(
    direction_claim: Claim, number: Callable[..., Estimate], lower: float, upper: float, expected: Verdict
) -> None:
    """Without a least size the direction alone decides, and zero inside the interval decides nothing."""
    found = number(lower, upper, unit="share")
    assert judge(direction_claim, {DIFFERENCE: found}, AS_OF).verdict is expected


@given(interval=ends, rise=st.floats(0, 3))
def test_sign_verdict_never_worsens_towards_the_claimed_side(
    sign_claim: Claim, number: Callable[..., Estimate], interval: tuple[float, float], rise: float
) -> None:
    """For a claim of a fall, moving both ends down never lowers the verdict."""
    before = judge(sign_claim, {BETA: number(*interval, unit="percent per +25 bp")}, AS_OF)
    moved = number(interval[0] - rise, interval[1] - rise, unit="percent per +25 bp")
    assert rank(judge(sign_claim, {BETA: moved}, AS_OF)) >= rank(before)


# ------------------------------------------------------------------------------------------------------- count


def counted(value: int, last: date) -> dict[str, Number]:
    """Return a count without sampling error."""
    return {RUN: Estimate(value=value, nobs=8, unit="count", method="four-cuts", first=date(2025, 10, 29), last=last)}


@pytest.mark.parametrize(
    ("value", "as_of", "expected"),
    [
        (4, date(2026, 3, 18), S),
        (4, date(2026, 6, 30), S),
        (3, date(2026, 6, 29), Verdict.TOO_EARLY),
        (0, date(2026, 6, 29), Verdict.TOO_EARLY),
        (3, date(2026, 6, 30), P),
        (2, date(2026, 6, 30), C),
        (0, date(2027, 1, 1), C),
    ],
)
def test_count_lines(count_claim: Claim, value: int, as_of: date, expected: Verdict) -> None:
    """Reached is reached; before the deadline nothing else is decided; on it the rest is."""
    found = counted(value, min(as_of, date(2026, 6, 30)))
    assert judge(count_claim, found, as_of).verdict is expected


def test_a_count_that_goes_on_after_the_deadline_decides_nothing(count_claim: Claim) -> None:
    """Four cuts in 2027 must not make a forecast for the middle of 2026 come true."""
    judgement = judge(count_claim, counted(4, date(2026, 7, 1)), date(2027, 1, 1))
    assert judgement.verdict is Verdict.CANNOT
    assert "it counts on after 2026-06-30" in judgement.sentence


def test_on_the_claim_date_a_count_has_not_begun(count_claim: Claim) -> None:
    """On the day of the claim there is nothing to count, and that is early, not missing; a day later it is missing."""
    nothing = {RUN: Unavailable(reason="2025-10-07 is not after the claim date")}
    assert judge(count_claim, nothing, count_claim.said_on).verdict is Verdict.TOO_EARLY
    assert judge(count_claim, nothing, count_claim.said_on + DAY).verdict is Verdict.CANNOT


# ------------------------------------------------------------------------------------------------------- joint


def outcomes(*true: float) -> dict[str, Number]:
    """Return the outcomes of the three horizons."""
    return {
        key: Estimate(value=value, nobs=1, unit="yes or no", method="since", first=AS_OF, last=AS_OF)
        for key, value in zip(OUTCOMES, true, strict=False)
    }


@pytest.mark.parametrize(
    ("true", "expected"),
    [
        ((1, 1, 1), S), ((0, 1, 1), P), ((1, 0, 1), P), ((0, 0, 1), P),
        ((1, 1, 0), N), ((0, 1, 0), N), ((1, 0, 0), N), ((0, 0, 0), C),
    ],
)  # fmt: skip
def test_joint_outcomes(joint_claim: Claim, true: tuple[int, ...], expected: Verdict) -> None:
    """All, the last and not all, some and not the last, none."""
    assert judge(joint_claim, outcomes(*true), date(2026, 10, 8)).verdict is expected


def test_no_verdict_before_the_last_horizon(joint_claim: Claim) -> None:
    """The day before the last horizon it is too early, whatever happened; the sentence says what is known."""
    judgement = judge(joint_claim, outcomes(0, 1), date(2026, 10, 7))
    assert judgement.verdict is Verdict.TOO_EARLY
    assert judgement.sentence == (
        "Both up after 63 sessions: no; both up after 126 sessions: yes; both up after 252 sessions: not before "
        "2026-10-08."
    )


def test_a_horizon_not_reached_is_not_read(joint_claim: Claim) -> None:
    """An outcome that stands there before its day is not used."""
    judgement = judge(joint_claim, outcomes(1, 1, 1), date(2026, 1, 6))
    assert judgement.verdict is Verdict.TOO_EARLY
    assert judgement.readings == ()


def test_a_horizon_reached_without_its_figure_cannot_be_judged(joint_claim: Claim) -> None:
    """After the last day a missing outcome is missing, not early."""
    found = {**outcomes(1, 1), OUTCOMES[2]: Unavailable(reason="no price on that day")}
    judgement = judge(joint_claim, found, date(2026, 10, 8))
    assert judgement.verdict is Verdict.CANNOT
    assert "no price on that day" in judgement.sentence


def test_an_outcome_more_never_worsens_the_verdict() -> None:
    """Turning any no into a yes never lowers the verdict."""
    for true in itertools.product((False, True), repeat=3):
        for i in range(3):
            better = [*true[:i], True, *true[i + 1 :]]
            assert place(outcomes_verdict(better)) >= place(outcomes_verdict(true))


# -------------------------------------------------------------------------------------------------------- odds


def base_rate(value: float, lower: float | None, upper: float | None) -> Estimate:
    """Return a base rate with its interval."""
    return Estimate(
        value=value, lower=lower, upper=upper, nobs=30, unit="share", method="event-study", first=AS_OF, last=AS_OF
    )


@pytest.mark.parametrize(
    ("probability", "outcome", "expected"),
    [
        (0.75, 1.0, S),  # 0.0625 against 0.0900 at the best end, 0.7
        (0.70, 1.0, P),  # as good as the best end is not better than it
        (0.55, 1.0, P),
        (0.50, 1.0, N),  # as good as the base rate is not better than it
        (0.35, 1.0, N),
        (0.30, 1.0, N),  # as bad as the worst end is not worse than it
        (0.25, 1.0, C),
        (0.25, 0.0, S),
        (0.75, 0.0, C),
    ],
)
def test_odds_lines(probability: float, outcome: float, expected: Verdict) -> None:
    """Better than every base rate in 0.3 to 0.7, better than 0.5, no better, worse than every one; by Brier score."""
    assert odds_verdict(probability, outcome, base_rate(0.5, 0.3, 0.7)) is expected


def test_odds_against_a_base_rate_without_an_interval() -> None:
    """A base rate that is a plain fact is one line: better or worse, and equal is no better."""
    assert odds_verdict(0.6, 1.0, base_rate(0.5, None, None)) is S
    assert odds_verdict(0.5, 1.0, base_rate(0.5, None, None)) is N
    assert odds_verdict(0.4, 1.0, base_rate(0.5, None, None)) is C


def test_odds_are_scored_from_the_day_of_the_outcome_on(odds_claim: Claim) -> None:
    """The day before the outcome it is too early, on the day it is scored; without the outcome it cannot be."""
    found = {
        CUT: Estimate(
            value=1, nobs=1, unit="yes or no", method="event-study", first=date(2025, 10, 29), last=date(2025, 10, 29)
        ),
        BASE: base_rate(0.5, 0.3, 0.7),
    }
    early = judge(odds_claim, {BASE: found[BASE]}, date(2025, 10, 28))
    assert early.verdict is Verdict.TOO_EARLY
    judgement = judge(odds_claim, found, date(2025, 10, 29))
    assert judgement.verdict is S
    assert judgement.sentence == (
        "The Fed cut: yes; odds of 75.0 % score 0.062, the base rate of 50.0 % (30.0 % to 70.0 %) scores 0.250, where "
        "0 is best and 1 is worst."
    )
    assert judge(odds_claim, {BASE: found[BASE]}, date(2025, 10, 29)).verdict is Verdict.CANNOT
    assert judge(odds_claim, {CUT: found[CUT]}, date(2025, 10, 29)).verdict is Verdict.CANNOT


# -------------------------------------------------------------------------------------------- what holds for all


@given(missing=st.sets(st.sampled_from([HALF_YEAR, ONE]), min_size=1), absent=st.booleans(), interval=ends)
def test_missing_data_is_never_a_guess(
    size_claim_of_two: Claim,
    number: Callable[..., Estimate],
    missing: set[str],
    absent: bool,  # noqa: FBT001 - drawn by hypothesis
    interval: tuple[float, float],
) -> None:
    """With any deciding number away, the claim cannot be judged, and every reason is given."""
    found: dict[str, Number] = {HALF_YEAR: number(*interval), ONE: number(*interval)}
    for key in missing:
        if absent:
            del found[key]
        else:
            found[key] = Unavailable(reason=f"no data for {key}")
    judgement = judge(size_claim_of_two, Numbers(found), AS_OF)
    assert judgement.verdict is Verdict.CANNOT
    for key in missing:
        assert (NOT_COMPUTED.reason if absent else f"no data for {key}") in judgement.sentence


def test_a_number_without_interval_or_in_another_unit_decides_nothing(
    size_claim: Claim, number: Callable[..., Estimate]
) -> None:
    """The criterion is about an interval in one unit; anything else cannot be judged, and the reason says why."""
    bare = judge(size_claim, {ONE: number(None, None, value=0.95)}, AS_OF)
    assert bare.verdict is Verdict.CANNOT
    assert NO_INTERVAL in bare.sentence
    other = judge(size_claim, {ONE: number(0.95, 0.97, unit="share")}, AS_OF)
    assert other.verdict is Verdict.CANNOT
    assert "given in share, the criterion in correlation" in other.sentence


def test_a_number_from_after_the_day_is_refused(size_claim: Claim, number: Callable[..., Estimate]) -> None:
    """A verdict as of a day must not use anything later: that is a fault of the program, not a verdict."""
    with pytest.raises(ValueError, match="uses data of 2025-10-07, later than 2025-10-06"):
        judge(size_claim, {ONE: number(0.5, 0.6)}, AS_OF - DAY)


@given(interval=ends, extra=ends)
def test_same_input_same_verdict(
    size_claim: Claim, number: Callable[..., Estimate], interval: tuple[float, float], extra: tuple[float, float]
) -> None:
    """Judging twice gives equal judgements, and numbers that the criterion does not name are of no account."""
    first = judge(size_claim, {ONE: number(*interval)}, AS_OF)
    again = judge(size_claim, {"other.number": number(*extra), ONE: number(*interval)}, AS_OF)
    assert first == again


def test_simulated_data_give_no_verdict_to_show(size_claim: Claim, number: Callable[..., Estimate]) -> None:
    """The rule is applied, and everything that is shown or written says that it is no verdict."""
    judgement = judge(size_claim, {ONE: number(0.95, 0.97)}, AS_OF, simulated=True)
    assert judgement.verdict is S
    assert judgement.shown == "No verdict: simulated data"
    assert judgement.as_json()["verdict"] == "No verdict: simulated data"


def test_the_findings_file_gets_verdict_numbers_and_day(size_claim: Claim, number: Callable[..., Estimate]) -> None:
    """The strict-JSON form has the keys that the design names."""
    body = judge(size_claim, {ONE: number(0.5, 0.6)}, AS_OF).as_json()
    assert body["verdict"] == "Contradicted"
    assert body["decided_by"] == [ONE]
    assert body["as_of"] == "2025-10-07"


@pytest.mark.parametrize(
    ("sample", "as_of", "expected"),
    [
        ((date(2025, 10, 7), date(2026, 11, 20)), date(2026, 11, 20), Registered.AFTERWARDS),
        ((date(2025, 10, 7), date(2026, 11, 22)), date(2026, 11, 23), Registered.AFTERWARDS),
        ((date(2026, 11, 22), date(2027, 11, 22)), date(2027, 11, 22), Registered.PARTLY),
        ((date(2026, 11, 23), date(2027, 11, 23)), date(2027, 11, 23), Registered.BEFOREHAND),
    ],
)
def test_only_what_comes_after_the_day_it_was_fixed_is_registered(
    size_claim: Claim, number: Callable[..., Estimate], sample: tuple[date, date], as_of: date, expected: Registered
) -> None:
    """Known when the criterion was fixed, known in part, not known at all."""
    judgement = judge(size_claim, {ONE: number(0.5, 0.6, first=sample[0], last=sample[1])}, as_of)
    assert judgement.registered is expected
    assert judgement.registered_before is (expected is Registered.BEFOREHAND)


def test_a_forecast_for_later_is_registered_beforehand(make_claim: Callable[..., Claim], joint_claim: Claim) -> None:
    """A horizon after the day the criterion was fixed counts, one before it does not, and both together in part."""
    later = [{"number": OUTCOMES[2], "name": "later", "due": date(2027, 1, 4)}]
    early = [{"number": OUTCOMES[0], "name": "earlier", "due": date(2026, 1, 7)}]
    before = make_claim({"kind": "joint_outcome", "horizons": later})
    both = make_claim({"kind": "joint_outcome", "horizons": early + later})
    assert judge(before, {}, LATE).registered is Registered.BEFOREHAND
    assert judge(both, outcomes(1), LATE).registered is Registered.PARTLY
    assert judge(joint_claim, outcomes(1, 1), date(2026, 9, 18)).registered is Registered.AFTERWARDS


# ------------------------------------------------------------------------------------------------------ in words


def test_the_sentence_names_number_and_line(size_claim: Claim, number: Callable[..., Estimate]) -> None:
    """A reader sees the number, its interval, and the line it met."""
    judgement = judge(size_claim, {ONE: number(0.35, 0.59, value=0.49)}, AS_OF)
    assert judgement.sentence == "Correlation over a year is 0.49 (0.35 to 0.59), the whole interval below 0.70."
    assert judgement.strength == "correlation weak to moderate"
    assert judgement.would_change == "Not supported, if the upper end of the interval reached 0.70."


def test_rounding_never_contradicts_the_verdict(size_claim: Claim, number: Callable[..., Estimate]) -> None:
    """An end that rounds onto a line it does not reach is said to be just under it."""
    judgement = judge(size_claim, {ONE: number(0.5, 0.6999)}, AS_OF)
    assert "(0.50 to just under 0.70), the whole interval below 0.70" in judgement.sentence


def test_strength_of_evidence_without_a_correlation(sign_claim: Claim, number: Callable[..., Estimate]) -> None:
    """A response is told from zero or not."""
    clear = judge(sign_claim, {BETA: number(-3, -2, unit="percent per +25 bp")}, AS_OF)
    unclear = judge(sign_claim, {BETA: number(-3, 2, unit="percent per +25 bp")}, AS_OF)
    assert clear.strength == "distinguishable from zero"
    assert unclear.strength == "not distinguishable from zero"
