"""Every script of both workflows, in order, in fresh clones, against loopback hosts and a bare repository."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml  # type: ignore[import-untyped]  # its stubs are not among the locked packages

from tests.loopback.replies import make_world
from tests.loopback.server import HOSTS, UNSET, Loopback, status

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).parents[2]
GIT, BASH = (shutil.which(name) or name for name in ("git", "bash"))
FOREIGN = ("GITHUB_", "INPUT_", "MAKE", "TANDEM_", "SITE_")
THURSDAY, FRIDAY = "2026-11-20T01:00:00+00:00", "2026-11-21T01:00:00+00:00"  # evenings in New York
WORKFLOW = ROOT / ".github" / "workflows" / "publish.yml"
CI = ROOT / ".github" / "workflows" / "ci.yml"


class Run:
    """One run of the workflow: its inputs, its clones, and what its steps left behind."""

    def __init__(
        self,
        folder: Path,
        bare: Path,
        inputs: dict[str, str],
        environment: Mapping[str, str] | None = None,
        workflow: Path = WORKFLOW,
    ) -> None:
        self.folder = folder
        self.bare = bare
        self.inputs = inputs
        self.environment = environment or {}
        self.outputs: dict[str, str] = {}
        self.summary = ""
        folder.mkdir()
        self.jobs = yaml.safe_load(workflow.read_text(encoding="utf-8"))["jobs"]

    def job(self, name: str) -> list[subprocess.CompletedProcess[str]]:
        """Run the scripts of a job in a fresh clone; stop at the first that fails, as the runner does."""
        place = self.folder / name
        subprocess.run([GIT, "clone", "--quiet", "--no-hardlinks", str(self.bare), str(place)], check=True)
        prepare(place)
        done = []
        for step in self.jobs[name]["steps"]:
            if not self.wanted(step.get("if", "")):
                continue
            if step.get("uses", "").startswith("actions/download-artifact@"):
                for part in ("site", "store"):
                    shutil.copytree(self.folder / "build" / part, place / part)
            if "run" not in step:
                continue
            finished = self.script(step, place)
            done.append(finished)
            if finished.returncode:
                break
        return done

    def script(self, step: dict[str, Any], place: Path) -> subprocess.CompletedProcess[str]:
        """Run one script as the runner does: bash that stops at errors, values in the environment alone."""
        output, summary = place / ".output", place / ".summary"
        output.touch()
        values = {name: self.value(text) for name, text in step.get("env", {}).items()}
        kept = {name: text for name, text in os.environ.items() if not name.startswith(FOREIGN) and name not in UNSET}
        finished = subprocess.run(
            [BASH, "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
            cwd=place,
            env={
                **kept,
                **self.environment,
                "GITHUB_OUTPUT": str(output),
                "GITHUB_STEP_SUMMARY": str(summary),
                **values,
            },
            capture_output=True,
            text=True,
            check=False,
        )
        for line in output.read_text(encoding="utf-8").splitlines():
            name, _, value = line.partition("=")
            self.outputs[f"steps.{step['id']}.outputs.{name}"] = value
        output.unlink()
        if summary.exists():
            self.summary = summary.read_text(encoding="utf-8")
        return finished

    def value(self, text: str) -> str:
        """Return what the runner would put for an expression; one it does not know here is an error."""
        return re.sub(r"\$\{\{ (.*?) \}\}", lambda match: self.term(match[1]), text)

    def term(self, expression: str) -> str:
        """Return the value of one expression of the workflow."""
        if expression in {"vars.SITE_URL", "github.token"}:
            return ""
        if expression == "toJSON(github.event.client_payload)":
            return "null"
        if expression.startswith("inputs."):
            return self.inputs[expression.removeprefix("inputs.")]
        choice = re.fullmatch(r"(\S+) == '(\w+)' && '(\w+)' \|\| '(\w+)'", expression)
        if choice:
            return choice[3] if self.outputs[choice[1]] == choice[2] else choice[4]
        return self.outputs[expression]

    def wanted(self, condition: str) -> bool:
        """Return whether a step's condition holds."""
        if not condition or condition.startswith("${{ !github"):
            return True
        match = re.fullmatch(r"(\S+) (==|!=) '(\w+)'", condition)
        assert match is not None, condition
        return (self.outputs[match[1]] == match[3]) == (match[2] == "==")


def prepare(place: Path) -> None:
    """Lend a clone the environment the tests run in, so that nothing is installed again."""
    environment = place / ".venv"
    environment.mkdir()
    for part in ("bin", "lib", "pyvenv.cfg"):
        (environment / part).symlink_to(ROOT / ".venv" / part)
    shutil.copy(place / "requirements.txt", environment)


