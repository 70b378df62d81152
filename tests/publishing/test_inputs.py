"""Untrusted text becomes a checked value or one line, never anything else."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.errors import TandemError
from generator.publishing.inputs import DATA, FIELDS, read_inputs

CONFIG = Path(__file__).parents[2] / "report.toml"


def test_nothing_asked_is_a_plain_run() -> None:
    """A scheduled run has no inputs: it fetches, builds every pair and publishes."""
    inputs = read_inputs({}, CONFIG)
    assert inputs.lines() == "as_of=\ndata=fetch\npairs=\ndry_run=false\naccept_jump=false\nsite_url=\n"


def test_button_and_payload_are_read_alike() -> None:
    """The same wish by the button and by another program gives the same run; the button wins."""
    button = {"INPUT_AS_OF": "2025-10-07", "INPUT_DATA": "store", "INPUT_DRY_RUN": "true"}
    payload = {"INPUT_PAYLOAD": json.dumps({"as_of": "2025-10-07", "data": "store", "dry_run": True})}
    assert read_inputs(button, CONFIG) == read_inputs(payload, CONFIG)
    assert read_inputs({**payload, "INPUT_AS_OF": "2025-10-08"}, CONFIG).as_of == date(2025, 10, 8)


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("AS_OF", "2026-13-45", "as_of: '2026-13-45' is not a date"),
        ("AS_OF", "$(id)", r"as_of: '\$\(id\)' is not a date"),
        ("AS_OF", '"; rm -rf /; "', "as_of: .* is not a date"),
        ("AS_OF", "20251007", "as_of: '20251007' is not a date"),
        ("AS_OF", "２０２５-10-07", "as_of: .* is not a date"),
        ("AS_OF", "x" * 1_000_000, "as_of: 1000000 characters; at most 4000"),
        ("DATA", "../../etc", "data: '../../etc' is unknown; allowed: fetch, store, sample"),
        ("DRY_RUN", "yes", "dry_run: 'yes' is neither true nor false"),
        ("PAIRS", "eth-sp-500", "tick dry run"),
        ("PAYLOAD", "[" * 3_000, "payload: .* is not JSON"),
        ("PAYLOAD", "[1]", "payload: .* is not a JSON object"),
        ("PAYLOAD", '{"run": "id"}', "payload: unknown field 'run'"),
        ("PAYLOAD", '{"as_of": 20251007}', "payload: as_of: '20251007' is neither text nor true or false"),
    ],
)
def test_hostile_input_is_refused_in_one_line(field: str, value: str, message: str) -> None:
    """Each refusal names the field and stays on one short line of printable ASCII."""
    with pytest.raises(TandemError, match=message) as refused:
        read_inputs({f"INPUT_{field}": value}, CONFIG)
    assert str(refused.value).isascii()
    assert str(refused.value).isprintable()
    assert len(str(refused.value)) < 250


def test_unknown_pair_names_the_known_ones() -> None:
    """A typing error in a pair is answered with what there is."""
    with pytest.raises(TandemError, match="pairs: 'eth-gold' is unknown; known: eth-russell-2000, "):
        read_inputs({"INPUT_PAIRS": "eth-sp-500, eth-gold", "INPUT_DRY_RUN": "true"}, CONFIG)


@pytest.mark.parametrize(
    ("environment", "url"),
    [
        ({"GITHUB_REPOSITORY": "Some-One/Tandem"}, "https://some-one.github.io/tandem/"),
        ({"GITHUB_REPOSITORY": "one/one.github.io"}, "https://one.github.io/"),
        ({"GITHUB_REPOSITORY": "a/b", "SITE_URL": "https://tandem.example"}, "https://tandem.example/"),
    ],
)
def test_address_of_the_site(environment: dict[str, str], url: str) -> None:
    """The settings name the address; without them it is the one GitHub Pages gives the repository."""
    assert read_inputs(environment, CONFIG).site_url == url


@pytest.mark.parametrize(
    "url", ["http://x.example/", "https://x.example/?a", "https://x.example/\nas_of=1", "javascript:1"]
)
def test_bad_address_is_refused(url: str) -> None:
    """An address is https, without query and on one line."""
    with pytest.raises(TandemError, match=r"SITE_URL: .* must be an https address"):
        read_inputs({"SITE_URL": url}, CONFIG)


@given(
    st.dictionaries(st.sampled_from([*(f"INPUT_{f.upper()}" for f in FIELDS), "INPUT_PAYLOAD", "SITE_URL"]), st.text())
)
def test_any_text_gives_values_or_one_line(environment: dict[str, str]) -> None:
    """Whatever is sent, the run's settings are six lines of a known form, or it is refused."""
    try:
        shown = read_inputs(environment, CONFIG).lines()
    except TandemError as refused:
        shown = str(refused)
        known = "\n" not in shown
    else:
        known = shown.count("\n") == 6 and any(f"\ndata={kind}\n" in shown for kind in DATA)
    assert known
    assert shown.replace("\n", "").isprintable()
