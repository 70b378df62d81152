"""The claims in report.toml: every line where the file says, words as they were said, criteria that stay put."""

from __future__ import annotations

import itertools
import math
import re
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from generator.claims import Registered, Verdict, criterion_words, judge
from generator.config import load_config, parse_config
from generator.criteria import CountRule, JointRule, OddsRule, SignRule, SizeRule
from generator.errors import ConfigError
from generator.findings import Estimate, Number

if TYPE_CHECKING:
    from collections.abc import Callable

    from generator.config import Claim

FILE = Path(__file__).parents[2] / "report.toml"
TEXT = FILE.read_text(encoding="utf-8")
CLAIMS = load_config(FILE).claims
KNOWN_ON = date(2026, 11, 20)
FIRST, LAST = date(2025, 10, 8), date(2025, 10, 8)
S, P, N, C = Verdict.SUPPORTED, Verdict.PARTLY, Verdict.NOT_SUPPORTED, Verdict.CONTRADICTED
# Everything the site may put in quotation marks, as the sources have it.
QUOTATIONS = (
    "Ethereum shows near-perfect correlation with Russell 2000 small-cap index",
    (
        "This correlation is almost spooky. The Russell 2000 (small-cap equities) and ETH are basically moving in "
        "sync. "
        "Both are highly sensitive to interest rates. With 4+ consecutive cuts on the horizon… Expect both of them to "
        "move up in tandem"
    ),
)
WANTED = {
    "near-perfect-correlation",
    "ether-highly-rate-sensitive",
    "small-caps-highly-rate-sensitive",
    "rates-are-the-foundation",
    "small-caps-more-than-large",
    "ether-is-a-risk-asset",
    "fed-signals-move-ether",
    "fed-signals-move-small-caps",
    "fed-days-in-tandem",
    "four-consecutive-cuts",
    "both-up-in-tandem",
    "odds-of-a-cut-october-2025",
    "odds-of-a-cut-december-2025",
}


def of_kind(*kinds: type) -> list[Claim]:
    """Return the shipped claims whose criterion is of one of these kinds."""
    return [claim for claim in CLAIMS if isinstance(claim.criterion, kinds)]


def slug(claim: Claim) -> str:
    """Return the name of a test's parameter."""
    return claim.slug


def estimate(value: float, lower: float | None = None, upper: float | None = None, unit: str = "count") -> Estimate:
    """Return a number known early on."""
    return Estimate(value=value, lower=lower, upper=upper, nobs=100, unit=unit, method="claims", first=FIRST, last=LAST)


def verdict_of(claim: Claim, lower: float, upper: float) -> Verdict:
    """Return the verdict when every deciding number has this interval."""
    assert isinstance(claim.criterion, SizeRule | SignRule)
    unit = claim.criterion.unit
    numbers: dict[str, Number] = {key: estimate(upper, lower, upper, unit) for key in claim.criterion.ids}
    return judge(claim, numbers, KNOWN_ON).verdict


def test_everything_that_was_promised_is_there() -> None:
    """The statements of the coverage, one claim each, every kind of rule among them."""
    assert {claim.slug for claim in CLAIMS} >= WANTED
    assert {type(claim.criterion) for claim in CLAIMS} == {SizeRule, SignRule, CountRule, JointRule, OddsRule}


@pytest.mark.parametrize("claim", CLAIMS, ids=slug)
def test_words_in_quotation_marks_are_the_words(claim: Claim) -> None:
    """What is marked as quoted stands in a source; no other text of a claim uses quotation marks."""
    if claim.quoted:
        assert any(claim.words in quotation for quotation in QUOTATIONS)
    prose = (claim.title, claim.reading, claim.left_out, claim.fairness, claim.baseline, *claim.beside.values())
    for text in (*prose, *claim.criterion.named.values(), *([] if claim.quoted else [claim.words])):
        assert not re.search(r"[“”\"«»]", text)


@pytest.mark.parametrize("claim", CLAIMS, ids=slug)
def test_a_criterion_written_after_the_outcome_says_so(claim: Claim) -> None:
    """All were fixed on 2026-11-22; on what was known by then, none counts as registered beforehand."""
    assert claim.fixed_on == date(2026, 11, 22)
    assert claim.said_on <= date(2025, 10, 8)
    assert judge(claim, {}, KNOWN_ON).registered is Registered.AFTERWARDS


