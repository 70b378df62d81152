"""A copy of the finished site that opens from the disk: no server, no directory addresses, no fetch, no modules.

Browsers refuse modules, workers and `fetch` on ``file://``. Here links name their file, the runtime is one classic
script, and every data file of a chart has a classic script beside it that hands its content over. Search needs a
server and is left out.
"""

from __future__ import annotations

import base64
import functools
import io
import json
import posixpath
import re
import zipfile
from typing import TYPE_CHECKING

from generator.errors import BuildError
from generator.site import write_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ARCHIVE = "tandem-offline.zip"
FOLDER = "tandem"
RUNTIME = "assets/tandem-offline.js"
_EPOCH = (1980, 1, 1, 0, 0, 0)
_LINK = re.compile(
    r'(?P<head><(?:a|link|script|img|source|iframe)\b[^>]*?\s(?:href|src)=")(?P<target>[^"]*)(?P<tail>")'
)
_BARE_LINK = re.compile(r"(?P<head><(?:a|link)\b[^>]*?\shref=)(?P<target>[^\s\"'>]+)(?P<tail>)")
_MODULE = re.compile(r"<script\b[^>]*\bsrc=[\"']?(?P<up>[^\"'> ]*?)assets/tandem\.js[\"']?[^>]*>\s*</script>")
_POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">')
_PRELOAD = re.compile(r"<link\b[^>]*\brel=[\"']?preload\b[^>]*>")
_FONT = re.compile(r'url\("(fonts/[\w.-]+\.woff2)"\)')
_SEARCH = re.compile(r"<script\b[^>]*search[^>]*>\s*</script>")

SHIM = """(function () {
  "use strict";
  var here = document.currentScript.src.replace(/assets\\/[^/]*$/, "");
  var waiting = {};
  window.tandemOffline = {
    base: here,
    put: function (name, body) { waiting[name].resolve(body); },
    json: function (address) {
      var name = String(address).slice(here.length);
      if (!waiting[name]) {
        var entry = (waiting[name] = {});
        entry.promise = new Promise(function (resolve, reject) {
          entry.resolve = resolve;
          var script = document.createElement("script");
          script.src = address + ".js";
          script.onerror = function () { delete waiting[name]; reject(new Error(name)); };
          document.head.append(script);
        });
      }
      return waiting[name].promise;
    }
  };
})();
"""


