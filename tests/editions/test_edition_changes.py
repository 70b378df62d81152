"""What counts as a change, how it is explained, and the feed of it."""

from __future__ import annotations

import re
from datetime import date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import feedparser
import pytest

from generator.claims import judge
from generator.config import Changes, Claim, Config
from generator.editions.archive import Edition, FrozenVerdict, edition, numbers_from_json, timelines
from generator.editions.changes import State, step, steps, tag, tolerance_of, words
from generator.editions.manifest import Manifest
from generator.findings import Estimate, Number, Numbers, Unavailable
from generator.pages import changes as page
from generator.pages import editions as listing
from generator.render import environment, render

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

ROOT = Path(__file__).parents[2]
PAIR = "eth-russell-2000"
YEAR, HALF = "correlation.pearson.daily.252", "correlation.pearson.daily.126"
CLAIM, OCTOBER, NOVEMBER = date(2025, 10, 7), date(2025, 10, 31), date(2025, 11, 28)
NOW = date(2025, 12, 5)
ATOM = "{http://www.w3.org/2005/Atom}"


def number(value: float, half: float | None = 0.1, unit: str = "correlation", last: date = CLAIM) -> Estimate:
    """Return a number with an interval of this half width."""
    return Estimate(
        value=value,
        lower=None if half is None else value - half,
        upper=None if half is None else value + half,
        nobs=252,
        unit=unit,
        method="correlation",
        first=date(2024, 10, 7),
        last=last,
        link="/reports/x/#y",
    )


def state(as_of: date, numbers: Mapping[str, Number], verdicts: Mapping[str, str] | None = None) -> State:
    """Return what was published as of a date."""
    return State(
        as_of=as_of,
        numbers={PAIR: Numbers(numbers)},
        verdicts={
            slug: FrozenVerdict(verdict=verdict, sentence=f"As frozen on {as_of}.")
            for slug, verdict in (verdicts or {}).items()
        },
    )


def moved(config: Config, before: Number, after: Number, number_id: str = YEAR) -> list[str]:
    """Return the reasons of the moves between two values of one number."""
    found = step(config, state(CLAIM, {number_id: before}), state(OCTOBER, {number_id: after}), simulated=False)
    return [change.why for change in found.moves]


# --- numbers -----------------------------------------------------------------------------------------------------


def test_inside_its_interval_is_no_change(config: Config) -> None:
    """A number that stays in the interval it had is not listed, up to the very end of the interval."""
    assert moved(config, number(0.5), number(0.6)) == []
    assert moved(config, number(0.5), number(0.4)) == []
    assert moved(config, number(0.5), number(0.61)) == ["It left the interval it had then, 0.40 to 0.60."]


@pytest.mark.parametrize(("after", "listed"), [(0.5, False), (0.51, True), (-0.01, True), (0.0, False)])
def test_a_fixed_tolerance_may_be_reached_but_not_passed(config: Config, after: float, listed: bool) -> None:  # noqa: FBT001 - a table
    """A number with a tolerance in its own unit is listed once it moved by more."""
    changes = Changes(tolerance={"levels.pearson.252": 0.25})
    with_tolerance = config.model_copy(update={"changes": changes})
    found = moved(with_tolerance, number(0.25, None), number(after, None), "levels.pearson.252")
    assert found == (["It moved by more than 0.25."] if listed else [])


def test_a_count_may_have_no_tolerance_at_all(config: Config) -> None:
    """One more cut in a row is listed."""
    cuts = number(1, None, "count"), number(2, None, "count")
    assert moved(config, *cuts, "spells.current") == ["Any change of this number counts."]
    assert moved(config, cuts[0], cuts[0], "spells.current") == []


@pytest.mark.parametrize(
    ("before", "after", "number_id"),
    [
        (Unavailable(reason="too early"), number(0.9), YEAR),
        (number(0.9), Unavailable(reason="gone"), YEAR),
        (number(0.1, None), number(0.9, None), YEAR),  # without an interval there is nothing to leave
        (number(0.1), number(0.9, unit="share"), YEAR),
        (number(0.1), number(0.9), "correlation.pearson.daily.21"),  # no tolerance is stated for it
    ],
)
def test_what_cannot_be_compared_is_not_listed(config: Config, before: Number, after: Number, number_id: str) -> None:
    """A number that came or went, has no interval, another unit, or no stated tolerance, is no move."""
    assert moved(config, before, after, number_id) == []


