"""Each page that names a card has it, and the card says what the page says."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path


def test_every_named_card_is_there(built_project: Path) -> None:
    """Home, claims and the pages of each pair name a card of their own, and the file is on the site."""
    named = {}
    for path in sorted((built_project / "site_src").rglob("*.md")):
        head = path.read_text(encoding="utf-8").split("---\n", 2)[1:2]
        found = re.search(r'^card: "(.+)"$', head[0], re.MULTILINE) if head else None
        if found:
            named[path.relative_to(built_project / "site_src").as_posix()] = found[1]
    assert named["index.md"] == "home"
    assert named["reports/eth-russell-2000/index.md"] == "eth-russell-2000-overview"
    assert named["claims/near-perfect-correlation.md"] == "claim-near-perfect-correlation"
    assert len(set(named.values())) == len(named)
    for name in (*named.values(), "tandem"):
        assert (built_project / "site" / "cards" / f"{name}.png").stat().st_size > 1000


def test_pages_say_what_a_preview_shows(built_pages: dict[str, Any]) -> None:
    """Title and description for other sites stand in every page of the theme; without an address there is no image."""
    for page, tree in built_pages.items():
        if page.startswith("charts/"):
            continue
        assert tree.xpath("string(//meta[@property='og:title']/@content)"), page
        assert tree.xpath("string(//meta[@property='og:description']/@content)"), page
        assert tree.xpath("//meta[@property='og:image']") == [], page
