"""Templates place and choose. They never compare, compute, slice or format: that is decided, and tested, in Python."""

from __future__ import annotations

import functools
import re
from pathlib import Path

import pytest
from jinja2 import nodes

from generator.render import environment

TEMPLATES = Path(__file__).parents[1] / "templates"
# The theme's shell (templates/overrides/) is rendered by MkDocs, not by us, and shows no number of a report.
OURS = sorted(p for p in TEMPLATES.rglob("*.j2") if "overrides" not in p.relative_to(TEMPLATES).parts)
NAMES = [p.relative_to(TEMPLATES).as_posix() for p in OURS]

COMPUTING = (
    nodes.Compare,
    nodes.BinExpr,
    nodes.UnaryExpr,
    nodes.Slice,
    nodes.List,
    nodes.Dict,
    nodes.AssignBlock,
    nodes.FilterBlock,
    nodes.MarkSafe,
    nodes.MarkSafeIfAutoescape,
    nodes.ScopedEvalContextModifier,
    nodes.EvalContextModifier,
)
# How a number or a date is shown, and three filters of Jinja that neither round nor choose.
OUR_FILTERS = {
    "amount",
    "basis_points",
    "correlation",
    "count",
    "day",
    "figure_anchor",
    "interval",
    "percent",
    "pvalue",
    "share",
    "shown",
    "signed_percent",
}
PLAIN_FILTERS = {"join", "length", "selectattr"}
TESTS = {"unavailable"}
# What `render` gives to every template, and macros of templates/components.
TOOLS = {"number", "linked", "how_link", "doc", "url", "super", "caller"}


def source(name: str) -> str:
    """Return the text of a template."""
    return (TEMPLATES / name).read_text(encoding="utf-8")


def parsed(name: str) -> nodes.Template:
    """Return the tree of a template."""
    return environment(TEMPLATES).parse(source(name))


@functools.cache
def component_macros() -> frozenset[str]:
    """Return the macros that pages may call, those of templates/components."""
    names = [name for name in NAMES if name.startswith("components/")]
    return frozenset(node.name for name in names for node in parsed(name).find_all(nodes.Macro))


def boolean(node: nodes.Node) -> bool:
    """Return whether a node only combines conditions."""
    return isinstance(node, nodes.And | nodes.Or | nodes.Not)


def computed(tree: nodes.Template) -> list[str]:
    """Return every place where a template does more than place and choose."""
    found = [f"line {node.lineno}: {type(node).__name__}" for node in tree.find_all(COMPUTING) if not boolean(node)]
    found += [
        f"line {node.lineno}: filter {node.name}"
        for node in tree.find_all(nodes.Filter)
        if node.name not in OUR_FILTERS | PLAIN_FILTERS
    ]
    found += [f"line {node.lineno}: test {node.name}" for node in tree.find_all(nodes.Test) if node.name not in TESTS]
    macros = {node.name for node in tree.find_all(nodes.Macro)} | component_macros()
    for call in tree.find_all(nodes.Call):
        name = (
            call.node.name
            if isinstance(call.node, nodes.Name)
            else f".{call.node.attr}"
            if isinstance(call.node, nodes.Getattr)
            else "?"
        )
        if name not in TOOLS | macros | {".address"}:
            found.append(f"line {call.lineno}: call of {name}")
    return found


def test_there_are_templates() -> None:
    """The list below is not empty by mistake."""
    assert "reports/page.md.j2" in NAMES
    assert len(NAMES) > 10


@pytest.mark.parametrize("name", NAMES)
def test_templates_only_place_and_choose(name: str) -> None:
    """No comparison, arithmetic, slice or list; no filter that computes; no method of a value."""
    assert computed(parsed(name)) == []


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("{% if x > 0.9 %}{% endif %}", "Compare"),
        ("{{ 'high' if x == 1 else 'low' }}", "Compare"),
        ("{% if x in y %}{% endif %}", "Compare"),
        ("{{ 100 * x }}", "Mul"),
        ("{{ x - 1 }}", "Sub"),
        ("{{ -x }}", "Neg"),
        ("{{ x[:3] }}", "Slice"),
        ("{{ x | round(2) }}", "filter round"),
        ("{{ x | sum }}", "filter sum"),
        ("{{ x | int }}", "filter int"),
        ("{{ '%.2f' | format(x) }}", "filter format"),
        ("{{ x | safe }}", "filter safe"),
        ("{{ x | sort }}", "filter sort"),
        ("{{ x | default('-') }}", "filter default"),
        ("{% if x is defined %}{% endif %}", "test defined"),
        ("{% if x is divisibleby 2 %}{% endif %}", "test divisibleby"),
        ("{{ '{:.2f}'.format(x) }}", "call of .format"),
        ("{{ x.values.mean() }}", "call of .mean"),
        ("{{ range(3) }}", "call of range"),
        ("{% autoescape false %}{{ x }}{% endautoescape %}", "ScopedEvalContextModifier"),
        ("{% set x %}a{% endset %}", "AssignBlock"),
        ("{% filter upper %}x{% endfilter %}", "FilterBlock"),
    ],
)
def test_each_kind_of_computing_would_be_found(text: str, fault: str) -> None:
    """The test above can fail: each way to compute in a template is recognised."""
    assert any(fault in place for place in computed(environment(TEMPLATES).parse(text)))


