"""Write the tables of studies and of measured costs into the pages of the methods, from the kept files alone.

Run from the root of the repository: ``python -m tests.reference.measured``. A table stands between two comments that
name it; `tests/test_measured.py` fails where a page shows anything else.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

HERE = Path(__file__).parent
COSTS = Path(__file__).parents[1] / "benchmarks" / "results"
METHODS = Path(__file__).parents[2] / "site_src" / "methods"
BLOCK = re.compile(r"<!-- measured: (?P<name>[a-z-]+) -->\n(?P<table>.*?)<!-- end -->", re.DOTALL)


def _kept(name: str, folder: Path = HERE) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / name).read_text(encoding="utf-8"))
    return found


def share(found: dict[str, float]) -> str:
    """Return a share with its Monte-Carlo bounds, in percent."""
    value, lower, upper = (f"{100 * found[key]:.1f}" for key in ("share", "lower", "upper"))
    return f"{value} % ({lower} to {upper})"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "".join("| " + " | ".join(line) + " |\n" for line in lines)


def intervals() -> str:
    """Return how often the bootstrap intervals held the truth."""
    study = _kept("coverage.json")
    rows = [
        (
            row["estimator"].capitalize(),
            str(row["nobs"]),
            "normal" if row["freedom"] is None else f"t({row['freedom']:g})",
            share(row["coverage"]),
            share(row["fisher_coverage"]) if "fisher_coverage" in row else "not meant for it",
        )
        for row in study["intervals"]
    ]
    return table(("Estimator", "Sessions", "Shocks", "Bootstrap", "Fisher"), rows)


def constancy() -> str:
    """Return how often the test of constancy rejected."""
    rows = [(str(row["nobs"]), _change(row), share(row["rejected"])) for row in _kept("coverage.json")["constancy"]]
    return table(("Sessions", "Correlation", "Rejected at 5 %"), rows)


def _change(row: dict[str, Any]) -> str:
    if row["before"] == row["after"]:
        return f"{row['before']} all along"
    return f"{row['before']}, from the middle {row['after']}"


def breaks() -> str:
    """Return how often the interval of a date held it."""
    rows = [
        (
            str(row["nobs"]),
            f"{row['before']} to {row['after']} after session {row['place'] + 1}",
            share(row["coverage"]),
        )
        for row in _kept("coverage.json")["breaks"]
    ]
    return table(("Sessions", "Change", "Interval holds the date"), rows)


def event_tests() -> str:
    """Return how often the tests over events rejected."""
    rows = [(row["test"], row["case"], share(row["rejected"])) for row in _kept("studies.json")["event_tests"]]
    return table(("Test", "Simulated", "Rejected at 5 %"), rows)


def rigobon_sack() -> str:
    """Return what Rigobon & Sack's estimator recovered."""
    rows = [
        (
            f"{row['policy_sd'] / row['control_sd']:g} times",
            f"{row['truth']:g}",
            f"{row['median']:.2f}",
            f"{row['median_ols']:.2f}",
            f"{100 * row['bounded']:.1f} %",
            share(row["coverage"]),
        )
        for row in _kept("studies.json")["rigobon_sack"]
    ]
    head = (
        "Policy news on event days",
        "Truth",
        "Median",
        "Least squares",
        "Bounded interval",
        "Interval holds the truth",
    )
    return table(head, rows)


def variance_ratio() -> str:
    """Return how often the interval of the variance ratio held the truth."""
    rows = [(row["returns"], share(row["coverage"])) for row in _kept("studies.json")["variance_ratio"]]
    return table(("Returns", "Interval holds the ratio"), rows)


def weighted() -> str:
    """Return how often the interval of the weighted correlation held the truth."""
    rows = [(row["returns"], share(row["coverage"])) for row in _kept("studies.json")["weighted"]]
    return table(("Returns", "Interval holds the truth"), rows)


def dcc() -> str:
    """Return what the DCC model recovered."""
    rows = [
        (
            str(row["nobs"]),
            *(
                f"{true:g}: {mean:.3f} ± {sd:.3f}"
                for true, mean, sd in zip(row["truth"], row["mean"], row["sd"], strict=True)
            ),
            f"{row['latest_rmse']:.3f}",
            share(row["coverage"]),
        )
        for row in _kept("studies.json")["dcc"]
    ]
    head = ("Sessions", "a", "b", "Long-run level", "Error of the last day", "Interval holds the truth")
    return table(head, rows)


def base_rates() -> str:
    """Return how often the interval of a base rate held the truth."""
    rows = [
        (str(row["horizon"]), f"{100 * row['truth']:.1f} %", share(row["coverage"]))
        for row in _kept("studies.json")["base_rate"]
    ]
    return table(("Sessions ahead", "True share", "Interval holds it"), rows)