@pytest.mark.parametrize("claim", CLAIMS, ids=slug)
def test_without_numbers_nothing_is_guessed(claim: Claim) -> None:
    """With no number at all the claim cannot be judged, or its day has not come; the rule is told in words."""
    assert judge(claim, {}, KNOWN_ON).verdict is Verdict.CANNOT
    assert judge(claim, {}, claim.said_on).verdict in {Verdict.CANNOT, Verdict.TOO_EARLY}
    assert {Verdict.SUPPORTED, Verdict.CONTRADICTED} <= set(criterion_words(claim.criterion))


@pytest.mark.parametrize("claim", of_kind(SizeRule), ids=slug)
def test_each_line_of_each_claim_about_a_size(claim: Claim) -> None:
    """At each line and just below it."""
    rule = claim.criterion
    assert isinstance(rule, SizeRule)
    below = {line: math.nextafter(line, -math.inf) for line in (rule.at_least, rule.floor)}
    assert verdict_of(claim, rule.at_least, 1.0) is S
    assert verdict_of(claim, below[rule.at_least], 1.0) is P
    assert verdict_of(claim, -1.0, rule.at_least) is P
    assert verdict_of(claim, -1.0, below[rule.at_least]) is N
    assert verdict_of(claim, -1.0, rule.floor) is N
    assert verdict_of(claim, -1.0, below[rule.floor]) is C


@pytest.mark.parametrize("claim", of_kind(SignRule), ids=slug)
def test_each_line_of_each_claim_about_a_direction(claim: Claim) -> None:
    """Zero and, where there is one, the least size, on the claimed side."""
    rule = claim.criterion
    assert isinstance(rule, SignRule)
    tiny = 5e-324

    def on_claimed_side(low: float, high: float) -> Verdict:
        return verdict_of(claim, low, high) if rule.side == "positive" else verdict_of(claim, -high, -low)

    assert on_claimed_side(max(rule.at_least, tiny), 5.0) is S
    assert on_claimed_side(tiny, 5.0) is (P if rule.at_least else S)
    assert on_claimed_side(0.0, 5.0) is N
    assert on_claimed_side(-5.0, 0.0) is N
    assert on_claimed_side(-5.0, -tiny) is C
    if rule.at_least:
        assert on_claimed_side(math.nextafter(rule.at_least, 0), 5.0) is P


@pytest.mark.parametrize("claim", of_kind(CountRule), ids=slug)
def test_each_line_of_each_claim_about_a_count(claim: Claim) -> None:
    """Each count on the deadline and the day before it."""
    rule = claim.criterion
    assert isinstance(rule, CountRule)
    for count in range(rule.at_least + 2):
        before = judge(claim, {rule.number: estimate(count)}, rule.deadline - timedelta(days=1)).verdict
        after = judge(claim, {rule.number: estimate(count)}, rule.deadline).verdict
        reached = count >= rule.at_least
        assert before is (S if reached else Verdict.TOO_EARLY)
        assert after is (S if reached else P if count >= rule.partly_from else C)


@pytest.mark.parametrize("claim", of_kind(JointRule), ids=slug)
def test_each_outcome_of_each_forecast(claim: Claim) -> None:
    """Every combination on the last day; nothing the day before."""
    rule = claim.criterion
    assert isinstance(rule, JointRule)
    last = rule.horizons[-1].due
    for true in itertools.product((0, 1), repeat=len(rule.horizons)):
        numbers: dict[str, Number] = {h.number: estimate(t) for h, t in zip(rule.horizons, true, strict=True)}
        expected = S if all(true) else P if true[-1] else N if any(true) else C
        assert judge(claim, numbers, last).verdict is expected
        assert judge(claim, numbers, last - timedelta(days=1)).verdict is Verdict.TOO_EARLY


