"""Kept results are found again under the same inputs only, and losing them loses only time."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from generator import cache as module
from generator.cache import Cache, Stamp, key_of, tree_sha256

if TYPE_CHECKING:
    from pathlib import Path


def fail() -> int:
    """Stand for a computation that must not happen."""
    pytest.fail("computed again")


def test_a_result_is_computed_once(tmp_path: Path) -> None:
    """The second asking finds what the first kept, also from another object."""
    key = key_of("one")
    assert not Cache(root=tmp_path).holds(key)
    assert Cache(root=tmp_path).get(key, lambda: 41) == 41
    assert Cache(root=tmp_path).holds(key)
    assert Cache(root=tmp_path).get(key, fail) == 41
    assert Cache(root=tmp_path).get(key_of("two"), lambda: 42) == 42


@pytest.mark.parametrize("spoilt", [b"", b"x" * 20, b"x" * 200], ids=["empty", "short", "other"])
def test_a_damaged_file_counts_as_none(tmp_path: Path, spoilt: bytes) -> None:
    """Whatever is in the file, only what was written under its own hash is read; it is then made anew."""
    cache, key = Cache(root=tmp_path), key_of("one")
    cache.put(key, "good")
    (path,) = tmp_path.rglob("*.pickle")
    path.write_bytes(spoilt)
    assert cache.get(key, lambda: "anew") == "anew"
    assert cache.get(key, fail) == "anew"


def test_one_flipped_bit_is_noticed(tmp_path: Path) -> None:
    """A file that was altered is not read, even where its pickle would load."""
    cache, key = Cache(root=tmp_path), key_of("one")
    cache.put(key, "good")
    (path,) = tmp_path.rglob("*.pickle")
    body = bytearray(path.read_bytes())
    body[body.index(b"good")] ^= 1
    path.write_bytes(bytes(body))
    assert cache.get(key, lambda: "anew") == "anew"


def test_where_nothing_can_be_kept_the_result_is_still_given(tmp_path: Path) -> None:
    """A file in the place of the folder stands for a read-only or full disk."""
    (tmp_path / "place").write_text("", encoding="utf-8")
    cache = Cache(root=tmp_path / "place")
    assert cache.get(key_of("one"), lambda: 41) == 41
    assert not cache.holds(key_of("one"))
    cache.prune()


def test_the_least_recently_used_goes_first(tmp_path: Path) -> None:
    """Beyond the limit old results go; one that was used lately stays."""
    cache = Cache(root=tmp_path)
    keys = [key_of(str(i)) for i in range(4)]
    for age, key in enumerate(keys):
        cache.put(key, bytes(1000))
        os.utime(next(tmp_path.rglob(f"{key[2:]}.pickle")), ns=(age, age))
    cache.get(keys[0], fail)
    cache.prune(largest=2500)
    assert [cache.holds(key) for key in keys] == [True, False, False, True]


def test_a_key_depends_on_every_part_and_on_the_code(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts cannot run into each other, and a changed program finds nothing of the old one."""
    assert len({key_of("ab", "c"), key_of("a", "bc"), key_of("abc"), key_of(b"abc", b"")}) == 4
    before = key_of("abc")
    monkeypatch.setattr(module, "code_key", lambda: "other")
    assert key_of("abc") != before


def test_a_folder_is_made_again_when_anything_differs(tmp_path: Path) -> None:
    """The same inputs and the same bytes count as made; other inputs, an altered, added or renamed file do not."""
    folder = tmp_path / "site"
    folder.mkdir()
    (folder / "index.html").write_text("a", encoding="utf-8")
    stamp = Stamp(tmp_path / "kept" / "site.json", "inputs", folder)
    assert not stamp.unchanged()
    stamp.record()
    assert stamp.unchanged()
    assert not Stamp(stamp.record_file, "others", folder).unchanged()
    before = tree_sha256(folder)
    (folder / "index.html").rename(folder / "other.html")
    assert not stamp.unchanged()
    (folder / "other.html").rename(folder / "index.html")
    assert stamp.unchanged()
    (folder / "index.html").write_text("b", encoding="utf-8")
    assert not stamp.unchanged()
    assert tree_sha256(folder) != before
    stamp.record_file.write_text("[1]", encoding="utf-8")
    assert not stamp.unchanged()
