"""The copy that opens from the disk: links, scripts, data; the browser test opens it."""

from __future__ import annotations

import json
import zipfile
from typing import TYPE_CHECKING

import pytest

from generator import offline
from generator.errors import BuildError

if TYPE_CHECKING:
    from pathlib import Path

PARTS = {
    "tandem.js": """const assets = new URL(".", import.meta.url);
let runtime = null;
function loadRuntime() {
  runtime ??= Promise.all([
    import(new URL("tandem-chart.js", assets).href),
    import(new URL("vendor/vega.js", assets).href),
  ]).then(([chart, vega]) => ({ ...chart, vegaEmbed: vega.vegaEmbed }));
  return runtime;
}
""",
    "tandem-chart.js": """function fetchJson(address) {
    const reply = fetch(address).then((response) => {
      return response.json();
    });
}
export class LiveChart {}
""",
    "vendor/vega.js": "const n=1;export{n as vegaEmbed};",
}


@pytest.fixture
def small_site(tmp_path: Path) -> Path:
    """Return a finished site of two pages and one dataset."""
    site = tmp_path / "site"
    for name, text in PARTS.items():
        path = site / "assets" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (site / "assets" / "charts").mkdir()
    (site / "assets" / "charts" / "a.json").write_text('{"x": "</script>"}', encoding="utf-8")
    policy = "default-src 'none'; script-src 'self'; font-src 'self'"
    for folder, up in (("", ""), ("reports", "../")):
        (site / folder).mkdir(exist_ok=True)
        (site / folder / "index.html").write_text(
            f'<head><meta http-equiv="Content-Security-Policy" content="{policy}"></head>'
            f'<a href="{up}reports/">r</a><a href="{up or "."}">home</a><a href="#part">p</a>'
            f'<a href="https://example.org/">out</a><a href="{up}reports/#row">row</a>'
            f'<script src="{up}assets/tandem.js" type="module"></script>',
            encoding="utf-8",
        )
    return site


def unpacked(site: Path, tmp_path: Path) -> dict[str, str]:
    """Return the text of every file of the copy."""
    archive = tmp_path / "copy.zip"
    offline.write_offline(site, archive)
    with zipfile.ZipFile(archive) as packed:
        return {name: packed.read(name).decode() for name in packed.namelist()}


def test_links_to_folders_name_their_page(small_site: Path, tmp_path: Path) -> None:
    """A folder has no page on the disk unless the link names it; other links stay as they are."""
    page = unpacked(small_site, tmp_path)["tandem/reports/index.html"]
    assert 'href="../reports/index.html"' in page
    assert 'href="../index.html"' in page
    assert 'href="../reports/index.html#row"' in page
    assert 'href="#part"' in page
    assert 'href="https://example.org/"' in page


def test_the_runtime_is_one_classic_script(small_site: Path, tmp_path: Path) -> None:
    """Modules, dynamic imports and fetch do not exist on the disk."""
    files = unpacked(small_site, tmp_path)
    runtime = files["tandem/assets/tandem-offline.js"]
    for word in ("import.meta", "import(", "export", "fetch(address)"):
        assert word not in runtime
    assert '<script defer src="../assets/tandem-offline.js"></script>' in files["tandem/reports/index.html"]


def test_data_is_handed_over_by_a_script(small_site: Path, tmp_path: Path) -> None:
    """The script beside a data file holds the same JSON under the file's own name."""
    text = unpacked(small_site, tmp_path)["tandem/assets/charts/a.json.js"]
    name, _, body = text.removeprefix("tandemOffline.put(").removesuffix(");\n").partition(",")
    assert json.loads(name) == "assets/charts/a.json"
    assert json.loads(body) == {"x": "</script>"}


def test_the_policy_stays_strict(small_site: Path, tmp_path: Path) -> None:
    """The copy keeps its policy, in the words that mean the same on the disk."""
    page = unpacked(small_site, tmp_path)["tandem/index.html"]
    assert "script-src file:; font-src data:" in page
    assert "unsafe" not in page


def test_the_same_site_gives_the_same_bytes(small_site: Path, tmp_path: Path) -> None:
    """Nothing but the site enters the archive: no clock, no order of the file system."""
    first, second = tmp_path / "1.zip", tmp_path / "2.zip"
    offline.write_offline(small_site, first)
    offline.write_offline(small_site, second)
    assert first.read_bytes() == second.read_bytes()


def test_without_a_site_it_says_what_to_do(tmp_path: Path) -> None:
    """A copy of nothing is refused."""
    with pytest.raises(BuildError, match="run `make site` first"):
        offline.write_offline(tmp_path / "site", tmp_path / "copy.zip")


def test_a_runtime_of_another_shape_is_refused(small_site: Path, tmp_path: Path) -> None:
    """If the scripts change so that the copy would be silent, the build says so."""
    (small_site / "assets" / "tandem.js").write_text("export default 1;", encoding="utf-8")
    with pytest.raises(BuildError, match="changed its shape"):
        offline.write_offline(small_site, tmp_path / "copy.zip")
