"""The data branch: snapshots, editions and published numbers as commits that are only ever added to."""

from __future__ import annotations

import re
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from generator.errors import DataError
from generator.publishing.git import Git, last_line

if TYPE_CHECKING:
    from collections.abc import Iterator

ATTEMPTS = 5
FETCHED = "refs/tandem/fetched"
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,99}")
NOT_TEMPORARY = (".", ":(exclude,glob)**/.*")
"""What of the store is recorded: names that start with a dot are locks and unfinished files."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DataBranch:
    """Where the store is kept between runs.

    Parameters
    ----------
    git : Git
        The repository that holds, or points at, the branch.
    store : Path
        Folder with the snapshots and editions.
    remote : str
        Name or address of the remote; empty keeps the branch in this repository.
    branch : str
        Name of the branch.
    """

    git: Git
    store: Path
    remote: str
    branch: str

    def __post_init__(self) -> None:
        if not NAME.fullmatch(self.branch) or ".." in self.branch:
            raise DataError(f"DATA_BRANCH: {self.branch[:40]!a} is not the name of a branch")
        if self.remote.startswith("-"):
            raise DataError(f"REMOTE: {self.remote[:40]!a} is not a remote")

    def tip(self) -> str | None:
        """Return the newest commit of the branch, None where there is no branch yet.

        Raises
        ------
        DataError
            The remote does not answer. That is never taken for "no branch": a site built without its history would
            replace the one that has it.
        """
        ref = f"refs/heads/{self.branch}"
        if not self._is_remote():
            found = self.git.run("rev-parse", "--verify", "--quiet", ref)
            return found.out.strip() if found.code == 0 else None
        listed = self.git.run("ls-remote", "--exit-code", self.remote, ref)
        if listed.code == 2:  # noqa: PLR2004 - git's own code for "answered, and there is none"
            return None
        if listed.code:
            raise DataError(
                f"data branch: {self.remote} does not answer ({last_line(listed.err)}); nothing was published"
            )
        self.git.out("fetch", "--quiet", "--no-tags", "--depth=1", self.remote, f"+{ref}:{FETCHED}")
        return self.git.out("rev-parse", FETCHED)

    def restore(self) -> str | None:
        """Bring the store up to the branch: files it lacks are added, files it has stay. Return the commit."""
        tip = self.tip()
        if tip is None:
            return None
        tracked = self.git.out("ls-tree", "-r", "-z", "--name-only", tip).split("\0")
        missing = [name for name in tracked if name and not (self.store / name).exists()]
        self.store.mkdir(parents=True, exist_ok=True)
        with self._index() as env:
            self.git.out("read-tree", tip, env=env)
            listing = "".join(f"{name}\0" for name in missing)
            self._inside().out("checkout-index", "--quiet", "-z", "--stdin", env=env, stdin=listing)
        return tip

    def record(self, message: str) -> str | None:
        """Add the store to the branch and push it; return the new commit, None where there was nothing new.

        A push that comes second is put on top of the one that came first and sent again. Nothing is ever forced.

        Raises
        ------
        DataError
            The remote refused every attempt; or another run was first with a file: then all else is recorded, and the
            site of this run must not be published, because it does not hold what the branch holds.
        """
        self._require_store()
        reason = ""
        for _attempt in range(ATTEMPTS):
            tip = self.tip()
            tree, taken = self._tree_on(tip)
            commit = None
            if tip is None or tree != self.git.out("rev-parse", f"{tip}^{{tree}}"):
                commit = self.git.out("commit-tree", tree, *(() if tip is None else ("-p", tip)), "-m", message)
                reason = self._send(commit, tip)
                if reason:
                    continue
            if taken:
                more = f" and {len(taken) - 1} more" if len(taken) > 1 else ""
                raise DataError(
                    f"data branch: {taken[0]}{more} was first written by another run and stays; all else is recorded, "
                    "this site is not published; run again"
                )
            return commit
        raise DataError(
            f"data branch: {self.remote or 'this repository'} refused {ATTEMPTS} attempts ({reason}); run again"
        )

    def _tree_on(self, tip: str | None) -> tuple[str, list[str]]:
        """Return the tree of `tip` with the files of the store added, and the names that it has with other content.

        None of its files is changed or removed.
        """
        with self._index() as env:
            if tip is not None:
                self.git.out("read-tree", tip, env=env)
            self._inside().out("add", "--force", "--ignore-removal", "--", *NOT_TEMPORARY, env=env)
            tree = self.git.out("write-tree", env=env)
            if tip is None:
                return tree, []
            differing = self.git.out("diff-tree", "-r", "-z", "--name-only", "--diff-filter=a", tip, tree).split("\0")
            taken = [name for name in differing if name]
            if taken:
                entries = self.git.out("ls-tree", "-r", "-z", tip)
                self.git.out("update-index", "-z", "--index-info", env=env, stdin=entries)
                tree = self.git.out("write-tree", env=env)
        return tree, taken

    def _send(self, commit: str, tip: str | None) -> str:
        """Move the branch from `tip` to `commit`; return why that failed, or nothing."""
        ref = f"refs/heads/{self.branch}"
        if self._is_remote():
            sent = self.git.run("push", "--quiet", self.remote, f"{commit}:{ref}")
        else:
            sent = self.git.run("update-ref", ref, commit, tip or "0" * 40)
        return last_line(sent.err) if sent.code else ""

    def _is_remote(self) -> bool:
        if not self.remote:
            return False
        if "/" in self.remote or ":" in self.remote:
            return True
        return self.git.run("remote", "get-url", self.remote).code == 0

    def _inside(self) -> Git:
        """Return git as run inside the store."""
        return replace(self.git, root=self.store)

    def _require_store(self) -> None:
        if not any(path.is_file() and not path.name.startswith(".") for path in self.store.rglob("*")):
            raise DataError(f"{self.store.name}: there is nothing to record; run `make fetch` first")
        for path in self.store.rglob("*"):
            if path.is_symlink():
                raise DataError(f"{path.relative_to(self.store.parent)}: is a link; the store holds plain files only")

    @contextmanager
    def _index(self) -> Iterator[dict[str, str]]:
        """Give git an index of its own, so that nobody's checkout is touched, with the store as its work tree."""
        directory = self.git.out("rev-parse", "--absolute-git-dir")
        with tempfile.TemporaryDirectory(prefix="tandem-") as folder:
            yield {
                "GIT_DIR": directory,
                "GIT_WORK_TREE": str(self.store.resolve()),
                "GIT_INDEX_FILE": str(Path(folder) / "index"),
            }
