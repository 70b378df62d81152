"""The site's own copy of the chart runtime, from the same package that draws the static pictures."""

from __future__ import annotations

from typing import Final

BUNDLE: Final = "vega.js"


def bundle_text() -> str:
    """Return the runtime as a module that exports ``vegaEmbed``; putting it together takes about two seconds."""
    import vl_convert  # noqa: PLC0415 - starts a JavaScript engine; only this needs it

    return str(vl_convert.javascript_bundle("export { vegaEmbed };", vl_version="6.4"))
