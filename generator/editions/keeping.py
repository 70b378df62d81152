"""Which editions a build makes, and reading them all back."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.editions.archive import FrozenVerdict, edition
from generator.editions.content import FINDINGS
from generator.editions.dates import VERDICT_CHANGE
from generator.editions.making import Content, NotMade
from generator.editions.manifest import BACKFILLED, LIVE, Manifest
from generator.errors import DataError
from generator.parallel import spread

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    from generator.editions.archive import Edition
    from generator.editions.making import Made
    from generator.editions.store import EditionStore


@dataclass(frozen=True, slots=True, kw_only=True)
class Present:
    """What a build has computed already: the edition of its own date, if there is to be one.

    Parameters
    ----------
    freeze : callable
        Returns the content; called only if it is wanted.
    verdicts : mapping of claim slug to str
        As shown.
    live : bool
        Whether the build's date is the newest of its data.
    """

    as_of: date
    freeze: Callable[[], Content]
    verdicts: Mapping[str, str]
    live: bool


def namespace(kind: str, place: str) -> str:
    """Return where the editions of some data are kept: simulated, fetched and own data never mix.

    Parameters
    ----------
    kind : {"store", "csv", "sample"}
    place : str
        Where a user's own files are: two folders are two histories.
    """
    return f"{kind}-{hashlib.sha256(place.encode()).hexdigest()[:8]}" if kind == "csv" else kind


def catch_up(
    store: EditionStore,
    wanted: Mapping[date, tuple[str, ...]],
    present: Present,
    work: Callable[[date], Made],
    *,
    jobs: int,
    progress: Callable[[str, int, int], None],
    cluster: str = "",
) -> list[NotMade]:
    """Make every edition that is wanted and not in the store, and return those that could not be made.

    An edition that is in the store is never computed again, whatever the data now says.

    Parameters
    ----------
    wanted : mapping of date to occasions
        No later than `present.as_of`.
    work : callable
        Day → edition, for the days before.
    """
    store.clean()
    missing = [day for day in wanted if not store.revisions(day)]
    failed: list[NotMade] = []
    done = 0
    if missing:
        progress("editions", done, len(missing))
    if present.as_of in missing:
        _keep(store, present.freeze(), wanted[present.as_of], live=present.live)
        done += 1
        progress("editions", done, len(missing))
    for _day, made in spread(work, [day for day in missing if day != present.as_of], jobs=jobs, cluster=cluster):
        if isinstance(made, Content):
            _keep(store, made, wanted[made.manifest.as_of], live=False)
        else:
            failed.append(made)
        done += 1
        progress("editions", done, len(missing))
    if present.live and not store.revisions(present.as_of):
        before = [day for day in store.days() if day < present.as_of]
        if before and _flipped(read(store, before[-1]).verdicts, present.verdicts):
            _keep(store, present.freeze(), (VERDICT_CHANGE,), live=True)
    return sorted(failed, key=lambda item: item.as_of)


def _flipped(before: Mapping[str, FrozenVerdict], now: Mapping[str, str]) -> bool:
    """Return whether a claim that both know has another verdict now."""
    return any(slug in before and before[slug].verdict != verdict for slug, verdict in now.items())


def _keep(store: EditionStore, made: Content, occasions: tuple[str, ...], *, live: bool) -> Manifest:
    manifest = dataclasses.replace(made.manifest, made=LIVE if live else BACKFILLED, occasions=occasions)
    return store.write(manifest, made.files)


def request(
    store: EditionStore, made: Content, occasions: tuple[str, ...], *, live: bool, reason: str
) -> tuple[Manifest, bool]:
    """Store the edition of a date, or with a reason a correction of it; return it, and whether it is new.

    What is in the store already is left alone.

    Raises
    ------
    DataError
        There is an edition of the date with other content, and no reason to correct it was given.
    """
    as_of = made.manifest.as_of
    known = store.revisions(as_of)
    if not known:
        return _keep(store, made, occasions, live=live), True
    last = store.manifest(as_of, known[-1])
    stored = {path: (file.sha256, file.size) for path, file in last.files.items()}
    if stored == {path: (hashlib.sha256(body).hexdigest(), len(body)) for path, body in made.files.items()}:
        return last, False
    if not reason:
        raise DataError(
            f"{last.label}: is frozen and is not rewritten, and {difference(last, made.manifest)}; "
            f'`tandem edition {as_of} --revise "why"` adds a correction beside it'
        )
    manifest = dataclasses.replace(
        made.manifest,
        made=BACKFILLED,
        occasions=store.manifest(as_of, known[0]).occasions,
        revision=known[-1] + 1,
        reason=reason,
        previous=last.sha256,
    )
    return store.write(manifest, made.files), True


def difference(old: Manifest, new: Manifest) -> str:
    """Return what differs between two manifests of one date, as the second half of a sentence."""
    revised = revised_series(old, new.series)
    if revised:
        return f"the data now known differs ({', '.join(revised)})"
    if old.data_sha256 != new.data_sha256:
        return "the data now used differs"
    return f"the code differs ({old.code_version}, now {new.code_version})"


def revised_series(manifest: Manifest, series: Mapping[str, str]) -> list[str]:
    """Return the series that an edition was made from and that now have other values up to its date."""
    return [key for key, sha256 in manifest.series.items() if key in series and series[key] != sha256]


def read(store: EditionStore, as_of: date) -> Edition:
    """Return one edition with its revisions.

    Raises
    ------
    DataError
        It is damaged.
    """
    revisions = [store.manifest(as_of, number) for number in store.revisions(as_of)]
    last = revisions[-1]
    findings = {pair: json.loads(store.read(last, f"{pair}/{FINDINGS}")) for pair in last.pairs}
    return edition(revisions, findings)


def read_all(store: EditionStore) -> tuple[Edition, ...]:
    """Return every edition, oldest first; see `read`."""
    return tuple(read(store, day) for day in store.days())
