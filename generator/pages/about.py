"""Who answers for the site, how to report an error, what was corrected, licences, privacy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from generator.editions.archive import address
from generator.report import Page, SiteContext

if TYPE_CHECKING:
    from collections.abc import Mapping

TEXT_LICENCE = "Creative Commons Attribution 4.0"
TEXT_LICENCE_URL = Markup("https://creativecommons.org/licenses/by/4.0/")
CODE_LICENCE = "Apache License 2.0"
DESCRIPTION = "Who answers for this site, how to report an error, how corrections are made, licences, privacy."


def contact_link(contact: str) -> dict[str, Any]:
    """Return the words for a contact and the link behind them; no link where the contact is neither address."""
    href = ""
    if contact.startswith("https://"):
        href = contact
    elif "@" in contact and " " not in contact:
        href = f"mailto:{contact}"
    safe = href and not set(href) & set("()<>[]\"'`\\")
    return {"words": contact, "href": Markup(href) if safe else ""}  # noqa: S704 - nothing in it can end the link


def compose(context: SiteContext) -> Mapping[str, Any]:
    """Return the contact, the log of corrections, newest first, and the revised editions."""
    config = context.config
    corrections = sorted(enumerate(config.corrections, start=1), key=lambda item: (item[1].on, item[0]), reverse=True)
    return {
        "description": DESCRIPTION,
        "text_licence": TEXT_LICENCE,
        "text_licence_url": TEXT_LICENCE_URL,
        "code_licence": CODE_LICENCE,
        "contact": contact_link(config.site.contact),
        "corrections": [
            {
                "anchor": f"correction-{place}",
                "on": item.on,
                "page": item.page,
                "said": item.said,
                "right": item.right,
                "why": item.why,
            }
            for place, item in corrections
        ],
        "revisions": [
            {
                "as_of": manifest.as_of,
                "revision": manifest.revision,
                "address": address(manifest),
                "reason": manifest.reason,
            }
            for edition in reversed(context.editions)
            for manifest in edition.revisions[1:]
        ],
    }


PAGE = Page(path="about/index.md", title="About", template="pages/about.md.j2", compose=compose)
