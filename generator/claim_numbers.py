"""Numbers about decisions that claims ask for by date, and that no other page publishes.

``spells.longest_since_claim.DATE`` is the longest run of consecutive cuts after the claim date, counted no further than
DATE: what comes later cannot make a forecast true whose time has passed. ``fomc.cut.DATE`` says whether the meeting of
that day cut. ``fomc.cut_after_cut`` is the share of scheduled decisions right after a cut that were cuts again, up to
the claim date: a base rate that knows which way policy is going.
"""

from __future__ import annotations

import itertools
import re
from datetime import date
from typing import TYPE_CHECKING

from generator.findings import Estimate, Number, Numbers, Unavailable
from generator.fomc import longest_cuts_since
from generator.stats.proportions import wilson_interval

if TYPE_CHECKING:
    from collections.abc import Sequence

    from generator.config import Config
    from generator.fomc import Meeting

RUN_BY = re.compile(r"spells\.longest_since_claim\.(\d{4}-\d{2}-\d{2})")
CUT_ON = re.compile(r"fomc\.cut\.(\d{4}-\d{2}-\d{2})")
BASE_RATE = "fomc.cut_after_cut"


def claim_numbers(config: Config, pair: str, meetings: Sequence[Meeting], as_of: date) -> Numbers:
    """Return the numbers that claims about this pair ask for, each linked to the first claim that asks.

    Parameters
    ----------
    pair : str
        Slug.
    meetings : sequence of Meeting
        The policy calendar with the outcomes known on `as_of`.
    """
    found = Numbers()
    for claim in config.claims:
        if claim.pair != pair:
            continue
        asked = [number_id for number_id in (*claim.criterion.ids, *claim.beside) if number_id not in found]
        made = {key: number for key in asked if (number := _number(key, config, meetings, as_of)) is not None}
        found = found.merged(Numbers(made).linked(f"/claims/{claim.slug}/"))
    return found


def _number(number_id: str, config: Config, meetings: Sequence[Meeting], as_of: date) -> Number | None:
    """Return the number, None if it is not one of these."""
    if match := RUN_BY.fullmatch(number_id):
        return run_by(meetings, config.run.claim_date, min(as_of, date.fromisoformat(match[1])))
    if match := CUT_ON.fullmatch(number_id):
        return cut_on(meetings, date.fromisoformat(match[1]), as_of)
    if number_id == BASE_RATE:
        return cut_after_cut(meetings, min(as_of, config.run.claim_date), config.run.level)
    return None


def run_by(meetings: Sequence[Meeting], claim_date: date, until: date) -> Number:
    """Return the longest run of cuts decided after the claim date and up to a day."""
    counted = [meeting for meeting in meetings if claim_date < meeting.date <= until]
    if until <= claim_date:
        return Unavailable(reason=f"{until} is not after the claim date, {claim_date}")
    length = longest_cuts_since(meetings, claim_date, until)
    if isinstance(length, Unavailable):
        return length
    first = counted[0].date if counted else until
    return Estimate(value=length, nobs=len(counted), unit="count", method="four-cuts", first=first, last=until)


def cut_on(meetings: Sequence[Meeting], day: date, as_of: date) -> Number:
    """Return 1 if the meeting of that day cut, 0 if it did not."""
    meeting = next((m for m in meetings if m.date == day), None)
    if meeting is None:
        return Unavailable(reason=f"the policy calendar has no meeting on {day}")
    if day > as_of:
        return Unavailable(reason=f"the meeting of {day} is still to come")
    if not meeting.has_outcome:
        return Unavailable(reason=f"no outcome is recorded for the meeting of {day}")
    return Estimate(value=float(meeting.is_cut), nobs=1, unit="yes or no", method="event-study", first=day, last=day)


def cut_after_cut(meetings: Sequence[Meeting], until: date, level: float) -> Number:
    """Return how often the scheduled decision right after a cut was a cut again, with Wilson's interval."""
    decided = [
        m for m in meetings if m.date <= until and m.has_outcome and (m.kind == "scheduled" or m.decision_bp != 0)
    ]
    after = [now for before, now in itertools.pairwise(decided) if before.is_cut and now.kind == "scheduled"]
    if not after:
        return Unavailable(reason=f"the policy calendar has no decision after a cut up to {until}")
    share = wilson_interval(sum(m.is_cut for m in after), len(after), level)
    return Estimate(
        value=share.value,
        lower=share.lower,
        upper=share.upper,
        level=level,
        nobs=len(after),
        unit="share",
        method="event-study",
        first=after[0].date,
        last=after[-1].date,
    )
