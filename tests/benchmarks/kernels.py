"""Keeps how many times as fast each own kernel is as the library's form of the same numbers.

    python -m tests.benchmarks.kernels [--out FILE.json]

Both forms run in turn; the medians and their ratio are kept. `test_kernel_benchmarks.py` has the kernels, and the test
that both forms give the same numbers.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import time
from pathlib import Path
from typing import TYPE_CHECKING

from tests.benchmarks.test_kernel_benchmarks import KERNELS

if TYPE_CHECKING:
    from collections.abc import Callable

OWN_RUNS = 10
"""Runs of the own form beside each of the library's."""


def seconds(run: Callable[[], object]) -> float:
    """Return the wall time of one run."""
    began = time.perf_counter()
    run()
    return time.perf_counter() - began


def main() -> None:
    """Time every kernel, print the ratios and keep them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, help="also write the figures as JSON")
    chosen = parser.parse_args()
    rows = []
    for name, maker in KERNELS.items():
        kernel = maker()
        seconds(kernel.ours)  # the first run imports and warms up
        own: list[float] = []
        library: list[float] = []
        for _ in range(max(kernel.rounds, 3)):
            library.append(seconds(kernel.library))
            own += [seconds(kernel.ours) for _ in range(OWN_RUNS)]
        row = {"kernel": name, "own": statistics.median(own), "library": statistics.median(library)}
        rows.append({**row, "ratio": row["library"] / row["own"], "tolerance": kernel.tolerance})
        print(f"{name}: {rows[-1]['ratio']:.0f} times as fast")  # noqa: T201 - this is a script
    result = {"cores": os.cpu_count(), "python": platform.python_version(), "rows": rows}
    if chosen.out:
        chosen.out.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