def test_the_longest_family_counts() -> None:
    """A tolerance for more of an id goes before one for less of it, and families are whole words."""
    changes = Changes(tolerance={"rates": "interval", "rates.beta": 1.0, "rates.beta.dgs2.a.252": 2.0})
    assert tolerance_of(changes, "rates.beta.dgs2.a.252") == 2.0
    assert tolerance_of(changes, "rates.beta.dgs2.b.252") == 1.0
    assert tolerance_of(changes, "rates.beta_difference.dgs2.b_minus_m.all") == "interval"
    assert tolerance_of(changes, "fomc.events") is None
    assert [words(t) for t in ("interval", 0.0, 0.25)] == [
        "leaves the interval it had",
        "changes at all",
        "moves by more than 0.25",
    ]


def test_what_two_pairs_share_is_listed_once(config: Config) -> None:
    """Two pairs with the same asset move by the same number; a reader hears of it once."""
    pairs = [pair.slug for pair in config.pairs]
    number_id = "since.a.return"

    def both(value: float) -> dict[str, Numbers]:
        return {slug: Numbers({number_id: number(value, None, "fraction")}) for slug in pairs[:2]}

    before, after = (
        State(as_of=CLAIM, numbers=both(0.1), verdicts={}),
        State(as_of=OCTOBER, numbers=both(-0.5), verdicts={}),
    )
    assert [change.pair for change in step(config, before, after, simulated=False).moves] == [pairs[0]]


# --- verdicts ----------------------------------------------------------------------------------------------------


def near_perfect(config: Config) -> Claim:
    """Return the claim that decides on the correlation of half a year and a year."""
    return next(claim for claim in config.claims if claim.slug == "near-perfect-correlation")


def judged(config: Config, as_of: date, value: float) -> State:
    """Return a state in which the claim is judged by its own rule."""
    claim = near_perfect(config)
    numbers = Numbers({key: number(value, 0.05) for key in (HALF, YEAR)})
    return state(as_of, numbers, {claim.slug: judge(claim, numbers, as_of).shown})


def test_a_flip_names_the_line_that_was_crossed(config: Config) -> None:
    """A verdict that changed is listed with the number and the line behind it."""
    found = step(config, judged(config, CLAIM, 0.80), judged(config, OCTOBER, 0.60), simulated=False)
    (flip,) = found.flips
    assert (flip.subject, flip.before, flip.now) == ("near-perfect-correlation", "Not supported", "Contradicted")
    assert "went from 0.85 to 0.65, below 0.70" in flip.why
    assert flip.pair == PAIR
    assert found.changes[0] == flip


def test_a_flip_under_an_older_rule_keeps_its_own_words(config: Config) -> None:
    """Where today's rule gives another verdict than was frozen, the frozen sentence stands."""
    before, after = judged(config, CLAIM, 0.80), judged(config, OCTOBER, 0.60)
    older = state(OCTOBER, after.numbers[PAIR], {"near-perfect-correlation": "Partly supported"})
    (flip,) = step(config, before, older, simulated=False).flips
    assert (flip.now, flip.why) == ("Partly supported", "As frozen on 2025-10-31.")


def test_simulated_data_flip_nothing(config: Config) -> None:
    """There is no verdict on simulated data, so none can change; numbers may."""
    found = step(config, judged(config, CLAIM, 0.80), judged(config, OCTOBER, 0.60), simulated=True)
    assert found.flips == ()
    assert found.moves


def test_a_claim_that_came_or_went_is_no_flip(config: Config) -> None:
    """Only a claim that both states judge can have changed."""
    one, other = judged(config, CLAIM, 0.8), judged(config, OCTOBER, 0.6)
    none = state(CLAIM, one.numbers[PAIR])
    assert step(config, none, other, simulated=False).flips == ()
    gone = state(OCTOBER, other.numbers[PAIR], {"no-longer-configured": "Supported"})
    before = state(CLAIM, one.numbers[PAIR], {"no-longer-configured": "Contradicted"})
    assert step(config, before, gone, simulated=False).flips == ()


# --- editions, pages, feed ---------------------------------------------------------------------------------------


def frozen(config: Config, as_of: date, value: float, **fields: Any) -> Edition:
    """Return an edition as it is read from the store."""
    claim = near_perfect(config)
    numbers = Numbers({key: number(value, 0.05) for key in (HALF, YEAR)})
    manifest = Manifest(
        **{
            "as_of": as_of,
            "revision": 1,
            "data": "csv",
            "made": "backfilled",
            "occasions": ("month end",),
            "data_sha256": "0" * 64,
            "series": {},
            "code_version": "0.0.0+test",
            "pairs": {PAIR: "Ether and the Russell 2000"},
            **fields,
        }
    )
    body = {
        "numbers": {key: found.as_json() for key, found in numbers.items()},
        "verdicts": {claim.slug: judge(claim, numbers, as_of).as_json()},
    }
    return edition([manifest], {PAIR: body})


