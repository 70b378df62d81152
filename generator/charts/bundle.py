"""The site's own copy of the chart runtime, from the same package that draws the static pictures."""

from __future__ import annotations

from typing import Final

from generator.cache import key_of

BUNDLE: Final = "vega.js"


def bundle_key() -> str:
    """Return the key under which the runtime is kept from build to build."""
    return key_of("bundle")


def bundle_text() -> str:
    """Return the runtime as a module that exports ``vegaEmbed``; putting it together takes more than a second."""
    import vl_convert  # noqa: PLC0415 - starts a JavaScript engine; only this needs it

    return str(vl_convert.javascript_bundle("export { vegaEmbed };", vl_version="6.4"))
