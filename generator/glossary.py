"""Terms of the glossary where a page first uses them: a link that says on hover what the word means."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

PLACE: Final = "methods/glossary.md"
ADDRESS: Final = "/methods/glossary/"
MARKED: Final = frozenset(
    {
        "Basis point",
        "Bootstrap",
        "Cointegration",
        "Drawdown",
        "Easing cycle",
        "FOMC",
        "Log return",
        "Partial correlation",
        "Priced in",
        "Rate beta",
        "Rolling correlation",
        "Session",
        "Specification curve",
        "Spell",
        "Surprise",
    }
)
"""The technical words. Everyday ones, such as claim or window, would be marked on every line and help nobody."""
_ENTRY = re.compile(r"^### (?P<name>.+)\n(?P<words>.+)$", re.MULTILINE)
_SENTENCE = re.compile(r".+?[.](?=\s|$)")
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
# A link, a tag, code: nothing in them is prose.
_APART = re.compile(r"(<a\b.*?</a>|<[^>]*>|`[^`]*`|\[[^\]]*\]\([^)]*\))")
_BLOCK = re.compile(r"<(?:p|div|table|figure|ul|details|nav|pre|form|script|blockquote|span class=\"verdict)\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A word and what it means, in one sentence of plain text."""

    name: str
    meaning: str

    @property
    def anchor(self) -> str:
        """Where it stands in the glossary."""
        return re.sub(r"[^a-z0-9]+", "-", self.name.lower()).strip("-")

    @property
    def pattern(self) -> re.Pattern[str]:
        """What it looks like in prose, also in the plural."""
        return _pattern(self.name)


@functools.cache
def _pattern(name: str) -> re.Pattern[str]:
    words = re.escape(name)
    letters = words if name.isupper() else f"[{words[0].upper()}{words[0].lower()}]{words[1:]}"
    return re.compile(rf"(?<![\w-]){letters}s?(?![\w-])")


def read_terms(docs: Path) -> tuple[Term, ...]:
    """Return the terms to mark, as the glossary explains them; longer names first."""
    path = docs / PLACE
    if not path.is_file():
        return ()
    found = []
    for entry in _ENTRY.finditer(path.read_text(encoding="utf-8")):
        if entry["name"] in MARKED:
            words = _LINK.sub(r"\1", entry["words"]).replace("`", "").replace("*", "")
            first = _SENTENCE.match(words)
            found.append(Term(name=entry["name"], meaning=first[0] if first else words))
    return tuple(sorted(found, key=lambda term: -len(term.name)))


def with_terms(text: str, terms: Sequence[Term], link: Callable[[str], str]) -> str:
    """Return the Markdown of a page with the first use of each term in its prose made a link.

    Headings, tables, HTML blocks, code and links stay as they are.

    Parameters
    ----------
    link : callable
        Site-absolute address → address relative to the page.
    """
    waiting = list(terms)
    lines = text.split("\n")
    inside = False
    for i, line in enumerate(lines):
        inside = bool(line.strip()) and (inside or bool(_BLOCK.match(line)))
        if inside or not waiting or not line or line[0] in "#|{":
            continue
        lines[i], waiting = _marked(line, waiting, link)
    return "\n".join(lines)


def _marked(line: str, waiting: list[Term], link: Callable[[str], str]) -> tuple[str, list[Term]]:
    """Return the line with each waiting term marked once, and the terms that still wait."""
    left = []
    for term in waiting:
        parts = _APART.split(line)
        for i in range(0, len(parts), 2):
            found = term.pattern.search(parts[i])
            if found:
                address = link(f"{ADDRESS}#{term.anchor}")
                shown = f'<a class="term" href="{address}" title="{escape(term.meaning)}">{found[0]}</a>'
                parts[i] = parts[i][: found.start()] + shown + parts[i][found.end() :]
                line = "".join(parts)
                break
        else:
            left.append(term)
    return line, left