@pytest.mark.parametrize("text", ["{% if not x %}{% endif %}", "{{ a ~ '/' ~ b }}", "{% if a and b or c %}{% endif %}"])
def test_choosing_and_joining_names_is_no_computing(text: str) -> None:
    """Conditions may be combined, and addresses put together."""
    assert computed(environment(TEMPLATES).parse(text)) == []


@pytest.mark.parametrize("name", NAMES)
def test_numbers_are_not_typed(name: str) -> None:
    """A decimal in a template would be a number that nothing computed; 0.25 points is the unit of the rate beta."""
    text = re.sub(r"\{[{%#].*?[}%#]\}|<[^>]*>", "", source(name), flags=re.DOTALL)
    assert [
        found for found in re.findall(r"(?<![\w.])[+−-]?\d+\.\d+(?![\w.])", text) if found.lstrip("+") != "0.25"
    ] == []


@pytest.mark.parametrize("name", NAMES)
def test_no_value_stands_in_backticks(name: str) -> None:
    """In a code span of Markdown an escaped character would show its code; <code> shows the character."""
    assert re.findall(r"`[^`\n]*\{\{[^`\n]*`", source(name)) == []


@pytest.mark.parametrize("name", NAMES)
def test_one_sentence_per_line(name: str) -> None:
    """A changed sentence is a one-line change. Lines of HTML hold one element each instead."""
    for number, line in enumerate(re.sub(r"\{#.*?#\}", "", source(name), flags=re.DOTALL).splitlines(), start=1):
        if line.startswith(("<", "{", "|", "- ")):
            continue
        text = re.sub(r"\{\{.*?\}\}|\*\*[^*]+\.\*\*", "x", line)
        assert not re.search(r"[a-z)\]][.?!] [A-Z]", text), f"line {number}: {line}"


@pytest.mark.parametrize("name", NAMES)
def test_attributes_are_quoted(name: str) -> None:
    """A value in an attribute without quotes could end it with a blank."""
    assert re.findall(r"<[a-z][^>]*\s[\w-]+=\{\{", source(name)) == []


@pytest.mark.parametrize("name", [name for name in NAMES if name.startswith(("reports/", "pages/"))])
def test_a_page_has_one_heading_of_the_first_level(name: str) -> None:
    """The title stands once, from the data; a report takes it from its base."""
    text = source(name)
    based = "{% extends" in text
    assert len(re.findall(r"^# ", text, flags=re.MULTILINE)) == (0 if based else 1)
    assert "<h1" not in text


def test_no_template_is_left_over() -> None:
    """Every report has its template, and every template of a report has its report or is extended."""
    from generator.reports import REPORTS  # noqa: PLC0415 - imports the charts, which the other tests do not need
    from generator.reports.overview import BRIEF  # noqa: PLC0415 - the same

    wanted = {report.template for report in (*REPORTS, BRIEF)}
    present = {name for name in NAMES if name.startswith("reports/")}
    extended = {
        m for name in NAMES for m in re.findall(r"\{% (?:extends|include|from) ['\"]([^'\"]+)['\"]", source(name))
    }
    assert wanted <= present
    assert present - wanted <= extended


def test_the_shell_parses() -> None:
    """The overrides of the theme are templates too; MkDocs renders them with autoescape off, so each value says `e`."""
    shell = sorted((TEMPLATES / "overrides").rglob("*.html"))
    assert shell
    for path in shell:
        text = path.read_text(encoding="utf-8")
        environment(TEMPLATES).parse(text)
        for value in re.findall(r"\{\{(.*?)\}\}", text, flags=re.DOTALL):
            if re.search(r"page\.(title|meta)|config\.(extra|site_)", value):
                assert re.search(r"\|\s*(e|escape|url|tojson)\b", value) or "canonical_url" in value, (
                    f"{path.name}: {value}"
                )
