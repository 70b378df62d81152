"""Fixtures shared by all tests: the configuration, the recorded data, a built site, and a wall around the network."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

# As the command line does: sums depend on the number of threads in their last digits. Before anything imports numpy.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import pytest
from filelock import FileLock
from hypothesis import settings
from lxml import html  # type: ignore[import-untyped]  # ships no types
from pytest_socket import socket_allow_hosts

from generator.config import Config, load_config
from generator.site import GENERATED, GENERATED_FILES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

ROOT = Path(__file__).parents[1]
LOOPBACK = ["127.0.0.1", "::1", "localhost"]
# The state of the world that every built site of the tests shares: a Monday morning, the Friday before as last session.
AS_OF = "2026-09-18"
NOW = "2026-09-21T06:00:00+00:00"
CODE_VERSION = "0.0.0+test"
# A build never opens a socket. Python imports this file when it starts, so MkDocs runs behind the same wall.
WALL = """
import socket

class _Closed(socket.socket):
    def __init__(self, family=socket.AF_INET, *arguments, **named):
        if family in (socket.AF_INET, socket.AF_INET6, -1):
            raise RuntimeError("a build opened a socket")
        super().__init__(family, *arguments, **named)

socket.socket = _Closed
"""

# Examples take as long as they take on a busy machine; a failing one is printed so that it can be run again.
settings.register_profile("tandem", deadline=None, print_blob=True)
settings.load_profile("tandem")


class Tandem(Protocol):
    """Runs the real command line in a process of its own."""

    def __call__(
        self, project: Path, *arguments: str, variables: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Return the finished process; `project` is the folder with ``report.toml``."""
        ...


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the one command that accepts changed pages."""
    parser.addoption(
        "--accept-golden", action="store_true", help="take the pages as they are now for the golden ones; look at them"
    )


@pytest.fixture(scope="session")
def _resolved() -> dict[str, set[str]]:
    return {}


@pytest.fixture(autouse=True)
def _only_loopback(_resolved: dict[str, set[str]]) -> None:
    """Let no test reach another machine; pytest-socket takes the wall down again after each test."""
    socket_allow_hosts(LOOPBACK, allow_unix_socket=True, resolution_cache=_resolved)


@pytest.fixture(scope="session")
def config() -> Config:
    """Return the shipped configuration."""
    return load_config(ROOT / "report.toml")


@pytest.fixture(scope="session")
def recorded_data() -> Path:
    """Return the folder of recorded market data beside the project; it is read in place and never copied."""
    folder = Path(os.environ.get("TANDEM_RECORDED_DATA") or ROOT.parent / "shared" / "data")
    if not (folder / "prices_daily.csv").is_file():
        message = "no recorded data beside the project; TANDEM_RECORDED_DATA=FOLDER says where it is"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    return folder


@pytest.fixture(scope="session")
def wall(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder that, on PYTHONPATH, forbids every Internet socket to a process and its children."""
    folder = tmp_path_factory.mktemp("wall")
    (folder / "sitecustomize.py").write_text(WALL, encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def tandem(wall: Path) -> Tandem:
    """Return what runs the command line with a fixed clock and version, and without a network."""

    def run(
        project: Path, *arguments: str, variables: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        inherited = {key: value for key, value in os.environ.items() if not key.startswith(("TANDEM_", "SITE_"))}
        environment = {
            **inherited,
            "PYTHONPATH": os.pathsep.join((str(wall), str(ROOT))),
            "PYTHONDONTWRITEBYTECODE": "1",
            "TANDEM_NOW": NOW,
            "TANDEM_CODE_VERSION": CODE_VERSION,
            **(variables or {}),
        }
        return subprocess.run(
            [sys.executable, "-m", "generator", *arguments],
            cwd=project,
            env=environment,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=900,
            check=False,
        )

    return run


def copy_project(folder: Path) -> Path:
    """Copy what a build needs and people wrote into `folder`; nothing that an earlier build made."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("mkdocs.yml", "report.toml"):
        shutil.copy2(ROOT / name, folder / name)
    shutil.copytree(ROOT / "templates", folder / "templates")
    generated = {ROOT / "site_src" / name for name in (*GENERATED, *GENERATED_FILES)}

    def made(place: str, names: list[str]) -> list[str]:
        return [name for name in names if Path(place) / name in generated or name.startswith(".aside-")]

    shutil.copytree(ROOT / "site_src", folder / "site_src", ignore=made)
    return folder


@pytest.fixture
def project_copy(tmp_path: Path) -> Path:
    """Return a fresh copy of the project, ready to be built and spoilt."""
    return copy_project(tmp_path / "project")


@pytest.fixture(scope="session")
def built_project(tmp_path_factory: pytest.TempPathFactory, worker_id: str, tandem: Tandem) -> Path:
    """Return a project folder whose site was built from the sample by the real command line, once for all workers."""
    base = tmp_path_factory.getbasetemp()
    shared = base if worker_id == "master" else base.parent
    folder, failed = shared / "built-project", shared / "built-project.failed"
    with FileLock(shared / "built-project.lock"):
        if failed.is_file():
            pytest.fail(failed.read_text(encoding="utf-8"))
        if not (folder / "site" / "index.html").is_file():
            copy_project(folder)
            finished = tandem(folder, "build", "--data", "sample", "--as-of", AS_OF, "--no-editions")
            if finished.returncode:
                message = f"the build ended with {finished.returncode}:\n{finished.stdout}{finished.stderr}"
                failed.write_text(message, encoding="utf-8")
                pytest.fail(message)
    return folder


@pytest.fixture(scope="session")
def built_site(built_project: Path) -> Path:
    """Return the finished site of the sample, as of 2026-09-18. Tests must not change it."""
    return built_project / "site"


@pytest.fixture(scope="session")
def built_pages(built_site: Path) -> dict[str, Any]:
    """Return the parsed pages of the built site by their address, relative to its root. Tests must not change them."""
    found = {}
    for path in sorted(built_site.rglob("*.html")):
        address = path.relative_to(built_site).as_posix()
        address = address.removesuffix("index.html") if path.name == "index.html" else address
        found[address] = html.document_fromstring(path.read_bytes())
    return found


def lightened(text: str) -> str:
    """Return a configuration with the featured pair and its first claim alone, and few replications."""
    kept: list[str] = []
    keep = True
    seen: set[str] = set()
    for block in re.split(r"(?m)^(?=\[)", text):
        name = block.partition("]")[0].strip("[")
        if not name.startswith("claims."):
            another_pair = name == "pairs" and "eth-russell-2000" not in block
            keep = not another_pair and not (name == "claims" and name in seen)
            seen.add(name)
        if keep:
            kept.append(block)
    return "".join(kept).replace("reps = 9999", "reps = 99")


@pytest.fixture(scope="session")
def light_project() -> Callable[[Path], Path]:
    """Return what makes a copy of the project that is built in a fraction of the time: one pair, few replications."""

    def make(folder: Path) -> Path:
        project = copy_project(folder)
        path = project / "report.toml"
        path.write_text(lightened(path.read_text(encoding="utf-8")), encoding="utf-8")
        return project

    return make
