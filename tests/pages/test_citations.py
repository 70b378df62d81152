"""The citation box of a page: what it offers can be read by the programs it is meant for."""

from __future__ import annotations

import json
from datetime import date
from types import SimpleNamespace
from typing import Any

import bibtexparser  # type: ignore[import-untyped]  # ships no types
import pytest

from generator.pages.citations import cite

BASE = "https://tandem.example/deep"


def context(*, site_url: str = f"{BASE}/", frozen: bool = True, simulated: bool = False) -> Any:
    """Return the part of a site's context that a citation is made of."""
    provenance = {
        "site_url": site_url,
        "as_of": date(2026, 9, 18),
        "simulated": simulated,
        "code_version": "1.0.0+abc",
        "data_sha256": "d" * 64,
    }
    edition = SimpleNamespace(address=lambda pair: f"/editions/2026-09-18/{pair}/")
    return SimpleNamespace(
        provenance=provenance,
        config=SimpleNamespace(site=SimpleNamespace(title="Tandem")),
        frozen=edition if frozen else None,
    )


def test_the_frozen_address_is_cited_and_the_newest_stands_beside() -> None:
    """All forms name the frozen address; both are offered."""
    found = cite(context(), "Levels", "/reports/x/levels/", "x", "#claim-y")
    assert found is not None
    assert found.frozen == f"{BASE}/editions/2026-09-18/x/#claim-y"
    assert found.latest == f"{BASE}/reports/x/levels/"
    forms = dict(found.forms)
    assert list(forms) == ["In the text", "In full", "BibTeX", "CSL-JSON"]
    assert forms["In full"].index(found.frozen) < forms["In full"].index(found.latest)
    assert json.loads(forms["CSL-JSON"])[0]["URL"] == found.frozen


@pytest.mark.parametrize("title", ["Levels: Ether & small caps", "100 % {of} \\it", "a_b #1 $2 ~ ^"])
def test_bibtex_parses(title: str) -> None:
    """One entry with the address as it is, whatever the title holds."""
    found = cite(context(), title, "/reports/x/", "x")
    assert found is not None
    library = bibtexparser.loads(dict(found.forms)["BibTeX"])
    (entry,) = library.entries
    assert entry["url"] == found.frozen
    assert entry["year"] == "2026"
    assert entry["title"]


def test_without_an_edition_the_newest_is_cited() -> None:
    """There is one address then, and it is not called frozen."""
    found = cite(context(frozen=False), "Levels", "/reports/x/", "x")
    assert found is not None
    assert found.frozen == ""
    assert json.loads(dict(found.forms)["CSL-JSON"])[0]["URL"] == f"{BASE}/reports/x/"


def test_without_a_published_address_there_is_nothing_to_cite() -> None:
    """An address on somebody's laptop leads nobody anywhere."""
    assert cite(context(site_url=""), "Levels", "/reports/x/", "x") is None


def test_simulated_data_is_cited_as_such() -> None:
    """Nobody should quote a simulation as a measurement."""
    found = cite(context(simulated=True), "Levels", "/reports/x/", "x")
    assert found is not None
    assert all("simulated" in text for label, text in found.forms if label != "In the text")
