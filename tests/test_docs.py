"""What is written beside the code is true of the code: links, names, workflows, lock files, changelog."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import tomllib
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
import yaml  # type: ignore[import-untyped]  # its stubs are not among the locked packages
from markdown.extensions.toc import slugify  # type: ignore[import-untyped]  # the same
from packaging.requirements import Requirement

from generator.cli import make_parser
from generator.site import GENERATED, GENERATED_FILES

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "site_src"
METHODS = DOCS / "methods"
DECISIONS = DOCS / "decisions"
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
LOCKS = [ROOT / "requirements.txt", ROOT / "requirements-dev.txt"]


def generated(path: Path) -> bool:
    """Return whether a build writes this path below ``site_src/``."""
    if not path.is_relative_to(DOCS):
        return False
    name = path.relative_to(DOCS).as_posix()
    return name in GENERATED_FILES or any(name == part or name.startswith(part + "/") for part in GENERATED)


PAGES = sorted(path for path in DOCS.rglob("*.md") if not generated(path))
WRITTEN = [*(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md")), *PAGES]
METHOD_PAGES = [path for path in PAGES if path.parent == METHODS and path.stem not in {"index", "glossary"}]
DECISION_PAGES = [path for path in PAGES if path.parent == DECISIONS and path.stem != "index"]


def shown(path: Path) -> str:
    """Return a path as the tests name it."""
    return path.relative_to(ROOT).as_posix()


@cache
def body(path: Path) -> str:
    """Return the text of a page without front matter and code blocks."""
    text = path.read_text(encoding="utf-8")
    text = re.sub(r"\A---\n.*?\n---\n", "", text, flags=re.DOTALL)
    return re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE)


def headings(path: Path) -> list[str]:
    """Return the headings of a page, in order, with their marks."""
    return re.findall(r"^#+ .+$", body(path), flags=re.MULTILINE)


def anchors(path: Path) -> set[str]:
    """Return the anchors of the headings of a page."""
    return {slugify(line.lstrip("# ").strip(), "-") for line in headings(path)}


@pytest.mark.parametrize("path", WRITTEN, ids=shown)
def test_links_resolve(path: Path) -> None:
    """Every relative link leads to a file, or to a page that a build writes; every anchor to a heading."""
    broken = []
    for target in re.findall(r"\]\(([^)\s]+)\)", body(path)):
        if re.match(r"(https?|mailto):", target):
            continue
        name, _, anchor = unquote(target).partition("#")
        place = (path.parent / name).resolve() if name else path
        if generated(place):
            continue
        if not place.exists() or (anchor and anchor not in anchors(place)):
            broken.append(target)
    assert broken == []


@pytest.mark.parametrize("path", WRITTEN, ids=shown)
def test_paths_of_code_exist(path: Path) -> None:
    """A page that points at code or a test points at something; words in capitals stand for a name."""
    named = set(re.findall(r"`((?:generator|tests|templates|site_src|\.ci|\.github)/[\w./-]*\w)`", body(path)))
    named = {name for name in named if not re.search(r"\b[A-Z]{2,}\b", name)}
    assert sorted(name for name in named if not (ROOT / name).exists()) == []


@pytest.mark.parametrize("path", PAGES, ids=shown)
def test_pages_have_title_and_description(path: Path) -> None:
    """Search engines and feeds get a title and a description; readers get one main heading."""
    front = re.match(r"\A---\n(.*?)\n---\n", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert front is not None
    fields = yaml.safe_load(front[1])
    assert set(fields) == {"title", "description"}
    assert 20 <= len(fields["description"]) <= 160
    assert [line for line in headings(path) if line.startswith("# ")] == [
        line for line in headings(path)[:1] if fields["title"] in line
    ]


@pytest.mark.parametrize("path", METHOD_PAGES, ids=shown)
def test_method_pages_have_the_same_parts(path: Path) -> None:
    """Each method says what it answers first, where it can mislead, and which code does it."""
    parts = [line.removeprefix("## ") for line in headings(path) if line.startswith("## ")]
    assert parts[0] == "What it answers"
    assert "Limits" in parts
    assert parts[-1] == "Code and checks"
    assert "`generator/" in body(path)


@pytest.mark.parametrize("path", PAGES, ids=shown)
def test_formulas_fit_on_a_phone(path: Path) -> None:
    """No line of a formula is wider than 360 pixels: a block that scrolls sideways hides its end."""
    blocks = re.findall(r"^```\n(.*?)^```", path.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    assert [line for block in blocks for line in block.splitlines() if len(line) > 37] == []


@pytest.mark.parametrize(
    ("folder", "pages"), [(METHODS, METHOD_PAGES), (DECISIONS, DECISION_PAGES)], ids=["methods", "decisions"]
)
def test_index_lists_every_page(folder: Path, pages: list[Path]) -> None:
    """No page can be reached by search alone."""
    text = body(folder / "index.md")
    assert sorted(path.name for path in pages if f"]({path.name})" not in text) == []


def test_decisions_are_numbered_and_complete() -> None:
    """Records count up from 1, each with status, context, decision and consequences; the index shows the status."""
    index = body(DECISIONS / "index.md")
    for number, path in enumerate(DECISION_PAGES, start=1):
        assert path.name.startswith(f"{number:04d}-")
        assert [line for line in headings(path) if line.startswith("## ")] == [
            "## Context",
            "## Decision",
            "## Consequences",
        ]
        status = re.search(
            r"^Status: (accepted|rejected|replaced), (\d{4}-\d{2}-\d{2})", body(path), flags=re.MULTILINE
        )
        assert status is not None
        date.fromisoformat(status[2])
        title = headings(path)[0].removeprefix(f"# {number}. ")
        assert f"| {number} | [{title}]({path.name}) | {status[1]} |" in index


def method_slugs() -> dict[str, str]:
    """Return every method that the code names in a call or as its METHOD, with the file that names it."""
    found = {}
    for folder in ("reports", "pages", "."):
        for path in sorted((ROOT / "generator" / folder).glob("*.py" if folder == "." else "**/*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                named: list[tuple[str | None, ast.expr]] = []
                if isinstance(node, ast.Call):
                    named = [(keyword.arg, keyword.value) for keyword in node.keywords]
                elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                    named = [(node.targets[0].id.lower(), node.value)]
                for name, value in named:
                    if name == "method" and isinstance(value, ast.Constant) and isinstance(value.value, str):
                        found[value.value] = shown(path)
    return found


def test_every_method_named_in_the_code_has_its_page() -> None:
    """The "method" of a number is the address of a page that is there, anchor included."""
    slugs = method_slugs()
    assert "correlation" in slugs
    missing = {}
    for slug, where in slugs.items():
        name, _, anchor = slug.partition("#")
        page = METHODS / f"{name}.md"
        if not page.is_file() or (anchor and anchor not in anchors(page)):
            missing[slug] = where
    assert missing == {}


def test_every_method_of_a_published_number_is_a_page(built_site: Path) -> None:
    """What a findings file gives as method leads to a page of the same site."""
    files = sorted(built_site.glob("data/*/findings.json"))
    assert files
    numbers = [number for path in files for number in json.loads(path.read_bytes())["numbers"].values()]
    slugs = {number["method"] for number in numbers if "method" in number}
    assert "correlation" in slugs
    missing = set()
    for slug in slugs:
        name, _, anchor = slug.partition("#")
        page = built_site / "methods" / name / "index.html"
        if not page.is_file() or (anchor and f'id="{anchor}"' not in page.read_text(encoding="utf-8")):
            missing.add(slug)
    assert missing == set()


def test_readme_lists_the_commands() -> None:
    """The README's table of commands is the command line's own list."""
    section = body(ROOT / "README.md").split("## Commands")[1].split("\n## ")[0]
    rows = re.findall(r"^\| (`[^|]+) \|", section, flags=re.MULTILINE)
    listed = {word.split()[0] for row in rows for word in re.findall(r"`([^`]+)`", row)}
    parser = make_parser()
    commands = next(action.choices for action in parser._actions if isinstance(action.choices, dict))
    assert listed == set(commands or ())


def make_targets() -> set[str]:
    """Return the targets of the Makefile."""
    return set(re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE))


def test_make_targets_named_in_texts_exist() -> None:
    """A `make` line in the texts, the workflows and the scripts can be typed."""
    texts = [*WRITTEN, *WORKFLOWS, ROOT / ".ci" / "run"]
    lines = [line for path in texts for line in path.read_text(encoding="utf-8").splitlines()]
    named = {m for line in lines for m in re.findall(r"(?:^\s*|`|run: |exec )make ([a-z][a-z-]+)", line)}
    assert {"site", "test"} <= named
    assert named - make_targets() == set()


def test_every_target_is_phony() -> None:
    """No file of the same name can keep a target from running."""
    text = (ROOT / "Makefile").read_text(encoding="utf-8").replace("\\\n", " ")
    phony = set(re.findall(r"^\.PHONY: (.*)$", text, flags=re.MULTILINE)[0].split())
    assert phony == make_targets()


# ------------------------------------------------------------------------------------------------------ workflows


def workflow(path: Path) -> dict[Any, Any]:
    """Return a workflow; YAML reads its key ``on`` as True."""
    loaded: dict[Any, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return loaded


def steps(path: Path) -> list[dict[str, Any]]:
    """Return the steps of all jobs of a workflow."""
    return [step for job in workflow(path)["jobs"].values() for step in job["steps"]]


def tool(name: str) -> list[str]:
    """Return the command of a tool of the environment the tests run in."""
    return [str(Path(sys.executable).with_name(name))]


def test_workflows_fit_their_schema() -> None:
    """GitHub will read the workflows and the updates' file as they are meant."""
    for schema, files in (("github-workflows", WORKFLOWS), ("dependabot", [ROOT / ".github" / "dependabot.yml"])):
        command = [*tool("check-jsonschema"), "--builtin-schema", f"vendor.{schema}", *map(str, files)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def test_workflows_pass_the_security_audit() -> None:
    """Zizmor finds nothing, at its strictest."""
    command = [*tool("zizmor"), "--offline", "--persona=pedantic", "--no-progress", ".github"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("path", WORKFLOWS, ids=shown)
def test_workflow_limits(path: Path) -> None:
    """Nothing is permitted by default, runs do not pile up, every job ends and says what it may do."""
    loaded = workflow(path)
    assert loaded["permissions"] == {}
    assert "group" in loaded["concurrency"]
    for job in loaded["jobs"].values():
        assert job["timeout-minutes"] <= 45
        assert "permissions" in job


@pytest.mark.parametrize("path", WORKFLOWS, ids=shown)
def test_actions_are_pinned(path: Path) -> None:
    """An action is named by commit, with its version beside it; a checkout leaves no credentials behind."""
    text = path.read_text(encoding="utf-8")
    used = re.findall(r"uses: (.*)$", text, flags=re.MULTILINE)
    assert used
    assert [line for line in used if not re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line)] == []
    for step in steps(path):
        if step.get("uses", "").startswith("actions/checkout@"):
            assert step["with"] == {"persist-credentials": False}


def test_an_action_has_one_version() -> None:
    """The same action is the same commit everywhere."""
    used = {step["uses"] for path in WORKFLOWS for step in steps(path) if "uses" in step}
    assert len({line.split("@")[0] for line in used}) == len(used)


@pytest.mark.parametrize("path", WORKFLOWS, ids=shown)
def test_scripts_hold_no_expressions(path: Path) -> None:
    """No value is pasted into a script: it arrives as a variable of the environment, quoted."""
    scripts = [step["run"] for step in steps(path) if "run" in step]
    assert scripts
    assert [script for script in scripts if "${{" in script] == []


def test_publishing_reads_where_it_builds_and_writes_where_it_records() -> None:
    """The job that runs foreign code can write nothing; the order is build, record, deploy; nothing is cancelled."""
    loaded = workflow(ROOT / ".github" / "workflows" / "publish.yml")
    jobs = loaded["jobs"]
    assert jobs["build"]["permissions"] == {"contents": "read"}
    assert jobs["record"]["permissions"]["contents"] == "write"
    assert set(jobs["deploy"]["permissions"]) == {"pages", "id-token"}
    assert (jobs["record"]["needs"], jobs["deploy"]["needs"]) == ("build", "record")
    assert loaded["concurrency"]["cancel-in-progress"] is False
    assert "secrets." not in (ROOT / ".github" / "workflows" / "publish.yml").read_text(encoding="utf-8")
    names = [
        step.get("run", step.get("uses", "")) for job in ("build", "record", "deploy") for step in jobs[job]["steps"]
    ]
    order = ["make inputs", "make restore-data", "make fetch", "make site", "make check", "make summary"]
    order += ["make record-data", "actions/upload-pages-artifact", "actions/deploy-pages"]
    places = [next(i for i, name in enumerate(names) if name.startswith(step)) for step in order]
    assert places == sorted(places)


def test_schedules_are_at_odd_minutes_in_new_york() -> None:
    """Two slots on weekday evenings, away from the crowded start of the hour."""
    slots = workflow(ROOT / ".github" / "workflows" / "publish.yml")[True]["schedule"]
    assert len(slots) == 2
    for slot in slots:
        minute, hour, *rest = slot["cron"].split()
        assert int(minute) % 5 != 0
        assert int(hour) >= 20
        assert rest == ["*", "*", "1-5"]
        assert slot["timezone"] == "America/New_York"


# ------------------------------------------------------------------------------------------------------ lock files


def locked(path: Path) -> list[Requirement]:
    """Return the requirements of a lock file."""
    text = path.read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [
        line.split("--hash")[0].strip() for line in text.splitlines() if line and not line.lstrip().startswith("#")
    ]
    return [Requirement(line) for line in lines]


@pytest.mark.parametrize("path", LOCKS, ids=shown)
def test_locks_name_versions_and_hashes_alone(path: Path) -> None:
    """A lock file holds neither an index nor an address nor a path, and every line has a hash."""
    text = path.read_text(encoding="utf-8")
    assert "://" not in text
    assert " @ " not in text
    assert [line for line in text.splitlines() if line.startswith(("-", "/", "."))] == []
    entries = [line for line in text.replace("\\\n", " ").splitlines() if re.match(r"[a-z0-9]", line)]
    assert len(entries) > 50
    assert [line[:40] for line in entries if not re.search(r"==\S+.* --hash=sha256:[0-9a-f]{64}", line)] == []


def test_locks_fit_the_project() -> None:
    """Every dependency of the project is locked at a version it allows, and the tests use the versions of the site."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [Requirement(line) for line in project["dependencies"]]
    extras = [Requirement(line) for group in ("test", "dev") for line in project["optional-dependencies"][group]]
    base, development = (locked(path) for path in LOCKS)
    for requirements, lock in ((wanted, base), ([*wanted, *extras], development)):
        versions: dict[str, set[str]] = {}
        for entry in lock:
            versions.setdefault(entry.name.lower(), set()).add(str(entry.specifier).removeprefix("=="))
        for requirement in requirements:
            if requirement.name == project["name"]:
                continue
            found = versions.get(requirement.name.lower(), set())
            assert any(requirement.specifier.contains(version) for version in found), str(requirement)
    assert {str(entry) for entry in base} <= {str(entry) for entry in development}


def test_npm_lock_names_no_registry() -> None:
    """The browser tests' packages are locked by hash, without the address they came from."""
    lock = json.loads((ROOT / "tests" / "browser" / "package-lock.json").read_bytes())
    packages = {name: entry for name, entry in lock["packages"].items() if name}
    assert len(packages) > 1
    assert [name for name, entry in packages.items() if "resolved" in entry] == []
    assert [name for name, entry in packages.items() if not entry["integrity"].startswith("sha512-")] == []


def test_no_machine_is_named() -> None:
    """No tracked text holds the path of a machine's temporary or home folder, or the address of a package index."""
    pattern = "|".join(
        ["/r" + "oot/", "/ho" + "me/[a-z]", "file:/" + "//", "--(extra-)?index-" + "url", "pypi[.]org/sim" + "ple"]
    )
    command = ["git", "grep", "-nIE", pattern, "--", ".", ":!*.svg"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.stdout == ""
    assert done.returncode == 1


# ------------------------------------------------------------------------------------------------------- changelog

KINDS = ["Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"]


def test_changelog_keeps_its_form() -> None:
    """Keep a Changelog: unreleased first, then versions from new to old with dates, known kinds of change, lists."""
    lines = body(ROOT / "CHANGELOG.md").splitlines()
    sections = [line for line in lines if line.startswith("## ")]
    assert sections[0] == "## [Unreleased]"
    releases = [re.fullmatch(r"## \[(\d+\.\d+\.\d+)\] - (\d{4}-\d{2}-\d{2})", line) for line in sections[1:]]
    assert None not in releases
    dates = [date.fromisoformat(match[2]) for match in releases if match]
    assert dates == sorted(dates, reverse=True)
    assert {line.removeprefix("### ") for line in lines if line.startswith("### ")} <= set(KINDS)
    entries = lines[lines.index("## [Unreleased]") + 1 :]
    assert [line for line in entries if line and not line.startswith(("- ", "  ", "## ", "### "))] == []
