"""An early warning: the builder that succeeds MkDocs Material builds the same sources.

Material for MkDocs ends in May 2027 (decision 0001). Zensical reads the same mkdocs.yml; it is installed aside, in a
folder that git ignores, and never used to publish.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock
from lxml import html  # type: ignore[import-untyped]  # ships no types

ROOT = Path(__file__).parents[1]
VERSION = "0.0.73"
FOLDER = ROOT / ".cache" / f"zensical-{VERSION}"


@pytest.fixture(scope="module")
def zensical() -> Path:
    """Return the program, installed once in an environment of its own."""
    program = FOLDER / "bin" / "zensical"
    FOLDER.parent.mkdir(exist_ok=True)
    with FileLock(FOLDER.with_suffix(".lock")):
        if not program.is_file():
            subprocess.run([sys.executable, "-m", "venv", "--clear", str(FOLDER)], check=True, capture_output=True)
            pip = [str(FOLDER / "bin" / "python"), "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
            done = subprocess.run(
                [*pip, f"zensical=={VERSION}"], check=False, capture_output=True, text=True, timeout=300
            )
            if done.returncode:
                shutil.rmtree(FOLDER, ignore_errors=True)
                words = f"zensical {VERSION} cannot be installed: {(done.stderr.strip().splitlines() or ['?'])[-1]}"
                if os.environ.get("CI") == "true":
                    pytest.fail(words)
                pytest.skip(words)
    return program


def pages(site: Path) -> dict[str, Any]:
    """Return the parsed pages of a site by address."""
    return {
        path.relative_to(site).as_posix().removesuffix("index.html"): html.document_fromstring(path.read_bytes())
        for path in site.rglob("*.html")
        if path.name == "index.html"
    }


def words(tree: Any) -> list[str]:
    """Return the words of the headings, tables and paragraphs of the content, without the theme's anchors."""
    (content,) = tree.xpath("//article")[:1]
    parts = content.xpath(".//h1|.//h2|.//h3|.//p|.//td|.//th|.//li")
    text = " ".join(
        " ".join(part.xpath(".//text()[not(ancestor::a[contains(@class, 'headerlink')])]")) for part in parts
    )
    return re.findall(r"[\w.,%−-]+", text)


@pytest.mark.network
def test_the_same_sources_build_with_zensical(zensical: Path, built_project: Path, tmp_path: Path) -> None:
    """In strict mode, without a warning, with the same pages, and the same words and anchors on each."""
    for name in ("site_src", "templates"):
        shutil.copytree(built_project / name, tmp_path / name)
    shutil.copy2(built_project / "mkdocs.yml", tmp_path / "mkdocs.yml")
    done = subprocess.run(
        [str(zensical), "build", "--strict"], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "No issues found" in done.stdout + done.stderr
    ours, theirs = pages(built_project / "site"), pages(tmp_path / "site")
    # The pages with one chart alone are made from the finished site.
    ours = {address: tree for address, tree in ours.items() if not address.startswith("charts/")}
    assert set(ours) == set(theirs)
    for address, tree in ours.items():
        if not address.startswith("reports/eth-russell-2000/") and address not in {"", "data/"}:
            continue
        assert words(tree) == words(theirs[address]), address
        anchors = set(tree.xpath("//span[@data-number]/@id"))
        assert anchors == set(theirs[address].xpath("//span[@data-number]/@id")), address
