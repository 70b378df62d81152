"""The gate: nothing is used before it has passed, and what did not pass is named with its rows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pandas as pd

from generator.sources import agreement, checks
from generator.sources.checks import Check, Severity

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from generator.config import Config, Series
    from generator.panel import Observed
    from generator.sources.snapshots import Reading

__all__ = ["Check", "GateReport", "Severity", "check"]

_END_OF_DAY = pd.Timedelta(hours=23, minutes=59)


@dataclass(frozen=True, slots=True, kw_only=True)
class GateReport:
    """What the gate let through, and every check on the way.

    Parameters
    ----------
    observed : dict of str to Observed
        Checked series up to `as_of`: bad ticks and impossible values removed (the snapshot keeps them), last good
        values in the place of series that failed.
    degraded, blocked : tuple of str
        Sentences for the banner, and for the message that ends the run.
    """

    checks: tuple[Check, ...]
    observed: dict[str, Observed]
    degraded: tuple[str, ...]
    blocked: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Judged:
    """A series after its own checks: usable values or None, and the findings."""

    usable: pd.Series | None
    findings: list[checks.Finding]

    @property
    def fatal(self) -> checks.Finding | None:
        return next((f for f in self.findings if f.fatal), None)


def check(
    observed: Mapping[str, Observed],
    config: Config,
    as_of: date,
    *,
    previous: Mapping[str, Observed] | None = None,
    data: str,
    expected: date | None = None,
) -> GateReport:
    """Return the series that may be used, and what was found.

    A series that fails is replaced by its last good copy where there is one. Without one, a required series blocks
    and any other is left out with a banner. For data of the user's own (``csv``, ``sample``) age, gaps and coverage
    are notes, and required are the assets of the pairs alone.

    Parameters
    ----------
    observed : mapping of str to Observed
    as_of : date
        Nothing after this date is looked at or let through.
    previous : mapping of str to Observed, optional
        The last good copies, from the snapshots before these.
    data : {"store", "csv", "sample"}
    expected : date, optional
        The day up to which data should reach by the clock; `as_of` if not given.
    """
    last_good = previous or {}
    day = pd.Timestamp(expected or as_of)
    found: list[Check] = []
    used: dict[str, Observed] = {}
    degraded: list[str] = []
    blocked: list[str] = []
    assets = {s for pair in config.pairs for s in (pair.a, pair.b)}
    for series_id, series in config.series.items():
        required = series_id in assets if data != "store" else series.required
        if series_id not in observed and series_id not in last_good and not required and data != "store":
            found.append(_absent(series_id, series))
            continue
        given, old = observed.get(series_id), last_good.get(series_id)
        judged = _judge(given, old, series=series, config=config, as_of=as_of, data=data)
        outcome = _settle(series_id, series, judged, given=given, last_good=old, required=required, as_of=as_of)
        found.extend(outcome.checks)
        degraded.extend(outcome.degraded)
        blocked.extend(outcome.blocked)
        item = outcome.observed.get(series_id)
        if item is None:
            continue
        used[series_id] = item
        aged = _aged(series_id, series, _newest(item, given, as_of), day, data)
        found.append(aged)
        if not aged.passed and aged.severity == "degrade" and not outcome.degraded:
            degraded.append(f"{series.label}: {_lower(aged.sentence)}")
    for extra in (agreement.effective_rate_inside(used, config), agreement.decisions(used)):
        found.extend(extra)
        degraded.extend(c.sentence for c in extra if not c.passed and c.severity == "degrade")
    return GateReport(checks=tuple(found), observed=used, degraded=tuple(degraded), blocked=tuple(blocked))


def fault(item: Observed, config: Config, as_of: date, *, previous: Observed | None = None) -> str | None:
    """Return why a freshly fetched series must not be used, or None: its own checks, and the last good copy."""
    series = config.series[item.series_id]
    judged = _judge(item, previous, series=series, config=config, as_of=as_of, data="store")
    return judged.fatal.sentence if judged.fatal is not None else None


def with_store(report: GateReport, reading: Reading, config: Config) -> GateReport:
    """Return the report with what the store itself has to say: copies set aside, and copies that cannot be read."""
    found: list[Check] = []
    degraded: list[str] = []
    for series_id, reason in reading.set_aside.items():
        label = config.series[series_id].label
        used = "; the last good one is used" if series_id in reading.latest else ""
        sentence = f"{reason[:1].upper()}{reason[1:].rstrip('.')}{used}."
        found.append(Check(series_id=series_id, name="set aside", severity="degrade", passed=False, sentence=sentence))
        degraded.append(f"{label}: {_lower(sentence)}")
    broken: dict[str, list[str]] = {}
    for problem in reading.problems:
        series_id, _, what = problem.partition("/")
        broken.setdefault(series_id, []).append(what)
    for series_id, rows in broken.items():
        sentence = f"{checks.count(len(rows), 'stored copy', 'stored copies')} passed over: {rows[0]}."
        found.append(
            Check(
                series_id=series_id,
                name="store",
                severity="note",
                passed=False,
                sentence=sentence,
                rows=checks.limited(rows),
            )
        )
    return replace(report, checks=(*found, *report.checks), degraded=(*report.degraded, *degraded))


def with_references(report: GateReport, beside: Mapping[str, Observed], config: Config) -> GateReport:
    """Return the report with the comparison of each rate with its second source."""
    found = agreement.across_sources(report.observed, beside, config)
    degraded = [check.sentence for check in found if not check.passed and check.severity == "degrade"]
    return replace(report, checks=(*report.checks, *found), degraded=(*report.degraded, *degraded))


def _absent(series_id: str, series: Series) -> Check:
    sentence = f"Not in the data given; pages that need the {series.label} say so."
    return Check(series_id=series_id, name="present", severity="note", passed=False, sentence=sentence)


def _values(item: Observed) -> pd.Series:
    return item.values


def _cut(item: Observed, as_of: date) -> pd.Series:
    """Return the values up to the end of `as_of`."""
    values = _values(item)
    if not isinstance(values.index, pd.DatetimeIndex) or values.index.tz is not None:
        return values
    return values[values.index <= pd.Timestamp(as_of) + _END_OF_DAY]


def _judge(
    item: Observed | None, last_good: Observed | None, *, series: Series, config: Config, as_of: date, data: str
) -> _Judged:
    """Return the values of one series that survive its own checks, with the findings in order."""
    if item is None:
        sentence = "No source gave this series."
        return _Judged(
            usable=None, findings=[checks.Finding(name="present", passed=False, fatal=True, sentence=sentence)]
        )
    own = data != "store"
    values = _cut(item, as_of)
    findings = [checks.shape(values, series)]
    if findings[0].fatal:
        return _Judged(usable=None, findings=findings)
    if item.retrieved_at:
        known_at = pd.Timestamp(item.retrieved_at).tz_convert("UTC").tz_localize(None)
        findings.append(checks.future(_values(item), known_at))
    values, finding = checks.credible(values, series, config.gate)
    findings.append(finding)
    if values.empty or any(f.fatal for f in findings):
        return _Judged(usable=None, findings=findings)
    values, tick, shift = checks.ticks(values, series, config.gate)
    findings += [tick, shift]
    if last_good is not None:
        old = _cut(last_good, as_of)
        finding = checks.restated(values, old, series, config.gate)
        findings.append(finding)
        if not finding.fatal:
            values, filled = _filled(values, old, series)
            findings.append(filled)
    missing, coverage = checks.gaps(values, series, config.gate)
    findings += [
        missing,
        replace(coverage, fatal=coverage.fatal and not own),
        checks.closed_days(values, series),
        checks.frozen(values, series, config.gate),
    ]
    return _Judged(usable=values, findings=findings)


def _filled(values: pd.Series, old: pd.Series, series: Series) -> tuple[pd.Series, checks.Finding]:
    """Return the values with those sessions put back that the last good copy had and this one lacks.

    Sources keep hourly bars for a while only, so these may begin later from day to day; a daily history may not.
    """
    lost = old[~old.index.isin(values.index)]
    if series.frequency == "hourly":
        lost = lost[lost.index >= values.index[0]]
    elif len(lost):
        lost = lost[lost.index.isin(checks.expected_days(series, lost.index[0], lost.index[-1]))]
    sentence = "Nothing that was known before is missing now."
    if len(lost):
        sentence = f"{checks.count(len(lost), 'value')} missing now kept from the last good copy."
    finding = checks.Finding(name="kept", passed=not len(lost), sentence=sentence, rows=checks.row_list(lost))
    return pd.concat([values, lost]).sort_index() if len(lost) else values, finding


def _settle(
    series_id: str,
    series: Series,
    judged: _Judged,
    *,
    given: Observed | None,
    last_good: Observed | None,
    required: bool,
    as_of: date,
) -> GateReport:
    """Return the outcome for one series: its values, its last good copy, nothing, or a block."""
    fault = judged.fatal
    severity: Severity = "note"
    used: dict[str, Observed] = {}
    degraded: tuple[str, ...] = ()
    blocked: tuple[str, ...] = ()
    if fault is None and given is not None and judged.usable is not None:
        used[series_id] = replace(given, values=judged.usable)
    elif fault is not None:
        why = _lower(fault.sentence).rstrip(".")
        old = _cut(last_good, as_of) if last_good is not None else pd.Series(dtype="float64")
        if last_good is not None and len(old):
            severity = "degrade"
            used[series_id] = replace(last_good, values=old)
            origin = f"{last_good.source}, retrieved {last_good.retrieved_at[:10] or 'earlier'}"
            used_to = f"last good values up to {old.index[-1]:%Y-%m-%d} are used ({origin})"
            degraded = (f"{series.label}: {used_to}, because {why}.",)
        elif required:
            severity = "block"
            blocked = (f"{series.label}: {why}.",)
        else:
            severity = "degrade"
            degraded = (f"{series.label}: not available, because {why}.",)
    lines = tuple(
        Check(
            series_id=series_id,
            name=finding.name,
            severity=severity if finding.fatal else _severity(finding),
            passed=finding.passed,
            sentence=finding.sentence,
            rows=finding.rows,
        )
        for finding in judged.findings
    )
    return GateReport(checks=lines, observed=used, degraded=degraded, blocked=blocked)


# Checks that condemn a series when they fail; in the table they carry that severity also when they pass.
_GRAVE = frozenset({"present", "schema", "future", "range", "unit", "restated", "coverage"})


def _severity(finding: checks.Finding) -> Severity:
    """Return the severity shown for a finding that condemned nothing."""
    return "block" if finding.passed and finding.name in _GRAVE else "note"


def _newest(used: Observed, given: Observed | None, as_of: date) -> pd.Timestamp:
    """Return the newest date the source has: `as_of` may lie before it because another series ends there."""
    last: pd.Timestamp = _values(used).index[-1]
    if given is not None and given.sha256 == used.sha256:
        whole = _values(given).index
        if whole[-1] > pd.Timestamp(as_of) + _END_OF_DAY:
            last = whole[-1]
    return last.normalize()


def _aged(series_id: str, series: Series, last: pd.Timestamp, day: pd.Timestamp, data: str) -> Check:
    late = checks.sessions_after(last, series, day)
    passed = late <= series.max_age_sessions
    sentence = f"The last value is of {checks.stamp(last)}" + (
        "." if not late else f", {checks.count(late, 'session')} before {checks.stamp(day)}."
    )
    if not passed:
        sentence = (
            f"Stale since {checks.stamp(last)}: {checks.count(late, 'session')} up to {checks.stamp(day)} missing."
        )
    return Check(
        series_id=series_id,
        name="age",
        severity="degrade" if data == "store" else "note",
        passed=passed,
        sentence=sentence,
    )


def _lower(sentence: str) -> str:
    """Return the sentence as a part of another one."""
    return sentence[:1].lower() + sentence[1:]