def inputs(**changed: str) -> dict[str, str]:
    """Return the inputs of the button as the runner passes them."""
    plain = {"as_of": "", "data": "fetch", "pairs": "", "dry_run": "false", "accept_jump": "false"}
    return {**plain, **changed}


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a remote with the files of this work tree, few replications and no editions, so that a build is quick."""
    folder = tmp_path_factory.mktemp("remote")
    work, remote = folder / "work", folder / "remote.git"
    listed = subprocess.run(
        [GIT, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    for name in filter(None, listed.stdout.decode().split("\0")):
        if (ROOT / name).is_file():
            (work / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, work / name)
    config = work / "report.toml"
    text = config.read_text(encoding="utf-8")
    quick = text
    for shipped, here in (("\nreps = 9999", "\nreps = 99"), ("\neditions = true", "\neditions = false")):
        assert shipped in quick
        quick = quick.replace(shipped, here)
    config.write_text(quick, encoding="utf-8")
    who = ["-c", "user.name=tests", "-c", "user.email=tests@tests.invalid", "-c", "init.defaultBranch=main"]
    for command in (["init", "-q"], ["add", "--all"], ["commit", "-q", "-m", "start"]):
        subprocess.run([GIT, *who, *command], cwd=work, check=True)
    subprocess.run([GIT, "clone", "-q", "--bare", str(work), str(remote)], check=True)
    return remote


def messages(done: list[subprocess.CompletedProcess[str]]) -> str:
    """Return what the scripts of a job said, for a failure's report."""
    return "\n".join(f"{step.returncode}: {step.stdout[-600:]}{step.stderr[-600:]}" for step in done)


def data_branch(bare: Path) -> list[str]:
    """Return the subjects of the commits of the data branch, newest first."""
    done = subprocess.run([GIT, "log", "--format=%s", "data"], cwd=bare, check=False, capture_output=True, text=True)
    return done.stdout.splitlines()


def ended(done: list[subprocess.CompletedProcess[str]]) -> list[int]:
    """Return the statuses of a job's scripts, after showing what they said to whoever reads a failure."""
    print(messages(done))  # noqa: T201 - pytest keeps it for the report
    return [step.returncode for step in done]


def snapshots(bare: Path) -> set[str]:
    """Return the moments of the snapshots on the data branch."""
    command = [GIT, "ls-tree", "-r", "--name-only", "data", "snapshots/eth_usd/"]
    done = subprocess.run(command, cwd=bare, check=True, capture_output=True, text=True)
    return {name.split("/")[-1][:8] for name in done.stdout.split()}


@pytest.mark.network
def test_publishing_from_button_to_record(tmp_path: Path, bare: Path) -> None:
    """A run fetches, builds, survives a refused push, records itself once; the same record again adds nothing."""
    hook = bare / "hooks" / "pre-receive"
    hook.write_text('#!/bin/sh\necho x >> count\n[ "$(wc -l < count)" -gt 1 ]\n', encoding="utf-8")
    hook.chmod(0o755)
    with Loopback(make_world(), tmp_path) as world:
        world.fail("/chart/GLD", status(404))
        run = Run(tmp_path / "run", bare, inputs(), {**world.environment, "TANDEM_NOW": FRIDAY})
        assert set(ended(run.job("build"))) == {0}
        assert world.hosts <= set(HOSTS)
    assert run.outputs["steps.site.outputs.status"] == "3"  # an optional series is missing
    assert "| eth-russell-2000 | correlation.pearson.daily.252 | – |" in run.summary
    assert "- Degraded: " in run.summary
    assert data_branch(bare) == []

    assert ended(run.job("record")) == [0]
    assert data_branch(bare) == ["Data through 2026-11-20 (store)"]
    assert (bare / "count").read_text(encoding="utf-8") == "x\nx\n"

    (run.folder / "record").rename(run.folder / "before")
    recorded = run.job("record")
    assert "nothing new" in recorded[-1].stdout
    assert data_branch(bare) == ["Data through 2026-11-20 (store)"]


@pytest.mark.slow
@pytest.mark.network
def test_two_runs_at_once_and_one_without_a_network(tmp_path: Path, bare: Path) -> None:
    """Two runs from the same start keep what both fetched; a third that reaches nobody publishes from the branch."""
    subprocess.run([GIT, "update-ref", "-d", "refs/heads/data"], cwd=bare, check=True)
    with Loopback(make_world(), tmp_path) as world:
        runs = [
            Run(tmp_path / name, bare, inputs(), {**world.environment, "TANDEM_NOW": now})
            for name, now in (("thursday", THURSDAY), ("friday", FRIDAY))
        ]
        for run in runs:
            assert set(ended(run.job("build"))) == {0}
        for run in runs:
            assert ended(run.job("record")) == [0]
        assert snapshots(bare) == {"20261120", "20261121"}
        world.fail(".", status(503))
        alone = Run(tmp_path / "alone", bare, inputs(), {**world.environment, "TANDEM_NOW": FRIDAY})
        assert set(ended(alone.job("build"))) == {0}
    assert alone.outputs["steps.site.outputs.status"] == "3"
    assert "(store)" in alone.summary
    assert data_branch(bare) == ["Data through 2026-11-20 (store)", "Data through 2026-11-19 (store)"]


