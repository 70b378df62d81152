"""How to cite a page or a chart: in a line, in full, as BibTeX and as CSL-JSON; the frozen address stands first."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import date

_TEX = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "^": r"\textasciicircum{}",
    "_": r"\_",
    "~": r"\textasciitilde{}",
    "%": r"\%",
}
_KEY = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What is cited.

    Parameters
    ----------
    title : str
        Of the page or chart.
    site : str
        Name of the site: its publisher, and the author where no person signs.
    as_of : date
        Last date of the data; the date of the work.
    latest : str
        Absolute address that always shows the newest version.
    frozen : str
        Absolute address that never changes; empty where there is none.
    version : str
        Code version and data hash, as the page states them.
    """

    title: str
    site: str
    as_of: date
    latest: str
    frozen: str = ""
    version: str = ""

    @property
    def address(self) -> str:
        """The address to cite: the frozen one where there is one."""
        return self.frozen or self.latest

    @property
    def key(self) -> str:
        """Key of the work in a bibliography: site, date, title, in ASCII."""
        words = _KEY.sub("-", f"{self.site}-{self.as_of}-{self.title}".lower()).strip("-")
        return words[:64].rstrip("-")


def inline(work: Work) -> str:
    """Return the citation for running text."""
    return f"({work.site}, {work.as_of.year})"


def full(work: Work) -> str:
    """Return the citation for a list of references."""
    version = f" Version {work.version}." if work.version else ""
    newest = f" Newest version: {work.latest}" if work.frozen and work.frozen != work.latest else ""
    return f"{work.site} ({work.as_of.year}). {work.title}. Data through {work.as_of}.{version} {work.address}{newest}"


def bibtex(work: Work) -> str:
    """Return a BibTeX entry; every value is escaped for TeX."""
    fields = {
        "title": f"{{{_tex(work.title)}}}",
        "author": f"{{{_tex(work.site)}}}",
        "year": str(work.as_of.year),
        "month": str(work.as_of.month),
        "howpublished": _tex(work.site),
        "note": _tex(f"Data through {work.as_of}" + (f", version {work.version}" if work.version else "")),
        "url": _address(work.address),
    }
    lines = ",\n".join(f"  {name} = {{{value}}}" for name, value in fields.items())
    return f"@misc{{{work.key},\n{lines}\n}}\n"


def csl_json(work: Work) -> dict[str, Any]:
    """Return the CSL-JSON item."""
    item: dict[str, Any] = {
        "id": work.key,
        "type": "webpage",
        "title": work.title,
        "author": [{"literal": work.site}],
        "container-title": work.site,
        "issued": {"date-parts": [[work.as_of.year, work.as_of.month, work.as_of.day]]},
        "URL": work.address,
    }
    if work.version:
        item["version"] = work.version
    if work.frozen and work.frozen != work.latest:
        item["note"] = f"Newest version: {work.latest}"
    return item


def _tex(text: str) -> str:
    return "".join(_TEX.get(c, c) for c in text if c.isprintable())


def _address(text: str) -> str:
    """Return an address without the characters that would end the field or the entry."""
    return text.replace("{", "%7B").replace("}", "%7D").replace("\\", "%5C").replace(" ", "%20")
