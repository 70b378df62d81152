"""SIGKILL at a chosen write of the real command line.

Python reads ``sitecustomize`` when it starts. The one here counts what a process does to the files below a folder, and
either writes down where in the project's code each step was taken, or ends the process right before one of them: the
state on the disk is then the one after the step before. Nothing of the project is patched but `os.fsync`, which
announces nothing by itself.
"""

from __future__ import annotations

import os
import signal
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.faults.conftest import ROOT, Done, Place

if TYPE_CHECKING:
    from pathlib import Path

HOOK = '''
import hashlib, os, signal, sys

ROOT, CODE = os.environ["KILL_ROOT"], os.environ["KILL_CODE"]
AT, LOG = int(os.environ["KILL_AT"]), os.environ["KILL_LOG"]
SERVED = os.environ.get("KILL_SERVED", "")
INSIDE_MKDOCS = "mkdocs" in sys.orig_argv
ALWAYS = {"os.rename", "os.mkdir", "os.remove", "os.rmdir", "os.truncate", "os.link", "os.symlink", "os.chmod"}
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
count, inside = 0, False

def served():
    """Every file that a reader would find now, by place, identity, size and time of its last change."""
    found = []
    for folder, _, names in os.walk(SERVED):
        for name in names:
            state = os.stat(os.path.join(folder, name))
            found.append((folder, name, state.st_ino, state.st_size, state.st_mtime_ns))
    return hashlib.sha256(repr(sorted(found)).encode()).hexdigest()

def step(event):
    global count, inside
    inside = True
    count += 1
    if count == AT:
        if INSIDE_MKDOCS:
            os.kill(os.getppid(), signal.SIGKILL)  # as when a machine goes down: all at once
        os.kill(os.getpid(), signal.SIGKILL)
    if LOG:
        frame, place = sys._getframe(2), "elsewhere"
        while frame:
            name = frame.f_code.co_filename
            if name.startswith(CODE):
                place = f"{name[len(CODE):]}:{frame.f_code.co_name}:{frame.f_lineno}"
                break
            frame = frame.f_back
        seen = f" {served()}" if SERVED else ""
        handle = os.open(LOG, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        os.write(handle, f"{event} {place}{seen}\\n".encode())
        os.close(handle)
    inside = False

def hook(event, arguments):
    if inside:
        return
    if event == "ctypes.dlsym":
        if arguments[1] == "renameat2":
            step("exchange")
    elif event == "subprocess.Popen":
        step(event)
    elif event in ALWAYS or (event == "open" and isinstance(arguments[2], int) and arguments[2] & WRITING):
        path = arguments[0]
        if isinstance(path, int):
            return
        path = os.fsdecode(path)
        relative = not os.path.isabs(path)
        if relative and event != "open" and arguments[-1] != -1:
            step(event)  # a name inside an open folder: what is removed as a whole
        elif os.path.abspath(path).startswith(ROOT) and not path.endswith(".lock"):
            step(event)

fsync = os.fsync

def flush(handle):
    step("os.fsync")
    return fsync(handle)

if "--multiprocessing-fork" not in sys.orig_argv and (SERVED or INSIDE_MKDOCS == bool(os.environ.get("KILL_MKDOCS"))):
    os.fsync = flush
    sys.addaudithook(hook)
'''


@dataclass(frozen=True, slots=True)
class Killer:
    """Runs commands with the hook.

    Parameters
    ----------
    folder : Path
        Empty folder for the hook and its log.
    """

    folder: Path

    def __post_init__(self) -> None:
        self.folder.mkdir()
        (self.folder / "sitecustomize.py").write_text(HOOK, encoding="utf-8")

    def variables(
        self, root: Path, at: int, log: str = "", served: str = "", *, mkdocs: bool = False
    ) -> dict[str, str]:
        """Return what the process finds in its environment; `mkdocs` counts the steps of MkDocs in place of ours."""
        return {
            "PYTHONPATH": f"{self.folder}{os.pathsep}{ROOT}",
            "KILL_ROOT": str(root),
            "KILL_CODE": f"{ROOT}{os.sep}generator{os.sep}",
            "KILL_AT": str(at),
            "KILL_LOG": log,
            "KILL_SERVED": served,
            "KILL_MKDOCS": "1" if mkdocs else "",
        }

    def steps(
        self,
        place: Place,
        *arguments: str,
        root: Path | None = None,
        served: str = "",
        mkdocs: bool = False,
        **named: str,
    ) -> list[str]:
        """Run a command to its end and return every step: what was done, where, and the state of a folder before it."""
        log = self.folder / "log"
        log.unlink(missing_ok=True)
        variables = self.variables(root or place.folder, -1, str(log), served, mkdocs=mkdocs)
        done = place.run(*arguments, variables=variables, **named)  # type: ignore[arg-type]  # the clock or the module
        assert done.code in {0, 3}, done
        return log.read_text(encoding="utf-8").splitlines()

    def kill(self, place: Place, *arguments: str, at: int, root: Path | None = None, **named: str) -> Done:
        """Run a command and kill it right before its n-th step."""
        done = place.run(*arguments, variables=self.variables(root or place.folder, at), **named)  # type: ignore[arg-type]  # the same
        assert done.code == -signal.SIGKILL, (at, done)
        return done


def distinct(steps: list[str]) -> list[int]:
    """Return the number of the first step at each distinct place, and of the last of all."""
    first: dict[str, int] = {}
    for number, step in enumerate(steps, start=1):
        first.setdefault(step, number)
    return sorted({*first.values(), len(steps)})
