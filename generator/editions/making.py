"""Making editions in several processes; which process makes which, and in what order, changes nothing."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import tempfile
import threading
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from generator.errors import BuildError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import date

    from generator.editions.manifest import Manifest


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """An edition before it is stored.

    Parameters
    ----------
    manifest : Manifest
        Of revision 1, without its files.
    files : mapping of path to bytes
    """

    manifest: Manifest
    files: Mapping[str, bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class NotMade:
    """Why there can be no edition of a date."""

    as_of: date
    reason: str


Made = Content | NotMade


def make(work: Callable[[date], Made], days: Sequence[date], jobs: int) -> Iterator[Made]:
    """Yield the edition of every day, in no particular order.

    Parameters
    ----------
    work : callable
        Day → edition; it is sent to each process once, so it must be picklable.
    jobs : int
        Processes; with 1, or a single day, none is started.

    Raises
    ------
    BuildError
        A process was ended from outside.
    """
    if jobs <= 1 or len(days) <= 1:
        yield from map(work, days)
        return
    with tempfile.TemporaryDirectory() as folder:
        yield from _spread(work, days, min(jobs, len(days)), Path(folder, "work"))


def _spread(work: Callable[[date], Made], days: Sequence[date], workers: int, place: Path) -> Iterator[Made]:
    # By way of a file: a process that dies while it starts would leave its parent waiting for it to read a long pipe.
    place.write_bytes(pickle.dumps(work))
    spawned = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=spawned, initializer=_begin, initargs=(str(place),)) as pool:
        try:
            for done in as_completed([pool.submit(_do, day) for day in days]):
                yield done.result()
        except BrokenProcessPool as error:
            raise BuildError(
                "editions: a process was ended from outside, perhaps for want of memory; run again with --jobs 1"
            ) from error
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            for process in multiprocessing.active_children():
                process.terminate()
            raise


_work: Callable[[date], Made] | None = None


def _begin(place: str) -> None:
    """Keep the work for this process, and let it end with the one that started it, however that ends."""
    global _work  # noqa: PLW0603 - the one way to hand something to every task of a process
    threading.Thread(target=_follow, daemon=True).start()
    _work = pickle.loads(Path(place).read_bytes())  # noqa: S301 - written by the process that started this one


def _follow() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _do(day: date) -> Made:
    if _work is None:
        raise RuntimeError("the process was not set up")
    return _work(day)
