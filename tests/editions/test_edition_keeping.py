"""Which editions a build makes, and what becomes of one that would now be different."""

from __future__ import annotations

import dataclasses
from datetime import date
from typing import TYPE_CHECKING

import pytest

from generator.editions.keeping import Present, catch_up, namespace, read, read_all, request, revised_series
from generator.editions.making import NotMade
from generator.editions.verify import verify
from generator.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from generator.editions.making import Content, Made
    from generator.editions.store import EditionStore

CLAIM, MONTH, NOW = date(2025, 10, 7), date(2025, 10, 31), date(2025, 11, 4)
WANTED = {CLAIM: ("claim date",), MONTH: ("month end",)}


def quiet(_stage: str, _done: int, _total: int) -> None:
    """Report nothing."""


def findings(verdict: str) -> bytes:
    """Return the findings of a pair with one claim."""
    return f'{{"numbers": {{}}, "verdicts": {{"in-sync": {{"verdict": "{verdict}", "sentence": "It is."}}}}}}'.encode()


def with_verdict(content: Content, verdict: str) -> Content:
    """Return the edition with another verdict on its one claim."""
    return dataclasses.replace(content, files={**content.files, "a-b/findings.json": findings(verdict)})


class Run:
    """A build on a small world: what it would make, and what it has made."""

    def __init__(self, store: EditionStore, made: Callable[..., Content]) -> None:
        self.store, self.made, self.computed = store, made, list[date]()

    def work(self, day: date) -> Made:
        """Make the edition of a day that is past."""
        self.computed.append(day)
        return with_verdict(self.made(day), "Supported")

    def __call__(
        self,
        as_of: date = NOW,
        *,
        verdict: str = "Supported",
        live: bool = True,
        wanted: Mapping[date, tuple[str, ...]] = WANTED,
    ) -> list[NotMade]:
        """Run the build as of a day."""
        self.computed.clear()
        present = Present(
            as_of=as_of,
            freeze=lambda: with_verdict(self.made(as_of), verdict),
            verdicts={"in-sync": verdict},
            live=live,
        )
        days = {day: why for day, why in wanted.items() if day <= as_of}
        return catch_up(self.store, days, present, self.work, jobs=1, progress=quiet)


@pytest.fixture
def run(store: EditionStore, made: Callable[..., Content]) -> Run:
    """Return a build."""
    return Run(store, made)


def test_the_first_build_makes_all_and_the_next_none(run: Run) -> None:
    """What is in the store is never computed again."""
    assert run() == []
    assert run.computed == [CLAIM, MONTH]
    assert [(e.as_of, e.first.made, e.first.occasions) for e in read_all(run.store)] == [
        (CLAIM, "backfilled", ("claim date",)),
        (MONTH, "backfilled", ("month end",)),
    ]
    run()
    assert run.computed == []


def test_the_edition_of_the_day_itself_is_live(run: Run) -> None:
    """A build on a month end takes what it has computed anyway, and marks it so."""
    run(MONTH)
    assert run.computed == [CLAIM]
    assert read(run.store, MONTH).first.made == "live"


def test_a_build_that_looks_back_is_not_live(run: Run) -> None:
    """A build as of a month end from data that goes on makes a backfilled edition."""
    run(MONTH, live=False)
    assert read(run.store, MONTH).first.made == "backfilled"


def test_missed_days_are_caught_up(run: Run) -> None:
    """A day that no build saw gets its edition with the next one, whatever the order."""
    run(wanted={MONTH: ("month end",)})
    run()
    assert run.computed == [CLAIM]
    assert run.store.days() == [CLAIM, MONTH]


def test_a_changed_verdict_makes_an_edition(run: Run) -> None:
    """A live build that gives another verdict than the last edition is frozen too; the next one like it is not."""
    run()
    run(verdict="Contradicted")
    assert run.store.days() == [CLAIM, MONTH, NOW]
    assert (read(run.store, NOW).first.occasions, read(run.store, NOW).first.made) == (("verdict change",), "live")
    run(date(2025, 11, 5), verdict="Contradicted")
    assert run.store.days() == [CLAIM, MONTH, NOW]


def test_a_changed_verdict_in_the_past_makes_none(run: Run) -> None:
    """A build as of an earlier day does not add to the history."""
    run()
    run(verdict="Contradicted", live=False)
    assert run.store.days() == [CLAIM, MONTH]


