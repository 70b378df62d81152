"""Pages as they were last looked at and accepted.

When a page changes on purpose, look at the difference and accept it:

    python -m pytest tests/test_golden.py --accept-golden

A page that differs is saved in tests/golden/actual/, beside the accepted one in tests/golden/pages/.
"""

from __future__ import annotations

import difflib
import json
import shutil
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from generator.findings import Estimate, anchor
from generator.formatting import interval, plain, shown
from generator.reports import REPORTS

if TYPE_CHECKING:
    from collections.abc import Callable

GOLDEN = Path(__file__).parent / "golden"
PAIR = "reports/eth-russell-2000"
PAGES = (
    "index.md",
    "reports/index.md",
    "data/index.md",
    *(f"{PAIR}/{report.slug or 'index'}.md" for report in REPORTS),
)


@pytest.fixture(scope="module")
def numbers(built_project: Path) -> dict[str, Any]:
    """Return the published numbers of the featured pair."""
    path = built_project / "site_src" / "data" / "eth-russell-2000" / "findings.json"
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))["numbers"]
    return found


def estimate(body: dict[str, Any]) -> Estimate:
    """Return a number of the findings file as it was published."""
    return Estimate(**{**body, "first": date.fromisoformat(body["first"]), "last": date.fromisoformat(body["last"])})


@pytest.mark.parametrize("name", PAGES)
def test_page_is_the_accepted_one(built_project: Path, name: str, request: pytest.FixtureRequest) -> None:
    """A page from the frozen sample changes only when somebody has looked at it."""
    actual = built_project / "site_src" / name
    accepted, aside = GOLDEN / "pages" / name, GOLDEN / "actual" / name
    if request.config.getoption("--accept-golden"):
        accepted.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(actual, accepted)
        shutil.rmtree(GOLDEN / "actual", ignore_errors=True)
    new = actual.read_text(encoding="utf-8")
    old = accepted.read_text(encoding="utf-8") if accepted.is_file() else ""
    if new != old:
        aside.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(actual, aside)
        lines = difflib.unified_diff(old.splitlines(), new.splitlines(), "accepted", "actual", lineterm="", n=0)
        shortened = [line if len(line) <= 300 else line[:299] + "…" for line in lines][:40]
        pytest.fail(f"{name} differs from the accepted page; it is saved as {aside}\n" + "\n".join(shortened))


def test_no_golden_page_is_left_over() -> None:
    """A page that is no longer made has no accepted copy."""
    assert {p.relative_to(GOLDEN / "pages").as_posix() for p in (GOLDEN / "pages").rglob("*.md")} == set(PAGES)


def said_correlation(numbers: dict[str, Any]) -> list[str]:
    """Return every window and estimator with its anchor, and the answer with value and interval."""
    number = estimate(numbers["correlation.pearson.daily.252"])
    ids = [
        k
        for k in numbers
        if k.startswith("correlation.") and ".daily." in k and k.split(".")[1] in {"pearson", "spearman", "kendall"}
    ]
    assert len(ids) >= 15
    return [
        f"Over the last 252 sessions the daily returns of Ether and the Russell 2000 correlated {plain(shown(number))}",
        f"95 % interval {plain(interval(number))}",
        *(f'id="{anchor(number_id)}"' for number_id in ids),
    ]


def said_levels(numbers: dict[str, Any]) -> list[str]:
    """Return the price correlation of every window, beside both of its nulls."""
    return [
        f'id="{anchor(f"levels.{kind}.{window}")}"'
        for window in (63, 126, 252)
        for kind in ("pearson", "null_share", "null_share_history")
    ] + [f"correlated {plain(shown(estimate(numbers['levels.pearson.252'])))}"]


def said_rates(_numbers: dict[str, Any]) -> list[str]:
    """Return the reaction of both assets and of the control to the 2-year yield."""
    return [f'id="{anchor(f"rates.beta.dgs2.{role}.{span}")}"' for role in "abm" for span in (252, "all")]


def said_since(numbers: dict[str, Any]) -> list[str]:
    """Return both moves since the claim, and how often both rose anyway."""
    moves = [plain(shown(estimate(numbers[f"since.{role}.return"]))) for role in ("a", "b")]
    return [f"Ether moved {moves[0]}", f"Russell 2000 {moves[1]}", 'id="since-joint-up-252"', "are not reached yet"]


def said_home(numbers: dict[str, Any]) -> list[str]:
    """Return the question, and three numbers with their intervals."""
    number = estimate(numbers["correlation.pearson.daily.252"])
    return [
        "# Do Ether and small caps move in tandem, and is it the Fed?",
        f"their returns correlated {plain(shown(number))} &#40;95 % interval {plain(interval(number))}&#41;",
        'id="correlation-pearson-daily-63"',
        'id="levels-pearson-252"',
    ]


SAID: dict[str, Callable[[dict[str, Any]], list[str]]] = {
    "index.md": said_home,
    "reports/index.md": lambda n: [
        "Ether and the Russell 2000",
        str(shown(estimate(n["correlation.pearson.daily.252"]))),
    ],
    "data/index.md": lambda _: ['id="series-eth-usd"', 'id="series-dgs2"', "simulated; free to use", "checks ran and"],
    f"{PAIR}/index.md": lambda _: [
        "show a ",
        'href="correlation/#correlation-pearson-daily-252"',
        'href="levels/#levels-null-share-252"',
        'href="since-the-claim/#since-a-return"',
    ],
    f"{PAIR}/correlation.md": said_correlation,
    f"{PAIR}/levels.md": said_levels,
    f"{PAIR}/specifications.md": lambda n: (
        [
            f'id="{anchor(f"specifications.{kind}.{part}")}"'
            for kind in ("returns", "levels")
            for part in ("count", "median", "share_above_0.9", "share_above_0.7")
        ]
        + [str(shown(estimate(n["specifications.returns.count"]))).replace("\u202f", " ")]
    ),
    f"{PAIR}/compare.md": lambda _: [
        f'id="{anchor(f"{kind}.{span}")}"'
        for kind in ("partial.market", "partial.market_and_rates", "difference.market")
        for span in (252, "all")
    ],
    f"{PAIR}/rates.md": said_rates,
    f"{PAIR}/fomc.md": lambda _: ['id="meeting-2020-03-15"', 'id="meeting-2025-10-29"', 'id="spells-current"'],
    f"{PAIR}/four-cuts.md": lambda _: ["consecutive"],
    f"{PAIR}/since-the-claim.md": said_since,
}


@pytest.mark.parametrize("name", PAGES)
def test_page_says_what_it_must(built_project: Path, numbers: dict[str, Any], name: str) -> None:
    """Whatever was accepted: the page says this, with the numbers of the findings file."""
    text = (built_project / "site_src" / name).read_text(encoding="utf-8").replace("\u202f", " ")
    assert [words for words in SAID[name](numbers) if words not in text] == []
    assert text.startswith("---\ntitle: ")
    assert "simulated sample data, not market data" in text or name == "reports/index.md"
