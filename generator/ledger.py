"""Every address ever published, and what a build owes to them: a page, or a redirect that leads on.

The ledger is a folder of immutable files in the store, ``addresses/<as of>-<hash>.txt``, one address per line. A build
with new addresses adds a file; none is ever changed, so that the ledger can live on the data branch. Only what is made
of real data for a published address is recorded: a trial on a laptop owes nobody anything.
"""

from __future__ import annotations

import hashlib
import re
from html import escape
from typing import TYPE_CHECKING, Final

from markupsafe import escape as markup_escape

from generator.errors import BuildError, DataError
from generator.linkcheck import NOT_FOUND
from generator.render import relative_url
from generator.sources.atomic import locked, write_atomic, writing

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from jinja2 import Environment

    from generator.config import Redirect
    from generator.linkcheck import FinishedPage

FOLDER: Final = "addresses"
ADDRESS: Final = re.compile(r"/([^\s#?]*)(#\S+)?")
# Editions have a manifest of their own, which also keeps their anchors.
WITHOUT_ANCHORS: Final = ("/editions/",)


def addresses(pages: Mapping[str, FinishedPage]) -> frozenset[str]:
    """Return every page of a site, and every anchor that it offers for linking, as site-absolute addresses."""
    found = set()
    for name, page in pages.items():
        if name == NOT_FOUND:
            continue
        address = f"/{name}"
        found.add(address)
        if not address.startswith(WITHOUT_ANCHORS):
            found |= {f"{address}#{identity}" for identity in page.kept if not re.search(r"\s", identity)}
    return frozenset(found)


def read(store: Path) -> frozenset[str]:
    """Return every address of the ledger; none where there is no ledger yet.

    Raises
    ------
    DataError
        A file holds something else than addresses, or its name is not the one its content gives it.
    """
    found: set[str] = set()
    for path in sorted((store / FOLDER).glob("*.txt")):
        place = f"store/{FOLDER}/{path.name}"
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            raise DataError(
                f"{place}: cannot be read; restore it from the data branch or a copy of the store"
            ) from None
        if not path.stem.endswith(f"-{_digest(text)}"):
            raise DataError(f"{place}: was altered after it was written; restore it from the data branch")
        lines = text.split("\n")[:-1]
        bad = next((line for line in lines if not ADDRESS.fullmatch(line)), None)
        if bad is not None:
            raise DataError(f"{place}: {bad[:60]!r} is no address; restore the file from the data branch")
        found.update(lines)
    return frozenset(found)


def record(store: Path, current: Iterable[str], as_of: date) -> Path | None:
    """Add the addresses that the ledger lacks as one new file, and return it; None where there is nothing new."""
    with locked(store):
        new = sorted(set(current) - read(store))
        if not new:
            return None
        text = "".join(f"{address}\n" for address in new)
        path = store / FOLDER / f"{as_of}-{_digest(text)}.txt"
        with writing("the ledger of addresses"):
            path.parent.mkdir(exist_ok=True)
            write_atomic(path, text.encode("utf-8"))
    return path


def check(published: Iterable[str], current: Iterable[str]) -> None:
    """Refuse a site that has lost a page.

    Raises
    ------
    BuildError
        Names the first page that would not answer any more.
    """
    pages = {address.partition("#")[0] for address in published}
    lost = sorted(pages - set(current))
    if lost:
        more = f"; and {len(lost) - 1} more" if len(lost) > 1 else ""
        raise BuildError(
            f"{lost[0]}: was published and is gone{more}; bring the page back, or add [[redirects]] with "
            f'from = "{lost[0]}" and to = "/…/" to report.toml; the site before it stays as it is'
        )


def lost_anchors(published: Iterable[str], pages: Mapping[str, FinishedPage], moved: Collection[str] = ()) -> list[str]:
    """Return the published anchors that a page of the site has no longer; pages that have `moved` have none."""
    found = []
    for address in published:
        name, mark, anchor = address.removeprefix("/").partition("#")
        if mark and name in pages and name not in moved and anchor not in pages[name].ids:
            found.append(address)
    return sorted(found)


