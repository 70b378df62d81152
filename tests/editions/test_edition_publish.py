"""Stored editions become pages: frozen words inside, today's frame around them."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from generator.editions.keeping import read_all, request
from generator.editions.publish import publish
from generator.errors import DataError
from generator.render import environment

if TYPE_CHECKING:
    from collections.abc import Callable

    from generator.editions.making import Content
    from generator.editions.store import EditionStore

ROOT = Path(__file__).parents[2]
DAYS = [date(2025, 10, 7), date(2025, 10, 31), date(2025, 11, 28)]
HOSTILE = "<script>alert(1)</script> [x](javascript:y) {{ 7 * 7 }} & |"


def quiet(_stage: str, _done: int, _total: int) -> None:
    """Report nothing."""


def published(store: EditionStore, docs: Path) -> Path:
    """Publish every edition of a store and return the folder of the editions."""
    publish(store, read_all(store), docs, environment(ROOT / "templates"), quiet)
    return docs / "editions"


@pytest.fixture
def three(store: EditionStore, made: Callable[..., Content]) -> EditionStore:
    """Return a store with three editions."""
    for day in DAYS:
        request(store, made(day, f"Words of {day}."), ("month end",), live=day == DAYS[2], reason="")
    return store


def test_words_and_files_are_those_that_were_frozen(
    three: EditionStore, made: Callable[..., Content], tmp_path: Path
) -> None:
    """Every file stands on the site byte for byte, and every page holds its frozen text unbroken."""
    folder = published(three, tmp_path)
    for day in DAYS:
        files = made(day, f"Words of {day}.").files
        assert {p.relative_to(folder / str(day)).as_posix() for p in (folder / str(day)).rglob("*.*")} == set(files)
        for path, body in files.items():
            text = (folder / str(day) / path).read_bytes()
            if path.endswith(".md"):
                _, head, words = body.decode().split("---\n", 2)
                heading, _, rest = words.partition("\n")
                page = text.decode()
                assert page.startswith(f"---\n{head}search:\n  exclude: true\nedition: ")
                assert f"\n{heading}\n" in page
                assert rest.strip() in page
            else:
                assert text == body


def test_each_leads_to_the_one_before_and_the_one_after(three: EditionStore, tmp_path: Path) -> None:
    """Earlier and later are those with the same pair; the first has none before, the last none after it."""
    folder = published(three, tmp_path)
    links = {
        day: re.findall(r'<a href="([^"]+)" rel="(prev|next)">', (folder / str(day) / "a-b/index.md").read_text())
        for day in DAYS
    }
    assert links[DAYS[0]][:1] == [("../../2025-10-31/a-b/", "next")]
    assert links[DAYS[1]][:2] == [("../../2025-10-07/a-b/", "prev"), ("../../2025-11-28/a-b/", "next")]
    assert links[DAYS[2]][:1] == [("../../2025-10-31/a-b/", "prev")]
    front = (folder / str(DAYS[1]) / "index.md").read_text()
    assert '<a href="../2025-10-07/" rel="prev">' in front


def test_live_and_backfilled_are_told_apart(three: EditionStore, tmp_path: Path) -> None:
    """Every page says how its edition was made, and leads to what that means and to the latest."""
    folder = published(three, tmp_path)
    assert ">backfilled</a>" in (folder / "2025-10-31" / "index.md").read_text()
    page = (folder / "2025-11-28" / "a-b" / "index.md").read_text()
    assert '<a href="../../#how-an-edition-is-kept">live</a>' in page
    assert '<a href="../../../reports/a-b/">latest</a>' in page


def test_an_edition_without_the_pair_is_passed_over(
    three: EditionStore, made: Callable[..., Content], tmp_path: Path
) -> None:
    """A pair that came later leads to editions that have it; the edition itself is still in the row of all."""
    content = made(date(2025, 12, 10), pairs={})
    content = type(content)(manifest=content.manifest, files={"index.md": content.files["index.md"]})
    request(three, content, ("FOMC statement",), live=False, reason="")
    folder = published(three, tmp_path)
    assert 'rel="next"' not in (folder / "2025-11-28" / "a-b" / "index.md").read_text()
    assert '<a href="../2025-12-10/" rel="next">' in (folder / "2025-11-28" / "index.md").read_text()


def test_a_correction_stands_beside_the_first_and_both_say_so(
    three: EditionStore, made: Callable[..., Content], tmp_path: Path
) -> None:
    """The first keeps address and words and leads to the correction; that leads back; others lead to the correction."""
    request(three, made(DAYS[1], "Corrected words."), (), live=False, reason=HOSTILE)
    folder = published(three, tmp_path)
    first = (folder / "2025-10-31" / "a-b" / "index.md").read_text()
    assert "Words of 2025-10-31." in first
    assert '<a href="../../2025-10-31-r2/a-b/">revision 2</a> takes the place of this page.' in first
    second = (folder / "2025-10-31-r2" / "a-b" / "index.md").read_text()
    assert "Corrected words." in second
    assert '<strong>Revision 2</strong> of <a href="../../2025-10-31/a-b/">the edition as first made</a>' in second
    assert '<a href="../../2025-10-31-r2/a-b/" rel="next">' in (folder / "2025-10-07" / "a-b" / "index.md").read_text()
    for page in (first, second):
        assert "<script>" not in page
        assert "](javascript" not in page


def test_a_damaged_edition_is_not_published(three: EditionStore, tmp_path: Path) -> None:
    """What is not what was frozen does not reach a page; the message names it."""
    manifest = three.manifest(DAYS[1], 1)
    (three.objects / manifest.files["index.md"].sha256).write_bytes(b"other")
    with pytest.raises(DataError, match=r"edition 2025-10-31, revision 1: index\.md: object .* is damaged"):
        published(three, tmp_path)


def test_a_page_that_was_not_made_here_is_refused(
    store: EditionStore, made: Callable[..., Content], tmp_path: Path
) -> None:
    """A stored page without head and heading cannot be framed."""
    content = made()
    request(
        store,
        type(content)(manifest=content.manifest, files={**content.files, "index.md": b"Just words."}),
        (),
        live=False,
        reason="",
    )
    with pytest.raises(DataError, match="has no head and heading"):
        published(store, tmp_path)
