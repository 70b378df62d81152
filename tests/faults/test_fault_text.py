"""Fault table, text and settings from outside: refused with field and place before anything is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.faults.conftest import Place, make_place, small_report, tree

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def plain(tmp_path: Path) -> Place:
    """Return a project that has a configuration and nothing else."""
    return make_place(tmp_path / "project", small_report())


BAD_SLUGS = ["../../x", "a?b#c", "", "x" * 300, "CON", "con", "Eth-Russell-2000", "eth\\u200Frussell"]


@pytest.mark.parametrize("slug", BAD_SLUGS, ids=[slug[:12] or "empty" for slug in BAD_SLUGS])
def test_case_32_slug(plain: Place, slug: str) -> None:
    """A slug that is no safe folder is refused before any file is written; the line names the field."""
    plain.configure(lambda text: text.replace('slug = "eth-russell-2000"', f'slug = "{slug}"'))
    before = tree(plain.folder)
    done = plain.run("build", "--data", "sample", "--no-editions")
    assert (done.code, done.out) == (1, "")
    assert done.line.startswith("tandem: report.toml: pairs[0].slug: must be 1 to 63 of a-z, 0-9 and '-'")
    assert tree(plain.folder) == before


BAD_LABELS = ["", "x" * 300, "Et\\u200Fher", "Et\\nher"]


@pytest.mark.parametrize("label", BAD_LABELS, ids=["empty", "long", "right-to-left", "newline"])
def test_case_32_label(plain: Place, label: str) -> None:
    """An empty, endless or hidden label is refused in the same way."""
    plain.configure(lambda text: text.replace('label = "Ether"', f'label = "{label}"'))
    before = tree(plain.folder)
    done = plain.run("build", "--data", "sample", "--no-editions")
    assert done.code == 1
    assert done.line.startswith("tandem: report.toml: series.eth_usd.label: ")
    assert tree(plain.folder) == before


ATTACKS = ["</script><script>alert(1)</script>", "[x](javascript:alert(1)) a | b {: onclick=x }", "{{7*7}}"]


@pytest.mark.parametrize("attack", ATTACKS, ids=["script", "link", "template"])
def test_case_33_text_is_text(plain: Place, attack: str) -> None:
    """Text full of signs is data: the command prints it as it was written, and nothing is computed out of it.

    What becomes of it on the pages is told by the tests of hostile text, which build a site from it.
    """
    plain.configure(lambda text: text.replace('label = "Ether"', f"label = '''{attack}'''"))
    assert plain.refused().startswith(f"tandem: store: no usable snapshot of {attack}, Russell 2000; ")


CONFIGS: list[tuple[str, Callable[[str], str], str]] = [
    ("on", lambda t: t.replace("editions = true", "editions = ON"), "not valid TOML: Invalid value (at line "),
    ("octal", lambda t: t.replace("reps = 99", "reps = 012"), "not valid TOML: "),
    (
        "duplicate",
        lambda t: t.replace("reps = 99", "reps = 99\nreps = 199"),
        "not valid TOML: Cannot overwrite a value",
    ),
    ("unknown", lambda t: t.replace("[run]", "[run]\nretries = 3"), "run.retries: unknown key"),
    ("alias", lambda t: "x = *y\n" + t, "not valid TOML: Invalid value (at line 1, column 5)"),
    ("python", lambda t: "x = !!python/object:os.system\n" + t, "not valid TOML: "),
    ("bomb", lambda t: "x = " + "[" * 50_000 + t, "nested too deeply to be a configuration"),
    ("bytes", lambda t: t + "#" * 5_000_000, "bytes; at most "),
]


@pytest.mark.parametrize(("change", "message"), [c[1:] for c in CONFIGS], ids=[c[0] for c in CONFIGS])
def test_case_35_configuration(plain: Place, change: Callable[[str], str], message: str) -> None:
    """What is no configuration is refused with file and place; the old site stays."""
    plain.configure(change)
    line = plain.refused("--data", "sample")
    assert line.startswith("tandem: report.toml: ")
    assert message in line


def test_case_35_ten_thousand_tickers(plain: Place) -> None:
    """Ten thousand series are over a limit, and the line states it."""
    block = (
        '[series.s{i}]\nlabel="S"\nshort="S"\nkind="price"\ncalendar="XNYS"\nunit="u"\nsources=[]\n'
        'colour={{light="#000000",dark="#000000"}}\ncsv={{file="a.csv",column="a"}}\n'
    )
    plain.configure(lambda text: text + "".join(block.format(i=i) for i in range(10_000)))
    assert "at most" in plain.refused("--data", "sample")


HOSTILE_INPUTS = [
    ({"INPUT_AS_OF": "2026-13-45"}, "inputs: as_of: '2026-13-45' is not a date; write YYYY-MM-DD"),
    ({"INPUT_AS_OF": "$(touch hacked)"}, "inputs: as_of: '$(touch hacked)' is not a date; write YYYY-MM-DD"),
    (
        {"INPUT_PAIRS": '"; touch hacked; "', "INPUT_DRY_RUN": "true"},
        "inputs: pairs: '\"; touch hacked; \"' is unknown; known: ",
    ),
    ({"INPUT_DATA": "x" * 120_000}, "inputs: data: 120000 characters; at most "),
    ({"INPUT_PAYLOAD": "[" * 120_000}, "inputs: payload: 120000 characters; at most "),
    ({"INPUT_PAYLOAD": '{"run": "id"}'}, "inputs: payload: unknown field 'run'; known: "),
    ({"SITE_URL": "javascript:alert(1)"}, "inputs: SITE_URL: 'javascript:alert(1)' must be an https address"),
]


@pytest.mark.parametrize(("variables", "message"), HOSTILE_INPUTS, ids=[next(iter(v)) for v, _ in HOSTILE_INPUTS])
def test_case_38_inputs_of_a_run(plain: Place, variables: dict[str, str], message: str) -> None:
    """An input that is no value is refused in one line; nothing is executed and nothing reaches a later step."""
    output = plain.folder / "output"
    done = plain.run("inputs", module="generator.publishing", variables={**variables, "GITHUB_OUTPUT": str(output)})
    assert done.code == 1
    assert done.line.startswith(message)
    assert not output.exists()
    assert not list(plain.folder.rglob("hacked"))
