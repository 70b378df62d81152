"""Templates become Markdown: every name is known, every value is text, every link is relative."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
import yaml  # type: ignore[import-untyped]  # ships no types
from markupsafe import Markup

from generator.errors import BuildError
from generator.findings import Estimate, Numbers, Unavailable
from generator.render import environment, front_matter, number_span, relative, relative_url, render

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

T = "\u202f"
NUMBER = Estimate(
    value=0.454,
    lower=0.3,
    upper=0.7,
    nobs=1252,
    unit="correlation",
    method="correlation",
    first=date(2025, 9, 19),
    last=date(2026, 9, 18),
)
NUMBERS = Numbers(
    {
        "correlation.pearson.daily.252": NUMBER,
        "spells.current": replace(NUMBER, value=2.0, lower=None, upper=None, unit="count", nobs=90),
        "levels.null_share.63": Unavailable(reason="<b>not</b> enough data"),
    }
).linked("/reports/eth/correlation/")


@pytest.fixture
def rendered(tmp_path: Path) -> Callable[..., str]:
    """Return what renders a template given as text and returns the body of the page."""

    def run(template: str, path: str = "reports/eth/correlation.md", **names: Any) -> str:
        (tmp_path / "page.md.j2").write_text(template, encoding="utf-8")
        named = {"title": "Title", "description": "Words", "numbers": NUMBERS, **names}
        return render(environment(tmp_path), "page.md.j2", path, named).removeprefix(front_matter("Title", "Words"))

    return run


# --- names -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("{{ missing }}", r"templates/page\.md\.j2: 'missing' is undefined"),
        ("{{ title.missing }}", r"templates/page\.md\.j2: 'str object' has no attribute 'missing'"),
        ("{% if missing %}x{% endif %}", r"templates/page\.md\.j2: 'missing' is undefined"),
        ("{% for x in missing %}{% endfor %}", r"templates/page\.md\.j2: 'missing' is undefined"),
        ("{{ nothing }}", r"templates/page\.md\.j2: a template printed nothing"),
        ("{{ title | nothing }}", r"templates/page\.md\.j2: No filter named 'nothing'"),
        ("{% if %}", r"templates/page\.md\.j2: Expected an expression"),
        ("{% include 'none.j2' %}", r"templates/page\.md\.j2: .*none\.j2"),
        (
            "{{ number('levels.x') }}",
            r"templates/page\.md\.j2: .*no number with id 'levels\.x'.*levels\.null_share\.63",
        ),
        ("{{ linked('x.y') }}", r"templates/page\.md\.j2: .*no number with id 'x\.y'; near it: nothing"),
    ],
)
def test_what_a_template_lacks_is_an_error_that_names_it(
    rendered: Callable[..., str], template: str, message: str
) -> None:
    """A misspelt name never prints a blank: the build stops with template and name."""
    with pytest.raises(BuildError, match=message):
        rendered(template, nothing=None)


def test_a_missing_template_is_named(tmp_path: Path) -> None:
    """A report without its template says which file to write."""
    with pytest.raises(BuildError, match=r"templates/reports/x\.md\.j2: "):
        render(environment(tmp_path), "reports/x.md.j2", "x.md", {"title": "T", "description": "D"})


# --- values ------------------------------------------------------------------------------------------------------


def test_every_value_is_text(rendered: Callable[..., str]) -> None:
    """Markup and Markdown in data are letters, in prose, in attributes, in loops and through join."""
    hostile = "<b>*x*</b> [y](z) {{ 7 }} |"
    text = rendered(
        "{{ a }}\n<p title=\"{{ a }}\">{% for b in c %}{{ b }}{% endfor %}</p>\n{{ c | join('<br>') }}",
        a=hostile,
        c=[hostile],
    )
    escaped = "&#60;b&#62;&#42;x&#42;&#60;/b&#62; &#91;y&#93;&#40;z&#41; &#123;&#123; 7 &#125;&#125; &#124;"
    assert text == f'{escaped}\n<p title="{escaped}">{escaped}</p>\n{escaped}\n'


def test_data_is_never_a_template(rendered: Callable[..., str]) -> None:
    """What looks like a template inside a value is shown as it is."""
    assert "49" not in rendered("{{ a }}", a="{{ 7 * 7 }}{% include 'x' %}")


def test_filters_are_the_formatting_functions(rendered: Callable[..., str]) -> None:
    """A template names how a number is shown; it never rounds."""
    assert rendered("{{ 0.454 | correlation }}, {{ n | count }}, {{ d | day }}", n=1252, d=date(2025, 10, 7)) == (
        f"0.45, 1{T}252, 2025-10-07\n"
    )


def test_an_unformatted_number_is_an_error(rendered: Callable[..., str]) -> None:
    """A fraction printed without a filter would show every binary digit."""
    with pytest.raises(
        BuildError, match=r"templates/page\.md\.j2: a template printed the number 0\.1; give it a filter"
    ):
        rendered("{{ x }}", x=0.1)
    assert rendered("{{ n }}", n=3) == "3\n"


def test_unavailable_can_be_asked_for(rendered: Callable[..., str]) -> None:
    """The one judgement a template makes about a number is whether there is one."""
    template = "{% if x is unavailable %}none: {{ x.reason }}{% else %}{{ x.value | correlation }}{% endif %}"
    assert rendered(template, x=Unavailable(reason="no data")) == "none: no data\n"
    assert rendered(template, x=NUMBER) == "0.45\n"


# --- published numbers -------------------------------------------------------------------------------------------


def test_a_number_stands_with_interval_n_and_its_own_anchor() -> None:
    """Every number can be linked, and carries its uncertainty and its sample."""
    assert number_span(NUMBERS, "correlation.pearson.daily.252") == (
        '<span class="number" id="correlation-pearson-daily-252" data-number="correlation.pearson.daily.252">'
        f'<strong>0.45</strong> <span class="number__interval">(0.30 to 0.70; n = 1{T}252)</span></span>'
    )


def test_a_fact_has_no_interval() -> None:
    """A count shows its n alone; brackets can be left out."""
    assert "(n = 90)" in number_span(NUMBERS, "spells.current")
    assert "number__interval" not in number_span(NUMBERS, "spells.current", brackets=False)


def test_an_absent_number_says_why() -> None:
    """The reason stands where the number would; it is text."""
    span = number_span(NUMBERS, "levels.null_share.63")
    assert 'id="levels-null-share-63"' in span
    assert "not available" in span
    assert "&lt;b&gt;not&lt;/b&gt; enough data" in span


def test_a_number_of_another_page_links_there(rendered: Callable[..., str]) -> None:
    """Shown elsewhere, a number leads to its own place; it does not take its anchor along."""
    text = rendered("{{ linked('correlation.pearson.daily.252') }}", "reports/eth/index.md")
    assert 'href="correlation/#correlation-pearson-daily-252"' in text
    assert "id=" not in text
    assert "not available" in rendered("{{ linked('levels.null_share.63') }}")


# --- links -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "target", "link"),
    [
        ("index.md", "data/index.md", "data/index.md"),
        ("reports/eth/correlation.md", "methods/levels.md", "../../methods/levels.md"),
        ("reports/eth/index.md", "reports/eth/levels.md", "levels.md"),
        ("data/index.md", "data/eth/findings.json", "eth/findings.json"),
    ],
)
def test_links_between_files_are_relative(path: str, target: str, link: str) -> None:
    """MkDocs checks links between Markdown files; they are written as it reads them."""
    assert relative(path, target) == link


@pytest.mark.parametrize(
    ("path", "address"),
    [
        (path, address)
        for path in ("index.md", "reports/index.md", "reports/eth/index.md", "reports/eth/correlation.md", "404.md")
        for address in (
            "/",
            "/reports/",
            "/reports/eth/correlation/",
            "/data/eth/findings.json",
            "/reports/eth/levels/#x",
        )
    ],
)
def test_addresses_are_relative_to_the_page_they_stand_on(path: str, address: str) -> None:
    """A browser on the page resolves the link to the address, whatever path the site is served below."""
    from urllib.parse import urljoin  # noqa: PLC0415 - a browser's rule, needed here alone

    own = path.removesuffix("index.md") if path.endswith("index.md") else path.removesuffix(".md") + "/"
    for base in ("https://example.org/", "https://example.org/deep/er/"):
        link = relative_url(path, address)
        assert not link.startswith("/")
        assert urljoin(base + own, link) == base + address.removeprefix("/")


def test_tools_of_a_template_know_their_page(rendered: Callable[..., str]) -> None:
    """`doc` and `url` need no help to find the way from here to there."""
    text = rendered("[a]({{ doc('methods/levels.md') }}) {{ url('/data/') }} {{ path }}", "reports/eth/correlation.md")
    assert text == "[a](../../methods/levels.md) ../../../data/ reports/eth/correlation.md\n"


# --- the page ----------------------------------------------------------------------------------------------------


def test_title_and_description_head_the_page(tmp_path: Path) -> None:
    """Whatever text they hold, they are two strings of YAML."""
    (tmp_path / "page.md.j2").write_text("# {{ title }}\n", encoding="utf-8")
    title, description = "</title><script>: \"x\" 'y' # & {a} --- é −", "key: [value]"
    text = render(environment(tmp_path), "page.md.j2", "x.md", {"title": title, "description": description})
    head, body = text.removeprefix("---\n").split("\n---\n")
    assert yaml.safe_load(head) == {
        "title": "&lt;/title&gt;&lt;script&gt;: \"x\" 'y' # &amp; {a} --- é −",
        "description": description,
    }, "the theme prints the title as HTML and the description as text"
    assert body.strip().startswith("# &#60;/title&#62;&#60;script&#62;: &#34;x")
    assert text.startswith(front_matter(title, description))


def test_blank_lines_are_tidied(rendered: Callable[..., str]) -> None:
    """Loops and conditions leave no gaps; the page ends with one newline."""
    assert rendered("a\n\n\n\n{% for x in [1] %}\n\n{% endfor %}\nb\n\n\n") == "a\n\nb\n"


@dataclass(frozen=True)
class _Hostile:
    """An object that claims to be safe HTML."""

    text: str

    def __html__(self) -> str:
        return self.text


def test_only_markup_is_safe(rendered: Callable[..., str]) -> None:
    """An object that offers HTML of its own is still only text; what our functions return stays as it is."""
    assert "<script>" not in rendered("{{ x }}", x=_Hostile("<script>"))
    assert rendered("{{ x }}", x=Markup("<b>x</b>")) == "<b>x</b>\n"
