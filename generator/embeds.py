"""Pages with one chart alone, for frames of other sites: live below ``charts/``, frozen below each edition.

They are made of the figures in the finished pages, after MkDocs: no navigation, no theme, and they stand neither in the
search index nor in the sitemap.
"""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urljoin

from markupsafe import Markup, escape

from generator.errors import BuildError
from generator.render import relative_url

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from jinja2 import Environment

_FIGURE = re.compile(r'<figure class="tandem-figure".*?</figure>', re.DOTALL)
_ACTIONS = re.compile(r'<ul class="tandem-actions".*?</ul>\s*', re.DOTALL)
_ADDRESS = re.compile(
    r'(?P<name>\s(?:src|srcset|href|data-base|data-embed|data-frozen-embed|data-frozen|data-latest))="(?P<value>[^"]*)"'
)
_SOURCES: Final = ("reports", "editions")
TEMPLATE: Final = "embed.html.j2"


def write_embeds(site: Path, jinja: Environment, title: str, provenance: Mapping[str, Any]) -> int:
    """Write a page for each figure that names one, and return how many.

    Parameters
    ----------
    site : Path
        The finished site.
    title : str
        Name of the site.
    provenance : mapping
        What every page states about its origin.

    Raises
    ------
    BuildError
        Two figures of different pairs would have the same address.
    """
    written: dict[str, str] = {}
    for source, figure in _figures(site):
        own = _attributes(figure)
        frozen = source.startswith("editions/")
        place = own.get("data-frozen-embed" if frozen else "data-embed")  # editions of an older code have none
        if not place:
            continue
        target = _site_address(source, place)
        pair = source.split("/")[2 if frozen else 1]
        if written.setdefault(target, pair) != pair:
            raise BuildError(
                f"{target}: two charts would have this address; rename the pair {pair} or {written[target]}"
            )
        path = site / target.strip("/") / "index.html"
        if path.is_file():
            continue  # the same figure on another page of its pair
        # Escaped for HTML here: the templates escape for Markdown too, which these pages never pass through.
        values = {
            "site": title,
            "title": own["data-title"],
            "name": target.strip("/"),
            "as_of": own["data-dated"],
            "next_update": "" if frozen else provenance["next_update"].isoformat(),
            "due": str(provenance["next_update"].date()),
            "simulated": provenance["simulated"],
            "degraded": "" if frozen else " ".join(provenance["degraded"]),
            "report": relative_url(f"{target.strip('/')}/index.md", f"/{source}#{own['id']}"),
            "home": relative_url(f"{target.strip('/')}/index.md", "/"),
            "canonical": f"{str(provenance['site_url']).rstrip('/')}/{source}" if provenance["site_url"] else "",
        }
        words = {key: escape(value) if isinstance(value, str) else value for key, value in values.items()}
        path.parent.mkdir(parents=True, exist_ok=True)
        shown = Markup(_moved(figure, source, target))  # noqa: S704 - what this program rendered and MkDocs passed on
        text = jinja.get_template(TEMPLATE).render(**words, figure=shown)
        path.write_bytes(text.encode("utf-8"))
    return len(written)


def _figures(site: Path) -> Iterator[tuple[str, str]]:
    """Yield the address of the page, relative to the root, and the text of each figure in the finished pages.

    Longer addresses come first: the page a figure belongs to before the overview that shows it too.
    """
    pages = [path for folder in _SOURCES for path in (site / folder).rglob("index.html")]
    for path in sorted(pages, key=lambda p: (-len(p.relative_to(site).parts), p)):
        for found in _FIGURE.finditer(path.read_text(encoding="utf-8")):
            yield path.relative_to(site).as_posix().removesuffix("index.html"), found[0]


def _attributes(figure: str) -> dict[str, str]:
    head = figure[: figure.index(">")]
    return {name: html.unescape(value) for name, value in re.findall(r'\s([a-z0-9-]+)="([^"]*)"', head)}


def _site_address(source: str, link: str) -> str:
    return urljoin(f"/{source}", link)


def _moved(figure: str, source: str, target: str) -> str:
    """Return the figure as it stands on the page `target`: links follow, and the row of actions stays behind."""
    own = f"{target.strip('/')}/index.md"

    def link(found: re.Match[str]) -> str:
        value = found["value"]
        if not value or value.startswith("#"):
            return found[0]
        return f'{found["name"]}="{relative_url(own, _site_address(source, value))}"'

    return _ADDRESS.sub(link, _ACTIONS.sub("", figure))
