"""The policy in every page lets the site's own scripts run and nothing else."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import TYPE_CHECKING

import pytest

from generator.csp import MARK, apply_csp, inline_scripts, policy, script_hash
from generator.errors import BuildError

if TYPE_CHECKING:
    from pathlib import Path

PAGE = f"<html><head>{MARK}<script>a()</script></head><body><script src='x.js'></script>{{}}</body></html>"


def test_only_executed_inline_scripts_are_found() -> None:
    """Scripts with a source, JSON blocks and empty ones need no hash; inline code and modules do."""
    html = (
        "<script>one()</script><script type=module>two()</script><script src=x.js></script>"
        '<script id="__config" type="application/json">{}</script><script> </script><SCRIPT >three()</SCRIPT>'
    )
    assert inline_scripts(html) == ["one()", "two()", "three()"]


def test_hash_is_of_the_text_with_newlines() -> None:
    """The word is base64 of the SHA-256 of the text as a browser sees it."""
    expected = base64.b64encode(hashlib.sha256(b"a\nb").digest()).decode()
    assert script_hash("a\r\nb") == f"'sha256-{expected}'"


def test_policy_allows_no_inline_code_and_no_other_host() -> None:
    """No unsafe-inline and no unsafe-eval for scripts, no wildcard, no address, everything else refused by default."""
    words = dict(part.split(" ", 1) for part in policy(["a()"]).split("; "))
    assert words["default-src"] == "'none'"
    assert words["script-src"] == f"'self' {script_hash('a()')}"
    assert "unsafe" not in words["script-src"]
    assert not re.search(r"\*|https?:", policy([]))


def test_all_pages_share_the_policy(tmp_path: Path) -> None:
    """A page shown by instant navigation lives under the policy of another, so both hold all hashes."""
    for name, script in (("index.html", "b()"), ("deep/index.html", "c()")):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(PAGE.format(f"<script>{script}</script>"), encoding="utf-8")
    assert apply_csp(tmp_path) == 2
    texts = [(tmp_path / name).read_text(encoding="utf-8") for name in ("index.html", "deep/index.html")]
    found = [re.findall(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">', text) for text in texts]
    assert found[0] == found[1]
    assert all(script_hash(code) in found[0][0] for code in ("a()", "b()", "c()"))


@pytest.mark.parametrize("html", ["<html></html>", f"{MARK}{MARK}"])
def test_page_without_its_place_stops_the_build(tmp_path: Path, html: str) -> None:
    """Nothing is published without a policy; the message names the page."""
    (tmp_path / "404.html").write_text(html, encoding="utf-8")
    with pytest.raises(BuildError, match=r"^404\.html: [02] places for the policy"):
        apply_csp(tmp_path)


def test_a_script_that_the_theme_did_not_bring_stops_the_build(tmp_path: Path) -> None:
    """A script that got into a page with some text would otherwise be allowed by its own hash."""
    theme = '<script>scope=new URL("{}",location)</script>'
    (tmp_path / "deep").mkdir()
    (tmp_path / "404.html").write_text(PAGE.format(theme.format("/below/")), encoding="utf-8")
    (tmp_path / "deep" / "index.html").write_text(PAGE.format(theme.format("../..")), encoding="utf-8")
    (tmp_path / "index.html").write_text(PAGE.format("<script>alert(1)</script>"), encoding="utf-8")
    with pytest.raises(BuildError, match=r"^index\.html: holds an inline script that the theme did not bring: 'alert"):
        apply_csp(tmp_path)
    assert MARK in (tmp_path / "index.html").read_text(encoding="utf-8")
    (tmp_path / "index.html").unlink()
    assert apply_csp(tmp_path) == 2