@pytest.fixture
def context(config: Config) -> Any:
    """Return what the pages read of a site with three editions, of which the last two differ."""
    numbers = Numbers({key: number(0.6, 0.05) for key in (HALF, YEAR)})
    claim = near_perfect(config)
    result = SimpleNamespace(pair=config.pair(PAIR), numbers=numbers, verdicts={claim.slug: judge(claim, numbers, NOW)})
    origin = {"as_of": NOW, "simulated": False, "site_url": "https://example.org/tandem/"}
    editions = (
        frozen(config, CLAIM, 0.8),
        frozen(config, OCTOBER, 0.8),
        frozen(config, NOVEMBER, 0.6, made="live"),
    )
    return SimpleNamespace(
        config=config, results=(result,), provenance=origin, editions=editions, edition_notes=("A <note>.",)
    )


def test_numbers_survive_the_file() -> None:
    """A number read back from findings is the number that was written, and a reason is a reason."""
    numbers = Numbers({YEAR: number(0.123456789), "fomc.events": Unavailable(reason="no meetings")})
    assert numbers_from_json({key: found.as_json() for key, found in numbers.items()}) == numbers


def test_the_timeline_holds_the_claim_date_the_month_ends_and_now(config: Config, context: Any) -> None:
    """Each claim has its verdict on the claim date, at each month end since, and now, with the flip explained."""
    extra = frozen(config, date(2025, 10, 29), 0.95)  # a statement day is no part of the timeline
    editions = (context.editions[0], extra, *context.editions[1:])
    current = {PAIR: context.results[0].numbers}
    turns = timelines(config, editions, NOW, current, simulated=False)["near-perfect-correlation"]
    assert [(turn.as_of, turn.judgement.shown) for turn in turns] == [
        (CLAIM, "Not supported"),
        (OCTOBER, "Not supported"),
        (NOVEMBER, "Contradicted"),
        (NOW, "Contradicted"),
    ]
    assert [bool(turn.flip) for turn in turns] == [False, False, True, False]


def test_the_timeline_ends_with_the_build(config: Config, context: Any) -> None:
    """A build that looks back shows nothing of what came later, and without editions there is no timeline."""
    current = {PAIR: context.editions[1].numbers[PAIR]}
    turns = timelines(config, context.editions, OCTOBER, current, simulated=False)["near-perfect-correlation"]
    assert [turn.as_of for turn in turns] == [CLAIM, OCTOBER]
    assert set(timelines(config, (), NOW, current, simulated=False).values()) == {()}


def test_consecutive_editions_are_compared(config: Config, context: Any) -> None:
    """There is a step for every edition but the first, and each looks at the one before it."""
    states = [State(as_of=e.as_of, numbers=e.numbers, verdicts=e.verdicts) for e in context.editions]
    found = steps(config, states, simulated=False)
    assert [(s.since, s.as_of, len(s.flips), len(s.moves)) for s in found] == [
        (CLAIM, OCTOBER, 0, 0),
        (OCTOBER, NOVEMBER, 1, 2),
    ]


def rendered(entry: Any, context: Any) -> str:
    """Return the Markdown of a page."""
    names = {"title": entry.title, "description": "", **entry.compose(context)}
    return render(environment(ROOT / "templates"), entry.template, entry.path, names)


def test_the_page_of_changes_leads_to_the_editions(context: Any) -> None:
    """The list names what changed, where it can be seen, and which editions brought nothing."""
    text = rendered(page.PAGE, context)
    assert "From 2025-10-07 to 2025-11-28, 1 verdict changed and 2 numbers moved beyond their tolerance." in text
    assert "Compared with 2025-11-28: nothing beyond its tolerance." in text
    assert "These brought no change beyond a tolerance: 2025-10-31." in text
    assert '<a href="../editions/2025-11-28/eth-russell-2000/#claim-near-perfect-correlation">' in text
    assert '<a href="../editions/2025-11-28/eth-russell-2000/#correlation-pearson-daily-252">' in text
    assert '<h3 id="on-2025-11-28">' in text
    assert "(../feed.xml)" in text
    for family in context.config.changes.tolerance:
        assert f"<code>{family.replace('_', '&#95;')}</code>" in text


def test_without_an_address_there_is_no_feed_to_follow(context: Any) -> None:
    """A site that is not published offers no feed."""
    context.provenance["site_url"] = ""
    assert "feed.xml" not in rendered(page.PAGE, context)


def test_the_list_of_editions_says_how_each_was_made(context: Any) -> None:
    """Every edition has a row with its address, occasion and verdict changes; notes are shown as text."""
    text = rendered(listing.PAGE, context)
    assert "3 editions, from 2025-10-07 to 2025-11-28: 1 made live, 2 backfilled." in text
    for row in ("2025-10-07", "2025-10-31", "2025-11-28"):
        assert f'<tr id="edition-{row}"><th scope="row"><a href="{row}/">' in text
    assert '<td>live</td><td><a href="../changes/#on-2025-11-28">1</a></td>' in text
    assert "A &#60;note&#62;." in text


