"""(numbers, claim) → judgement. Pure: same input, same verdict; a missing number is never guessed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.claims import wording
from generator.claims.strength import strength_of_interval
from generator.claims.verdict import End, Judgement, LineTest, Reading, Registered, Relation, Verdict
from generator.criteria import CountRule, Horizon, JointRule, OddsRule, SignRule, SizeRule
from generator.findings import Estimate, Number, Unavailable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from generator.config import Claim

NOT_COMPUTED = Unavailable(reason="not computed in this build")
NO_INTERVAL = "it has no interval, and the criterion is about the interval"
HALF = 0.5  # an outcome is 1 (it happened) or 0


def judge(claim: Claim, numbers: Mapping[str, Number], as_of: date, *, simulated: bool = False) -> Judgement:
    """Return the verdict on `claim` as of a date.

    Parameters
    ----------
    claim : Claim
    numbers : mapping of id to Estimate or Unavailable
        The published numbers of the claim's pair, computed with nothing later than `as_of`.
    as_of : date
        Last date known.
    simulated : bool
        Whether the numbers come from simulated data: the rule is applied all the same, and the judgement says that it
        is none about the real claim.

    Raises
    ------
    ValueError
        If a deciding number was computed from data later than `as_of`.
    """
    found = {number_id: numbers.get(number_id, NOT_COMPUTED) for number_id in claim.criterion.ids}
    for number_id, number in found.items():
        if isinstance(number, Estimate) and number.last > as_of:
            raise ValueError(f"{number_id} uses data of {number.last}, later than {as_of}")
    return _Case(claim, found, as_of, simulated=simulated).judgement()


def agreed(verdicts: Sequence[Verdict]) -> Verdict:
    """Return the verdict of several numbers that must agree.

    Supported or Contradicted only if every one says so; Partly supported if any one supports it wholly or partly; else
    Not supported. Improving one of them never worsens the result.
    """
    if len(set(verdicts)) == 1:
        return verdicts[0]
    if {Verdict.SUPPORTED, Verdict.PARTLY} & set(verdicts):
        return Verdict.PARTLY
    return Verdict.NOT_SUPPORTED


def size_verdict(rule: SizeRule, lower: float, upper: float) -> Verdict:
    """Return what an interval says about a claimed size."""
    if lower >= rule.at_least:
        return Verdict.SUPPORTED
    if upper < rule.floor:
        return Verdict.CONTRADICTED
    return Verdict.NOT_SUPPORTED if upper < rule.at_least else Verdict.PARTLY


def sign_verdict(rule: SignRule, lower: float, upper: float) -> Verdict:
    """Return what an interval says about a claimed direction; `lower` and `upper` as published, not turned."""
    low, high = (lower, upper) if rule.side == "positive" else (-upper, -lower)
    if low > 0:
        return Verdict.SUPPORTED if low >= rule.at_least else Verdict.PARTLY
    return Verdict.CONTRADICTED if high < 0 else Verdict.NOT_SUPPORTED


def outcomes_verdict(outcomes: Sequence[bool]) -> Verdict:
    """Return what a forecast's outcomes say, shortest horizon first."""
    if all(outcomes):
        return Verdict.SUPPORTED
    if outcomes[-1]:
        return Verdict.PARTLY
    return Verdict.NOT_SUPPORTED if any(outcomes) else Verdict.CONTRADICTED


def odds_verdict(probability: float, outcome: float, base: Estimate) -> Verdict:
    """Return whether a probability scored better than the base rates of an interval, by Brier (1950)."""
    score = (probability - outcome) ** 2
    ends = [(end - outcome) ** 2 for end in (base.lower, base.upper) if end is not None]
    ends = [*ends, (base.value - outcome) ** 2]
    if score < min(ends):
        return Verdict.SUPPORTED
    if score > max(ends):
        return Verdict.CONTRADICTED
    return Verdict.PARTLY if score < (base.value - outcome) ** 2 else Verdict.NOT_SUPPORTED