@pytest.mark.parametrize("claim", of_kind(OddsRule), ids=slug)
def test_each_line_of_each_odds(claim: Claim) -> None:
    """The base rate and both ends of its interval at the odds themselves: as good as a line is not better than it."""
    rule = claim.criterion
    assert isinstance(rule, OddsRule)
    p, step = rule.probability, 0.01

    def verdict(value: float, lower: float, upper: float) -> Verdict:
        base = estimate(value, lower, upper, "share")
        return judge(claim, {rule.number: estimate(1.0), rule.base: base}, rule.due).verdict

    assert verdict(p - 3 * step, p - 4 * step, p - step) is S
    assert verdict(p - step, p - 2 * step, p) is P
    assert verdict(p, p - step, p + step) is N
    assert verdict(p + step, p, p + 2 * step) is N
    assert verdict(p + 2 * step, p + step, p + 3 * step) is C
    assert judge(claim, {}, rule.due - timedelta(days=1)).verdict is Verdict.TOO_EARLY


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("at_least = 0.9\n", "at_least = 0.8\n"),
        ("floor = 0.7\n", "floor = 0.6\n"),
        ('unit = "correlation"\n', 'unit = "share"\n'),
        ('"correlation.pearson.daily.126" =', '"correlation.pearson.daily.63" ='),
        ("fixed_on = 2026-11-22", "fixed_on = 2025-10-01"),
        ("deadline = 2026-06-30", "deadline = 2026-07-30"),
        ("due = 2026-10-08", "due = 2026-10-09"),
        ("probability = 0.957", "probability = 0.95"),
        ('side = "negative"', 'side = "positive"'),
        ("partly_from = 3", "partly_from = 2"),
        ('pair = "eth-russell-2000"\nbeside', 'pair = "eth-sp-500"\nbeside'),
    ],
)
def test_no_line_can_be_moved_quietly(old: str, new: str) -> None:
    """Changing a line, a number, a date or the pair without a new hash is refused, and the message says what to do."""
    assert old in TEXT
    with pytest.raises(ConfigError, match=r"claims\[\d+\]\.criterion_sha256: the criterion of .* is not the one fixed"):
        parse_config(TEXT.replace(old, new, 1).encode(), "report.toml")


def test_wording_may_be_corrected_without_a_new_hash() -> None:
    """A name, a title or an explanation decides nothing."""
    text = TEXT.replace("correlation of daily returns over 126 sessions", "the same in other words")
    text = text.replace("almost perfectly correlated", "closely correlated")
    assert parse_config(text.encode(), "report.toml").claims[0].title != CLAIMS[0].title


def test_the_hash_does_not_depend_on_the_order_of_numbers(make_claim: Callable[..., Claim]) -> None:
    """Two files that say the same have the same hash."""
    rule = {"kind": "size", "unit": "correlation", "at_least": 0.9, "floor": 0.7}
    one = make_claim({**rule, "numbers": {"correlation.a.b": "a", "correlation.a.c": "b"}})
    two = make_claim({**rule, "numbers": {"correlation.a.c": "x", "correlation.a.b": "y"}})
    assert one.content_sha256 == two.content_sha256


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("floor = 0.7\n", "flor = 0.7\n", r"claims\[0\]\.criterion\.floor: Field required"),
        (
            "floor = 0.7\n",
            "floor = 0.7\nflor = 1.0\n",
            r"claims\[0\]\.criterion\.flor: unknown key; known: at_least, floor, kind, numbers, unit",
        ),
        ("floor = 0.7\n", "floor = 0.95\n", r"claims\[0\]\.criterion: floor is 0\.95; it must lie below"),
        ("floor = 0.7\n", "floor = nan\n", r"claims\[0\]\.criterion\.floor: "),
        ('kind = "size"', 'kind = "sice"', r"claims\[0\]\.criterion: kind must be one of size, sign, "),
        ('kind = "size"\n', "", r"claims\[0\]\.criterion: kind must be one of size, sign, "),
        ('slug = "moving-in-sync"', 'slug = "near-perfect-correlation"', r"claims\[1\]\.slug: .* is used twice"),
        ('pair = "eth-russell-2000"\nbeside', 'pair = "nobody"\nbeside', r"claims\[0\]\.pair: unknown pair 'nobody'"),
        ("https://cvj.ai/", "javascript:alert(1)//", r"claims\[0\]\.sources\[0\]\.url: must be an http"),
        ('"levels.pearson.126" =', '"correlation.pearson.daily.126" =', r"claims\[0\]: beside: .* decides the claim"),
        ('"levels.pearson.126" =', '"Levels!" =', r"claims\[0\]\.beside: 'Levels!' is not a number id"),
        ("said_on = 2025-10-08", 'said_on = "2025-10-08"', r"claims\[0\]\.said_on: Input should be a valid date"),
        ("due = 2026-01-07", "due = 2026-05-07", r"criterion: horizons: the due dates must increase"),
        ("partly_from = 3", "partly_from = 5", r"criterion: partly_from is 5; it must not exceed at_least = 4"),
    ],
)
def test_a_fault_in_a_claim_is_named_with_its_place(old: str, new: str, message: str) -> None:
    """One line: file, key path, what is wrong, what is allowed."""
    assert old in TEXT
    with pytest.raises(ConfigError, match=rf"report\.toml: .*{message}"):
        parse_config(TEXT.replace(old, new, 1).encode(), "report.toml")
