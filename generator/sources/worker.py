"""The process that talks to the network: one lane per source, results sent as they come, so that it may be killed."""

from __future__ import annotations

import multiprocessing
import queue
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from generator.errors import SourceError
from generator.sources import CHANGED_FORMAT, DOWN, HOST_CAUSES, NETWORK, RATE_LIMITED, Request, source
from generator.sources.http import Client

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from multiprocessing.connection import Connection

RETRY_CAUSES = frozenset({DOWN, NETWORK})
RETRY_AFTER_SECONDS = 1.0
# A failure that took this long was a time-out; asking again would only wait again.
RETRY_WITHIN_SECONDS = 4.0
# As many series in a row that fail for reasons of the host close its lane.
PATIENCE = 2
_WATCH_SECONDS = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One series and the places to ask for it, in order."""

    series_id: str
    places: tuple[tuple[str, Request], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A host has answered something: there is a network."""

    host: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One place asked for a series, and why it gave nothing (`cause` empty: it did)."""

    source: str
    symbol: str
    cause: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """The end of one task.

    Parameters
    ----------
    body, address : bytes, str
        The raw reply of the last attempt, empty if that failed too.
    rows : int
        Observations in it.
    last : str
        Date of the last one.
    """

    series_id: str
    attempts: tuple[Attempt, ...]
    request: Request
    body: bytes = b""
    address: str = ""
    rows: int = 0
    last: str = ""


@dataclass(slots=True)
class _Lane:
    """The series waiting for one source, and whether it is still worth asking."""

    waiting: queue.SimpleQueue[tuple[Task, tuple[Attempt, ...]] | None] = field(default_factory=queue.SimpleQueue)
    failures: int = 0
    closed: SourceError | None = None


def run(tasks: Sequence[Task], outbox: Connection, scratch: str) -> None:
    """Fetch every task and send `Heard` and `Result` messages; the entry point of the child process."""
    Worker(tasks, outbox, scratch).run()


class Worker:
    """Lanes that work side by side; a task that fails in one goes on to the lane of its next place."""

    def __init__(self, tasks: Sequence[Task], outbox: Connection, scratch: str) -> None:
        self._outbox = outbox
        self._sending = threading.Lock()
        self._tasks = tasks
        self._left = len(tasks)
        self._lanes: Mapping[str, _Lane] = {name: _Lane() for task in tasks for name, _ in task.places}
        self._client = Client(heard=self._on_heard, scratch=scratch)
        self._known_hosts: set[str] = set()

    def run(self) -> None:
        """Return when every task has ended."""
        for task in self._tasks:
            self._lanes[task.places[0][0]].waiting.put((task, ()))
        # Daemons: when the parent has gone, they do not keep this process alive.
        threads = [threading.Thread(target=self._drive, args=(name,), daemon=True) for name in self._lanes]
        for thread in threads:
            thread.start()
        parent = multiprocessing.parent_process()
        while any(thread.is_alive() for thread in threads):
            time.sleep(_WATCH_SECONDS)
            if parent is not None and not parent.is_alive():
                return

    def _on_heard(self, host: str) -> None:
        with self._sending:
            if host not in self._known_hosts:
                self._known_hosts.add(host)
                self._outbox.send(Heard(host=host))

    def _drive(self, name: str) -> None:
        lane = self._lanes[name]
        while True:
            item = lane.waiting.get()
            if item is None:
                return
            task, before = item
            request = task.places[len(before)][1]
            try:
                result = self._ask(lane, name, request)
            except SourceError as error:
                attempts = (*before, _attempt(name, request, error))
                if len(attempts) < len(task.places):
                    self._lanes[task.places[len(attempts)][0]].waiting.put((task, attempts))
                    continue
                result = Result(series_id=task.series_id, attempts=attempts, request=request)
            else:
                good = Attempt(source=name, symbol=request.symbol, cause="", message="")
                result = Result(
                    series_id=task.series_id,
                    attempts=(*before, good),
                    request=request,
                    body=result.body,
                    address=result.address,
                    rows=result.rows,
                    last=result.last,
                )
            self._end(result)
            time.sleep(source(name).PAUSE_SECONDS)

    def _ask(self, lane: _Lane, name: str, request: Request) -> Result:
        """Return the reply of a source, asked again once if that can help; keep count of the host's failures."""
        if lane.closed is not None:
            raise SourceError(lane.closed.cause, f"not asked any more: {lane.closed}")
        try:
            result = self._twice(name, request)
        except SourceError as error:
            lane.failures = lane.failures + 1 if error.cause in HOST_CAUSES else 0
            if error.cause == RATE_LIMITED or lane.failures >= PATIENCE:
                lane.closed = error
            raise
        lane.failures = 0
        return result

    def _twice(self, name: str, request: Request) -> Result:
        started = time.monotonic()
        try:
            return self._once(name, request)
        except SourceError as error:
            if error.cause not in RETRY_CAUSES or time.monotonic() - started > RETRY_WITHIN_SECONDS:
                raise
        time.sleep(RETRY_AFTER_SECONDS)
        return self._once(name, request)

    def _once(self, name: str, request: Request) -> Result:
        module = source(name)
        try:
            raw = module.download(request, self._client)
            values = module.parse(raw.body, request)
        except SourceError:
            raise
        except Exception as error:
            # Foreign input reached code that did not foresee it; the series is lost, the others are not.
            message = f"{module.HOST}: the reply for {request.symbol} cannot be read ({type(error).__name__})"
            raise SourceError(CHANGED_FORMAT, message) from error
        return Result(
            series_id=request.series_id,
            attempts=(),
            request=request,
            body=raw.body,
            address=raw.address,
            rows=len(values),
            last=values.index[-1].isoformat(),
        )

    def _end(self, result: Result) -> None:
        with self._sending:
            self._outbox.send(result)
            self._left -= 1
            if self._left == 0:
                for lane in self._lanes.values():
                    lane.waiting.put(None)


def _attempt(name: str, request: Request, error: SourceError) -> Attempt:
    return Attempt(source=name, symbol=request.symbol, cause=error.cause, message=str(error))