def test_a_new_claim_is_no_changed_verdict(run: Run) -> None:
    """Only verdicts that both know are compared."""
    run()
    present = Present(as_of=NOW, freeze=lambda: run.made(NOW), verdicts={"another": "Supported"}, live=True)
    catch_up(run.store, WANTED, present, run.work, jobs=1, progress=quiet)
    assert run.store.days() == [CLAIM, MONTH]


def test_what_cannot_be_made_is_said_and_tried_again(store: EditionStore, made: Callable[..., Content]) -> None:
    """A day without an edition has a reason, stops no other, and gets its edition once it can be made."""
    run = Run(store, made)
    refused = NotMade(as_of=CLAIM, reason="no price")
    present = Present(as_of=NOW, freeze=lambda: made(NOW), verdicts={}, live=True)
    failed = catch_up(
        store,
        WANTED,
        present,
        lambda day: refused if day == CLAIM else with_verdict(made(day), "Supported"),
        jobs=1,
        progress=quiet,
    )
    assert failed == [refused]
    assert store.days() == [MONTH]
    assert run() == []
    assert store.days() == [CLAIM, MONTH]


# --- by hand: no-op, refusal, revision ---------------------------------------------------------------------------


def ask(store: EditionStore, content: Content, reason: str = "") -> tuple[int, bool]:
    """Ask for an edition; return its revision, and whether it is new."""
    manifest, new = request(store, content, ("on request",), live=False, reason=reason)
    return manifest.revision, new


def test_asking_twice_is_a_no_op(store: EditionStore, made: Callable[..., Content]) -> None:
    """The same content makes no second revision, even with a reason to make one."""
    assert ask(store, made()) == (1, True)
    assert ask(store, made()) == (1, False)
    assert ask(store, made(), "no difference at all") == (1, False)


@pytest.mark.parametrize(
    ("fields", "difference"),
    [
        ({"series": {"a": "9" * 64, "b": "2" * 64}, "data_sha256": "9" * 64}, r"the data now known differs \(a\)"),
        ({"data_sha256": "9" * 64}, "the data now used differs"),
        ({"code_version": "0.0.1+test"}, r"the code differs \(0\.0\.0\+test, now 0\.0\.1\+test\)"),
    ],
)
def test_other_content_is_refused_without_a_reason(
    store: EditionStore, made: Callable[..., Content], fields: dict[str, object], difference: str
) -> None:
    """The message says what differs and which command makes a correction; nothing is written."""
    ask(store, made())
    with pytest.raises(DataError, match=rf"is frozen and is not rewritten, and {difference}; .*--revise"):
        ask(store, made(words="Other words.", **fields))
    assert store.revisions(MONTH) == [1]


def test_a_correction_is_a_revision_beside_the_first(store: EditionStore, made: Callable[..., Content]) -> None:
    """The first stays as it was; the second names it by hash, says why it is there, and holds the numbers."""
    first, _ = request(store, with_verdict(made(), "Supported"), ("month end",), live=True, reason="")
    place = store.manifest_path(MONTH, 1).read_bytes()
    assert ask(store, with_verdict(made(words="Right."), "Contradicted"), "a wrong price") == (2, True)
    edition = read(store, MONTH)
    assert store.manifest_path(MONTH, 1).read_bytes() == place
    assert [m.revision for m in edition.revisions] == [1, 2]
    second = edition.last
    assert (second.previous, second.reason, second.made) == (first.sha256, "a wrong price", "backfilled")
    assert second.occasions == ("month end",)
    assert edition.verdicts["in-sync"].verdict == "Contradicted"
    assert (edition.first.folder, second.folder) == ("2025-10-31", "2025-10-31-r2")
    assert verify(store.root, quiet).problems == ()
    assert ask(store, with_verdict(made(words="Righter."), "Contradicted"), "another") == (3, True)


def test_restated_series_are_named(made: Callable[..., Content]) -> None:
    """Only series that both know are compared: a new one in the configuration has revised nothing."""
    manifest = made().manifest
    assert revised_series(manifest, {"a": "1" * 64, "b": "2" * 64, "c": "3" * 64}) == []
    assert revised_series(manifest, {"a": "1" * 64, "b": "9" * 64}) == ["b"]
    assert revised_series(manifest, {}) == []


def test_two_folders_of_files_are_two_histories() -> None:
    """Fetched and simulated data have one history each, a user's own files one per place."""
    assert (namespace("store", ""), namespace("sample", "")) == ("store", "sample")
    one, other = namespace("csv", "/here"), namespace("csv", "/there")
    assert one != other
    assert one == namespace("csv", "/here")
    assert one.startswith("csv-")
