"""Numbers that claims ask for by date: what comes after a deadline is not counted, what is unknown is not guessed."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from generator.claim_numbers import claim_numbers, cut_after_cut, cut_on, run_by
from generator.findings import Estimate, Unavailable
from generator.fomc import Meeting, load_meetings, meetings_known_on
from generator.stats.proportions import wilson_interval

if TYPE_CHECKING:
    from generator.config import Config
    from generator.fomc.meetings import Kind

CLAIM_DATE = date(2025, 10, 7)
LEVEL = 0.95


def meeting(day: str, decision_bp: float | None, kind: Kind = "scheduled") -> Meeting:
    """Return a meeting with this decision."""
    return Meeting(
        date=date.fromisoformat(day),
        kind=kind,
        statement_time_et=None,
        decision_bp=decision_bp,
        target_lower=None,
        target_upper=None,
        checked="",
        source="",
        note="",
    )


RUN = (
    meeting("2025-09-17", -25),
    meeting("2025-10-29", -25),
    meeting("2025-12-10", -25),
    meeting("2026-01-28", 0),
    meeting("2026-03-18", -25),
    meeting("2026-04-29", -25),
    meeting("2026-06-17", -25),
    meeting("2026-07-29", -25),
    meeting("2026-09-16", None),
)


@pytest.mark.parametrize(
    ("until", "longest"),
    [("2025-10-08", 0), ("2025-10-29", 1), ("2025-12-31", 2), ("2026-01-31", 2), ("2026-06-30", 3), ("2026-07-29", 4)],
)
def test_a_run_is_counted_to_the_deadline_and_from_the_claim(until: str, longest: int) -> None:
    """The cut before the claim does not count, nor does the one after the deadline; the sample ends at the deadline."""
    found = run_by(RUN, CLAIM_DATE, date.fromisoformat(until))
    assert isinstance(found, Estimate)
    assert found.value == longest
    assert found.last == date.fromisoformat(until)


def test_on_the_claim_date_there_is_nothing_to_count() -> None:
    """The reason says so."""
    assert run_by(RUN, CLAIM_DATE, CLAIM_DATE) == Unavailable(
        reason="2025-10-07 is not after the claim date, 2025-10-07"
    )


def test_an_outcome_is_known_from_its_day_on() -> None:
    """1 for a cut, 0 for a hold; still to come, not recorded and no such meeting are told apart."""
    as_of = date(2026, 10, 1)
    cut, hold = cut_on(RUN, date(2025, 10, 29), date(2025, 10, 29)), cut_on(RUN, date(2026, 1, 28), as_of)
    assert isinstance(cut, Estimate)
    assert isinstance(hold, Estimate)
    assert (cut.value, hold.value) == (1.0, 0.0)
    assert cut_on(RUN, date(2025, 10, 29), date(2025, 10, 28)) == Unavailable(
        reason="the meeting of 2025-10-29 is still to come"
    )
    assert cut_on(RUN, date(2026, 9, 16), as_of) == Unavailable(
        reason="no outcome is recorded for the meeting of 2026-09-16"
    )
    assert cut_on(RUN, date(2026, 9, 17), as_of) == Unavailable(
        reason="the policy calendar has no meeting on 2026-09-17"
    )


def test_the_base_rate_counts_scheduled_decisions_right_after_a_cut() -> None:
    """An unscheduled cut makes the next scheduled decision one after a cut; an unscheduled hold is no decision."""
    meetings = (
        meeting("2019-07-31", -25),
        meeting("2019-08-10", 0, "unscheduled"),
        meeting("2019-09-18", -25),  # after a cut, a cut
        meeting("2019-10-30", 0),  # after a cut, a hold
        meeting("2020-03-03", -50, "unscheduled"),
        meeting("2020-03-15", -100, "unscheduled"),
        meeting("2020-04-29", 0),  # after a cut, a hold
        meeting("2020-06-10", 0),
        meeting("2026-06-17", None),
    )
    found = cut_after_cut(meetings, date(2026, 12, 31), LEVEL)
    expected = wilson_interval(1, 3, LEVEL)
    assert isinstance(found, Estimate)
    assert (found.value, found.lower, found.upper, found.nobs) == (1 / 3, expected.lower, expected.upper, 3)
    assert (found.first, found.last) == (date(2019, 9, 18), date(2020, 4, 29))
    assert isinstance(cut_after_cut(meetings[:2], date(2026, 12, 31), LEVEL), Unavailable)


def test_each_pair_gets_the_numbers_its_claims_ask_for(config: Config) -> None:
    """Published once, linked to the page of the claim that asks; a pair without such claims gets none."""
    as_of = date(2026, 9, 18)
    found = claim_numbers(config, "eth-russell-2000", meetings_known_on(load_meetings(), as_of), as_of)
    assert set(found) == {
        "spells.longest_since_claim.2026-06-30",
        "fomc.cut.2025-10-29",
        "fomc.cut.2025-12-10",
        "fomc.cut_after_cut",
    }
    run = found["spells.longest_since_claim.2026-06-30"]
    assert isinstance(run, Estimate)
    assert run.value == 2
    assert run.link == "/claims/four-consecutive-cuts/#spells-longest-since-claim-2026-06-30"
    assert len(claim_numbers(config, "btc-nasdaq-100", load_meetings(), as_of)) == 0


def test_nothing_after_the_claim_enters_the_base_rate(config: Config) -> None:
    """The base rate of today is that of the claim date."""
    rates = [
        claim_numbers(config, "eth-russell-2000", meetings_known_on(load_meetings(), day), day)["fomc.cut_after_cut"]
        for day in (CLAIM_DATE, date(2026, 9, 18))
    ]
    assert rates[0] == rates[1]
