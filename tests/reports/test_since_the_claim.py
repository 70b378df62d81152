"""The page of what happened since the claim: decisions, runs of cuts, and nothing from later."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from generator.charts.layers import NO_CHANGE
from generator.findings import Estimate
from generator.reports import since_the_claim
from tests.reports.policy import AS_OF, changed_after, context, recorded, simulated

if TYPE_CHECKING:
    from pathlib import Path


def test_every_decision_is_listed_with_its_run() -> None:
    """Two cuts, holds that end the run, and the rise of 2026-09-16; the answer counts them."""
    found = since_the_claim.analyse(context())
    rows = {row.date: row for row in found.decided}
    assert list(rows)[:2] == ["2025-10-29", "2025-12-10"]
    assert [rows[day].cuts for day in ("2025-10-29", "2025-12-10", "2026-01-28", "2026-09-16")] == ["1", "2", "0", "0"]
    assert rows["2025-10-29"].decision.startswith("cut (")
    assert rows["2026-01-28"].decision.startswith("hold")
    assert rows["2026-09-16"].decision.startswith("rise (")
    assert found.answer.endswith("2 cuts, 5 holds and 1 rise.")


def test_a_meeting_without_an_outcome_is_not_guessed() -> None:
    """After 2026-10-28 its row says that nothing is recorded, and the count leaves it out."""
    found = since_the_claim.analyse(context(as_of=date(2026, 11, 20)))
    row = next(row for row in found.decided if row.date == "2026-10-28")
    assert (row.decision, row.cuts) == ("not recorded", "not known")
    assert found.answer.endswith("2 cuts, 5 holds and 1 rise.")


def test_holds_are_marked_too() -> None:
    """The pictures mark every decision since the claim, those that changed nothing too."""
    own = context()
    figures = since_the_claim.figures(own, since_the_claim.analyse(own))
    marks = figures[0].data["decisions"]["decision"]
    assert marks.value_counts().to_dict() == {NO_CHANGE: 5, "cut": 2, "hike": 1}
    assert {entry["label"] for entry in figures[0].spec["usermeta"]["tandem"]["key"]} >= {"Fed cut", "Fed hold"}


def test_later_data_change_nothing() -> None:
    """As of a day, the page is the same whatever the data say after it."""
    as_of = date(2026, 3, 31)
    first = since_the_claim.analyse(context(as_of=as_of))
    second = since_the_claim.analyse(context(changed_after(simulated(), as_of), as_of))
    assert first.decided == second.decided
    assert first.answer == second.answer
    assert {key: number.as_json() for key, number in first.numbers.items()} == {
        key: number.as_json() for key, number in second.numbers.items()
    }


def test_on_the_claim_date_nothing_is_decided_yet() -> None:
    """Before any decision after the claim there is no table and no count."""
    found = since_the_claim.analyse(context(as_of=date(2025, 10, 7)))
    assert found.decided == ()
    assert "The Fed decided" not in found.answer


@pytest.mark.recorded
def test_recorded_decisions_and_moves(recorded_data: Path) -> None:
    """To 2026-09-18: Ether −41.3 %, Russell 2000 +16.4 %, two cuts, five holds, one rise."""
    observed, extras = recorded(recorded_data)
    found = since_the_claim.analyse(context(observed, AS_OF, expectations=extras))
    a, b = found.numbers["since.a.return"], found.numbers["since.b.return"]
    assert isinstance(a, Estimate)
    assert isinstance(b, Estimate)
    assert (round(a.value, 3), round(b.value, 3)) == (-0.413, 0.164)
    assert [row.cuts for row in found.decided] == ["1", "2", *"000000"]
    assert found.decided[-1].decision.startswith("rise (+25")