class _Case:
    """One claim with its numbers on one date."""

    def __init__(self, claim: Claim, found: Mapping[str, Number], as_of: date, *, simulated: bool) -> None:
        self.claim = claim
        self.found = found
        self.as_of = as_of
        self.simulated = simulated

    def judgement(self) -> Judgement:
        """Apply the rule."""
        rule = self.claim.criterion
        if isinstance(rule, CountRule):
            return self._count(rule)
        if isinstance(rule, JointRule):
            return self._joint(rule)
        if isinstance(rule, OddsRule):
            return self._odds(rule)
        return self._intervals(rule)

    def _intervals(self, rule: SizeRule | SignRule) -> Judgement:
        missing = self._missing(rule.ids)
        readings = []
        for number_id, name in rule.numbers.items():
            number = self.found[number_id]
            if isinstance(number, Unavailable):
                continue
            if number.lower is None or number.upper is None:
                missing[number_id] = NO_INTERVAL
                continue
            if number.unit != rule.unit:
                missing[number_id] = f"it is given in {number.unit}, the criterion in {rule.unit}"
                continue
            verdict = (
                size_verdict(rule, number.lower, number.upper)
                if isinstance(rule, SizeRule)
                else sign_verdict(rule, number.lower, number.upper)
            )
            words = wording.interval_words(rule, name, number, verdict)
            tests = _interval_tests(rule, number_id, name, number)
            readings.append(
                Reading(number_id=number_id, name=name, number=number, verdict=verdict, words=words, tests=tests)
            )
        if missing:
            return self._cannot(missing, readings)
        verdict = agreed([reading.verdict for reading in readings])
        strength = _interval_strength(rule, readings)
        return self._judged(verdict, readings, strength, wording.interval_change(rule, verdict))

    def _count(self, rule: CountRule) -> Judgement:
        number = self.found[rule.number]
        if isinstance(number, Unavailable):
            if self.as_of <= self.claim.said_on and self.as_of < rule.deadline:
                sentence = f"The count starts after the claim and ends on {rule.deadline}."
                change = wording.count_change(rule, Verdict.TOO_EARLY)
                return self._judged(Verdict.TOO_EARLY, [], "none yet", change, sentence)
            return self._cannot({rule.number: number.reason}, [])
        if number.last > rule.deadline:
            return self._cannot({rule.number: f"it counts on after {rule.deadline}"}, [])
        if number.value >= rule.at_least:
            verdict = Verdict.SUPPORTED
        elif self.as_of < rule.deadline:
            verdict = Verdict.TOO_EARLY
        else:
            verdict = Verdict.PARTLY if number.value >= rule.partly_from else Verdict.CONTRADICTED
        words = wording.count_words(rule, number, self.as_of)
        test = LineTest(
            number_id=rule.number,
            name=rule.name,
            end="value",
            relation=">=",
            line=rule.at_least,
            seen=number.value,
            unit=number.unit,
        )
        reading = Reading(
            number_id=rule.number, name=rule.name, number=number, verdict=verdict, words=words, tests=(test,)
        )
        return self._judged(verdict, [reading], "a count, without sampling error", wording.count_change(rule, verdict))

    def _joint(self, rule: JointRule) -> Judgement:
        reached = [horizon for horizon in rule.horizons if self.as_of >= horizon.due]
        ahead = [horizon for horizon in rule.horizons if self.as_of < horizon.due]
        missing = self._missing([horizon.number for horizon in reached])
        readings = [reading for horizon in reached if (reading := self._outcome(horizon))]
        change = wording.joint_change(rule, self.as_of)
        if ahead:
            sentence = wording.joint_so_far(rule, readings, missing, self.as_of)
            return self._judged(Verdict.TOO_EARLY, readings, "a single episode, not over yet", change, sentence)
        if missing:
            return self._cannot(missing, readings)
        verdict = outcomes_verdict([reading.number.value > HALF for reading in readings])
        return self._judged(verdict, readings, "a single episode", change)

    def _outcome(self, horizon: Horizon) -> Reading | None:
        number = self.found[horizon.number]
        if isinstance(number, Unavailable):
            return None
        true = number.value > HALF
        return Reading(
            number_id=horizon.number,
            name=horizon.name,
            number=number,
            verdict=Verdict.SUPPORTED if true else Verdict.CONTRADICTED,
            words=f"{horizon.name}: {'yes' if true else 'no'}",
        )

    def _odds(self, rule: OddsRule) -> Judgement:
        change = wording.odds_change(rule, self.as_of)
        if self.as_of < rule.due:
            sentence = f"The outcome is known on {rule.due}."
            return self._judged(Verdict.TOO_EARLY, [], "none yet", change, sentence)
        missing = self._missing(rule.ids)
        outcome, base = self.found[rule.number], self.found[rule.base]
        if isinstance(outcome, Unavailable) or isinstance(base, Unavailable):
            return self._cannot(missing, [])
        verdict = odds_verdict(rule.probability, outcome.value, base)
        words = wording.odds_words(rule, outcome, base)
        reading = Reading(number_id=rule.number, name=rule.name, number=outcome, verdict=verdict, words=words)
        return self._judged(verdict, [reading], "one outcome", change)

    def _missing(self, number_ids: Sequence[str]) -> dict[str, str]:
        return {key: n.reason for key in number_ids if isinstance(n := self.found[key], Unavailable)}

    def _cannot(self, missing: Mapping[str, str], readings: Sequence[Reading]) -> Judgement:
        named = self.claim.criterion.named
        sentence = wording.sentence([f"{named[key]} is not available: {reason}" for key, reason in missing.items()])
        change = "A verdict follows as soon as every deciding figure is available."
        return self._judged(Verdict.CANNOT, readings, "none: a figure is missing", change, sentence)

    def _judged(
        self, verdict: Verdict, readings: Sequence[Reading], strength: str, would_change: str, sentence: str = ""
    ) -> Judgement:
        return Judgement(
            claim=self.claim.slug,
            verdict=verdict,
            decided_by=self.claim.criterion.ids,
            strength=strength,
            sentence=sentence or wording.sentence([reading.words for reading in readings]),
            would_change=would_change,
            as_of=self.as_of,
            registered=self._registered(verdict, readings),
            simulated=self.simulated,
            readings=tuple(readings),
        )

    def _registered(self, verdict: Verdict, readings: Sequence[Reading]) -> Registered:
        """Only what comes after the day the criterion was fixed counts as registered beforehand."""
        fixed, rule = self.claim.fixed_on, self.claim.criterion
        due: list[date] = []
        if verdict is Verdict.TOO_EARLY and not isinstance(rule, CountRule):
            due = [rule.due] if isinstance(rule, OddsRule) else _dues(rule)
        first = due or [reading.number.first for reading in readings]
        last = due or [min(self.as_of, reading.number.last) for reading in readings]
        if not last or all(day <= fixed for day in last):
            return Registered.AFTERWARDS
        return Registered.BEFOREHAND if all(day > fixed for day in first) else Registered.PARTLY


