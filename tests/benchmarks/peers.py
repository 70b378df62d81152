"""Times what a user would take instead of Tandem, and Tandem, on the same two series, in turn.

    python tests/benchmarks/peers.py [--runs 3] [--out FILE.json]

The peers are a quantstats report and a notebook of six charts executed by nbconvert, once with matplotlib and once with
Altair. They are installed, from the locked versions beside this script, into an environment of their own. The series
are made-up random walks on real sessions. Tandem runs `compare` in an empty folder: every page, nothing kept from
before. What a page sends is its HTML and the files of its own that it names, each compressed.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import platform
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).parents[2]
REQUIREMENTS = Path(__file__).with_name("peers-requirements.txt")
YEARS = ("2014-01-02", "2025-12-31")
SPECIFICATIONS = "specifications.returns.count"
QUANTSTATS = """
import warnings; warnings.filterwarnings("ignore")
import pandas as pd, quantstats as qs
a, b = (pd.read_csv(name, index_col=0, parse_dates=True)["close"].pct_change().dropna() for name in ("a.csv", "b.csv"))
qs.reports.html(a, benchmark=b, output="quantstats.html", title="A against B")
"""
PREPARE = """
import numpy as np, pandas as pd
a, b = (pd.read_csv(n, index_col=0, parse_dates=True)["close"].rename(n[0]) for n in ("a.csv", "b.csv"))
p = pd.concat([a, b], axis=1).dropna(); r = np.log(p).diff().dropna(); index = 100 * p / p.iloc[0]
rolling = pd.DataFrame({w: r["a"].rolling(w).corr(r["b"]) for w in (63, 126, 252)}); drawdown = p / p.cummax() - 1
beta = (r["a"].rolling(252).cov(r["b"]) / r["b"].rolling(252).var()).rename("beta").to_frame()
years = r.groupby(r.index.year).apply(lambda f: f["a"].corr(f["b"])).rename("corr").to_frame()
"""
DRAWN = (
    "index.plot(ax=ax, logy=True)",
    "rolling.plot(ax=ax)",
    "drawdown.plot(ax=ax)",
    "beta.plot(ax=ax)",
    "ax.scatter(r['b'], r['a'], s=4)",
    "years.plot.bar(ax=ax)",
)
MATPLOTLIB = (
    "import matplotlib.pyplot as plt",
    *(f"fig, ax = plt.subplots(figsize=(9, 4)); {draw}; plt.show()" for draw in DRAWN),
)
LONG = "chart = lambda f: alt.Chart(f.rename_axis('date').reset_index().melt('date')).properties(width=700)"
LINES = ("index", "rolling", "drawdown", "beta")
ALTAIR = (
    f"import altair as alt; alt.data_transformers.disable_max_rows(); {LONG}",
    *(f"chart({name}).mark_line().encode(x='date:T', y='value:Q', color='variable:N')" for name in LINES),
    "alt.Chart(r).mark_circle(size=8).encode(x='b:Q', y='a:Q')",
    "alt.Chart(years.reset_index(names='year')).mark_bar().encode(x='year:O', y='corr:Q')",
)
OUTSIDE = re.compile(r"""(?:src|href)=["'](?:https?:)?//[^"']+\.(?:js|css|png|svg|ico)[^"']*|https://cdn[^"'\s]+\.js""")
OWN = re.compile(r"""<(?:script|link|img)[^>]+?(?:src|href)=["']?(?!https?:|data:|//)([^"'\s>]+\.(?:js|css|svg|png))""")


def inputs(folder: Path) -> None:
    """Write two related random walks."""
    days = pd.bdate_range(*YEARS)
    common, *own = np.random.default_rng(1).standard_normal((3, len(days)))
    for name, noise, scale in zip("ab", own, (0.035, 0.013), strict=True):
        closes = pd.Series(100 * np.exp(np.cumsum(scale * (0.7 * common + 0.7 * noise))), index=days, name="close")
        closes.rename_axis("date").to_csv(folder / f"{name}.csv", float_format="%.6f")