@pytest.mark.parametrize(
    ("field", "value"), [("as_of", "2026-13-45"), ("as_of", "$(touch hacked)"), ("as_of", '"; touch hacked; "')]
)
def test_a_hostile_input_stops_the_run(tmp_path: Path, bare: Path, field: str, value: str) -> None:
    """The first step refuses in one line, nothing is executed, and no later step runs."""
    run = Run(tmp_path / "hostile", bare, inputs(**{field: value}))
    done = run.job("build")
    assert len(done) == 1
    assert done[0].returncode != 0
    assert done[0].stderr.startswith(f"inputs: {field}: ")
    assert list(run.folder.rglob("hacked")) == []


def test_without_data_nothing_is_published(tmp_path: Path, bare: Path) -> None:
    """A run that has no real data stops before there is a site; it does not fall back on the simulated one."""
    run = Run(tmp_path / "empty", bare, inputs(data="store"), {"DATA_BRANCH": "not-yet"})
    done = run.job("build")
    assert done[-1].returncode != 0
    assert "no usable snapshot" in done[-1].stderr
    assert not (run.folder / "build" / "site").exists()


def test_every_script_is_run_by_a_test_here() -> None:
    """A script that is added to a workflow needs a test that runs it."""
    found = {
        f"{workflow.stem} {job}: {step['name']}"
        for workflow in (WORKFLOW, CI)
        for job, body in yaml.safe_load(workflow.read_text(encoding="utf-8"))["jobs"].items()
        for step in body["steps"]
        if "run" in step
    }
    assert found == {
        "publish build: Check what was asked for",
        "publish build: Restore snapshots and editions",
        "publish build: Fetch new data",
        "publish build: Build the site",
        "publish build: Test the site",
        "publish build: Compare with what was published before",
        "publish record: Commit to the data branch",
        "publish complete: End red when something was published with old or missing data",
        "ci test: Lint, types, import contracts, tests, browser tests",
        "ci site: Build the site from the simulated sample",
        "ci site: Check the site",
        "ci required: Every job succeeded",
    }


@pytest.mark.parametrize(("status", "code"), [("0", 0), ("3", 1)])
def test_a_degraded_publication_ends_red(tmp_path: Path, bare: Path, status: str, code: int) -> None:
    """What was published with old or missing data is published, and the run ends red all the same."""
    run = Run(tmp_path / "run", bare, inputs())
    run.outputs["needs.build.outputs.status"] = status
    assert ended(run.job("complete")) == [code]


@pytest.mark.parametrize(("results", "code"), [("success success", 0), ("success failure", 1), ("skipped success", 1)])
def test_all_jobs_of_ci_are_required(tmp_path: Path, bare: Path, results: str, code: int) -> None:
    """One job that did not succeed fails the check that a merge depends on."""
    run = Run(tmp_path / "run", bare, inputs(), workflow=CI)
    run.outputs["join(needs.*.result, ' ')"] = results
    assert ended(run.job("required")) == [code]


def test_ci_runs_what_a_laptop_runs(tmp_path: Path, bare: Path) -> None:
    """The test job prepares the environment and runs `make test`, with the marks it was given; `make` is a stand-in."""
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "make").write_text(f'#!/bin/sh\necho "$* CI=$CI MARKS=$MARKS" >> {tmp_path}/asked\n', encoding="utf-8")
    for name in ("git", "chromium", "node", "npm"):  # what the machine of a runner brings
        (tools / name).write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    for tool in tools.iterdir():
        tool.chmod(0o755)
    path = f"{tools}{os.pathsep}{os.environ['PATH']}"
    run = Run(tmp_path / "run", bare, inputs(), {"PATH": path, "PYTHON": str(ROOT / ".venv/bin/python")}, workflow=CI)
    assert ended(run.job("test")) == [0]
    assert (tmp_path / "asked").read_text(encoding="utf-8").splitlines() == [
        "environment-dev CI=true MARKS=not slow and not recorded",
        "test CI=true MARKS=not slow and not recorded",
    ]


@pytest.mark.slow
def test_ci_builds_the_site_from_a_fresh_clone(tmp_path: Path, bare: Path) -> None:
    """The site job builds from the simulated sample without a network, and the check finds nothing."""
    run = Run(tmp_path / "run", bare, inputs(), {"TANDEM_NOW": FRIDAY}, workflow=CI)
    assert ended(run.job("site")) == [0, 0]
    assert (run.folder / "site" / "site" / "index.html").is_file()
