"""Published numbers are complete, finite, and known by one id."""

from __future__ import annotations

import json
from dataclasses import FrozenInstanceError, replace
from datetime import date
from typing import Any

import pytest

from generator.findings import Estimate, Numbers, Unavailable, anchor

NUMBER = Estimate(
    value=0.5,
    lower=0.3,
    upper=0.7,
    nobs=252,
    unit="correlation",
    method="correlation",
    first=date(2025, 9, 19),
    last=date(2026, 9, 18),
)


@pytest.mark.parametrize("field", ["value", "lower", "upper", "pvalue"])
@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_what_is_not_finite_is_never_published(field: str, number: float) -> None:
    """A number that cannot be computed is Unavailable with its reason; NaN does not get past this point."""
    changes: dict[str, Any] = {field: number}
    with pytest.raises(ValueError, match=f"{field} = {number}: a published number must be finite"):
        replace(NUMBER, **changes)


def test_an_interval_has_its_ends_in_order() -> None:
    """An interval upside down is an error of the method."""
    with pytest.raises(ValueError, match=r"lower = 0\.8 is above upper = 0\.7"):
        replace(NUMBER, lower=0.8)


def test_a_fact_needs_no_interval() -> None:
    """A count has no sampling error."""
    assert replace(NUMBER, lower=None, upper=None).lower is None


def test_estimates_do_not_change() -> None:
    """What was computed stays what it was."""
    with pytest.raises(FrozenInstanceError):
        NUMBER.value = 1.0  # type: ignore[misc]  # the point of the test


def test_the_json_form_has_the_public_keys() -> None:
    """The keys of DESIGN 9; a p-value only where there is a test."""
    body = NUMBER.as_json()
    assert list(body) == ["value", "lower", "upper", "level", "nobs", "unit", "method", "first", "last", "link"]
    assert body["first"] == "2025-09-19"
    assert replace(NUMBER, pvalue=0.02).as_json()["pvalue"] == 0.02
    assert Unavailable(reason="no data").as_json() == {"unavailable": "no data"}
    assert json.loads(json.dumps(body, allow_nan=False)) == body


def test_an_unknown_id_is_an_error_that_lists_its_relatives() -> None:
    """A misspelt id never prints a blank; ids of the same family help to find the right one."""
    numbers = Numbers({"correlation.pearson.daily.252": NUMBER, "levels.pearson.252": NUMBER})
    with pytest.raises(KeyError) as unknown:
        numbers["correlation.pearson.daily.253"]
    sentence = unknown.value.args[0]
    assert sentence == "no number with id 'correlation.pearson.daily.253'; near it: correlation.pearson.daily.252"
    with pytest.raises(KeyError, match="near it: nothing"):
        numbers["rates.beta"]


def test_missing_ids_are_not_defaulted() -> None:
    """`get` and `in` behave as for any mapping, so that asking is possible without an error."""
    numbers = Numbers({"a.b": NUMBER})
    assert numbers.get("a.c") is None
    assert "a.c" not in numbers
    assert list(numbers) == ["a.b"]
    assert len(numbers) == 1


def test_a_number_is_computed_once() -> None:
    """Two pages that publish the same id are a mistake of the program, and both ids are named."""
    numbers = Numbers({"a.b": NUMBER, "a.c": NUMBER})
    with pytest.raises(ValueError, match=r"number ids computed twice: a\.b, a\.c"):
        numbers.merged({"a.c": NUMBER, "a.b": NUMBER})
    assert list(numbers.merged({"a.d": NUMBER})) == ["a.b", "a.c", "a.d"]
    assert list(numbers) == ["a.b", "a.c"]


def test_a_number_is_not_changed_from_outside() -> None:
    """The mapping given at the start is copied."""
    items: dict[str, Estimate | Unavailable] = {"a.b": NUMBER}
    numbers = Numbers(items)
    items["a.c"] = NUMBER
    assert "a.c" not in numbers


def test_links_point_to_the_anchor_on_the_page() -> None:
    """Every estimate knows where it stands; what is unavailable stands nowhere."""
    numbers = Numbers({"levels.null_share.63": NUMBER, "levels.x": Unavailable(reason="no data")})
    linked = numbers.linked("/reports/p/levels/")
    number = linked["levels.null_share.63"]
    assert isinstance(number, Estimate)
    assert number.link == "/reports/p/levels/#levels-null-share-63"
    assert linked["levels.x"] == Unavailable(reason="no data")


def test_an_anchor_is_a_plain_id() -> None:
    """Dots and underscores would need escaping in selectors."""
    assert anchor("rates.beta_difference.dgs2.b_minus_m.252") == "rates-beta-difference-dgs2-b-minus-m-252"
