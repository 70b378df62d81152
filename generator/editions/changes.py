"""What changed from one edition to the next: verdicts that flipped, numbers that moved beyond their tolerance."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from generator.claims import flip_explanation, judge
from generator.findings import Estimate, Number
from generator.formatting import amount, interval, plain

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from generator.config import Changes, Claim, Config
    from generator.editions.archive import Edition, FrozenVerdict

INTERVAL = "interval"


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What was published as of a date: that of an edition, or of the build itself."""

    as_of: date
    numbers: Mapping[str, Mapping[str, Number]]
    verdicts: Mapping[str, FrozenVerdict]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One verdict or number that changed.

    Parameters
    ----------
    kind : {"verdict", "number"}
    pair : str
        Slug.
    subject : str
        Slug of the claim, or id of the number.
    before, now : str
        As text.
    why : str
        Which number crossed which line, or by how much the number moved and what its tolerance is.
    """

    kind: Literal["verdict", "number"]
    as_of: date
    since: date
    pair: str
    subject: str
    before: str
    now: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Everything that changed between two dates; perhaps nothing."""

    as_of: date
    since: date
    flips: tuple[Change, ...]
    moves: tuple[Change, ...]

    @property
    def changes(self) -> tuple[Change, ...]:
        """Flips first, then numbers."""
        return (*self.flips, *self.moves)


def state(edition: Edition) -> State:
    """Return the state that an edition froze."""
    return State(as_of=edition.as_of, numbers=edition.numbers, verdicts=edition.verdicts)


def steps(config: Config, states: Sequence[State], *, simulated: bool) -> tuple[Step, ...]:
    """Return the step to each state from the one before it, oldest first.

    Parameters
    ----------
    states : sequence of State
        Oldest first.
    simulated : bool
        Whether they come from simulated data, about which there are no verdicts.
    """
    return tuple(step(config, before, after, simulated=simulated) for before, after in itertools.pairwise(states))


def step(config: Config, before: State, after: State, *, simulated: bool) -> Step:
    """Return what changed between two states."""
    claims = {claim.slug: claim for claim in config.claims}
    flips = [
        _flip(claims[slug], before, after)
        for slug, verdict in after.verdicts.items()
        if slug in claims and slug in before.verdicts and before.verdicts[slug].verdict != verdict.verdict
    ]
    moves: dict[tuple[str, str, str], Change] = {}
    for pair, numbers in after.numbers.items():
        for number_id, number in numbers.items():
            move = _move(config.changes, pair, number_id, before, after, number)
            if move is not None:  # pairs share an asset and the Fed: what is the same in two of them counts once
                moves.setdefault((number_id, move.before, move.now), move)
    return Step(
        as_of=after.as_of, since=before.as_of, flips=() if simulated else tuple(flips), moves=tuple(moves.values())
    )


def _flip(claim: Claim, before: State, after: State) -> Change:
    """Return a flip, explained by the line that was crossed where today's rule gives the verdicts that were frozen."""
    old, new = before.verdicts[claim.slug], after.verdicts[claim.slug]
    why = new.sentence
    if claim.pair in before.numbers and claim.pair in after.numbers:
        judged = [judge(claim, s.numbers[claim.pair], s.as_of) for s in (before, after)]
        if [j.shown for j in judged] == [old.verdict, new.verdict]:
            why = flip_explanation(*judged)
    return Change(
        kind="verdict",
        as_of=after.as_of,
        since=before.as_of,
        pair=claim.pair,
        subject=claim.slug,
        before=old.verdict,
        now=new.verdict,
        why=why,
    )


def tolerance_of(changes: Changes, number_id: str) -> str | float | None:
    """Return the tolerance of a number: that of the longest family its id begins with; None where none is stated."""
    parts = number_id.split(".")
    for length in range(len(parts), 0, -1):
        family = ".".join(parts[:length])
        if family in changes.tolerance:
            return changes.tolerance[family]
    return None


def _move(  # noqa: PLR0917 - private, one caller
    changes: Changes, pair: str, number_id: str, before: State, after: State, number: Number
) -> Change | None:
    """Return the change of a number beyond its tolerance, or None."""
    tolerance = tolerance_of(changes, number_id)
    old = before.numbers.get(pair, {}).get(number_id)
    if tolerance is None or not isinstance(old, Estimate) or not isinstance(number, Estimate):
        return None
    if old.unit != number.unit:
        return None
    if tolerance == INTERVAL:
        if old.lower is None or old.upper is None or old.lower <= number.value <= old.upper:
            return None
        why = f"It left the interval it had then, {plain(interval(old))}."
    else:
        limit = float(tolerance)
        if abs(number.value - old.value) <= limit:
            return None
        shown = plain(amount(limit, number.unit)).removeprefix("+")
        why = f"It moved by more than {shown}." if limit else "Any change of this number counts."
    return Change(
        kind="number",
        as_of=after.as_of,
        since=before.as_of,
        pair=pair,
        subject=number_id,
        before=_text(old),
        now=_text(number),
        why=why,
    )


def _text(number: Estimate) -> str:
    between = plain(interval(number))
    value = plain(amount(number.value, number.unit))
    return f"{value} ({between})" if between else value


def tag(authority: str, change: Change) -> str:
    """Return the permanent id of a change: the same in every build, whatever address the site has (RFC 4151)."""
    return f"tag:{authority},{change.as_of}:{change.kind}:{change.pair}:{change.subject}"


def words(tolerance: Any) -> str:  # noqa: ANN401 - what the configuration holds
    """Return a tolerance as a page states it."""
    if tolerance == INTERVAL:
        return "leaves the interval it had"
    return f"moves by more than {tolerance:g}" if tolerance else "changes at all"
