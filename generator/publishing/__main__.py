"""`python -m generator.publishing STEP`: one step of a publication, with its settings from the environment."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from generator.errors import TandemError
from generator.publishing import summary as summaries
from generator.publishing.branch import DataBranch
from generator.publishing.deliver import deliver
from generator.publishing.git import Git
from generator.publishing.guard import check_site
from generator.publishing.inputs import read_inputs
from generator.sources.atomic import locked

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

CONFIG, STORE, SITE = Path("report.toml"), Path("store"), Path("site")


def main(arguments: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run one step and return the exit status: 0 done, 1 error in one line, 2 wrong usage."""
    steps: dict[str, Callable[[Mapping[str, str]], str]] = {
        "inputs": _inputs,
        "restore": _restore,
        "guard": _guard,
        "summary": _summary,
        "record": _record,
        "deliver": _deliver,
    }
    if len(arguments) != 1 or arguments[0] not in steps:
        sys.stderr.write(f"usage: python -m generator.publishing {'|'.join(steps)}\n")
        return 2
    try:
        sys.stdout.write(steps[arguments[0]](environment))
    except TandemError as error:
        sys.stderr.write(f"{arguments[0]}: {error}\n")
        return 1
    return 0


def _inputs(environment: Mapping[str, str]) -> str:
    lines = read_inputs(environment, CONFIG).lines()
    _append(environment.get("GITHUB_OUTPUT", ""), lines)
    return lines


def _restore(environment: Mapping[str, str]) -> str:
    with locked(STORE):
        commit = _branch(environment).restore()
    return f"store: restored from {commit[:12]}\n" if commit else "store: there is no data branch yet\n"


def _guard(_environment: Mapping[str, str]) -> str:
    files, size = check_site(SITE)
    return f"site: {files} files, {size / 1e6:.1f} MB, nothing in the way of publishing\n"


def _summary(environment: Mapping[str, str]) -> str:
    """Write the summary and the record; refuse a jump that nobody accepted."""
    published = summaries.read_published(SITE)
    rows = summaries.compare(published, summaries.previous(STORE, published))
    text = summaries.markdown(published, rows)
    _append(environment.get("GITHUB_STEP_SUMMARY", ""), text)
    jumps = [row for row in rows if row.jump]
    if jumps and environment.get("ACCEPT_JUMP") != "true":
        sys.stdout.write(text)
        more = f"; and {len(jumps) - 1} more" if len(jumps) > 1 else ""
        raise TandemError(
            f"{jumps[0].pair}: {jumps[0].name}: {jumps[0].before} → {jumps[0].now}, {jumps[0].jump}{more}; "
            "nothing was published; look at the data, then run again with accept_jump"
        )
    with locked(STORE):
        summaries.write_record(STORE, published)
    return text


def _record(environment: Mapping[str, str]) -> str:
    published = summaries.read_published(SITE)
    with locked(STORE):
        commit = _branch(environment).record(f"Data through {published['as_of']} ({published['data']})")
    return f"data branch: {commit[:12]}\n" if commit else "data branch: nothing new\n"


def _deliver(environment: Mapping[str, str]) -> str:
    place = environment.get("DEST", "")
    if not place:
        raise TandemError("DEST is empty; say where the site goes: DEST=FOLDER")
    check_site(SITE)
    deliver(SITE, Path(place).absolute())
    return f"site: at {place}\n"


def _branch(environment: Mapping[str, str]) -> DataBranch:
    return DataBranch(
        git=Git(root=Path.cwd(), token=environment.get("DATA_TOKEN", "")),
        store=STORE.absolute(),
        remote=environment.get("REMOTE", "origin"),
        branch=environment.get("DATA_BRANCH", "data"),
    )


def _append(file: str, text: str) -> None:
    """Add text to a file of the runner, where there is one."""
    if file:
        with Path(file).open("a", encoding="utf-8") as handle:
            handle.write(text)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:], os.environ))
