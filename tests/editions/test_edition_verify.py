"""Whatever is changed in a stored edition is found and named."""

from __future__ import annotations

import dataclasses
import zlib
from datetime import date
from typing import TYPE_CHECKING

import pytest

from generator.cli import main
from generator.editions.verify import verify

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from generator.editions.making import Content
    from generator.editions.manifest import Manifest
    from generator.editions.store import EditionStore

DAY = date(2025, 10, 31)


def quiet(_stage: str, _done: int, _total: int) -> None:
    """Report nothing."""


FINDINGS = "a-b/findings.json"


@pytest.fixture
def kept(store: EditionStore, made: Callable[..., Content]) -> Manifest:
    """Return the manifest of an edition that is stored beside another one."""
    store.write(made(date(2025, 10, 7), "Before.").manifest, made(date(2025, 10, 7), "Before.").files)
    content = made()
    return store.write(content.manifest, content.files)


def problems(store: EditionStore) -> tuple[str, ...]:
    """Return what is wrong with a store."""
    return verify(store.root, quiet).problems


def test_what_nobody_touched_is_sound(store: EditionStore, kept: Manifest) -> None:
    """Nothing is found in a store as it was written, and everything in it was looked at."""
    found = verify(store.root, quiet)
    assert kept.revision == 1
    assert (found.editions, found.objects, found.problems) == (2, 6, ())  # findings and picture are shared


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda _raw: b"", "is damaged"),
        (lambda raw: raw[:-1], "is damaged"),
        (lambda raw: raw + b"x", "is damaged"),
        (lambda _raw: b"not compressed", "is damaged"),
        (lambda _raw: zlib.compress(b'{"numbers": {}, "verdicts": {1}}'), "was altered"),
        (lambda _raw: zlib.compress(b"0" * 10_000_000), "was altered"),
    ],
)
def test_a_changed_object_is_named(
    store: EditionStore, kept: Manifest, change: Callable[[bytes], bytes], fault: str
) -> None:
    """The edition, the file and the fault stand in one line for each edition the object is part of."""
    place = store.objects / kept.files[FINDINGS].sha256
    place.write_bytes(change(place.read_bytes()))
    object_name = f"object {kept.files[FINDINGS].sha256[:16]}"
    assert problems(store) == (
        f"sample: edition 2025-10-07, revision 1: {FINDINGS}: {object_name} {fault}",
        f"sample: edition 2025-10-31, revision 1: {FINDINGS}: {object_name} {fault}",
    )


def test_every_flipped_bit_of_an_object_is_found(store: EditionStore, kept: Manifest) -> None:
    """No single changed byte of an object goes unnoticed."""
    place = store.objects / kept.files[FINDINGS].sha256
    raw = place.read_bytes()
    for i in range(len(raw)):
        place.write_bytes(raw[:i] + bytes([raw[i] ^ 1]) + raw[i + 1 :])
        assert problems(store), f"byte {i}"


def test_a_missing_object_is_named(store: EditionStore, kept: Manifest) -> None:
    """An object that is gone is a fault of the editions that need it, and of no other."""
    (store.objects / kept.files["index.md"].sha256).unlink()
    (line,) = problems(store)
    assert line.startswith("sample: edition 2025-10-31, revision 1: index.md: object ")
    assert line.endswith("cannot be read (No such file or directory)")


def test_every_flipped_bit_of_a_manifest_is_found(store: EditionStore, kept: Manifest) -> None:
    """No single changed byte of a manifest goes unnoticed: not a hash, not a date, not the way it was made."""
    place = store.manifest_path(DAY, 1)
    raw = place.read_bytes()
    assert raw == kept.to_bytes()
    for i in range(len(raw)):
        place.write_bytes(raw[:i] + bytes([raw[i] ^ 1]) + raw[i + 1 :])
        assert any("editions/sample/2025-10-31/1/manifest.json" in line for line in problems(store)), f"byte {i}"


def test_a_manifest_in_the_wrong_place_is_named(store: EditionStore, kept: Manifest) -> None:
    """An edition that was copied over another one is found although it is whole."""
    store.manifest_path(date(2025, 10, 7), 1).write_bytes(kept.to_bytes())
    assert problems(store) == ("editions/sample/2025-10-07/1/manifest.json: belongs to edition 2025-10-31, revision 1",)


def test_a_replaced_first_revision_is_named(store: EditionStore, kept: Manifest, made: Callable[..., Content]) -> None:
    """A revision holds the hash of the one before it, so the first cannot be exchanged for another whole one."""
    content = made(words="Corrected.", revision=2, reason="a mistake", previous=kept.sha256)
    store.write(content.manifest, content.files)
    assert problems(store) == ()
    other = dataclasses.replace(kept, made="live")
    store.manifest_path(DAY, 1).write_bytes(other.to_bytes())
    assert problems(store) == (
        "sample: edition 2025-10-31, revision 2: the revision before it is missing or another one",
    )


def test_the_command_ends_with_the_right_status(
    store: EditionStore, kept: Manifest, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`tandem verify` ends with 0 where all is sound, and with 1 and one line per fault where it is not."""
    arguments = ["verify", "--config", str(tmp_path / "report.toml")]
    assert main(arguments) == 0
    assert capsys.readouterr().out == "2 editions, 6 files: every one as it was made.\n"
    (store.objects / kept.files["index.md"].sha256).write_bytes(b"")
    assert main(arguments) == 1
    output = capsys.readouterr()
    assert output.out == ""
    assert output.err.splitlines()[0].endswith("index.md: object " + kept.files["index.md"].sha256[:16] + " is damaged")


def test_a_store_without_editions_is_sound(tmp_path: Path) -> None:
    """Nothing to check is nothing wrong."""
    found = verify(tmp_path, quiet)
    assert (found.editions, found.problems) == (0, ())
