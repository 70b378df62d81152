"""Editions → pages of the site: the frozen words and files, in the frame of today's site."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from markupsafe import Markup

from generator.editions.archive import address
from generator.errors import DataError
from generator.render import render_part
from generator.site import write_bytes, write_text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from jinja2 import Environment

    from generator.editions.archive import Edition
    from generator.editions.manifest import Manifest
    from generator.editions.store import EditionStore

FRAME = "components/edition_frame.md.j2"


def publish(
    store: EditionStore,
    editions: Sequence[Edition],
    docs: Path,
    jinja: Environment,
    progress: Callable[[str, int, int], None],
) -> None:
    """Write every revision of every edition below ``site_src/editions/``.

    Parameters
    ----------
    editions : sequence of Edition
        Oldest first: the frame of each leads to the one before and the one after.

    Raises
    ------
    DataError
        A file of an edition is missing or altered.
    """
    for place, edition in enumerate(editions):
        for manifest in edition.revisions:
            for path in manifest.files:
                body = store.read(manifest, path)
                target = f"editions/{manifest.folder}/{path}"
                if path.endswith("index.md"):
                    pair = path.removesuffix("index.md").strip("/")
                    write_text(docs / target, framed(jinja, editions, place, manifest, pair, body.decode()))
                else:
                    write_bytes(docs / target, body)
        progress("editions to pages", place + 1, len(editions))


def framed(  # noqa: PLR0917 - private in spirit, one caller
    jinja: Environment, editions: Sequence[Edition], place: int, manifest: Manifest, pair: str, text: str
) -> str:
    """Return the frozen Markdown with what may change around it: where it stands, and what came before and after."""
    head, heading, body = _parted(text, manifest)
    own = editions[place]
    earlier = next((e for e in reversed(editions[:place]) if not pair or pair in e.last.pairs), None)
    later = next((e for e in editions[place + 1 :] if not pair or pair in e.last.pairs), None)
    names = {
        "manifest": manifest,
        "first": address(own.first, pair if pair in own.first.pairs else "") if manifest is not own.first else "",
        "correction": own.last if manifest is not own.last else None,
        "correction_address": address(own.last, pair if pair in own.last.pairs else ""),
        "earlier": earlier and {"as_of": earlier.as_of, "address": earlier.address(pair)},
        "later": later and {"as_of": later.as_of, "address": later.address(pair)},
        "latest": f"/reports/{pair}/" if pair else "/",
        "whole": address(manifest) if pair else "",
        "heading": Markup(heading),  # noqa: S704 - what this program rendered; every value in it was escaped then
        "body": Markup(body),  # noqa: S704 - the same
    }
    path = f"editions/{manifest.folder}/{pair}/index.md" if pair else f"editions/{manifest.folder}/index.md"
    page = render_part(jinja, FRAME, path, names)
    return f"{head}search:\n  exclude: true\nedition: {json.dumps(str(manifest.as_of))}\n---\n{page}"


def _parted(text: str, manifest: Manifest) -> tuple[str, str, str]:
    """Return the head without its closing line, the heading, and what follows."""
    parts = text.split("---\n", 2)
    if len(parts) != 3 or parts[0] or not parts[2].startswith("# "):  # noqa: PLR2004 - before, head, body
        raise DataError(f"{manifest.label}: a page has no head and heading; it was not made by this program")
    heading, _, body = parts[2].partition("\n")
    return f"---\n{parts[1]}", heading, body