def scale() -> str:
    """Return what sites of many pairs cost."""
    rows = [
        (
            str(row["pairs"]),
            f"{row['cold']['wall']:.1f}",
            f"{row['unchanged']['wall']:.1f}",
            f"{max(row[name]['peak_mb'] for name in ('cold', 'unchanged')):.0f}",
            f"{row['site_bytes'] / 1e6:.1f}",
        )
        for row in _kept("scale.json", COSTS)["rows"]
    ]
    return table(("Pairs", "First, s", "Again, s", "Peak, MB", "Site, MB"), rows)


def scale_stages() -> str:
    """Return the stages of the first builds of the same sites."""
    stages = ("analyse", "pages and charts", "html")
    rows = [
        (str(row["pairs"]), *(f"{row['cold']['stages'][name]:.1f}" for name in stages))
        for row in _kept("scale.json", COSTS)["rows"]
    ]
    return table(("Pairs", "Analysis, s", "Pages, s", "HTML, s"), rows)


def rebuild() -> str:
    """Return what a first build, the next session's and an unchanged one cost."""
    kept = _kept("rebuild.json", COSTS)["rows"]
    first = kept[0]["wall"]
    rows = [
        (
            row["name"] if row["stages"] else f"`{row['name']}`",
            f"{row['wall']:.1f}" if row["wall"] >= 1 else f"{row['wall']:.2f}",
            f"{row['processor']:.1f}" if row["processor"] >= 1 else f"{row['processor']:.2f}",
            f"{100 * row['wall'] / first:.1f} %",
        )
        for row in kept
    ]
    return table(("Run", "Seconds", "Processor", "Share"), rows)


def rebuild_stages() -> str:
    """Return the stages of the same builds."""
    kept = [row for row in _kept("rebuild.json", COSTS)["rows"] if row["stages"]]
    rows = [(stage, *(f"{row['stages'][stage]:.1f}" for row in kept)) for stage in kept[0]["stages"]]
    return table(("Stage, seconds", *(row["name"] for row in kept)), rows)


def peers() -> str:
    """Return how long a reader would wait for what can be used instead."""
    rows = [
        (row["name"], f"{row['wall']:.1f}", f"{row['processor']:.1f}") for row in _kept("peers.json", COSTS)["rows"]
    ]
    return table(("Tool", "Seconds", "Processor"), rows)


def peers_pages() -> str:
    """Return what the pages of the same tools weigh."""
    rows = [
        (row["name"], f"{row['bytes'] / 1e3:.0f}", str(row["outside"])) for row in _kept("peers.json", COSTS)["rows"]
    ]
    return table(("Tool", "kB sent", "Requests elsewhere"), rows)


def kernels() -> str:
    """Return how the own kernels compare with the libraries' forms."""
    names = {
        "bootstrap": "Bootstrap interval of a correlation, against `arch`",
        "dcc": "DCC recursion, against a loop over days",
        "rolling": "Rolling correlation, against `pandas`",
        "leads": "Leads and lags, against `statsmodels`",
        "rolling_beta": "Rolling beta with errors, against `RollingOLS`",
        "rolling_beta_hac": "Rolling beta with HAC errors, against one regression a window (100 windows)",
    }
    rows = [
        (
            names[row["kernel"]],
            f"{1e3 * row['own']:.2f}",
            f"{1e3 * row['library']:.1f}",
            f"{row['ratio']:.1f}",
        )
        for row in _kept("kernels.json", COSTS)["rows"]
    ]
    return table(("Computation", "Ours, ms", "Library, ms", "Ratio"), rows)


TABLES: dict[str, Callable[[], str]] = {
    "intervals": intervals,
    "constancy": constancy,
    "breaks": breaks,
    "event-tests": event_tests,
    "rigobon-sack": rigobon_sack,
    "variance-ratio": variance_ratio,
    "weighted": weighted,
    "dcc": dcc,
    "base-rates": base_rates,
    "scale": scale,
    "scale-stages": scale_stages,
    "rebuild": rebuild,
    "rebuild-stages": rebuild_stages,
    "peers": peers,
    "peers-pages": peers_pages,
    "kernels": kernels,
}


def filled(text: str) -> str:
    """Return a page with every table as the kept files give it."""
    return BLOCK.sub(
        lambda found: f"<!-- measured: {found['name']} -->\n\n{TABLES[found['name']]()}\n<!-- end -->", text
    )


def main() -> None:
    """Fill in every page."""
    for page in sorted(METHODS.glob("*.md")):
        text = page.read_text(encoding="utf-8")
        if filled(text) != text:
            page.write_text(filled(text), encoding="utf-8")


if __name__ == "__main__":
    main()