def _dues(rule: JointRule | SizeRule | SignRule) -> list[date]:
    return [horizon.due for horizon in rule.horizons] if isinstance(rule, JointRule) else []


def _interval_tests(rule: SizeRule | SignRule, number_id: str, name: str, number: Estimate) -> tuple[LineTest, ...]:
    """Return the lines an interval is measured against, in the direction the number is published."""
    lower, upper = number.lower or 0.0, number.upper or 0.0

    def test(end: End, relation: Relation, line: float) -> LineTest:
        seen = lower if end == "lower" else upper
        return LineTest(
            number_id=number_id, name=name, end=end, relation=relation, line=line, seen=seen, unit=number.unit
        )

    lines: list[tuple[End, Relation, float]]
    if isinstance(rule, SizeRule):
        lines = [("lower", ">=", rule.at_least), ("upper", ">=", rule.at_least), ("upper", ">=", rule.floor)]
    elif rule.side == "positive":
        lines = [("lower", ">", 0.0), ("upper", ">=", 0.0)]
        lines += [("lower", ">=", rule.at_least)] if rule.at_least else []
    else:
        lines = [("upper", "<", 0.0), ("lower", "<=", 0.0)]
        lines += [("upper", "<=", -rule.at_least)] if rule.at_least else []
    return tuple(test(*line) for line in lines)


def _interval_strength(rule: SizeRule | SignRule, readings: Sequence[Reading]) -> str:
    """Return how strong the evidence is: the size a correlation can have, or how the intervals stand to zero."""
    ends = [(r.number.lower or 0.0, r.number.upper or 0.0) for r in readings]
    if rule.unit == "correlation":
        lower, upper = min(low for low, _ in ends), max(high for _, high in ends)
        return f"correlation {strength_of_interval(lower, upper)}"
    clear = sum(lower > 0 or upper < 0 for lower, upper in ends)
    if clear == len(ends):
        return "distinguishable from zero"
    return "not distinguishable from zero" if clear == 0 else "distinguishable from zero in some samples only"