def write_redirects(
    site: Path,
    redirects: Sequence[Redirect],
    pages: Mapping[str, FinishedPage],
    jinja: Environment,
    names: Mapping[str, str],
) -> frozenset[str]:
    """Write a page for each redirect of a page, and the old anchor for each redirect of an anchor.

    Parameters
    ----------
    names : mapping
        ``site`` (title) and ``site_url`` (published address or empty), for the template.

    Returns
    -------
    frozenset of str
        The pages written, relative to the site's root.

    Raises
    ------
    BuildError
        A redirect starts where a page stands, or leads to where there is none.
    """
    template = jinja.get_template("redirect.html.j2")
    written = set()
    for i, item in enumerate(redirects):
        place, _, anchor = item.to.partition("#")
        target = pages.get(place.removeprefix("/"))
        if target is None or (anchor and anchor not in target.ids):
            raise BuildError(f"redirects[{i}].to: {item.to} is not on the site; give an address that is")
        old, _, fragment = item.old.partition("#")
        if fragment:
            _add_anchor(site, i, item, pages)
            continue
        if old.removeprefix("/") in pages:
            raise BuildError(f"redirects[{i}].from: {old} is a page of the site; remove the redirect or the page")
        folder = site / old.strip("/")
        folder.mkdir(parents=True, exist_ok=True)
        target_url = relative_url(f"{old.strip('/')}/index.md", item.to)
        absolute = names["site_url"].rstrip("/") + item.to if names["site_url"] else ""
        # Escaped for HTML here: the templates escape for Markdown too, which this page never passes through.
        values = {"site": names["site"], "to": item.to, "href": target_url, "canonical": absolute}
        text = template.render({key: markup_escape(value) for key, value in values.items()})
        (folder / "index.html").write_bytes(text.encode("utf-8"))
        written.add(old.removeprefix("/"))
    return frozenset(written)


def keep_anchors(site: Path, lost: Iterable[str]) -> int:
    """Put anchors that a page has lost back at its heading, and return how many.

    A table row or a chart may have nothing to show on a day. Its address then leads to the head of its page, where the
    reader finds what there is, and links from frozen editions stay whole.
    """
    by_page: dict[str, list[str]] = {}
    for address in lost:
        page, _, anchor = address.partition("#")
        by_page.setdefault(page, []).append(anchor)
    for page, anchors in by_page.items():
        path = _file(site, page)
        html = path.read_text(encoding="utf-8")
        heading = re.search(r"<h1\b[^>]*>", html)
        end = heading.end() if heading else html.index("</body>")
        path.write_bytes((html[:end] + "".join(map(_span, anchors)) + html[end:]).encode("utf-8"))
    return sum(map(len, by_page.values()))


def _add_anchor(site: Path, i: int, item: Redirect, pages: Mapping[str, FinishedPage]) -> None:
    """Give a place of a page its old name besides the new one; both work without JavaScript."""
    page, _, old = item.old.partition("#")
    other, _, new = item.to.partition("#")
    if page != other or not new:
        raise BuildError(f"redirects[{i}].to: an anchor can only move on its own page, {page}; give {page}#…")
    if old in pages[page.removeprefix("/")].ids:
        raise BuildError(f"redirects[{i}].from: {item.old} is there; remove the redirect")
    path = _file(site, page)
    html = path.read_text(encoding="utf-8")
    pattern = rf'<(\w+)\b[^>]*\sid="{re.escape(escape(new))}"[^>]*>'
    found = re.search(pattern, html)
    if found is None:
        raise BuildError(f"redirects[{i}].to: {item.to} cannot be given a second name; choose a heading, row or figure")
    end = found.end()
    if found[1] == "tr":  # nothing but cells may stand in a row
        cell = re.compile(r"<t[hd]\b[^>]*>").search(html, end)
        end = cell.end() if cell else end
    path.write_bytes((html[:end] + _span(old) + html[end:]).encode("utf-8"))


def _span(anchor: str) -> str:
    return f'<span id="{escape(anchor)}"></span>'


def _file(site: Path, page: str) -> Path:
    return site / page.removeprefix("/") / "index.html" if page.endswith("/") else site / page.removeprefix("/")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:8]