def write_offline(site: Path, archive: Path) -> int:
    """Write the copy of `site` as a zip file and return the number of files in it.

    The bytes depend on the site alone.

    Raises
    ------
    BuildError
        There is no finished site, or a part the copy needs is missing from it.
    """
    if not (site / "index.html").is_file():
        raise BuildError(f"{site.name}/: there is no site yet; run `make site` first")
    body = io.BytesIO()
    count = 0
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as packed:
        for name, content in sorted(_files(site)):
            entry = zipfile.ZipInfo(f"{FOLDER}/{name}", date_time=_EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            packed.writestr(entry, content)
            count += 1
    write_bytes(archive, body.getvalue())
    return count


def _files(site: Path) -> Iterator[tuple[str, bytes]]:
    yield RUNTIME, runtime(site).encode()
    for path in sorted(site.rglob("*")):
        if not path.is_file():
            continue
        name = path.relative_to(site).as_posix()
        if name.startswith(("search/", "sitemap")) or name.endswith((".gz", ".map")):
            continue
        if path.suffix == ".html":
            yield name, page(path.read_text(encoding="utf-8"), name).encode()
            continue
        content = path.read_bytes()
        if path.suffix == ".css":
            content = _FONT.sub(functools.partial(_inlined, path.parent), content.decode()).encode()
        yield name, content
        if path.suffix == ".json" and name.startswith(("assets/charts/", "editions/")):
            yield f"{name}.js", handed_over(name, content).encode()


def handed_over(name: str, content: bytes) -> str:
    """Return the script that hands a data file over to the page that asked for it."""
    text = json.dumps(json.loads(content), ensure_ascii=True, separators=(",", ":"), allow_nan=False)
    return f"tandemOffline.put({json.dumps(name)},{text});\n"


def runtime(site: Path) -> str:
    """Return the chart runtime as one classic script.

    Raises
    ------
    BuildError
        A part of the runtime is missing, or is not written as this expects.
    """
    parts = {}
    for name in ("tandem.js", "tandem-chart.js", "vendor/vega.js"):
        path = site / "assets" / name
        if not path.is_file():
            raise BuildError(f"assets/{name}: missing from the site; build it again")
        parts[name] = path.read_text(encoding="utf-8")
    vega, exported = re.subn(
        r"export\s*\{\s*([\w$]+)\s+as\s+vegaEmbed\s*,?\s*\};?", r"return \1;", parts["vendor/vega.js"]
    )
    if not exported:
        vega, exported = re.subn(r"export\s*\{\s*vegaEmbed\s*,?\s*\};?", "return vegaEmbed;", parts["vendor/vega.js"])
    chart = re.sub(
        r"^export (class|function|const|async function)", r"\1", parts["tandem-chart.js"], flags=re.MULTILINE
    )
    chart, fetched = re.subn(
        r"fetch\(address\)\.then\(\(response\) => \{.*?\n    \}\);",
        "tandemOffline.json(address);",
        chart,
        flags=re.DOTALL,
    )
    page_code, loads = re.subn(
        r"runtime \?\?= Promise\.all\(\[.*?\}\)\);",
        "runtime ??= Promise.resolve(tandemRuntime());",
        parts["tandem.js"],
        flags=re.DOTALL,
    )
    page_code, bases = re.subn(
        r'new URL\("\.", import\.meta\.url\)', 'new URL("assets/", tandemOffline.base)', page_code
    )
    if not (exported and fetched and loads and bases) or "import.meta" in page_code or "import(" in page_code:
        raise BuildError("assets: the chart runtime has changed its shape; generator/offline.py must follow it")
    return (
        f"{SHIM}\n(function () {{\nfunction tandemVega() {{\n{vega}\n}}\n"
        f"let made = null;\nfunction tandemRuntime() {{\n  made ??= (function () {{\n{chart}\n"
        "return { LiveChart, vegaEmbed: tandemVega() };\n})();\n  return made;\n}\n"
        f"{page_code}\n}})();\n"
    )


def page(html: str, name: str) -> str:
    """Return a page whose links name their files and whose scripts are classic ones."""
    html = _PRELOAD.sub("", _SEARCH.sub("", html))
    html = _MODULE.sub(lambda m: f'<script defer src="{m["up"]}{RUNTIME}"></script>', html)
    for pattern in (_LINK, _BARE_LINK):
        html = pattern.sub(lambda m: m["head"] + _named(m["target"], name) + m["tail"], html)
    return _POLICY.sub(_for_disk, html)


def _for_disk(match: re.Match[str]) -> str:
    # On file:// the word 'self' matches nothing; the scheme says the same thing there.
    words = match[1].replace("'self'", "file:").replace("font-src file:", "font-src data:")
    return f'<meta http-equiv="Content-Security-Policy" content="{words}">'


def _inlined(folder: Path, match: re.Match[str]) -> str:
    # A font file counts as another origin on file://.
    body = base64.b64encode((folder / match[1]).read_bytes()).decode()
    return f'url("data:font/woff2;base64,{body}")'


def _named(target: str, name: str) -> str:
    """Return a relative link to a folder as a link to its page; all other links stay."""
    place, mark, rest = target.partition("#")
    if re.match(r"[a-z][a-z0-9+.-]*:|//|\?", place) or (not place and mark):
        return target
    if place in {"", ".", ".."} or place.endswith(("/", "/.", "/..")):
        depth = posixpath.dirname(name)
        inside = posixpath.normpath(posixpath.join("/", depth, place))
        if inside.startswith("/"):
            return posixpath.join(place or ".", "index.html") + mark + rest
    return target
