"""No rule of axe-core is broken, in light and in dark, with charts asleep and awake."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from .conftest import Site, Visit

pytestmark = [pytest.mark.browser, pytest.mark.network]

AXE = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture(scope="module")
def axe() -> str:
    """Return the checker; without it the tests are skipped, in CI they fail."""
    if not AXE.is_file():
        message = "axe-core is not installed; sh .ci/browser_packages brings it"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    return AXE.read_text(encoding="utf-8")


def broken(here: Visit, axe: str, rules: list[str] | None = None) -> list[str]:
    """Return what axe-core finds wrong on the page as it stands; with `rules`, by these alone."""
    here.page.evaluate(f"() => {{ {axe} }}")
    only = {"type": "rule", "values": rules} if rules else {"type": "tag", "values": RULES}
    found = here.page.evaluate("(only) => axe.run({ runOnly: only, resultTypes: ['violations'] })", only)
    return [f"{v['id']}: {node['target']} {node['failureSummary']}" for v in found["violations"] for node in v["nodes"]]


def every_page(site: Site) -> list[str]:
    """Return every page, of the charts alone two: they hold the same parts."""
    alone = [page for page in site.pages() if page.startswith("charts/")]
    return [page for page in site.pages() if page not in alone[2:]]


PHONE = {"width": 390, "is_mobile": True, "has_touch": True}


@pytest.mark.parametrize(
    ("screen", "scheme", "rules"),
    [(PHONE, "light", None), ({"width": 1280}, "dark", ["color-contrast", "link-in-text-block", "target-size"])],
    ids=["phone", "desk"],
)
def test_pages_break_no_rule(  # noqa: PLR0917 - fixtures and parameters
    site: Site, visit: Callable[..., Visit], axe: str, screen: dict[str, Any], scheme: str, rules: list[str] | None
) -> None:
    """WCAG 2.2 AA and axe-core's own advice hold on every page on a phone; in the dark colours and sizes."""
    here = visit(scheme=scheme, **screen)
    here.page.route("**/*.svg", lambda route: route.abort())  # what a picture holds is not looked at
    wrong = {}
    for address in every_page(site):
        here.page.goto(f"http://127.0.0.1:8000/{address}", wait_until="load")
        found = broken(here, axe, rules)
        if found:
            wrong[address] = found
    assert wrong == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_live_charts_and_panels_break_no_rule(visit: Callable[..., Visit], axe: str, scheme: str) -> None:
    """A live chart with its readout, an open panel and an open table are as accessible as the still page."""
    here = visit(scheme=scheme)
    here.open("reports/eth-russell-2000/correlation/")
    stage = here.page.locator(".tandem-stage").first
    stage.focus()
    stage.locator(".tandem-live[data-ready]").wait_for()
    here.page.keyboard.press("End")
    here.page.locator("[data-action=cite]").first.click()
    assert broken(here, axe) == []
    here.page.locator("[data-view=table]").first.click()
    assert broken(here, axe) == []
