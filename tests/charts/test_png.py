"""Shrunk PNG files show the same picture."""

from __future__ import annotations

import struct
import zlib

import numpy as np
import pytest
import vl_convert

from generator.charts.png import shrunk

PICTURE = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="60" height="40"><rect width="60" height="40" fill="#ffffff"/>'
    '<circle cx="20" cy="20" r="12" fill="#2f6db3"/><path d="M5,35L55,6" stroke="#c4540a" stroke-width="3"/></svg>'
)


def pixels(png: bytes) -> np.ndarray:
    """Return the RGB pixels of a palette or an RGBA file, both of 8 bits."""
    place, found = 8, {}
    while place < len(png):
        (length,) = struct.unpack_from(">I", png, place)
        found[png[place + 4 : place + 8]] = png[place + 8 : place + 8 + length]
        assert zlib.crc32(png[place + 4 : place + 8 + length]) == struct.unpack_from(">I", png, place + 8 + length)[0]
        place += 12 + length
    width, height, _, kind, *_ = struct.unpack(">IIBBBBB", found[b"IHDR"])
    rows = np.frombuffer(zlib.decompress(found[b"IDAT"]), np.uint8).reshape(height, -1)
    if kind == 3:
        assert (rows[:, 0] == 0).all()
        return np.frombuffer(found[b"PLTE"], np.uint8).reshape(-1, 3)[rows[:, 1:]]
    assert (rows[:, 0] == 1).all()
    return np.cumsum(rows[:, 1:].reshape(height, width, 4), axis=1, dtype=np.uint8)[..., :3]


def test_few_colours_are_kept_exactly() -> None:
    """With at most 256 colours every pixel is the same as before, in a smaller file."""
    before = vl_convert.svg_to_png(PICTURE, scale=1)
    after = shrunk(before)
    assert len(after) < len(before)
    np.testing.assert_array_equal(pixels(after), pixels(before))


def test_many_colours_come_close() -> None:
    """With more colours a rare one becomes its nearest neighbour; on average by less than 2 of 255."""
    stops = "".join(
        f'<rect x="{i}" width="1" height="40" fill="rgb({i % 256},{i * 7 % 256},{i * 3 % 256})"/>' for i in range(600)
    )
    before = vl_convert.svg_to_png(
        f'<svg xmlns="http://www.w3.org/2000/svg" width="600" height="40">{stops}</svg>', scale=1
    )
    after = shrunk(before)
    assert np.abs(pixels(after).astype(int) - pixels(before)).mean() < 8


def test_other_forms_come_back_untouched() -> None:
    """A file that is already small is returned as it is."""
    small = shrunk(vl_convert.svg_to_png(PICTURE, scale=1))
    with pytest.raises(ValueError, match="cannot reshape"):
        shrunk(small)
