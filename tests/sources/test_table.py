"""The strict table reader: what it accepts, what it refuses and how it says so."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.sources.table import TableError, dates, numbers, read_table, times

BODY = b"date,a,b\n2026-01-02,1.5,\n2026-01-05,.,-0.25\n"


def test_marks_and_line_endings_change_nothing() -> None:
    """A BOM, CRLF line ends and blank lines at the end give the same cells."""
    plain = read_table(BODY).columns
    assert read_table(b"\xef\xbb\xbf" + BODY).columns == plain
    assert read_table(BODY.replace(b"\n", b"\r\n")).columns == plain
    assert read_table(BODY + b"\n\n").columns == plain
    assert plain["date"] == ("2026-01-02", "2026-01-05")


def test_blank_and_dot_are_missing_and_never_zero() -> None:
    """Missing cells become NaN; everything else keeps its exact value."""
    table = read_table(BODY)
    np.testing.assert_array_equal(numbers(table.cells("a"), "a"), [1.5, math.nan])
    np.testing.assert_array_equal(numbers(table.cells("b"), "b"), [math.nan, -0.25])


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"", "empty"),
        (b"\n\n", "empty"),
        (b"date,a\n", "holds a header and no rows"),
        (b",a\n1,2\n", "the first line is not a header"),
        (b"date,a,a\n1,2,3\n", "the column 'a' appears twice"),
        (b"date,a\n2026-01-02\n", "row 2 has 1 cells; the header has 2"),
        (b"date,a\n2026-01-02,1,2\n", "row 2 has 3 cells; the header has 2"),
        (b"date,a\n\n2026-01-02,1\n", "row 2 has 0 cells; the header has 2"),
        (b"date,a\n\xff,1\n", "byte 7 is not UTF-8"),
        (b'date,a\n"2026-01-02,1\n', "line 2: unexpected end of data"),
    ],
)
def test_malformed_tables_are_refused(raw: bytes, message: str) -> None:
    """Each fault of form is named with its row."""
    with pytest.raises(TableError, match=re.escape(message)):
        read_table(raw)


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        (("2026-01-02", "2026-01-02"), "row 3, column d: 2026-01-02 follows 2026-01-02; dates must increase"),
        (("2026-01-05", "2026-01-02"), "row 3, column d: 2026-01-02 follows 2026-01-05; dates must increase"),
        (("2026-11-1",), "row 2, column d: '2026-11-1' is not a date YYYY-MM-DD"),
        (("2026-02-28", "2026-02-29"), "row 3, column d: '2026-02-29' does not exist"),
        (("01/02/2026",), "'01/02/2026' is not a date"),
        (("2026-01-02 ",), "'2026-01-02 ' is not a date"),
        (("",), "'' is not a date"),
        (("2026-01-02\n2026-01-03",), "is not a date"),
        (("0001-01-02",), "0001-01-02 is not a credible date"),
    ],
)
def test_dates_are_strict(cells: tuple[str, ...], message: str) -> None:
    """Dates are ISO, exist, increase and are credible; otherwise row and value are named."""
    with pytest.raises(TableError, match=re.escape(message)):
        dates(cells, "d")


def test_times_are_bar_starts_in_utc() -> None:
    """Accepted spellings of the same hour are the same; another zone is refused."""
    index = times(("2026-01-02T13:00Z", "2026-01-02 14:00", "2026-01-02T15:00:00+00:00"), "t")
    assert [str(when) for when in index] == ["2026-01-02 13:00:00", "2026-01-02 14:00:00", "2026-01-02 15:00:00"]
    with pytest.raises(TableError, match=re.escape("'2026-01-02T13:00-05:00' is not a UTC time")):
        times(("2026-01-02T13:00-05:00",), "t")


@pytest.mark.parametrize("cell", ["nan", "inf", "-inf", "n/a*", "1_000", "1,5", " 1", "0x10", "١", "1e", "--1", "1\n"])
def test_anything_else_is_not_a_number(cell: str) -> None:
    """What Python or a spreadsheet might take for a number is refused unless it is one."""
    with pytest.raises(TableError, match=r"row 3, column c: .* is not a number"):
        numbers(("1", cell), "c")


def test_overflow_is_not_a_number() -> None:
    """A number too large for a float is refused, not read as infinity."""
    with pytest.raises(TableError, match="row 2, column c: '1e999' is not a finite number"):
        numbers(("1e999",), "c")


def test_messages_show_foreign_text_short_and_printable() -> None:
    """A hostile cell cannot put control characters or pages of text into a message."""
    with pytest.raises(TableError) as caught:
        numbers(("\x1b[31m" + "x" * 500,), "c")
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 120


@given(st.binary(max_size=300))
def test_any_bytes_give_a_table_or_a_named_error(raw: bytes) -> None:
    """No input ends in anything but a rectangular table or a TableError."""
    try:
        table = read_table(raw)
    except TableError:
        return
    assert len({len(cells) for cells in table.columns.values()}) == 1


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False, width=64), min_size=1, max_size=20))
def test_numbers_survive_text_exactly(values: list[float]) -> None:
    """What `repr` writes is read back bit for bit."""
    assert numbers(tuple(repr(v) for v in values), "c").tolist() == values
