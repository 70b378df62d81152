"""What random changes of files found, and such changes again: every loader gives a value or one line."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generator.editions.manifest import Manifest, Stored, parse_manifest
from generator.errors import BuildError, DataError
from generator.publishing.summary import compare, markdown, previous, read_published

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ID = "correlation.pearson.daily.252"
RECORD: dict[str, Any] = {
    "format_version": 1,
    "as_of": "2026-11-19",
    "data": "store",
    "degraded": ["Ether: old."],
    "data_sha256": "0" * 64,
    "code_version": "0.1.0+abc",
    "pairs": {
        "a-b": {"numbers": {ID: {"value": 0.4, "lower": 0.3, "upper": 0.5, "nobs": 252}}, "verdicts": {"x": "y"}}
    },
}
NOW = {**RECORD, "as_of": "2026-11-20"}
FINDINGS: dict[str, Any] = {
    **{key: RECORD[key] for key in ("as_of", "data", "degraded", "data_sha256", "code_version")},
    "numbers": RECORD["pairs"]["a-b"]["numbers"],
    "verdicts": {"x": {"verdict": "y"}},
}
MANIFEST = Manifest(
    as_of=date(2025, 10, 31),
    revision=1,
    data="sample",
    made="live",
    occasions=("month end",),
    data_sha256="0" * 64,
    series={"a": "1" * 64},
    code_version="x",
    pairs={"a-b": "A"},
    files={"index.md": Stored(sha256="a" * 64, size=3)},
).to_bytes()
DEEP = b"[" * 100_000


def spoilt(place: tuple[str, ...], value: object, of: dict[str, Any] = RECORD) -> bytes:
    """Return the JSON with one value changed; ``...`` removes it."""
    body: dict[str, Any] = json.loads(json.dumps(of))
    inner = body
    for name in place[:-1]:
        inner = inner[name]
    if value is ...:
        del inner[place[-1]]
    else:
        inner[place[-1]] = value
    return json.dumps(body).encode()


NUMBER = ("pairs", "a-b", "numbers", ID)
RECORDS = {
    "no pairs": spoilt(("pairs",), ...),
    "no numbers": spoilt(("pairs", "a-b", "numbers"), ...),
    "no verdicts": spoilt(("pairs", "a-b", "verdicts"), ...),
    "no value": spoilt((*NUMBER, "value"), ...),
    "no sample": spoilt((*NUMBER, "nobs"), ...),
    "half an interval": spoilt((*NUMBER, "upper"), ...),
    "no number": spoilt(NUMBER, 3),
    "not finite": spoilt((*NUMBER, "value"), float("nan")),
    "no date": spoilt(("as_of",), "2026-11-1d"),
    "another date": spoilt(("as_of",), "20261119"),
    "no list": spoilt(("degraded",), 1),
    "a path": spoilt(("code_version",), "../../x"),
    "version": spoilt(("format_version",), 2),
    "too deep": DEEP,
    "not UTF-8": b"\xff\xfe{",
    "list": b"[]",
}


@pytest.mark.parametrize("raw", RECORDS.values(), ids=RECORDS)
def test_a_spoilt_record_of_a_run_is_one_line(tmp_path: Path, raw: bytes) -> None:
    """What is no record of a run is named with what to do; the summary is never made from half of it."""
    (tmp_path / "published").mkdir()
    (tmp_path / "published" / "2026-11-19_x.json").write_bytes(raw)
    with pytest.raises(DataError, match=r"cannot be read \(.*\); restore it from the data branch") as caught:
        previous(tmp_path, NOW)
    assert str(caught.value).isprintable()


SITES = {
    "no verdict": spoilt(("verdicts", "x"), {}, FINDINGS),
    "no value": spoilt(("numbers", ID), {"nobs": 3}, FINDINGS),
    "no sample": spoilt(("numbers", ID, "nobs"), ..., FINDINGS),
    "no list": spoilt(("degraded",), 1, FINDINGS),
    "too deep": DEEP,
}


@pytest.mark.parametrize("raw", SITES.values(), ids=SITES)
def test_spoilt_findings_are_one_line(tmp_path: Path, raw: bytes) -> None:
    """A findings file that is none stops the publication in one line."""
    path = tmp_path / "data" / "a-b" / "findings.json"
    path.parent.mkdir(parents=True)
    path.write_bytes(raw)
    with pytest.raises(BuildError, match=r"cannot be read \(.*\); build the site again") as caught:
        read_published(tmp_path)
    assert str(caught.value).isprintable()


@pytest.mark.parametrize(
    "raw",
    [
        MANIFEST.replace(b'"month end"', b'"\\ud800"'),
        MANIFEST.replace(b'"size": 3', b'"size": Infinity'),
        MANIFEST.replace(b'"index.md"', b'"\\ud800"'),
        MANIFEST.replace(b'"reason"', b'"rea\\nson"'),
        MANIFEST.replace(b'"format_version": 1', b'"format_version": "\\u001b[31m"'),
        DEEP,
    ],
    ids=["surrogate", "infinity", "name", "key", "version", "deep"],
)
def test_a_spoilt_manifest_is_one_line(raw: bytes) -> None:
    """What JSON can hold and a manifest cannot is refused like everything else."""
    with pytest.raises(DataError) as caught:
        parse_manifest(raw)
    assert str(caught.value).isprintable()


def changed(draw: st.DataObject, raw: bytes) -> bytes:
    """Return the bytes with a stretch cut out and something else put in."""
    start = draw.draw(st.integers(0, len(raw)))
    length = draw.draw(st.integers(0, 40))
    token = st.sampled_from(
        (b"", b"NaN", b"Infinity", b"1e999", b"null", b'"', b"{", b"[]", b"\\ud800", b"\xff", b"-0")
    )
    return raw[:start] + draw.draw(token | st.binary(max_size=6)) + raw[start + length :]


def answer(call: Callable[[], Any]) -> Any:
    """Return what the call gives, or its error, which must be one line."""
    try:
        return call()
    except DataError as error:
        if not str(error).isprintable():
            raise
        return error


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(draw=st.data())
def test_any_change_of_a_record_or_a_manifest(tmp_path: Path, draw: st.DataObject) -> None:
    """A changed record is read or refused in one line; a changed manifest is refused, or is the same edition."""
    (tmp_path / "published").mkdir(exist_ok=True)
    (tmp_path / "published" / "2026-11-19_x.json").write_bytes(changed(draw, json.dumps(RECORD).encode()))
    text = answer(lambda: markdown(NOW, compare(NOW, previous(tmp_path, NOW))))
    assert isinstance(text, DataError) or text.startswith("## Data through 2026-11-20 (store)\n")
    raw = changed(draw, MANIFEST)
    manifest = answer(lambda: parse_manifest(raw))
    assert isinstance(manifest, DataError) or manifest.to_bytes() == raw == MANIFEST
