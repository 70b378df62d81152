"""Builds sites of many pairs from made-up data and writes what they cost: time per stage, peak memory, bytes.

    python tests/benchmarks/scale.py [--pairs 1,10,50,200,500] [--out FILE.json]

Every build runs in a process of its own, in an empty folder, with the real command line. The data are independent
random walks on real sessions: they cost what real data costs and say nothing about markets.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from generator.site import GENERATED, GENERATED_FILES

ROOT = Path(__file__).parents[2]
YEARS = ("2016-01-04", "2025-12-31")
AS_OF = "2025-12-31"
NOW = "2026-01-02T06:00:00+00:00"
SERIES = """
[series.{name}]
label = "Asset {number}"
short = "A{number}"
kind = "price"
calendar = "XNYS"
unit = "USD"
colour = {{ light = "#2f6db3", dark = "#7fb2e8" }}
sources = [{{ source = "yahoo", symbol = "A{number}" }}]
csv = {{ file = "prices.csv", column = "{name}" }}
"""
REPORT = """
[site]
title = "Scale"
description = "Made-up data, to measure what a build costs."
authority = "scale.invalid"
featured = "first"

[run]
seed = 1
reps = 9999
level = 0.95
start = 2016-01-04
windows = [21, 63, 126, 252]
claim_date = 2025-10-07
market_control_yield = "dgs2"
editions = false
detailed_pairs = 1

[[pairs]]
slug = "first"
title = "The first two"
a = "s000"
b = "s001"
market = "market"

[series.dgs2]
label = "2-year yield"
short = "2Y"
kind = "rate_pct"
calendar = "SIFMA"
unit = "percent"
colour = { light = "#2f6db3", dark = "#7fb2e8" }
sources = [{ source = "fred", symbol = "DGS2" }]
csv = { file = "prices.csv", column = "dgs2" }
"""


def project(folder: Path, pairs: int) -> None:
    """Write a project with one pair in full and `pairs` overviews, and its data."""
    names = [f"s{i:03d}" for i in range(2 + int(np.ceil((1 + np.sqrt(1 + 8 * (pairs + 1))) / 2)))]
    days = pd.bdate_range(*YEARS)
    rng = np.random.default_rng(pairs)
    steps = 0.02 * rng.standard_normal((len(days), len(names) + 1))
    prices = 100 * np.exp(np.cumsum(steps, axis=0))
    frame = pd.DataFrame(prices, index=days, columns=[*names, "market"])
    frame["dgs2"] = 3 + np.cumsum(0.03 * rng.standard_normal(len(days)))
    data = folder / "data"
    data.mkdir(parents=True)
    frame.rename_axis("date").to_csv(data / "prices.csv", float_format="%.6f")
    text = REPORT + "".join(SERIES.format(name=name, number=i) for i, name in enumerate([*names, "market"]))
    chosen = [(a, b) for i, a in enumerate(names) for b in names[i + 1 :]][1 : pairs + 1]
    for a, b in chosen:
        text += f'\n[[overviews]]\nslug = "{a}-{b}"\ntitle = "{a} and {b}"\na = "{a}"\nb = "{b}"\nmarket = "market"\n'
    (folder / "report.toml").write_text(text, encoding="utf-8")
    shutil.copy2(ROOT / "mkdocs.yml", folder)
    shutil.copytree(ROOT / "templates", folder / "templates")
    made = {ROOT / "site_src" / name for name in (*GENERATED, *GENERATED_FILES)}

    def generated(place: str, names: list[str]) -> list[str]:
        return [name for name in names if Path(place, name) in made]

    shutil.copytree(ROOT / "site_src", folder / "site_src", ignore=generated)


def build(folder: Path) -> dict[str, Any]:
    """Build once and return the stages' seconds, the processor time and the peak memory of the largest process."""
    script = (
        "import json, resource, sys, time; from generator.cli import main; began = time.perf_counter();"
        "code = main(sys.argv[1:]); own = resource.getrusage(resource.RUSAGE_SELF);"
        "children = resource.getrusage(resource.RUSAGE_CHILDREN);"
        "print(json.dumps({'exit': code, 'wall': time.perf_counter() - began,"
        " 'peak_mb': max(own.ru_maxrss, children.ru_maxrss) / 1024}), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, "build", "--data", "data", "--as-of", AS_OF, "--json", "--quiet"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "TANDEM_NOW": NOW, "OPENBLAS_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(done.stderr[-2000:])
    cost = json.loads(done.stderr.splitlines()[-1])
    if cost["exit"] not in {0, 3}:
        raise SystemExit(done.stderr[-2000:])
    return {**cost, "stages": json.loads(done.stdout)["seconds"]}


def size(folder: Path) -> int:
    """Return the bytes of a folder's files."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def main() -> None:
    """Measure each size cold and unchanged, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", default="1,10,50,200,500", help="numbers of overviews; default: %(default)s")
    parser.add_argument("--out", type=Path, help="also write the figures as JSON")
    chosen = parser.parse_args()
    rows = []
    for pairs in map(int, chosen.pairs.split(",")):
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place)
            project(folder, pairs)
            cold = build(folder)
            again = build(folder)
            rows.append({"pairs": pairs, "cold": cold, "unchanged": again, "site_bytes": size(folder / "site")})
        stages = ", ".join(f"{name} {seconds:.1f}" for name, seconds in cold["stages"].items())
        print(  # noqa: T201 - this is a script
            f"{pairs:4d} overviews: cold {cold['wall']:.1f} s ({stages}), unchanged {again['wall']:.1f} s, "
            f"peak {max(cold['peak_mb'], again['peak_mb']):.0f} MB, site {rows[-1]['site_bytes'] / 1e6:.1f} MB"
        )
    if chosen.out:
        result = {"cores": os.cpu_count(), "python": platform.python_version(), "rows": rows}
        chosen.out.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
