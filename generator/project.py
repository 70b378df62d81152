"""Where the files of a project are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """Where things are.

    Parameters
    ----------
    root : Path
        Folder with ``mkdocs.yml``, ``templates/`` and ``site_src/``.
    """

    root: Path

    @property
    def templates(self) -> Path:
        """Templates of all pages."""
        return self.root / "templates"

    @property
    def docs(self) -> Path:
        """Markdown the site is built from."""
        return self.root / "site_src"

    def method(self, method: str) -> str:
        """Return the Markdown of a method's page, whatever its anchor; empty where there is no such page."""
        page = self.docs / "methods" / f"{method.partition('#')[0]}.md"
        return page.read_text(encoding="utf-8") if page.is_file() else ""

    @property
    def store(self) -> Path:
        """Snapshots and editions."""
        return self.root / "store"

    @property
    def site(self) -> Path:
        """The finished site."""
        return self.root / "site"

    @property
    def cache(self) -> Path:
        """Results of earlier builds; deleting it loses only time."""
        return self.root / ".cache" / "tandem"
