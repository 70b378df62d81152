"""The few git commands the data branch needs, with the token kept out of arguments, files and messages."""

from __future__ import annotations

import base64
import os
import shutil
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

SECONDS = 300
AUTHOR = {
    "GIT_AUTHOR_NAME": "tandem",
    "GIT_AUTHOR_EMAIL": "tandem@users.noreply.invalid",
    "GIT_COMMITTER_NAME": "tandem",
    "GIT_COMMITTER_EMAIL": "tandem@users.noreply.invalid",
}


# Bytes go in and come out as they are, whatever this machine's own git settings say.
PLAIN = ("-c", "core.autocrlf=false", "-c", "core.attributesFile=/dev/null", "-c", "commit.gpgsign=false")


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """What a git command left."""

    code: int
    out: str
    err: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Git:
    """Git in one repository.

    Parameters
    ----------
    root : Path
        The repository.
    token : str
        Sent as the password of an https remote; empty where the remote needs none or git has its own.
    """

    root: Path
    token: str = ""

    def run(self, *arguments: str, env: Mapping[str, str] | None = None, stdin: str = "") -> Finished:
        """Run one command and return what it left, whatever that is."""
        program = shutil.which("git")
        if program is None:
            raise DataError("git not found; install it")
        try:
            finished = subprocess.run(  # noqa: S603 - fixed commands; every foreign value is one argument
                [program, *PLAIN, *arguments],
                cwd=self.root,
                input=stdin,
                env={
                    **os.environ,
                    **AUTHOR,
                    "GIT_TERMINAL_PROMPT": "0",
                    "LC_ALL": "C",
                    **self._credentials(),
                    **(env or {}),
                },
                capture_output=True,
                text=True,
                errors="surrogateescape",
                timeout=SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise DataError(f"git {arguments[0]}: no answer within {SECONDS} s; try again later") from None
        return Finished(code=finished.returncode, out=finished.stdout, err=finished.stderr)

    def out(self, *arguments: str, env: Mapping[str, str] | None = None, stdin: str = "") -> str:
        """Run one command that must succeed and return what it printed."""
        finished = self.run(*arguments, env=env, stdin=stdin)
        if finished.code:
            raise DataError(f"git {arguments[0]}: {last_line(finished.err)}")
        return finished.out.strip()

    def _credentials(self) -> dict[str, str]:
        if not self.token:
            return {}
        secret = base64.b64encode(f"x-access-token:{self.token}".encode()).decode()
        return {
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": "http.extraheader",
            "GIT_CONFIG_VALUE_0": f"AUTHORIZATION: basic {secret}",
        }


def last_line(text: str) -> str:
    """Return the last line that says something."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "failed without a message"
