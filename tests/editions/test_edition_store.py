"""Editions are written once, whole or not at all, and read back as they were."""

from __future__ import annotations

import dataclasses
import os
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.editions.manifest import Manifest, Stored, parse_manifest
from generator.editions.store import EditionStore, namespaces
from generator.editions.verify import verify
from generator.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Callable

    from generator.editions.making import Content

DAY = date(2025, 10, 31)


def quiet(_stage: str, _done: int, _total: int) -> None:
    """Report nothing."""


ROOT = Path(__file__).parents[2]


def keep(store: EditionStore, content: Content) -> Manifest:
    """Store an edition."""
    return store.write(content.manifest, content.files)


def tree(store: EditionStore) -> dict[str, bytes]:
    """Return every file of a store but its lock."""
    return {str(p.relative_to(store.root)): p.read_bytes() for p in store.folder.rglob("*") if p.is_file()}


def test_an_edition_comes_back_as_it_was(store: EditionStore, made: Callable[..., Content]) -> None:
    """Every file of a stored edition is read back byte for byte, and its manifest says what it was made from."""
    content = made()
    manifest = keep(store, content)
    assert store.days() == [DAY]
    assert store.manifest(DAY, 1) == manifest
    assert dataclasses.replace(manifest, files={}) == content.manifest
    assert {path: store.read(manifest, path) for path in manifest.files} == content.files


def test_equal_files_are_stored_once(store: EditionStore, made: Callable[..., Content]) -> None:
    """The files that two editions share take no place twice."""
    keep(store, made())
    before = len(list(store.objects.iterdir()))
    keep(store, made(date(2025, 11, 28), "Other words."))
    assert len(list(store.objects.iterdir())) == before + 2  # its two pages; picture and findings are the same


def test_writing_it_again_changes_nothing(store: EditionStore, made: Callable[..., Content]) -> None:
    """The same content for the same date is a no-op, even if it would be made on another occasion."""
    keep(store, made())
    before = tree(store)
    again = keep(store, made(made="live", occasions=("on request",)))
    assert again.made == "backfilled"
    assert tree(store) == before


def test_rewriting_is_refused(store: EditionStore, made: Callable[..., Content]) -> None:
    """Other content for a date that is frozen is an error, and leaves every byte as it was."""
    keep(store, made())
    before = tree(store)
    with pytest.raises(DataError, match=r"edition 2025-10-31, revision 1: is frozen and is not rewritten"):
        keep(store, made(words="Other words."))
    assert tree(store) == before


def test_a_revision_needs_the_one_before_it(store: EditionStore, made: Callable[..., Content]) -> None:
    """No revision can be stored with a gap before it."""
    keep(store, made())
    content = made(words="Other words.", revision=3, reason="a mistake")
    with pytest.raises(DataError, match="the store holds 1 revisions"):
        keep(store, content)


def test_simulated_and_real_never_mix(store: EditionStore, made: Callable[..., Content]) -> None:
    """What one namespace holds is not seen from another."""
    keep(store, made())
    other = EditionStore(root=store.root, namespace="store")
    assert other.days() == []
    assert namespaces(store.root) == ["sample"]
    with pytest.raises(ValueError, match="cannot be a namespace"):
        EditionStore(root=store.root, namespace="../sample")


def test_a_run_cleans_up_after_one_that_was_killed(store: EditionStore, made: Callable[..., Content]) -> None:
    """Objects that nothing refers to, half files and empty folders go; what an edition needs stays."""
    manifest = keep(store, made())
    (store.objects / ("f" * 64)).write_bytes(b"left behind")
    (store.objects / f".{'e' * 64}.tmp").write_bytes(b"half")
    (store.folder / "2025-11-28" / "1").mkdir(parents=True)
    assert store.clean() == 2
    assert {path.name for path in store.objects.iterdir()} == {stored.sha256 for stored in manifest.files.values()}
    assert store.days() == [DAY]
    assert not (store.folder / "2025-11-28").exists()


def test_nothing_is_cleaned_while_a_manifest_cannot_be_read(store: EditionStore, made: Callable[..., Content]) -> None:
    """A damaged manifest may refer to anything, so no object is removed."""
    keep(store, made())
    (store.objects / ("f" * 64)).write_bytes(b"left behind")
    store.manifest_path(DAY, 1).write_bytes(b"{}")
    with pytest.raises(DataError, match=r"2025-10-31/1/manifest\.json: cannot be read"):
        store.clean()
    assert (store.objects / ("f" * 64)).exists()


KILLED = """
import os, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from generator.editions.store import EditionStore
from generator.editions.manifest import Manifest, parse_manifest
from generator.sources import atomic
from generator.editions import store as module

left = int(sys.argv[3])

def counted(path, content):
    global left
    if left == 0:
        path.with_name(f".{path.name}.tmp").write_bytes(content[: len(content) // 2])
        os._exit(9)
    left -= 1
    atomic.write_atomic(path, content)

module.write_atomic = counted
raw = Path(sys.argv[4]).read_bytes()
manifest = parse_manifest(raw)
files = {path: f"content of {path}".encode() for path in manifest.files}
EditionStore(root=Path(sys.argv[2]), namespace="sample").write(manifest.__class__(**{
    **{name: getattr(manifest, name) for name in Manifest.__slots__}, "files": {}}), files)
"""


@pytest.mark.parametrize("step", range(5))
def test_killed_after_every_single_write(tmp_path: Path, made: Callable[..., Content], step: int) -> None:
    """Wherever a run is killed, there is no half edition, what was there verifies, and the next run completes it."""
    root = tmp_path / "store"
    store = EditionStore(root=root, namespace="sample")
    keep(store, made(date(2025, 10, 7), "The edition before."))
    content = made()
    assert len(content.files) == 4  # so that there are five writes
    paths = {path: Stored(sha256="0" * 64, size=0) for path in content.files}
    given = tmp_path / "given.json"
    given.write_bytes(dataclasses.replace(content.manifest, files=paths).to_bytes())
    script = tmp_path / "killed.py"
    script.write_text(KILLED, encoding="utf-8")

    def run(writes: int) -> int:
        variables = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
        command = [sys.executable, script, ROOT, root, str(writes), given]
        return subprocess.run(command, env=variables, check=False).returncode

    assert run(step) == 9
    assert store.days() == [date(2025, 10, 7)]
    assert verify(root, quiet).problems == ()
    assert run(-1) == 0
    assert store.days() == [date(2025, 10, 7), DAY]
    store.clean()
    assert not list(store.folder.rglob("*.tmp"))
    found = verify(root, quiet)
    assert (found.editions, found.problems) == (2, ())


@given(raw=st.binary(max_size=400))
def test_no_bytes_make_a_manifest_by_accident(raw: bytes) -> None:
    """Whatever stands in the file, it is a manifest that was written here, or an error in one line."""
    with pytest.raises(DataError) as caught:
        parse_manifest(raw)
    assert str(caught.value).isprintable()


@pytest.mark.parametrize("path", ["../index.md", "/etc/passwd", "a/../../b", "a//b", "A.md", "a b.md", ".hidden", ""])
def test_a_manifest_cannot_name_files_elsewhere(made: Callable[..., Content], path: str) -> None:
    """A path that would leave the edition's folder is refused, even if the manifest's own hash is right."""
    manifest = dataclasses.replace(made().manifest, files={path: Stored(sha256="0" * 64, size=1)})
    with pytest.raises(DataError, match="cannot be part of an edition"):
        parse_manifest(manifest.to_bytes())
