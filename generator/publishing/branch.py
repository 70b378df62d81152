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
BASE = "restored-from.txt"
"""In the store: the commit it was restored from, so that what others added since can be told apart. Not recorded."""


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
        (self.store / BASE).write_text(tip + "\n", encoding="ascii")
        return tip

    def record(self, message: str) -> str | None:
        """Add the store to the branch and push it; return the new commit, None where there was nothing new.

        A push that comes second is put on top of the one that came first and sent again. Nothing is ever forced.

        Raises
        ------
        DataError
            Both runs changed the same file, or the remote refused every attempt.
        """
        self._require_store()
        reason = ""
        for _attempt in range(ATTEMPTS):
            tip = self.tip()
            tree = self._tree_on(tip)
            if tip is not None and tree == self.git.out("rev-parse", f"{tip}^{{tree}}"):
                return None
            parents = () if tip is None else ("-p", tip)
            commit = self.git.out("commit-tree", tree, *parents, "-m", message)
            reason = self._send(commit, tip)
            if not reason:
                (self.store / BASE).write_text(commit + "\n", encoding="ascii")
                return commit
        raise DataError(
            f"data branch: {self.remote or 'this repository'} refused {ATTEMPTS} attempts ({reason}); run again"
        )

    def _tree_on(self, tip: str | None) -> str:
        """Return the tree of `tip` with the store on top: files are added or changed, never removed."""
        base = self._base()
        with self._index() as env:
            if tip is not None:
                self.git.out("read-tree", tip, env=env)
            ours = self._tree_of_store(base)
            changed = self._changes(base, ours)
            theirs = self._changes(base, f"{tip}^{{tree}}") if tip is not None and tip != base else {}
            for name, entry in changed.items():
                if name in theirs and theirs[name] != entry:
                    raise DataError(f"data branch: {name} was changed by another run too; run again to start from that")
            listing = "".join(f"{entry}\t{name}\0" for name, entry in sorted(changed.items()))
            self.git.out("update-index", "-z", "--index-info", env=env, stdin=listing)
            return self.git.out("write-tree", env=env)

    def _tree_of_store(self, base: str | None) -> str:
        """Return the tree of the base with every file of the store on top."""
        with self._index() as env:
            if base is not None:
                self.git.out("read-tree", base, env=env)
            self._inside().out("add", "--force", "--ignore-removal", "--", ".", f":(exclude){BASE}", env=env)
            return self.git.out("write-tree", env=env)

    def _changes(self, base: str | None, tree: str) -> dict[str, str]:
        """Return ``mode blob`` by name for every file of `tree` that `base` lacks or has otherwise."""
        before = {} if base is None else self._entries(base)
        return {name: entry for name, entry in self._entries(tree).items() if before.get(name) != entry}

    def _entries(self, tree: str) -> dict[str, str]:
        rows = self.git.out("ls-tree", "-r", "-z", tree).split("\0")
        pairs = (row.split("\t", 1) for row in rows if row)
        return {name: " ".join(meta.split()[::2]) for meta, name in pairs}

    def _send(self, commit: str, tip: str | None) -> str:
        """Move the branch from `tip` to `commit`; return why that failed, or nothing."""
        ref = f"refs/heads/{self.branch}"
        if self._is_remote():
            sent = self.git.run("push", "--quiet", self.remote, f"{commit}:{ref}")
        else:
            sent = self.git.run("update-ref", ref, commit, tip or "0" * 40)
        return last_line(sent.err) if sent.code else ""

    def _base(self) -> str | None:
        """Return the commit the store was restored from, if it can still be had."""
        try:
            text = (self.store / BASE).read_text(encoding="ascii").strip()
        except (OSError, ValueError):
            return None
        if not re.fullmatch(r"[0-9a-f]{40,64}", text):
            return None
        if self.git.run("cat-file", "-e", f"{text}^{{commit}}").code and self._is_remote():
            self.git.run("fetch", "--quiet", "--no-tags", "--depth=1", self.remote, text)
        return text if self.git.run("cat-file", "-e", f"{text}^{{commit}}").code == 0 else None

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
        if not self.store.is_dir() or not any(self.store.iterdir()):
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
