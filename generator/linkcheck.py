"""The finished pages, read once: what each one names, what it links to, and whether all of that is there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote, urljoin, urlsplit

from generator.errors import BuildError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

LOCAL: Final = "http://127.0.0.1:8000/"
"""The address in mkdocs.yml, which stands in for the published one while there is none."""
NOT_FOUND: Final = "404.html"
SHOWN: Final = 3
# Any deep address does: a relative link that climbs out of the site must not be found by chance.
_ANYWHERE: Final = "https://site.invalid/deep/er/"
_OUTSIDE: Final = "../"
_OF_FIGURES: Final = frozenset({"data-embed", "data-frozen-embed", "data-frozen", "data-latest"})
"""Addresses that a figure has or has not."""
_LINKS: Final = frozenset({"href", "src", "poster", "action", "data-base"}) | _OF_FIGURES
_READ: Final = _LINKS | {"id", "name", "srcset"}
_KEPT: Final = frozenset({"h2", "h3", "h4", "h5", "h6", "tr"})


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishedPage:
    """What one finished page names and links to.

    Parameters
    ----------
    ids : frozenset of str
        Every anchor.
    kept : frozenset of str
        Those that are offered for linking: headings, rows, numbers and figures.
    links : tuple of (attribute, value)
        Everything that is an address, as it is written.
    """

    ids: frozenset[str]
    kept: frozenset[str]
    links: tuple[tuple[str, str], ...]


def read_pages(site: Path) -> dict[str, FinishedPage]:
    """Return every page of a finished site by its address, relative to the root ("" is the front page)."""
    from lxml import etree  # noqa: PLC0415 - only a build needs it

    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True)
    with_names = etree.XPath(f"//*[{' or '.join(f'@{name}' for name in sorted(_READ))}]")
    found = {}
    for path in sorted(site.rglob("*.html")):
        name = path.relative_to(site).as_posix()
        address = name.removesuffix("index.html") if path.name == "index.html" else name
        root = etree.fromstring(path.read_bytes(), parser)
        found[address] = _finished_page([] if root is None else with_names(root))
    return found


def _finished_page(nodes: Iterable[Any]) -> FinishedPage:
    """Return what the elements of a page that have an anchor or an address say."""
    ids, kept = set(), set()
    links: list[tuple[str, str]] = []
    for node in nodes:
        values = node.attrib
        if identity := values.get("id"):
            ids.add(identity)
            offered = node.tag in _KEPT or "data-figure" in values or "number" in values.get("class", "").split()
            if offered and not identity.startswith("__"):  # the theme's own
                kept.add(identity)
        if node.tag == "a" and "name" in values:
            ids.add(values["name"])
        links += [(name, value) for name, value in values.items() if name in _LINKS]
        if "srcset" in values:
            links += [("srcset", part.split()[0]) for part in values["srcset"].split(",") if part.strip()]
    return FinishedPage(ids=frozenset(ids), kept=frozenset(kept), links=tuple(dict.fromkeys(links)))


def check_links(
    site: Path,
    pages: Mapping[str, FinishedPage],
    *,
    site_url: str = "",
    leave: Sequence[str] = (),
    moved: Collection[str] = (),
) -> int:
    """Return how many internal links the pages hold; every one leads to a file, and to the anchor that it names.

    Parameters
    ----------
    site : Path
        Folder of the finished site.
    pages : mapping of address to FinishedPage
        See `read_pages`.
    site_url : str
        Published address; empty where there is none.
    leave : sequence of str
        Beginnings of addresses whose links are not looked at.
    moved : collection of str
        Pages that only send on: they keep no anchors.

    Raises
    ------
    BuildError
        Names the first links that lead nowhere.
    """
    base = f"{site_url.rstrip('/')}/" if site_url else LOCAL
    count = 0
    broken = []
    there: dict[tuple[str, bool], bool] = {}
    for address, page in pages.items():
        if address.startswith(tuple(leave)):
            continue
        for name, value, target in _internal(base, address, page):
            count += 1
            place, _, fragment = target.partition("#")
            known = place, name == "data-base"  # the folder of a chart's files, which is no page
            if known not in there:
                there[known] = _is_there(site, place, folder=known[1])
            shown = f"/{address}: {name}={value[:120]!r}"
            if not there[known]:
                broken.append(f"{shown} leads nowhere")
            elif fragment and place in pages and place not in moved and unquote(fragment) not in pages[place].ids:
                broken.append(f"{shown}: that page has no such anchor")
    if broken:
        more = f"; and {len(broken) - SHOWN} more" if len(broken) > SHOWN else ""
        raise BuildError(
            f"{len(broken)} broken links: {'; '.join(broken[:SHOWN])}{more}; the site before it stays as it is"
        )
    return count


def _internal(base: str, address: str, page: FinishedPage) -> Iterator[tuple[str, str, str]]:
    """Yield attribute, value and target, relative to the site's root, of the links that stay on the site."""
    # The page for what is not found is shown at any depth, so its addresses start at the root of the host.
    own = base if address == NOT_FOUND else _ANYWHERE
    for name, value in page.links:
        parts = urlsplit(value)
        if (name in _OF_FIGURES and not value) or (parts.scheme and parts.scheme not in {"http", "https"}):
            continue
        target = urljoin(own + address, value)
        root = next((root for root in (own, base) if target.startswith(root)), None)
        if root is not None:
            place, _, fragment = target.removeprefix(root).partition("#")
            yield name, value, f"{place.partition('?')[0]}#{fragment}"
        elif not parts.netloc:
            yield name, value, _OUTSIDE


def _is_there(site: Path, place: str, *, folder: bool = False) -> bool:
    path = site / unquote(place)
    if place == _OUTSIDE:
        return False
    if place == "" or place.endswith("/"):
        return path.is_dir() if folder else (path / "index.html").is_file()
    return path.is_file()