@pytest.fixture
def feed(context: Any) -> str:
    """Return the feed of that site."""
    return environment(ROOT / "templates").get_template("feed.xml.j2").render(page.feed(context))


def test_the_feed_is_a_feed(feed: str) -> None:
    """A feed reader takes it without complaint, newest entries first, each with its address."""
    parsed = feedparser.parse(feed.encode())
    assert not parsed.bozo
    assert parsed.version == "atom10"
    assert len(parsed.entries) == 3
    assert parsed.entries[0].title == (
        "Ether is almost perfectly correlated with the Russell 2000: Not supported → Contradicted"
    )
    assert parsed.entries[0].link == (
        "https://example.org/tandem/editions/2025-11-28/eth-russell-2000/#claim-near-perfect-correlation"
    )
    assert "below 0.70" in parsed.entries[0].content[0].value


def test_the_feed_has_what_the_standard_requires(feed: str) -> None:
    """RFC 4287: id, title and updated once each in feed and entries, an author, a self link, absolute addresses."""
    root = ET.fromstring(feed)  # noqa: S314 - our own feed
    assert root.tag == f"{ATOM}feed"
    entries = root.findall(f"{ATOM}entry")
    for element in (root, *entries):
        for required in ("id", "title", "updated"):
            assert len(element.findall(f"{ATOM}{required}")) == 1
        moment = element.findtext(f"{ATOM}updated")
        assert moment is not None
        assert datetime.fromisoformat(moment).utcoffset() is not None
        links = element.findall(f"{ATOM}link")
        assert all(link.get("href", "").startswith("https://example.org/tandem/") for link in links)
        assert "alternate" in {link.get("rel") for link in links}
    assert root.findtext(f"{ATOM}author/{ATOM}name")
    assert [link.get("href") for link in root.findall(f"{ATOM}link") if link.get("rel") == "self"] == [
        "https://example.org/tandem/feed.xml"
    ]
    ids = [element.findtext(f"{ATOM}id") for element in (root, *entries)]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"tag:[a-z0-9.-]+,\d{4}-\d{2}-\d{2}:[a-z0-9:._-]+", str(entry)) for entry in ids)
    assert root.findtext(f"{ATOM}updated") == max(str(e.findtext(f"{ATOM}updated")) for e in entries)


def test_ids_do_not_depend_on_the_address_of_the_site(context: Any, feed: str) -> None:
    """A site that moves keeps the ids of its entries, so that no reader shows them again."""
    context.provenance["site_url"] = "https://elsewhere.example/"
    moved_feed = environment(ROOT / "templates").get_template("feed.xml.j2").render(page.feed(context))
    assert re.findall("<id>.*</id>", moved_feed) == re.findall("<id>.*</id>", feed)
    assert "example.org" not in moved_feed


def test_every_kind_of_change_has_an_id_of_its_own(config: Config) -> None:
    """A verdict and a number of one day never share an id."""
    found = step(config, judged(config, CLAIM, 0.80), judged(config, OCTOBER, 0.60), simulated=False)
    ids = [tag("example.org", change) for change in found.changes]
    assert len(set(ids)) == len(ids) == 3


def test_hostile_words_stay_words_in_the_feed(context: Any, make_hostile: Callable[[Claim], Claim]) -> None:
    """Whatever a title holds, the feed stays well-formed and shows it as text."""
    claims = [make_hostile(claim) for claim in context.config.claims]
    context.config = context.config.model_copy(update={"claims": claims})
    text = environment(ROOT / "templates").get_template("feed.xml.j2").render(page.feed(context))
    parsed = feedparser.parse(text.encode())
    assert not parsed.bozo
    assert "<script>" not in text
    root = ET.fromstring(text)  # noqa: S314 - our own feed
    assert str(root.findtext(f"{ATOM}entry/{ATOM}title")).startswith("]]></title><script>alert(1)</script> & ")


@pytest.fixture
def make_hostile() -> Callable[[Claim], Claim]:
    """Return what gives a claim a title that would end the element it stands in."""
    return lambda claim: claim.model_copy(update={"title": "]]></title><script>alert(1)</script> & {{ 7 * 7 }}"})


def test_an_empty_history_makes_a_valid_feed(context: Any) -> None:
    """A first publication without two editions has a feed without entries, dated by its data."""
    context.editions = context.editions[:1]
    text = environment(ROOT / "templates").get_template("feed.xml.j2").render(page.feed(context))
    parsed = feedparser.parse(text.encode())
    assert not parsed.bozo
    assert parsed.entries == []
    assert parsed.feed.updated == "2025-12-05T23:59:59Z"
    assert "There are no two editions to compare yet." in rendered(page.PAGE, context)
