"""The site's own copy of the chart runtime, from the same package that draws the static pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

BUNDLE: Final = "vega.js"


def write_bundle(folder: Path) -> Path:
    """Write the runtime to `folder` as a module that exports ``vegaEmbed``, and return its path."""
    import vl_convert  # noqa: PLC0415 - starts a JavaScript engine; only writing needs it

    folder.mkdir(parents=True, exist_ok=True)
    path = folder / BUNDLE
    text = vl_convert.javascript_bundle("export { vegaEmbed };", vl_version="6.4")
    path.write_bytes(text.encode())
    return path
