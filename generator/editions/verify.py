"""Proof that no edition has changed: every manifest and every object against its hash."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.editions.store import EditionStore, namespaces
from generator.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from generator.editions.manifest import Stored


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What was checked, and what is wrong.

    Parameters
    ----------
    editions, objects : int
        Revisions, and different objects they consist of.
    problems : tuple of str
        One line each: which edition, which file, what is wrong with it.
    """

    editions: int
    objects: int
    problems: tuple[str, ...]


def verify(root: Path, progress: Callable[[str, int, int], None]) -> Verified:
    """Check every edition in a store.

    Parameters
    ----------
    root : Path
        The store.
    """
    editions = 0
    problems: list[str] = []
    checked: dict[tuple[str, Stored], str] = {}
    for namespace in namespaces(root):
        store = EditionStore(root=root, namespace=namespace)
        days = store.days()
        for done, day in enumerate(days, start=1):
            before = ""
            for expected, revision in enumerate(store.revisions(day), start=1):
                editions += 1
                try:
                    manifest = store.manifest(day, revision)
                except DataError as error:
                    problems.append(str(error))
                    continue
                if revision != expected or manifest.previous != before:
                    problems.append(f"{namespace}: {manifest.label}: the revision before it is missing or another one")
                before = manifest.sha256
                for path, stored in manifest.files.items():
                    key = namespace, stored
                    if key not in checked:
                        checked[key] = _fault(store, stored)
                    if checked[key]:
                        problems.append(f"{namespace}: {manifest.label}: {path}: {checked[key]}")
            progress(f"verify {namespace}", done, len(days))
    return Verified(editions=editions, objects=len(checked), problems=tuple(problems))


def _fault(store: EditionStore, stored: Stored) -> str:
    try:
        store.content(stored)
    except DataError as error:
        return str(error)
    return ""
