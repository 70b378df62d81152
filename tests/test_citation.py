"""Citations parse, name the frozen address first, and hold whatever a title holds."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import bibtexparser
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.citation import Work, bibtex, csl_json, full, inline

LATEST = "https://example.org/tandem/claims/a-claim/"
FROZEN = "https://example.org/tandem/editions/2025-10-07/claims/a-claim/"
WORK = Work(
    title="Is it 100 % so? R&D_1 {x} $5 #2 ~ \\ ^",
    site="Tandem",
    as_of=date(2025, 10, 7),
    latest=LATEST,
    frozen=FROZEN,
    version="0.1.0+abc",
)


def parsed(text: str) -> dict[str, str]:
    """Return the one entry that a BibTeX reader finds."""
    entries = bibtexparser.loads(text).entries
    assert len(entries) == 1
    entry: dict[str, str] = entries[0]
    return entry


def test_in_a_line_and_in_full() -> None:
    """Short names site and year; the full one has title, day of the data, version, and the frozen address first."""
    work = replace(WORK, title="A claim")
    assert inline(work) == "(Tandem, 2025)"
    assert full(work) == (
        f"Tandem (2025). A claim. Data through 2025-10-07. Version 0.1.0+abc. {FROZEN} Newest version: {LATEST}"
    )
    assert full(replace(work, frozen="", version="")) == f"Tandem (2025). A claim. Data through 2025-10-07. {LATEST}"


def test_bibtex_reads_back() -> None:
    """A reader finds one entry with the frozen address, the year, and a title whose special characters are escaped."""
    entry = parsed(bibtex(WORK))
    assert entry["ENTRYTYPE"] == "misc"
    assert entry["ID"] == WORK.key == "tandem-2025-10-07-is-it-100-so-r-d-1-x-5-2"
    assert entry["url"] == FROZEN
    assert entry["year"] == "2025"
    for escaped in (r"100 \%", r"R\&D\_1", r"\{x\}", r"\$5", r"\#2", r"\textbackslash{}"):
        assert escaped in entry["title"]


@given(title=st.text(min_size=1))
def test_no_title_breaks_the_entry(title: str) -> None:
    """Whatever the title, the braces of the entry are balanced and its key is plain."""
    text = bibtex(replace(WORK, title=title))
    bare = text.replace("\\{", "").replace("\\}", "")
    depth = 0
    for character in bare:
        depth += {"{": 1, "}": -1}.get(character, 0)
        assert depth >= 0
    assert depth == 0
    assert set(replace(WORK, title=title).key) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")


def test_csl_json_has_the_fields_that_readers_use() -> None:
    """Type, title, author, date parts, address; strict JSON."""
    item = json.loads(json.dumps(csl_json(WORK), allow_nan=False))
    assert item["type"] == "webpage"
    assert item["issued"] == {"date-parts": [[2025, 10, 7]]}
    assert item["author"] == [{"literal": "Tandem"}]
    assert item["URL"] == FROZEN
    assert LATEST in item["note"]


@pytest.mark.parametrize("frozen", ["", LATEST])
def test_without_a_frozen_address_the_latest_is_cited(frozen: str) -> None:
    """There is then one address, and no second one is named."""
    work = replace(WORK, frozen=frozen)
    assert work.address == LATEST
    assert "note" not in csl_json(work)
    assert "Newest version" not in full(work)
