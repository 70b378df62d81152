"""Templates → Markdown. Templates place and choose; every number arrives formatted or is formatted by a filter."""

from __future__ import annotations

import html
import json
import posixpath
import re
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError
from markupsafe import Markup

from generator import formatting
from generator.errors import BuildError
from generator.findings import Estimate, Number, Numbers, Unavailable, anchor
from generator.glossary import with_terms

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def environment(templates: Path) -> Environment:
    """Return the one Jinja environment: undefined names are errors, and data is text wherever it stands."""
    jinja = Environment(
        loader=FileSystemLoader(templates),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    jinja.filters.update(
        correlation=formatting.correlation,
        percent=formatting.percent,
        signed_percent=formatting.signed_percent,
        share=formatting.share,
        basis_points=formatting.basis_points,
        pvalue=formatting.pvalue,
        count=formatting.count,
        day=formatting.day,
        amount=formatting.amount,
        interval=formatting.interval,
        shown=formatting.shown,
        figure_anchor=anchor,
    )
    jinja.tests["unavailable"] = lambda value: isinstance(value, Unavailable)
    return jinja


def _finalize(value: object) -> object:
    """Escape for Markdown and HTML at once; what a filter returned as Markup is already safe."""
    if value is None:
        raise TypeError("a template printed nothing; give it a number or a sentence")
    if isinstance(value, float):
        raise TypeError(f"a template printed the number {value!r}; give it a filter")
    return formatting.escape_text(value)


def number_span(numbers: Numbers, number_id: str, *, brackets: bool = True) -> Markup:
    """Return a published number as HTML: value, interval, n, and its own anchor."""
    number = numbers[number_id]
    identity = anchor(number_id)
    if isinstance(number, Unavailable):
        return Markup(
            '<span class="number number--unavailable" id="{}">not available '
            '<span class="number__reason">({})</span></span>'
        ).format(identity, number.reason)
    return Markup('<span class="number" id="{}" data-number="{}">{}{}</span>').format(
        identity, number_id, value_markup(number), bracket_markup(number) if brackets else ""
    )


def value_markup(number: Estimate) -> Markup:
    """Return the value in bold."""
    return Markup("<strong>{}</strong>").format(formatting.amount(number.value, number.unit))


def bracket_markup(number: Estimate) -> Markup:
    """Return interval and sample size in small brackets."""
    between = formatting.interval(number)
    inside = (
        Markup("{}; n = {}").format(between, formatting.count(number.nobs))
        if between
        else Markup("n = {}").format(formatting.count(number.nobs))
    )
    return Markup(' <span class="number__interval">({})</span>').format(inside)


def relative(path: str, target: str) -> str:
    """Return the link from the Markdown file `path` to the file `target`, both below ``site_src/``."""
    return posixpath.relpath(target, posixpath.dirname(path) or ".")


def relative_url(path: str, address: str) -> str:
    """Return the link from the page made of the Markdown file `path` to a site-absolute address.

    Links stay relative, so that the site works below any path and in a frozen copy.
    """
    own = posixpath.dirname(path) if posixpath.basename(path) == "index.md" else path.removesuffix(".md")
    place, _, fragment = address.partition("#")
    target = posixpath.relpath(place, f"/{own}") + ("/" if place.endswith("/") else "") if place else ""
    return f"{target}#{fragment}" if fragment else target or "./"


def front_matter(title: str, description: str, card: str = "") -> str:
    """Return the YAML head of a page; JSON strings are YAML strings, whatever they hold.

    The theme prints a title as HTML, in the header of the page and in the search results, so it is written as HTML.
    `card` is the name of the page's picture for other sites, where it has one.
    """
    return (
        "---\n"
        f"title: {json.dumps(html.escape(title, quote=False), ensure_ascii=False)}\n"
        f"description: {json.dumps(description, ensure_ascii=False)}\n"
        + (f"card: {json.dumps(card)}\n" if card else "")
        + "---\n"
    )


def render(jinja: Environment, template: str, path: str, names: Mapping[str, Any]) -> str:
    """Return the Markdown of one page, with its head made of ``title`` and ``description``; see `render_part`.

    The first use of each of the ``terms`` becomes a link to the glossary.
    """
    text = render_part(jinja, template, path, names)
    text = with_terms(text, names.get("terms", ()), lambda address: relative_url(path, address))
    return front_matter(str(names["title"]), str(names["description"]), str(names.get("card", ""))) + text


def render_part(jinja: Environment, template: str, path: str, names: Mapping[str, Any]) -> str:
    """Return the Markdown of a page without its head.

    Parameters
    ----------
    template : str
        Below ``templates/``.
    path : str
        Markdown file below ``site_src/`` that the page becomes; links are relative to it.
    names : mapping
        What the template may use. ``how`` is the address of the page that says how each number is reached.

    Raises
    ------
    BuildError
        The template is missing or uses a name it was not given.
    """
    numbers = names.get("numbers", Numbers())

    def how(number_id: str) -> Markup:
        """Lead to where a number is explained, if there is such a page."""
        if not names.get("how"):
            return Markup()
        return Markup('<a class="number__how" href="{}" aria-label="How {} is reached">how?</a>').format(
            Markup(relative_url(path, f"{names['how']}#{anchor(number_id)}")),  # noqa: S704 - our own addresses
            number_id,
        )

    def number(number_id: str) -> Markup:
        span = number_span(numbers, number_id)
        return span if isinstance(numbers[number_id], Unavailable) else span + how(number_id)

    def linked(number_id: str) -> Markup:
        """Show a number that another page publishes, with a link to it there."""
        found: Number = numbers[number_id]
        if isinstance(found, Unavailable):
            return Markup('<span class="number number--unavailable">not available ({})</span>').format(found.reason)
        span = Markup('<a class="number" href="{}">{}</a>{}').format(
            relative_url(path, found.link), value_markup(found), bracket_markup(found)
        )
        return span + how(number_id)

    tools = {
        "number": number,
        "linked": linked,
        "how_link": how,
        "doc": lambda target: Markup(relative(path, target)),  # noqa: S704 - our own file names
        "url": lambda address: Markup(relative_url(path, address)),  # noqa: S704 - our own addresses
        "path": path,
    }
    try:
        text = jinja.get_template(template).render({**names, **tools})
    except (TemplateError, KeyError, TypeError) as error:
        words = error.args[0] if isinstance(error, KeyError) else error
        raise BuildError(f"templates/{template}: {words}") from error
    return _tidy(text)


def _tidy(text: str) -> str:
    """Return the Markdown with runs of blank lines reduced to one."""
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"