def notebook(folder: Path, name: str, cells: Sequence[str]) -> None:
    """Write a notebook; its charts are what its cells end with."""
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python", "language": "python"}}
    code = [
        {"cell_type": "code", "metadata": {}, "execution_count": None, "outputs": [], "source": text, "id": f"c{i}"}
        for i, text in enumerate([PREPARE, *cells])
    ]
    body = {"nbformat": 4, "nbformat_minor": 5, "metadata": kernel, "cells": code}
    (folder / f"{name}.ipynb").write_text(json.dumps(body), encoding="utf-8")


def peers_environment(folder: Path) -> Path:
    """Return the Python of an environment that has the peers."""
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    install = [python, "-m", "pip", "install", "-qq", "--disable-pip-version-check", "--require-hashes"]
    subprocess.run([*install, "-r", REQUIREMENTS], check=True)
    return python


def timed(command: Sequence[str | Path], folder: Path) -> dict[str, float]:
    """Run a command and return its wall time and the processor time of it and of all it started, in seconds."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    unset = {"PYTHONDONTWRITEBYTECODE"}
    environment = {key: value for key, value in os.environ.items() if key not in unset} | {"OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    wall, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode not in {0, 3}:
        raise SystemExit(done.stderr[-3000:])
    return {"wall": wall, "processor": after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime}


def sent(page: Path, root: Path) -> dict[str, int]:
    """Return the compressed bytes of a page with its own files, and how many files of others it asks for."""
    text = page.read_text(encoding="utf-8")
    files = {
        (page.parent / name).resolve() if not name.startswith("/") else root / name[1:] for name in OWN.findall(text)
    }
    bodies = [page, *sorted(file for file in files if file.is_file())]
    return {
        "bytes": sum(len(gzip.compress(file.read_bytes(), 9)) for file in bodies),
        "outside": len(set(OUTSIDE.findall(text))),
    }


def main() -> None:
    """Run all in turn, and print and keep the medians."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=3, help="runs of each, after one that does not count")
    parser.add_argument("--python", type=Path, help="a Python that has the peers; default: one is made")
    parser.add_argument("--out", type=Path, help="also write the figures as JSON")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        inputs(folder)
        notebook(folder, "matplotlib", MATPLOTLIB)
        notebook(folder, "altair", ALTAIR)
        (folder / "report_quantstats.py").write_text(QUANTSTATS, encoding="utf-8")
        python = chosen.python or peers_environment(folder / "peers")
        convert = [python, "-m", "nbconvert", "--to", "html", "--execute"]
        commands: dict[str, list[str | Path]] = {
            "quantstats report": [python, "report_quantstats.py"],
            "notebook, matplotlib": [*convert, "matplotlib.ipynb"],
            "notebook, Altair": [*convert, "altair.ipynb"],
        }
        runs: dict[str, list[dict[str, float]]] = {name: [] for name in [*commands, "Tandem, all pages"]}
        for turn in range(chosen.runs + 1):
            for name, command in commands.items():
                runs[name].append(timed(command, folder))
            out = folder / f"tandem-{turn}"
            ours = [
                sys.executable,
                "-m",
                "generator",
                "compare",
                folder / "a.csv",
                folder / "b.csv",
                "--out",
                out,
                "--quiet",
            ]
            runs["Tandem, all pages"].append(timed(ours, ROOT))
        found = next(out.rglob("findings.json"))
        home = next(path.parent for path in out.rglob("index.html") if (path.parent / "sitemap.xml").is_file())
        page = next(home.glob("reports/*/correlation/index.html"))
        weights = {
            "quantstats report": sent(folder / "quantstats.html", folder),
            "notebook, matplotlib": sent(folder / "matplotlib.html", folder),
            "notebook, Altair": sent(folder / "altair.html", folder),
            "Tandem, all pages": sent(page, home),
        }
        numbers = json.loads(found.read_text(encoding="utf-8"))["numbers"]
        rows = [
            {
                "name": name,
                **{key: statistics.median(run[key] for run in each[1:]) for key in ("wall", "processor")},
                **weights[name],
            }
            for name, each in runs.items()
        ]
        result: dict[str, Any] = {
            "runs": chosen.runs,
            "cores": os.cpu_count(),
            "python": platform.python_version(),
            "specifications": numbers[SPECIFICATIONS]["value"],
            "pages": sum(1 for _ in home.rglob("index.html")),
            "rows": rows,
        }
    print(json.dumps(result, indent=1))  # noqa: T201 - this is a script
    if chosen.out:
        chosen.out.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
