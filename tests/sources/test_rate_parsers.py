"""The parsers of the rate sources: exact on good replies, and on bad ones an error or nothing but right numbers."""

from __future__ import annotations

import datetime as dt
import json
import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.errors import SourceError
from generator.sources import CAUSES, CHANGED_FORMAT, NOT_FOUND, WRONG_CONTENT, Request, fred, nyfed, treasury, yahoo

if TYPE_CHECKING:
    import pandas as pd

    from generator.sources import Source

FRED = b"observation_date,DGS10\n2026-11-09,4.05\n2026-11-10,4.11\n2026-11-11,\n2026-11-12,.\n2026-11-13,0.00\n"
TREASURY = (
    b'Date,"1 Mo","2 Yr","10 Yr","30 Yr"\n12/31/2025,3.7,3.47,4.18,4.84\n12/30/2025,3.6,3.45,,4.81\n'
    b'Date,"1 Mo","1.5 Month","2 Yr","10 Yr","30 Yr"\n01/05/2026,3.6,,3.47,4.17,4.85\n01/02/2026,3.7,,3.48,4.19,4.86\n'
)
NYFED = json.dumps(
    {
        "refRates": [
            {"effectiveDate": d, "type": "EFFR", "percentRate": r, "targetRateFrom": 3.75, "targetRateTo": 4.0}
            for d, r in (("2026-11-12", 3.88), ("2026-11-10", 3.87), ("2026-11-09", None))
        ]
    }
).encode()


def request(symbol: str, end: dt.datetime = dt.datetime(2026, 11, 21, tzinfo=dt.UTC)) -> Request:
    """Return a request for `symbol`."""
    return Request(series_id="x", symbol=symbol, currency=None, frequency="daily", start=dt.date(2020, 1, 1), end=end)


def dated(values: pd.Series) -> dict[str, float]:
    """Return the series by ISO date."""
    return {f"{day:%Y-%m-%d}": value for day, value in values.items()}


FRED_VALUES = {"2026-11-09": 4.05, "2026-11-10": 4.11, "2026-11-13": 0.0}
TREASURY_VALUES = {"2025-12-31": 4.18, "2026-01-02": 4.19, "2026-01-05": 4.17}
NYFED_VALUES = {"2026-11-10": 3.87, "2026-11-12": 3.88}


def test_good_replies_are_read_exactly() -> None:
    """Missing values are left out, zero is a value, newest-first replies come out in order."""
    assert dated(fred.parse(FRED, request("DGS10"))) == FRED_VALUES
    assert dated(fred.parse(FRED.replace(b"observation_date", b"DATE"), request("DGS10"))) == FRED_VALUES
    assert dated(treasury.parse(TREASURY, request("10 Yr"))) == TREASURY_VALUES
    assert dated(treasury.parse(TREASURY.replace(b"\n", b"\r\n"), request("10 Yr"))) == TREASURY_VALUES
    assert dated(nyfed.parse(NYFED, request("EFFR"))) == NYFED_VALUES
    assert set(dated(nyfed.parse(NYFED, request("targetRateTo"))).values()) == {4.0}


def test_nothing_at_or_after_the_end_is_let_through() -> None:
    """The end is exclusive: a row of that day is still changing."""
    end = dt.datetime(2026, 11, 10, tzinfo=dt.UTC)
    assert dated(fred.parse(FRED, request("DGS10", end))) == {"2026-11-09": 4.05}


def test_series_that_begins_late_is_not_filled_backwards() -> None:
    """A window that starts before the target range existed begins where the range begins."""
    body = b"observation_date,DFEDTARU\n2020-12-16,0.25\n2020-12-17,0.25\n"
    assert list(dated(fred.parse(body, request("DFEDTARU")))) == ["2020-12-16", "2020-12-17"]


@pytest.mark.parametrize(
    ("body", "cause"),
    [
        (b"<html>blocked</html>", CHANGED_FORMAT),
        (b"", CHANGED_FORMAT),
        (b"observation_date,DGS10\n", CHANGED_FORMAT),
        (FRED.replace(b"observation_date", b"when"), CHANGED_FORMAT),
        (FRED.replace(b"DGS10", b"DGS2"), WRONG_CONTENT),
        (FRED.replace(b"4.11", b"n/a*"), CHANGED_FORMAT),
        (FRED.replace(b"2026-11-10", b"2026-11-1"), CHANGED_FORMAT),
        (FRED + b"2026-11-1", CHANGED_FORMAT),
        (FRED.replace(b"2026-11-13", b"2026-11-09"), CHANGED_FORMAT),
        (b"observation_date,DGS10\n2026-11-11,.\n", WRONG_CONTENT),
    ],
)
def test_fred_is_rejected_not_relabelled(body: bytes, cause: str) -> None:
    """Every fault of a reply ends in one of the causes."""
    with pytest.raises(SourceError) as caught:
        fred.parse(body, request("DGS10"))
    assert caught.value.cause == cause


def test_last_line_without_its_end_is_not_trusted() -> None:
    """A number cut at the very end looks like a number; the line is left out."""
    assert dated(fred.parse(b"observation_date,DGS10\n2026-11-09,4.05\n2026-11-10,4.1", request("DGS10"))) == {
        "2026-11-09": 4.05
    }


