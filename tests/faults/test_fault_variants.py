"""Thousands of spoilt replies and stores: the findings are those of clean data, or the series is named.

A variant spoils the newest reply of one series, or a file of the store. What comes of it goes the way of a fetch and of
a build: parser, store, gate. The findings must then equal those of clean data up to the same date, or the run ends in
one line, or the banner names the series. A note alone does not excuse another number.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import tempfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from generator import pipeline
from generator.config import Config, parse_config
from generator.errors import SourceError, TandemError
from generator.project import Project
from generator.sources import Raw, Request, gate, snapshots, source
from generator.sources.atomic import locked
from tests.faults.conftest import Done, Place, make_place, small_report
from tests.loopback import replies

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

KEPT = ("eth_usd", "rut", "spx", "dgs2", "target_upper")
NOW = dt.datetime(2026, 11, 21, 1, tzinfo=dt.UTC)
BEFORE = dt.datetime(2026, 11, 18, 1, tzinfo=dt.UTC)
TEXT = small_report(KEPT).replace('{ source = "fred", symbol = "DFEDTARU" }, ', "")
LAST = dt.date(2026, 11, 20)
START = dt.date(2026, 3, 2)
VARIANTS = 2000
COMMAND_VARIANTS = 50


# ----------------------------------------------------------------------------------------------- clean replies


def request(config: Config, series_id: str, now: dt.datetime) -> Request:
    """Return the request of a series by its first source."""
    place = config.series[series_id].sources[0]
    end = dt.datetime(now.year, now.month, now.day, tzinfo=dt.UTC)
    return Request(
        series_id=series_id, symbol=place.symbol, currency=place.currency, frequency="daily", start=START, end=end
    )


def reply(world: replies.World, wanted: Request, name: str) -> bytes:
    """Return the healthy reply as the store keeps it."""
    last = (wanted.end - dt.timedelta(days=1)).date().isoformat()
    if name == "fred":
        body = replies.fred(world, {"id": wanted.symbol, "cosd": START.isoformat(), "coed": last})
        assert body is not None
        return body
    if name == "nyfed":
        return replies.nyfed(world, {"startDate": START.isoformat(), "endDate": last})
    values = world.prices[wanted.series_id].loc[START.isoformat() : last].dropna()
    rows = [f"{day:%Y-%m-%d},{v!r},{v!r},{v!r},{v!r},{v!r},1000.0" for day, v in values.items()]
    return ("Date,Open,High,Low,Close,Adj Close,Volume\n" + "\n".join(rows) + "\n").encode()


@dataclass(frozen=True, slots=True)
class Clean:
    """The healthy world: its configuration, its replies, and a store with those of three evenings before."""

    config: Config
    bodies: dict[str, bytes]
    store: Path
    values: dict[str, pd.Series[float]]

    def _repr_pretty_(self, printer: Any, _cycle: bool) -> None:  # noqa: FBT001 - as Hypothesis calls it
        """Keep whole replies out of the report of a failure."""
        printer.text("clean")

    def name(self, series_id: str) -> str:
        """Return the source of a series."""
        return self.config.series[series_id].sources[0].source


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Clean:
    """Return it."""
    config = parse_config(TEXT.encode(), "report.toml")
    world = replies.make_world()
    folder = tmp_path_factory.mktemp("clean")
    names = {key: config.series[key].sources[0].source for key in KEPT}
    bodies = {key: reply(world, request(config, key, NOW), name) for key, name in names.items()}
    found = Clean(config, bodies, folder / "before" / "store", {})
    whole = Clean(config, bodies, folder / "whole" / "store", found.values)
    for key, name in names.items():
        keep(found, found.store, key, reply(world, request(config, key, BEFORE), name), BEFORE)
        keep(whole, whole.store, key, bodies[key], NOW)
    loaded = run(whole, whole.store)
    assert isinstance(loaded, pipeline.Loaded)
    assert loaded.report.degraded == ()
    found.values.update({key: item.values for key, item in loaded.observed.items()})
    assert set(found.values) == set(KEPT)
    return found


def keep(clean: Clean, store: Path, series_id: str, body: bytes, now: dt.datetime) -> None:
    """Do what a fetch does with a reply: refuse it, store it, or store it and set it aside."""
    wanted, name = request(clean.config, series_id, now), clean.name(series_id)
    try:
        source(name).parse(body, wanted)
    except SourceError:
        return  # the fetch names the cause; nothing new is stored
    with locked(store):
        saved = snapshots.save(store, wanted, Raw(body=body, address="loopback"), name, now)
        item = snapshots.observed(saved.snapshot)
        good = snapshots.before(store, saved.snapshot, clean.config.series[series_id])
        reason = gate.fault(item, clean.config, now.date(), previous=good)
        if reason is not None:
            snapshots.reject(saved.snapshot, reason)


# ---------------------------------------------------------------------------------------------------- findings


def findings(values: Mapping[str, pd.Series[float]]) -> dict[str, dict[str, float]]:
    """Return a handful of numbers of each series and of the pair, by the series they rest on."""
    found: dict[str, dict[str, float]] = {}
    for key, series in values.items():
        found[key] = {
            "n": float(len(series)),
            "first": float(series.iloc[0]),
            "last": float(series.iloc[-1]),
            "sum": float(series.sum()),
            "ordered": float((series.to_numpy() * np.arange(1, len(series) + 1)).sum()),
        }
    if {"eth_usd", "rut"} <= set(values):
        both = pd.DataFrame({key: np.log(values[key]).diff() for key in ("eth_usd", "rut")}).dropna()
        found["eth_usd rut"] = {str(n): float(both.tail(n).corr().iloc[0, 1]) for n in (21, 63)}
    return found


def run(clean: Clean, store: Path) -> pipeline.Loaded | TandemError:
    """Load and gate a store, or return the error, which must be one line."""
    try:
        return pipeline.load(clean.config, Project(root=store.parent), "store", None, NOW)
    except TandemError as error:
        if not str(error).isprintable():
            raise
        return error


def judge(clean: Clean, store: Path) -> str:
    """Return how a variant ended; a wrong number that nothing names is a failure of the test.

    Each series must be the clean one up to its own last date, which stands beside its numbers, but for gaps told.
    """
    loaded = run(clean, store)
    labels = {key: clean.config.series[key].label for key in KEPT}
    if isinstance(loaded, TandemError):
        assert any(label in str(loaded) for label in labels.values()), str(loaded)
        return "blocked"
    named = {key for key, label in labels.items() if any(d.startswith(f"{label}:") for d in loaded.report.degraded)}
    values = {key: item.values for key, item in loaded.observed.items()}
    right = {key: clean.values[key].loc[: series.index[-1]] for key, series in values.items()}
    for key, series in values.items():
        lost = right[key].index.difference(series.index)
        told = {row[:10] for c in loaded.report.checks if c.series_id == key and not c.passed for row in c.rows}
        if key in named:
            continue
        # A session that no copy ever had is a gap: the calendar finds it, its date is told, nothing spans it.
        assert {f"{day:%Y-%m-%d}" for day in lost} <= told, (key, lost)
        right[key] = right[key].drop(lost)
    expected, got = findings(right), findings(values)
    for key, numbers in got.items():
        if not named & set(key.split()):
            for what, value in numbers.items():
                assert np.isclose(value, expected[key][what], rtol=1e-12, atol=0), (key, what, loaded.as_of)
    assert set(KEPT) - set(values) <= named
    if named:
        return "degraded"
    return "as clean" if loaded.as_of == LAST else "as clean, earlier"


# ------------------------------------------------------------------------------------------------------ variants


def rows_of(body: bytes) -> tuple[bytes, list[bytes]]:
    """Return the header line and the rows of a CSV reply."""
    head, *rows = body.splitlines(keepends=True)
    return head, rows


def scaled(body: bytes, name: str, first: int, last: int, factor: float) -> bytes:
    """Return the reply with the values of some rows in another unit."""
    if name == "nyfed":
        table = json.loads(body)
        for row in table["refRates"][first:last]:
            row["targetRateTo"] = row["targetRateTo"] * factor
        return json.dumps(table).encode()
    head, rows = rows_of(body)
    for i in range(first, min(last, len(rows))):
        cells = rows[i].rstrip(b"\n").split(b",")
        rows[i] = b",".join([cells[0], *(repr(float(c) * factor).encode() if c else c for c in cells[1:])]) + b"\n"
    return head + b"".join(rows)


FACTORS = (100.0, 0.01, 10.0, 0.1, 1000.0, -1.0, 0.0)
ENCODINGS = ("utf-16", "utf-32", "cp037", "utf-7", "latin-1", "utf-8-sig")
OF_REPLIES = ("cut", "cut rows", "drop", "order", "double", "scale", "encode", "blank", "swap")
ALONE = ("cut", "order", "encode")
OF_FILES = ("cut", "flip", "gone", "noise", "double", "swap", "encode", "append")


@dataclass(frozen=True, slots=True)
class Plan:
    """What to spoil, and how.

    Parameters
    ----------
    target : str
        A series, whose newest reply is spoilt, or ``file``: a file of the store, after good replies.
    place : float
        Where in it, as a share of its length.
    """

    target: str
    of_reply: str
    of_file: str
    place: float
    length: int
    factor: float
    encoding: str
    noise: bytes


PLANS = st.builds(
    Plan,
    target=st.sampled_from((*KEPT, "file")),
    of_reply=st.sampled_from(OF_REPLIES),
    of_file=st.sampled_from(OF_FILES),
    place=st.floats(0, 0.999999) | st.sampled_from((0.0, 0.99, 0.995, 0.999, 0.9999)),
    length=st.sampled_from((1, 2, 3, 5, 40, 400)),
    factor=st.sampled_from(FACTORS),
    encoding=st.sampled_from(ENCODINGS),
    noise=st.binary(min_size=1, max_size=40),
)


def spoilt_reply(body: bytes, name: str, plan: Plan) -> bytes:
    """Return a reply cut off, out of order, doubled, in another unit, or in another encoding."""
    kind = plan.of_reply
    if kind == "cut":
        return body[: int(plan.place * len(body))]
    if kind == "encode":
        return body.decode("utf-8").encode(plan.encoding)
    head, rows = (b"", json.loads(body)["refRates"]) if name == "nyfed" else rows_of(body)
    first = int(plan.place * len(rows))
    if kind == "scale":
        return scaled(body, name, first, first + plan.length, plan.factor)
    if kind == "blank" and name != "nyfed":
        rows[first : first + plan.length] = [
            row.split(b",")[0] + b"," * row.count(b",") + b"\n" for row in rows[first : first + plan.length]
        ]
    else:
        rows = moved(rows, kind, first, plan.length)
    return json.dumps({"refRates": rows}).encode() if name == "nyfed" else head + b"".join(rows)


def moved(rows: list[Any], kind: str, first: int, length: int) -> list[Any]:
    """Return the rows with some of them gone, turned round, doubled, or at the front."""
    stretch, rest = rows[first : first + length], rows[first + length :]
    return {
        "cut rows": rows[:first],
        "drop": [*rows[:first], *rest],
        "blank": [*rows[:first], *rest],
        "order": [*rows[:first], *stretch[::-1], *rest],
        "double": [*rows[:first], *stretch, *stretch, *rest],
        "swap": [*stretch, *rows[:first], *rest],
    }[kind]


def spoil_file(store: Path, plan: Plan) -> None:
    """Cut, flip, empty, remove, double or swap a file of the store."""
    files = sorted(p for p in store.rglob("*") if p.is_file() and p.name != ".lock")
    path = files[int(plan.place * len(files))]
    body = path.read_bytes()
    at = sum(plan.noise) * 7919 % len(body)
    if plan.of_file == "gone":
        path.unlink()
        return
    spoilt = {
        "cut": body[:at],
        "flip": body[:at] + bytes([body[at] ^ (plan.noise[0] or 1)]) + body[at + 1 :],
        "noise": plan.noise,
        "double": body + body,
        "swap": files[at % len(files)].read_bytes(),
        "encode": body.decode("utf-8").encode(plan.encoding),
        "append": body + plan.noise,
    }
    path.write_bytes(spoilt[plan.of_file])


def spoil(clean: Clean, store: Path, plan: Plan) -> None:
    """Make a store in which one reply or one file is spoilt, and everything else is as it should be."""
    shutil.copytree(base(clean, plan), store)
    if plan.target == "file":
        spoil_file(store, plan)
    else:
        name = clean.name(plan.target)
        keep(clean, store, plan.target, spoilt_reply(clean.bodies[plan.target], name, plan), NOW)


def base(clean: Clean, plan: Plan) -> Path:
    """Return the store that a plan spoils: with all good replies but the one to be spoilt, made once.

    Without a copy from before there is nothing to compare a reply with, so only what shows by itself is spoilt then.
    """
    first = plan.target != "file" and plan.of_reply in ALONE and plan.length == 1
    place = clean.store.parent.parent / f"base-{plan.target}-{first}"
    if not place.is_dir():
        shutil.copytree(clean.store, place)
        if first:
            shutil.rmtree(place / "snapshots" / plan.target)
        for key in KEPT:
            if key != plan.target:
                keep(clean, place, key, clean.bodies[key], NOW)
    return place


@pytest.fixture
def scratch(tmp_path: Path) -> Iterator[Path]:
    """Return a folder in memory where there is one: thousands of small files are written and read."""
    memory = "/dev/shm"  # noqa: S108 - a folder of its own is made below it
    with tempfile.TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else tmp_path) as folder:
        yield Path(folder)


def test_no_variant_publishes_a_wrong_number(clean: Clean, scratch: Path) -> None:
    """In process: replies and stores spoilt in every way, judged one by one; they end in every way there is."""
    ended: Counter[str] = Counter()

    @settings(
        max_examples=VARIANTS,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
        derandomize=True,
    )
    @given(plan=PLANS)
    def one(plan: Plan) -> None:
        folder = scratch / "variant"
        shutil.rmtree(folder, ignore_errors=True)
        spoil(clean, folder / "store", plan)
        ended[judge(clean, folder / "store")] += 1

    one()
    print(dict(ended))  # noqa: T201 - for the report
    assert ended.total() >= VARIANTS
    assert min(ended[way] for way in ("as clean", "as clean, earlier", "degraded", "blocked")) >= VARIANTS // 100


def plans(count: int) -> list[Plan]:
    """Return as many plans, the same each time, of every kind in turn."""
    rng = np.random.default_rng(7)
    targets, lengths = (*KEPT, "file"), (1, 2, 5, 40)
    return [
        Plan(
            target=targets[i % len(targets)],
            of_reply=OF_REPLIES[i % len(OF_REPLIES)],
            of_file=OF_FILES[i % len(OF_FILES)],
            place=float(rng.uniform(0, 0.999)),
            length=lengths[i % len(lengths)],
            factor=FACTORS[i % len(FACTORS)],
            encoding=ENCODINGS[i % len(ENCODINGS)],
            noise=rng.bytes(12),
        )
        for i in range(count)
    ]


def test_the_command_line_says_what_the_process_found(clean: Clean, tmp_path: Path) -> None:
    """Through the real command line: the same verdict, strict JSON or one line, the right status, never a traceback."""

    def check(number_and_plan: tuple[int, Plan]) -> tuple[Plan, Place, Done]:
        number, plan = number_and_plan
        place = make_place(tmp_path / str(number), TEXT)
        spoil(clean, place.store, plan)
        return plan, place, place.run("check", "--data", "store", "--json", now=NOW.isoformat())

    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(check, enumerate(plans(COMMAND_VARIANTS))))
    assert len(done) == COMMAND_VARIANTS
    for plan, place, said in done:
        way = judge(clean, place.store)
        if said.code == 1:
            assert said.line.startswith("tandem: "), plan
            assert way == "blocked", plan
            continue
        assert (said.code, said.err) == (3 if way == "degraded" else 0, ""), plan
        assert said.json["as_of"] <= str(LAST), plan
