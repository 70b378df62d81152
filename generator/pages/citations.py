"""The citation box of a page: the frozen address first, the newest beside it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.citation import Work, bibtex, csl_json, full, inline

if TYPE_CHECKING:
    from generator.report import SiteContext


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """What the box shows.

    Parameters
    ----------
    latest, frozen : str
        Absolute addresses; `frozen` is empty where there is no edition of the page's date.
    forms : tuple of (label, text)
        The citation in every form, ready to be copied.
    """

    latest: str
    frozen: str
    forms: tuple[tuple[str, str], ...]

    @property
    def shown(self) -> list[tuple[str, list[str]]]:
        """The forms line by line: a template makes one line of a text."""
        return [(label, text.splitlines()) for label, text in self.forms]


def cite(context: SiteContext, title: str, address: str, pair: str, anchor: str = "") -> Citation | None:
    """Return the citation of a page, None where the site has no address of its own: nobody could follow it.

    Parameters
    ----------
    address : str
        Site-absolute address of the page.
    pair, anchor : str
        Where the page stands in an edition.
    """
    base = str(context.provenance["site_url"]).rstrip("/")
    if not base:
        return None
    origin = context.provenance
    frozen = f"{base}{context.frozen.address(pair)}{anchor}" if context.frozen else ""
    kind = " (simulated sample data)" if origin["simulated"] else ""
    work = Work(
        title=f"{title}{kind}",
        site=context.config.site.title,
        as_of=origin["as_of"],
        latest=f"{base}{address}",
        frozen=frozen,
        version=f"{origin['code_version']}, data {origin['data_sha256'][:12]}",
    )
    forms = (
        ("In the text", inline(work)),
        ("In full", full(work)),
        ("BibTeX", bibtex(work).strip()),
        ("CSL-JSON", json.dumps([csl_json(work)], indent=1, ensure_ascii=False)),
    )
    return Citation(latest=work.latest, frozen=frozen, forms=forms)
