"""The sentences of a judgement: which number met which line, and what would change the verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.claims.verdict import Reading, Verdict
from generator.criteria import CountRule, JointRule, OddsRule, SignRule, SizeRule
from generator.formatting import amount, interval, plain, signed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from generator.findings import Estimate


def sentence(parts: Sequence[str]) -> str:
    """Return the parts as one sentence."""
    text = "; ".join(part.rstrip(".") for part in parts)
    return f"{text[:1].upper()}{text[1:]}." if text else ""


def in_unit(value: float, unit: str) -> str:
    """Return a number as plain text, rounded as its unit is."""
    return plain(amount(value, unit))


def against(value: float, lines: Sequence[float], unit: str) -> str:
    """Return a number as text; where rounding would put it on a line it is not on, say on which side it is."""
    text = in_unit(value, unit)
    for line in lines:
        if value != line and text == in_unit(line, unit):
            return f"just {'under' if value < line else 'over'} {text}"
    return text


def _with_interval(name: str, number: Estimate, lines: Sequence[float]) -> str:
    ends = [against(end, lines, number.unit) for end in (number.lower, number.upper) if end is not None]
    return f"{name} is {in_unit(number.value, number.unit)} ({' to '.join(ends)})"


def interval_words(rule: SizeRule | SignRule, name: str, number: Estimate, verdict: Verdict) -> str:
    """Return what one interval says, with the number and the line."""
    if isinstance(rule, SizeRule):
        shown = _with_interval(name, number, (rule.at_least, rule.floor))
        line, floor = in_unit(rule.at_least, number.unit), in_unit(rule.floor, number.unit)
        return {
            Verdict.SUPPORTED: f"{shown}, the whole interval at or above {line}",
            Verdict.PARTLY: f"{shown}, an interval that includes {line}",
            Verdict.NOT_SUPPORTED: f"{shown}, the whole interval below {line}",
            Verdict.CONTRADICTED: f"{shown}, the whole interval below {floor}",
        }[verdict]
    sign = 1 if rule.side == "positive" else -1
    above, below, beyond = ("above", "below", "above") if sign > 0 else ("below", "above", "below")
    line = in_unit(sign * rule.at_least, number.unit)
    shown = _with_interval(name, number, (0.0, sign * rule.at_least))
    supported = f"{shown}, the whole interval {above} zero"
    return {
        Verdict.SUPPORTED: supported + (f" and at or {beyond} {line}" if rule.at_least else ""),
        Verdict.PARTLY: f"{supported}, as claimed, though not wholly at or {beyond} {line}",
        Verdict.NOT_SUPPORTED: f"{shown}, an interval that includes zero",
        Verdict.CONTRADICTED: f"{shown}, the whole interval {below} zero",
    }[verdict]


def interval_change(rule: SizeRule | SignRule, verdict: Verdict) -> str:
    """Return what would change a verdict that rests on intervals."""
    every = "" if len(rule.ids) == 1 else " for every figure"
    one = "" if len(rule.ids) == 1 else " for at least one figure"
    if isinstance(rule, SizeRule):
        line, floor = in_unit(rule.at_least, rule.unit), in_unit(rule.floor, rule.unit)
        return {
            Verdict.SUPPORTED: f"A lower end of an interval below {line}.",
            Verdict.PARTLY: f"Supported, if the lower end of the interval reached {line}{every}; "
            f"Not supported, if the upper end fell below {line}{every}.",
            Verdict.NOT_SUPPORTED: f"Partly supported, if the upper end of the interval reached {line}{one}; "
            f"Contradicted, if it fell below {floor}{every}.",
            Verdict.CONTRADICTED: f"Not supported, if the upper end of the interval reached {floor}{one}.",
        }[verdict]
    sign = 1 if rule.side == "positive" else -1
    above, below = ("above", "below") if sign > 0 else ("below", "above")
    line = f" and reached {in_unit(sign * rule.at_least, rule.unit)}" if rule.at_least else ""
    partly = f"Partly supported, if the whole interval came to lie {above} zero{one}; " if rule.at_least or one else ""
    return {
        Verdict.SUPPORTED: f"An interval that includes zero{' or does not stay beyond the line' if line else ''}.",
        Verdict.PARTLY: f"Supported, if the whole interval lay {above} zero{line}{every}; "
        f"Not supported, if the intervals came to include zero{every}.",
        Verdict.NOT_SUPPORTED: f"{partly}Supported, if the whole interval lay {above} zero{line}{every}; "
        f"Contradicted, if it lay {below} zero{every}.",
        Verdict.CONTRADICTED: f"Not supported, if the interval came to include zero{one}.",
    }[verdict]


def criterion(rule: SizeRule | SignRule | CountRule | JointRule | OddsRule) -> dict[Verdict, str]:
    """Return the condition of each verdict, in the order in which they are tried: the first that applies counts."""
    if isinstance(rule, SizeRule):
        return _size_criterion(rule)
    if isinstance(rule, SignRule):
        return _sign_criterion(rule)
    if isinstance(rule, CountRule):
        partly = {Verdict.PARTLY: f"At least {rule.partly_from} by {rule.deadline}."}
        return {
            Verdict.SUPPORTED: f"At least {rule.at_least} by {rule.deadline}.",
            Verdict.TOO_EARLY: f"Before {rule.deadline}.",
            **(partly if rule.partly_from < rule.at_least else {}),
            Verdict.CONTRADICTED: f"Fewer than {rule.partly_from} by {rule.deadline}.",
        }
    if isinstance(rule, JointRule):
        last = rule.horizons[-1]
        several = {
            Verdict.PARTLY: f"True at the last horizon ({last.name}) and not at every other.",
            Verdict.NOT_SUPPORTED: "True at some horizon and not at the last.",
        }
        return {
            Verdict.TOO_EARLY: f"Before {last.due}, the day the last horizon is reached.",
            Verdict.SUPPORTED: "True at every horizon." if len(rule.horizons) > 1 else f"True ({last.name}).",
            **(several if len(rule.horizons) > 1 else {}),
            Verdict.CONTRADICTED: "True at no horizon.",
        }
    return {
        Verdict.TOO_EARLY: f"Before {rule.due}, the day of the outcome.",
        Verdict.SUPPORTED: "The odds score better than every base rate in the interval.",
        Verdict.CONTRADICTED: "The odds score worse than every base rate in the interval.",
        Verdict.PARTLY: "The odds score better than the base rate itself.",
        Verdict.NOT_SUPPORTED: "Otherwise.",
    }


def _size_criterion(rule: SizeRule) -> dict[Verdict, str]:
    line, floor = in_unit(rule.at_least, rule.unit), in_unit(rule.floor, rule.unit)
    if len(rule.ids) == 1:
        return {
            Verdict.SUPPORTED: f"The lower end of the interval is at least {line}.",
            Verdict.CONTRADICTED: f"The upper end is below {floor}.",
            Verdict.NOT_SUPPORTED: f"The upper end is below {line}.",
            Verdict.PARTLY: f"Otherwise: the interval includes {line}.",
        }
    return {
        Verdict.SUPPORTED: f"The lower end of every interval is at least {line}.",
        Verdict.CONTRADICTED: f"Every upper end is below {floor}.",
        Verdict.NOT_SUPPORTED: f"Every upper end is below {line}.",
        Verdict.PARTLY: f"Otherwise: at least one interval reaches {line}.",
    }


def _sign_criterion(rule: SignRule) -> dict[Verdict, str]:
    sign = 1 if rule.side == "positive" else -1
    above, below = ("above", "below") if sign > 0 else ("below", "above")
    line = f" and at or {above} {in_unit(sign * rule.at_least, rule.unit)}" if rule.at_least else ""
    if len(rule.ids) > 1:
        return {
            Verdict.SUPPORTED: f"Every interval lies wholly {above} zero{line}.",
            Verdict.CONTRADICTED: f"Every interval lies wholly {below} zero.",
            Verdict.PARTLY: f"At least one interval lies wholly {above} zero.",
            Verdict.NOT_SUPPORTED: "Otherwise.",
        }
    return {
        Verdict.SUPPORTED: f"The interval lies wholly {above} zero{line}.",
        Verdict.CONTRADICTED: f"The interval lies wholly {below} zero.",
        **({Verdict.PARTLY: f"The interval lies wholly {above} zero."} if line else {}),
        Verdict.NOT_SUPPORTED: "Otherwise: the interval includes zero.",
    }


def count_words(rule: CountRule, number: Estimate, as_of: date) -> str:
    """Return how far a count has come."""
    deadline = f"by {rule.deadline}" if as_of >= rule.deadline else f"so far, with time until {rule.deadline}"
    reached = "reached" if number.value >= rule.at_least else "asked for"
    return f"{rule.name}: {in_unit(number.value, 'count')} {deadline}, {rule.at_least} {reached}"


def count_change(rule: CountRule, verdict: Verdict) -> str:
    """Return what would change a verdict that rests on a count."""
    if verdict is Verdict.TOO_EARLY:
        return f"Reaching {rule.at_least}, or {rule.deadline}, whichever comes first."
    if verdict is Verdict.SUPPORTED:
        return "Nothing but a correction of the record: it has happened."
    return f"Nothing but a correction of the record: {rule.deadline} has passed."


def joint_so_far(rule: JointRule, readings: Sequence[Reading], missing: Mapping[str, str], as_of: date) -> str:
    """Return what is known before the last horizon is reached."""
    parts = [reading.words for reading in readings]
    parts += [f"{rule.named[key]} is not available: {reason}" for key, reason in missing.items()]
    parts += [f"{horizon.name}: not before {horizon.due}" for horizon in rule.horizons if as_of < horizon.due]
    return sentence(parts)


def joint_change(rule: JointRule, as_of: date) -> str:
    """Return what would change a verdict on a forecast."""
    last = rule.horizons[-1]
    if as_of < last.due:
        return f"The last horizon, {last.due}."
    return "Nothing but a correction of the prices: every horizon has passed."


def odds_words(rule: OddsRule, outcome: Estimate, base: Estimate) -> str:
    """Return the Brier scores of the odds and of the base rate."""
    score, base_score = (rule.probability - outcome.value) ** 2, (base.value - outcome.value) ** 2
    happened = "yes" if outcome.value else "no"
    return (
        f"{rule.name}: {happened}; odds of {in_unit(rule.probability, 'share')} score {signed(score, 3)}, "
        f"{rule.base_name} of {in_unit(base.value, 'share')} ({plain(interval(base)) or 'no interval'}) "
        f"scores {signed(base_score, 3)}, where 0 is best and 1 is worst"
    )


def odds_change(rule: OddsRule, as_of: date) -> str:
    """Return what would change a verdict on a probability."""
    if as_of < rule.due:
        return f"The outcome, on {rule.due}."
    return "Nothing but a correction of the record: the outcome is known."
