"""Claims and numbers made for a test."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from generator.config import Claim
from generator.findings import Estimate

if TYPE_CHECKING:
    from collections.abc import Callable

ONE = {"correlation.pearson.daily.252": "correlation over a year"}
TWO = {"correlation.pearson.daily.126": "correlation over half a year", **ONE}


def claim_of(criterion: dict[str, Any], **fields: Any) -> Claim:
    """Return a claim with this criterion; its hash is computed, not checked."""
    body = {
        "slug": "a-claim",
        "title": "A claim",
        "words": "It is so.",
        "quoted": True,
        "speaker": "Somebody",
        "said_on": date(2025, 10, 7),
        "sources": [{"label": "Where", "url": "https://example.org/a"}],
        "reading": "It means this.",
        "left_out": "That.",
        "fairness": "Because.",
        "baseline": "Nothing.",
        "pair": "eth-russell-2000",
        "fixed_on": date(2026, 11, 22),
        "criterion_sha256": "",
        "criterion": criterion,
        **fields,
    }
    return Claim.model_validate(body)


def number_of(lower: float | None, upper: float | None, **fields: Any) -> Estimate:
    """Return a number with this interval, a correlation unless `fields` say otherwise."""
    ends = [end for end in (lower, upper) if end is not None]
    body: dict[str, Any] = {
        "value": sum(ends) / len(ends) if ends else 0.0,
        "nobs": 252,
        "unit": "correlation",
        "method": "correlation",
        "first": date(2024, 10, 7),
        "last": date(2025, 10, 7),
        **fields,
    }
    return Estimate(lower=lower, upper=upper, **body)


@pytest.fixture(scope="session")
def make_claim() -> Callable[..., Claim]:
    """Return what makes a claim from a criterion."""
    return claim_of


@pytest.fixture(scope="session")
def number() -> Callable[..., Estimate]:
    """Return what makes a number from the ends of its interval."""
    return number_of


@pytest.fixture(scope="session")
def size_claim() -> Claim:
    """Return a claim about the size of one correlation, with the lines of METHODS 7."""
    return claim_of({"kind": "size", "unit": "correlation", "at_least": 0.9, "floor": 0.7, "numbers": ONE})


@pytest.fixture(scope="session")
def size_claim_of_two() -> Claim:
    """Return the same claim about two windows that must agree."""
    return claim_of({"kind": "size", "unit": "correlation", "at_least": 0.9, "floor": 0.7, "numbers": TWO})


@pytest.fixture(scope="session")
def sign_claim() -> Claim:
    """Return a claim that something falls by at least 1 % when rates rise."""
    return claim_of(
        {
            "kind": "sign",
            "unit": "percent per +25 bp",
            "side": "negative",
            "at_least": 1.0,
            "numbers": {"rates.beta.dgs2.a.252": "response of Ether"},
        }
    )


@pytest.fixture(scope="session")
def direction_claim() -> Claim:
    """Return a claim that a difference of shares is positive, whatever its size."""
    return claim_of(
        {
            "kind": "sign",
            "unit": "share",
            "side": "positive",
            "at_least": 0.0,
            "numbers": {"fomc.tandem.difference": "Fed days less other days"},
        }
    )


@pytest.fixture(scope="session")
def count_claim() -> Claim:
    """Return a claim that something happens four times in a row by a date."""
    return claim_of(
        {
            "kind": "count_reached",
            "number": "spells.longest_since_claim.2026-06-30",
            "name": "longest run of cuts",
            "at_least": 4,
            "partly_from": 3,
            "deadline": date(2026, 6, 30),
        }
    )


@pytest.fixture(scope="session")
def joint_claim() -> Claim:
    """Return a forecast with three horizons."""
    horizons = [
        {"number": "since.joint_up.63", "name": "both up after 63 sessions", "due": date(2026, 1, 7)},
        {"number": "since.joint_up.126", "name": "both up after 126 sessions", "due": date(2026, 4, 9)},
        {"number": "since.joint_up.252", "name": "both up after 252 sessions", "due": date(2026, 10, 8)},
    ]
    return claim_of({"kind": "joint_outcome", "horizons": horizons})


@pytest.fixture(scope="session")
def odds_claim() -> Claim:
    """Return a probability of one outcome."""
    return claim_of(
        {
            "kind": "odds",
            "number": "fomc.cut.2025-10-29",
            "name": "the Fed cut",
            "probability": 0.75,
            "base": "fomc.cut_after_cut",
            "base_name": "the base rate",
            "due": date(2025, 10, 29),
        }
    )
