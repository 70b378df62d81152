"""The copy opens from the file system: it reads, navigates and draws its charts, with nothing to complain about."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

import pytest

from generator import offline

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Request

pytestmark = pytest.mark.browser
# What a request is told that was still under way when its page was left.
LEFT = "net::ERR_ABORTED"


def test_the_copy_reads_navigates_and_draws(browser: Browser, built_site: Path, tmp_path: Path) -> None:
    """From the disk: a link leads to a page, a touched chart comes alive, a choice redraws, the console stays empty."""
    archive = tmp_path / "copy.zip"
    offline.write_offline(built_site, archive)
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(tmp_path)
    complaints: list[str] = []

    def failed(request: Request) -> None:
        if request.failure != LEFT:
            complaints.append(f"{request.url}: {request.failure}")

    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("requestfailed", failed)
    page.goto((tmp_path / "tandem" / "index.html").as_uri())
    page.locator(".tandem-stage").first.hover()
    page.locator(".tandem-stage.is-live svg").first.wait_for()
    page.get_by_role("link", name="Reports").first.click()
    page.wait_for_url("**/tandem/reports/index.html")
    page.goto((tmp_path / "tandem" / "reports" / "eth-russell-2000" / "four-cuts" / "index.html").as_uri())
    page.locator(".scenario-controls label").nth(2).click()
    page.locator(".tandem-stage.is-live svg").first.wait_for()
    assert "scenario-a.case=2_100" in page.url
    assert complaints == []
    page.close()
