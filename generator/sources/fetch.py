"""One fetch of everything: plan, a child process on the network, the store, the gate; within its deadline."""

from __future__ import annotations

import datetime as dt
import multiprocessing
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pandas as pd

from generator.errors import TandemError
from generator.panel import nyse_closes
from generator.sources import NETWORK, Raw, Request, gate, snapshots, worker
from generator.sources.atomic import locked
from generator.sources.worker import Attempt, Heard, Result, Task

if TYPE_CHECKING:
    from collections.abc import Iterator
    from multiprocessing.connection import Connection
    from pathlib import Path

    from generator.config import Config, Series
    from generator.sources.sidecar import Snapshot

HISTORY_START = dt.date(1993, 1, 1)  # a year before the first decision of the policy calendar
SETTLED_AFTER_CLOSE = dt.timedelta(minutes=20)  # index closes are corrected for a while after the bell
NEW_YORK = ZoneInfo("America/New_York")
_KILL_WAIT_SECONDS = 5.0

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesReport:
    """What a fetch did for one series.

    Parameters
    ----------
    source, symbol : str
        The place that gave it, empty if none did.
    rows : int
        Observations.
    last : str
        Date (or bar start) of the last one.
    attempts : tuple of Attempt
        Every place asked, with the cause where it gave nothing.
    new : bool
        Whether the bytes were not in the store already.
    rejected : str
        Why the gate set the snapshot aside, or empty.
    """

    series_id: str
    label: str
    required: bool
    source: str = ""
    symbol: str = ""
    rows: int = 0
    last: str = ""
    attempts: tuple[Attempt, ...] = ()
    new: bool = False
    rejected: str = ""

    @property
    def ok(self) -> bool:
        """Whether the store now holds fresh, accepted data."""
        return bool(self.source) and not self.rejected

    @property
    def fallback(self) -> bool:
        """Whether another than the first source gave the series."""
        return bool(self.source) and len(self.attempts) > 1

    @property
    def cause(self) -> str:
        """The cause of the last failure, empty if there was none."""
        return next((a.cause for a in reversed(self.attempts) if a.cause), "")

    def line(self) -> str:
        """Return one line for the terminal."""
        tried = "; ".join(f"{a.source}: {a.cause} ({a.message})" for a in self.attempts if a.cause)
        if not self.source:
            return f"{self.label}: nothing; {tried}"
        line = f"{self.label}: {self.rows:,} rows to {self.last[:10]} from {self.source} {self.symbol}"
        line += f"; set aside: {self.rejected}" if self.rejected else "" if self.new else "; nothing new"
        return line + (f"; first tried {tried}" if tried else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchReport:
    """What a fetch did.

    Parameters
    ----------
    offline : bool
        No host answered anything: there is no network.
    deadline_reached : bool
        The fetch was ended from outside; the series left over count as failed.
    """

    series: tuple[SeriesReport, ...]
    offline: bool
    deadline_reached: bool
    seconds: float

    @property
    def failed(self) -> tuple[SeriesReport, ...]:
        """The series that got nothing new that may be used."""
        return tuple(s for s in self.series if not s.ok)

    def lines(self) -> list[str]:
        """Return the report for the terminal."""
        if self.offline:
            return [f"No network: no source answered within {self.seconds:.0f} s. Nothing was fetched."]
        lines = [s.line() for s in self.series]
        if self.deadline_reached:
            lines.append(f"Ended at the deadline after {self.seconds:.0f} s.")
        good = len(self.series) - len(self.failed)
        return [*lines, f"Fetched {good} of {len(self.series)} series in {self.seconds:.1f} s."]

    def as_json(self) -> dict[str, Any]:
        """Return the report as strict JSON."""
        return {
            "offline": self.offline,
            "deadline_reached": self.deadline_reached,
            "seconds": round(self.seconds, 2),
            "series": {
                s.series_id: {
                    "ok": s.ok,
                    "source": s.source,
                    "symbol": s.symbol,
                    "rows": s.rows,
                    "last": s.last,
                    "new": s.new,
                    "fallback": s.fallback,
                    "rejected": s.rejected,
                    "attempts": [
                        {"source": a.source, "symbol": a.symbol, "cause": a.cause, "message": a.message}
                        for a in s.attempts
                    ],
                }
                for s in self.series
            },
        }


def complete_end(series: Series, now: dt.datetime) -> dt.datetime:
    """Return the exclusive end (UTC) of what is complete at `now`: a running bar never enters.

    Hourly bars are complete when their hour is over, days of a 24/7 market at midnight UTC, sessions shortly after
    the actual close, half days included; rates are published complete, for days up to today in New York.
    """
    utc = now.astimezone(dt.UTC)
    midnight = utc.replace(hour=0, minute=0, second=0, microsecond=0)
    if series.frequency == "hourly":
        return utc.replace(minute=0, second=0, microsecond=0)
    if series.calendar == "24/7":
        return midnight
    if series.calendar == "XNYS":
        closes = nyse_closes()
        done = closes[closes <= pd.Timestamp(utc - SETTLED_AFTER_CLOSE)]
        last = done.index[-1].date()
        return dt.datetime(last.year, last.month, last.day, tzinfo=dt.UTC) + dt.timedelta(days=1)
    today = now.astimezone(NEW_YORK).date()
    return dt.datetime(today.year, today.month, today.day, tzinfo=dt.UTC) + dt.timedelta(days=1)


def plan(config: Config, now: dt.datetime) -> list[Task]:
    """Return what is asked for, required series first."""
    tasks = []
    for series_id, series in sorted(config.series.items(), key=lambda item: not item[1].required):
        end = complete_end(series, now)
        places = tuple(
            (
                place.source,
                Request(
                    series_id=series_id,
                    symbol=place.symbol,
                    currency=place.currency,
                    frequency=series.frequency,
                    start=HISTORY_START,
                    end=end,
                ),
            )
            for place in series.sources
        )
        if places:
            tasks.append(Task(series_id=series_id, places=places))
    return tasks


def fetch(
    config: Config,
    store: Path,
    *,
    now: dt.datetime,
    deadline_seconds: float,
    offline_verdict_seconds: float,
    progress: Progress,
) -> FetchReport:
    """Fetch every configured series into the store and check it there.

    Each reply is stored as soon as it comes. A snapshot that the gate condemns stays in the store with the reason
    beside it, and the last good one is used instead.

    Parameters
    ----------
    now : datetime
        Aware; decides what is complete, and stands in the sidecars.
    deadline_seconds : float
        When it is over the network process is killed and the series left count as failed. Another run that holds the
        store is waited for a tenth of it.
    offline_verdict_seconds : float
        Without any answer from any host for so long there is no network.
    progress : callable
        Called with a text, the number of series done, and their total.

    Raises
    ------
    DataError
        The store cannot be locked or written.
    """
    started = time.monotonic()
    tasks = plan(config, now)
    reports: dict[str, SeriesReport] = {}
    stored: dict[str, Snapshot] = {}
    heard, why = False, "done"
    with locked(store, deadline_seconds / 10), tempfile.TemporaryDirectory(prefix="tandem-") as scratch:
        for message in _messages(tasks, scratch, started, deadline_seconds, offline_verdict_seconds):
            if isinstance(message, Heard):
                heard = True
            elif isinstance(message, Result):
                report, snapshot = _store(message, config, store, now)
                reports[message.series_id] = report
                if snapshot is not None:
                    stored[message.series_id] = snapshot
                progress(report.line(), len(reports), len(tasks))
            else:
                why = message
        for series_id, snapshot in stored.items():
            if reports[series_id].new:
                reports[series_id] = _checked(reports[series_id], snapshot, config, store, now)
    seconds = time.monotonic() - started
    complete = tuple(reports.get(task.series_id) or _left_over(task, config, why) for task in tasks)
    return FetchReport(
        series=complete,
        offline=bool(tasks) and not heard and why != "died",
        deadline_reached=why == "deadline",
        seconds=seconds,
    )


def _messages(
    tasks: list[Task], scratch: str, started: float, deadline_seconds: float, offline_verdict_seconds: float
) -> Iterator[Heard | Result | str]:
    """Yield what the network process sends, and at the end why it ended: done, died, offline or deadline."""
    context = multiprocessing.get_context("spawn")
    inbox, outbox = context.Pipe(duplex=False)
    process = context.Process(target=worker.run, args=(tasks, outbox, scratch), daemon=True)
    process.start()
    outbox.close()
    heard = False
    left = len(tasks)
    try:
        while left:
            limit = deadline_seconds if heard else min(deadline_seconds, offline_verdict_seconds)
            message = _next(inbox, started + limit)
            if message is None:
                yield "deadline" if heard else "offline"
                return
            if message == "died":
                yield "died"
                return
            heard = heard or isinstance(message, Heard)
            left -= isinstance(message, Result)
            yield message
        yield "done"
    finally:
        process.kill()
        process.join(_KILL_WAIT_SECONDS)
        inbox.close()


def _next(inbox: Connection, until: float) -> Heard | Result | str | None:
    """Return the next message, None when there is none `until` then, ``"died"`` when there will be none."""
    try:
        if not inbox.poll(max(until - time.monotonic(), 0.0)):
            return None
        message: Heard | Result = inbox.recv()
    except (EOFError, OSError):
        return "died"
    return message


def _store(result: Result, config: Config, store: Path, now: dt.datetime) -> tuple[SeriesReport, Snapshot | None]:
    """Store the reply of one series, if there is one, and report."""
    series = config.series[result.series_id]
    report = SeriesReport(
        series_id=result.series_id, label=series.label, required=series.required, attempts=result.attempts
    )
    if not result.body:
        return report, None
    name = result.attempts[-1].source
    saved = snapshots.save(store, result.request, Raw(body=result.body, address=result.address), name, now)
    report = replace(
        report, source=name, symbol=result.request.symbol, rows=result.rows, last=result.last, new=saved.new
    )
    return report, saved.snapshot


def _checked(report: SeriesReport, snapshot: Snapshot, config: Config, store: Path, now: dt.datetime) -> SeriesReport:
    """Set a snapshot aside that the gate condemns when it is compared with the last good one."""
    try:
        item = snapshots.observed(snapshot)
    except TandemError as error:
        reason: str | None = str(error)
    else:
        good = snapshots.before(store, snapshot, config.series[report.series_id])
        reason = gate.fault(item, config, now.astimezone(dt.UTC).date(), previous=good)
    if reason is None:
        return report
    snapshots.reject(snapshot, reason)
    return replace(report, rejected=reason)


def _left_over(task: Task, config: Config, why: str) -> SeriesReport:
    """Return the report of a series that was still waiting when the fetch ended."""
    series = config.series[task.series_id]
    name, request = task.places[0]
    message = {
        "deadline": "not reached before the deadline",
        "offline": "no host answered anything",
    }.get(why, "the network process ended early")
    attempt = Attempt(source=name, symbol=request.symbol, cause=NETWORK, message=message)
    return SeriesReport(series_id=task.series_id, label=series.label, required=series.required, attempts=(attempt,))
