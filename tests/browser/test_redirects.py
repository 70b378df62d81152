"""A moved page in Chromium without JavaScript: the reader arrives, and the policy has nothing against it."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from generator import ledger
from generator.config import Redirect
from generator.csp import MARK, inline_scripts, policy
from generator.linkcheck import read_pages
from generator.render import environment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

ROOT = Path(__file__).parents[2]
OLD = {
    "/moved/once/": "/about/",
    "/moved/far/away/": "/reports/eth-russell-2000/correlation/#every-window-and-estimator",
}
pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def moved(built_site: Path) -> Iterator[None]:
    """Add the redirects to the served site, with the policy a build would give them, and take them away again."""
    redirects = [Redirect.model_validate({"from": old, "to": to}) for old, to in OLD.items()]
    names = {"site": "Tandem", "site_url": ""}
    ledger.write_redirects(built_site, redirects, read_pages(built_site), environment(ROOT / "templates"), names)
    for old in OLD:
        path = built_site / old.strip("/") / "index.html"
        html = path.read_text(encoding="utf-8")
        words = policy(inline_scripts(html))
        path.write_text(
            html.replace(MARK, f'<meta http-equiv="Content-Security-Policy" content="{words}">'), encoding="utf-8"
        )
    yield
    shutil.rmtree(built_site / "moved")


@pytest.mark.usefixtures("moved")
@pytest.mark.parametrize("old", OLD)
@pytest.mark.parametrize("scripts", [False, True])
def test_a_moved_page_leads_on(visit: Callable[..., Any], old: str, scripts: bool) -> None:  # noqa: FBT001 - a parameter
    """With and without JavaScript the new page opens at the right place."""
    seen = visit(java_script_enabled=scripts)
    seen.page.goto(f"http://127.0.0.1:8000{old}", wait_until="commit")
    seen.page.wait_for_url(f"http://127.0.0.1:8000{OLD[old]}")
    assert seen.page.locator("h1").count() == 1
    assert [line for line in seen.complaints if "Content Security Policy" in line] == []