@pytest.mark.parametrize(
    ("body", "symbol", "cause"),
    [
        (TREASURY, "50 Yr", NOT_FOUND),
        (TREASURY.replace(b"01/05/2026", b"2026-01-05"), "10 Yr", CHANGED_FORMAT),
        (TREASURY.replace(b"01/05/2026", b"13/05/2026"), "10 Yr", CHANGED_FORMAT),
        (TREASURY + TREASURY, "10 Yr", CHANGED_FORMAT),
        (b"<html>", "10 Yr", CHANGED_FORMAT),
        (b"", "10 Yr", NOT_FOUND),
    ],
)
def test_treasury_is_rejected_with_its_cause(body: bytes, symbol: str, cause: str) -> None:
    """Other date forms, repeated years and missing columns are told apart."""
    with pytest.raises(SourceError) as caught:
        treasury.parse(body, request(symbol))
    assert caught.value.cause == cause


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("3.88", "NaN"),
        ("3.88", "1e999"),
        ("3.88", "1" + "0" * 400),
        ("3.88", '"3.88"'),
        ("3.88", "true"),
        ('"EFFR"', '"OBFR"'),
        ("refRates", "rates"),
        ("2026-11-12", "2026-11-10"),
        ("2026-11-12", "12.11.2026"),
        ("{", "["),
    ],
)
def test_new_york_fed_is_rejected_when_it_is_not_what_it_was(old: str, new: str) -> None:
    """JSON that is no list of effective rates, or holds what is no rate, is refused as a whole."""
    with pytest.raises(SourceError) as caught:
        nyfed.parse(NYFED.decode().replace(old, new, 1).encode(), request("EFFR"))
    assert caught.value.cause == CHANGED_FORMAT


def test_unknown_field_is_named() -> None:
    """A symbol that the source does not have is an error of the configuration, said with what there is."""
    with pytest.raises(SourceError, match=re.escape("known: EFFR, targetRateFrom, targetRateTo")):
        nyfed.parse(NYFED, request("SOFR"))


YAHOO = b"Date,Open,High,Low,Close,Adj Close,Volume\n2026-11-09,1,2,1,1.5,1.5,7.0\n2026-11-10,1,2,1,,,9.0\n"


def test_stored_frame_gives_the_raw_close() -> None:
    """The adjusted close is never used; rows without a close are left out whatever their volume; infinity is none."""
    assert dated(yahoo.parse(YAHOO.replace(b"1.5,1.5", b"1.5,1.4"), request("X"))) == {"2026-11-09": 1.5}
    more = YAHOO + b"2026-11-11,1,2,1,inf,1,9.0\n2026-11-12,1,2,1,-3,1,9.0\n"
    assert dated(yahoo.parse(more, request("X"))) == {"2026-11-09": 1.5, "2026-11-12": -3.0}, "the gate judges signs"


CASES = (
    (fred, FRED, "DGS10", FRED_VALUES),
    (treasury, TREASURY, "10 Yr", TREASURY_VALUES),
    (nyfed, NYFED, "EFFR", NYFED_VALUES),
)


@st.composite
def mutated(draw: st.DrawFn, body: bytes) -> bytes:
    """Return the reply cut, with lines lost, doubled or moved, or with text of somebody else's put in."""
    lines = body.splitlines(keepends=True)
    kind = draw(st.sampled_from(("cut", "head", "lose", "double", "move", "insert", "mark", "ends")))
    at = draw(st.integers(0, len(body)))
    i, j = (draw(st.integers(0, len(lines) - 1)) for _ in range(2))
    swapped = list(lines)
    swapped[i], swapped[j] = swapped[j], swapped[i]
    foreign = draw(st.sampled_from((b"<", b"\x00", b"n/a", b",", b'"', b"\n", b"\xff", b"NaN", b"_")))
    return {
        "cut": body[:at],
        "head": body[at:],
        "lose": b"".join(lines[:i] + lines[i + 1 :]),
        "double": b"".join([*lines[: i + 1], *lines[i:]]),
        "move": b"".join(swapped),
        "insert": body[:at] + foreign + body[at:],
        "mark": b"\xef\xbb\xbf" + body,
        "ends": body.replace(b"\n", draw(st.sampled_from((b"\r\n", b"\n\n", b"")))),
    }[kind]


def outcome(module: Source, body: bytes, symbol: str) -> dict[str, float] | SourceError:
    """Return what a parser makes of a reply."""
    try:
        return dated(module.parse(body, request(symbol)))
    except SourceError as error:
        return error


@pytest.mark.parametrize(("module", "body", "symbol", "right"), CASES, ids=["fred", "treasury", "nyfed"])
@given(data=st.data())
def test_broken_replies_never_give_a_wrong_number(
    module: Source, body: bytes, symbol: str, right: dict[str, float], data: st.DataObject
) -> None:
    """Whatever happens to a reply on its way: an error with a cause, or some of the right numbers on their dates."""
    got = outcome(module, data.draw(mutated(body)), symbol)
    if isinstance(got, SourceError):
        assert got.cause in CAUSES
        assert "\n" not in str(got)
    else:
        assert got.items() <= right.items()


@pytest.mark.parametrize("module", [fred, treasury, nyfed, yahoo])
@given(body=st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_bytes_end_in_a_cause(module: Source, body: bytes) -> None:
    """Noise is never read as data and never ends in a traceback."""
    with pytest.raises(SourceError):
        module.parse(body, request("DGS10"))
