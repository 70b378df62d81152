"""The page about the site: whom to write to, and what was corrected."""

from __future__ import annotations

import dataclasses
from datetime import date
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from generator.config import Correction
from generator.pages import about

if TYPE_CHECKING:
    from generator.config import Config


@dataclasses.dataclass(frozen=True)
class Some:
    """As much of a site's context as the page looks at."""

    config: Any
    editions: tuple[Any, ...] = ()


@pytest.mark.parametrize(
    ("contact", "href"),
    [
        ("", ""),
        ("errors@example.org", "mailto:errors@example.org"),
        ("https://example.org/issues", "https://example.org/issues"),
        ("the editor, third floor", ""),
        ("javascript:alert(1)@x", "mailto:javascript:alert(1)@x"),
        ('https://example.org/")<script>', ""),
        ("http://example.org/", ""),
    ],
)
def test_a_contact_is_a_link_only_where_it_is_an_address(contact: str, href: str) -> None:
    """An address of web or mail can be followed; anything else, and anything that could end the link, is text."""
    found = about.contact_link(contact)
    assert found["words"] == contact
    assert found["href"] == ("" if "(" in href else href)


def test_corrections_stand_newest_first_and_keep_their_anchor(config: Config) -> None:
    """An entry's anchor is its place in the configuration, so that a later entry does not move it."""
    entries = [
        Correction(on=date(2026, 1, 2), page="/data/", said="1", right="2", why="First."),
        Correction(on=date(2026, 5, 2), page="/claims/", said="3", right="4", why="Second."),
    ]
    changed = config.model_copy(update={"corrections": entries})
    rows = about.compose(Some(config=changed))["corrections"]  # type: ignore[arg-type] # as much of it as is looked at
    assert [(row["anchor"], row["why"]) for row in rows] == [("correction-2", "Second."), ("correction-1", "First.")]


def test_revised_editions_are_in_the_log(config: Config) -> None:
    """Every revision after the first is listed with its reason."""
    first = SimpleNamespace(as_of=date(2026, 1, 30), revision=1, folder="2026-01-30", reason="")
    second = SimpleNamespace(as_of=date(2026, 1, 30), revision=2, folder="2026-01-30-r2", reason="Wrong unit.")
    edition = SimpleNamespace(revisions=(first, second))
    found = about.compose(Some(config=config, editions=(edition,)))["revisions"]  # type: ignore[arg-type] # the same
    assert found == [
        {"as_of": date(2026, 1, 30), "revision": 2, "address": "/editions/2026-01-30-r2/", "reason": "Wrong unit."}
    ]


def test_a_correction_names_a_page() -> None:
    """What is no address of the site is refused."""
    with pytest.raises(ValueError, match="must look like"):
        Correction(on=date(2026, 1, 2), page="data", said="1", right="2", why="3")
