"""One fetch of everything: plan, a child process on the network, the store, the gate; within its deadline."""

from __future__ import annotations

import datetime as dt
import multiprocessing
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pandas as pd

from generator.errors import TandemError
from generator.panel import nyse_closes
from generator.sources import NETWORK, Raw, Request, contracts, gate, references, snapshots, worker
from generator.sources.atomic import locked
from generator.sources.fetch_report import FetchReport, SeriesReport
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

__all__ = ["FetchReport", "SeriesReport", "complete_end", "fetch", "plan"]

Progress = Callable[[str, int, int], None]


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
        month = contracts.month_of(series_id)
        end = complete_end(series, now) if month is None else contracts.complete_end(now)
        places = tuple(
            (
                place.source,
                Request(
                    series_id=series_id,
                    symbol=place.symbol,
                    currency=place.currency,
                    frequency=series.frequency,
                    start=_start(series_id, month, now),
                    end=end,
                ),
            )
            for place in series.sources
        )
        if places:
            tasks.append(Task(series_id=series_id, places=places))
    return tasks


def _start(series_id: str, month: str | None, now: dt.datetime) -> dt.date:
    """Return the first date asked for; `month` is that of a contract."""
    if month is not None:
        return contracts.start_of(month)
    return HISTORY_START if references.series_of(series_id) is None else references.start_of(now)


def fetch(
    config: Config,
    store: Path,
    *,
    now: dt.datetime,
    deadline_seconds: float,
    offline_verdict_seconds: float,
    progress: Progress,
) -> FetchReport:
    """Fetch every configured series, and the futures contracts of the months around, into the store and check them.

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
    config = references.with_references(contracts.with_contracts(config, now))
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
        series_id=result.series_id,
        label=series.label,
        required=series.required,
        attempts=result.attempts,
        may_lack=contracts.month_of(result.series_id) is not None,
        compared=references.series_of(result.series_id) is not None,
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
    if report.compared:
        return report  # it is judged beside the series it is compared with, and nothing else rests on it
    try:
        item = snapshots.observed(snapshot)
    except TandemError as error:
        reason: str | None = str(error)
    else:
        good = snapshots.before(store, snapshot, config.series[report.series_id])
        if contracts.month_of(report.series_id) is not None:
            reason = contracts.fault(item, config, previous=good)
        else:
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
    return SeriesReport(
        series_id=task.series_id,
        label=series.label,
        required=series.required,
        attempts=(attempt,),
        compared=references.series_of(task.series_id) is not None,
    )
