"""Work spread over processes, here or on a Dask cluster; who does which part, and in what order, changes nothing."""

from __future__ import annotations

import ctypes
import math
import os
import sys
import threading
import time
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from generator.errors import BuildError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

Item = TypeVar("Item")
Result = TypeVar("Result")

FEW = 64
"""Up to so many items each is a task of its own; more go in batches, so that what they share is sent less often."""
BATCHES_PER_JOB = 8
KEPT_BYTES = 1 << 27
"""Freed memory up to so much stays with a process."""
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3
"""Numbers of the two settings in glibc's ``malloc.h``."""


def keep_memory() -> None:
    """Let this process keep memory that it freed, and use it again.

    The arrays of a bootstrap live for a millisecond each. Given back to the system every time, they cost more in fresh
    pages than in arithmetic. Only glibc knows these settings; elsewhere nothing changes.
    """
    if sys.platform == "linux" and (setting := getattr(ctypes.CDLL(None), "mallopt", None)):
        setting(M_MMAP_THRESHOLD, KEPT_BYTES // 4)
        setting(M_TRIM_THRESHOLD, KEPT_BYTES)


def spread(
    work: Callable[[Item], Result], items: Sequence[Item], *, jobs: int, cluster: str = "", alone: int = 0
) -> Iterator[tuple[Item, Result]]:
    """Yield every item with its result, in no particular order.

    Parameters
    ----------
    work : callable
        Picklable, pure: equal items give equal results in any process.
    jobs : int
        Processes; with 1, or a single item, none is started.
    cluster : str
        Address of a Dask scheduler that takes the work instead, for example ``tcp://127.0.0.1:8786``.
    alone : int
        So many of the first items take long: they are never put into one batch with others.

    Raises
    ------
    BuildError
        A process was ended from outside, or the cluster does not answer.
    """
    if cluster:
        yield from _on_cluster(work, items, cluster, alone)
        return
    if jobs <= 1 or len(items) <= 1:
        for item in items:
            yield item, work(item)
        return
    from joblib import Parallel, delayed  # noqa: PLC0415 - only where processes are started
    from joblib.externals.loky.process_executor import BrokenProcessPool  # noqa: PLC0415 - the same

    # Fresh interpreters: a copy of a process whose JavaScript engine runs would hang.
    pool = Parallel(n_jobs=min(jobs, len(items)), backend="loky", batch_size=1, return_as="generator_unordered")
    try:
        for done in pool(delayed(_batch)(work, batch, os.getpid()) for batch in _batches(items, jobs, alone)):
            yield from done
    except BrokenProcessPool as error:
        raise BuildError(
            "a process was ended from outside, perhaps for want of memory; run again with --jobs 1"
        ) from error


def _on_cluster(
    work: Callable[[Item], Result], items: Sequence[Item], cluster: str, alone: int
) -> Iterator[tuple[Item, Result]]:
    try:
        from dask.distributed import Client  # noqa: PLC0415 - an extra that few need
    except ImportError:
        raise BuildError("--cluster: needs the extra packages of `pip install 'tandem[cluster]'`") from None
    from joblib import Parallel, delayed, parallel_config  # noqa: PLC0415 - as above

    try:
        client: Any = Client(cluster, timeout="10s", set_as_default=False)  # type: ignore[no-untyped-call]  # has no types
    except (OSError, ValueError) as error:
        raise BuildError(
            f"--cluster: no Dask scheduler answers at {cluster!r} within 10 s ({type(error).__name__})"
        ) from None
    with client:
        workers = max(1, sum(client.nthreads().values()))
        options: dict[Literal["client"], Any] = {"client": client}
        with parallel_config(backend="dask", **options):
            tasks = (delayed(_batch)(work, batch, 0) for batch in _batches(items, workers, alone))
            for done in Parallel(n_jobs=-1, batch_size=1)(tasks):
                yield from done


def _batches(items: Sequence[Item], workers: int, alone: int) -> list[Sequence[Item]]:
    """Return the items in order, in as few parts as keep every worker busy to the end."""
    rest = len(items) - alone
    size = 1 if rest <= FEW else math.ceil(rest / (workers * BATCHES_PER_JOB))
    first = [items[i : i + 1] for i in range(alone)]
    return [*first, *(items[i : i + size] for i in range(alone, len(items), size))]


def _batch(work: Callable[[Item], Result], items: Sequence[Item], parent: int) -> list[tuple[Item, Result]]:
    """Do a batch in a process of its own."""
    if parent:
        _follow(parent)
    return [(item, work(item)) for item in items]


_followed: set[int] = set()


def _follow(parent: int) -> None:
    """Prepare this process for the work: it ends with the one that started it, however that ends."""
    if parent in _followed or parent == os.getpid():
        return
    _followed.add(parent)
    keep_memory()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(0.5)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
