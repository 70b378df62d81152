"""A strict Content-Security-Policy in every finished page.

Static hosts send no headers of ours, so the policy is a ``<meta>``. Its script hashes are those of the inline scripts
the page really holds, taken after the build: a script that was not there then does not run.
"""

from __future__ import annotations

import base64
import hashlib
import re
from typing import TYPE_CHECKING, Final

from generator.errors import BuildError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

MARK: Final = '<meta name="tandem-csp">'
_SCRIPT = re.compile(r"<script\b([^>]*)>(.*?)</script\s*>", re.DOTALL | re.IGNORECASE)
_TYPE = re.compile(r"""\btype\s*=\s*["']?([^"'\s>]+)""", re.IGNORECASE)
_SOURCE = re.compile(r"\bsrc\s*=", re.IGNORECASE)
# The theme's scripts say how deep their page lies.
_PLACE = re.compile(r'(?<=new URL\(")[A-Za-z0-9._~/-]*(?=",location\))')
_EXECUTED: Final = frozenset({"", "module", "text/javascript", "application/javascript"})


def inline_scripts(html: str) -> list[str]:
    """Return the text of each script a browser would run from inside the page."""
    found = []
    for attributes, text in _SCRIPT.findall(html):
        kind = _TYPE.search(attributes)
        if not _SOURCE.search(attributes) and (kind[1].lower() if kind else "") in _EXECUTED and text.strip():
            found.append(text)
    return found


def script_hash(text: str) -> str:
    """Return the policy's word for one inline script."""
    # Browsers hash the text after line ends became newlines.
    normal = text.replace("\r\n", "\n").replace("\r", "\n")
    return f"'sha256-{base64.b64encode(hashlib.sha256(normal.encode()).digest()).decode()}'"


def policy(scripts: Iterable[str]) -> str:
    """Return the policy that lets exactly these inline scripts run, and files of the site itself."""
    hashes = sorted({script_hash(text) for text in scripts})
    return "; ".join(
        (
            "default-src 'none'",
            " ".join(("script-src 'self'", *hashes)),
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data:",
            "font-src 'self'",
            "connect-src 'self'",
            "worker-src 'self'",
            "manifest-src 'self'",
            "frame-src 'self'",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )


def _only_the_theme(site_dir: Path, pages: Mapping[Path, str]) -> None:
    """Refuse inline scripts that the page for what is not found, which holds nothing but the theme, does not have."""
    bare = pages.get(site_dir / "404.html")
    if bare is None:
        return
    known = {_PLACE.sub("", script) for script in inline_scripts(bare)}
    for page, html in pages.items():
        for script in inline_scripts(html):
            if _PLACE.sub("", script) not in known:
                name = page.relative_to(site_dir).as_posix()
                raise BuildError(f"{name}: holds an inline script that the theme did not bring: {script[:60]!r}")


def apply_csp(site_dir: Path) -> int:
    """Give every page below `site_dir` the site's policy and return how many pages there are.

    All pages share one policy: instant navigation shows a page inside the document, and so under the policy, of
    another one.

    Raises
    ------
    BuildError
        A page has no place for the policy, or more than one; nothing may be published without. Or a page holds an
        inline script that the theme did not bring: what comes from data must not be allowed to run by its own hash.
    """
    pages = {page: page.read_text(encoding="utf-8") for page in sorted(site_dir.rglob("*.html"))}
    _only_the_theme(site_dir, pages)
    words = policy(script for html in pages.values() for script in inline_scripts(html))
    meta = f'<meta http-equiv="Content-Security-Policy" content="{words}">'
    for page, html in pages.items():
        if html.count(MARK) != 1:
            name = page.relative_to(site_dir).as_posix()
            raise BuildError(
                f"{name}: {html.count(MARK)} places for the policy; the template main.html keeps exactly one"
            )
        page.write_bytes(html.replace(MARK, meta).encode())
    return len(pages)
